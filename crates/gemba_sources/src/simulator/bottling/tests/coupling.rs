//! Each fault does what it would do in a plant, in that order, and nothing to what it does not reach.

use super::*;

/// Runs for `secs` and gives for each condition the first second at which it holds.
fn firsts<const N: usize>(
    plant: &mut Bottling,
    secs: u64,
    conditions: [&dyn Fn(&Bottling) -> bool; N],
) -> [Option<u64>; N] {
    let mut firsts = [None; N];
    for second in 1..=secs {
        run(plant, 1);
        for (first, condition) in firsts.iter_mut().zip(conditions) {
            if first.is_none() && condition(plant) {
                *first = Some(second);
            }
        }
    }
    firsts
}

/// Whether all conditions came, in this order.
fn assert_in_order<const N: usize>(firsts: [Option<u64>; N]) {
    assert!(
        firsts.iter().all(Option::is_some) && firsts.is_sorted(),
        "{firsts:?}"
    );
}

fn value(plant: &Bottling, id: &str, key: &str) -> f64 {
    plant.board.value(id, key)
}

fn clear(plant: &mut Bottling) {
    plant.command(Command::Clear { kind: None, id: None });
}

#[test]
fn a_worn_turbine_bearing_is_heard_then_shakes_then_heats_then_trips() {
    let mut plant = plant();
    let healthy = value(&plant, "TG-101", "vib_bpfo_mm_s");
    inject(&mut plant, "bearing-wear@TG-101:grow=3m");
    let firsts = firsts(
        &mut plant,
        420,
        [
            &|plant| value(plant, "TG-101", "vib_bpfo_mm_s") > 5.0 * healthy,
            &|plant| value(plant, "TG-101", "vibration_2_mm_s") > 4.5,
            &|plant| value(plant, "TG-101", "bearing_2_c") > 85.0,
            &|plant| value(plant, "TG-101", "bearing_2_c") > 95.0,
            &|plant| value(plant, "TG-101", "power_kw") == 0.0,
        ],
    );
    assert_in_order(firsts);
    assert!(
        value(&plant, "TG-101", "speed_rpm") < 2_900.0,
        "it does not coast down"
    );
    assert!(value(&plant, "TG-101", "steam_flow_t_h") < 0.2);
    assert!(
        value(&plant, "TG-101", "bearing_1_c") < 85.0,
        "another bearing heats"
    );
    assert!(
        (9.0..11.5).contains(&value(&plant, "B-101", "steam_bar")),
        "the boiler did not follow"
    );
    clear(&mut plant);
    run(&mut plant, 1_200);
    assert!(
        value(&plant, "TG-101", "power_kw") > 400.0,
        "it is not back on the grid"
    );
    assert!(value(&plant, "TG-101", "bearing_2_c") < 75.0);
}

#[test]
fn without_its_turbine_the_boiler_goes_out_and_comes_back() {
    let mut plant = plant();
    inject(&mut plant, "bearing-wear@TG-101:grow=5s");
    run(&mut plant, 300);
    let mut burner = [f64::INFINITY, 0.0_f64];
    for _ in 0..900 {
        run(&mut plant, 5);
        let [bar, pct] = ["steam_bar", "burner_pct"].map(|key| value(&plant, "B-101", key));
        assert!((9.0..11.5).contains(&bar), "{bar} bar");
        burner = [burner[0].min(pct), burner[1].max(pct)];
    }
    assert!(
        burner[0] == 0.0 && burner[1] > 5.0,
        "the burner stays at {burner:?} %"
    );
    assert!(
        value(&plant, "PA-201", "hold_c") > 71.5,
        "the pasteuriser has no steam"
    );
}

#[test]
fn a_worn_pump_trips_and_its_standby_takes_over() {
    let mut plant = plant();
    let flow = |plant: &Bottling| -> f64 {
        ["P-121", "P-122", "P-123"]
            .iter()
            .map(|id| value(plant, id, "flow_m3_h"))
            .sum()
    };
    let before = flow(&plant);
    inject(&mut plant, "bearing-wear@P-121:grow=2m");
    let firsts = firsts(
        &mut plant,
        420,
        [
            &|plant| value(plant, "P-121", "vibration_mm_s") > 4.5,
            &|plant| value(plant, "P-121", "bearing_de_c") > 80.0,
            &|plant| value(plant, "P-121", "bearing_de_c") > 95.0,
            &|plant| value(plant, "P-121", "speed_rpm") < 100.0,
            &|plant| value(plant, "P-123", "speed_rpm") > 1_400.0,
        ],
    );
    assert_in_order(firsts);
    assert!(
        (flow(&plant) / before - 1.0).abs() < 0.05,
        "{} of {before} m³/h",
        flow(&plant)
    );
    clear(&mut plant);
    run(&mut plant, 600);
    assert!(value(&plant, "P-121", "speed_rpm") > 1_400.0 && value(&plant, "P-123", "speed_rpm") == 0.0);
}

#[test]
fn a_blocked_suction_cavitates_and_takes_head_and_flow() {
    for (id, flow_key) in [
        ("P-121", "flow_m3_h"),
        ("P-221", "flow_m3_h"),
        ("P-111", "flow_m3_h"),
    ] {
        let mut plant = plant();
        let before = [flow_key, "suction_bar"].map(|key| value(&plant, id, key));
        inject(&mut plant, &format!("cavitation@{id}:grow=60s"));
        run(&mut plant, 150);
        let [margin, vibration] = ["npsh_margin_m", "vibration_mm_s"].map(|key| value(&plant, id, key));
        assert!(
            margin < 0.5 && vibration > 4.5,
            "{id}: margin {margin} m, {vibration} mm/s"
        );
        assert!(value(&plant, id, "suction_bar") < before[1], "{id}: suction");
        assert!(
            value(&plant, id, flow_key) < 0.99 * before[0] || id == "P-111",
            "{id}: flow"
        );
        assert!(value(&plant, id, "bearing_de_c") < 80.0, "{id}: bearing");
    }
}

#[test]
fn a_jam_at_the_capper_blocks_upstream_and_starves_downstream() {
    let mut plant = plant();
    let oee = value(&plant, "LINE-1", "oee_pct");
    inject(&mut plant, "jam@CP-301:grow=5s");
    let is = |id: &'static str, reason: f64| {
        move |plant: &Bottling| value(plant, id, "state") == 5.0 && value(plant, id, "reason") == reason
    };
    let upstream = [is("FL-301", 2.0), is("RN-301", 2.0), is("DP-301", 2.0)];
    let downstream = [
        is("IN-301", 1.0),
        is("LB-301", 1.0),
        is("CK-301", 1.0),
        is("PL-301", 1.0),
    ];
    let mut with_jam = plant.clone();
    assert_in_order(firsts(
        &mut plant,
        240,
        upstream.each_ref().map(|is| is as &dyn Fn(&Bottling) -> bool),
    ));
    assert_in_order(firsts(
        &mut with_jam,
        400,
        downstream.each_ref().map(|is| is as &dyn Fn(&Bottling) -> bool),
    ));
    assert_eq!(
        value(&with_jam, "CP-301", "state"),
        9.0,
        "the overload clutch aborts it"
    );
    let [line, capper] = ["LINE-1", "CP-301"].map(|id| value(&with_jam, id, "oee_pct"));
    assert!(
        line < 65.0 && capper < 65.0 && oee > 85.0,
        "line {line} %, capper {capper} %, before {oee} %"
    );
    assert_eq!(value(&with_jam, "LINE-1", "rate_bph").round(), 0.0);
    clear(&mut with_jam);
    run(&mut with_jam, 200);
    for id in ["FL-301", "CP-301", "IN-301", "CK-301"] {
        assert!(
            value(&with_jam, id, "rate_bph") > 15_000.0,
            "{id} does not run again"
        );
    }
}

#[test]
fn every_machine_and_the_robot_can_jam() {
    for id in [
        "DP-301", "RN-301", "FL-301", "CP-301", "IN-301", "LB-301", "CK-301", "PL-301",
    ] {
        let mut plant = plant();
        inject(&mut plant, &format!("jam@{id}:grow=20s"));
        run(&mut plant, 12);
        assert!(
            [10.0, 11.0].contains(&value(&plant, id, "state")),
            "{id} does not hold"
        );
        run(&mut plant, 30);
        assert_eq!(value(&plant, id, "state"), 9.0, "{id} is not aborted");
        clear(&mut plant);
        run(&mut plant, 40);
        assert!(
            [5.0, 6.0].contains(&value(&plant, id, "state")),
            "{id} does not start again"
        );
    }
}

#[test]
fn a_burst_hose_takes_both_compressors_and_then_the_filler() {
    let mut plant = plant();
    inject(&mut plant, "leak@V-101");
    let firsts = firsts(
        &mut plant,
        300,
        [
            &|plant| value(plant, "C-101", "load") + value(plant, "C-102", "load") == 2.0,
            &|plant| value(plant, "V-101", "pressure_bar") < 6.2,
            &|plant| value(plant, "V-101", "pressure_bar") < 5.5,
            &|plant| value(plant, "FL-301", "state") == 5.0,
        ],
    );
    assert_in_order(firsts);
    run(&mut plant, 60);
    assert_eq!(value(&plant, "FL-301", "state"), 5.0, "it starts and stops");
    clear(&mut plant);
    run(&mut plant, 200);
    assert!(value(&plant, "V-101", "pressure_bar") > 6.5 && value(&plant, "FL-301", "rate_bph") > 15_000.0);
}

#[test]
fn dirt_costs_pressure_heat_and_temperature() {
    let mut plant = plant();
    for fault in ["blocked-filter@C-101", "blocked-filter@HX-201"] {
        inject(&mut plant, fault);
    }
    let before = value(&plant, "TCV-135", "position_pct");
    run(&mut plant, 600);
    assert!(value(&plant, "C-101", "filter_dp_mbar") > 50.0 || value(&plant, "C-101", "load") == 0.0);
    assert!(value(&plant, "C-101", "oil_c") > 84.0);
    assert!(value(&plant, "C-102", "filter_dp_mbar") < 50.0);
    assert!(value(&plant, "HX-201", "dp_mbar") > 800.0);
    assert!(
        value(&plant, "TCV-135", "position_pct") > before + 5.0,
        "nobody compensates"
    );
    assert!(value(&plant, "HX-202", "dp_mbar") < 800.0);
}

#[test]
fn a_stuck_bowl_valve_deviates_when_the_filler_stops() {
    let mut plant = plant();
    inject(&mut plant, "stuck-valve@LCV-301");
    inject(&mut plant, "jam@FL-301:at=5s,grow=1s");
    let before = value(&plant, "LCV-301", "position_pct");
    run(&mut plant, 90);
    assert_eq!(value(&plant, "LCV-301", "position_pct"), before);
    assert!(value(&plant, "LCV-301", "travel_deviation_pct") > 10.0);
    assert!(
        value(&plant, "FL-301", "bowl_level_pct") > 95.0,
        "the bowl does not run full"
    );
    assert!(plant.machinery.line.spilled_m3 > 0.0);
}

#[test]
fn cold_product_is_diverted_and_comes_back() {
    let mut plant = plant();
    // The sensor shows more than there is, so the heater gives less.
    inject(&mut plant, "stuck-valve@TCV-221:at=1s");
    inject(&mut plant, "cavitation@P-111:at=1s");
    inject(&mut plant, "drifting-sensor@PA-201/hold_c:by=-4,grow=60s");
    run(&mut plant, 120);
    assert_eq!(value(&plant, "PA-201", "divert"), 1.0);
    assert!(value(&plant, "FCV-222", "flow_m3_h") < 0.5 && value(&plant, "PA-201", "state") == 11.0);
    clear(&mut plant);
    run(&mut plant, 200);
    assert_eq!(value(&plant, "PA-201", "divert"), 0.0);
    assert!(value(&plant, "FCV-222", "flow_m3_h") > 5.0);
}

#[test]
fn without_a_transfer_pump_the_filler_starves_in_the_end() {
    let mut plant = plant();
    inject(&mut plant, "bearing-wear@P-222:grow=30s");
    let firsts = firsts(
        &mut plant,
        400,
        [
            &|plant| value(plant, "P-222", "speed_rpm") == 0.0,
            &|plant| value(plant, "FL-301", "bowl_level_pct") < 20.0,
            &|plant| value(plant, "FL-301", "state") == 5.0 && value(plant, "FL-301", "reason") == 1.0,
        ],
    );
    assert_in_order(firsts);
}

#[test]
fn a_drifting_sensor_misleads_its_controller() {
    let mut plant = plant();
    inject(&mut plant, "drifting-sensor@B-101/steam_bar:by=1,grow=60s");
    run(&mut plant, 600);
    let (truth, shown) = (
        value(&plant, "B-101", "steam_bar"),
        plant.board.shown("B-101", "steam_bar"),
    );
    assert!((9.3..9.7).contains(&truth), "the pressure is {truth} bar");
    assert!((10.3..10.7).contains(&shown), "{shown} bar is shown");
}

#[test]
fn what_a_fault_does_not_reach_is_as_without_it() {
    for (fault, secs, reached) in [
        ("bearing-wear@P-121:grow=120s", 60, &["P-121"] as &[&str]),
        ("bearing-wear@TG-101:grow=120s", 60, &["TG-101"]),
        ("leak@TK-212", 60, &["TK-212"]),
        ("frozen-sensor@P-121/bearing_de_c", 120, &["P-121/bearing_de_c"]),
        (
            "drifting-sensor@CT-102/basin_pct:by=5",
            120,
            &["CT-102/basin_pct"],
        ),
        ("network-loss@COOLING", 60, &[]),
        ("jam@PL-301:at=30s", 29, &[]),
    ] {
        let (mut healthy, mut faulty) = (plant(), plant());
        inject(&mut faulty, fault);
        run(&mut healthy, secs);
        run(&mut faulty, secs);
        let mut changed = Vec::new();
        for (is, was) in shown(&faulty).into_iter().zip(shown(&healthy)) {
            let name = format!("{}/{}", is.0, is.1);
            if is.2 != was.2 {
                let is_reached = reached.iter().any(|reach| *reach == name || *reach == is.0);
                assert!(is_reached, "{fault} changed {name} from {} to {}", was.2, is.2);
                changed.push(name);
            }
        }
        assert!(
            changed.is_empty() == reached.is_empty(),
            "{fault} changed {changed:?}"
        );
    }
}

#[test]
fn a_frozen_sensor_shows_one_value_and_a_lost_network_none() {
    let mut plant = plant();
    run(&mut plant, 2);
    inject(&mut plant, "frozen-sensor@TK-221/level_pct");
    inject(&mut plant, "network-loss@COOLING:at=10s,for=10s");
    let frozen = plant.board.shown("TK-221", "level_pct");
    let mut out = Vec::new();
    plant.step(Duration::from_secs(30), &mut out);
    assert_eq!(plant.board.shown("TK-221", "level_pct"), frozen);
    let has = |id: &str, from: u64, to: u64| {
        out.iter().any(|publication| {
            let is_then = (from + 2..to + 2).contains(&publication.time.as_secs());
            is_then && publication.topic.contains(&format!("/{id}/"))
        })
    };
    for id in ["P-121", "COOLING", "CH-101"] {
        assert!(has(id, 0, 9) && !has(id, 11, 19) && has(id, 21, 30), "{id}");
    }
    assert!(has("B-101", 11, 19), "another cell is silent too");
}

#[test]
fn counters_begin_anew_with_a_shift() {
    // Five minutes before two o'clock in the afternoon.
    let start = UnixNanos(START.0 + (6 * 3_600 - 300) * 1_000_000_000);
    let mut plant = Bottling::new(1, start);
    run(&mut plant, 290);
    assert_eq!(value(&plant, "LINE-1", "shift"), 1.0);
    assert!(value(&plant, "LINE-1", "good_count") > 3_000.0);
    run(&mut plant, 20);
    assert_eq!(value(&plant, "LINE-1", "shift"), 2.0);
    for id in ["LINE-1", "FL-301", "DP-301"] {
        assert!(value(&plant, id, "good_count") < 500.0, "{id} counts on");
    }
}

#[test]
fn a_fault_that_comes_again_is_mended_between() {
    let mut plant = plant();
    inject(&mut plant, "bearing-wear@TG-101:at=10s,grow=60s,for=3m,every=20m");
    let hot = |plant: &Bottling| value(plant, "TG-101", "bearing_2_c") > 85.0;
    let runs = |plant: &Bottling| value(plant, "TG-101", "power_kw") > 400.0;
    let [hot_at] = firsts(&mut plant, 300, [&hot]);
    let [runs_at] = firsts(&mut plant, 900, [&|plant| runs(plant) && !hot(plant)]);
    let [hot_again_at] = firsts(&mut plant, 300, [&hot]);
    assert!(hot_at.is_some() && runs_at.is_some());
    assert_eq!(hot_again_at, hot_at, "20 minutes later it is the same");
}
