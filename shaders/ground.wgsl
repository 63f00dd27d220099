// The ground around a plant: lit like any surface, with a grid of metres that fades before it gets fine, and an edge that
// dissolves into the horizon.

#import bevy_pbr::{
    forward_io::{FragmentOutput, VertexOutput},
    pbr_fragment::pbr_input_from_standard_material,
    pbr_functions::{apply_pbr_lighting, main_pass_post_lighting_processing},
}

struct Ground {
    // Middle of the plant on the ground.
    center_m: vec2<f32>,
    // World position of the scene's own zero, so that lines lie on whole metres of the scene.
    grid_origin_m: vec2<f32>,
    // Where the ground has dissolved.
    fade_m: f32,
    // Distance of fine lines; every tenth is stronger.
    cell_m: f32,
    // Strength of lines, 0-1.
    line_ratio: f32,
    unused: f32,
}

@group(#{MATERIAL_BIND_GROUP}) @binding(100) var<uniform> ground: Ground;

// Coverage of grid lines `width_px` wide, at distance `cell_m`, antialiased; gone where cells are smaller than a few pixels.
fn lines(position_m: vec2<f32>, cell_m: f32, width_px: f32) -> f32 {
    let cell = position_m / cell_m;
    let per_px = max(fwidth(cell), vec2<f32>(1e-6));
    let from_line = abs(fract(cell - 0.5) - 0.5) / per_px;
    let coverage = 1.0 - smoothstep(vec2<f32>(width_px * 0.5), vec2<f32>(width_px * 0.5 + 1.0), from_line);
    let visible = 1.0 - smoothstep(vec2<f32>(0.08), vec2<f32>(0.35), per_px);
    return max(coverage.x * visible.x, coverage.y * visible.y);
}

@fragment
fn fragment(in: VertexOutput, @builtin(front_facing) is_front: bool) -> FragmentOutput {
    var pbr_input = pbr_input_from_standard_material(in, is_front);
    let from_grid = in.world_position.xz - ground.grid_origin_m;
    let line = max(
        lines(from_grid, ground.cell_m, 1.0) * 0.45,
        lines(from_grid, ground.cell_m * 10.0, 1.4),
    ) * ground.line_ratio;
    let outwards = distance(in.world_position.xz, ground.center_m) / ground.fade_m;
    let alpha = 1.0 - smoothstep(0.2, 0.95, outwards);
    let base = pbr_input.material.base_color.rgb;
    pbr_input.material.base_color = vec4<f32>(base * (1.0 - line), alpha);

    var out: FragmentOutput;
    out.color = apply_pbr_lighting(pbr_input);
    out.color = main_pass_post_lighting_processing(pbr_input, out.color);
    return out;
}
