//! The binary as a person runs it, against mosquitto: the broker dies under it and comes back.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpStream},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};

use crate::process::{Running, START_WITHIN, ask, command, free_port, program, until};

/// Longest `staleAfter` of the sample plant's points, and the time a busy machine may take to show it.
const STALE_WITHIN: Duration = Duration::from_secs(60);

fn start_broker(program: &Path, folder: &Path, port: u16) -> Running {
    let config = folder.join("mosquitto.conf");
    std::fs::write(
        &config,
        format!("listener {port} 127.0.0.1\nallow_anonymous true\n"),
    )
    .expect("its configuration");
    let mut broker = Command::new(program);
    broker
        .arg("-c")
        .arg(config)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let broker = Running(broker.spawn().expect("mosquitto starts"));
    until(Duration::from_secs(20), "mosquitto listens", || {
        TcpStream::connect((Ipv4Addr::LOCALHOST, port))
            .is_ok()
            .then_some(())
    });
    broker
}

/// How many points have `quality`, of how many.
fn with_quality(remote: SocketAddr, quality: &str) -> Option<(usize, usize)> {
    let values = ask(remote, "gemba.values", &Value::Null)?;
    let rows = values.as_array()?;
    Some((
        rows.iter().filter(|row| row["quality"] == quality).count(),
        rows.len(),
    ))
}

fn link_state(remote: SocketAddr) -> Option<String> {
    Some(
        ask(remote, "gemba.links", &Value::Null)?[0]["state"]
            .as_str()?
            .to_owned(),
    )
}

#[test]
fn values_turn_stale_when_the_broker_dies_and_live_again_when_it_returns() {
    let Some(mosquitto) = program("mosquitto", "the viewer through an outage of its broker") else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let (broker_port, remote_port) = (free_port(), free_port());
    let url = format!("mqtt://127.0.0.1:{broker_port}");
    let remote = SocketAddr::from((Ipv4Addr::LOCALHOST, remote_port));
    let gemba = env!("CARGO_BIN_EXE_gemba");
    let plant = "scenes/pumphouse/plant.usda";

    let broker = start_broker(&mosquitto, folder.path(), broker_port);
    let _plant = Running(
        Command::new(gemba)
            .args(["sim", "--url", &url])
            .stderr(Stdio::null())
            .spawn()
            .expect("the simulator"),
    );
    let mut viewer = Command::new(gemba);
    viewer
        .arg("view")
        .arg(plant)
        .args(["--headless", "--size", "320x180", "--remote", &remote.to_string()]);
    let viewer = viewer
        .args(["--set-connection", &format!("plant={url}")])
        .stderr(Stdio::null());
    let mut viewer = Running(viewer.spawn().expect("the viewer"));

    let all_good = || with_quality(remote, "good").filter(|(good, all)| *all > 30 && good * 10 >= all * 9);
    let (_, all) = until(START_WITHIN, "the values are good", all_good);

    drop(broker);
    let all_stale = || with_quality(remote, "stale").filter(|(stale, all)| stale == all);
    until(STALE_WITHIN, "every value is stale without the broker", all_stale);
    let shown = until(STALE_WITHIN, "the link says that it waits", || {
        link_state(remote).filter(|state| state != "live")
    });
    assert!(!shown.is_empty());

    let _broker = start_broker(&mosquitto, folder.path(), broker_port);
    let (_, again) = until(
        START_WITHIN,
        "the values are good again without a restart",
        all_good,
    );
    assert_eq!(all, again);

    command(remote, &json!({ "command": "quit" }));
    let status = viewer.end(START_WITHIN);
    assert!(status.success(), "the viewer ended with {status}");
}
