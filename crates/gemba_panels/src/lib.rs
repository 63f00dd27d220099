//! egui panels, design tokens and [`ViewerCommand`].
//!
//! A panel is `fn xyz_ui(ui, &Model, &mut Vec<ViewerCommand>)`: it draws a model that the app filled and says what the
//! person asked for. It changes nothing itself, so desktop, headset, remote control and sessions all act the same way.
//! What a person only arranges on this screen (folded rows, a filter, which panel is open) is a panel's own `XyzView`.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        reason = "a test fails by panicking"
    )
)]

mod checkbox;
mod command;
mod connections;
mod dock;
pub mod headset;
mod help;
mod hints;
mod hover;
mod inspector;
mod issues;
mod layout;
mod limits;
mod loading;
mod log;
pub mod marks;
mod open;
mod section;
pub mod session;
mod status;
mod timeline;
mod toast;
pub mod tokens;
mod toolbar;
mod tree;
mod trend;
mod view_cube;

pub use command::{NavigationMode, ViewerCommand};
pub use connections::{ConnectionRow, ConnectionsModel, LinkPhase, connections_ui, grouped};
pub use dock::{ArrangementError, Dock, MAX_TEXT_BYTES, PanelKind};
pub use help::{KEYS, help_ui};
pub use hover::{HoverModel, MOST_HOVERED_POINTS};
pub use inspector::{
    InspectorModel, LimitState, Neighbour, PointRow, PrimSummary, TwinSummary, age_text, inspector_ui,
};
pub use issues::{IssuesModel, IssuesView, issues_ui};
pub use layout::{DesktopModel, DesktopView, desktop_ui};
pub use limits::{LimitRow, LimitsModel, limits_ui};
pub use loading::{LoadingModel, loading_ui};
pub use log::{LogModel, LogRow, LogView, log_ui};
pub use open::OpenView;
pub use section::{SectionCut, SectionModel, SectionView, section_ui};
pub use session::{SessionCommand, SessionModel, SessionView, session_ui};
pub use status::{Liveness, StatusModel, status_ui};
pub use timeline::{STEP_MILLIS, TimelineMark, TimelineModel, TimelineView, past_frame_ui, timeline_ui};
pub use toast::{ToastModel, toast_ui};
pub use toolbar::{ToolbarModel, toolbar_ui};
pub use tree::{TreeModel, TreeRow, TreeView, plant_tree_ui};
pub use trend::Trend;
pub use view_cube::{ViewCubeModel, view_cube_place};
