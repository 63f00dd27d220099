// How much of the sky each place of the plant sees, for every pass that lights it. `src/visual/daylight` measures it with rays
// and packs the buffer, u32 words:
//   [0..3]  where the first cell begins, relative to the renderer's origin, metres, f32
//   [3]     edge of a cell, metres, f32
//   [4..7]  cells along x, y and z
//   [7]     how much it counts, 0 until it is known, f32
//   [8..]   a cell each, x fastest: 4 x 8 bit, the share of all directions from which the sky's light comes, and the mean of
//           those directions as 0.5 + 2 a (spherical harmonics of the first two bands)

#define_import_path gemba::daylight

#import bevy_pbr::mesh_bindings::mesh

#ifdef BINDLESS
#import gemba::section_planes::twin_indices
struct SkyCells {
    words: array<u32>,
}
@group(#{MATERIAL_BIND_GROUP}) @binding(103) var<storage> sky_cells: binding_array<SkyCells>;
#else
@group(#{MATERIAL_BIND_GROUP}) @binding(52) var<storage, read> sky_cells: array<u32>;
#endif

fn word_of(instance_index: u32, at: u32) -> u32 {
#ifdef BINDLESS
    let slot = mesh[instance_index].material_and_lightmap_bind_group_slot & 0xffffu;
    return sky_cells[twin_indices[slot].cells].words[at];
#else
    return sky_cells[at];
#endif
}

fn number_of(instance_index: u32, at: u32) -> f32 {
    return bitcast<f32>(word_of(instance_index, at));
}

// Between the eight cells around a place.
fn cell_around(instance_index: u32, at: vec3<f32>) -> vec4<f32> {
    let count = vec3<i32>(
        i32(word_of(instance_index, 4u)),
        i32(word_of(instance_index, 5u)),
        i32(word_of(instance_index, 6u)),
    );
    let low = floor(at);
    let part = at - low;
    var sum = vec4(0.0);
    for (var corner = 0; corner < 8; corner += 1) {
        let step = vec3(corner & 1, (corner >> 1u) & 1, (corner >> 2u) & 1);
        let cell = clamp(vec3<i32>(low) + step, vec3(0), count - vec3(1));
        let near = mix(vec3(1.0) - part, part, vec3<f32>(step));
        let word = word_of(instance_index, 8u + u32(cell.x + count.x * (cell.y + count.y * cell.z)));
        sum += near.x * near.y * near.z * unpack4x8unorm(word);
    }
    return vec4(sum.x, (sum.yzw - vec3(0.5)) * 0.5);
}

// The shares of the sky's light that reach a surface there: what it scatters, and what it mirrors towards `reflected`.
fn shares_of_sky(instance_index: u32, position: vec3<f32>, normal: vec3<f32>, reflected: vec3<f32>) -> vec2<f32> {
    let counts = number_of(instance_index, 7u);
    if counts <= 0.0 {
        return vec2(1.0);
    }
    let cell_m = number_of(instance_index, 3u);
    let first = vec3(
        number_of(instance_index, 0u),
        number_of(instance_index, 1u),
        number_of(instance_index, 2u),
    );
    // Half a cell in front of the surface, so that a wall's two sides are told apart.
    let at = (position + normal * (0.5 * cell_m) - first) / cell_m - vec3(0.5);
    let seen = cell_around(instance_index, at);
    // The second band counts threefold in a direction, and twofold over a cosine lobe (Ramamoorthi and Hanrahan 2001).
    let scattered = seen.x + 2.0 * dot(seen.yzw, normal);
    let mirrored = seen.x + 3.0 * dot(seen.yzw, reflected);
    return mix(vec2(1.0), clamp(vec2(scattered, mirrored), vec2(0.0), vec2(1.0)), counts);
}
