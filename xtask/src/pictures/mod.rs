//! `cargo xtask pictures`: the pictures of README and guide, taken of the bottling works as it runs, so that they show what
//! there is. Each is one row of [`PICTURES`]; what cannot be told by a row has no place in the documentation.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::{cargo, headset, remote::ask, system};

/// Which pictures.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Take only these, by name; all without it.
    names: Vec<String>,
}

/// What happens in the plant.
#[derive(Clone, Copy, PartialEq)]
enum Story {
    /// All is well.
    AtRest,
    /// A bearing of the turbine wears.
    TurbineWears,
    /// A bearing of a cooling water pump wears.
    PumpWears,
}

impl Story {
    const ALL: [Self; 3] = [Self::AtRest, Self::TurbineWears, Self::PumpWears];

    fn fault(self) -> Option<&'static str> {
        match self {
            Self::AtRest => None,
            Self::TurbineWears => Some("bearing-wear@TG-101:at=5s,grow=60s"),
            Self::PumpWears => Some("bearing-wear@P-121:at=5s,grow=90s"),
        }
    }

    /// Whose temperature has to be beyond a limit.
    fn worn(self) -> Option<&'static str> {
        match self {
            Self::AtRest => None,
            Self::TurbineWears => Some("TG-101"),
            Self::PumpWears => Some("P-121"),
        }
    }
}

/// A picture of the documentation.
struct Picture {
    name: &'static str,
    camera: &'static str,
    story: Story,
    /// With its panels, and this selected.
    selected: Option<&'static str>,
    /// Of so long ago.
    secs_ago: Option<i64>,
}

const fn view(name: &'static str, camera: &'static str, story: Story) -> Picture {
    Picture {
        name,
        camera,
        story,
        selected: None,
        secs_ago: None,
    }
}

const PICTURES: [Picture; 11] = [
    view("overview", "Overview", Story::AtRest),
    view("hall", "HallOverview", Story::AtRest),
    view("filling-line", "FillingLine", Story::AtRest),
    view("process", "Process", Story::AtRest),
    view("palletising", "Palletising", Story::AtRest),
    view("turbine-at-rest", "BoilerAndTurbineHall", Story::AtRest),
    view("pumps-at-rest", "PumpHouse", Story::AtRest),
    view("turbine-worn", "BoilerAndTurbineHall", Story::TurbineWears),
    view("pumps-worn", "PumpHouse", Story::PumpWears),
    Picture {
        name: "worn-bearing",
        camera: "BoilerAndTurbineHall",
        story: Story::TurbineWears,
        selected: Some("/Plant/Works/Utilities/Power/TG_101"),
        secs_ago: None,
    },
    Picture {
        name: "look-back",
        camera: "BoilerAndTurbineHall",
        story: Story::TurbineWears,
        selected: Some("/Plant/Works/Utilities/Power/TG_101"),
        secs_ago: Some(25),
    },
];

/// The name of all pictures through the eyes of the headset.
const HEADSET: &str = "headset";
const SIZE: &str = "1920x1080";
/// Larger than this a picture is a burden to the repository.
const MOST_BYTES: u64 = 600_000;
/// A software renderer takes seconds for a frame of this size.
const PATIENCE: Duration = Duration::from_secs(900);

/// What the pictures are taken with, besides the viewer.
const NEEDS: &[system::Need] = &[
    system::program("mosquitto", "mosquitto", "the broker between plant and viewer"),
    system::program("pngquant", "pngquant", "256 colours, a third of the size"),
];

/// Takes the pictures.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let wants_headset = options.names.is_empty() || options.names.iter().any(|name| name == HEADSET);
    for name in &options.names {
        if name != HEADSET && PICTURES.iter().all(|picture| picture.name != name) {
            let names: Vec<&str> = PICTURES.iter().map(|picture| picture.name).collect();
            bail!(
                "there is no picture {name}; those there are: {}, and {HEADSET} for those through its eyes",
                names.join(", ")
            );
        }
    }
    system::ensure(&[system::VIEWER, NEEDS])?;
    let gemba = cargo::build_gemba(false)?;
    for story in Story::ALL {
        for has_panels in [false, true] {
            let wanted: Vec<&Picture> = PICTURES
                .iter()
                .filter(|picture| picture.story == story && picture.selected.is_some() == has_panels)
                .filter(|picture| {
                    options.names.is_empty() || options.names.iter().any(|name| name == picture.name)
                })
                .collect();
            if !wanted.is_empty() {
                take(&gemba, story, has_panels, &wanted)?;
            }
        }
    }
    if wants_headset {
        for (name, drawn) in headset::gallery()? {
            let kept = crate::root().join(format!("docs/images/{name}.png"));
            shrink(&drawn, &kept)?;
            println!("{}", kept.display());
        }
    }
    Ok(true)
}

/// Lets the plant run, and takes the pictures of one story.
fn take(gemba: &Path, story: Story, has_panels: bool, pictures: &[&Picture]) -> Result<()> {
    let folder = cargo::target_dir()?.join("pictures");
    std::fs::create_dir_all(&folder)?;
    let (broker_port, remote_port) = (free_port()?, free_port()?);
    let config = folder.join("mosquitto.conf");
    std::fs::write(
        &config,
        format!("listener {broker_port} 127.0.0.1\nallow_anonymous true\n"),
    )?;
    let _broker = Running::start(Command::new("mosquitto").arg("-c").arg(&config))?;
    until("the broker", || {
        Ok(TcpStream::connect((Ipv4Addr::LOCALHOST, broker_port)).ok())
    })?;
    let url = format!("mqtt://127.0.0.1:{broker_port}");
    let remote = SocketAddr::from((Ipv4Addr::LOCALHOST, remote_port));
    let mut viewer = Command::new(gemba);
    viewer
        .current_dir(crate::root())
        .args([
            "view",
            "scenes/bottling/plant.usda",
            "--headless",
            "--quality",
            "high",
        ])
        .args(["--size", SIZE, "--remote", &remote.to_string()])
        .args(["--set-connection", &format!("plant={url}")]);
    if !has_panels {
        viewer.arg("--no-panels");
    }
    let _viewer = Running::start(&mut viewer)?;
    until("the plant", || {
        Ok(ask(remote, "gemba.load", &Value::Null)?.filter(|load| load["state"] == "ready"))
    })?;
    // The eye stands where the picture is taken before the plant begins to wear: it does not wait for a slow frame.
    if let Some(first) = pictures.first() {
        look(remote, first)?;
    }
    let mut plant = Command::new(gemba);
    plant.args(["sim", "--url", &url, "--plant", "bottling"]);
    if let Some(fault) = story.fault() {
        plant.args(["--fault", fault]);
    }
    let _plant = Running::start(&mut plant)?;
    wait_for(remote, story)?;
    for picture in pictures {
        look(remote, picture)?;
        let drawn = folder.join(format!("{}.png", picture.name));
        until("the picture", || {
            ask(remote, "gemba.screenshot", &json!({ "file": drawn }))
        })?;
        let kept = crate::root().join(format!("docs/images/{}.png", picture.name));
        shrink(&drawn, &kept)?;
        println!("{}", kept.display());
    }
    Ok(())
}

/// Goes where the picture is taken from, and waits until it is whole.
fn look(remote: SocketAddr, picture: &Picture) -> Result<()> {
    let camera = format!("/Plant/Cameras/{}", picture.camera);
    command(remote, &json!({ "command": "go_to_camera", "prim": camera }))?;
    if let Some(prim) = picture.selected {
        command(remote, &json!({ "command": "select_prim", "prim": prim }))?;
    }
    if let Some(secs) = picture.secs_ago {
        let view = until("the time", || ask(remote, "gemba.view", &Value::Null))?;
        let now = view["timeline"]["at_millis"]
            .as_i64()
            .context("the viewer has no timeline")?;
        let back = json!({ "command": "set_timeline", "at_millis": now - secs * 1_000, "speed": 0.0 });
        command(remote, &back)?;
    }
    until("the view", || {
        Ok(ask(remote, "gemba.view", &Value::Null)?
            .filter(|view| view["is_under_way"] == false && view["is_whole"] == true))
    })?;
    Ok(())
}

/// Until the plant is in the state that the story tells.
fn wait_for(remote: SocketAddr, story: Story) -> Result<()> {
    let is_told = |values: &Value, limits: &Value| match story.worn() {
        None => {
            let rows = values.as_array().map_or(&[][..], Vec::as_slice);
            let good = rows.iter().filter(|row| row["quality"] == "good").count();
            !rows.is_empty() && good * 50 >= rows.len() * 49
        }
        Some(twin) => limits.as_array().is_some_and(|rows| {
            rows.iter().any(|row| {
                row["twin"] == twin && row["label"].as_str().is_some_and(|it| it.contains("temperature"))
            })
        }),
    };
    until("the plant's state", || {
        let values = ask(remote, "gemba.values", &Value::Null)?.unwrap_or_default();
        let limits = ask(remote, "gemba.limits", &Value::Null)?.unwrap_or_default();
        Ok(is_told(&values, &limits).then_some(()))
    })
}

fn command(remote: SocketAddr, command: &Value) -> Result<()> {
    until("the viewer", || ask(remote, "gemba.command", command)).map(drop)
}

/// 256 colours where they are enough; a picture that is still too large is an error, not a burden.
fn shrink(drawn: &Path, kept: &PathBuf) -> Result<()> {
    cargo::run(
        Command::new("pngquant")
            .args(["--force", "--speed", "1", "--quality", "40-90", "--output"])
            .arg(kept)
            .arg(drawn),
    )?;
    let bytes = std::fs::metadata(kept)?.len();
    if bytes > MOST_BYTES {
        // Dithering costs more than it shows where there is much detail.
        cargo::run(
            Command::new("pngquant")
                .args([
                    "--force",
                    "--speed",
                    "1",
                    "--nofs",
                    "--quality",
                    "20-80",
                    "--output",
                ])
                .arg(kept)
                .arg(drawn),
        )?;
    }
    let bytes = std::fs::metadata(kept)?.len();
    if bytes > MOST_BYTES {
        bail!("{} has {bytes} bytes, more than {MOST_BYTES}", kept.display());
    }
    Ok(())
}

/// A process that ends with the pictures.
struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> Result<Self> {
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let child = command
            .spawn()
            .with_context(|| format!("cannot start {command:?}"))?;
        Ok(Self(child))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
    Ok(listener.local_addr()?.port())
}

/// Asks again until there is an answer.
fn until<T>(what: &str, mut ask: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask()? {
            return Ok(answer);
        }
        if started.elapsed() > PATIENCE {
            bail!("waited in vain for {what}");
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}
