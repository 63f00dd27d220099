//! An analogue trigger as a button that does not flutter.

/// Above this the trigger is pressed.
const PRESS_RATIO: f32 = 0.6;
/// Below this it is let go again.
const RELEASE_RATIO: f32 = 0.4;

/// What a trigger did in this frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// It went down.
    Down,
    /// It is held.
    Held,
    /// It went up.
    Up,
    /// It is not touched.
    Idle,
}

/// One trigger, grip or button. A button reports 0 or 1, a trigger anything between.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Press {
    is_down: bool,
}

impl Press {
    /// Takes the value of this frame, 0–1. A value that is none, or a hand that is not there, lets go.
    pub fn take(&mut self, value: Option<f32>) -> Pressed {
        let was_down = self.is_down;
        let value = value.filter(|value| value.is_finite()).unwrap_or(0.0);
        self.is_down = if was_down {
            value > RELEASE_RATIO
        } else {
            value >= PRESS_RATIO
        };
        match (was_down, self.is_down) {
            (false, true) => Pressed::Down,
            (true, true) => Pressed::Held,
            (true, false) => Pressed::Up,
            (false, false) => Pressed::Idle,
        }
    }

    /// Whether it is held down.
    #[must_use]
    pub fn is_down(self) -> bool {
        self.is_down
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trembling_finger_presses_once() {
        let mut press = Press::default();
        let values = [0.0, 0.5, 0.61, 0.55, 0.45, 0.61, 0.39, 0.5, 0.59];
        let seen: Vec<_> = values.iter().map(|value| press.take(Some(*value))).collect();
        use Pressed::{Down, Held, Idle, Up};
        assert_eq!(seen, [Idle, Idle, Down, Held, Held, Held, Up, Idle, Idle]);
    }

    #[test]
    fn a_hand_that_goes_lets_go() {
        let mut press = Press::default();
        press.take(Some(1.0));
        assert_eq!(press.take(None), Pressed::Up);
        press.take(Some(1.0));
        assert_eq!(press.take(Some(f32::NAN)), Pressed::Up);
    }
}
