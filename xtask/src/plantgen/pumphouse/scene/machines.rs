//! The machines and their panel, each a component of its group.

use super::super::{
    lettering::lettering,
    materials::Surface,
    math::{Frame, add, polar},
    mesh::Mesh,
    placing::{component, facing_front, group, instance, own_mesh, part, plate, sign},
    pump::SHAFT_HEIGHT,
    shapes::{cylinder, pipe},
    usda::Layer,
    utilities::{LAMP_FOOT, LAMP_HEIGHT},
    vessels::TANK_RADIUS,
};
use super::{COOLER, EXCHANGER, PANEL, PUMP_Y, PUMPS, TANK_Y, TANKS, TRAY_Z, WALL_FAN};

pub(super) fn pump_row(layer: &mut Layer) {
    group(layer, "PumpRow", "Pump row", |layer| {
        for (id, x) in PUMPS {
            let display = format!("Circulation pump {id}");
            component(
                layer,
                &id.replace('-', "_"),
                &display,
                [x, PUMP_Y, 0.0],
                90.0,
                |layer| {
                    instance(layer, "Body", "pump", "PumpBody", [0.0; 3], [0.0; 3]);
                    for name in ["BearingFrame", "Casing"] {
                        part(layer, name, "pump", name, [0.0, 0.0, SHAFT_HEIGHT]);
                    }
                    part(layer, "Rotor", "pump", "PumpRotor", [0.0, 0.0, SHAFT_HEIGHT]);
                },
            );
        }
        for (id, x) in PUMPS {
            // On the front of the plinth, and on the floor before it.
            sign(
                layer,
                &format!("Sign_{}", id.replace('-', "_")),
                id,
                0.1,
                facing_front([x, PUMP_Y - 1.352, 0.075]),
            );
            let floor = Frame::at([x, PUMP_Y - 2.47, 0.005]);
            own_mesh(
                layer,
                &format!("Stencil_{}", id.replace('-', "_")),
                &lettering(id, 0.26).placed(floor),
                Surface::SafetyYellow,
            );
        }
    });
}

pub(super) fn tank_farm(layer: &mut Layer) {
    group(layer, "TankFarm", "Tank farm", |layer| {
        for (id, display_name, x) in TANKS {
            component(
                layer,
                &id.replace('-', "_"),
                display_name,
                [x, TANK_Y, 0.0],
                0.0,
                |layer| {
                    instance(layer, "Body", "vessels", "Tank", [0.0; 3], [0.0; 3]);
                    part(layer, "LevelWindow", "vessels", "LevelWindow", [0.0; 3]);
                    own_mesh(layer, "Lettering", &wrapped(id, 0.22, 3.6), Surface::BlackPlastic);
                },
            );
        }
    });
}

/// A text around a tank, read from the front.
fn wrapped(text: &str, height: f64, z: f64) -> Mesh {
    let mut mesh = lettering(text, height);
    let radius = TANK_RADIUS + 0.006;
    for (position, normal) in mesh.positions.iter_mut().zip(&mut mesh.normals) {
        // Right of the level window, left of the ladder.
        let turn = -0.058 + position[0] / (radius * std::f64::consts::TAU);
        let ([x, y], [nx, ny]) = (polar(radius, turn), polar(1.0, turn));
        *position = [x, y, z + position[1]];
        *normal = [nx, ny, 0.0];
    }
    mesh
}

pub(super) fn cooling(layer: &mut Layer) {
    group(layer, "Cooling", "Cooling", |layer| {
        component(layer, "HX_401", "Plate heat exchanger", EXCHANGER, 0.0, |layer| {
            instance(layer, "Body", "vessels", "HeatExchanger", [0.0; 3], [0.0; 3]);
            part(layer, "PlatePack", "vessels", "PlatePack", [0.0; 3]);
        });
        component(layer, "FN_501", "Dry cooler", COOLER, 0.0, |layer| {
            instance(layer, "Body", "utilities", "DryCooler", [0.0; 3], [0.0; 3]);
            instance(
                layer,
                "Frame",
                "utilities",
                "FanFrame",
                [0.0, 0.0, 1.05],
                [0.0; 3],
            );
            part(layer, "Rotor", "utilities", "FanRotor", [0.0, 0.0, 1.05]);
        });
        component(layer, "FN_502", "Hall ventilation", WALL_FAN, 0.0, |layer| {
            instance(layer, "Frame", "utilities", "FanFrame", [0.0; 3], [0.0; 3]);
            part(layer, "Rotor", "utilities", "FanRotor", [0.0; 3]);
        });
        plate(
            layer,
            "Sign_HX_401",
            "HX-401",
            [EXCHANGER[0], EXCHANGER[1] - 0.02, 2.25],
        );
        plate(
            layer,
            "Sign_FN_501",
            "FN-501",
            [COOLER[0], COOLER[1] - 0.02, 2.05],
        );
        plate(
            layer,
            "Sign_FN_502",
            "FN-502",
            [WALL_FAN[0], WALL_FAN[1] - 0.02, 3.3],
        );
    });
}

pub(super) fn utilities(layer: &mut Layer) {
    group(layer, "Utilities", "Utilities", |layer| {
        component(layer, "LCP_701", "Local control panel", PANEL, 0.0, |layer| {
            instance(layer, "Body", "utilities", "ControlPanel", [0.0; 3], [0.0; 3]);
            plate(layer, "Sign", "LCP-701", [0.0, -0.025, 1.86]);
        });
        component(
            layer,
            "BC_601",
            "Stack light",
            add(PANEL, [-0.42, 0.2, 2.0]),
            0.0,
            |layer| {
                instance(layer, "Body", "utilities", "StackLight", [0.0; 3], [0.0; 3]);
                for (k, colour) in ["Green", "Amber", "Red"].into_iter().enumerate() {
                    let z = LAMP_FOOT + LAMP_HEIGHT * k as f64;
                    part(
                        layer,
                        colour,
                        "utilities",
                        &format!("Lamp{colour}"),
                        [0.0, 0.0, z],
                    );
                }
            },
        );
        cabling(layer);
    });
}

fn cabling(layer: &mut Layer) {
    let y = PUMP_Y - 0.55;
    layer.prim("def Xform \"CableTray\"", &[], |layer| {
        for k in 0..9 {
            let at = [PANEL[0] + 0.3 + f64::from(k), y, TRAY_Z];
            instance(
                layer,
                &format!("Tray_{:02}", k + 1),
                "utilities",
                "CableTray",
                at,
                [0.0; 3],
            );
        }
    });
    let mut cables = Mesh::default();
    for (_, x) in PUMPS {
        let (top, end) = (TRAY_Z + 0.04, 0.93);
        // From the tray down beside the terminal box and into its gland, which looks at the fan.
        for dx in [-0.05, 0.05] {
            let gland = PUMP_Y - 0.76;
            let line = [
                [x + dx, y, top],
                [x + dx, y, top + 0.12],
                [x + dx, gland - 0.1, top + 0.12],
                [x + dx, gland - 0.1, end],
                [x + dx, gland + 0.05, end],
            ];
            cables.add_at(&pipe(&line, 0.014, 0.06, 6), [0.0; 3]);
        }
    }
    own_mesh(layer, "MotorCables", &cables, Surface::CableBlack);
    let mut risers = Mesh::default();
    for dx in [-0.3, 0.0, 0.3] {
        let at = [PANEL[0] + 0.6 + dx * 0.5, PANEL[1] + 0.2, 0.0];
        risers.add_at(&cylinder(0.03, 2.0, TRAY_Z, 0.0, 14), at);
    }
    own_mesh(layer, "Conduits", &risers, Surface::Galvanised);
}
