//! The ray of the pointing hand as the pointer of the panel that it meets.

use bevy::{
    ecs::system::SystemParam,
    math::{DVec2, DVec3},
    prelude::*,
};
use bevy_egui::EguiInput;
use gemba_xr::{
    Pressed,
    panel::{PanelHit, PointerDo},
};

use super::SpacePanel;
use crate::xr::{hands::Pointing, haptics::Buzzes};

/// A tick in the hand that comes onto a panel, or presses on it.
const TICK: (f32, i64) = (0.15, 8_000_000);

/// Where rays meet panels.
#[derive(SystemParam)]
pub(in crate::xr) struct PanelRays<'w, 's> {
    panels: Query<'w, 's, (Entity, &'static SpacePanel)>,
}

impl PanelRays<'_, '_> {
    /// The panel that has the ray: the one that a drag began on, else the nearest that the ray meets.
    pub(in crate::xr) fn meet(&self, from_m: DVec3, direction: DVec3) -> Option<(Entity, PanelHit)> {
        let met =
            |(entity, panel): (Entity, &SpacePanel)| Some((entity, panel.quad.meet(from_m, direction)?));
        let dragged = self.panels.iter().find(|(_, panel)| panel.pointer.is_dragging());
        if let Some(dragged) = dragged {
            return met(dragged);
        }
        self.panels
            .iter()
            .filter(|(_, panel)| panel.is_shown)
            .filter_map(met)
            .filter(|(_, hit)| hit.is_inside())
            .min_by(|(_, one), (_, other)| one.distance_m.total_cmp(&other.distance_m))
    }

    /// The corners of every panel that is shown.
    pub(in crate::xr) fn corners_m(&self) -> impl Iterator<Item = [DVec3; 4]> {
        self.panels
            .iter()
            .filter(|(_, panel)| panel.is_shown)
            .map(|(_, panel)| {
                [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)].map(|uv| panel.quad.place_m(uv.into()))
            })
    }

    /// Whether a drag that began on a panel goes on.
    pub(in crate::xr) fn is_dragging(&self) -> bool {
        self.panels.iter().any(|(_, panel)| panel.pointer.is_dragging())
    }
}

/// Tells each panel what the ray does on it.
pub(super) fn point(
    pointing: Res<Pointing>,
    time: Res<Time<Real>>,
    mut panels: Query<(Entity, &mut SpacePanel)>,
    mut inputs: Query<&mut EguiInput>,
    mut buzzes: ResMut<Buzzes>,
    mut was_on: Local<Option<Entity>>,
) {
    let on = pointing.panel.map(|(entity, _)| entity);
    if on.is_some() && (*was_on != on || pointing.trigger == Pressed::Down) {
        buzzes.tap(pointing.hand, TICK);
    }
    *was_on = on;
    let mut told = Vec::new();
    for (entity, mut panel) in &mut panels {
        let hit = pointing
            .panel
            .and_then(|(met, hit)| (met == entity).then_some(hit));
        // Without a change nothing is touched, so that what looks for changes finds none.
        let pointer = &mut panel.bypass_change_detection().pointer;
        pointer.take(
            hit.as_ref(),
            pointing.trigger,
            pointing.stick,
            time.delta_secs_f64(),
            &mut told,
        );
        if let (false, Ok(mut input)) = (told.is_empty(), inputs.get_mut(panel.ui)) {
            input.events.extend(told.drain(..).map(event));
        }
        told.clear();
    }
}

fn event(told: PointerDo) -> egui::Event {
    let pos = |at: DVec2| egui::pos2(at.x as f32, at.y as f32);
    let button = |at, pressed| egui::Event::PointerButton {
        pos: pos(at),
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: egui::Modifiers::NONE,
    };
    match told {
        PointerDo::Move(at) => egui::Event::PointerMoved(pos(at)),
        PointerDo::Press(at) => button(at, true),
        PointerDo::Release(at) => button(at, false),
        PointerDo::Scroll(by) => egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: pos(by).to_vec2(),
            phase: egui::TouchPhase::Move,
            modifiers: egui::Modifiers::NONE,
        },
        PointerDo::Gone => egui::Event::PointerGone,
    }
}
