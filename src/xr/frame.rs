//! A frame for the headset: the main world waits for it and locates what is tracked, the render world begins it, copies the eyes'
//! pictures to the runtime's, and ends it.
//!
//! Eyes draw into pictures of our own, so that nothing of the engine holds what belongs to a session: a session may go in the middle
//! of a frame, and the frame goes on. The copy costs a tenth of a millisecond on a graphics card.

use std::time::{Duration, Instant};

use bevy::{
    ecs::system::NonSendMarker,
    prelude::*,
    render::{
        render_asset::RenderAssets,
        renderer::{RenderDevice, RenderQueue},
        texture::GpuImage,
    },
};
use gemba_xr::{
    Pose,
    lifecycle::{Call, Frames, Happened, Phase, Visibility},
    profile::Hand,
};

use super::{
    actions::HandState,
    eyes::EyePictures,
    life::Life,
    pacing::Pacing,
    runtime::{Runtime, code_of},
    session::{EyeView, MainHalf, RenderHalf},
};

/// A runtime that has no image to give by then is not well.
const IMAGE_TIMEOUT_NANOS: i64 = 500_000_000;

/// What the runtime asked for when it was waited for.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    /// When it will be seen.
    pub(super) display_time: openxr::Time,
    /// The eyes, when they are to be drawn and known.
    pub(super) eyes: Option<[EyeView; 2]>,
    /// How many pixels of each eye are drawn, from the top left.
    pub(super) drawn_px: UVec2,
}

/// The frame of the main world, until the render world takes it.
#[derive(Resource, Default)]
pub(super) struct Frame(pub(super) Option<Asked>);

/// The frame of the render world, until it is ended.
#[derive(Resource, Default)]
pub(super) struct RenderFrame(pub(super) Option<Asked>);

/// What happened in the render world.
#[derive(Resource, Default)]
pub(super) struct RenderReports(pub(super) Vec<Happened>);

/// What is tracked, in the play space, when the frame is seen.
#[derive(Resource, Default, Clone)]
pub(super) struct Tracked {
    pub(super) head: Option<Pose>,
    /// The eyes that were drawn last.
    pub(super) eyes: Option<[EyeView; 2]>,
    pub(super) hands: [HandState; 2],
}

/// Waits until it is time for the next frame; returns at once when there is no session.
///
/// On the main thread, which the marker sees to: on any other it could hold the one that has to begin the frame before, and that
/// is what the runtime waits for.
pub(super) fn wait(
    _main_thread: NonSendMarker,
    session: Option<ResMut<MainHalf>>,
    mut life: ResMut<Life>,
    mut frame: ResMut<Frame>,
    mut tracked: ResMut<Tracked>,
    runtime: Option<Res<Runtime>>,
    mut pacing: ResMut<Pacing>,
) {
    frame.0 = None;
    let Some(mut session) = session.filter(|_| life.machine.frames() == Frames::Paced) else {
        if tracked.head.is_some() {
            *tracked = Tracked::default();
        }
        pacing.pause();
        return;
    };
    let mut failed = |call: Call, code: openxr::sys::Result| {
        life.inbox.push(Happened::Failed {
            call,
            code: code_of(code),
        });
    };
    let asked_at = clock();
    let state = match session.waiter.wait() {
        Ok(state) => state,
        Err(code) => return failed(Call::Frame, code),
    };
    let now = clock();
    let budget = u64::try_from(state.predicted_display_period.as_nanos()).unwrap_or(0);
    pacing.take(now, now.duration_since(asked_at), Duration::from_nanos(budget));
    let time = state.predicted_display_time;
    let mut asked = Asked {
        display_time: time,
        eyes: None,
        drawn_px: pacing.drawn_px(runtime.map_or(UVec2::ONE, |runtime| runtime.eye_px)),
    };
    if state.should_render {
        match session.eyes(time) {
            Ok(eyes) => {
                asked.eyes = eyes;
                tracked.eyes = eyes;
            }
            Err(code) => failed(Call::Frame, code),
        }
    }
    // A frame that was waited for must be begun and ended, whatever else failed.
    frame.0 = Some(asked);
    match session.head(time) {
        Ok(head) => tracked.head = head,
        Err(code) => failed(Call::Frame, code),
    }
    if let Err(code) = read_hands(&session, &life.machine.phase(), time, &mut tracked.hands) {
        life.inbox.push(Happened::Failed {
            call: Call::Input,
            code: code_of(code),
        });
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "the clock of this machine is what frames are paced by"
)]
fn clock() -> Instant {
    Instant::now()
}

fn read_hands(
    session: &MainHalf,
    phase: &Phase,
    time: openxr::Time,
    hands: &mut [HandState; 2],
) -> openxr::Result<()> {
    if *phase != Phase::Running(Visibility::Focused) {
        *hands = Default::default();
        return Ok(());
    }
    session
        .session
        .sync_actions(&[openxr::ActiveActionSet::new(&session.actions.set)])?;
    for hand in Hand::BOTH {
        hands[hand.index()] = session.hand(hand, time)?;
    }
    Ok(())
}

/// Begins the frame: from here on the main world may wait for the next one.
pub(super) fn begin(
    half: Option<ResMut<RenderHalf>>,
    mut frame: ResMut<RenderFrame>,
    mut reports: ResMut<RenderReports>,
) {
    let Some(mut half) = half.filter(|_| frame.0.is_some()) else {
        frame.0 = None;
        return;
    };
    if let Err(code) = half.stream.begin() {
        frame.0 = None;
        reports.0.push(failed(code));
    }
}

/// Shows what was drawn and ends the frame.
pub(super) fn end(
    half: Option<ResMut<RenderHalf>>,
    mut frame: ResMut<RenderFrame>,
    pictures: Option<Res<EyePictures>>,
    images: Res<RenderAssets<GpuImage>>,
    device: Res<RenderDevice>,
    queue: Res<RenderQueue>,
    mut reports: ResMut<RenderReports>,
) {
    let (Some(mut half), Some(asked)) = (half, frame.0.take()) else {
        return;
    };
    let drawn = pictures.and_then(|pictures| pictures.on_gpu(&images, half.eye_px));
    let shown = match asked.eyes.zip(drawn) {
        Some((eyes, drawn)) => copy(&mut half, drawn, asked.drawn_px, &device, &queue).map(|()| Some(eyes)),
        None => Ok(None),
    };
    let shown = shown.unwrap_or_else(|code| {
        reports.0.push(failed(code));
        None
    });
    reports.0.push(match submit(&mut half, &asked, shown) {
        Ok(()) => Happened::FrameShown,
        Err(code) => failed(code),
    });
}

fn failed(code: openxr::sys::Result) -> Happened {
    Happened::Failed {
        call: Call::Frame,
        code: code_of(code),
    }
}

/// Copies the eyes to the layers of the runtime's next image.
fn copy(
    half: &mut RenderHalf,
    drawn: [&GpuImage; 2],
    drawn_px: UVec2,
    device: &RenderDevice,
    queue: &RenderQueue,
) -> openxr::Result<()> {
    let index = half.swapchain.acquire_image()?;
    half.swapchain
        .wait_image(openxr::Duration::from_nanos(IMAGE_TIMEOUT_NANOS))?;
    let Some(image) = half.images.get(index as usize) else {
        return Err(openxr::sys::Result::ERROR_RUNTIME_FAILURE);
    };
    let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor {
        label: Some("pictures to the headset"),
    });
    for (layer, eye) in (0..).zip(drawn) {
        let mut to = image.as_image_copy();
        to.origin.z = layer;
        encoder.copy_texture_to_texture(
            eye.texture.as_image_copy(),
            to,
            wgpu::Extent3d {
                width: drawn_px.x.min(half.eye_px.x),
                height: drawn_px.y.min(half.eye_px.y),
                depth_or_array_layers: 1,
            },
        );
    }
    // The layout in which the specification wants images of colour back.
    let back = wgpu::TextureTransition {
        texture: image,
        selector: None,
        state: wgpu::TextureUses::COLOR_TARGET,
    };
    encoder.transition_resources(std::iter::empty(), std::iter::once(back));
    queue.submit([encoder.finish()]);
    half.swapchain.release_image()
}

/// Ends the frame with the picture of `eyes`, or with none.
fn submit(half: &mut RenderHalf, asked: &Asked, eyes: Option<[EyeView; 2]>) -> openxr::Result<()> {
    let time = asked.display_time;
    let drawn_px = asked.drawn_px.min(half.eye_px);
    let Some(eyes) = eyes else {
        return half.stream.end(time, half.blend, &[]);
    };
    let rect = openxr::Rect2Di {
        offset: openxr::Offset2Di { x: 0, y: 0 },
        extent: openxr::Extent2Di {
            width: i32::try_from(drawn_px.x).unwrap_or(i32::MAX),
            height: i32::try_from(drawn_px.y).unwrap_or(i32::MAX),
        },
    };
    let view = |index: u32, eye: EyeView| {
        openxr::CompositionLayerProjectionView::new()
            .pose(eye.raw.pose)
            .fov(eye.raw.fov)
            .sub_image(
                openxr::SwapchainSubImage::new()
                    .swapchain(&half.swapchain)
                    .image_array_index(index)
                    .image_rect(rect),
            )
    };
    let views = [view(0, eyes[0]), view(1, eyes[1])];
    let layer = openxr::CompositionLayerProjection::new()
        .space(&half.stage)
        .views(&views);
    half.stream.end(time, half.blend, &[&layer])
}
