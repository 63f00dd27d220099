//! The concrete prim types of OpenUSD 26.11, so that a type nobody knows can be named.

/// Whether OpenUSD itself declares `type_name` as a prim type.
pub(crate) fn is_known(type_name: &str) -> bool {
    CONCRETE_TYPES.binary_search(&type_name).is_ok()
}

/// Sorted; from UsdSchemaRegistry of usd-core 26.11.
const CONCRETE_TYPES: &[&str] = &[
    "Backdrop",
    "BasisCurves",
    "BlendShape",
    "Camera",
    "Capsule",
    "Capsule_1",
    "Cone",
    "Cube",
    "Cylinder",
    "CylinderLight",
    "Cylinder_1",
    "DiskLight",
    "DistantLight",
    "DomeLight",
    "DomeLight_1",
    "Field3DAsset",
    "GenerativeProcedural",
    "GeomSubset",
    "GeometryLight",
    "HermiteCurves",
    "LODDistanceHeuristic",
    "LODScreenSizeHeuristic",
    "LightFilter",
    "Material",
    "Mesh",
    "NodeGraph",
    "NurbsCurves",
    "NurbsPatch",
    "OpenVDBAsset",
    "ParticleField",
    "ParticleField3DGaussianSplat",
    "PhysicsCollisionGroup",
    "PhysicsDistanceJoint",
    "PhysicsFixedJoint",
    "PhysicsJoint",
    "PhysicsPrismaticJoint",
    "PhysicsRevoluteJoint",
    "PhysicsScene",
    "PhysicsSphericalJoint",
    "Plane",
    "PluginLight",
    "PluginLightFilter",
    "PointInstancer",
    "Points",
    "PortalLight",
    "RectLight",
    "RenderPass",
    "RenderProduct",
    "RenderSettings",
    "RenderVar",
    "Scope",
    "Shader",
    "SkelAnimation",
    "SkelRoot",
    "Skeleton",
    "SpatialAudio",
    "Sphere",
    "SphereLight",
    "TetMesh",
    "Volume",
    "Xform",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_can_be_searched() {
        assert!(CONCRETE_TYPES.is_sorted());
        assert!(is_known("Mesh") && is_known("Shader") && !is_known("Pump"));
    }
}
