//! The only place of this crate that reads a clock.

use std::{
    sync::OnceLock,
    time::{Instant, SystemTime},
};

use gemba_model::UnixNanos;

/// This machine's wall clock: the room's clock in a relay, the local one in a client.
#[allow(clippy::disallowed_methods, reason = "the IO shell is where time comes from")]
pub(crate) fn now() -> UnixNanos {
    UnixNanos::from_system_time(SystemTime::now())
}

/// The monotonic clock, for durations.
#[allow(clippy::disallowed_methods, reason = "the IO shell is where time comes from")]
pub(crate) fn instant() -> Instant {
    Instant::now()
}

/// A clock that nobody can set: it starts with this machine's and goes on by the monotonic one. For budgets, which a
/// clock that is set back would freeze.
pub(crate) fn steady() -> UnixNanos {
    static START: OnceLock<(Instant, UnixNanos)> = OnceLock::new();
    let (start, was) = START.get_or_init(|| (instant(), now()));
    was.after(start.elapsed())
}
