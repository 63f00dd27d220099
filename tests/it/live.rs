//! From a published sample to what an instance shows, with the core plugins, a clock set by hand and no GPU.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use bevy::{
    math::{DMat4, DVec3},
    mesh::MeshTag,
    prelude::*,
    time::TimeUpdateStrategy,
};
use gemba::{
    binding::{BindingPlugin, Bindings, Look, SlotIndex, TwinIssues, TwinPlan, ValueRecord, Values},
    command::CommandPlugin,
    plant::{Plant, PlantLoad, PlantPlugin, PrimEntities, PrimRef},
    schedule::SchedulePlugin,
    telemetry::{ConfigSource, Now, Points, Telemetry, TelemetryPlugin, dump},
    timeline::TimelinePlugin,
    visual::PlantMaterial,
};
use gemba_model::{PrimPath, Quality, Sample, TagId, UnixNanos, Value};
use gemba_twin::PointIndex;
use gemba_usd::{
    SceneDoc,
    doc::{Prim, PrimIndex, TwinOpinions, TwinProperty, TwinValue},
};

pub(crate) const FRAME: Duration = Duration::from_millis(16);

pub(crate) fn secs(secs: i64) -> UnixNanos {
    UnixNanos(1_800_000_000_000_000_000 + secs * 1_000_000_000)
}

fn sample(number: f64, at: UnixNanos) -> Sample {
    Sample {
        value: Some(Value::Number(number)),
        quality: Quality::Good,
        source_time: None,
        recv_time: at,
    }
}

fn prim(path: &str, parent: Option<u32>, subtree_len: u32) -> Prim {
    Prim {
        parent: parent.map(PrimIndex),
        subtree_len,
        ..Prim::new(PrimPath::new(path).expect("a path"))
    }
}

/// `/Plant` with `twins` twins below it, each coloured from black at 0 to white at 10 by a temperature.
pub(crate) fn plant_of(twins: u32) -> SceneDoc {
    let mut doc = SceneDoc::default();
    doc.prims.push(prim("/Plant", None, twins + 1));
    for row in 1..=twins {
        doc.prims.push(prim(&format!("/Plant/T{row}"), Some(0), 1));
        let text = |text: String| TwinValue::Text(text);
        let attributes = [
            ("gemba:twin:id", text(format!("T-{row}"))),
            ("gemba:point:t:source", text(format!("plant:hall/{row}#/t"))),
            ("gemba:point:t:unit", text("Cel".to_owned())),
            ("gemba:point:t:staleAfter", TwinValue::Number(10.0)),
            ("gemba:point:t:high", TwinValue::Number(8.0)),
            ("gemba:effect:heat:kind", text("color".to_owned())),
            ("gemba:effect:heat:point", text("t".to_owned())),
            ("gemba:effect:heat:domain", TwinValue::Numbers(vec![0.0, 10.0])),
            (
                "gemba:effect:heat:rampColors",
                TwinValue::Numbers(vec![0.0, 0.0, 0.0, 1.0, 1.0, 1.0]),
            ),
        ];
        let property = |value| TwinProperty {
            value,
            file: None,
            line: None,
        };
        doc.twins.push(TwinOpinions {
            prim: PrimIndex(row),
            api_schemas: ["GembaTwinAPI", "GembaPointAPI:t", "GembaEffectAPI:heat"]
                .map(String::from)
                .to_vec(),
            attributes: attributes
                .into_iter()
                .map(|(name, value)| (name.to_owned(), property(value)))
                .collect(),
            relationships: BTreeMap::new(),
            file: None,
            line: None,
        });
    }
    doc
}

pub(crate) struct TestApp {
    pub(crate) app: App,
    pub(crate) at: UnixNanos,
}

impl TestApp {
    /// An app whose connection `plant` leads to a port that nobody listens on: samples come from the test alone.
    pub(crate) fn new() -> Self {
        let mut app = App::new();
        app.add_plugins((MinimalPlugins, AssetPlugin::default(), TransformPlugin))
            .init_asset::<Mesh>()
            .init_asset::<Image>()
            .init_asset::<Shader>()
            .init_asset::<StandardMaterial>()
            .init_asset::<PlantMaterial>();
        // Without the clock: this test is the clock.
        app.add_plugins((
            SchedulePlugin,
            CommandPlugin,
            PlantPlugin,
            BindingPlugin,
            TelemetryPlugin,
            TimelinePlugin,
        ))
        .insert_resource(TimeUpdateStrategy::ManualDuration(FRAME))
        .insert_resource(ConfigSource {
            file: None,
            urls: vec![("plant".to_owned(), "mqtt://127.0.0.1:9".to_owned())],
            of_plant: None,
        })
        .insert_resource(Now(secs(0)));
        app.finish();
        app.cleanup();
        Self { app, at: secs(0) }
    }

    /// Opens `doc` with an entity for each prim, and waits until its twins are bound.
    pub(crate) fn open(&mut self, doc: SceneDoc) {
        let world = self.app.world_mut();
        let rows = (0..).map(PrimIndex).zip(&doc.prims);
        let entities = rows
            .map(|(index, prim)| {
                (
                    index,
                    PrimRef {
                        index,
                        path: prim.path.clone(),
                    },
                )
            })
            .collect::<Vec<_>>();
        let entities = entities
            .into_iter()
            .map(|(index, prim)| (index, world.spawn(prim).id()))
            .collect();
        world.resource_mut::<PrimEntities>().reset(entities);
        world.insert_resource(PlantLoad::Ready);
        world.insert_resource(Plant {
            file: PathBuf::from("plant.usda"),
            doc: Arc::new(doc),
            world_from_stage: DMat4::IDENTITY,
            origin_m: DVec3::ZERO,
            bounds_m: None,
        });
        self.app.update();
        for _ in 0..100_000 {
            if self.app.world().resource::<Telemetry>().table().is_some() {
                return;
            }
            self.app.update();
            std::thread::yield_now();
        }
        panic!("the twins are not bound");
    }

    pub(crate) fn publish(&self, tag: u32, number: f64) {
        let table = self.app.world().resource::<Telemetry>().table().expect("bound");
        table.publish(TagId(tag), sample(number, self.at));
    }

    /// A frame, `after` the last one.
    pub(crate) fn frame(&mut self, after: Duration) {
        self.at = self.at.after(after);
        self.app.insert_resource(Now(self.at));
        self.app.update();
    }

    /// Slots that the renderer would write now.
    pub(crate) fn written(&mut self) -> Vec<u32> {
        let (mut slots, mut words) = (Vec::new(), Vec::new());
        self.app
            .world_mut()
            .resource_mut::<Values>()
            .take_changes(&mut slots, &mut words);
        slots.into_iter().map(|SlotIndex(slot)| slot).collect()
    }

    pub(crate) fn record(&self, slot: u32) -> ValueRecord {
        *self
            .app
            .world()
            .resource::<Values>()
            .get(SlotIndex(slot))
            .expect("a slot")
    }

    pub(crate) fn quality(&self, point: u32) -> Quality {
        self.app
            .world()
            .resource::<Points>()
            .get(PointIndex(point))
            .expect("a point")
            .quality
    }
}

pub(crate) fn grey(level: f32, quality: Quality) -> ValueRecord {
    ValueRecord::of(&Look {
        color: Some([level; 3]),
        quality,
        ..Look::NONE
    })
}

#[test]
fn a_published_sample_colours_its_twin_in_the_next_frame() {
    let mut test = TestApp::new();
    test.open(plant_of(3));
    let issues = &test.app.world().resource::<TwinIssues>().0;
    assert!(issues.is_empty(), "{issues:?}");
    test.frame(FRAME);
    // Before the first sample everything is stale, and shows it.
    assert_eq!(test.written(), [1, 2, 3]);
    assert_eq!(
        test.record(2),
        ValueRecord::of(&Look {
            quality: Quality::Stale,
            ..Look::NONE
        })
    );

    test.publish(1, 5.0);
    test.frame(FRAME);
    assert_eq!(test.written(), [2]);
    assert_eq!(test.record(2), grey(0.5, Quality::Good));
    let changed = test.app.world().resource::<Points>().changed();
    assert_eq!(changed, [PointIndex(1)]);

    // Nothing new, nothing written; nor for a sample that says the same.
    test.frame(FRAME);
    assert!(test.written().is_empty());
    test.publish(1, 5.0);
    test.frame(FRAME);
    assert!(test.written().is_empty());
}

#[test]
fn entities_carry_the_tag_of_their_slot() {
    let mut test = TestApp::new();
    test.open(plant_of(3));
    test.frame(FRAME);
    let mut query = test.app.world_mut().query::<(&PrimRef, Option<&MeshTag>)>();
    let mut tags: Vec<_> = query
        .iter(test.app.world())
        .map(|(prim, tag)| (prim.index.0, tag.map(|tag| tag.0)))
        .collect();
    tags.sort_unstable();
    assert_eq!(tags, [(0, None), (1, Some(1)), (2, Some(2)), (3, Some(3))]);
    assert_eq!(test.app.world().resource::<Bindings>().slots().slots.len(), 3);
}

#[test]
fn a_value_that_nothing_renews_is_stale_after_its_time_and_good_again_with_the_next() {
    let mut test = TestApp::new();
    test.open(plant_of(2));
    test.publish(0, 10.0);
    test.frame(FRAME);
    test.frame(Duration::from_secs(4));
    test.publish(0, 10.0);
    test.frame(FRAME);
    test.written();
    test.frame(Duration::from_millis(9_900));
    assert_eq!((test.quality(0), test.written()), (Quality::Good, vec![]));
    test.frame(Duration::from_millis(200));
    assert_eq!((test.quality(0), test.written()), (Quality::Stale, vec![1]));
    assert_eq!(test.record(1), grey(1.0, Quality::Stale));
    test.publish(0, 10.0);
    test.frame(FRAME);
    assert_eq!(
        (test.quality(0), test.record(1)),
        (Quality::Good, grey(1.0, Quality::Good))
    );
}

#[test]
fn one_percent_of_ten_thousand_prims_touches_one_percent() {
    let mut test = TestApp::new();
    test.open(plant_of(10_000));
    for tag in 0..10_000 {
        test.publish(tag, 1.0);
    }
    test.frame(FRAME);
    assert_eq!(test.written().len(), 10_000);
    for round in 0..5 {
        for nth in 0..100 {
            test.publish(nth * 100 + round, 2.0 + f64::from(round));
        }
        test.frame(FRAME);
        assert_eq!(test.app.world().resource::<Points>().changed().len(), 100);
        let expected: Vec<u32> = (0..100).map(|nth| nth * 100 + round + 1).collect();
        assert_eq!(test.written(), expected);
    }
}

#[test]
fn another_plant_takes_the_place_of_all_that_belonged_to_the_first() {
    let mut test = TestApp::new();
    test.open(plant_of(5));
    let first = Arc::clone(test.app.world().resource::<Telemetry>().table().expect("bound"));
    test.publish(4, 3.0);
    test.frame(FRAME);
    test.open(plant_of(2));
    test.frame(FRAME);
    let world = test.app.world();
    assert_eq!(world.resource::<TwinPlan>().points.len(), 2);
    assert_eq!(world.resource::<Points>().len(), 2);
    assert_eq!(world.resource::<Values>().len(), 3);
    first.publish(TagId(0), sample(9.0, secs(1)));
    test.written();
    test.frame(FRAME);
    assert!(test.written().is_empty());
}

#[test]
fn a_connection_that_is_not_configured_is_an_issue_and_the_rest_lives() {
    let mut test = TestApp::new();
    test.app.insert_resource(ConfigSource::default());
    test.open(plant_of(2));
    let issues = &test.app.world().resource::<TwinIssues>().0;
    assert!(
        issues.iter().any(|issue| issue.code.contains("connection")),
        "{issues:?}"
    );
    test.frame(FRAME);
    assert_eq!(test.quality(0), Quality::Stale);
}

#[test]
fn the_dump_has_a_row_for_each_point() {
    let mut test = TestApp::new();
    test.open(plant_of(2));
    test.publish(1, 72.25);
    test.frame(FRAME);
    let world = test.app.world();
    let rows = dump(world.resource::<TwinPlan>(), world.resource::<Points>());
    let json = serde_json::to_value(rows).expect("rows");
    assert_eq!(
        json,
        serde_json::json!([
            {"twin": "T-1", "point": "t", "value": null, "unit": "Cel", "quality": "stale", "source_time": null, "recv_time": null},
            {"twin": "T-2", "point": "t", "value": 72.25, "unit": "Cel", "quality": "good", "source_time": null,
             "recv_time": "2027-01-15T08:00:00.000Z"},
        ])
    );
}
