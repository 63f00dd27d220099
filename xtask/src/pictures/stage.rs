//! The bottling works as it runs, with a viewer before it: what the pictures are taken of.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::{
    Finish,
    rows::{Picture, Story},
};
use crate::remote::ask;

const PLANT: &str = "scenes/bottling/plant.usda";
/// All pictures are of this size, in points that panels are laid out in.
const SIZE_POINTS: [u32; 2] = [1920, 1080];
/// A software renderer takes seconds for a frame of this size.
const PATIENCE: Duration = Duration::from_secs(900);
/// The pump that Ben shows, where he stands, and what he looks at; metres in the viewer's world.
const SHOWN: &str = "/Plant/Works/Utilities/Cooling/P_121";
const BEN_EYE_M: [f64; 3] = [-34.1, 1.65, 15.1];
const BEN_TARGET_M: [f64; 3] = [-33.5, 0.8, 13.0];

/// What the viewer shows, as it was told.
#[derive(Clone, Copy, Default)]
struct Shown {
    has_panels: Option<bool>,
    camera: Option<&'static str>,
    selected: Option<&'static str>,
    is_past: bool,
}

/// Broker, viewer and, once a story is told, the plant.
pub(super) struct Stage {
    gemba: PathBuf,
    folder: PathBuf,
    url: String,
    ana: SocketAddr,
    /// How many times faster than the clock the plant runs.
    speed: &'static str,
    _broker: Running,
    _viewer: Running,
    plant: Option<Running>,
    /// What is wrong in it.
    fault: Option<Option<&'static str>>,
    shown: Shown,
    /// Relay and Ben's viewer, while they meet.
    meeting: Vec<Running>,
}

impl Stage {
    /// Opens the plant; files go to `folder`.
    pub(super) fn set(gemba: &Path, folder: &Path, finish: Finish) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let broker_port = free_port()?;
        let config = folder.join("mosquitto.conf");
        std::fs::write(
            &config,
            format!("listener {broker_port} 127.0.0.1\nallow_anonymous true\n"),
        )?;
        let broker = Running::start(Command::new("mosquitto").arg("-c").arg(&config))?;
        until("the broker", || {
            Ok(TcpStream::connect((Ipv4Addr::LOCALHOST, broker_port)).ok())
        })?;
        let url = format!("mqtt://127.0.0.1:{broker_port}");
        let ana = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
        let key = folder.join("ana.pem");
        let (quality, scale) = match finish {
            Finish::Kept => ("high", 1.0),
            Finish::Sketch => ("low", 1.0 / 3.0),
        };
        let [width, height] = SIZE_POINTS.map(|points| (f64::from(points) * scale) as u32);
        let (size, scale) = (format!("{width}x{height}"), scale.to_string());
        let args = ["--quality", quality, "--size", &size, "--scale", &scale];
        let viewer = open(gemba, &url, ana, &key, &args)?;
        Ok(Self {
            gemba: gemba.to_owned(),
            folder: folder.to_owned(),
            url,
            ana,
            speed: match finish {
                Finish::Kept => "1",
                Finish::Sketch => "4",
            },
            _broker: broker,
            _viewer: viewer,
            plant: None,
            fault: None,
            shown: Shown::default(),
            meeting: Vec::new(),
        })
    }

    /// Goes to where the story's first picture is taken and lets it happen, until it can be seen.
    pub(super) fn tell(&mut self, story: Story, first: &Picture) -> Result<()> {
        self.meeting.clear();
        // The eye is there before the plant begins to wear: it does not wait for a slow frame.
        self.look(first)?;
        if self.fault != Some(story.fault()) {
            // Two plants would contradict each other.
            self.plant = None;
            self.fault = Some(story.fault());
            let mut plant = Command::new(&self.gemba);
            plant.args(["sim", "--url", &self.url, "--plant", "bottling"]);
            plant.args(["--speed", self.speed]);
            if let Some(fault) = story.fault() {
                plant.args(["--fault", fault]);
            }
            self.plant = Some(Running::start(&mut plant)?);
            until("the plant's state", || {
                let values = ask(self.ana, "gemba.values", &Value::Null)?.unwrap_or_default();
                let limits = ask(self.ana, "gemba.limits", &Value::Null)?.unwrap_or_default();
                Ok(is_told(story, &values, &limits).then_some(()))
            })?;
        }
        if story == Story::Meeting {
            self.meet()?;
        }
        Ok(())
    }

    /// Takes a picture and says where it is.
    pub(super) fn take(&mut self, picture: &Picture) -> Result<PathBuf> {
        self.look(picture)?;
        let drawn = self.folder.join(format!("{}.png", picture.name));
        until("the picture", || {
            ask(self.ana, "gemba.screenshot", &json!({ "file": drawn }))
        })?;
        Ok(drawn)
    }

    /// Goes where the picture is taken from, and waits until it is whole.
    fn look(&mut self, picture: &Picture) -> Result<()> {
        let ana = self.ana;
        let wanted = Shown {
            has_panels: Some(picture.has_panels),
            camera: Some(picture.camera),
            selected: picture.selected,
            is_past: picture.secs_ago.is_some(),
        };
        // Each command waits for two frames, and a software renderer takes a second for one.
        let before = std::mem::replace(&mut self.shown, wanted);
        if before.has_panels != wanted.has_panels {
            command(
                ana,
                &json!({ "command": "show_panels", "shown": picture.has_panels }),
            )?;
        }
        // A camera's frame is seen between the panels, so the view depends on whether there are any.
        if (before.camera, before.has_panels) != (wanted.camera, wanted.has_panels) {
            let camera = format!("/Plant/Cameras/{}", picture.camera);
            command(ana, &json!({ "command": "go_to_camera", "prim": camera }))?;
        }
        match picture.selected {
            _ if before.selected == wanted.selected => {}
            Some(prim) => command(ana, &json!({ "command": "select_prim", "prim": prim }))?,
            None => command(ana, &json!({ "command": "clear_selection" }))?,
        }
        if let Some(secs) = picture.secs_ago {
            let view = until("the time", || ask(ana, "gemba.view", &Value::Null))?;
            let now = view["timeline"]["at_millis"]
                .as_i64()
                .context("the viewer has no timeline")?;
            let back = json!({ "command": "set_timeline", "at_millis": now - secs * 1_000, "speed": 0.0 });
            command(ana, &back)?;
        } else if before.is_past {
            command(ana, &json!({ "command": "go_live" }))?;
        }
        until("the view", || {
            Ok(ask(ana, "gemba.view", &Value::Null)?
                .filter(|view| view["is_under_way"] == false && view["is_whole"] == true))
        })?;
        Ok(())
    }

    /// Ana and Ben meet in a room of a relay's; Ben points at a pump, and leaves a note on it.
    fn meet(&mut self) -> Result<()> {
        let relay = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
        let data = self.folder.join("relay");
        if data.exists() {
            std::fs::remove_dir_all(&data)?;
        }
        let mut run = Command::new(&self.gemba);
        run.args(["relay", "--listen", &relay.to_string(), "--data"])
            .arg(&data);
        self.meeting.push(Running::start(&mut run)?);
        until("the relay", || Ok(TcpStream::connect(relay).ok()))?;
        let ben = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
        let small = ["--no-panels", "--quality", "lowest", "--size", "64x36"];
        let key = self.folder.join("ben.pem");
        self.meeting
            .push(open(&self.gemba, &self.url, ben, &key, &small)?);
        for (who, name, role) in [(self.ana, "Ana", "host"), (ben, "Ben", "editor")] {
            let link = self.link(&data, role)?;
            let key = json!({ "command": "session", "do": "join", "link": link, "name": name });
            command(who, &key)?;
        }
        command(
            ben,
            &json!({ "command": "set_view", "eye_m": BEN_EYE_M, "target_m": BEN_TARGET_M }),
        )?;
        command(ben, &json!({ "command": "select_prim", "prim": SHOWN }))?;
        until("Ben with Ana", || {
            Ok(ask(ben, "gemba.session", &Value::Null)?
                .filter(|session| session["others"][0]["name"] == "Ana"))
        })?;
        for deed in [
            json!({ "do": "point", "for_millis": 3_600_000 }),
            json!({ "do": "annotate", "text": "Bearing 1 runs hot: grease it today" }),
            json!({ "do": "say", "text": "This one", "links_selection": true }),
        ] {
            let mut deed = deed;
            deed["command"] = json!("session");
            command(ben, &deed)?;
        }
        let seen = until("Ben as Ana sees him", || {
            Ok(ask(self.ana, "gemba.session", &Value::Null)?.filter(|session| {
                session["others"][0]["shown"]["is_pinging"] == true
                    && session["annotations"][0]["by"] == "Ben"
            }))
        })?;
        let note = &seen["annotations"][0]["annotation"];
        command(
            self.ana,
            &json!({ "command": "session", "do": "open_note", "annotation": note }),
        )
    }

    /// A join link for one person.
    fn link(&self, data: &Path, role: &str) -> Result<String> {
        let made = Command::new(&self.gemba)
            .args(["token", "--room", "plant", "--role", role, "--data"])
            .arg(data)
            .output()
            .context("no join link is made")?;
        String::from_utf8_lossy(&made.stdout)
            .split_whitespace()
            .find(|word| word.starts_with("gemba://"))
            .map(str::to_owned)
            .with_context(|| format!("no join link: {}", String::from_utf8_lossy(&made.stderr)))
    }
}

/// Whether the plant is in the state that the story tells.
fn is_told(story: Story, values: &Value, limits: &Value) -> bool {
    let Some(twin) = story.worn() else {
        let rows = values.as_array().map_or(&[][..], Vec::as_slice);
        let good = rows.iter().filter(|row| row["quality"] == "good").count();
        return !rows.is_empty() && good * 50 >= rows.len() * 49;
    };
    limits.as_array().is_some_and(|rows| {
        rows.iter().any(|row| {
            row["twin"] == twin && row["label"].as_str().is_some_and(|it| it.contains("temperature"))
        })
    })
}

/// A viewer with the plant open, whose person has the key in `key`.
fn open(gemba: &Path, url: &str, remote: SocketAddr, key: &Path, args: &[&str]) -> Result<Running> {
    let mut viewer = Command::new(gemba);
    viewer
        .current_dir(crate::root())
        .args(["view", PLANT, "--headless", "--remote", &remote.to_string()])
        .args(["--set-connection", &format!("plant={url}")])
        .arg("--session-key")
        .arg(key)
        .args(args);
    let viewer = Running::start(&mut viewer)?;
    until("the plant", || {
        Ok(ask(remote, "gemba.load", &Value::Null)?.filter(|load| load["state"] == "ready"))
    })?;
    Ok(viewer)
}

fn command(remote: SocketAddr, command: &Value) -> Result<()> {
    until("the viewer", || ask(remote, "gemba.command", command)).map(drop)
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
