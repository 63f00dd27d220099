//! Automation over the Bevy Remote Protocol: JSON-RPC 2.0 over HTTP on a loopback port, off unless asked for.
//!
//! The engine's own HTTP transport is not used: it opens a second port for the render world that cannot be turned off,
//! hides that its port is taken, and answers any web page that a browser on this machine has open. The transport here
//! (`http`) feeds the same mailbox. Methods that change entities at will are left out; what changes the viewer goes
//! through [`ViewerCommand`](gemba_panels::ViewerCommand) like everything else.
//!
//! | method | params | result |
//! |---|---|---|
//! | `gemba.command` | a `ViewerCommand`, such as `{"command": "focus_prim", "prim": "/Plant/P_101"}` | `null`, once a frame has taken it up |
//! | `gemba.twins` | | id, name, class, level and prim of each twin |
//! | `gemba.points` | | twin, name, unit, source, limits of each point |
//! | `gemba.values` | | value, quality and times of each point |
//! | `gemba.limits` | | the points beyond a limit, since when |
//! | `gemba.issues` | | what is wrong with scene, twin layer and links |
//! | `gemba.links` | | state and counters of each connection |
//! | `gemba.load` | | how far loading is |
//! | `gemba.view` | | where the eye is and how it moves |
//! | `gemba.session` | | the room as it is known here, and where the others are |
//! | `gemba.xr` | | the headset's session, head and hands in the plant, what is pointed at |
//! | `gemba.frame` | | what frames cost |
//! | `gemba.allocations` | `{"every": 16}`, then none | call stacks of the allocations in between, in a build that counts them |
//! | `gemba.screenshot` | `{"file": "/tmp/shot.png"}` | the file, once it is written |
//! | `rpc.discover` | | the methods |

mod command;
mod http;
mod methods;
mod screenshot;
mod session;

use std::{
    net::{SocketAddr, TcpListener},
    sync::Mutex,
};

use bevy::{
    prelude::*,
    remote::{BrpSender, RemoteMethods, RemotePlugin, builtin_methods::RPC_DISCOVER_METHOD},
};
use thiserror::Error;

use crate::visual::capture::ScreenshotSaved;

/// Methods that answer in a later frame than the one that hears of them. Each request of theirs has a [`TOKEN`].
const TAKE_FRAMES: [&str; 2] = [command::METHOD, screenshot::METHOD];
/// Parameter by which the transport tells requests with the same words apart.
const TOKEN: &str = "request";

/// Why remote control cannot be served.
#[derive(Debug, Error)]
pub enum RemoteError {
    /// Other machines could reach the address.
    #[error(
        "remote control is served to this machine only: use 127.0.0.1:PORT or [::1]:PORT in place of {addr}"
    )]
    NotLoopback {
        /// What was asked for.
        addr: SocketAddr,
    },
    /// The operating system does not give the port.
    #[error("remote control cannot be served on {addr}: choose another port, or port 0 for a free one")]
    Bind {
        /// What was asked for.
        addr: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
}

/// Serves remote control.
pub struct RemoteControlPlugin {
    addr: SocketAddr,
    listener: Mutex<Option<TcpListener>>,
}

impl RemoteControlPlugin {
    /// Takes the port at once, so that a port in use is an error before anything is opened. Port 0 takes a free one.
    ///
    /// # Errors
    /// [`RemoteError`] when other machines could reach `addr`, or it is taken.
    pub fn bind(addr: SocketAddr) -> Result<Self, RemoteError> {
        if !addr.ip().is_loopback() {
            return Err(RemoteError::NotLoopback { addr });
        }
        let bind = || {
            let listener = TcpListener::bind(addr)?;
            Ok((listener.local_addr()?, listener))
        };
        let (addr, listener) = bind().map_err(|source| RemoteError::Bind { addr, source })?;
        Ok(Self {
            addr,
            listener: Mutex::new(Some(listener)),
        })
    }

    /// Where it is served.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.addr
    }
}

/// The listener until the mailbox is there.
#[derive(Resource)]
struct Waiting(TcpListener);

impl Plugin for RemoteControlPlugin {
    fn build(&self, app: &mut App) {
        let listener = self.listener.lock().ok().and_then(|mut listener| listener.take());
        let Some(listener) = listener else { return };
        app.add_plugins(methods::with_methods(RemotePlugin::default()))
            .insert_resource(Waiting(listener))
            .init_resource::<screenshot::Screenshots>()
            // Known without a renderer too, where nobody ever writes one.
            .add_message::<ScreenshotSaved>()
            .add_systems(Startup, start_server)
            .add_systems(Last, screenshot::note_saved);
        keep_own_methods(app.world_mut());
    }
}

/// Leaves out the engine's methods, which can change anything.
fn keep_own_methods(world: &mut World) {
    let mut kept = RemoteMethods::new();
    if let Some(all) = world.get_resource::<RemoteMethods>() {
        for name in methods::NAMES.iter().copied().chain([RPC_DISCOVER_METHOD]) {
            if let Some(id) = all.get(name) {
                kept.insert(name, *id);
            }
        }
    }
    world.insert_resource(kept);
}

fn start_server(world: &mut World) {
    let Some(Waiting(listener)) = world.remove_resource::<Waiting>() else {
        return;
    };
    let Some(mailbox) = world.get_resource::<BrpSender>() else {
        return;
    };
    match http::Server::start(listener, (**mailbox).clone()) {
        Ok(server) => {
            info!("remote control on http://{}", server.addr());
            world.insert_resource(server);
        }
        Err(error) => {
            error!("remote control cannot be served: {error}; close other programs and start again");
        }
    }
}
