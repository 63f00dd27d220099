//! Design tokens: every space, size and colour of the panels, once.
//!
//! Dark, calm, high contrast: text is at least 7:1 on its ground, and meaning never hangs on colour alone (see
//! [`crate::marks`]). A panel uses these names and no numbers or colours of its own.

use egui::{Color32, CornerRadius, FontFamily, FontId, Margin, Stroke, TextStyle, Vec2};

/// Distances in points (1/96 inch at scale 1), a 4-point grid.
pub mod space {
    /// Between a mark and its word.
    pub const XS: f32 = 4.0;
    /// Between things of one group.
    pub const S: f32 = 8.0;
    /// Between groups; the inset of a panel.
    pub const M: f32 = 12.0;
    /// Between sections.
    pub const L: f32 = 20.0;
    /// Height of a row in a list.
    pub const ROW: f32 = 24.0;
    /// Indent of a level in the tree.
    pub const INDENT: f32 = 14.0;
    /// Edge length of a mark.
    pub const MARK: f32 = 12.0;
    /// Rounding of controls and cards.
    pub const RADIUS: u8 = 4;
}

/// Text sizes in points.
pub mod type_size {
    /// Units, ages, sources.
    pub const SMALL: f32 = 12.0;
    /// Everything else.
    pub const BODY: f32 = 14.0;
    /// Live values.
    pub const VALUE: f32 = 15.0;
    /// Titles of panels and cards.
    pub const TITLE: f32 = 17.0;
}

/// Colours by what they mean.
pub mod color {
    use egui::Color32;

    /// Ground of panels.
    pub const PANEL: Color32 = Color32::from_rgb(0x16, 0x1a, 0x20);
    /// Ground of bars, and of text fields.
    pub const SUNKEN: Color32 = Color32::from_rgb(0x0f, 0x12, 0x17);
    /// Ground of cards and controls.
    pub const RAISED: Color32 = Color32::from_rgb(0x22, 0x28, 0x31);
    /// Ground of a control under the cursor.
    pub const HOVERED: Color32 = Color32::from_rgb(0x2e, 0x36, 0x42);
    /// Every second row.
    pub const STRIPE: Color32 = Color32::from_rgb(0x1a, 0x1f, 0x26);
    /// Lines between things.
    pub const LINE: Color32 = Color32::from_rgb(0x34, 0x3d, 0x4a);
    /// Text that is read.
    pub const TEXT: Color32 = Color32::from_rgb(0xe8, 0xec, 0xf1);
    /// Text that accompanies: units, ages, paths.
    pub const TEXT_QUIET: Color32 = Color32::from_rgb(0xa9, 0xb4, 0xc2);
    /// What is selected, focused or clickable.
    pub const ACCENT: Color32 = Color32::from_rgb(0x6c, 0xb6, 0xff);
    /// Ground of what is selected.
    pub const SELECTED: Color32 = Color32::from_rgb(0x1f, 0x45, 0x6e);
    /// As it should be.
    pub const GOOD: Color32 = Color32::from_rgb(0x5f, 0xd3, 0x8d);
    /// Look at it.
    pub const WARNING: Color32 = Color32::from_rgb(0xff, 0xc0, 0x4d);
    /// Wrong.
    pub const ERROR: Color32 = Color32::from_rgb(0xff, 0x7b, 0x72);
    /// Old, absent, switched off.
    pub const INACTIVE: Color32 = Color32::from_rgb(0x8b, 0x97, 0xa7);

    /// People's colours, by the number that the room gives; far from each other, and from what warns. Names stand beside
    /// them wherever they are used.
    pub const PEOPLE: [Color32; 8] = [
        Color32::from_rgb(0x5b, 0xc0, 0xeb),
        Color32::from_rgb(0xc8, 0x96, 0xff),
        Color32::from_rgb(0x7d, 0xe2, 0xa8),
        Color32::from_rgb(0xff, 0x8f, 0xc7),
        Color32::from_rgb(0xd6, 0xe2, 0x5a),
        Color32::from_rgb(0x8f, 0xa8, 0xff),
        Color32::from_rgb(0x4f, 0xd8, 0xd0),
        Color32::from_rgb(0xf2, 0xb8, 0x90),
    ];

    /// The colour of the person whom the room gave `number`.
    #[must_use]
    pub fn person(number: u8) -> Color32 {
        PEOPLE[usize::from(number) % PEOPLE.len()]
    }
}

/// A line of one point.
#[must_use]
pub fn hairline() -> Stroke {
    Stroke::new(1.0, color::LINE)
}

/// Gives an egui context the tokens. Once for each context.
pub fn apply(ctx: &egui::Context) {
    ctx.set_theme(egui::Theme::Dark);
    ctx.all_styles_mut(|style| {
        apply_type(style);
        apply_spacing(&mut style.spacing);
        apply_colors(&mut style.visuals);
        style.interaction.selectable_labels = false;
    });
}

fn apply_type(style: &mut egui::Style) {
    let proportional = |size| FontId::new(size, FontFamily::Proportional);
    style.text_styles = [
        (TextStyle::Small, proportional(type_size::SMALL)),
        (TextStyle::Body, proportional(type_size::BODY)),
        (TextStyle::Button, proportional(type_size::BODY)),
        (TextStyle::Heading, proportional(type_size::TITLE)),
        (
            TextStyle::Monospace,
            FontId::new(type_size::SMALL, FontFamily::Monospace),
        ),
    ]
    .into();
}

fn apply_spacing(spacing: &mut egui::Spacing) {
    spacing.item_spacing = Vec2::new(space::S, space::XS);
    spacing.button_padding = Vec2::new(space::S, 3.0);
    spacing.interact_size.y = space::ROW;
    spacing.indent = space::INDENT;
    spacing.window_margin = Margin::same(12);
    spacing.menu_margin = Margin::same(8);
}

fn apply_colors(visuals: &mut egui::Visuals) {
    visuals.panel_fill = color::PANEL;
    visuals.window_fill = color::PANEL;
    visuals.window_stroke = hairline();
    visuals.extreme_bg_color = color::SUNKEN;
    visuals.faint_bg_color = color::STRIPE;
    visuals.hyperlink_color = color::ACCENT;
    visuals.warn_fg_color = color::WARNING;
    visuals.error_fg_color = color::ERROR;
    visuals.weak_text_color = Some(color::TEXT_QUIET);
    visuals.selection.bg_fill = color::SELECTED;
    visuals.selection.stroke = Stroke::new(1.0, color::TEXT);
    visuals.window_corner_radius = CornerRadius::same(6);
    let widgets = &mut visuals.widgets;
    for (state, fill, text) in [
        (&mut widgets.noninteractive, color::PANEL, color::TEXT),
        (&mut widgets.inactive, color::RAISED, color::TEXT),
        (&mut widgets.hovered, color::HOVERED, Color32::WHITE),
        (&mut widgets.active, color::SELECTED, Color32::WHITE),
        (&mut widgets.open, color::RAISED, color::TEXT),
    ] {
        state.bg_fill = fill;
        state.weak_bg_fill = fill;
        state.bg_stroke = Stroke::NONE;
        state.fg_stroke = Stroke::new(1.0, text);
        state.corner_radius = CornerRadius::same(space::RADIUS);
        state.expansion = 0.0;
    }
    widgets.noninteractive.bg_stroke = hairline();
    widgets.hovered.bg_stroke = Stroke::new(1.0, color::ACCENT);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contrast ratio of two opaque colours (WCAG 2.2, 1.4.3).
    fn contrast(one: Color32, other: Color32) -> f32 {
        let luminance = |color: Color32| {
            let linear = egui::Rgba::from(color);
            0.2126 * linear.r() + 0.7152 * linear.g() + 0.0722 * linear.b()
        };
        let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
        one.max(other) / one.min(other)
    }

    #[test]
    fn names_are_read_on_every_ground_that_they_stand_on() {
        for person in color::PEOPLE {
            for ground in [color::PANEL, color::STRIPE] {
                let ratio = contrast(person, ground);
                assert!(ratio >= 7.0, "{person:?} on {ground:?}: {ratio:.2}");
            }
        }
    }
}
