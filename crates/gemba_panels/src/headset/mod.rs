//! Panels in the headset: the same panels as on the desktop, on quads in the plant, and what a hand needs besides.
//!
//! [`space_panel_ui`] is a panel with its head, [`wrist_ui`] what one wears on the wrist, [`keyboard_ui`] what one types on,
//! [`said_ui`] what the viewer has to say.

mod comfort;
mod command;
mod keyboard;
mod said;
mod space;
mod wrist;

pub use command::{HeadsetCommand, PanelPin};
pub use keyboard::{KEYBOARD_SIZE_PT, KeyStroke, KeyboardView, keyboard_ui};
pub use said::{SAID_SIZE_PT, has_to_say, said_ui};
pub use space::{SPACE_PANEL_SIZE_PT, space_panel_ui};
pub use wrist::{FrameReadout, WRIST_SIZE_PT, WristModel, WristView, wrist_ui};
