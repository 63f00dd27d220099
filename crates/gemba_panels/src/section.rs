//! The section: what cuts the plant, and which prims are left to be seen.

use std::sync::Arc;

use gemba_model::PrimPath;
use serde::{Deserialize, Serialize};

/// A plane that cuts away what lies on the side that it points to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SectionCut {
    /// Where it points to, in the viewer's world, Y up; of length 1.
    pub normal: [f64; 3],
    /// Its distance from the world's origin along the normal.
    pub offset_m: f64,
}

/// How the plant is cut, and what of it is shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SectionModel {
    /// The plant's lowest and highest corner, in the viewer's world; equal where nothing is loaded.
    pub bounds_m: [[f64; 3]; 2],
    /// What cuts it.
    pub planes: Vec<SectionCut>,
    /// The prims that are left to be seen; none for all.
    pub isolated: Vec<PrimPath>,
    /// How many prims were hidden one by one.
    pub hidden: usize,
    /// What is selected, to be isolated or hidden.
    pub selected: Option<PrimPath>,
    /// Who sets all of this for us: whoever presents, while we do not see for ourselves.
    pub led_by: Option<Arc<str>>,
}
