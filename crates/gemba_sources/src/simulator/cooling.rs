//! Temperatures of the water: tanks, heat exchanger, dry cooler, and the hall around them.

use super::controller::lag;

/// Heat that one m³/h of water carries per kelvin, in kW.
const KW_PER_M3_H_K: f64 = 1.163;
/// Flow of the coolant loop, in m³/h.
const COOLANT_M3_H: f64 = 60.0;
/// Heat transfer of the plates, in kW/K.
const PLATES_KW_PER_K: f64 = 60.0;
/// Heat transfer of the dry cooler at nominal fan speed, in kW/K.
const COOLER_KW_PER_K: f64 = 40.0;
/// Nominal speed of the dry cooler's fan, in r/min.
const COOLER_RPM: f64 = 900.0;
/// Heat that the coolant loop takes to warm by 1 K, in kJ.
const COOLANT_KJ_PER_K: f64 = 8_400.0;
/// Outdoor air.
const OUTDOOR_CELSIUS: f64 = 21.0;

#[derive(Clone, Debug)]
pub(super) struct Cooling {
    pub(super) return_tank_celsius: f64,
    pub(super) cooled_tank_celsius: f64,
    pub(super) process_out_celsius: f64,
    pub(super) coolant_in_celsius: f64,
    pub(super) coolant_out_celsius: f64,
    pub(super) duty_kw: f64,
    pub(super) cooler_rpm: f64,
    pub(super) ventilation_rpm: f64,
    pub(super) hall_celsius: f64,
}

/// What flows, and where it is.
pub(super) struct Flows {
    pub(super) forward_m3_h: f64,
    pub(super) return_m3_h: f64,
    pub(super) return_tank_m3: f64,
    pub(super) cooled_tank_m3: f64,
    /// Heat that the users put into the water, in kW.
    pub(super) load_kw: f64,
    /// Power of the pumps that are in the hall, in kW.
    pub(super) pumps_kw: f64,
}

impl Cooling {
    pub(super) fn new() -> Self {
        Self {
            return_tank_celsius: 41.0,
            cooled_tank_celsius: 38.3,
            process_out_celsius: 38.3,
            coolant_in_celsius: 31.0,
            coolant_out_celsius: 35.5,
            duty_kw: 330.0,
            cooler_rpm: 820.0,
            ventilation_rpm: 480.0,
            hall_celsius: 25.0,
        }
    }

    pub(super) fn step(&mut self, flows: &Flows, dt_secs: f64) {
        self.exchange(flows.forward_m3_h, dt_secs);
        let mix = |tank: f64, inflow: f64, m3_h: f64, tank_m3: f64| {
            tank + (inflow - tank) * (m3_h / 3600.0 * dt_secs / tank_m3.max(0.5)).min(1.0)
        };
        self.cooled_tank_celsius = mix(
            self.cooled_tank_celsius,
            self.process_out_celsius,
            flows.forward_m3_h,
            flows.cooled_tank_m3,
        );
        let warmed_k = flows.load_kw / (KW_PER_M3_H_K * flows.return_m3_h.max(20.0));
        let inflow = self.cooled_tank_celsius + warmed_k;
        self.return_tank_celsius = mix(
            self.return_tank_celsius,
            inflow,
            flows.return_m3_h,
            flows.return_tank_m3,
        );

        // The dry cooler holds the coolant near 30 °C; the wall fan holds the hall near 25 °C.
        let wanted_rpm = (640.0 + 110.0 * (self.coolant_in_celsius - 29.5)).clamp(250.0, 960.0);
        self.cooler_rpm = lag(self.cooler_rpm, wanted_rpm, 4.0, dt_secs);
        let wanted_rpm = (300.0 + 120.0 * (self.hall_celsius - 23.5)).clamp(180.0, 720.0);
        self.ventilation_rpm = lag(self.ventilation_rpm, wanted_rpm, 4.0, dt_secs);
        let hall = OUTDOOR_CELSIUS + 1.2 + 0.16 * flows.pumps_kw * 480.0 / self.ventilation_rpm.max(100.0);
        self.hall_celsius = lag(self.hall_celsius, hall, 120.0, dt_secs);
    }

    /// Counter-flow by ε-NTU (VDI Heat Atlas C1), then the coolant loop's balance.
    fn exchange(&mut self, process_m3_h: f64, dt_secs: f64) {
        let (process, coolant) = (
            KW_PER_M3_H_K * process_m3_h.max(1.0),
            KW_PER_M3_H_K * COOLANT_M3_H,
        );
        let (least, most) = (process.min(coolant), process.max(coolant));
        let ratio = (least / most).min(0.999);
        let decay = (-(PLATES_KW_PER_K / least) * (1.0 - ratio)).exp();
        let effectiveness = (1.0 - decay) / (1.0 - ratio * decay);
        self.duty_kw = effectiveness * least * (self.return_tank_celsius - self.coolant_in_celsius);
        self.process_out_celsius = self.return_tank_celsius - self.duty_kw / process;
        self.coolant_out_celsius = self.coolant_in_celsius + self.duty_kw / coolant;
        let to_air = COOLER_KW_PER_K * (self.cooler_rpm / COOLER_RPM).powf(0.8);
        let rejected_kw = to_air * (self.coolant_in_celsius - OUTDOOR_CELSIUS);
        self.coolant_in_celsius += (self.duty_kw - rejected_kw) / COOLANT_KJ_PER_K * dt_secs;
    }

    /// Current of a fan's motor, in A: it grows with the cube of speed over what it takes to turn at all.
    pub(super) fn fan_current_a(speed_rpm: f64, nominal_rpm: f64, nominal_a: f64) -> f64 {
        nominal_a * (0.25 + 0.75 * (speed_rpm / nominal_rpm).powi(3))
    }
}
