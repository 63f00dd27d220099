//! What whoever presents shares, and what one shares oneself.

use egui_kittest::kittest::Queryable;
use gemba_panels::session::*;

use crate::{drive::harness, room::*};

fn shared(is_detached: bool) -> SharedView {
    SharedView {
        by: "Carla".into(),
        cuts: 1,
        isolated: 3,
        timeline: "live",
        is_detached,
    }
}

#[test]
fn one_reads_what_a_presenter_shares_and_sees_for_oneself_at_will() {
    for (is_detached, says, button) in [
        (
            false,
            "You see with Carla: cut by 1 plane, 3 prims isolated, live",
            "Detach",
        ),
        (
            true,
            "You see for yourself; Carla shows: cut by 1 plane, 3 prims isolated, live",
            "Rejoin",
        ),
    ] {
        for tab in [SessionTab::People, SessionTab::Notes, SessionTab::Viewpoints] {
            let model = SessionModel {
                presenter: Some(3),
                shared: Some(shared(is_detached)),
                ..without_rights(room())
            };
            let (mut harness, asked, _) = panel(model, at(tab));
            assert!(shows(&harness, says), "{says} in {tab:?}");
            click(&mut harness, button);
            let on = !is_detached;
            assert_eq!(take(&asked), [SessionCommand::Detach { on }]);
        }
    }
    let (harness, ..) = panel(room(), SessionView::default());
    assert!(!shows(&harness, "Detach"), "no one presents");
}

#[test]
fn the_banner_says_what_is_shared_and_lets_go_of_it() {
    for (is_detached, says, button) in [
        (false, "cut by 1 plane, 3 prims isolated, live", "Detach"),
        (true, "you see for yourself", "Rejoin"),
    ] {
        let model = SessionModel {
            presenter: Some(3),
            shared: Some(shared(is_detached)),
            ..room()
        };
        let view = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(900.0, 600.0));
        let (mut harness, asked) = harness(move |ui, commands| banner_ui(ui, view, &model, commands));
        assert!(shows(&harness, "Carla presents") && shows(&harness, says));
        click(&mut harness, button);
        let on = !is_detached;
        assert_eq!(take(&asked), [SessionCommand::Detach { on }]);
    }
}

#[test]
fn who_may_present_reads_what_presenting_shares() {
    let (mut harness, ..) = panel(room(), SessionView::default());
    assert!(hover_text(
        &mut harness,
        "Present",
        "Everyone sees with your section, isolation and timeline until you stop; each keeps their own eyes"
    ));
}

#[test]
fn everyone_points_also_those_who_may_do_nothing_else() {
    let (mut harness, asked, model) = panel(without_rights(room()), SessionView::default());
    click(&mut harness, "Point");
    assert!(matches!(
        take(&asked)[..],
        [SessionCommand::Point { for_millis: 1_000.. }]
    ));
    harness.get_by_label("Point").hover();
    harness.run_ok();
    harness.run_steps(8);
    assert!(
        harness
            .query_by_label_contains("P points at what is under the cursor")
            .is_some(),
        "the key is told"
    );
    model.borrow_mut().phase = offline();
    harness.run_ok();
    assert!(!is_enabled(&harness, "Point"));
}
