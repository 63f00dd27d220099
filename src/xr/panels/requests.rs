//! Panels come and go as commands say, and the inspector comes to the machine that is selected.

use bevy::{
    ecs::system::SystemParam,
    math::{DVec3, UVec2},
    prelude::*,
};
use gemba_panels::{
    PanelKind, ViewerCommand,
    headset::{HeadsetCommand, PanelPin},
};
use gemba_xr::{
    Pose,
    lifecycle::Phase,
    panel::{PanelPointer, PanelQuad, before},
};

use super::{
    Shows, SpacePanel,
    picture::spawn_ui,
    place::{READ_FROM_M, beside_machine},
    rest::Rest,
    surface::{self, SurfaceMaterial},
};
use crate::{
    command::Requested,
    plant::PrimExtents,
    selection::Selection,
    settings::Settings,
    ui::PanelsInSpace,
    xr::{frame::Tracked, life::Life, runtime::Runtime, travel::PlaySpace},
};

/// How high a line of text is on every panel, in points.
pub(in crate::xr) const LINE_POINTS: f64 = 18.0;
/// Radians that an eye sees, where the headset has not said.
const EYE_RAD: f64 = 1.6;

/// What it takes to make a panel.
#[derive(SystemParam)]
pub(super) struct Workshop<'w, 's> {
    commands: Commands<'w, 's>,
    images: ResMut<'w, Assets<Image>>,
    meshes: ResMut<'w, Assets<Mesh>>,
    materials: ResMut<'w, Assets<SurfaceMaterial>>,
    runtime: Option<Res<'w, Runtime>>,
    tracked: Res<'w, Tracked>,
}

impl Workshop<'_, '_> {
    /// Makes a panel that is read from `distance_m`.
    pub(super) fn make(&mut self, shows: Shows, pin: PanelPin, pose: Pose, distance_m: f64) {
        let size_points = shows.size_points();
        let quad = PanelQuad::legible(pose, size_points, LINE_POINTS, distance_m);
        // As near as one steps up to it.
        let px_per_rad = px_per_rad(self.runtime.as_deref(), &self.tracked);
        let px_per_point = quad.px_per_point(px_per_rad, 0.7 * distance_m);
        let (ui, picture) = spawn_ui(&mut self.commands, &mut self.images, size_points, px_per_point);
        let square =
            surface::spawn_square(&mut self.commands, &mut self.meshes, &mut self.materials, picture);
        self.commands.entity(square).insert(SpacePanel {
            shows,
            pin,
            quad,
            pointer: PanelPointer::default(),
            is_shown: true,
            ui,
            held: None,
            is_head_dragged: false,
            rest: Rest::default(),
            widgets: Vec::new(),
        });
    }

    pub(super) fn drop(&mut self, square: Entity, panel: &SpacePanel) {
        self.commands.entity(square).despawn();
        self.commands.entity(panel.ui).despawn();
    }
}

/// Pixels that an eye has for a radian.
pub(in crate::xr) fn px_per_rad(runtime: Option<&Runtime>, tracked: &Tracked) -> f64 {
    let eye_px = runtime.map_or(UVec2::ONE, |runtime| runtime.eye_px);
    let wide_rad = tracked.eyes.map_or(EYE_RAD, |[left, _]| {
        f64::from(left.fov.right_rad - left.fov.left_rad)
    });
    f64::from(eye_px.x) / wide_rad.max(0.1)
}

/// Opens, closes and pins what is asked for.
pub(super) fn take(
    mut requests: MessageReader<Requested>,
    life: Res<Life>,
    space: Res<PlaySpace>,
    selection: Res<Selection>,
    extents: PrimExtents,
    mut panels: Query<(Entity, &mut SpacePanel)>,
    mut workshop: Workshop,
    mut settings: Option<ResMut<Settings>>,
    mut shown: ResMut<PanelsInSpace>,
) {
    let head = workshop
        .tracked
        .head
        .filter(|_| space.is_placed())
        .map(|head| space.rig.in_world(head));
    let is_desktop = life.machine.phase() == Phase::Desktop;
    shown.set_if_neq(PanelsInSpace(!is_desktop));
    if is_desktop {
        for (square, panel) in &panels {
            workshop.drop(square, panel);
        }
    }
    for Requested(request) in requests.read() {
        let ViewerCommand::Headset(request) = request else {
            continue;
        };
        let of = |panel: PanelKind| {
            move |(_, there): &(Entity, Mut<SpacePanel>)| there.shows == Shows::Panel(panel)
        };
        match request {
            HeadsetCommand::OpenPanel { panel } => {
                let Some(head) = head else { continue };
                let pose = before(head, READ_FROM_M);
                match panels.iter_mut().find(of(*panel)) {
                    Some((_, mut there)) => {
                        there.pin = PanelPin::World;
                        there.quad =
                            PanelQuad::legible(pose, there.quad.size_points, LINE_POINTS, READ_FROM_M);
                    }
                    None => workshop.make(Shows::Panel(*panel), PanelPin::World, pose, READ_FROM_M),
                }
            }
            HeadsetCommand::ClosePanel { panel } => {
                if let Some((square, there)) = panels.iter_mut().find(of(*panel)) {
                    workshop.drop(square, &there);
                }
            }
            HeadsetCommand::PinPanel { panel, pin } => {
                let Some((_, mut there)) = panels.iter_mut().find(of(*panel)) else {
                    continue;
                };
                there.pin = *pin;
                let machine = selection.prim.as_ref().filter(|_| *pin == PanelPin::Machine);
                if let Some(((prim, _), head)) = machine.zip(head) {
                    let at_m = beside_machine(extents.in_world(*prim), head);
                    there.quad = legible_from(&there.quad, at_m, head.at_m);
                }
            }
            HeadsetCommand::SetComfort { comfort } => {
                if let Some(settings) = &mut settings {
                    settings.comfort = comfort.checked();
                }
            }
            // Whoever keeps the play space takes the height.
            HeadsetCommand::CalibrateHeight => {}
        }
    }
}

/// The inspector comes to what is selected, and goes when nothing is; where a person has put it, it stays.
pub(super) fn show_selection(
    selection: Res<Selection>,
    life: Res<Life>,
    space: Res<PlaySpace>,
    extents: PrimExtents,
    mut panels: Query<(Entity, &mut SpacePanel)>,
    mut workshop: Workshop,
    mut shown_for: Local<Option<gemba_model::PrimPath>>,
) {
    if life.machine.phase() == Phase::Desktop {
        // Whoever comes back finds the inspector at what is selected then.
        *shown_for = None;
        return;
    }
    let selected = selection.prim.as_ref();
    if shown_for.as_ref() == selected.map(|(_, path)| path) {
        return;
    }
    let head = workshop.tracked.head.filter(|_| space.is_placed());
    let Some(head) = head.map(|head| space.rig.in_world(head)) else {
        return;
    };
    *shown_for = selected.map(|(_, path)| path.clone());
    let inspector = panels
        .iter_mut()
        .find(|(_, panel)| panel.shows == Shows::Panel(PanelKind::Selection));
    match (selected, inspector) {
        (None, Some((square, panel))) if panel.pin == PanelPin::Machine => workshop.drop(square, &panel),
        (Some((prim, _)), Some((_, mut panel))) if panel.pin == PanelPin::Machine => {
            let at_m = beside_machine(extents.in_world(*prim), head);
            panel.quad = legible_from(&panel.quad, at_m, head.at_m);
        }
        (Some((prim, _)), None) => {
            let at_m = beside_machine(extents.in_world(*prim), head);
            let pose = gemba_xr::panel::toward(at_m, head.at_m);
            let distance_m = head.at_m.distance(at_m);
            workshop.make(
                Shows::Panel(PanelKind::Selection),
                PanelPin::Machine,
                pose,
                distance_m,
            );
        }
        _ => {}
    }
}

/// The panel at `at_m`, to be read from `eye_m`.
pub(super) fn legible_from(quad: &PanelQuad, at_m: DVec3, eye_m: DVec3) -> PanelQuad {
    let pose = gemba_xr::panel::toward(at_m, eye_m);
    PanelQuad::legible(pose, quad.size_points, LINE_POINTS, eye_m.distance(at_m))
}
