//! Panels rest: one is drawn anew when the hand does something on it, when something on it moves, and else as often as values
//! are read, not as often as a headset shows frames. Its picture stays meanwhile.

use std::time::Duration;

/// The time after which a panel that is looked at shows what has become of values.
pub(super) const READ_EVERY: Duration = Duration::from_millis(100);

/// Until when a panel may rest.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rest {
    until: Duration,
    was_shown: bool,
    /// Before it was drawn once there is nothing that could stay.
    was_drawn: bool,
}

impl Rest {
    /// Whether the panel is to be drawn at `now`, on a clock that nobody sets; `has_news` is what the hand does on it.
    pub(super) fn ends(&mut self, now: Duration, is_shown: bool, has_news: bool) -> bool {
        let turns_up = is_shown && !self.was_shown;
        self.was_shown = is_shown;
        !self.was_drawn || has_news || turns_up || is_shown && now >= self.until
    }

    /// It was drawn, and wants to be again after `wanted`.
    pub(super) fn begin(&mut self, now: Duration, wanted: Duration) {
        self.was_drawn = true;
        self.until = now + wanted.min(READ_EVERY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panel_is_drawn_when_there_is_something_to_see() {
        let millis = Duration::from_millis;
        let mut rest = Rest::default();
        assert!(rest.ends(millis(989), false, false), "it has no picture yet");
        rest.begin(millis(989), Duration::MAX);
        assert!(!rest.ends(millis(1_000), false, false), "nobody sees it");
        assert!(rest.ends(millis(1_000), true, false), "it turns up");
        rest.begin(millis(1_000), Duration::MAX);
        assert!(!rest.ends(millis(1_011), true, false));
        assert!(rest.ends(millis(1_022), true, true), "the hand is on it");
        rest.begin(millis(1_022), Duration::ZERO);
        assert!(rest.ends(millis(1_033), true, false), "something on it moves");
        rest.begin(millis(1_033), Duration::MAX);
        assert!(!rest.ends(millis(1_132), true, false));
        assert!(rest.ends(millis(1_133), true, false), "values are read again");
        assert!(!rest.ends(millis(2_000), false, false), "it is put away");
        assert!(rest.ends(millis(2_011), true, false), "and taken out");
    }
}
