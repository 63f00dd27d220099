//! The link to a room, and what the room holds.

use std::{sync::Arc, time::Duration};

use bevy::prelude::*;
use gemba_model::UnixNanos;
use gemba_panels::session::LinkText;
use gemba_relay::{JoinLink, JoinOptions, LinkQuality, Session, SessionStartError};
use gemba_session::{
    Change, Operation, OperationNumber, ParticipantId, PlantMark, RoomState, SessionEvent, SessionPhase,
    operation::Camera,
    presence::{Presence, Seen},
    state::Participant,
    wire::Notice as RoomNotice,
};

/// How long a notice is shown.
const NOTICE_FOR: Duration = Duration::from_secs(8);

/// Someone brings everyone somewhere.
#[derive(Message, Clone, Debug)]
pub struct Brought {
    /// Where to, in the room's coordinates.
    pub camera: Camera,
}

/// The session that this viewer is in.
#[derive(Resource, Debug, Default)]
pub struct Meeting {
    session: Option<Session>,
    room: Arc<str>,
    joined_by: Option<(LinkText, Option<String>)>,
    state: Arc<RoomState>,
    phase: Option<SessionPhase>,
    you: Option<ParticipantId>,
    notice: Option<Notice>,
    elapsed: Duration,
}

#[derive(Debug)]
struct Notice {
    text: String,
    until: Duration,
}

impl Meeting {
    /// Goes into the room of `link`; out of the one before.
    ///
    /// # Errors
    /// [`SessionStartError`] when the operating system gives no thread.
    pub fn join(&mut self, link: JoinLink, options: JoinOptions) -> Result<(), SessionStartError> {
        self.leave();
        self.room = link.room.to_string().into();
        self.session = Some(Session::join(link, options)?);
        Ok(())
    }

    /// The link, and the name that was given with it, by which we went into the room; `None` outside of one.
    #[must_use]
    pub fn joined_by(&self) -> Option<&(LinkText, Option<String>)> {
        self.joined_by.as_ref()
    }

    /// Remembers how we went in.
    pub(super) fn set_joined_by(&mut self, link: LinkText, name: Option<String>) {
        self.joined_by = Some((link, name));
    }

    /// Leaves for good.
    pub fn leave(&mut self) {
        *self = Self {
            elapsed: self.elapsed,
            ..Self::default()
        };
    }

    /// The room's name; empty outside of one.
    #[must_use]
    pub fn room(&self) -> &Arc<str> {
        &self.room
    }

    /// What the room holds, with our own waiting operations done ahead. The same value until something changes.
    #[must_use]
    pub fn state(&self) -> &Arc<RoomState> {
        &self.state
    }

    /// Where the session stands; `None` in none.
    #[must_use]
    pub fn phase(&self) -> Option<&SessionPhase> {
        self.phase.as_ref()
    }

    /// Whether we are in the room now.
    #[must_use]
    pub fn is_joined(&self) -> bool {
        matches!(self.phase, Some(SessionPhase::Joined { .. }))
    }

    /// Our own number, once the room has said it.
    #[must_use]
    pub fn you(&self) -> Option<ParticipantId> {
        self.you
    }

    /// Ourselves, as the room has us.
    #[must_use]
    pub fn own(&self) -> Option<&Participant> {
        self.state.person(self.you?)
    }

    /// Whom we follow.
    #[must_use]
    pub fn following(&self) -> Option<ParticipantId> {
        self.own()?.following
    }

    /// Something that just went wrong or changed.
    #[must_use]
    pub fn notice(&self) -> Option<&str> {
        self.notice.as_ref().map(|notice| notice.text.as_str())
    }

    /// The link as it is now.
    #[must_use]
    pub fn link_quality(&self) -> LinkQuality {
        self.session
            .as_ref()
            .map(Session::link_quality)
            .unwrap_or_default()
    }

    /// What the room's clock shows; `now` outside of one.
    #[must_use]
    pub fn room_time(&self, now: UnixNanos) -> UnixNanos {
        self.session.as_ref().map_or(now, Session::room_time)
    }

    /// Says something to the person here, and to the log for those who see no panels.
    pub fn say(&mut self, text: impl Into<String>) {
        let text = text.into();
        tracing::info!(room = &*self.room, "{text}");
        self.notice = Some(Notice {
            text,
            until: self.elapsed + NOTICE_FOR,
        });
    }

    /// Does something in the room; a refusal is said.
    pub fn submit(&mut self, operation: Operation) -> Option<OperationNumber> {
        let kind = operation.kind();
        let Some(session) = &self.session else {
            self.say(format!("You are in no room, so you cannot {}.", kind.in_words()));
            return None;
        };
        match session.submit(operation) {
            Ok(number) => {
                self.state = session.view();
                Some(number)
            }
            Err(refusal) => {
                self.say(refusal.to_string());
                None
            }
        }
    }

    /// Takes back our newest change of the room; a refusal is said.
    pub fn undo(&mut self) {
        let undone = self.session.as_ref().map(Session::undo);
        if let Some(Err(refusal)) = undone {
            self.say(refusal.to_string());
        }
    }

    /// Says which plant is open.
    pub(super) fn say_plant(&self, mark: PlantMark) {
        if let Some(session) = &self.session {
            session.open_plant(mark);
        }
    }

    /// Comes back now instead of after the wait.
    pub fn retry_now(&self) {
        if let Some(session) = &self.session {
            session.retry_now();
        }
    }

    /// Shows the others where we are.
    pub(super) fn show(&self, presence: Presence) {
        if let Some(session) = &self.session {
            session.show(presence);
        }
    }

    pub(super) fn read_people(&self, people: &mut Vec<(ParticipantId, Seen)>) {
        people.clear();
        if let Some(session) = &self.session {
            session.read_people(people);
        }
    }
}

/// Takes over what came from the room since the last frame.
pub(super) fn take_in(
    mut meeting: ResMut<Meeting>,
    time: Res<Time<Real>>,
    mut brought: MessageWriter<Brought>,
) {
    let meeting = &mut *meeting;
    meeting.elapsed = time.elapsed();
    if meeting
        .notice
        .as_ref()
        .is_some_and(|notice| notice.until < meeting.elapsed)
    {
        meeting.notice = None;
    }
    let Some(session) = &meeting.session else { return };
    meeting.phase = Some(session.phase());
    meeting.you = session.you();
    meeting.state = session.view();
    let mut said = None;
    while let Some(event) = session.poll_event() {
        match event {
            SessionEvent::Entry(entry) => {
                if let Change::Did {
                    id,
                    operation: Operation::BringEveryone { camera },
                } = entry.change
                    && Some(id.by) != meeting.you
                {
                    brought.write(Brought { camera });
                }
            }
            SessionEvent::Refused { refusal, .. } => said = Some(refusal.to_string()),
            SessionEvent::Notice(notice) => said = Some(in_words(&notice)),
            SessionEvent::Joined { .. }
            | SessionEvent::StateReplaced
            | SessionEvent::Done { .. }
            | SessionEvent::WentOffline { .. }
            | SessionEvent::Ended => {}
        }
    }
    if let Some(said) = said {
        meeting.say(said);
    }
}

fn in_words(notice: &RoomNotice) -> String {
    match notice {
        RoomNotice::ReadOnly { why } => format!("The room is read-only: {why}"),
        RoomNotice::Writable => "The room keeps what is done again.".to_owned(),
        RoomNotice::Draining => "The relay stops soon; this viewer comes back when it does.".to_owned(),
    }
}
