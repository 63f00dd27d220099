// What egui drew, on a square in the plant: as it is, without the plant's light and tone, so that a colour means what it
// means on the desktop. `src/xr/panels/surface.rs` binds the picture.

#import bevy_pbr::forward_io::VertexOutput

@group(#{MATERIAL_BIND_GROUP}) @binding(0) var picture: texture_2d<f32>;
@group(#{MATERIAL_BIND_GROUP}) @binding(1) var picture_sampler: sampler;

@fragment
fn fragment(in: VertexOutput) -> @location(0) vec4<f32> {
    // Four places within the pixel: a picture that has more pixels than the eye must not lose the stems of its letters.
    let aside = dpdx(in.uv);
    let down = dpdy(in.uv);
    let seen = textureSample(picture, picture_sampler, in.uv + 0.125 * aside + 0.375 * down)
        + textureSample(picture, picture_sampler, in.uv - 0.125 * aside - 0.375 * down)
        + textureSample(picture, picture_sampler, in.uv + 0.375 * aside - 0.125 * down)
        + textureSample(picture, picture_sampler, in.uv - 0.375 * aside + 0.125 * down);
    // Its colours are multiplied by its alpha already.
    return 0.25 * seen;
}
