//! What lifts and what it holds: it moves while its machine runs, and stands with it.

use std::collections::BTreeSet;

use super::*;

const HEADS: [(&str, &[&str]); 2] = [
    ("DP-301", &["head_x_m", "head_z_m"]),
    ("CK-301", &["head_x_m", "head_z_m", "case_x_m"]),
];

/// Every value of the heads' positions in the next `secs` seconds, five times a second.
fn positions(plant: &mut Bottling, secs: u64) -> Vec<Vec<f64>> {
    let mut out = Vec::new();
    (0..secs * 5)
        .map(|_| {
            plant.step(FAST, &mut out);
            out.clear();
            let keys = HEADS
                .iter()
                .flat_map(|(id, keys)| keys.iter().map(move |key| (id, key)));
            keys.map(|(id, key)| plant.board.value(id, key)).collect()
        })
        .collect()
}

/// From the lowest to the highest of each.
fn spans(positions: &[Vec<f64>]) -> Vec<f64> {
    let of = |k: usize, pick: fn(f64, f64) -> f64| positions.iter().map(|row| row[k]).reduce(pick).unwrap();
    (0..positions[0].len())
        .map(|k| of(k, f64::max) - of(k, f64::min))
        .collect()
}

#[test]
fn heads_go_all_their_way_while_the_line_runs() {
    let mut plant = plant();
    let spans = spans(&positions(&mut plant, 180));
    for (span, ways) in spans
        .iter()
        .zip([1.5..1.53, 1.1..1.7, 0.85..0.91, 0.45..0.51, 0.6..0.76])
    {
        assert!(ways.contains(span), "{spans:?}");
    }
}

#[test]
fn heads_stand_where_their_machine_is_blocked_starved_or_aborted() {
    let mut plant = plant();
    inject(&mut plant, "jam@CP-301:grow=5s");
    run(&mut plant, 400);
    for (id, reason) in [("DP-301", 2.0), ("CK-301", 1.0)] {
        let of = |key| plant.board.value(id, key);
        assert_eq!((of("state"), of("reason")), (5.0, reason), "{id}");
    }
    assert_eq!(spans(&positions(&mut plant, 60)), [0.0; 5]);
    for id in ["DP-301", "CK-301"] {
        let mut plant = super::plant();
        inject(&mut plant, &format!("jam@{id}:grow=5s"));
        run(&mut plant, 30);
        assert_eq!(plant.board.value(id, "state"), 9.0, "{id}");
        let spans = spans(&positions(&mut plant, 30));
        let own = if id == "DP-301" { 0..2 } else { 2..5 };
        assert!(spans[own].iter().all(|span| *span == 0.0), "{id}: {spans:?}");
    }
}

#[test]
fn what_is_held_comes_and_goes() {
    let mut plant = plant();
    let mut seen: BTreeSet<(&str, &str, u64)> = BTreeSet::new();
    let mut out = Vec::new();
    for _ in 0..240 * 5 {
        plant.step(FAST, &mut out);
        out.clear();
        for (id, key) in [
            ("PL-301", "carried_cases"),
            ("DP-301", "carried_bottles"),
            ("DP-301", "pallet_layers"),
            ("CK-301", "carried_bottles"),
            ("CK-301", "case_bottles"),
        ] {
            seen.insert((id, key, plant.board.value(id, key) as u64));
        }
    }
    let values = |id: &str, key: &str| -> Vec<u64> {
        let of = seen.iter().filter(|it| (it.0, it.1) == (id, key));
        of.map(|it| it.2).collect()
    };
    assert_eq!(values("PL-301", "carried_cases"), [0, 3]);
    assert_eq!(values("DP-301", "carried_bottles"), [0, 247]);
    assert_eq!(values("DP-301", "pallet_layers"), [0, 1, 2, 3, 4, 5]);
    assert_eq!(values("CK-301", "carried_bottles"), [0, 24]);
    assert_eq!(values("CK-301", "case_bottles"), [0, 24]);
}
