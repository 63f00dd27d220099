//! What every plant is made of: parametric solids, steelwork, lettering, materials, and the writing of usda.

pub(super) mod component;
pub(super) mod grain;
pub(super) mod joints;
pub(super) mod lettering;
pub(super) mod materials;
pub(super) mod math;
pub(super) mod mesh;
pub(super) mod placing;
pub(super) mod shapes;
pub(super) mod solid;
pub(super) mod steelwork;
pub(super) mod usda;
