//! The desktop: bar above, status below, and between them the dock of panels around the plant.

use egui::{Align, Frame, Layout, Margin, Panel, Rect, Ui, Vec2};

use crate::{
    ViewerCommand,
    checkbox::checkbox_ui,
    connections::{ConnectionsModel, connections_ui},
    dock::{Dock, PanelKind},
    help::help_ui,
    hints::hints_ui,
    hover::{HoverModel, hover_ui},
    inspector::{InspectorModel, inspector_ui},
    issues::{IssuesModel, IssuesView, issues_ui},
    limits::{LimitsModel, limits_ui},
    loading::{LoadingModel, loading_ui},
    log::{LogModel, LogView, log_ui},
    open::{OpenView, open_ui, plant_menu_ui},
    section::{SectionModel, SectionView, section_ui},
    session::{AnnotationKey, SessionModel, SessionView, badge_ui, banner_ui, session_ui},
    status::{StatusModel, status_ui},
    timeline::{TimelineModel, TimelineView, past_frame_ui, timeline_ui},
    toast::{ToastModel, toast_ui},
    tokens::color,
    toolbar::{ToolbarModel, panel_toggle_ui, toolbar_ui},
    tree::{TreeModel, TreeView, plant_tree_ui},
    view_cube::{ViewCubeModel, view_cube_ui},
};

/// What all panels show; the app fills it.
#[derive(Clone, Debug, Default)]
pub struct DesktopModel {
    /// The bar.
    pub toolbar: ToolbarModel,
    /// The tree.
    pub tree: TreeModel,
    /// The inspector.
    pub inspector: InspectorModel,
    /// The points beyond a limit.
    pub limits: LimitsModel,
    /// What cuts the plant and which prims are left to be seen.
    pub section: SectionModel,
    /// The people in the plant.
    pub session: SessionModel,
    /// The connections.
    pub connections: ConnectionsModel,
    /// The issues.
    pub issues: IssuesModel,
    /// The hints of a first run are shown.
    pub hints_shown: bool,
    /// The log.
    pub log: LogModel,
    /// What lies under a cursor that rests.
    pub hover: Option<HoverModel>,
    /// Which way one looks.
    pub view_cube: ViewCubeModel,
    /// When what is seen was.
    pub timeline: TimelineModel,
    /// The status bar.
    pub status: StatusModel,
    /// What has just gone wrong.
    pub toast: ToastModel,
    /// The loading card.
    pub loading: LoadingModel,
}

/// What a person arranged: it belongs to this screen and is no part of the plant.
#[derive(Debug, Default)]
pub struct DesktopView {
    /// Where the panels are.
    pub dock: Dock,
    /// The keys are shown.
    pub help_shown: bool,
    /// Rows opened and filtered.
    pub tree: TreeView,
    /// Groups folded, issue picked.
    pub issues: IssuesView,
    /// Where the section's planes were.
    pub section: SectionView,
    /// The dialog that finds a plant.
    pub open: OpenView,
    /// Lines of the log filtered and picked.
    pub log: LogView,
    /// The session's tab, and what is typed there.
    pub session: SessionView,
    /// How much of the past the timeline shows.
    pub timeline: TimelineView,
}

impl DesktopView {
    /// Opens this note, whatever is shown now: its flag was clicked.
    pub fn open_note(&mut self, note: AnnotationKey) {
        self.dock.show_panel(PanelKind::People);
        self.session.open_note(note);
    }
}

/// Draws all panels and gives the rectangle that they leave to the plant.
pub fn desktop_ui(
    ui: &mut Ui,
    model: &DesktopModel,
    view: &mut DesktopView,
    commands: &mut Vec<ViewerCommand>,
) -> Rect {
    view.session.keep_to_room(ui.ctx(), &model.session);
    let bar = Frame::new()
        .fill(color::sunken())
        .inner_margin(Margin::symmetric(12, 4));
    Panel::top("gemba-toolbar")
        .frame(bar)
        .resizable(false)
        .show(ui, |ui| top_ui(ui, model, view, commands));
    Panel::bottom("gemba-status")
        .frame(bar)
        .resizable(false)
        .show(ui, |ui| bottom_ui(ui, model, view));
    if model.timeline.from_millis.is_some() {
        Panel::bottom("gemba-timeline")
            .frame(bar.fill(color::panel()))
            .resizable(false)
            .show(ui, |ui| {
                timeline_ui(ui, &model.timeline, &mut view.timeline, commands);
            });
    }
    let free = dock_ui(ui, model, view, commands);
    if toast_ui(ui, free, &model.toast) {
        view.dock.show_panel(PanelKind::Log);
    }
    past_frame_ui(ui, free, &model.timeline);
    loading_ui(ui, free, &model.loading);
    banner_ui(ui, free, &model.session, commands);
    view_cube_ui(ui, free, &model.view_cube, commands);
    if let Some(hover) = &model.hover {
        hover_ui(ui, free, hover);
    }
    if model.hints_shown {
        hints_ui(ui, free, commands);
    }
    open_ui(ui, &mut view.open, commands);
    if view.help_shown {
        help_ui(ui, &mut view.help_shown);
    }
    free
}

/// The bar: the switches of what is on the right stand at its right end, and what is before them goes on in a second row
/// where the window is narrow.
fn top_ui(ui: &mut Ui, model: &DesktopModel, view: &mut DesktopView, commands: &mut Vec<ViewerCommand>) {
    ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
        panel_toggle_ui(ui, &mut view.help_shown, "Keys");
        panels_menu_ui(ui, &mut view.dock);
        let mut are_open = view.dock.are_details_open();
        panel_toggle_ui(ui, &mut are_open, "Details");
        view.dock.set_details_open(are_open);
        let row = Vec2::new(ui.available_width(), ui.spacing().interact_size.y);
        let wrapping = Layout::left_to_right(Align::Center).with_main_wrap(true);
        ui.allocate_ui_with_layout(row, wrapping, |ui| {
            let mut is_open = view.dock.is_open(PanelKind::Tree);
            panel_toggle_ui(ui, &mut is_open, "Tree");
            view.dock.set_open(PanelKind::Tree, is_open);
            ui.separator();
            plant_menu_ui(ui, &model.toolbar, &mut view.open, commands);
            ui.separator();
            toolbar_ui(ui, &model.toolbar, commands);
        });
    });
}

/// The status, and at its end, below the panel that it opens, the session.
fn bottom_ui(ui: &mut Ui, model: &DesktopModel, view: &mut DesktopView) {
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if badge_ui(ui, &model.session, view.session.unread(&model.session)) {
                view.dock.show_panel(PanelKind::People);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                if status_ui(ui, &model.status, model.limits.counts()) {
                    view.dock.show_panel(PanelKind::Limits);
                }
            });
        });
    });
}

/// Which panels are open, and the way back to how a new person finds them.
fn panels_menu_ui(ui: &mut Ui, dock: &mut Dock) {
    let menu = ui.menu_button("Panels", |ui| {
        for panel in PanelKind::PANELS {
            let mut is_open = dock.is_open(panel);
            if checkbox_ui(ui, true, &mut is_open, &format!("Show {}", panel.word()))
                .on_hover_text(panel.hint())
                .changed()
            {
                if is_open {
                    dock.show_panel(panel);
                } else {
                    dock.set_open(panel, false);
                }
            }
        }
        ui.separator();
        if ui
            .button("Reset arrangement")
            .on_hover_text("Put all panels back where they were at the first start")
            .clicked()
        {
            dock.reset();
            ui.close();
        }
    });
    menu.response
        .on_hover_text("Open and close panels. Drag a tab to move its panel");
}

/// Draws the dock and gives the rectangle that it leaves to the plant.
fn dock_ui(
    ui: &mut Ui,
    model: &DesktopModel,
    view: &mut DesktopView,
    commands: &mut Vec<ViewerCommand>,
) -> Rect {
    // The dock draws what else is in the view.
    let mut dock = std::mem::replace(&mut view.dock, Dock::nowhere());
    let free = dock.show(ui, &|panel| title(model, panel), &mut |ui, panel| {
        panel_ui(ui, panel, model, view, commands);
    });
    view.dock = dock;
    free
}

/// Draws a panel, wherever it is: in the dock or in the plant.
pub(crate) fn panel_ui(
    ui: &mut Ui,
    panel: PanelKind,
    model: &DesktopModel,
    view: &mut DesktopView,
    commands: &mut Vec<ViewerCommand>,
) {
    match panel {
        PanelKind::View => {}
        PanelKind::Tree => plant_tree_ui(ui, &model.tree, &mut view.tree, commands),
        PanelKind::Selection => inspector_ui(ui, &model.inspector, commands),
        PanelKind::Section => section_ui(ui, &model.section, &mut view.section, commands),
        PanelKind::People => session_ui(ui, &model.session, &mut view.session, commands),
        PanelKind::Limits => limits_ui(ui, &model.limits, commands),
        PanelKind::Connections => connections_ui(ui, &model.connections),
        PanelKind::Issues => issues_ui(ui, &model.issues, &mut view.issues, commands),
        PanelKind::Log => log_ui(ui, &model.log, &mut view.log),
    }
}

/// What stands on the tab of a panel: its name, and how many things are in it.
pub(crate) fn title(model: &DesktopModel, panel: PanelKind) -> String {
    let word = panel.word();
    match panel {
        PanelKind::Limits => format!("{word} {}", model.limits.rows.len()),
        PanelKind::Issues => format!("{word} {}", model.issues.issues.len()),
        PanelKind::Connections => format!("{word} {}/{}", model.status.live_links, model.status.links),
        PanelKind::Section if !model.section.planes.is_empty() => {
            format!("{word} {}", model.section.planes.len())
        }
        PanelKind::People if model.session.phase.has_room() => {
            format!("{word} {}", model.session.people.len())
        }
        _ => word.to_owned(),
    }
}
