//! Processes of a test: the binary as a person runs it, what it runs beside, and remote control to ask it.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, ExitStatus},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

/// A loaded software renderer draws its first frame late.
pub(crate) const START_WITHIN: Duration = Duration::from_secs(300);

/// A process that ends with the test.
pub(crate) struct Running(pub(crate) Child);

impl Running {
    /// Waits for it to end by itself.
    pub(crate) fn end(&mut self, within: Duration) -> ExitStatus {
        until(within, "the process ends", || {
            self.0.try_wait().expect("its state")
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// A port of the loopback that nobody listens on.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("its number").port()
}

/// Where `name` is, also in the folders that are on an administrator's path only. The skip of `test` is written down
/// where it is not.
pub(crate) fn program(name: &str, test: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let sbin = ["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from);
    let found = std::env::split_paths(&path)
        .chain(sbin)
        .map(|dir| dir.join(name))
        .find(|file| file.is_file());
    if found.is_none() {
        skip(&format!("{test}: {name} is not installed"));
    }
    found
}

/// Writes down that a test did not run, for the count at the end of `cargo xtask test`.
pub(crate) fn skip(why: &str) {
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

/// Asks again until there is an answer.
pub(crate) fn until<T>(limit: Duration, what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
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
pub(crate) fn ask(remote: SocketAddr, method: &str, params: &Value) -> Option<Value> {
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

/// Runs a command of the viewer.
pub(crate) fn command(remote: SocketAddr, command: &Value) {
    until(START_WITHIN, "the viewer takes the command", || {
        ask(remote, "gemba.command", command)
    });
}
