//! The `gemba` binary: command line to exit code.

use std::process::ExitCode;

/// Opening a plant allocates by the million; see the comment at the dependency.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    gemba::cli::run()
}
