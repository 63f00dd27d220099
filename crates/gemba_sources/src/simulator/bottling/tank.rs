//! Vessels: what is in them, how warm it is, and what leaks out.

use super::{Now, board::Board, faults::Kind};

/// Most that leaks out of a full tank with a broken flange, in m³/h: by Torricelli it falls with the root of the level.
const LEAK_M3_H: f64 = 14.0;

#[derive(Clone, Debug)]
pub(super) struct Tank {
    pub(super) id: &'static str,
    pub(super) capacity_m3: f64,
    pub(super) height_m: f64,
    pub(super) volume_m3: f64,
    pub(super) celsius: f64,
    /// What has leaked out since the start, in m³.
    pub(super) leaked_m3: f64,
    /// What ran over since the start, in m³.
    pub(super) spilled_m3: f64,
}

impl Tank {
    pub(super) fn new(
        id: &'static str,
        capacity_m3: f64,
        height_m: f64,
        level_pct: f64,
        celsius: f64,
    ) -> Self {
        Self {
            id,
            capacity_m3,
            height_m,
            volume_m3: capacity_m3 * level_pct / 100.0,
            celsius,
            leaked_m3: 0.0,
            spilled_m3: 0.0,
        }
    }

    pub(super) fn level_pct(&self) -> f64 {
        self.volume_m3 / self.capacity_m3 * 100.0
    }

    pub(super) fn level_m(&self) -> f64 {
        self.volume_m3 / self.capacity_m3 * self.height_m
    }

    /// The level as its controllers know it.
    pub(super) fn sensed_pct(&self, now: &Now<'_>) -> f64 {
        now.board.sense(self.id, "level_pct", self.level_pct())
    }

    /// What can be taken in this step, at most `wanted_m3_h`.
    pub(super) fn available_m3_h(&self, wanted_m3_h: f64, dt_secs: f64) -> f64 {
        let left_m3 = (self.volume_m3 - 0.002 * self.capacity_m3).max(0.0);
        wanted_m3_h.min(left_m3 * 3_600.0 / dt_secs)
    }

    /// What flows in and out during the step, the inflow at its temperature.
    pub(super) fn step(&mut self, in_m3_h: f64, in_celsius: f64, out_m3_h: f64, now: &Now<'_>) {
        let hours = now.dt_secs / 3_600.0;
        let severity = now.faults.severity(Kind::Leak, self.id);
        let leak_m3 = LEAK_M3_H * severity * (self.level_pct().max(0.0) / 100.0).sqrt() * hours;
        let inflow_m3 = in_m3_h * hours;
        let share = inflow_m3 / (self.volume_m3 + inflow_m3).max(1e-6);
        self.celsius += (in_celsius - self.celsius) * share.clamp(0.0, 1.0);
        self.volume_m3 += inflow_m3 - out_m3_h * hours;
        let leak_m3 = leak_m3.min(self.volume_m3.max(0.0));
        let over_m3 = (self.volume_m3 - leak_m3 - self.capacity_m3).max(0.0);
        self.volume_m3 -= leak_m3 + over_m3;
        self.leaked_m3 += leak_m3;
        self.spilled_m3 += over_m3;
    }

    pub(super) fn report(&self, board: &mut Board) {
        board
            .of(self.id)
            .set("level_pct", self.level_pct())
            .set("volume_m3", self.volume_m3)
            .set("temperature_c", self.celsius);
    }
}
