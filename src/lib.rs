//! The Gemba app: the only code that knows Bevy.
//!
//! Plugin groups: [`GembaCorePlugins`] (no GPU, no window: tests and tools) and [`GembaViewerPlugins`] (rendering,
//! panels, navigation by mouse and keys). `ARCHITECTURE.md` has the map.

pub mod allocator;
pub mod binding;
pub mod cli;
pub mod command;
pub mod draw_count;
pub mod frame_stats;
pub mod inspection;
pub mod log;
pub mod navigation;
pub mod plant;
#[cfg(feature = "remote")]
pub mod remote;
pub mod schedule;
pub mod selection;
pub mod session;
pub mod settings;
pub mod telemetry;
pub mod timeline;
pub mod ui;
pub mod viewer;
pub mod visual;
pub mod xr;

use bevy::{app::plugin_group, prelude::*};

plugin_group! {
    /// What runs without a GPU or a window.
    pub struct GembaCorePlugins {
        schedule:::SchedulePlugin,
        command:::CommandPlugin,
        plant:::PlantPlugin,
        telemetry:::ClockPlugin,
        telemetry:::TelemetryPlugin,
        timeline:::TimelinePlugin,
        binding:::BindingPlugin,
        frame_stats:::FrameStatsPlugin,
        log:::LogLinesPlugin,
        selection:::SelectionPlugin,
        inspection:::InspectionPlugin,
        navigation:::NavigationPlugin,
        session:::SessionPlugin,
        settings:::SettingsPlugin,
    }
}

plugin_group! {
    /// What needs a renderer.
    pub struct GembaViewerPlugins {
        visual:::VisualPlugin,
        draw_count:::DrawCountPlugin,
        selection:::HighlightPlugin,
        ui:::UiPlugin,
        visual::labels:::LabelsPlugin,
        visual::flows:::FlowsPlugin,
        visual::plumes:::PlumesPlugin,
        session:::PeoplePlugin,
    }
}

/// An error and everything below it, as one line.
#[must_use]
pub fn error_chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
