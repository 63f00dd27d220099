//! What one sees, as others can see it too: cameras, saved viewpoints, and the view that a presenter shares.

use std::time::Duration;

use bevy::{ecs::system::SystemParam, math::DVec3, prelude::*};
use gemba_model::UnixNanos;
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
    telemetry::{Now, iso_8601},
    timeline::{Cursor, History, Timeline},
};

/// Cursors that are less apart than this, at the speed of the plant, show the same.
const SAME_TIME_NANOS: f64 = 0.3e9;
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

/// Where our timeline stands, for the room, whose clock may be another than this machine's.
pub(super) fn room_cursor(timeline: &Timeline, now: UnixNanos, room_time: UnixNanos) -> TimelineCursor {
    match timeline.cursor() {
        Cursor::Live => TimelineCursor::Live,
        Cursor::Past { at, speed } => TimelineCursor::Past {
            at: UnixNanos(at.0.saturating_add(room_time.0.saturating_sub(now.0))),
            speed,
            since: room_time,
        },
    }
}

/// Whether two cursors show the same, as far as anyone would notice.
fn is_same_time(one: &TimelineCursor, other: &TimelineCursor, room_time: UnixNanos) -> bool {
    match (one, other) {
        (
            TimelineCursor::Past { speed, .. },
            TimelineCursor::Past {
                speed: other_speed, ..
            },
        ) => {
            let [one, other] = [one, other].map(|cursor| cursor.past_at(room_time).unwrap_or_default());
            let apart_nanos = one.0.abs_diff(other.0) as f64;
            speed == other_speed && apart_nanos < SAME_TIME_NANOS * f64::from(speed.max(1.0))
        }
        _ => one == other,
    }
}

/// Puts our timeline where the room's cursor stands. Gives what there is to say when this viewer does not know that time.
fn take_cursor(
    timeline: &mut Timeline,
    cursor: &TimelineCursor,
    history: &History,
    now: UnixNanos,
    room_time: UnixNanos,
) -> Option<String> {
    let (Some(at), TimelineCursor::Past { speed, .. }) = (cursor.past_at(room_time), cursor) else {
        timeline.go_live();
        // Scenarios are not played here.
        return matches!(cursor, TimelineCursor::Scenario { .. })
            .then(|| "A scenario is shown; this viewer shows live values.".to_owned());
    };
    let at = UnixNanos(at.0.saturating_add(now.0.saturating_sub(room_time.0)));
    let Some((from, _)) = history.record().extent() else {
        timeline.go_live();
        return Some(
            "The past is shown; this viewer has recorded nothing yet and shows live values.".to_owned(),
        );
    };
    timeline.go_to(at.max(from), *speed);
    (at < from).then(|| {
        let since = iso_8601(from);
        format!("An earlier time is shown; this viewer has recorded values since {since} and shows those.")
    })
}

/// What we see now, to be saved in the room.
pub(super) fn view_state(
    eye: &Eye,
    plant: &Plant,
    section: &Section,
    isolation: &Isolation,
    timeline: TimelineCursor,
) -> Result<ViewState, String> {
    Ok(ViewState {
        camera: room_camera(eye, plant),
        section: room_section(section, plant.origin_m),
        isolation: room_isolation(isolation)?,
        timeline,
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
    mut time: SharedTime,
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
        if let Some(said) = time.take(&found.view.timeline, &meeting) {
            meeting.say(said);
        }
    }
}

/// The timeline, with what it takes to share it.
#[derive(SystemParam)]
pub(super) struct SharedTime<'w> {
    timeline: ResMut<'w, Timeline>,
    history: Res<'w, History>,
    now: Res<'w, Now>,
}

impl SharedTime<'_> {
    /// Where it stands, for the room.
    fn cursor(&self, meeting: &Meeting) -> TimelineCursor {
        room_cursor(&self.timeline, self.now.0, meeting.room_time(self.now.0))
    }

    fn take(&mut self, cursor: &TimelineCursor, meeting: &Meeting) -> Option<String> {
        let room_time = meeting.room_time(self.now.0);
        take_cursor(&mut self.timeline, cursor, &self.history, self.now.0, room_time)
    }

    fn put_back(&mut self, own: Cursor) {
        match own {
            Cursor::Live => self.timeline.go_live(),
            Cursor::Past { at, speed } => self.timeline.go_to(at, speed),
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
    sent: (
        Option<(RoomSection, Seq)>,
        Option<(Prims, Seq)>,
        Option<(TimelineCursor, Seq)>,
    ),
    /// What could not be sent, so that it is said once.
    too_many: Option<Isolation>,
}

#[derive(Debug)]
struct Taken {
    from: ParticipantId,
    own: (Section, Isolation, Cursor),
    /// What was last taken over.
    at: [Seq; 3],
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
    mut time: SharedTime,
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
            | ViewerCommand::SetTimeline { .. }
            | ViewerCommand::GoLive
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
        let (own_section, own_isolation, own_cursor) = taken.own;
        section.set_if_neq(own_section);
        isolation.set_if_neq(own_isolation);
        time.put_back(own_cursor);
    }
    let (Some(from), Some(plant)) = (wanted, plant) else {
        return;
    };
    let state = meeting.state();
    let at = [state.section.seq, state.isolation.seq, state.timeline.seq];
    if shared.taken.as_ref().is_some_and(|taken| taken.at == at) {
        return;
    }
    let hidden = isolation.hidden().to_vec();
    let (own, had) = match shared.taken.take() {
        Some(taken) => (taken.own, Some(taken.at[2])),
        None => ((section.clone(), isolation.clone(), time.timeline.cursor()), None),
    };
    section.set_if_neq(section_of(&state.section.value, plant.origin_m));
    isolation.set_if_neq(Isolation::new(&plant.doc, state.isolation.value.to_vec(), hidden));
    let cursor = state.timeline.value.clone();
    shared.taken = Some(Taken { from, own, at });
    // A section that is dragged does not put the time back again and again.
    if had != Some(at[2])
        && let Some(said) = time.take(&cursor, &meeting)
    {
        meeting.say(said);
    }
}

/// Shows the others how we cut and isolate, while we present.
pub(super) fn present_view(
    mut meeting: ResMut<Meeting>,
    plant: Option<Res<Plant>>,
    mut shared: ResMut<SharedView>,
    section: Res<Section>,
    isolation: Res<Isolation>,
    timeline: SharedTime,
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
    let room_time = meeting.room_time(timeline.now.0);
    let cursor = timeline.cursor(&meeting);
    let room = &meeting.state().timeline;
    let is_sent = shared
        .sent
        .2
        .as_ref()
        .is_some_and(|(sent, seq)| *seq == room.seq && is_same_time(sent, &cursor, room_time));
    if !is_same_time(&room.value, &cursor, room_time) && !is_sent {
        shared.send_at = time.elapsed() + SHARE_EVERY;
        shared.sent.2 = Some((cursor.clone(), room.seq));
        meeting.submit(Operation::SetTimeline(cursor));
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

    const HOUR: i64 = 3_600;

    fn secs(secs: i64) -> UnixNanos {
        UnixNanos(secs * 1_000_000_000)
    }

    #[test]
    fn a_past_instant_is_the_same_for_everyone_whatever_their_clocks_say() {
        let mut of_presenter = Timeline::default();
        of_presenter.go_to(secs(1_000), 2.0);
        // The presenter's clock is an hour behind the room's.
        let cursor = room_cursor(&of_presenter, secs(1_200), secs(1_200 + HOUR));
        // Five seconds later the presenter is at 1010; a clock that is an hour ahead of the room's calls it two hours more.
        let room_time = secs(1_205 + HOUR);
        let now = secs(1_205 + 2 * HOUR);
        let history = History::of_sample(secs(2 * HOUR));
        let mut timeline = Timeline::default();
        assert_eq!(
            take_cursor(&mut timeline, &cursor, &history, now, room_time),
            None
        );
        let at = secs(1_010 + 2 * HOUR);
        assert_eq!(timeline.cursor(), Cursor::Past { at, speed: 2.0 });
        assert!(is_same_time(
            &cursor,
            &room_cursor(&timeline, now, room_time),
            room_time
        ));

        let later = History::of_sample(secs(1_100 + 2 * HOUR));
        let said = take_cursor(&mut timeline, &cursor, &later, now, room_time);
        assert!(said.is_some_and(|said| said.contains("has recorded values since 1970-01-01T02:18:20")));
        let said = take_cursor(&mut timeline, &cursor, &History::default(), now, room_time);
        assert!(said.is_some_and(|said| said.contains("nothing yet")) && timeline.is_live());
    }

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
