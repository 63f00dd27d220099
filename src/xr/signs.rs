//! Chips of live values and names of people in the headset: signs at their twins that face whoever looks, as large to the eye from everywhere.
//!
//! They say what the labels on the screen say. One egui context draws all of them into one picture, each at a place of its own, and
//! one mesh has a square for each. Where they stand is found on a [`Panorama`], so that none covers another or a panel.

use bevy::{
    asset::RenderAssetUsages,
    camera::visibility::NoFrustumCulling,
    light::NotShadowCaster,
    math::{DVec2, DVec3},
    mesh::{Indices, PrimitiveTopology},
    picking::Pickable,
    prelude::*,
};
use egui::{LayerId, Painter, Pos2, Rect};
use gemba_panels::tokens::color;
use gemba_xr::{
    Pose,
    panorama::{Panorama, SignPlace},
};

use super::{
    eyes::{EyePictures, for_the_eyes},
    frame::Tracked,
    panels::{PanelRays, SurfaceLayer, SurfaceMaterial, UiPicture, px_per_rad, spawn_ui},
    runtime::Runtime,
    travel::PlaySpace,
};
use crate::{
    plant::{Plant, ViewOrigin},
    session::Others,
    visual::labels::{Board, Chips, LabelsShown},
};

/// More signs than this at once are not read.
const MOST_SIGNS: usize = 24;
/// A line of text on a sign, in points; the labels' own.
const LINE_POINTS: f64 = 18.0;
/// The picture of all signs, in points.
const PICTURE_PT: [f32; 2] = [1_024.0, 768.0];
/// Between two signs in the picture, so that neither bleeds into the other.
const GAP_PT: f32 = 2.0;
/// A spot of the picture that is white, and one with the dot of an anchor.
const INK: Rect = Rect {
    min: Pos2::new(2.0, 2.0),
    max: Pos2::new(6.0, 6.0),
};
const DOT: Rect = Rect {
    min: Pos2::new(10.0, 0.0),
    max: Pos2::new(22.0, 12.0),
};
const LEADER_PT: f64 = 1.6;
/// Where the name of a person is tied to them.
const OVER_HEAD_M: f64 = 0.2;
/// The squares of the signs are told from here, before the eyes: the veil, which is at the head, is drawn over them.
const AHEAD_M: f64 = 1.0;

/// The signs, on the entity of their mesh.
#[derive(Component)]
pub(super) struct Signs {
    ui: Entity,
    mesh: Handle<Mesh>,
}

/// A square of the mesh: where it stands, from the head, and what of the picture it shows.
struct Square {
    corners_m: [DVec3; 4],
    shows: Rect,
}

/// What is drawn in this frame.
#[derive(Resource, Default)]
pub(super) struct Drawn {
    board: Board,
    squares: Vec<Square>,
    /// Places of the panorama that are taken.
    occupied: Vec<Rect>,
}

/// Makes the mesh and the picture with the first session.
pub(super) fn spawn(
    mut commands: Commands,
    pictures: Option<Res<EyePictures>>,
    there: Query<(), With<Signs>>,
    runtime: Option<Res<Runtime>>,
    tracked: Res<Tracked>,
    mut images: ResMut<Assets<Image>>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<SurfaceMaterial>>,
) {
    if pictures.is_none() || !there.is_empty() {
        return;
    }
    let rad_per_point = gemba_xr::panel::BODY_TEXT_DMM * 1e-3 / LINE_POINTS;
    let px_per_point = (px_per_rad(runtime.as_deref(), &tracked) * rad_per_point).clamp(1.0, 2.0);
    let size_points = DVec2::from(PICTURE_PT.map(f64::from));
    let (ui, picture) = spawn_ui(&mut commands, &mut images, size_points, px_per_point);
    // A mesh of nothing has no place on the GPU: until there is a sign it is a square without a size.
    let mesh = meshes.add(mesh_of(&[Square {
        corners_m: [DVec3::ZERO; 4],
        shows: INK,
    }]));
    commands.spawn((
        Name::new("signs"),
        Mesh3d(mesh.clone()),
        MeshMaterial3d(materials.add(SurfaceMaterial {
            picture,
            layer: SurfaceLayer::OnTop,
        })),
        Signs { ui, mesh },
        NoFrustumCulling,
        for_the_eyes(),
        NotShadowCaster,
        Pickable::IGNORE,
        Visibility::Hidden,
    ));
}

/// Draws the signs of this frame, and puts their squares where they belong.
pub(super) fn draw(
    shown: Res<LabelsShown>,
    tracked: Res<Tracked>,
    space: Res<PlaySpace>,
    plant: Option<Res<Plant>>,
    origin: Res<ViewOrigin>,
    chips: Chips,
    others: Res<Others>,
    panels: PanelRays,
    mut drawn: ResMut<Drawn>,
    mut signs: Query<(&Signs, &mut Transform, &mut Visibility)>,
    mut pictures: Query<UiPicture>,
    mut meshes: ResMut<Assets<Mesh>>,
    time: Res<Time<Real>>,
) {
    let Ok((signs, mut transform, mut visibility)) = signs.single_mut() else {
        return;
    };
    let Ok(mut picture) = pictures.get_mut(signs.ui) else {
        return;
    };
    let head = tracked
        .head
        .filter(|_| space.is_placed() && plant.is_some())
        .map(|head| space.rig.in_world(head));
    picture.draw_news(time.elapsed(), |ui| {
        drawn.squares.clear();
        let Some(head) = head else { return };
        let painter = ui.ctx().layer_painter(LayerId::background());
        let chips = shown.0.then_some(&chips);
        lay_out(&painter, head, chips, &others, &panels, &mut drawn);
        paint(&painter, head, &mut drawn);
    });
    let squares = &mut drawn.squares;
    let is_shown = !squares.is_empty();
    visibility.set_if_neq(if is_shown {
        Visibility::Visible
    } else {
        Visibility::Hidden
    });
    if !is_shown {
        return;
    }
    if let Some(head) = head {
        let from_m = head.at_m + head.forward() * AHEAD_M;
        transform.translation = origin.in_view(from_m);
        for corner_m in squares.iter_mut().flat_map(|square| &mut square.corners_m) {
            *corner_m -= head.forward() * AHEAD_M;
        }
    }
    if let Some(mut mesh) = meshes.get_mut(&signs.mesh) {
        *mesh = mesh_of(squares);
    }
}

/// Finds a place for each sign, beside the panels that are open.
fn lay_out(
    painter: &Painter,
    head: Pose,
    chips: Option<&Chips>,
    others: &Others,
    panels: &PanelRays,
    drawn: &mut Drawn,
) {
    let panorama = Panorama::new(head, LINE_POINTS);
    let pos = |points: DVec2| Pos2::new(points.x as f32, points.y as f32);
    let see = |anchor_m: DVec3| {
        let (points, distance_m) = panorama.see(anchor_m)?;
        // Behind a panel nothing is read.
        let is_covered = panels
            .meet(head.at_m, anchor_m - head.at_m)
            .is_some_and(|(_, hit)| hit.distance_m < distance_m);
        (!is_covered).then(|| (pos(points), distance_m as f32))
    };
    let Drawn { board, occupied, .. } = drawn;
    board.begin(painter);
    if let Some(chips) = chips {
        chips.add_seen(board, painter, see);
    }
    for other in &others.0 {
        let over_head_m = other.shown.map(|shown| shown.head_m + DVec3::Y * OVER_HEAD_M);
        if let Some((anchor, distance_m)) = over_head_m.and_then(see) {
            board.add_person(painter, other, anchor, distance_m);
        }
    }
    let half = panorama.half_points();
    let area = Rect::from_min_max(pos(-half), pos(half));
    occupied.clear();
    occupied.extend(panels.corners_m().filter_map(|corners_m| {
        let seen = corners_m
            .iter()
            .filter_map(|corner_m| Some(pos(panorama.see(*corner_m)?.0)));
        seen.map(|at| Rect::from_min_max(at, at)).reduce(Rect::union)
    }));
    board.place(area, occupied, MOST_SIGNS);
}

/// Paints the signs into the picture, row by row, and makes their squares. The far ones come first.
fn paint(painter: &Painter, head: Pose, drawn: &mut Drawn) {
    let panorama = Panorama::new(head, LINE_POINTS);
    painter.rect_filled(INK.expand(2.0), 0.0, color::text_quiet());
    painter.circle(
        DOT.center(),
        3.0,
        color::text(),
        egui::Stroke::new(1.5, color::sunken()),
    );
    let Drawn { board, squares, .. } = drawn;
    let (mut at, mut row_pt) = (Pos2::new(DOT.right() + GAP_PT, 0.0), DOT.height());
    for (chip, rect) in board.placed() {
        let size = rect.size();
        if at.x + size.x > PICTURE_PT[0] {
            at = Pos2::new(0.0, at.y + row_pt + GAP_PT);
            row_pt = 0.0;
        }
        if at.y + size.y > PICTURE_PT[1] {
            break;
        }
        let shows = Rect::from_min_size(at, size);
        board.paint(painter, chip, shows);
        at.x += size.x + GAP_PT;
        row_pt = row_pt.max(size.y);

        let distance_m = f64::from(chip.distance_m());
        let stand = |at: Pos2| panorama.stand(DVec2::new(at.x.into(), at.y.into()), distance_m);
        let (anchor, foot) = (stand(chip.anchor()), stand(chip.foot(rect)));
        squares.push(leader(&anchor, &foot));
        squares.push(square(&anchor, DOT.size(), DOT));
        squares.push(square(&stand(rect.center()), size, shows));
    }
}

fn square(place: &SignPlace, size_points: egui::Vec2, shows: Rect) -> Square {
    let right = place.right_m * f64::from(size_points.x) * 0.5;
    let up = place.up_m * f64::from(size_points.y) * 0.5;
    let middle = place.middle_m;
    Square {
        corners_m: [
            middle - right + up,
            middle + right + up,
            middle + right - up,
            middle - right - up,
        ],
        shows,
    }
}

/// The line from the anchor to the sign.
fn leader(anchor: &SignPlace, foot: &SignPlace) -> Square {
    let along = (foot.middle_m - anchor.middle_m).normalize_or(DVec3::Y);
    let across =
        along.cross(anchor.middle_m).normalize_or(DVec3::X) * anchor.right_m.length() * LEADER_PT * 0.5;
    let (from, to) = (anchor.middle_m, foot.middle_m);
    Square {
        corners_m: [to - across, to + across, from + across, from - across],
        shows: INK,
    }
}

fn mesh_of(squares: &[Square]) -> Mesh {
    let mut positions: Vec<[f32; 3]> = Vec::with_capacity(4 * squares.len());
    let mut uvs: Vec<[f32; 2]> = Vec::with_capacity(4 * squares.len());
    let mut indices: Vec<u32> = Vec::with_capacity(6 * squares.len());
    for square in squares {
        let first = positions.len() as u32;
        positions.extend(square.corners_m.map(|corner_m| corner_m.as_vec3().to_array()));
        let Rect { min, max } = square.shows;
        let uv = |x: f32, y: f32| [x / PICTURE_PT[0], y / PICTURE_PT[1]];
        uvs.extend([
            uv(min.x, min.y),
            uv(max.x, min.y),
            uv(max.x, max.y),
            uv(min.x, max.y),
        ]);
        indices.extend([0, 3, 2, 0, 2, 1].map(|corner| first + corner));
    }
    let normals = vec![[0.0, 0.0, 1.0]; positions.len()];
    Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::default())
        .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, positions)
        .with_inserted_attribute(Mesh::ATTRIBUTE_NORMAL, normals)
        .with_inserted_attribute(Mesh::ATTRIBUTE_UV_0, uvs)
        .with_inserted_indices(Indices::U32(indices))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_faces_the_head() {
        let head = Pose::IDENTITY;
        let place = Panorama::new(head, LINE_POINTS).stand(DVec2::new(120.0, -40.0), 4.0);
        let square = square(&place, egui::vec2(100.0, 40.0), DOT);
        let mesh = mesh_of(&[square]);
        let Some(positions) = mesh
            .attribute(Mesh::ATTRIBUTE_POSITION)
            .and_then(|positions| positions.as_float3())
        else {
            panic!("a mesh has positions");
        };
        let corner = |index: usize| Vec3::from(positions[index]);
        let indices: Vec<usize> = mesh.indices().into_iter().flat_map(Indices::iter).collect();
        for triangle in indices.chunks(3) {
            let [a, b, c] = [corner(triangle[0]), corner(triangle[1]), corner(triangle[2])];
            let normal = (b - a).cross(c - a);
            assert!(normal.dot(-a) > 0.0, "its front is to the head: {normal}");
        }
    }
}
