//! Notes where they hang in the plant: a flag with the note's number and its first words.

use std::sync::Arc;

use bevy::{math::DVec3, prelude::*};
use bevy_egui::EguiContexts;
use egui::{FontId, LayerId, Pos2, Rect, Stroke, StrokeKind, Vec2 as Points2};
use gemba_panels::tokens::{
    color::{self, person},
    space, type_size,
};
use gemba_session::{RoomState, operation::Status};
use gemba_usd::doc::PrimIndex;

use super::{Meeting, notes::numbered};
use crate::{
    plant::{Plant, PrimTransforms},
    visual::on_screen::Screen,
};

/// The newest open notes that are drawn; all are in the list.
const MOST_MARKERS: usize = 200;
/// Farther than this a flag shows its number only.
const WORDS_WITHIN_M: f32 = 25.0;
const MOST_WORDS: usize = 32;

/// An open note, found in the plant.
pub(super) struct Marker {
    number: usize,
    prim: PrimIndex,
    point_in_prim: DVec3,
    words: String,
    colour: u8,
    in_progress: bool,
}

/// What the markers were made of.
#[derive(Default)]
pub(super) struct Made {
    state: Option<Arc<RoomState>>,
    markers: Vec<Marker>,
}

pub(super) fn draw_markers(
    mut contexts: EguiContexts,
    screen: Screen,
    meeting: Res<Meeting>,
    plant: Option<Res<Plant>>,
    transforms: Res<PrimTransforms>,
    mut made: Local<Made>,
) -> Result {
    let Some(plant) = plant else { return Ok(()) };
    let is_same = made
        .state
        .as_ref()
        .is_some_and(|state| Arc::ptr_eq(state, meeting.state()));
    if !is_same || plant.is_changed() {
        made.state = Some(Arc::clone(meeting.state()));
        made.markers = markers(meeting.state(), &plant);
    }
    if made.markers.is_empty() {
        return Ok(());
    }
    let ctx = contexts.ctx_mut()?;
    let Some(view) = screen.on(ctx) else { return Ok(()) };
    let painter = ctx.layer_painter(LayerId::background());
    let mut seen: Vec<(f32, Pos2, &Marker)> = made
        .markers
        .iter()
        .filter_map(|marker| {
            let at_m = transforms
                .world_from_prim(marker.prim)
                .transform_point3(marker.point_in_prim);
            let (at, distance_m) = view.see(at_m)?;
            Some((distance_m, at, marker))
        })
        .collect();
    // The nearest is drawn last and lies on top.
    seen.sort_by(|one, other| other.0.total_cmp(&one.0));
    for (distance_m, at, marker) in seen {
        paint(&painter, at, marker, distance_m < WORDS_WITHIN_M);
    }
    Ok(())
}

fn markers(state: &RoomState, plant: &Plant) -> Vec<Marker> {
    let colour = |author| state.person(author).map_or(0, |person| person.colour);
    numbered(state)
        .into_iter()
        .filter(|(_, _, note)| note.status.value != Status::Resolved)
        .take(MOST_MARKERS)
        .filter_map(|(number, _, note)| {
            let anchor = &note.anchor.value;
            Some(Marker {
                number,
                prim: plant.doc.find(&anchor.prim)?,
                point_in_prim: DVec3::from(anchor.point_in_prim),
                words: first_words(note.text.value.as_str()),
                colour: colour(note.author),
                in_progress: note.status.value == Status::InProgress,
            })
        })
        .collect()
}

fn first_words(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(MOST_WORDS) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line.to_owned(),
    }
}

fn paint(painter: &egui::Painter, at: Pos2, marker: &Marker, has_words: bool) {
    // Low, so that the flag lies under the twin's label and not in it.
    const STAFF_PT: f32 = 12.0;
    let ink = person(marker.colour);
    let top = at - Points2::new(0.0, STAFF_PT);
    painter.line_segment([at, top], Stroke::new(3.5, color::SUNKEN));
    painter.line_segment([at, top], Stroke::new(1.6, ink));
    painter.circle(at, 3.0, ink, Stroke::new(1.5, color::SUNKEN));
    let mut text = format!("#{}", marker.number);
    if marker.in_progress {
        text.push_str(" ▶");
    }
    if has_words {
        text.push_str("  ");
        text.push_str(&marker.words);
    }
    let galley = painter.layout_no_wrap(text, FontId::proportional(type_size::SMALL), color::TEXT);
    let size = galley.size() + Points2::new(2.0 * space::XS, space::XS);
    let flag = Rect::from_min_size(top - Points2::new(0.0, size.y * 0.5), size);
    painter.rect_filled(flag, 2.0, color::PANEL.gamma_multiply(0.94));
    painter.rect_stroke(flag, 2.0, Stroke::new(1.4, ink), StrokeKind::Inside);
    painter.galley(
        flag.min + Points2::new(space::XS, space::XS * 0.5),
        galley,
        color::TEXT,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_show_the_first_words_of_the_first_line() {
        assert_eq!(first_words("Seal leaks\nsince Monday"), "Seal leaks");
        assert_eq!(first_words(&"ä".repeat(40)), format!("{}…", "ä".repeat(32)));
        assert_eq!(first_words(""), "");
    }
}
