//! What one wears on the wrist: panels to open, places to go to, what is shown, when it was, and how one moves.

use egui::{Align, CornerRadius, Frame, Layout, Margin, RichText, ScrollArea, Ui, Vec2};
use gemba_xr::comfort::Comfort;

use super::{HeadsetCommand, comfort::comfort_ui};
use crate::{
    DesktopModel, DesktopView, PanelKind, ViewerCommand,
    checkbox::checkbox_ui,
    inspector::group_ui,
    layout::title,
    status::{badge_ui, beyond_limits_ui},
    timeline::timeline_ui,
    tokens::{color, outline, space, type_size},
};

/// Width and height of what is worn, in points.
pub const WRIST_SIZE_PT: [f32; 2] = [340.0, 400.0];
/// Height of what a ray must hit, in points.
const TARGET_PT: f32 = 34.0;

/// What the wrist shows besides what the desktop shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WristModel {
    /// How one moves.
    pub comfort: Comfort,
    /// The panels that are open in the plant.
    pub open: Vec<PanelKind>,
    /// What frames cost; `None` before the first.
    pub frame: Option<FrameReadout>,
}

/// What a frame of the headset costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrameReadout {
    /// Time from one to the next, in milliseconds.
    pub interval_millis: f32,
    /// What the headset wants that to be at most, in milliseconds; 0 where it does not say.
    pub budget_millis: f32,
    /// Ratio of the full width and height at which is drawn.
    pub resolution_ratio: f32,
}

/// Which page is turned up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WristView {
    page: Page,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Page {
    #[default]
    Panels,
    Places,
    Show,
    Time,
    Comfort,
}

const PAGES: [(Page, &str); 5] = [
    (Page::Panels, "Panels"),
    (Page::Places, "Places"),
    (Page::Show, "Show"),
    (Page::Time, "Time"),
    (Page::Comfort, "Comfort"),
];

/// Draws what is worn into all of `ui`.
pub fn wrist_ui(
    ui: &mut Ui,
    model: &WristModel,
    desktop: &DesktopModel,
    view: &mut WristView,
    desktop_view: &mut DesktopView,
    commands: &mut Vec<ViewerCommand>,
) {
    let whole = ui.max_rect();
    ui.painter()
        .rect_filled(whole, CornerRadius::ZERO, color::panel());
    ui.painter()
        .rect_stroke(whole, CornerRadius::ZERO, outline(), egui::StrokeKind::Inside);
    Frame::new().inner_margin(Margin::same(12)).show(ui, |ui| {
        head_ui(ui, model, desktop, commands);
        ui.separator();
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            for (page, word) in PAGES {
                let button = egui::Button::selectable(view.page == page, word);
                if ui.add(button.min_size(Vec2::new(0.0, TARGET_PT))).clicked() {
                    view.page = page;
                }
            }
        });
        ui.separator();
        ScrollArea::vertical()
            .auto_shrink([false, false])
            .show(ui, |ui| match view.page {
                Page::Panels => panels_ui(ui, model, desktop, commands),
                Page::Places => places_ui(ui, desktop, commands),
                Page::Show => show_ui(ui, desktop, commands),
                Page::Time => time_ui(ui, desktop, desktop_view, commands),
                Page::Comfort => comfort_ui(ui, model.comfort, commands),
            });
    });
}

fn head_ui(ui: &mut Ui, model: &WristModel, desktop: &DesktopModel, commands: &mut Vec<ViewerCommand>) {
    ui.horizontal(|ui| {
        badge_ui(ui, desktop.status.liveness.mark());
        if beyond_limits_ui(ui, desktop.limits.counts()) {
            commands.push(open(PanelKind::Limits));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if let Some(frame) = &model.frame {
                frame_ui(ui, frame);
            }
        });
    });
}

/// What frames cost, in the colour of a warning when they come later than the headset wants them.
fn frame_ui(ui: &mut Ui, frame: &FrameReadout) {
    let is_late = frame.budget_millis > 0.0 && frame.interval_millis > 1.1 * frame.budget_millis;
    let color = if is_late {
        color::warning()
    } else {
        color::text_quiet()
    };
    let text = format!(
        "{:.1} ms at {:.0} %",
        frame.interval_millis,
        100.0 * frame.resolution_ratio
    );
    ui.label(RichText::new(text).small().color(color))
        .on_hover_text(format!(
            "From frame to frame, {:.1} ms wanted; width and height drawn, of all pixels of an eye",
            frame.budget_millis
        ));
}

fn open(panel: PanelKind) -> ViewerCommand {
    ViewerCommand::Headset(HeadsetCommand::OpenPanel { panel })
}

fn panels_ui(ui: &mut Ui, model: &WristModel, desktop: &DesktopModel, commands: &mut Vec<ViewerCommand>) {
    for pair in PanelKind::PANELS.chunks(2) {
        ui.columns(2, |columns| {
            for (ui, &panel) in columns.iter_mut().zip(pair) {
                let is_open = model.open.contains(&panel);
                if wide_ui(ui, is_open, &title(desktop, panel), panel.hint()) {
                    commands.push(if is_open {
                        ViewerCommand::Headset(HeadsetCommand::ClosePanel { panel })
                    } else {
                        open(panel)
                    });
                }
            }
        });
    }
    ui.add_space(space::L);
    if wide_ui(ui, false, "Leave VR", "Back to the desktop") {
        commands.push(ViewerCommand::LeaveVr);
    }
}

fn places_ui(ui: &mut Ui, desktop: &DesktopModel, commands: &mut Vec<ViewerCommand>) {
    if wide_ui(ui, false, "Home", "Where the plant opened") {
        commands.push(ViewerCommand::GoHome);
    }
    if let Some(prim) = &desktop.inspector.prim
        && wide_ui(
            ui,
            false,
            &format!("To {}", prim.name),
            "Where the selection fills the view",
        )
    {
        commands.push(ViewerCommand::FocusPrim {
            prim: prim.path.clone(),
        });
    }
    for (prim, name) in &desktop.toolbar.cameras {
        if wide_ui(ui, false, name, prim.as_str()) {
            commands.push(ViewerCommand::GoToCamera { prim: prim.clone() });
        }
    }
}

fn show_ui(ui: &mut Ui, desktop: &DesktopModel, commands: &mut Vec<ViewerCommand>) {
    let bar = &desktop.toolbar;
    type Ask = fn(bool) -> ViewerCommand;
    let switches: [(bool, &str, Ask); 3] = [
        (bar.labels_shown, "Labels", |shown| ViewerCommand::ShowLabels {
            shown,
        }),
        (bar.guides_shown, "Guides", |shown| ViewerCommand::ShowGuides {
            shown,
        }),
        (bar.edges_shown, "Edges", |shown| ViewerCommand::ShowEdges {
            shown,
        }),
    ];
    for (is_on, word, ask) in switches {
        let mut wanted = is_on;
        if checkbox_ui(ui, true, &mut wanted, word).changed() {
            commands.push(ask(wanted));
        }
    }
    group_ui(ui, "What is selected");
    if let Some(prim) = desktop.inspector.prim.as_ref() {
        let whole = desktop
            .inspector
            .twin
            .as_ref()
            .map_or(&prim.path, |twin| &twin.path);
        if wide_ui(ui, false, "Isolate it", whole.as_str()) {
            commands.push(ViewerCommand::Isolate {
                prims: vec![whole.clone()],
            });
        }
        if wide_ui(ui, false, "Hide it", whole.as_str()) {
            commands.push(ViewerCommand::Hide { prim: whole.clone() });
        }
    } else {
        ui.label(RichText::new("Nothing is selected").color(color::text_quiet()));
    }
    if wide_ui(ui, false, "Show all", "End isolation and hiding") {
        commands.push(ViewerCommand::ShowAll);
    }
}

fn time_ui(ui: &mut Ui, desktop: &DesktopModel, view: &mut DesktopView, commands: &mut Vec<ViewerCommand>) {
    if desktop.timeline.from_millis.is_none() {
        let text = "Nothing is recorded: no value has come yet.";
        ui.label(RichText::new(text).color(color::text_quiet()));
        return;
    }
    timeline_ui(ui, &desktop.timeline, &mut view.timeline, commands);
}

/// A button as wide as the page.
fn wide_ui(ui: &mut Ui, is_on: bool, word: &str, hint: &str) -> bool {
    let button = egui::Button::selectable(is_on, RichText::new(word).size(type_size::VALUE));
    let button = button
        .frame_when_inactive(true)
        .min_size(Vec2::new(ui.available_width(), TARGET_PT));
    ui.add(button).on_hover_text(hint).clicked()
}
