//! Heads and flows: centrifugal pumps in parallel against a system curve, control valves, and the pump house's own.

/// What a centrifugal pump does at its nominal speed. Elsewhere by the affinity laws: head grows with the square of speed,
/// flow with speed, power with its cube, so H = H0·(n/n0)² − k·q² (Gülich, Centrifugal Pumps, 3.4).
#[derive(Clone, Copy, Debug)]
pub(super) struct PumpCurve {
    pub(super) nominal_rpm: f64,
    /// H0: head without flow, in metres.
    pub(super) shut_off_head_m: f64,
    /// k: loss of head in the pump, in m / (m³/h)².
    pub(super) loss: f64,
    /// Flow of best efficiency.
    pub(super) best_m3_h: f64,
    pub(super) best_efficiency: f64,
    /// Disc friction and bearings, in kW; they remain without flow.
    pub(super) idle_kw: f64,
}

/// The pumps of the pump house: 30 m at 60 m³/h.
pub(super) const PUMP_HOUSE: PumpCurve = PumpCurve {
    nominal_rpm: NOMINAL_RPM,
    shut_off_head_m: SHUT_OFF_HEAD_M,
    loss: 0.00222,
    best_m3_h: 62.0,
    best_efficiency: 0.76,
    idle_kw: 1.6,
};
/// Head of one pump of the pump house at nominal speed without flow, in metres.
pub(super) const SHUT_OFF_HEAD_M: f64 = 38.0;
/// Nominal speed there.
pub(super) const NOMINAL_RPM: f64 = 1480.0;
/// Loss in pipes and heat exchanger, in m / (m³/h)².
const PIPE_LOSS: f64 = 0.0009;
/// Loss in the open flow control valve, in m / (m³/h)².
const VALVE_LOSS: f64 = 0.000_064;
/// An equal-percentage valve passes 1/30 of its flow when just open.
const RANGEABILITY: f64 = 30.0;
/// Flow through the open level control valve at 1 m of head, in m³/h.
const RETURN_COEFFICIENT: f64 = 105.0;
/// What the return is higher than the tank that it runs to, in metres.
const RETURN_HEAD_M: f64 = 3.0;

/// One operating point of all pumps.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct OperatingPoint {
    /// Head in the discharge header, in metres.
    pub(super) header_m: f64,
    /// Flow of each pump in m³/h; never negative, each has a check valve.
    pub(super) flows_m3_h: [f64; 3],
}

impl PumpCurve {
    /// Head without flow at this speed, in metres.
    pub(super) fn shut_off_m(&self, speed_rpm: f64) -> f64 {
        self.shut_off_head_m * (speed_rpm / self.nominal_rpm).powi(2)
    }

    /// Shaft power in kW at this flow, speed and head, with a parabolic efficiency.
    pub(super) fn shaft_power_kw(&self, flow_m3_h: f64, speed_rpm: f64, head_m: f64) -> f64 {
        let ratio = speed_rpm / self.nominal_rpm;
        if ratio < 0.02 {
            return 0.0;
        }
        let best = self.best_m3_h * ratio;
        let efficiency = (self.best_efficiency * (1.0 - 0.8 * ((flow_m3_h - best) / best).powi(2))).max(0.2);
        let hydraulic_kw = 1000.0 * 9.81 * flow_m3_h / 3600.0 * head_m / 1000.0;
        hydraulic_kw / efficiency + self.idle_kw * ratio.powi(3)
    }
}

/// Where parallel pumps, each with its shut-off head in m and its loss in m / (m³/h)², meet what the system takes at a head
/// in m³/h: that head, and each pump's flow. No flow is negative: each pump has a check valve.
pub(super) fn parallel<const N: usize>(
    pumps: [(f64, f64); N],
    taken_m3_h: impl Fn(f64) -> f64,
) -> (f64, [f64; N]) {
    let flows = |head: f64| pumps.map(|(shut_off_m, loss)| ((shut_off_m - head).max(0.0) / loss).sqrt());
    let highest = pumps.iter().map(|pump| pump.0).fold(0.0, f64::max);
    let (mut low, mut high) = (0.0, highest);
    for _ in 0..48 {
        let head = 0.5 * (low + high);
        let delivered: f64 = flows(head).iter().sum();
        if delivered > taken_m3_h(head) {
            low = head;
        } else {
            high = head;
        }
    }
    let head_m = 0.5 * (low + high);
    (head_m, flows(head_m))
}

/// The operating point of the pump house. Speeds in r/min, static head in metres.
pub(super) fn operating_point(speeds_rpm: [f64; 3], valve_pct: f64, static_head_m: f64) -> OperatingPoint {
    let shut_off = speeds_rpm.map(|rpm| PUMP_HOUSE.shut_off_m(rpm));
    let system_loss = PIPE_LOSS + VALVE_LOSS / share(valve_pct).powi(2);
    let (header_m, flows) = parallel(shut_off.map(|head| (head, PUMP_HOUSE.loss)), |head| {
        ((head - static_head_m).max(0.0) / system_loss).sqrt()
    });
    let highest = shut_off.iter().copied().fold(0.0, f64::max);
    // Below the static head nothing reaches the tank: the pumps work against shut check valves.
    let flows_m3_h = if highest <= static_head_m { [0.0; 3] } else { flows };
    OperatingPoint { header_m, flows_m3_h }
}

/// What an equal-percentage valve passes, 0–1.
pub(super) fn share(position_pct: f64) -> f64 {
    RANGEABILITY.powf(position_pct.clamp(0.0, 100.0) / 100.0 - 1.0)
}

/// Flow back through the level control valve, which is linear, in m³/h. Levels above the bottoms, in metres.
pub(super) fn return_flow(valve_pct: f64, upper_level_m: f64, lower_level_m: f64) -> f64 {
    let head_m = (RETURN_HEAD_M + upper_level_m - lower_level_m).max(0.0);
    if upper_level_m <= 0.0 {
        0.0
    } else {
        RETURN_COEFFICIENT * valve_pct.clamp(0.0, 100.0) / 100.0 * head_m.sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_pumps_at_nominal_speed_run_near_their_duty_point() {
        let point = operating_point([NOMINAL_RPM, NOMINAL_RPM, 0.0], 60.0, 3.0);
        assert!((27.0..33.0).contains(&point.header_m), "{point:?}");
        assert!(
            (50.0..70.0).contains(&point.flows_m3_h[0]) && point.flows_m3_h[2] == 0.0,
            "{point:?}"
        );
        let power = PUMP_HOUSE.shaft_power_kw(point.flows_m3_h[0], NOMINAL_RPM, point.header_m);
        assert!((5.0..12.0).contains(&power), "{power} kW");
    }

    #[test]
    fn flow_is_continuous_and_affine_in_speed() {
        // Without static head, both curves are parabolas: flow is proportional to speed.
        let full = operating_point([NOMINAL_RPM; 3], 60.0, 0.0);
        let half = operating_point([NOMINAL_RPM / 2.0; 3], 60.0, 0.0);
        let ratio = full.flows_m3_h[0] / half.flows_m3_h[0];
        assert!((ratio - 2.0).abs() < 1e-6, "{ratio}");
        assert!((full.header_m / half.header_m - 4.0).abs() < 1e-6);
    }

    #[test]
    fn nothing_flows_against_more_static_head_than_the_pumps_make() {
        assert_eq!(operating_point([300.0, 0.0, 0.0], 60.0, 3.0).flows_m3_h, [0.0; 3]);
        assert_eq!(operating_point([0.0; 3], 60.0, 3.0).flows_m3_h, [0.0; 3]);
    }
}
