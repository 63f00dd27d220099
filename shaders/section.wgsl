// The planes that cut the plant open, for every pass that draws it: a fragment on the side that a plane points to is
// discarded. `src/visual/section.rs` packs the buffer: how many planes there are and how dark edges are drawn, then up to
// six planes, the normal and the distance from the renderer's origin along it, in metres.

#define_import_path gemba::section_planes

#import bevy_pbr::mesh_bindings::mesh

#ifdef BINDLESS
// Where a material's buffers are among all; `TwinExtension` in src/visual/twin_material.rs lays it out.
struct TwinIndices {
    values: u32,
    planes: u32,
    cells: u32,
}
struct SectionPlanes {
    rows: array<vec4<f32>>,
}
@group(#{MATERIAL_BIND_GROUP}) @binding(100) var<storage> twin_indices: array<TwinIndices>;
@group(#{MATERIAL_BIND_GROUP}) @binding(102) var<storage> section_planes: binding_array<SectionPlanes>;
#else
@group(#{MATERIAL_BIND_GROUP}) @binding(51) var<storage, read> section_planes: array<vec4<f32>>;
#endif

fn row_of(instance_index: u32, row: u32) -> vec4<f32> {
#ifdef BINDLESS
    let slot = mesh[instance_index].material_and_lightmap_bind_group_slot & 0xffffu;
    return section_planes[twin_indices[slot].planes].rows[row];
#else
    return section_planes[row];
#endif
}

// Whether anything is cut at all.
fn is_cut(instance_index: u32) -> bool {
    return row_of(instance_index, 0u).x > 0.5;
}

// How much of the ink edges get, 0 for none.
fn edge_ink(instance_index: u32) -> f32 {
    return row_of(instance_index, 0u).y;
}

// Whether this place, relative to the renderer's origin, is cut away.
fn removes(instance_index: u32, position: vec3<f32>) -> bool {
    let count = u32(row_of(instance_index, 0u).x + 0.5);
    for (var at = 0u; at < count; at += 1u) {
        let plane = row_of(instance_index, at + 1u);
        if dot(plane.xyz, position) > plane.w {
            return true;
        }
    }
    return false;
}
