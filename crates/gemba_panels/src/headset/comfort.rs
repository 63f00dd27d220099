//! How one moves in the headset: the settings, as switches and sliders for a ray.

use egui::{RichText, Slider, Ui};
use gemba_xr::comfort::{Comfort, MainHand, Posture, Travel, Turn, Vignetting};

use super::HeadsetCommand;
use crate::{ViewerCommand, inspector::group_ui, tokens::color};

/// Draws the settings; a change is asked for at once.
pub(super) fn comfort_ui(ui: &mut Ui, comfort: Comfort, commands: &mut Vec<ViewerCommand>) {
    let mut wanted = comfort;
    group_ui(ui, "Me");
    choice_ui(
        ui,
        &mut wanted.main_hand,
        &[
            (MainHand::Left, "Left hand", "The left hand points"),
            (MainHand::Right, "Right hand", "The right hand points"),
        ],
    );
    choice_ui(
        ui,
        &mut wanted.posture,
        &[
            (Posture::Standing, "Standing", "The eyes are as high as they are"),
            (Posture::Seated, "Seated", "The eyes are as high as if you stood"),
        ],
    );
    if wanted.posture == Posture::Seated {
        let slider = Slider::new(&mut wanted.standing_eye_height_m, 1.0..=2.2);
        ui.add(slider.suffix(" m").text("Eye height"));
    }
    if ui
        .button("Take my height")
        .on_hover_text("Look ahead, as you want to sit or stand, and press")
        .clicked()
    {
        commands.push(ViewerCommand::Headset(HeadsetCommand::CalibrateHeight));
    }
    group_ui(ui, "Go");
    choice_ui(
        ui,
        &mut wanted.travel,
        &[
            (
                Travel::Teleport,
                "Teleport",
                "Point at the floor: nothing moves that the ear does not feel",
            ),
            (Travel::Glide, "Glide", "With the stick, along floors"),
            (Travel::Fly, "Fly", "With the stick, where the hand points"),
        ],
    );
    if wanted.travel != Travel::Teleport {
        ui.add(
            Slider::new(&mut wanted.glide_m_per_s, 0.3..=5.0)
                .suffix(" m/s")
                .text("Speed"),
        );
    }
    group_ui(ui, "Turn");
    choice_ui(
        ui,
        &mut wanted.turn,
        &[
            (Turn::Snap, "Steps", "With the stick, by a step at a time"),
            (Turn::Smooth, "Evenly", "With the stick, as long as it is pushed"),
            (Turn::Off, "Only me", "The stick does not turn"),
        ],
    );
    match wanted.turn {
        Turn::Snap => {
            ui.add(
                Slider::new(&mut wanted.snap_degrees, 10.0..=90.0)
                    .step_by(5.0)
                    .suffix("°")
                    .text("Step"),
            );
        }
        Turn::Smooth => {
            let slider = Slider::new(&mut wanted.smooth_degrees_per_s, 15.0..=240.0);
            ui.add(slider.step_by(5.0).suffix("°/s").text("Speed"));
        }
        Turn::Off => {}
    }
    group_ui(ui, "Darken the edges while moving");
    choice_ui(
        ui,
        &mut wanted.vignette,
        &[
            (Vignetting::Off, "Not", ""),
            (Vignetting::Light, "A little", ""),
            (Vignetting::Medium, "Medium", ""),
            (Vignetting::Strong, "Strongly", "For who is prone to feel sick"),
        ],
    );
    if wanted != comfort {
        commands.push(ViewerCommand::Headset(HeadsetCommand::SetComfort {
            comfort: wanted,
        }));
    }
    ui.label(RichText::new("Kept for the next time.").color(color::text_quiet()));
}

/// One of a few words.
fn choice_ui<T: Copy + PartialEq>(ui: &mut Ui, chosen: &mut T, words: &[(T, &str, &str)]) {
    ui.horizontal_wrapped(|ui| {
        for (value, word, hint) in words {
            let response = ui.selectable_label(*chosen == *value, *word);
            let response = if hint.is_empty() {
                response
            } else {
                response.on_hover_text(*hint)
            };
            if response.clicked() {
                *chosen = *value;
            }
        }
    });
}
