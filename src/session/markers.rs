//! Notes where they hang in the plant: a flag with the note's number and its first words.

use std::sync::Arc;

use bevy::{math::DVec3, prelude::*, window::PrimaryWindow};
use bevy_egui::EguiContexts;
use egui::{FontId, LayerId, Pos2, Rect, Stroke, StrokeKind, Vec2 as Points2};
use gemba_panels::{
    SessionCommand, ViewerCommand,
    session::AnnotationKey,
    tokens::{
        color::{self, person},
        space, type_size,
    },
};
use gemba_session::{
    RoomState,
    operation::{Markup, Status},
    state::Annotation,
};
use gemba_usd::doc::PrimIndex;

use super::{
    Meeting,
    notes::{key_of, numbered},
};
use crate::{
    command::Requested,
    inspection::Showing,
    plant::{Plant, PrimTransforms},
    ui::WindowWants,
    visual::on_screen::{Occupied, Screen},
};

/// The newest open notes that are drawn; all are in the list.
const MOST_MARKERS: usize = 200;
/// Farther than this a flag shows its number only.
const WORDS_WITHIN_M: f32 = 25.0;
const MOST_WORDS: usize = 32;

/// An open note, found in the plant.
pub(super) struct Marker {
    number: usize,
    prim: PrimIndex,
    point_in_prim: DVec3,
    key: AnnotationKey,
    text: Arc<str>,
    by: Arc<str>,
    colour: u8,
    in_progress: bool,
}

/// The flags as they were last drawn, the uppermost last: a click on one opens its note.
#[derive(Resource, Default)]
pub(crate) struct NoteFlags(Vec<(Rect, AnnotationKey)>);

impl NoteFlags {
    /// The note whose flag is at a place on the screen, in egui points.
    pub(crate) fn at(&self, at: Pos2) -> Option<AnnotationKey> {
        let found = self.0.iter().rev().find(|(flag, _)| flag.contains(at));
        found.map(|(_, note)| *note)
    }
}

/// A click on a flag opens its note.
pub(super) fn open_clicked(
    buttons: Option<Res<ButtonInput<MouseButton>>>,
    windows: Query<&Window, With<PrimaryWindow>>,
    wants: Option<Res<WindowWants>>,
    flags: Res<NoteFlags>,
    mut requests: MessageWriter<Requested>,
) {
    let (Some(buttons), Ok(window)) = (buttons, windows.single()) else {
        return;
    };
    let is_covered = wants.is_some_and(|wants| wants.pointer);
    if is_covered || !buttons.just_pressed(MouseButton::Left) {
        return;
    }
    let clicked = window
        .cursor_position()
        .and_then(|at| flags.at(Pos2::new(at.x, at.y)));
    if let Some(annotation) = clicked {
        requests.write(Requested(ViewerCommand::Session(SessionCommand::OpenNote {
            annotation,
        })));
    }
}

/// What the markers were made of.
#[derive(Default)]
pub(super) struct Made {
    state: Option<Arc<RoomState>>,
    markers: Vec<Marker>,
}

pub(super) fn draw_markers(
    mut contexts: EguiContexts,
    screen: Screen,
    meeting: Res<Meeting>,
    plant: Option<Res<Plant>>,
    transforms: Res<PrimTransforms>,
    showing: Showing,
    mut flags: ResMut<NoteFlags>,
    mut occupied: ResMut<Occupied>,
    mut made: Local<Made>,
) -> Result {
    flags.0.clear();
    let Some(plant) = plant else { return Ok(()) };
    let is_same = made
        .state
        .as_ref()
        .is_some_and(|state| Arc::ptr_eq(state, meeting.state()));
    if !is_same || plant.is_changed() {
        made.state = Some(Arc::clone(meeting.state()));
        made.markers = markers(meeting.state(), &plant);
    }
    if made.markers.is_empty() {
        return Ok(());
    }
    let ctx = contexts.ctx_mut()?;
    let Some(view) = screen.on(ctx) else { return Ok(()) };
    let painter = ctx.layer_painter(LayerId::background());
    let mut seen: Vec<(f32, Pos2, &Marker)> = made
        .markers
        .iter()
        .filter_map(|marker| {
            let at_m = transforms
                .world_from_prim(marker.prim)
                .transform_point3(marker.point_in_prim);
            if !showing.shows(marker.prim, at_m) {
                return None;
            }
            let (at, distance_m) = view.see(at_m)?;
            Some((distance_m, at, marker))
        })
        .collect();
    // The nearest is drawn last and lies on top.
    seen.sort_by(|one, other| other.0.total_cmp(&one.0));
    let pointer = ctx
        .pointer_hover_pos()
        .filter(|_| !ctx.egui_wants_pointer_input());
    let mut hovered = None;
    let mut placed: Vec<Placed> = Vec::with_capacity(seen.len());
    // The nearest gets its place first.
    for (distance_m, at, marker) in seen.iter().rev() {
        let mut flag = Placed::new(&painter, *at, marker, *distance_m < WORDS_WITHIN_M);
        flag.flag = occupied.take_above(flag.flag);
        placed.push(flag);
    }
    for (Placed { flag, galley }, (_, at, marker)) in placed.into_iter().rev().zip(&seen) {
        paint(&painter, *at, marker, flag, galley);
        flags.0.push((flag, marker.key));
        if pointer.is_some_and(|pointer| flag.contains(pointer)) {
            hovered = Some((flag, marker));
        }
    }
    if let Some((flag, marker)) = hovered {
        paint_card(&painter, view.area, flag, marker);
    }
    Ok(())
}

fn markers(state: &RoomState, plant: &Plant) -> Vec<Marker> {
    let colour = |author| state.person(author).map_or(0, |person| person.colour);
    numbered(state)
        .into_iter()
        .filter(|(_, _, note)| note.status.value != Status::Resolved)
        .take(MOST_MARKERS)
        .filter_map(|(number, id, note)| {
            let anchor = &note.anchor.value;
            Some(Marker {
                number,
                prim: plant.doc.find(&anchor.prim)?,
                point_in_prim: flagged(note),
                key: key_of(id),
                text: said(note),
                by: state
                    .person(note.author)
                    .map_or_else(|| "someone".into(), |person| person.name.as_str().into()),
                colour: colour(note.author),
                in_progress: note.status.value == Status::InProgress,
            })
        })
        .collect()
}

/// Where its flag stands, in its prim: at an arrow's tail, so that it does not hide what the arrow points to.
fn flagged(note: &Annotation) -> DVec3 {
    DVec3::from(match &note.markup.value {
        Markup::Arrow { from_in_prim } => *from_in_prim,
        Markup::Text | Markup::Stroke { .. } | Markup::Screenshot { .. } => note.anchor.value.point_in_prim,
    })
}

/// What a note says; what it draws, where it says nothing.
fn said(note: &Annotation) -> Arc<str> {
    let text = note.text.value.as_str();
    if !text.trim().is_empty() {
        return text.into();
    }
    match note.markup.value {
        Markup::Text => "".into(),
        Markup::Arrow { .. } => "arrow".into(),
        Markup::Stroke { .. } => "drawing".into(),
        Markup::Screenshot { .. } => "picture".into(),
    }
}

fn first_words(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(MOST_WORDS) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line.to_owned(),
    }
}

/// Low, so that the flag lies under the twin's label and not in it.
const STAFF_PT: f32 = 12.0;

/// A flag with its words laid out.
struct Placed {
    flag: Rect,
    galley: Arc<egui::Galley>,
}

impl Placed {
    /// The flag where it would hang alone.
    fn new(painter: &egui::Painter, at: Pos2, marker: &Marker, has_words: bool) -> Self {
        let mut text = format!("#{}", marker.number);
        if marker.in_progress {
            text.push_str(" ▶");
        }
        if has_words {
            text.push_str("  ");
            text.push_str(&first_words(&marker.text));
        }
        let galley = painter.layout_no_wrap(text, FontId::proportional(type_size::SMALL), color::text());
        let size = galley.size() + Points2::new(2.0 * space::XS, space::XS);
        let top = at - Points2::new(0.0, STAFF_PT);
        Self {
            flag: Rect::from_min_size(top - Points2::new(0.0, size.y * 0.5), size),
            galley,
        }
    }
}

/// Draws a flag on its staff.
fn paint(painter: &egui::Painter, at: Pos2, marker: &Marker, flag: Rect, galley: Arc<egui::Galley>) {
    let ink = person(marker.colour);
    let top = Pos2::new(at.x, flag.center().y);
    painter.line_segment([at, top], Stroke::new(3.5, color::sunken()));
    painter.line_segment([at, top], Stroke::new(1.6, ink));
    painter.circle(at, 3.0, ink, Stroke::new(1.5, color::sunken()));
    painter.rect_filled(flag, 2.0, color::panel().gamma_multiply(0.94));
    painter.rect_stroke(flag, 2.0, Stroke::new(1.4, ink), StrokeKind::Inside);
    painter.galley(
        flag.min + Points2::new(space::XS, space::XS * 0.5),
        galley,
        color::text(),
    );
}

/// All that a note says, beside its flag.
fn paint_card(painter: &egui::Painter, area: Rect, flag: Rect, marker: &Marker) {
    const WIDTH_PT: f32 = 280.0;
    const MOST_CHARS: usize = 400;
    let mut text: String = marker.text.chars().take(MOST_CHARS).collect();
    if text.len() < marker.text.len() {
        text.push('…');
    }
    let text = format!("#{} by {}\n{text}\nClick to open", marker.number, marker.by);
    let galley = painter.layout(
        text,
        FontId::proportional(type_size::BODY),
        color::text(),
        WIDTH_PT,
    );
    let size = galley.size() + Points2::splat(2.0 * space::S);
    let min = Pos2::new(
        flag.left().min(area.right() - size.x).max(area.left()),
        (flag.bottom() + space::XS).min(area.bottom() - size.y),
    );
    let card = Rect::from_min_size(min, size);
    painter.rect_filled(card, f32::from(space::RADIUS), color::panel());
    let edge = Stroke::new(1.4, person(marker.colour));
    painter.rect_stroke(card, f32::from(space::RADIUS), edge, StrokeKind::Inside);
    painter.galley(card.min + Points2::splat(space::S), galley, color::text());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_show_the_first_words_of_the_first_line() {
        assert_eq!(first_words("Seal leaks\nsince Monday"), "Seal leaks");
        assert_eq!(first_words(&"ä".repeat(40)), format!("{}…", "ä".repeat(32)));
        assert_eq!(first_words(""), "");
    }
}
