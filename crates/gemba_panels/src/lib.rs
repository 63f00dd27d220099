//! egui panels, design tokens and [`ViewerCommand`].
//!
//! A panel is `fn xyz_ui(ui, &Model, &mut Vec<ViewerCommand>)`: it draws a model that the app filled and says what the
//! person asked for. It changes nothing itself, so desktop, headset, remote control and sessions all act the same way.

mod command;
pub mod tokens;

pub use command::{NavigationMode, ViewerCommand};
