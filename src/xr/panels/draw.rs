//! Runs the egui contexts of all panels in the plant, and the keyboard of the one that is typed on.

use std::time::Duration;

use bevy::{math::DVec2, prelude::*};
use bevy_egui::EguiContext;
use gemba_panels::headset::{
    FrameReadout, KeyStroke, KeyboardView, PanelPin, WristModel, WristView, keyboard_ui, space_panel_ui,
    wrist_ui,
};
use gemba_xr::{Pose, panel::PanelQuad};

use super::{Shows, SpacePanel, picture::UiPicture, requests::Workshop};
use crate::{
    command::Requested,
    frame_stats::FrameStats,
    settings::Settings,
    ui::Desktop,
    xr::{pacing::Pacing, travel::PlaySpace},
};

/// A widget of a panel, for scripts that operate it by ray.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Widget {
    pub(super) label: String,
    pub(super) text: Option<String>,
    pub(super) number: Option<f64>,
    pub(super) middle_points: DVec2,
    /// Half of its width and height.
    pub(super) half_points: DVec2,
}

/// Somebody wants to know where widgets are.
#[derive(Resource, Clone, Copy, Debug, Default)]
pub(crate) struct WidgetsAsked(pub(crate) bool);

/// What is worn on the wrist.
#[derive(Resource, Default)]
pub(in crate::xr) struct WristState {
    model: WristModel,
    view: WristView,
}

/// The keyboard.
#[derive(Resource, Default)]
pub(super) struct Typing {
    view: KeyboardView,
    strokes: Vec<KeyStroke>,
    /// The context that is typed into.
    into: Option<Entity>,
}

/// Fills what the wrist shows.
pub(super) fn fill_wrist(
    panels: Query<&SpacePanel>,
    settings: Option<Res<Settings>>,
    stats: Res<FrameStats>,
    pacing: Res<Pacing>,
    mut wrist: ResMut<WristState>,
) {
    let model = &mut wrist.model;
    model.comfort = settings.map(|settings| settings.comfort).unwrap_or_default();
    model.open.clear();
    model
        .open
        .extend(panels.iter().filter_map(|panel| match panel.shows {
            Shows::Panel(kind) => Some(kind),
            Shows::Wrist | Shows::Keyboard => None,
        }));
    model.frame = Some(FrameReadout {
        interval_millis: stats.interval().mean_millis,
        budget_millis: pacing.budget.as_secs_f32() * 1e3,
        resolution_ratio: pacing.ratio(),
    });
}

/// Runs the context of each panel that does not rest.
pub(super) fn run(
    mut panels: Query<&mut SpacePanel>,
    mut pictures: Query<UiPicture>,
    time: Res<Time<Real>>,
    mut desktop: ResMut<Desktop>,
    mut wrist: ResMut<WristState>,
    mut typing: ResMut<Typing>,
    is_asked: Res<WidgetsAsked>,
    mut requests: MessageWriter<Requested>,
) {
    let mut commands = Vec::new();
    let Desktop { model, view } = &mut *desktop;
    let Typing {
        view: keys,
        strokes,
        into,
    } = &mut *typing;
    let WristState {
        model: wrist_model,
        view: wrist_view,
    } = &mut *wrist;
    for mut panel in &mut panels {
        let Ok(mut picture) = pictures.get_mut(panel.ui) else {
            continue;
        };
        if is_asked.0 {
            picture.context().enable_accesskit();
        }
        if *into == Some(panel.ui) {
            let typed = strokes.drain(..).flat_map(key_events);
            picture.input.events.extend(typed);
        }
        let has_news = is_asked.0 || !picture.input.events.is_empty();
        let is_shown = panel.is_shown;
        // Without a change nothing is touched, so that what looks for changes finds none.
        let rest = &mut panel.bypass_change_detection().rest;
        if !rest.ends(time.elapsed(), is_shown, has_news) {
            picture.rest();
            continue;
        }
        let mut is_dragged = false;
        let asked_before = commands.len();
        let full = picture.draw(|ui| {
            // A pass that egui discards has asked for nothing.
            commands.truncate(asked_before);
            match panel.shows {
                Shows::Panel(kind) => {
                    is_dragged = space_panel_ui(ui, kind, panel.pin, model, view, &mut commands);
                }
                Shows::Wrist => wrist_ui(ui, wrist_model, model, wrist_view, view, &mut commands),
                Shows::Keyboard => keyboard_ui(ui, keys, strokes),
            }
        });
        if panel.is_head_dragged != is_dragged {
            panel.is_head_dragged = is_dragged;
        }
        if is_asked.0 {
            panel.widgets = widgets(full.platform_output.accesskit_update.as_ref());
        }
        let views = full.viewport_output.values();
        let wanted = views
            .map(|view| view.repaint_delay)
            .min()
            .unwrap_or(Duration::MAX);
        panel.bypass_change_detection().rest.begin(time.elapsed(), wanted);
    }
    requests.write_batch(commands.into_iter().map(Requested));
}

/// The keyboard is there while text is typed somewhere.
pub(super) fn offer_keyboard(
    panels: Query<(Entity, &SpacePanel)>,
    mut contexts: Query<&mut EguiContext>,
    space: Res<PlaySpace>,
    mut workshop: Workshop,
    mut typing: ResMut<Typing>,
) {
    if typing.strokes.contains(&KeyStroke::Done) {
        typing.strokes.clear();
        if let Some(mut context) = typing.into.and_then(|ui| contexts.get_mut(ui).ok()) {
            context.get_mut().memory_mut(egui::Memory::stop_text_input);
        }
    }
    let typed_on = panels.iter().map(|(_, panel)| panel).find(|panel| {
        contexts
            .get_mut(panel.ui)
            .is_ok_and(|mut context| context.get_mut().text_edit_focused())
    });
    typing.into = typed_on.map(|panel| panel.ui);
    let keyboard = panels.iter().find(|(_, panel)| panel.shows == Shows::Keyboard);
    match (typed_on, keyboard) {
        (Some(panel), None) if space.is_placed() => {
            let pose = below(&panel.quad);
            let distance_m = panel.quad.m_per_point() * READABLE_PER_POINT;
            workshop.make(Shows::Keyboard, PanelPin::World, pose, distance_m);
        }
        (None, Some((square, panel))) => workshop.drop(square, panel),
        _ => {}
    }
}

/// The distance from which a panel of a metre a point is read.
const READABLE_PER_POINT: f64 = super::requests::LINE_POINTS / (gemba_xr::panel::BODY_TEXT_DMM * 1e-3);

/// Below the panel, its upper edge at the panel's lower one, tilted as a keyboard is.
fn below(quad: &PanelQuad) -> Pose {
    const TILT_RAD: f64 = 0.6;
    let half_m = 0.5 * Shows::Keyboard.size_points().y * quad.m_per_point();
    let tilted = bevy::math::DQuat::from_rotation_x(-TILT_RAD);
    let middle = bevy::math::DVec3::new(0.0, -0.5 * quad.size_m.y - 0.02, 0.0)
        - tilted * bevy::math::DVec3::Y * half_m;
    Pose {
        at_m: quad.pose.at_m + quad.pose.rotation * middle,
        rotation: quad.pose.rotation * tilted,
    }
}

fn key_events(stroke: KeyStroke) -> Vec<egui::Event> {
    let key = |key| {
        [true, false]
            .map(|pressed| egui::Event::Key {
                key,
                physical_key: None,
                pressed,
                repeat: false,
                modifiers: egui::Modifiers::NONE,
            })
            .to_vec()
    };
    match stroke {
        KeyStroke::Text(sign) => vec![egui::Event::Text(sign.to_string())],
        KeyStroke::Backspace => key(egui::Key::Backspace),
        KeyStroke::Enter => key(egui::Key::Enter),
        KeyStroke::Left => key(egui::Key::ArrowLeft),
        KeyStroke::Right => key(egui::Key::ArrowRight),
        KeyStroke::Done => Vec::new(),
    }
}

/// What assistive technology would be told.
fn widgets(update: Option<&egui::accesskit::TreeUpdate>) -> Vec<Widget> {
    let nodes = update.map(|update| update.nodes.iter()).into_iter().flatten();
    nodes
        .filter_map(|(_, node)| {
            let bounds = node.bounds()?;
            let label = node
                .label()
                .or_else(|| node.placeholder())
                .or_else(|| node.value())?;
            Some(Widget {
                label: label.to_owned(),
                text: node.value().map(str::to_owned),
                number: node.numeric_value(),
                middle_points: DVec2::new(bounds.x0 + bounds.x1, bounds.y0 + bounds.y1) * 0.5,
                half_points: DVec2::new(bounds.x1 - bounds.x0, bounds.y1 - bounds.y0) * 0.5,
            })
        })
        .collect()
}
