//! Notes that are drawn, and those with a picture.

use egui::Key;
use egui_kittest::kittest::{NodeT, Queryable};
use gemba_panels::session::*;

use crate::{
    drive::{harness, path},
    room::*,
};

fn take_pen(shape: Shape, text: &str) -> SessionCommand {
    let text = text.to_owned();
    SessionCommand::TakePen { shape, text }
}

#[test]
fn a_note_is_left_in_four_ways_each_one_click() {
    let model = SessionModel {
        selected: Some(path("/Plant/P_101")),
        ..room()
    };
    let (mut harness, asked, _) = panel(model, at(SessionTab::Notes));
    assert!(!is_enabled(&harness, "Text"), "a text says something");
    for (way, command) in [
        ("Arrow", take_pen(Shape::Arrow, "")),
        ("Freehand", take_pen(Shape::Stroke, "")),
        ("Picture", SessionCommand::Capture { text: String::new() }),
    ] {
        click(&mut harness, way);
        assert_eq!(take(&asked), [command], "{way}");
    }
    write(&mut harness, "New note on P_101", " Look here ");
    let text = "Look here".to_owned();
    click(&mut harness, "Picture");
    assert_eq!(take(&asked), [SessionCommand::Capture { text }]);
    write(&mut harness, "New note on P_101", "Seal leaks");
    harness.key_press(Key::Enter);
    harness.run_ok();
    let text = "Seal leaks".to_owned();
    assert_eq!(take(&asked), [SessionCommand::Annotate { text }]);
}

#[test]
fn one_draws_without_a_selection_but_says_what_a_text_or_a_picture_is_about() {
    let (mut harness, asked, _) = panel(room(), at(SessionTab::Notes));
    write(&mut harness, "New note", "Here");
    assert!(!is_enabled(&harness, "Text") && !is_enabled(&harness, "Picture"));
    click(&mut harness, "Arrow");
    assert_eq!(take(&asked), [take_pen(Shape::Arrow, "Here")]);
    harness.get_by_label("New note").focus();
    harness.key_press(Key::Enter);
    harness.run_ok();
    assert!(take(&asked).is_empty(), "Enter leaves nothing on nothing");
}

#[test]
fn what_is_written_goes_with_the_pen_and_stays_until_the_note_is_there() {
    let model = SessionModel {
        annotations: vec![note(1, "Here")],
        ..room()
    };
    let (mut harness, asked, model) = panel(model, at(SessionTab::Notes));
    write(&mut harness, "New note", "Her");
    click(&mut harness, "Freehand");
    assert_eq!(take(&asked), [take_pen(Shape::Stroke, "Her")]);
    model.borrow_mut().pen = Some(Shape::Stroke);
    harness.run_ok();
    assert!(shows(
        &harness,
        "Drag along what you want to mark · Esc puts the pen away"
    ));
    let field = |harness: &egui_kittest::Harness<'_>| {
        let field = harness.get_by_label("New note");
        field.accesskit_node().value().unwrap_or_default()
    };
    harness.get_by_label("New note").focus();
    harness.run_ok();
    harness.key_press(Key::End);
    harness.event(egui::Event::Text("e".to_owned()));
    harness.run_ok();
    assert_eq!(take(&asked), [take_pen(Shape::Stroke, "Here")]);
    click(&mut harness, "Freehand");
    assert_eq!(take(&asked), [SessionCommand::DropPen]);
    model.borrow_mut().pen = None;
    harness.run_ok();
    assert_eq!(
        field(&harness),
        "Here",
        "an older note that says the same is another"
    );
    let mut drawn = note(2, "Here");
    drawn.markup = MarkupRow::Stroke;
    model.borrow_mut().annotations.insert(0, drawn);
    harness.run_ok();
    assert_eq!(field(&harness), "");
    // A note that comes by another way empties nothing that was written since.
    write(&mut harness, "New note", "There");
    click(&mut harness, "Arrow");
    write(&mut harness, "New note", "!");
    model.borrow_mut().annotations.insert(0, note(3, "There"));
    harness.run_ok();
    let text = field(&harness);
    assert!(text.contains("There") && text.contains('!'), "{text}");
}

#[test]
fn a_banner_says_what_to_do_with_the_pen_and_puts_it_away() {
    for (shape, text) in [
        (
            Shape::Arrow,
            "Drag from where the arrow starts to what it points to · Esc puts the pen away",
        ),
        (
            Shape::Stroke,
            "Drag along what you want to mark · Esc puts the pen away",
        ),
    ] {
        let model = SessionModel {
            pen: Some(shape),
            ..room()
        };
        let view = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(900.0, 600.0));
        let (mut harness, asked) = harness(move |ui, commands| banner_ui(ui, view, &model, commands));
        assert!(shows(&harness, text), "{text}");
        click(&mut harness, "Put the pen away");
        assert_eq!(take(&asked), [SessionCommand::DropPen]);
    }
}
