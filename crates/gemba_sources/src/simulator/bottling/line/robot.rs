//! The palletising robot: four axes that take three cases at a time and lay six layers on a pallet.

use super::{
    buffer::Buffer,
    keyframes::position,
    machine::{Around, Design, Machine, Pace},
};
use crate::simulator::{
    bottling::{Now, board::Board},
    controller::lag,
};

const ID: &str = "PL-301";
/// Cases in a grip, grips in a layer, layers on a pallet.
const GRIP: u32 = 3;
const GRIPS_A_LAYER: u32 = 4;
const LAYERS: u32 = 6;
/// One cycle at full speed.
const CYCLE_SECS: f64 = 7.6;
/// A full pallet leaves, an empty one comes.
const PALLET_SECS: f64 = 8.0;

/// What its PackML controller is like. It makes cases; they are counted by the cycle, not by the controller's own piece.
const DESIGN: Design = Design {
    id: ID,
    rated_bph: 34_000.0,
    bottles_a_piece: 24,
    bottles_a_turn: 1.0,
    scrap: 0.0,
    between_stops_secs: 1_500.0,
    power_kw: [3.5, 15.0],
    pace: Pace::EmptyBefore,
};

#[derive(Clone, Debug)]
pub(super) struct Robot {
    pub(super) machine: Machine,
    /// Share of the cycle that is done; a grip is in the hand between the keyframes of pick and place.
    phase: f64,
    carried: u32,
    grips: u32,
    pub(super) layers: u32,
    pub(super) pallet_left_secs: f64,
    gearbox_celsius: f64,
    /// Cases on pallets, since the start.
    pub(super) placed: u64,
}

/// Where in the cycle cases are taken and laid down.
const PICK: f64 = 0.12;
const PLACE: f64 = 0.62;

impl Robot {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            machine: Machine::new(DESIGN, seed),
            phase: 0.0,
            carried: 0,
            grips: 0,
            layers: 2,
            pallet_left_secs: 0.0,
            gearbox_celsius: 54.0,
            placed: 0,
        }
    }

    /// Cases in its hand.
    pub(super) fn carried(&self) -> u32 {
        self.carried
    }

    pub(super) fn step(&mut self, cases: &mut Buffer, now: &Now<'_>) {
        let around = Around {
            // It has work where a grip of cases waits or is in its hand.
            waiting: (cases.waiting() + self.carried) / GRIP,
            before: if self.carried > 0 {
                0.3_f64.max(cases.fill())
            } else {
                cases.fill()
            },
            room: 1,
            after: 0.0,
            is_supplied: true,
            more_scrap: 0.0,
        };
        let moving = self.advance(cases, now);
        // The controller runs without pieces of its own: what counts is what is laid down.
        self.machine.run(&around, moving, now);
        let load = self.machine.speed;
        self.gearbox_celsius = lag(self.gearbox_celsius, 36.0 + 24.0 * load, 420.0, now.dt_secs);
    }

    /// Moves along the cycle and gives how many cases were laid down.
    fn advance(&mut self, cases: &mut Buffer, now: &Now<'_>) -> u32 {
        self.pallet_left_secs = (self.pallet_left_secs - now.dt_secs).max(0.0);
        let before = self.phase;
        let mut after = before + self.machine.speed * now.dt_secs / CYCLE_SECS;
        if before < PICK && after >= PICK {
            if cases.waiting() < GRIP {
                after = before;
            } else {
                self.carried = cases.take(GRIP);
            }
        }
        let mut laid = 0;
        if before < PLACE && after >= PLACE {
            if self.pallet_left_secs > 0.0 {
                after = before;
            } else {
                laid = self.carried;
                self.lay();
            }
        }
        self.phase = if after >= 1.0 { after - 1.0 } else { after };
        laid
    }

    fn lay(&mut self) {
        self.placed += u64::from(self.carried);
        self.carried = 0;
        self.grips += 1;
        if self.grips == GRIPS_A_LAYER {
            self.grips = 0;
            self.layers += 1;
        }
        if self.layers == LAYERS {
            self.layers = 0;
            self.pallet_left_secs = PALLET_SECS;
        }
    }

    /// Angles of base, shoulder, elbow and wrist in degrees: smooth between keyframes, lower for a lower layer.
    fn axes_deg(&self) -> [f64; 4] {
        let height = f64::from(self.layers);
        let across = f64::from(self.grips) * 4.0;
        let frames: [(f64, [f64; 4]); 7] = [
            (0.0, [-38.0, 8.0, -46.0, 38.0]),
            (PICK, [-38.0, 27.0, -64.0, 38.0]),
            (0.24, [-38.0, 4.0, -40.0, 38.0]),
            (0.48, [58.0 + across, 6.0 - height, -40.0, -58.0]),
            (
                PLACE,
                [58.0 + across, 38.0 - 4.5 * height, -78.0 + 6.0 * height, -58.0],
            ),
            (0.74, [58.0 + across, 6.0 - height, -42.0, -58.0]),
            (1.0, [-38.0, 8.0, -46.0, 38.0]),
        ];
        position(&frames, self.phase)
    }

    pub(super) fn report(&self, board: &mut Board) {
        let axes = self.axes_deg();
        let machine = &self.machine;
        board
            .of(ID)
            .set("a1_deg", axes[0])
            .set("a2_deg", axes[1])
            .set("a3_deg", axes[2])
            .set("a4_deg", axes[3])
            .set("carried_cases", f64::from(self.carried()))
            .set("pallet_layers", f64::from(self.layers))
            .set("gearbox_c", self.gearbox_celsius)
            .set("state", machine.state.code())
            .set("reason", f64::from(machine.reason as u8))
            .set("state_since_s", machine.in_state_secs())
            .set(
                "good_count",
                machine.good as f64 / f64::from(machine.design.bottles_a_piece),
            )
            .set("oee_pct", machine.oee.indicators().oee() * 100.0)
            .set("power_kw", machine.power_kw());
    }
}
