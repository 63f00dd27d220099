//! A disk that is full: the process may write no file beyond a size, as `ulimit -f` has it. The system's own refusal
//! meets the relay's own writes; nothing is put in between.
#![cfg(target_os = "linux")]

use std::{collections::BTreeSet, fs, io::Write, process::Command};

use gemba_relay::{AuditEnd, RelayIdentity, Session, compare_audit_end, verify};
use gemba_session::{
    AnnotationId, JoinRefusal, OperationId, Refusal, Role, SessionEvent, SessionPhase, client::OfflineReason,
    wire::Notice,
};

use crate::{
    meet::wait_equal,
    world::{
        Process, annotate, get, grant, is_joined, joined, link, loopback, options, program, wait_for,
        wait_joined,
    },
};

/// The program with the signal ignored that would end it at the limit, as on a file system that is full.
fn ignoring_the_signal() -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh", program()]);
    command
}

fn limit_file_size(process: &Process, bytes: &str) {
    let limit = format!("--fsize={bytes}:unlimited");
    let set = Command::new("prlimit")
        .args(["--pid", &process.id().to_string(), &limit])
        .status()
        .expect("prlimit of util-linux");
    assert!(set.success());
}

/// What cannot run here is counted, and printed at the end of `cargo xtask test`.
fn skip(why: &str) {
    let line = format!("SKIPPED: {why}");
    println!("{line}");
    if let Some(path) = std::env::var_os("GEMBA_SKIPS") {
        let mut file = fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(path)
            .unwrap();
        writeln!(file, "{line}").unwrap();
    }
}

#[derive(Default)]
struct Seen {
    done: BTreeSet<u64>,
    refused: BTreeSet<u64>,
    joins: u32,
    why_read_only: Option<String>,
    is_writable_again: bool,
}

impl Seen {
    fn read(&mut self, session: &Session) {
        while let Some(event) = session.poll_event() {
            match event {
                SessionEvent::Done { number } => {
                    self.done.insert(number.0);
                }
                SessionEvent::Refused { number, refusal, .. } => {
                    assert!(
                        matches!(refusal, Refusal::ReadOnly { .. } | Refusal::TooFast { .. }),
                        "{refusal}"
                    );
                    self.refused.insert(number.0);
                }
                SessionEvent::Joined { .. } => self.joins += 1,
                SessionEvent::Notice(Notice::ReadOnly { why }) => self.why_read_only = Some(why.to_string()),
                SessionEvent::Notice(Notice::Writable) => self.is_writable_again = true,
                _ => {}
            }
        }
    }
}

#[test]
fn a_full_disk_makes_the_room_read_only_and_room_on_it_opens_it_again() {
    if Command::new("prlimit").arg("--version").output().is_err() {
        skip("a_full_disk: prlimit of util-linux is not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let relay = Process::spawn(ignoring_the_signal(), data, loopback());
    let identity = RelayIdentity::load_or_create(data).unwrap();
    let address = relay.address;
    let invite = |role| link(&identity, grant("plant", role, 1), address);
    let writer = joined(&invite(Role::Host));
    let witness = joined(&invite(Role::Viewer));
    let mut seen = Seen::default();
    let me = writer.you().unwrap();

    let number = writer.submit(annotate("before")).unwrap();
    wait_for("it is done", || {
        seen.read(&writer);
        seen.done.contains(&number.0)
    });
    let largest = fs::read_dir(data)
        .unwrap()
        .map(|file| file.unwrap().metadata().unwrap().len())
        .max()
        .unwrap();
    limit_file_size(&relay, &(largest + 4_096).to_string());
    let long = "x".repeat(3_000);
    wait_for("the room is read-only", || {
        if writer.link_quality().in_flight < 8 {
            writer.submit(annotate(&long)).unwrap();
        }
        seen.read(&writer);
        seen.why_read_only.is_some()
    });
    let why = seen.why_read_only.clone().unwrap();
    println!("{} notes stored, then: {why}", seen.done.len());
    assert!(
        why.contains("cannot write to its disk") && why.contains("must free space"),
        "{why}"
    );

    // People stay in and are told; nobody new comes in, and whoever tries keeps trying.
    assert!(is_joined(&writer) && is_joined(&witness));
    wait_for("every answer", || {
        seen.read(&writer);
        writer.link_quality().in_flight == 0
    });
    assert!(!seen.refused.is_empty());
    assert!(
        get(relay.metrics, "/healthz").contains("503"),
        "health says so too"
    );
    let late = Session::join(invite(Role::Editor), options()).unwrap();
    wait_for("the late one is told why", || {
        matches!(
            late.phase(),
            SessionPhase::Offline {
                reason: OfflineReason::Refused(JoinRefusal::ReadOnly { .. }),
                ..
            }
        )
    });

    limit_file_size(&relay, "unlimited");
    wait_for("the room can be written again", || {
        seen.read(&writer);
        seen.is_writable_again
    });
    wait_joined(&late);
    let number = writer.submit(annotate("after")).unwrap();
    wait_for("it is done", || {
        seen.read(&writer);
        seen.done.contains(&number.0)
    });
    wait_equal(&[&writer, &witness, &late]);
    let check = |seen: &Seen, session: &Session| {
        let view = session.view();
        for number in &seen.done {
            let number = gemba_session::OperationNumber(*number);
            assert!(
                view.annotation(AnnotationId(OperationId { by: me, number }))
                    .is_some(),
                "{number:?}"
            );
        }
    };
    check(&seen, &late);
    // What was acknowledged is on the disk.
    relay.kill();
    let relay = Process::start(data, address);
    wait_for("the writer is back", || {
        seen.read(&writer);
        seen.joins == 2
    });
    let witness = joined(&invite(Role::Viewer));
    wait_equal(&[&writer, &witness]);
    check(&seen, &witness);
    relay.stop();
    let verified = verify(data).unwrap().unwrap();
    assert_eq!(compare_audit_end(data, &verified).unwrap(), AuditEnd::Same);
}
