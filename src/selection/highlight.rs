//! Shows the selection in the plant: a box with marked corners, in the prim's own axes.
//!
//! The box is where the prim is hidden too, thinly; its corners always lie on top. The box of what is below the prim is
//! found once for each selection and moves with the prim.

use bevy::{
    gizmos::config::{GizmoConfig, GizmoConfigGroup, GizmoLineConfig},
    math::{DMat4, DVec3},
    prelude::*,
};
use gemba_panels::tokens;
use gemba_usd::doc::{Aabb, PrimIndex};

use super::Selection;
use crate::{
    plant::{PrimEntities, PrimExtents, PrimTransforms, ViewOrigin},
    schedule::GembaSystems,
};

/// Lines of the box that things in front hide.
#[derive(Default, Reflect, GizmoConfigGroup)]
struct BoxLines;

/// Corners of the box, always seen.
#[derive(Default, Reflect, GizmoConfigGroup)]
struct CornerLines;

/// Draws the selection; needs a renderer.
#[derive(Default)]
pub struct HighlightPlugin;

impl Plugin for HighlightPlugin {
    fn build(&self, app: &mut App) {
        let config = |width, depth_bias| GizmoConfig {
            line: GizmoLineConfig { width, ..default() },
            depth_bias,
            ..default()
        };
        app.insert_gizmo_config(BoxLines, config(1.0, -0.001))
            .insert_gizmo_config(CornerLines, config(3.0, -1.0))
            .init_resource::<SelectedBox>()
            .add_systems(Update, (find_box, draw_box).chain().in_set(GembaSystems::Present));
    }
}

/// Box of the selection in the space of its prim; `None` when it draws nothing.
#[derive(Resource, Default)]
struct SelectedBox(Option<Aabb>);

fn find_box(
    selection: Res<Selection>,
    entities: Res<PrimEntities>,
    extents: PrimExtents,
    mut selected: ResMut<SelectedBox>,
) {
    if selection.is_changed() || entities.is_changed() {
        selected.0 = selection
            .prim
            .as_ref()
            .and_then(|(prim, _)| extents.in_prim(*prim));
    }
}

/// From a prim's own space to where it is drawn.
pub(crate) fn view_from_prim(origin: ViewOrigin, transforms: &PrimTransforms, prim: PrimIndex) -> DMat4 {
    origin.view_from_world() * transforms.world_from_prim(prim)
}

fn draw_box(
    selected: Res<SelectedBox>,
    selection: Res<Selection>,
    origin: Res<ViewOrigin>,
    transforms: Res<PrimTransforms>,
    mut lines: Gizmos<BoxLines>,
    mut corners: Gizmos<CornerLines>,
) {
    let (Some(aabb), Some((prim, _))) = (selected.0, &selection.prim) else {
        return;
    };
    let view_from_prim = view_from_prim(*origin, &transforms, *prim);
    for [from, to] in edges_in_view(aabb, view_from_prim) {
        lines.line(from, to, accent().with_alpha(0.7));
        let tick = (to - from) * 0.2;
        corners.line(from, from + tick, accent());
        corners.line(to, to - tick, accent());
    }
}

/// The edges of a prim's box where they are drawn.
pub(crate) fn edges_in_view(aabb: Aabb, view_from_prim: DMat4) -> impl Iterator<Item = [Vec3; 2]> {
    edges(aabb).map(move |ends| ends.map(|at| view_from_prim.transform_point3(at).as_vec3()))
}

fn accent() -> Color {
    let [r, g, b, _] = tokens::color::ACCENT_IN_PLANT.to_array();
    Color::srgb_u8(r, g, b)
}

/// The twelve edges, a little outside so that they do not fight with flat faces.
fn edges(aabb: Aabb) -> impl Iterator<Item = [DVec3; 2]> {
    let margin = DVec3::splat(aabb.size().max_element().max(1e-6) * 0.005);
    let (min, max) = (aabb.min - margin, aabb.max + margin);
    let corner = move |at: usize| {
        DVec3::from_array(std::array::from_fn(|axis| {
            if at >> axis & 1 == 0 { min[axis] } else { max[axis] }
        }))
    };
    (0..8_usize).flat_map(move |at| {
        (0..3)
            .filter(move |axis| at >> axis & 1 == 0)
            .map(move |axis| [corner(at), corner(at | 1 << axis)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_has_twelve_edges_along_its_axes() {
        let edges: Vec<_> = edges(Aabb {
            min: DVec3::ZERO,
            max: DVec3::new(1.0, 2.0, 3.0),
        })
        .collect();
        assert_eq!(edges.len(), 12);
        for [from, to] in edges {
            let along = (to - from).abs();
            assert_eq!(
                (0..3).filter(|axis| along[*axis] > 1e-9).count(),
                1,
                "{from} to {to}"
            );
        }
    }
}
