//! Remote control over HTTP, on an app without a renderer: what a script can ask, do and be told.

use std::net::TcpListener;

use gemba::remote::{RemoteControlPlugin, RemoteError};
use serde_json::{Value, json};

use crate::scripted::Viewer;

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

fn viewer_in_the_yard() -> Viewer {
    let folder = tempfile::tempdir().expect("a folder");
    let plant = folder.path().join("yard.usda");
    std::fs::write(&plant, YARD).expect("written");
    let mut viewer = Viewer::start();
    viewer.open(&plant);
    viewer
}

#[test]
fn a_script_opens_a_plant_selects_and_walks_until_a_wall() {
    let mut viewer = viewer_in_the_yard();
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
    let mut viewer = viewer_in_the_yard();
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
    let mut viewer = viewer_in_the_yard();
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
