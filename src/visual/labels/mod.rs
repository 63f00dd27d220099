//! Live values beside their twins: chips drawn over the plant's view, under the panels.
//!
//! A chip names its twin and has a line for each label effect, and one for each other point that has passed a limit: a mark
//! of the quality by shape, the value, its age when it is stale, and marks for the limit. Chips never cover each other; passed limits come first, then what is
//! near. Text is laid out for chips that can be seen only.

mod place;
mod text;

use std::{collections::HashSet, sync::Arc};

use bevy::{ecs::system::SystemParam, math::DVec3, prelude::*};
use bevy_egui::{EguiContexts, EguiPrimaryContextPass};
use egui::{
    Align2, Color32, FontId, Galley, LayerId, Painter, Pos2, Rect, Stroke, StrokeKind, Vec2 as Points2,
};
use gemba_model::{Quality, UnixNanos};
use gemba_panels::{
    ViewerCommand,
    marks::{Mark, MarkShape, paint_mark, quality_mark},
    tokens::{self, color, space, type_size},
};
use gemba_session::ParticipantId;
use gemba_twin::{BindingPlan, EffectKind, PointIndex, TwinIndex};

use self::{
    place::{Wish, place},
    text::Breach,
};
use super::on_screen::{Occupied, Screen};
use crate::{
    binding::{Bindings, EffectAnchor, TwinPlan},
    command::Requested,
    inspection::Showing,
    plant::PrimTransforms,
    schedule::GembaSystems,
    session::Other,
    telemetry::{PassedLimits, Points},
    timeline::PlantClock,
    ui::UiSystems,
};

/// More chips than this at once are not read.
const MOST_CHIPS: usize = 60;
/// Twins that look smaller than this (their size divided by their distance) have no chip, unless a limit is passed.
const HIDDEN_BELOW_RATIO: f32 = 0.006;
/// From this apparent size on a chip is opaque.
const OPAQUE_FROM_RATIO: f32 = 0.018;
/// Lines of a chip for points that have no label but have passed a limit.
const MOST_BREACH_LINES: usize = 3;
/// Decimals of such a line.
const BREACH_DECIMALS: u8 = 1;
/// What a mark takes of a chip's line, in points.
const MARK_PT: f32 = space::MARK;

/// Whether labels are drawn.
#[derive(Resource, Clone, Copy, Debug, PartialEq, Eq)]
pub struct LabelsShown(pub bool);

impl Default for LabelsShown {
    fn default() -> Self {
        Self(true)
    }
}

/// Draws the labels.
#[derive(Default)]
pub struct LabelsPlugin;

impl Plugin for LabelsPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<LabelsShown>()
            .init_resource::<Occupied>()
            .add_systems(Update, show_labels_requested.in_set(GembaSystems::Interact))
            .add_systems(EguiPrimaryContextPass, draw_labels.in_set(UiSystems::Labels));
    }
}

fn show_labels_requested(mut requests: MessageReader<Requested>, mut shown: ResMut<LabelsShown>) {
    for Requested(request) in requests.read() {
        if let ViewerCommand::ShowLabels { shown: wanted } = request {
            shown.set_if_neq(LabelsShown(*wanted));
        }
    }
}

/// A line of a chip.
struct Line {
    quality: Option<Quality>,
    text: Text,
    breach: Option<Breach>,
}

/// A text before and after it is laid out. That is done once and without a colour, so that a chip that fades or comes
/// nearer is not set anew in every frame.
enum Text {
    Plain(String),
    LaidOut(Arc<Galley>),
}

impl Text {
    /// Gives its width.
    fn lay_out(&mut self, painter: &Painter, font: FontId) -> f32 {
        if let Self::Plain(text) = self {
            let galley = painter.layout_no_wrap(std::mem::take(text), font, Color32::PLACEHOLDER);
            *self = Self::LaidOut(galley);
        }
        match self {
            Self::LaidOut(galley) => galley.size().x,
            Self::Plain(_) => 0.0,
        }
    }

    /// Paints it where `align` of it is at `at`; gives where its right end is.
    fn paint(&self, painter: &Painter, at: Pos2, align: Align2, color: Color32) -> f32 {
        let Self::LaidOut(galley) = self else {
            return at.x;
        };
        let rect = align.anchor_size(at, galley.size());
        painter.galley(rect.min, Arc::clone(galley), color);
        rect.right()
    }
}

/// Whom a chip is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum About {
    Twin(TwinIndex),
    Person(ParticipantId),
}

/// A chip before it has a place.
pub(crate) struct Chip {
    about: About,
    /// A person's colour.
    edge: Option<Color32>,
    anchor: Pos2,
    distance_m: f32,
    opacity: f32,
    title: Option<Text>,
    lines: Vec<Line>,
    size: Points2,
}

impl Chip {
    /// The name of a person, in their colour.
    pub(crate) fn of_person(other: &Other, anchor: Pos2, distance_m: f32) -> Self {
        Self {
            about: About::Person(other.who),
            edge: Some(color::person_in_plant(other.colour)),
            anchor,
            distance_m,
            opacity: 1.0,
            title: Some(Text::Plain(other.name.to_string())),
            lines: Vec::new(),
            size: Points2::ZERO,
        }
    }

    /// Where what it is about is seen.
    pub(crate) fn anchor(&self) -> Pos2 {
        self.anchor
    }

    /// How far away it is.
    pub(crate) fn distance_m(&self) -> f32 {
        self.distance_m
    }

    /// Where the line from its anchor ends at a chip that is drawn in `rect`.
    pub(crate) fn foot(&self, rect: Rect) -> Pos2 {
        let x = self.anchor.x.clamp(rect.left() + 6.0, rect.right() - 6.0);
        Pos2::new(x, rect.bottom())
    }

    /// Sets its texts, and its size by them.
    fn lay_out(&mut self, painter: &Painter) {
        let mut width = self
            .title
            .as_mut()
            .map_or(0.0, |title| title.lay_out(painter, title_font()));
        for line in &mut self.lines {
            let marks = line.breach.map_or(0, Breach::marks) as f32;
            let of_line = MARK_PT
                + space::XS
                + line.text.lay_out(painter, line_font())
                + marks * (MARK_PT + 1.0)
                + marks.min(1.0) * space::XS;
            width = width.max(of_line);
        }
        let height = if self.title.is_some() { TITLE_PT } else { 0.0 } + LINE_PT * self.lines.len() as f32;
        self.size = Points2::new(width, height) + 2.0 * INSET;
    }

    /// Paints it into `rect`, which is as large as it is, after it was laid out.
    pub(crate) fn paint(&self, painter: &Painter, rect: Rect) {
        let fade = |color: Color32| color.gamma_multiply(self.opacity);
        let (edge, weight) = match self.urgency() {
            0 => (self.edge.unwrap_or_else(color::line), 1.0),
            1 => (color::warning(), 1.8),
            _ => (color::error(), 1.8),
        };
        painter.rect_filled(
            rect,
            f32::from(space::RADIUS),
            fade(color::panel().gamma_multiply(0.92)),
        );
        painter.rect_stroke(
            rect,
            f32::from(space::RADIUS),
            Stroke::new(weight, fade(edge)),
            StrokeKind::Inside,
        );
        let mut at = rect.min + INSET;
        if let Some(title) = &self.title {
            title.paint(painter, at, Align2::LEFT_TOP, fade(color::text_quiet()));
            at.y += TITLE_PT;
        }
        for line in &self.lines {
            paint_line(painter, line, at, &fade);
            at.y += LINE_PT;
        }
    }

    fn urgency(&self) -> u8 {
        self.lines
            .iter()
            .filter_map(|line| line.breach)
            .map(|breach| breach.marks() as u8)
            .max()
            .unwrap_or(0)
    }
}

/// What chips say, wherever they are drawn.
#[derive(SystemParam)]
pub(crate) struct Chips<'w> {
    plan: Res<'w, TwinPlan>,
    bindings: Res<'w, Bindings>,
    points: Res<'w, Points>,
    clock: Res<'w, PlantClock>,
    transforms: Res<'w, PrimTransforms>,
    showing: Showing<'w>,
    passed: Res<'w, PassedLimits>,
}

impl Chips<'_> {
    /// The chips of twins that `see` can see: it gives where a place of the world is seen, in points, and how far away.
    pub(crate) fn seen(&self, see: impl Fn(DVec3) -> Option<(Pos2, f32)>) -> Vec<Chip> {
        let mut chips = Vec::new();
        for of_prim in self
            .bindings
            .labels()
            .chunk_by(|one, other| one.prim == other.prim)
        {
            let world_from_prim = self.transforms.world_from_prim(of_prim[0].prim);
            let anchor_m = world_from_prim.transform_point3(of_prim[0].prim_from_anchor);
            if !self.showing.shows(of_prim[0].prim, anchor_m) {
                continue;
            }
            let Some(seen) = see(anchor_m) else { continue };
            chips.extend(chip(
                &self.plan,
                &self.bindings,
                &self.points,
                &self.passed,
                self.clock.at,
                of_prim,
                seen,
            ));
        }
        chips
    }
}

/// Finds a place for each chip in `area` beside what is `occupied`; the far ones come first, so that the nearest is drawn on top.
pub(crate) fn laid_out(
    painter: &Painter,
    chips: &mut [Chip],
    area: Rect,
    occupied: &[Rect],
    most: usize,
    were_shown: &mut HashSet<About>,
) -> Vec<(usize, Rect)> {
    for chip in &mut *chips {
        chip.lay_out(painter);
    }
    let wishes: Vec<Wish> = chips
        .iter()
        .map(|chip| Wish {
            anchor: chip.anchor,
            size: chip.size,
            urgency: chip.urgency(),
            distance_m: chip.distance_m,
            was_shown: were_shown.contains(&chip.about),
        })
        .collect();
    let places = place(&wishes, area, occupied, most);
    were_shown.clear();
    let mut placed: Vec<(usize, Rect)> = places
        .into_iter()
        .enumerate()
        .filter_map(|(at, place)| Some((at, place?)))
        .collect();
    were_shown.extend(placed.iter().map(|(at, _)| chips[*at].about));
    placed.sort_by(|(one, _), (other, _)| chips[*other].distance_m.total_cmp(&chips[*one].distance_m));
    placed
}

fn draw_labels(
    shown: Res<LabelsShown>,
    mut contexts: EguiContexts,
    screen: Screen,
    chips: Chips,
    mut occupied: ResMut<Occupied>,
    mut were_shown: Local<HashSet<About>>,
    mut has_glyphs: Local<bool>,
) -> Result {
    occupied.clear();
    if let Some(cube) = screen.cube() {
        occupied.take(cube);
    }
    let ctx = contexts.ctx_mut()?;
    if !*has_glyphs {
        *has_glyphs = true;
        tokens::load_glyphs(ctx);
    }
    let Some(eye) = screen
        .on(ctx)
        .filter(|_| shown.0 && !chips.bindings.labels().is_empty())
    else {
        return Ok(());
    };
    let painter = ctx.layer_painter(LayerId::background());
    let mut chips = chips.seen(|anchor_m| eye.see(anchor_m));
    let placed = laid_out(
        &painter,
        &mut chips,
        eye.area,
        occupied.taken(),
        MOST_CHIPS,
        &mut were_shown,
    );
    for (at, rect) in placed {
        occupied.take(rect);
        paint_leader(&painter, &chips[at], rect);
        chips[at].paint(&painter, rect);
    }
    Ok(())
}

/// What the labels of one prim say; `None` when it is too far away to matter.
fn chip(
    plan: &BindingPlan,
    bindings: &Bindings,
    points: &Points,
    passed: &PassedLimits,
    now: UnixNanos,
    labels: &[EffectAnchor],
    (anchor, distance_m): (Pos2, f32),
) -> Option<Chip> {
    let first = labels.first()?;
    let twin = plan.twins.get(first.twin.0 as usize)?;
    let mut names_itself = false;
    let mut lines = Vec::with_capacity(labels.len());
    for label in labels {
        let (Some(effect), Some(point), Some(state)) = (
            plan.effects.get(label.effect),
            plan.points.get(label.point.0 as usize),
            points.get(label.point),
        ) else {
            continue;
        };
        let EffectKind::Label { format, decimals } = &effect.kind else {
            continue;
        };
        names_itself |= format.contains("{name}") || format.contains("{id}");
        lines.push(Line {
            quality: state.sample.as_ref().map(|_| state.quality),
            text: Text::Plain(text::text(format, *decimals, twin, point, state, state.age(now))),
            breach: breach_of(passed, label.point),
        });
    }
    let is_labelled = |point| labels.iter().any(|label| label.point == point);
    let of_twin = bindings
        .points_of(first.twin)
        .filter(|point| !is_labelled(*point));
    lines.extend(
        of_twin
            .filter_map(|point| breach_line(plan, points, passed, now, point))
            .take(MOST_BREACH_LINES),
    );

    let ratio = first.size_m as f32 / distance_m.max(1e-3);
    let opacity = ((ratio - HIDDEN_BELOW_RATIO) / (OPAQUE_FROM_RATIO - HIDDEN_BELOW_RATIO)).clamp(0.0, 1.0);
    let mut chip = Chip {
        about: About::Twin(first.twin),
        edge: None,
        anchor,
        distance_m,
        opacity,
        title: (!names_itself).then(|| Text::Plain(twin.name.to_string())),
        lines,
        size: Points2::ZERO,
    };
    if chip.urgency() > 0 {
        chip.opacity = 1.0;
    }
    (chip.opacity > 0.05 && !chip.lines.is_empty()).then_some(chip)
}

fn breach_of(passed: &PassedLimits, point: PointIndex) -> Option<Breach> {
    passed.of(point)?.passed.map(Breach::from)
}

/// A line for a point without a label of its own that has passed a limit: what is urgent is named, not only hinted at.
fn breach_line(
    plan: &BindingPlan,
    points: &Points,
    passed: &PassedLimits,
    now: UnixNanos,
    index: PointIndex,
) -> Option<Line> {
    let (point, state) = (plan.points.get(index.0 as usize)?, points.get(index)?);
    let breach = breach_of(passed, index)?;
    let twin = plan.twins.get(point.twin.0 as usize)?;
    let value = text::text(
        "{value} {unit}",
        BREACH_DECIMALS,
        twin,
        point,
        state,
        state.age(now),
    );
    Some(Line {
        quality: Some(state.quality),
        text: Text::Plain(format!("{} {value}", point.label)),
        breach: Some(breach),
    })
}

fn title_font() -> FontId {
    FontId::proportional(type_size::SMALL)
}

fn line_font() -> FontId {
    FontId::proportional(type_size::BODY)
}

const INSET: Points2 = Points2::new(8.0, 5.0);
const LINE_PT: f32 = 18.0;
const TITLE_PT: f32 = 15.0;

/// The line from what a chip is about to the chip.
fn paint_leader(painter: &Painter, chip: &Chip, rect: Rect) {
    let fade = |color: Color32| color.gamma_multiply(chip.opacity);
    let foot = chip.foot(rect);
    painter.line_segment([chip.anchor, foot], Stroke::new(3.0, fade(color::sunken())));
    painter.line_segment([chip.anchor, foot], Stroke::new(1.2, fade(color::text_quiet())));
    painter.circle(
        chip.anchor,
        3.0,
        fade(color::text()),
        Stroke::new(1.5, fade(color::sunken())),
    );
}

fn paint_line(painter: &Painter, line: &Line, at: Pos2, fade: &impl Fn(Color32) -> Color32) {
    let middle = at.y + LINE_PT * 0.5;
    let mark = quality_mark(line.quality);
    let faded = Mark {
        color: fade(mark.color),
        ..mark
    };
    paint_mark(painter, Pos2::new(at.x + MARK_PT * 0.5, middle), MARK_PT, faded);
    let ink = if line.quality == Some(Quality::Good) {
        color::text()
    } else {
        color::text_quiet()
    };
    let left = Pos2::new(at.x + MARK_PT + space::XS, middle);
    let right = line.text.paint(painter, left, Align2::LEFT_CENTER, fade(ink));
    let Some(breach) = line.breach else { return };
    let shape = if breach.is_high() {
        MarkShape::Triangle
    } else {
        MarkShape::TriangleDown
    };
    let ink = if breach.marks() > 1 {
        color::error()
    } else {
        color::warning()
    };
    for nth in 0..breach.marks() {
        let x = right + space::XS + MARK_PT * 0.5 + nth as f32 * (MARK_PT + 1.0);
        paint_mark(
            painter,
            Pos2::new(x, middle),
            MARK_PT,
            Mark {
                shape,
                color: fade(ink),
                word: "",
            },
        );
    }
}
