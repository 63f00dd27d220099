//! What a hand operates in the headset: wrist, heads of panels, keyboard.

use std::{cell::RefCell, rc::Rc};

use egui_kittest::{Harness, kittest::Queryable};
use gemba_panels::{
    headset::{
        HeadsetCommand, KEYBOARD_SIZE_PT, KeyStroke, KeyboardView, PanelPin, SAID_SIZE_PT,
        SPACE_PANEL_SIZE_PT, WRIST_SIZE_PT, WristModel, WristView, has_to_say, keyboard_ui, said_ui,
        space_panel_ui, wrist_ui,
    },
    *,
};
use gemba_xr::comfort::{Comfort, Travel};

use crate::drive::{Asked, harness, path};

fn wrist(model: WristModel) -> (Harness<'static>, Asked) {
    let desktop = DesktopModel {
        toolbar: ToolbarModel {
            cameras: vec![(path("/Plant/Overview"), "Overview".into())],
            ..ToolbarModel::default()
        },
        ..DesktopModel::default()
    };
    let (mut view, mut desktop_view) = (WristView::default(), DesktopView::default());
    let (mut harness, asked) = harness(move |ui, commands| {
        wrist_ui(ui, &model, &desktop, &mut view, &mut desktop_view, commands);
    });
    harness.set_size(WRIST_SIZE_PT.into());
    harness.run_ok();
    (harness, asked)
}

fn click(harness: &mut Harness<'_>, label: &str) {
    harness.get_by_label(label).click();
    harness.run_ok();
}

fn headset(command: HeadsetCommand) -> ViewerCommand {
    ViewerCommand::Headset(command)
}

#[test]
fn the_wrist_opens_and_closes_panels() {
    let (mut harness, asked) = wrist(WristModel {
        open: vec![PanelKind::Log],
        ..WristModel::default()
    });
    click(&mut harness, "Limits 0");
    click(&mut harness, "Log");
    click(&mut harness, "Leave VR");
    assert_eq!(
        *asked.borrow(),
        [
            headset(HeadsetCommand::OpenPanel {
                panel: PanelKind::Limits
            }),
            headset(HeadsetCommand::ClosePanel {
                panel: PanelKind::Log
            }),
            ViewerCommand::LeaveVr,
        ]
    );
}

#[test]
fn the_wrist_leads_to_places_and_shows_what_is_wanted() {
    let (mut harness, asked) = wrist(WristModel::default());
    click(&mut harness, "Places");
    click(&mut harness, "Overview");
    click(&mut harness, "Show");
    click(&mut harness, "Labels");
    assert_eq!(
        *asked.borrow(),
        [
            ViewerCommand::GoToCamera {
                prim: path("/Plant/Overview")
            },
            ViewerCommand::ShowLabels { shown: true },
        ]
    );
}

#[test]
fn the_wrist_changes_how_one_moves() {
    let (mut harness, asked) = wrist(WristModel::default());
    click(&mut harness, "Comfort");
    click(&mut harness, "Glide");
    click(&mut harness, "Take my height");
    assert_eq!(
        *asked.borrow(),
        [
            headset(HeadsetCommand::SetComfort {
                comfort: Comfort {
                    travel: Travel::Glide,
                    ..Comfort::default()
                }
            }),
            headset(HeadsetCommand::CalibrateHeight),
        ]
    );
}

fn harness_of_said(model: DesktopModel) -> (Harness<'static>, Asked) {
    let (mut harness, asked) = harness(move |ui, _| said_ui(ui, &model));
    harness.set_size(SAID_SIZE_PT.into());
    (harness, asked)
}

#[test]
fn the_headset_is_told_how_far_the_plant_is_and_what_went_wrong() {
    let mut model = DesktopModel {
        loading: LoadingModel::Loading {
            file: "works.usda".into(),
            doing: "Reading layers".into(),
            ratio: Some(0.25),
        },
        ..DesktopModel::default()
    };
    model.toast.errors.push("the broker refuses the password".into());
    assert!(has_to_say(&model));
    let (mut harness, asked) = harness_of_said(model.clone());
    harness.run_ok();
    for words in [
        "Opening works.usda",
        "Reading layers: 25 %",
        "the broker refuses the password",
    ] {
        let rect = harness.get_by_label(words).rect();
        assert!(
            rect.right() <= SAID_SIZE_PT[0] && rect.bottom() <= SAID_SIZE_PT[1],
            "{words}: {rect}"
        );
    }
    assert!(asked.borrow().is_empty());
    model.loading = LoadingModel::Failed {
        file: "works.usda".into(),
        message: "the broker refuses the password".into(),
    };
    let failed = model.clone();
    let (mut harness, _) = harness_of_said(failed);
    harness.run_ok();
    let times = harness
        .get_all_by_label("the broker refuses the password")
        .count();
    assert_eq!(times, 1, "once is enough");
    model.loading = LoadingModel::Ready;
    model.toast.errors.clear();
    assert!(
        !has_to_say(&model),
        "nothing stands before the eyes of who can work"
    );
}

/// What a ray must hit is in sight: nothing of a page lies beside the panel.
#[test]
fn every_page_of_the_wrist_is_as_wide_as_the_wrist() {
    let (mut harness, _) = wrist(WristModel::default());
    for page in ["Places", "Show", "Time", "Comfort", "Panels"] {
        click(&mut harness, page);
        for word in ["Panels", "Places", "Show", "Time", "Comfort"] {
            let right = harness.get_by_label(word).rect().right();
            assert!(right <= WRIST_SIZE_PT[0], "{word} on {page} ends at {right}");
        }
    }
}

#[test]
fn a_panel_in_the_plant_is_pinned_and_closed_by_its_head() {
    let (model, mut view) = (DesktopModel::default(), DesktopView::default());
    let panel = PanelKind::Connections;
    let (mut harness, asked) = harness(move |ui, commands| {
        space_panel_ui(ui, panel, PanelPin::World, &model, &mut view, commands);
    });
    harness.set_size(SPACE_PANEL_SIZE_PT.into());
    harness.run_ok();
    click(&mut harness, "Wrist");
    click(&mut harness, "Close");
    assert_eq!(
        *asked.borrow(),
        [
            headset(HeadsetCommand::PinPanel {
                panel,
                pin: PanelPin::Wrist
            }),
            headset(HeadsetCommand::ClosePanel { panel }),
        ]
    );
}

#[test]
fn a_word_is_typed() {
    let typed = Rc::new(RefCell::new(Vec::new()));
    let sink = typed.clone();
    let mut view = KeyboardView::default();
    let (mut harness, _) = harness(move |ui, _| keyboard_ui(ui, &mut view, &mut sink.borrow_mut()));
    harness.set_size(KEYBOARD_SIZE_PT.into());
    harness.run_ok();
    for key in [
        "Shift", "P", "u", "-", "?#+", "&", "abc", "Space", "Delete", "Enter", "Done",
    ] {
        click(&mut harness, key);
    }
    assert_eq!(
        *typed.borrow(),
        [
            KeyStroke::Text('P'),
            KeyStroke::Text('u'),
            KeyStroke::Text('-'),
            KeyStroke::Text('&'),
            KeyStroke::Text(' '),
            KeyStroke::Backspace,
            KeyStroke::Enter,
            KeyStroke::Done,
        ]
    );
}

/// Every key lies on the keyboard: what hangs over cannot be hit.
#[test]
fn every_key_lies_on_the_keyboard() {
    let mut view = KeyboardView::default();
    let (mut harness, _) = harness(move |ui, _| keyboard_ui(ui, &mut view, &mut Vec::new()));
    harness.set_size(KEYBOARD_SIZE_PT.into());
    harness.run_ok();
    let whole = egui::Rect::from_min_size(egui::Pos2::ZERO, KEYBOARD_SIZE_PT.into());
    for key in ["1", "-", "q", "p", "a", "z", ".", "Shift", "Done"] {
        let rect = harness.get_by_label(key).rect();
        assert!(whole.contains_rect(rect), "{key}: {rect}");
    }
}

/// A command of the headset reads as those of the session do.
#[test]
fn a_command_of_the_headset_is_one_line_of_json() {
    let text = r#"{"command":"headset","do":"pin_panel","panel":"selection","pin":"wrist"}"#;
    let command = headset(HeadsetCommand::PinPanel {
        panel: PanelKind::Selection,
        pin: PanelPin::Wrist,
    });
    assert_eq!(serde_json::to_string(&command).unwrap(), text);
    assert_eq!(serde_json::from_str::<ViewerCommand>(text).unwrap(), command);
}
