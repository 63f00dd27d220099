//! Without faults: all that the register names is published, finite, and within its limits.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::simulator::bottling::register::{Key, TWINS};

#[test]
fn what_is_published_is_what_the_register_names() {
    let mut plant = plant();
    let mut out = Vec::new();
    plant.step(Duration::from_secs(10), &mut out);
    let mut published = BTreeSet::new();
    for publication in &out {
        let payload: serde_json::Value = serde_json::from_str(&publication.payload).unwrap();
        for (key, value) in payload.as_object().unwrap() {
            let is_right = if key == "ts" {
                value.is_string()
            } else {
                value.is_number()
            };
            assert!(is_right, "{} {key}: {value}", publication.topic);
            published.insert((publication.topic.to_string(), key.clone()));
        }
    }
    published.retain(|(_, key)| key != "ts");
    let named: BTreeSet<_> = TWINS
        .iter()
        .flat_map(|twin| {
            let keys = twin.class.keys().iter();
            keys.map(|key| (twin.topic(key.message), key.name.to_owned()))
        })
        .collect();
    assert_eq!(published, named);
    assert!((440..600).contains(&named.len()), "{} points", named.len());
    assert!(TWINS.len() >= 80, "{} twins", TWINS.len());
    assert_eq!(plant.board.strays(), [] as [String; 0]);
    let has = |topic: &str, key: &str| named.contains(&(topic.to_owned(), key.to_owned()));
    assert!(has("gemba/bottling/utilities/TG-101/condition", "vib_bpfo_mm_s"));
    assert!(has("gemba/bottling/filling/FL-301/telemetry", "fill_mean_ml"));
    assert!(has("gemba/bottling/process/PASTEUR/state", "power_kw"));
    assert!(has("gemba/bottling/WORKS/state", "bottles_per_kwh"));
}

#[test]
fn messages_come_at_their_rates_and_on_change() {
    let mut plant = plant();
    inject(&mut plant, "jam@CP-301:at=2.3s,grow=1s");
    let mut out = Vec::new();
    plant.step(Duration::from_secs(10), &mut out);
    let count = |topic: &str| {
        out.iter()
            .filter(|publication| publication.topic.ends_with(topic))
            .count()
    };
    assert_eq!(count("P-121/telemetry"), 50);
    assert_eq!(count("P-121/condition"), 10);
    assert_eq!(count("FD-101/energy"), 2);
    assert_eq!(count("V-101/telemetry"), 50);
    assert!(count("CP-301/state") > 10, "no state on change");
    let at_change = out.iter().any(|publication| {
        publication.topic.ends_with("CP-301/state") && publication.time.subsec_millis() != 0
    });
    assert!(at_change, "states only each second");
}

/// How far `value` is beyond a limit; not above zero where it is within all of them.
fn beyond(value: f64, key: &Key) -> f64 {
    let [low_low, low, high, high_high] = key.limits;
    (value - high.min(high_high)).max(low.max(low_low) - value)
}

#[test]
fn half_an_hour_without_faults_crosses_no_alarm_limit() {
    for seed in [1, 7] {
        let mut plant = Bottling::new(seed, START);
        let mut worst: BTreeMap<(&str, &str), f64> = BTreeMap::new();
        for _ in 0..1_800 {
            run(&mut plant, 1);
            for (twin, key, value) in plant.board.all_shown() {
                assert!(value.is_finite(), "{} {} is {value}", twin.id, key.name);
                if beyond(value, key) > 0.0 {
                    worst.insert((twin.id, key.name), value);
                }
            }
        }
        assert!(worst.is_empty(), "seed {seed}: {worst:#?}");
    }
}

#[test]
fn machines_run_where_an_engineer_expects_them() {
    let mut plant = plant();
    run(&mut plant, 600);
    for (id, key, range) in [
        ("B-101", "steam_bar", 10.3..10.7),
        ("B-101", "steam_flow_t_h", 6.0..10.0),
        ("B-101", "drum_level_pct", 48.0..56.0),
        ("B-101", "flue_gas_c", 170.0..225.0),
        ("B-101", "gas_m3_h", 450.0..800.0),
        ("P-111", "discharge_bar", 10.5..16.0),
        ("P-112", "speed_rpm", 0.0..0.001),
        ("TG-101", "speed_rpm", 2_985.0..3_015.0),
        ("TG-101", "power_kw", 420.0..440.0),
        ("TG-101", "bearing_2_c", 60.0..72.0),
        ("TG-101", "vibration_2_mm_s", 1.2..2.4),
        ("TG-101", "vib_bpfo_mm_s", 0.02..0.3),
        ("TG-101", "oil_bar", 1.6..2.0),
        ("FCV-115", "position_pct", 35.0..85.0),
        ("V-101", "pressure_bar", 6.6..7.9),
        ("C-101", "oil_c", 65.0..90.0),
        ("CH-101", "supply_c", 5.0..7.0),
        ("CH-101", "condenser_bar", 7.0..12.0),
        ("CH-101", "evaporator_bar", 2.6..3.5),
        ("CT-101", "supply_c", 22.0..27.0),
        ("P-121", "flow_m3_h", 30.0..48.0),
        ("P-121", "vibration_mm_s", 0.8..2.2),
        ("P-121", "npsh_margin_m", 3.0..12.0),
        ("TR-101", "load_pct", 40.0..75.0),
        ("FD-101", "current_a", 150.0..600.0),
        ("FD-103", "power_kw", 70.0..170.0),
        ("FT-201", "flow_m3_h", 8.0..12.5),
        ("M-201", "brix", 10.0..10.4),
        ("PA-201", "hold_c", 73.0..74.2),
        ("PA-201", "pu", 25.0..70.0),
        ("PA-201", "divert", 0.0..0.5),
        ("PA-201", "outlet_c", 14.0..19.0),
        ("HX-201", "hot_out_c", 9.0..11.0),
        ("HX-201", "dp_mbar", 250.0..450.0),
        ("FT-221", "flow_m3_h", 6.0..14.0),
        ("FL-301", "fill_mean_ml", 500.0..502.0),
        ("FL-301", "oee_pct", 85.0..100.0),
        ("LINE-1", "oee_pct", 85.0..100.0),
        ("LINE-1", "shift", 1.0..1.5),
        ("PL-301", "gearbox_c", 45.0..65.0),
        ("WORKS", "power_kw", 300.0..520.0),
        ("WORKS", "bottles_per_kwh", 40.0..80.0),
    ] {
        let value = plant.board.value(id, key);
        assert!(range.contains(&value), "{id} {key} is {value}, not in {range:?}");
    }
}
