//! Which plant a room is about: the first that anyone has open, until a host says otherwise; whoever has another one is
//! told, and so are the others.

use std::time::Duration;

use gemba_session::{Change, Operation, OperationKind, Refusal, Role};

use crate::{
    samples::plant,
    world::{Faults, World},
};

/// How often the room was told of a plant.
fn told(world: &World) -> usize {
    let is_telling = |change: &Change| matches!(change, Change::Did { operation, .. } if operation.kind() == OperationKind::OpenPlant);
    world
        .disk
        .iter()
        .filter(|entry| is_telling(&entry.change))
        .count()
}

#[test]
fn the_first_plant_is_the_rooms_and_whoever_has_another_is_told() {
    let mut world = World::new(31, &[Role::Host, Role::Editor, Role::Viewer], Faults::default());
    // Before anyone is in: it is told as soon as they are.
    world.open_plant(0, plant("pumphouse.usda", 1));
    world.run(Duration::from_secs(3));
    world.open_plant(1, plant("clinic.usda", 2));
    world.open_plant(2, plant("a copy of pumphouse.usda", 1));
    world.run(Duration::from_secs(2));
    world.check();
    let [host, editor, viewer] = [0, 1, 2].map(|peer: usize| world.peers[peer].client.you().unwrap());
    let state = world.peers[2].client.confirmed().clone();
    assert_eq!(state.plant.value.as_deref(), Some(&plant("pumphouse.usda", 1)));
    assert_eq!((state.other_plant(host), state.other_plant(viewer)), (None, None));
    let other = state.other_plant(editor).unwrap();
    assert!(!other.is_other_version());
    assert!(
        other
            .to_string()
            .contains("pumphouse.usda, and you have clinic.usda open"),
        "{other}"
    );
    let with_others: Vec<_> = state.with_other_plants().map(|(who, _, _)| who).collect();
    assert_eq!(with_others, [editor]);
    assert_eq!(told(&world), 3);

    // Links are lost, the relay is killed: nobody says again what the room knows.
    world.cut_off(0, Duration::from_secs(5));
    world.crash();
    world.heal();
    world.check();
    assert_eq!(told(&world), 3);

    // The scene is saved anew and opened again: another version, until a host makes it the room's.
    world.open_plant(0, plant("pumphouse.usda", 3));
    world.run(Duration::from_secs(2));
    assert_eq!(told(&world), 4);
    let other = world.peers[1].client.confirmed().other_plant(host).unwrap();
    assert_eq!(other.of_another(), "has another version of pumphouse.usda open");
    let refusal = world.submit(1, Operation::AdoptPlant).unwrap_err();
    assert!(
        matches!(
            refusal,
            Refusal::Role {
                role: Role::Editor,
                ..
            }
        ),
        "{refusal}"
    );
    world.submit(0, Operation::AdoptPlant).unwrap();
    world.run(Duration::from_secs(2));
    world.check();
    let state = world.peers[1].client.confirmed();
    assert_eq!(state.other_plant(host), None);
    assert!(
        state.other_plant(viewer).is_some(),
        "the copy is of the version before"
    );
    assert_eq!(world.submit(0, Operation::AdoptPlant), Err(Refusal::NoChange));
}

#[test]
fn an_unsound_mark_is_not_sent_and_the_next_one_is() {
    let mut world = World::new(32, &[Role::Host], Faults::default());
    world.run(Duration::from_secs(3));
    world.open_plant(0, plant(" ", 1));
    world.run(Duration::from_secs(2));
    assert_eq!(told(&world), 0);
    world.open_plant(0, plant("a.usda", 1));
    world.run(Duration::from_secs(2));
    assert_eq!(told(&world), 1);
    world.check();
}
