//! Plate heat exchangers: counter-flow by effectiveness and number of transfer units (VDI Heat Atlas, C1), with fouling.

use super::{Now, board::Board, faults::Kind};

/// Heat that 1 m³/h of water carries per kelvin, in kW.
pub(super) const KW_PER_M3_H_K: f64 = 1.163;

/// Temperatures and duty of an exchanger.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Duty {
    pub(super) hot_in_celsius: f64,
    pub(super) hot_out_celsius: f64,
    pub(super) cold_in_celsius: f64,
    pub(super) cold_out_celsius: f64,
    pub(super) kw: f64,
}

#[derive(Clone, Debug)]
pub(super) struct Exchanger {
    id: &'static str,
    /// Heat transfer of clean plates at nominal flow, in kW/K.
    clean_kw_per_k: f64,
    /// Nominal flow of the product, in m³/h, and what it loses in clean plates, in mbar.
    nominal_m3_h: f64,
    nominal_mbar: f64,
    pub(super) duty: Duty,
    flow_m3_h: f64,
    dp_mbar: f64,
}

impl Exchanger {
    pub(super) fn new(id: &'static str, clean_kw_per_k: f64, nominal_mbar: f64) -> Self {
        Self {
            id,
            clean_kw_per_k,
            nominal_m3_h: 12.0,
            nominal_mbar,
            duty: Duty::default(),
            flow_m3_h: 0.0,
            dp_mbar: 0.0,
        }
    }

    /// Loss of the product's side in m / (m³/h)²: dirt narrows the gaps.
    pub(super) fn loss(&self, now: &Now<'_>) -> f64 {
        self.nominal_mbar * self.dirt_loss(now) * 0.0102 / self.nominal_m3_h.powi(2)
    }

    fn dirt_loss(&self, now: &Now<'_>) -> f64 {
        1.0 + 2.6 * now.faults.severity(Kind::BlockedFilter, self.id)
    }

    /// What two streams do in it: hot and cold, each of m³/h and °C. `product_m3_h` is the flow that is measured.
    pub(super) fn exchange(&mut self, hot: (f64, f64), cold: (f64, f64), product_m3_h: f64, now: &Now<'_>) {
        let dirt = now.faults.severity(Kind::BlockedFilter, self.id);
        // The film's resistance falls with the flow; dirt lies over it.
        let film = (product_m3_h / self.nominal_m3_h).clamp(0.02, 2.0).powf(0.65);
        let transfer = self.clean_kw_per_k * film * (1.0 - 0.55 * dirt);
        self.duty = counter_flow(hot, cold, transfer);
        self.flow_m3_h = product_m3_h;
        self.dp_mbar = self.nominal_mbar * self.dirt_loss(now) * (product_m3_h / self.nominal_m3_h).powi(2);
    }

    pub(super) fn report(&self, board: &mut Board) {
        board
            .of(self.id)
            .set("hot_in_c", self.duty.hot_in_celsius)
            .set("hot_out_c", self.duty.hot_out_celsius)
            .set("cold_in_c", self.duty.cold_in_celsius)
            .set("cold_out_c", self.duty.cold_out_celsius)
            .set("flow_m3_h", self.flow_m3_h)
            .set("dp_mbar", self.dp_mbar);
    }
}

/// ε = (1 − e^(−NTU(1−C))) / (1 − C·e^(−NTU(1−C))), and NTU / (1 + NTU) where both carry the same.
pub(super) fn counter_flow(hot: (f64, f64), cold: (f64, f64), transfer_kw_per_k: f64) -> Duty {
    let (hot_kw_per_k, cold_kw_per_k) = (KW_PER_M3_H_K * hot.0, KW_PER_M3_H_K * cold.0);
    let (least, most) = (hot_kw_per_k.min(cold_kw_per_k), hot_kw_per_k.max(cold_kw_per_k));
    let mut duty = Duty {
        hot_in_celsius: hot.1,
        hot_out_celsius: hot.1,
        cold_in_celsius: cold.1,
        cold_out_celsius: cold.1,
        kw: 0.0,
    };
    if least < 0.01 {
        return duty;
    }
    let units = transfer_kw_per_k / least;
    let ratio = least / most;
    let effectiveness = if ratio > 0.9999 {
        units / (1.0 + units)
    } else {
        let decay = (-units * (1.0 - ratio)).exp();
        (1.0 - decay) / (1.0 - ratio * decay)
    };
    duty.kw = effectiveness * least * (hot.1 - cold.1);
    duty.hot_out_celsius -= duty.kw / hot_kw_per_k;
    duty.cold_out_celsius += duty.kw / cold_kw_per_k;
    duty
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heat_lost_is_heat_gained_and_temperatures_do_not_cross() {
        for (hot, cold, transfer) in [
            ((12.0, 18.0), (15.0, 6.0), 30.0),
            ((12.0, 80.0), (12.0, 10.0), 200.0),
            ((0.5, 90.0), (20.0, 20.0), 5.0),
        ] {
            let duty = counter_flow(hot, cold, transfer);
            let lost = KW_PER_M3_H_K * hot.0 * (hot.1 - duty.hot_out_celsius);
            let gained = KW_PER_M3_H_K * cold.0 * (duty.cold_out_celsius - cold.1);
            assert!((lost - gained).abs() < 1e-9 && duty.kw > 0.0, "{duty:?}");
            assert!(
                duty.hot_out_celsius >= cold.1 && duty.cold_out_celsius <= hot.1,
                "{duty:?}"
            );
        }
        assert_eq!(counter_flow((0.0, 80.0), (10.0, 10.0), 30.0).kw, 0.0);
    }
}
