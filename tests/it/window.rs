//! The binary in a real window: an X server without a screen, and a mouse and keys that it cannot tell from a person's.

use std::{
    cell::Cell,
    io::{BufRead, BufReader},
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::process::{Running, START_WITHIN, ask, command, free_port, program, until};

/// One block that fills the middle of the view, wherever the panels end.
const BLOCK: &str = r#"#usda 1.0
(
    defaultPrim = "Yard"
    metersPerUnit = 1
    upAxis = "Y"
)
def Xform "Yard"
{
    def Cube "Block"
    {
        double size = 4
        color3f[] primvars:displayColor = [(0.8, 0.2, 0.1)]
    }
}
"#;

struct Desk {
    xdotool: PathBuf,
    display: String,
    remote: SocketAddr,
    window: Cell<u32>,
    viewer: Running,
    _server: Running,
}

impl Desk {
    /// An X server and the viewer on it with `plant` loaded, started with `more` and telling `said` what it says; `None` where one of the
    /// programs is missing.
    fn sit_down(plant: &Path, more: &[&str], said: Stdio) -> Option<Self> {
        const TEST: &str = "the viewer in a window";
        let (server, xdotool) = (program("Xvfb", TEST)?, program("xdotool", TEST)?);
        let mut server = Command::new(server);
        server.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1000x700x24",
            "-nolisten",
            "tcp",
        ]);
        let server = server.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut server = Running(server.expect("Xvfb starts"));
        let mut number = String::new();
        let told = server.0.stdout.take().expect("its output");
        BufReader::new(told)
            .read_line(&mut number)
            .expect("the number of its display");

        let display = format!(":{}", number.trim());
        let remote = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
        let mut viewer = Command::new(env!("CARGO_BIN_EXE_gemba"));
        viewer
            .arg("view")
            .arg(plant)
            .args(["--size", "800x500", "--quality", "low"])
            .args(more);
        viewer.args(["--remote", &remote.to_string()]);
        viewer
            .env("DISPLAY", &display)
            .env_remove("WAYLAND_DISPLAY")
            .env("XR_RUNTIME_JSON", "/nowhere.json")
            .stderr(said);
        let desk = Self {
            xdotool,
            display,
            remote,
            window: Cell::new(0),
            viewer: Running(viewer.spawn().expect("the viewer")),
            _server: server,
        };
        desk.await_view("the plant is there and can be met", |view| {
            view["can_meet_plant"] == true
        });
        let found = desk.xdotool("search --onlyvisible --name Gemba");
        desk.window.set(found.trim().parse().expect("one window"));
        // No window manager gives the focus.
        desk.xdotool(&format!("windowfocus --sync {}", desk.window.get()));
        desk.frames(2);
        Some(desk)
    }

    fn xdotool(&self, arguments: &str) -> String {
        let mut xdotool = Command::new(&self.xdotool);
        xdotool.args(arguments.split(' ')).env("DISPLAY", &self.display);
        let output = xdotool.output().expect("xdotool runs");
        assert!(output.status.success(), "xdotool {arguments}: {output:?}");
        String::from_utf8(output.stdout).expect("text")
    }

    /// What a hand does, each step seen by the viewer before the next.
    fn hand<'a>(&self, steps: impl IntoIterator<Item = &'a str>) {
        for step in steps {
            self.xdotool(step);
            self.frames(2);
        }
    }

    fn frames(&self, count: u64) {
        let now = || ask(self.remote, "gemba.frame", &Value::Null)?["count"].as_u64();
        let from = until(START_WITHIN, "the viewer counts frames", now);
        until(START_WITHIN, "frames go on", || {
            now().filter(|now| *now >= from + count)
        });
    }

    fn view(&self) -> Value {
        until(START_WITHIN, "the viewer answers", || {
            ask(self.remote, "gemba.view", &Value::Null)
        })
    }

    fn await_view(&self, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        until(START_WITHIN, what, || {
            ask(self.remote, "gemba.view", &Value::Null).filter(&is_so)
        })
    }

    fn eye(&self) -> [f64; 3] {
        serde_json::from_value(self.view()["eye_m"].clone()).expect("three numbers")
    }

    fn picture(&self, name: &Path) -> image::RgbImage {
        until(START_WITHIN, "a picture", || {
            ask(self.remote, "gemba.screenshot", &json!({ "file": name }))
        });
        image::open(name).expect("a picture").to_rgb8()
    }
}

fn distance([ax, ay, az]: [f64; 3], [bx, by, bz]: [f64; 3]) -> f64 {
    ((ax - bx).powi(2) + (ay - by).powi(2) + (az - bz).powi(2)).sqrt()
}

#[test]
fn mouse_and_keys_turn_select_and_walk_in_a_window() {
    let folder = tempfile::tempdir().expect("a folder");
    let plant = folder.path().join("block.usda");
    std::fs::write(&plant, BLOCK).expect("written");
    let Some(mut desk) = Desk::sit_down(&plant, &[], Stdio::null()) else {
        return;
    };
    let window = desk.window.get();
    command(
        desk.remote,
        &json!({ "command": "set_view", "eye_m": [0, 0, 9], "target_m": [0, 0, 0] }),
    );
    desk.await_view("the eye is there", |view| view["is_under_way"] == false);
    desk.frames(2);

    // A drag turns about what is under the cursor, the middle of the block's front, and selects nothing.
    let before = desk.eye();
    let middle = format!("mousemove --window {window} 400 250");
    let drag = [
        &middle,
        "mousedown 1",
        "mousemove_relative 60 0",
        "mousemove_relative 60 0",
        "mouseup 1",
    ];
    desk.hand(drag);
    let turned = desk.eye();
    assert!(distance(before, turned) > 1.0, "{before:?} to {turned:?}");
    let from_pivot = |eye| distance(eye, [0.0, 0.0, 2.0]);
    assert!(
        (from_pivot(before) - from_pivot(turned)).abs() < 0.01,
        "{before:?} to {turned:?}"
    );
    assert_eq!(desk.view()["selected"], Value::Null);

    // The wheel goes nearer.
    desk.hand(["click 4", "click 4"]);
    desk.await_view("nearer", |_| from_pivot(desk.eye()) < from_pivot(turned) - 0.2);

    // A click selects what it meets; the key that ends things ends it.
    desk.hand([&middle, "mousedown 1", "mouseup 1"]);
    desk.await_view("the block is selected", |view| view["selected"] == "/Yard/Block");
    desk.hand(["keydown Escape", "keyup Escape"]);
    desk.await_view("nothing is selected", |view| view["selected"].is_null());

    // A drag that begins on a panel is the panel's, and so is the wheel over it.
    let before = desk.eye();
    let on_panel = format!("mousemove --window {window} 40 300");
    desk.hand([&on_panel, "mousedown 1", "mousemove_relative 60 0", "mouseup 1"]);
    desk.hand([&*on_panel, "click 4"]);
    assert!(distance(before, desk.eye()) < 1e-9);

    // On foot by keys.
    desk.hand(["keydown 2", "keyup 2"]);
    desk.await_view("on foot", |view| view["navigation"] == "walk");
    let before = desk.eye();
    desk.hand(["keydown s", "keyup s"]);
    assert!(distance(before, desk.eye()) > 0.01);

    // The window may take another size, and the picture is of it.
    desk.hand([&*format!("windowsize {window} 640 420")]);
    let picture = desk.picture(&folder.path().join("window.png"));
    assert_eq!(picture.dimensions(), (640, 420));
    let red = picture
        .pixels()
        .filter(|pixel| pixel[0] > pixel[1].saturating_add(40))
        .count();
    assert!(red > 500, "{red} pixels of the block");

    command(desk.remote, &json!({ "command": "quit" }));
    let status = desk.viewer.end(START_WITHIN);
    assert!(status.success(), "the viewer ended with {status}");
}

/// No loader, or no runtime: the desktop opens all the same and says what is missing.
#[test]
fn without_a_headset_the_desktop_opens_and_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let (plant, log) = (folder.path().join("block.usda"), folder.path().join("log"));
    std::fs::write(&plant, BLOCK).expect("written");
    let said = std::fs::File::create(&log).expect("a file");
    let Some(mut desk) = Desk::sit_down(&plant, &["--xr"], said.into()) else {
        return;
    };
    let headset = until(START_WITHIN, "the viewer answers", || {
        ask(desk.remote, "gemba.xr", &Value::Null)
    });
    assert_eq!(headset, Value::Null);
    command(desk.remote, &json!({ "command": "quit" }));
    assert!(desk.viewer.end(START_WITHIN).success());
    let said = std::fs::read_to_string(&log).expect("text");
    assert!(
        said.contains("OpenXR") && said.contains("The plant opens on the desktop"),
        "{said}"
    );
}
