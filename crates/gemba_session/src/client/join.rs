//! Coming in, and coming back: connect, catch up by snapshot or entries, send again what was not answered.

use std::time::Duration;

use gemba_model::UnixNanos;

use super::{Client, FIRST_PINGS, OfflineReason, Pending, ProtocolFault, SessionEvent, SessionPhase};
use crate::{
    bounded::Text,
    ids::{OperationId, OperationNumber, Seq},
    presence::PresenceView,
    refusal::Refusal,
    state::{Fate, RoomState},
    wire::{self, ClientMessage, MAX_SNAPSHOT_BYTES, Resume, SNAPSHOT_PART_BYTES, Welcome},
};

/// What is awaited between the welcome and being in the room.
#[derive(Debug)]
pub(super) struct Joining {
    pub(super) has_snapshot: bool,
    seq: Seq,
    snapshot: Option<Snapshot>,
}

#[derive(Debug)]
struct Snapshot {
    bytes: Vec<u8>,
    expected: usize,
}

impl Client {
    /// An attempt starts.
    pub fn on_connecting(&mut self) {
        self.phase = SessionPhase::Connecting;
    }

    /// The link is up. Returns what belongs into the greeting.
    pub fn on_link_up(&mut self, now: UnixNanos) -> Option<Resume> {
        self.phase = SessionPhase::Joining;
        self.joining = None;
        self.messages.clear();
        self.last_heard = now;
        self.last_ping = now;
        self.pings_of_link = 0;
        self.resume()
    }

    /// The link is lost, or could not be made. `random` is drawn evenly from `0.0..1.0`. Returns how long to wait
    /// before the next attempt; `None` when the session is over.
    pub fn on_link_lost(&mut self, now: UnixNanos, detail: &str, random: f64) -> Option<Duration> {
        let reason = match &self.phase {
            SessionPhase::Refused(_) | SessionPhase::Closed(_) => return None,
            // The relay has said why, just before.
            SessionPhase::Offline { reason, .. } => reason.clone(),
            SessionPhase::Joined { since } => {
                if now.since(*since) >= self.policy.stable_after {
                    self.failures = 0;
                }
                OfflineReason::Link {
                    detail: Text::cut(detail),
                }
            }
            SessionPhase::Connecting | SessionPhase::Joining => OfflineReason::Link {
                detail: Text::cut(detail),
            },
        };
        let doublings = self.failures.min(31);
        let bound = self
            .policy
            .first_wait
            .saturating_mul(1 << doublings)
            .min(self.policy.longest_wait);
        // Full jitter, so that a room full of viewers does not come back to a restarted relay in step.
        let wait = bound.mul_f64(if random.is_finite() {
            random.clamp(0.0, 1.0)
        } else {
            1.0
        });
        self.failures = self.failures.saturating_add(1);
        self.joining = None;
        self.messages.clear();
        self.phase = SessionPhase::Offline {
            attempt: self.failures,
            retry_at: now.after(wait),
            reason: reason.clone(),
        };
        self.events.push_back(SessionEvent::WentOffline { reason });
        Some(wait)
    }

    /// Time goes on: asks the relay whether it is there, and notices when it is not.
    ///
    /// # Errors
    /// [`ProtocolFault::Silent`] when nothing came for too long: close the link and tell [`Client::on_link_lost`].
    pub fn on_time(&mut self, now: UnixNanos) -> Result<(), ProtocolFault> {
        if !matches!(self.phase, SessionPhase::Joined { .. } | SessionPhase::Joining) {
            return Ok(());
        }
        // A clock that was set back would make the relay look as if it had just spoken, for as long as it was set back.
        self.last_heard = self.last_heard.min(now);
        self.last_ping = self.last_ping.min(now);
        if now.since(self.last_heard) >= self.policy.silent_after {
            return Err(ProtocolFault::Silent);
        }
        let is_joined = matches!(self.phase, SessionPhase::Joined { .. });
        let ping_every = if self.pings_of_link < FIRST_PINGS {
            self.policy.first_pings_every.min(self.policy.ping_every)
        } else {
            self.policy.ping_every
        };
        if is_joined && now.since(self.last_ping) >= ping_every {
            self.ping(now);
        }
        self.tell_plant(now);
        Ok(())
    }

    fn ping(&mut self, now: UnixNanos) {
        self.last_ping = now;
        self.pings_of_link = self.pings_of_link.saturating_add(1);
        self.messages.push_back(ClientMessage::Ping {
            echo: now.0.cast_unsigned(),
        });
    }

    pub(super) fn on_welcome(&mut self, now: UnixNanos, welcome: &Welcome) -> Result<(), ProtocolFault> {
        if self.phase != SessionPhase::Joining || self.joining.is_some() {
            return Err(ProtocolFault::Unexpected { what: "a welcome" });
        }
        if self.you != Some(welcome.you) {
            self.you = Some(welcome.you);
            self.undo.clear();
            self.undoing.clear();
        }
        self.clock.on_welcome(now, welcome.room_time);
        self.joining = Some(Joining {
            has_snapshot: welcome.has_snapshot,
            seq: welcome.seq,
            snapshot: None,
        });
        if !welcome.has_snapshot {
            self.on_caught_up(now);
        }
        Ok(())
    }

    pub(super) fn on_snapshot_begins(&mut self, bytes: u64) -> Result<(), ProtocolFault> {
        let unexpected = ProtocolFault::Unexpected { what: "a snapshot" };
        let Some(joining) = &mut self.joining else {
            return Err(unexpected);
        };
        if !joining.has_snapshot || joining.snapshot.is_some() || bytes > MAX_SNAPSHOT_BYTES {
            return Err(unexpected);
        }
        joining.snapshot = Some(Snapshot {
            bytes: Vec::new(),
            expected: usize::try_from(bytes).unwrap_or(usize::MAX),
        });
        Ok(())
    }

    pub(super) fn on_snapshot_part(&mut self, now: UnixNanos, part: &[u8]) -> Result<(), ProtocolFault> {
        let unexpected = ProtocolFault::Unexpected {
            what: "a part of a snapshot",
        };
        let snapshot = self
            .joining
            .as_mut()
            .and_then(|joining| joining.snapshot.as_mut());
        let snapshot = snapshot.ok_or_else(|| unexpected.clone())?;
        let held = snapshot.bytes.len() + part.len();
        if held > snapshot.expected || part.len() > SNAPSHOT_PART_BYTES {
            return Err(unexpected);
        }
        snapshot.bytes.extend_from_slice(part);
        if held < snapshot.expected {
            return Ok(());
        }
        let state: RoomState = wire::decode(&snapshot.bytes)?;
        if state.history != self.confirmed.history {
            self.undo.clear();
            self.undoing.clear();
        }
        self.confirmed = state;
        self.is_replica_doubtful = false;
        self.is_view_stale = true;
        self.events.push_back(SessionEvent::StateReplaced);
        if let Some(joining) = &mut self.joining {
            joining.has_snapshot = false;
            joining.snapshot = None;
        }
        self.on_caught_up(now);
        Ok(())
    }

    /// Enters the room once all that the welcome announced is here.
    pub(super) fn on_caught_up(&mut self, now: UnixNanos) {
        let is_caught_up = |joining: &Joining| !joining.has_snapshot && joining.seq <= self.confirmed.seq;
        let (Some(you), true) = (self.you, self.joining.as_ref().is_some_and(is_caught_up)) else {
            return;
        };
        self.joining = None;
        self.phase = SessionPhase::Joined { since: now };
        self.people = PresenceView::default();
        self.is_view_stale = true;
        self.events.push_back(SessionEvent::Joined { you });
        self.settle_pending();
        self.is_plant_told = false;
        self.tell_plant(now);
        self.ping(now);
    }

    /// Of each operation that waits: is it done, was it refused, or must it be sent again?
    fn settle_pending(&mut self) {
        let Some(by) = self.you else { return };
        let highest = self
            .confirmed
            .person(by)
            .map_or(OperationNumber(0), |me| me.taken.highest());
        self.last_number = self.last_number.max(highest);
        let waiting = std::mem::take(&mut self.pending);
        for Pending { number, operation } in waiting {
            match self.confirmed.fate(OperationId { by, number }) {
                Fate::New => {
                    self.messages.push_back(ClientMessage::Submit {
                        number,
                        operation: operation.clone(),
                    });
                    self.pending.push_back(Pending { number, operation });
                }
                Fate::Taken => {
                    self.undoing.remove(&number);
                    self.events.push_back(SessionEvent::Done { number });
                }
                Fate::Refused => {
                    self.undoing.remove(&number);
                    self.events.push_back(SessionEvent::Refused {
                        number,
                        operation,
                        refusal: Refusal::AnswerLost,
                    });
                }
            }
        }
    }
}
