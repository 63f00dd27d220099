//! The same seed and faults give the same bytes, and any faults at all give numbers.

use proptest::prelude::*;

use super::*;
use crate::simulator::{
    PlantKind, PublisherOptions,
    bottling::register::{Class, TWINS},
    faults::read_faults,
    record,
};

const FAULTS: &str = r#"
[[fault]]
kind = "bearing-wear"
target = "TG-101"
at = "20s"
grow = "3m"

[[fault]]
kind = "jam"
target = "CP-301"
at = "2m"
for = "90s"

[[fault]]
kind = "cavitation"
target = "P-121"
at = 60

[[fault]]
kind = "drifting-sensor"
target = "M-201/brix"
at = "1m"
by = 0.5

[[fault]]
kind = "network-loss"
target = "COOLING"
at = "4m"
for = "1m"
"#;

fn recorded(seed: u64) -> Vec<u8> {
    let options = PublisherOptions {
        plant: PlantKind::Bottling,
        seed,
        faults: read_faults(FAULTS).unwrap(),
        ..PublisherOptions::default()
    };
    let mut bytes = Vec::new();
    let lines = record(&options, Duration::from_secs(600), &mut bytes).unwrap();
    assert!(lines > 200_000, "{lines} lines");
    bytes
}

#[test]
fn ten_minutes_of_faults_give_the_same_record_twice_byte_for_byte() {
    let first = recorded(5);
    assert!(first == recorded(5), "the same seed gave another record");
    assert!(first != recorded(6), "another seed gave the same record");
    let line: serde_json::Value =
        serde_json::from_slice(first.split(|byte| *byte == b'\n').next().unwrap()).unwrap();
    assert_eq!(line["topic"], "gemba/bottling/WORKS/state");
    assert_eq!(line["payload"]["ts"], "2026-01-05T08:00:00.000Z");
}

#[test]
fn how_time_is_cut_changes_nothing() {
    let publications = |steps: &[(u64, u64)]| {
        let mut plant = plant();
        inject(&mut plant, "jam@FL-301:at=3s,grow=4s,for=10s");
        inject(&mut plant, "stuck-valve@TCV-135:at=5s");
        let mut out = Vec::new();
        for (count, millis) in steps {
            (0..*count).for_each(|_| plant.step(Duration::from_millis(*millis), &mut out));
        }
        out
    };
    let whole = publications(&[(1, 40_000)]);
    assert_eq!(whole, publications(&[(40_000, 1)]));
    assert_eq!(whole, publications(&[(571, 70), (1, 30)]));
    assert_eq!(whole, publications(&[(300, 130), (1, 1_000)]));
}

/// Any fault that the register allows.
fn any_fault() -> impl Strategy<Value = String> {
    let kinds = [
        "bearing-wear",
        "cavitation",
        "blocked-filter",
        "jam",
        "leak",
        "stuck-valve",
        "frozen-sensor",
        "drifting-sensor",
        "network-loss",
    ];
    let twins = TWINS.len();
    (
        0..kinds.len(),
        0..twins,
        any::<prop::sample::Index>(),
        0..200_u32,
        0..120_u32,
        5..200_u32,
        -100.0..100.0_f64,
    )
        .prop_map(move |(kind, first, key, at, grow, lasts, by)| {
            let kind = kinds[kind];
            // The first twin from a random one on that can have it.
            let fault = (0..twins).find_map(|n| {
                let twin = &TWINS[(first + n) % twins];
                let keys = twin.class.keys();
                let target = match kind {
                    "frozen-sensor" | "drifting-sensor" => format!("{}/{}", twin.id, key.get(keys).name),
                    _ => twin.id.to_owned(),
                };
                let text = format!("{kind}@{target}:at={at}s,grow={grow}s,for={lasts}s,by={by}");
                text.parse::<Fault>().is_ok().then_some(text)
            });
            fault.unwrap()
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn whatever_goes_wrong_numbers_stay_numbers(faults in prop::collection::vec(any_fault(), 1..7)) {
        let mut plant = plant();
        faults.iter().for_each(|fault| inject(&mut plant, fault));
        let mut out = Vec::new();
        for _ in 0..320 {
            plant.step(Duration::from_secs(1), &mut out);
            for (twin, key, value) in plant.board.all_shown() {
                prop_assert!(value.is_finite(), "{} {} is {value}", twin.id, key.name);
                let true_value = plant.board.value(twin.id, key.name);
                let is_level = key.name.ends_with("level_pct") || key.name == "load_pct" && twin.class == Class::Conveyor;
                prop_assert!(!is_level || (-0.001..100.001).contains(&true_value), "{} {} is {true_value}", twin.id, key.name);
                let is_amount = key.name.ends_with("_count") || key.name.ends_with("rpm") || key.name == "volume_m3";
                prop_assert!(!is_amount || true_value > -1e-3, "{} {} is {true_value}", twin.id, key.name);
            }
            for publication in out.drain(..) {
                prop_assert!(serde_json::from_str::<serde_json::Value>(&publication.payload).is_ok());
            }
        }
    }
}
