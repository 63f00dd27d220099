//! Pictures that egui draws, for surfaces to show.
//!
//! Each is a camera that sees nothing, with an egui context of its own that is run when somebody says so. A camera costs something in each
//! frame that it draws in, and what it drew last stays: so it draws when there is something new, and seldom else.

use std::time::Duration;

use bevy::{
    asset::RenderAssetUsages,
    camera::{ImageRenderTarget, RenderTarget, visibility::RenderLayers},
    ecs::query::QueryData,
    math::DVec2,
    prelude::*,
};
use bevy_egui::{EguiContext, EguiContextSettings, EguiFullOutput, EguiInput};
use egui::{FullOutput, Ui, epaint::ClippedShape};
use gemba_panels::tokens;

use super::rest::READ_EVERY;

/// Before every camera that sees it.
const ORDER: isize = -10;
/// On an edge of a picture: no eye shows more of a panel than this.
const MOST_PX: f64 = 2_048.0;

/// Makes the camera and its picture.
pub(in crate::xr) fn spawn_ui(
    commands: &mut Commands,
    images: &mut Assets<Image>,
    size_points: DVec2,
    px_per_point: f64,
) -> (Entity, Handle<Image>) {
    let px_per_point = px_per_point.min(MOST_PX / size_points.max_element());
    let size_px = (size_points * px_per_point).as_uvec2().max(UVec2::ONE);
    let mut image =
        Image::new_target_texture(size_px.x, size_px.y, wgpu::TextureFormat::Rgba8UnormSrgb, None);
    image.asset_usage = RenderAssetUsages::RENDER_WORLD;
    let picture = images.add(image);
    let target = RenderTarget::Image(ImageRenderTarget {
        handle: picture.clone(),
        scale_factor: px_per_point as f32,
    });
    let mut context = EguiContext::default();
    let egui = context.get_mut();
    tokens::apply(egui);
    egui.options_mut(|options| {
        // A hand in the air trembles and takes its time.
        options.input_options.max_click_dist = 24.0;
        options.input_options.max_click_duration = 10.0;
    });
    let ui = commands.spawn((
        Name::new("a panel's picture"),
        Camera2d,
        Camera {
            order: ORDER,
            clear_color: ClearColorConfig::Custom(Color::NONE),
            ..default()
        },
        target,
        Msaa::Off,
        RenderLayers::none(),
        context,
        EguiContextSettings {
            run_manually: true,
            ..default()
        },
        LastDrawn::default(),
    ));
    (ui.id(), picture)
}

/// What [`UiPictureItem::draw_news`] drew last, while the picture shows it, and when.
#[derive(Component, Default)]
pub(in crate::xr) struct LastDrawn(Option<(Vec<ClippedShape>, Duration)>);

/// A picture. In each frame it is drawn, drawn where there is news, or left to rest: the bridge to egui wants something to draw.
#[derive(QueryData)]
#[query_data(mutable)]
pub(in crate::xr) struct UiPicture {
    context: &'static mut EguiContext,
    pub(in crate::xr) input: &'static mut EguiInput,
    output: &'static mut EguiFullOutput,
    camera: &'static mut Camera,
    last: &'static mut LastDrawn,
}

impl UiPictureItem<'_, '_> {
    pub(in crate::xr) fn context(&mut self) -> &mut egui::Context {
        self.context.get_mut()
    }

    /// Runs `ui` and draws it.
    pub(in crate::xr) fn draw(&mut self, ui: impl FnMut(&mut Ui)) -> &FullOutput {
        let full = self.run(ui);
        self.last.0 = None;
        self.set_drawn(true);
        self.output.0.insert(full)
    }

    /// Runs `ui`, and draws it where it is not what was drawn last, and else as often as panels are: what the engine could not draw,
    /// because it had no picture or pipeline yet, is made up for. Where there is nothing, nothing is. `now` is of a clock that nobody
    /// sets.
    pub(in crate::xr) fn draw_news(&mut self, now: Duration, ui: impl FnMut(&mut Ui)) {
        let mut full = self.run(ui);
        let is_drawn = match &mut self.last.0 {
            Some((shapes, at)) if *shapes == full.shapes => {
                let is_due = !shapes.is_empty() && now >= *at + READ_EVERY;
                if is_due {
                    *at = now;
                }
                is_due
            }
            last => {
                let (shapes, at) = last.get_or_insert_default();
                shapes.clone_from(&full.shapes);
                *at = now;
                true
            }
        };
        if !is_drawn {
            full.shapes.clear();
        }
        self.set_drawn(is_drawn);
        self.output.0 = Some(full);
    }

    /// Nothing is run, and what was drawn stays.
    pub(in crate::xr) fn rest(&mut self) {
        self.set_drawn(false);
        self.output.0 = Some(FullOutput {
            pixels_per_point: self.context().pixels_per_point(),
            ..default()
        });
    }

    fn run(&mut self, ui: impl FnMut(&mut Ui)) -> FullOutput {
        let input = self.input.take();
        self.context().run_ui(input, ui)
    }

    /// Without a change nothing is touched, so that what looks for changes finds none.
    fn set_drawn(&mut self, is_drawn: bool) {
        if self.camera.is_active != is_drawn {
            self.camera.is_active = is_drawn;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a picture that says `words` is drawn, at one time in milliseconds after another.
    fn drawn<const TIMES: usize>(words: [(u64, &str); TIMES]) -> [bool; TIMES] {
        let mut world = World::new();
        let mut images = Assets::<Image>::default();
        let (ui, _) = spawn_ui(&mut world.commands(), &mut images, DVec2::splat(200.0), 1.0);
        world.flush();
        words.map(|(millis, word)| {
            let mut pictures = world.query::<UiPicture>();
            let mut picture = pictures.get_mut(&mut world, ui).expect("it is a picture");
            picture.draw_news(Duration::from_millis(millis), |ui| {
                if !word.is_empty() {
                    ui.label(word);
                }
            });
            let mut full = picture
                .output
                .0
                .take()
                .expect("there is something for the bridge");
            full.textures_delta.clear();
            picture.camera.is_active
        })
    }

    #[test]
    fn what_says_the_same_is_drawn_anew_seldom() {
        let (one, other) = ("61.2 °C", "61.3 °C");
        assert_eq!(
            drawn([
                (0, one),
                (11, one),
                (22, other),
                (33, other),
                (121, other),
                (122, other),
                (133, other)
            ]),
            [true, false, true, false, false, true, false]
        );
        assert_eq!(
            drawn([(0, one), (11, ""), (22, ""), (500, ""), (511, one)]),
            [true, true, false, false, true],
            "nothing stays nothing"
        );
    }
}
