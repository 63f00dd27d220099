//! A session and what belongs to it, in two halves: the main world waits for frames and locates what is tracked, the render world
//! submits pictures. Made and dropped while the worlds are together, so neither half is ever used without the other.

use std::sync::Arc;

use bevy::prelude::*;
use gemba_xr::{
    Pose,
    lifecycle::{Call, XrCode},
    profile::Hand,
    projection::Fov,
};
use openxr::{FrameStream, FrameWaiter, Posef, ReferenceSpaceType, Session, Space, Swapchain, Vulkan};

use super::{
    actions::{Actions, HandState},
    runtime::{Runtime, code_of},
    vulkan,
};

/// The eyes are so high over the middle of a play space that does not know its floor.
const UNKNOWN_EYE_HEIGHT_M: f32 = 1.6;

/// The half of the main world.
#[derive(Resource)]
pub(super) struct MainHalf {
    pub(super) session: Session<Vulkan>,
    pub(super) waiter: FrameWaiter,
    stage: Arc<Space>,
    head: Space,
    aim: [Space; 2],
    grip: [Space; 2],
    pub(super) actions: Arc<Actions>,
}

/// The half of the render world. Fields drop in this order: textures, swapchain, session.
#[derive(Resource)]
pub(super) struct RenderHalf {
    pub(super) images: Vec<wgpu::Texture>,
    pub(super) swapchain: Swapchain<Vulkan>,
    pub(super) stream: FrameStream<Vulkan>,
    pub(super) stage: Arc<Space>,
    pub(super) blend: openxr::EnvironmentBlendMode,
    pub(super) eye_px: UVec2,
}

/// One eye in this frame.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct EyeView {
    /// As the runtime gave it, to be given back with the picture.
    pub(super) raw: openxr::View,
    /// In the play space.
    pub(super) pose: Pose,
    pub(super) fov: Fov,
}

/// What of a session did not work.
pub(super) type Failed = (Call, XrCode);

/// Makes a session and everything of it, and answers the format of its pictures too.
pub(super) fn make(
    runtime: &Runtime,
    device: &wgpu::Device,
) -> Result<(MainHalf, RenderHalf, wgpu::TextureFormat), Failed> {
    let info = runtime.binding.session_info();
    let of = |call: Call| move |code: openxr::sys::Result| (call, code_of(code));
    #[expect(unsafe_code, reason = "the session gets handles of Vulkan")]
    // SAFETY: the handles are those of `device`, which is kept until the session is gone. Whoever calls this sees that nothing is
    // submitted to its queue meanwhile.
    let made = unsafe {
        runtime
            .instance
            .create_session_with_guard::<Vulkan>(runtime.system, &info, Box::new(device.clone()))
    };
    let (session, waiter, stream) = made.map_err(of(Call::MakeSession))?;
    let stage = stage_space(&session).map_err(of(Call::PrepareSession))?;
    let head = session
        .create_reference_space(ReferenceSpaceType::VIEW, Posef::IDENTITY)
        .map_err(of(Call::PrepareSession))?;
    let actions = Arc::clone(&runtime.actions);
    let spaces = |action: &openxr::Action<Posef>| -> openxr::Result<[Space; 2]> {
        let of_hand =
            |hand: Hand| action.create_space(&session, actions.hands[hand.index()], Posef::IDENTITY);
        Ok([of_hand(Hand::Left)?, of_hand(Hand::Right)?])
    };
    let aim = spaces(&actions.aim).map_err(of(Call::Input))?;
    let grip = spaces(&actions.grip).map_err(of(Call::Input))?;
    session
        .attach_action_sets(&[&actions.set])
        .map_err(of(Call::Input))?;
    let stage = Arc::new(stage);
    let (swapchain, images, format) = make_swapchain(&session, runtime.eye_px, device)?;
    let render = RenderHalf {
        images,
        swapchain,
        stream,
        stage: Arc::clone(&stage),
        blend: runtime.blend,
        eye_px: runtime.eye_px,
    };
    let main = MainHalf {
        session,
        waiter,
        stage,
        head,
        aim,
        grip,
        actions,
    };
    Ok((main, render, format))
}

/// The space with the floor at 0.
fn stage_space(session: &Session<Vulkan>) -> openxr::Result<Space> {
    if session
        .enumerate_reference_spaces()?
        .contains(&ReferenceSpaceType::STAGE)
    {
        return session.create_reference_space(ReferenceSpaceType::STAGE, Posef::IDENTITY);
    }
    let mut floor = Posef::IDENTITY;
    floor.position.y = -UNKNOWN_EYE_HEIGHT_M;
    session.create_reference_space(ReferenceSpaceType::LOCAL, floor)
}

/// One swapchain with a layer for each eye.
fn make_swapchain(
    session: &Session<Vulkan>,
    eye_px: UVec2,
    device: &wgpu::Device,
) -> Result<(Swapchain<Vulkan>, Vec<wgpu::Texture>, wgpu::TextureFormat), Failed> {
    let prepare = |code: openxr::sys::Result| (Call::PrepareSession, code_of(code));
    let offered = session.enumerate_swapchain_formats().map_err(prepare)?;
    let chosen = offered
        .iter()
        .find_map(|format| Some((*format, vulkan::format_of(*format)?)));
    let (raw_format, format) = chosen.ok_or((Call::PrepareSession, XrCode::SWAPCHAIN_FORMAT_UNSUPPORTED))?;
    let swapchain = session
        .create_swapchain(&openxr::SwapchainCreateInfo {
            create_flags: openxr::SwapchainCreateFlags::EMPTY,
            usage_flags: openxr::SwapchainUsageFlags::COLOR_ATTACHMENT
                | openxr::SwapchainUsageFlags::TRANSFER_DST
                | openxr::SwapchainUsageFlags::SAMPLED,
            format: raw_format,
            sample_count: 1,
            width: eye_px.x,
            height: eye_px.y,
            face_count: 1,
            array_size: 2,
            mip_count: 1,
        })
        .map_err(prepare)?;
    let size = wgpu::Extent3d {
        width: eye_px.x,
        height: eye_px.y,
        depth_or_array_layers: 2,
    };
    let images = swapchain.enumerate_images().map_err(prepare)?;
    let images: Option<Vec<_>> = images
        .into_iter()
        .map(|image| vulkan::import_image(device, image, size, format))
        .collect();
    let images = images.ok_or((Call::MakeSession, XrCode::GRAPHICS_DEVICE_INVALID))?;
    Ok((swapchain, images, format))
}

impl MainHalf {
    /// The eyes at `time`; `None` while they are not tracked.
    pub(super) fn eyes(&self, time: openxr::Time) -> openxr::Result<Option<[EyeView; 2]>> {
        let stereo = openxr::ViewConfigurationType::PRIMARY_STEREO;
        let (flags, views) = self.session.locate_views(stereo, time, &self.stage)?;
        let valid = openxr::ViewStateFlags::POSITION_VALID | openxr::ViewStateFlags::ORIENTATION_VALID;
        let [left, right] = views[..] else {
            return Ok(None);
        };
        let eyes = eye_view(left).zip(eye_view(right));
        Ok(eyes
            .filter(|_| flags.contains(valid))
            .map(|(left, right)| [left, right]))
    }

    /// The head at `time`, in the play space.
    pub(super) fn head(&self, time: openxr::Time) -> openxr::Result<Option<Pose>> {
        self.place(&self.head, time)
    }

    /// What a hand does, and where it is at `time`.
    pub(super) fn hand(&self, hand: Hand, time: openxr::Time) -> openxr::Result<HandState> {
        Ok(HandState {
            aim: self.place(&self.aim[hand.index()], time)?,
            grip: self.place(&self.grip[hand.index()], time)?,
            ..self.actions.buttons(&self.session, hand)?
        })
    }

    fn place(&self, space: &Space, time: openxr::Time) -> openxr::Result<Option<Pose>> {
        let location = space.locate(&self.stage, time)?;
        let valid =
            openxr::SpaceLocationFlags::POSITION_VALID | openxr::SpaceLocationFlags::ORIENTATION_VALID;
        Ok(location
            .location_flags
            .contains(valid)
            .then(|| pose_of(location.pose))
            .flatten())
    }
}

fn eye_view(raw: openxr::View) -> Option<EyeView> {
    let fov = Fov {
        left_rad: raw.fov.angle_left,
        right_rad: raw.fov.angle_right,
        up_rad: raw.fov.angle_up,
        down_rad: raw.fov.angle_down,
    };
    fov.is_valid().then_some(EyeView {
        raw,
        pose: pose_of(raw.pose)?,
        fov,
    })
}

fn pose_of(pose: Posef) -> Option<Pose> {
    let (at, turn) = (pose.position, pose.orientation);
    Pose::from_reported([at.x, at.y, at.z], [turn.x, turn.y, turn.z, turn.w])
}
