//! The `gemba` binary: command line to exit code.

use std::process::ExitCode;

/// Opening a plant allocates by the million; see the comment at the dependency.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Pages that were freed go back to the system after a second instead of at once: an opening frees and takes large arrays
/// all the time, and the system clears each page that it gives anew.
fn keep_freed_pages() {
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

fn main() -> ExitCode {
    keep_freed_pages();
    gemba::cli::run()
}
