//! A runtime on paper, and every order of events that a real one could give.

use proptest::prelude::*;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn fitting() -> Lifecycle {
    Lifecycle::new(true, "Paper")
}

fn take_all(life: &mut Lifecycle, all: impl IntoIterator<Item = Happened>) -> Vec<Act> {
    all.into_iter()
        .flat_map(|happened| life.take(SECOND, happened))
        .collect()
}

/// Into the headset, as the specification's example goes.
fn entered() -> Lifecycle {
    let mut life = fitting();
    let acts = take_all(
        &mut life,
        [
            Happened::Enter,
            Happened::SessionMade,
            Happened::State(SessionState::Idle),
            Happened::State(SessionState::Ready),
            Happened::State(SessionState::Synchronized),
            Happened::State(SessionState::Visible),
            Happened::State(SessionState::Focused),
        ],
    );
    assert_eq!(
        acts,
        [Act::MakeSession, Act::BeginSession, Act::Tell(Notice::Entered)]
    );
    assert_eq!(life.phase(), Phase::Running(Visibility::Focused));
    assert_eq!(life.frames(), Frames::Paced);
    life
}

#[test]
fn in_and_out_ten_times() {
    let mut life = entered();
    for _ in 0..10 {
        assert_eq!(life.take(SECOND, Happened::Leave), [Act::RequestExit]);
        assert_eq!(life.frames(), Frames::Paced, "the runtime still waits for frames");
        let acts = take_all(
            &mut life,
            [
                Happened::State(SessionState::Visible),
                Happened::State(SessionState::Synchronized),
                Happened::State(SessionState::Stopping),
                Happened::State(SessionState::Idle),
                Happened::State(SessionState::Exiting),
            ],
        );
        assert_eq!(acts, [Act::EndSession, Act::DropSession, Act::Tell(Notice::Left)]);
        assert_eq!(life.frames(), Frames::None);
        assert_eq!(life.take(SECOND, Happened::SessionDropped), []);
        assert_eq!(life.phase(), Phase::Desktop);
        let acts = take_all(
            &mut life,
            [
                Happened::Enter,
                Happened::SessionMade,
                Happened::State(SessionState::Ready),
                Happened::State(SessionState::Focused),
            ],
        );
        assert_eq!(
            acts,
            [Act::MakeSession, Act::BeginSession, Act::Tell(Notice::Entered)]
        );
    }
}

#[test]
fn a_killed_runtime_leaves_the_desktop_and_a_restart() {
    let mut life = entered();
    let acts = life.take(
        SECOND,
        Happened::Failed {
            call: Call::Frame,
            code: XrCode::INSTANCE_LOST,
        },
    );
    let told = Act::Tell(Notice::Failed(Failure::RuntimeGone));
    assert_eq!(acts, [Act::DropSession, Act::DropInstance, told]);
    // The frame that was under way fails too, and is not told again.
    let more = Happened::Failed {
        call: Call::PollEvents,
        code: XrCode::INSTANCE_LOST,
    };
    assert_eq!(life.take(SECOND, more), []);
    life.take(SECOND, Happened::SessionDropped);
    assert_eq!(life.phase(), Phase::Desktop);
    assert_eq!(life.take(SECOND, Happened::Enter), [Act::OfferRestart]);
}

#[test]
fn a_runtime_that_ends_while_nobody_is_in_it() {
    let mut life = fitting();
    let acts = life.take(SECOND, Happened::InstanceLossPending);
    assert_eq!(
        acts,
        [Act::DropInstance, Act::Tell(Notice::Failed(Failure::RuntimeGone))]
    );
    assert!(!life.fits());
}

#[test]
fn a_lost_session_can_be_entered_again() {
    let mut life = entered();
    let acts = life.take(SECOND, Happened::State(SessionState::LossPending));
    assert_eq!(
        acts,
        [Act::DropSession, Act::Tell(Notice::Failed(Failure::SessionLost))]
    );
    life.take(SECOND, Happened::SessionDropped);
    assert_eq!(life.take(SECOND, Happened::Enter), [Act::MakeSession]);
}

#[test]
fn a_desktop_device_offers_a_restart() {
    let mut life = Lifecycle::new(false, "");
    assert_eq!(life.take(SECOND, Happened::Enter), [Act::OfferRestart]);
    assert_eq!(life.phase(), Phase::Desktop);
}

#[test]
fn a_session_that_cannot_be_made_is_told() {
    let mut life = fitting();
    life.take(SECOND, Happened::Enter);
    let acts = life.take(
        SECOND,
        Happened::Failed {
            call: Call::MakeSession,
            code: XrCode::LIMIT_REACHED,
        },
    );
    assert_eq!(
        acts,
        [Act::DropSession, Act::Tell(Notice::Failed(Failure::RuntimeBusy))]
    );
}

#[test]
fn a_headset_that_sleeps_is_told_once() {
    let mut life = fitting();
    take_all(&mut life, [Happened::Enter, Happened::SessionMade]);
    assert_eq!(life.take(4 * SECOND, Happened::Tick), []);
    assert_eq!(life.take(6 * SECOND, Happened::Tick), [Act::Tell(Notice::Asleep)]);
    assert_eq!(life.take(60 * SECOND, Happened::Tick), []);
    // Put on, and taken off again.
    let put_on = [
        SessionState::Ready,
        SessionState::Synchronized,
        SessionState::Focused,
    ];
    take_all(&mut life, put_on.map(Happened::State));
    life.take(70 * SECOND, Happened::State(SessionState::Synchronized));
    assert_eq!(life.take(71 * SECOND, Happened::Tick), []);
    assert_eq!(
        life.take(80 * SECOND, Happened::Tick),
        [Act::Tell(Notice::Asleep)]
    );
}

#[test]
fn taken_off_and_put_on_again_keeps_the_session() {
    let mut life = entered();
    assert_eq!(
        life.take(SECOND, Happened::State(SessionState::Stopping)),
        [Act::EndSession]
    );
    assert_eq!((life.phase(), life.frames()), (Phase::Resting, Frames::None));
    assert_eq!(
        life.take(SECOND, Happened::State(SessionState::Ready)),
        [Act::BeginSession]
    );
    assert_eq!(life.frames(), Frames::Paced);
}

#[test]
fn a_runtime_that_does_not_let_go_is_left() {
    let mut life = entered();
    life.take(2 * SECOND, Happened::Leave);
    assert_eq!(life.take(4 * SECOND, Happened::Tick), []);
    let acts = life.take(6 * SECOND, Happened::Tick);
    assert_eq!(acts, [Act::DropSession, Act::Tell(Notice::Left)]);
}

#[test]
fn a_frame_may_fail_and_many_may_not() {
    let mut life = entered();
    let fails = || Happened::Failed {
        call: Call::Frame,
        code: XrCode::CALL_ORDER_INVALID,
    };
    for _ in 0..MOST_FAILED_FRAMES - 1 {
        assert_eq!(life.take(SECOND, fails()), []);
    }
    life.take(SECOND, Happened::FrameShown);
    for _ in 0..MOST_FAILED_FRAMES - 1 {
        assert_eq!(life.take(SECOND, fails()), []);
    }
    let acts = life.take(SECOND, fails());
    assert!(matches!(
        acts[..],
        [Act::DropSession, Act::Tell(Notice::Failed(Failure::Other { .. }))]
    ));
}

#[test]
fn who_changes_their_mind_while_leaving_comes_back() {
    let mut life = entered();
    take_all(&mut life, [Happened::Leave, Happened::Enter]);
    take_all(
        &mut life,
        [SessionState::Stopping, SessionState::Exiting].map(Happened::State),
    );
    assert_eq!(life.take(SECOND, Happened::SessionDropped), [Act::MakeSession]);
}

/// What the runtime has, kept by carrying out the acts to the letter.
#[derive(Default)]
struct Carried {
    has_session: bool,
    has_begun: bool,
    has_no_instance: bool,
}

impl Carried {
    fn carry_out(&mut self, act: &Act) {
        match act {
            Act::MakeSession => {
                assert!(!self.has_session && !self.has_no_instance, "a second session");
                self.has_session = true;
            }
            Act::BeginSession => {
                assert!(self.has_session && !self.has_begun, "begun twice");
                self.has_begun = true;
            }
            Act::EndSession => {
                assert!(self.has_begun, "ended without being begun");
                self.has_begun = false;
            }
            Act::RequestExit => assert!(self.has_begun, "asked to leave what does not run"),
            Act::DropSession => {
                assert!(self.has_session, "dropped twice");
                self.has_session = false;
                self.has_begun = false;
            }
            Act::DropInstance => {
                assert!(
                    !self.has_session && !self.has_no_instance,
                    "the instance went before its session"
                );
                self.has_no_instance = true;
            }
            Act::OfferRestart | Act::Tell(_) => {}
        }
    }
}

fn any_state() -> impl Strategy<Value = SessionState> {
    prop::sample::select(vec![
        SessionState::Idle,
        SessionState::Ready,
        SessionState::Synchronized,
        SessionState::Visible,
        SessionState::Focused,
        SessionState::Stopping,
        SessionState::LossPending,
        SessionState::Exiting,
    ])
}

fn anything() -> impl Strategy<Value = Happened> {
    let call = prop::sample::select(vec![
        Call::MakeSession,
        Call::BeginSession,
        Call::EndSession,
        Call::Frame,
        Call::PollEvents,
    ]);
    let code = prop::sample::select(vec![
        XrCode::INSTANCE_LOST,
        XrCode::SESSION_LOST,
        XrCode::RUNTIME_FAILURE,
        XrCode::LIMIT_REACHED,
    ]);
    prop_oneof![
        3 => Just(Happened::Enter),
        2 => Just(Happened::Leave),
        4 => Just(Happened::SessionMade),
        4 => Just(Happened::SessionDropped),
        10 => any_state().prop_map(Happened::State),
        1 => Just(Happened::InstanceLossPending),
        1 => (call, code).prop_map(|(call, code)| Happened::Failed { call, code }),
        2 => Just(Happened::FrameShown),
        4 => Just(Happened::Tick),
    ]
}

proptest! {
    /// However a runtime behaves, no call is made that its state forbids, and the way out always ends on the desktop.
    #[test]
    fn no_order_of_events_breaks_the_rules(all in prop::collection::vec(anything(), 0..80)) {
        let mut life = fitting();
        let mut carried = Carried::default();
        let mut now = Duration::ZERO;
        for happened in all {
            now += Duration::from_millis(700);
            for act in life.take(now, happened) {
                carried.carry_out(&act);
            }
            prop_assert_eq!(life.frames() == Frames::Paced, carried.has_begun);
            prop_assert_eq!(life.fits(), !carried.has_no_instance);
        }
        for happened in [Happened::SessionDropped, Happened::Leave, Happened::Tick, Happened::SessionDropped] {
            now += Duration::from_secs(10);
            for act in life.take(now, happened) {
                carried.carry_out(&act);
            }
        }
        prop_assert_eq!(life.phase(), Phase::Desktop);
        prop_assert!(!carried.has_session);
    }
}
