//! One material: which shader makes its surface, and what that shader says.

use gemba_model::Issue;
use openusd::{sdf, usd::Stage};

use super::{
    network::{self, Source},
    plain,
};
use crate::{
    doc::{AlphaMode, ColorSource, Material, ScalarSource, TextureRead},
    read::{Reader, issues::prim_path, prim_view::PrimView, texture, values},
};

/// Names of the base colour in shaders other than UsdPreviewSurface: MDL, MaterialX, OpenPBR, Arnold, RenderMan, glTF.
const BASE_COLORS: &[&str] = &[
    "diffuseColor",
    "diffuse_color_constant",
    "base_color",
    "baseColor",
    "base_color_factor",
    "diffuse_color",
    "color",
    "diffuse_reflection_color",
    "albedo",
];
/// Names of the base colour's texture, where the shader takes a file and not a connection.
const BASE_TEXTURES: &[&str] = &[
    "diffuse_texture",
    "base_color_texture",
    "baseColorTexture",
    "diffuse_map",
];

/// The material of `view`, and the primvar that its textures read.
pub(super) fn read(reader: &mut Reader, view: &PrimView) -> (Material, Option<String>) {
    let stage = view.prim.stage().clone();
    let mut material = plain(prim_path(view.prim.path()));
    let Some(shader) = surface_shader(&stage, view) else {
        return (material, None);
    };
    let id = network::shader_id(&stage, &shader);
    let mut surface = SurfaceReader {
        reader,
        view,
        stage: &stage,
        shader: &shader,
        uv_name: None,
    };
    match id.as_deref() {
        Some("UsdPreviewSurface" | "ND_UsdPreviewSurface_surfaceshader") => surface.preview(&mut material),
        other => {
            surface.foreign(&mut material);
            view.report_about(
                other.unwrap_or("source"),
                Issue::note(
                    "material.foreign-shader",
                    format!(
                        "its surface is a `{}`, of which Gemba shows base colour, metalness and roughness",
                        other.unwrap_or("shader from a source file")
                    ),
                    "add a UsdPreviewSurface to the material when it has to look right",
                ),
            );
        }
    }
    let uv_name = surface.uv_name;
    (material, uv_name)
}

/// The shader that feeds `outputs:surface`, else that of any render context.
fn surface_shader(stage: &Stage, view: &PrimView) -> Option<sdf::Path> {
    let others = view
        .names()
        .filter(|name| name.starts_with("outputs:") && name.ends_with(":surface"));
    let mut outputs = std::iter::once("outputs:surface")
        .filter(|name| view.has(name))
        .chain(others);
    outputs.find_map(
        |name| match network::source(stage, view.prim.path().append_property(name).ok()?)? {
            Source::Output(shader, _) => Some(shader),
            Source::Value(_) => None,
        },
    )
}

struct SurfaceReader<'r, 'a, 'v> {
    reader: &'r mut Reader<'a>,
    view: &'v PrimView<'v>,
    stage: &'v Stage,
    shader: &'v sdf::Path,
    uv_name: Option<String>,
}

impl SurfaceReader<'_, '_, '_> {
    fn preview(&mut self, material: &mut Material) {
        material.base_color = self.color("diffuseColor", [0.18; 3]);
        material.emissive = self.color("emissiveColor", [0.0; 3]);
        material.metallic = self.scalar("metallic", 0.0);
        material.roughness = self.scalar("roughness", 0.5);
        material.opacity = self.scalar("opacity", 1.0);
        material.occlusion = self.scalar("occlusion", 1.0);
        material.ior = self.number("ior", 1.5);
        material.clearcoat = self.number("clearcoat", 0.0);
        material.clearcoat_roughness = self.number("clearcoatRoughness", 0.01);
        material.normal = match network::input(self.stage, self.shader, "normal") {
            Some(Source::Output(node, _)) => self.texture(&node, false),
            _ => None,
        };
        if self.number("useSpecularWorkflow", 0.0) != 0.0 {
            if let (ColorSource::Constant(diffuse), ColorSource::Constant(specular)) =
                (&material.base_color, self.color("specularColor", [0.0; 3]))
            {
                let (base, metallic) = metallic_from_specular(*diffuse, specular);
                material.base_color = ColorSource::Constant(base);
                material.metallic = ScalarSource::Constant(metallic);
            } else {
                material.metallic = ScalarSource::Constant(0.0);
            }
        }
        let threshold = self.number("opacityThreshold", 0.0);
        material.alpha = match &material.opacity {
            _ if threshold > 0.0 => AlphaMode::Mask { threshold },
            ScalarSource::Constant(opacity) if *opacity >= 1.0 => AlphaMode::Opaque,
            _ => AlphaMode::Blend,
        };
    }

    /// What a shader that Gemba does not know says about itself in plain names.
    fn foreign(&mut self, material: &mut Material) {
        if let Some(name) = BASE_COLORS.iter().find(|name| self.has_input(name)) {
            material.base_color = self.color(name, [0.18; 3]);
        }
        if let Some(name) = BASE_TEXTURES.iter().find(|name| self.has_input(name)) {
            let property = self.shader.append_property(format!("inputs:{name}")).ok();
            let file =
                property.and_then(|property| texture::of_property(self.reader, self.view, &property, true));
            if let Some(texture) = file {
                material.base_color = ColorSource::Texture(TextureRead {
                    texture,
                    scale: [1.0; 4],
                    bias: [0.0; 4],
                    fallback: [0.0, 0.0, 0.0, 1.0],
                    wrap: Default::default(),
                    uv_scale: [1.0; 2],
                    uv_rotation_deg: 0.0,
                    uv_translation: [0.0; 2],
                });
            }
        }
        for (names, fallback, slot) in [
            (
                ["metallic", "metallic_constant", "metalness", "base_metalness"],
                0.0,
                &mut material.metallic,
            ),
            (
                [
                    "roughness",
                    "reflection_roughness_constant",
                    "specular_roughness",
                    "roughness_factor",
                ],
                0.5,
                &mut material.roughness,
            ),
        ] {
            if let Some(name) = names.iter().find(|name| self.has_input(name)) {
                *slot = self.scalar(name, fallback);
            }
        }
        if let Some(opacity) = ["opacity_constant", "opacity"]
            .iter()
            .find_map(|name| network::number(self.stage, self.shader, name))
        {
            let is_on = network::input_value(self.stage, self.shader, "enable_opacity")
                .is_none_or(|value| matches!(value, sdf::Value::Bool(true)));
            if is_on && opacity < 1.0 {
                material.opacity = ScalarSource::Constant(opacity.max(0.0));
                material.alpha = AlphaMode::Blend;
            }
        }
    }

    fn has_input(&self, name: &str) -> bool {
        network::input(self.stage, self.shader, name).is_some()
    }

    fn number(&self, name: &str, fallback: f32) -> f32 {
        network::number(self.stage, self.shader, name).unwrap_or(fallback)
    }

    fn color(&mut self, name: &str, fallback: [f32; 3]) -> ColorSource {
        match network::input(self.stage, self.shader, name) {
            Some(Source::Value(value)) => {
                let color = values::vector::<3>(&value).filter(|color| color.iter().all(|c| c.is_finite()));
                ColorSource::Constant(color.map_or(fallback, |color| color.map(|c| c as f32)))
            }
            Some(Source::Output(node, _)) => self.connected_color(&node, fallback),
            None => ColorSource::Constant(fallback),
        }
    }

    fn connected_color(&mut self, node: &sdf::Path, fallback: [f32; 3]) -> ColorSource {
        if let Some(read) = self.texture(node, true) {
            return ColorSource::Texture(read);
        }
        let id = network::shader_id(self.stage, node).unwrap_or_default();
        let constant = network::vector::<3>(self.stage, node, "fallback")
            .or_else(|| network::vector::<3>(self.stage, node, "value"))
            .unwrap_or(fallback);
        if id.starts_with("UsdPrimvarReader")
            && network::text(self.stage, node, "varname").as_deref() == Some("displayColor")
        {
            return ColorSource::Vertex(constant);
        }
        ColorSource::Constant(constant)
    }

    fn scalar(&mut self, name: &str, fallback: f32) -> ScalarSource {
        match network::input(self.stage, self.shader, name) {
            Some(Source::Value(value)) => {
                let number = values::number(&value).filter(|number| number.is_finite());
                ScalarSource::Constant(number.map_or(fallback, |number| number as f32))
            }
            Some(Source::Output(node, output)) => match self.texture(&node, false) {
                Some(read) => ScalarSource::Texture {
                    read,
                    channel: channel(&output),
                },
                None => {
                    let constant = ["fallback", "value"]
                        .iter()
                        .find_map(|name| network::number(self.stage, &node, name));
                    ScalarSource::Constant(constant.unwrap_or(fallback))
                }
            },
            None => ScalarSource::Constant(fallback),
        }
    }

    /// The image that `node` reads, when it is a texture node.
    fn texture(&mut self, node: &sdf::Path, is_color: bool) -> Option<TextureRead> {
        let file = node.append_property("inputs:file").ok()?;
        network::input(self.stage, node, "file")?;
        let space = network::text(self.stage, node, "sourceColorSpace");
        let is_srgb = match space.as_deref() {
            Some("sRGB" | "srgb_texture") => true,
            Some("raw") => false,
            // `auto`: by what it is used for.
            _ => is_color,
        };
        let texture = texture::of_property(self.reader, self.view, &file, is_srgb)?;
        let wrap = |name: &str| texture::wrap(network::text(self.stage, node, name).as_deref());
        let mut read = TextureRead {
            texture,
            scale: network::vector(self.stage, node, "scale").unwrap_or([1.0; 4]),
            bias: network::vector(self.stage, node, "bias").unwrap_or([0.0; 4]),
            fallback: network::vector(self.stage, node, "fallback").unwrap_or([0.0, 0.0, 0.0, 1.0]),
            wrap: [wrap("wrapS"), wrap("wrapT")],
            uv_scale: [1.0; 2],
            uv_rotation_deg: 0.0,
            uv_translation: [0.0; 2],
        };
        self.coordinates(node, &mut read);
        Some(read)
    }

    /// Follows `st` through a UsdTransform2d to the primvar reader.
    fn coordinates(&mut self, node: &sdf::Path, read: &mut TextureRead) {
        let Some(Source::Output(mut reader, _)) = network::input(self.stage, node, "st") else {
            return;
        };
        if network::shader_id(self.stage, &reader).as_deref() == Some("UsdTransform2d") {
            read.uv_scale = network::vector(self.stage, &reader, "scale").unwrap_or([1.0; 2]);
            read.uv_rotation_deg = network::number(self.stage, &reader, "rotation").unwrap_or(0.0);
            read.uv_translation = network::vector(self.stage, &reader, "translation").unwrap_or([0.0; 2]);
            match network::input(self.stage, &reader, "in") {
                Some(Source::Output(inner, _)) => reader = inner,
                _ => return,
            }
        }
        if let Some(name) = network::text(self.stage, &reader, "varname").filter(|name| !name.is_empty()) {
            self.uv_name.get_or_insert(name);
        }
    }
}

fn channel(output: &str) -> u8 {
    match output {
        "g" => 1,
        "b" => 2,
        "a" => 3,
        _ => 0,
    }
}

/// Specular to metallic workflow, as in the glTF archive's reference conversion (KHR_materials_pbrSpecularGlossiness):
/// solves for the metalness at which both give the same brightness, with 4 % for dielectrics.
fn metallic_from_specular(diffuse: [f32; 3], specular: [f32; 3]) -> ([f32; 3], f32) {
    const DIELECTRIC: f32 = 0.04;
    let brightness = |[r, g, b]: [f32; 3]| (0.299 * r * r + 0.587 * g * g + 0.114 * b * b).sqrt();
    let strongest = specular.iter().copied().fold(0.0, f32::max);
    let (diffuse_brightness, specular_brightness) = (brightness(diffuse), brightness(specular));
    let metallic = if specular_brightness < DIELECTRIC {
        0.0
    } else {
        let b = diffuse_brightness * (1.0 - strongest) / (1.0 - DIELECTRIC) + specular_brightness
            - 2.0 * DIELECTRIC;
        let c = DIELECTRIC - specular_brightness;
        ((-b + (b * b - 4.0 * DIELECTRIC * c).max(0.0).sqrt()) / (2.0 * DIELECTRIC)).clamp(0.0, 1.0)
    };
    let base = [0, 1, 2].map(|at| {
        let from_diffuse = diffuse[at] * (1.0 - strongest) / (1.0 - DIELECTRIC) / (1.0 - metallic).max(1e-6);
        let from_specular = (specular[at] - DIELECTRIC * (1.0 - metallic)) / metallic.max(1e-6);
        (from_diffuse + (from_specular - from_diffuse) * metallic * metallic).clamp(0.0, 1.0)
    });
    (base, metallic)
}

#[cfg(test)]
mod tests {
    use super::metallic_from_specular;

    #[test]
    fn specular_workflow_ends() {
        let (base, metallic) = metallic_from_specular([0.5, 0.2, 0.1], [0.0; 3]);
        assert_eq!(metallic, 0.0);
        assert!((base[0] - 0.5 / 0.96).abs() < 1e-3, "{base:?}");
        let (base, metallic) = metallic_from_specular([0.0; 3], [1.0, 0.8, 0.3]);
        assert!(metallic > 0.99);
        assert!((base[1] - 0.8).abs() < 0.02, "{base:?}");
    }
}
