//! What goes wrong at the bottling works: at which twin, from when, how fast, and until when.
//!
//! A fault is only a severity from 0 to 1 that grows after its onset. What it does is in the physics of the machine that has
//! it: worn bearings rattle before they heat, a jammed capper starves what comes after it. Faults come from the command
//! line, from a file ([`read_faults`]) and from commands at run time ([`Command`]).

mod command;
mod file;
mod spec;

pub use command::Command;
pub use file::{FaultFileError, read_faults};
pub use spec::{Fault, FaultError, Kind, parse_duration};

use super::register::Twin;

/// The faults of a plant, those to come and those that there are.
#[derive(Clone, Debug, Default)]
pub(super) struct Faults {
    running: Vec<Running>,
}

#[derive(Clone, Debug)]
struct Running {
    fault: Fault,
    /// Since it was ordered.
    elapsed_secs: f64,
}

impl Running {
    /// For how long it has been there; `None` before the onset, and while it is mended.
    fn since_secs(&self) -> Option<f64> {
        let since = self.elapsed_secs - self.fault.after.as_secs_f64();
        if since < 0.0 {
            return None;
        }
        let since = self
            .fault
            .every
            .map_or(since, |every| since % every.as_secs_f64());
        let is_mended = self.fault.lasts.is_some_and(|lasts| since >= lasts.as_secs_f64());
        (!is_mended).then_some(since)
    }

    /// 0 before the onset, 1 when fully grown.
    fn severity(&self) -> f64 {
        let grow_secs = self.fault.grow.as_secs_f64();
        self.since_secs().map_or(0.0, |since| {
            if since >= grow_secs {
                1.0
            } else {
                since / grow_secs
            }
        })
    }

    fn is_over(&self) -> bool {
        let has_begun = self.elapsed_secs >= self.fault.after.as_secs_f64();
        has_begun && self.fault.every.is_none() && self.since_secs().is_none()
    }
}

impl Faults {
    pub(super) fn inject(&mut self, fault: Fault) {
        self.running.push(Running {
            fault,
            elapsed_secs: 0.0,
        });
    }

    /// Ends faults of this kind, or of all, at this twin, or anywhere. Says how many there were.
    pub(super) fn clear(&mut self, kind: Option<Kind>, id: Option<&str>) -> usize {
        let before = self.running.len();
        self.running.retain(|running| {
            let is_meant = kind.is_none_or(|kind| kind == running.fault.kind)
                && id.is_none_or(|id| id == running.fault.twin.id);
            !is_meant
        });
        before - self.running.len()
    }

    pub(super) fn step(&mut self, dt_secs: f64) {
        for running in &mut self.running {
            running.elapsed_secs += dt_secs;
        }
        self.running.retain(|running| !running.is_over());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    /// How bad it is, 0–1: the worst where there are several.
    pub(super) fn severity(&self, kind: Kind, id: &str) -> f64 {
        self.worst(|fault| fault.kind == kind && fault.twin.id == id)
    }

    /// How worn this bearing is; the first is 1.
    pub(super) fn wear(&self, id: &str, bearing: u8) -> f64 {
        self.worst(|fault| fault.kind == Kind::BearingWear && fault.twin.id == id && fault.bearing == bearing)
    }

    fn worst(&self, is_meant: impl Fn(&Fault) -> bool) -> f64 {
        let meant = self.running.iter().filter(|running| is_meant(&running.fault));
        meant.map(Running::severity).fold(0.0, f64::max)
    }

    /// Sensors that lie: kind, twin, key, severity, and what a drift comes to.
    pub(super) fn of_sensors(
        &self,
    ) -> impl Iterator<Item = (Kind, &'static str, &'static str, f64, Option<f64>)> {
        self.running.iter().filter_map(|running| {
            let fault = &running.fault;
            let severity = running.severity();
            fault
                .key
                .filter(|_| running.since_secs().is_some())
                .map(|key| (fault.kind, fault.twin.id, key, severity, fault.by))
        })
    }

    /// Whether its messages do not arrive: its own network is lost, or that of its cell, area or site.
    pub(super) fn is_cut_off(&self, twin: &Twin) -> bool {
        self.running.iter().any(|running| {
            running.fault.kind == Kind::NetworkLoss
                && running.severity() > 0.0
                && twin.is_within(running.fault.twin.id)
        })
    }
}
