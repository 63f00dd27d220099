//! The allocator of the `gemba` binary; how often each thread asks it and for what, where that is counted: the feature
//! `count-allocations`, which benchmarks build with and nobody else.

#[cfg(feature = "count-allocations")]
mod counting;
#[cfg(feature = "count-allocations")]
mod origins;

use serde_json::Value;

#[cfg(feature = "count-allocations")]
pub use counting::Counting as Allocator;
/// Opening a plant allocates by the million; see the comment at the dependency.
#[cfg(not(feature = "count-allocations"))]
pub use mimalloc::MiMalloc as Allocator;

/// Pages that were freed go back to the system after a second instead of at once: an opening frees and takes large arrays
/// all the time, and the system clears each page that it gives anew.
pub fn keep_freed_pages() {
    // `mi_option_purge_delay` of mimalloc 2, in milliseconds; the binding has no name for it.
    const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;
    #[expect(
        unsafe_code,
        reason = "the allocator's options are set through its C interface"
    )]
    // SAFETY: it stores a number in the allocator's table of options, which has this entry.
    unsafe {
        libmimalloc_sys::mi_option_set(PURGE_DELAY, 1_000);
    }
}

/// Allocations since the start, by the system's number of the thread; `null` where they are not counted.
#[must_use]
pub fn by_thread() -> Value {
    #[cfg(feature = "count-allocations")]
    return counting::by_thread();
    #[cfg(not(feature = "count-allocations"))]
    Value::Null
}

/// From now on the call stack of each `every`-th allocation of a thread is kept. False where they are not counted.
#[must_use]
pub fn keep_origins(every: u32) -> bool {
    #[cfg(feature = "count-allocations")]
    origins::keep(every);
    #[cfg(not(feature = "count-allocations"))]
    let _ = every;
    cfg!(feature = "count-allocations")
}

/// The call stacks since [`keep_origins`], which ends with it: the thread's number and the addresses that calls return to, the
/// innermost first. `null` where they are not counted.
#[must_use]
pub fn origins() -> Value {
    #[cfg(feature = "count-allocations")]
    return origins::take();
    #[cfg(not(feature = "count-allocations"))]
    Value::Null
}
