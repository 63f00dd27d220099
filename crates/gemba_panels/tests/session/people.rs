//! The people and the header.

use egui_kittest::{Harness, kittest::Queryable};
use gemba_panels::{session::*, *};

use crate::{drive::path, room::*};

#[test]
fn people_are_named_with_role_whom_they_follow_what_they_selected_and_how_fresh() {
    let (harness, ..) = panel(room(), SessionView::default());
    for said in [
        "line-1",
        "joined",
        "12 ms",
        "Ana",
        "you",
        "host",
        "Ben",
        "editor",
        "P_101",
        "here now",
        "Carla",
        "viewer",
        "follows Ben",
        "last seen 42 s ago",
    ] {
        assert!(shows(&harness, said), "`{said}` is shown");
    }
    assert_eq!(
        harness.query_all_by_label("Follow").count(),
        2,
        "nobody follows themselves"
    );
}

#[test]
fn a_person_is_followed_and_let_go_and_their_selection_is_gone_to() {
    let (mut harness, asked, model) = panel(room(), SessionView::default());
    harness.query_all_by_label("Follow").next().unwrap().click();
    harness.run_ok();
    assert_eq!(take(&asked), [SessionCommand::Follow { person: 2 }]);
    model.borrow_mut().following = Some(2);
    harness.run_ok();
    click(&mut harness, "Go solo");
    assert_eq!(take(&asked), [SessionCommand::GoSolo]);
    click(&mut harness, "P_101");
    let prim = path("/Plant/P_101");
    let select = ViewerCommand::SelectPrim { prim: prim.clone() };
    assert_eq!(asked.borrow().first(), Some(&select));
    assert_eq!(asked.borrow().len(), 1);
    asked.borrow_mut().clear();
    click(&mut harness, "Go");
    assert_eq!(*asked.borrow(), [select, ViewerCommand::FocusPrim { prim }]);
}

#[test]
fn a_host_gives_roles_and_removes_two_menus_deep() {
    let (mut harness, asked, _) = panel(room(), SessionView::default());
    let open_menu_of = |harness: &mut Harness<'_>, row: usize| {
        harness.query_all_by_label("Manage").nth(row).unwrap().click();
        harness.run_ok();
    };
    open_menu_of(&mut harness, 1);
    assert!(take(&asked).is_empty(), "a menu asks for nothing");
    click(&mut harness, "trainer");
    let trainer = SessionCommand::GiveRole {
        person: 2,
        role: "trainer".to_owned(),
    };
    assert_eq!(take(&asked), [trainer]);
    open_menu_of(&mut harness, 2);
    assert!(!shows(&harness, "Remove Carla from the room"), "not by a slip");
    harness.get_by_label_contains("Remove").click();
    harness.run_ok();
    click(&mut harness, "Remove Carla from the room");
    assert_eq!(take(&asked), [SessionCommand::Remove { person: 3 }]);
    open_menu_of(&mut harness, 0);
    assert!(
        harness.query_by_label_contains("Remove").is_none(),
        "nobody removes themselves"
    );
}

#[test]
fn the_header_asks_of_the_whole_room() {
    let (mut harness, asked, model) = panel(room(), SessionView::default());
    for (button, command) in [
        ("Bring everyone", SessionCommand::BringEveryone),
        ("Present", SessionCommand::Present { on: true }),
        ("Undo", SessionCommand::Undo),
        ("Leave", SessionCommand::Leave),
    ] {
        click(&mut harness, button);
        assert_eq!(take(&asked), [command], "{button}");
    }
    click(&mut harness, "End…");
    assert!(take(&asked).is_empty(), "a menu asks for nothing");
    click(&mut harness, "End the session for everyone");
    assert_eq!(take(&asked), [SessionCommand::End]);
    model.borrow_mut().presenter = Some(1);
    harness.run_ok();
    click(&mut harness, "Stop presenting");
    assert_eq!(take(&asked), [SessionCommand::Present { on: false }]);
    model.borrow_mut().in_flight = 3;
    model.borrow_mut().notice = Some("The room is read-only: its disk is full.".to_owned());
    harness.run_ok();
    assert!(shows(&harness, "3 on the way"));
    assert!(shows(&harness, "The room is read-only: its disk is full."));
}

#[test]
fn a_viewer_can_neither_lead_nor_manage_nor_undo_and_reads_who_may() {
    let (mut harness, asked, _) = panel(without_rights(room()), SessionView::default());
    for (button, who) in [
        ("Bring everyone", "A trainer or the host may"),
        ("Present", "A trainer or the host may"),
        ("Undo", "An editor, a trainer or the host may"),
    ] {
        assert!(!is_enabled(&harness, button), "{button}");
        click(&mut harness, button);
        assert!(hover_text(&mut harness, button, who), "{button} says who may");
    }
    assert!(take(&asked).is_empty());
    assert!(!shows(&harness, "Manage"));
    assert!(!shows(&harness, "End…"));
    assert!(is_enabled(&harness, "Leave"), "everyone may leave");
}

#[test]
fn a_lost_room_stays_in_sight_with_reason_countdown_and_a_way_to_hurry() {
    let model = SessionModel {
        phase: offline(),
        ..room()
    };
    let (mut harness, asked, _) = panel(model, SessionView::default());
    for said in ["offline", "the relay does not answer.", "next try in 4 s", "Ben"] {
        assert!(shows(&harness, said), "`{said}` is shown");
    }
    assert!(!is_enabled(&harness, "Bring everyone"));
    assert!(hover_text(
        &mut harness,
        "Present",
        "Not while the room is out of reach"
    ));
    click(&mut harness, "Try now");
    assert_eq!(take(&asked), [SessionCommand::Retry]);
    click(&mut harness, "Chat");
    assert!(
        harness
            .query_by_label_contains("goes out when it is back")
            .is_some()
    );
}

#[test]
fn a_long_name_gives_way_to_what_one_can_do() {
    let long = "Bartholomäus Maximilian von und zu Hohenstein-Wildenburg";
    let mut model = room();
    model.people = vec![person(1, "Ana", "host"), person(2, long, "editor")];
    let (harness, ..) = panel(model, SessionView::default());
    let name = harness.get_by_label(long).rect();
    for button in ["Follow", "Manage"] {
        let button = harness.query_all_by_label(button).last().unwrap().rect();
        assert!(!name.intersects(button), "{name} covers {button}");
        assert!(button.right() < 370.0, "the panel is no wider for it");
    }
}
