//! `gemba view`: a plant in a window, or offscreen.

use std::{net::SocketAddr, path::PathBuf, process::ExitCode, time::Duration};

use clap::Args;

use crate::{
    viewer::{self, Headless, Join, Shot, ViewerOptions},
    visual::quality::RenderQuality,
};
use gemba_model::PrimPath;
use gemba_panels::session::LinkText;

/// What `gemba view` takes.
#[derive(Args, Debug)]
pub(super) struct ViewArgs {
    /// The USD file (usda, usdc, usd or usdz).
    file: PathBuf,
    /// Connections and settings; by default `gemba.toml` beside FILE.
    #[arg(long)]
    config: Option<PathBuf>,
    /// Use this URL for a connection in place of the configured one.
    #[arg(long, value_name = "NAME=URL", value_parser = name_and_url)]
    set_connection: Vec<(String, String)>,
    /// Look through a camera of the scene.
    #[arg(long, value_name = "PRIM", value_parser = prim_path)]
    camera: Option<PrimPath>,
    /// Serve remote control on this address, such as 127.0.0.1:15702.
    #[arg(long, value_name = "ADDR")]
    remote: Option<SocketAddr>,
    /// Go into a room: a join link, as `gemba relay` and `gemba token` print it. It holds a secret; on a machine that others
    /// use, give it as GEMBA_JOIN.
    #[arg(long, value_name = "LINK", env = "GEMBA_JOIN", hide_env_values = true)]
    join: Option<String>,
    /// The name that others in the room see, where the link leaves it open.
    #[arg(long = "as", value_name = "NAME", requires = "join")]
    join_as: Option<String>,
    /// The key by which rooms know this person again; by default one in the configuration folder.
    #[arg(long, value_name = "FILE")]
    session_key: Option<PathBuf>,
    /// Draw the plant without panels.
    #[arg(long)]
    no_panels: bool,
    /// How finely to draw; by default what fits the graphics adapter.
    #[arg(long, value_enum)]
    quality: Option<RenderQuality>,
    /// Show the plant in the headset that OpenXR finds; the window goes on beside it. With --headless there is no window, and
    /// a picture shows both eyes side by side.
    #[arg(long)]
    xr: bool,
    /// Pixels of an eye in the headset, in place of what it recommends and what frames can afford.
    #[arg(long, value_name = "WxH", value_parser = size_px)]
    eye_size: Option<(u32, u32)>,
    /// Render without a window.
    #[arg(long)]
    headless: bool,
    /// Size of the window, or of the picture.
    #[arg(long, value_name = "WxH", default_value = "1280x720", value_parser = size_px)]
    size: (u32, u32),
    /// Pixels of the picture for each point that panels and labels are laid out in: 2 for twice as sharp a picture of the same.
    #[arg(long, default_value = "1", value_parser = scale, requires = "headless")]
    scale: f32,
    /// Time from the drawn plant to the picture, such as 5s or 500ms.
    #[arg(long, default_value = "0s", value_parser = duration, requires = "headless")]
    after: Duration,
    /// Save a picture as PNG and end.
    #[arg(long, value_name = "PNG", requires = "headless")]
    shot: Option<PathBuf>,
    /// Save a picture through each camera of the scene into this folder and end.
    #[arg(long, value_name = "FOLDER", requires = "headless")]
    every_camera: Option<PathBuf>,
    /// Write the values of all points as JSON and end.
    #[arg(long, value_name = "JSON", requires = "headless")]
    dump_values: Option<PathBuf>,
}

/// Runs `gemba view`.
pub(super) fn run(args: ViewArgs) -> anyhow::Result<ExitCode> {
    let ends_by_itself = args.shot.is_some() || args.every_camera.is_some() || args.dump_values.is_some();
    let is_steered = args.remote.is_some() && !ends_by_itself;
    let headless = args.headless.then(|| Headless {
        shots: args
            .shot
            .into_iter()
            .map(|file| Shot {
                after: args.after,
                camera: None,
                file,
            })
            .collect(),
        every_camera: args.every_camera.clone(),
        // A run that is steered from outside ends when it is told to.
        end_after: if is_steered { Duration::MAX } else { args.after },
        dump_values: args.dump_values,
    });
    viewer::run(ViewerOptions {
        file: args.file,
        config: args.config,
        connection_urls: args.set_connection,
        camera: args.camera,
        panels_shown: !args.no_panels,
        remote: args.remote,
        join: args.join.map(|link| Join {
            link: LinkText(link),
            name: args.join_as,
        }),
        session_key: args.session_key,
        size_px: args.size,
        scale: args.scale,
        quality: args.quality,
        xr: args.xr,
        eye_px: args.eye_size,
        headless,
    })
}

fn name_and_url(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, url)) if !name.is_empty() && !url.is_empty() => Ok((name.to_owned(), url.to_owned())),
        _ => Err("write NAME=URL, such as plant=mqtt://127.0.0.1:1883".to_owned()),
    }
}

fn prim_path(text: &str) -> Result<PrimPath, String> {
    PrimPath::new(text).map_err(|error| error.to_string())
}

fn scale(text: &str) -> Result<f32, String> {
    let scale = text.parse().ok().filter(|scale| (0.25..=4.0).contains(scale));
    scale.ok_or_else(|| "write a number from 0.25 to 4".to_owned())
}

pub(super) fn size_px(text: &str) -> Result<(u32, u32), String> {
    // Past 8192 not every adapter has textures.
    let edge = |text: &str| text.parse::<u32>().ok().filter(|edge| (16..=8192).contains(edge));
    let size = text
        .split_once('x')
        .and_then(|(width, height)| Some((edge(width)?, edge(height)?)));
    size.ok_or_else(|| "write WIDTHxHEIGHT with 16 to 8192 pixels each, such as 1280x720".to_owned())
}

fn duration(text: &str) -> Result<Duration, String> {
    let (number, seconds) = match (text.strip_suffix("ms"), text.strip_suffix('s')) {
        (Some(number), _) => (number, 0.001),
        (None, Some(number)) => (number, 1.0),
        (None, None) => (text, 1.0),
    };
    let value = number.parse::<f64>().ok().map(|number| number * seconds);
    value
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| "write seconds or milliseconds, such as 5s or 500ms".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        assert_eq!(duration("5s"), Ok(Duration::from_secs(5)));
        assert_eq!(duration("1.5"), Ok(Duration::from_millis(1500)));
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        assert!(duration("-1s").is_err() && duration("soon").is_err());
    }

    #[test]
    fn sizes_are_checked() {
        assert_eq!(scale("0.5"), Ok(0.5));
        assert!(scale("0").is_err() && scale("NaN").is_err() && scale("big").is_err());
        assert_eq!(size_px("640x480"), Ok((640, 480)));
        assert!(size_px("0x480").is_err() && size_px("640").is_err() && size_px("99999x1").is_err());
    }
}
