//! The only place of this crate that reads a clock.

use std::time::{Instant, SystemTime};

use gemba_model::UnixNanos;

/// This machine's wall clock, for `recv_time` and what people read.
#[allow(clippy::disallowed_methods, reason = "the IO shell is where time comes from")]
pub(crate) fn now() -> UnixNanos {
    UnixNanos::from_system_time(SystemTime::now())
}

/// The monotonic clock, for deadlines.
#[allow(clippy::disallowed_methods, reason = "the IO shell is where time comes from")]
pub(crate) fn instant() -> Instant {
    Instant::now()
}
