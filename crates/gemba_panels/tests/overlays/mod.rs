//! What lies over the plant and beside its values: the view cube, the card under the cursor, the log, the trends.

use std::{cell::RefCell, rc::Rc, time::Duration};

use egui_kittest::{Harness, kittest::Queryable};
use gemba_model::{Quality, Severity};
use gemba_panels::*;

use crate::{
    drive::{Asked, harness},
    inspected,
};

fn desktop(model: DesktopModel, view: DesktopView) -> (Harness<'static>, Asked, Rc<RefCell<DesktopView>>) {
    let view = Rc::new(RefCell::new(view));
    let held = Rc::clone(&view);
    let (harness, asked) = harness(move |ui, commands| {
        desktop_ui(ui, &model, &mut held.borrow_mut(), commands);
    });
    (harness, asked, view)
}

fn closed() -> DesktopView {
    let mut view = DesktopView::default();
    view.dock.set_open(PanelKind::Tree, false);
    view.dock.set_details_open(false);
    view
}

#[test]
fn a_click_on_the_cube_looks_from_that_side() {
    let (mut harness, asked, _) = desktop(DesktopModel::default(), closed());
    let cube = harness.get_by_label("Look along an axis of the plant").rect();
    assert!(cube.right() > 850.0 && cube.top() < 120.0, "{cube:?}");
    // Not turned, the front faces the eye and fills the middle.
    harness.hover_at(cube.center());
    harness.run_ok();
    assert!(
        harness.query_by_label_contains("from this side: front").is_some(),
        "the side is said before it is clicked"
    );
    harness.get_by_label("Look along an axis of the plant").click();
    harness.run_ok();
    let along = |direction| ViewerCommand::LookAlong { direction };
    assert_eq!(*asked.borrow(), [along([0.0, 0.0, -1.0])]);
    // The same in words.
    harness.get_by_label("Views").click();
    harness.run_ok();
    harness.get_by_label("Top").click();
    harness.run_ok();
    assert_eq!(asked.borrow().last(), Some(&along([0.0, -1.0, 0.0])));
}

#[test]
fn the_card_says_what_lies_under_the_cursor_and_stays_in_sight() {
    let points = inspected().points;
    for at in [[300.0, 300.0], [890.0, 650.0]] {
        let model = DesktopModel {
            hover: Some(HoverModel {
                at,
                name: "P-101  Feed pump".into(),
                class: "CentrifugalPump".into(),
                points: points.clone(),
                more: 3,
            }),
            ..DesktopModel::default()
        };
        let (harness, ..) = desktop(model, closed());
        for text in ["P-101  Feed pump", "CentrifugalPump", "and 3 more"] {
            let place = harness.get_by_label(text).rect();
            assert!(
                place.min.x >= 0.0 && place.max.x <= 900.0 && place.max.y <= 700.0,
                "{text} at {place:?}"
            );
        }
    }
}

#[test]
fn a_point_shows_where_it_is_going() {
    let mut model = inspected();
    model.points.truncate(1);
    model.points[0].trend.values = vec![Some(20.0), None, Some(80.4)];
    model.points[0].trend.step = Duration::from_secs(60);
    let said = format!("Trend of {}. Last 2 min: 20.0 to 80.4 °C", model.points[0].name);
    let (harness, _) = harness(move |ui, commands| inspector_ui(ui, &model, commands));
    assert!(harness.query_by_label(&said).is_some(), "{said}");
}

#[test]
fn a_point_without_a_past_shows_no_trend() {
    let mut model = inspected();
    for point in &mut model.points {
        point.trend.values = vec![None; 100];
        point.quality = Some(Quality::Stale);
    }
    let (harness, _) = harness(move |ui, commands| inspector_ui(ui, &model, commands));
    assert!(harness.query_by_label_contains("Trend of").is_none());
}

#[test]
fn the_log_shows_the_newest_and_only_what_matters_when_asked() {
    let row = |at: usize| LogRow {
        time: "01:02:03".into(),
        severity: if at % 10 == 9 {
            Severity::Warning
        } else {
            Severity::Note
        },
        target: "gemba::plant".into(),
        text: format!("line {at}").into(),
    };
    let model = LogModel {
        lines: (0..1_000).map(row).collect(),
        dropped: 7,
    };
    let view = Rc::new(RefCell::new(LogView::default()));
    let held = Rc::clone(&view);
    let (mut harness, _) = harness(move |ui, _| log_ui(ui, &model, &mut held.borrow_mut()));
    assert!(
        harness.query_by_label("line 999").is_some(),
        "the newest is in sight"
    );
    assert!(
        harness.query_by_label("line 0").is_none(),
        "only what is in sight is laid out"
    );
    assert!(harness.query_by_label_contains("7 lines came too fast").is_some());
    harness.get_by_label("line 998").click();
    harness.run_ok();
    assert!(
        harness.query_by_label("01:02:03   gemba::plant").is_some(),
        "all of it below"
    );
    harness.get_by_label("Only warnings and errors").click();
    harness.run_ok();
    assert!(harness.query_by_label("line 989").is_some());
    assert!(harness.query_by_label("line 990").is_none());
}

#[test]
fn the_menu_opens_what_was_opened_before_and_turns_the_lights_on() {
    let model = DesktopModel {
        toolbar: ToolbarModel {
            plant: "hall.usda".into(),
            recent: vec!["/plants/one/a.usda".into(), "/plants/two/b.usda".into()],
            ..ToolbarModel::default()
        },
        ..DesktopModel::default()
    };
    let (mut harness, asked, _) = desktop(model, closed());
    harness.get_by_label("hall.usda").click();
    harness.run_ok();
    harness.get_by_label("b.usda  (two)").click();
    harness.run_ok();
    let open = ViewerCommand::OpenPlant {
        file: "/plants/two/b.usda".into(),
    };
    assert_eq!(asked.borrow_mut().drain(..).collect::<Vec<_>>(), [open]);
    harness.get_by_label("hall.usda").click();
    harness.run_ok();
    harness.get_by_label("Light panels").click();
    harness.run_ok();
    assert!(matches!(
        asked.borrow().as_slice(),
        [ViewerCommand::SetTheme { .. }]
    ));
}

#[test]
fn a_file_is_found_with_the_dialog() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("found.usda");
    std::fs::write(&file, "#usda 1.0\n").expect("written");
    std::fs::write(folder.path().join("notes.txt"), "").expect("written");
    let mut view = closed();
    view.open.ask(&[folder.path().join("before.usda")]);
    let (mut harness, asked, _) = desktop(DesktopModel::default(), view);
    // The dialog reads the folder on a thread of its own.
    for _ in 0..200 {
        if harness.query_by_label_contains("found.usda").is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
        harness.step();
    }
    assert!(
        harness.query_by_label_contains("notes.txt").is_none(),
        "only scenes are offered"
    );
    harness.get_by_label_contains("found.usda").click();
    harness.run_ok();
    harness.get_by_label("🗀  Open").click();
    harness.run_ok();
    let open = ViewerCommand::OpenPlant { file };
    assert_eq!(*asked.borrow(), [open]);
}

#[test]
fn hints_are_there_until_they_are_put_away() {
    let model = DesktopModel {
        hints_shown: true,
        ..DesktopModel::default()
    };
    let (mut harness, asked, _) = desktop(model, closed());
    assert!(harness.query_by_label_contains("floors carry you").is_some());
    harness.get_by_label("Got it").click();
    harness.run_ok();
    assert_eq!(*asked.borrow(), [ViewerCommand::PutHintsAway]);
    let (harness, ..) = desktop(DesktopModel::default(), closed());
    assert!(harness.query_by_label("Got it").is_none());
}

#[test]
fn what_goes_wrong_is_said_over_the_plant_and_leads_to_the_log() {
    let model = DesktopModel {
        toast: ToastModel {
            errors: vec!["Monado finds no headset: connect it".into()],
        },
        loading: LoadingModel::Ready,
        ..DesktopModel::default()
    };
    let (mut harness, _, view) = desktop(model, closed());
    assert!(harness.query_by_label_contains("finds no headset").is_some());
    harness.get_by_label("Show the log").click();
    harness.run_ok();
    assert!(view.borrow().dock.is_open(PanelKind::Log));
}
