//! What a panel is seen by: a square that shows a picture.

use bevy::{
    asset::uuid_handle,
    light::NotShadowCaster,
    mesh::MeshVertexBufferLayoutRef,
    pbr::{MaterialPipeline, MaterialPipelineKey},
    picking::Pickable,
    prelude::*,
    render::render_resource::{
        AsBindGroup, CompareFunction, RenderPipelineDescriptor, SpecializedMeshPipelineError,
    },
    shader::ShaderRef,
};

const SHADER: Handle<Shader> = uuid_handle!("b3c0f6d2-58f1-4c8e-9a1f-20f7e9b6c4d5");
/// Sorts a surface behind whatever an eye can see.
const OVER_VEIL_M: f32 = 2_000.0;

/// The material of a panel in the plant.
#[derive(Asset, AsBindGroup, TypePath, Clone, Debug)]
#[bind_group_data(SurfaceKey)]
pub(in crate::xr) struct SurfaceMaterial {
    #[texture(0)]
    #[sampler(1)]
    pub(in crate::xr) picture: Handle<Image>,
    pub(in crate::xr) layer: SurfaceLayer,
}

/// What may stand before a surface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::xr) enum SurfaceLayer {
    /// It stands in the plant.
    Plant,
    /// It is seen through what stands before it.
    OnTop,
    /// The same, and the veil does not darken it.
    OverVeil,
}

/// What pipelines of surfaces differ by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub(in crate::xr) struct SurfaceKey {
    is_on_top: bool,
}

impl From<&SurfaceMaterial> for SurfaceKey {
    fn from(surface: &SurfaceMaterial) -> Self {
        Self {
            is_on_top: surface.layer != SurfaceLayer::Plant,
        }
    }
}

impl Material for SurfaceMaterial {
    fn fragment_shader() -> ShaderRef {
        SHADER.into()
    }

    fn alpha_mode(&self) -> AlphaMode {
        AlphaMode::Premultiplied
    }

    fn depth_bias(&self) -> f32 {
        // What is seen through is drawn from afar to near: this as if it were behind the eyes, where the veil is.
        match self.layer {
            SurfaceLayer::Plant | SurfaceLayer::OnTop => 0.0,
            SurfaceLayer::OverVeil => OVER_VEIL_M,
        }
    }

    fn specialize(
        _: &MaterialPipeline,
        descriptor: &mut RenderPipelineDescriptor,
        _: &MeshVertexBufferLayoutRef,
        key: MaterialPipelineKey<Self>,
    ) -> Result<(), SpecializedMeshPipelineError> {
        if let Some(depth) = descriptor
            .depth_stencil
            .as_mut()
            .filter(|_| key.bind_group_data.is_on_top)
        {
            depth.depth_compare = Some(CompareFunction::Always);
        }
        Ok(())
    }

    fn enable_prepass() -> bool {
        false
    }

    fn enable_shadows() -> bool {
        false
    }
}

/// Registers the material, and makes the square that all panels are.
pub(super) fn build(app: &mut App) {
    let mut shaders = app.world_mut().resource_mut::<Assets<Shader>>();
    let shader = Shader::from_wgsl(
        include_str!("../../../shaders/space_panel.wgsl"),
        "shaders/space_panel.wgsl",
    );
    if let Err(error) = shaders.insert(SHADER.id(), shader) {
        error!("The shader of panels in the plant cannot be registered, they will be invisible: {error}");
    }
    app.add_plugins(MaterialPlugin::<SurfaceMaterial>::default());
}

/// The square that shows `picture`, one metre wide and high until it is placed.
pub(super) fn spawn_square(
    commands: &mut Commands,
    meshes: &mut Assets<Mesh>,
    materials: &mut Assets<SurfaceMaterial>,
    picture: Handle<Image>,
) -> Entity {
    let square = commands.spawn((
        Name::new("a panel in the plant"),
        Mesh3d(meshes.add(Rectangle::new(1.0, 1.0))),
        MeshMaterial3d(materials.add(SurfaceMaterial {
            picture,
            layer: SurfaceLayer::Plant,
        })),
        NotShadowCaster,
        Pickable::IGNORE,
        Visibility::Hidden,
    ));
    square.id()
}
