// The plant's surface where only depth and normals are drawn: for shadows and for ambient occlusion. What a section cuts
// away is left out here too. Normal maps are not read: ambient occlusion is coarser than they are.

#import bevy_pbr::{
    pbr_functions::prepare_world_normal,
    pbr_prepass_functions,
    prepass_io::{FragmentOutput, VertexOutput},
}
#import gemba::section_planes::removes

#ifdef VISIBILITY_RANGE_DITHER
#import bevy_pbr::pbr_functions::visibility_range_dither;
#endif

#ifdef PREPASS_FRAGMENT
@fragment
fn fragment(in: VertexOutput, @builtin(front_facing) is_front: bool) -> FragmentOutput {
#ifdef VISIBILITY_RANGE_DITHER
    visibility_range_dither(in.position, in.visibility_range_dither);
#endif
    pbr_prepass_functions::prepass_alpha_discard(in);
    if removes(in.instance_index, in.world_position.xyz) {
        discard;
    }
    var out: FragmentOutput;
#ifdef UNCLIPPED_DEPTH_ORTHO_EMULATION
    out.frag_depth = in.unclipped_depth;
#endif
#ifdef NORMAL_PREPASS
    out.normal = vec4(prepare_world_normal(in.world_normal, true, is_front) * 0.5 + vec3(0.5), 1.0);
#endif
#ifdef MOTION_VECTOR_PREPASS
    out.motion_vector = pbr_prepass_functions::calculate_motion_vector(in.world_position, in.previous_world_position);
#endif
    return out;
}
#else
@fragment
fn fragment(in: VertexOutput) {
    pbr_prepass_functions::prepass_alpha_discard(in);
    if removes(in.instance_index, in.world_position.xyz) {
        discard;
    }
}
#endif
