//! The notes.

use egui::Key;
use egui_kittest::kittest::{NodeT, Queryable};
use gemba_panels::session::*;

use crate::{drive::path, room::*};

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
    let stands = |status| SessionCommand::SetStatus { annotation, status };
    assert_eq!(take(&asked), [stands(AnnotationStatus::Resolved)]);
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
    assert_eq!(take(&asked), [stands(AnnotationStatus::Open)]);
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
