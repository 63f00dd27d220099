//! What the works makes and moves: 0.5 l PET bottles in every state, cases of 24, pallets.

use super::{
    Surface as S,
    math::{Frame, V3},
    mesh::Mesh,
    shapes::{bevel_box, box_between, cylinder, revolve},
    solid::{Child, Machine, Solid, body},
};

/// Outer radius of a bottle's body, in metres.
pub(super) const BOTTLE_RADIUS: f64 = 0.0325;
/// Outside of a case: 6 × 4 bottles.
pub(super) const CASE: V3 = [0.4, 0.27, 0.23];
/// Outside of a pallet (EUR 1).
pub(super) const PALLET: V3 = [1.2, 0.8, 0.144];

/// Radius and height of the bottle's outside, from the foot to the mouth.
const OUTLINE: [[f64; 2]; 17] = [
    [0.0, 0.007],
    [0.017, 0.0],
    [0.029, 0.001],
    [0.0325, 0.007],
    [0.0325, 0.042],
    [0.0308, 0.05],
    [0.0325, 0.058],
    [0.0325, 0.126],
    [0.0308, 0.138],
    [0.0255, 0.158],
    [0.0185, 0.176],
    [0.0142, 0.188],
    [0.0135, 0.1945],
    [0.0168, 0.1955],
    [0.0168, 0.1975],
    [0.0132, 0.199],
    [0.0132, 0.214],
];

fn shell(from: f64, to: f64, inset: f64, segments: usize) -> Mesh {
    let mut profile: Vec<[f64; 2]> = OUTLINE
        .iter()
        .filter(|p| p[1] >= from && p[1] <= to)
        .map(|p| [(p[0] - inset).max(0.0), p[1] + inset.min(0.001)])
        .collect();
    if let Some(first) = profile.first().copied()
        && first[0] > 0.0
    {
        profile.insert(0, [0.0, first[1]]);
    }
    if let Some(last) = profile.last().copied() {
        profile.push([0.0, last[1]]);
    }
    revolve(&profile, segments)
}

fn cap() -> Mesh {
    revolve(
        &[
            [0.0, 0.1985],
            [0.0155, 0.1985],
            [0.0158, 0.201],
            [0.0152, 0.217],
            [0.014, 0.219],
            [0.0, 0.219],
        ],
        14,
    )
}

fn label(segments: usize) -> Mesh {
    let r = BOTTLE_RADIUS + 0.0006;
    revolve(
        &[[r - 0.001, 0.06], [r, 0.0605], [r, 0.1235], [r - 0.001, 0.124]],
        segments,
    )
}

/// A white band with a leaf on the label, so that one sees a bottle turn.
fn print() -> Mesh {
    let r = BOTTLE_RADIUS + 0.001;
    let mut mesh = Mesh::default();
    for turns in [0.0, 0.5] {
        for k in 0..3 {
            let part = bevel_box([0.0006, 0.0085, 0.03 - 0.006 * f64::from(k % 2)], 0.0);
            let frame = Frame::at([0.0; 3])
                .spun(turns + 0.04 * (f64::from(k) - 1.0))
                .shifted([r - 0.0008, 0.0, 0.093]);
            mesh.add(&part, frame);
        }
    }
    mesh
}

fn bottle(name: &'static str, has_liquid: bool, has_cap: bool, has_label: bool) -> Solid {
    let mut solid = Solid::new(name);
    solid.add_at(S::Pet, &shell(0.0, 0.22, 0.0, 18), [0.0; 3]);
    if has_liquid {
        solid.add_at(S::Lemonade, &shell(0.0, 0.178, 0.0008, 14), [0.0; 3]);
    }
    if has_cap {
        solid.add_at(S::CapBlue, &cap(), [0.0; 3]);
    }
    if has_label {
        solid.add_at(S::LabelYellow, &label(20), [0.0; 3]);
        solid.add_at(S::LabelWhite, &print(), [0.0; 3]);
    }
    solid
}

/// Upside down, its foot at the origin.
pub(super) fn turned_bottle() -> Solid {
    let mut solid = Solid::new("TurnedBottle");
    solid.take(
        &bottle("Upright", false, false, false),
        Frame::at([0.0; 3]).flipped(),
    );
    solid
}

/// A filled bottle as one sees it among hundreds: what is inside and what is around it are one surface.
fn mass_bottle(name: &'static str, has_label: bool) -> Solid {
    let mut solid = Solid::new(name);
    if has_label {
        solid.add_at(S::LabelYellow, &label(14), [0.0; 3]);
    }
    solid.add_at(S::LemonadeInPet, &shell(0.0, 0.178, 0.0, 12), [0.0; 3]);
    solid.add_at(S::PetStack, &shell(0.17, 0.199, 0.0, 10), [0.0; 3]);
    solid.add_at(S::CapBlue, &cap(), [0.0; 3]);
    solid
}

fn stack_bottle() -> Solid {
    let mut solid = Solid::new("StackBottle");
    solid.add_at(S::PetStack, &shell(0.0, 0.22, 0.0, 8), [0.0; 3]);
    solid
}

/// A closed case with its tape and the plant's mark.
fn case() -> Solid {
    let [l, w, h] = CASE;
    let mut solid = Solid::new("Case");
    solid.block(
        S::Cardboard,
        [-l / 2.0, -w / 2.0, 0.0],
        [l / 2.0, w / 2.0, h],
        0.004,
    );
    solid.block(
        S::LabelWhite,
        [-l / 2.0 - 0.001, -0.03, h - 0.06],
        [l / 2.0 + 0.001, 0.03, h + 0.001],
        0.0,
    );
    for y in [-w / 2.0 - 0.001, w / 2.0] {
        solid.block(S::LabelYellow, [-0.1, y, 0.05], [0.1, y + 0.001, 0.16], 0.0);
        solid.block(
            S::CapBlue,
            [-0.1, y - 0.0004, 0.075],
            [0.1, y + 0.0014, 0.095],
            0.0,
        );
    }
    solid
}

/// Five deck boards, three bearers, nine blocks, three runners.
fn pallet() -> Solid {
    let mut solid = Solid::new("Pallet");
    let wood = |solid: &mut Solid, low: V3, high: V3| {
        solid.block(S::Wood, low, high, 0.0);
    };
    for (y, half) in [
        (-0.3275, 0.0725),
        (-0.16, 0.05),
        (0.0, 0.0725),
        (0.16, 0.05),
        (0.3275, 0.0725),
    ] {
        wood(&mut solid, [-0.6, y - half, 0.122], [0.6, y + half, 0.144]);
    }
    for x in [-0.5275, 0.0, 0.5275] {
        wood(&mut solid, [x - 0.0725, -0.4, 0.1], [x + 0.0725, 0.4, 0.122]);
        for y in [-0.35, 0.0, 0.35] {
            wood(
                &mut solid,
                [x - 0.0725, y - 0.05, 0.022],
                [x + 0.0725, y + 0.05, 0.1],
            );
        }
    }
    for y in [-0.35, 0.0, 0.35] {
        wood(&mut solid, [-0.6, y - 0.05, 0.0], [0.6, y + 0.05, 0.022]);
    }
    solid
}

/// Places of the cases of one pallet: layers of 3 × 2 rows along and 3 across, turned by half a brick from layer to layer.
pub(super) fn stacked_cases(layers: usize) -> Vec<(V3, f64)> {
    let [l, w, _] = CASE;
    let mut places = Vec::new();
    for layer in 0..layers {
        let z = layer_height(layer);
        if layer % 2 == 0 {
            for i in 0..3 {
                for j in 0..3 {
                    let (x, y) = (l * (f64::from(i) - 1.0), w * (f64::from(j) - 1.0));
                    places.push(([x, y, z], 0.0));
                }
            }
        } else {
            for i in 0..4 {
                for j in 0..2 {
                    let (x, y) = ((w + 0.02) * (f64::from(i) - 1.5), l * (f64::from(j) - 0.5));
                    places.push(([x, y, z], 0.25));
                }
            }
        }
    }
    places
}

/// The foot of a layer of cases above the foot of their pallet.
pub(super) fn layer_height(layer: usize) -> f64 {
    PALLET[2] + CASE[2] * layer as f64
}

/// Bottles of one layer on a pallet of 1.2 × 1.0 m in honeycomb, about the origin.
pub(super) fn layer_of_bottles() -> Vec<(V3, f64)> {
    let pitch = 0.0665;
    (0..17)
        .flat_map(|row| {
            let shift = if row % 2 == 0 { 0.0 } else { pitch / 2.0 };
            (0..15 - row % 2).map(move |k| {
                let x = pitch * (f64::from(k) - 7.0) + shift;
                ([x, pitch * 0.866 * (f64::from(row) - 8.0), 0.0], 0.0)
            })
        })
        .collect()
}

/// A pallet of empty bottles: five layers with sheets between them and a wooden frame on top.
fn bottle_pallet() -> Vec<Child> {
    let mut at = Vec::new();
    for layer in 0..5 {
        let z = PALLET[2] + 0.004 + 0.22 * f64::from(layer);
        // Inside, below a sheet, nobody sees one.
        let is_seen = |p: &V3| layer == 4 || p[0].abs() > 0.43 || p[1].abs() > 0.43;
        let shown = layer_of_bottles().into_iter().filter(|(p, _)| is_seen(p));
        at.extend(shown.map(|(p, t)| ([p[0], p[1], z], t)));
    }
    vec![
        body("Pallet"),
        body("Sheets"),
        Child::Scatter {
            name: "Bottles",
            solid: "StackBottle",
            at,
        },
    ]
}

fn sheets() -> Solid {
    let mut solid = Solid::new("Sheets");
    for layer in 0..=5 {
        let z = PALLET[2] + 0.22 * f64::from(layer);
        solid.block(S::Cardboard, [-0.52, -0.5, z], [0.52, 0.5, z + 0.003], 0.0);
    }
    let top = PALLET[2] + 1.103;
    let mut frame = Mesh::default();
    for (low, high) in [
        ([-0.54, -0.52, top], [0.54, -0.44, top + 0.025]),
        ([-0.54, 0.44, top], [0.54, 0.52, top + 0.025]),
        ([-0.54, -0.44, top], [-0.46, 0.44, top + 0.025]),
        ([0.46, -0.44, top], [0.54, 0.44, top + 0.025]),
    ] {
        frame.add_at(&box_between(low, high, 0.0), [0.0; 3]);
    }
    solid.add_at(S::Wood, &frame, [0.0; 3]);
    for x in [-0.3, 0.3] {
        solid.block(
            S::CapBlue,
            [x - 0.008, -0.523, 0.02],
            [x + 0.008, -0.521, top + 0.02],
            0.0,
        );
    }
    solid
}

/// Caps in a hopper or a chute.
fn loose_cap() -> Solid {
    let mut solid = Solid::new("LooseCap");
    solid.add_at(S::CapBlue, &cylinder(0.0155, 0.0, 0.02, 0.002, 12), [0.0; 3]);
    solid
}

pub(super) fn machine() -> Machine {
    let loaded = vec![
        body("Pallet"),
        Child::Scatter {
            name: "Cases",
            solid: "Case",
            at: stacked_cases(5),
        },
    ];
    Machine {
        file: "goods",
        doc: "Bottles, cases and pallets.",
        models: vec![
            ("LabelledBottle", vec![body("LabelledBottleSolid")]),
            ("EmptyBottle", vec![body("EmptyBottleSolid")]),
            ("FilledBottle", vec![body("FilledBottleSolid")]),
            ("CappedBottle", vec![body("CappedBottleSolid")]),
            ("MassBottle", vec![body("MassBottle")]),
            ("MassLabelled", vec![body("MassLabelled")]),
            ("Case", vec![body("Case")]),
            ("Pallet", vec![body("Pallet")]),
            ("LoadedPallet", loaded),
            ("BottlePallet", bottle_pallet()),
        ],
        solids: vec![
            bottle("LabelledBottleSolid", true, true, true),
            bottle("EmptyBottleSolid", false, false, false),
            bottle("FilledBottleSolid", true, false, false),
            bottle("CappedBottleSolid", true, true, false),
            mass_bottle("MassBottle", false),
            mass_bottle("MassLabelled", true),
            stack_bottle(),
            case(),
            pallet(),
            sheets(),
            loose_cap(),
        ],
        decimals: 4,
    }
}
