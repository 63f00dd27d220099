//! People who have different plants open, through a real relay and its disk.

use gemba_model::PrimPath;
use gemba_relay::{Relay, RelayConfig, Session};
use gemba_session::{Operation, PlantMark, Role, bounded::Text};

use crate::{
    meet::wait_equal,
    world::{World, options, wait_for, wait_joined},
};

fn mark(name: &str, content: u8) -> PlantMark {
    PlantMark {
        name: Text::cut(name),
        prim: PrimPath::new("/Plant").ok(),
        content: [content; 32],
    }
}

#[test]
fn a_room_knows_its_plant_and_who_has_another_one() {
    let world = World::new();
    let with = |role, plant| {
        let mut options = options();
        options.plant = Some(plant);
        let session = Session::join(world.link(role), options).unwrap();
        wait_joined(&session);
        session
    };
    let host = with(Role::Host, mark("pumphouse.usda", 1));
    wait_for("the room has a plant", || host.view().plant.value.is_some());
    let editor = with(Role::Editor, mark("clinic.usda", 2));
    let who = editor.you().unwrap();
    wait_for("the host is told of the other plant", || {
        let view = host.view();
        let mut others = view.with_other_plants();
        others.any(|(other, person, plant)| {
            other == who && person.is_present && plant.of_another() == "has clinic.usda open, another plant"
        })
    });
    let told = editor.view().other_plant(who).unwrap().to_string();
    assert!(
        told.starts_with("This room is about pumphouse.usda, and you have clinic.usda open"),
        "{told}"
    );
    // The relay comes back from its disk, and nobody has to say anything again.
    wait_equal(&[&host, &editor]);
    let World { folder, relay } = world;
    let address = relay.address();
    relay.stop();
    let relay = Relay::start(RelayConfig::new(address, folder.path().to_owned())).unwrap();
    wait_for("both are back", || {
        crate::world::is_joined(&host) && crate::world::is_joined(&editor)
    });
    wait_equal(&[&host, &editor]);
    assert!(editor.view().other_plant(who).is_some());
    // The right one is opened.
    editor.open_plant(mark("copy of pumphouse.usda", 1));
    wait_for("they stand in the same plant", || {
        host.view().other_plant(who).is_none()
    });
    assert!(
        host.submit(Operation::AdoptPlant).is_err(),
        "it is the room's already"
    );
    relay.stop();
}
