// What egui drew, on a square in the plant: as it is, without the plant's light and tone, so that a colour means what it
// means on the desktop. `src/xr/panels/surface.rs` binds the picture.

#import bevy_pbr::forward_io::VertexOutput

@group(#{MATERIAL_BIND_GROUP}) @binding(0) var picture: texture_2d<f32>;
@group(#{MATERIAL_BIND_GROUP}) @binding(1) var picture_sampler: sampler;

@fragment
fn fragment(in: VertexOutput) -> @location(0) vec4<f32> {
    // Its colours are multiplied by its alpha already.
    return textureSample(picture, picture_sampler, in.uv);
}
