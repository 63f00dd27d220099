//! A made plant of which 1 % of the values change, against a bare Bevy scene of as many entities of which nothing changes.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use anyhow::{Result, bail};
use bevy::{
    asset::RenderAssetUsages,
    math::{DMat4, DVec3},
    mesh::PrimitiveTopology,
    prelude::*,
};
use gemba::{
    binding::Bindings,
    plant::{Plant, PlantLoad, PrimEntities, PrimRef},
    telemetry::Telemetry,
    visual::{PlantMaterial, plant_material},
};
use gemba_model::{PrimPath, Quality, Sample, TagId, UnixNanos, Value};
use gemba_telemetry::TagTable;
use gemba_usd::{
    SceneDoc,
    doc::{Prim, PrimIndex, TwinOpinions, TwinProperty, TwinValue},
};

use crate::{AIM, FRAMES, WARM_UP_FRAMES, engine, frame, gemba_plugins, picture, report, start};

/// Entities.
pub(crate) const SIZES: [u32; 2] = [10_000, 100_000];
/// One value in this many changes in a frame.
const CHANGING: u32 = 100;
pub(crate) fn measure(size: u32) -> Result<()> {
    let mut bare = bare_scene(size)?;
    let (mut plant, table) = plant(size)?;
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..WARM_UP_FRAMES {
        frame(&mut bare)?;
        publish(&table, size, &mut random);
        frame(&mut plant)?;
    }
    let (mut of_bare, mut of_plant) = (Vec::new(), Vec::new());
    for _ in 0..FRAMES {
        of_bare.push(frame(&mut bare)?);
        publish(&table, size, &mut random);
        of_plant.push(frame(&mut plant)?);
    }
    report(
        &format!("CPU per frame, {size} entities, 1 % of the values changing"),
        of_plant,
        of_bare,
        "bare Bevy scene, nothing changing",
        AIM,
    )
}

fn publish(table: &TagTable, size: u32, random: &mut Random) {
    let now = UnixNanos::from_system_time(SystemTime::now());
    for _ in 0..size / CHANGING {
        let tag = TagId(random.next() % size);
        let number = f64::from(random.next() % 10_000) * 1e-3;
        let value = Some(Value::Number(number));
        table.publish(
            tag,
            Sample {
                value,
                quality: Quality::Good,
                source_time: None,
                recv_time: now,
            },
        );
    }
}

/// Xorshift64* after Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled".
struct Random(u64);

impl Random {
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32) as u32
    }
}

/// A camera that sees every place of [`place_of`], onto a picture so small that drawing costs little.
fn spawn_camera(app: &mut App, size: u32) {
    let target = picture(app);
    let side_m = (f64::from(size)).sqrt() as f32;
    app.world_mut().spawn((
        Camera3d::default(),
        Msaa::Off,
        target,
        Projection::Perspective(PerspectiveProjection {
            far: side_m * 10.0,
            ..default()
        }),
        Transform::from_xyz(0.0, side_m * 2.0, 0.1).looking_at(Vec3::ZERO, Vec3::Y),
    ));
}

fn triangle(app: &mut App) -> Handle<Mesh> {
    let mut mesh = Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::RENDER_WORLD);
    mesh.insert_attribute(
        Mesh::ATTRIBUTE_POSITION,
        vec![[0.0, 0.0, 0.0], [0.2, 0.0, 0.0], [0.0, 0.0, -0.2]],
    );
    mesh.insert_attribute(Mesh::ATTRIBUTE_NORMAL, vec![[0.0, 1.0, 0.0]; 3]);
    app.world_mut().resource_mut::<Assets<Mesh>>().add(mesh)
}

fn place_of(row: u32, size: u32) -> Transform {
    let side = f64::from(size).sqrt().ceil() as u32;
    let at = |index: u32| index as f32 - side as f32 * 0.5;
    Transform::from_xyz(at(row % side), 0.0, at(row / side))
}

fn bare_scene(size: u32) -> Result<App> {
    let mut app = engine();
    start(&mut app);
    spawn_camera(&mut app, size);
    let mesh = triangle(&mut app);
    let material = app
        .world_mut()
        .resource_mut::<Assets<StandardMaterial>>()
        .add(StandardMaterial::default());
    app.world_mut().spawn_batch(
        (0..size)
            .map(|row| {
                (
                    Mesh3d(mesh.clone()),
                    MeshMaterial3d(material.clone()),
                    place_of(row, size),
                )
            })
            .collect::<Vec<_>>(),
    );
    Ok(app)
}

/// A plant of `size` twins, each coloured by a point of its own, and the table that its samples go into.
fn plant(size: u32) -> Result<(App, Arc<TagTable>)> {
    let mut app = engine();
    gemba_plugins(&mut app);
    start(&mut app);
    spawn_camera(&mut app, size);
    let mesh = triangle(&mut app);
    let material = plant_material(StandardMaterial::default());
    let material = app
        .world_mut()
        .resource_mut::<Assets<PlantMaterial>>()
        .add(material);
    let doc = doc_of(size)?;
    let mut entities = Vec::new();
    for (row, prim) in (0..).zip(&doc.prims).skip(1) {
        let prim = PrimRef {
            index: PrimIndex(row),
            path: prim.path.clone(),
        };
        let place = place_of(row - 1, size);
        let drawn = (
            Mesh3d(mesh.clone()),
            MeshMaterial3d(material.clone()),
            place,
            prim,
        );
        entities.push((PrimIndex(row), app.world_mut().spawn(drawn).id()));
    }
    app.world_mut().resource_mut::<PrimEntities>().reset(entities);
    app.insert_resource(PlantLoad::Ready).insert_resource(Plant {
        file: PathBuf::from("plant.usda"),
        doc: Arc::new(doc),
        world_from_stage: DMat4::IDENTITY,
        origin_m: DVec3::ZERO,
        bounds_m: None,
    });
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        app.update();
        let table = app.world().resource::<Telemetry>().table().cloned();
        if let Some(table) = table {
            if app.world().resource::<Bindings>().slots().slots.len() != size as usize {
                bail!("the plan has another number of slots than there are twins");
            }
            // Samples come from here: the connection that nobody answers is not needed.
            app.insert_resource(Telemetry::from_table(Arc::clone(&table)));
            return Ok((app, table));
        }
        if Instant::now() > deadline {
            bail!("the twins were not bound within two minutes");
        }
    }
}

fn doc_of(twins: u32) -> Result<SceneDoc> {
    let mut doc = SceneDoc::default();
    doc.prims.push(prim("/Plant", None, twins + 1)?);
    for row in 1..=twins {
        doc.prims
            .push(prim(&format!("/Plant/T{row}"), Some(PrimIndex(0)), 1)?);
        let text = |text: &str| TwinValue::Text(text.to_owned());
        let attributes = [
            ("gemba:twin:id", text(&format!("T-{row}"))),
            ("gemba:point:t:source", text(&format!("plant:hall/{row}#/t"))),
            ("gemba:point:t:unit", text("Cel")),
            ("gemba:effect:heat:kind", text("color")),
            ("gemba:effect:heat:point", text("t")),
            ("gemba:effect:heat:domain", TwinValue::Numbers(vec![0.0, 10.0])),
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
    Ok(doc)
}

fn prim(path: &str, parent: Option<PrimIndex>, subtree_len: u32) -> Result<Prim> {
    Ok(Prim {
        parent,
        subtree_len,
        ..Prim::new(PrimPath::new(path)?)
    })
}
