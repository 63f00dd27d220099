//! The binary as a person runs it, against mosquitto: the broker dies under it and comes back.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

/// Longest `staleAfter` of the sample plant's points, and the time a busy machine may take to show it.
const STALE_WITHIN: Duration = Duration::from_secs(60);
/// A loaded software renderer draws its first frame late.
const START_WITHIN: Duration = Duration::from_secs(300);

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("its number").port()
}

/// `mosquitto` where Debian puts it; the skip is written down where there is none.
fn mosquitto() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let sbin = ["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from);
    let found = std::env::split_paths(&path)
        .chain(sbin)
        .map(|dir| dir.join("mosquitto"))
        .find(|file| file.is_file());
    if found.is_none() {
        skip("the viewer through an outage of its broker: mosquitto is not installed");
    }
    found
}

fn skip(why: &str) {
    eprintln!("SKIPPED: {why}");
    if let Some(file) = std::env::var_os("GEMBA_SKIPS") {
        let mut file = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(file)
            .expect("the list of skips");
        writeln!(file, "{why}").expect("the list of skips");
    }
}

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

/// Asks again until there is an answer.
fn until<T>(limit: Duration, what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(started.elapsed() < limit, "not within {limit:?}: {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// One request of remote control; `None` while the viewer does not answer.
fn ask(remote: SocketAddr, method: &str, params: &Value) -> Option<Value> {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
    let mut stream = TcpStream::connect(remote).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    let head = format!(
        "POST / HTTP/1.1\r\nHost: {remote}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (_, body) = answer.split_once("\r\n\r\n")?;
    let answer: Value = serde_json::from_str(body).ok()?;
    assert!(
        answer.get("error").is_none_or(Value::is_null),
        "{method}: {answer}"
    );
    Some(answer["result"].clone())
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
    let Some(mosquitto) = mosquitto() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let (broker_port, remote_port) = (free_port(), free_port());
    let url = format!("mqtt://127.0.0.1:{broker_port}");
    let remote = SocketAddr::from((Ipv4Addr::LOCALHOST, remote_port));
    let gemba = env!("CARGO_BIN_EXE_gemba");
    let plant = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenes/pumphouse/plant.usda");

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

    until(START_WITHIN, "the viewer takes the command to end", || {
        ask(remote, "gemba.command", &json!({ "command": "quit" }))
    });
    let status = until(START_WITHIN, "the viewer ends", || {
        viewer.0.try_wait().expect("its state")
    });
    assert!(status.success(), "the viewer ended with {status}");
}
