//! `cargo xtask demo`: set up, build, and show the sample plant live. The showing itself is `gemba demo`.

use anyhow::Result;

use crate::{cargo, system};

/// How to show it.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Build optimised for speed: takes twice as long, runs large plants better.
    #[arg(long)]
    release: bool,
    /// Render offscreen even where there is a display.
    #[arg(long)]
    headless: bool,
    /// What to pass on to `gemba demo`, after `--`.
    #[arg(last = true)]
    rest: Vec<String>,
}

/// Sets up, builds and shows.
pub(crate) fn run(options: &Options) -> Result<bool> {
    system::ensure(&[system::VIEWER])?;
    println!("Building the viewer (the first time takes about 20 minutes on two cores) …");
    let gemba = cargo::build_gemba(options.release)?;
    let mut demo = std::process::Command::new(gemba);
    demo.arg("demo").current_dir(crate::root());
    if options.headless || !has_display() {
        demo.arg("--headless");
    }
    cargo::run(demo.args(&options.rest))?;
    Ok(true)
}

/// Whether a window could be opened.
fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|variable| std::env::var_os(variable).is_some_and(|value| !value.is_empty()))
}
