//! The `gemba` binary: command line to exit code.

use std::process::ExitCode;

use gemba::allocator::{self, Allocator};

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

fn main() -> ExitCode {
    allocator::keep_freed_pages();
    gemba::cli::run()
}
