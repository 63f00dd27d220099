//! What every test needs: a relay in this process or in one of its own, links to it, and waiting for a condition.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use gemba_model::PrimPath;
use gemba_relay::{ClientIdentity, Grant, JoinLink, JoinOptions, Relay, RelayConfig, RelayIdentity, Session};
use gemba_session::{
    Operation, Role, RoomName, SessionPhase,
    bounded::Text,
    client::LinkPolicy,
    operation::{Anchor, Markup, Name, NewAnnotation, Prims},
};

const PATIENCE: Duration = Duration::from_secs(30);

/// Looks until `is_so`; fails with `what` when it takes too long.
pub(crate) fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "{what} did not happen");
        thread::sleep(Duration::from_millis(2));
    }
}

/// A relay in this process with its own folder.
pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) relay: Relay,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut RelayConfig)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = RelayConfig::new(loopback(), folder.path().to_owned());
        config.metrics = Some(loopback());
        change(&mut config);
        let relay = Relay::start(config).unwrap();
        Self { folder, relay }
    }

    pub(crate) fn link(&self, role: Role) -> JoinLink {
        self.invite(grant("plant", role, 1))
    }

    pub(crate) fn invite(&self, grant: Grant) -> JoinLink {
        let address = self.relay.address();
        link(self.relay.identity(), grant, address)
    }

    pub(crate) fn join(&self, role: Role) -> Session {
        joined(&self.link(role))
    }

    /// The value of a metric, read over HTTP as Prometheus does.
    pub(crate) fn metric(&self, name: &str) -> u64 {
        let text = get(self.relay.metrics_address().unwrap(), "/metrics");
        metric_in(&text, name)
    }
}

pub(crate) fn metric_in(text: &str, name: &str) -> u64 {
    let start = format!("gemba_relay_{name} ");
    let line = text.lines().find_map(|line| line.strip_prefix(&start));
    line.unwrap_or_else(|| panic!("no {name} in\n{text}"))
        .parse()
        .unwrap()
}

pub(crate) fn get(address: SocketAddr, path: &str) -> String {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: relay\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

pub(crate) fn loopback() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

pub(crate) fn grant(room: &str, role: Role, clients: u32) -> Grant {
    Grant {
        room: RoomName::new(room).unwrap(),
        role,
        name: Name::default(),
        lasts: Duration::from_secs(3_600),
        clients,
    }
}

pub(crate) fn link(identity: &RelayIdentity, grant: Grant, address: SocketAddr) -> JoinLink {
    let host = address.ip().to_string();
    identity.join_link(grant, &host, address.port()).unwrap().1
}

/// Options of a client of its own that is quick to come back.
pub(crate) fn options() -> JoinOptions {
    let mut options = JoinOptions::new(Arc::new(ClientIdentity::generate().unwrap()));
    options.policy = LinkPolicy {
        first_wait: Duration::from_millis(20),
        longest_wait: Duration::from_millis(200),
        ..LinkPolicy::default()
    };
    options
}

/// A session that is in the room.
pub(crate) fn joined(link: &JoinLink) -> Session {
    let session = Session::join(link.clone(), options()).unwrap();
    wait_joined(&session);
    session
}

pub(crate) fn is_joined(session: &Session) -> bool {
    matches!(session.phase(), SessionPhase::Joined { .. })
}

pub(crate) fn wait_joined(session: &Session) {
    let deadline = Instant::now() + PATIENCE;
    while !is_joined(session) {
        assert!(Instant::now() < deadline, "not in: {:?}", session.phase());
        thread::sleep(Duration::from_millis(2));
    }
}

pub(crate) fn chat(text: &str) -> Operation {
    Operation::Chat {
        text: Text::cut(text),
        prims: Prims::default(),
    }
}

pub(crate) fn annotate(text: &str) -> Operation {
    Operation::CreateAnnotation(Box::new(NewAnnotation {
        anchor: Anchor {
            prim: PrimPath::new("/plant/pump").unwrap(),
            point_in_prim: [1.0, 2.0, 3.0],
            normal_in_prim: [0.0, 1.0, 0.0],
        },
        text: Text::cut(text),
        markup: Markup::Text,
    }))
}

/// A relay in a process of its own, as people run it.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
    pub(crate) metrics: SocketAddr,
}

impl Process {
    /// Starts the program on `listen` with the data in `data` and waits until it serves.
    pub(crate) fn start(data: &Path, listen: SocketAddr) -> Self {
        Self::spawn(Command::new(program()), data, listen)
    }

    pub(crate) fn spawn(mut command: Command, data: &Path, listen: SocketAddr) -> Self {
        let mut child = command
            .args([
                "relay",
                "--metrics",
                "127.0.0.1:0",
                "--listen",
                &listen.to_string(),
                "--data",
            ])
            .arg(data)
            .env("RUST_LOG", "error")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let (mut address, mut metrics) = (None, None);
        let mut line = String::new();
        while metrics.is_none() {
            line.clear();
            assert!(
                out.read_line(&mut line).unwrap() > 0,
                "the relay ended: {:?}",
                child.wait()
            );
            if let Some(rest) = line.strip_prefix("relay: listening on ") {
                address = rest.split(' ').next().unwrap().parse().ok();
            }
            if let Some(rest) = line.strip_prefix("relay: metrics on http://") {
                metrics = rest.split('/').next().unwrap().parse().ok();
            }
        }
        // What it still prints must not fill the pipe.
        thread::Builder::new()
            .name("relay:out".to_owned())
            .spawn(move || out.lines().for_each(drop))
            .unwrap();
        Self {
            child,
            address: address.unwrap(),
            metrics: metrics.unwrap(),
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// What the kernel says of its memory: `VmRSS` for now, `VmHWM` for the most there was (proc_pid_status(5)).
    pub(crate) fn memory_bytes(&self, what: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(what));
        let kilobytes = line
            .unwrap()
            .trim_start_matches(':')
            .trim()
            .trim_end_matches(" kB");
        kilobytes.parse::<u64>().unwrap() << 10
    }

    /// Ends it as power loss would: no signal that it could act on.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop and waits until it has.
    pub(crate) fn stop(mut self) {
        let asked = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(asked.success());
        let ended = self.child.wait().unwrap();
        assert!(ended.success(), "{ended}");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // A test that failed leaves nothing behind; one that is over has waited already.
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            self.child.kill().unwrap();
            self.child.wait().unwrap();
        }
    }
}

pub(crate) fn program() -> &'static str {
    env!("CARGO_BIN_EXE_gemba-relay")
}

/// Runs the program to its end: whether it went well, and all that it printed.
pub(crate) fn run(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(program()).args(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}
