//! The first ten minutes of `docs/guide/first-ten-minutes.md`, on the bottling works with a worn bearing: the binary, a broker
//! and the simulated plant, and a script in place of the hands.

use std::{
    net::{Ipv4Addr, SocketAddr},
    process::{Command, Stdio},
    time::Duration,
};

use gemba_sources::{
    ConnectionConfig, EmbeddedBroker,
    simulator::{PlantKind, Publisher, PublisherOptions},
};
use serde_json::{Value, json};

use crate::process::{Running, START_WITHIN, ask, command, free_port, until};

const TURBINE: &str = "/Plant/Works/Utilities/Power/TG_101";
/// A busy machine draws a frame of the works in seconds.
const SEEN_WITHIN: Duration = Duration::from_secs(300);

/// A viewer, and the person who would sit before it.
struct Person {
    remote: SocketAddr,
}

impl Person {
    fn sees(&self, method: &str) -> Value {
        until(SEEN_WITHIN, method, || ask(self.remote, method, &Value::Null))
    }

    fn asks(&self, request: Value) {
        command(self.remote, &request);
    }

    /// Asks for a flight and waits for its end.
    fn flies(&self, request: Value) -> [f64; 3] {
        self.asks(request.clone());
        until(SEEN_WITHIN, &format!("the end of {request}"), || {
            (self.sees("gemba.view")["is_under_way"] == false).then_some(())
        });
        self.stands()
    }

    /// The value of a point of the turbine.
    fn reads(&self, point: &str) -> f64 {
        let values = self.sees("gemba.values");
        let row = values
            .as_array()
            .and_then(|rows| {
                rows.iter()
                    .find(|row| row["twin"] == "TG-101" && row["point"] == point)
            })
            .unwrap_or_else(|| panic!("no {point}"));
        row["value"].as_f64().unwrap_or_else(|| panic!("{row}"))
    }

    /// Waits until a point of the turbine is beyond one of `limits`.
    fn waits_for_limit(&self, point: &str, limits: &[&str]) {
        until(SEEN_WITHIN, &format!("{point} beyond {limits:?}"), || {
            let rows = self.sees("gemba.limits");
            rows.as_array()?.iter().find_map(|row| {
                let is_it = row["twin"] == "TG-101" && row["point"] == point;
                (is_it && limits.iter().any(|limit| row["limit"] == *limit)).then_some(())
            })
        });
    }

    /// Where the eye is, in metres.
    fn stands(&self) -> [f64; 3] {
        serde_json::from_value(self.sees("gemba.view")["eye_m"].clone()).expect("three numbers")
    }

    fn things_shown(&self) -> u64 {
        self.sees("gemba.view")["entities_shown"]
            .as_u64()
            .expect("a number")
    }
}

/// A wear of a minute in a quarter of it, so that the test is short; the plant's own seconds are those of the guide.
fn worn_plant(broker: &EmbeddedBroker) -> Publisher {
    let options = PublisherOptions {
        plant: PlantKind::Bottling,
        speed: 4.0,
        faults: vec!["bearing-wear@TG-101:at=10s,grow=60s".parse().expect("a fault")],
        ..PublisherOptions::default()
    };
    Publisher::start(ConnectionConfig::plain("127.0.0.1", broker.port()), options).expect("the plant runs")
}

fn viewer(url: &str, remote: SocketAddr) -> Running {
    let mut viewer = Command::new(env!("CARGO_BIN_EXE_gemba"));
    viewer
        .arg("view")
        .arg("scenes/bottling/plant.usda")
        .args(["--headless", "--size", "320x180", "--quality", "lowest"])
        .args(["--remote", &remote.to_string()])
        .args(["--set-connection", &format!("plant={url}")])
        .stderr(Stdio::null());
    Running(viewer.spawn().expect("the viewer"))
}

#[test]
fn a_person_finds_the_worn_bearing_and_sees_why() {
    let broker = EmbeddedBroker::start().expect("a broker");
    let remote = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
    let mut viewer = viewer(&broker.url(), remote);
    let person = Person { remote };
    until(START_WITHIN, "the plant is there", || {
        ask(remote, "gemba.load", &Value::Null).filter(|load| load["state"] == "ready")
    });
    let plant = worn_plant(&broker);

    minute_1_is_it_live(&person);
    minutes_2_and_3_the_bearing(&person);
    minute_4_why(&person);
    minutes_5_to_7_look_closer(&person);
    minute_8_see_inside(&person);
    what_was_seen_is_a_picture(&person);
    drop(plant);
    minute_9_trust(&person);

    person.asks(json!({ "command": "quit" }));
    let status = viewer.end(START_WITHIN);
    assert!(status.success(), "the viewer ended with {status}");
}

fn minute_1_is_it_live(person: &Person) {
    until(SEEN_WITHIN, "nearly all values are good", || {
        let values = person.sees("gemba.values");
        let rows = values.as_array()?;
        let good = rows.iter().filter(|row| row["quality"] == "good").count();
        (rows.len() >= 400 && good * 20 >= rows.len() * 19).then_some(())
    });
    assert_eq!(person.sees("gemba.links")[0]["state"], "live");
    let issues = person.sees("gemba.issues");
    let faults = issues
        .as_array()
        .expect("a list")
        .iter()
        .filter(|issue| issue["severity"] != "note");
    assert_eq!(faults.count(), 0, "a sample plant has nothing to mend: {issues}");
}

fn minutes_2_and_3_the_bearing(person: &Person) {
    person.flies(json!({ "command": "go_to_camera", "prim": "/Plant/Cameras/BoilerAndTurbineHall" }));
    // Vibration tells first; warmth follows.
    person.waits_for_limit("vibration2", &["high", "high_high"]);
    person.waits_for_limit("bearing2", &["high", "high_high"]);
}

fn minute_4_why(person: &Person) {
    person.asks(json!({ "command": "select_prim", "prim": format!("{TURBINE}/Bearing_2") }));
    until(SEEN_WITHIN, "the bearing is selected", || {
        (person.sees("gemba.view")["selected"] == format!("{TURBINE}/Bearing_2")).then_some(())
    });
    let others = ["bearing1", "bearing3", "bearing4"].map(|point| person.reads(point));
    let worn_c = person.reads("bearing2");
    assert!(worn_c >= 85.0, "{worn_c}");
    assert!(others.iter().all(|celsius| *celsius < 80.0), "{others:?}");
    let race_mm_s = person.reads("vibBpfo");
    assert!(
        race_mm_s > 1.0,
        "the tone of the outer race is heard: {race_mm_s}"
    );
}

fn minutes_5_to_7_look_closer(person: &Person) {
    let bearing = format!("{TURBINE}/Bearing_2");
    let near = person.flies(json!({ "command": "focus_prim", "prim": bearing }));
    let home = person.flies(json!({ "command": "go_home" }));
    let apart_m = near
        .iter()
        .zip(home)
        .map(|(one, other)| (one - other).powi(2))
        .sum::<f64>()
        .sqrt();
    assert!(apart_m > 20.0, "from {near:?} to {home:?}");
    let top = person.flies(json!({ "command": "look_along", "direction": [0.0, -1.0, 0.0] }));
    assert!(top[1] > home[1], "above: {top:?}");
    for shown in [true, false] {
        person.asks(json!({ "command": "show_panels", "shown": !shown }));
        person.asks(json!({ "command": "show_labels", "shown": !shown }));
        person.asks(json!({ "command": "show_edges", "shown": shown }));
        until(SEEN_WITHIN, "panels, labels and edges are as asked", || {
            let view = person.sees("gemba.view");
            let (panels, labels) = (&view["panels_shown"], &view["labels_shown"]);
            (panels == !shown && labels == !shown && view["edges_shown"] == shown).then_some(())
        });
    }
    person.flies(json!({ "command": "go_to_camera", "prim": "/Plant/Cameras/FillingLine" }));
    person.asks(json!({ "command": "set_navigation", "mode": "walk" }));
    let before = person.stands();
    person.asks(json!({ "command": "walk", "forward_m_per_s": 1.5, "for_secs": 4.0 }));
    until(SEEN_WITHIN, "one walks", || {
        let now = person.stands();
        ((now[0] - before[0]).hypot(now[2] - before[2]) > 0.5).then_some(())
    });
    person.asks(json!({ "command": "set_navigation", "mode": "orbit" }));
}

fn minute_8_see_inside(person: &Person) {
    let all = person.things_shown();
    person.asks(
        json!({ "command": "set_section", "planes": [{ "normal": [0.0, 1.0, 0.0], "offset_m": 4.0 }] }),
    );
    until(SEEN_WITHIN, "what is cut away is not drawn", || {
        (person.things_shown() * 50 < all * 49).then_some(())
    });
    person.asks(json!({ "command": "set_section", "planes": [] }));
    person.asks(json!({ "command": "isolate", "prims": [TURBINE] }));
    until(SEEN_WITHIN, "the turbine stands alone", || {
        (person.things_shown() * 10 < all).then_some(())
    });
    person.asks(json!({ "command": "show_all" }));
    until(SEEN_WITHIN, "all is shown again", || {
        // Loads come and go with their values.
        (person.things_shown() * 200 > all * 199).then_some(())
    });
}

/// The plant falls silent: nothing pretends to be good.
fn minute_9_trust(person: &Person) {
    until(SEEN_WITHIN, "what has its time is stale", || {
        let values = person.sees("gemba.values");
        let rows = values.as_array()?;
        let good = rows.iter().filter(|row| row["quality"] == "good").count();
        (good * 10 < rows.len()).then_some(())
    });
}

fn what_was_seen_is_a_picture(person: &Person) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("seen.png");
    until(SEEN_WITHIN, "a picture", || {
        ask(person.remote, "gemba.screenshot", &json!({ "file": file }))
    });
    let picture = image::open(&file).expect("a picture").to_rgb8();
    let colors: std::collections::BTreeSet<[u8; 3]> = picture.pixels().map(|pixel| pixel.0).collect();
    assert_eq!(picture.dimensions(), (320, 180));
    assert!(colors.len() > 500, "{} colours", colors.len());
}
