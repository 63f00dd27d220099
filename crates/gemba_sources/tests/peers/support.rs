//! Brokers, publishers and waiting, as the tests use them.

use std::{
    env, fs,
    io::Write,
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant, SystemTime},
};

use gemba_model::{Quality, Sample, TagId, UnixNanos, Value};
use gemba_sources::{ConnectionConfig, LinkStatus, Source};
use gemba_telemetry::{LinkReason, LinkState, TagTable, TopicRouter};

/// How long anything may take on a busy machine before a test gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The path of a program, also where the system keeps servers. Records a skip when there is none.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin"].map(PathBuf::from));
    let found = folders
        .map(|folder| folder.join(program))
        .find(|path| path.is_file());
    if found.is_none() {
        skip(&format!("{program} is not installed"));
    }
    found
}

/// A python3 that has paho.
pub(crate) fn find_paho() -> Option<PathBuf> {
    let python = find("python3")?;
    let has_paho = Command::new(&python)
        .args(["-c", "import paho.mqtt.publish"])
        .stderr(Stdio::null())
        .status();
    if !has_paho.is_ok_and(|status| status.success()) {
        skip("python3 has no paho-mqtt");
        return None;
    }
    Some(python)
}

fn skip(why: &str) {
    let line = format!("SKIPPED: {why}");
    println!("{line}");
    if let Some(path) = env::var_os("GEMBA_SKIPS") {
        let mut file = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .unwrap();
        writeln!(file, "{line}").unwrap();
    }
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

pub(crate) fn now() -> UnixNanos {
    UnixNanos::from_system_time(SystemTime::now())
}

/// Waits for a condition; `what` says which one never came.
pub(crate) fn await_that<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(value) = condition() {
            return value;
        }
        assert!(Instant::now() < deadline, "never happened: {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// A mosquitto that ends with the test.
pub(crate) struct Mosquitto {
    child: Child,
    pub(crate) port: u16,
    folder: tempfile::TempDir,
}

impl Mosquitto {
    /// Lets anyone in without encryption.
    pub(crate) fn open() -> Option<Self> {
        Self::with(free_port(), "allow_anonymous true", |_| ())
    }

    /// `config` goes below the listener; `prepare` puts files into the folder `.` of the configuration first.
    pub(crate) fn with(port: u16, config: &str, prepare: impl FnOnce(&Path)) -> Option<Self> {
        let program = find("mosquitto")?;
        let folder = tempfile::tempdir().unwrap();
        prepare(folder.path());
        // Started by root it would change to a user that may not read the folder.
        let text = format!("user root\npersistence false\nlistener {port} 127.0.0.1\n{config}\n");
        fs::write(folder.path().join("mosquitto.conf"), text).unwrap();
        let child = Self::spawn(&program, folder.path());
        let mut broker = Self { child, port, folder };
        broker.await_listening();
        Some(broker)
    }

    fn spawn(program: &Path, folder: &Path) -> Child {
        Command::new(program)
            .args(["-c", "mosquitto.conf"])
            .current_dir(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    fn await_listening(&mut self) {
        await_that("mosquitto listens", || {
            assert_eq!(self.child.try_wait().unwrap(), None, "mosquitto ended");
            TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).ok()
        });
    }

    /// Where its configuration and certificates are.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Kills it without a goodbye to its clients.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again on the same port.
    pub(crate) fn restart(&mut self) {
        self.child = Self::spawn(&find("mosquitto").unwrap(), self.folder.path());
        self.await_listening();
    }

    /// Publishes with mosquitto_pub.
    pub(crate) fn publish(&self, topic: &str, payload: &str, more: &[&str]) {
        let program = find("mosquitto_pub").expect("mosquitto comes with mosquitto_pub");
        let mut command = Command::new(program);
        command.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-t", topic]);
        if !more.contains(&"-f") && !more.contains(&"-n") {
            command.args(["-m", payload]);
        }
        assert!(
            command.args(more).status().unwrap().success(),
            "mosquitto_pub to {topic}"
        );
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        // Already dead after `kill`, which is as good.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Publishes with paho, each `(topic, payload)` in order.
pub(crate) fn paho_publish(python: &Path, port: u16, messages: &[(&str, &str)]) {
    let script = "import sys, paho.mqtt.publish as p\n\
        a = sys.argv[2:]\n\
        p.multiple([(a[i], a[i + 1], 1, False) for i in range(0, len(a), 2)], hostname='127.0.0.1', port=int(sys.argv[1]))";
    let arguments = messages.iter().flat_map(|(topic, payload)| [*topic, *payload]);
    let mut command = Command::new(python);
    command.args(["-c", script, &port.to_string()]).args(arguments);
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A connection and the table it fills.
pub(crate) struct Rig {
    pub(crate) source: Source,
    pub(crate) table: Arc<TagTable>,
}

impl Rig {
    /// Tags are numbered in the order of `bindings`: address and selector.
    pub(crate) fn start(config: ConnectionConfig, bindings: &[(&str, Option<&str>)]) -> Self {
        let table = Arc::new(TagTable::new(bindings.len()));
        let (router, issues) =
            TopicRouter::new(bindings.iter().zip(0..).map(|((a, s), tag)| (*a, *s, TagId(tag))));
        assert_eq!(issues, []);
        let source = Source::start("plant", config, router, Arc::clone(&table)).unwrap();
        Self { source, table }
    }

    /// A connection that is live, with its subscriptions in force.
    pub(crate) fn live(broker: &Mosquitto, bindings: &[(&str, Option<&str>)]) -> Self {
        let rig = Self::start(ConnectionConfig::plain("127.0.0.1", broker.port), bindings);
        rig.await_live();
        rig
    }

    pub(crate) fn status(&self) -> LinkStatus {
        self.source.status()
    }

    pub(crate) fn await_live(&self) {
        await_that("the link is live", || self.status().state.is_live().then_some(()));
    }

    /// Why the link is down.
    pub(crate) fn await_reason(&self) -> LinkReason {
        await_that("the link is down", || match self.status().state {
            LinkState::Waiting { reason, .. } => Some(reason),
            _ => None,
        })
    }

    pub(crate) fn sample(&self, tag: u32) -> Option<Sample> {
        self.table.get(TagId(tag))
    }

    pub(crate) fn await_sample(&self, tag: u32, what: &str, wanted: impl Fn(&Sample) -> bool) -> Sample {
        await_that(what, || self.sample(tag).filter(|sample| wanted(sample)))
    }

    pub(crate) fn await_value(&self, tag: u32, value: impl Into<Expected>) -> Sample {
        let value = value.into().0;
        self.await_sample(tag, &format!("tag {tag} is {value:?}"), |sample| {
            sample.value.as_ref() == Some(&value) && sample.quality == Quality::Good
        })
    }
}

/// A value that a test writes as a literal.
pub(crate) struct Expected(Value);

impl From<f64> for Expected {
    fn from(number: f64) -> Self {
        Self(Value::Number(number))
    }
}

impl From<bool> for Expected {
    fn from(on: bool) -> Self {
        Self(Value::Bool(on))
    }
}

impl From<&str> for Expected {
    fn from(text: &str) -> Self {
        Self(Value::Text(text.into()))
    }
}

/// Publishes over and over until the condition holds: a subscription is in force a moment after the link is live.
pub(crate) fn publish_until<T>(
    mut publish: impl FnMut(),
    what: &str,
    mut condition: impl FnMut() -> Option<T>,
) -> T {
    await_that(what, || {
        publish();
        let deadline = Instant::now() + Duration::from_millis(500);
        loop {
            let found = condition();
            if found.is_some() || Instant::now() >= deadline {
                return found;
            }
            thread::sleep(Duration::from_millis(2));
        }
    })
}
