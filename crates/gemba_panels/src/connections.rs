//! Connections: the state of each link in words, what it delivered, and what to do when it is down.

use std::{sync::Arc, time::Duration};

use egui::{RichText, ScrollArea, Ui};

use crate::{
    inspector::age_text,
    marks::{Mark, MarkShape, mark_with_word_ui},
    tokens::{color, space, type_size},
};

/// Every connection, in the order of the configuration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConnectionsModel {
    /// One row a connection.
    pub connections: Vec<ConnectionRow>,
}

/// One connection.
#[derive(Clone, Debug, PartialEq)]
pub struct ConnectionRow {
    /// Its name in `gemba.toml`.
    pub name: Arc<str>,
    /// Where it goes, without credentials, such as `mqtt://127.0.0.1:1883`.
    pub address: String,
    /// How it is.
    pub phase: LinkPhase,
    /// Why it is not live, or what went wrong last.
    pub reason: Option<String>,
    /// What to do about it.
    pub remedy: Option<String>,
    /// Counts as label and number: messages, samples, dropped.
    pub counters: Vec<(&'static str, u64)>,
    /// Tags that come over it.
    pub tags: usize,
    /// For how long it has been in this phase, where known.
    pub since: Option<Duration>,
}

/// How a link is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkPhase {
    /// Delivering.
    Live,
    /// On the way up.
    Connecting,
    /// Down; it tries again by itself.
    Waiting,
    /// Down until a person does something.
    Failed,
    /// Not started.
    Off,
}

impl LinkPhase {
    /// How to show it.
    #[must_use]
    pub fn mark(self) -> Mark {
        let (shape, color, word) = match self {
            Self::Live => (MarkShape::Disc, color::good(), "live"),
            Self::Connecting => (MarkShape::Quarter, color::accent(), "connecting"),
            Self::Waiting => (MarkShape::BrokenRing, color::warning(), "down, trying again"),
            Self::Failed => (MarkShape::Cross, color::error(), "failed"),
            Self::Off => (MarkShape::Dash, color::inactive(), "off"),
        };
        Mark { shape, color, word }
    }
}

/// Draws the connections.
pub fn connections_ui(ui: &mut Ui, model: &ConnectionsModel) {
    if model.connections.is_empty() {
        ui.add_space(space::L);
        ui.vertical_centered(|ui| {
            ui.label(RichText::new("No connections").size(type_size::TITLE));
            let hint = "Name one in gemba.toml beside the plant: [connection.plant] with its url.";
            ui.add(egui::Label::new(RichText::new(hint).color(color::text_quiet())).wrap());
        });
        return;
    }
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        for connection in &model.connections {
            connection_ui(ui, connection);
            ui.add_space(space::S);
        }
    });
}

fn connection_ui(ui: &mut Ui, connection: &ConnectionRow) {
    egui::Frame::new()
        .fill(color::stripe())
        .corner_radius(space::RADIUS)
        .inner_margin(space::S)
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.horizontal(|ui| {
                ui.label(RichText::new(&*connection.name).strong());
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    if let Some(since) = connection.since {
                        let since = format!("for {}", age_text(since));
                        ui.label(RichText::new(since).small().color(color::text_quiet()));
                    }
                });
            });
            mark_with_word_ui(ui, connection.phase.mark());
            ui.add(
                egui::Label::new(
                    RichText::new(&connection.address)
                        .monospace()
                        .color(color::text_quiet()),
                )
                .wrap(),
            );
            let mut counts = vec![format!("{} tags", connection.tags)];
            counts.extend(
                connection
                    .counters
                    .iter()
                    .map(|(label, count)| format!("{} {label}", grouped(*count))),
            );
            ui.add(egui::Label::new(RichText::new(counts.join(" · ")).small()).wrap());
            if let Some(reason) = &connection.reason {
                ui.add(egui::Label::new(reason.as_str()).wrap());
            }
            if let Some(remedy) = &connection.remedy {
                ui.add(
                    egui::Label::new(RichText::new(format!("To do: {remedy}")).color(color::warning()))
                        .wrap(),
                );
            }
        });
}

/// A number with thin spaces between groups of three digits.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_by_three() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(1_234), "1 234");
        assert_eq!(grouped(12_345_678), "12 345 678");
    }
}
