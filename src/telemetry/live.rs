//! The points as they are now, whatever is shown.
//!
//! [`Points`] is what is shown. While that is the past, the live points go on beside it and are taken back afterwards:
//! nothing is kept twice while one looks at the present.

use bevy::{ecs::system::SystemParam, prelude::*};

use super::Points;

/// The live points while [`Points`] shows another time.
#[derive(Resource, Debug, Default)]
pub(super) struct Aside(Option<Points>);

/// The live points, wherever they are.
#[derive(SystemParam)]
pub struct LivePoints<'w> {
    shown: ResMut<'w, Points>,
    aside: ResMut<'w, Aside>,
}

impl LivePoints<'_> {
    /// Whether they are what is shown.
    pub(crate) fn is_shown(&self) -> bool {
        self.aside.0.is_none()
    }

    /// They themselves.
    pub(crate) fn get(&mut self) -> &mut Points {
        match &mut self.aside.bypass_change_detection().0 {
            Some(live) => live,
            None => self.shown.bypass_change_detection(),
        }
    }

    /// The points to be shown in their place, with the changes of the last frame forgotten; `anew` for such as never had a
    /// sample.
    pub(crate) fn past(&mut self, anew: bool) -> &mut Points {
        let shown = self.shown.bypass_change_detection();
        if self.aside.0.is_none() {
            let past = shown.without_samples();
            self.aside.0 = Some(std::mem::replace(shown, past));
        } else if anew {
            *shown = shown.without_samples();
        } else {
            shown.forget_changes();
        }
        shown
    }

    /// Shows them again.
    pub(crate) fn take_back(&mut self) {
        if let Some(mut live) = self.aside.bypass_change_detection().0.take() {
            live.mark_all();
            *self.shown = live;
        }
    }

    /// Another plant has other points: those shown are live.
    pub(crate) fn begin_anew(&mut self) {
        self.aside.0 = None;
    }

    /// What is shown has changed.
    pub(crate) fn set_changed(&mut self) {
        self.shown.set_changed();
    }
}
