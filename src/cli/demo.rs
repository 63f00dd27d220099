//! `gemba demo`: the sample plant, live, with nothing to install: a broker in this process, a simulated plant that publishes
//! to it over MQTT, and the viewer subscribed to it like to any other broker.

use std::{
    fmt::Write as _,
    io::Write as _,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context, bail};
use clap::Args;
use gemba_sources::{
    ConnectionConfig, EmbeddedBroker,
    simulator::{Fault, PlantKind, Publisher, PublisherOptions},
};

use crate::viewer::{self, Headless, Shot, ViewerOptions};

/// The connection of the sample plants' twin layers.
const CONNECTION: &str = "plant";

/// What goes wrong in the bottling works, unless asked for otherwise: a bearing of the turbine wears within a minute, then
/// one of a cooling water pump. Both are mended after minutes, so that the plant is seen well again too, and come back, so that
/// nobody comes too late to see them.
const WORN_BEARINGS: [&str; 2] = [
    "bearing-wear@TG-101:at=10s,grow=60s,for=3m,every=8m",
    "bearing-wear@P-121:at=25s,grow=60s,for=4m,every=8m",
];

/// What `gemba demo` takes.
#[derive(Args, Debug)]
pub(super) struct DemoArgs {
    /// Which sample plant: bottling or pumphouse.
    #[arg(long, default_value_t = PlantKind::Bottling)]
    plant: PlantKind,
    /// What goes wrong in place of the worn bearings, such as jam@CP-301:at=10s. Can be given several times.
    #[arg(long = "fault", value_name = "KIND@TARGET[:OPTION=VALUE,…]")]
    faults: Vec<Fault>,
    /// The plant to show in place of the sample plant's own.
    #[arg(long, value_name = "USD")]
    scene: Option<PathBuf>,
    /// Show the plant in the headset that OpenXR finds, too.
    #[arg(long)]
    xr: bool,
    /// Pixels of an eye in the headset, in place of what it recommends and what frames can afford.
    #[arg(long, value_name = "WxH", value_parser = super::view::size_px)]
    eye_size: Option<(u32, u32)>,
    /// Render without a window: run for a while, save pictures and values, end.
    #[arg(long)]
    headless: bool,
    /// Leave out the pictures through the cameras of the scene.
    #[arg(long, requires = "headless")]
    overview_only: bool,
    /// Serve remote control on this address, such as 127.0.0.1:15702. A run without a window then ends when it is told to, and
    /// saves nothing by itself.
    #[arg(long, value_name = "ADDR")]
    remote: Option<SocketAddr>,
    /// Size of the window or pictures.
    #[arg(long, value_name = "WxH", default_value = "1280x720", value_parser = super::view::size_px)]
    size: (u32, u32),
    /// Folder for pictures and values.
    #[arg(long, value_name = "FOLDER", default_value = "out/demo")]
    out: PathBuf,
    /// The simulated plant does the same for the same seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Runs `gemba demo`.
pub(super) fn run(args: DemoArgs) -> anyhow::Result<ExitCode> {
    let sample = match args.plant {
        PlantKind::Bottling => "scenes/bottling/plant.usda",
        PlantKind::PumpHouse => "scenes/pumphouse/plant.usda",
    };
    let scene = args.scene.map_or_else(|| find_sample(sample), Ok)?;
    // The pump house wears a bearing by itself, and sooner.
    let (seconds, own_faults) = match args.plant {
        PlantKind::Bottling => ([5, 20, 40, 60], WORN_BEARINGS.as_slice()),
        PlantKind::PumpHouse => ([2, 8, 14, 20], [].as_slice()),
    };
    let faults = if args.faults.is_empty() {
        own_faults
            .iter()
            .map(|fault| fault.parse())
            .collect::<Result<_, _>>()?
    } else {
        args.faults
    };
    let broker = EmbeddedBroker::start()?;
    let options = PublisherOptions {
        plant: args.plant,
        seed: args.seed,
        faults,
        ..PublisherOptions::default()
    };
    let publisher = Publisher::start(ConnectionConfig::plain("127.0.0.1", broker.port()), options)
        .context("the simulated plant did not start")?;
    let values = args.out.join("values.json");
    let shots: Vec<Shot> = seconds
        .map(|second| Shot {
            after: Duration::from_secs(second),
            camera: None,
            file: args.out.join(format!("overview_{second:02}s.png")),
        })
        .into();
    let is_steered = args.remote.is_some();
    if args.headless && !is_steered {
        std::fs::create_dir_all(&args.out)
            .with_context(|| format!("the folder {} cannot be made", args.out.display()))?;
    }
    let exit = viewer::run(ViewerOptions {
        file: scene,
        config: None,
        connection_urls: vec![(CONNECTION.to_owned(), broker.url())],
        camera: None,
        panels_shown: true,
        remote: args.remote,
        join: None,
        session_key: None,
        size_px: args.size,
        scale: 1.0,
        quality: None,
        xr: args.xr,
        eye_px: args.eye_size,
        headless: args.headless.then(|| {
            if is_steered {
                return Headless::steered();
            }
            Headless {
                shots,
                every_camera: (!args.overview_only).then(|| args.out.clone()),
                end_after: Duration::from_secs(seconds[3]),
                dump_values: Some(values.clone()),
            }
        }),
    })?;
    let sent = publisher.counters().published;
    drop(publisher);
    if args.headless && !is_steered && exit == ExitCode::SUCCESS {
        print_outcome(&args.out, &values, sent)?;
    }
    Ok(exit)
}

/// The sample plant under the current folder, or beside or above the program.
fn find_sample(sample: &str) -> anyhow::Result<PathBuf> {
    let here = std::env::current_dir().unwrap_or_default();
    let program = std::env::current_exe().unwrap_or_default();
    let folders = here.ancestors().chain(program.ancestors());
    let Some(found) = folders
        .map(|folder| folder.join(sample))
        .find(|file| file.is_file())
    else {
        bail!(
            "the sample plant {sample} was not found; run this in the repository, or name a plant with --scene"
        );
    };
    Ok(found
        .strip_prefix(&here)
        .map_or_else(|_| found.clone(), Path::to_path_buf))
}

fn print_outcome(folder: &Path, values: &Path, sent: u64) -> anyhow::Result<()> {
    let text =
        std::fs::read_to_string(values).with_context(|| format!("{} cannot be read", values.display()))?;
    let rows: Vec<serde_json::Value> = serde_json::from_str(&text)
        .with_context(|| format!("{} is not what was written", values.display()))?;
    let mut pictures: Vec<PathBuf> = std::fs::read_dir(folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|file| file.extension().is_some_and(|extension| extension == "png"))
        .collect();
    pictures.sort();
    let mut out = std::io::stdout().lock();
    write!(out, "{}", table(&rows)?)?;
    writeln!(
        out,
        "\n{} values live; the simulated plant sent {sent} messages over MQTT.",
        rows.len()
    )?;
    writeln!(out, "Values:   {}", values.display())?;
    for picture in pictures {
        writeln!(out, "Picture:  {}", picture.display())?;
    }
    Ok(())
}

/// Rows of the values file as aligned text.
fn table(rows: &[serde_json::Value]) -> Result<String, std::fmt::Error> {
    const COLUMNS: [&str; 6] = ["twin", "point", "value", "unit", "quality", "recv_time"];
    let cell = |row: &serde_json::Value, column: &str| match &row[column] {
        serde_json::Value::Null => "–".to_owned(),
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Number(number) if number.is_f64() => {
            format!("{:.3}", number.as_f64().unwrap_or_default())
        }
        other => other.to_string(),
    };
    let lines: Vec<[String; 6]> = std::iter::once(COLUMNS.map(str::to_owned))
        .chain(rows.iter().map(|row| COLUMNS.map(|column| cell(row, column))))
        .collect();
    let widths: [usize; 6] = std::array::from_fn(|at| {
        lines
            .iter()
            .map(|line| line[at].chars().count())
            .max()
            .unwrap_or_default()
    });
    let mut text = String::new();
    for line in &lines {
        for (at, cell) in line.iter().enumerate() {
            let width = widths[at];
            if COLUMNS[at] == "value" {
                write!(text, "{cell:>width$}  ")?;
            } else {
                write!(text, "{cell:<width$}  ")?;
            }
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_align_and_keep_missing_values_visible() {
        let rows =
            [serde_json::json!({ "twin": "P-101", "point": "speed", "value": 1480.25, "quality": "good" })];
        let text = table(&rows).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "twin   point     value  unit  quality  recv_time");
        assert_eq!(lines[1], "P-101  speed  1480.250  –     good     –");
    }
}
