//! The simulated pump house: determinism, balances, ranges, and agreement with the twin layer.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use gemba_model::{TagId, UnixNanos, Value};
use gemba_telemetry::{TagTable, TopicRouter};

use super::*;
use crate::{ConnectionConfig, EmbeddedBroker, Source, clock};

const SECOND: Duration = Duration::from_secs(1);

fn run(house: &mut PumpHouse, steps: u32, step: Duration) -> Vec<Publication> {
    let mut out = Vec::new();
    (0..steps).for_each(|_| house.step(step, &mut out));
    out
}

#[test]
fn one_seed_gives_the_same_bytes_however_time_is_cut() {
    let start = UnixNanos(1_700_000_000_000_000_000);
    let house = |seed| PumpHouse::new(seed).starting_at(start);
    let whole = run(&mut house(7), 90, SECOND);
    assert!(whole.len() > 90 * 10 * 10, "{}", whole.len());
    assert_eq!(whole, run(&mut house(7), 1, 90 * SECOND));
    assert_eq!(whole, run(&mut house(7), 90_000, Duration::from_millis(1)));
    assert_ne!(whole, run(&mut house(8), 90, SECOND));
}

#[test]
fn water_is_neither_made_nor_lost() {
    let mut house = PumpHouse::new(3);
    let total = |house: &PumpHouse| house.snapshot().tanks_m3.iter().sum::<f64>();
    let before = total(&house);
    let mut moved_m3 = 0.0;
    let start = house.snapshot().tanks_m3[1];
    for _ in 0..50 * 600 {
        run(&mut house, 1, Duration::from_millis(20));
        let now = house.snapshot();
        moved_m3 += (now.flows_m3_h.iter().sum::<f64>() - now.return_m3_h) / 3600.0 * 0.02;
        assert!((total(&house) - before).abs() < 1e-9, "at {:?}", now.time);
    }
    let change = house.snapshot().tanks_m3[1] - start;
    assert!(
        (change - moved_m3).abs() < 1e-6,
        "the tank gained {change} m³, the pipes brought {moved_m3} m³"
    );
    assert!(moved_m3.abs() > 0.01 || change.abs() > 0.01, "nothing moved");
}

#[test]
fn an_hour_stays_in_the_ranges_of_a_real_pump_house() {
    for seed in [1, 2, 99] {
        let mut house = PumpHouse::new(seed);
        let mut levels = [f64::INFINITY, f64::NEG_INFINITY];
        for _ in 0..3600 {
            run(&mut house, 1, SECOND);
            let now = house.snapshot();
            let level = now.tanks_m3[1] / 21.21 * 100.0;
            levels = [levels[0].min(level), levels[1].max(level)];
            assert!(
                now.speeds_rpm.iter().all(|rpm| (0.0..=1550.0).contains(rpm)),
                "{now:?}"
            );
            assert!(
                now.flows_m3_h.iter().all(|q| (0.0..=110.0).contains(q)),
                "{now:?}"
            );
            assert!(
                now.bearings_celsius.iter().all(|t| (15.0..=112.0).contains(t)),
                "{now:?}"
            );
            assert!(
                now.valves_pct.iter().all(|x| (0.0..=100.0).contains(x)),
                "{now:?}"
            );
            assert!((1.0..4.0).contains(&now.header_bar), "{now:?}");
            assert!(now.tanks_m3.iter().all(|m3| (2.0..20.0).contains(m3)), "{now:?}");
        }
        assert!(levels[0] > 35.0 && levels[1] < 85.0, "seed {seed}: {levels:?} %");
        assert!(
            levels[1] - levels[0] > 8.0,
            "seed {seed}: the level stands still at {levels:?} %"
        );
    }
}

#[test]
fn one_bearing_warms_past_its_limits_lights_the_lamps_and_cools() {
    let mut house = PumpHouse::new(1);
    run(&mut house, 2, SECOND);
    assert_eq!(house.snapshot().lamps, [false, false, true], "well at first");
    let (mut high, mut high_high, mut trip, mut red) = (None, None, None, false);
    for second in 3..90 {
        run(&mut house, 10, SECOND / 10);
        let now = house.snapshot();
        let bearing = now.bearings_celsius[1];
        high = high.or((bearing > 80.0).then_some(second));
        high_high = high_high.or((bearing > 95.0).then_some(second));
        trip = trip.or((now.speeds_rpm[1] < 700.0).then_some(second));
        red |= now.lamps[0];
        assert!(
            !(now.lamps[1] && now.lamps[2]),
            "amber and green at once: {now:?}"
        );
    }
    let (high, high_high, trip) = (high.unwrap(), high_high.unwrap(), trip.unwrap());
    assert!((8..20).contains(&high), "high limit after {high} s");
    assert!(
        high < high_high && high_high < 40,
        "high-high limit after {high_high} s"
    );
    assert!(high_high < trip && trip < 60, "stopped after {trip} s");
    assert!(red, "the red lamp never lit");
    run(&mut house, 20, SECOND);
    let now = house.snapshot();
    assert!(
        now.bearings_celsius[1] < 60.0 && now.lamps == [false, false, true],
        "{now:?}"
    );
}

/// Topic and pointer of every source in the twin layer, with `{id}` filled in: of its templates where they are
/// inherited, and of the prims that have points of their own.
fn bound(twin_layer: &str) -> BTreeSet<(String, Option<String>)> {
    let quoted = |line: &str| line.split('"').nth(1).unwrap_or_default().to_owned();
    let mut templates: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut found = BTreeSet::new();
    let (mut class, mut inherited, mut id) = (None::<String>, Vec::new(), String::new());
    let mut add = |source: &str, id: &str| {
        let source = source.replace("{id}", id);
        let address = source
            .strip_prefix("plant:")
            .unwrap_or_else(|| panic!("{source}: not of this plant"));
        match address.split_once('#') {
            Some((topic, pointer)) => found.insert((topic.to_owned(), Some(pointer.to_owned()))),
            None => found.insert((address.to_owned(), None)),
        };
    };
    for line in twin_layer.lines().map(str::trim) {
        if line.starts_with("class \"") {
            class = Some(quoted(line));
        } else if line.starts_with("over \"Plant\"") {
            class = None;
        } else if let Some(target) = line.strip_prefix("prepend inherits = </") {
            inherited = templates[target.trim_end_matches('>')].clone();
        } else if line.starts_with("uniform token gemba:twin:id") {
            id = quoted(line);
            inherited.drain(..).for_each(|source| add(&source, &id));
        } else if line.contains(":source = ") {
            match &class {
                Some(class) => templates.entry(class.clone()).or_default().push(quoted(line)),
                None => add(&quoted(line), &id),
            }
        }
    }
    found
}

/// Topic and pointer of every value in a payload; a payload that is no object is one value.
fn published(publications: &[Publication]) -> BTreeSet<(String, Option<String>)> {
    fn leaves(value: &serde_json::Value, path: &str, out: &mut Vec<String>) {
        match value {
            serde_json::Value::Object(members) => {
                members
                    .iter()
                    .for_each(|(key, value)| leaves(value, &format!("{path}/{key}"), out));
            }
            _ => out.push(path.to_owned()),
        }
    }
    let mut found = BTreeSet::new();
    for publication in publications {
        let value: serde_json::Value = serde_json::from_str(&publication.payload).unwrap();
        if value.is_object() {
            let mut paths = Vec::new();
            leaves(&value, "", &mut paths);
            found.extend(
                paths
                    .into_iter()
                    .map(|path| (publication.topic.to_string(), Some(path))),
            );
        } else {
            found.insert((publication.topic.to_string(), None));
        }
    }
    found
}

#[test]
fn the_twin_layer_binds_what_is_published_and_nothing_else() {
    let layer = std::fs::read_to_string("../../scenes/pumphouse/plant.usda").unwrap();
    let bound = bound(&layer);
    assert!(bound.len() >= 30, "{} points", bound.len());
    let published = published(&run(&mut PumpHouse::new(1), 2, SECOND));
    let missing: Vec<_> = bound.difference(&published).collect();
    assert!(missing.is_empty(), "points without data: {missing:#?}");
    let listed = UNBOUND
        .iter()
        .map(|(topic, path)| ((*topic).to_owned(), Some((*path).to_owned())))
        .collect();
    let unbound: BTreeSet<_> = published.difference(&bound).cloned().collect();
    assert_eq!(
        unbound, listed,
        "published, bound by no point (left), and listed as such (right)"
    );
}

#[test]
fn rates_are_kept() {
    let rates = Rates {
        fast: Duration::from_millis(40),
        slow: SECOND,
    };
    let out = run(&mut PumpHouse::new(1).with_rates(rates), 10, SECOND);
    let count = |topic: &str| {
        out.iter()
            .filter(|publication| publication.topic.ends_with(topic))
            .count()
    };
    assert_eq!((count("P-101/telemetry"), count("P-101/condition")), (250, 10));
}

/// Waits for `is_there`, at most half a minute.
fn wait_for(what: &str, mut is_there: impl FnMut() -> bool) {
    let deadline = clock::instant() + 30 * SECOND;
    while !is_there() {
        assert!(clock::instant() < deadline, "{what}: not within 30 s");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn what_is_published_arrives_over_a_real_broker() {
    let broker = EmbeddedBroker::start().unwrap();
    let config = ConnectionConfig::plain("127.0.0.1", broker.port());
    let (router, issues) = TopicRouter::new([
        ("gemba/pumphouse/P-101/telemetry", Some("/speed_rpm"), TagId(0)),
        ("gemba/pumphouse/TK-201/level", None, TagId(1)),
    ]);
    assert!(issues.is_empty(), "{issues:?}");
    let table = Arc::new(TagTable::new(2));
    let source = Source::start("plant", config.clone(), router, Arc::clone(&table)).unwrap();
    let publisher = Publisher::start(config, PublisherOptions::default()).unwrap();
    let mut changed = Vec::new();
    let mut newest = BTreeMap::new();
    let before = clock::now();
    wait_for("a speed and a level", || {
        table.drain_dirty(&mut changed);
        newest.extend(changed.drain(..));
        newest.len() == 2
    });
    let speed = &newest[&TagId(0)];
    assert!(
        matches!(speed.value, Some(Value::Number(rpm)) if (1300.0..1550.0).contains(&rpm)),
        "{speed:?}"
    );
    assert!(matches!(newest[&TagId(1)].value, Some(Value::Number(pct)) if (50.0..70.0).contains(&pct)));
    let age_nanos = speed.source_time.unwrap().0 - before.0;
    assert!(
        age_nanos.abs() < 30_000_000_000,
        "the payload's own time is {age_nanos} ns off"
    );
    assert!(publisher.counters().published > 0 && publisher.counters().connected == 1);
    drop(publisher);
    drop(source);
}

#[test]
fn the_plant_runs_on_without_a_broker_and_drops_are_counted() {
    // A port that was free a moment ago: nobody listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let publisher = Publisher::start(
        ConnectionConfig::plain("127.0.0.1", port),
        PublisherOptions::default(),
    )
    .unwrap();
    wait_for("drops", || publisher.counters().dropped > 0);
    assert_eq!(publisher.counters().connected, 0);
    let started = clock::instant();
    drop(publisher);
    assert!(clock::instant() - started < 5 * SECOND, "it did not stop");
}

/// Publishes one command as any client of the broker can.
fn send_command(port: u16, payload: &str) {
    let mut options = rumqttc::MqttOptions::new("operator", "127.0.0.1", port);
    options.set_keep_alive(5 * SECOND);
    let (client, mut connection) = rumqttc::Client::new(options, 8);
    let topic = PlantKind::Bottling.command_topic().unwrap();
    client
        .publish(topic, rumqttc::QoS::AtLeastOnce, false, payload)
        .unwrap();
    for event in connection.iter() {
        if let rumqttc::Event::Incoming(rumqttc::Packet::PubAck(_)) = event.unwrap() {
            return;
        }
    }
}

#[test]
fn a_command_over_the_broker_jams_the_capper_and_all_of_it_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.jsonl");
    let broker = EmbeddedBroker::start().unwrap();
    let config = ConnectionConfig::plain("127.0.0.1", broker.port());
    let (router, issues) =
        TopicRouter::new([("gemba/bottling/filling/CP-301/state", Some("/state"), TagId(0))]);
    assert!(issues.is_empty(), "{issues:?}");
    let table = Arc::new(TagTable::new(1));
    let source = Source::start("plant", config.clone(), router, Arc::clone(&table)).unwrap();
    let options = PublisherOptions {
        plant: PlantKind::Bottling,
        speed: 5.0,
        record: Some(path.clone()),
        ..PublisherOptions::default()
    };
    let publisher = Publisher::start(config, options).unwrap();
    let mut changed = Vec::new();
    let mut wait_for_state = |what: &str, state: f64| {
        wait_for(what, || {
            table.drain_dirty(&mut changed);
            let newest = changed.drain(..).next_back();
            newest.is_some_and(|(_, sample)| sample.value == Some(Value::Number(state)))
        });
    };
    wait_for_state("execute", 6.0);
    send_command(
        broker.port(),
        r#"{"inject": "jam", "at": "CP-301", "grow": "1s"}"#,
    );
    wait_for_state("aborted", 9.0);
    send_command(broker.port(), "no command at all");
    send_command(broker.port(), r#"{"clear": "all"}"#);
    wait_for_state("execute again", 6.0);
    drop(publisher);
    drop(source);
    let record = std::fs::read_to_string(path).unwrap();
    let lines: Vec<serde_json::Value> = record
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(lines.is_sorted_by_key(|line| (line["t"].as_f64().unwrap() * 1e3) as u64));
    let states = lines
        .iter()
        .filter(|line| line["topic"] == "gemba/bottling/filling/CP-301/state");
    let states: BTreeSet<u64> = states
        .map(|line| line["payload"]["state"].as_f64().unwrap() as u64)
        .collect();
    assert!([6, 9].iter().all(|state| states.contains(state)), "{states:?}");
}

#[test]
fn the_pump_house_takes_no_faults_and_says_which_plant_does() {
    let options = PublisherOptions {
        faults: vec!["bearing-wear@P-121".parse().unwrap()],
        ..PublisherOptions::default()
    };
    let error = record(&options, SECOND, std::io::sink()).unwrap_err();
    let SimulationError::Fault(error) = error else {
        panic!("{error:?}");
    };
    assert!(error.to_string().contains("`--plant bottling`"), "{error}");
    assert_eq!("bottling".parse(), Ok(PlantKind::Bottling));
    let error = "botling".parse::<PlantKind>().unwrap_err().to_string();
    assert!(error.contains("did you mean `bottling`?"), "{error}");
}
