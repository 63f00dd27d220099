//! Where notes hang: a spot of a prim, in the prim's own space, so that the note moves with it.

use bevy::{ecs::system::SystemParam, math::DVec3, prelude::*};
use gemba_model::PrimPath;
use gemba_panels::session::Shape;
use gemba_session::{
    bounded::List,
    operation::{Anchor, MAX_STROKE_POINTS, Markup},
};
use gemba_usd::doc::PrimIndex;

use crate::{
    navigation::Eye,
    plant::{Plant, PrimExtents, PrimTransforms},
    selection::Selection,
};

/// How thick lines are drawn, by the distance from the eye: as thick as a felt pen at arm's length.
const WIDTH_PER_DISTANCE: f64 = 0.006;
const WIDTHS_M: [f64; 2] = [0.003, 0.5];

/// What anchors are found by.
#[derive(SystemParam)]
pub(super) struct Anchors<'w, 's> {
    plant: Option<Res<'w, Plant>>,
    eye: Res<'w, Eye>,
    selection: Res<'w, Selection>,
    transforms: Res<'w, PrimTransforms>,
    extents: PrimExtents<'w, 's>,
}

impl Anchors<'_, '_> {
    /// On top of the selected prim.
    pub(super) fn on_selection(&self) -> Result<Anchor, String> {
        let Some((prim, path)) = &self.selection.prim else {
            return Err("Select what the note is about, then write it.".to_owned());
        };
        let top_m = self.extents.in_world(*prim).map_or_else(
            || self.extents.place_m(*prim),
            |bounds| bounds.center().with_y(bounds.max.y),
        );
        Ok(self.at(*prim, path, top_m, DVec3::Y))
    }

    /// Where a drawing touches `path`, and what it draws. An arrow has its tip there, a stroke its first point.
    pub(super) fn drawn(
        &self,
        path: &PrimPath,
        shape: Shape,
        points_m: &[[f64; 3]],
    ) -> Result<(Anchor, Markup), String> {
        let prim = self
            .plant
            .as_ref()
            .and_then(|plant| plant.doc.find(path))
            .ok_or_else(|| format!("There is no {path} in this plant to draw on."))?;
        let points: Vec<DVec3> = points_m.iter().map(|at| DVec3::from(*at)).collect();
        let (Some(first), Some(last)) = (points.first(), points.last()) else {
            return Err("A drawing needs at least two points.".to_owned());
        };
        let touched_m = match shape {
            Shape::Arrow => *last,
            Shape::Stroke => *first,
        };
        let towards_us = (self.eye.pose.eye_m - touched_m).normalize_or(DVec3::Y);
        let anchor = self.at(prim, path, touched_m, towards_us);
        let prim_from_world = self.transforms.world_from_prim(prim).inverse();
        if !prim_from_world.is_finite() {
            return Err(format!(
                "{path} is flat in its own space, so nothing can be drawn on it."
            ));
        }
        let in_prim = |at: &DVec3| prim_from_world.transform_point3(*at);
        let markup = match shape {
            Shape::Arrow => Markup::Arrow {
                from_in_prim: in_prim(first).to_array(),
            },
            Shape::Stroke => {
                let zero = DVec3::from(anchor.point_in_prim);
                let width_m = self.eye.pose.eye_m.distance(touched_m) * WIDTH_PER_DISTANCE;
                Markup::Stroke {
                    points_from_anchor: List::new(
                        thinned(&points, MAX_STROKE_POINTS)
                            .iter()
                            .map(|at| (in_prim(at) - zero).as_vec3().to_array())
                            .collect(),
                    )
                    .map_err(|size| size.to_string())?,
                    width_m: width_m.clamp(WIDTHS_M[0], WIDTHS_M[1]) as f32,
                }
            }
        };
        Ok((anchor, markup))
    }

    fn at(&self, prim: PrimIndex, path: &PrimPath, at_m: DVec3, normal: DVec3) -> Anchor {
        let prim_from_world = self.transforms.world_from_prim(prim).inverse();
        // A prim that is flat in its own space has its note at its zero.
        let (point, normal) = if prim_from_world.is_finite() {
            (
                prim_from_world.transform_point3(at_m),
                prim_from_world.transform_vector3(normal).normalize_or(DVec3::Y),
            )
        } else {
            (DVec3::ZERO, DVec3::Y)
        };
        Anchor {
            prim: path.clone(),
            point_in_prim: point.to_array(),
            normal_in_prim: normal.as_vec3().to_array(),
        }
    }
}

/// At most `most` of `points`, evenly, with both ends.
fn thinned(points: &[DVec3], most: usize) -> Vec<DVec3> {
    if points.len() <= most {
        return points.to_vec();
    }
    (0..most)
        .map(|at| points[at * (points.len() - 1) / (most - 1)])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_strokes_keep_their_ends() {
        let points: Vec<DVec3> = (0..5_000).map(|at| DVec3::X * f64::from(at)).collect();
        let kept = thinned(&points, 1_024);
        assert_eq!(
            (kept.len(), kept[0], kept[1_023]),
            (1_024, points[0], points[4_999])
        );
        assert!(kept.windows(2).all(|pair| pair[0].x < pair[1].x));
        assert_eq!(thinned(&points[..3], 1_024), points[..3]);
    }
}
