//! From nothing to a runtime that has a headset: loader, instance, system, graphics device, actions.
//!
//! Everything here happens before the engine starts, because the engine draws with the device that is made here. Every step may
//! fail, and a failure is a sentence for a person.

use std::{path::Path, sync::Arc};

use bevy::{math::UVec2, prelude::Resource, render::settings::RenderCreation};
use gemba_xr::lifecycle::{Call, Failure, XrCode};

use super::{
    actions::Actions,
    vulkan::{self, VulkanBinding},
};

/// The names of the loader, the one that installed systems have first: the plain `.so` belongs to development packages.
const LOADERS: &[&str] = if cfg!(windows) {
    &["openxr_loader.dll"]
} else if cfg!(target_os = "macos") {
    &["libopenxr_loader.1.dylib", "libopenxr_loader.dylib"]
} else {
    &["libopenxr_loader.so.1", "libopenxr_loader.so"]
};

/// A runtime with a headset, and what belongs to its instance.
#[derive(Resource, Clone)]
pub(super) struct Runtime {
    /// As it calls itself.
    pub(super) name: String,
    pub(super) instance: openxr::Instance,
    pub(super) system: openxr::SystemId,
    pub(super) binding: VulkanBinding,
    /// What the runtime recommends for one eye, or what was asked for.
    pub(super) eye_px: UVec2,
    pub(super) blend: openxr::EnvironmentBlendMode,
    pub(super) actions: Arc<Actions>,
}

/// Finds a headset and makes the graphics device that it can show pictures of.
pub(super) fn start(eye_px: Option<UVec2>) -> Result<(Runtime, RenderCreation), Failure> {
    let (instance, has_bd_controllers) = make_instance()?;
    with_instance(instance, has_bd_controllers, eye_px)
}

/// Whether there is a headset; whatever that takes is given back.
pub(super) fn probe() -> Result<(), Failure> {
    let (instance, _) = make_instance()?;
    find_headset(&instance, &name_of(&instance)).map(drop)
}

fn make_instance() -> Result<(openxr::Instance, bool), Failure> {
    let entry = open_loader()?;
    let of = |call: Call| move |code: openxr::sys::Result| Failure::of(call, code_of(code), "");
    let offered = entry.enumerate_extensions().map_err(of(Call::ListExtensions))?;
    if !offered.khr_vulkan_enable2 {
        return Err(Failure::of(Call::MakeInstance, XrCode::EXTENSION_NOT_PRESENT, ""));
    }
    let mut wanted = openxr::ExtensionSet::default();
    wanted.khr_vulkan_enable2 = true;
    wanted.bd_controller_interaction = offered.bd_controller_interaction;
    let app = openxr::ApplicationInfo {
        application_name: "Gemba",
        application_version: 1,
        engine_name: "Gemba",
        engine_version: 1,
        api_version: openxr::Version::new(1, 0, 0),
    };
    let instance = entry
        .create_instance(&app, &wanted, &[])
        .map_err(of(Call::MakeInstance))?;
    Ok((instance, wanted.bd_controller_interaction))
}

fn name_of(instance: &openxr::Instance) -> String {
    let properties = instance.properties();
    properties
        .map(|properties| properties.runtime_name)
        .unwrap_or_default()
}

fn find_headset(instance: &openxr::Instance, name: &str) -> Result<openxr::SystemId, Failure> {
    instance
        .system(openxr::FormFactor::HEAD_MOUNTED_DISPLAY)
        .map_err(|code| Failure::of(Call::FindHeadset, code_of(code), name))
}

/// The rest, which can tell the runtime's name.
fn with_instance(
    instance: openxr::Instance,
    has_bd_controllers: bool,
    wanted_px: Option<UVec2>,
) -> Result<(Runtime, RenderCreation), Failure> {
    let name = name_of(&instance);
    let of = |call: Call| {
        let name = name.clone();
        move |code: openxr::sys::Result| Failure::of(call, code_of(code), &name)
    };
    let system = find_headset(&instance, &name)?;
    let stereo = openxr::ViewConfigurationType::PRIMARY_STEREO;
    let views = instance
        .enumerate_view_configuration_views(system, stereo)
        .map_err(of(Call::FindHeadset))?;
    let eye_px = views.iter().fold(UVec2::ZERO, |size, view| {
        let recommended = UVec2::new(
            view.recommended_image_rect_width,
            view.recommended_image_rect_height,
        );
        size.max(recommended)
    });
    let most_px = views.iter().fold(UVec2::MAX, |most, view| {
        most.min(UVec2::new(view.max_image_rect_width, view.max_image_rect_height))
    });
    let eye_px = wanted_px.map_or(eye_px, |wanted| wanted.clamp(UVec2::ONE, most_px.max(UVec2::ONE)));
    if wanted_px.is_some_and(|wanted| wanted != eye_px) {
        tracing::warn!("an eye of this headset has {most_px} pixels at most: it is drawn with {eye_px}");
    }
    if views.len() != 2 || eye_px.min_element() == 0 {
        return Err(Failure::of(
            Call::FindHeadset,
            XrCode::VIEW_CONFIGURATION_TYPE_UNSUPPORTED,
            &name,
        ));
    }
    let blends = instance
        .enumerate_environment_blend_modes(system, stereo)
        .map_err(of(Call::FindHeadset))?;
    // The runtime lists what it does best first; without opacity one sees the plant through the room.
    let opaque = openxr::EnvironmentBlendMode::OPAQUE;
    let blend = if blends.contains(&opaque) {
        opaque
    } else {
        blends.first().copied().unwrap_or(opaque)
    };
    let (creation, binding) = vulkan::make_device(&instance, system, &name)?;
    let actions = Actions::make(&instance, has_bd_controllers).map_err(of(Call::Input))?;
    tracing::info!(runtime = name, eye_px = %eye_px, "a headset is there");
    let runtime = Runtime {
        name,
        instance,
        system,
        binding,
        eye_px,
        blend,
        actions: Arc::new(actions),
    };
    Ok((runtime, creation))
}

fn open_loader() -> Result<openxr::Entry, Failure> {
    for name in LOADERS {
        #[expect(
            unsafe_code,
            reason = "a library is opened and its entry points are taken by name"
        )]
        // SAFETY: a library of this name is the loader of the OpenXR specification or what a person put in its place.
        let entry = unsafe { openxr::Entry::load_from(Path::new(name)) };
        match entry {
            Ok(entry) => return Ok(entry),
            Err(error) => tracing::debug!("{name} is not to be had: {error}"),
        }
    }
    Err(Failure::NoLoader {
        searched: LOADERS.join(", "),
    })
}

/// The runtime's answer as the life cycle knows it.
pub(super) fn code_of(code: openxr::sys::Result) -> XrCode {
    XrCode(code.into_raw())
}
