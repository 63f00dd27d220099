// A plume: puffs that leave a place, rise, grow and thin out. Every puff is a square that faces the eye; the mesh says which
// corner of which puff a vertex is, the rest is made of the time. `src/visual/plumes.rs` fills the uniform.

#import bevy_pbr::{
    mesh_functions::get_world_from_local,
    mesh_view_bindings::{globals, view},
}

struct Plume {
    // Linear RGB in daylight; strength, 0-1.
    color: vec4<f32>,
    // Where it goes and how far, metres; how wide it begins, metres.
    way: vec4<f32>,
}
@group(#{MATERIAL_BIND_GROUP}) @binding(0) var<uniform> plume: Plume;

struct Corner {
    @builtin(instance_index) instance_index: u32,
    // Which corner, -1 or 1 each way, and which puff as 0-1.
    @location(0) position: vec3<f32>,
}

struct Puff {
    @builtin(position) position: vec4<f32>,
    @location(0) corner: vec2<f32>,
    @location(1) alpha: f32,
    @location(2) seed: f32,
}

// A number that looks random, 0-1.
fn scattered(seed: f32) -> f32 {
    return fract(sin(seed * 91.3458) * 47453.5453);
}

@vertex
fn vertex(in: Corner) -> Puff {
    let seed = in.position.z;
    let strength = plume.color.a;
    let reach = length(plume.way.xyz) * (0.35 + 0.65 * strength);
    let along = normalize(plume.way.xyz);
    // A puff lives for a time that does not depend on the frame rate; longer plumes are slower.
    let secs = 1.5 + 0.5 * reach;
    let age = fract(globals.time / secs + seed + 0.05 * scattered(seed));
    let rise = reach * (1.0 - pow(1.0 - age, 1.6));
    // The wind takes what is high; each puff also goes its own way a little.
    let turn = 6.2831853 * scattered(seed + 0.37);
    let drift = vec3(0.16 * reach * age * age, 0.0, 0.05 * reach * age * age)
        + vec3(cos(turn), 0.0, sin(turn)) * (plume.way.w * 0.45 * (0.4 + age));
    let base = get_world_from_local(in.instance_index)[3].xyz;
    let center = base + along * rise + drift;
    let size = plume.way.w * (0.7 + 1.9 * age) * (0.75 + 0.5 * scattered(seed + 0.71));
    let right = view.world_from_view[0].xyz;
    let up = view.world_from_view[1].xyz;
    let world = center + (right * in.position.x + up * in.position.y) * size;

    var out: Puff;
    out.position = view.clip_from_world * vec4(world, 1.0);
    out.corner = in.position.xy;
    out.alpha = strength * smoothstep(0.0, 0.12, age) * pow(1.0 - age, 1.1) * 0.6;
    out.seed = seed;
    return out;
}

@fragment
fn fragment(in: Puff) -> @location(0) vec4<f32> {
    let radius = length(in.corner);
    // A ragged edge: the radius at which it ends wanders with the angle.
    let angle = atan2(in.corner.y, in.corner.x);
    let ragged = 0.12 * sin(angle * 3.0 + in.seed * 40.0) + 0.08 * sin(angle * 7.0 - in.seed * 90.0);
    let cover = 1.0 - smoothstep(0.2, 0.86 + ragged, radius);
    // Lit from above: the underside of a cloud is darker.
    let light = 0.82 + 0.18 * clamp(in.corner.y + 0.3, -1.0, 1.0);
    return vec4(plume.color.rgb * light, in.alpha * cover);
}
