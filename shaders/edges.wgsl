// Where one thing ends and another begins, found in the depths and normals that were drawn before: for the lines that
// drawings give to edges.

#define_import_path gemba::edges

#ifdef NORMAL_PREPASS
#ifdef DEPTH_PREPASS
#import bevy_pbr::prepass_utils::{prepass_depth, prepass_normal}
#import bevy_pbr::mesh_view_bindings::view

// Depth bends by this share of itself where a surface ends.
const DEPTH_STEP: f32 = 0.015;
// Cosines between neighbouring normals: no crease, and a full one.
const NO_CREASE: f32 = 0.92;
const CREASE: f32 = 0.6;

// 1 on an edge, 0 away from all. Lines are a pixel wide at 1080 pixels of height and grow with the picture.
fn edge_at(position: vec4<f32>) -> f32 {
    let reach = max(round(view.viewport.w / 1080.0), 1.0);
    let here = prepass_depth(position, 0u);
    let normal = prepass_normal(position, 0u);
    var bend = 0.0;
    var crease = 1.0;
    // Along each axis of the picture, both ways.
    for (var axis = 0; axis < 2; axis += 1) {
        let step = select(vec2(reach, 0.0), vec2(0.0, reach), axis == 1);
        let low = vec2(0.5);
        let high = view.viewport.zw - vec2(0.5);
        let before = vec4(clamp(position.xy - step, low, high), position.zw);
        let after = vec4(clamp(position.xy + step, low, high), position.zw);
        // One over the distance runs straight over a flat surface, however it is tilted: only edges bend it.
        bend = max(bend, 2.0 * here - prepass_depth(before, 0u) - prepass_depth(after, 0u));
        crease = min(crease, dot(normal, prepass_normal(before, 0u)));
        crease = min(crease, dot(normal, prepass_normal(after, 0u)));
    }
    let is_end = smoothstep(0.5 * DEPTH_STEP, DEPTH_STEP, bend / max(here, 1e-9));
    let is_crease = 1.0 - smoothstep(CREASE, NO_CREASE, crease);
    return max(is_end, is_crease * 0.7);
}
#endif
#endif
