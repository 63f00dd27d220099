//! When to make, begin, end and drop the session: the application's side of "Session Lifecycle" in the OpenXR 1.0 specification,
//! as a state machine without a runtime.
//!
//! [`Lifecycle::take`] is told what happened and answers what to do. Whoever carries that out tells it what came of it; a call
//! that fails is one more thing that happened. However it fails, the desktop goes on: the machine ends in [`Phase::Desktop`].

mod failure;
#[cfg(test)]
mod tests;

use std::{fmt, time::Duration};

pub use failure::{Call, Failure, XrCode};

/// A session that is not begun by then belongs to a headset that sleeps.
const ASLEEP_AFTER: Duration = Duration::from_secs(4);
/// A runtime that does not let go by then is left.
const LET_GO_AFTER: Duration = Duration::from_secs(3);
/// This many frames in a row may fail for reasons that pass.
const MOST_FAILED_FRAMES: u32 = 30;

/// The states that a runtime puts a session in (`XrSessionState`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionState {
    /// Made, or ended; nothing to show.
    Idle,
    /// The runtime wants pictures.
    Ready,
    /// In step with the display, not seen.
    Synchronized,
    /// Seen, without the controllers.
    Visible,
    /// Seen, with the controllers.
    Focused,
    /// To be ended.
    Stopping,
    /// About to be lost.
    LossPending,
    /// To be dropped: the person left by the runtime's own menu, or was asked to.
    Exiting,
}

/// How much of what is drawn is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Nothing: frames are paced, not drawn.
    Hidden,
    /// The picture; the controllers belong to something else.
    Seen,
    /// The picture, and the controllers are ours.
    Focused,
}

/// Where we are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// No session.
    Desktop,
    /// A session is being made.
    Making,
    /// There is a session that does not run: the headset starts, or sleeps.
    Resting,
    /// Frames go to the headset.
    Running(Visibility),
    /// The runtime was asked to let go.
    Leaving,
    /// The session is being dropped.
    Dropping,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// A person wants in.
    Enter,
    /// A person wants out.
    Leave,
    /// [`Act::MakeSession`] worked.
    SessionMade,
    /// [`Act::DropSession`] was carried out.
    SessionDropped,
    /// The runtime moved the session.
    State(SessionState),
    /// The runtime announced its end (`XrEventDataInstanceLossPending`).
    InstanceLossPending,
    /// A call failed.
    Failed {
        /// Which.
        call: Call,
        /// The answer.
        code: XrCode,
    },
    /// A frame went through.
    FrameShown,
    /// Time passed.
    Tick,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Make a session, its spaces and swapchains; tell [`Happened::SessionMade`] or [`Happened::Failed`].
    MakeSession,
    /// `xrBeginSession`.
    BeginSession,
    /// `xrEndSession`.
    EndSession,
    /// `xrRequestExitSession`.
    RequestExit,
    /// Drop the session and everything that belongs to it, then tell [`Happened::SessionDropped`].
    DropSession,
    /// Drop the instance: no call to it can succeed any more.
    DropInstance,
    /// The graphics device was not made for a headset, or its runtime is gone: offer to restart into VR with the same state.
    OfferRestart,
    /// Tell the person.
    Tell(Notice),
}

/// What the person is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The headset shows the plant.
    Entered,
    /// The headset shows it no more, as was asked for.
    Left,
    /// VR was ended from the headset.
    EndedInHeadset,
    /// The headset is not worn or sleeps.
    Asleep,
    /// It could not start, or had to end.
    Failed(Failure),
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entered => f.write_str("The headset shows the plant"),
            Self::Left => f.write_str("VR is left; the plant goes on here"),
            Self::EndedInHeadset => f.write_str("VR was ended in the headset; the plant goes on here"),
            Self::Asleep => {
                f.write_str("The headset sleeps: put it on, or switch it on, to see the plant in it")
            }
            Self::Failed(failure) => write!(f, "{failure}"),
        }
    }
}

/// What frames are to be made for the headset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frames {
    /// None: the session does not run, and waiting for it would wait for ever.
    None,
    /// Wait, begin and end, with what the runtime asks to be drawn.
    Paced,
}

/// The state machine. Every time is on one clock that does not go back.
#[derive(Clone, Debug)]
pub struct Lifecycle {
    phase: Phase,
    since: Duration,
    runtime: String,
    fits: bool,
    enter_again: bool,
    /// Between `xrBeginSession` and `xrEndSession`.
    begun: bool,
    told: Told,
    failed_frames: u32,
}

/// What of this session the person knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Told {
    entered: bool,
    asleep: bool,
    end: bool,
}

impl Lifecycle {
    /// On the desktop. `fits` says whether the graphics device was made for the headset of the runtime called `runtime`.
    #[must_use]
    pub fn new(fits: bool, runtime: &str) -> Self {
        Self {
            phase: Phase::Desktop,
            since: Duration::ZERO,
            runtime: runtime.to_owned(),
            fits,
            enter_again: false,
            begun: false,
            told: Told::default(),
            failed_frames: 0,
        }
    }

    /// Where we are.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Whether a session can be made without a restart.
    #[must_use]
    pub fn fits(&self) -> bool {
        self.fits
    }

    /// What frames to make.
    #[must_use]
    pub fn frames(&self) -> Frames {
        // Until a session that is left has ended, the runtime still waits for frames.
        if self.begun { Frames::Paced } else { Frames::None }
    }

    /// Takes what `happened` at `now`, and says what to do, in order.
    pub fn take(&mut self, now: Duration, happened: Happened) -> Vec<Act> {
        match happened {
            Happened::Enter => self.enter(now),
            Happened::Leave => self.leave(now),
            Happened::SessionMade if self.phase == Phase::Making => {
                self.go(now, Phase::Resting);
                Vec::new()
            }
            Happened::SessionDropped if self.phase == Phase::Dropping => {
                self.go(now, Phase::Desktop);
                if std::mem::take(&mut self.enter_again) {
                    self.enter(now)
                } else {
                    Vec::new()
                }
            }
            Happened::SessionMade | Happened::SessionDropped => Vec::new(),
            Happened::State(state) => self.moved(now, state),
            Happened::InstanceLossPending => self.give_up(now, Failure::RuntimeGone),
            Happened::Failed { call, code } => self.failed(now, call, code),
            Happened::FrameShown => {
                self.failed_frames = 0;
                Vec::new()
            }
            Happened::Tick => self.tick(now),
        }
    }

    fn go(&mut self, now: Duration, phase: Phase) {
        // Within running only what is seen changes, and that is counted from its own change.
        if self.phase != phase {
            self.since = now;
            self.phase = phase;
        }
    }

    fn enter(&mut self, now: Duration) -> Vec<Act> {
        match self.phase {
            Phase::Desktop if self.fits => {
                self.told = Told::default();
                self.failed_frames = 0;
                self.go(now, Phase::Making);
                vec![Act::MakeSession]
            }
            Phase::Desktop => vec![Act::OfferRestart],
            Phase::Leaving | Phase::Dropping => {
                self.enter_again = self.fits;
                Vec::new()
            }
            Phase::Making | Phase::Resting | Phase::Running(_) => Vec::new(),
        }
    }

    fn leave(&mut self, now: Duration) -> Vec<Act> {
        self.enter_again = false;
        match self.phase {
            Phase::Running(_) => {
                self.go(now, Phase::Leaving);
                vec![Act::RequestExit]
            }
            // The runtime need not be asked for what does not run.
            Phase::Making | Phase::Resting => self.drop_session(now, Some(Notice::Left)),
            Phase::Desktop | Phase::Leaving | Phase::Dropping => Vec::new(),
        }
    }

    fn moved(&mut self, now: Duration, state: SessionState) -> Vec<Act> {
        // What the runtime still says of a session that is on its way out does not matter.
        if matches!(self.phase, Phase::Desktop | Phase::Dropping) {
            return Vec::new();
        }
        match state {
            SessionState::Idle => Vec::new(),
            SessionState::Ready if self.begun || self.phase == Phase::Leaving => Vec::new(),
            SessionState::Ready => {
                self.failed_frames = 0;
                self.begun = true;
                self.go(now, Phase::Running(Visibility::Hidden));
                vec![Act::BeginSession]
            }
            SessionState::Synchronized => self.seen(now, Visibility::Hidden),
            SessionState::Visible => self.seen(now, Visibility::Seen),
            SessionState::Focused => self.seen(now, Visibility::Focused),
            SessionState::Stopping if !self.begun => Vec::new(),
            SessionState::Stopping => {
                self.begun = false;
                if self.phase != Phase::Leaving {
                    self.go(now, Phase::Resting);
                }
                vec![Act::EndSession]
            }
            SessionState::Exiting => {
                let notice = if self.phase == Phase::Leaving {
                    Notice::Left
                } else {
                    Notice::EndedInHeadset
                };
                self.drop_session(now, Some(notice))
            }
            SessionState::LossPending => self.give_up(now, Failure::SessionLost),
        }
    }

    fn seen(&mut self, now: Duration, visibility: Visibility) -> Vec<Act> {
        if self.phase == Phase::Leaving || !self.begun {
            return Vec::new();
        }
        self.go(now, Phase::Running(visibility));
        if visibility == Visibility::Hidden {
            return Vec::new();
        }
        self.told.asleep = false;
        if std::mem::replace(&mut self.told.entered, true) {
            Vec::new()
        } else {
            vec![Act::Tell(Notice::Entered)]
        }
    }

    fn failed(&mut self, now: Duration, call: Call, code: XrCode) -> Vec<Act> {
        let failure = Failure::of(call, code, &self.runtime);
        // Without a session nothing is there to fail, but the instance itself.
        let has_session = !matches!(self.phase, Phase::Desktop | Phase::Dropping);
        if (!has_session && !failure.ends_instance()) || self.passes(call, &failure) {
            return Vec::new();
        }
        self.give_up(now, failure)
    }

    /// Whether the failure may be one of a frame only: states change between two calls, and a tracker may be away.
    fn passes(&mut self, call: Call, failure: &Failure) -> bool {
        let is_of_a_frame = matches!(
            call,
            Call::Frame | Call::Input | Call::PollEvents | Call::RequestExit
        );
        if !is_of_a_frame || matches!(failure, Failure::RuntimeGone | Failure::SessionLost) {
            return false;
        }
        self.failed_frames += 1;
        self.failed_frames < MOST_FAILED_FRAMES
    }

    /// Ends everything that `failure` ends, and says so once.
    fn give_up(&mut self, now: Duration, failure: Failure) -> Vec<Act> {
        let ends_instance = failure.ends_instance() && self.fits;
        let was_dropping = self.phase == Phase::Dropping;
        let mut acts = match self.phase {
            Phase::Desktop | Phase::Dropping if !ends_instance => return Vec::new(),
            Phase::Desktop | Phase::Dropping => Vec::new(),
            _ => self.drop_session(now, None),
        };
        if ends_instance {
            self.fits = false;
            self.enter_again = false;
            acts.push(Act::DropInstance);
        }
        if !(was_dropping && self.told.end) {
            self.told.end = true;
            acts.push(Act::Tell(Notice::Failed(failure)));
        }
        acts
    }

    fn drop_session(&mut self, now: Duration, notice: Option<Notice>) -> Vec<Act> {
        self.told.end |= notice.is_some();
        self.begun = false;
        self.go(now, Phase::Dropping);
        let mut acts = vec![Act::DropSession];
        acts.extend(notice.map(Act::Tell));
        acts
    }

    fn tick(&mut self, now: Duration) -> Vec<Act> {
        let for_now = now.saturating_sub(self.since);
        match self.phase {
            Phase::Resting | Phase::Running(Visibility::Hidden) if for_now >= ASLEEP_AFTER => {
                if std::mem::replace(&mut self.told.asleep, true) {
                    Vec::new()
                } else {
                    vec![Act::Tell(Notice::Asleep)]
                }
            }
            Phase::Leaving if for_now >= LET_GO_AFTER => self.drop_session(now, Some(Notice::Left)),
            _ => Vec::new(),
        }
    }
}
