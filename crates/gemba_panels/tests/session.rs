//! The session's panels, used as a person does: found by accessible label, clicked and typed in, and asked what they
//! asked for.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod drive;

use std::{cell::RefCell, rc::Rc, time::Duration};

use drive::{Asked, harness, path};
use egui::Key;
use egui_kittest::{
    Harness,
    kittest::{NodeT, Queryable},
};
use gemba_panels::{session::*, *};

const TOKEN: &str = "eyJhbGciOiJFZERTQSJ9";

fn person(number: u32, name: &str, role: &'static str) -> PersonRow {
    PersonRow {
        person: number,
        name: name.into(),
        role,
        colour: number as u8,
        is_you: number == 1,
        following: None,
        selected: None,
        seen: Some(Duration::from_millis(200)),
    }
}

fn said(by: &str, text: &str) -> ChatRow {
    ChatRow {
        by: by.into(),
        colour: 2,
        age: Duration::from_secs(125),
        text: text.into(),
        prims: Vec::new(),
    }
}

fn note(number: usize, text: &str) -> AnnotationRow {
    AnnotationRow {
        key: key(number),
        number,
        by: "Ben".into(),
        colour: 2,
        age: Duration::from_secs(7_300),
        text: text.into(),
        prim: path("/Plant/P_101"),
        status: AnnotationStatus::Open,
        assignee: None,
        replies: Vec::new(),
        is_ours_to_change: true,
    }
}

fn key(number: usize) -> AnnotationKey {
    AnnotationKey {
        by: 2,
        number: number as u64,
    }
}

/// A room with a host (ourselves), an editor who has selected a pump, and a viewer who follows her and fell silent.
fn room() -> SessionModel {
    let mut ben = person(2, "Ben", "editor");
    ben.selected = Some(path("/Plant/P_101"));
    let mut carla = person(3, "Carla", "viewer");
    carla.following = Some("Ben".into());
    carla.seen = Some(Duration::from_secs(42));
    SessionModel {
        phase: SessionPhase::Joined,
        room: "line-1".into(),
        you: Some(1),
        may: SessionRights {
            annotate: true,
            lead: true,
            manage: true,
        },
        people: vec![person(1, "Ana", "host"), ben, carla],
        round_trip: Some(Duration::from_millis(12)),
        ..SessionModel::default()
    }
}

fn without_rights(model: SessionModel) -> SessionModel {
    SessionModel {
        may: SessionRights::default(),
        ..model
    }
}

fn offline() -> SessionPhase {
    SessionPhase::Offline {
        reason: "the relay does not answer.".to_owned(),
        retry_in: Duration::from_millis(3_400),
    }
}

/// The session's panel as wide as it is on a desktop.
fn panel<'a>(model: SessionModel, view: SessionView) -> (Harness<'a>, Asked, Rc<RefCell<SessionModel>>) {
    let model = Rc::new(RefCell::new(model));
    let shown = model.clone();
    let mut view = view;
    let (harness, asked) = harness(move |ui, commands| {
        ui.set_max_width(360.0);
        session_ui(ui, &shown.borrow(), &mut view, commands);
    });
    (harness, asked, model)
}

fn at(tab: SessionTab) -> SessionView {
    let mut view = SessionView::default();
    view.tab = tab;
    view
}

fn click(harness: &mut Harness<'_>, label: &str) {
    harness.get_by_label(label).click();
    harness.run_ok();
}

fn write(harness: &mut Harness<'_>, field: &str, text: &str) {
    harness.get_by_label(field).focus();
    harness.run_ok();
    harness.event(egui::Event::Text(text.to_owned()));
    harness.run_ok();
}

fn shows(harness: &Harness<'_>, label: &str) -> bool {
    harness.query_all_by_label(label).next().is_some()
}

fn is_enabled(harness: &Harness<'_>, label: &str) -> bool {
    !harness.get_by_label(label).accesskit_node().is_disabled()
}

fn hover_text(harness: &mut Harness<'_>, label: &str, text: &str) -> bool {
    harness.get_by_label(label).hover();
    harness.run_ok();
    // Hover text waits for the cursor to rest.
    harness.run_steps(8);
    shows(harness, text)
}

/// What was asked of the session since the last time.
fn take(asked: &Asked) -> Vec<SessionCommand> {
    std::mem::take(&mut *asked.borrow_mut())
        .into_iter()
        .map(|command| match command {
            ViewerCommand::Session(command) => command,
            other => panic!("{other:?} does not concern the session"),
        })
        .collect()
}

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
fn who_is_out_reads_why_and_finds_the_way_in() {
    for (phase, word, why) in [
        (
            SessionPhase::Refused {
                reason: "the link is used up; ask for another".to_owned(),
            },
            "refused",
            "the link is used up; ask for another",
        ),
        (
            SessionPhase::Ended {
                reason: "Ana ended the session".to_owned(),
            },
            "ended",
            "Ana ended the session",
        ),
    ] {
        let model = SessionModel {
            phase,
            ..SessionModel::default()
        };
        let (harness, ..) = panel(model, SessionView::default());
        assert!(shows(&harness, word), "{word}");
        assert!(shows(&harness, why), "{why}");
        assert!(shows(&harness, "Join"));
        assert!(!shows(&harness, "Leave"));
    }
    let (harness, ..) = panel(SessionModel::default(), SessionView::default());
    assert!(shows(&harness, "gemba-relay relay"), "how to come by a link");
    assert!(
        harness
            .query_by_label_contains("docs/guide/meet-in-the-plant.md")
            .is_some()
    );
}

#[test]
fn one_joins_with_a_link_and_a_name() {
    let (mut harness, asked, _) = panel(SessionModel::default(), SessionView::default());
    assert!(!is_enabled(&harness, "Join"));
    assert!(shows(&harness, "Paste a join link first."));
    write(&mut harness, "Join link", "https://plant.example");
    assert!(!is_enabled(&harness, "Join"));
    assert!(shows(&harness, "A join link starts with gemba://"));
    click(&mut harness, "Join");
    let link = format!("gemba://h:4433/line-1#token={TOKEN}");
    harness.get_by_label("Join link").focus();
    harness.run_ok();
    harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
    harness.event(egui::Event::Text(format!(" {link} ")));
    harness.run_ok();
    assert!(take(&asked).is_empty());
    click(&mut harness, "Join");
    let join = |name: Option<&str>| SessionCommand::Join {
        link: link.clone(),
        name: name.map(str::to_owned),
    };
    assert_eq!(take(&asked), [join(None)]);
    write(&mut harness, "Your name", "Ana");
    harness.key_press(Key::Enter);
    harness.run_ok();
    assert_eq!(take(&asked), [join(Some("Ana"))]);
}

/// Everything that the screen or assistive technology shows.
fn everything_shown(harness: &Harness<'_>) -> String {
    let mut text = String::new();
    for node in harness.root().children_recursive() {
        let node = node.accesskit_node();
        for part in [
            node.label(),
            node.value(),
            node.description(),
            node.placeholder().map(str::to_owned),
        ] {
            text.push_str(&part.unwrap_or_default());
            text.push('\n');
        }
    }
    text
}

#[test]
fn the_link_shows_only_on_request_and_is_forgotten_once_in() {
    let (mut harness, _, model) = panel(SessionModel::default(), SessionView::default());
    write(
        &mut harness,
        "Join link",
        &format!("gemba://h:4433/line-1#token={TOKEN}"),
    );
    for hovered in ["Join link", "Join", "Show the link"] {
        harness.get_by_label(hovered).hover();
        harness.run_ok();
        harness.run_steps(8);
        let shown = everything_shown(&harness);
        assert!(shown.contains("••••"), "dots are shown: {shown}");
        assert!(
            !shown.contains(TOKEN) && !shown.contains("4433"),
            "{hovered} gives the link away"
        );
    }
    click(&mut harness, "Show the link");
    assert!(everything_shown(&harness).contains(TOKEN));
    *model.borrow_mut() = room();
    harness.run_ok();
    *model.borrow_mut() = SessionModel::default();
    harness.run_ok();
    click(&mut harness, "Show the link");
    harness.get_by_label("Join link").focus();
    harness.run_ok();
    harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::Z);
    harness.run_ok();
    assert!(
        !everything_shown(&harness).contains(TOKEN),
        "undo brings no secret back"
    );
}

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

#[test]
fn notes_are_listed_opened_answered_assigned_and_settled() {
    let mut settled = note(1, "Guard rail was loose");
    settled.status = AnnotationStatus::Resolved;
    let mut open = note(2, "Seal leaks\nand drips");
    open.replies = vec![("Carla".into(), "Since Monday".into())];
    open.assignee = Some((3, "Carla".into()));
    let model = SessionModel {
        annotations: vec![open, settled],
        ..room()
    };
    let (mut harness, asked, model) = panel(model, at(SessionTab::Notes));
    assert!(shows(&harness, "#2 Seal leaks"));
    assert!(shows(&harness, "open"));
    assert!(shows(&harness, "P_101 · for Carla"));
    assert!(
        !shows(&harness, "#1 Guard rail was loose"),
        "settled ones at request"
    );
    click(&mut harness, "#2 Seal leaks");
    assert!(shows(&harness, "Seal leaks\nand drips"));
    assert!(shows(&harness, "Since Monday"));
    write(&mut harness, "Answer note 2", "I see to it");
    harness.key_press(Key::Enter);
    harness.run_ok();
    let annotation = key(2);
    let reply = SessionCommand::Reply {
        annotation,
        text: "I see to it".to_owned(),
    };
    assert_eq!(take(&asked), [reply]);
    click(&mut harness, "Resolve");
    let resolve = |resolved| SessionCommand::Resolve { annotation, resolved };
    assert_eq!(take(&asked), [resolve(true)]);
    for (choice, person) in [("No one", None), ("Ben", Some(2))] {
        click(&mut harness, "For Carla");
        let choice = harness.query_all_by_label(choice).last().unwrap();
        choice.click();
        harness.run_ok();
        assert_eq!(take(&asked), [SessionCommand::Assign { annotation, person }]);
    }
    click(&mut harness, "Delete");
    assert_eq!(take(&asked), [SessionCommand::Delete { annotation }]);
    click(&mut harness, "Go");
    assert_eq!(asked.borrow().len(), 2, "it is selected and flown to");
    asked.borrow_mut().clear();
    model.borrow_mut().annotations[0].status = AnnotationStatus::Resolved;
    harness.run_ok();
    click(&mut harness, "Reopen");
    assert_eq!(take(&asked), [resolve(false)]);
    click(&mut harness, "All 2");
    assert!(shows(&harness, "#1 Guard rail was loose"));
}

#[test]
fn notes_are_filtered_by_text() {
    let model = SessionModel {
        annotations: vec![note(2, "Seal leaks"), note(1, "Guard rail was loose")],
        ..room()
    };
    let (mut harness, ..) = panel(model, at(SessionTab::Notes));
    write(&mut harness, "Filter notes", "RAIL");
    assert!(shows(&harness, "#1 Guard rail was loose"));
    assert!(!shows(&harness, "#2 Seal leaks"));
    harness.event(egui::Event::Text(" no such thing".to_owned()));
    harness.run_ok();
    assert!(shows(&harness, "No note matches the filter."));
    click(&mut harness, "Clear filter of notes");
    assert!(shows(&harness, "#2 Seal leaks"));
}

#[test]
fn a_note_is_left_on_what_is_selected() {
    let (mut harness, asked, model) = panel(room(), at(SessionTab::Notes));
    assert!(
        harness
            .query_by_label_contains("select what it is about")
            .is_some(),
        "what to do first"
    );
    model.borrow_mut().selected = Some(path("/Plant/P_101"));
    harness.run_ok();
    write(&mut harness, "New note on P_101", "Seal leaks");
    click(&mut harness, "Add note");
    let text = "Seal leaks".to_owned();
    assert_eq!(take(&asked), [SessionCommand::Annotate { text }]);
}

#[test]
fn who_may_not_annotate_reads_notes_and_who_may() {
    let mut row = note(1, "Seal leaks");
    row.is_ours_to_change = false;
    let model = SessionModel {
        annotations: vec![row],
        selected: Some(path("/Plant/P_101")),
        ..without_rights(room())
    };
    let (mut harness, ..) = panel(model, at(SessionTab::Notes));
    click(&mut harness, "#1 Seal leaks");
    assert!(shows(
        &harness,
        "An editor, a trainer or the host may leave notes."
    ));
    assert!(shows(&harness, "An editor, a trainer or the host may answer."));
    assert!(shows(&harness, "For no one"));
    for absent in [
        "New note on P_101",
        "Answer note 1",
        "Resolve",
        "Delete",
        "Add note",
        "Answer",
    ] {
        assert!(!shows(&harness, absent), "`{absent}` is absent");
    }
}

#[test]
fn ten_thousand_notes_draw_only_what_is_in_sight() {
    let nodes = |count: usize, opened: bool| {
        let annotations = (1..=count).map(|at| note(at, &format!("finding {at}"))).collect();
        let model = SessionModel {
            annotations,
            ..room()
        };
        let (mut harness, ..) = panel(model, at(SessionTab::Notes));
        assert!(shows(&harness, "#1 finding 1"));
        if opened {
            click(&mut harness, "#1 finding 1");
        }
        harness.root().children_recursive().count()
    };
    for opened in [false, true] {
        let (screenful, many) = (nodes(40, opened), nodes(10_000, opened));
        assert!(screenful > 30, "{screenful}");
        assert_eq!(
            many, screenful,
            "as many as a screen holds, however many there are"
        );
    }
}

/// The whole desktop, the rectangle that it leaves to the plant, and what is arranged on it.
fn desktop<'a>(
    session: SessionModel,
) -> (
    Harness<'a>,
    Asked,
    Rc<RefCell<DesktopView>>,
    Rc<RefCell<egui::Rect>>,
) {
    let model = DesktopModel {
        session,
        loading: LoadingModel::Ready,
        ..DesktopModel::default()
    };
    let view = Rc::new(RefCell::new(DesktopView::default()));
    let free = Rc::new(RefCell::new(egui::Rect::NOTHING));
    let (arranged, left) = (view.clone(), free.clone());
    let (harness, asked) = harness(move |ui, commands| {
        *left.borrow_mut() = desktop_ui(ui, &model, &mut arranged.borrow_mut(), commands);
    });
    (harness, asked, view, free)
}

#[test]
fn the_status_bar_says_the_session_and_leads_to_it() {
    let refused = SessionPhase::Refused {
        reason: "no".to_owned(),
    };
    let ended = SessionPhase::Ended {
        reason: "over".to_owned(),
    };
    for (phase, badge) in [
        (SessionPhase::Joined, "line-1 · 3 people"),
        (SessionPhase::Connecting, "line-1 · connecting"),
        (offline(), "offline, next try in 4 s"),
        (refused, "session refused"),
        (ended, "session ended"),
    ] {
        let (mut harness, _, view, _) = desktop(SessionModel { phase, ..room() });
        view.borrow_mut().details_shown = false;
        harness.run_ok();
        click(&mut harness, badge);
        let view = view.borrow();
        assert!(view.details_shown && view.details == Details::Session, "{badge}");
    }
    let (harness, ..) = desktop(SessionModel::default());
    assert!(harness.query_by_label_contains("session").is_none());
    assert!(shows(&harness, "People"), "the way in is a tab");
    assert!(shows(&harness, "NO LIVE DATA"), "the status stands");
}

#[test]
fn what_was_said_meanwhile_is_counted_in_the_status_bar() {
    let model = SessionModel {
        chat: vec![said("Ben", "one"), said("Ben", "two")],
        ..room()
    };
    let (mut harness, ..) = desktop(model);
    assert!(shows(&harness, "2 unread"));
    click(&mut harness, "People 3");
    click(&mut harness, "Chat, 2 unread");
    harness.run_ok();
    assert!(!shows(&harness, "2 unread"));
}

#[test]
fn the_banner_says_what_changes_what_one_sees_and_takes_no_room() {
    let (_, _, _, free_without) = desktop(room());
    let following = SessionModel {
        following: Some(2),
        ..room()
    };
    let presenting = SessionModel {
        presenter: Some(1),
        ..room()
    };
    let watching = SessionModel {
        presenter: Some(3),
        ..room()
    };
    let lost = SessionModel {
        phase: offline(),
        ..room()
    };
    let offline_text = "Offline: the relay does not answer. Next try in 4 s.";
    for (model, text, action) in [
        (
            following,
            "You see with Ben's eyes",
            Some(("Go solo (Esc)", SessionCommand::GoSolo)),
        ),
        (
            presenting,
            "You present",
            Some(("Stop", SessionCommand::Present { on: false })),
        ),
        (watching, "Carla presents", None),
        (lost, offline_text, Some(("Try now", SessionCommand::Retry))),
    ] {
        let (mut harness, asked, _, free) = desktop(model);
        assert_eq!(*free.borrow(), *free_without.borrow(), "the plant keeps its room");
        let place = harness.get_by_label(text).rect();
        assert!(free.borrow().contains_rect(place), "{text} floats over the plant");
        assert!(place.top() < free.borrow().top() + 60.0, "{text} is at the top");
        assert!(take(&asked).is_empty());
        if let Some((button, command)) = action {
            click(&mut harness, button);
            assert_eq!(take(&asked), [command]);
        }
    }
    let (harness, ..) = desktop(SessionModel {
        phase: SessionPhase::None,
        following: Some(2),
        ..SessionModel::default()
    });
    assert!(
        harness.query_by_label_contains("eyes").is_none(),
        "outside of a room one sees with one's own"
    );
}
