//! Being in the plant with a headset, as far as no headset, runtime or GPU is needed.
//!
//! - [`lifecycle`] is when to make, begin, end and drop the OpenXR session, and what a person is told when that fails.
//! - [`profile`] is which button of which controller does what.
//! - [`locomotion`] is where the play space stands in the plant: teleport, turns, gliding, posture.
//! - [`comfort`] is what a person chose of all that, as it is kept.
//! - [`panel`] is a panel as a quad in space: where a ray meets it, what the pointer does, how large text must be.
//! - [`panorama`] is where signs stand that face whoever looks.
//! - [`projection`] is the lens of an eye, [`resolution`] how many pixels it can afford.
//!
//! Time comes in as an argument and rays as a function; nothing here calls a runtime. Lengths are metres, the world is Y up and
//! right-handed as OpenXR's spaces are, and -Z is forward. The viewer's `src/xr` puts OpenXR around it.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        reason = "a test fails by panicking"
    )
)]

pub mod comfort;
pub mod detail;
pub mod lifecycle;
pub mod locomotion;
pub mod panel;
pub mod panorama;
mod pose;
mod press;
pub mod profile;
pub mod projection;
pub mod resolution;

pub use pose::Pose;
pub use press::{Press, Pressed};
