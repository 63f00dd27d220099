//! What a person chose of moving about: kept from run to run.
//!
//! A file may hold anything; [`Comfort::checked`] brings each number back into the range in which it is comfortable.

use serde::{Deserialize, Serialize};

use crate::profile::Hand;

/// How a person moves in VR.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Comfort {
    /// The hand that points and selects; the other one moves.
    pub main_hand: MainHand,
    /// How one gets from here to there.
    pub travel: Travel,
    /// How one turns without turning oneself.
    pub turn: Turn,
    /// Degrees of one snap turn.
    pub snap_degrees: f64,
    /// Degrees a second of a smooth turn.
    pub smooth_degrees_per_s: f64,
    /// Speed of gliding.
    pub glide_m_per_s: f64,
    /// How much of the edge of the view is darkened while gliding or turning smoothly.
    pub vignette: Vignetting,
    /// On one's feet, or in a chair with the eyes of someone who stands.
    pub posture: Posture,
    /// Height of the eyes over the floor that a seated person gets.
    pub standing_eye_height_m: f64,
}

impl Default for Comfort {
    fn default() -> Self {
        Self {
            main_hand: MainHand::Right,
            travel: Travel::Teleport,
            turn: Turn::Snap,
            snap_degrees: 30.0,
            smooth_degrees_per_s: 90.0,
            glide_m_per_s: 1.5,
            vignette: Vignetting::Medium,
            posture: Posture::Standing,
            standing_eye_height_m: 1.65,
        }
    }
}

impl Comfort {
    /// The same with each number in its range; what is no number gets the default.
    #[must_use]
    pub fn checked(self) -> Self {
        let usual = Self::default();
        let within = |value: f64, least: f64, most: f64, usual: f64| {
            if value.is_finite() {
                value.clamp(least, most)
            } else {
                usual
            }
        };
        Self {
            snap_degrees: within(self.snap_degrees, 10.0, 90.0, usual.snap_degrees),
            smooth_degrees_per_s: within(self.smooth_degrees_per_s, 15.0, 240.0, usual.smooth_degrees_per_s),
            glide_m_per_s: within(self.glide_m_per_s, 0.3, 5.0, usual.glide_m_per_s),
            standing_eye_height_m: within(self.standing_eye_height_m, 1.0, 2.2, usual.standing_eye_height_m),
            ..self
        }
    }

    /// The hand that points.
    #[must_use]
    pub fn pointing_hand(self) -> Hand {
        match self.main_hand {
            MainHand::Left => Hand::Left,
            MainHand::Right => Hand::Right,
        }
    }
}

/// The hand that points and selects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MainHand {
    /// The left one.
    Left,
    /// The right one.
    #[default]
    Right,
}

/// How one gets from here to there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Travel {
    /// By pointing at the floor: nothing moves that the ear does not feel.
    #[default]
    Teleport,
    /// Level, along floors, with the stick.
    Glide,
    /// Anywhere, where the hand points: for those who know it.
    Fly,
}

/// How one turns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// In steps.
    #[default]
    Snap,
    /// Evenly.
    Smooth,
    /// Only oneself.
    Off,
}

/// How much of the view's edge is darkened while moving.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vignetting {
    /// Nothing.
    Off,
    /// A little.
    Light,
    /// A tunnel of about 60°.
    #[default]
    Medium,
    /// A tunnel of about 40°.
    Strong,
}

impl Vignetting {
    /// How strong it is at full speed, 0–1.
    #[must_use]
    pub fn full_strength(self) -> f64 {
        match self {
            Self::Off => 0.0,
            Self::Light => 0.4,
            Self::Medium => 0.7,
            Self::Strong => 1.0,
        }
    }
}

/// How a person is in the room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Posture {
    /// On their feet: the eyes are as high as they are.
    #[default]
    Standing,
    /// In a chair: the eyes are as high as if they stood.
    Seated,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_what_is_read() {
        let chosen = Comfort {
            main_hand: MainHand::Left,
            travel: Travel::Glide,
            turn: Turn::Off,
            snap_degrees: 45.0,
            posture: Posture::Seated,
            ..Comfort::default()
        };
        let text = toml::to_string(&chosen).expect("it can be written");
        assert!(text.contains("main_hand = \"left\""), "{text}");
        assert_eq!(toml::from_str::<Comfort>(&text).expect("it can be read"), chosen);
        assert_eq!(chosen.pointing_hand(), Hand::Left);
    }

    #[test]
    fn a_part_of_a_file_is_enough_and_nonsense_is_brought_back() {
        let read: Comfort = toml::from_str("snap_degrees = 1e9\nglide_m_per_s = nan\n").expect("readable");
        let checked = read.checked();
        assert_eq!(checked.snap_degrees, 90.0);
        assert_eq!(checked.glide_m_per_s, Comfort::default().glide_m_per_s);
        assert_eq!(checked.travel, Travel::Teleport);
        assert_eq!(Comfort::default().checked(), Comfort::default());
    }
}
