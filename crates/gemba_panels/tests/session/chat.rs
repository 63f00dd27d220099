//! The chat.

use egui::Key;
use egui_kittest::{Harness, kittest::Queryable};
use gemba_panels::{session::*, *};

use crate::{drive::path, room::*};

#[test]
fn the_chat_says_who_when_what_and_leads_into_the_plant() {
    let mut message = said("Ben", "The seal of this one leaks");
    message.prims = vec![path("/Plant/P_101"), path("/Plant/P_102")];
    let model = SessionModel {
        chat: vec![message],
        selected: Some(path("/Plant/V_7")),
        ..room()
    };
    let (mut harness, asked, _) = panel(model, at(SessionTab::Chat));
    for said in ["Ben", "2 min ago", "The seal of this one leaks", "P_102"] {
        assert!(shows(&harness, said), "`{said}` is shown");
    }
    harness.query_all_by_label("Go").nth(1).unwrap().click();
    harness.run_ok();
    let prim = path("/Plant/P_102");
    assert_eq!(
        *asked.borrow(),
        [
            ViewerCommand::SelectPrim { prim: prim.clone() },
            ViewerCommand::FocusPrim { prim }
        ]
    );
    asked.borrow_mut().clear();
    assert!(!is_enabled(&harness, "Send"), "nothing to send");
    click(&mut harness, "Link V_7");
    write(&mut harness, "Say something", " Look here ");
    harness.key_press(Key::Enter);
    harness.run_ok();
    // The line keeps the keyboard and is empty; the link was for the one message.
    harness.event(egui::Event::Text("Or there".to_owned()));
    harness.run_ok();
    click(&mut harness, "Send");
    let say = |text: &str, links_selection| SessionCommand::Say {
        text: text.to_owned(),
        links_selection,
    };
    assert_eq!(take(&asked), [say("Look here", true), say("Or there", false)]);
    harness.key_press(Key::Enter);
    harness.run_ok();
    assert!(take(&asked).is_empty(), "an empty line is not sent");
}

#[test]
fn a_message_that_no_room_takes_is_not_sent() {
    let (mut harness, asked, _) = panel(room(), at(SessionTab::Chat));
    write(&mut harness, "Say something", &"ä".repeat(1_001));
    assert!(!is_enabled(&harness, "Send"));
    harness.key_press(Key::Enter);
    harness.run_ok();
    assert!(take(&asked).is_empty());
}

#[test]
fn the_newest_message_is_in_sight_until_one_scrolls_up() {
    let chat: Vec<ChatRow> = (0..300).map(|at| said("Ben", &format!("message {at}"))).collect();
    let model = SessionModel { chat, ..room() };
    let (mut harness, _, model) = panel(model, at(SessionTab::Chat));
    let in_sight = |harness: &Harness<'_>, text: &str| {
        let screen = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(900.0, 660.0));
        harness
            .query_by_label(text)
            .is_some_and(|node| screen.contains_rect(node.rect()))
    };
    assert!(in_sight(&harness, "message 299"));
    assert!(!shows(&harness, "message 199"), "a hundred at first");
    model.borrow_mut().chat.push(said("Carla", "one more"));
    harness.run_ok();
    assert!(in_sight(&harness, "one more"));
    harness.hover_at(egui::pos2(150.0, 400.0));
    harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, 100_000.0),
        phase: egui::TouchPhase::Move,
        modifiers: egui::Modifiers::NONE,
    });
    harness.run_ok();
    harness.run_steps(30);
    model.borrow_mut().chat.push(said("Carla", "and another"));
    harness.run_ok();
    assert!(!in_sight(&harness, "and another"), "reading is not disturbed");
    click(&mut harness, "Show earlier (202)");
    assert!(shows(&harness, "message 110"));
}

#[test]
fn unread_messages_are_counted_until_the_chat_is_seen() {
    let model = SessionModel {
        chat: vec![said("Ben", "one"), said("Ben", "two")],
        ..room()
    };
    let (mut harness, _, model) = panel(model, SessionView::default());
    click(&mut harness, "Chat, 2 unread");
    assert!(shows(&harness, "Chat"));
    click(&mut harness, "Notes 0");
    model.borrow_mut().chat.push(said("Ben", "three"));
    harness.run_ok();
    assert!(shows(&harness, "Chat, 1 unread"));
}
