//! Sound bindings: what the tables hold.

use std::{f64::consts::TAU, time::Duration};

use gemba_model::TagId;
use gemba_twin::{Brightness, EffectKind, Flow, PointIndex, TwinIndex, Window};

use crate::fixture::{planned, pump};

/// Two pumps of one template and a tank that shares a tag with the first.
const WORKS: &str = r#"
/Plant/P_101
= GembaTwinAPI GembaPointAPI:speed GembaPointAPI:bearingTemp GembaEffectAPI:spin GembaEffectAPI:heat
gemba:twin:id "P-101"
gemba:twin:class "CentrifugalPump"
gemba:twin:level "equipment"
gemba:point:speed:source "plant:acme/{class}/{id}#/speed_rpm"
gemba:point:speed:unit "r/min"
gemba:point:bearingTemp:source "plant:acme/{class}/{id}#/bearing_c"
gemba:point:bearingTemp:displayName "Bearing temperature"
gemba:point:bearingTemp:unit "Cel"
gemba:point:bearingTemp:high 80
gemba:point:bearingTemp:highHigh 95
gemba:point:bearingTemp:deadband 1.5
gemba:point:bearingTemp:onDelay 5
gemba:point:bearingTemp:staleAfter 20
gemba:effect:spin:kind "rotate"
gemba:effect:spin:point "speed"
gemba:effect:spin:target </Plant/P_101/Impeller>
gemba:effect:heat:kind "color"
gemba:effect:heat:point "bearingTemp"
gemba:effect:heat:domain (20, 100)
/Plant/P_101/Impeller
/Plant/T_1
= GembaTwinAPI GembaPointAPI:pumpTemp GembaPointAPI:level
gemba:twin:id "T-1"
gemba:twin:name "Buffer tank"
gemba:point:pumpTemp:source "plant:acme/CentrifugalPump/P-101#/bearing_c"
gemba:point:pumpTemp:staleAfter 4
gemba:point:level:source "line2:tanks/{id}/level"
gemba:connects </Plant/P_101>
"#;

#[test]
fn tables_of_a_works() {
    let (plan, issues) = planned(WORKS);
    assert_eq!(issues, []);
    let twins: Vec<_> = plan
        .twins
        .iter()
        .map(|twin| (&*twin.id, &*twin.name, twin.class.as_deref()))
        .collect();
    assert_eq!(
        twins,
        [
            ("P-101", "P-101", Some("CentrifugalPump")),
            ("T-1", "Buffer tank", None)
        ]
    );
    assert_eq!(plan.twins[0].level.as_deref(), Some("equipment"));

    let points: Vec<_> = plan
        .points
        .iter()
        .map(|it| (it.twin, &*it.name, &*it.label, it.tag))
        .collect();
    assert_eq!(
        points,
        [
            (TwinIndex(0), "speed", "speed", Some(TagId(0))),
            (TwinIndex(0), "bearingTemp", "Bearing temperature", Some(TagId(1))),
            (TwinIndex(1), "pumpTemp", "pumpTemp", Some(TagId(1))),
            (TwinIndex(1), "level", "level", Some(TagId(2))),
        ]
    );
    let limits = &plan.points[1].limits;
    assert_eq!(
        (limits.low, limits.high, limits.high_high),
        (None, Some(80.0), Some(95.0))
    );
    assert_eq!(
        (limits.deadband, limits.on_delay, limits.off_delay),
        (1.5, Duration::from_secs(5), Duration::ZERO)
    );

    let tags: Vec<_> = plan
        .tags
        .iter()
        .map(|tag| (tag.source.to_string(), tag.stale_after.as_secs()))
        .collect();
    assert_eq!(
        tags,
        [
            ("plant:acme/CentrifugalPump/P-101#/speed_rpm".to_owned(), 10),
            ("plant:acme/CentrifugalPump/P-101#/bearing_c".to_owned(), 4),
            ("line2:tanks/T-1/level".to_owned(), 10),
        ]
    );
    let connections: Vec<_> = plan
        .connections
        .iter()
        .map(|it| (&*it.name, it.tags.as_slice()))
        .collect();
    assert_eq!(
        connections,
        [("line2", &[TagId(2)][..]), ("plant", &[TagId(0), TagId(1)])]
    );

    let effects: Vec<_> = plan
        .effects
        .iter()
        .map(|it| (&*it.name, it.point, it.targets[0].index()))
        .collect();
    assert_eq!(effects, [("spin", PointIndex(0), 2), ("heat", PointIndex(1), 1)]);
    assert_eq!(
        plan.flows,
        [Flow {
            from: TwinIndex(1),
            to: TwinIndex(0)
        }]
    );
    assert_eq!(
        plan.effects[0].kind,
        EffectKind::Rotate {
            axis: [0.0, 0.0, 1.0],
            rad_per_unit: TAU / 60.0,
            is_speed: true
        }
    );
    let EffectKind::Color { domain, ramp } = &plan.effects[1].kind else {
        panic!("{:?}", plan.effects[1])
    };
    assert_eq!((*domain, ramp.len()), ([20.0, 100.0], 9));
}

/// The one effect `e` of a pump with these attributes.
fn effect(attributes: &str) -> EffectKind {
    let attributes = attributes.replace("e:", "gemba:effect:e:");
    let (plan, issues) = planned(&pump(&format!(
        "= GembaEffectAPI:e\ngemba:effect:e:point \"speed\"\n{attributes}"
    )));
    assert_eq!(issues, []);
    plan.effects[0].kind.clone()
}

#[test]
fn domains_that_are_not_written() {
    for (kind, attributes, expected) in [
        (
            "color",
            "gemba:point:speed:high 80\ngemba:point:speed:highHigh 95",
            [0.0, 95.0],
        ),
        (
            "color",
            "gemba:point:speed:low 10\ngemba:point:speed:high 80",
            [10.0, 80.0],
        ),
        (
            "color",
            "gemba:point:speed:lowLow -5\ngemba:point:speed:low 0\ngemba:point:speed:high 9",
            [-5.0, 9.0],
        ),
        ("emissive", "", [0.0, 1.0]),
        (
            "emissive",
            "gemba:point:speed:low 1\ngemba:point:speed:high 2",
            [1.0, 2.0],
        ),
        ("level", "gemba:point:speed:unit \"%\"", [0.0, 100.0]),
        ("level", "e:domain (100, 0)", [100.0, 0.0]),
    ] {
        let kind = effect(&format!("e:kind \"{kind}\"\n{attributes}"));
        let (EffectKind::Color { domain, .. }
        | EffectKind::Emissive {
            brightness: Brightness::Ramp(domain),
            ..
        }
        | EffectKind::Level { domain, .. }) = kind
        else {
            panic!("{kind:?}")
        };
        assert_eq!(domain, expected, "{attributes}");
    }
}

#[test]
fn rotations() {
    for (attributes, expected) in [
        ("e:ratio 0.5", ([0.0, 0.0, 1.0], TAU / 120.0, true)),
        (
            "e:axis \"X\"\ngemba:point:speed:unit \"deg\"",
            ([1.0, 0.0, 0.0], 1_f64.to_radians(), false),
        ),
        (
            "e:axis \"-Y\"\ngemba:point:speed:unit \"Hz\"",
            ([-0.0, -1.0, -0.0].map(|it: f64| it + 0.0), TAU, true),
        ),
        (
            "e:axisVector (0, 3, 4)\ngemba:point:speed:unit \"rad/s\"",
            ([0.0, 0.6, 0.8], 1.0, true),
        ),
        (
            "e:domain (0, 100)\ne:range (0, 90)\ngemba:point:speed:unit \"%\"",
            ([0.0, 0.0, 1.0], 0.9_f64.to_radians(), false),
        ),
    ] {
        let EffectKind::Rotate {
            axis,
            rad_per_unit,
            is_speed,
        } = effect(&format!("e:kind \"rotate\"\n{attributes}"))
        else {
            panic!("{attributes}")
        };
        assert_eq!((axis, is_speed), (expected.0, expected.2), "{attributes}");
        assert!(
            (rad_per_unit - expected.1).abs() < 1e-12,
            "{attributes}: {rad_per_unit}"
        );
    }
}

#[test]
fn translations() {
    assert_eq!(
        effect("e:kind \"translate\"\ne:axis \"X\"\ne:domain (0, 100)\ne:range (-5, 20)"),
        EffectKind::Translate {
            axis: [1.0, 0.0, 0.0],
            domain: [0.0, 100.0],
            range: [-5.0, 20.0]
        }
    );
    // The fixture's stage is in centimetres.
    assert_eq!(
        effect("e:kind \"translate\"\ne:domain (0, 500)\ngemba:point:speed:unit \"mm\""),
        EffectKind::Translate {
            axis: [0.0, 0.0, 1.0],
            domain: [0.0, 500.0],
            range: [0.0, 50.0]
        }
    );
}

#[test]
fn conveyors() {
    // The fixture's stage is in centimetres.
    assert_eq!(
        effect("e:kind \"convey\"\ne:axis \"X\"\ne:pitch 0.08\ngemba:point:speed:unit \"m/s\""),
        EffectKind::Convey {
            axis: [1.0, 0.0, 0.0],
            units_per_secs: 100.0,
            pitch: 8.0
        }
    );
    assert_eq!(
        effect("e:kind \"convey\"\ne:pitch 2\ngemba:point:speed:unit \"cm/s\""),
        EffectKind::Convey {
            axis: [0.0, 0.0, 1.0],
            units_per_secs: 1.0,
            pitch: 200.0
        }
    );
}

#[test]
fn plumes() {
    let defaults = EffectKind::Plume {
        axis: [0.0, 0.0, 1.0],
        domain: [0.0, 1.0],
        length_m: 2.0,
        color: [0.86, 0.88, 0.9],
    };
    assert_eq!(effect("e:kind \"plume\""), defaults, "of a switch");
    assert_eq!(
        effect("e:kind \"plume\"\ne:axis \"Y\"\ne:domain (5, 40)\ne:length 6.5\ne:color (1, 0.5, 0.25)"),
        EffectKind::Plume {
            axis: [0.0, 1.0, 0.0],
            domain: [5.0, 40.0],
            // Metres, whatever the stage's unit is.
            length_m: 6.5,
            color: [1.0, 0.5, 0.25],
        }
    );
}

/// Two areas of one works; a twin between an area and a machine has no say, and an area is in itself.
#[test]
fn an_area_is_the_closest_twin_of_that_level() {
    let (plan, issues) = planned(
        "/Works/Utilities\n= GembaTwinAPI GembaPointAPI:power\ngemba:twin:id \"utilities\"\ngemba:twin:level \"area\"\n\
         gemba:point:power:source \"plant:acme/{area}/{id}#/kw\"\n\
         /Works/Utilities/Steam\n= GembaTwinAPI GembaPointAPI:power\ngemba:twin:id \"STEAM\"\n\
         gemba:twin:level \"processCell\"\ngemba:point:power:source \"plant:acme/{area}/{id}#/kw\"\n\
         /Works/Utilities/Steam/Rack/P_1\n= GembaTwinAPI GembaPointAPI:power\ngemba:twin:id \"P-1\"\n\
         gemba:point:power:source \"plant:acme/{area}/{id}#/kw\"\n\
         /Works/UtilitiesWest/P_2\n= GembaTwinAPI GembaPointAPI:power\ngemba:twin:id \"P-2\"\n\
         gemba:point:power:source \"plant:acme/{area}/{id}#/kw\"",
    );
    let sources: Vec<String> = plan.tags.iter().map(|tag| tag.source.to_string()).collect();
    assert_eq!(
        sources,
        [
            "plant:acme/utilities/utilities#/kw",
            "plant:acme/utilities/STEAM#/kw",
            "plant:acme/utilities/P-1#/kw"
        ]
    );
    let codes: Vec<&str> = issues.iter().map(|issue| &*issue.code).collect();
    assert_eq!(codes, ["twin.bad-placeholder"]);
    assert!(
        issues[0].message.contains("the twin has no area"),
        "{}",
        issues[0]
    );
    assert!(
        issues[0].remedy.contains("`gemba:twin:level` is `area`"),
        "{}",
        issues[0]
    );
}

#[test]
fn flows_are_between_twins_and_each_once() {
    let more = "gemba:connects </Plant/P_103> </Plant/P_102> </Plant/P_103>";
    let other = |id: &str| {
        format!(
            "\n/Plant/P_{id}\n= GembaTwinAPI GembaPointAPI:v\ngemba:twin:id \"P-{id}\"\ngemba:point:v:source \"plant:{id}\""
        )
    };
    let (plan, issues) = planned(&(pump(more) + &other("102") + &other("103")));
    assert_eq!(issues, []);
    let ends: Vec<(u32, u32)> = plan.flows.iter().map(|flow| (flow.from.0, flow.to.0)).collect();
    assert_eq!(ends, [(0, 2), (0, 1)]);
}

#[test]
fn labels_ramps_and_lights() {
    assert_eq!(
        effect("e:kind \"label\""),
        EffectKind::Label {
            format: "{value} {unit}".into(),
            decimals: 1
        }
    );
    assert_eq!(
        effect("e:kind \"label\"\ne:format \"{id} {{{name}}}: {value}\"\ne:decimals 0"),
        EffectKind::Label {
            format: "{id} {{{name}}}: {value}".into(),
            decimals: 0
        }
    );
    let EffectKind::Color { ramp, .. } = effect(
        "e:kind \"color\"\ne:domain (0, 1)\ne:rampColors (0, 0, 1, 1, 0, 0)\ne:rampPositions (0.5, 1)",
    ) else {
        panic!("a colour")
    };
    assert_eq!((ramp[0].at, ramp[1].color), (0.5, [1.0, 0.0, 0.0]));
    assert_eq!(
        effect("e:kind \"emissive\"\ne:color (1, 0, 0)\ne:strength 8"),
        EffectKind::Emissive {
            brightness: Brightness::Ramp([0.0, 1.0]),
            color: [1.0, 0.0, 0.0],
            strength: 8.0
        }
    );
}

#[test]
fn a_light_of_some_states_outranks_a_ramp() {
    let EffectKind::Emissive { brightness, .. } =
        effect("e:kind \"emissive\"\ne:domain (5, 6)\ne:windows (5, 5, 14, 10)")
    else {
        panic!("a light")
    };
    let windows = vec![
        Window::between([5.0, 5.0]),
        Window {
            low: 10.0,
            high: 14.0,
        },
    ];
    assert_eq!(brightness, Brightness::Windows(windows.clone()));
    let lit: Vec<u8> = (0..=17)
        .filter(|state| Window::any_holds(&windows, f64::from(*state)))
        .collect();
    assert_eq!(lit, [5, 10, 11, 12, 13, 14]);
    assert!(!Window::any_holds(&windows, 5.01) && !Window::any_holds(&windows, f64::NAN));
}

#[test]
fn what_is_shown_at_some_values() {
    for (attributes, windows) in [
        ("gemba:point:speed:unit \"1\"", vec![[1.0, 1.0]]),
        ("e:domain (1, 3)", vec![[1.0, 3.0]]),
        ("e:domain (6, 6)", vec![[6.0, 6.0]]),
        ("e:domain (3, -1)", vec![[-1.0, 3.0]]),
        (
            "e:domain (0, 9)\ne:windows (2, 2, 4, 5)",
            vec![[2.0, 2.0], [4.0, 5.0]],
        ),
    ] {
        assert_eq!(
            effect(&format!("e:kind \"visibility\"\n{attributes}")),
            EffectKind::Visibility {
                windows: windows.into_iter().map(Window::between).collect()
            },
            "{attributes}"
        );
    }
}

#[test]
fn each_source_has_one_tag_and_ids_are_rows() {
    let mut text = String::new();
    for pump in 0..500 {
        text.push_str(&format!(
            "/P_{pump}\n= GembaTwinAPI GembaPointAPI:a GembaPointAPI:b\ngemba:twin:id \"P-{pump}\"\n\
             gemba:point:a:source \"plant:x/{{id}}#/a\"\ngemba:point:b:source \"plant:x/{{id}}#/b\"\n"
        ));
    }
    let (plan, issues) = planned(&text);
    assert_eq!(issues, []);
    assert_eq!((plan.tags.len(), plan.connections[0].tags.len()), (1_000, 1_000));
    assert!(
        plan.tags
            .iter()
            .zip(&plan.points)
            .enumerate()
            .all(|(row, (_, point))| point.tag == Some(TagId(row as u32)))
    );
}
