//! Flicks of the stick: one turn, or one teleport, for one flick.

use glam::DVec2;

/// Beyond this a stick is flicked.
const FLICK_RATIO: f64 = 0.7;
/// Within this it is back and may be flicked again.
const REST_RATIO: f64 = 0.3;

/// Turns in steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SnapTurn {
    is_out: bool,
}

impl SnapTurn {
    /// Takes where the stick is (x to the right, y forward, each −1..1) and answers the turn to the left.
    ///
    /// A stick that is pushed more forward than aside aims a teleport and turns nothing.
    pub fn take(&mut self, stick: Option<DVec2>, step_rad: f64) -> Option<f64> {
        let stick = stick.filter(|stick| stick.is_finite()).unwrap_or_default();
        if self.is_out {
            self.is_out = stick.x.abs() > REST_RATIO;
            return None;
        }
        let is_aside = stick.x.abs() >= FLICK_RATIO && stick.x.abs() > stick.y.abs();
        self.is_out = is_aside;
        is_aside.then_some(-step_rad * stick.x.signum())
    }
}

/// Aims while the stick is forward, and goes when it is let go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StickFlick {
    is_aiming: bool,
}

/// What the stick asks for in this frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flick {
    /// Nothing.
    Idle,
    /// Show the arc.
    Aim,
    /// Go where the arc of the last frame landed.
    Go,
    /// It was pulled back, or the hand is gone: no teleport.
    Cancel,
}

impl StickFlick {
    /// Takes where the stick is; `None` when the hand is not tracked.
    pub fn take(&mut self, stick: Option<DVec2>) -> Flick {
        let was_aiming = self.is_aiming;
        let Some(stick) = stick.filter(|stick| stick.is_finite()) else {
            self.is_aiming = false;
            return if was_aiming { Flick::Cancel } else { Flick::Idle };
        };
        if !was_aiming {
            self.is_aiming = stick.y >= FLICK_RATIO && stick.y > stick.x.abs();
            return if self.is_aiming { Flick::Aim } else { Flick::Idle };
        }
        if stick.y <= -REST_RATIO {
            self.is_aiming = false;
            Flick::Cancel
        } else if stick.length() < REST_RATIO {
            self.is_aiming = false;
            Flick::Go
        } else {
            Flick::Aim
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_flick_is_one_turn() {
        let mut turn = SnapTurn::default();
        let xs = [0.0, 0.5, 0.75, 1.0, 0.8, 0.4, 0.9, 0.2, -0.9, -0.1];
        let turns: Vec<_> = xs
            .iter()
            .filter_map(|x| turn.take(Some(DVec2::new(*x, 0.0)), 0.5))
            .collect();
        assert_eq!(turns, [-0.5, 0.5]);
        assert_eq!(
            SnapTurn::default().take(Some(DVec2::new(0.8, 0.9)), 0.5),
            None,
            "it aims"
        );
        assert_eq!(SnapTurn::default().take(None, 0.5), None);
    }

    #[test]
    fn a_teleport_goes_on_release_and_not_when_pulled_back() {
        let along = |ys: &[f64]| {
            let mut flick = StickFlick::default();
            ys.iter()
                .map(|y| flick.take(Some(DVec2::new(0.0, *y))))
                .collect::<Vec<_>>()
        };
        use Flick::{Aim, Cancel, Go, Idle};
        assert_eq!(
            along(&[0.2, 0.8, 0.9, 0.5, 0.1, 0.0]),
            [Idle, Aim, Aim, Aim, Go, Idle]
        );
        assert_eq!(along(&[0.8, 0.2, -0.1]), [Aim, Go, Idle]);
        assert_eq!(along(&[0.8, -0.5, 0.0]), [Aim, Cancel, Idle]);
        let mut flick = StickFlick::default();
        flick.take(Some(DVec2::Y));
        assert_eq!(flick.take(None), Cancel);
        assert_eq!(flick.take(Some(DVec2::ZERO)), Idle);
    }

    proptest! {
        #[test]
        fn a_stick_that_is_held_turns_at_most_once(xs in prop::collection::vec(0.31_f64..1.0, 1..50)) {
            let mut turn = SnapTurn::default();
            let turns = xs.iter().filter_map(|x| turn.take(Some(DVec2::new(*x, 0.0)), 0.5)).count();
            prop_assert!(turns <= 1);
        }
    }
}
