//! The bottling line: seven machines after PackML with accumulating conveyors between them, the filler's bowl, and the robot.
//!
//! Bottles are whole: each is in a buffer, in a hand, on a pallet, or scrap, and none is made or lost. The filler leads the
//! line (V-curve): what is before it keeps its infeed full, what is after it keeps its outfeed empty.

mod belts;
mod buffer;
mod heads;
mod keyframes;
mod machine;
mod oee;
mod packml;
mod robot;

use buffer::Buffer;
use heads::{CasePacker, Depalletiser, Head};
use machine::{Around, Design, Machine, Pace};
use robot::Robot;

use super::{Now, TICK_SECS, board::Board};

const BOTTLES_A_CASE: u32 = 24;
const BOWL_M3: f64 = 0.30;
/// Bottles in a layer of a pallet of empties, its layers, and all of it.
const BOTTLES_A_LAYER: u32 = 247;
const LAYERS_OF_EMPTIES: u32 = 5;
const EMPTIES: u64 = BOTTLES_A_LAYER as u64 * LAYERS_OF_EMPTIES as u64;
/// Below the first clamps and cylinders do not hold; from the second on the machines that need them run again.
const AIR_BAR: [f64; 2] = [5.3, 6.1];
/// Where the machines stand in [`Line::machines`].
const DEPALLETISER: usize = 0;
const FILLER: usize = 2;
const CAPPER: usize = 3;
const INSPECTOR: usize = 4;
const CASE_PACKER: usize = 6;

const fn design(id: &'static str, rated_bph: f64, bottles_a_turn: f64, scrap: f64) -> Design {
    Design {
        id,
        rated_bph,
        bottles_a_piece: 1,
        bottles_a_turn,
        scrap,
        between_stops_secs: 1_400.0,
        power_kw: [3.0, 9.0],
        pace: Pace::EmptyBefore,
    }
}

/// The machines in the order of the flow.
const DESIGNS: [Design; 7] = [
    Design {
        between_stops_secs: 800.0,
        power_kw: [5.0, 17.0],
        pace: Pace::FillAfter,
        ..design("DP-301", 30_000.0, 240.0, 0.000_3)
    },
    Design {
        pace: Pace::FillAfter,
        ..design("RN-301", 27_000.0, 60.0, 0.000_2)
    },
    Design {
        between_stops_secs: 600.0,
        power_kw: [8.0, 24.0],
        pace: Pace::Leads,
        ..design("FL-301", 24_000.0, 72.0, 0.000_4)
    },
    Design {
        power_kw: [2.5, 7.5],
        ..design("CP-301", 25_200.0, 15.0, 0.000_3)
    },
    Design {
        between_stops_secs: 2_500.0,
        power_kw: [2.0, 3.0],
        ..design("IN-301", 27_600.0, 24.0, 0.003_2)
    },
    Design {
        between_stops_secs: 700.0,
        power_kw: [4.0, 13.0],
        ..design("LB-301", 27_600.0, 36.0, 0.000_4)
    },
    Design {
        bottles_a_piece: BOTTLES_A_CASE,
        between_stops_secs: 900.0,
        power_kw: [6.0, 18.0],
        ..design("CK-301", 30_000.0, 48.0, 0.0)
    },
];

/// Capacity, seconds of travel, and what waits at first, of the buffer after each machine; the last is of cases.
const BUFFERS: [(u32, f64, f64); 7] = [
    (600, 12.0, 0.48),
    (420, 8.0, 0.48),
    (48, 1.0, 0.1),
    (240, 6.0, 0.08),
    (1_200, 18.0, 0.1),
    (700, 12.0, 0.1),
    (60, 14.0, 0.2),
];

#[derive(Clone, Debug)]
pub(super) struct Line {
    machines: [Machine; 7],
    buffers: [Buffer; 7],
    robot: Robot,
    belts: belts::Belts,
    bowl_m3: f64,
    fill_mean_ml: f64,
    torque_nm: f64,
    is_fed: bool,
    has_air: bool,
    /// Bottles that came in and that became scrap, since the start.
    pub(super) total: [u64; 2],
    /// Product filled into bottles, and spilled from the bowl, since the start, in m³.
    pub(super) filled_m3: f64,
    pub(super) spilled_m3: f64,
    /// Good bottles on pallets before this shift.
    placed_before: u64,
}

impl Line {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            machines: DESIGNS.map(|design| Machine::new(design, seed)),
            buffers: BUFFERS.map(|(capacity, travel_secs, filled)| {
                Buffer::new(capacity, (travel_secs / TICK_SECS) as usize, filled)
            }),
            robot: Robot::new(seed),
            belts: belts::Belts::new(),
            bowl_m3: BOWL_M3 * super::BOWL_PCT / 100.0,
            fill_mean_ml: 500.9,
            torque_nm: 1.8,
            is_fed: true,
            has_air: true,
            total: [0; 2],
            filled_m3: 0.0,
            spilled_m3: 0.0,
            placed_before: 0,
        }
    }

    pub(super) fn bowl_level_pct(&self) -> f64 {
        self.bowl_m3 / BOWL_M3 * 100.0
    }

    pub(super) fn filler_speed(&self) -> f64 {
        self.machines[FILLER].speed
    }

    /// Free air that the machines take, in m³/min.
    pub(super) fn air_m3_min(&self) -> f64 {
        let [filler, packer] = [FILLER, CASE_PACKER].map(|k| self.machines[k].speed);
        3.4 * filler + 2.6 * packer
    }

    /// `product_m3_h` flows into the bowl; `air_bar` is in the receiver.
    pub(super) fn step(&mut self, product_m3_h: f64, air_bar: f64, now: &Now<'_>) {
        self.bowl_m3 += product_m3_h * now.dt_secs / 3_600.0;
        let over_m3 = (self.bowl_m3 - BOWL_M3).max(0.0);
        self.bowl_m3 -= over_m3;
        self.spilled_m3 += over_m3;
        // The filler stops before its bowl draws air, and starts again with a reserve.
        self.is_fed = self.bowl_level_pct() > if self.is_fed { 18.0 } else { 34.0 };
        self.has_air = air_bar > AIR_BAR[usize::from(!self.has_air)];
        self.buffers.iter_mut().for_each(Buffer::advance);
        self.robot.step(&mut self.buffers[CASE_PACKER], now);
        // Against the flow, so that there is room for what comes.
        for k in (0..self.machines.len()).rev() {
            self.step_machine(k, now);
        }
        self.belts.step(&self.machines, &self.buffers, &self.robot, now);
    }

    fn step_machine(&mut self, k: usize, now: &Now<'_>) {
        let a_piece = self.machines[k].design.bottles_a_piece;
        let before = k.checked_sub(1).map(|before| &self.buffers[before]);
        let after = &self.buffers[k];
        let around = Around {
            waiting: before.map_or(u32::MAX, |buffer| buffer.waiting() / a_piece),
            before: before.map_or(1.0, Buffer::fill),
            room: after.room(),
            after: after.fill(),
            is_supplied: match k {
                FILLER => self.has_air && self.is_fed,
                CASE_PACKER => self.has_air,
                _ => true,
            },
            more_scrap: self.defects(k),
        };
        let (taken, good) = self.machines[k].step(&around, now);
        match k.checked_sub(1) {
            Some(before) => {
                self.buffers[before].take(taken * a_piece);
            }
            None => self.total[0] += u64::from(taken),
        }
        self.buffers[k].put(good);
        self.total[1] += u64::from((taken - good) * a_piece);
        match k {
            FILLER => self.fill(taken),
            CAPPER => self.torque_nm = 1.8 + 0.9 * self.machines[k].jam,
            _ => {}
        }
    }

    fn fill(&mut self, bottles: u32) {
        // The height of the bowl is the pressure at the valves.
        self.fill_mean_ml = 500.9 + 0.045 * (self.bowl_level_pct() - super::BOWL_PCT);
        let filled_m3 = (f64::from(bottles) * self.fill_mean_ml * 1e-6).min(self.bowl_m3);
        self.bowl_m3 -= filled_m3;
        self.filled_m3 += filled_m3;
    }

    /// What the inspector rejects for what filler and capper did.
    fn defects(&self, k: usize) -> f64 {
        if k != INSPECTOR {
            return 0.0;
        }
        let off_ml = (self.fill_mean_ml - 501.0).abs() - 4.0;
        let off_nm = (self.torque_nm - 1.8).abs() - 0.4;
        (0.1 * off_ml.max(0.0) + 0.5 * off_nm.max(0.0)).min(0.6)
    }

    /// Counters of a new shift begin.
    pub(super) fn start_shift(&mut self) {
        self.machines.iter_mut().for_each(Machine::start_shift);
        self.robot.machine.start_shift();
        self.placed_before = self.robot.placed;
    }

    /// Good bottles on pallets in this shift, and since the start.
    pub(super) fn good(&self) -> [u64; 2] {
        let cases = u64::from(BOTTLES_A_CASE);
        [
            (self.robot.placed - self.placed_before) * cases,
            self.robot.placed * cases,
        ]
    }

    /// Bottles that are somewhere on the line.
    #[cfg(test)]
    pub(super) fn in_line(&self) -> u64 {
        let counts = self.buffers.each_ref().map(Buffer::count);
        let bottles: u32 = counts[..CASE_PACKER].iter().sum();
        u64::from(bottles + (counts[CASE_PACKER] + self.robot.carried()) * BOTTLES_A_CASE)
    }

    /// What is in the bowl, in m³.
    #[cfg(test)]
    pub(super) fn bowl_m3(&self) -> f64 {
        self.bowl_m3
    }

    /// The twins whose state or reason has changed since this was last called.
    pub(super) fn take_changed(&mut self) -> Vec<&'static str> {
        let machines = self.machines.iter_mut().chain([&mut self.robot.machine]);
        let mut changed: Vec<_> = machines
            .filter_map(|machine| std::mem::take(&mut machine.has_changed).then_some(machine.design.id))
            .collect();
        changed.extend(self.belts.take_changed());
        changed
    }

    /// Consumers of the line.
    pub(super) fn powers_kw(&self) -> impl Iterator<Item = (&'static str, f64)> {
        let machines = self.machines.iter().chain([&self.robot.machine]);
        machines
            .map(|machine| (machine.design.id, machine.power_kw()))
            .chain(self.belts.powers_kw())
    }

    /// OEE of the line: time and speed of its leading machine, quality of what leaves it.
    fn oee(&self) -> f64 {
        let leading = self.machines[FILLER].oee.indicators();
        let quality: f64 = self
            .machines
            .iter()
            .map(|machine| machine.oee.indicators().quality)
            .product();
        leading.availability * leading.performance * quality
    }

    fn report_heads(&self, board: &mut Board) {
        let mut head = |id: &str, head: Head, more: [(&'static str, f64); 2]| {
            board
                .of(id)
                .set("head_x_m", head.x_m)
                .set("head_z_m", head.z_m)
                .set("carried_bottles", f64::from(head.carried))
                .set(more[0].0, more[0].1)
                .set(more[1].0, more[1].1);
        };
        let bottles = self.total[0] as f64 + self.machines[DEPALLETISER].begun_piece();
        let depalletiser = Depalletiser::after(bottles);
        head(
            "DP-301",
            depalletiser.head,
            [
                ("pallet_layers", f64::from(depalletiser.pallet_layers)),
                ("table_bottles", depalletiser.table_bottles),
            ],
        );
        let packer = CasePacker::at(self.machines[CASE_PACKER].begun_piece());
        head(
            "CK-301",
            packer.head,
            [
                ("case_bottles", f64::from(packer.case_bottles)),
                ("case_x_m", packer.case_x_m),
            ],
        );
    }

    pub(super) fn report(&self, shift: u8, board: &mut Board) {
        for (k, machine) in self.machines.iter().enumerate() {
            let infeed = match k.checked_sub(1) {
                Some(before) => self.buffers[before].fill(),
                None => 1.0 - (self.total[0] % EMPTIES) as f64 / EMPTIES as f64,
            };
            machine.report(infeed * 100.0, board);
        }
        board
            .of("FL-301")
            .set("fill_mean_ml", self.fill_mean_ml)
            .set("bowl_level_pct", self.bowl_level_pct())
            .set("bowl_bar", 1.1 + 0.004 * self.bowl_level_pct());
        board.of("CP-301").set("torque_nm", self.torque_nm);
        let rejected = 1.0 - self.machines[INSPECTOR].oee.indicators().quality;
        board.of("IN-301").set("reject_pct", rejected * 100.0);
        self.report_heads(board);
        self.robot.report(board);
        self.belts.report(board);
        let scrap: u64 = self.machines.iter().map(|machine| machine.scrap).sum();
        board
            .of("LINE-1")
            .set("oee_pct", self.oee() * 100.0)
            .set("rate_bph", self.machines[FILLER].rate_bph())
            .set("good_count", self.good()[0] as f64)
            .set("scrap_count", scrap as f64)
            .set("shift", f64::from(shift));
    }
}
