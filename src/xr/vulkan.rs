//! Vulkan between OpenXR and wgpu: a device that the runtime agrees with, and its swapchain's images as textures.
//!
//! `XR_KHR_vulkan_enable2`: the runtime makes instance and device from our wishes and adds its own. Our wishes are what the engine
//! would ask for by itself: every feature and limit of the adapter, but memory that is slow on cards of its own.
#![expect(
    unsafe_code,
    reason = "handles of Vulkan change owners here, and nowhere else"
)]

use std::{ffi::CStr, sync::Arc};

use ash::vk::{self, Handle as _};
use bevy::render::{
    renderer::{RenderAdapter, RenderAdapterInfo, RenderInstance, RenderQueue, WgpuWrapper},
    settings::RenderCreation,
};
use gemba_xr::lifecycle::{Call, Failure};
use wgpu::hal::{self, api::Vulkan};

use super::runtime::code_of;

/// What wgpu wants to speak where the driver does.
const WANTED_VERSION: u32 = vk::API_VERSION_1_3;

/// The handles that a session is made with. They belong to the wgpu device, which outlives every session.
#[derive(Clone, Copy, Debug)]
pub(super) struct VulkanBinding {
    instance: u64,
    physical_device: u64,
    device: u64,
    queue_family_index: u32,
}

impl VulkanBinding {
    /// As the crate `openxr` wants them.
    pub(super) fn session_info(self) -> openxr::vulkan::SessionCreateInfo {
        openxr::vulkan::SessionCreateInfo {
            instance: pointer(self.instance),
            physical_device: pointer(self.physical_device),
            device: pointer(self.device),
            queue_family_index: self.queue_family_index,
            queue_index: 0,
        }
    }
}

/// A dispatchable handle of Vulkan, which OpenXR's headers hold as a pointer.
fn pointer(handle: u64) -> *const std::ffi::c_void {
    handle as usize as *const std::ffi::c_void
}

/// Makes the graphics device for the headset `system`.
pub(super) fn make_device(
    instance: &openxr::Instance,
    system: openxr::SystemId,
    runtime: &str,
) -> Result<(RenderCreation, VulkanBinding), Failure> {
    let needs = instance
        .graphics_requirements::<openxr::Vulkan>(system)
        .map_err(|code| Failure::of(Call::MakeDevice, code_of(code), runtime))?;
    // SAFETY: the library of this name is the Vulkan loader.
    let entry = unsafe { ash::Entry::load() }.map_err(driver("Vulkan is not installed"))?;
    // SAFETY: the entry was just loaded.
    let newest = unsafe { entry.try_enumerate_instance_version() }
        .map_err(driver("its version is not known"))?
        .unwrap_or(vk::API_VERSION_1_0);
    let version = newest.min(WANTED_VERSION);
    let least = vk::make_api_version(
        0,
        needs.min_api_version_supported.major().into(),
        needs.min_api_version_supported.minor().into(),
        0,
    );
    if version < least.max(vk::API_VERSION_1_1) {
        return Err(Failure::Driver {
            detail: format!(
                "the headset needs Vulkan {}, the driver has {}.{}",
                needs.min_api_version_supported,
                vk::api_version_major(newest),
                vk::api_version_minor(newest)
            ),
        });
    }
    let asked = Asked {
        instance,
        system,
        runtime,
        entry,
        version,
    };
    asked.make()
}

/// What a device is made of.
struct Asked<'a> {
    instance: &'a openxr::Instance,
    system: openxr::SystemId,
    runtime: &'a str,
    entry: ash::Entry,
    version: u32,
}

impl Asked<'_> {
    fn make(&self) -> Result<(RenderCreation, VulkanBinding), Failure> {
        let flags = wgpu::InstanceFlags::default().with_env();
        let extensions = hal::vulkan::Instance::desired_extensions(&self.entry, self.version, flags)
            .map_err(driver("its extensions are not known"))?;
        let vk_instance = self.make_instance(&extensions)?;
        let vk_handle = vk_instance.handle().as_raw();
        // SAFETY: the instance was made for this system.
        let physical = unsafe {
            self.instance
                .vulkan_graphics_device(self.system, pointer(vk_handle))
        }
        .map_err(|code| Failure::of(Call::MakeDevice, code_of(code), self.runtime))?;
        let physical = vk::PhysicalDevice::from_raw(physical as usize as u64);
        // SAFETY: the instance is alive.
        let families = unsafe { vk_instance.get_physical_device_queue_family_properties(physical) };
        let family = families.iter().position(|family| {
            family
                .queue_flags
                .contains(vk::QueueFlags::GRAPHICS | vk::QueueFlags::COMPUTE)
        });
        let family = family
            .and_then(|family| u32::try_from(family).ok())
            .ok_or_else(|| Failure::Driver {
                detail: "the card has no queue that draws and computes".to_owned(),
            })?;
        // SAFETY: made with these extensions; wgpu becomes the owner and destroys it last.
        let hal_instance = unsafe {
            hal::vulkan::Instance::from_raw(
                self.entry.clone(),
                vk_instance.clone(),
                self.version,
                0,
                None,
                extensions,
                flags,
                wgpu::MemoryBudgetThresholds::default(),
                self.has_optimus_layer(),
                None,
            )
        }
        .map_err(driver("its instance cannot be used"))?;
        let exposed = hal_instance
            .expose_adapter(physical)
            .ok_or_else(|| Failure::Driver {
                detail: "the card that the headset is connected to lacks what is drawn with".to_owned(),
            })?;
        let (opened, device, features) = self.open(&vk_instance, physical, &exposed, family)?;
        let binding = VulkanBinding {
            instance: vk_handle,
            physical_device: physical.as_raw(),
            device,
            queue_family_index: family,
        };
        Ok((hand_over(hal_instance, exposed, opened, features)?, binding))
    }

    fn make_instance(&self, extensions: &[&'static CStr]) -> Result<ash::Instance, Failure> {
        let names: Vec<_> = extensions.iter().map(|name| name.as_ptr()).collect();
        let app = vk::ApplicationInfo::default()
            .application_name(c"Gemba")
            .engine_name(c"Gemba")
            .api_version(self.version);
        let info = vk::InstanceCreateInfo::default()
            .application_info(&app)
            .enabled_extension_names(&names);
        // SAFETY: both are the type `PFN_vkGetInstanceProcAddr` of Vulkan's headers, declared by two crates.
        let proc_addr = unsafe {
            std::mem::transmute::<vk::PFN_vkGetInstanceProcAddr, openxr::sys::platform::VkGetInstanceProcAddr>(
                self.entry.static_fn().get_instance_proc_addr,
            )
        };
        // SAFETY: `info` and what it points to live until the call returns.
        let made = unsafe {
            self.instance
                .create_vulkan_instance(self.system, proc_addr, (&raw const info).cast())
        };
        let handle = made
            .map_err(|code| Failure::of(Call::MakeDevice, code_of(code), self.runtime))?
            .map_err(|code| vulkan_says("an instance", code))?;
        // SAFETY: the handle is the instance that was just made.
        Ok(unsafe {
            ash::Instance::load(
                self.entry.static_fn(),
                vk::Instance::from_raw(handle as usize as u64),
            )
        })
    }

    fn has_optimus_layer(&self) -> bool {
        // SAFETY: the entry is loaded.
        let layers = unsafe { self.entry.enumerate_instance_layer_properties() }.unwrap_or_default();
        layers.iter().any(|layer| {
            layer
                .layer_name_as_c_str()
                .is_ok_and(|name| name == c"VK_LAYER_NV_optimus")
        })
    }

    fn open(
        &self,
        vk_instance: &ash::Instance,
        physical: vk::PhysicalDevice,
        exposed: &hal::ExposedAdapter<Vulkan>,
        family: u32,
    ) -> Result<(hal::OpenDevice<Vulkan>, u64, wgpu::Features), Failure> {
        let mut features = exposed.features;
        if exposed.info.device_type == wgpu::DeviceType::DiscreteGpu {
            // As the engine has it: such buffers go over the bus each time.
            features.remove(wgpu::Features::MAPPABLE_PRIMARY_BUFFERS);
        }
        let extensions = exposed.adapter.required_device_extensions(features);
        let mut wishes = exposed.adapter.physical_device_features(&extensions, features);
        let queues = [vk::DeviceQueueCreateInfo::default()
            .queue_family_index(family)
            .queue_priorities(&[1.0])];
        let names: Vec<_> = extensions.iter().map(|name| name.as_ptr()).collect();
        let info = vk::DeviceCreateInfo::default()
            .queue_create_infos(&queues)
            .enabled_extension_names(&names);
        let info = wishes.add_to_device_create(info);
        // SAFETY: as in `make_instance`.
        let proc_addr = unsafe {
            std::mem::transmute::<vk::PFN_vkGetInstanceProcAddr, openxr::sys::platform::VkGetInstanceProcAddr>(
                self.entry.static_fn().get_instance_proc_addr,
            )
        };
        // SAFETY: `info` and what it points to live until the call returns.
        let made = unsafe {
            self.instance.create_vulkan_device(
                self.system,
                proc_addr,
                pointer(physical.as_raw()),
                (&raw const info).cast(),
            )
        };
        let handle = made
            .map_err(|code| Failure::of(Call::MakeDevice, code_of(code), self.runtime))?
            .map_err(|code| vulkan_says("a device", code))? as usize as u64;
        // SAFETY: the handle is the device that was just made, of this instance.
        let device = unsafe { ash::Device::load(vk_instance.fp_v1_0(), vk::Device::from_raw(handle)) };
        // SAFETY: made of this adapter with these extensions and features; wgpu becomes the owner.
        let opened = unsafe {
            exposed.adapter.device_from_raw(
                device,
                None,
                &extensions,
                features,
                &exposed.capabilities.limits,
                &wgpu::MemoryHints::Performance,
                family,
                0,
            )
        }
        .map_err(driver("its device cannot be used"))?;
        Ok((opened, handle, features))
    }
}

/// Gives what was made to wgpu, and that to the engine.
fn hand_over(
    hal_instance: hal::vulkan::Instance,
    exposed: hal::ExposedAdapter<Vulkan>,
    opened: hal::OpenDevice<Vulkan>,
    features: wgpu::Features,
) -> Result<RenderCreation, Failure> {
    // SAFETY: instance, adapter and device belong to each other, and nobody else uses them.
    let (instance, adapter) = unsafe {
        let instance = wgpu::Instance::from_hal::<Vulkan>(hal_instance);
        let adapter = instance.create_adapter_from_hal(exposed);
        (instance, adapter)
    };
    let descriptor = wgpu::DeviceDescriptor {
        label: Some("headset"),
        required_features: features,
        required_limits: adapter.limits(),
        // SAFETY: the engine asks for the same.
        experimental_features: unsafe { wgpu::ExperimentalFeatures::enabled() },
        memory_hints: wgpu::MemoryHints::Performance,
        trace: wgpu::Trace::Off,
    };
    // SAFETY: the device was opened from this adapter with these features and limits.
    let (device, queue) = unsafe { adapter.create_device_from_hal(opened, &descriptor) }
        .map_err(driver("its device cannot be opened"))?;
    let info = adapter.get_info();
    Ok(RenderCreation::manual(
        device.into(),
        RenderQueue(Arc::new(WgpuWrapper::new(queue))),
        RenderAdapterInfo(WgpuWrapper::new(info)),
        RenderAdapter(Arc::new(WgpuWrapper::new(adapter))),
        RenderInstance(Arc::new(WgpuWrapper::new(instance))),
    ))
}

/// A swapchain's image as a texture that can be copied to.
///
/// The runtime keeps the image; whoever holds the texture drops it before the swapchain, when the GPU has done with it.
pub(super) fn import_image(
    device: &wgpu::Device,
    image: u64,
    size: wgpu::Extent3d,
    format: wgpu::TextureFormat,
) -> Option<wgpu::Texture> {
    let descriptor = hal::TextureDescriptor {
        label: Some("headset's picture"),
        size,
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format,
        usage: wgpu::TextureUses::COPY_DST | wgpu::TextureUses::COLOR_TARGET,
        memory_flags: hal::MemoryFlags::empty(),
        view_formats: Vec::new(),
    };
    // SAFETY: the image belongs to this device's swapchain and has this size, format and use. The callback makes wgpu leave it to
    // the runtime.
    unsafe {
        let raw = device.as_hal::<Vulkan>()?.texture_from_raw(
            vk::Image::from_raw(image),
            &descriptor,
            Some(Box::new(|| {})),
            hal::vulkan::TextureMemory::External,
        );
        Some(device.create_texture_from_hal::<Vulkan>(
            raw,
            &wgpu::TextureDescriptor {
                label: Some("headset's picture"),
                size,
                mip_level_count: 1,
                sample_count: 1,
                dimension: wgpu::TextureDimension::D2,
                format,
                usage: wgpu::TextureUsages::COPY_DST | wgpu::TextureUsages::RENDER_ATTACHMENT,
                view_formats: &[],
            },
        ))
    }
}

/// The engine's name of a format that swapchains have; `None` for those that are not drawn in.
pub(super) fn format_of(format: u32) -> Option<wgpu::TextureFormat> {
    let format = i32::try_from(format).ok().map(vk::Format::from_raw)?;
    match format {
        vk::Format::R8G8B8A8_SRGB => Some(wgpu::TextureFormat::Rgba8UnormSrgb),
        vk::Format::B8G8R8A8_SRGB => Some(wgpu::TextureFormat::Bgra8UnormSrgb),
        _ => None,
    }
}

fn driver<E: std::error::Error>(what: &'static str) -> impl Fn(E) -> Failure {
    move |error| Failure::Driver {
        detail: format!("{what}: {}", crate::error_chain(&error)),
    }
}

fn vulkan_says(what: &str, code: i32) -> Failure {
    Failure::Driver {
        detail: format!("for {what} Vulkan said {:?}", vk::Result::from_raw(code)),
    }
}
