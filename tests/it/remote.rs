//! Remote control over HTTP, on an app without a renderer: what a script can ask, do and be told.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    thread,
    time::Duration,
};

use bevy::{prelude::*, time::TimeUpdateStrategy};
use gemba::{
    GembaCorePlugins,
    remote::{RemoteControlPlugin, RemoteError},
    visual::PlantMaterial,
};
use serde_json::{Value, json};

/// A floor with its top at 0, a step of 0.3 m from x = 1 to 3, and a wall at x = 5.
const YARD: &str = r#"#usda 1.0
(
    defaultPrim = "Yard"
    metersPerUnit = 1
    upAxis = "Y"
)
def Xform "Yard"
{
    def Cube "Floor" (prepend references = @./missing.usda@)
    {
        double size = 1
        double3 xformOp:translate = (0, -0.5, 0)
        float3 xformOp:scale = (40, 1, 40)
        uniform token[] xformOpOrder = ["xformOp:translate", "xformOp:scale"]
    }
    def Cube "Step"
    {
        double size = 1
        double3 xformOp:translate = (2, 0.15, 0)
        float3 xformOp:scale = (2, 0.3, 40)
        uniform token[] xformOpOrder = ["xformOp:translate", "xformOp:scale"]
    }
    def Cube "Wall"
    {
        double size = 1
        double3 xformOp:translate = (5.1, 1.5, 0)
        float3 xformOp:scale = (0.2, 3, 40)
        uniform token[] xformOpOrder = ["xformOp:translate", "xformOp:scale"]
    }
}
"#;

struct Viewer {
    app: App,
    addr: SocketAddr,
    _folder: tempfile::TempDir,
    plant: PathBuf,
}

impl Viewer {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let plant = folder.path().join("yard.usda");
        std::fs::write(&plant, YARD).expect("written");
        let mut app = App::new();
        app.add_plugins((MinimalPlugins, AssetPlugin::default(), TransformPlugin))
            .init_asset::<Mesh>()
            .init_asset::<Image>()
            .init_asset::<Shader>()
            .init_asset::<StandardMaterial>();
        if !app.world().contains_resource::<Assets<PlantMaterial>>() {
            app.init_asset::<PlantMaterial>();
        }
        let remote =
            RemoteControlPlugin::bind("127.0.0.1:0".parse().expect("an address")).expect("a free port");
        let addr = remote.local_addr();
        app.add_plugins((GembaCorePlugins, remote))
            .insert_resource(TimeUpdateStrategy::ManualDuration(Duration::from_millis(20)));
        app.finish();
        app.cleanup();
        app.update();
        Self {
            app,
            addr,
            _folder: folder,
            plant,
        }
    }

    /// Sends `body` and runs frames until the answer is there.
    fn post(&mut self, body: String) -> (String, Value) {
        let addr = self.addr;
        let ask = move || {
            let mut stream = TcpStream::connect(addr).expect("connected");
            let head = format!(
                "POST / HTTP/1.1\r\nHost: {addr}\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            stream
                .write_all(format!("{head}{body}").as_bytes())
                .expect("sent");
            let mut answer = String::new();
            stream.read_to_string(&mut answer).expect("answered");
            answer
        };
        let client = thread::Builder::new()
            .name("test-client".to_owned())
            .spawn(ask)
            .expect("a thread");
        for _ in 0..20_000 {
            self.app.update();
            if client.is_finished() {
                break;
            }
            thread::sleep(Duration::from_micros(500));
        }
        let answer = client.join().expect("a client");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        (
            head.lines().next().unwrap_or_default().to_owned(),
            serde_json::from_str(body).unwrap_or_default(),
        )
    }

    fn call(&mut self, method: &str, params: Value) -> Value {
        let request = json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params });
        let (status, answer) = self.post(request.to_string());
        assert_eq!(status, "HTTP/1.1 200 OK");
        assert_eq!(answer["id"], 7);
        answer
    }

    fn get(&mut self, method: &str) -> Value {
        let answer = self.call(method, Value::Null);
        assert!(answer.get("error").is_none(), "{answer}");
        answer["result"].clone()
    }

    fn command(&mut self, command: Value) {
        let answer = self.call("gemba.command", command);
        assert_eq!(answer["result"], Value::Null, "{answer}");
        assert!(answer.get("error").is_none(), "{answer}");
    }

    fn wait(&mut self, what: &str, is_done: impl Fn(&mut Self) -> bool) {
        for _ in 0..2_000 {
            if is_done(self) {
                return;
            }
            thread::sleep(Duration::from_millis(1));
        }
        panic!("waited in vain for {what}");
    }

    fn open(&mut self) {
        assert_eq!(self.get("gemba.load")["state"], "idle");
        let file = self.plant.clone();
        self.command(json!({ "command": "open_plant", "file": file }));
        self.wait("the plant", |viewer| viewer.get("gemba.load")["state"] == "ready");
        self.wait("the pick tree", |viewer| {
            viewer.get("gemba.view")["can_meet_plant"] == true
        });
    }

    fn walk_forward(&mut self, secs: f64) -> [f64; 3] {
        self.command(json!({ "command": "walk", "forward_m_per_s": 1.5, "for_secs": secs }));
        self.wait("the walk", |viewer| {
            viewer.get("gemba.view")["is_under_way"] == false
        });
        let eye = self.get("gemba.view")["eye_m"].clone();
        serde_json::from_value(eye).expect("three numbers")
    }
}

#[test]
fn a_script_opens_a_plant_selects_and_walks_until_a_wall() {
    let mut viewer = Viewer::start();
    viewer.open();
    assert_eq!(viewer.get("gemba.load")["prims"], 4);
    let issues = viewer.get("gemba.issues");
    assert!(
        issues.to_string().contains("missing.usda"),
        "the missing reference is told: {issues}"
    );

    viewer.command(json!({ "command": "select_prim", "prim": "/Yard/Step" }));
    assert_eq!(viewer.get("gemba.view")["selected"], "/Yard/Step");

    viewer.command(json!({ "command": "set_view", "eye_m": [-3, 1.7, 0], "target_m": [0, 1.7, 0] }));
    let [x, y, _] = viewer.walk_forward(3.4);
    assert!(
        (x - 2.1).abs() < 0.1 && (y - 2.0).abs() < 0.01,
        "on the step, at ({x}, {y})"
    );
    let [x, y, _] = viewer.walk_forward(8.0);
    assert!(
        (x - 4.7).abs() < 0.02 && (y - 1.7).abs() < 0.01,
        "at the wall, at ({x}, {y})"
    );
    assert_eq!(viewer.get("gemba.view")["navigation"], "walk");
}

#[test]
fn the_eye_flies_to_a_prim_and_home() {
    let mut viewer = Viewer::start();
    viewer.open();
    let home = viewer.get("gemba.view")["eye_m"].clone();
    viewer.command(json!({ "command": "focus_prim", "prim": "/Yard/Step" }));
    viewer.wait("the flight", |viewer| {
        viewer.get("gemba.view")["is_under_way"] == false
    });
    let view = viewer.get("gemba.view");
    assert_ne!(view["eye_m"], home);
    viewer.command(json!({ "command": "go_home" }));
    viewer.wait("the flight", |viewer| {
        viewer.get("gemba.view")["is_under_way"] == false
    });
    assert_eq!(viewer.get("gemba.view")["eye_m"], home);
}

#[test]
fn what_makes_no_sense_is_an_error_that_says_so() {
    let mut viewer = Viewer::start();
    let message = |answer: &Value| answer["error"]["message"].as_str().unwrap_or_default().to_owned();
    for (params, hint) in [
        (json!({ "command": "dance" }), "dance"),
        (json!({ "command": "select_prim" }), "prim"),
        (
            json!({ "command": "select_prim", "prim": "relative" }),
            "starts with",
        ),
        (
            json!({ "command": "select_prim", "prim": "/No/Such" }),
            "/No/Such",
        ),
        (Value::Null, "command"),
    ] {
        let answer = viewer.call("gemba.command", params);
        assert_eq!(answer["error"]["code"], -32602, "{answer}");
        assert!(message(&answer).contains(hint), "`{hint}` in {answer}");
    }
    assert_eq!(
        viewer.call("gemba.twins", json!({ "x": 1 }))["error"]["code"],
        -32602
    );
    assert_eq!(viewer.call("gemba.no_such", Value::Null)["error"]["code"], -32601);
    assert_eq!(
        viewer.call("world.despawn_entity", json!({ "entity": 0 }))["error"]["code"],
        -32601
    );
    assert_eq!(
        viewer.call("gemba.screenshot", json!({ "file": "x.png" }))["error"]["code"],
        -32603
    );
    assert_eq!(
        viewer.call("gemba.screenshot", json!({ "fle": "x.png" }))["error"]["code"],
        -32602
    );
    assert_eq!(viewer.post("not json".to_owned()).1["error"]["code"], -32700);
    assert_eq!(
        viewer.post("{\"method\": \"gemba.load\"}".to_owned()).1["error"]["code"],
        -32600
    );
}

#[test]
fn lists_are_there_without_a_twin_layer_and_batches_are_answered_in_order() {
    let mut viewer = Viewer::start();
    viewer.open();
    for method in ["gemba.twins", "gemba.points", "gemba.values", "gemba.links"] {
        assert_eq!(viewer.get(method), json!([]), "{method}");
    }
    let frame = viewer.get("gemba.frame");
    assert_eq!(frame["plant_entities"], 3, "{frame}");
    assert!(frame["count"].as_u64().expect("a count") > 1, "{frame}");
    assert!(
        frame["cpu_millis"]["p99"].as_f64() >= frame["cpu_millis"]["mean"].as_f64(),
        "{frame}"
    );
    let request = |id: u8, method: &str| json!({ "jsonrpc": "2.0", "id": id, "method": method });
    let batch = json!([request(1, "gemba.load"), request(2, "gemba.twins")]);
    let (_, answers) = viewer.post(batch.to_string());
    assert_eq!((&answers[0]["id"], &answers[1]["id"]), (&json!(1), &json!(2)));
}

#[test]
fn only_this_machine_and_free_ports_are_served() {
    let bind = |addr: &str| RemoteControlPlugin::bind(addr.parse().expect("an address")).err();
    assert!(matches!(bind("0.0.0.0:0"), Some(RemoteError::NotLoopback { .. })));
    assert!(matches!(
        bind("192.168.1.5:80"),
        Some(RemoteError::NotLoopback { .. })
    ));
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let addr = taken.local_addr().expect("an address").to_string();
    assert!(matches!(bind(&addr), Some(RemoteError::Bind { .. })));
}
