//! The `gemba` binary: command line to exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    gemba::cli::run()
}
