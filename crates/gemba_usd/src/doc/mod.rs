//! The composed scene as one value.
//!
//! [`SceneDoc`] is tables that point into each other by index: prims in depth-first order, and the geometry, materials,
//! textures, lights and cameras that they use, each read once however many instances share it. Lengths and axes are the
//! stage's own; [`StageMetrics::world_from_stage`] turns them into the viewer's metres with Y up.

mod geometry;
mod material;
mod prim;

use glam::{DMat4, DVec3};
use serde::{Deserialize, Serialize};

pub use geometry::{Aabb, Mesh, MeshPart};
pub use material::{
    AlphaMode, ColorSource, Material, ScalarSource, Texture, TextureRead, TextureSource, Wrap,
};
pub use prim::{
    Camera, Light, LightKind, PointInstance, PointInstancer, Prim, Projection, Purpose, TwinOpinions,
    TwinProperty, TwinRelationship, TwinValue,
};

use gemba_model::{Issue, PrimPath};

macro_rules! index {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub u32);

        impl $name {
            /// The position in the table.
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

index! {
    /// A row of [`SceneDoc::prims`].
    PrimIndex,
    /// A row of [`SceneDoc::meshes`].
    MeshIndex,
    /// A row of [`SceneDoc::materials`].
    MaterialIndex,
    /// A row of [`SceneDoc::textures`].
    TextureIndex,
}

/// The composed plant: everything the viewer shows, and nothing that needs the USD library any more.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SceneDoc {
    /// Units, axes and time of the stage.
    pub stage: StageMetrics,
    /// Every layer that took part, strongest first, as resolved identifiers.
    pub layers: Vec<String>,
    /// Active, loaded, defined, concrete prims including instance proxies, depth-first, parents before children.
    pub prims: Vec<Prim>,
    /// Geometry, each prototype read once.
    pub meshes: Vec<Mesh>,
    /// Surface materials.
    pub materials: Vec<Material>,
    /// Images that materials use.
    pub textures: Vec<Texture>,
    /// Point instancers with their instances.
    pub point_instancers: Vec<PointInstancer>,
    /// Lights.
    pub lights: Vec<Light>,
    /// Cameras.
    pub cameras: Vec<Camera>,
    /// What the twin layer says, for prims that carry a Gemba API schema.
    pub twins: Vec<TwinOpinions>,
    /// What was wrong, in the order it was met.
    pub issues: Vec<Issue>,
}

/// Units, axes and time of the stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StageMetrics {
    /// The file that was opened, as it was named.
    pub root_layer: String,
    /// Which axis points up.
    pub up_axis: UpAxis,
    /// Metres in one stage unit.
    pub meters_per_unit: f64,
    /// Time codes in one second.
    pub time_codes_per_second: f64,
    /// Frames in one second.
    pub frames_per_second: f64,
    /// The authored time range in time codes.
    pub time_range: Option<[f64; 2]>,
    /// The prim that a reference to this file means.
    pub default_prim: Option<String>,
}

impl Default for StageMetrics {
    /// USD's own fallbacks: Y up, centimetres, 24 frames a second.
    fn default() -> Self {
        Self {
            root_layer: String::new(),
            up_axis: UpAxis::Y,
            meters_per_unit: 0.01,
            time_codes_per_second: 24.0,
            frames_per_second: 24.0,
            time_range: None,
            default_prim: None,
        }
    }
}

impl StageMetrics {
    /// Column-vector transform from stage units and axes to metres with Y up.
    #[must_use]
    pub fn world_from_stage(&self) -> DMat4 {
        let scale = DMat4::from_scale(DVec3::splat(self.meters_per_unit));
        match self.up_axis {
            UpAxis::Y => scale,
            // Z up to Y up: a quarter turn about X that takes +Z to +Y.
            UpAxis::Z => DMat4::from_rotation_x(-std::f64::consts::FRAC_PI_2) * scale,
        }
    }
}

/// Which stage axis points up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UpAxis {
    /// USD's fallback.
    Y,
    /// CAD and building models.
    Z,
}

impl SceneDoc {
    /// The prims of the scene itself, without the undefined prototypes that follow them.
    #[must_use]
    pub fn scene_prims(&self) -> &[Prim] {
        let defined = self.prims.partition_point(|prim| !prim.is_undefined);
        self.prims.get(..defined).unwrap_or_default()
    }

    /// The row of the prim at `path`. Linear: build a map where many are looked up.
    #[must_use]
    pub fn find(&self, path: &PrimPath) -> Option<PrimIndex> {
        self.prims
            .iter()
            .position(|prim| prim.path == *path)
            .and_then(|at| u32::try_from(at).ok())
            .map(PrimIndex)
    }

    /// The rows of `prim` and everything below it, contiguous because prims are depth-first.
    #[must_use]
    pub fn subtree(&self, prim: PrimIndex) -> std::ops::Range<usize> {
        let start = prim.index();
        start..start + self.prims.get(start).map_or(0, |prim| prim.subtree_len as usize)
    }
}
