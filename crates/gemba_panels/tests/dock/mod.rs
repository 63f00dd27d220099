//! The dock: panels found by their tabs, closed, opened again, and put back.

use std::{cell::RefCell, rc::Rc};

use egui::Vec2;
use egui_kittest::{Harness, kittest::Queryable};
use gemba_panels::*;

use crate::drive::harness;

/// The desktop, what is arranged on it, and the rectangle that it leaves to the plant.
fn desktop<'a>() -> (Harness<'a>, Rc<RefCell<DesktopView>>, Rc<RefCell<egui::Rect>>) {
    let model = DesktopModel {
        loading: LoadingModel::Ready,
        ..DesktopModel::default()
    };
    let view = Rc::new(RefCell::new(DesktopView::default()));
    let free = Rc::new(RefCell::new(egui::Rect::NOTHING));
    let (arranged, left) = (view.clone(), free.clone());
    let (harness, _) = harness(move |ui, commands| {
        *left.borrow_mut() = desktop_ui(ui, &model, &mut arranged.borrow_mut(), commands);
    });
    (harness, view, free)
}

fn click(harness: &mut Harness<'_>, name: &str) {
    harness.get_by_label(name).click();
    harness.run_ok();
    harness.run_ok();
}

/// The names on the tabs, with nothing to count.
const TABS: [&str; 8] = [
    "Plant tree",
    "Selection",
    "Section",
    "People",
    "Limits 0",
    "Connections 0/0",
    "Issues 0",
    "Log",
];

#[test]
fn every_panel_has_a_tab_that_brings_it_to_the_front() {
    let (mut harness, view, free) = desktop();
    harness.set_size(Vec2::new(1280.0, 720.0));
    harness.run_ok();
    for (tab, panel) in TABS.into_iter().zip(PanelKind::PANELS) {
        click(&mut harness, tab);
        assert!(view.borrow().dock.is_in_front(panel), "{tab}");
    }
    let free = *free.borrow();
    assert!(free.width() > 0.45 * 1280.0 && free.height() > 500.0, "{free:?}");
    assert!(
        view.borrow_mut().dock.take_edited(),
        "which tab is in front is kept"
    );
    assert!(!view.borrow_mut().dock.take_edited());
}

#[test]
fn a_panel_is_closed_by_its_cross_and_opened_by_the_menu() {
    let (mut harness, view, free) = desktop();
    let before = *free.borrow();
    click(&mut harness, "Close Plant tree");
    assert!(!view.borrow().dock.is_open(PanelKind::Tree));
    assert!(
        free.borrow().width() > before.width() + 100.0,
        "the plant gets the room"
    );
    click(&mut harness, "Panels");
    click(&mut harness, "Show Plant tree");
    assert!(view.borrow().dock.is_in_front(PanelKind::Tree));
    assert!(
        (free.borrow().width() - before.width()).abs() < 2.0,
        "where it was"
    );
}

#[test]
fn details_are_hidden_and_come_back_as_they_were() {
    let (mut harness, view, free) = desktop();
    click(&mut harness, "Log");
    click(&mut harness, "Close Log");
    let before = *free.borrow();
    click(&mut harness, "Details");
    assert!(!view.borrow().dock.are_details_open());
    assert!(harness.query_by_label("Selection").is_none());
    assert!(free.borrow().right() > before.right() + 100.0);
    click(&mut harness, "Details");
    assert!(view.borrow().dock.is_open(PanelKind::Selection));
    assert!(
        !view.borrow().dock.is_open(PanelKind::Log),
        "closed by its cross, it stays closed"
    );
}

#[test]
fn the_arrangement_is_put_back() {
    let (mut harness, view, _) = desktop();
    let fresh = view.borrow().dock.to_text();
    let (dock, notes) =
        Dock::from_text("1 column(view, 200 row(1 tabs(log* issues), 2 tabs(tree* -selection)))")
            .expect("one");
    assert!(notes.is_empty());
    view.borrow_mut().dock = dock;
    harness.run_ok();
    assert!(view.borrow().dock.is_in_front(PanelKind::Log));
    click(&mut harness, "Panels");
    click(&mut harness, "Reset arrangement");
    let panels = |text: &str| text.replace(|letter: char| letter.is_ascii_digit() || letter == '.', "");
    assert_eq!(panels(&view.borrow().dock.to_text()), panels(&fresh));
}

#[test]
fn a_wider_window_gives_its_room_to_the_plant() {
    let (mut harness, _, free) = desktop();
    harness.set_size(Vec2::new(1280.0, 720.0));
    harness.run_ok();
    let before = *free.borrow();
    harness.set_size(Vec2::new(1920.0, 1080.0));
    harness.run_ok();
    let after = *free.borrow();
    assert!((after.left() - before.left()).abs() < 1.5, "{before:?} {after:?}");
    assert!(
        (after.width() - before.width() - 640.0).abs() < 3.0,
        "{before:?} {after:?}"
    );
    harness.set_size(Vec2::new(640.0, 480.0));
    harness.run_ok();
    assert!(free.borrow().width() > 0.38 * 640.0, "{:?}", free.borrow());
}

/// Whatever a settings file says, each panel is there once and the plant has a place.
#[test]
fn any_arrangement_that_is_read_can_be_drawn() {
    for text in [
        "1 view",
        "1 tabs(view* tree selection)",
        "1 row(tree, view, log)",
        "1 column(1 tabs(tabs(row(tree, log), issues)*), 9999 tabs(selection*), view)",
        "1 row(1e30 tabs(tree*), view, 0.0001 tabs(log*))",
        "1 tabs(row(tabs(column(view, tabs(tree))), tabs(log)))",
    ] {
        let (mut harness, view, free) = desktop();
        view.borrow_mut().dock = Dock::from_text(text).expect(text).0;
        harness.run_ok();
        let free = *free.borrow();
        assert!(free.is_positive() && free.area() > 1_000.0, "{text}: {free:?}");
        let written = view.borrow().dock.to_text();
        assert_eq!(written.matches("view").count(), 1, "{written}");
        assert_eq!(written.matches("tree").count(), 1, "{written}");
        Dock::from_text(&written).expect("what it became");
    }
}

/// What is left to the plant after frames of these sizes, the first ones of someone new.
fn left_after(sizes: &[Vec2]) -> egui::Rect {
    let model = DesktopModel {
        loading: LoadingModel::Ready,
        ..DesktopModel::default()
    };
    let (ctx, mut view) = (egui::Context::default(), DesktopView::default());
    let mut left = egui::Rect::NOTHING;
    for size in sizes {
        let input = egui::RawInput {
            screen_rect: Some(egui::Rect::from_min_size(egui::Pos2::ZERO, *size)),
            ..egui::RawInput::default()
        };
        let mut drawn = ctx.run_ui(input, |ui| {
            left = desktop_ui(ui, &model, &mut view, &mut Vec::new());
        });
        // Nobody looks at it.
        drawn.textures_delta.clear();
    }
    left
}

/// A window gets its size, and its scale, only after its first frame.
#[test]
fn panels_fit_the_second_frame_of_someone_new_as_if_it_were_the_first() {
    let (small, large) = (Vec2::new(800.0, 600.0), Vec2::new(1920.0, 1080.0));
    let at_once = left_after(&[large, large, large]);
    let after = left_after(&[small, large, large]);
    assert!(at_once.width() > 0.4 * large.x, "{at_once:?}");
    assert!(
        (after.width() - at_once.width()).abs() < 1.0,
        "{after:?}, not {at_once:?}"
    );
    // Later the person's widths stay as they are, and the plant gets what a larger window adds.
    let later = left_after(&[small, small, small, large, large]);
    assert!(
        later.width() > at_once.width() + 10.0,
        "{later:?}, not wider than {at_once:?}"
    );
}
