// Darkness around the head: a tunnel while one is moved without moving, and all of it while there is nothing to see. It is on a
// sphere around the head, whose normals say which way one looks through it. `src/xr/veil.rs` fills the uniform.

#import bevy_pbr::forward_io::VertexOutput

struct Veil {
    // Which way the head looks; how dark it is everywhere, 0-1.
    forward_and_fade: vec4<f32>,
    // Half angles of the tunnel, radians: within the first all is seen, from the second on nothing.
    tunnel: vec4<f32>,
}
@group(#{MATERIAL_BIND_GROUP}) @binding(0) var<uniform> veil: Veil;

@fragment
fn fragment(in: VertexOutput) -> @location(0) vec4<f32> {
    let way = normalize(in.world_normal);
    let angle = acos(clamp(dot(way, veil.forward_and_fade.xyz), -1.0, 1.0));
    let edge = smoothstep(veil.tunnel.x, veil.tunnel.y, angle);
    return vec4(0.0, 0.0, 0.0, max(edge, veil.forward_and_fade.w));
}
