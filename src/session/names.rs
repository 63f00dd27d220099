//! People's names over their heads.

use bevy::{math::DVec3, prelude::*};
use bevy_egui::EguiContexts;
use egui::{Align2, FontId, LayerId, Pos2, Rect, Stroke, StrokeKind, Vec2 as Points2};
use gemba_panels::tokens::{
    color::{self, person},
    space, type_size,
};

use super::{Meeting, Others};
use crate::visual::on_screen::{Occupied, Screen};

/// From the eyes to where the name hangs.
const OVER_HEAD_M: f64 = 0.24;
/// Whoever was not heard of for longer is shown as away.
const AWAY_AFTER: std::time::Duration = std::time::Duration::from_secs(10);

pub(super) fn draw_names(
    mut contexts: EguiContexts,
    screen: Screen,
    others: Res<Others>,
    meeting: Res<Meeting>,
    mut occupied: ResMut<Occupied>,
) -> Result {
    if others.0.is_empty() {
        return Ok(());
    }
    let ctx = contexts.ctx_mut()?;
    let Some(view) = screen.on(ctx) else { return Ok(()) };
    let painter = ctx.layer_painter(LayerId::background());
    for other in &others.0 {
        // Seeing with someone's eyes, their name would stand in the middle of the view.
        if meeting.following() == Some(other.who) {
            continue;
        }
        let Some(shown) = other.shown else { continue };
        let Some((at, _)) = view.see(shown.head_m + DVec3::Y * OVER_HEAD_M) else {
            continue;
        };
        let is_away = !meeting.is_joined() || other.heard.is_none_or(|heard| heard > AWAY_AFTER);
        let text = if is_away {
            format!("{} (away)", other.name)
        } else {
            other.name.to_string()
        };
        let ink = if is_away {
            color::text_quiet()
        } else {
            color::text()
        };
        let galley = painter.layout_no_wrap(text, FontId::proportional(type_size::BODY), ink);
        let size = galley.size() + Points2::new(2.0 * space::S + space::MARK, 2.0 * space::XS);
        let over_head = Rect::from_min_size(at - Points2::new(size.x * 0.5, size.y), size);
        let rect = occupied.take_above(over_head);
        painter.rect_filled(
            rect,
            f32::from(space::RADIUS),
            color::panel().gamma_multiply(0.92),
        );
        let edge = Stroke::new(1.6, person(other.colour));
        painter.rect_stroke(rect, f32::from(space::RADIUS), edge, StrokeKind::Inside);
        let dot = Pos2::new(rect.left() + space::S + space::MARK * 0.25, rect.center().y);
        painter.circle_filled(dot, space::MARK * 0.35, person(other.colour));
        let left = Pos2::new(dot.x + space::MARK * 0.75, rect.center().y);
        let text_rect = Align2::LEFT_CENTER.anchor_size(left, galley.size());
        painter.galley(text_rect.min, galley, ink);
    }
    Ok(())
}
