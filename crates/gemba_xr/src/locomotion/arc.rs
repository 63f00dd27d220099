//! Teleport: the flight of a thrown ball, and whether a person can stand where it lands.

use glam::DVec3;

use super::Met;

/// Half the width of a person.
const RADIUS_M: f64 = 0.25;
/// The highest step: a ball that hits the front of one lands on it.
const STEP_M: f64 = 0.4;
/// Where walls are felt for, over the feet: above a step, at the hip, at the shoulders.
const WALL_RAYS_M: [f64; 3] = [STEP_M + 0.05, 1.0, 1.45];
/// Ways in which walls are felt for.
const WALL_WAYS: u32 = 8;

/// How the ball is thrown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arc {
    /// Speed at the hand.
    pub speed_m_per_s: f64,
    /// How fast it falls: stronger than on earth, so that the arc is seen whole.
    pub gravity_m_per_s2: f64,
    /// Length of time of one straight piece.
    pub piece_secs: f64,
    /// The flight ends after this.
    pub longest_secs: f64,
}

impl Default for Arc {
    /// Some 8 m far on the level, thrown slightly upwards.
    fn default() -> Self {
        Self {
            speed_m_per_s: 9.0,
            gravity_m_per_s2: 12.0,
            piece_secs: 1.0 / 30.0,
            longest_secs: 2.5,
        }
    }
}

/// Who is to stand there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stance {
    /// From the feet to the top of the head.
    pub height_m: f64,
    /// The steepest floor, from level.
    pub steepest_rad: f64,
}

impl Default for Stance {
    fn default() -> Self {
        Self {
            height_m: 1.8,
            // Ramps and lying gratings yes, roofs of tanks no.
            steepest_rad: 35_f64.to_radians(),
        }
    }
}

/// Why nobody can stand there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Refusal {
    /// A wall, or a floor too steep to stand on.
    TooSteep,
    /// Something is above, at this height over the floor.
    TooLow {
        /// The free height.
        clear_m: f64,
    },
    /// Between walls that are too close.
    TooNarrow,
    /// The ball met nothing.
    Nothing,
}

/// Where a flight ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Landing {
    /// A person can stand with their feet here.
    Floor {
        /// Where.
        feet_m: DVec3,
        /// Which way the floor faces.
        normal: DVec3,
    },
    /// Nobody can.
    Refused {
        /// Where the arc ends.
        at_m: DVec3,
        /// Why not.
        why: Refusal,
    },
}

/// A flight: corners of its straight pieces, from the hand to where it ends.
#[derive(Clone, Debug, PartialEq)]
pub struct ArcPath {
    /// From the hand on.
    pub corners_m: Vec<DVec3>,
    /// Where it ends.
    pub landing: Landing,
}

impl Arc {
    /// Throws from `hand_m` along `direction`. `cast` answers rays: from, unit direction, reach.
    pub fn throw(
        &self,
        hand_m: DVec3,
        direction: DVec3,
        stance: &Stance,
        cast: &impl Fn(DVec3, DVec3, f64) -> Option<Met>,
    ) -> ArcPath {
        let mut corners_m = vec![hand_m];
        let velocity = direction.normalize_or(DVec3::NEG_Z) * self.speed_m_per_s;
        let pieces = (self.longest_secs / self.piece_secs).ceil().max(1.0) as u32;
        let mut from_m = hand_m;
        for piece in 1..=pieces {
            let secs = f64::from(piece) * self.piece_secs;
            let to_m = hand_m + velocity * secs - DVec3::Y * (0.5 * self.gravity_m_per_s2 * secs * secs);
            let way = to_m - from_m;
            let length_m = way.length();
            if let Some(along) = way.try_normalize()
                && let Some(met) = cast(from_m, along, length_m)
            {
                let at_m = from_m + along * met.distance_m;
                corners_m.push(at_m);
                let landing = land(at_m, along, met.normal, stance, cast);
                return ArcPath { corners_m, landing };
            }
            corners_m.push(to_m);
            from_m = to_m;
        }
        ArcPath {
            corners_m,
            landing: Landing::Refused {
                at_m: from_m,
                why: Refusal::Nothing,
            },
        }
    }
}

/// What a person finds where the ball met something.
fn land(
    at_m: DVec3,
    along: DVec3,
    normal: DVec3,
    stance: &Stance,
    cast: &impl Fn(DVec3, DVec3, f64) -> Option<Met>,
) -> Landing {
    let is_floor = |normal: DVec3| normal.y >= stance.steepest_rad.cos();
    let floor = if is_floor(normal) {
        Some((at_m, normal))
    } else {
        tread_behind(at_m, along, normal, cast).filter(|(_, normal)| is_floor(*normal))
    };
    let Some((feet_m, normal)) = floor else {
        return Landing::Refused {
            at_m,
            why: Refusal::TooSteep,
        };
    };
    match room_at(feet_m, stance, cast) {
        Ok(feet_m) => Landing::Floor { feet_m, normal },
        Err(why) => Landing::Refused { at_m: feet_m, why },
    }
}

/// The tread of the step whose front was met: a little behind the front, not higher than a step above.
fn tread_behind(
    at_m: DVec3,
    along: DVec3,
    normal: DVec3,
    cast: &impl Fn(DVec3, DVec3, f64) -> Option<Met>,
) -> Option<(DVec3, DVec3)> {
    const BEHIND_M: f64 = 0.1;
    let into = DVec3::new(-normal.x, 0.0, -normal.z).try_normalize()?;
    // A ceiling or an overhang is not the front of a step.
    if normal.y < -0.1 || into.dot(along) <= 0.0 {
        return None;
    }
    let from_m = at_m + into * BEHIND_M + DVec3::Y * STEP_M;
    let met = cast(from_m, DVec3::NEG_Y, STEP_M)?;
    // Inside a solid wall the ray starts within it and meets the far floor, or nothing at all.
    let is_free = cast(at_m - into * 0.02 + DVec3::Y * STEP_M, into, BEHIND_M + 0.02).is_none();
    is_free.then_some((from_m + DVec3::NEG_Y * met.distance_m, met.normal))
}

/// Where exactly a person stands who is sent to `feet_m`: not within arm's reach of a wall, and with their head free.
fn room_at(
    feet_m: DVec3,
    stance: &Stance,
    cast: &impl Fn(DVec3, DVec3, f64) -> Option<Met>,
) -> Result<DVec3, Refusal> {
    let feet_m = aside_of_walls(feet_m, cast)?;
    const FROM_M: f64 = 0.1;
    let above = cast(feet_m + DVec3::Y * FROM_M, DVec3::Y, stance.height_m - FROM_M);
    match above {
        Some(met) => Err(Refusal::TooLow {
            clear_m: met.distance_m + FROM_M,
        }),
        None => Ok(feet_m),
    }
}

/// `feet_m` pushed out of walls that are nearer than half a person.
fn aside_of_walls(feet_m: DVec3, cast: &impl Fn(DVec3, DVec3, f64) -> Option<Met>) -> Result<DVec3, Refusal> {
    /// What is left of a person's half width counts as free: clothes give.
    const GIVES_M: f64 = 0.05;
    let mut at_m = feet_m;
    // Several ways see the same wall, so a push overshoots; that is well, for then the next look finds room.
    for _ in 0..3 {
        let (away_m, nearest_m) = walls_around(at_m, cast);
        if nearest_m >= RADIUS_M - GIVES_M {
            // Aside of a wall there may be a step up or down, or no floor at all.
            let floor =
                cast(at_m + DVec3::Y * STEP_M, DVec3::NEG_Y, 2.0 * STEP_M).ok_or(Refusal::TooNarrow)?;
            return Ok(at_m + DVec3::Y * (STEP_M - floor.distance_m));
        }
        at_m += away_m.clamp_length_max(RADIUS_M);
    }
    Err(Refusal::TooNarrow)
}

/// The way out of the walls around, summed over those that are near, and how near the nearest is, at most [`RADIUS_M`].
fn walls_around(feet_m: DVec3, cast: &impl Fn(DVec3, DVec3, f64) -> Option<Met>) -> (DVec3, f64) {
    let (mut away_m, mut least_m) = (DVec3::ZERO, RADIUS_M);
    for way in 0..WALL_WAYS {
        let angle = f64::from(way) / f64::from(WALL_WAYS) * std::f64::consts::TAU;
        let direction = DVec3::new(angle.sin(), 0.0, angle.cos());
        let nearest_m = WALL_RAYS_M
            .iter()
            .filter_map(|height_m| cast(feet_m + DVec3::Y * *height_m, direction, RADIUS_M))
            .map(|met| met.distance_m)
            .fold(RADIUS_M, f64::min);
        away_m -= direction * (RADIUS_M - nearest_m);
        least_m = least_m.min(nearest_m);
    }
    (away_m, least_m)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::testing::Boxes, *};

    fn throw(plant: &Boxes, hand_m: DVec3, direction: DVec3) -> ArcPath {
        Arc::default().throw(hand_m, direction, &Stance::default(), &|from, way, reach| {
            plant.cast(from, way, reach)
        })
    }

    fn feet(path: &ArcPath) -> DVec3 {
        match path.landing {
            Landing::Floor { feet_m, .. } => feet_m,
            Landing::Refused { .. } => panic!("{path:?}"),
        }
    }

    fn hand() -> DVec3 {
        DVec3::new(0.0, 1.3, 0.0)
    }

    #[test]
    fn it_lands_where_a_ball_would() {
        let path = throw(&Boxes::floor(), hand(), DVec3::NEG_Z);
        // Level throw: t = √(2h/g), x = v·t.
        let expected_m = 9.0 * (2.0 * 1.3 / 12.0_f64).sqrt();
        let feet_m = feet(&path);
        assert!((feet_m.z + expected_m).abs() < 0.05, "{feet_m} for {expected_m}");
        assert!(feet_m.y.abs() < 1e-9 && feet_m.x.abs() < 1e-9);
        assert_eq!(path.corners_m.first(), Some(&hand()));
    }

    #[test]
    fn a_wall_is_no_floor() {
        let plant = Boxes::floor().and([-9.0, 0.0, -2.1], [9.0, 3.0, -2.0]);
        let path = throw(&plant, hand(), DVec3::NEG_Z);
        assert!(
            matches!(path.landing, Landing::Refused { why: Refusal::TooSteep, at_m } if (at_m.z + 2.0).abs() < 1e-9),
            "{path:?}"
        );
    }

    #[test]
    fn close_to_a_wall_one_stands_aside_of_it() {
        let landed_z = feet(&throw(&Boxes::floor(), hand(), DVec3::NEG_Z)).z;
        let plant = Boxes::floor().and([-9.0, 0.0, landed_z - 1.0], [9.0, 3.0, landed_z - 0.1]);
        let feet_m = feet(&throw(&plant, hand(), DVec3::NEG_Z));
        assert!(feet_m.z > landed_z + 0.1 && feet_m.z < landed_z + 0.4, "{feet_m}");
    }

    #[test]
    fn the_front_of_a_stair_leads_onto_it() {
        // Six steps of 18 cm going away from the hand.
        let mut plant = Boxes::floor();
        for step in 1..=6 {
            let at = f64::from(step);
            plant = plant.and([-2.0, 0.0, -30.0], [2.0, 0.18 * at, -2.0 - 0.28 * at]);
        }
        let path = throw(&plant, hand(), DVec3::new(0.0, -0.2, -1.0));
        let feet_m = feet(&path);
        let step = feet_m.y / 0.18;
        assert!((step - step.round()).abs() < 1e-6 && step > 0.5, "{feet_m}");
    }

    #[test]
    fn under_a_low_pipe_nobody_stands() {
        let plant = Boxes::floor().and([-9.0, 1.5, -9.0], [9.0, 1.6, -3.0]);
        let path = throw(&plant, hand(), DVec3::NEG_Z);
        assert!(
            matches!(path.landing, Landing::Refused { why: Refusal::TooLow { clear_m }, .. } if (clear_m - 1.5).abs() < 1e-6),
            "{path:?}"
        );
    }

    #[test]
    fn between_two_tanks_nobody_fits() {
        let z = feet(&throw(&Boxes::floor(), hand(), DVec3::NEG_Z)).z;
        let plant = Boxes::floor()
            .and([0.15, 0.0, z - 1.0], [3.0, 3.0, z + 1.0])
            .and([-3.0, 0.0, z - 1.0], [-0.15, 3.0, z + 1.0]);
        let path = throw(&plant, hand(), DVec3::NEG_Z);
        assert!(
            matches!(
                path.landing,
                Landing::Refused {
                    why: Refusal::TooNarrow,
                    ..
                }
            ),
            "{path:?}"
        );
    }

    #[test]
    fn slopes_up_to_a_ramp_are_floor() {
        let sloped = |slope_rad: f64| {
            let normal = DVec3::new(0.0, slope_rad.cos(), slope_rad.sin());
            let cast = |from: DVec3, way: DVec3, reach: f64| {
                let distance_m = -from.dot(normal) / way.dot(normal);
                (way.dot(normal) < 0.0 && (0.0..=reach).contains(&distance_m))
                    .then_some(Met { distance_m, normal })
            };
            Arc::default()
                .throw(hand(), DVec3::NEG_Z, &Stance::default(), &cast)
                .landing
        };
        assert!(matches!(sloped(0.3), Landing::Floor { .. }), "{:?}", sloped(0.3));
        assert!(matches!(
            sloped(0.8),
            Landing::Refused {
                why: Refusal::TooSteep,
                ..
            }
        ));
    }

    #[test]
    fn into_the_sky_is_nowhere() {
        let path = throw(&Boxes::default(), hand(), DVec3::Y);
        assert!(matches!(
            path.landing,
            Landing::Refused {
                why: Refusal::Nothing,
                ..
            }
        ));
        assert!(path.corners_m.len() > 60);
    }

    proptest! {
        #[test]
        fn wherever_one_lands_there_is_floor_and_headroom(
            yaw in -3.1..3.1, pitch in -1.2..0.9, tank_x in -6.0..6.0, tank_z in -6.0..6.0, beam_y in 1.0..2.5,
        ) {
            let plant = Boxes::floor()
                .and([tank_x - 0.7, 0.0, tank_z - 0.7], [tank_x + 0.7, 2.5, tank_z + 0.7])
                .and([-50.0, beam_y, 2.0], [50.0, beam_y + 0.2, 2.5]);
            let direction = DVec3::new(f64::sin(yaw) * f64::cos(pitch), f64::sin(pitch), f64::cos(yaw) * f64::cos(pitch));
            let path = throw(&plant, DVec3::new(0.0, 1.3, 0.0), direction);
            if let Landing::Floor { feet_m, normal } = path.landing {
                prop_assert!(normal.y > 0.8);
                let below = plant.cast(feet_m + DVec3::Y * 0.05, DVec3::NEG_Y, 0.1);
                prop_assert!(below.is_some(), "no floor at {}", feet_m);
                let above = plant.cast(feet_m + DVec3::Y * 0.1, DVec3::Y, 1.69);
                prop_assert!(above.is_none(), "no headroom at {}", feet_m);
            }
        }
    }
}
