//! The state machine of a machine after PackML (ANSI/ISA-TR88.00.02-2022, base state model): seventeen states, commands, and
//! what follows when an acting state is complete.

/// A PackML state; the codes are those of the standard's `StateCurrent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Clearing = 1,
    Stopped = 2,
    Starting = 3,
    Idle = 4,
    Suspended = 5,
    Execute = 6,
    Stopping = 7,
    Aborting = 8,
    Aborted = 9,
    Holding = 10,
    Held = 11,
    Unholding = 12,
    Suspending = 13,
    Unsuspending = 14,
    Resetting = 15,
    Completing = 16,
    Complete = 17,
}

impl State {
    #[cfg(test)]
    pub(super) const ALL: [Self; 17] = [
        Self::Clearing,
        Self::Stopped,
        Self::Starting,
        Self::Idle,
        Self::Suspended,
        Self::Execute,
        Self::Stopping,
        Self::Aborting,
        Self::Aborted,
        Self::Holding,
        Self::Held,
        Self::Unholding,
        Self::Suspending,
        Self::Unsuspending,
        Self::Resetting,
        Self::Completing,
        Self::Complete,
    ];

    pub(super) fn code(self) -> f64 {
        f64::from(self as u8)
    }

    /// Acting states pass by themselves; the others wait. Execute acts until it is told otherwise.
    pub(super) fn is_acting(self) -> bool {
        self.completed() != self
    }

    /// What follows when an acting state is complete.
    pub(super) fn completed(self) -> Self {
        match self {
            Self::Clearing | Self::Stopping => Self::Stopped,
            Self::Resetting => Self::Idle,
            Self::Starting | Self::Unholding | Self::Unsuspending => Self::Execute,
            Self::Aborting => Self::Aborted,
            Self::Holding => Self::Held,
            Self::Suspending => Self::Suspended,
            Self::Completing => Self::Complete,
            waiting => waiting,
        }
    }

    /// Where a command leads; `None` where the standard does not allow it in this state.
    pub(super) fn commanded(self, command: Command) -> Option<Self> {
        match (command, self) {
            (Command::Abort, Self::Aborting | Self::Aborted)
            | (
                Command::Stop,
                Self::Aborting | Self::Aborted | Self::Clearing | Self::Stopping | Self::Stopped,
            ) => None,
            (Command::Abort, _) => Some(Self::Aborting),
            (Command::Stop, _) => Some(Self::Stopping),
            (Command::Clear, Self::Aborted) => Some(Self::Clearing),
            (Command::Reset, Self::Stopped | Self::Complete) => Some(Self::Resetting),
            (Command::Start, Self::Idle) => Some(Self::Starting),
            (Command::Hold, Self::Execute | Self::Suspended) => Some(Self::Holding),
            (Command::Unhold, Self::Held) => Some(Self::Unholding),
            (Command::Suspend, Self::Execute) => Some(Self::Suspending),
            (Command::Unsuspend, Self::Suspended) => Some(Self::Unsuspending),
            (Command::Complete, Self::Execute | Self::Held | Self::Suspended) => Some(Self::Completing),
            _ => None,
        }
    }

    /// How long an acting state of these machines takes, in seconds.
    pub(super) fn acting_secs(self) -> f64 {
        match self {
            Self::Starting => 3.0,
            Self::Stopping | Self::Clearing | Self::Resetting | Self::Completing => 2.0,
            Self::Unholding => 1.6,
            Self::Holding | Self::Suspending | Self::Unsuspending => 0.8,
            Self::Aborting => 0.4,
            _ => 0.0,
        }
    }
}

/// A PackML command; the controllers of the machines give them to themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command {
    Reset,
    Start,
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the table is the standard's; this line runs on")
    )]
    Stop,
    Hold,
    Unhold,
    Suspend,
    Unsuspend,
    Abort,
    Clear,
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the table is the standard's; this line runs on")
    )]
    Complete,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The standard's table: from, command, to.
    const TABLE: &[(State, Command, State)] = &[
        (State::Stopped, Command::Reset, State::Resetting),
        (State::Complete, Command::Reset, State::Resetting),
        (State::Idle, Command::Start, State::Starting),
        (State::Execute, Command::Hold, State::Holding),
        (State::Suspended, Command::Hold, State::Holding),
        (State::Held, Command::Unhold, State::Unholding),
        (State::Execute, Command::Suspend, State::Suspending),
        (State::Suspended, Command::Unsuspend, State::Unsuspending),
        (State::Execute, Command::Complete, State::Completing),
        (State::Held, Command::Complete, State::Completing),
        (State::Suspended, Command::Complete, State::Completing),
        (State::Aborted, Command::Clear, State::Clearing),
    ];

    #[test]
    fn commands_lead_where_the_standard_says_and_nowhere_else() {
        use Command::{Abort, Clear, Complete, Hold, Reset, Start, Stop, Suspend, Unhold, Unsuspend};
        for state in State::ALL {
            for command in [Reset, Start, Hold, Unhold, Suspend, Unsuspend, Clear, Complete] {
                let row = TABLE.iter().find(|row| row.0 == state && row.1 == command);
                assert_eq!(
                    state.commanded(command),
                    row.map(|row| row.2),
                    "{state:?} {command:?}"
                );
            }
            // Abort leads out of every state but the aborted ones, stop out of every one that is not stopped.
            let is_aborted = matches!(state, State::Aborting | State::Aborted);
            let is_stopped = matches!(state, State::Clearing | State::Stopping | State::Stopped);
            assert_eq!(state.commanded(Abort).is_none(), is_aborted, "{state:?}");
            assert_eq!(
                state.commanded(Stop).is_none(),
                is_aborted || is_stopped,
                "{state:?}"
            );
        }
    }

    #[test]
    fn acting_states_pass_into_waiting_ones_and_have_their_time() {
        for state in State::ALL {
            assert_eq!(state.is_acting(), state.acting_secs() > 0.0, "{state:?}");
            assert!(!state.completed().is_acting(), "{state:?}");
        }
        assert_eq!(State::ALL.map(State::code).len(), 17);
        assert!(
            (1..=17)
                .zip(State::ALL)
                .all(|(code, state)| state.code() == f64::from(code))
        );
    }

    #[test]
    fn every_state_is_reached_from_an_aborted_machine() {
        use Command::{Abort, Clear, Complete, Hold, Reset, Start, Stop, Suspend, Unhold, Unsuspend};
        let commands = [
            Reset, Start, Stop, Hold, Unhold, Suspend, Unsuspend, Abort, Clear, Complete,
        ];
        let mut reached = vec![State::Aborted];
        let mut next = 0;
        while let Some(state) = reached.get(next).copied() {
            next += 1;
            let follow = commands.iter().filter_map(|command| state.commanded(*command));
            for state in follow.chain([state.completed()]) {
                if !reached.contains(&state) {
                    reached.push(state);
                }
            }
        }
        assert_eq!(reached.len(), State::ALL.len(), "{reached:?}");
    }
}
