//! One participant asks for everything, another takes nothing: the rest must not notice.

use std::time::{Duration, Instant};

use gemba_session::{
    Closing, OperationNumber, Refusal, Role, SessionEvent,
    presence::{self, Presence},
    wire::{ClientMessage, RelayMessage},
};

use crate::{
    meet::wait_equal,
    raw::{Raw, runtime},
    world::{World, chat, joined, wait_for},
};

/// How long `session`'s operations take, one after the other.
fn latencies(session: &gemba_relay::Session, count: usize) -> Vec<Duration> {
    let mut took = Vec::new();
    for _ in 0..count {
        let begun = Instant::now();
        let number = session.submit(chat("as ever")).unwrap();
        wait_for("the answer", || {
            std::iter::from_fn(|| session.poll_event()).any(|event| match event {
                SessionEvent::Refused { refusal, .. } => panic!("{refusal}"),
                event => event == SessionEvent::Done { number },
            })
        });
        took.push(begun.elapsed());
        // Within its own budget.
        std::thread::sleep(Duration::from_millis(25));
    }
    took.sort_unstable();
    took
}

#[test]
fn a_flood_slows_no_one_and_ends() {
    let world = World::new();
    let host = world.join(Role::Host);
    let flooders: Vec<_> = (0..3).map(|_| world.link(Role::Editor)).collect();
    let calm = latencies(&host, 60);
    let address = world.relay.address();
    let flooding = std::thread::Builder::new()
        .name("flood".to_owned())
        .spawn(move || {
            runtime().block_on(async {
                let mut closings = Vec::new();
                for link in &flooders {
                    let mut raw = Raw::connect(address).await;
                    raw.join(link).await;
                    let mut sample = Vec::new();
                    presence::encode(&Presence::default(), 1, &mut sample);
                    let mut number = 0;
                    'flood: loop {
                        for _ in 0..50 {
                            number += 1;
                            let submit = ClientMessage::Submit {
                                number: OperationNumber(number),
                                operation: chat("me me me"),
                            };
                            if raw.connection.send_datagram(sample.clone().into()).is_err()
                                || !raw.say(&submit).await
                            {
                                break 'flood;
                            }
                        }
                        tokio::task::yield_now().await;
                    }
                    while let Some(message) = raw.hear().await {
                        if let RelayMessage::Closing(why) = message {
                            closings.push(why);
                        }
                    }
                    if closings.is_empty() {
                        // The last words were overtaken by the end of the connection, which says the same.
                        assert!(format!("{:?}", raw.connection.close_reason()).contains("too much"));
                        closings.push(Closing::Flooding);
                    }
                }
                closings
            })
        })
        .unwrap();
    let stormy = latencies(&host, 60);
    let closings = flooding.join().unwrap();
    assert!(
        closings.iter().all(|why| *why == Closing::Flooding),
        "{closings:?}"
    );
    assert_eq!(world.metric("flooders_total"), 3);
    assert!(world.metric("presence_dropped_total") > 0);
    let (calm, stormy) = (calm[calm.len() / 2], stormy[stormy.len() / 2]);
    println!("an operation takes {calm:?}, beside a flood {stormy:?}");
    // The median: single outliers are the machine's. A queue behind the flood would show in every one.
    assert!(
        stormy < calm * 5 + Duration::from_millis(20),
        "{stormy:?} beside a flood, {calm:?} without"
    );
    let late = joined(&world.link(Role::Viewer));
    wait_equal(&[&host, &late]);
}

#[test]
fn a_slow_reader_is_dropped_and_the_rest_go_on() {
    let world = World::with(|config| {
        config.limits.outbound_bytes = 256 << 10;
        config.limits.operations.per_second = 10_000;
        config.limits.operations.burst = 10_000;
    });
    let (host, viewer) = (world.join(Role::Host), world.join(Role::Viewer));
    let slow = world.link(Role::Viewer);
    runtime().block_on(async {
        let mut raw = Raw::connect_with(world.relay.address(), 8 << 10).await;
        let who = raw.join(&slow).await;
        let is_here = || {
            let view = host.view();
            view.person(who).is_some_and(|person| person.is_present)
        };
        wait_for("it is in", is_here);
        let long = "x".repeat(1_900);
        let mut said = 0;
        // It is alive and answers on the network, and reads nothing.
        let deadline = Instant::now() + Duration::from_secs(20);
        while is_here() {
            assert!(Instant::now() < deadline, "{said} messages and still in");
            if host.link_quality().in_flight < 32 {
                host.submit(chat(&long)).unwrap();
                said += 1;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        println!("dropped after {said} messages of 1.9 kB");
        let closed = tokio::time::timeout(Duration::from_secs(5), raw.connection.closed()).await;
        let reason = closed.expect("the connection is cut");
        assert!(reason.to_string().contains("too slowly"), "{reason}");
    });
    assert_eq!(world.metric("slow_readers_total"), 1);
    wait_equal(&[&host, &viewer]);
}

#[test]
fn places_run_out_for_one_address_only_as_far_as_set() {
    let world = World::with(|config| config.limits.connections_per_address = 2);
    let _one = world.join(Role::Host);
    let two = world.join(Role::Viewer);
    let link = world.link(Role::Viewer);
    let third = gemba_relay::Session::join(link, crate::world::options()).unwrap();
    wait_for("the third is turned away", || {
        world.metric("connections_refused_total") > 0
    });
    assert!(!crate::world::is_joined(&third));
    drop(two);
    crate::world::wait_joined(&third);
}

#[test]
fn haste_is_refused_with_how_long_to_wait_and_costs_nothing_else() {
    let world = World::with(|config| {
        config.limits.operations.per_second = 5;
        config.limits.operations.burst = 10;
    });
    let host = world.join(Role::Host);
    for line in 0..40 {
        host.submit(chat(&format!("line {line}"))).unwrap();
    }
    let (mut done, mut refused) = (0, 0);
    wait_for("an answer to each", || {
        while let Some(event) = host.poll_event() {
            match event {
                SessionEvent::Done { .. } => done += 1,
                SessionEvent::Refused {
                    refusal: Refusal::TooFast { wait_millis },
                    ..
                } => {
                    assert!((1..=200).contains(&wait_millis), "{wait_millis}");
                    refused += 1;
                }
                SessionEvent::Refused { refusal, .. } => panic!("{refusal}"),
                _ => {}
            }
        }
        done + refused == 40
    });
    assert!(done >= 10 && refused >= 20, "{done} done, {refused} refused");
    assert!(crate::world::is_joined(&host));
    wait_equal(&[&host]);
    assert_eq!(host.view().chat.len(), done, "what was refused is taken back");
}
