//! A room with people in it, and how a person uses the panel that shows it.

use std::{cell::RefCell, rc::Rc, time::Duration};

use egui_kittest::{
    Harness,
    kittest::{NodeT, Queryable},
};
use gemba_panels::{session::*, *};

use crate::drive::{Asked, harness, path};

pub(crate) fn person(number: u32, name: &str, role: &'static str) -> PersonRow {
    PersonRow {
        person: number,
        name: name.into(),
        role,
        colour: number as u8,
        is_you: number == 1,
        following: None,
        of_another: None,
        selected: None,
        seen: Some(Duration::from_millis(200)),
    }
}

pub(crate) fn said(by: &str, text: &str) -> ChatRow {
    ChatRow {
        by: by.into(),
        colour: 2,
        age: Duration::from_secs(125),
        text: text.into(),
        prims: Vec::new(),
    }
}

pub(crate) fn note(number: usize, text: &str) -> AnnotationRow {
    AnnotationRow {
        key: key(number),
        number,
        by: "Ben".into(),
        colour: 2,
        age: Duration::from_secs(7_300),
        text: text.into(),
        prim: path("/Plant/P_101"),
        markup: MarkupRow::Text,
        status: AnnotationStatus::Open,
        assignee: None,
        replies: Vec::new(),
        is_ours_to_change: true,
    }
}

pub(crate) fn key(number: usize) -> AnnotationKey {
    AnnotationKey {
        by: 2,
        number: number as u64,
    }
}

/// A room with a host (ourselves), an editor who has selected a pump, and a viewer who follows her and fell silent.
pub(crate) fn room() -> SessionModel {
    let mut ben = person(2, "Ben", "editor");
    ben.selected = Some(path("/Plant/P_101"));
    let mut carla = person(3, "Carla", "viewer");
    carla.following = Some("Ben".into());
    carla.seen = Some(Duration::from_secs(42));
    SessionModel {
        phase: SessionPhase::Joined,
        room: "line-1".into(),
        you: Some(1),
        may: SessionRights {
            annotate: true,
            lead: true,
            manage: true,
        },
        people: vec![person(1, "Ana", "host"), ben, carla],
        round_trip: Some(Duration::from_millis(12)),
        ..SessionModel::default()
    }
}

pub(crate) fn without_rights(model: SessionModel) -> SessionModel {
    SessionModel {
        may: SessionRights::default(),
        ..model
    }
}

pub(crate) fn offline() -> SessionPhase {
    SessionPhase::Offline {
        reason: "the relay does not answer.".to_owned(),
        retry_in: Duration::from_millis(3_400),
    }
}

/// The session's panel as wide as it is on a desktop.
pub(crate) fn panel<'a>(
    model: SessionModel,
    view: SessionView,
) -> (Harness<'a>, Asked, Rc<RefCell<SessionModel>>) {
    let model = Rc::new(RefCell::new(model));
    let shown = model.clone();
    let mut view = view;
    let (harness, asked) = harness(move |ui, commands| {
        ui.set_max_width(360.0);
        session_ui(ui, &shown.borrow(), &mut view, commands);
    });
    (harness, asked, model)
}

pub(crate) fn at(tab: SessionTab) -> SessionView {
    let mut view = SessionView::default();
    view.tab = tab;
    view
}

pub(crate) fn click(harness: &mut Harness<'_>, label: &str) {
    harness.get_by_label(label).click();
    harness.run_ok();
}

pub(crate) fn write(harness: &mut Harness<'_>, field: &str, text: &str) {
    harness.get_by_label(field).focus();
    harness.run_ok();
    harness.event(egui::Event::Text(text.to_owned()));
    harness.run_ok();
}

pub(crate) fn shows(harness: &Harness<'_>, label: &str) -> bool {
    harness.query_all_by_label(label).next().is_some()
}

pub(crate) fn is_enabled(harness: &Harness<'_>, label: &str) -> bool {
    !harness.get_by_label(label).accesskit_node().is_disabled()
}

pub(crate) fn hover_text(harness: &mut Harness<'_>, label: &str, text: &str) -> bool {
    harness.get_by_label(label).hover();
    harness.run_ok();
    // Hover text waits for the cursor to rest.
    harness.run_steps(8);
    shows(harness, text)
}

/// What was asked of the session since the last time.
pub(crate) fn take(asked: &Asked) -> Vec<SessionCommand> {
    std::mem::take(&mut *asked.borrow_mut())
        .into_iter()
        .map(|command| match command {
            ViewerCommand::Session(command) => command,
            other => panic!("{other:?} does not concern the session"),
        })
        .collect()
}
