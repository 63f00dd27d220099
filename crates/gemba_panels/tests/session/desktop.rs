//! The session on the desktop: its tab, its badge, its banner.

use std::{cell::RefCell, rc::Rc};

use egui_kittest::{Harness, kittest::Queryable};
use gemba_panels::{session::*, *};

use crate::{
    drive::{Asked, harness},
    room::*,
};

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
        view.borrow_mut().dock.set_details_open(false);
        harness.run_ok();
        click(&mut harness, badge);
        let view = view.borrow();
        assert!(view.dock.is_in_front(PanelKind::People), "{badge}");
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
    let offline_text = "Offline: the relay does not answer.";
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

#[test]
fn the_banner_stays_within_the_view_however_long_the_reason() {
    let reason =
        "the relay at relay.plant.example:4433 does not answer, nor does the gateway before it.".repeat(2);
    let phase = SessionPhase::Offline {
        reason: reason.clone(),
        retry_in: std::time::Duration::from_secs(4),
    };
    let (harness, _, _, free) = desktop(SessionModel {
        phase,
        presenter: Some(1),
        ..room()
    });
    let text = format!("Offline: {reason}");
    let text = harness.get_by_label(&text).rect();
    let above = harness
        .query_all_by_label("Try now")
        .map(|button| button.rect())
        .find(|rect| free.borrow().contains_rect(*rect))
        .expect("the button stays within the view");
    assert!(free.borrow().contains_rect(text) && !text.intersects(above));
    let below = harness.get_by_label("You present").rect();
    assert!(below.top() > text.bottom(), "the next line stands below");
    assert!(!shows(&harness, "Stop"), "a lost room cannot be told to stop");
}

#[test]
fn a_note_whose_flag_is_clicked_opens_whatever_is_shown() {
    let model = SessionModel {
        annotations: vec![note(1, "Seal leaks")],
        ..room()
    };
    let (mut harness, _, view, _) = desktop(model);
    view.borrow_mut().dock.set_details_open(false);
    harness.run_ok();
    assert!(!shows(&harness, "Note 1"));
    view.borrow_mut().open_note(key(1));
    harness.run_ok();
    assert!(shows(&harness, "Note 1"));
}

#[test]
fn the_section_is_one_of_the_details_and_counts_its_planes() {
    let plane = SectionCut {
        normal: [1.0, 0.0, 0.0],
        offset_m: 0.0,
    };
    let model = DesktopModel {
        section: SectionModel {
            bounds_m: [[-1.0; 3], [1.0; 3]],
            planes: vec![plane],
            ..SectionModel::default()
        },
        ..DesktopModel::default()
    };
    let mut view = DesktopView::default();
    let (mut harness, asked) = harness(move |ui, commands| {
        desktop_ui(ui, &model, &mut view, commands);
    });
    click(&mut harness, "Section 1");
    click(&mut harness, "Remove cuts");
    assert_eq!(
        *asked.borrow(),
        [ViewerCommand::SetSection { planes: Vec::new() }]
    );
}
