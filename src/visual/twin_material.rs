//! The one material of the plant: `StandardMaterial` plus a look into the values buffer.
//!
//! Every material shares one storage buffer of [`ValueRecord`](crate::binding::ValueRecord)s; the shader finds its record
//! by the instance's [`MeshTag`](bevy::mesh::MeshTag). A value that changes therefore changes 32 bytes of that buffer and
//! neither a material nor a batch. Works with bindless materials and without (older software Vulkan has no binding
//! arrays). What is written into the buffer, and when, is [`super::values`].

use bevy::{
    asset::uuid_handle,
    pbr::{ExtendedMaterial, MaterialExtension, MaterialPlugin, StandardMaterial},
    prelude::*,
    render::{render_resource::AsBindGroup, storage::ShaderBuffer},
    shader::ShaderRef,
};

/// The material of everything in the plant. Values reach it through the instance's tag, never through a new material.
pub type PlantMaterial = ExtendedMaterial<StandardMaterial, TwinExtension>;

/// The values buffer: one for all materials, at a fixed address, so that a material can be made anywhere.
pub const VALUES_BUFFER: Handle<ShaderBuffer> = uuid_handle!("5d0c2c8e-2a4b-4b6e-9d0f-7c1a5f1e3b90");

const SHADER: Handle<Shader> = uuid_handle!("8f3f6a52-6a7e-4e0f-8f0c-0c5f5b1d7e21");

/// What a plant material has besides its surface.
#[derive(Asset, AsBindGroup, Reflect, Clone, Debug)]
#[bindless(index_table(range(50..51), binding(100)))]
pub struct TwinExtension {
    #[storage(50, read_only, binding_array(101))]
    values: Handle<ShaderBuffer>,
}

impl Default for TwinExtension {
    fn default() -> Self {
        Self {
            values: VALUES_BUFFER,
        }
    }
}

impl MaterialExtension for TwinExtension {
    fn fragment_shader() -> ShaderRef {
        SHADER.into()
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

/// Registers [`PlantMaterial`] and its shader.
#[derive(Default)]
pub struct TwinMaterialPlugin;

impl Plugin for TwinMaterialPlugin {
    fn build(&self, app: &mut App) {
        let shader = Shader::from_wgsl(include_str!("../../shaders/twin.wgsl"), "shaders/twin.wgsl");
        if let Err(error) = app
            .world_mut()
            .resource_mut::<Assets<Shader>>()
            .insert(SHADER.id(), shader)
        {
            error!("The twin shader cannot be registered, the plant will be invisible: {error}");
        }
        app.add_plugins(MaterialPlugin::<PlantMaterial>::default());
    }
}
