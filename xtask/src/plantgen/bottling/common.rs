//! Machines that the pump house has too, as files of this plant: pumps, valves, meters, exchangers, furniture.

use super::{
    Surface as S,
    component::Component,
    math::Frame,
    placing::facing_front,
    pumphouse::{building, fittings, pump, utilities, vessels},
    shapes::{bevel_box, cylinder},
    solid::{Child, Machine, Solid, body, placed, turned},
};

/// Shaft of a pump above the floor.
const PUMP_SHAFT: f64 = 0.65;

/// The component `name` as a solid, in this plant's paint.
fn pick(components: &[Component], name: &str) -> Solid {
    let empty = Component {
        name: "Missing",
        parts: Vec::new(),
    };
    let found = components.iter().find(|component| component.name == name);
    let mut solid = Solid::of(found.unwrap_or(&empty));
    for (from, to) in [(S::PaintBlue, S::EnamelBlue), (S::PaintRed, S::EnamelRed)] {
        if let Some(mesh) = solid.meshes.remove(&from) {
            solid.add_at(to, &mesh, [0.0; 3]);
        }
    }
    solid
}

pub(super) fn pumps() -> Machine {
    let all = pump::components();
    let shaft = [0.0, 0.0, PUMP_SHAFT];
    Machine {
        file: "pump",
        doc: "An end-suction centrifugal pump on its baseplate.",
        models: vec![(
            "CentrifugalPump",
            vec![
                body("PumpBody"),
                placed("Rotor", "PumpRotor", shaft),
                placed("BearingFrame", "BearingFrame", shaft),
                placed("Casing", "Casing", shaft),
            ],
        )],
        solids: ["PumpBody", "PumpRotor", "BearingFrame", "Casing"]
            .map(|name| pick(&all, name))
            .into(),
        decimals: 3,
    }
}

pub(super) fn valves() -> Machine {
    let all = fittings::components();
    Machine {
        file: "valve",
        doc: "Control valves, hand valves and flow meters in the line; the pipe lies along X, or along Z for hand valves.",
        models: vec![
            (
                "ControlValve",
                vec![body("ControlValve"), placed("Stem", "ValveStem", [0.0; 3])],
            ),
            ("HandValve", vec![body("HandValve")]),
            ("FlowMeter", vec![body("FlowMeter")]),
        ],
        solids: ["ControlValve", "ValveStem", "HandValve", "FlowMeter"]
            .map(|name| pick(&all, name))
            .into(),
        decimals: 3,
    }
}

pub(super) fn exchangers() -> Machine {
    let all = vessels::components();
    Machine {
        file: "exchanger",
        doc: "A plate heat exchanger.",
        models: vec![(
            "PlateHeatExchanger",
            vec![body("HeatExchanger"), placed("PlatePack", "PlatePack", [0.0; 3])],
        )],
        solids: ["HeatExchanger", "PlatePack"].map(|name| pick(&all, name)).into(),
        decimals: 3,
    }
}

/// A desk with two screens, and a chair.
fn desk() -> Solid {
    let mut solid = Solid::new("Desk");
    solid.block(S::PaintWhite, [-0.9, -0.4, 0.7], [0.9, 0.4, 0.74], 0.006);
    for x in [-0.8, 0.8] {
        solid.block(
            S::StructuralSteel,
            [x - 0.03, -0.3, 0.0],
            [x + 0.03, 0.3, 0.7],
            0.004,
        );
    }
    for x in [-0.38, 0.38] {
        solid.block(
            S::BlackPlastic,
            [x - 0.34, 0.14, 0.88],
            [x + 0.34, 0.18, 1.28],
            0.008,
        );
        solid.block(S::Screen, [x - 0.32, 0.133, 0.9], [x + 0.32, 0.141, 1.26], 0.0);
        solid.block(S::PipeWater, [x - 0.28, 0.13, 0.95], [x - 0.06, 0.134, 1.16], 0.0);
        solid.block(
            S::LabelYellow,
            [x + 0.0, 0.13, 0.95],
            [x + 0.25, 0.134, 1.05],
            0.0,
        );
        solid.block(
            S::BlackPlastic,
            [x - 0.03, 0.18, 0.74],
            [x + 0.03, 0.22, 1.0],
            0.0,
        );
    }
    solid.block(S::BlackPlastic, [-0.25, -0.25, 0.74], [0.25, -0.08, 0.76], 0.003);
    solid.add_at(
        S::BlackPlastic,
        &bevel_box([0.5, 0.5, 0.08], 0.03),
        [0.0, -0.8, 0.48],
    );
    solid.add_at(
        S::BlackPlastic,
        &bevel_box([0.48, 0.07, 0.55], 0.03),
        [0.0, -1.05, 0.82],
    );
    solid.add_at(
        S::BrushedMetal,
        &cylinder(0.03, 0.08, 0.45, 0.0, 12),
        [0.0, -0.8, 0.0],
    );
    for k in 0..5 {
        let way = Frame::at([0.0, -0.8, 0.06]).spun(f64::from(k) / 5.0);
        solid.bar(
            S::BlackPlastic,
            way.point([0.0; 3]),
            way.point([0.3, 0.0, -0.03]),
            0.04,
        );
    }
    solid
}

/// A sign on a wall behind it (+Y): running figure's green with an arrow, or the extinguisher's red.
fn exit_sign() -> Solid {
    let mut solid = Solid::new("ExitSign");
    solid.block(S::PaintGreen, [-0.3, -0.02, 0.0], [0.3, 0.0, 0.3], 0.004);
    solid.text(S::MarkingWhite, "EXIT", 0.14, facing_front([0.0, -0.022, 0.15]));
    solid
}

fn wash_basin() -> Solid {
    let mut solid = Solid::new("HoseStation");
    solid.block(S::StainlessSteel, [-0.3, -0.28, 0.85], [0.3, 0.0, 1.0], 0.03);
    solid.turned(
        S::EnamelBlue,
        facing_front([0.0, -0.1, 1.55]),
        &[
            [0.0, 0.0],
            [0.26, 0.0],
            [0.26, 0.03],
            [0.12, 0.04],
            [0.12, 0.16],
            [0.26, 0.17],
            [0.26, 0.2],
            [0.0, 0.2],
        ],
        24,
    );
    solid.rod(S::PipeWater, [0.2, -0.05, 0.0], [0.2, -0.05, 0.9], 0.025, 10);
    solid
}

pub(super) fn furniture() -> Machine {
    let (building, utilities) = (building::components(), utilities::components());
    Machine {
        file: "furniture",
        doc: "What stands and hangs about in the hall.",
        models: vec![
            ("Bollard", vec![body("Bollard")]),
            ("Extinguisher", vec![body("Extinguisher")]),
            ("CableTray", vec![body("CableTray")]),
            ("Cabinet", vec![placed("Cabinet", "robot:Cabinet", [0.0; 3])]),
            ("Desk", vec![body("Desk")]),
            ("ExitSign", vec![body("ExitSign")]),
            ("HoseStation", vec![body("HoseStation")]),
            (
                "DeskPair",
                vec![
                    turned("Left", "Desk", [-1.0, 0.0, 0.0], [0.0; 3]),
                    turned("Right", "Desk", [1.0, 0.0, 0.0], [0.0; 3]),
                    Child::Scatter {
                        name: "Signs",
                        solid: "ExitSign",
                        at: vec![([0.0, 1.2, 1.9], 0.0)],
                    },
                ],
            ),
        ],
        solids: vec![
            pick(&building, "Bollard"),
            pick(&building, "Extinguisher"),
            pick(&utilities, "CableTray"),
            desk(),
            exit_sign(),
            wash_basin(),
        ],
        decimals: 3,
    }
}
