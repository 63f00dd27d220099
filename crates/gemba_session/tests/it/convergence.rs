//! All replicas end equal, equal to the room, and equal to its log, whatever the network and the relay do.

use std::time::Duration;

use gemba_session::{
    Operation, Role, SessionPhase,
    presence::{Pose, Presence},
};
use proptest::prelude::*;
use rand::Rng;

use crate::{
    samples,
    world::{Answer, Faults, World},
};

const ROLES: [Role; 5] = [
    Role::Host,
    Role::Editor,
    Role::Editor,
    Role::Trainer,
    Role::Viewer,
];

/// People work for a while under faults; then the world heals and everything is compared.
fn work(seed: u64, faults: Faults, steps: u32) -> World {
    let mut world = World::new(seed, &ROLES, Faults::default());
    world.run(Duration::from_secs(3));
    world.faults = faults;
    for step in 0..steps {
        let peer = world.rng.random_range(0..ROLES.len());
        let now = world.here(peer);
        let state = world.peers[peer].client.view(now).clone();
        let operation = samples::any(&mut world.rng, &state);
        // A refusal by one's own prediction is an answer too.
        if world.submit(peer, operation).is_err() && world.rng.random_bool(0.3) {
            let undone = world.undo(peer);
            assert!(undone.is_err() || undone.is_ok_and(|number| number > 0));
        }
        if step % 40 == 20 && faults.loss > 0.0 {
            world.cut_off(peer, Duration::from_secs(60));
        }
        if step == steps / 2 {
            world.add_peer(Role::Editor);
        }
        let pause = Duration::from_millis(world.rng.random_range(0..120));
        world.run(pause);
    }
    world.heal();
    world.check();
    world
}

#[test]
fn a_calm_network() {
    let world = work(1, Faults::default(), 300);
    let answers = || {
        world
            .peers
            .iter()
            .flat_map(|peer| peer.answers.values().flatten())
    };
    assert!(answers().filter(|answer| **answer == Answer::Done).count() > 100);
}

#[test]
fn a_relay_that_is_killed_again_and_again() {
    let faults = Faults {
        crash: 0.01,
        ..Faults::default()
    };
    let world = work(2, faults, 300);
    assert!(world.disk.len() > 100);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]
    #[test]
    fn every_replica_ends_equal(
        seed in any::<u64>(),
        loss in 0.0..0.05_f64,
        duplication in 0.0..0.05_f64,
        reorder in 0.0..0.05_f64,
        crash in 0.0..0.003_f64,
        disk_full in 0.0..0.03_f64,
    ) {
        let faults = Faults { loss, duplication, reorder, crash, disk_full };
        work(seed, faults, 120);
    }
}

#[test]
fn one_who_was_cut_off_keeps_the_room_and_comes_back_with_what_was_done_meanwhile() {
    let mut world = World::new(3, &[Role::Host, Role::Editor], Faults::default());
    world.run(Duration::from_secs(3));
    world.submit(0, samples::note("before")).unwrap();
    world.run(Duration::from_secs(1));
    world.cut_off(1, Duration::from_secs(60));
    world.run(Duration::from_secs(2));
    assert!(matches!(
        world.peers[1].client.phase(),
        SessionPhase::Offline { .. }
    ));
    // Both go on working.
    world.submit(0, samples::note("by the one")).unwrap();
    world.submit(1, samples::note("by the other")).unwrap();
    let here = world.here(1);
    assert_eq!(
        world.peers[1].client.view(here).annotations.len(),
        2,
        "the room is kept, one's own note shows"
    );
    assert_eq!(world.peers[1].client.confirmed().annotations.len(), 1);
    for _ in 0..90 {
        world.run(Duration::from_secs(1));
    }
    world.check();
    assert_eq!(world.room.as_ref().unwrap().state().annotations.len(), 3);
}

#[test]
fn who_comes_late_is_equal_to_who_was_there_all_along() {
    let mut world = World::new(4, &[Role::Host, Role::Editor], Faults::default());
    world.run(Duration::from_secs(3));
    for at in 0..200 {
        world
            .submit(at % 2, samples::note(&format!("note {at}")))
            .unwrap();
        world.run(Duration::from_millis(60));
    }
    let late = world.add_peer(Role::Viewer);
    for _ in 0..5 {
        world.run(Duration::from_secs(1));
    }
    world.check();
    assert_eq!(world.peers[late].client.confirmed().annotations.len(), 200);
}

#[test]
fn a_refused_prediction_is_rolled_back() {
    let mut world = World::new(5, &[Role::Host, Role::Editor], Faults::default());
    world.run(Duration::from_secs(3));
    // The host takes the editor's role away while the editor, who cannot know yet, annotates.
    let editor = world.peers[1].client.you().unwrap();
    let role = Operation::SetRole {
        whom: editor,
        role: Role::Viewer,
    };
    world.submit(0, role).unwrap();
    while world.room.as_ref().unwrap().state().person(editor).unwrap().role == Role::Editor {
        world.run(Duration::from_millis(1));
    }
    let number = world.submit(1, samples::note("too late")).unwrap();
    let here = world.here(1);
    assert_eq!(world.peers[1].client.view(here).annotations.len(), 1, "predicted");
    world.run(Duration::from_secs(2));
    let answers = &world.peers[1].answers[&number];
    let kind = gemba_session::OperationKind::CreateAnnotation;
    let refusal = gemba_session::Refusal::Role {
        role: Role::Viewer,
        kind,
    };
    assert_eq!(answers, &[Answer::Refused(refusal)]);
    let here = world.here(1);
    assert!(
        world.peers[1].client.view(here).annotations.is_empty(),
        "rolled back"
    );
    world.check();
}

#[test]
fn presence_arrives_the_newest_wins_and_nobody_sees_those_who_left() {
    let faults = Faults {
        loss: 0.1,
        duplication: 0.1,
        ..Faults::default()
    };
    let mut world = World::new(6, &[Role::Host, Role::Viewer], Faults::default());
    world.run(Duration::from_secs(3));
    let [one, other] = [0, 1].map(|at| world.peers[at].client.you().unwrap());
    let links = world.faults;
    let mut seen = 0.0;
    for step in 1..=200 {
        let presence = Presence {
            head: Pose {
                position_m: [f64::from(step), 0.0, 0.0],
                ..Pose::default()
            },
            ..Presence::default()
        };
        // Only datagrams are lost here.
        world.faults = faults;
        world.show(0, &presence);
        world.tick_presence();
        world.faults = links;
        world.run(Duration::from_millis(33));
        if let Some(found) = world.peers[1].client.people().of(one) {
            let x_m = found.presence.head.position_m[0];
            assert!(x_m >= seen, "never back in time");
            seen = x_m;
        }
    }
    assert!(seen > 150.0, "{seen}");
    world.submit(0, Operation::Leave).unwrap();
    world.run(Duration::from_secs(2));
    assert!(world.peers[1].client.people().of(one).is_none());
    assert!(
        world
            .room
            .as_ref()
            .unwrap()
            .state()
            .person(other)
            .unwrap()
            .is_present
    );
}
