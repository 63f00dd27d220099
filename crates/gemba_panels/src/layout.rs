//! The desktop layout: bar above, tree left, details right, status below, the plant between them.

use egui::{Align, Frame, Layout, Margin, Panel, Ui, Vec2};

use crate::{
    ViewerCommand,
    connections::{ConnectionsModel, connections_ui},
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
    /// The status bar.
    pub status: StatusModel,
    /// The loading card.
    pub loading: LoadingModel,
}

/// What a person arranged: it belongs to this screen and is no part of the plant.
#[derive(Debug)]
pub struct DesktopView {
    /// The tree is shown.
    pub tree_shown: bool,
    /// The details are shown.
    pub details_shown: bool,
    /// Which details.
    pub details: Details,
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
}

impl DesktopView {
    /// Opens this note, whatever is shown now: its flag was clicked.
    pub fn open_note(&mut self, note: AnnotationKey) {
        (self.details_shown, self.details) = (true, Details::Session);
        self.session.open_note(note);
    }
}

impl Default for DesktopView {
    fn default() -> Self {
        Self {
            tree_shown: true,
            details_shown: true,
            details: Details::Selection,
            help_shown: false,
            tree: TreeView::default(),
            issues: IssuesView::default(),
            section: SectionView::default(),
            open: OpenView::default(),
            log: LogView::default(),
            session: SessionView::default(),
        }
    }
}

/// What the panel on the right shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Details {
    /// The inspector.
    #[default]
    Selection,
    /// The points beyond a limit.
    Limits,
    /// What cuts the plant and what is left to be seen.
    Section,
    /// The people in the plant, their chat and notes.
    Session,
    /// The connections.
    Connections,
    /// The issues.
    Issues,
    /// The log.
    Log,
}

/// Draws all panels and gives the rectangle that they leave to the plant.
pub fn desktop_ui(
    ui: &mut Ui,
    model: &DesktopModel,
    view: &mut DesktopView,
    commands: &mut Vec<ViewerCommand>,
) -> egui::Rect {
    view.session.keep_to_room(ui.ctx(), &model.session);
    let bar = Frame::new()
        .fill(color::sunken())
        .inner_margin(Margin::symmetric(12, 4));
    let side = Frame::new().fill(color::panel()).inner_margin(Margin::same(12));
    Panel::top("gemba-toolbar")
        .frame(bar)
        .resizable(false)
        .show(ui, |ui| top_ui(ui, model, view, commands));
    Panel::bottom("gemba-status")
        .frame(bar)
        .resizable(false)
        .show(ui, |ui| bottom_ui(ui, model, view));
    let screen_width_pt = ui.available_width();
    if view.tree_shown {
        let width_pt = (screen_width_pt * 0.22).clamp(160.0, 320.0);
        Panel::left("gemba-tree")
            .frame(side)
            .default_size(width_pt)
            .size_range(140.0..=520.0)
            .show(ui, |ui| {
                // A panel is as wide as a person made it, however little is in it.
                ui.set_width(ui.available_width());
                plant_tree_ui(ui, &model.tree, &mut view.tree, commands);
            });
    }
    if view.details_shown {
        let width_pt = (screen_width_pt * 0.26).clamp(200.0, 380.0);
        Panel::right("gemba-details")
            .frame(side)
            .default_size(width_pt)
            .size_range(180.0..=640.0)
            .show(ui, |ui| {
                ui.set_width(ui.available_width());
                details_ui(ui, model, view, commands);
            });
    }
    let free = ui.available_rect_before_wrap();
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
        panel_toggle_ui(ui, &mut view.details_shown, "Details");
        let row = Vec2::new(ui.available_width(), ui.spacing().interact_size.y);
        let wrapping = Layout::left_to_right(Align::Center).with_main_wrap(true);
        ui.allocate_ui_with_layout(row, wrapping, |ui| {
            panel_toggle_ui(ui, &mut view.tree_shown, "Tree");
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
                (view.details_shown, view.details) = (true, Details::Session);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                if status_ui(ui, &model.status, model.limits.counts()) {
                    (view.details_shown, view.details) = (true, Details::Limits);
                }
            });
        });
    });
}

fn details_ui(ui: &mut Ui, model: &DesktopModel, view: &mut DesktopView, commands: &mut Vec<ViewerCommand>) {
    ui.horizontal_wrapped(|ui| {
        let limits = format!("Limits {}", model.limits.rows.len());
        let section = match model.section.planes.len() {
            0 => "Section".to_owned(),
            planes => format!("Section {planes}"),
        };
        let links = format!("Connections {}/{}", model.status.live_links, model.status.links);
        let issues = format!("Issues {}", model.issues.issues.len());
        let people = match model.session.people.len() {
            present if model.session.phase.has_room() => format!("People {present}"),
            _ => "People".to_owned(),
        };
        for (details, word) in [
            (Details::Selection, "Selection"),
            (Details::Limits, limits.as_str()),
            (Details::Section, section.as_str()),
            (Details::Session, people.as_str()),
            (Details::Connections, links.as_str()),
            (Details::Issues, issues.as_str()),
            (Details::Log, "Log"),
        ] {
            if ui.selectable_label(view.details == details, word).clicked() {
                view.details = details;
            }
        }
    });
    ui.separator();
    match view.details {
        Details::Selection => inspector_ui(ui, &model.inspector, commands),
        Details::Limits => limits_ui(ui, &model.limits, commands),
        Details::Section => section_ui(ui, &model.section, &mut view.section, commands),
        Details::Session => session_ui(ui, &model.session, &mut view.session, commands),
        Details::Connections => connections_ui(ui, &model.connections),
        Details::Issues => issues_ui(ui, &model.issues, &mut view.issues, commands),
        Details::Log => log_ui(ui, &model.log, &mut view.log),
    }
}
