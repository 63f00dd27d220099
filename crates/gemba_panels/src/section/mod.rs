//! The section: what cuts the plant, and which prims are left to be seen.
//!
//! The panel moves one plane across each axis. Planes that lie at an angle, and further ones across the same axis, come
//! from a viewpoint or a presenter: they are counted and can be removed, and stay as they are when another is moved.

mod model;

use egui::{Button, Label, RichText, Slider, SliderClamping, Ui};
use gemba_model::PrimPath;

use crate::{
    SessionCommand, ViewerCommand,
    checkbox::checkbox_ui,
    connections::grouped,
    inspector::group_ui,
    marks::{Mark, MarkShape, mark_ui},
    tokens::{color, space, type_size},
};

pub use self::model::{SectionCut, SectionModel};

/// The most planes that cut a plant at once, here and in a room.
const MAX_PLANES: usize = 6;
/// The axes, and what a plane across each of them cuts away: on the side of smaller and of larger numbers.
const AXES: [Axis; 3] = [
    Axis {
        word: "X",
        cuts: ["cuts −X", "cuts +X"],
    },
    Axis {
        word: "Height (Y)",
        cuts: ["cuts below", "cuts above"],
    },
    Axis {
        word: "Z",
        cuts: ["cuts −Z", "cuts +Z"],
    },
];

struct Axis {
    word: &'static str,
    cuts: [&'static str; 2],
}

/// Where a plane was that a person switched off, by axis: it comes back there.
#[derive(Clone, Debug, Default)]
pub struct SectionView {
    were: [Option<SectionCut>; 3],
}

/// Draws the section: what cuts the plant, and what of it is shown.
pub fn section_ui(
    ui: &mut Ui,
    model: &SectionModel,
    view: &mut SectionView,
    commands: &mut Vec<ViewerCommand>,
) {
    if !model.has_extent() {
        ui.add_space(space::L);
        ui.vertical_centered(|ui| {
            ui.label(RichText::new("Nothing to cut").size(type_size::TITLE));
            ui.label(RichText::new("Open a plant to see inside of it.").color(color::text_quiet()));
        });
        return;
    }
    egui::ScrollArea::vertical()
        .auto_shrink([false, false])
        .show(ui, |ui| {
            if let Some(name) = &model.led_by {
                led_ui(ui, name, commands);
            }
            ui.add_enabled_ui(model.led_by.is_none(), |ui| {
                group_ui(ui, "Cut");
                cuts_ui(ui, model, view, commands);
                group_ui(ui, "Isolation");
                isolation_ui(ui, model, commands);
            });
        });
}

/// Why nothing can be set here, and the way to set it oneself.
fn led_ui(ui: &mut Ui, name: &str, commands: &mut Vec<ViewerCommand>) {
    let mark = Mark {
        shape: MarkShape::Disc,
        color: color::accent(),
        word: "",
    };
    ui.horizontal(|ui| {
        mark_ui(ui, mark);
        ui.label(
            RichText::new(format!("Led by {name}"))
                .strong()
                .color(color::accent()),
        );
        let detach = ui
            .button("Detach")
            .on_hover_text("See with your own section, isolation and timeline");
        if detach.clicked() {
            let detach = SessionCommand::Detach { on: true };
            commands.push(ViewerCommand::Session(detach));
        }
    });
    let why = format!("{name} presents and sets what everyone sees. Detach to set it for yourself.");
    ui.add(Label::new(RichText::new(why).small().color(color::text_quiet())).wrap());
}

fn cuts_ui(ui: &mut Ui, model: &SectionModel, view: &mut SectionView, commands: &mut Vec<ViewerCommand>) {
    for axis in 0..AXES.len() {
        axis_ui(ui, model, axis, view, commands);
        ui.add_space(space::S);
    }
    let others = model.others();
    ui.horizontal_wrapped(|ui| {
        let remove = ui
            .add_enabled(!model.planes.is_empty(), Button::new("Remove cuts"))
            .on_hover_text("Remove every cut")
            .on_disabled_hover_text("Nothing cuts the plant");
        if remove.clicked() {
            commands.push(ViewerCommand::SetSection { planes: Vec::new() });
        }
        if !others.is_empty() {
            let word = format!("Remove {} more", others.len());
            let hint = "Planes at an angle, or across the same axis, that are not moved here";
            if ui.button(word).on_hover_text(hint).clicked() {
                let mut planes = model.planes.clone();
                for at in others.iter().rev() {
                    planes.remove(*at);
                }
                commands.push(ViewerCommand::SetSection { planes });
            }
        }
    });
}

/// The switch, the side and the place of the plane across one axis. The controls of an absent plane stay in place, off.
fn axis_ui(
    ui: &mut Ui,
    model: &SectionModel,
    axis: usize,
    view: &mut SectionView,
    commands: &mut Vec<ViewerCommand>,
) {
    let Axis { word, cuts } = AXES[axis];
    let [least_m, most_m] = [model.bounds_m[0][axis], model.bounds_m[1][axis]];
    let present = model.across(axis);
    let middle = || SectionCut::across(axis, f64::midpoint(least_m, most_m), true);
    let plane = present
        .and_then(|at| model.planes.get(at).copied())
        .or(view.were[axis])
        .unwrap_or_else(middle);
    let mut is_on = present.is_some();
    let mut set: Option<Option<SectionCut>> = None;
    let side = cuts[usize::from(plane.is_upward(axis))];
    ui.horizontal(|ui| {
        let can_switch = is_on || model.planes.len() < MAX_PLANES;
        let switch = checkbox_ui(ui, can_switch, &mut is_on, word)
            .on_disabled_hover_text("Six planes cut a plant at most: remove one first");
        if switch.changed() {
            view.were[axis] = Some(plane);
            set = Some(is_on.then_some(plane));
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let flip = ui
                .add_enabled(present.is_some(), Button::new("Flip"))
                .on_hover_text("Cut away the other side");
            name_ui(ui, &flip, &format!("Flip {word}"));
            if flip.clicked() {
                let (at_m, is_upward) = (plane.position_m(axis), plane.is_upward(axis));
                set = Some(Some(SectionCut::across(axis, at_m, !is_upward)));
            }
            if present.is_some() {
                let cuts = RichText::new(side).small();
                ui.add(Label::new(cuts.color(color::text_quiet())).truncate());
            }
        });
    });
    ui.add_enabled_ui(present.is_some(), |ui| {
        if let Some(at_m) = place_ui(ui, word, plane.position_m(axis), [least_m, most_m]) {
            set = Some(Some(SectionCut::across(axis, at_m, plane.is_upward(axis))));
        }
    });
    if let Some(set) = set {
        let planes = with(&model.planes, present, set);
        commands.push(ViewerCommand::SetSection { planes });
    }
}

/// A slider over the plant, as wide as the panel; where a person moved it to.
fn place_ui(ui: &mut Ui, word: &str, position_m: f64, [least_m, most_m]: [f64; 2]) -> Option<f64> {
    let mut position_m = position_m;
    // The number beside it.
    const VALUE_PT: f32 = 84.0;
    ui.spacing_mut().slider_width = (ui.available_width() - VALUE_PT).max(60.0);
    let slider = Slider::new(&mut position_m, least_m..=most_m)
        // A plane that someone set beyond the plant is shown where it is.
        .clamping(SliderClamping::Never)
        .fixed_decimals(2)
        .suffix(" m");
    let slider = ui.add(slider);
    name_ui(ui, &slider, &format!("Position of {word}"));
    slider.changed().then_some(position_m)
}

fn name_ui(ui: &Ui, response: &egui::Response, label: &str) {
    ui.ctx()
        .accesskit_node_builder(response.id, |node| node.set_label(label));
}

/// The planes with one of them changed, removed or added.
fn with(planes: &[SectionCut], at: Option<usize>, plane: Option<SectionCut>) -> Vec<SectionCut> {
    let mut planes = planes.to_vec();
    match (at.filter(|at| *at < planes.len()), plane) {
        (Some(at), Some(plane)) => planes[at] = plane,
        (Some(at), None) => {
            planes.remove(at);
        }
        (None, Some(plane)) => planes.push(plane),
        (None, None) => {}
    }
    planes
}

fn isolation_ui(ui: &mut Ui, model: &SectionModel, commands: &mut Vec<ViewerCommand>) {
    let is_whole = model.isolated.is_empty() && model.hidden == 0;
    let text = RichText::new(shown_text(model.isolated.len(), model.hidden));
    let names: Vec<&str> = model.isolated.iter().take(12).map(PrimPath::as_str).collect();
    let said = ui.add(Label::new(text.color(color::text_quiet())).wrap());
    if !names.is_empty() {
        said.on_hover_text(names.join("\n"));
    }
    ui.horizontal_wrapped(|ui| {
        let hint = match &model.selected {
            Some(prim) => format!("{prim} and what is below it"),
            None => "Select something first".to_owned(),
        };
        let button = |ui: &mut Ui, word: &str| {
            ui.add_enabled(model.selected.is_some(), Button::new(word))
                .on_hover_text(hint.as_str())
                .on_disabled_hover_text(hint.as_str())
                .clicked()
        };
        let is_isolated = button(ui, "Isolate selection");
        let is_hidden = button(ui, "Hide selection");
        if let Some(prim) = &model.selected {
            if is_isolated {
                let prims = vec![prim.clone()];
                commands.push(ViewerCommand::Isolate { prims });
            }
            if is_hidden {
                commands.push(ViewerCommand::Hide { prim: prim.clone() });
            }
        }
        let show_all = ui
            .add_enabled(!is_whole, Button::new("Show all"))
            .on_hover_text("End isolation and hiding")
            .on_disabled_hover_text("Everything is shown");
        if show_all.clicked() {
            commands.push(ViewerCommand::ShowAll);
        }
    });
}

fn shown_text(isolated: usize, hidden: usize) -> String {
    let isolated_text = match isolated {
        1 => "Only 1 prim is shown".to_owned(),
        count => format!("Only {} prims are shown", grouped(count as u64)),
    };
    match (isolated, hidden) {
        (0, 0) => "Everything is shown.".to_owned(),
        (0, hidden) => format!("{} hidden.", grouped(hidden as u64)),
        (_, 0) => format!("{isolated_text}."),
        (_, hidden) => format!("{isolated_text}; {} hidden.", grouped(hidden as u64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_to_be_seen_is_said_with_its_counts() {
        assert_eq!(shown_text(0, 0), "Everything is shown.");
        assert_eq!(shown_text(0, 2), "2 hidden.");
        assert_eq!(shown_text(1, 0), "Only 1 prim is shown.");
        assert_eq!(shown_text(3, 1), "Only 3 prims are shown; 1 hidden.");
    }
}
