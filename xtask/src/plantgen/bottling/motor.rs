//! Electric motors, alone and with a gear.

use super::{
    Surface as S,
    math::{Frame, polar},
    shapes::{bevel_box, cylinder, prism, revolve},
    solid::Solid,
};

/// A finned motor whose shaft end lies at the origin and looks along +Z; `radius` over the fins. The fan cowl is at -Z.
pub(super) fn motor(radius: f64) -> Solid {
    let r = radius;
    let mut solid = Solid::new("Motor");
    let fins: Vec<[f64; 2]> = (0..16)
        .flat_map(|k| {
            let at = f64::from(k) / 16.0;
            [(0.86, 0.0), (1.0, 0.006), (1.0, 0.021), (0.86, 0.027)].map(|(s, turn)| polar(r * s, at + turn))
        })
        .collect();
    solid.add_at(S::MotorGrey, &prism(&fins, -2.3 * r, -0.5 * r), [0.0; 3]);
    let shield = [
        [0.0, -0.5 * r],
        [r, -0.5 * r],
        [r, -0.3 * r],
        [0.55 * r, -0.16 * r],
        [0.3 * r, 0.0],
        [0.0, 0.0],
    ];
    solid.add_at(S::MotorGrey, &revolve(&shield, 20), [0.0; 3]);
    let cowl = [
        [0.0, -3.05 * r],
        [0.7 * r, -3.05 * r],
        [0.98 * r, -2.9 * r],
        [1.0 * r, -2.3 * r],
        [0.0, -2.3 * r],
    ];
    solid.add_at(S::BlackPlastic, &revolve(&cowl, 20), [0.0; 3]);
    solid.add_at(
        S::PolishedSteel,
        &cylinder(0.16 * r, 0.0, 0.5 * r, 0.0, 10),
        [0.0; 3],
    );
    solid.add_at(
        S::MotorGrey,
        &bevel_box([0.5 * r, 0.8 * r, 0.9 * r], 0.06 * r),
        [1.15 * r, 0.0, -1.2 * r],
    );
    solid
}

/// A worm gear with its motor: the output shaft at the origin along +Y, the motor hanging along -Z behind it.
pub(super) fn gear_motor(size: f64) -> Solid {
    let mut solid = Solid::new("GearMotor");
    let r = size / 2.0;
    solid.add_at(
        S::EnamelBlue,
        &bevel_box([size, size * 0.75, size * 1.1], size * 0.12),
        [0.0, -size * 0.45, 0.0],
    );
    solid.add(
        S::EnamelBlue,
        &cylinder(r * 0.8, 0.0, size * 0.2, size * 0.02, 16),
        Frame::along_y([0.0, -size * 0.15, 0.0]),
    );
    let upright = Frame {
        origin: [0.0, -size * 0.45, -size * 0.55],
        x: [0.0, -1.0, 0.0],
        y: [1.0, 0.0, 0.0],
        z: [0.0, 0.0, 1.0],
    };
    solid.take(&motor(r * 0.85), upright);
    solid
}
