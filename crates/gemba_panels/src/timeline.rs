//! The timeline: when what is seen was, and the way there.
//!
//! A strip below the plant as long as there are values. Its right end is now; marks stand where limits began to count as
//! passed. Whatever shows the past is framed and named in the colour of the past, so that nobody takes it for now.

use egui::{Align2, FontId, Key, Pos2, Rect, Response, RichText, Sense, Stroke, Ui, Vec2, WidgetInfo};

use crate::{
    ViewerCommand,
    marks::{Mark, MarkShape, paint_mark},
    tokens::{color, space, type_size},
};

/// Speeds to choose from.
const SPEEDS: [f32; 6] = [0.25, 1.0, 4.0, 15.0, 60.0, 240.0];
/// Lengths of the strip to choose from, in milliseconds.
const SPANS: [(i64, &str); 4] = [
    (600_000, "10 minutes"),
    (3_600_000, "1 hour"),
    (8 * 3_600_000, "8 hours"),
    (i64::MAX, "All"),
];
/// How far a step goes.
pub const STEP_MILLIS: i64 = 10_000;
/// So close to the right end is now.
const NOW_WITHIN_PT: f32 = 5.0;

/// What the timeline shows. Times are milliseconds since 1970-01-01T00:00Z.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TimelineModel {
    /// Since when the past is known; `None` while there is none.
    pub from_millis: Option<i64>,
    /// Now.
    pub now_millis: i64,
    /// The instant that is shown.
    pub at_millis: i64,
    /// How fast the past goes on, 0 for standing still; `None` while what is shown is the present.
    pub past_speed: Option<f32>,
    /// Where limits began to count as passed.
    pub marks: Vec<TimelineMark>,
}

/// A limit began to count as passed.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineMark {
    /// When.
    pub at_millis: i64,
    /// Whether it is an outer limit.
    pub is_worst: bool,
    /// Whose, for the tooltip.
    pub what: String,
}

/// How much of the past the strip shows.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineView {
    span_millis: i64,
}

impl Default for TimelineView {
    fn default() -> Self {
        Self {
            span_millis: SPANS[0].0,
        }
    }
}

impl TimelineModel {
    /// The command that lets the past stand still, or go on.
    #[must_use]
    pub fn pause_or_play(&self) -> ViewerCommand {
        let speed = match self.past_speed {
            Some(0.0) => 1.0,
            _ => 0.0,
        };
        self.to(self.at_millis, speed)
    }

    /// The command that goes `by_millis` forward, or back where that is negative, as fast as before.
    #[must_use]
    pub fn step(&self, by_millis: i64) -> ViewerCommand {
        self.to(
            self.at_millis.saturating_add(by_millis),
            self.past_speed.unwrap_or(1.0),
        )
    }

    fn to(&self, at_millis: i64, speed: f32) -> ViewerCommand {
        ViewerCommand::SetTimeline { at_millis, speed }
    }

    /// What the strip spans: as much as is asked for where there is as much, and at least what is shown.
    fn span(&self, view: &TimelineView) -> (i64, i64) {
        let known = self.now_millis - self.from_millis.unwrap_or(self.now_millis);
        let shown = (self.now_millis - self.at_millis).saturating_add(STEP_MILLIS);
        let span = view
            .span_millis
            .min(known)
            .max(shown)
            .clamp(1_000, known.max(1_000));
        (self.now_millis - span, self.now_millis)
    }
}

/// Draws the strip.
pub fn timeline_ui(
    ui: &mut Ui,
    model: &TimelineModel,
    view: &mut TimelineView,
    commands: &mut Vec<ViewerCommand>,
) {
    let is_past = model.past_speed.is_some();
    ui.horizontal(|ui| {
        ui.set_height(space::ROW);
        ui.spacing_mut().item_spacing.x = space::XS;
        if ui
            .button("−10 s")
            .on_hover_text("Ten seconds back ( , )")
            .clicked()
        {
            commands.push(model.step(-STEP_MILLIS));
        }
        let (word, hint) = match model.past_speed {
            Some(0.0) => ("Play", "Go on from here (Space)"),
            _ => (
                "Pause",
                "Hold this moment; what is live goes on being recorded (Space)",
            ),
        };
        let pause = ui.add_sized([52.0, ui.spacing().interact_size.y], egui::Button::new(word));
        if pause.on_hover_text(hint).clicked() {
            commands.push(model.pause_or_play());
        }
        ui.add_enabled_ui(is_past, |ui| {
            if ui.button("+10 s").on_hover_text("Ten seconds on ( . )").clicked() {
                commands.push(model.step(STEP_MILLIS));
            }
            speed_ui(ui, model, commands);
        });
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let live = ui.add_enabled(is_past, egui::Button::new("Go live"));
            if live.on_hover_text("Back to now (End)").clicked() {
                commands.push(ViewerCommand::GoLive);
            }
            span_ui(ui, view);
            time_ui(ui, model);
            scrubber_ui(ui, model, view, commands);
        });
    });
}

fn speed_ui(ui: &mut Ui, model: &TimelineModel, commands: &mut Vec<ViewerCommand>) {
    let speed = model.past_speed.filter(|speed| *speed > 0.0).unwrap_or(1.0);
    let menu = ui.menu_button(format!("{speed}×"), |ui| {
        for choice in SPEEDS {
            if ui
                .selectable_label(choice == speed, format!("{choice}×"))
                .clicked()
            {
                commands.push(model.to(model.at_millis, choice));
                ui.close();
            }
        }
    });
    menu.response.on_hover_text("How fast the past is played");
}

fn span_ui(ui: &mut Ui, view: &mut TimelineView) {
    let word = |span| {
        SPANS
            .iter()
            .find(|(known, _)| *known == span)
            .map_or("", |(_, word)| word)
    };
    let menu = ui.menu_button(word(view.span_millis), |ui| {
        for (span, word) in SPANS {
            if ui.selectable_label(view.span_millis == span, word).clicked() {
                view.span_millis = span;
                ui.close();
            }
        }
    });
    menu.response
        .on_hover_text("How much of the past the strip shows");
}

/// The instant that is shown, and how long ago it was.
fn time_ui(ui: &mut Ui, model: &TimelineModel) {
    let (text, color) = match model.past_speed {
        None => (clock_text(model.at_millis), color::text_quiet()),
        Some(_) => (past_text(model), color::past()),
    };
    ui.label(RichText::new(text).color(color))
        .on_hover_text("Hours, minutes and seconds of the day in UTC");
}

fn past_text(model: &TimelineModel) -> String {
    let ago = (model.now_millis - model.at_millis).max(0);
    format!("{}   {} ago", clock_text(model.at_millis), span_text(ago))
}

/// The line of time. It is dragged, clicked, or moved with the arrow keys when it has the focus.
fn scrubber_ui(ui: &mut Ui, model: &TimelineModel, view: &TimelineView, commands: &mut Vec<ViewerCommand>) {
    let size = Vec2::new(ui.available_width().max(60.0), space::ROW);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    let (from, to) = model.span(view);
    let line = rect.shrink2(Vec2::new(space::S, 0.0));
    let x_of = |millis: i64| {
        let ratio = (millis - from) as f32 / (to - from) as f32;
        egui::lerp(line.x_range(), ratio.clamp(0.0, 1.0))
    };
    let millis_at = |x: f32| {
        let ratio = egui::remap_clamp(x, line.x_range(), 0.0..=1.0);
        from + ((to - from) as f64 * f64::from(ratio)) as i64
    };
    response.widget_info(|| {
        WidgetInfo::slider(
            true,
            (model.at_millis - model.now_millis) as f64 / 1e3,
            "Timeline",
        )
    });
    // At the press, however long a frame is; and then where it is dragged, not while it rests.
    let is_pressed =
        response.is_pointer_button_down_on() && ui.input(|input| input.pointer.primary_pressed());
    let is_moved = response.dragged() && response.drag_delta().x != 0.0;
    if let Some(at) = response.interact_pointer_pos()
        && (is_pressed || is_moved || response.clicked())
    {
        commands.push(if at.x >= line.right() - NOW_WITHIN_PT {
            ViewerCommand::GoLive
        } else {
            model.to(millis_at(at.x), 0.0)
        });
    }
    if response.has_focus() {
        for (key, by_millis) in [(Key::ArrowLeft, -STEP_MILLIS), (Key::ArrowRight, STEP_MILLIS)] {
            if ui.input(|input| input.key_pressed(key)) {
                commands.push(model.step(by_millis));
            }
        }
    }
    paint_line(ui, line, model, &response, x_of);
    if let Some(at) = response.hover_pos() {
        let near = nearest_mark(model, at, x_of);
        response.on_hover_ui_at_pointer(|ui| {
            ui.label(clock_text(millis_at(at.x)));
            if let Some(mark) = near {
                ui.label(RichText::new(&mark.what).color(mark_color(mark)));
            }
        });
    }
}

fn nearest_mark(model: &TimelineModel, at: Pos2, x_of: impl Fn(i64) -> f32) -> Option<&TimelineMark> {
    let apart = |mark: &TimelineMark| (x_of(mark.at_millis) - at.x).abs();
    let nearest = model
        .marks
        .iter()
        .min_by(|one, other| apart(one).total_cmp(&apart(other)))?;
    (apart(nearest) < 6.0).then_some(nearest)
}

fn mark_color(mark: &TimelineMark) -> egui::Color32 {
    if mark.is_worst {
        color::error()
    } else {
        color::warning()
    }
}

fn paint_line(ui: &Ui, line: Rect, model: &TimelineModel, response: &Response, x_of: impl Fn(i64) -> f32) {
    let painter = ui.painter();
    let handle = if model.past_speed.is_some() {
        color::past()
    } else {
        color::good()
    };
    let y = line.center().y;
    painter.hline(line.x_range(), y, Stroke::new(2.0, color::line()));
    let begins = model.from_millis.map_or(line.left(), &x_of);
    painter.hline(
        begins..=x_of(model.at_millis),
        y,
        Stroke::new(3.0, handle.gamma_multiply(0.7)),
    );
    for mark in &model.marks {
        // Taller for what is worse: it is told without colour too.
        let half_height = if mark.is_worst { 9.0 } else { 5.0 };
        let x = x_of(mark.at_millis);
        painter.vline(
            x,
            y - half_height..=y + half_height,
            Stroke::new(2.0, mark_color(mark)),
        );
    }
    let at = Pos2::new(x_of(model.at_millis), y);
    let radius = if response.hovered() || response.has_focus() {
        7.0
    } else {
        6.0
    };
    painter.circle(at, radius, handle, Stroke::new(2.0, color::panel()));
    if response.has_focus() {
        painter.circle_stroke(at, radius + 2.0, Stroke::new(1.5, color::accent()));
    }
}

/// Frames a view that shows the past, and says so in it.
pub fn past_frame_ui(ui: &Ui, view: Rect, model: &TimelineModel) {
    let Some(speed) = model.past_speed else { return };
    let painter = ui.painter();
    let color = color::past();
    painter.rect_stroke(view, 0.0, Stroke::new(3.0, color), egui::StrokeKind::Inside);
    let how = match speed {
        0.0 => "held".to_owned(),
        speed => format!("{speed}×"),
    };
    let text = format!("{}   {how}", past_text(model));
    let font = FontId::proportional(type_size::VALUE);
    let galley = painter.layout_no_wrap(format!("REPLAY   {text}"), font, color);
    let size = galley.size() + Vec2::new(space::MARK + 3.0 * space::S, 2.0 * space::XS);
    let center_bottom = view.center_bottom() - Vec2::new(0.0, space::M);
    let card = Align2::CENTER_BOTTOM.anchor_size(center_bottom, size);
    painter.rect_filled(card, f32::from(space::RADIUS), color::sunken());
    let mark = Mark {
        shape: MarkShape::Rewind,
        color,
        word: "",
    };
    paint_mark(
        painter,
        card.left_center() + Vec2::new(space::S + space::MARK / 2.0, 0.0),
        space::MARK,
        mark,
    );
    let left = card.left_center() + Vec2::new(space::MARK + 2.0 * space::S, -galley.size().y / 2.0);
    painter.galley(left, galley, color);
}

/// The time of day in UTC: `10:32:05`.
fn clock_text(millis: i64) -> String {
    let secs = millis.div_euclid(1_000).rem_euclid(86_400);
    format!("{:02}:{:02}:{:02}", secs / 3_600, secs / 60 % 60, secs % 60)
}

/// A duration: `2:13`, `1:02:13`.
fn span_text(millis: i64) -> String {
    let secs = millis / 1_000;
    match secs / 3_600 {
        0 => format!("{}:{:02}", secs / 60, secs % 60),
        hours => format!("{hours}:{:02}:{:02}", secs / 60 % 60, secs % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_on_a_clock() {
        assert_eq!(clock_text(1_790_000_000_000), "14:13:20");
        assert_eq!(clock_text(-1), "23:59:59");
        assert_eq!([span_text(133_999), span_text(3_733_000)], ["2:13", "1:02:13"]);
    }

    #[test]
    fn the_strip_spans_what_is_asked_for_and_at_least_what_is_shown() {
        let model = |from, at| TimelineModel {
            from_millis: Some(from),
            now_millis: 10_000_000,
            at_millis: at,
            ..TimelineModel::default()
        };
        let view = TimelineView::default();
        let span = |from, at| 10_000_000 - model(from, at).span(&view).0;
        assert_eq!(span(0, 10_000_000), 600_000);
        assert_eq!(span(9_900_000, 10_000_000), 100_000, "no more than is known");
        assert_eq!(span(0, 9_000_000), 1_010_000, "what is shown is in sight");
        assert_eq!(span(10_000_000, 10_000_000), 1_000);
    }
}
