//! Three people in one plant: real viewers without a renderer, steered over HTTP, and a real relay between them.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use gemba::session::SessionIdentity;
use gemba_relay::{ClientIdentity, Grant, Relay, RelayConfig};
use gemba_session::{Role, RoomName, operation::Name};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::scripted::Viewer;

const PATIENCE: Duration = Duration::from_secs(60);

const YARD: &str = r#"#usda 1.0
(
    defaultPrim = "Yard"
    metersPerUnit = 1
    upAxis = "Y"
)
def Xform "Yard"
{
    def Cube "Tank" (prepend apiSchemas = ["GembaTwinAPI", "GembaPointAPI:level"])
    {
        double size = 2
        uniform token gemba:twin:id = "TK-1"
        string gemba:point:level:source = "plant:yard/tank#/level_m"
        token gemba:point:level:unit = "m"
        double gemba:point:level:staleAfter = 600
    }
    def Cube "Pump"
    {
        double size = 1
        double3 xformOp:translate = (6, 0, 0)
        uniform token[] xformOpOrder = ["xformOp:translate"]
    }
}
"#;

fn relay(listen: SocketAddr, data: &Path) -> Relay {
    Relay::start(RelayConfig::new(listen, data.to_owned())).expect("the relay starts")
}

/// A plant, and a relay that keeps its rooms in the same folder.
fn yard() -> (TempDir, PathBuf, Relay) {
    let folder = tempfile::tempdir().expect("a folder");
    let plant = folder.path().join("yard.usda");
    std::fs::write(&plant, YARD).expect("written");
    // Nobody listens there: values come from the test alone.
    let connections = "[connection.plant]\nurl = \"mqtt://127.0.0.1:9\"\n";
    std::fs::write(folder.path().join("gemba.toml"), connections).expect("written");
    let running = relay(
        "127.0.0.1:0".parse().expect("an address"),
        &folder.path().join("relay"),
    );
    (folder, plant, running)
}

fn link(relay: &Relay, role: Role) -> String {
    let grant = Grant {
        room: RoomName::new("yard").expect("a name"),
        role,
        name: Name::default(),
        lasts: Duration::from_secs(3_600),
        clients: 1,
    };
    let address = relay.address();
    let (_, link) = relay
        .identity()
        .join_link(grant, &address.ip().to_string(), address.port())
        .expect("a link");
    link.to_string()
}

/// A viewer with `plant` open that is in the room as `name`.
fn joined(plant: &Path, link: &str, name: &str) -> Viewer {
    let mut viewer = Viewer::start();
    viewer.insert(SessionIdentity::of(ClientIdentity::generate().expect("a key")));
    viewer.open(plant);
    session(&mut viewer, json!({ "do": "join", "link": link, "name": name }));
    until(&mut [&mut viewer], "in the room", |seen| {
        seen[0]["phase"] == "joined"
    });
    viewer
}

/// A command that concerns the session.
fn session(viewer: &mut Viewer, mut command: Value) {
    command["command"] = json!("session");
    viewer.command(command);
}

/// Runs all viewers until what they show of the session is so.
fn until(viewers: &mut [&mut Viewer], what: &str, is_so: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    let started = Instant::now();
    loop {
        let seen: Vec<Value> = viewers
            .iter_mut()
            .map(|viewer| viewer.get("gemba.session"))
            .collect();
        if is_so(&seen) {
            return seen;
        }
        assert!(started.elapsed() < PATIENCE, "in vain for {what}: {seen:#?}");
    }
}

fn eye(viewer: &mut Viewer) -> [f64; 3] {
    serde_json::from_value(viewer.get("gemba.view")["eye_m"].clone()).expect("three numbers")
}

fn distance(one: [f64; 3], other: &Value) -> f64 {
    let other: [f64; 3] = serde_json::from_value(other.clone()).unwrap_or([f64::MAX; 3]);
    one.iter()
        .zip(other)
        .map(|(a, b)| (a - b).powi(2))
        .sum::<f64>()
        .sqrt()
}

fn look(viewer: &mut Viewer, eye_m: [f64; 3]) {
    viewer.command(json!({ "command": "set_view", "eye_m": eye_m, "target_m": [0, 0, 0] }));
}

#[test]
fn three_people_see_each_other_point_follow_and_leave_notes() {
    let folder = tempfile::tempdir().expect("a folder");
    let plant = folder.path().join("yard.usda");
    std::fs::write(&plant, YARD).expect("written");
    let data = folder.path().join("relay");
    let running = relay("127.0.0.1:0".parse().expect("an address"), &data);
    let (for_ana, for_ben, for_cleo) = (
        link(&running, Role::Host),
        link(&running, Role::Editor),
        link(&running, Role::Viewer),
    );
    let mut ana = joined(&plant, &for_ana, "Ana");
    let mut ben = joined(&plant, &for_ben, "Ben");

    // They see each other where they are, what they have selected and what they point at.
    look(&mut ben, [4.0, 1.7, 5.0]);
    ben.command(json!({ "command": "select_prim", "prim": "/Yard/Pump" }));
    session(&mut ben, json!({ "do": "point", "for_millis": 600_000 }));
    until(&mut [&mut ana, &mut ben], "Ben where he is", |seen| {
        let ben = &seen[0]["others"][0];
        ben["name"] == "Ben"
            && distance([4.0, 1.7, 5.0], &ben["shown"]["head_m"]) < 0.01
            && ben["selected"] == json!(["/Yard/Pump"])
            && ben["shown"]["is_pinging"] == true
            && distance([6.0, 0.0, 0.0], &ben["shown"]["points_at_m"]) < 0.05
    });

    // What is said and noted is there for both, and for one who comes later.
    session(
        &mut ben,
        json!({ "do": "say", "text": "Look at this", "links_selection": true }),
    );
    session(&mut ben, json!({ "do": "annotate", "text": "The seal leaks" }));
    let both = until(&mut [&mut ana, &mut ben], "note and words", |seen| {
        seen.iter()
            .all(|seen| seen["chat"][0]["text"] == "Look at this" && seen["annotations"][0]["by"] == "Ben")
    });
    assert_eq!(both[0]["chat"][0]["prims"], json!(["/Yard/Pump"]));
    let note = both[0]["annotations"][0]["annotation"].clone();
    session(
        &mut ana,
        json!({ "do": "reply", "annotation": note, "text": "Since Monday" }),
    );
    let mut cleo = joined(&plant, &for_cleo, "Cleo");
    let all = until(&mut [&mut ana, &mut ben, &mut cleo], "the same room", |seen| {
        seen.iter().all(|each| {
            each["annotations"][0]["replies"][0]["by"] == "Ana"
                && each["seq"] == seen[0]["seq"]
                && each["in_flight"] == 0
                && each["others"].as_array().is_some_and(|others| others.len() == 2)
        })
    });
    for late in [1, 2] {
        for field in ["chat", "annotations", "seq"] {
            assert_eq!(all[0][field], all[late][field], "{field}");
        }
    }

    // A viewer may not annotate, and is told so; nothing of it stays.
    cleo.command(json!({ "command": "select_prim", "prim": "/Yard/Tank" }));
    session(&mut cleo, json!({ "do": "annotate", "text": "I was here" }));
    let refused = until(&mut [&mut cleo], "the refusal", |seen| {
        !seen[0]["notice"].is_null()
    });
    assert!(
        refused[0]["notice"]
            .as_str()
            .is_some_and(|said| said.contains("viewer may not annotate"))
    );
    assert_eq!(refused[0]["annotations"].as_array().map(Vec::len), Some(1));

    // Ben sees with Ana's eyes until he moves by himself.
    session(&mut ben, json!({ "do": "follow", "person": all[0]["you"] }));
    look(&mut ana, [-3.0, 2.5, 4.0]);
    let started = Instant::now();
    while distance(eye(&mut ben), &json!([-3.0, 2.5, 4.0])) > 0.02 {
        assert!(started.elapsed() < PATIENCE, "Ben follows: {:?}", eye(&mut ben));
        ana.get("gemba.view");
    }
    look(&mut ben, [9.0, 2.0, 9.0]);
    until(&mut [&mut ben], "Ben solo", |seen| seen[0]["following"].is_null());
    assert!(
        distance(eye(&mut ben), &json!([9.0, 2.0, 9.0])) < 1e-6,
        "nobody is led against their will"
    );

    // Ana brings everyone to where she stands.
    session(&mut ana, json!({ "do": "bring_everyone" }));
    let started = Instant::now();
    while [&mut ben, &mut cleo]
        .into_iter()
        .any(|who| distance(eye(who), &json!([-3.0, 2.5, 4.0])) > 0.02)
    {
        assert!(
            started.elapsed() < PATIENCE,
            "all come: {:?} {:?}",
            eye(&mut ben),
            eye(&mut cleo)
        );
        ana.get("gemba.view");
    }

    // The relay stops: the plant and the room stay, and what is done meanwhile is sent once it is back.
    let address = running.address();
    running.stop();
    until(&mut [&mut ana, &mut ben], "offline", |seen| {
        seen.iter()
            .all(|seen| seen["phase"] == "offline" && seen["annotations"][0]["by"] == "Ben")
    });
    assert_eq!(ben.get("gemba.load")["state"], "ready");
    session(
        &mut ben,
        json!({ "do": "reply", "annotation": note, "text": "Written offline" }),
    );
    let _running = relay(address, &data);
    let back = until(&mut [&mut ana, &mut ben], "back with the answer", |seen| {
        seen.iter().all(|seen| {
            seen["phase"] == "joined" && seen["annotations"][0]["replies"][1]["text"] == "Written offline"
        })
    });
    assert_eq!(
        back[0]["annotations"][0]["replies"].as_array().map(Vec::len),
        Some(2),
        "once"
    );
}

/// A plane that cuts away what lies higher than this.
fn lid(height_m: f64) -> Value {
    json!([{ "normal": [0.0, 1.0, 0.0], "offset_m": height_m }])
}

/// Runs all viewers until the last one's view is so.
fn until_view(viewers: &mut [&mut Viewer], what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let started = Instant::now();
    loop {
        let views: Vec<Value> = viewers
            .iter_mut()
            .map(|viewer| viewer.get("gemba.view"))
            .collect();
        if let Some(view) = views.last().filter(|view| is_so(view)) {
            return view.clone();
        }
        assert!(started.elapsed() < PATIENCE, "in vain for {what}: {views:#?}");
    }
}

#[test]
fn who_presents_shows_section_and_isolation_and_nobody_is_held() {
    let (_folder, plant, running) = yard();
    let mut ana = joined(&plant, &link(&running, Role::Host), "Ana");
    let mut ben = joined(&plant, &link(&running, Role::Editor), "Ben");
    ben.command(json!({ "command": "isolate", "prims": ["/Yard/Pump"] }));
    until_view(&mut [&mut ben], "the pump alone", |view| {
        view["entities_shown"] == 1
    });

    // Ana cuts before she presents, and moves the cut while she does.
    ana.command(json!({ "command": "set_section", "planes": lid(0.25) }));
    session(&mut ana, json!({ "do": "present", "on": true }));
    let both = &mut [&mut ana, &mut ben];
    until_view(both, "what Ana shows", |view| {
        view["section"] == lid(0.25) && view["isolated"] == json!([]) && view["entities_shown"] == 2
    });
    ana.command(json!({ "command": "isolate", "prims": ["/Yard/Tank"] }));
    // The pump's top is at half a metre: a lid lower than its foot leaves nothing of it.
    ana.command(json!({ "command": "set_section", "planes": lid(-0.75) }));
    let both = &mut [&mut ana, &mut ben];
    until_view(both, "the cut moved", |view| {
        view["section"] == lid(-0.75)
            && view["isolated"] == json!(["/Yard/Tank"])
            && view["entities_shown"] == 1
    });

    // Whoever cuts on their own is on their own, until they take up the shared view again.
    ben.command(json!({ "command": "set_section", "planes": lid(3.0) }));
    until(&mut [&mut ana, &mut ben], "Ben told so", |seen| {
        seen[1]["shared"]["led_by"].is_null()
            && seen[1]["notice"]
                .as_str()
                .is_some_and(|said| said.contains("on your own"))
    });
    ana.command(json!({ "command": "set_section", "planes": [] }));
    until(&mut [&mut ana, &mut ben], "the room whole", |seen| {
        seen.iter().all(|seen| seen["shared"]["cuts"] == 0)
    });
    assert_eq!(ben.get("gemba.view")["section"], lid(3.0));
    session(&mut ben, json!({ "do": "detach", "on": false }));
    let both = &mut [&mut ana, &mut ben];
    until_view(both, "Ana's view again", |view| {
        view["section"] == json!([]) && view["isolated"] == json!(["/Yard/Tank"])
    });

    // Afterwards Ben has what he had before he took it up.
    session(&mut ana, json!({ "do": "present", "on": false }));
    let both = &mut [&mut ana, &mut ben];
    until_view(both, "Ben's own view", |view| view["section"] == lid(3.0));

    // The time that Ana shows is the time that Ben sees, each from what their own viewer has recorded.
    for level_m in [1.0, 2.0, 3.0] {
        for viewer in [&mut ana, &mut ben] {
            // A sample has the time of the last frame.
            viewer.get("gemba.load");
            viewer.publish(0, level_m);
            viewer.get("gemba.load");
        }
        std::thread::sleep(Duration::from_millis(400));
    }
    let level = |viewer: &mut Viewer| viewer.get("gemba.values")[0]["value"].clone();
    let from = ana.get("gemba.view")["timeline"]["from_millis"]
        .as_i64()
        .expect("a past");
    session(&mut ana, json!({ "do": "present", "on": true }));
    ana.command(json!({ "command": "set_timeline", "at_millis": from + 600, "speed": 0.0 }));
    let both = &mut [&mut ana, &mut ben];
    until_view(both, "the past", |view| {
        view["timeline"]["is_live"] == false && view["timeline"]["speed"] == 0.0
    });
    assert_eq!((level(&mut ana), level(&mut ben)), (json!(2.0), json!(2.0)));
    // A viewpoint keeps the time, too.
    session(&mut ana, json!({ "do": "save_viewpoint", "name": "Half full" }));
    ana.command(json!({ "command": "go_live" }));
    let both = &mut [&mut ana, &mut ben];
    until_view(both, "now", |view| view["timeline"]["is_live"] == true);
    assert_eq!((level(&mut ana), level(&mut ben)), (json!(3.0), json!(3.0)));
    ana.command(json!({ "command": "set_timeline", "at_millis": from, "speed": 0.0 }));
    let both = &mut [&mut ana, &mut ben];
    until_view(both, "the past again", |view| {
        view["timeline"]["is_live"] == false
    });
    session(&mut ana, json!({ "do": "present", "on": false }));
    until_view(&mut [&mut ben], "Ben's own time", |view| {
        view["timeline"]["is_live"] == true
    });
    ana.command(json!({ "command": "go_live" }));
    let saved = until(&mut [&mut ben, &mut ana], "the viewpoint", |seen| {
        seen.iter()
            .all(|seen| seen["viewpoints"][0]["name"] == "Half full")
    });
    let viewpoint = saved[0]["viewpoints"][0]["viewpoint"].clone();
    session(
        &mut ben,
        json!({ "do": "go_to_viewpoint", "viewpoint": viewpoint }),
    );
    until_view(&mut [&mut ben], "the time of the viewpoint", |view| {
        view["timeline"]["is_live"] == false
    });
    assert_eq!(level(&mut ben), json!(2.0));
    ben.command(json!({ "command": "set_section", "planes": lid(3.0) }));
    ben.command(json!({ "command": "go_live" }));
    session(
        &mut ana,
        json!({ "do": "delete_viewpoint", "viewpoint": viewpoint }),
    );
    until(&mut [&mut ben, &mut ana], "no viewpoint", |seen| {
        seen.iter().all(|seen| seen["viewpoints"] == json!([]))
    });

    // A viewpoint keeps all of it.
    look(&mut ben, [4.0, 1.7, 5.0]);
    session(
        &mut ben,
        json!({ "do": "save_viewpoint", "name": "Over the tank" }),
    );
    let saved = until(&mut [&mut ben, &mut ana], "the viewpoint", |seen| {
        seen.iter()
            .all(|seen| seen["viewpoints"][0]["name"] == "Over the tank")
    });
    let viewpoint = saved[0]["viewpoints"][0]["viewpoint"].clone();
    session(
        &mut ana,
        json!({ "do": "go_to_viewpoint", "viewpoint": viewpoint }),
    );
    let both = &mut [&mut ben, &mut ana];
    until_view(both, "Ben's viewpoint", |view| {
        view["section"] == lid(3.0) && distance([4.0, 1.7, 5.0], &view["eye_m"]) < 0.01
    });
    session(
        &mut ben,
        json!({ "do": "delete_viewpoint", "viewpoint": viewpoint }),
    );
    until(&mut [&mut ben, &mut ana], "no viewpoint", |seen| {
        seen.iter().all(|seen| seen["viewpoints"] == json!([]))
    });
}

#[test]
fn whoever_has_another_plant_open_is_told_so() {
    let (folder, plant, running) = yard();
    let elsewhere = folder.path().join("copy");
    std::fs::create_dir(&elsewhere).expect("a folder");
    let copy = elsewhere.join("yard.usda");
    std::fs::write(&copy, YARD).expect("written");
    let other = folder.path().join("other.usda");
    std::fs::write(&other, YARD.replace("size = 2", "size = 3")).expect("written");
    let mut ana = joined(&plant, &link(&running, Role::Host), "Ana");
    let mut ben = joined(&copy, &link(&running, Role::Viewer), "Ben");
    let mut cleo = joined(&other, &link(&running, Role::Viewer), "Cleo");
    let of = |seen: &Value, name: &str| {
        let others = seen["others"].as_array().cloned().unwrap_or_default();
        let found = others.into_iter().find(|other| other["name"] == name);
        found.unwrap_or_default()["of_another_plant"].clone()
    };
    let seen = until(&mut [&mut ana, &mut ben, &mut cleo], "Cleo told", |seen| {
        !seen[2]["other_plant"].is_null() && seen[..2].iter().all(|seen| !of(seen, "Cleo").is_null())
    });
    assert!(
        seen[2]["other_plant"]
            .as_str()
            .is_some_and(|said| said.contains("yard.usda") && said.contains("other.usda")),
        "{seen:?}"
    );
    assert!(seen[1]["other_plant"].is_null(), "a copy is the same plant");
    assert!(of(&seen[0], "Ben").is_null());

    // Cleo opens the right one, and it is over.
    cleo.command(json!({ "command": "open_plant", "file": plant }));
    until(&mut [&mut ana, &mut cleo], "all in one plant", |seen| {
        seen[1]["other_plant"].is_null() && of(&seen[0], "Cleo").is_null()
    });
    // The host turns to another plant and takes the room along.
    ana.command(json!({ "command": "open_plant", "file": other }));
    until(&mut [&mut ana], "Ana told", |seen| {
        !seen[0]["other_plant"].is_null()
    });
    session(&mut ana, json!({ "do": "adopt_plant" }));
    until(&mut [&mut ana, &mut ben], "the room about the other", |seen| {
        seen[0]["other_plant"].is_null() && !seen[1]["other_plant"].is_null()
    });
}

#[test]
fn notes_draw_change_and_are_worked_on() {
    let (_folder, plant, running) = yard();
    let mut ana = joined(&plant, &link(&running, Role::Editor), "Ana");
    let mut ben = joined(&plant, &link(&running, Role::Editor), "Ben");
    session(
        &mut ana,
        json!({
            "do": "draw", "text": "Here", "shape": "arrow", "prim": "/Yard/Pump",
            "points_m": [[6.0, 2.0, 0.0], [6.0, 0.5, 0.0]],
        }),
    );
    let line: Vec<[f64; 3]> = (0..3_000_u16)
        .map(|at| [6.5, 0.1, f64::from(at) * 1e-4])
        .collect();
    session(
        &mut ana,
        json!({ "do": "draw", "text": "", "shape": "stroke", "prim": "/Yard/Pump", "points_m": line }),
    );
    let drawn = until(&mut [&mut ana, &mut ben], "both drawings", |seen| {
        seen.iter().all(|seen| {
            seen["annotations"][0]["markup"] == "arrow" && seen["annotations"][1]["markup"] == "stroke"
        })
    });
    let arrow = drawn[0]["annotations"][0]["annotation"].clone();

    session(
        &mut ben,
        json!({ "do": "set_status", "annotation": arrow, "status": "in_progress" }),
    );
    session(
        &mut ana,
        json!({ "do": "edit", "annotation": arrow, "text": "Here, at the seal" }),
    );
    until(&mut [&mut ana, &mut ben], "the change", |seen| {
        seen.iter().all(|seen| {
            let note = &seen["annotations"][0];
            note["status"] == "InProgress" && note["text"] == "Here, at the seal"
        })
    });
    // Another's words are not Ben's to change.
    session(
        &mut ben,
        json!({ "do": "edit", "annotation": arrow, "text": "Nothing here" }),
    );
    let refused = until(&mut [&mut ben], "the refusal", |seen| {
        !seen[0]["notice"].is_null()
    });
    assert_eq!(refused[0]["annotations"][0]["text"], "Here, at the seal");

    session(
        &mut ana,
        json!({
            "do": "draw", "text": "", "shape": "arrow", "prim": "/Yard/Elsewhere",
            "points_m": [[6.0, 2.0, 0.0], [6.0, 0.5, 0.0]],
        }),
    );
    let nowhere = until(&mut [&mut ana], "where not", |seen| !seen[0]["notice"].is_null());
    assert!(
        nowhere[0]["notice"]
            .as_str()
            .is_some_and(|said| said.contains("/Yard/Elsewhere"))
    );
}

#[test]
fn a_link_that_is_none_and_a_room_that_is_none_are_said() {
    let mut viewer = Viewer::start();
    session(
        &mut viewer,
        json!({ "do": "join", "link": "https://example.com" }),
    );
    let said = until(&mut [&mut viewer], "a notice", |seen| {
        !seen[0]["notice"].is_null()
    });
    assert!(
        said[0]["notice"]
            .as_str()
            .is_some_and(|said| said.contains("no join link")),
        "{said:?}"
    );
    assert_eq!(said[0]["phase"], "none");
    session(&mut viewer, json!({ "do": "say", "text": "Anyone?" }));
    until(&mut [&mut viewer], "why not", |seen| {
        seen[0]["notice"]
            .as_str()
            .is_some_and(|said| said.contains("no room"))
    });
}
