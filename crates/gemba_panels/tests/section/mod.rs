//! The section.

use std::{cell::RefCell, rc::Rc};

use egui::Key;
use egui_kittest::{
    Harness,
    kittest::{NodeT, Queryable},
};
use gemba_panels::*;

use crate::drive::{Asked, harness, path};

fn plant() -> SectionModel {
    SectionModel {
        bounds_m: [[-10.0, 0.0, -30.0], [10.0, 8.0, 30.0]],
        ..SectionModel::default()
    }
}

fn cut(normal: [f64; 3], offset_m: f64) -> SectionCut {
    SectionCut { normal, offset_m }
}

fn panel<'a>(model: SectionModel) -> (Harness<'a>, Asked, Rc<RefCell<SectionModel>>) {
    let model = Rc::new(RefCell::new(model));
    let shown = model.clone();
    let mut view = SectionView::default();
    let (harness, asked) = harness(move |ui, commands| {
        ui.set_max_width(360.0);
        section_ui(ui, &shown.borrow(), &mut view, commands);
    });
    (harness, asked, model)
}

fn click(harness: &mut Harness<'_>, label: &str) {
    harness.get_by_label(label).click();
    harness.run_ok();
}

fn is_enabled(harness: &Harness<'_>, label: &str) -> bool {
    !harness.get_by_label(label).accesskit_node().is_disabled()
}

fn take(asked: &Asked) -> Vec<ViewerCommand> {
    std::mem::take(&mut *asked.borrow_mut())
}

/// The planes that the one command of a click sets; they are in force from then on.
fn set(harness: &mut Harness<'_>, asked: &Asked, model: &RefCell<SectionModel>) -> Vec<SectionCut> {
    let [ViewerCommand::SetSection { planes }] = &take(asked)[..] else {
        panic!("one command sets the section");
    };
    model.borrow_mut().planes.clone_from(planes);
    harness.run_ok();
    planes.clone()
}

#[test]
fn a_plane_is_switched_on_moved_flipped_and_comes_back_where_it_was() {
    let (mut harness, asked, model) = panel(plant());
    for off in [
        "Position of Height (Y)",
        "Flip Height (Y)",
        "Remove cuts",
        "Show all",
    ] {
        assert!(!is_enabled(&harness, off), "{off}");
    }
    click(&mut harness, "Height (Y)");
    let up = [0.0, 1.0, 0.0];
    let middle = set(&mut harness, &asked, &model);
    assert_eq!(middle, [cut(up, 4.0)], "in the middle at first");
    assert!(harness.query_by_label("cuts above").is_some());
    harness.get_by_label("Position of Height (Y)").focus();
    harness.run_ok();
    harness.key_press(Key::ArrowRight);
    harness.run_ok();
    let [moved] = set(&mut harness, &asked, &model)[..] else {
        panic!("one plane");
    };
    assert!(
        moved.normal == up && moved.offset_m > 4.0 && moved.offset_m < 8.0,
        "{moved:?}"
    );
    click(&mut harness, "Flip Height (Y)");
    let down = cut([0.0, -1.0, 0.0], -moved.offset_m);
    assert_eq!(set(&mut harness, &asked, &model), [down], "it stays where it is");
    assert!(harness.query_by_label("cuts below").is_some());
    click(&mut harness, "Height (Y)");
    assert!(set(&mut harness, &asked, &model).is_empty());
    click(&mut harness, "Height (Y)");
    assert_eq!(set(&mut harness, &asked, &model), [down], "where it was");
    click(&mut harness, "X");
    let along_x = cut([1.0, 0.0, 0.0], 0.0);
    assert_eq!(set(&mut harness, &asked, &model), [down, along_x]);
    click(&mut harness, "Remove cuts");
    assert!(set(&mut harness, &asked, &model).is_empty());
}

#[test]
fn planes_at_an_angle_stay_until_they_are_removed() {
    let oblique = cut([0.6, 0.8, 0.0], 3.0);
    let (first, second) = (cut([0.0, 0.0, 1.0], 5.0), cut([0.0, 0.0, -1.0], 5.0));
    let model = SectionModel {
        planes: vec![oblique, first, second],
        ..plant()
    };
    let (mut harness, asked, model) = panel(model);
    click(&mut harness, "Flip Z");
    let flipped = cut([0.0, 0.0, -1.0], -5.0);
    assert_eq!(set(&mut harness, &asked, &model), [oblique, flipped, second]);
    click(&mut harness, "Remove 2 more");
    assert_eq!(set(&mut harness, &asked, &model), [flipped]);
    model.borrow_mut().planes = vec![oblique; 6];
    harness.run_ok();
    assert!(!is_enabled(&harness, "X"), "six at most");
}

#[test]
fn a_plane_beyond_the_plant_is_shown_where_it_is_and_left_there() {
    let model = SectionModel {
        planes: vec![cut([1.0, 0.0, 0.0], 25.0)],
        ..plant()
    };
    let (harness, asked, _) = panel(model);
    assert!(take(&asked).is_empty(), "looking moves nothing");
    let value = harness
        .get_by_label("Position of X")
        .accesskit_node()
        .numeric_value();
    assert_eq!(value, Some(25.0));
}

#[test]
fn what_is_selected_is_isolated_or_hidden_and_all_is_shown_again() {
    let (mut harness, asked, model) = panel(plant());
    assert!(!is_enabled(&harness, "Isolate selection") && !is_enabled(&harness, "Hide selection"));
    let prim = path("/Plant/P_101");
    model.borrow_mut().selected = Some(prim.clone());
    harness.run_ok();
    click(&mut harness, "Isolate selection");
    let prims = vec![prim.clone()];
    assert_eq!(take(&asked), [ViewerCommand::Isolate { prims }]);
    click(&mut harness, "Hide selection");
    assert_eq!(take(&asked), [ViewerCommand::Hide { prim: prim.clone() }]);
    model.borrow_mut().isolated = vec![prim];
    model.borrow_mut().hidden = 2;
    harness.run_ok();
    assert!(
        harness
            .query_by_label("Only 1 prim is shown; 2 hidden.")
            .is_some()
    );
    click(&mut harness, "Show all");
    assert_eq!(take(&asked), [ViewerCommand::ShowAll]);
}

#[test]
fn while_someone_leads_the_controls_are_off_and_say_why() {
    let model = SectionModel {
        planes: vec![cut([1.0, 0.0, 0.0], 2.0)],
        isolated: vec![path("/Plant/P_101")],
        selected: Some(path("/Plant/P_101")),
        led_by: Some("Ana".into()),
        ..plant()
    };
    let (mut harness, asked, _) = panel(model);
    assert!(harness.query_by_label("Led by Ana").is_some());
    let why = "Ana presents and sets what everyone sees. Detach to set it for yourself.";
    assert!(harness.query_by_label(why).is_some());
    for off in [
        "X",
        "Position of X",
        "Flip X",
        "Remove cuts",
        "Isolate selection",
        "Show all",
    ] {
        assert!(!is_enabled(&harness, off), "{off}");
    }
    click(&mut harness, "X");
    assert!(take(&asked).is_empty());
    click(&mut harness, "Detach");
    let detach = SessionCommand::Detach { on: true };
    assert_eq!(take(&asked), [ViewerCommand::Session(detach)]);
}

#[test]
fn nothing_is_cut_where_no_plant_is_open() {
    let (harness, ..) = panel(SectionModel::default());
    assert!(harness.query_by_label("Nothing to cut").is_some());
    assert!(harness.query_by_label("X").is_none());
}
