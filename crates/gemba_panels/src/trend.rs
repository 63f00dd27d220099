//! A small line of the recent past, beside a live value.

use std::time::Duration;

use egui::{Pos2, Rect, Response, Sense, Stroke, Ui, Vec2, WidgetInfo, WidgetType};

use crate::{inspector::age_text, tokens::color};

/// Size of the line: three rows of text wide, one row high.
const SIZE_PT: Vec2 = Vec2::new(84.0, 20.0);

/// What a point was like until now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trend {
    /// Values, oldest first and evenly spaced; `None` where there was none to be trusted.
    pub values: Vec<Option<f32>>,
    /// Time between two of them.
    pub step: Duration,
}

impl Trend {
    /// How long it goes back.
    #[must_use]
    pub fn span(&self) -> Duration {
        let steps = u32::try_from(self.values.len().saturating_sub(1)).unwrap_or(u32::MAX);
        self.step.saturating_mul(steps)
    }

    /// The lowest and the highest value; `None` when there is none.
    #[must_use]
    pub fn range(&self) -> Option<[f32; 2]> {
        self.values.iter().flatten().fold(None, |range, value| {
            let [low, high] = range.unwrap_or([*value; 2]);
            Some([low.min(*value), high.max(*value)])
        })
    }

    /// The lines to draw, each through neighbours, in a unit square with y down.
    fn lines(&self) -> Vec<Vec<Vec2>> {
        let Some([low, high]) = self.range() else {
            return Vec::new();
        };
        // What hardly changes is drawn as hardly changing: noise of a thousandth does not fill the height.
        let least = (high.abs().max(low.abs()) * 0.02).max(f32::MIN_POSITIVE);
        let (middle, height) = ((low + high) * 0.5, (high - low).max(least));
        let last = self.values.len().saturating_sub(1).max(1) as f32;
        let mut lines = vec![Vec::new()];
        for (at, value) in self.values.iter().enumerate() {
            match (value, lines.last_mut()) {
                (Some(value), Some(line)) => {
                    line.push(Vec2::new(at as f32 / last, 0.5 - (value - middle) / height));
                }
                (None, Some(line)) if !line.is_empty() => lines.push(Vec::new()),
                _ => {}
            }
        }
        lines.retain(|line| !line.is_empty());
        lines
    }
}

/// Draws the trend of the point `name`, with its range under the cursor.
pub(crate) fn trend_ui(ui: &mut Ui, name: &str, unit: &str, trend: &Trend) -> Option<Response> {
    let [low, high] = trend.range().filter(|_| trend.values.len() > 1)?;
    let (rect, response) = ui.allocate_exact_size(SIZE_PT, Sense::hover());
    paint(ui, rect.shrink2(Vec2::new(3.0, 3.0)), trend);
    let said = format!(
        "Last {}: {} to {} {unit}",
        age_text(trend.span()),
        short(low),
        short(high)
    );
    let label = format!("Trend of {name}. {said}");
    response.widget_info(|| WidgetInfo::labeled(WidgetType::Image, true, &label));
    Some(response.on_hover_text(said))
}

fn paint(ui: &Ui, rect: Rect, trend: &Trend) {
    let at = |ratio: &Vec2| -> Pos2 { rect.min + *ratio * rect.size() };
    let lines = trend.lines();
    for line in &lines {
        let points: Vec<Pos2> = line.iter().map(at).collect();
        match points.as_slice() {
            [alone] => {
                ui.painter().circle_filled(*alone, 1.0, color::text_quiet());
            }
            _ => {
                ui.painter()
                    .add(egui::Shape::line(points, Stroke::new(1.3, color::text_quiet())));
            }
        }
    }
    if let (Some(Some(_)), Some(end)) = (trend.values.last(), lines.last().and_then(|line| line.last())) {
        ui.painter().circle_filled(at(end), 2.0, color::accent());
    }
}

/// A number for people, about three digits.
fn short(value: f32) -> String {
    let size = value.abs();
    let decimals = if size >= 100.0 {
        0
    } else if size >= 10.0 {
        1
    } else {
        2
    };
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trend(values: &[Option<f32>]) -> Trend {
        Trend {
            values: values.to_vec(),
            step: Duration::from_secs(1),
        }
    }

    #[test]
    fn gaps_break_the_line() {
        let lines = trend(&[None, Some(1.0), Some(3.0), None, None, Some(2.0)]).lines();
        assert_eq!(lines.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(
            (lines[0][0], lines[0][1]),
            (Vec2::new(0.2, 1.0), Vec2::new(0.4, 0.0))
        );
        assert!(trend(&[None, None]).lines().is_empty());
    }

    #[test]
    fn noise_is_not_blown_up() {
        let lines = trend(&[Some(1_000.0), Some(1_000.1), Some(999.9)]).lines();
        assert!(lines[0].iter().all(|at| (at.y - 0.5).abs() < 0.01), "{lines:?}");
        let zero = trend(&[Some(0.0), Some(0.0)]).lines();
        assert!(zero[0].iter().all(|at| at.y == 0.5), "{zero:?}");
    }
}
