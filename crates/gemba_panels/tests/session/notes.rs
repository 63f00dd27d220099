//! The notes.

use std::{cell::Cell, rc::Rc};

use egui::Key;
use egui_kittest::kittest::{NodeT, Queryable};
use gemba_panels::session::*;

use crate::{
    drive::{harness, path},
    room::*,
};

/// High enough for the list and an opened note below it.
const HIGH_SCREEN_PT: egui::Vec2 = egui::vec2(900.0, 1_000.0);

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
    click(&mut harness, "Resolved");
    let stands = |status| SessionCommand::SetStatus { annotation, status };
    assert_eq!(take(&asked), [stands(AnnotationStatus::Resolved)]);
    click(&mut harness, "In progress");
    assert_eq!(take(&asked), [stands(AnnotationStatus::InProgress)]);
    click(&mut harness, "Open");
    assert!(take(&asked).is_empty(), "it is open already");
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
    click(&mut harness, "Open");
    assert_eq!(take(&asked), [stands(AnnotationStatus::Open)]);
    click(&mut harness, "All notes");
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
            .query_by_label_contains("first select what it is about")
            .is_some(),
        "what to do first"
    );
    model.borrow_mut().selected = Some(path("/Plant/P_101"));
    harness.run_ok();
    write(&mut harness, "New note on P_101", "Seal leaks");
    click(&mut harness, "Text");
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
    assert!(shows(
        &harness,
        "An editor, a trainer or the host may leave notes."
    ));
    for absent in [
        "New note",
        "New note on P_101",
        "Text",
        "Arrow",
        "Freehand",
        "Picture",
    ] {
        assert!(!shows(&harness, absent), "`{absent}` is absent");
    }
    click(&mut harness, "#1 Seal leaks");
    assert!(shows(&harness, "An editor, a trainer or the host may answer."));
    assert!(shows(&harness, "For no one"));
    for absent in ["Answer note 1", "Resolved", "Delete", "Edit", "Answer"] {
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
        harness.set_size(HIGH_SCREEN_PT);
        harness.run_ok();
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

#[test]
fn an_opened_note_takes_the_place_of_the_list_on_a_low_screen_alone() {
    let model = SessionModel {
        annotations: vec![note(2, "Seal leaks"), note(1, "Bearing hums")],
        ..room()
    };
    let (mut harness, ..) = panel(model, at(SessionTab::Notes));
    click(&mut harness, "#2 Seal leaks");
    assert!(shows(&harness, "Note 2") && !shows(&harness, "#1 Bearing hums"));
    click(&mut harness, "All notes");
    assert!(!shows(&harness, "Note 2") && shows(&harness, "#1 Bearing hums"));
    harness.set_size(HIGH_SCREEN_PT);
    harness.run_ok();
    click(&mut harness, "#2 Seal leaks");
    let (list, opened) = (
        harness.get_by_label("#1 Bearing hums").rect(),
        harness.get_by_label("Note 2").rect(),
    );
    assert!(opened.top() > list.bottom(), "{opened} is below {list}");
}

#[test]
fn the_line_to_answer_in_stays_in_sight_below_a_long_thread() {
    let mut row = note(1, "Seal leaks");
    row.replies = (0..200)
        .map(|at| ("Ben".into(), format!("answer {at}").into()))
        .collect();
    let model = SessionModel {
        annotations: vec![row],
        ..room()
    };
    let (mut harness, ..) = panel(model, at(SessionTab::Notes));
    click(&mut harness, "#1 Seal leaks");
    let field = harness.get_by_label("Answer note 1").rect();
    assert!(field.bottom() < 700.0, "{field}");
}

#[test]
fn notes_are_filtered_by_whom_they_are_assigned_to() {
    let assigned = |number, text: &str, to: Option<(u32, &str)>| {
        let mut row = note(number, text);
        row.assignee = to.map(|(person, name)| (person, name.into()));
        row
    };
    let model = SessionModel {
        annotations: vec![
            assigned(4, "Valve sticks", Some((9, "Dora"))),
            assigned(3, "Seal leaks", Some((1, "Ana"))),
            assigned(2, "Seal weeps", None),
            assigned(1, "Bearing hums", Some((2, "Ben"))),
        ],
        ..room()
    };
    let (mut harness, asked, _) = panel(model, at(SessionTab::Notes));
    let all = [
        "#4 Valve sticks",
        "#3 Seal leaks",
        "#2 Seal weeps",
        "#1 Bearing hums",
    ];
    for (from, choice, to, shown) in [
        ("anyone", "Me", "me", all[1]),
        ("me", "No one", "no one", all[2]),
        ("no one", "Ben", "Ben", all[3]),
        ("Ben", "Dora", "Dora", all[0]),
    ] {
        click(&mut harness, &format!("Assigned: {from}"));
        harness.query_all_by_label(choice).last().unwrap().click();
        harness.run_ok();
        assert!(shows(&harness, &format!("Assigned: {to}")));
        for row in all {
            assert_eq!(shows(&harness, row), row == shown, "{row} for {choice}");
        }
    }
    write(&mut harness, "Filter notes", "seal");
    assert!(
        shows(&harness, "No note matches the filter."),
        "text and assignee together"
    );
    click(&mut harness, "Assigned: Dora");
    click(&mut harness, "Anyone");
    assert!(shows(&harness, all[1]) && shows(&harness, all[2]) && !shows(&harness, all[0]));
    assert!(take(&asked).is_empty(), "looking asks for nothing");
}

#[test]
fn what_a_note_says_is_changed_in_place() {
    let mut others = note(2, "Bearing hums");
    others.is_ours_to_change = false;
    let model = SessionModel {
        annotations: vec![others, note(1, "Seal leaks")],
        ..room()
    };
    let (mut harness, asked, _) = panel(model, at(SessionTab::Notes));
    click(&mut harness, "#1 Seal leaks");
    click(&mut harness, "Edit");
    assert!(!is_enabled(&harness, "Save"), "it says the same");
    assert!(
        harness.get_by_label("Text of note 1").is_focused(),
        "one goes on to write"
    );
    write(&mut harness, "Text of note 1", "x");
    click(&mut harness, "Cancel");
    assert!(!shows(&harness, "Text of note 1") && shows(&harness, "Seal leaks"));
    assert!(take(&asked).is_empty());
    click(&mut harness, "Edit");
    write(&mut harness, "Text of note 1", "?");
    let field = harness.get_by_label("Text of note 1");
    let text = field.accesskit_node().value().expect("a text");
    assert!(
        text.contains("Seal leaks") && text.contains('?') && !text.contains('x'),
        "{text}"
    );
    click(&mut harness, "Save");
    let annotation = key(1);
    assert_eq!(take(&asked), [SessionCommand::Edit { annotation, text }]);
    assert!(!shows(&harness, "Save"));
    click(&mut harness, "Edit");
    click(&mut harness, "All notes");
    click(&mut harness, "#2 Bearing hums");
    assert!(!shows(&harness, "Save"), "what was begun is not for another note");
    assert!(!shows(&harness, "Edit"), "another's note is theirs to change");
    click(&mut harness, "Resolved");
    let (annotation, status) = (key(2), AnnotationStatus::Resolved);
    assert_eq!(
        take(&asked),
        [SessionCommand::SetStatus { annotation, status }],
        "whoever may annotate may settle, as the room has it"
    );
}

#[test]
fn an_opened_note_shows_its_kind_and_its_picture_also_in_full() {
    let mut arrow = note(3, "");
    arrow.markup = MarkupRow::Arrow;
    let mut absent = note(2, "");
    absent.markup = MarkupRow::Picture(None);
    let mut picture = note(1, "Oil on the floor");
    picture.markup = MarkupRow::Picture(Some(Picture {
        texture: egui::TextureId::default(),
        size_px: [640, 360],
    }));
    let model = SessionModel {
        annotations: vec![arrow, absent, picture],
        ..room()
    };
    let (mut harness, ..) = panel(model, at(SessionTab::Notes));
    click(&mut harness, "#3 arrow in the plant");
    assert!(shows(&harness, "arrow in the plant"));
    click(&mut harness, "All notes");
    click(&mut harness, "#2 picture");
    assert!(shows(&harness, "The picture is on its way, or cannot be shown."));
    click(&mut harness, "All notes");
    click(&mut harness, "#1 Oil on the floor");
    let small = harness.get_by_label("Picture of note 1").rect();
    assert!(small.width() > 300.0 && small.width() <= 360.0, "{small}");
    assert!((small.aspect_ratio() - 640.0 / 360.0).abs() < 0.02, "{small}");
    harness.get_by_label("Picture of note 1").click();
    harness.run_ok();
    let full = harness.get_by_label("Picture of note 1, in full").rect();
    assert!((full.width() - 640.0).abs() < 1.0, "a pixel for a pixel: {full}");
    let window = harness
        .query_all_by_label("Picture of note 1")
        .last()
        .unwrap()
        .rect();
    assert!(
        window.expand(1.0).contains_rect(full),
        "{window} shows all of {full}"
    );
}

#[test]
fn the_app_opens_a_note_whatever_is_shown() {
    let mut settled = note(7, "Guard rail was loose");
    settled.status = AnnotationStatus::Resolved;
    let model = SessionModel {
        annotations: vec![settled],
        ..room()
    };
    let mut view = at(SessionTab::Chat);
    let opened = Rc::new(Cell::new(false));
    let open = opened.clone();
    let (mut harness, _) = harness(move |ui, commands| {
        if open.take() {
            view.open_note(key(7));
        }
        session_ui(ui, &model, &mut view, commands);
    });
    assert!(!shows(&harness, "Note 7"));
    opened.set(true);
    harness.step();
    harness.run_ok();
    assert!(shows(&harness, "Note 7"), "settled ones too");
}
