//! Real links over a bad network: loss and jitter, a partition, and clocks that are wrong.

use std::{
    collections::BTreeSet,
    sync::atomic::Ordering,
    thread,
    time::{Duration, Instant},
};

use gemba_model::UnixNanos;
use gemba_relay::{JoinLink, JoinOptions, Session, Transport, Ways};
use gemba_session::{
    JoinRefusal, ParticipantId, Role, SessionEvent, SessionPhase,
    client::LinkPolicy,
    presence::{Pose, Presence},
};

use crate::{
    meet::wait_equal,
    proxy::{Proxy, Weather},
    world::{World, annotate, chat, grant, is_joined, link, options, wait_for, wait_joined},
};

const CALM: Weather = Weather {
    loss: 0.0,
    duplication: 0.0,
    delay_millis: 1..=3,
};

fn over_quic(change: impl FnOnce(&mut JoinOptions)) -> JoinOptions {
    let mut options = options();
    options.ways = Ways::Only(Transport::Quic);
    change(&mut options);
    options
}

/// A link whose way leads through `proxy`.
fn through(proxy: &Proxy, world: &World, role: Role) -> JoinLink {
    link(world.relay.identity(), grant("plant", role, 1), proxy.address)
}

fn at(x_m: f64) -> Presence {
    Presence {
        head: Pose {
            position_m: [x_m, 1.7, 0.0],
            ..Pose::default()
        },
        ..Presence::default()
    }
}

/// Someone who works through the bad network, and what they saw.
struct Worker {
    session: Session,
    asked: BTreeSet<u64>,
    done: BTreeSet<u64>,
    /// How far each other was seen to have come, and how often something new was seen.
    seen: Vec<(ParticipantId, f64)>,
    news: u32,
}

impl Worker {
    fn new(session: Session) -> Self {
        Self {
            session,
            asked: BTreeSet::new(),
            done: BTreeSet::new(),
            seen: Vec::new(),
            news: 0,
        }
    }

    fn read(&mut self) {
        while let Some(event) = self.session.poll_event() {
            match event {
                SessionEvent::Done { number } => {
                    assert!(self.done.insert(number.0), "{number:?} was answered twice");
                }
                SessionEvent::Refused { refusal, .. } => panic!("{refusal}"),
                _ => {}
            }
        }
        let mut people = Vec::new();
        self.session.read_people(&mut people);
        for (who, seen) in people {
            let x_m = seen.presence.head.position_m[0];
            match self.seen.iter_mut().find(|(known, _)| *known == who) {
                Some((_, known_m)) => {
                    assert!(x_m >= *known_m, "{who} went back in time, {known_m} to {x_m}");
                    self.news += u32::from(x_m > *known_m);
                    *known_m = x_m;
                }
                None => self.seen.push((who, x_m)),
            }
        }
    }
}

#[test]
fn a_tenth_lost_and_a_tenth_of_a_second_of_jitter_lose_and_change_nothing() {
    let world = World::new();
    let weather = Weather {
        loss: 0.1,
        duplication: 0.02,
        delay_millis: 10..=110,
    };
    let proxy = Proxy::start(world.relay.address(), weather, 20_261_128);
    let mut workers: Vec<Worker> = [Role::Host, Role::Editor, Role::Editor]
        .map(|role| Session::join(through(&proxy, &world, role), over_quic(|_| {})).unwrap())
        .into_iter()
        .map(Worker::new)
        .collect();
    workers.iter().for_each(|worker| wait_joined(&worker.session));
    for step in 1..=150_u32 {
        for (number, worker) in workers.iter_mut().enumerate() {
            worker.session.show(at(f64::from(step)));
            if step % 5 == 0 {
                let text = format!("worker {number}, step {step}");
                let operation = if step % 2 == 0 {
                    chat(&text)
                } else {
                    annotate(&text)
                };
                worker.asked.insert(worker.session.submit(operation).unwrap().0);
            }
            worker.read();
        }
        thread::sleep(Duration::from_millis(33));
    }
    wait_for("everyone sees where the others came to", || {
        workers.iter_mut().for_each(Worker::read);
        let is_there = |(_, x_m): &(ParticipantId, f64)| (x_m - 150.0).abs() < 0.01;
        workers
            .iter()
            .all(|worker| worker.seen.len() == 2 && worker.seen.iter().all(is_there))
    });
    let late = world.join(Role::Viewer);
    let mut sessions = vec![&late];
    sessions.extend(workers.iter().map(|worker| &worker.session));
    wait_equal(&sessions);
    workers.iter_mut().for_each(Worker::read);
    let view = late.view();
    for worker in &workers {
        assert_eq!(
            worker.done, worker.asked,
            "acknowledged and not in the room, or never answered"
        );
        assert!(worker.news > 30, "{} new places seen of 300", worker.news);
    }
    assert_eq!((view.chat.len(), view.annotations.len()), (45, 45), "each once");
    let [passed, lost, twice, overtaken] = [
        &proxy.counts.passed,
        &proxy.counts.lost,
        &proxy.counts.twice,
        &proxy.counts.overtaken,
    ]
    .map(|count| count.load(Ordering::Relaxed));
    println!(
        "90 operations and 450 places of three people; of {} packets {lost} were lost, {twice} came twice and \
         {overtaken} out of order; new places seen: {:?}",
        passed + lost,
        workers.iter().map(|worker| worker.news).collect::<Vec<_>>()
    );
    assert!(
        lost > 100 && twice > 10 && overtaken > 100,
        "the network was too good"
    );
}

/// How long the second partition lasts at least: longer than a link may be silent. `GEMBA_PARTITION_SECS=60` asks for
/// the minute; in the world of `gemba_session`, whose time is virtual, it always is one.
fn partition() -> Duration {
    let asked = std::env::var("GEMBA_PARTITION_SECS").ok();
    Duration::from_secs(asked.and_then(|text| text.parse().ok()).unwrap_or(14))
}

#[test]
fn a_partition_keeps_the_room_in_sight_and_heals_by_itself() {
    let world = World::new();
    let proxy = Proxy::start(world.relay.address(), CALM, 1);
    let host = world.join(Role::Host);
    let quick = |options: &mut JoinOptions| {
        options.policy = LinkPolicy {
            ping_every: Duration::from_millis(200),
            silent_after: Duration::from_secs(1),
            ..options.policy
        };
    };
    let editor = Session::join(through(&proxy, &world, Role::Editor), over_quic(quick)).unwrap();
    wait_joined(&editor);
    let who = editor.you().unwrap();
    editor.submit(annotate("before")).unwrap();
    wait_equal(&[&host, &editor]);
    let here = || host.view().person(who).unwrap().is_present;
    // A short one ends before the relay has noticed: the new link takes the place of the old one.
    for (round, lasts) in [(1, Duration::from_secs(2)), (2, partition())] {
        proxy.cut(true);
        let begun = Instant::now();
        wait_for("the editor is offline", || !is_joined(&editor));
        assert!(!editor.view().annotations.is_empty(), "the room stays in sight");
        host.submit(annotate("meanwhile, at the relay")).unwrap();
        editor.submit(annotate("meanwhile, cut off")).unwrap();
        assert_eq!(editor.link_quality().in_flight, 1);
        if round == 2 {
            wait_for("the relay has noticed", || !here());
        }
        while begun.elapsed() < lasts {
            assert!(!is_joined(&editor), "nothing passes");
            thread::sleep(Duration::from_millis(50));
        }
        proxy.cut(false);
        let healed = Instant::now();
        wait_joined(&editor);
        wait_equal(&[&host, &editor]);
        println!(
            "a partition of {:?}: back within {:?}",
            healed - begun,
            healed.elapsed()
        );
        assert_eq!(editor.you(), Some(who), "the same participant");
        assert!(here());
        assert_eq!(host.view().annotations.len(), 1 + 2 * round, "sent once");
    }
}

const HOUR_NANOS: i64 = 3_600_000_000_000;

fn now() -> UnixNanos {
    UnixNanos::from_system_time(std::time::SystemTime::now())
}
fn an_hour_ahead() -> UnixNanos {
    UnixNanos(now().0 + HOUR_NANOS)
}
fn an_hour_behind() -> UnixNanos {
    UnixNanos(now().0 - HOUR_NANOS)
}

/// Far less than the hour, far more than a machine under load takes.
fn is_about(left: UnixNanos, right: UnixNanos) -> bool {
    left.since(right).max(right.since(left)) < Duration::from_secs(300)
}

#[test]
fn a_clock_that_is_an_hour_off_changes_neither_rights_nor_ages() {
    let world = World::new();
    let host = world.join(Role::Host);
    for (clock, name) in [
        (an_hour_ahead as fn() -> UnixNanos, "ahead"),
        (an_hour_behind, "behind"),
    ] {
        // By the client's clock the link of ten minutes has expired already, or has not been made yet.
        let mut ten_minutes = grant("plant", Role::Editor, 1);
        ten_minutes.lasts = Duration::from_secs(600);
        let off = Session::join(
            world.invite(ten_minutes),
            over_quic(|options| options.clock = clock),
        )
        .unwrap();
        wait_joined(&off);
        assert!(!is_about(clock(), now()));
        wait_for("the room's clock is known", || is_about(off.room_time(), now()));
        let noted = off.submit(annotate(name)).unwrap();
        let id = gemba_session::AnnotationId(gemba_session::OperationId {
            by: off.you().unwrap(),
            number: noted,
        });
        let age = |session: &Session| {
            let created = session.view().annotation(id).map(|note| note.created);
            created.map(|created| (session.room_time().since(created), created))
        };
        let (_, guessed) = age(&off).unwrap();
        assert!(
            is_about(guessed, now()),
            "shown ahead of the answer with {guessed:?}"
        );
        host.submit(chat(name)).unwrap();
        wait_equal(&[&host, &off]);
        for session in [&off, &host] {
            let (age, created) = age(session).unwrap();
            assert!(
                is_about(created, now()) && age < Duration::from_secs(300),
                "{age:?}"
            );
            let said = session.view().chat.back().unwrap().at;
            assert!(is_about(said, now()), "{said:?}");
        }
        // And a link that is over by the relay's clock is over, whatever the client thinks.
        let mut short = grant("plant", Role::Viewer, 1);
        short.lasts = Duration::from_secs(1);
        let short = world.invite(short);
        thread::sleep(Duration::from_millis(1_200));
        let late = Session::join(short, over_quic(|options| options.clock = clock)).unwrap();
        wait_for("the late one is refused", || {
            late.phase() == SessionPhase::Refused(JoinRefusal::TokenExpired)
        });
    }
}
