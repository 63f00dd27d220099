//! Panels in the plant: the panels of the desktop on squares, operated by the ray of the pointing hand.
//!
//! Each has an egui context of its own that draws into a [`picture`], which a [`surface`] shows; all of them are run by one system ([`draw`]),
//! on the models that the desktop's panels show. A ray becomes the pointer of the panel that it meets ([`pointer`]); where panels
//! stand, and what they stay with, is [`place`]. What is asked for on them leaves as commands, as on the desktop.

mod draw;
mod picture;
mod place;
mod pointer;
mod requests;
mod rest;
mod surface;

use bevy::{math::DVec2, prelude::*};
use bevy_egui::EguiPostUpdateSet;
use gemba_panels::{
    PanelKind,
    headset::{KEYBOARD_SIZE_PT, PanelPin, SPACE_PANEL_SIZE_PT, WRIST_SIZE_PT},
};
use gemba_xr::{
    Pose,
    panel::{PanelPointer, PanelQuad},
};
use serde_json::{Value, json};

pub(crate) use draw::WidgetsAsked;
pub(super) use draw::WristState;
pub(super) use picture::{UiPicture, spawn_ui};
pub(super) use pointer::PanelRays;
pub(super) use requests::{LINE_POINTS, px_per_rad};
pub(super) use surface::{SurfaceLayer, SurfaceMaterial};

use super::{hands, travel};
use crate::{navigation::NavigationSystems, schedule::GembaSystems};

/// What a panel in the plant shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shows {
    /// What the desktop shows too.
    Panel(PanelKind),
    /// What is worn on the wrist.
    Wrist,
    /// What one types on.
    Keyboard,
}

impl Shows {
    /// Width and height in egui points.
    fn size_points(self) -> DVec2 {
        let size = match self {
            Self::Panel(_) => SPACE_PANEL_SIZE_PT,
            Self::Wrist => WRIST_SIZE_PT,
            Self::Keyboard => KEYBOARD_SIZE_PT,
        };
        DVec2::from(size.map(f64::from))
    }

    /// Its name for remote control.
    fn name(self) -> String {
        match self {
            Self::Panel(panel) => panel.word().to_lowercase(),
            Self::Wrist => "wrist".to_owned(),
            Self::Keyboard => "keyboard".to_owned(),
        }
    }
}

/// A panel in the plant, on the entity of its square.
#[derive(Component)]
pub(super) struct SpacePanel {
    pub(super) shows: Shows,
    pub(super) pin: PanelPin,
    /// Where it stands in the world.
    pub(super) quad: PanelQuad,
    pub(super) pointer: PanelPointer,
    /// Whether it is to be seen: what is worn on the wrist is seen only by who looks at it.
    pub(super) is_shown: bool,
    /// The camera with its egui context.
    pub(super) ui: Entity,
    /// Dragged by its head, or gripped: where it is in the hand's aim.
    pub(super) held: Option<Pose>,
    /// Its head was dragged in the last frame.
    is_head_dragged: bool,
    rest: rest::Rest,
    /// Where widgets are, while somebody asks.
    widgets: Vec<draw::Widget>,
}

impl SpacePanel {
    /// For remote control.
    pub(super) fn to_json(&self) -> Value {
        let widgets: Vec<Value> = self
            .widgets
            .iter()
            .map(|widget| {
                let place =
                    |at_points: DVec2| self.quad.place_m(at_points / self.quad.size_points).to_array();
                let aside = DVec2::new(widget.half_points.x, 0.0);
                json!({
                    "label": widget.label,
                    "text": widget.text,
                    "number": widget.number,
                    "at_m": place(widget.middle_points),
                    "left_m": place(widget.middle_points - aside),
                    "right_m": place(widget.middle_points + aside),
                })
            })
            .collect();
        json!({
            "shows": self.shows.name(),
            "pin": self.pin,
            "is_shown": self.is_shown,
            "is_held": self.held.is_some(),
            "at_m": self.quad.pose.at_m.to_array(),
            "size_m": self.quad.size_m.to_array(),
            "widgets": widgets,
        })
    }
}

/// Adds the panels to a viewer with a headset.
pub(super) fn build(app: &mut App) {
    surface::build(app);
    app.init_resource::<WristState>()
        .init_resource::<WidgetsAsked>()
        .init_resource::<draw::Typing>()
        .init_resource::<place::WristWorn>()
        .add_systems(
            Update,
            (
                (requests::take, requests::show_selection)
                    .chain()
                    .in_set(GembaSystems::Interact),
                pointer::point
                    .after(hands::point)
                    .before(travel::travel)
                    .in_set(NavigationSystems::Input),
                (place::wear, place::place)
                    .chain()
                    .after(travel::draw_arc)
                    .in_set(GembaSystems::Present),
            ),
        )
        .add_systems(
            PostUpdate,
            // The keyboard before the run: a context that was not run has nothing to show.
            (draw::fill_wrist, draw::offer_keyboard, draw::run)
                .chain()
                .in_set(EguiPostUpdateSet::EndPass),
        );
}
