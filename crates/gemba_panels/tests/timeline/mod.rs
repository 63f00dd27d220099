//! The strip of time: held, stepped, dragged, and never taken for now.

use std::{cell::RefCell, rc::Rc};

use egui::{Key, Modifiers, Pos2, Rect};
use egui_kittest::{Harness, kittest::Queryable};
use gemba_panels::*;

use crate::drive::{Asked, harness};

/// 14:13:20 UTC.
const NOW: i64 = 1_790_000_000_000;
const MINUTE: i64 = 60_000;

fn model(ago_millis: i64, past_speed: Option<f32>) -> TimelineModel {
    TimelineModel {
        from_millis: Some(NOW - 10 * MINUTE),
        now_millis: NOW,
        at_millis: NOW - ago_millis,
        past_speed,
        marks: vec![TimelineMark {
            at_millis: NOW - 5 * MINUTE,
            is_worst: true,
            what: "Turbine  Bearing 2".into(),
        }],
    }
}

fn strip(model: TimelineModel) -> (Harness<'static>, Asked) {
    let mut view = TimelineView::default();
    harness(move |ui, commands| timeline_ui(ui, &model, &mut view, commands))
}

fn to(ago_millis: i64, speed: f32) -> ViewerCommand {
    ViewerCommand::SetTimeline {
        at_millis: NOW - ago_millis,
        speed,
    }
}

/// Clicks the line of time at `ratio` of its width.
fn click_line(harness: &mut Harness, ratio: f32) {
    let line = harness.get_by_label("Timeline").rect();
    let at = Pos2::new(egui::lerp(line.x_range(), ratio), line.center().y);
    harness.drag_at(at);
    harness.drop_at(at);
    harness.run_ok();
}

#[test]
fn the_present_is_held_and_stepped_back_from() {
    let (mut harness, asked) = strip(model(0, None));
    assert!(harness.query_by_label("14:13:20").is_some());
    harness.get_by_label("Pause").click();
    harness.run_ok();
    harness.get_by_label("−10 s").click();
    harness.run_ok();
    // There is nothing after now.
    harness.get_by_label("Go live").click();
    harness.get_by_label("+10 s").click();
    harness.run_ok();
    assert_eq!(*asked.borrow(), [to(0, 0.0), to(10_000, 1.0)]);
}

#[test]
fn the_past_is_played_at_a_speed_and_left() {
    let (mut harness, asked) = strip(model(2 * MINUTE, Some(0.0)));
    assert!(harness.query_by_label("14:11:20   2:00 ago").is_some());
    harness.get_by_label("Play").click();
    harness.run_ok();
    harness.get_by_label("1×").click();
    harness.run_ok();
    harness.get_by_label("15×").click();
    harness.run_ok();
    harness.get_by_label("Go live").click();
    harness.run_ok();
    assert_eq!(
        *asked.borrow(),
        [to(2 * MINUTE, 1.0), to(2 * MINUTE, 15.0), ViewerCommand::GoLive]
    );
}

#[test]
fn the_line_leads_to_any_instant_and_its_end_is_now() {
    let (mut harness, asked) = strip(model(0, None));
    click_line(&mut harness, 0.5);
    let first = asked.borrow().first().cloned();
    let Some(ViewerCommand::SetTimeline { at_millis, speed }) = first else {
        panic!("{first:?}");
    };
    assert!((NOW - at_millis - 5 * MINUTE).abs() < 10_000, "{at_millis}");
    assert_eq!(speed, 0.0);
    asked.borrow_mut().clear();
    click_line(&mut harness, 1.0);
    assert!(
        asked
            .borrow()
            .iter()
            .all(|command| *command == ViewerCommand::GoLive)
    );
    assert!(!asked.borrow().is_empty());
}

#[test]
fn the_line_is_moved_by_keys() {
    let (mut harness, asked) = strip(model(MINUTE, Some(1.0)));
    harness.get_by_label("Timeline").focus();
    harness.run_ok();
    harness.key_press_modifiers(Modifiers::NONE, Key::ArrowLeft);
    harness.run_ok();
    assert_eq!(*asked.borrow(), [to(MINUTE + 10_000, 1.0)]);
}

#[test]
fn a_longer_past_is_shown_when_asked_for() {
    let seen = Rc::new(RefCell::new(TimelineView::default()));
    let view = seen.clone();
    let model = model(0, None);
    let (mut harness, _) =
        harness(move |ui, commands| timeline_ui(ui, &model, &mut view.borrow_mut(), commands));
    harness.get_by_label("10 minutes").click();
    harness.run_ok();
    harness.get_by_label("8 hours").click();
    harness.run_ok();
    assert_ne!(*seen.borrow(), TimelineView::default());
}

#[test]
fn a_view_of_the_past_is_framed_and_nothing_of_it_shows_before_there_is_one() {
    let desktop = |timeline: TimelineModel| {
        let model = DesktopModel {
            timeline,
            loading: LoadingModel::Ready,
            ..DesktopModel::default()
        };
        let mut view = DesktopView::default();
        let (harness, _) = harness(move |ui, commands| {
            desktop_ui(ui, &model, &mut view, commands);
        });
        harness
    };
    assert!(
        desktop(TimelineModel::default())
            .query_by_label("Timeline")
            .is_none()
    );
    let bottom = |harness: &Harness| -> Rect { harness.get_by_label("Timeline").rect() };
    let live = desktop(model(0, None));
    let past = desktop(model(MINUTE, Some(1.0)));
    assert_eq!(bottom(&live).y_range(), bottom(&past).y_range(), "nothing jumps");
}
