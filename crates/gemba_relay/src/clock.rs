//! The only place of this crate that reads a clock.

use std::time::{Instant, SystemTime};

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
