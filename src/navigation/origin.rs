//! The renderer's zero goes with whoever looks: the person in the headset, else the desktop's eye.

use bevy::prelude::*;

use super::Eye;
use crate::{plant::ViewOrigin, xr::InHeadset};

/// Moves the origin when they went far, before anything of the frame is placed relative to it.
///
/// Cameras are moved with it: what looks through one before it is placed anew sees what it saw in the last frame.
pub(super) fn move_origin(
    mut origin: ResMut<ViewOrigin>,
    eye: Res<Eye>,
    headset: InHeadset,
    mut cameras: Query<(&mut Transform, &mut GlobalTransform), With<Camera3d>>,
) {
    let eye_m = headset.person().map_or(eye.pose.eye_m, |person| person.head.at_m);
    let Some(followed) = origin.followed_to(eye_m) else {
        return;
    };
    tracing::debug!(from_m = ?origin.at_m(), to_m = ?followed.at_m(), "the renderer's origin follows the eye");
    let view_from_old = followed.in_view(origin.at_m());
    for (mut transform, mut global) in &mut cameras {
        transform.translation += view_from_old;
        *global = GlobalTransform::from(*transform);
    }
    *origin = followed;
}
