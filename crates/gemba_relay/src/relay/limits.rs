//! How much a relay takes from anyone, and how many it takes at all.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::Arc,
    time::Duration,
};

use gemba_session::{Allowance, room::RoomLimits};
use parking_lot::Mutex;

/// How long a connection may take from its first packet to its greeting.
pub(super) const HELLO_WITHIN: Duration = Duration::from_secs(6);
/// How long a connection that was ended from here is read on.
pub(super) const LINGER: Duration = Duration::from_secs(1);
/// Someone of whom nothing comes for this long is gone: a client asks now and then whether the relay is there.
pub(super) const QUIET: Duration = Duration::from_secs(20);
/// Someone who takes nothing of what is sent for this long is dropped.
pub(super) const TAKE_WITHIN: Duration = Duration::from_secs(20);
/// How long a stop may take until connections are cut.
pub(super) const DRAIN_WITHIN: Duration = Duration::from_secs(5);

/// The limits of a relay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RelayLimits {
    /// Operations of one participant; more are refused.
    pub operations: Allowance,
    /// Bytes of one participant's messages; more are read later.
    pub bytes: Allowance,
    /// Presence datagrams of one participant; more are dropped.
    pub presence: Allowance,
    /// Refusals for haste that one participant gets before the connection is ended.
    pub strikes: Allowance,
    /// Connections at once.
    pub connections: u32,
    /// Connections from one address at once; one network of IPv6 (/64) is one address.
    pub connections_per_address: u32,
    /// Messages that may wait for one slow reader.
    pub outbound_messages: usize,
    /// Bytes that may wait for one slow reader, snapshots not counted: those share their bytes.
    pub outbound_bytes: usize,
    /// Rooms that are open at once.
    pub rooms: usize,
    /// A room without people is put away after this time; its data stays.
    pub room_idle: Duration,
    /// Of each room.
    pub room: RoomLimits,
}

impl Default for RelayLimits {
    fn default() -> Self {
        let allowance = |per_second, burst| Allowance { per_second, burst };
        Self {
            operations: allowance(30, 120),
            bytes: allowance(512 << 10, 4 << 20),
            presence: allowance(60, 90),
            strikes: allowance(20, 200),
            connections: 1_024,
            connections_per_address: 256,
            outbound_messages: 4_096,
            outbound_bytes: 8 << 20,
            rooms: 256,
            room_idle: Duration::from_secs(60),
            room: RoomLimits::default(),
        }
    }
}

/// Counts connections by where they come from.
#[derive(Debug, Default)]
pub(super) struct Gate {
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    all: u32,
    by_address: HashMap<IpAddr, u32>,
}

/// A place that a connection holds.
#[derive(Debug)]
pub(super) struct Place {
    gate: Arc<Gate>,
    address: IpAddr,
}

impl Gate {
    /// A place for a connection from `address`, when there is one.
    pub(super) fn enter(self: &Arc<Self>, limits: &RelayLimits, address: IpAddr) -> Option<Place> {
        let address = network_of(address);
        let mut counts = self.counts.lock();
        if counts.all >= limits.connections {
            return None;
        }
        let here = counts.by_address.entry(address).or_default();
        if *here >= limits.connections_per_address {
            return None;
        }
        *here += 1;
        counts.all += 1;
        Some(Place {
            gate: Arc::clone(self),
            address,
        })
    }

    /// Connections at present.
    pub(super) fn len(&self) -> u32 {
        self.counts.lock().all
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.gate.counts.lock();
        counts.all = counts.all.saturating_sub(1);
        if let Some(here) = counts.by_address.get_mut(&self.address) {
            *here = here.saturating_sub(1);
            if *here == 0 {
                counts.by_address.remove(&self.address);
            }
        }
    }
}

/// Whoever has a network of IPv6 has as many addresses as they like.
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_by_address_and_given_back() {
        let gate = Arc::new(Gate::default());
        let limits = RelayLimits {
            connections: 3,
            connections_per_address: 2,
            ..RelayLimits::default()
        };
        let enter = |address: &str| gate.enter(&limits, address.parse().unwrap());
        let first = enter("10.0.0.1").unwrap();
        let _second = enter("::ffff:10.0.0.1").unwrap();
        assert!(enter("10.0.0.1").is_none(), "two from one address");
        let _third = enter("2001:db8::1").unwrap();
        assert!(enter("10.0.0.2").is_none(), "three in all");
        drop(first);
        let _fourth = enter("2001:db8::2").unwrap();
        assert!(enter("2001:db8::3").is_none(), "one network is one address");
        assert_eq!(gate.len(), 3);
    }
}
