//! Each panel, used as a person does: found by its accessible label, clicked, and asked what it asked for.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod dock;
mod drive;
mod headset;
mod overlays;
mod section;
mod timeline;
mod toolbar;

use std::{cell::RefCell, rc::Rc, time::Duration};

use drive::{harness, path};
use egui_kittest::kittest::Queryable;
use gemba_model::{Issue, Quality};
use gemba_panels::*;

fn row(text: &str, subtree_len: u32, twin: Option<&str>) -> TreeRow {
    let path = path(text);
    TreeRow {
        name: path.name().into(),
        type_name: "Xform".into(),
        twin: twin.map(Into::into),
        depth: u16::try_from(text.matches('/').count() - 1).expect("a depth"),
        path,
        subtree_len,
    }
}

/// `/Plant` with 60 halls of one pump each: more than a screenful, so halls are folded at first.
fn plant() -> TreeModel {
    let mut rows = vec![row("/Plant", 121, None)];
    for hall in 0..60 {
        rows.push(row(&format!("/Plant/Hall_{hall}"), 2, None));
        rows.push(row(
            &format!("/Plant/Hall_{hall}/Pump_{hall}"),
            1,
            Some(&format!("P-{hall}")),
        ));
    }
    TreeModel {
        rows: rows.into(),
        revision: 1,
        selected: None,
    }
}

#[test]
fn the_tree_unfolds_selects_and_focuses() {
    let model = plant();
    let mut view = TreeView::default();
    let (mut harness, asked) = harness(|ui, commands| plant_tree_ui(ui, &model, &mut view, commands));
    assert!(
        harness.query_by_label("Hall_3").is_none(),
        "60 halls do not fit a screen: folded"
    );
    harness.get_by_label("Unfold Plant").click();
    harness.run_ok();
    harness.get_by_label("Unfold Hall_3").click();
    harness.run_ok();
    harness.get_by_label("Pump_3").click();
    harness.run_ok();
    assert_eq!(
        *asked.borrow(),
        [ViewerCommand::SelectPrim {
            prim: path("/Plant/Hall_3/Pump_3")
        }]
    );
    harness.get_by_label("Fold Plant").click();
    harness.run_ok();
    assert!(harness.query_by_label("Pump_3").is_none());
}

#[test]
fn the_tree_draws_only_what_is_in_sight() {
    let mut rows = vec![row("/Plant", 50_001, None)];
    rows.extend((0..50_000).map(|at| row(&format!("/Plant/Part_{at}"), 1, None)));
    let model = TreeModel {
        rows: rows.into(),
        revision: 1,
        selected: Some(40_000),
    };
    let mut view = TreeView::default();
    let (harness, _) = harness(|ui, commands| plant_tree_ui(ui, &model, &mut view, commands));
    let drawn = harness.query_all_by_label_contains("Part_").count();
    assert!((5..80).contains(&drawn), "{drawn} rows drawn");
    assert!(
        harness.query_by_label("Part_39999").is_some(),
        "the selection is scrolled into sight"
    );
}

#[test]
fn the_tree_filters_by_name_and_twin_and_clears() {
    let model = plant();
    let mut view = TreeView::default();
    let (mut harness, _) = harness(|ui, commands| plant_tree_ui(ui, &model, &mut view, commands));
    harness.get_by_label("Filter").focus();
    harness.run_ok();
    harness.event(egui::Event::Text("p-41".into()));
    harness.run_ok();
    assert!(harness.query_by_label("Pump_41").is_some());
    assert!(
        harness.query_by_label("Hall_41").is_some(),
        "what it hangs under stays"
    );
    assert!(harness.query_by_label("Hall_40").is_none());
    harness.event(egui::Event::Text(" no such thing".into()));
    harness.run_ok();
    assert!(harness.query_by_label("No prim matches the filter.").is_some());
    harness.get_by_label("Clear filter").click();
    harness.run_ok();
    assert!(harness.query_by_label("Plant").is_some());
}

fn point(name: &str, quality: Option<Quality>, limit: LimitState) -> PointRow {
    PointRow {
        name: name.into(),
        value: "81.4".into(),
        unit: "°C".into(),
        quality,
        age: Some(Duration::from_millis(2_300)),
        limit,
        source: "plant:acme/p101#/bearing_c".into(),
        trend: Trend {
            values: (0..60_u8).map(|at| Some(f32::from(at % 7))).collect(),
            step: Duration::from_secs(1),
        },
    }
}

fn neighbour(id: &str, name: &str) -> Neighbour {
    Neighbour {
        name: name.into(),
        id: id.into(),
        path: path(&format!("/Plant/{}", id.replace('-', "_"))),
    }
}

fn inspected() -> InspectorModel {
    InspectorModel {
        prim: Some(PrimSummary {
            path: path("/Plant/P_101/Impeller"),
            name: "Impeller".into(),
            type_name: "Mesh".into(),
            facts: vec![("Triangles", "1 200".to_owned())],
        }),
        twin: Some(TwinSummary {
            id: "P-101".into(),
            name: "Feed pump".into(),
            class: Some("CentrifugalPump".into()),
            level: None,
            path: path("/Plant/P_101"),
        }),
        fed_by: vec![neighbour("TK-101", "Syrup tank")],
        feeds: vec![neighbour("HX-101", "Pasteuriser")],
        points: vec![
            point("Bearing temperature", Some(Quality::Good), LimitState::High),
            point("Speed", Some(Quality::Stale), LimitState::Within),
            point("Flow", None, LimitState::Unlimited),
        ],
    }
}

#[test]
fn the_inspector_says_value_unit_quality_age_and_limit_in_words() {
    let model = inspected();
    let (mut harness, asked) = harness(|ui, commands| inspector_ui(ui, &model, commands));
    for text in [
        "Feed pump",
        "P-101",
        "CentrifugalPump",
        "Bearing temperature",
        "good",
        "high",
        "stale",
        "no data",
    ] {
        assert!(harness.query_by_label(text).is_some(), "`{text}` is shown");
    }
    assert_eq!(harness.query_all_by_label("81.4").count(), 3);
    assert_eq!(harness.query_all_by_label("°C").count(), 3);
    assert_eq!(harness.query_all_by_label("2 s ago").count(), 3);
    harness.get_by_label("Select the whole twin").click();
    harness.run_ok();
    harness.get_by_label("Focus").click();
    harness.run_ok();
    harness.get_by_label("Clear selection").click();
    harness.run_ok();
    let twin = path("/Plant/P_101");
    assert_eq!(
        *asked.borrow(),
        [
            ViewerCommand::SelectPrim { prim: twin.clone() },
            ViewerCommand::FocusPrim { prim: twin },
            ViewerCommand::ClearSelection
        ]
    );
}

#[test]
fn the_inspector_leads_to_what_feeds_the_machine_and_to_what_it_feeds() {
    let model = inspected();
    let (mut harness, asked) = harness(|ui, commands| inspector_ui(ui, &model, commands));
    for title in ["Fed by", "Feeds"] {
        assert!(harness.query_by_label(title).is_some(), "`{title}` is shown");
    }
    for name in ["Syrup tank", "Pasteuriser"] {
        harness.get_by_label(name).click();
        harness.run_ok();
    }
    assert_eq!(
        *asked.borrow(),
        ["/Plant/TK_101", "/Plant/HX_101"].map(|prim| ViewerCommand::SelectPrim { prim: path(prim) })
    );
    let alone = InspectorModel {
        fed_by: Vec::new(),
        feeds: Vec::new(),
        ..inspected()
    };
    let (harness, _) = drive::harness(|ui, commands| inspector_ui(ui, &alone, commands));
    assert!(harness.query_by_label("Fed by").is_none());
}

#[test]
fn the_inspector_isolates_and_hides_what_it_names() {
    let prim_alone = InspectorModel {
        twin: None,
        ..inspected()
    };
    for (model, named) in [
        (inspected(), path("/Plant/P_101")),
        (prim_alone, path("/Plant/P_101/Impeller")),
    ] {
        let (mut harness, asked) = harness(|ui, commands| inspector_ui(ui, &model, commands));
        harness.get_by_label("Isolate").click();
        harness.run_ok();
        harness.get_by_label("Hide").click();
        harness.run_ok();
        let prims = vec![named.clone()];
        assert_eq!(
            *asked.borrow(),
            [
                ViewerCommand::Isolate { prims },
                ViewerCommand::Hide { prim: named }
            ]
        );
    }
}

#[test]
fn the_inspector_says_what_to_do_when_nothing_is_selected() {
    let model = InspectorModel::default();
    let (harness, _) = harness(|ui, commands| inspector_ui(ui, &model, commands));
    assert!(harness.query_by_label("Nothing is selected").is_some());
}

fn connection(phase: LinkPhase) -> ConnectionRow {
    ConnectionRow {
        name: "plant".into(),
        address: "mqtts://broker:8883".into(),
        phase,
        reason: Some("the broker refused the password".into()),
        remedy: Some("check GEMBA_PLANT_PASSWORD".into()),
        counters: vec![("messages", 12_345), ("dropped", 0)],
        tags: 7,
        since: Some(Duration::from_secs(90)),
    }
}

#[test]
fn connections_say_their_state_why_and_what_to_do() {
    let phases = [
        LinkPhase::Live,
        LinkPhase::Connecting,
        LinkPhase::Waiting,
        LinkPhase::Failed,
        LinkPhase::Off,
    ];
    let model = ConnectionsModel {
        connections: phases.map(connection).into(),
    };
    let (harness, _) = harness(|ui, _| connections_ui(ui, &model));
    for word in ["live", "connecting", "down, trying again", "failed", "off"] {
        assert!(harness.query_by_label(word).is_some(), "`{word}` is shown");
    }
    assert_eq!(
        harness
            .query_all_by_label("the broker refused the password")
            .count(),
        5
    );
    assert_eq!(
        harness
            .query_all_by_label("To do: check GEMBA_PLANT_PASSWORD")
            .count(),
        5
    );
    assert_eq!(harness.query_all_by_label_contains("12 345 messages").count(), 5);
}

#[test]
fn an_issue_leads_to_its_prim() {
    let issues = vec![
        Issue::note("usd.read", "a note", "nothing"),
        Issue::error("twin.unknown-unit", "the unit `degC` is unknown", "write `Cel`")
            .in_file("plant.usda")
            .at_line(12)
            .on_prim(path("/Plant/P_101")),
    ];
    let model = IssuesModel {
        issues: issues.into(),
        revision: 1,
    };
    let mut view = IssuesView::default();
    let (mut harness, asked) = harness(|ui, commands| issues_ui(ui, &model, &mut view, commands));
    harness.get_by_label("the unit `degC` is unknown").click();
    harness.run_ok();
    assert!(harness.query_by_label("plant.usda:12").is_some());
    assert!(harness.query_by_label("To do: write `Cel`").is_some());
    harness.get_by_label("/Plant/P_101").click();
    harness.run_ok();
    let prim = path("/Plant/P_101");
    assert_eq!(
        *asked.borrow(),
        [
            ViewerCommand::SelectPrim { prim: prim.clone() },
            ViewerCommand::FocusPrim { prim }
        ]
    );
    harness.get_by_label("error: twin.unknown-unit (1)").click();
    harness.run_ok();
    assert_eq!(
        harness.query_all_by_label("the unit `degC` is unknown").count(),
        1,
        "folded; the picked one stays"
    );
}

#[test]
fn ten_thousand_issues_draw_only_what_is_in_sight() {
    let issues: Vec<Issue> = (0..10_000)
        .map(|at| Issue::warning("usd.x", format!("issue {at}"), "mend it"))
        .collect();
    let model = IssuesModel {
        issues: issues.into(),
        revision: 1,
    };
    let mut view = IssuesView::default();
    let (harness, _) = harness(|ui, commands| issues_ui(ui, &model, &mut view, commands));
    assert!(harness.query_all_by_label_contains("issue ").count() < 100);
    assert!(harness.query_by_label("warning: usd.x (10000)").is_some());
}

#[test]
fn the_status_bar_cannot_be_mistaken() {
    for (liveness, word) in [
        (Liveness::Live, "LIVE"),
        (Liveness::Partly, "PARTLY LIVE"),
        (Liveness::Down, "NOT LIVE"),
        (Liveness::NoLinks, "NO LIVE DATA"),
        (Liveness::Past, "REPLAY"),
    ] {
        let model = StatusModel {
            liveness,
            live_links: 1,
            links: 2,
            points_without_fresh_value: 3,
            points: 9,
            prims: 6_700,
            triangles: 1_234_567,
            sensor_to_pixel: None,
            frame_millis: 16.6,
            busy: None,
        };
        let (harness, _) = harness(|ui, _| {
            status_ui(ui, &model, (0, 0));
        });
        assert!(harness.query_by_label(word).is_some(), "`{word}` is shown");
        assert!(harness.query_by_label("1 of 2 connections live").is_some());
        assert!(
            harness
                .query_by_label("3 of 9 points without a fresh value")
                .is_some()
        );
        assert!(harness.query_by_label_contains("1 234 567 triangles").is_some());
    }
}

#[test]
fn the_status_bar_says_how_old_values_are_when_they_are_seen() {
    for (millis, said) in [
        (84, "sensor to pixel 84 ms   16.6 ms a frame"),
        (2_300, "sensor to pixel 2.3 s"),
    ] {
        let model = StatusModel {
            sensor_to_pixel: Some(Duration::from_millis(millis)),
            frame_millis: 16.6,
            ..StatusModel::default()
        };
        let (harness, _) = harness(|ui, _| {
            status_ui(ui, &model, (0, 0));
        });
        assert!(harness.query_by_label_contains(said).is_some(), "{said}");
    }
}

#[test]
fn loading_says_what_and_how_far_and_why_not() {
    let card = |model: LoadingModel| {
        let (harness, _) = harness(move |ui, _| loading_ui(ui, ui.max_rect(), &model));
        harness
    };
    let loading = card(LoadingModel::Loading {
        file: "plant.usda".into(),
        doing: "Composing".into(),
        ratio: Some(0.42),
    });
    assert!(loading.query_by_label("Opening plant.usda").is_some());
    assert!(loading.query_by_label("Composing: 42 %").is_some());
    let failed = card(LoadingModel::Failed {
        file: "plant.usdc".into(),
        message: "it is cut off; copy it again".into(),
    });
    assert!(failed.query_by_label("This plant cannot be shown").is_some());
    assert!(failed.query_by_label("it is cut off; copy it again").is_some());
    assert!(
        card(LoadingModel::Empty)
            .query_by_label("No plant is open")
            .is_some()
    );
    assert!(
        card(LoadingModel::Ready)
            .query_by_label_contains("plant")
            .is_none()
    );
}

#[test]
fn without_limits_the_panel_names_the_attribute_that_gives_one() {
    let model = LimitsModel::default();
    let (harness, _) = harness(|ui, commands| limits_ui(ui, &model, commands));
    assert!(harness.query_by_label_contains("gemba:point:NAME:high").is_some());
}

#[test]
fn the_desktop_switches_panels_and_modes() {
    let model = DesktopModel {
        tree: plant(),
        inspector: inspected(),
        loading: LoadingModel::Ready,
        toolbar: ToolbarModel {
            plant: "plant.usda".into(),
            labels_shown: true,
            ..ToolbarModel::default()
        },
        ..DesktopModel::default()
    };
    let mut view = DesktopView::default();
    let free = Rc::new(RefCell::new(egui::Rect::NOTHING));
    let seen = free.clone();
    let (mut harness, asked) = harness(move |ui, commands| {
        *seen.borrow_mut() = desktop_ui(ui, &model, &mut view, commands);
    });
    let with_panels = *free.borrow();
    harness.get_by_label("Walk").click();
    harness.run_ok();
    harness.get_by_label("Labels").click();
    harness.run_ok();
    assert_eq!(
        *asked.borrow(),
        [
            ViewerCommand::SetNavigation {
                mode: NavigationMode::Walk
            },
            ViewerCommand::ShowLabels { shown: false }
        ]
    );
    harness.get_by_label("Issues 0").click();
    harness.run_ok();
    assert!(harness.query_by_label("No issues").is_some());
    harness.get_by_label("Details").click();
    harness.run_ok();
    harness.get_by_label("Tree").click();
    harness.run_ok();
    assert!(
        free.borrow().width() > with_panels.width() + 300.0,
        "the plant gets the room"
    );
}

#[test]
fn the_keys_are_listed() {
    let mut open = true;
    let (harness, _) = harness(move |ui, _| help_ui(ui, &mut open));
    for (_, keys) in KEYS {
        for (key, _) in *keys {
            assert!(
                harness.query_all_by_label(key).next().is_some(),
                "`{key}` is listed"
            );
        }
    }
}

fn beyond(twin: &str, state: LimitState, quality: Quality) -> LimitRow {
    LimitRow {
        twin: twin.into(),
        prim: path(&format!("/Plant/{twin}")),
        point: "Bearing temperature".into(),
        value: "96.20 °C".to_owned(),
        limit: "95 °C".to_owned(),
        state,
        quality,
        for_time: Duration::from_secs(134),
    }
}

#[test]
fn points_beyond_limits_are_said_in_words_and_lead_to_their_twin() {
    let model = LimitsModel {
        rows: vec![
            beyond("P_102", LimitState::HighHigh, Quality::Good),
            beyond("P_103", LimitState::Low, Quality::Stale),
        ],
        limited_points: 12,
    };
    assert_eq!(model.counts(), (1, 1));
    let (mut harness, asked) = harness(|ui, commands| limits_ui(ui, &model, commands));
    for said in ["high high", "low", "stale", "Bearing temperature, limit 95 °C"] {
        assert!(harness.query_all_by_label(said).next().is_some(), "{said}");
    }
    harness.get_by_label("P_103").click();
    harness.run_ok();
    let select = |twin: &str| ViewerCommand::SelectPrim {
        prim: path(&format!("/Plant/{twin}")),
    };
    assert_eq!(*asked.borrow(), [select("P_103")]);
    asked.borrow_mut().clear();
    harness
        .query_all_by_label("Go")
        .next()
        .expect("the first row's button")
        .click();
    harness.run_ok();
    let focus = ViewerCommand::FocusPrim {
        prim: path("/Plant/P_102"),
    };
    assert_eq!(*asked.borrow(), [select("P_102"), focus]);
}

#[test]
fn in_a_narrow_panel_the_name_is_cut_and_never_the_value() {
    let model = LimitsModel {
        limited_points: 1,
        rows: vec![beyond(
            "Turbine_generator_of_the_north_hall",
            LimitState::High,
            Quality::Good,
        )],
    };
    let value = model.rows[0].value.clone();
    let (mut harness, _) = harness(move |ui, commands| limits_ui(ui, &model, commands));
    harness.set_size(egui::Vec2::new(170.0, 300.0));
    harness.run_ok();
    let name = harness.get_by_label_contains("Turb").rect();
    let value = harness.get_by_label(&value).rect();
    assert!(value.width() > 20.0 && value.right() < 170.0, "{value:?}");
    assert!(name.right() <= value.left(), "{name:?} and {value:?}");
}

#[test]
fn no_point_beyond_a_limit_is_good_news_only_where_there_are_limits() {
    for (limited_points, title) in [(0, "No limits"), (7, "Within limits")] {
        let model = LimitsModel {
            limited_points,
            ..LimitsModel::default()
        };
        let (harness, _) = harness(|ui, commands| limits_ui(ui, &model, commands));
        assert!(harness.query_by_label(title).is_some(), "{title}");
    }
}

#[test]
fn the_status_bar_leads_to_the_points_beyond_limits() {
    let model = DesktopModel {
        limits: LimitsModel {
            rows: vec![beyond("P_102", LimitState::High, Quality::Good)],
            limited_points: 3,
        },
        ..DesktopModel::default()
    };
    let view = Rc::new(RefCell::new(DesktopView::default()));
    view.borrow_mut().dock.set_details_open(false);
    let shared = view.clone();
    let (mut harness, _) = harness(move |ui, commands| {
        desktop_ui(ui, &model, &mut shared.borrow_mut(), commands);
    });
    harness.get_by_label("1 beyond limits").click();
    harness.run_ok();
    assert!(view.borrow().dock.is_in_front(PanelKind::Limits));
    assert!(harness.query_by_label("P_102").is_some());
}
