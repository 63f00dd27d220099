//! Carries out what the life cycle asks for, and tells it what happened.
//!
//! What only talks to the runtime happens at once; what makes or drops halves of a session happens in extraction, while main and
//! render world are together and nothing is submitted to the queue that the runtime submits to as well.

use bevy::{
    prelude::*,
    render::{MainWorld, renderer::RenderDevice},
};
use gemba_panels::ViewerCommand;
use gemba_xr::lifecycle::{Act, Call, Happened, Lifecycle, Notice, SessionState};

use super::{
    eyes::EyePictures,
    frame::{Frame, RenderFrame, RenderReports},
    runtime::{Runtime, code_of},
    session::{self, MainHalf, RenderHalf},
};
use crate::{command::Requested, viewer::ViewerOptions};

/// The life cycle, what it has not been told yet, and what is still to be carried out.
#[derive(Resource)]
pub(super) struct Life {
    pub(super) machine: Lifecycle,
    pub(super) inbox: Vec<Happened>,
    later: Vec<Act>,
}

impl Life {
    /// With a runtime, in which a person is at once.
    pub(super) fn entering(runtime: &Runtime) -> Self {
        Self {
            machine: Lifecycle::new(true, &runtime.name),
            inbox: vec![Happened::Enter],
            later: Vec::new(),
        }
    }
}

/// What a person was told last, for whoever asks later.
#[derive(Resource, Default)]
pub(super) struct LastNotice(pub(super) Option<Notice>);

/// Takes requests to enter and leave.
pub(super) fn take_requests(mut requests: MessageReader<Requested>, mut life: ResMut<Life>) {
    for Requested(request) in requests.read() {
        match request {
            ViewerCommand::EnterVr => life.inbox.push(Happened::Enter),
            ViewerCommand::LeaveVr => life.inbox.push(Happened::Leave),
            _ => {}
        }
    }
}

/// Tells the life cycle what happened since the last frame.
pub(super) fn advance(
    mut life: ResMut<Life>,
    runtime: Option<Res<Runtime>>,
    session: Option<Res<MainHalf>>,
    options: Option<Res<ViewerOptions>>,
    time: Res<Time<Real>>,
    mut last: ResMut<LastNotice>,
    mut exits: MessageWriter<AppExit>,
) {
    if let Some(runtime) = &runtime {
        poll_events(runtime, session.as_deref(), &mut life.inbox);
    }
    let now = time.elapsed();
    let mut happened = std::mem::take(&mut life.inbox);
    happened.push(Happened::Tick);
    for happened in happened {
        for act in life.machine.take(now, happened) {
            match act {
                Act::BeginSession => {
                    let begin = |session: &MainHalf| {
                        session
                            .session
                            .begin(openxr::ViewConfigurationType::PRIMARY_STEREO)
                            .map(drop)
                    };
                    call(Call::BeginSession, session.as_deref(), begin, &mut life.inbox);
                }
                Act::RequestExit => {
                    let leave = |session: &MainHalf| session.session.request_exit();
                    call(Call::RequestExit, session.as_deref(), leave, &mut life.inbox);
                }
                Act::Tell(notice) => tell(notice, options.as_deref(), &mut last, &mut exits),
                Act::OfferRestart => tracing::warn!(
                    "this graphics device was not made for the headset: start the viewer anew with --xr to enter VR"
                ),
                Act::MakeSession | Act::EndSession | Act::DropSession | Act::DropInstance => {
                    life.later.push(act);
                }
            }
        }
    }
}

fn call(
    call: Call,
    session: Option<&MainHalf>,
    run: impl Fn(&MainHalf) -> openxr::Result<()>,
    inbox: &mut Vec<Happened>,
) {
    if let Some(Err(code)) = session.map(run) {
        inbox.push(Happened::Failed {
            call,
            code: code_of(code),
        });
    }
}

fn tell(
    notice: Notice,
    options: Option<&ViewerOptions>,
    last: &mut LastNotice,
    exits: &mut MessageWriter<AppExit>,
) {
    match &notice {
        Notice::Failed(failure) => {
            tracing::error!("{failure}");
            // Without a desktop there is nothing to go on with, unless somebody steers it.
            let is_pictures_only = options
                .and_then(|options| options.headless.as_ref())
                .is_some_and(|headless| !headless.is_steered());
            if is_pictures_only {
                exits.write(AppExit::error());
            }
        }
        Notice::Asleep => tracing::warn!("{notice}"),
        Notice::Entered | Notice::Left | Notice::EndedInHeadset => tracing::info!("{notice}"),
    }
    last.0 = Some(notice);
}

fn poll_events(runtime: &Runtime, session: Option<&MainHalf>, inbox: &mut Vec<Happened>) {
    let mut buffer = openxr::EventDataBuffer::new();
    loop {
        match runtime.instance.poll_event(&mut buffer) {
            Ok(None) => return,
            Ok(Some(openxr::Event::SessionStateChanged(changed))) => {
                // What is still said of a session that was dropped is of no use.
                let is_ours = session.is_some_and(|session| session.session.as_raw() == changed.session());
                if let Some(state) = state_of(changed.state()).filter(|_| is_ours) {
                    tracing::debug!(?state, "the headset's session");
                    inbox.push(Happened::State(state));
                }
            }
            Ok(Some(openxr::Event::InstanceLossPending(_))) => inbox.push(Happened::InstanceLossPending),
            Ok(Some(openxr::Event::EventsLost(lost))) => {
                tracing::warn!(count = lost.lost_event_count(), "the OpenXR runtime lost events");
            }
            Ok(Some(_)) => {}
            Err(code) => {
                inbox.push(Happened::Failed {
                    call: Call::PollEvents,
                    code: code_of(code),
                });
                return;
            }
        }
    }
}

fn state_of(state: openxr::SessionState) -> Option<SessionState> {
    Some(match state {
        openxr::SessionState::IDLE => SessionState::Idle,
        openxr::SessionState::READY => SessionState::Ready,
        openxr::SessionState::SYNCHRONIZED => SessionState::Synchronized,
        openxr::SessionState::VISIBLE => SessionState::Visible,
        openxr::SessionState::FOCUSED => SessionState::Focused,
        openxr::SessionState::STOPPING => SessionState::Stopping,
        openxr::SessionState::LOSS_PENDING => SessionState::LossPending,
        openxr::SessionState::EXITING => SessionState::Exiting,
        // What a later version of the specification may add says nothing to us.
        _ => return None,
    })
}

/// Makes and drops, and passes the frame that was waited for to the render world.
pub(super) fn carry_out(render: &mut World) {
    render.resource_scope(|render, mut main: Mut<MainWorld>| {
        let is_ending = main
            .get_resource::<Messages<AppExit>>()
            .is_some_and(|exits| !exits.is_empty());
        let Some(mut life) = main.remove_resource::<Life>() else {
            return;
        };
        if let Some(mut reports) = render.get_resource_mut::<RenderReports>() {
            life.inbox.append(&mut reports.0);
        }
        for act in std::mem::take(&mut life.later) {
            carry_out_one(&act, render, &mut main, &mut life.inbox);
        }
        if is_ending {
            // The session must be gone before the graphics device, and nobody says in which order an app falls apart.
            drop_session(render, &mut main);
        }
        main.insert_resource(life);
        let asked = main.resource_mut::<Frame>().0.take();
        render.resource_mut::<RenderFrame>().0 = asked;
    });
}

fn carry_out_one(act: &Act, render: &mut World, main: &mut World, inbox: &mut Vec<Happened>) {
    match act {
        Act::MakeSession => {
            let (Some(runtime), Some(device)) = (
                main.get_resource::<Runtime>(),
                render.get_resource::<RenderDevice>(),
            ) else {
                return;
            };
            match session::make(runtime, device.wgpu_device()) {
                Ok((main_half, render_half, format)) => {
                    let size_px = render_half.eye_px;
                    main.insert_resource(main_half);
                    render.insert_resource(render_half);
                    EyePictures::want(main, size_px, format);
                    inbox.push(Happened::SessionMade);
                }
                Err((call, code)) => inbox.push(Happened::Failed { call, code }),
            }
        }
        Act::EndSession => {
            if let Some(Err(code)) = main
                .get_resource::<MainHalf>()
                .map(|session| session.session.end())
            {
                inbox.push(Happened::Failed {
                    call: Call::EndSession,
                    code: code_of(code),
                });
            }
        }
        Act::DropSession => {
            drop_session(render, main);
            inbox.push(Happened::SessionDropped);
        }
        Act::DropInstance => {
            main.remove_resource::<Runtime>();
        }
        Act::BeginSession | Act::RequestExit | Act::OfferRestart | Act::Tell(_) => {}
    }
}

/// Drops both halves, when the GPU has done with the images of the one.
fn drop_session(render: &mut World, main: &mut World) {
    let Some(half) = render.remove_resource::<RenderHalf>() else {
        return;
    };
    if let Some(device) = render.get_resource::<RenderDevice>()
        && let Err(error) = device.wgpu_device().poll(wgpu::PollType::wait_indefinitely())
    {
        tracing::warn!("the graphics device does not say when it is done: {error}");
    }
    main.resource_mut::<Frame>().0 = None;
    let main_half = main.remove_resource::<MainHalf>();
    drop(half);
    drop(main_half);
}
