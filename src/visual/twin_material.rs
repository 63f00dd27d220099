//! The one material of the plant: `StandardMaterial` plus a look into the values buffer.
//!
//! Every material shares one storage buffer of [`ValueRecord`](crate::binding::ValueRecord)s; the shader finds its record
//! by the instance's [`MeshTag`](bevy::mesh::MeshTag). A value that changes therefore changes 32 bytes of that buffer and
//! neither a material nor a batch. The planes that cut the plant open and the daylight in it lie in two more such buffers
//! ([`super::section`], [`super::daylight`]). Works with bindless materials and without (older software Vulkan has no binding
//! arrays). What is written into the buffer, and when, is [`super::values`].

use bevy::{
    asset::uuid_handle,
    pbr::{ExtendedMaterial, MaterialExtension, MaterialPlugin, StandardMaterial},
    prelude::*,
    render::{render_resource::AsBindGroup, storage::ShaderBuffer},
    shader::ShaderRef,
};

use super::{
    daylight::{self, DAYLIGHT_BUFFER},
    section::{self, SECTION_BUFFER},
};

/// The material of everything in the plant. Values reach it through the instance's tag, never through a new material.
pub type PlantMaterial = ExtendedMaterial<StandardMaterial, TwinExtension>;

/// The values buffer: one for all materials, at a fixed address, so that a material can be made anywhere.
pub const VALUES_BUFFER: Handle<ShaderBuffer> = uuid_handle!("5d0c2c8e-2a4b-4b6e-9d0f-7c1a5f1e3b90");

const SHADER: Handle<Shader> = uuid_handle!("8f3f6a52-6a7e-4e0f-8f0c-0c5f5b1d7e21");
const PREPASS_SHADER: Handle<Shader> = uuid_handle!("3a0f7be4-55a6-4d0c-9a55-1c80d5a6f0b7");
const SECTION_SHADER: Handle<Shader> = uuid_handle!("e9d2d0a1-0c3e-4b62-8b1e-6a2b8f4c1d33");
const DAYLIGHT_SHADER: Handle<Shader> = uuid_handle!("0b7f4f0f-7e58-4c85-8a33-9d6a4c1f2e77");
const EDGES_SHADER: Handle<Shader> = uuid_handle!("6c1d5a3b-2b0e-4d0f-9e52-3f8b7a6d5c41");

/// The plant's shaders: handle, source, name.
const SHADERS: [(Handle<Shader>, &str, &str); 5] = [
    (
        SECTION_SHADER,
        include_str!("../../shaders/section.wgsl"),
        "shaders/section.wgsl",
    ),
    (
        DAYLIGHT_SHADER,
        include_str!("../../shaders/daylight.wgsl"),
        "shaders/daylight.wgsl",
    ),
    (
        EDGES_SHADER,
        include_str!("../../shaders/edges.wgsl"),
        "shaders/edges.wgsl",
    ),
    (
        SHADER,
        include_str!("../../shaders/twin.wgsl"),
        "shaders/twin.wgsl",
    ),
    (
        PREPASS_SHADER,
        include_str!("../../shaders/twin_prepass.wgsl"),
        "shaders/twin_prepass.wgsl",
    ),
];

/// What a plant material has besides its surface.
#[derive(Asset, AsBindGroup, Reflect, Clone, Debug)]
#[bindless(index_table(range(50..53), binding(100)))]
pub struct TwinExtension {
    #[storage(50, read_only, binding_array(101))]
    values: Handle<ShaderBuffer>,
    #[storage(51, read_only, binding_array(102))]
    section: Handle<ShaderBuffer>,
    #[storage(52, read_only, binding_array(103))]
    daylight: Handle<ShaderBuffer>,
}

impl Default for TwinExtension {
    fn default() -> Self {
        Self {
            values: VALUES_BUFFER,
            section: SECTION_BUFFER,
            daylight: DAYLIGHT_BUFFER,
        }
    }
}

impl MaterialExtension for TwinExtension {
    fn fragment_shader() -> ShaderRef {
        SHADER.into()
    }

    fn prepass_fragment_shader() -> ShaderRef {
        PREPASS_SHADER.into()
    }
}

/// A plant material that looks like `surface`.
#[must_use]
pub fn plant_material(surface: StandardMaterial) -> PlantMaterial {
    PlantMaterial {
        base: surface,
        extension: TwinExtension::default(),
    }
}

/// Registers [`PlantMaterial`] and its shaders.
#[derive(Default)]
pub struct TwinMaterialPlugin;

impl Plugin for TwinMaterialPlugin {
    fn build(&self, app: &mut App) {
        let mut shaders = app.world_mut().resource_mut::<Assets<Shader>>();
        for (handle, source, name) in SHADERS {
            if let Err(error) = shaders.insert(handle.id(), Shader::from_wgsl(source, name)) {
                error!("The shader {name} cannot be registered, the plant will be invisible: {error}");
            }
        }
        app.add_plugins(MaterialPlugin::<PlantMaterial>::default());
        let mut buffers = app.world_mut().resource_mut::<Assets<ShaderBuffer>>();
        section::make_buffer(&mut buffers);
        daylight::make_buffer(&mut buffers);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An import that nobody provides leaves the pipeline waiting for ever, and the plant invisible without a word. A name
    /// that is both an import and something else reads as such an import.
    #[test]
    fn every_import_of_a_shader_is_there() {
        let shaders = SHADERS.map(|(_, source, name)| Shader::from_wgsl(source, name));
        let ours: Vec<_> = shaders.iter().map(|shader| &shader.import_path).collect();
        for shader in &shaders {
            for import in &shader.imports {
                let is_of_the_engine = import.module_name().starts_with("bevy_");
                assert!(
                    is_of_the_engine || ours.contains(&import),
                    "{}: nobody provides {import:?}",
                    shader.path
                );
            }
        }
    }
}
