//! Cells over the plant, and what each sees of the sky.

use bevy::math::{UVec3, Vec3};

use crate::visual::environment::spiral;

/// The most cells: a plant of 100 m × 60 m × 20 m in cells of 2 m, and seconds to measure.
pub(super) const MOST_CELLS: usize = 24_576;
/// Cells are not smaller than this: finer shade is the work of shadows and ambient occlusion.
const SMALLEST_CELL_M: f32 = 1.0;
/// Rays from each cell.
const RAYS: u32 = 32;
/// What a place in daylight sends back, as a share of the sky's own light.
const SUNLIT_SHARE: f32 = 0.8;
/// A cell whose rays mostly end within this part of its edge lies in something solid and says nothing of the air.
const SOLID_REACH: f32 = 0.3;

/// Equal cubes over a box, x fastest.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Grid {
    /// Where the first cell begins, metres.
    pub(super) first: Vec3,
    pub(super) cell_m: f32,
    pub(super) count: UVec3,
}

impl Grid {
    /// Cells over the box from `min` to `max` and one more around it, at most [`MOST_CELLS`].
    pub(super) fn over(min: Vec3, max: Vec3) -> Self {
        let mut cell_m = SMALLEST_CELL_M;
        loop {
            let count = ((max - min).max(Vec3::ZERO) / cell_m).ceil() + Vec3::splat(2.0);
            if count.element_product() <= MOST_CELLS as f32 {
                let size = count * cell_m;
                return Self {
                    first: (min + max - size) * 0.5,
                    cell_m,
                    count: count.as_uvec3(),
                };
            }
            cell_m *= 1.1;
        }
    }

    fn center(&self, cell: UVec3) -> Vec3 {
        self.first + (cell.as_vec3() + Vec3::splat(0.5)) * self.cell_m
    }
}

/// What a cell sees; `None` where it lies in something solid.
pub(super) type Seen = Option<Sky>;

/// The sky's light that comes to a place, as the first two bands of spherical harmonics.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sky {
    /// The share of all directions that it comes from.
    pub(super) share: f32,
    /// The mean of those directions, each 1 long, over all directions.
    pub(super) toward: Vec3,
}

impl Sky {
    /// Four bytes, as `shaders/daylight.wgsl` reads them.
    pub(super) fn packed(self) -> u32 {
        let byte = |part: f32| (part.clamp(0.0, 1.0) * 255.0).round() as u8;
        let toward = self.toward * 2.0 + Vec3::splat(0.5);
        u32::from_le_bytes([byte(self.share), byte(toward.x), byte(toward.y), byte(toward.z)])
    }
}

/// What the cells of layer `z` see. `distance_m` is how far something solid is from a place along a unit vector.
pub(super) fn look_around(
    grid: &Grid,
    z: u32,
    to_sun: Vec3,
    distance_m: &impl Fn(Vec3, Vec3) -> Option<f32>,
) -> Vec<Seen> {
    let directions = spiral(RAYS);
    let mut layer = Vec::with_capacity((grid.count.x * grid.count.y) as usize);
    for y in 0..grid.count.y {
        for x in 0..grid.count.x {
            let at = grid.center(UVec3::new(x, y, z));
            layer.push(seen_from(at, grid.cell_m, &directions, to_sun, distance_m));
        }
    }
    layer
}

fn seen_from(
    at: Vec3,
    cell_m: f32,
    directions: &[Vec3],
    to_sun: Vec3,
    distance_m: &impl Fn(Vec3, Vec3) -> Option<f32>,
) -> Seen {
    let mut sky = Sky::default();
    let mut near = 0;
    for direction in directions {
        let share = match distance_m(at, *direction) {
            None => 1.0,
            Some(distance) => {
                near += usize::from(distance < cell_m * SOLID_REACH);
                // A hand's breadth in front of what is met, so that it does not stand in its own way.
                let met = at + *direction * (distance - 0.05).max(0.0);
                match distance_m(met, to_sun) {
                    None => SUNLIT_SHARE,
                    Some(_) => 0.0,
                }
            }
        };
        sky.share += share;
        sky.toward += *direction * share;
    }
    let rays = directions.len().max(1) as f32;
    (near * 2 <= directions.len()).then(|| Sky {
        share: sky.share / rays,
        toward: sky.toward / rays,
    })
}

/// Packs the cells; those in solids take over what the air around them sees, so that it does not darken at their surface.
pub(super) fn pack(grid: &Grid, mut cells: Vec<Seen>) -> Vec<u32> {
    for _ in 0..2 {
        let before = cells.clone();
        for at in (0..before.len()).filter(|at| before[*at].is_none()) {
            cells[at] = mean_around(grid, &before, at);
        }
    }
    cells
        .into_iter()
        .map(|cell| cell.unwrap_or_default().packed())
        .collect()
}

fn mean_around(grid: &Grid, cells: &[Seen], at: usize) -> Seen {
    let [nx, ny, nz] = grid.count.as_usizevec3().to_array();
    let place = [at % nx, at / nx % ny, at / (nx * ny)];
    let mut sum = Sky::default();
    let mut known = 0.0;
    for (axis, (count, step)) in [(nx, 1), (ny, nx), (nz, nx * ny)].into_iter().enumerate() {
        let before = (place[axis] > 0).then(|| at - step);
        let after = (place[axis] + 1 < count).then(|| at + step);
        for cell in before.into_iter().chain(after).filter_map(|at| cells[at]) {
            sum.share += cell.share;
            sum.toward += cell.toward;
            known += 1.0;
        }
    }
    (known > 0.0).then(|| Sky {
        share: sum.share / known,
        toward: sum.toward / known,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TO_SUN: Vec3 = Vec3::Y;

    fn at_origin(distance_m: impl Fn(Vec3, Vec3) -> Option<f32>) -> Seen {
        seen_from(Vec3::ZERO, 1.0, &spiral(512), TO_SUN, &distance_m)
    }

    #[test]
    fn a_plant_of_any_size_fits() {
        for size in [0.0, 0.3, 40.0, 3_000.0] {
            let grid = Grid::over(Vec3::splat(-size), Vec3::new(size, size * 0.2, size));
            assert!(
                grid.count.as_vec3().element_product() <= MOST_CELLS as f32,
                "{grid:?}"
            );
            assert!(grid.cell_m >= SMALLEST_CELL_M);
            let last = grid.first + grid.count.as_vec3() * grid.cell_m;
            assert!(
                grid.first.cmple(Vec3::splat(-size)).all()
                    && last.cmpge(Vec3::new(size, size * 0.2, size)).all()
            );
        }
    }

    #[test]
    fn in_the_open_all_directions_are_sky() {
        let sky = at_origin(|_, _| None).expect("air");
        assert!((sky.share - 1.0).abs() < 1e-6);
        assert!(sky.toward.length() < 0.01, "{sky:?}");
    }

    #[test]
    fn under_a_roof_no_light_comes_from_above_and_over_a_dark_floor_none_from_below() {
        let roof = at_origin(|_, direction| (direction.y > 0.0).then(|| 3.0 / direction.y)).expect("air");
        assert!(
            (roof.share - 0.5).abs() < 0.01 && (roof.toward.y + 0.25).abs() < 0.01,
            "{roof:?}"
        );
        // What the sun does not reach sends nothing; what it reaches sends most.
        let met_in_sun = |is_lit: bool| {
            at_origin(move |from, direction| match from == Vec3::ZERO {
                true => (direction.y < 0.0).then(|| 1.5 / -direction.y),
                false => (!is_lit).then_some(1.0),
            })
            .expect("air")
        };
        assert!((met_in_sun(false).toward.y - 0.25).abs() < 0.01);
        assert!((met_in_sun(true).share - (0.5 + 0.5 * SUNLIT_SHARE)).abs() < 0.01);
    }

    #[test]
    fn a_cell_in_a_solid_takes_over_the_air_around_it() {
        assert_eq!(at_origin(|_, _| Some(0.1)), None);
        let grid = Grid {
            first: Vec3::ZERO,
            cell_m: 1.0,
            count: UVec3::new(3, 1, 1),
        };
        let open = Sky {
            share: 1.0,
            toward: Vec3::ZERO,
        };
        let packed = pack(&grid, vec![Some(open), None, Some(Sky::default())]);
        assert_eq!(packed[1] & 0xff, 128, "between its neighbours");
        assert_eq!(packed[0], u32::from_le_bytes([255, 128, 128, 128]));
    }
}
