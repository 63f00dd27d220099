//! What feeds the selected machine, and what it feeds: arcs with arrowheads from twin to twin, and the other end's name.
//!
//! They come from `gemba:connects` and say how things are piped, wired and conveyed, not whether anything flows: so they
//! stand still.

use bevy::{
    gizmos::config::{GizmoConfig, GizmoConfigGroup, GizmoLineConfig},
    math::DVec3,
    prelude::*,
};
use bevy_egui::{EguiContexts, EguiPrimaryContextPass};
use egui::{Align2, FontId, LayerId, Pos2, Rect, Stroke, StrokeKind};
use gemba_panels::tokens::{color, space, type_size};
use gemba_twin::{Flow, TwinIndex};

use super::on_screen::{Occupied, Screen};
use crate::{
    binding::{Bindings, TwinPlan},
    inspection::Showing,
    plant::{Plant, PrimExtents, ViewOrigin},
    schedule::GembaSystems,
    selection::Selection,
    ui::UiSystems,
};

/// More arcs than this are a tangle.
const MOST_FLOWS: usize = 24;
const SEGMENTS: u16 = 32;
/// An arc rises by this share of its length, so that it passes over what stands between.
const RISE_RATIO: f64 = 0.14;
/// Arrowheads are this far apart, and so large.
const HEAD_EVERY_M: f32 = 2.4;
const HEAD_M: f32 = 0.28;

/// Draws flows.
#[derive(Default)]
pub struct FlowsPlugin;

impl Plugin for FlowsPlugin {
    fn build(&self, app: &mut App) {
        let config = GizmoConfig {
            line: GizmoLineConfig {
                width: 3.0,
                ..default()
            },
            // Seen through walls: what they tell is where things come from.
            depth_bias: -1.0,
            ..default()
        };
        app.insert_gizmo_config(FlowLines, config)
            .init_resource::<Arcs>()
            .add_systems(
                Update,
                (find_arcs, draw_arcs).chain().in_set(GembaSystems::Present),
            )
            .add_systems(EguiPrimaryContextPass, name_ends.in_set(UiSystems::People));
    }
}

#[derive(Default, Reflect, GizmoConfigGroup)]
struct FlowLines;

/// The arcs of the selection.
#[derive(Resource, Default)]
struct Arcs(Vec<FlowArc>);

struct FlowArc {
    /// From where it comes to where it goes, in the world.
    from_m: DVec3,
    to_m: DVec3,
    is_feed: bool,
    /// The twin at the other end.
    other: TwinIndex,
    name: String,
}

impl FlowArc {
    fn other_end_m(&self) -> DVec3 {
        if self.is_feed { self.from_m } else { self.to_m }
    }

    /// The place at `part` of the way, 0–1: a parabola over the straight line.
    fn at(&self, part: f64) -> DVec3 {
        let rise = self.from_m.distance(self.to_m) * RISE_RATIO;
        self.from_m.lerp(self.to_m, part) + DVec3::Y * (4.0 * rise * part * (1.0 - part))
    }
}

fn find_arcs(
    selection: Res<Selection>,
    plant: Option<Res<Plant>>,
    plan: Res<TwinPlan>,
    bindings: Res<Bindings>,
    extents: PrimExtents,
    mut arcs: ResMut<Arcs>,
) {
    if !selection.is_changed() && !plan.is_changed() {
        return;
    }
    arcs.0.clear();
    let (Some(plant), Some((prim, _))) = (plant, &selection.prim) else {
        return;
    };
    let Some(selected) = bindings.twin_of(&plant.doc, *prim) else {
        return;
    };
    let top_m = |twin: TwinIndex| {
        let prim = plan.twins.get(twin.0 as usize)?.prim;
        let top = extents.in_world(prim).map(|bounds| {
            let center = bounds.center();
            DVec3::new(center.x, bounds.max.y, center.z)
        });
        Some(top.unwrap_or_else(|| extents.place_m(prim)))
    };
    for Flow { from, to } in of_twin(&plan.flows, selected).take(MOST_FLOWS) {
        let is_feed = to == selected;
        let other = if is_feed { from } else { to };
        let (Some(from_m), Some(to_m), Some(twin)) =
            (top_m(from), top_m(to), plan.twins.get(other.0 as usize))
        else {
            continue;
        };
        let word = if is_feed { "from" } else { "to" };
        arcs.0.push(FlowArc {
            from_m,
            to_m,
            is_feed,
            other,
            name: format!("{word} {}", twin.name),
        });
    }
}

/// The flows that begin or end at `twin`, those to itself left out.
fn of_twin(flows: &[Flow], twin: TwinIndex) -> impl Iterator<Item = Flow> {
    flows
        .iter()
        .filter(move |flow| (flow.from == twin) != (flow.to == twin))
        .copied()
}

fn draw_arcs(arcs: Res<Arcs>, origin: Res<ViewOrigin>, mut lines: Gizmos<FlowLines>) {
    for arc in &arcs.0 {
        let ink = ink(arc.is_feed);
        let path: Vec<Vec3> = (0..=SEGMENTS)
            .map(|at| origin.in_view(arc.at(f64::from(at) / f64::from(SEGMENTS))))
            .collect();
        lines.linestrip(path.iter().copied(), ink.with_alpha(0.85));
        for [back, left, right] in heads(&path) {
            lines.linestrip([left, back, right], ink);
        }
    }
}

/// Arrowheads along a path: their tip, and the ends of their two strokes.
fn heads(path: &[Vec3]) -> Vec<[Vec3; 3]> {
    let length: f32 = path.windows(2).map(|pair| pair[0].distance(pair[1])).sum();
    let count = (length / HEAD_EVERY_M).floor().max(1.0);
    let size = HEAD_M.min(length * 0.2);
    let (mut heads, mut walked, mut next) = (Vec::new(), 0.0, 0.5 * length / count);
    for pair in path.windows(2) {
        let step = pair[0].distance(pair[1]);
        let Some(along) = (pair[1] - pair[0]).try_normalize() else {
            continue;
        };
        while next <= walked + step && heads.len() < count as usize {
            let tip = pair[0] + along * (next - walked);
            let side = along.cross(Vec3::Y).try_normalize().unwrap_or(Vec3::X);
            let back = tip - along * size;
            heads.push([tip, back + side * (size * 0.6), back - side * (size * 0.6)]);
            next += length / count;
        }
        walked += step;
    }
    heads
}

/// What comes is drawn in another colour than what goes; the arrowheads say it without colour.
fn ink(is_feed: bool) -> Color {
    let [r, g, b, _] = if is_feed {
        color::FEED_IN_PLANT
    } else {
        color::ACCENT_IN_PLANT
    }
    .to_array();
    Color::srgb_u8(r, g, b)
}

fn name_ends(
    mut contexts: EguiContexts,
    screen: Screen,
    arcs: Res<Arcs>,
    plan: Res<TwinPlan>,
    showing: Showing,
    mut occupied: ResMut<Occupied>,
) -> Result {
    if arcs.0.is_empty() {
        return Ok(());
    }
    let ctx = contexts.ctx_mut()?;
    let Some(view) = screen.on(ctx) else { return Ok(()) };
    let painter = ctx.layer_painter(LayerId::background());
    for arc in &arcs.0 {
        let is_shown = plan
            .twins
            .get(arc.other.0 as usize)
            .is_some_and(|twin| showing.shows(twin.prim, arc.other_end_m()));
        let Some((at, _)) = view.see(arc.other_end_m()).filter(|_| is_shown) else {
            continue;
        };
        let ink = color::text();
        let galley = painter.layout_no_wrap(arc.name.clone(), FontId::proportional(type_size::SMALL), ink);
        let size = galley.size() + egui::vec2(2.0 * space::S, 2.0 * space::XS);
        let wanted = Rect::from_min_size(at - egui::vec2(size.x * 0.5, size.y + space::XS), size);
        let rect = occupied.take_within(view.area, wanted);
        let rounding = f32::from(space::RADIUS);
        painter.rect_filled(rect, rounding, color::panel().gamma_multiply(0.92));
        let edge = if arc.is_feed {
            color::FEED_IN_PLANT
        } else {
            color::ACCENT_IN_PLANT
        };
        painter.rect_stroke(rect, rounding, Stroke::new(1.2, edge), StrokeKind::Inside);
        let left = Pos2::new(rect.left() + space::S, rect.center().y);
        painter.galley(
            Align2::LEFT_CENTER.anchor_size(left, galley.size()).min,
            galley,
            ink,
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flows_of_a_twin_are_those_that_begin_or_end_there() {
        let flow = |from, to| Flow {
            from: TwinIndex(from),
            to: TwinIndex(to),
        };
        let flows = [flow(0, 1), flow(1, 2), flow(2, 0), flow(1, 1)];
        let found: Vec<_> = of_twin(&flows, TwinIndex(1)).collect();
        assert_eq!(found, [flow(0, 1), flow(1, 2)]);
    }

    #[test]
    fn an_arc_rises_between_its_ends_and_its_heads_point_along_it() {
        let arc = FlowArc {
            from_m: DVec3::ZERO,
            to_m: DVec3::X * 10.0,
            is_feed: false,
            other: TwinIndex(0),
            name: String::new(),
        };
        assert_eq!((arc.at(0.0), arc.at(1.0)), (arc.from_m, arc.to_m));
        assert!((arc.at(0.5).y - 1.4).abs() < 1e-9);
        let path: Vec<Vec3> = (0..=32)
            .map(|at| arc.at(f64::from(at) / 32.0).as_vec3())
            .collect();
        let heads = heads(&path);
        assert_eq!(heads.len(), 4);
        for [tip, left, right] in heads {
            assert!(tip.x > left.x && tip.x > right.x);
            assert!((left.z + right.z).abs() < 1e-5 && left.z != right.z);
        }
        assert!(
            super::heads(&[Vec3::ONE, Vec3::ONE]).is_empty(),
            "nothing has no direction"
        );
    }
}
