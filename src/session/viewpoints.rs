//! What one sees, as others can see it too: cameras, saved viewpoints, and the view that a presenter shares.

use std::time::Duration;

use bevy::{math::DVec3, prelude::*};
use gemba_panels::{SessionCommand, ViewerCommand, session::ViewpointKey};
use gemba_session::{
    Operation, OperationId, OperationNumber, ParticipantId, Seq, ViewpointId,
    operation::{Camera, MAX_PRIMS, Prims, Section as RoomSection, SectionPlane, TimelineCursor, ViewState},
};

use super::Meeting;
use crate::{
    command::Requested,
    inspection::{CutPlane, Isolation, Section},
    navigation::{Eye, ViewPose},
    plant::Plant,
};

/// A section that is dragged is sent on this often.
const SHARE_EVERY: Duration = Duration::from_millis(120);

/// Our own view, in the room's coordinates.
pub(super) fn room_camera(eye: &Eye, plant: &Plant) -> Camera {
    let pose = &eye.pose;
    Camera {
        eye_m: (pose.eye_m - plant.origin_m).to_array(),
        target_m: (pose.eye_m + pose.forward() * pose.pivot_depth_m() - plant.origin_m).to_array(),
        fov_y_rad: 0.0,
    }
}

/// A view of the room, in the world.
pub(super) fn pose_of(camera: &Camera, plant: &Plant) -> ViewPose {
    let in_world = |at: [f64; 3]| DVec3::from(at) + plant.origin_m;
    ViewPose::looking_at(in_world(camera.eye_m), in_world(camera.target_m))
}

/// The section in the room's coordinates, which begin at the plant's origin.
fn room_section(section: &Section, origin_m: DVec3) -> RoomSection {
    let planes = section.cuts().iter().map(|cut| SectionPlane {
        normal: cut.normal.as_vec3().to_array(),
        offset_m: cut.offset_m - cut.normal.dot(origin_m),
    });
    RoomSection {
        // A section has no more planes than a room takes.
        planes: gemba_session::bounded::List::new(planes.collect()).unwrap_or_default(),
    }
}

fn section_of(section: &RoomSection, origin_m: DVec3) -> Section {
    Section::new(section.planes.iter().map(|plane| {
        let normal = Vec3::from(plane.normal).as_dvec3();
        CutPlane {
            normal,
            offset_m: plane.offset_m + normal.dot(origin_m),
        }
    }))
}

/// What is isolated, for the room.
fn room_isolation(isolation: &Isolation) -> Result<Prims, String> {
    Prims::new(isolation.isolated().to_vec()).map_err(|_too_many| {
        format!(
            "At most {MAX_PRIMS} isolated prims can be shown to others; isolate a prim higher up in the plant instead."
        )
    })
}

/// What we see now, to be saved in the room.
pub(super) fn view_state(
    eye: &Eye,
    plant: &Plant,
    section: &Section,
    isolation: &Isolation,
) -> Result<ViewState, String> {
    Ok(ViewState {
        camera: room_camera(eye, plant),
        section: room_section(section, plant.origin_m),
        isolation: room_isolation(isolation)?,
        timeline: TimelineCursor::Live,
    })
}

/// The viewpoint that the panels name so.
pub(crate) fn viewpoint_of(key: ViewpointKey) -> ViewpointId {
    ViewpointId(OperationId {
        by: ParticipantId(key.by),
        number: OperationNumber(key.number),
    })
}

/// Flies to a saved viewpoint, and cuts and isolates as it does.
pub(super) fn go_to_viewpoint(
    mut requests: MessageReader<Requested>,
    mut meeting: ResMut<Meeting>,
    plant: Option<Res<Plant>>,
    mut eye: ResMut<Eye>,
    mut section: ResMut<Section>,
    mut isolation: ResMut<Isolation>,
) {
    for Requested(request) in requests.read() {
        let ViewerCommand::Session(SessionCommand::GoToViewpoint { viewpoint }) = request else {
            continue;
        };
        let found = meeting.state().viewpoints.get(&viewpoint_of(*viewpoint)).cloned();
        let Some(found) = found else {
            meeting.say("This viewpoint is not there any more.");
            continue;
        };
        let Some(plant) = &plant else { continue };
        eye.fly(pose_of(&found.view.camera, plant));
        section.set_if_neq(section_of(&found.view.section, plant.origin_m));
        let hidden = isolation.hidden().to_vec();
        isolation.set_if_neq(Isolation::new(&plant.doc, found.view.isolation.to_vec(), hidden));
        if found.view.timeline != TimelineCursor::Live {
            meeting.say("This viewpoint shows another time; this viewer shows live values.");
        }
    }
}

/// Whether we see what a presenter shows.
#[derive(Resource, Debug, Default)]
pub struct SharedView {
    /// Whose view we took up, and what we saw before.
    taken: Option<Taken>,
    /// Whose view we do not want to see.
    detached_from: Option<ParticipantId>,
    /// When our own view may be sent again.
    send_at: Duration,
    /// What we sent last, and what it was to replace: what the room refused is not sent again and again.
    sent: (Option<(RoomSection, Seq)>, Option<(Prims, Seq)>),
    /// What could not be sent, so that it is said once.
    too_many: Option<Isolation>,
}

#[derive(Debug)]
struct Taken {
    from: ParticipantId,
    own: (Section, Isolation),
    /// What was last taken over.
    at: [Seq; 2],
}

impl SharedView {
    /// Whether someone presents whose view we do not take up.
    #[must_use]
    pub fn is_detached(&self, presenter: ParticipantId) -> bool {
        self.detached_from == Some(presenter)
    }

    /// Whose view we see.
    #[must_use]
    pub fn leader(&self) -> Option<ParticipantId> {
        self.taken.as_ref().map(|taken| taken.from)
    }
}

/// Shows what the presenter shows. Whoever cuts or isolates on their own is on their own from then on: nobody's view is
/// taken away from them. Afterwards everyone has the view that they had before.
pub(super) fn see_what_is_presented(
    mut requests: MessageReader<Requested>,
    mut meeting: ResMut<Meeting>,
    plant: Option<Res<Plant>>,
    mut shared: ResMut<SharedView>,
    mut section: ResMut<Section>,
    mut isolation: ResMut<Isolation>,
) {
    let you = meeting.you();
    let presenter = meeting
        .state()
        .presenter
        .filter(|_| meeting.phase().is_some())
        .filter(|who| Some(*who) != you);
    let mut is_own_wish = false;
    for Requested(request) in requests.read() {
        match request {
            ViewerCommand::Session(SessionCommand::Detach { on }) => {
                shared.detached_from = presenter.filter(|_| *on);
            }
            ViewerCommand::SetSection { .. }
            | ViewerCommand::Isolate { .. }
            | ViewerCommand::Hide { .. }
            | ViewerCommand::ShowAll
            | ViewerCommand::Session(SessionCommand::GoToViewpoint { .. }) => is_own_wish = true,
            ViewerCommand::OpenPlant { .. } => shared.taken = None,
            _ => {}
        }
    }
    if presenter.is_none() {
        shared.detached_from = None;
    }
    if is_own_wish && shared.taken.take().is_some() {
        shared.detached_from = presenter;
        meeting.say("You see on your own now. Rejoin, in the session, takes up the presenter's view again.");
    }
    let wanted = presenter.filter(|who| !shared.is_detached(*who));
    if shared
        .taken
        .as_ref()
        .is_some_and(|taken| Some(taken.from) != wanted)
        && let Some(taken) = shared.taken.take()
    {
        let (own_section, own_isolation) = taken.own;
        section.set_if_neq(own_section);
        isolation.set_if_neq(own_isolation);
    }
    let (Some(from), Some(plant)) = (wanted, plant) else {
        return;
    };
    let state = meeting.state();
    let at = [state.section.seq, state.isolation.seq];
    if shared.taken.as_ref().is_some_and(|taken| taken.at == at) {
        return;
    }
    let hidden = isolation.hidden().to_vec();
    let own = match shared.taken.take() {
        Some(taken) => taken.own,
        None => (section.clone(), isolation.clone()),
    };
    section.set_if_neq(section_of(&state.section.value, plant.origin_m));
    isolation.set_if_neq(Isolation::new(&plant.doc, state.isolation.value.to_vec(), hidden));
    shared.taken = Some(Taken { from, own, at });
}

/// Shows the others how we cut and isolate, while we present.
pub(super) fn present_view(
    mut meeting: ResMut<Meeting>,
    plant: Option<Res<Plant>>,
    mut shared: ResMut<SharedView>,
    section: Res<Section>,
    isolation: Res<Isolation>,
    time: Res<Time<Real>>,
) {
    let presents =
        meeting.is_joined() && meeting.you().is_some() && meeting.state().presenter == meeting.you();
    let Some(plant) = plant.filter(|_| presents && time.elapsed() >= shared.send_at) else {
        return;
    };
    let wanted = room_section(&section, plant.origin_m);
    let room = &meeting.state().section;
    let sent = Some((wanted.clone(), room.seq));
    if room.value != wanted && shared.sent.0 != sent {
        shared.send_at = time.elapsed() + SHARE_EVERY;
        shared.sent.0 = sent;
        meeting.submit(Operation::SetSection(wanted));
    }
    let prims = match room_isolation(&isolation) {
        Ok(prims) => prims,
        Err(why) => {
            if shared.too_many.as_ref() != Some(&*isolation) {
                shared.too_many = Some(isolation.clone());
                meeting.say(why);
            }
            return;
        }
    };
    shared.too_many = None;
    let room = &meeting.state().isolation;
    let sent = Some((prims.clone(), room.seq));
    if room.value != prims && shared.sent.1 != sent {
        shared.send_at = time.elapsed() + SHARE_EVERY;
        shared.sent.1 = sent;
        meeting.submit(Operation::SetIsolation { prims });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_the_same_cut_in_every_viewer() {
        let origin_m = DVec3::new(500_000.0, 20.0, -4_500_000.0);
        let cut = CutPlane {
            normal: DVec3::new(0.6, 0.8, 0.0),
            offset_m: 0.6 * 500_010.0 + 0.8 * 22.0,
        };
        let section = Section::new([cut].into_iter());
        let room = room_section(&section, origin_m);
        assert!((room.planes[0].offset_m - (0.6 * 10.0 + 0.8 * 2.0)).abs() < 1e-6);
        let back = section_of(&room, origin_m);
        let there = back.cuts()[0];
        // Normals travel as f32; seen from the plant's origin that is nothing.
        for at_m in [DVec3::ZERO, DVec3::new(40.0, -3.0, 60.0)] {
            let apart = |plane: &CutPlane| plane.normal.dot(at_m + origin_m) - plane.offset_m;
            assert!((apart(&there) - apart(&cut)).abs() < 1e-4);
        }
    }
}
