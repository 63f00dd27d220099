//! What one walks on and what carries pipes: the gallery with its stairs and the control room, the pipe rack.

use super::{
    Surface as S,
    shapes::bevel_box,
    solid::{Machine, Solid, body},
};

/// Floor of the gallery.
pub(super) const DECK: f64 = 3.4;
/// Sides of the gallery, and its ends.
pub(super) const GALLERY_Y: [f64; 2] = [1.6, 3.3];
pub(super) const GALLERY_X: [f64; 2] = [-9.0, 27.0];
/// Levels of the rack's beams, and its sides.
pub(super) const RACK_LEVELS: [f64; 2] = [4.6, 5.5];
pub(super) const RACK_Y: [f64; 2] = [6.1, 8.1];

/// Three metres of gallery along X: grating on channels, rails on both sides; `has_gate` leaves a way through to the
/// control room.
fn deck(name: &'static str, has_gate: bool) -> Solid {
    let mut solid = Solid::new(name);
    let [y0, y1] = GALLERY_Y;
    solid.grating([0.0, y0], [3.0, y1], DECK);
    for y in [y0, y1] {
        solid.channel(
            S::StructuralSteel,
            [0.0, y, DECK - 0.1],
            [3.0, y, DECK - 0.1],
            [0.07, 0.2],
            0.01,
        );
        if has_gate && y == y1 {
            solid.railing(S::SafetyYellow, &[[0.0, y, DECK], [0.55, y, DECK]]);
            solid.railing(S::SafetyYellow, &[[1.75, y, DECK], [3.0, y, DECK]]);
        } else {
            solid.railing(S::SafetyYellow, &[[0.0, y, DECK], [3.0, y, DECK]]);
        }
    }
    for x in [0.0, 1.5] {
        solid.bar(
            S::StructuralSteel,
            [x, y0, DECK - 0.12],
            [x, y1, DECK - 0.12],
            0.08,
        );
    }
    solid
}

/// A pair of posts with their head beam and knee braces.
fn posts() -> Solid {
    let mut solid = Solid::new("Posts");
    let [y0, y1] = GALLERY_Y;
    for y in [y0 + 0.1, y1 - 0.1] {
        solid.i_beam(
            S::StructuralSteel,
            [0.0, y, 0.02],
            [0.0, y, DECK - 0.2],
            [0.14, 0.14],
            0.01,
        );
        solid.block(S::Galvanised, [-0.14, y - 0.14, 0.0], [0.14, y + 0.14, 0.02], 0.0);
        solid.block(
            S::SafetyYellow,
            [-0.075, y - 0.075, 0.1],
            [0.075, y + 0.075, 0.9],
            0.0,
        );
    }
    solid.i_beam(
        S::StructuralSteel,
        [0.0, y0, DECK - 0.28],
        [0.0, y1, DECK - 0.28],
        [0.12, 0.16],
        0.01,
    );
    for side in [-1.0, 1.0] {
        let y = if side < 0.0 { y0 + 0.1 } else { y1 - 0.1 };
        solid.bar(
            S::StructuralSteel,
            [0.6, y, DECK - 0.2],
            [0.0, y, DECK - 0.85],
            0.06,
        );
        solid.bar(
            S::StructuralSteel,
            [-0.6, y, DECK - 0.2],
            [0.0, y, DECK - 0.85],
            0.06,
        );
    }
    solid
}

/// The stairs at both ends; people come up along +X in the west and along -X in the east.
fn stairs() -> Solid {
    let mut solid = Solid::new("Stairs");
    let middle = (GALLERY_Y[0] + GALLERY_Y[1]) / 2.0;
    let steps = (DECK / 0.185).ceil();
    let run = 0.27 * (steps - 1.0);
    for (x, way) in [(GALLERY_X[0], 1.0), (GALLERY_X[1], -1.0)] {
        solid.stair([x - way * run, middle, 0.0], [way, 0.0, 0.0], DECK, 1.0);
        for (a, b) in [(GALLERY_Y[0], middle - 0.5), (middle + 0.5, GALLERY_Y[1])] {
            solid.railing(S::SafetyYellow, &[[x, a, DECK], [x, b, DECK]]);
        }
    }
    solid
}

/// The control room, which stands on posts of its own behind the gallery; its long window looks to the line (-Y).
fn control_room() -> Solid {
    let mut solid = Solid::new("ControlRoom");
    let (x0, x1, y0, y1, top) = (-3.5, 3.5, 0.0, 2.7, 2.8);
    solid.block(S::StructuralSteel, [x0, y0, -0.25], [x1, y1, -0.03], 0.01);
    solid.block(
        S::BeltGrey,
        [x0 + 0.02, y0 + 0.02, -0.03],
        [x1 - 0.02, y1 - 0.02, 0.0],
        0.0,
    );
    solid.block(
        S::PaintWhite,
        [x0 - 0.15, y0 - 0.15, top],
        [x1 + 0.15, y1 + 0.15, top + 0.2],
        0.02,
    );
    solid.block(S::PaintWhite, [x0, y1 - 0.08, 0.0], [x1, y1, top], 0.006);
    for x in [x0, x1 - 0.08] {
        solid.block(S::PaintWhite, [x, y0, 0.0], [x + 0.08, y1 - 0.08, 0.9], 0.006);
        solid.block(S::PaintWhite, [x, y0, 2.3], [x + 0.08, y1 - 0.08, top], 0.006);
        solid.block(
            S::Window,
            [x + 0.03, y0 + 0.08, 0.9],
            [x + 0.045, y1 - 0.08, 2.3],
            0.0,
        );
    }
    // The front leaves a door of 1 m at the west end.
    solid.block(S::PaintWhite, [x0 + 1.2, y0, 0.0], [x1, y0 + 0.08, 0.9], 0.006);
    solid.block(S::PaintWhite, [x0, y0, 2.3], [x1, y0 + 0.08, top], 0.006);
    for k in 0..6 {
        let x = x0 + 1.2 + 1.16 * f64::from(k);
        solid.block(S::DoorGrey, [x - 0.03, y0, 0.9], [x + 0.03, y0 + 0.08, 2.3], 0.0);
    }
    solid.block(S::Window, [x0 + 1.2, y0 + 0.03, 0.9], [x1, y0 + 0.045, 2.3], 0.0);
    solid.block(S::DoorGrey, [x0, y0, 0.0], [x0 + 0.1, y0 + 0.08, 2.3], 0.0);
    solid.text(
        S::EnamelBlue,
        "CONTROL ROOM",
        0.24,
        super::placing::facing_front([0.6, y0 - 0.153, top + 0.1 - 0.02]),
    );
    for x in [x0 + 0.2, x1 - 0.2] {
        solid.i_beam(
            S::StructuralSteel,
            [x, y1 - 0.15, -DECK + 0.02],
            [x, y1 - 0.15, -0.25],
            [0.16, 0.16],
            0.01,
        );
        solid.block(
            S::Galvanised,
            [x - 0.15, y1 - 0.3, -DECK],
            [x + 0.15, y1, -DECK + 0.02],
            0.0,
        );
    }
    for x in [-1.6, 1.6] {
        solid.add_at(
            S::LampWhite,
            &bevel_box([1.4, 0.3, 0.04], 0.0),
            [x, 1.4, top - 0.03],
        );
    }
    solid
}

/// A trestle of the pipe rack: posts, beams on two levels, braces.
fn trestle() -> Solid {
    let mut solid = Solid::new("Trestle");
    let [y0, y1] = RACK_Y;
    let top = RACK_LEVELS[1] + 0.6;
    for y in [y0, y1] {
        solid.i_beam(
            S::StructuralSteel,
            [0.0, y, 0.02],
            [0.0, y, top],
            [0.18, 0.18],
            0.012,
        );
        solid.block(S::Galvanised, [-0.18, y - 0.18, 0.0], [0.18, y + 0.18, 0.02], 0.0);
        for k in 0..4 {
            let surface = if k % 2 == 0 {
                S::SafetyYellow
            } else {
                S::BlackPlastic
            };
            let z = 0.06 + 0.25 * f64::from(k);
            solid.block(surface, [-0.095, y - 0.095, z], [0.095, y + 0.095, z + 0.25], 0.0);
        }
    }
    for z in RACK_LEVELS {
        solid.i_beam(
            S::StructuralSteel,
            [0.0, y0 - 0.1, z - 0.1],
            [0.0, y1 + 0.1, z - 0.1],
            [0.14, 0.18],
            0.012,
        );
    }
    solid.i_beam(
        S::StructuralSteel,
        [0.0, y0, top],
        [0.0, y1, top],
        [0.12, 0.14],
        0.01,
    );
    solid.bar(
        S::StructuralSteel,
        [0.0, y0, 3.4],
        [0.0, y0 + 0.8, RACK_LEVELS[0] - 0.2],
        0.07,
    );
    solid.bar(
        S::StructuralSteel,
        [0.0, y1, 3.4],
        [0.0, y1 - 0.8, RACK_LEVELS[0] - 0.2],
        0.07,
    );
    solid
}

/// Six metres of the rack's stringers along X.
fn stringers() -> Solid {
    let mut solid = Solid::new("Stringers");
    for y in RACK_Y {
        solid.channel(
            S::StructuralSteel,
            [0.0, y, RACK_LEVELS[1] - 0.1],
            [6.0, y, RACK_LEVELS[1] - 0.1],
            [0.06, 0.16],
            0.008,
        );
        solid.channel(
            S::StructuralSteel,
            [0.0, y, RACK_LEVELS[0] - 0.1],
            [6.0, y, RACK_LEVELS[0] - 0.1],
            [0.06, 0.16],
            0.008,
        );
    }
    solid
}

pub(super) fn machine() -> Machine {
    Machine {
        file: "walkway",
        doc: "Gallery, stairs, control room and pipe rack.",
        models: vec![
            ("Deck", vec![body("DeckSolid")]),
            ("DeckWithGate", vec![body("DeckWithGateSolid")]),
            ("Posts", vec![body("Posts")]),
            ("Stairs", vec![body("Stairs")]),
            ("ControlRoom", vec![body("ControlRoom")]),
            ("Trestle", vec![body("Trestle")]),
            ("Stringers", vec![body("Stringers")]),
        ],
        solids: vec![
            deck("DeckSolid", false),
            deck("DeckWithGateSolid", true),
            posts(),
            stairs(),
            control_room(),
            trestle(),
            stringers(),
        ],
        decimals: 3,
    }
}
