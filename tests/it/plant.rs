//! The plant without a renderer: entities, placement, motion, sharing, and files that cannot be opened.

use std::{path::PathBuf, sync::Arc, time::Duration};

use bevy::{
    math::{Affine3A, DAffine3, DMat4, DQuat, DVec3},
    prelude::*,
};
use gemba::{
    GembaCorePlugins,
    command::Requested,
    navigation::{Eye, ViewPose},
    plant::{GuidesShown, Plant, PlantLoad, PrimEntities, PrimMotions, PrimRef, ShowScene, ViewOrigin},
    visual::PlantMaterial,
};
use gemba_model::PrimPath;
use gemba_panels::ViewerCommand;
use gemba_usd::{
    SceneDoc,
    doc::{
        Aabb, Mesh as DocMesh, MeshIndex, MeshPart, PointInstance, PointInstancer, Prim, PrimIndex, Purpose,
        UpAxis,
    },
};

fn app() -> App {
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, AssetPlugin::default(), TransformPlugin))
        .init_asset::<Mesh>()
        .init_asset::<Image>()
        .init_asset::<Shader>()
        .init_asset::<StandardMaterial>();
    if !app.world().contains_resource::<Assets<PlantMaterial>>() {
        app.init_asset::<PlantMaterial>();
    }
    app.add_plugins(GembaCorePlugins);
    app
}

/// Runs frames until loading has ended.
fn settle(app: &mut App) -> PlantLoad {
    for _ in 0..5_000 {
        app.update();
        let load = app.world().resource::<PlantLoad>().clone();
        if matches!(load, PlantLoad::Ready | PlantLoad::Failed { .. }) {
            app.update();
            return load;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    panic!("loading did not end: {:?}", app.world().resource::<PlantLoad>());
}

fn show(app: &mut App, doc: SceneDoc) {
    app.world_mut().write_message(ShowScene {
        file: "made.usda".into(),
        doc: Arc::new(doc),
    });
    assert_eq!(settle(app), PlantLoad::Ready);
}

fn prim(path: &str, parent: Option<u32>, parent_from_prim: DMat4) -> Prim {
    Prim {
        parent: parent.map(PrimIndex),
        type_name: "Xform".into(),
        parent_from_prim,
        ..Prim::new(PrimPath::new(path).unwrap())
    }
}

fn triangle() -> DocMesh {
    let positions = vec![[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]];
    DocMesh {
        normals: vec![[0.0, 0.0, 1.0]; 3],
        indices: vec![0, 1, 2],
        parts: vec![MeshPart {
            first_index: 0,
            index_count: 3,
            material: None,
        }],
        bounds: Aabb::of_points(
            positions
                .iter()
                .map(|point: &[f32; 3]| Vec3::from(*point).as_dvec3()),
        ),
        positions,
        ..DocMesh::default()
    }
}

/// `/Plant/Pump/Impeller` and `/Plant/Tank`, both drawing one mesh, in metres.
fn pump_and_tank() -> SceneDoc {
    let mut doc = SceneDoc {
        meshes: vec![triangle()],
        ..SceneDoc::default()
    };
    doc.stage.meters_per_unit = 1.0;
    doc.prims = vec![
        Prim {
            subtree_len: 4,
            ..prim("/Plant", None, DMat4::IDENTITY)
        },
        Prim {
            subtree_len: 2,
            ..prim(
                "/Plant/Pump",
                Some(0),
                DMat4::from_translation(DVec3::new(10.0, 0.0, 0.0)),
            )
        },
        Prim {
            mesh: Some(MeshIndex(0)),
            ..prim(
                "/Plant/Pump/Impeller",
                Some(1),
                DMat4::from_scale(DVec3::splat(2.0)),
            )
        },
        Prim {
            mesh: Some(MeshIndex(0)),
            ..prim("/Plant/Tank", Some(0), DMat4::from_translation(DVec3::Z))
        },
    ];
    doc
}

fn entity_of(app: &mut App, path: &str) -> Entity {
    let mut prims = app.world_mut().query::<(Entity, &PrimRef)>();
    let found = prims
        .iter(app.world())
        .find(|(_, prim)| prim.path.as_str() == path)
        .map(|(entity, _)| entity);
    found.unwrap_or_else(|| panic!("no entity stands for {path}"))
}

fn world_of(app: &mut App, path: &str) -> Affine3A {
    let entity = entity_of(app, path);
    app.world().get::<GlobalTransform>(entity).unwrap().affine()
}

#[test]
fn prims_become_entities_at_their_places() {
    let mut app = app();
    show(&mut app, pump_and_tank());
    let impeller = world_of(&mut app, "/Plant/Pump/Impeller");
    assert!(
        impeller
            .transform_point3(Vec3::X)
            .distance(Vec3::new(12.0, 0.0, 0.0))
            < 1e-6
    );
    let mut drawn = app.world_mut().query_filtered::<&PrimRef, With<Mesh3d>>();
    assert_eq!(drawn.iter(app.world()).count(), 2, "only what draws is an entity");
    let bounds = app.world().resource::<Plant>().bounds_m.unwrap();
    assert_eq!(
        (bounds.min, bounds.max),
        (DVec3::ZERO, DVec3::new(12.0, 2.0, 1.0))
    );
}

#[test]
fn z_up_centimetres_stand_upright_in_metres() {
    let mut app = app();
    let mut doc = pump_and_tank();
    doc.stage.up_axis = UpAxis::Z;
    doc.stage.meters_per_unit = 0.01;
    show(&mut app, doc);
    let tank = world_of(&mut app, "/Plant/Tank");
    // One unit up is one centimetre along Y.
    assert!(
        tank.transform_point3(Vec3::ZERO)
            .distance(Vec3::new(0.0, 0.01, 0.0))
            < 1e-7
    );
}

#[test]
fn draws_of_one_mesh_share_mesh_and_material() {
    let mut app = app();
    show(&mut app, pump_and_tank());
    let of = |app: &mut App, path: &str| {
        let entity = entity_of(app, path);
        let world = app.world();
        (
            world.get::<Mesh3d>(entity).unwrap().0.id(),
            world.get::<MeshMaterial3d<PlantMaterial>>(entity).unwrap().0.id(),
        )
    };
    assert_eq!(of(&mut app, "/Plant/Pump/Impeller"), of(&mut app, "/Plant/Tank"));
}

#[test]
fn a_mirrored_draw_has_its_own_winding_and_keeps_its_shear() {
    let mut app = app();
    let mut doc = pump_and_tank();
    let sheared = DMat4::from_cols_array_2d(&[
        [-1.0, 0.0, 0.0, 0.0],
        [0.5, 1.0, 0.0, 0.0],
        [0.0, 0.0, 1.0, 0.0],
        [0.0, 0.0, 0.0, 1.0],
    ]);
    doc.prims[3].parent_from_prim = sheared;
    show(&mut app, doc);
    let tank = world_of(&mut app, "/Plant/Tank");
    assert!(tank.transform_point3(Vec3::Y).distance(Vec3::new(0.5, 1.0, 0.0)) < 1e-6);
    let (tank, impeller) = (
        entity_of(&mut app, "/Plant/Tank"),
        entity_of(&mut app, "/Plant/Pump/Impeller"),
    );
    let mesh = |entity| app.world().get::<Mesh3d>(entity).unwrap().0.id();
    assert_ne!(mesh(tank), mesh(impeller));
}

#[test]
fn motions_move_their_subtree_and_nothing_else() {
    let mut app = app();
    show(&mut app, pump_and_tank());
    let tank_at_rest = world_of(&mut app, "/Plant/Tank");
    let impeller_at_rest = world_of(&mut app, "/Plant/Pump/Impeller");
    let quarter_turn = DAffine3::from_quat(DQuat::from_rotation_z(std::f64::consts::FRAC_PI_2));
    app.world_mut()
        .resource_mut::<PrimMotions>()
        .set(PrimIndex(1), quarter_turn);
    app.update();
    let moved = world_of(&mut app, "/Plant/Pump/Impeller");
    // Turned about the pump at (10, 0, 0): X of the impeller now points along Y.
    assert!(
        moved
            .transform_point3(Vec3::X)
            .distance(Vec3::new(10.0, 2.0, 0.0))
            < 1e-5
    );
    assert_eq!(world_of(&mut app, "/Plant/Tank"), tank_at_rest);
    let tank = entity_of(&mut app, "/Plant/Tank");
    let tank_changed = app
        .world()
        .entity(tank)
        .get_ref::<GlobalTransform>()
        .unwrap()
        .last_changed();
    app.world_mut().resource_mut::<PrimMotions>().clear(PrimIndex(1));
    app.update();
    assert_eq!(world_of(&mut app, "/Plant/Pump/Impeller"), impeller_at_rest);
    let still = app
        .world()
        .entity(tank)
        .get_ref::<GlobalTransform>()
        .unwrap()
        .last_changed();
    assert_eq!(tank_changed, still, "what does not move is not touched");
}

#[test]
fn a_plant_far_away_is_drawn_near_its_own_origin() {
    let mut app = app();
    let mut doc = pump_and_tank();
    let utm = DVec3::new(548_211.25, 112.0, -5_802_007.5);
    doc.prims[0].parent_from_prim = DMat4::from_translation(utm);
    show(&mut app, doc);
    let origin_m = app.world().resource::<Plant>().origin_m;
    let tank = world_of(&mut app, "/Plant/Tank")
        .transform_point3(Vec3::X)
        .as_dvec3()
        + origin_m;
    assert!(tank.distance(utm + DVec3::new(1.0, 0.0, 1.0)) < 1e-3, "{tank}");
    assert!(world_of(&mut app, "/Plant/Tank").translation.length() < 100.0);
}

#[test]
fn the_renderers_origin_goes_with_the_eye_over_kilometres() {
    let mut app = app();
    let mut doc = pump_and_tank();
    // A pipeline of 30 km: its pumping station is at one end, its tank at the other.
    let tank_m = DVec3::new(30_000.25, 3.0, 1.0 / 3.0);
    doc.prims[3].parent_from_prim = DMat4::from_translation(tank_m);
    show(&mut app, doc);
    let middle_m = app.world().resource::<Plant>().origin_m;
    let look_at = |app: &mut App, at_m: DVec3| {
        let eye_m = at_m + DVec3::new(0.0, 1.7, 3.0);
        app.world_mut().resource_mut::<Eye>().pose = ViewPose::looking_at(eye_m, at_m);
        app.update();
        app.update();
        eye_m
    };
    look_at(&mut app, DVec3::ZERO);
    let coarse = world_of(&mut app, "/Plant/Tank").translation;
    assert!(coarse.length() > 29_000.0, "{coarse}");

    let eye_m = look_at(&mut app, tank_m);
    let origin = *app.world().resource::<ViewOrigin>();
    assert!(origin.at_m().distance(eye_m) < 1_000.0, "{origin:?}");
    assert_eq!(origin.at_m().y, middle_m.y, "in plan alone");
    assert_eq!(app.world().resource::<Plant>().origin_m, middle_m);
    // As exact as if the plant were here: a third of a metre is not rounded to a step of kilometres.
    let fine = world_of(&mut app, "/Plant/Tank").translation.as_dvec3() + origin.at_m();
    assert!(fine.distance(tank_m) < 1e-6, "{fine} is not {tank_m}");
    let pump = world_of(&mut app, "/Plant/Pump/Impeller").translation;
    assert!(pump.length() > 29_000.0, "what is left behind is far now: {pump}");
    // What moves here moves from here.
    app.world_mut()
        .resource_mut::<PrimMotions>()
        .set(PrimIndex(3), DAffine3::from_translation(DVec3::Y));
    app.update();
    let moved = world_of(&mut app, "/Plant/Tank").translation.as_dvec3() + origin.at_m();
    assert!(moved.distance(tank_m + DVec3::Y) < 1e-6, "{moved}");
}

#[test]
fn point_instances_stand_for_their_instancer() {
    let mut app = app();
    let mut doc = pump_and_tank();
    doc.prims = vec![
        Prim {
            subtree_len: 2,
            type_name: "PointInstancer".into(),
            ..prim("/Bolts", None, DMat4::from_translation(DVec3::Y))
        },
        Prim {
            mesh: Some(MeshIndex(0)),
            is_point_prototype: true,
            ..prim("/Bolts/Bolt", Some(0), DMat4::from_scale(DVec3::splat(3.0)))
        },
    ];
    let at = |x: f64| DMat4::from_translation(DVec3::X * x) * DMat4::from_scale(DVec3::splat(3.0));
    doc.point_instancers = vec![PointInstancer {
        prim: PrimIndex(0),
        prototypes: vec![PrimIndex(1)],
        instances: [5.0, 7.0]
            .map(|x| PointInstance {
                prototype: 0,
                instancer_from_prototype: at(x),
            })
            .to_vec(),
    }];
    show(&mut app, doc);
    let entities: Vec<Entity> = app.world().resource::<PrimEntities>().in_rows(0..1).collect();
    let mut corners: Vec<Vec3> = entities
        .iter()
        .map(|entity| {
            app.world()
                .get::<GlobalTransform>(*entity)
                .unwrap()
                .transform_point(Vec3::X)
        })
        .collect();
    corners.sort_by(|a, b| a.x.total_cmp(&b.x));
    assert_eq!(corners, [Vec3::new(8.0, 1.0, 0.0), Vec3::new(10.0, 1.0, 0.0)]);
    let mesh = |entity: Entity| app.world().get::<Mesh3d>(entity).unwrap().0.id();
    assert_eq!(mesh(entities[0]), mesh(entities[1]));
}

#[test]
fn guides_are_hidden_until_asked_for() {
    let mut app = app();
    let mut doc = pump_and_tank();
    doc.prims[3].purpose = Purpose::Guide;
    doc.prims[2].purpose = Purpose::Proxy;
    show(&mut app, doc);
    let tank = entity_of(&mut app, "/Plant/Tank");
    assert_eq!(app.world().get::<Visibility>(tank), Some(&Visibility::Hidden));
    let mut drawn = app.world_mut().query_filtered::<(), With<Mesh3d>>();
    assert_eq!(drawn.iter(app.world()).count(), 1, "proxies are not drawn");
    app.world_mut()
        .write_message(Requested(ViewerCommand::ShowGuides { shown: true }));
    app.update();
    assert_eq!(app.world().get::<Visibility>(tank), Some(&Visibility::Inherited));
    assert!(app.world().resource::<GuidesShown>().0);
}

#[test]
fn a_file_that_cannot_be_opened_is_told_and_survived() {
    let mut app = app();
    show(&mut app, pump_and_tank());
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| -> PathBuf {
        let file = folder.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        file
    };
    let bad = [
        folder.path().join("absent.usda"),
        write("empty.usda", b""),
        write("picture.png", b"\x89PNG"),
        write("damaged.usdc", b"PXR-USDC\x00\x08\x00\x00cut off here"),
        write("broken.usda", b"#usda 1.0\ndef Xform \"A\" {"),
    ];
    for file in bad {
        app.world_mut()
            .write_message(Requested(ViewerCommand::OpenPlant { file: file.clone() }));
        app.update();
        let load = settle(&mut app);
        let PlantLoad::Failed {
            file: failed,
            message,
        } = load
        else {
            panic!("{} opened: {load:?}", file.display())
        };
        assert_eq!(failed, file);
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        assert!(
            message.contains(&name),
            "the message does not name {name}: {message}"
        );
    }
    assert!(
        app.world().get_resource::<Plant>().is_none(),
        "the old plant has gone"
    );
    show(&mut app, pump_and_tank());
    assert_eq!(app.world().resource::<PrimEntities>().in_rows(0..4).count(), 2);
}

#[test]
fn another_plant_replaces_the_first() {
    let mut app = app();
    show(&mut app, pump_and_tank());
    let old = entity_of(&mut app, "/Plant/Tank");
    let mut doc = pump_and_tank();
    doc.prims.truncate(3);
    doc.prims[0].subtree_len = 3;
    show(&mut app, doc);
    assert!(app.world().get_entity(old).is_err());
    let mut prims = app.world_mut().query::<&PrimRef>();
    assert_eq!(prims.iter(app.world()).count(), 1);
}
