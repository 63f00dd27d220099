// The plant's surface: StandardMaterial, then what the twin says about this instance.
//
// Each instance carries a tag (`MeshTag`), the row of its record in one storage buffer. Row 0 is "no value". The record
// is 32 bytes, two vec4<u32>; `ValueRecord` in src/binding/record.rs packs it:
//   [0].xy  color rgb, flags        4 x 16 bit, colours as unorm
//   [0].zw  emissive rgb, unused    4 x 16 bit
//   [1].xy  content rgb, unused     4 x 16 bit
//   [1].z   level: height of the liquid's surface along world Y, metres, f32
//   [1].w   emissive strength, f32

#import bevy_pbr::{
    pbr_fragment::pbr_input_from_standard_material,
    pbr_functions::{alpha_discard, apply_pbr_lighting, main_pass_post_lighting_processing},
    pbr_types::{
        PbrInput, STANDARD_MATERIAL_FLAGS_ALPHA_MODE_BLEND, STANDARD_MATERIAL_FLAGS_ALPHA_MODE_RESERVED_BITS,
        STANDARD_MATERIAL_FLAGS_DOUBLE_SIDED_BIT, STANDARD_MATERIAL_FLAGS_UNLIT_BIT,
    },
    forward_io::{VertexOutput, FragmentOutput},
    mesh_bindings::mesh,
    mesh_view_bindings::view,
    decal::clustered::apply_decals,
}
#import gemba::section_planes::{edge_ink, is_cut, removes}
#import gemba::daylight::shares_of_sky
#import gemba::edges::edge_at

#ifdef VISIBILITY_RANGE_DITHER
#import bevy_pbr::pbr_functions::visibility_range_dither;
#endif

#ifdef BINDLESS
#import gemba::section_planes::twin_indices
struct TwinValues {
    words: array<vec4<u32>>,
}
@group(#{MATERIAL_BIND_GROUP}) @binding(101) var<storage> twin_values: binding_array<TwinValues>;
#else
@group(#{MATERIAL_BIND_GROUP}) @binding(50) var<storage, read> twin_values: array<vec4<u32>>;
#endif

const QUALITY_MASK: u32 = 3u;
const QUALITY_UNCERTAIN: u32 = 1u;
const QUALITY_BAD: u32 = 2u;
const QUALITY_STALE: u32 = 3u;
const HAS_COLOR: u32 = 4u;
const HAS_EMISSIVE: u32 = 8u;
const HAS_LEVEL: u32 = 16u;

// How much of the twin's colour covers the surface's own.
const COLOR_MIX: f32 = 0.92;
// How much of the content's colour covers a full shell.
const CONTENT_MIX: f32 = 0.85;
// The empty part of a shell keeps this much of its brightness.
const EMPTY_DIM: f32 = 0.55;
// Hatch lines repeat after this many pixels on a picture 1080 pixels high.
const HATCH_PERIOD_PX: f32 = 14.0;

// Of cut faces, linear.
const CUT_COLOR: vec3<f32> = vec3<f32>(0.42, 0.16, 0.05);

// What a surface gets indoors in place of the sky's light.
const INDOOR_LIGHT: vec3<f32> = vec3<f32>(0.46, 0.40, 0.34);

// Of edges, linear.
const EDGE_COLOR: vec3<f32> = vec3<f32>(0.015, 0.02, 0.03);

const LUMA: vec3<f32> = vec3<f32>(0.2126, 0.7152, 0.0722);

struct Twin {
    color: vec3<f32>,
    emissive: vec3<f32>,
    content: vec3<f32>,
    level_y: f32,
    flags: u32,
}

fn words_of(instance_index: u32, row: u32) -> array<vec4<u32>, 2> {
#ifdef BINDLESS
    let slot = mesh[instance_index].material_and_lightmap_bind_group_slot & 0xffffu;
    let at = twin_indices[slot].values;
    let known = row * 2u + 1u < arrayLength(&twin_values[at].words);
    let first = select(0u, row * 2u, known);
    return array<vec4<u32>, 2>(twin_values[at].words[first], twin_values[at].words[first + 1u]);
#else
    let known = row * 2u + 1u < arrayLength(&twin_values);
    let first = select(0u, row * 2u, known);
    return array<vec4<u32>, 2>(twin_values[first], twin_values[first + 1u]);
#endif
}

fn twin_of(instance_index: u32) -> Twin {
    let words = words_of(instance_index, mesh[instance_index].tag);
    var twin: Twin;
    twin.color = vec3(unpack2x16unorm(words[0].x), unpack2x16unorm(words[0].y).x);
    twin.flags = words[0].y >> 16u;
    twin.emissive = vec3(unpack2x16unorm(words[0].z), unpack2x16unorm(words[0].w).x) * bitcast<f32>(words[1].w);
    twin.content = vec3(unpack2x16unorm(words[1].x), unpack2x16unorm(words[1].y).x);
    twin.level_y = bitcast<f32>(words[1].z);
    return twin;
}

// Paints before light falls on it, so that a coloured pump is still a lit pump.
fn paint(twin: Twin, pbr_input: ptr<function, PbrInput>) {
    var base = (*pbr_input).material.base_color.rgb;
    var paint = 0.0;
    if (twin.flags & HAS_COLOR) != 0u {
        base = mix(base, twin.color, COLOR_MIX);
        paint = COLOR_MIX;
    }
    if (twin.flags & HAS_LEVEL) != 0u {
        let height = (*pbr_input).world_position.y - twin.level_y;
        // The liquid's surface is a line two pixels wide at any distance, and never thinner than 4 mm.
        let half_line = max(fwidth((*pbr_input).world_position.y) * 1.5, 0.004);
        let below = 1.0 - smoothstep(-0.25 * half_line, 0.25 * half_line, height);
        let line = 1.0 - smoothstep(0.7 * half_line, half_line, abs(height));
        let empty = base * EMPTY_DIM;
        base = mix(empty, mix(base, twin.content, CONTENT_MIX), below);
        base = mix(base, vec3(0.95), line);
        paint = max(paint, max(below * CONTENT_MIX, line));
        (*pbr_input).material.emissive += vec4(twin.content * (0.12 * below) + vec3(0.35 * line), 0.0);
    }
    (*pbr_input).material.base_color = vec4(base, (*pbr_input).material.base_color.a);
    // Paint is no metal: a metal would show its surroundings in place of the value.
    (*pbr_input).material.metallic *= 1.0 - paint;
    (*pbr_input).material.perceptual_roughness = mix((*pbr_input).material.perceptual_roughness, 0.6, paint);
    if (twin.flags & HAS_EMISSIVE) != 0u {
        (*pbr_input).material.emissive += vec4(twin.emissive, 0.0);
    }
}

// 1 on a diagonal line, 0 between; `width` is the part of the period that the line takes.
fn diagonal(at_px: vec2<f32>, direction: f32, period_px: f32, width: f32) -> f32 {
    let along = (at_px.x + direction * at_px.y) * 0.70710678 / period_px;
    let from_line = abs(fract(along) - 0.5) * period_px;
    let half_width = 0.5 * width * period_px;
    return 1.0 - smoothstep(half_width - 0.75, half_width + 0.75, from_line);
}

// What is not good is hatched: seen without colour, at any distance. Stale: one diagonal. Bad: crossed diagonals and
// no colour. Uncertain: a thin diagonal the other way.
fn mark_quality(flags: u32, at_px: vec2<f32>, color: vec3<f32>) -> vec3<f32> {
    let quality = flags & QUALITY_MASK;
    if quality == 0u {
        return color;
    }
    let period_px = HATCH_PERIOD_PX * max(view.viewport.w / 1080.0, 0.6);
    var line = 0.0;
    var grey = 0.0;
    if quality == QUALITY_STALE {
        line = diagonal(at_px, 1.0, period_px, 0.36);
        grey = 0.75;
    } else if quality == QUALITY_BAD {
        line = max(diagonal(at_px, 1.0, period_px, 0.26), diagonal(at_px, -1.0, period_px, 0.26));
        grey = 1.0;
    } else {
        line = diagonal(at_px, -1.0, period_px * 1.5, 0.16);
        grey = 0.25;
    }
    let luminance = dot(color, LUMA);
    let muted = mix(color, vec3(luminance), grey);
    let ink = select(vec3(0.01), vec3(0.75), luminance < 0.18);
    return mix(muted, ink, line * 0.8);
}

// What shines through also mirrors, the more the flatter one looks at it: there it hides what lies behind. Without it glass
// and PET are tinted air. (Fresnel by Schlick 1994; 4 % straight on, as glass and plastics have.)
fn glazed(pbr_input: PbrInput, alpha: f32) -> f32 {
    let mode = pbr_input.material.flags & STANDARD_MATERIAL_FLAGS_ALPHA_MODE_RESERVED_BITS;
    if mode != STANDARD_MATERIAL_FLAGS_ALPHA_MODE_BLEND {
        return alpha;
    }
    let facing = clamp(abs(dot(pbr_input.N, pbr_input.V)), 0.0, 1.0);
    let mirrored = 0.04 + 0.96 * pow(1.0 - facing, 5.0);
    // What is not there at all mirrors nothing.
    let is_there = smoothstep(0.0, 0.05, alpha);
    return mix(alpha, 1.0, mirrored * is_there * (1.0 - pbr_input.material.perceptual_roughness));
}

// The inside of a solid that is cut open, seen through the cut: its face, in the flat colour and with the fine lines that
// drawings give to cut material. Thin sheets have no inside; theirs are drawn as they are.
fn cut_face(base: vec3<f32>, at_px: vec2<f32>) -> vec3<f32> {
    let period_px = 7.0 * max(view.viewport.w / 1080.0, 0.6);
    let line = diagonal(at_px, -1.0, period_px, 0.22);
    return mix(mix(CUT_COLOR, base, 0.25), CUT_COLOR * 0.25, line * 0.6);
}

// The sky's light as far as it gets there. What does not come from the sky comes from walls and machines: darker, and
// warmer than a blue sky.
fn let_in_daylight(instance_index: u32, pbr_input: ptr<function, PbrInput>) {
    let reflected = reflect(-(*pbr_input).V, (*pbr_input).N);
    let shares = shares_of_sky(instance_index, (*pbr_input).world_position.xyz, (*pbr_input).world_normal, reflected);
    (*pbr_input).diffuse_occlusion *= mix(INDOOR_LIGHT, vec3(1.0), shares.x);
    (*pbr_input).specular_occlusion *= mix(INDOOR_LIGHT.y, 1.0, shares.y);
}

@fragment
fn fragment(in: VertexOutput, @builtin(front_facing) is_front: bool) -> FragmentOutput {
#ifdef VISIBILITY_RANGE_DITHER
    visibility_range_dither(in.position, in.visibility_range_dither);
#endif
    if removes(in.instance_index, in.world_position.xyz) {
        discard;
    }
    var pbr_input = pbr_input_from_standard_material(in, is_front);
    pbr_input.material.base_color = alpha_discard(pbr_input.material, pbr_input.material.base_color);
    apply_decals(&pbr_input);

    let twin = twin_of(in.instance_index);
    if twin.flags != 0u {
        paint(twin, &pbr_input);
    }

    let is_double_sided = (pbr_input.material.flags & STANDARD_MATERIAL_FLAGS_DOUBLE_SIDED_BIT) != 0u;
    let is_cut_face = !is_front && !is_double_sided && is_cut(in.instance_index);

    var out: FragmentOutput;
    if is_cut_face {
        // Not lit: a cut is no surface of the plant.
        out.color = vec4(cut_face(pbr_input.material.base_color.rgb, in.position.xy), 1.0);
    } else if (pbr_input.material.flags & STANDARD_MATERIAL_FLAGS_UNLIT_BIT) == 0u {
        let_in_daylight(in.instance_index, &pbr_input);
        out.color = apply_pbr_lighting(pbr_input);
        out.color.a = glazed(pbr_input, out.color.a);
    } else {
        out.color = pbr_input.material.base_color;
    }
#ifdef NORMAL_PREPASS
#ifdef DEPTH_PREPASS
    let ink = edge_ink(in.instance_index);
    let mode = pbr_input.material.flags & STANDARD_MATERIAL_FLAGS_ALPHA_MODE_RESERVED_BITS;
    if ink > 0.0 && mode != STANDARD_MATERIAL_FLAGS_ALPHA_MODE_BLEND {
        out.color = vec4(mix(out.color.rgb, EDGE_COLOR, ink * edge_at(in.position)), out.color.a);
    }
#endif
#endif
    out.color = vec4(mark_quality(twin.flags, in.position.xy, out.color.rgb), out.color.a);
    out.color = main_pass_post_lighting_processing(pbr_input, out.color);
    return out;
}
