//! Where chips go so that none covers another: greedy, the most important first.

use egui::{Pos2, Rect, Vec2};

/// A chip that wants a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Wish {
    /// What it points at, in points.
    pub(super) anchor: Pos2,
    /// Its size.
    pub(super) size: Vec2,
    /// Passed limits come first, whatever their distance.
    pub(super) urgency: u8,
    /// Distance from the eye, for order; smaller comes first.
    pub(super) distance_m: f32,
    /// It had a place in the last frame, and keeps it unless something clearly nearer needs it.
    pub(super) was_shown: bool,
}

/// A chip shown in the last frame counts as this much nearer, so that two rivals do not flicker.
const INCUMBENT_RATIO: f32 = 0.8;
/// Space between two chips, in points.
const GAP: f32 = 4.0;
/// Chips stand this high above what they point at, nearest first.
const LIFTS: [f32; 4] = [22.0, 54.0, 86.0, 118.0];

/// Finds places, in the memory of the last time.
#[derive(Default)]
pub(super) struct Placing {
    order: Vec<usize>,
    taken: Vec<Rect>,
    places: Vec<Option<Rect>>,
}

impl Placing {
    /// The place of each wish, or `None` where there is no room; `view` is what chips must stay in, `occupied` what they must
    /// leave free.
    pub(super) fn place(
        &mut self,
        wishes: &[Wish],
        view: Rect,
        occupied: &[Rect],
        most: usize,
    ) -> &[Option<Rect>] {
        self.order.clear();
        self.order.extend(0..wishes.len());
        let rank = |at: usize| {
            let wish = &wishes[at];
            let ratio = if wish.was_shown { INCUMBENT_RATIO } else { 1.0 };
            (u8::MAX - wish.urgency, wish.distance_m * ratio)
        };
        self.order.sort_unstable_by(|one, other| {
            let (a, b) = (rank(*one), rank(*other));
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(one.cmp(other))
        });
        self.places.clear();
        self.places.resize(wishes.len(), None);
        self.taken.clear();
        self.taken.extend_from_slice(occupied);
        let most = most + occupied.len();
        for at in &self.order {
            if self.taken.len() >= most {
                break;
            }
            let wish = &wishes[*at];
            let taken = &self.taken;
            let free = candidates(wish).find(|rect| {
                view.contains_rect(*rect) && taken.iter().all(|other| !other.expand(GAP).intersects(*rect))
            });
            if let Some(rect) = free {
                self.taken.push(rect);
                self.places[*at] = Some(rect);
            }
        }
        &self.places
    }
}

/// Above the anchor, then shifted to a side, then higher.
fn candidates(wish: &Wish) -> impl Iterator<Item = Rect> + '_ {
    LIFTS.into_iter().flat_map(move |lift| {
        [0.0, 0.35, -0.35].into_iter().map(move |shift| {
            let bottom = wish.anchor + Vec2::new(wish.size.x * shift, -lift);
            Rect::from_center_size(bottom - Vec2::new(0.0, wish.size.y * 0.5), wish.size)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(wishes: &[Wish], view: Rect, occupied: &[Rect], most: usize) -> Vec<Option<Rect>> {
        let mut placing = Placing::default();
        placing.place(wishes, view, occupied, most).to_vec()
    }

    fn wish(x: f32, distance_m: f32) -> Wish {
        Wish {
            anchor: Pos2::new(x, 300.0),
            size: Vec2::new(100.0, 40.0),
            urgency: 0,
            distance_m,
            was_shown: false,
        }
    }

    fn view() -> Rect {
        Rect::from_min_size(Pos2::ZERO, Vec2::new(800.0, 600.0))
    }

    #[test]
    fn places_do_not_overlap() {
        let wishes: Vec<Wish> = (0..30)
            .map(|at| wish(200.0 + 10.0 * at as f32, at as f32))
            .collect();
        let places: Vec<Rect> = place(&wishes, view(), &[], 99).into_iter().flatten().collect();
        assert!(places.len() > 5);
        for (at, one) in places.iter().enumerate() {
            assert!(view().contains_rect(*one));
            assert!(places[at + 1..].iter().all(|other| !one.intersects(*other)));
        }
    }

    #[test]
    fn the_urgent_comes_before_the_near_and_the_near_before_the_far() {
        let mut wishes = vec![wish(400.0, 5.0), wish(400.0, 50.0), wish(400.0, 1.0)];
        wishes[1].urgency = 2;
        let shown: Vec<bool> = place(&wishes, view(), &[], 1)
            .iter()
            .map(Option::is_some)
            .collect();
        assert_eq!(shown, [false, true, false]);
        wishes[1].urgency = 0;
        let shown: Vec<bool> = place(&wishes, view(), &[], 1)
            .iter()
            .map(Option::is_some)
            .collect();
        assert_eq!(shown, [false, false, true]);
    }

    #[test]
    fn what_is_shown_stays_against_a_rival_that_is_hardly_nearer() {
        let mut wishes = vec![wish(400.0, 10.0), wish(400.0, 9.0)];
        wishes[0].was_shown = true;
        assert!(place(&wishes, view(), &[], 1)[0].is_some());
        wishes[1].distance_m = 5.0;
        assert!(place(&wishes, view(), &[], 1)[1].is_some());
    }

    #[test]
    fn what_is_occupied_is_left_free() {
        let cube = Rect::from_min_size(Pos2::new(150.0, 220.0), Vec2::splat(88.0));
        let placed = place(&[wish(200.0, 1.0)], view(), &[cube], 1)[0].expect("a place");
        assert!(!placed.intersects(cube), "{placed:?}");
    }

    #[test]
    fn what_has_no_room_in_view_has_no_place() {
        assert_eq!(place(&[wish(10.0, 1.0)], view(), &[], 9), [None]);
    }
}
