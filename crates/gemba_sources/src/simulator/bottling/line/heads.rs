//! The heads that lift: that of the depalletiser a layer of bottles, that of the case packer the bottles of a case.
//!
//! Where a head is follows from what its machine has made, so it stands where the machine stands, wherever that is in its
//! cycle. Heights are those of the foot of what hangs in it, above the floor; lengths agree with the geometry of
//! `scenes/bottling`.

use super::{BOTTLES_A_CASE, BOTTLES_A_LAYER, LAYERS_OF_EMPTIES, keyframes::position};

/// A head now, and what it takes from and lays down to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Head {
    /// How far it is from where it takes towards where it lays down, in metres.
    pub(super) x_m: f64,
    /// Height of the foot of what hangs in it, in metres.
    pub(super) z_m: f64,
    /// Bottles that hang in it.
    pub(super) carried: u32,
}

/// From the pallet of the depalletiser to its table, and the foot of the lowest layer, of a layer above it, of the table,
/// and of what is carried.
const TABLE_X_M: f64 = 1.52;
const LOWEST_LAYER_M: f64 = 0.598;
const LAYER_M: f64 = 0.22;
const TABLE_M: f64 = 1.05;
const CARRIED_M: f64 = 2.2;
/// Where in its cycle the head grips, and where the next pallet stands in place of an empty one.
const GRIP: f64 = 0.48;
const NEXT_PALLET: f64 = 0.7;

/// The depalletiser.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Depalletiser {
    pub(super) head: Head,
    /// Layers that are left on the pallet.
    pub(super) pallet_layers: u32,
    /// Bottles that are left on the table.
    pub(super) table_bottles: f64,
}

impl Depalletiser {
    /// When `bottles` have left the table, parts of one included. With each layer that is gone another is laid down; while
    /// it leaves, the head fetches the next.
    pub(super) fn after(bottles: f64) -> Self {
        let layers = (bottles / f64::from(BOTTLES_A_LAYER)).max(0.0);
        let phase = layers.fract();
        let has_gripped = phase >= GRIP;
        // The layer on the table was the first that was taken.
        let taken_before = layers as u64 + 1;
        let on_pallet = |taken: u64| {
            let rest = taken % u64::from(LAYERS_OF_EMPTIES);
            LAYERS_OF_EMPTIES - rest as u32
        };
        let before = on_pallet(taken_before);
        let pallet_layers = match (has_gripped, before) {
            (false, before) => before,
            (true, 1) if phase < NEXT_PALLET => 0,
            (true, _) => on_pallet(taken_before + 1),
        };
        let pick_m = LOWEST_LAYER_M + LAYER_M * f64::from(before - 1);
        let [x_m] = position(
            &[
                (0.12, [TABLE_X_M]),
                (0.34, [0.0]),
                (0.62, [0.0]),
                (0.84, [TABLE_X_M]),
            ],
            phase,
        );
        let [z_m] = position(
            &[
                (0.0, [TABLE_M]),
                (0.12, [CARRIED_M]),
                (0.34, [CARRIED_M]),
                (0.46, [pick_m]),
                (0.5, [pick_m]),
                (0.62, [CARRIED_M]),
                (0.84, [CARRIED_M]),
                (0.96, [TABLE_M]),
            ],
            phase,
        );
        Self {
            head: Head {
                x_m,
                z_m,
                carried: if has_gripped { BOTTLES_A_LAYER } else { 0 },
            },
            pallet_layers,
            table_bottles: f64::from(BOTTLES_A_LAYER) * (1.0 - phase),
        }
    }
}

/// From the lanes of the case packer to its case, the foot of a bottle in a lane, in a case and carried, and how far one
/// case is behind the other.
const CASE_X_M: f64 = 0.9;
const LANE_M: f64 = 1.05;
const IN_CASE_M: f64 = 0.805;
const OVER_CASE_M: f64 = 1.31;
const CASE_PITCH_M: f64 = 0.75;
/// Where in its cycle the head lets go.
const RELEASE: f64 = 0.54;

/// The case packer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct CasePacker {
    pub(super) head: Head,
    /// Bottles in the case.
    pub(super) case_bottles: u32,
    /// How far the cases have moved on, in metres.
    pub(super) case_x_m: f64,
}

impl CasePacker {
    /// At this part of a case, from the grip at 0 to the next at 1, where it waits for bottles.
    pub(super) fn at(part: f64) -> Self {
        let [x_m] = position(
            &[
                (0.08, [0.0]),
                (0.38, [CASE_X_M]),
                (0.66, [CASE_X_M]),
                (0.92, [0.0]),
            ],
            part,
        );
        let [z_m] = position(
            &[
                (0.0, [LANE_M]),
                (0.14, [OVER_CASE_M]),
                (0.34, [OVER_CASE_M]),
                (0.52, [IN_CASE_M]),
                (0.55, [IN_CASE_M]),
                (0.7, [OVER_CASE_M]),
                (0.86, [OVER_CASE_M]),
                (0.99, [LANE_M]),
            ],
            part,
        );
        let [case_x_m] = position(&[(0.62, [0.0]), (0.98, [CASE_PITCH_M])], part);
        let carried = if part < RELEASE { BOTTLES_A_CASE } else { 0 };
        Self {
            head: Head { x_m, z_m, carried },
            case_bottles: BOTTLES_A_CASE - carried,
            case_x_m,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fastest of a head in x and z, in m/s, when a cycle takes this long.
    fn fastest_m_s(cycle_secs: f64, head: impl Fn(f64) -> Head) -> [f64; 2] {
        let steps = 4_000;
        let at = |step: i32| head(f64::from(step) / f64::from(steps));
        let mut fastest = [0.0_f64; 2];
        for step in 0..steps - 1 {
            let (from, to) = (at(step), at(step + 1));
            for (fastest, way) in fastest.iter_mut().zip([to.x_m - from.x_m, to.z_m - from.z_m]) {
                *fastest = fastest.max(way.abs() * f64::from(steps) / cycle_secs);
            }
        }
        fastest
    }

    #[test]
    fn heads_move_as_fast_as_such_machines_do() {
        let layer = f64::from(BOTTLES_A_LAYER);
        let [x, z] = fastest_m_s(layer / 30_000.0 * 3_600.0, |part| {
            Depalletiser::after(layer * (4.0 + part)).head
        });
        assert!((0.2..0.5).contains(&x) && (0.3..0.8).contains(&z), "{x} {z}");
        let [x, z] = fastest_m_s(24.0 / 30_000.0 * 3_600.0, |part| CasePacker::at(part).head);
        assert!((1.0..2.0).contains(&x) && (1.0..2.0).contains(&z), "{x} {z}");
    }

    #[test]
    fn a_layer_is_gripped_on_the_pallet_and_laid_down_where_it_then_stands() {
        let layer = f64::from(BOTTLES_A_LAYER);
        let mut lefts = Vec::new();
        for cycle in 0..10 {
            let at = |part: f64| Depalletiser::after(layer * (f64::from(cycle) + part));
            let (before, gripped) = (at(GRIP - 1e-6), at(GRIP + 1e-6));
            assert_eq!((before.head.carried, gripped.head.carried), (0, BOTTLES_A_LAYER));
            assert_eq!(gripped.head.x_m, 0.0);
            assert_eq!(before.pallet_layers - gripped.pallet_layers, 1);
            let foot_m = LOWEST_LAYER_M + LAYER_M * f64::from(gripped.pallet_layers);
            assert!((gripped.head.z_m - foot_m).abs() < 1e-9);
            let (low, laid) = (at(1.0 - 1e-6), at(1.0));
            assert_eq!([low.head.x_m, low.head.z_m], [TABLE_X_M, TABLE_M]);
            assert_eq!([laid.head.x_m, laid.head.z_m], [TABLE_X_M, TABLE_M]);
            assert!(low.table_bottles < 0.01 && laid.table_bottles == layer);
            lefts.push(laid.pallet_layers);
        }
        assert_eq!(lefts, [3, 2, 1, 5, 4, 3, 2, 1, 5, 4]);
    }

    #[test]
    fn bottles_go_from_the_lanes_into_the_case_and_the_next_case_comes() {
        let (gripped, released, done) = (CasePacker::at(0.0), CasePacker::at(RELEASE), CasePacker::at(1.0));
        let head = |x_m, z_m, carried| Head { x_m, z_m, carried };
        assert_eq!(gripped.head, head(0.0, LANE_M, 24));
        assert_eq!(released.head, head(CASE_X_M, IN_CASE_M, 0));
        assert_eq!(done.head, head(0.0, LANE_M, 0));
        assert_eq!((gripped.case_x_m, done.case_x_m), (0.0, CASE_PITCH_M));
        for step in 0..=100 {
            let packer = CasePacker::at(f64::from(step) / 100.0);
            assert_eq!(packer.head.carried + packer.case_bottles, 24);
            // No case moves below bottles that are in it and in the head at once.
            assert!(
                packer.case_x_m == 0.0 || packer.head.z_m > IN_CASE_M + 0.15,
                "{packer:?}"
            );
        }
    }
}
