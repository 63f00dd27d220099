//! The viewpoints.

use std::time::Duration;

use egui::Key;
use egui_kittest::kittest::{NodeT, Queryable};
use gemba_panels::session::*;

use crate::room::*;

fn viewpoint(number: u64, name: &str) -> ViewpointRow {
    ViewpointRow {
        key: ViewpointKey { by: 2, number },
        name: name.into(),
        by: "Ben".into(),
        colour: 2,
        age: Duration::from_secs(125),
        cuts: 1,
        isolated: 3,
        is_ours_to_change: true,
    }
}

#[test]
fn a_view_is_saved_under_a_name() {
    let (mut harness, asked, _) = panel(room(), at(SessionTab::Viewpoints));
    assert!(shows(&harness, "No viewpoints yet"));
    assert!(
        harness
            .query_by_label_contains("A viewpoint keeps what you see now")
            .is_some(),
        "what it is"
    );
    assert!(!is_enabled(&harness, "Save view"), "without a name");
    write(&mut harness, "Name of this view", " Pump row ");
    harness.key_press(Key::Enter);
    harness.run_ok();
    let name = "Pump row".to_owned();
    assert_eq!(take(&asked), [SessionCommand::SaveViewpoint { name }]);
    write(&mut harness, "Name of this view", &"ä".repeat(33));
    assert!(!is_enabled(&harness, "Save view"), "a room takes 64 bytes");
}

#[test]
fn a_viewpoint_is_gone_to_and_deleted_where_it_is_ours() {
    let mut others = viewpoint(2, "Tank farm");
    (others.cuts, others.isolated, others.is_ours_to_change) = (0, 0, false);
    let model = SessionModel {
        viewpoints: vec![others, viewpoint(1, "Pump row")],
        ..room()
    };
    let (mut harness, asked, _) = panel(model, SessionView::default());
    click(&mut harness, "Viewpoints 2");
    for said in [
        "cut by 1 plane, 3 prims isolated",
        "whole plant",
        "Ben",
        "2 min ago",
    ] {
        assert!(shows(&harness, said), "`{said}` is shown");
    }
    let viewpoint = ViewpointKey { by: 2, number: 2 };
    click(&mut harness, "Tank farm");
    assert_eq!(take(&asked), [SessionCommand::GoToViewpoint { viewpoint }]);
    assert!(!shows(&harness, "Delete viewpoint Tank farm"));
    let viewpoint = ViewpointKey { by: 2, number: 1 };
    click(&mut harness, "Delete viewpoint Pump row");
    assert_eq!(take(&asked), [SessionCommand::DeleteViewpoint { viewpoint }]);
}

#[test]
fn who_may_not_save_views_goes_to_them_and_reads_who_may() {
    let model = SessionModel {
        viewpoints: vec![viewpoint(1, "Pump row")],
        ..without_rights(room())
    };
    let (mut harness, asked, _) = panel(model, at(SessionTab::Viewpoints));
    assert!(!shows(&harness, "Save view"));
    assert!(shows(
        &harness,
        "An editor, a trainer or the host may save viewpoints."
    ));
    click(&mut harness, "Pump row");
    assert_eq!(take(&asked).len(), 1);
}

#[test]
fn a_thousand_viewpoints_draw_only_what_is_in_sight() {
    let nodes = |count: u64| {
        let viewpoints = (1..=count)
            .map(|at| viewpoint(at, &format!("view {at}")))
            .collect();
        let model = SessionModel { viewpoints, ..room() };
        let (harness, ..) = panel(model, at(SessionTab::Viewpoints));
        assert!(shows(&harness, "view 1"));
        harness.root().children_recursive().count()
    };
    // As wide a count in the tab, so as many nodes.
    assert_eq!(nodes(1_000), nodes(40));
}
