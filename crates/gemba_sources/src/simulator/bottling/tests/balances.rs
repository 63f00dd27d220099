//! What flows in flows out or stays: steam, water, product, air, bottles, kilowatt hours.

use super::*;
use crate::simulator::bottling::{
    energy::FEEDERS,
    register::{Class, TWINS},
};

/// Everything that is conserved: name, what came in less what went out, and what is stored.
fn ledger(plant: &Bottling) -> Vec<(&'static str, f64, f64)> {
    let machinery = &plant.machinery;
    let [made, taken, fed, _] = machinery.steam.total;
    let [steam, water] = machinery.steam.stored_kg();
    let [water_in, syrup_in, drawn, returned] = machinery.blending.total_m3;
    let [forward, to_bowl] = machinery.pasteur.total_m3;
    let [sterile, leaked, spilled] = machinery.pasteur.sterile_m3();
    let line = &machinery.line;
    let [bottles_in, scrap] = line.total;
    let [air_in, air_out] = machinery.air.total_m3;
    vec![
        ("steam in kg", made - taken, steam),
        ("boiler water in kg", fed - made, water),
        (
            "product in the mixers in m³",
            water_in + syrup_in + returned - drawn,
            machinery.blending.mixed_m3(),
        ),
        ("product through the skid in m³", drawn - returned - forward, 0.0),
        (
            "product in sterile tanks in m³",
            forward - to_bowl,
            sterile + leaked + spilled,
        ),
        (
            "product in the bowl in m³",
            to_bowl - line.filled_m3 - line.spilled_m3,
            line.bowl_m3(),
        ),
        ("air in m³", air_in - air_out, machinery.air.stored_m3()),
        (
            "bottles",
            bottles_in as f64 - scrap as f64 - line.good()[1] as f64,
            line.in_line() as f64,
        ),
    ]
}

fn assert_kept(plant: &mut Bottling, secs: u64) {
    let before = ledger(plant);
    run(plant, secs);
    for (before, after) in before.iter().zip(ledger(plant)) {
        let (name, moved, stored) = (after.0, after.1 - before.1, after.2 - before.2);
        assert!(
            (moved - stored).abs() < 1e-6,
            "{name}: {moved} came, {stored} is there"
        );
    }
}

#[test]
fn an_hour_makes_and_loses_nothing() {
    let mut plant = plant();
    assert_kept(&mut plant, 3_600);
    let [bottles, _] = plant.machinery.line.total;
    assert!((22_000..34_000).contains(&bottles), "{bottles} bottles came in");
}

#[test]
fn faults_make_and_lose_nothing_either() {
    let mut plant = plant();
    for fault in [
        "leak@TK-221:at=10s",
        "jam@LB-301:at=60s,for=3m",
        "leak@V-101:at=2m,for=4m",
        "stuck-valve@TCV-221:at=1m",
        "drifting-sensor@FL-301/bowl_level_pct:by=-60",
        "bearing-wear@P-201:at=1m,grow=1m",
    ] {
        inject(&mut plant, fault);
    }
    assert_kept(&mut plant, 1_500);
}

#[test]
fn every_kilowatt_hour_is_on_one_feeder_and_in_one_cell() {
    let mut plant = plant();
    let read = |plant: &Bottling| {
        let meters = &plant.machinery.meters;
        let of_twins: f64 = TWINS
            .iter()
            .filter(|twin| twin.class == Class::Site)
            .map(|site| meters.within(site.id).1)
            .sum();
        (meters.feeders.map(|feeder| feeder.1), meters.all().1, of_twins)
    };
    let before = read(&plant);
    run(&mut plant, 3_600);
    let (feeders, all, of_twins) = read(&plant);
    let sum: f64 = feeders.iter().sum();
    assert!((sum - all).abs() < 1e-6, "feeders {sum} kWh, consumers {all} kWh");
    let building = feeders[3];
    assert!((of_twins + building - all).abs() < 1e-6);
    for (k, (feeder, area)) in FEEDERS.iter().enumerate().take(3) {
        let (_, in_area) = plant.machinery.meters.within(area);
        assert!(
            (feeders[k] - in_area).abs() < 1e-6,
            "{feeder} and {area} disagree"
        );
        assert!(feeders[k] > before.0[k], "{feeder} stands still");
        let cells = TWINS
            .iter()
            .filter(|twin| twin.id == twin.cell && twin.area == *area);
        let in_cells: f64 = cells.map(|cell| plant.machinery.meters.within(cell.id).1).sum();
        assert!(
            (in_cells - in_area).abs() < 1e-6,
            "{area}: cells {in_cells}, area {in_area}"
        );
    }
}

#[test]
fn heat_that_the_fuel_gives_is_in_the_steam() {
    let mut plant = plant();
    let before = plant.machinery.steam.total;
    run(&mut plant, 3_600);
    let after = plant.machinery.steam.total;
    let steam_kwh = (after[0] - before[0]) * 2_515.0 / 3_600.0;
    let gas_kwh = (after[3] - before[3]) * 10.3;
    let efficiency = steam_kwh / gas_kwh;
    assert!((0.88..0.94).contains(&efficiency), "{efficiency}");
    let turbine = &plant.machinery.turbine;
    let loss_kw = turbine.shaft_kw - turbine.power_kw;
    assert!(
        (10.0..60.0).contains(&loss_kw),
        "generator and bearings lose {loss_kw} kW"
    );
}
