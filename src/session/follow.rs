//! Seeing with someone else's eyes, and being brought to where someone stands.

use bevy::{math::DVec3, prelude::*};
use gemba_panels::{SessionCommand, ViewerCommand};
use gemba_session::Operation;

use super::{Brought, Meeting, Others, Shown, viewpoints};
use crate::{
    command::Requested,
    navigation::{Eye, NavigationInput, ViewPose},
    plant::Plant,
};

/// Flies to where someone brings everyone.
pub(super) fn go_where_brought(
    mut brought: MessageReader<Brought>,
    plant: Option<Res<Plant>>,
    mut eye: ResMut<Eye>,
) {
    let Some(Brought { camera }) = brought.read().last() else {
        return;
    };
    let Some(plant) = plant else { return };
    eye.fly(viewpoints::pose_of(camera, &plant));
}

/// Puts the eye where the followed person's is. Any move of one's own ends it: nobody is led against their will.
pub(super) fn see_with_other_eyes(
    mut meeting: ResMut<Meeting>,
    others: Res<Others>,
    input: Res<NavigationInput>,
    mut requests: MessageReader<Requested>,
    mut eye: ResMut<Eye>,
) {
    let moves_by_command = requests.read().any(|Requested(request)| is_a_move(request));
    let Some(whom) = meeting.following() else { return };
    if input.is_active() || moves_by_command {
        meeting.submit(Operation::Follow { whom: None });
        return;
    }
    if let Some(shown) = others.of(whom).and_then(|other| other.shown) {
        let pose = pose_of(&shown, &eye.pose);
        if pose != eye.pose {
            eye.jump(pose);
        }
    }
}

/// The followed person's view, with our own lens.
fn pose_of(shown: &Shown, own: &ViewPose) -> ViewPose {
    let forward = shown.rotation * DVec3::NEG_Z;
    let depth_m = own.pivot_depth_m().clamp(1.0, 1_000.0);
    ViewPose {
        fov_rad: own.fov_rad,
        ..ViewPose::looking_at(shown.head_m, shown.head_m + forward * depth_m)
    }
}

/// Whether a command goes somewhere by one's own wish.
fn is_a_move(command: &ViewerCommand) -> bool {
    matches!(
        command,
        ViewerCommand::FocusPrim { .. }
            | ViewerCommand::FrameAll
            | ViewerCommand::GoHome
            | ViewerCommand::LookAlong { .. }
            | ViewerCommand::GoToCamera { .. }
            | ViewerCommand::SetView { .. }
            | ViewerCommand::SetNavigation { .. }
            | ViewerCommand::Walk { .. }
            | ViewerCommand::Session(SessionCommand::GoToViewpoint { .. })
    )
}

#[cfg(test)]
mod tests {
    use bevy::math::DQuat;

    use super::*;

    #[test]
    fn the_followed_view_is_theirs_through_our_lens() {
        let own = ViewPose {
            fov_rad: 0.5,
            ..ViewPose::default()
        };
        let shown = Shown {
            head_m: DVec3::new(1.0, 1.7, 2.0),
            rotation: DQuat::from_rotation_y(0.7) * DQuat::from_rotation_x(-0.3),
            hands_m: [None; 2],
            ray_m: None,
            is_pinging: false,
        };
        let pose = pose_of(&shown, &own);
        assert!(pose.forward().distance(shown.rotation * DVec3::NEG_Z) < 1e-9);
        assert_eq!((pose.eye_m, pose.fov_rad), (shown.head_m, 0.5));
    }
}
