//! A client's side of presence: the newest that is known of each person.

use std::collections::BTreeMap;

use gemba_model::UnixNanos;

use super::{KIND_TICK, Presence, PresenceError, codec};
use crate::ids::ParticipantId;

/// Where everyone is, as far as it is known here.
#[derive(Clone, Debug, Default)]
pub struct PresenceView {
    people: BTreeMap<ParticipantId, Seen>,
}

/// What was last heard of a person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// Where they were.
    pub presence: Presence,
    /// The room's tick that said so.
    pub tick: u32,
    /// When it came, by this machine's clock.
    pub recv_time: UnixNanos,
}

impl PresenceView {
    /// Reads a tick; what is older than what is known is passed over. Returns whom it brought something new of.
    ///
    /// # Errors
    /// [`PresenceError`] when the datagram is none of this kind or damaged; what stood before the damage is taken.
    pub fn take(&mut self, datagram: &[u8], now: UnixNanos) -> Result<Vec<ParticipantId>, PresenceError> {
        let truncated = PresenceError::Truncated {
            bytes: datagram.len(),
        };
        let (kind, rest) = datagram.split_first().ok_or(truncated)?;
        if *kind != KIND_TICK {
            return Err(PresenceError::Kind { kind: *kind });
        }
        let (tick, mut rest) = rest.split_first_chunk().ok_or(truncated)?;
        let tick = u32::from_le_bytes(*tick);
        let mut fresh = Vec::new();
        while !rest.is_empty() {
            let (who, body) = rest.split_first_chunk().ok_or(truncated)?;
            let who = ParticipantId(u32::from(u16::from_le_bytes(*who)));
            let (presence, after) = codec::decode_body(body)?;
            rest = after;
            let is_older = |seen: &Seen| seen.tick.wrapping_sub(tick) < 1 << 31;
            if self.people.get(&who).is_some_and(is_older) {
                continue;
            }
            self.people.insert(
                who,
                Seen {
                    presence,
                    tick,
                    recv_time: now,
                },
            );
            fresh.push(who);
        }
        Ok(fresh)
    }

    /// What is known of `who`.
    #[must_use]
    pub fn of(&self, who: ParticipantId) -> Option<&Seen> {
        self.people.get(&who)
    }

    /// What is known of everyone.
    pub fn everyone(&self) -> impl Iterator<Item = (ParticipantId, &Seen)> {
        self.people.iter().map(|(who, seen)| (*who, seen))
    }

    /// Forgets where `who` was.
    pub fn forget(&mut self, who: ParticipantId) {
        self.people.remove(&who);
    }

    /// Keeps only those that `is_here` names.
    pub fn keep(&mut self, mut is_here: impl FnMut(ParticipantId) -> bool) {
        self.people.retain(|who, _| is_here(*who));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tick(number: u32, x_m: f64) -> Vec<u8> {
        let mut presence = Presence::default();
        presence.head.position_m[0] = x_m;
        let mut bytes = vec![KIND_TICK];
        bytes.extend(number.to_le_bytes());
        bytes.extend(3_u16.to_le_bytes());
        codec::encode_body(&presence, &mut bytes);
        bytes
    }

    #[test]
    fn the_newest_tick_wins_whatever_the_order() {
        let mut view = PresenceView::default();
        let who = ParticipantId(3);
        let now = UnixNanos(5);
        assert_eq!(view.take(&tick(7, 1.0), now), Ok(vec![who]));
        assert_eq!(view.take(&tick(6, 2.0), now), Ok(vec![]), "late");
        assert_eq!(view.take(&tick(7, 2.0), now), Ok(vec![]), "twice");
        assert_eq!(view.of(who).unwrap().presence.head.position_m[0], 1.0);
        assert_eq!(view.take(&tick(8, 3.0), now), Ok(vec![who]));
        assert_eq!(view.of(who).unwrap().presence.head.position_m[0], 3.0);
        view.keep(|_| false);
        assert_eq!(view.everyone().count(), 0);
    }

    #[test]
    fn a_damaged_tick_is_an_error() {
        let mut view = PresenceView::default();
        let good = tick(1, 0.0);
        for end in 0..good.len() {
            // Cut exactly after the number of the tick it is an empty tick, and sound.
            assert_eq!(view.take(&good[..end], UnixNanos(0)).is_ok(), end == 5, "{end}");
        }
    }
}
