//! What every machine of the line has: guards with windows, an operator's panel, a stack light.

use super::{
    Surface as S,
    math::{Frame, V3},
    mesh::Mesh,
    motor::gear_motor,
    placing::facing_front,
    shapes::{bevel_box, box_between, cylinder},
    solid::{Child, Machine, Solid, placed},
};

/// Guards around a machine: posts, rails, doors with windows and handles, and a roof rim. `open` names sides without
/// windows: 0 is -X, 1 is +X, 2 is -Y, 3 is +Y.
pub(super) fn guard_frame(name: &'static str, [hx, hy]: [f64; 2], height: f64, open: &[usize]) -> Solid {
    let mut solid = Solid::new(name);
    let sill = 1.0;
    for x in [-hx, hx] {
        for y in [-hy, hy] {
            solid.block(
                S::StainlessSteel,
                [x - 0.035, y - 0.035, 0.9],
                [x + 0.035, y + 0.035, height],
                0.006,
            );
        }
    }
    // The rim; above it is open, so that one sees the carousel from the gallery.
    for (low, high) in [
        ([-hx - 0.04, -hy - 0.04], [hx + 0.04, -hy + 0.04]),
        ([-hx - 0.04, hy - 0.04], [hx + 0.04, hy + 0.04]),
        ([-hx - 0.04, -hy + 0.04], [-hx + 0.04, hy - 0.04]),
        ([hx - 0.04, -hy + 0.04], [hx + 0.04, hy - 0.04]),
    ] {
        solid.block(
            S::StainlessSteel,
            [low[0], low[1], height],
            [high[0], high[1], height + 0.05],
            0.0,
        );
    }
    solid.block(
        S::PaintWhite,
        [-hx - 0.02, -hy - 0.02, height - 0.3],
        [hx + 0.02, -hy + 0.02, height],
        0.006,
    );
    solid.block(
        S::PaintWhite,
        [-hx - 0.02, hy - 0.02, height - 0.3],
        [hx + 0.02, hy + 0.02, height],
        0.006,
    );
    solid.block(
        S::PaintWhite,
        [-hx - 0.02, -hy + 0.02, height - 0.3],
        [-hx + 0.02, hy - 0.02, height],
        0.006,
    );
    solid.block(
        S::PaintWhite,
        [hx - 0.02, -hy + 0.02, height - 0.3],
        [hx + 0.02, hy - 0.02, height],
        0.006,
    );
    for side in (0..4).filter(|side| !open.contains(side)) {
        let (span, frame) = side_frame(side, [hx, hy]);
        // Bottles pass through the sides, below a hood.
        let low = if side < 2 { sill + 0.32 } else { sill };
        doors(&mut solid, frame, span, [low, height - 0.32]);
    }
    solid
}

/// Half the length of a side of the guards, and a frame in its middle whose X runs along it, Y is up and Z looks out.
fn side_frame(side: usize, [hx, hy]: [f64; 2]) -> (f64, Frame) {
    match side {
        0 => (
            hy,
            Frame {
                origin: [-hx, 0.0, 0.0],
                x: [0.0, -1.0, 0.0],
                y: [0.0, 0.0, 1.0],
                z: [-1.0, 0.0, 0.0],
            },
        ),
        1 => (
            hy,
            Frame {
                origin: [hx, 0.0, 0.0],
                x: [0.0, 1.0, 0.0],
                y: [0.0, 0.0, 1.0],
                z: [1.0, 0.0, 0.0],
            },
        ),
        2 => (
            hx,
            Frame {
                origin: [0.0, -hy, 0.0],
                x: [1.0, 0.0, 0.0],
                y: [0.0, 0.0, 1.0],
                z: [0.0, -1.0, 0.0],
            },
        ),
        _ => (
            hx,
            Frame {
                origin: [0.0, hy, 0.0],
                x: [-1.0, 0.0, 0.0],
                y: [0.0, 0.0, 1.0],
                z: [0.0, 1.0, 0.0],
            },
        ),
    }
}

/// Doors of one side, in a frame whose X runs along it, Y is up and Z looks out.
fn doors(solid: &mut Solid, frame: Frame, span: f64, [low, high]: [f64; 2]) {
    let count = (span * 2.0 / 1.0).round().max(1.0);
    let width = span * 2.0 / count;
    let bar = |solid: &mut Solid, x: [f64; 2], y: [f64; 2]| {
        solid.add(
            S::StainlessSteel,
            &box_between([x[0], y[0], -0.012], [x[1], y[1], 0.018], 0.0),
            frame,
        );
    };
    for k in 0..count as usize {
        let (x0, x1) = (
            -span + width * k as f64 + 0.012,
            -span + width * (k as f64 + 1.0) - 0.012,
        );
        bar(solid, [x0, x1], [low, low + 0.045]);
        bar(solid, [x0, x1], [high - 0.045, high]);
        bar(solid, [x0, x0 + 0.045], [low + 0.045, high - 0.045]);
        bar(solid, [x1 - 0.045, x1], [low + 0.045, high - 0.045]);
        let glass = box_between(
            [x0 + 0.04, low + 0.04, -0.003],
            [x1 - 0.04, high - 0.04, 0.003],
            0.0,
        );
        solid.add(S::Window, &glass, frame);
        let middle = (low + high) / 2.0;
        let handle = if k % 2 == 0 { x1 - 0.06 } else { x0 + 0.06 };
        solid.add(
            S::BlackPlastic,
            &bevel_box([0.025, 0.2, 0.03], 0.008),
            frame.shifted([handle, middle - 0.15, 0.04]),
        );
        solid.add(
            S::SafetyYellow,
            &bevel_box([0.05, 0.09, 0.03], 0.006),
            frame.shifted([handle, high - 0.13, 0.03]),
        );
    }
}

/// A panel on a post: screen, buttons, emergency stop. It looks to -Y.
fn panel(name: &'static str) -> Solid {
    let mut solid = Solid::new(name);
    solid.block(S::StainlessSteel, [-0.05, -0.05, 0.0], [0.05, 0.05, 1.15], 0.01);
    solid.block(S::StainlessSteel, [-0.16, -0.16, 0.0], [0.16, 0.16, 0.015], 0.004);
    solid.block(S::PaintWhite, [-0.28, -0.09, 1.12], [0.28, 0.09, 1.66], 0.02);
    solid.block(S::BlackPlastic, [-0.24, -0.096, 1.28], [0.24, -0.08, 1.62], 0.004);
    solid.block(S::Screen, [-0.225, -0.099, 1.3], [0.225, -0.09, 1.605], 0.0);
    // What a screen shows: a bar of title, bars of values.
    solid.block(S::LabelWhite, [-0.21, -0.1, 1.57], [0.21, -0.0985, 1.592], 0.0);
    for k in 0..6 {
        let (x, high) = (-0.19 + 0.05 * f64::from(k), 0.05 + 0.028 * f64::from((k * 7) % 5));
        solid.block(
            S::PipeWater,
            [x, -0.1, 1.34],
            [x + 0.03, -0.0985, 1.34 + high],
            0.0,
        );
    }
    solid.block(S::LabelYellow, [0.13, -0.1, 1.34], [0.2, -0.0985, 1.5], 0.0);
    for (x, surface) in [
        (-0.2, S::PaintGreen),
        (-0.14, S::EnamelRed),
        (-0.08, S::EnamelBlue),
    ] {
        solid.add(surface, &cylinder(0.016, 0.0, 0.02, 0.003, 12), front(x, 1.2));
    }
    solid.add(
        S::SafetyYellow,
        &cylinder(0.045, 0.0, 0.008, 0.002, 18),
        front(0.18, 1.2),
    );
    solid.add(
        S::EnamelRed,
        &cylinder(0.028, 0.0, 0.045, 0.01, 18),
        front(0.18, 1.2),
    );
    solid
}

fn front(x: f64, z: f64) -> Frame {
    facing_front([x, -0.09, z])
}

/// A stack light with its foot at `at`: three lamps that twins light up.
pub(super) fn lamp(at: V3) -> Vec<Child> {
    let lift = |z: f64| [at[0], at[1], at[2] + z];
    vec![
        placed("LampFoot", "station:LampFoot", at),
        placed("LampGreen", "station:LampGreen", lift(0.3)),
        placed("LampAmber", "station:LampAmber", lift(0.39)),
        placed("LampRed", "station:LampRed", lift(0.48)),
    ]
}

/// Size of the shared gear motor.
const MOTOR_SIZE: f64 = 0.16;

/// The shared gear motor in a size of its own, its output at `at`.
pub(super) fn gear_motor_of(name: &'static str, size: f64, at: V3) -> Child {
    Child::Pivot {
        name,
        at,
        children: vec![Child::Scaled {
            name: "GearMotor",
            solid: "station:GearMotor",
            scale: size / MOTOR_SIZE,
        }],
    }
}

/// What machines share, in a file of its own.
pub(super) fn machine() -> Machine {
    let mut solids = lamp_solids();
    solids.push(panel("OperatorPanel"));
    solids.push(super::carousel::star_wheel("StarWheel", 0.36, 12));
    solids.push(super::carousel::star_wheel("SmallStarWheel", 0.26, 9));
    let mut sprocket = Solid::new("Sprocket");
    sprocket.add(
        S::CastIron,
        &super::carousel::star(0.09, 10),
        Frame::along_y([0.0; 3]),
    );
    sprocket.rod(S::PolishedSteel, [0.0, -0.02, 0.0], [0.0, 0.1, 0.0], 0.018, 10);
    solids.push(sprocket);
    solids.push(gear_motor(MOTOR_SIZE));
    let mut models = vec![("StackLight", lamp([0.0; 3]))];
    models.push((
        "OperatorPanel",
        vec![placed("OperatorPanel", "OperatorPanel", [0.0; 3])],
    ));
    Machine {
        file: "station",
        doc: "What machines of the line share: stack light, panel, star wheels.",
        models,
        solids,
        decimals: 3,
    }
}

fn lamp_solids() -> Vec<Solid> {
    let mut foot = Solid::new("LampFoot");
    foot.turned(
        S::BlackPlastic,
        Frame::at([0.0; 3]),
        &[
            [0.0, 0.0],
            [0.045, 0.0],
            [0.045, 0.015],
            [0.016, 0.02],
            [0.016, 0.28],
            [0.04, 0.285],
            [0.04, 0.3],
            [0.0, 0.3],
        ],
        16,
    );
    foot.add_at(S::BlackPlastic, &cylinder(0.04, 0.57, 0.6, 0.01, 16), [0.0; 3]);
    let lens = |name: &'static str, surface: S| {
        let mut solid = Solid::new(name);
        let mut mesh = Mesh::default();
        mesh.add_at(&cylinder(0.038, 0.003, 0.087, 0.005, 18), [0.0; 3]);
        solid.add_at(surface, &mesh, [0.0; 3]);
        solid
    };
    vec![
        foot,
        lens("LampGreen", S::BeaconGreen),
        lens("LampAmber", S::BeaconAmber),
        lens("LampRed", S::BeaconRed),
    ]
}
