//! Design tokens: every space, size and colour of the panels, once.
//!
//! Calm, high contrast, on a dark or a light ground: text is at least 7:1 on its ground, and meaning never hangs on colour alone (see
//! [`crate::marks`]). A panel uses these names and no numbers or colours of its own.

use egui::{CornerRadius, FontFamily, FontId, LayerId, Margin, Stroke, TextStyle, Vec2};
use serde::{Deserialize, Serialize};

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

/// The ground that all colours stand on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// For control rooms, and beside a bright plant.
    #[default]
    Dark,
    /// For daylight, and for print.
    Light,
}

/// Colours by what they mean, on the ground that is chosen.
pub mod color {
    use std::sync::atomic::{AtomicBool, Ordering};

    use egui::Color32;

    use super::Theme;

    /// One ground for the whole process: all contexts show the same plant to the same person.
    static IS_LIGHT: AtomicBool = AtomicBool::new(false);

    /// The ground that is chosen.
    #[must_use]
    pub fn theme() -> Theme {
        if IS_LIGHT.load(Ordering::Relaxed) {
            Theme::Light
        } else {
            Theme::Dark
        }
    }

    /// Chooses the ground, before there is a context to tell.
    pub fn choose(theme: Theme) {
        IS_LIGHT.store(theme == Theme::Light, Ordering::Relaxed);
    }

    pub(super) const fn rgb(hex: u32) -> Color32 {
        Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
    }

    /// A colour by its name, once for each ground.
    macro_rules! colors {
        ($($(#[$doc:meta])* $name:ident: $dark:literal on dark, $light:literal on light;)*) => {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $name() -> Color32 {
                    of(theme()).$name
                }
            )*

            /// Every colour on one ground.
            #[derive(Clone, Copy, Debug)]
            pub(super) struct Palette {
                $(pub(super) $name: Color32,)*
            }

            pub(super) const fn of(theme: Theme) -> Palette {
                match theme {
                    Theme::Dark => Palette { $($name: rgb($dark),)* },
                    Theme::Light => Palette { $($name: rgb($light),)* },
                }
            }
        };
    }

    colors! {
        /// Ground of panels.
        panel: 0x161a20 on dark, 0xf6f8fa on light;
        /// Ground of bars, and of text fields.
        sunken: 0x0f1217 on dark, 0xe9edf2 on light;
        /// Ground of cards and controls.
        raised: 0x222831 on dark, 0xdde3ea on light;
        /// Ground of a control under the cursor.
        hovered: 0x2e3642 on dark, 0xcdd6e0 on light;
        /// Every second row.
        stripe: 0x1a1f26 on dark, 0xeef2f6 on light;
        /// Lines between things.
        line: 0x343d4a on dark, 0xbcc7d3 on light;
        /// Text that is read.
        text: 0xe8ecf1 on dark, 0x14181d on light;
        /// Text that lies on what is selected, or under the cursor.
        text_strong: 0xffffff on dark, 0x05070a on light;
        /// Text that accompanies: units, ages, paths.
        text_quiet: 0xa9b4c2 on dark, 0x434d5a on light;
        /// What is selected, focused or clickable.
        accent: 0x6cb6ff on dark, 0x0a4f92 on light;
        /// Ground of what is selected.
        selected: 0x1f456e on dark, 0xb9d8f7 on light;
        /// As it should be.
        good: 0x5fd38d on dark, 0x0f5a30 on light;
        /// Look at it.
        warning: 0xffc04d on dark, 0x714400 on light;
        /// Wrong.
        error: 0xff7b72 on dark, 0x961414 on light;
        /// Not now: what is shown has been.
        past: 0xd0a8ff on dark, 0x5b219b on light;
        /// Old, absent, switched off.
        inactive: 0x8b97a7 on dark, 0x505b69 on light;
    }

    /// People's colours in the plant, by the number that the room gives; far from each other, and from what warns. Names
    /// stand beside them wherever they are used.
    pub const PEOPLE: [Color32; 8] = [
        rgb(0x5bc0eb),
        rgb(0xc896ff),
        rgb(0x7de2a8),
        rgb(0xff8fc7),
        rgb(0xd6e25a),
        rgb(0x8fa8ff),
        rgb(0x4fd8d0),
        rgb(0xf2b890),
    ];

    /// The same hues, dark enough to be read on a light ground.
    pub(super) const PEOPLE_ON_LIGHT: [Color32; 8] = [
        rgb(0x0b4a66),
        rgb(0x5a2595),
        rgb(0x125231),
        rgb(0x8a1653),
        rgb(0x474c06),
        rgb(0x2a3d99),
        rgb(0x08504b),
        rgb(0x70380f),
    ];

    /// The colour on a panel's ground of the person whom the room gave `number`.
    #[must_use]
    pub fn person(number: u8) -> Color32 {
        let colors = match theme() {
            Theme::Dark => PEOPLE,
            Theme::Light => PEOPLE_ON_LIGHT,
        };
        colors[usize::from(number) % colors.len()]
    }

    /// What is selected in the plant.
    pub const ACCENT_IN_PLANT: Color32 = rgb(0x6cb6ff);

    /// What leads to it.
    pub const FEED_IN_PLANT: Color32 = rgb(0x7ee0b5);

    /// The colour in the plant of the person whom the room gave `number`.
    #[must_use]
    pub fn person_in_plant(number: u8) -> Color32 {
        PEOPLE[usize::from(number) % PEOPLE.len()]
    }
}

/// A line of one point.
#[must_use]
pub fn hairline() -> Stroke {
    Stroke::new(1.0, color::line())
}

/// The line around a control that its fill alone does not show, such as an empty checkbox: at least 3:1 on every ground
/// (WCAG 2.2, 1.4.11).
#[must_use]
pub fn outline() -> Stroke {
    Stroke::new(1.0, color::inactive())
}

/// Gives an egui context the tokens on the ground that is chosen. Once for each context.
pub fn apply(ctx: &egui::Context) {
    ctx.set_theme(match color::theme() {
        Theme::Dark => egui::Theme::Dark,
        Theme::Light => egui::Theme::Light,
    });
    ctx.all_styles_mut(|style| {
        apply_type(style);
        apply_spacing(&mut style.spacing);
        apply_colors(&mut style.visuals);
        style.interaction.selectable_labels = false;
    });
}

/// Chooses the ground, for everything that is drawn from now on.
pub fn choose(theme: Theme, ctx: &egui::Context) {
    color::choose(theme);
    apply(ctx);
}

/// Puts the characters of values into the font atlas ahead of time: a new one misses in the frame it first appears in, and
/// values and ages bring new ones every second. Each is laid out at several sub-pixel offsets. To be called within a frame.
pub fn load_glyphs(ctx: &egui::Context) {
    let painter = ctx.layer_painter(LayerId::background());
    let characters: String = (' '..='~').chain("°²³·–µΩ".chars()).collect();
    for size in [type_size::SMALL, type_size::BODY, type_size::VALUE] {
        for before in ["", "1.", "1 %i", "–:"] {
            // Laying out is all it takes; what was laid out is not drawn.
            for text in [&*characters, "0123456789 0 1 2 3 4 5 6 7 8 9"] {
                let text = format!("{before}{text}");
                drop(painter.layout_no_wrap(text, FontId::proportional(size), color::text()));
            }
        }
    }
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
    visuals.panel_fill = color::panel();
    visuals.window_fill = color::panel();
    visuals.window_stroke = hairline();
    visuals.extreme_bg_color = color::sunken();
    visuals.faint_bg_color = color::stripe();
    visuals.hyperlink_color = color::accent();
    visuals.warn_fg_color = color::warning();
    visuals.error_fg_color = color::error();
    visuals.weak_text_color = Some(color::text_quiet());
    visuals.selection.bg_fill = color::selected();
    visuals.selection.stroke = Stroke::new(1.0, color::text());
    visuals.window_corner_radius = CornerRadius::same(6);
    let widgets = &mut visuals.widgets;
    for (state, fill, text) in [
        (&mut widgets.noninteractive, color::panel(), color::text()),
        (&mut widgets.inactive, color::raised(), color::text()),
        (&mut widgets.hovered, color::hovered(), color::text_strong()),
        (&mut widgets.active, color::selected(), color::text_strong()),
        (&mut widgets.open, color::raised(), color::text()),
    ] {
        state.bg_fill = fill;
        state.weak_bg_fill = fill;
        state.bg_stroke = Stroke::NONE;
        state.fg_stroke = Stroke::new(1.0, text);
        state.corner_radius = CornerRadius::same(space::RADIUS);
        state.expansion = 0.0;
    }
    widgets.noninteractive.bg_stroke = hairline();
    widgets.hovered.bg_stroke = Stroke::new(1.0, color::accent());
}

#[cfg(test)]
mod tests {
    use egui::Color32;

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
    fn what_is_read_is_read_on_every_ground_that_it_stands_on() {
        for (theme, people) in [
            (Theme::Dark, color::PEOPLE),
            (Theme::Light, color::PEOPLE_ON_LIGHT),
        ] {
            let palette = color::of(theme);
            let read = [
                palette.text,
                palette.text_quiet,
                palette.accent,
                palette.good,
                palette.warning,
            ];
            for ink in read.into_iter().chain(people) {
                for ground in [palette.panel, palette.stripe] {
                    let ratio = contrast(ink, ground);
                    assert!(ratio >= 7.0, "{theme:?}: {ink:?} on {ground:?}: {ratio:.2}");
                }
            }
            // Beside a mark and a word, never alone: 4.5:1 is enough for what is wrong or absent.
            for ink in [palette.error, palette.inactive] {
                assert!(contrast(ink, palette.panel) >= 4.5, "{theme:?}: {ink:?}");
            }
            // The outline of a control, around its own ground and on the panel's or the bar's.
            for ground in [palette.panel, palette.sunken, palette.raised] {
                assert!(contrast(palette.inactive, ground) >= 3.0, "{theme:?}: {ground:?}");
            }
            for ground in [palette.raised, palette.hovered, palette.selected, palette.sunken] {
                let ratio = contrast(palette.text_strong, ground);
                assert!(ratio >= 7.0, "{theme:?}: strong on {ground:?}: {ratio:.2}");
            }
        }
    }
}
