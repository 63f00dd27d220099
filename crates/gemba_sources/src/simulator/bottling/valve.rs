//! Control valves with an actuator that may stick.

use super::{Now, board::Board, faults::Kind};
use crate::simulator::{controller::Valve, hydraulics::share};

/// Below this position the plug is about to sit, and the flow goes to nothing.
const SEAT_PCT: f64 = 2.0;

#[derive(Clone, Debug)]
pub(super) struct ControlValve {
    pub(super) id: &'static str,
    valve: Valve,
    /// What passes through it, for its report.
    pub(super) flow_m3_h: f64,
}

impl ControlValve {
    pub(super) fn at(id: &'static str, position_pct: f64) -> Self {
        Self {
            id,
            valve: Valve::at(position_pct),
            flow_m3_h: 0.0,
        }
    }

    /// Moves towards the command as fast as the actuator does, or not at all where it is stuck.
    pub(super) fn step(&mut self, command_pct: f64, now: &Now<'_>) {
        let free = 1.0 - now.faults.severity(Kind::StuckValve, self.id);
        self.valve.step(command_pct, now.dt_secs * free);
    }

    pub(super) fn position_pct(&self) -> f64 {
        self.valve.position_pct
    }

    /// Loss in m / (m³/h)² of an equal-percentage valve that has `open_loss` when open.
    pub(super) fn loss(&self, open_loss: f64) -> f64 {
        let seat = (self.position_pct() / SEAT_PCT).clamp(1e-4, 1.0);
        open_loss / (share(self.position_pct()) * seat).powi(2)
    }

    pub(super) fn report(&self, board: &mut Board) {
        let Valve {
            command_pct,
            position_pct,
        } = self.valve;
        board
            .of(self.id)
            .set("position_pct", position_pct)
            .set("setpoint_pct", command_pct)
            .set("flow_m3_h", self.flow_m3_h)
            .set("travel_deviation_pct", (command_pct - position_pct).abs());
    }
}
