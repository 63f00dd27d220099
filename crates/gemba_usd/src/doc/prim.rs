//! Prims and what hangs on them.

use std::{collections::BTreeMap, sync::Arc};

use gemba_model::PrimPath;
use glam::DMat4;
use serde::{Deserialize, Serialize};

use super::{MaterialIndex, MeshIndex, PrimIndex, TextureIndex};

/// One prim of the composed stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prim {
    /// Where it is.
    pub path: PrimPath,
    /// The prim above; `None` for root prims.
    pub parent: Option<PrimIndex>,
    /// This prim and everything below it, at least 1.
    pub subtree_len: u32,
    /// USD type, such as `Mesh`; empty for typeless prims.
    pub type_name: Arc<str>,
    /// The name to show, when it differs from the last path element.
    pub display_name: Option<Arc<str>>,
    /// Model kind, such as `component`.
    pub kind: Option<Arc<str>>,
    /// Local transform in stage units, column vectors (the transpose of USD's convention), at the earliest time.
    pub parent_from_prim: DMat4,
    /// `!resetXformStack!`: the parent's transform does not apply.
    pub resets_xform_stack: bool,
    /// The local transform has several time samples; the first is shown.
    pub is_time_varying: bool,
    /// Visible after inheritance.
    pub visible: bool,
    /// Purpose after inheritance.
    pub purpose: Purpose,
    /// An instance, or below one: its geometry is shared with its siblings.
    pub is_instance_proxy: bool,
    /// For instances: instances of one number share what is below them.
    pub prototype: Option<u32>,
    /// Below a prototype of a point instancer: drawn only through its instances.
    pub is_point_prototype: bool,
    /// No part of the scene (below an `over` or a `class`), and here only because a point instancer draws it. Such prims
    /// come last.
    pub is_undefined: bool,
    /// What it draws.
    pub mesh: Option<MeshIndex>,
    /// Resolved binding for purpose `preview`, for mesh parts without their own.
    pub material: Option<MaterialIndex>,
    /// Constant `displayColor` and `displayOpacity`, linear RGBA.
    pub display_color: Option<[f32; 4]>,
}

impl Prim {
    /// A visible, typeless root prim at `path` that draws nothing.
    #[must_use]
    pub fn new(path: PrimPath) -> Self {
        Self {
            path,
            parent: None,
            subtree_len: 1,
            type_name: Arc::default(),
            display_name: None,
            kind: None,
            parent_from_prim: DMat4::IDENTITY,
            resets_xform_stack: false,
            is_time_varying: false,
            visible: true,
            purpose: Purpose::Default,
            is_instance_proxy: false,
            prototype: None,
            is_point_prototype: false,
            is_undefined: false,
            mesh: None,
            material: None,
            display_color: None,
        }
    }
}

/// USD's render purposes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Shown always.
    #[default]
    Default,
    /// Shown in final quality.
    Render,
    /// Shown in place of `Render` when speed counts.
    Proxy,
    /// Construction aids, such as the volumes of rooms.
    Guide,
}

/// A `PointInstancer` with its instances.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PointInstancer {
    /// The instancer.
    pub prim: PrimIndex,
    /// Roots of the prototypes, in the order of the `prototypes` relationship.
    pub prototypes: Vec<PrimIndex>,
    /// Instances that are neither invisible nor inactive.
    pub instances: Vec<PointInstance>,
}

/// One point of an instancer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PointInstance {
    /// Position in [`PointInstancer::prototypes`].
    pub prototype: u32,
    /// Places the prototype root (its own transform included already) in the instancer's space.
    pub instancer_from_prototype: DMat4,
}

/// A light, reduced to what a real-time renderer shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Light {
    /// Where it is and which way it looks (-Z).
    pub prim: PrimIndex,
    /// Its shape.
    pub kind: LightKind,
    /// Linear RGB, colour temperature applied.
    pub color: [f32; 3],
    /// `intensity` × 2^`exposure`, in nits for area lights as UsdLux defines it.
    pub intensity: f32,
    /// Divide the power by the area, as UsdLux `normalize` says.
    pub normalize: bool,
}

/// The shapes of UsdLux; lengths in stage units.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum LightKind {
    /// Parallel light; angular size in degrees.
    Distant {
        /// Angular diameter in degrees.
        angle_deg: f32,
    },
    /// Environment, with an optional latitude-longitude image.
    Dome {
        /// The image.
        texture: Option<TextureIndex>,
    },
    /// Sphere, and point light when the radius is 0 or `treatAsPoint`.
    Sphere {
        /// Radius.
        radius: f32,
    },
    /// Disk that shines along -Z.
    Disk {
        /// Radius.
        radius: f32,
    },
    /// Rectangle that shines along -Z.
    Rect {
        /// Width along X.
        width: f32,
        /// Height along Y.
        height: f32,
    },
    /// Cylinder along X.
    Cylinder {
        /// Radius.
        radius: f32,
        /// Length.
        length: f32,
    },
}

/// A camera that looks along its own -Z with +Y up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Camera {
    /// Where it is.
    pub prim: PrimIndex,
    /// How it projects.
    pub projection: Projection,
    /// Width by height of its frame.
    pub aspect: f32,
    /// Near and far clipping distance in stage units.
    pub clipping_range: [f32; 2],
}

/// How a camera projects.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Projection {
    /// Vertical field of view in radians.
    Perspective {
        /// The angle.
        vertical_fov_rad: f32,
    },
    /// Height of the view in stage units.
    Orthographic {
        /// The height.
        height: f32,
    },
}

/// What composition found on a prim with a Gemba API schema: raw opinions that `gemba_twin` turns into a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TwinOpinions {
    /// The prim.
    pub prim: PrimIndex,
    /// Applied Gemba API schemas, such as `GembaTwinAPI` and `GembaPointAPI:speed`.
    pub api_schemas: Vec<String>,
    /// Attributes named `gemba:…`.
    pub attributes: BTreeMap<String, TwinProperty>,
    /// Relationships named `gemba:…`, targets mapped into the stage.
    pub relationships: BTreeMap<String, TwinRelationship>,
    /// File and line where the strongest opinion about the prim was written, where known.
    pub file: Option<String>,
    /// Line of that opinion, counted from 1.
    pub line: Option<u32>,
}

/// An attribute of a twin layer with where it was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TwinProperty {
    /// Its value.
    pub value: TwinValue,
    /// The file of the strongest opinion, where known.
    pub file: Option<String>,
    /// The line of that opinion, counted from 1, where known.
    pub line: Option<u32>,
}

/// A relationship of a twin layer with where it was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TwinRelationship {
    /// Prim paths, as composed; they may name prims that do not exist.
    pub targets: Vec<PrimPath>,
    /// The file of the strongest opinion, where known.
    pub file: Option<String>,
    /// The line of that opinion, counted from 1, where known.
    pub line: Option<u32>,
}

/// What a twin layer's attribute can be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum TwinValue {
    /// `bool`.
    Bool(bool),
    /// `int`, `float`, `double` and the like.
    Number(f64),
    /// `token`, `string`, `asset`.
    Text(String),
    /// `double2`, `float3`, `color3f`, `double[]` and the like.
    Numbers(Vec<f64>),
    /// `token[]`, `string[]`.
    Texts(Vec<String>),
}
