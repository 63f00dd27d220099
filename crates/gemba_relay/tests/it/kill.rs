//! The relay killed at random instants under load: what was acknowledged is there, once, in order.
//!
//! As many kills as fit into twenty seconds; `GEMBA_KILLS=50` asks for a number, and fifty take about a minute.

use std::{
    collections::BTreeMap,
    thread,
    time::{Duration, Instant},
};

use gemba_relay::{AuditEnd, AuditFault, RelayIdentity, Session, compare_audit_end, verify};
use gemba_session::{AnnotationId, OperationId, OperationNumber, Role, SessionEvent};
use rand::{Rng, SeedableRng, rngs::SmallRng};

use crate::{
    meet::wait_equal,
    world::{Process, annotate, grant, joined, link, loopback, wait_for},
};

/// Without a number asked for.
const LASTS: Duration = Duration::from_secs(20);
const FEWEST: u32 = 5;

/// Whether there is another kill after so many.
fn goes_on(kills: u32, begun: Instant) -> bool {
    let asked = std::env::var("GEMBA_KILLS").ok();
    let asked: Option<u32> = asked.and_then(|text| text.parse().ok());
    asked.map_or(kills < FEWEST || begun.elapsed() < LASTS, |asked| kills < asked)
}

struct Writer {
    session: Session,
    texts: BTreeMap<u64, String>,
    done: BTreeMap<u64, Instant>,
    refused: Vec<String>,
    joins: u32,
    order: Option<u64>,
}

impl Writer {
    fn write(&mut self, tag: &str) {
        let text = format!("{tag} {}", self.texts.len());
        match self.session.submit(annotate(&text)) {
            Ok(number) => {
                self.texts.insert(number.0, text);
            }
            Err(refusal) => self.refused.push(format!("own end: {refusal}")),
        }
    }

    fn read(&mut self) {
        while let Some(event) = self.session.poll_event() {
            match event {
                SessionEvent::Done { number } => {
                    let before = self.done.insert(number.0, Instant::now());
                    assert!(before.is_none(), "answered twice: {number:?}");
                }
                SessionEvent::Refused { number, refusal, .. } => {
                    self.texts.remove(&number.0);
                    self.refused.push(refusal.to_string());
                }
                SessionEvent::Joined { .. } => self.joins += 1,
                SessionEvent::StateReplaced => self.order = None,
                SessionEvent::Entry(entry) => {
                    if let Some(last) = self.order.replace(entry.seq.0) {
                        assert_eq!(entry.seq.0, last + 1, "the order has a gap");
                    }
                }
                _ => {}
            }
        }
    }
}

#[test]
fn nothing_acknowledged_is_lost_whenever_the_relay_is_killed() {
    let mut rng = SmallRng::seed_from_u64(20_261_125);
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let mut relay = Process::start(data, loopback());
    let address = relay.address;
    let identity = RelayIdentity::load_or_create(data).unwrap();
    let mut writers: Vec<Writer> = (0..3)
        .map(|_| Writer {
            session: joined(&link(&identity, grant("plant", Role::Editor, 1), address)),
            texts: BTreeMap::new(),
            done: BTreeMap::new(),
            refused: Vec::new(),
            joins: 0,
            order: None,
        })
        .collect();
    let (mut torn, mut behind, mut slowest_return) = (0, 0, Duration::ZERO);
    let (mut kill, first) = (0, Instant::now());
    while goes_on(kill, first) {
        let until = Instant::now() + Duration::from_millis(rng.random_range(20..400));
        while Instant::now() < until {
            for (at, writer) in writers.iter_mut().enumerate() {
                writer.write(&format!("writer {at}"));
                writer.read();
            }
            thread::sleep(Duration::from_millis(rng.random_range(5..25)));
        }
        relay.kill();
        match verify(data).unwrap() {
            // A kill may leave the file behind the store, never beside it.
            Ok(log) => match compare_audit_end(data, &log).unwrap() {
                AuditEnd::Same => {}
                AuditEnd::Behind { .. } => behind += 1,
                other => panic!("after kill {kill}: {other:?}"),
            },
            Err(AuditFault::Torn { .. }) => torn += 1,
            Err(fault) => panic!("after kill {kill}: {fault}"),
        }
        for writer in &mut writers {
            writer.write("while it is down");
        }
        relay = Process::start(data, address);
        // Each has noticed and is in again: a link that died unnoticed would make the next kill an idle one.
        let begun = Instant::now();
        wait_for("everyone is back", || {
            writers.iter_mut().for_each(Writer::read);
            writers.iter().all(|writer| writer.joins == kill + 2)
        });
        slowest_return = slowest_return.max(begun.elapsed());
        kill += 1;
    }
    wait_for("every answer", || {
        writers.iter_mut().for_each(Writer::read);
        writers
            .iter()
            .all(|writer| writer.session.link_quality().in_flight == 0)
    });
    let witness = joined(&link(&identity, grant("plant", Role::Viewer, 1), address));
    let mut sessions = vec![&witness];
    sessions.extend(writers.iter().map(|writer| &writer.session));
    wait_equal(&sessions);
    let view = witness.view();
    let mut acknowledged = 0;
    for writer in &mut writers {
        writer.read();
        let by = writer.session.you().unwrap();
        let mut last_seq = 0;
        for (number, text) in &writer.texts {
            let number = OperationNumber(*number);
            let note = view.annotations.get(&AnnotationId(OperationId { by, number }));
            let note = note.unwrap_or_else(|| panic!("`{text}` is lost"));
            assert_eq!(note.text.value.as_str(), text);
            assert!(note.text.seq.0 > last_seq, "`{text}` has lost its place");
            last_seq = note.text.seq.0;
        }
        let unlike = |number: &u64| !writer.texts.contains_key(number);
        assert!(!writer.done.keys().any(unlike), "done and refused at once");
        assert_eq!(
            writer.done.len(),
            writer.texts.len(),
            "refused: {:?}",
            writer.refused
        );
        acknowledged += writer.done.len();
    }
    assert_eq!(view.annotations.len(), acknowledged, "done once each");
    assert!(acknowledged > 10 * kill as usize, "there was hardly any load");
    let refused: Vec<&String> = writers.iter().flat_map(|writer| &writer.refused).collect();
    println!("everyone was back within {slowest_return:?} of the start");
    println!(
        "refused: {} {:?}",
        refused.len(),
        refused.iter().take(3).collect::<Vec<_>>()
    );
    println!(
        "{kill} kills: {acknowledged} operations acknowledged, none lost; the audit log was torn {torn} times, behind {behind} times"
    );
    relay.stop();
    // The chain is whole to the end that the store remembers, and has every entry exactly once.
    let verified = verify(data).unwrap().unwrap();
    assert_eq!(compare_audit_end(data, &verified).unwrap(), AuditEnd::Same);
    let text = std::fs::read_to_string(data.join(gemba_relay::AUDIT_FILE)).unwrap();
    let restored = text.matches("\"end_restored\"").count();
    println!("the end of the audit log was restored {restored} times");
    let seqs: Vec<u64> = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter_map(|line| line["seq"].as_u64())
        .collect();
    let expected: Vec<u64> = (1..=seqs.len() as u64).collect();
    assert_eq!(seqs, expected, "the audit log has each entry once, in order");
    assert!(seqs.len() as u64 >= view.seq.0);
}
