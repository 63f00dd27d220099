//! Being in the plant with others: the room as it is known here, where the others are, and what of it moves our own eye.
//!
//! [`Meeting`] holds the link of `gemba_relay` and the room's newest state; [`Others`] is where people are shown. Commands
//! become operations in `commands`, what a presenter cuts and isolates is taken up in `viewpoints`, and whatever the room does not take is said in [`Meeting::notice`]. The plant never
//! depends on it: without a relay everything else goes on. Avatars, names and notes are drawn by [`PeoplePlugin`], which
//! needs a renderer; all else here works without one.
//!
//! A room's coordinates are metres from the plant's origin, which every viewer derives from the scene.

mod anchors;
mod avatars;
mod commands;
mod drawings;
mod follow;
mod identity;
mod markers;
mod meeting;
mod names;
pub(crate) mod notes;
mod others;
mod outlines;
mod pen;
mod picture;
mod plant_mark;
mod point;
mod tube;
pub(crate) mod viewpoints;

use bevy::prelude::*;

pub(crate) use drawings::Inks;
pub use identity::SessionIdentity;
pub(crate) use markers::NoteFlags;
pub use meeting::{Brought, Meeting};
pub use others::{Other, Others, Shown};
pub use pen::Pen;
pub use viewpoints::SharedView;

use crate::{navigation::NavigationSystems, schedule::GembaSystems, ui::UiSystems};

/// Keeps the meeting.
#[derive(Default)]
pub struct SessionPlugin;

impl Plugin for SessionPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Meeting>()
            .init_resource::<Others>()
            .init_resource::<SessionIdentity>()
            .init_resource::<point::Pointing>()
            .init_resource::<Pen>()
            .init_resource::<plant_mark::OpenPlantMark>()
            .init_resource::<SharedView>()
            .add_message::<Brought>()
            .add_systems(
                Update,
                (
                    (plant_mark::mark_plant, meeting::take_in, others::see_others)
                        .chain()
                        .in_set(GembaSystems::Ingest),
                    (pen::take_pen, pen::draw)
                        .chain()
                        .in_set(NavigationSystems::Input),
                    (
                        commands::carry_out,
                        point::point,
                        viewpoints::go_to_viewpoint,
                        viewpoints::see_what_is_presented,
                        follow::go_where_brought,
                        follow::see_with_other_eyes,
                    )
                        .chain()
                        .in_set(NavigationSystems::Led),
                    (
                        point::show_self,
                        commands::share_selection,
                        viewpoints::present_view,
                    )
                        .in_set(GembaSystems::Present),
                ),
            );
    }
}

/// Draws the people and their notes; needs a renderer.
#[derive(Default)]
pub struct PeoplePlugin;

impl Plugin for PeoplePlugin {
    fn build(&self, app: &mut App) {
        outlines::add_lines(app);
        app.init_resource::<NoteFlags>()
            .add_systems(Startup, (avatars::make_parts, drawings::make_inks))
            .add_systems(
                Update,
                (markers::open_clicked, picture::take_picture).in_set(NavigationSystems::Led),
            )
            .add_systems(
                Update,
                (
                    avatars::place_avatars,
                    outlines::draw_rays,
                    outlines::draw_selections,
                    drawings::place_drawings,
                    pen::show_line,
                )
                    .in_set(GembaSystems::Present),
            )
            .add_systems(
                bevy_egui::EguiPrimaryContextPass,
                (markers::draw_markers, names::draw_names)
                    .chain()
                    .in_set(UiSystems::People),
            );
    }
}
