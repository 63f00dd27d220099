//! egui panels, design tokens and ViewerCommand.
