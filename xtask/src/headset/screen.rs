//! A screen that nobody sees, and its mouse.

use std::{
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use image::RgbImage;

use super::lab::{Lab, Running, quiet};

/// Its size in pixels; a window of this size fills it.
pub(super) const SIZE_PX: [u32; 2] = [640, 480];
const DISPLAY: &str = "DISPLAY=:77";
/// Fields of 4 bytes in the head of what it shows, in the format of `xwd` (X11/XWDFile.h), by their place.
const HEAD_BYTES: usize = 0;
const WIDTH: usize = 4;
const HEIGHT: usize = 5;
const BITS_A_PIXEL: usize = 11;
const BYTES_A_LINE: usize = 12;
const COLOURS: usize = 19;
/// What each of the colours takes after the head.
const COLOUR_BYTES: usize = 12;

/// The X server of the root.
pub(super) struct Screen {
    root: PathBuf,
    /// What it shows, all the time.
    file: PathBuf,
    _server: Running,
}

impl Screen {
    /// Starts it, and waits until it shows something.
    pub(super) fn start(lab: &Lab) -> Result<Self> {
        let file = lab.out.join("Xvfb_screen0");
        if file.exists() {
            std::fs::remove_file(&file)?;
        }
        let [width, height] = SIZE_PX;
        let mut server = lab.inside("screen.log")?;
        server
            .args([
                "Xvfb",
                ":77",
                "-nolisten",
                "tcp",
                "-fbdir",
                "/out",
                "-screen",
                "0",
            ])
            .arg(format!("{width}x{height}x24"));
        let server = Running(server.spawn().context("cannot start Xvfb")?);
        let screen = Self {
            root: lab.root().to_owned(),
            file,
            _server: server,
        };
        let end = Instant::now() + Duration::from_secs(20);
        while Instant::now() < end {
            if screen.picture().is_ok() && screen.mouse(&["mousemove", "0", "0"]).is_ok() {
                return Ok(screen);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        bail!("the screen does not come up; see screen.log")
    }

    /// What a program that opens a window is told.
    pub(super) fn variable(&self) -> &'static str {
        DISPLAY
    }

    /// What it shows now.
    pub(super) fn picture(&self) -> Result<RgbImage> {
        let bytes = std::fs::read(&self.file).context("the screen shows nothing")?;
        let field = |at: usize| -> Result<usize> {
            let bytes = bytes.get(4 * at..4 * at + 4).context("it has no head")?;
            Ok(u32::from_be_bytes(bytes.try_into()?) as usize)
        };
        let pixels = field(HEAD_BYTES)? + COLOUR_BYTES * field(COLOURS)?;
        let (width, height, line) = (field(WIDTH)?, field(HEIGHT)?, field(BYTES_A_LINE)?);
        ensure!(field(BITS_A_PIXEL)? == 32, "its pixels are not of 32 bits");
        let bytes = bytes
            .get(pixels..pixels + line * height)
            .context("it is not whole")?;
        Ok(RgbImage::from_fn(width as u32, height as u32, |x, y| {
            let at = y as usize * line + 4 * x as usize;
            image::Rgb([bytes[at + 2], bytes[at + 1], bytes[at]])
        }))
    }

    /// Has the mouse do what `xdotool` calls by these words.
    pub(super) fn mouse(&self, words: &[&str]) -> Result<()> {
        quiet(
            Command::new("chroot")
                .arg(&self.root)
                .args(["env", DISPLAY, "xdotool"])
                .args(words),
        )
    }
}
