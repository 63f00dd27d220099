//! The floor of the hall: slabs of concrete, resin where product is open, joints, drains, and what is painted on it.
//!
//! Concrete is cast in panels that differ a little and are polished where trucks drive; resin has no joints but those
//! that let it move, and ends in a steel profile. All of it lies within 9 mm: a higher layer is painted over a lower one.

use std::collections::BTreeMap;

use super::{
    Surface as S,
    grain::{hash, noise},
    hall::{HALF_DEPTH, HALF_LENGTH},
    math::{Frame, V3},
    mesh::Mesh,
    solid::{Child, Solid},
};

/// A rectangle on the floor: its south-west and north-east corner.
type Area = ([f64; 2], [f64; 2]);

/// Edge of a panel of concrete, cut by joints.
const PANEL: f64 = 6.0;
/// Where the tone is sampled at least.
const STEP: f64 = 2.0;
/// Where resin lies, and its tone: cool in the process area, warm on the wet side of the line.
const RESIN: [(Area, V3); 2] = [
    (([-12.4, 5.4], [35.6, 17.4]), [0.31, 0.365, 0.37]),
    (([-5.6, -8.6], [25.8, 4.2]), [0.43, 0.395, 0.325]),
];
/// Where fork trucks drive, between the dispatch and the packing machines.
const LANE: Area = ([-1.2, -15.9], [26.4, -13.3]);
/// Where people walk.
const WALKWAYS: [Area; 5] = [
    ([-35.0, -17.4], [35.0, -16.2]),
    ([-13.6, -16.2], [-12.4, 16.8]),
    ([-12.4, 4.2], [35.0, 5.4]),
    ([-35.0, 8.6], [-13.6, 9.6]),
    ([-35.0, -8.4], [-13.6, -7.4]),
];
/// Gutters under grates: where the first metre begins, and how many metres there are.
const GUTTERS: [([f64; 2], i32); 3] = [([-11.0, 9.7], 45), ([-5.0, -5.4], 28), ([-34.5, -15.65], 20)];
/// Floor drains beside tanks, pumps and wet machines.
const DRAINS: [[f64; 2]; 14] = [
    [-6.1, 13.0],
    [-2.0, 13.0],
    [5.4, 12.5],
    [13.4, 13.6],
    [26.4, 13.4],
    [30.6, 13.0],
    [-1.6, -1.2],
    [4.2, -0.6],
    [11.8, -1.2],
    [17.5, -6.8],
    [-32.4, -11.2],
    [-30.2, -11.2],
    [-27.0, 10.6],
    [-33.6, 4.6],
];

/// The surface of the slab, a mesh for each of its materials: name, surface, mesh.
pub(super) fn surfaces() -> [(&'static str, S, Mesh); 2] {
    let (xs, ys) = (lines(0, HALF_LENGTH), lines(1, HALF_DEPTH));
    let mut meshes = [Mesh::default(), Mesh::default()];
    // Vertices are shared within a panel or a field of resin only: tones change at its edge.
    let mut shared: BTreeMap<([i32; 3], [usize; 2]), u32> = BTreeMap::new();
    for j in 0..ys.len() - 1 {
        for i in 0..xs.len() - 1 {
            let center = [(xs[i] + xs[i + 1]) / 2.0, (ys[j] + ys[j + 1]) / 2.0];
            let field = RESIN.iter().position(|(area, _)| holds(area, center));
            let panel = center.map(|it| (it / PANEL).floor() as i32);
            let part = match field {
                Some(field) => [-1, field as i32, 0],
                None => [i32::from(holds(&LANE, center)), panel[0], panel[1]],
            };
            let mesh = &mut meshes[usize::from(field.is_some())];
            let corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]].map(|[i, j]| {
                *shared.entry((part, [i, j])).or_insert_with(|| {
                    let (x, y) = (xs[i], ys[j]);
                    mesh.colors.push(match field {
                        Some(field) => resin(field, x, y),
                        None => concrete(part, x, y),
                    });
                    mesh.vertex([x, y, 0.0], [0.0, 0.0, 1.0])
                })
            });
            mesh.face(&corners);
        }
    }
    let [concrete, resin] = meshes;
    [("Floor", S::Concrete, concrete), ("Resin", S::FloorResin, resin)]
}

/// Grid lines along an axis: every step, and where areas end.
fn lines(axis: usize, half: f64) -> Vec<f64> {
    let steps = (2.0 * half / STEP) as i32;
    let mut lines: Vec<f64> = (0..=steps).map(|k| -half + STEP * f64::from(k)).collect();
    let areas = RESIN.iter().map(|(area, _)| area).chain([&LANE]);
    lines.extend(areas.flat_map(|(low, high)| [low[axis], high[axis]]));
    lines.sort_by(f64::total_cmp);
    lines.dedup();
    lines
}

fn holds((low, high): &Area, at: [f64; 2]) -> bool {
    (0..2).all(|axis| (low[axis]..high[axis]).contains(&at[axis]))
}

/// Tone of a panel of concrete, clouded; dark and streaked along the way where wheels polish it.
fn concrete([is_lane, panel_x, panel_y]: [i32; 3], x: f64, y: f64) -> V3 {
    let panel = hash(panel_x, panel_y, 1) - 0.5;
    let cloud = noise(x / 3.1, y / 3.1, 2) - 0.5;
    let stain = noise(x / 1.3, y / 1.7, 5) - 0.5;
    let mut grey = 0.305 + 0.03 * panel + 0.05 * cloud + 0.02 * stain;
    if is_lane == 1 {
        grey *= 0.82 + 0.08 * noise(x / 9.0, y / 0.7, 7);
    }
    [grey, grey * 0.985, grey * 0.95]
}

/// Tone of resin: even, with a breath of cloud.
fn resin(field: usize, x: f64, y: f64) -> V3 {
    let cloud = noise(x / 4.3, y / 4.3, 3) - 0.5;
    RESIN[field].1.map(|it| it * (1.0 + 0.06 * cloud))
}

fn strip(mesh: &mut Mesh, low: [f64; 2], high: [f64; 2], z: f64) {
    mesh.flat(&[
        [low[0], low[1], z],
        [high[0], low[1], z],
        [high[0], high[1], z],
        [low[0], high[1], z],
    ]);
}

/// A line of this width around an area, on its edge.
fn outline(mesh: &mut Mesh, (low, high): Area, width: f64, z: f64) {
    let w = width / 2.0;
    for y in [low[1], high[1]] {
        strip(mesh, [low[0] - w, y - w], [high[0] + w, y + w], z);
    }
    for x in [low[0], high[0]] {
        strip(mesh, [x - w, low[1] + w], [x + w, high[1] - w], z);
    }
}

/// The corners alone of a line around an area, with arms of this length.
fn corner_marks(mesh: &mut Mesh, (low, high): Area, arm: f64, z: f64) {
    let width = 0.08;
    for (x, inward_x) in [(low[0], 1.0), (high[0], -1.0)] {
        for (y, inward_y) in [(low[1], 1.0), (high[1], -1.0)] {
            let mut bar = |to: [f64; 2]| {
                strip(
                    mesh,
                    [x.min(to[0]), y.min(to[1])],
                    [x.max(to[0]), y.max(to[1])],
                    z,
                );
            };
            bar([x + inward_x * arm, y + inward_y * width]);
            let from = y + inward_y * width;
            let to = [x + inward_x * width, y + inward_y * arm];
            strip(
                mesh,
                [x.min(to[0]), from.min(to[1])],
                [x.max(to[0]), from.max(to[1])],
                z,
            );
        }
    }
}

/// Diagonal stripes within an area, half of it painted: keep clear.
fn hatch(mesh: &mut Mesh, (low, high): Area, z: f64) {
    let width = 0.15;
    let [w, h] = [high[0] - low[0], high[1] - low[1]];
    let stripes = ((w + h) / (2.0 * width)) as usize;
    for k in 0..stripes {
        // The stripe between two diagonals, on which the way east plus the way north is the same.
        let (from, to) = (2.0 * width * k as f64, 2.0 * width * k as f64 + width);
        let east = |sum: f64| [sum.min(w), sum - sum.min(w)];
        let north = |sum: f64| [sum - sum.min(h), sum.min(h)];
        let mut corners = vec![east(from)];
        if from < w && to > w {
            corners.push([w, 0.0]);
        }
        corners.extend([east(to), north(to)]);
        if from < h && to > h {
            corners.push([0.0, h]);
        }
        corners.push(north(from));
        corners.dedup();
        let is_corner = corners.first() == corners.last();
        if is_corner {
            corners.pop();
        }
        let points: Vec<V3> = corners.iter().map(|[x, y]| [low[0] + x, low[1] + y, z]).collect();
        if points.len() > 2 {
            mesh.flat(&points);
        }
    }
}

/// Joints of the concrete and of the resin, and profiles where resin ends.
fn joints() -> Solid {
    let mut solid = Solid::new("Joints");
    let (mut sealant, mut steel) = (Mesh::default(), Mesh::default());
    sawn_joints(&mut sealant);
    for ((low, high), _) in RESIN {
        outline(&mut steel, (low, high), 0.04, 0.003);
        // Where the slab below it may move.
        for x in [-6.0, 6.0, 18.0, 30.0] {
            if (low[0] + 1.0..high[0] - 1.0).contains(&x) {
                strip(
                    &mut sealant,
                    [x - 0.01, low[1] + 0.02],
                    [x + 0.01, high[1] - 0.02],
                    0.002,
                );
            }
        }
    }
    solid.add_at(S::FloorSealant, &sealant, [0.0; 3]);
    solid.add_at(S::PolishedSteel, &steel, [0.0; 3]);
    solid
}

/// Joints between panels of concrete, in runs that end where resin begins.
fn sawn_joints(mesh: &mut Mesh) {
    let w = 0.007;
    let halves = [HALF_LENGTH, HALF_DEPTH];
    for across in [0, 1] {
        let along = 1 - across;
        for k in 1..(2.0 * halves[across] / PANEL) as i32 {
            let at = -halves[across] + PANEL * f64::from(k);
            for [from, to] in bare_runs(across, at, halves[along]) {
                let (mut low, mut high) = ([at - w; 2], [at + w; 2]);
                (low[along], high[along]) = (from, to);
                strip(mesh, low, high, 0.002);
            }
        }
    }
}

/// The stretches between the walls of a line at `at` on the axis `across` that no resin covers.
fn bare_runs(across: usize, at: f64, half: f64) -> Vec<[f64; 2]> {
    let along = 1 - across;
    let mut covered: Vec<[f64; 2]> = RESIN
        .iter()
        .filter(|((low, high), _)| (low[across]..=high[across]).contains(&at))
        .map(|((low, high), _)| [low[along], high[along]])
        .collect();
    covered.sort_by(|one, other| one[0].total_cmp(&other[0]));
    let mut runs = Vec::new();
    let mut from = -half;
    for [start, end] in covered {
        runs.push([from, start]);
        from = end;
    }
    runs.push([from, half]);
    runs.retain(|[from, to]| to - from > 0.05);
    runs
}

/// One metre of gutter with its grate, from the origin along X and to +Y.
fn grate() -> Solid {
    let mut solid = Solid::new("Grate");
    let (mut pit, mut steel) = (Mesh::default(), Mesh::default());
    strip(&mut pit, [0.0, 0.0], [1.0, 0.25], 0.003);
    for y in [-0.015, 0.235] {
        strip(&mut steel, [0.0, y], [1.0, y + 0.03], 0.005);
    }
    for k in 0..6 {
        let x = 0.02 + 0.1667 * f64::from(k);
        strip(&mut steel, [x, 0.015], [x + 0.1, 0.235], 0.006);
    }
    solid.add_at(S::BlackPlastic, &pit, [0.0; 3]);
    solid.add_at(S::PolishedSteel, &steel, [0.0; 3]);
    solid
}

/// A floor drain with its grate.
fn drain() -> Solid {
    let mut solid = Solid::new("Drain");
    let (mut pit, mut steel) = (Mesh::default(), Mesh::default());
    let (low, high) = ([-0.16; 2], [0.16; 2]);
    strip(&mut pit, low, high, 0.003);
    outline(&mut steel, (low, high), 0.05, 0.005);
    for k in 0..6 {
        let bar = -0.12 + 0.044 * f64::from(k);
        strip(&mut steel, [bar, -0.135], [bar + 0.02, 0.135], 0.006);
    }
    solid.add_at(S::BlackPlastic, &pit, [0.0; 3]);
    solid.add_at(S::PolishedSteel, &steel, [0.0; 3]);
    solid
}

/// What water runs off through, for the model of the grounds.
pub(super) fn drains() -> [Child; 2] {
    let metres =
        |&([x, y], count): &([f64; 2], i32)| (0..count).map(move |k| ([x + f64::from(k), y, 0.0], 0.0));
    [
        Child::Scatter {
            name: "Gutters",
            solid: "Grate",
            at: GUTTERS.iter().flat_map(metres).collect(),
        },
        Child::Scatter {
            name: "Drains",
            solid: "Drain",
            at: DRAINS.iter().map(|[x, y]| ([*x, *y, 0.0], 0.0)).collect(),
        },
    ]
}

/// The parts of the floor that lie on the slab.
pub(super) fn solids() -> [Solid; 4] {
    [joints(), grate(), drain(), markings()]
}

/// What is painted: walkways, bays, machine zones, the lane of the fork trucks, crossings, words.
fn markings() -> Solid {
    let mut solid = Solid::new("Markings");
    let (mut green, mut white, mut yellow) = (Mesh::default(), Mesh::default(), Mesh::default());
    walkways(&mut green, &mut white);
    zones(&mut white, &mut yellow);
    lane(&mut white, &mut yellow);
    crossings(&mut white);
    solid.add_at(S::FloorGreen, &green, [0.0; 3]);
    solid.add_at(S::MarkingWhite, &white, [0.0; 3]);
    solid.add_at(S::SafetyYellow, &yellow, [0.0; 3]);
    for (text, x, y) in [
        ("UTILITIES", -24.0, 9.1),
        ("FILLING", 5.0, -7.4),
        ("PROCESS", 4.0, 4.8),
        ("DISPATCH", 30.6, -5.9),
        ("PUMP HOUSE", -26.0, -7.9),
        ("FORK TRUCKS", 5.0, -14.6),
        ("FORK TRUCKS", 17.0, -14.6),
    ] {
        solid.text(S::MarkingWhite, text, 0.55, Frame::at([x, y, 0.009]));
    }
    solid
}

/// Green with white edges, and arrows on the longest.
fn walkways(green: &mut Mesh, white: &mut Mesh) {
    for (low, high) in WALKWAYS {
        strip(green, low, high, 0.004);
        let is_along = high[0] - low[0] > high[1] - low[1];
        for side in [0.0, 1.0] {
            let (a, b) = if is_along {
                let y = low[1] + (high[1] - low[1]) * side;
                ([low[0], y - 0.04], [high[0], y + 0.04])
            } else {
                let x = low[0] + (high[0] - low[0]) * side;
                ([x - 0.04, low[1]], [x + 0.04, high[1]])
            };
            strip(white, a, b, 0.006);
        }
    }
    for x in [-28.0, -16.0, 8.0, 20.0] {
        arrow(white, [x, -16.8], 1.0);
    }
}

/// An arrow of 1.2 m to the east, or to the west where `way` is -1.
fn arrow(mesh: &mut Mesh, [x, y]: [f64; 2], way: f64) {
    let z = 0.008;
    let at = |along: f64| x + way * along;
    let (from, neck, tip) = (at(-0.6), at(0.1), at(0.6));
    strip(mesh, [from.min(neck), y - 0.07], [from.max(neck), y + 0.07], z);
    let side = way * 0.28;
    mesh.flat(&[[neck, y - side, z], [tip, y, z], [neck, y + side, z]]);
}

/// Bays in yellow, storage in white, corners of machine zones, what must be kept clear.
fn zones(white: &mut Mesh, yellow: &mut Mesh) {
    for area in [
        ([-34.8, 9.9], [-14.2, 16.6]),
        ([-34.8, -16.0], [-14.2, -8.6]),
        ([26.6, -15.6], [34.6, -5.4]),
        ([-12.0, -6.4], [-5.8, 0.4]),
        ([-24.0, -6.0], [-14.2, -0.6]),
    ] {
        outline(yellow, area, 0.1, 0.005);
    }
    for k in 0..6 {
        let x = 27.4 + 1.4 * f64::from(k);
        strip(yellow, [x - 0.03, -15.55], [x + 0.03, -10.8], 0.005);
    }
    // Empty pallets, the parked truck, pallets of bottles that wait for the depalletiser.
    for area in [
        ([-12.0, -15.4], [-9.1, -13.8]),
        ([-12.2, -11.6], [-9.3, -8.6]),
        ([-12.0, -7.7], [-9.0, -6.5]),
    ] {
        outline(white, area, 0.08, 0.006);
    }
    // Rinser, filler and capper; inspector; labeller; case packer; the robot's cell; the pasteuriser.
    for area in [
        ([0.1, -5.0], [11.0, -1.0]),
        ([12.5, -4.3], [15.1, -1.9]),
        ([19.8, -12.7], [24.2, -8.9]),
        ([6.7, -12.5], [12.9, -8.9]),
        ([-8.6, -15.5], [-1.3, -9.2]),
        ([21.0, 11.2], [26.0, 15.0]),
    ] {
        corner_marks(yellow, area, 0.7, 0.006);
    }
    // Before switchgear, the robot's light curtains, gates and the dispatch.
    for area in [
        ([-29.4, -4.4], [-25.8, -3.4]),
        ([-9.1, -13.4], [-8.4, -11.5]),
        ([-7.0, -16.1], [-4.7, -15.55]),
        ([-35.8, -10.0], [-35.1, -6.0]),
        ([13.2, 17.5], [17.2, 17.95]),
        ([26.9, -17.95], [33.1, -17.5]),
    ] {
        hatch(yellow, area, 0.005);
        outline(yellow, area, 0.05, 0.006);
    }
}

/// Edges, arrows for both ways, a middle line, and where trucks stop before the dispatch.
fn lane(white: &mut Mesh, yellow: &mut Mesh) {
    let (low, high) = LANE;
    for y in [low[1], high[1]] {
        strip(yellow, [low[0], y - 0.05], [high[0], y + 0.05], 0.005);
    }
    let middle = (low[1] + high[1]) / 2.0;
    for k in 0..12 {
        let x = low[0] + 0.6 + 2.3 * f64::from(k);
        // Words stand in the middle.
        let is_word = [5.0, 17.0].iter().any(|word| (x + 0.5 - word).abs() < 3.6);
        if !is_word {
            strip(white, [x, middle - 0.04], [x + 1.0, middle + 0.04], 0.006);
        }
    }
    for x in [0.6, 11.0, 23.0] {
        arrow(white, [x, middle - 0.65], 1.0);
        arrow(white, [x, middle + 0.65], -1.0);
    }
    strip(
        white,
        [high[0] - 0.7, low[1] + 0.1],
        [high[0] - 0.4, middle - 0.1],
        0.006,
    );
}

/// Zebras where trucks cross the walkway, and the yard's lane.
fn crossings(white: &mut Mesh) {
    for (first, count) in [(27.6, 8), (-7.7, 4)] {
        for k in 0..count {
            let x = first + 0.8 * f64::from(k);
            strip(white, [x, -17.3], [x + 0.4, -16.3], 0.007);
        }
    }
    for k in 0..12 {
        let x = -20.0 + 4.6 * f64::from(k);
        strip(white, [x, -24.1], [x + 2.4, -23.95], 0.006);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area_of(mesh: &Mesh) -> f64 {
        let mut first = 0;
        let mut sum = 0.0;
        for &count in &mesh.counts {
            let corners: Vec<V3> = mesh.indices[first..first + count as usize]
                .iter()
                .map(|&at| mesh.positions[at as usize])
                .collect();
            first += count as usize;
            for k in 0..corners.len() {
                let (a, b) = (corners[k], corners[(k + 1) % corners.len()]);
                sum += (a[0] * b[1] - b[0] * a[1]) / 2.0;
            }
        }
        sum
    }

    #[test]
    fn concrete_and_resin_cover_the_hall_once() {
        let [(.., concrete), (.., resin)] = surfaces();
        let of_resin: f64 = RESIN
            .iter()
            .map(|((low, high), _)| (high[0] - low[0]) * (high[1] - low[1]))
            .sum();
        assert!((area_of(&resin) - of_resin).abs() < 1e-6);
        let all = 4.0 * HALF_LENGTH * HALF_DEPTH;
        assert!((area_of(&concrete) + area_of(&resin) - all).abs() < 1e-6);
        assert_eq!(concrete.colors.len(), concrete.positions.len());
    }

    #[test]
    fn stripes_stay_within_their_area_and_look_up() {
        let mut mesh = Mesh::default();
        let (low, high) = ([1.0, 2.0], [4.0, 3.0]);
        hatch(&mut mesh, (low, high), 0.005);
        assert!(mesh.normals.iter().all(|normal| normal[2] > 0.999));
        let [least, most] = mesh.bounds();
        assert!((0..2).all(|axis| least[axis] >= low[axis] && most[axis] <= high[axis]));
        let share = area_of(&mesh) / 3.0;
        assert!((0.4..0.6).contains(&share), "{share}");
    }
}
