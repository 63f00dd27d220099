//! A ray and a trigger as the pointer of a panel.

use glam::DVec2;

use super::PanelHit;
use crate::Pressed;

/// Full deflection of the stick scrolls this many points a second.
const SCROLL_POINTS_PER_S: f64 = 600.0;
/// A stick that is pushed less than this rests.
const SCROLL_DEAD_RATIO: f64 = 0.2;

/// What the panel's own input is told, in order; positions and lengths are egui points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PointerDo {
    /// The pointer is here.
    Move(DVec2),
    /// The trigger went down here.
    Press(DVec2),
    /// The trigger went up here.
    Release(DVec2),
    /// The stick scrolls by this.
    Scroll(DVec2),
    /// The pointer has left the panel.
    Gone,
}

/// The pointer of one panel.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PanelPointer {
    last: Option<DVec2>,
    is_dragging: bool,
}

impl PanelPointer {
    /// Whether a drag that began on this panel is under way; the ray is then the panel's wherever it points.
    #[must_use]
    pub fn is_dragging(&self) -> bool {
        self.is_dragging
    }

    /// Takes where the ray meets the panel's plane, what the trigger did and where the stick is, for `dt_secs`.
    ///
    /// A press counts only where it begins on the panel: a trigger that is held while the ray wanders over it does nothing.
    pub fn take(
        &mut self,
        hit: Option<&PanelHit>,
        trigger: Pressed,
        stick: DVec2,
        dt_secs: f64,
        told: &mut Vec<PointerDo>,
    ) {
        let inside = hit.filter(|hit| hit.is_inside()).map(|hit| hit.at_points);
        // A drag goes on beside the panel, as with a mouse; where the ray leaves the plane it stays where it was.
        let at = if self.is_dragging {
            hit.map(|hit| hit.at_points).or(self.last)
        } else {
            inside
        };
        let Some(at) = at else {
            if self.last.take().is_some() {
                told.push(PointerDo::Gone);
            }
            return;
        };
        if self.last != Some(at) {
            told.push(PointerDo::Move(at));
        }
        self.last = Some(at);
        match trigger {
            Pressed::Down if inside.is_some() => {
                self.is_dragging = true;
                told.push(PointerDo::Press(at));
            }
            Pressed::Up | Pressed::Idle if self.is_dragging => {
                self.is_dragging = false;
                told.push(PointerDo::Release(at));
                if inside.is_none() {
                    self.last = None;
                    told.push(PointerDo::Gone);
                }
            }
            _ => {}
        }
        let pushed = DVec2::new(past_rest(stick.x), past_rest(stick.y));
        if pushed != DVec2::ZERO && inside.is_some() && !self.is_dragging {
            // egui scrolls what is above into view for a positive y.
            told.push(PointerDo::Scroll(
                DVec2::new(-pushed.x, pushed.y) * SCROLL_POINTS_PER_S * dt_secs,
            ));
        }
    }
}

fn past_rest(value: f64) -> f64 {
    if value.is_finite() && value.abs() > SCROLL_DEAD_RATIO {
        (value.abs() - SCROLL_DEAD_RATIO) / (1.0 - SCROLL_DEAD_RATIO) * value.signum()
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hit(x: f64, y: f64) -> PanelHit {
        PanelHit {
            uv: DVec2::new(x, y),
            at_points: DVec2::new(x, y) * 100.0,
            distance_m: 1.0,
        }
    }

    fn told(pointer: &mut PanelPointer, hit: Option<PanelHit>, trigger: Pressed) -> Vec<PointerDo> {
        let mut told = Vec::new();
        pointer.take(hit.as_ref(), trigger, DVec2::ZERO, 0.011, &mut told);
        told
    }

    #[test]
    fn a_click() {
        let mut pointer = PanelPointer::default();
        let at = DVec2::splat(50.0);
        assert_eq!(
            told(&mut pointer, Some(hit(0.5, 0.5)), Pressed::Idle),
            [PointerDo::Move(at)]
        );
        assert_eq!(
            told(&mut pointer, Some(hit(0.5, 0.5)), Pressed::Down),
            [PointerDo::Press(at)]
        );
        assert_eq!(
            told(&mut pointer, Some(hit(0.5, 0.5)), Pressed::Up),
            [PointerDo::Release(at)]
        );
        assert_eq!(told(&mut pointer, None, Pressed::Idle), [PointerDo::Gone]);
        assert_eq!(told(&mut pointer, None, Pressed::Idle), []);
    }

    #[test]
    fn a_drag_goes_on_beside_the_panel_and_ends_there() {
        let mut pointer = PanelPointer::default();
        told(&mut pointer, Some(hit(0.9, 0.5)), Pressed::Down);
        let beside = DVec2::new(130.0, 50.0);
        assert_eq!(
            told(&mut pointer, Some(hit(1.3, 0.5)), Pressed::Held),
            [PointerDo::Move(beside)]
        );
        assert!(pointer.is_dragging());
        assert_eq!(
            told(&mut pointer, None, Pressed::Held),
            [],
            "it stays where it was"
        );
        assert_eq!(
            told(&mut pointer, None, Pressed::Up),
            [PointerDo::Release(beside), PointerDo::Gone]
        );
    }

    #[test]
    fn a_trigger_held_from_elsewhere_presses_nothing() {
        let mut pointer = PanelPointer::default();
        told(&mut pointer, None, Pressed::Down);
        let seen = told(&mut pointer, Some(hit(0.5, 0.5)), Pressed::Held);
        assert_eq!(seen, [PointerDo::Move(DVec2::splat(50.0))]);
        assert_eq!(told(&mut pointer, Some(hit(0.5, 0.5)), Pressed::Up), []);
    }

    #[test]
    fn the_stick_scrolls_where_the_ray_is() {
        let mut pointer = PanelPointer::default();
        let mut told = Vec::new();
        pointer.take(
            Some(&hit(0.5, 0.5)),
            Pressed::Idle,
            DVec2::new(0.1, -1.0),
            0.1,
            &mut told,
        );
        assert_eq!(told[1], PointerDo::Scroll(DVec2::new(0.0, -60.0)));
        told.clear();
        pointer.take(None, Pressed::Idle, DVec2::Y, 0.1, &mut told);
        assert_eq!(told, [PointerDo::Gone]);
    }

    proptest! {
        /// Whatever ray and trigger do, a press is followed by exactly one release before the next press.
        #[test]
        fn presses_and_releases_alternate(
            frames in prop::collection::vec((prop::option::of((-0.5_f64..1.5, -0.5_f64..1.5)), any::<bool>()), 1..100),
        ) {
            let mut pointer = PanelPointer::default();
            let mut press = crate::Press::default();
            let mut all = Vec::new();
            for (at, down) in frames {
                let trigger = press.take(Some(f32::from(u8::from(down))));
                pointer.take(at.map(|(x, y)| hit(x, y)).as_ref(), trigger, DVec2::ZERO, 0.011, &mut all);
            }
            let mut is_down = false;
            for told in all {
                match told {
                    PointerDo::Press(_) => { prop_assert!(!is_down); is_down = true; }
                    PointerDo::Release(_) => { prop_assert!(is_down); is_down = false; }
                    PointerDo::Gone => prop_assert!(!is_down, "gone in the middle of a drag"),
                    PointerDo::Move(_) | PointerDo::Scroll(_) => {}
                }
            }
            prop_assert_eq!(is_down, pointer.is_dragging());
        }
    }
}
