//! The app without a renderer, and a script that speaks to it over HTTP: frames run only while an answer is awaited, so
//! a walk of a minute takes as long as its frames do.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    thread,
    time::Duration,
};

use bevy::{prelude::*, time::TimeUpdateStrategy};
use gemba::{
    GembaCorePlugins,
    remote::RemoteControlPlugin,
    telemetry::{Now, Telemetry},
    visual::PlantMaterial,
};
use gemba_model::{Quality, Sample, TagId};
use serde_json::{Value, json};

/// An app without a renderer, steered over HTTP; its time goes on by 20 ms a frame.
pub(crate) struct Viewer {
    app: App,
    addr: SocketAddr,
}

impl Viewer {
    pub(crate) fn start() -> Self {
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
        Self { app, addr }
    }

    /// Gives the app a resource before the next frame.
    pub(crate) fn insert(&mut self, resource: impl Resource) {
        self.app.insert_resource(resource);
    }

    /// A sample of a tag, as if it had just arrived.
    pub(crate) fn publish(&mut self, tag: u32, number: f64) {
        let world = self.app.world();
        let sample = Sample {
            value: Some(gemba_model::Value::Number(number)),
            quality: Quality::Good,
            source_time: None,
            recv_time: world.resource::<Now>().0,
        };
        let table = world.resource::<Telemetry>().table().expect("a plant is bound");
        table.publish(TagId(tag), sample);
    }

    /// Sends `body` and runs frames until the answer is there.
    pub(crate) fn post(&mut self, body: String) -> (String, Value) {
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

    pub(crate) fn call(&mut self, method: &str, params: Value) -> Value {
        let request = json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params });
        let (status, answer) = self.post(request.to_string());
        assert_eq!(status, "HTTP/1.1 200 OK");
        assert_eq!(answer["id"], 7);
        answer
    }

    pub(crate) fn get(&mut self, method: &str) -> Value {
        let answer = self.call(method, Value::Null);
        assert!(answer.get("error").is_none(), "{answer}");
        answer["result"].clone()
    }

    pub(crate) fn command(&mut self, command: Value) {
        let answer = self.call("gemba.command", command);
        assert_eq!(answer["result"], Value::Null, "{answer}");
        assert!(answer.get("error").is_none(), "{answer}");
    }

    pub(crate) fn wait(&mut self, what: &str, is_done: impl Fn(&mut Self) -> bool) {
        for _ in 0..2_000 {
            if is_done(self) {
                return;
            }
            thread::sleep(Duration::from_millis(1));
        }
        panic!("waited in vain for {what}");
    }

    pub(crate) fn open(&mut self, plant: &Path) {
        assert_eq!(self.get("gemba.load")["state"], "idle");
        self.command(json!({ "command": "open_plant", "file": plant }));
        self.wait("the plant", |viewer| viewer.get("gemba.load")["state"] == "ready");
        self.wait("the pick tree", |viewer| {
            viewer.get("gemba.view")["can_meet_plant"] == true
        });
    }

    pub(crate) fn walk_forward(&mut self, secs: f64) -> [f64; 3] {
        self.command(json!({ "command": "walk", "forward_m_per_s": 1.5, "for_secs": secs }));
        self.wait("the walk", |viewer| {
            viewer.get("gemba.view")["is_under_way"] == false
        });
        let eye = self.get("gemba.view")["eye_m"].clone();
        serde_json::from_value(eye).expect("three numbers")
    }
}
