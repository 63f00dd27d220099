//! A tree of boxes that a ray descends nearest first.
//!
//! Boxes are halved by the median of their middles along the longer axis, so the tree is balanced whatever the input:
//! building is n log n and the depth is bounded. Own code, because the known crate for it would change the features of
//! the engine's vector library for 150 lines of use.

use bevy::math::Vec3;
use smallvec::{SmallVec, smallvec};

/// More boxes than this are split.
const LEAF_LEN: usize = 4;
/// Nodes that wait while a ray descends, at most: one a level and one more, of a tree of u32::MAX boxes that are halved until
/// four are left. A ray meets a tree for the scene and one for each mesh on its way, and none of them takes from the heap.
const DEEPEST: usize = 32;

/// Lowest and highest corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Box3 {
    pub(super) min: Vec3,
    pub(super) max: Vec3,
}

impl Box3 {
    const NOTHING: Self = Self {
        min: Vec3::INFINITY,
        max: Vec3::NEG_INFINITY,
    };

    fn union(self, other: Self) -> Self {
        Self {
            min: self.min.min(other.min),
            max: self.max.max(other.max),
        }
    }

    fn middle(self) -> Vec3 {
        (self.min + self.max) * 0.5
    }
}

/// A ray with what box tests need of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ray {
    pub(super) from: Vec3,
    /// Need not have length 1: distances are multiples of it.
    pub(super) direction: Vec3,
    inverse: Vec3,
}

impl Ray {
    pub(super) fn new(from: Vec3, direction: Vec3) -> Self {
        Self {
            from,
            direction,
            inverse: direction.recip(),
        }
    }

    /// Distance to where the ray enters `aabb` before `reach`.
    ///
    /// The far side is widened by two roundings, so that what lies on an edge is not lost (Ize, "Robust BVH Ray
    /// Traversal", 2013). `f32::min` and `max` ignore the NaN of a ray that runs inside a face.
    fn enter(&self, aabb: &Box3, reach: f32) -> Option<f32> {
        let (mut near, mut far) = (0.0_f32, reach);
        for axis in 0..3 {
            let to_min = (aabb.min[axis] - self.from[axis]) * self.inverse[axis];
            let to_max = (aabb.max[axis] - self.from[axis]) * self.inverse[axis];
            near = near.max(to_min.min(to_max));
            far = far.min(to_min.max(to_max) * (1.0 + 3.0 * f32::EPSILON));
        }
        (near <= far).then_some(near)
    }
}

/// Boxes, each with the number it was given by.
#[derive(Debug, Default)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    items: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    aabb: Box3,
    /// First of `len` items; of an inner node the first of its two children.
    first: u32,
    /// 0 for inner nodes.
    len: u32,
}

impl Tree {
    /// A tree over `boxes`; an item's number is its position.
    pub(super) fn new(boxes: &[Box3]) -> Self {
        let mut items: Vec<u32> = (0..u32::try_from(boxes.len()).unwrap_or(u32::MAX)).collect();
        if items.is_empty() {
            return Self::default();
        }
        let mut nodes = vec![Node {
            aabb: Box3::NOTHING,
            first: 0,
            len: 0,
        }];
        let mut open = vec![(0_usize, 0..items.len())];
        while let Some((at, range)) = open.pop() {
            let of_node = &mut items[range.clone()];
            let aabb = of_node
                .iter()
                .fold(Box3::NOTHING, |aabb, item| aabb.union(boxes[*item as usize]));
            if range.len() <= LEAF_LEN {
                nodes[at] = Node {
                    aabb,
                    first: range.start as u32,
                    len: range.len() as u32,
                };
                continue;
            }
            let half = range.len() / 2;
            let axis = (aabb.max - aabb.min).max_position();
            let middle = |item: &u32| boxes[*item as usize].middle()[axis];
            of_node.select_nth_unstable_by(half, |one, other| middle(one).total_cmp(&middle(other)));
            let children = nodes.len();
            nodes[at] = Node {
                aabb,
                first: children as u32,
                len: 0,
            };
            nodes.extend(
                [Node {
                    aabb,
                    first: 0,
                    len: 0,
                }; 2],
            );
            open.push((children, range.start..range.start + half));
            open.push((children + 1, range.start + half..range.end));
        }
        Self { nodes, items }
    }

    /// The box of everything; `None` when there is nothing.
    pub(super) fn aabb(&self) -> Option<Box3> {
        self.nodes.first().map(|node| node.aabb)
    }

    /// The nearest item that `meet` finds before `reach`: it gets an item and the best distance so far, and answers with
    /// a smaller distance or not at all.
    pub(super) fn nearest<T>(
        &self,
        ray: &Ray,
        reach: f32,
        mut meet: impl FnMut(u32, f32) -> Option<(f32, T)>,
    ) -> Option<(f32, u32, T)> {
        let root = self.nodes.first()?;
        let mut best = None;
        let mut best_distance = reach;
        let mut open: SmallVec<[(f32, &Node); DEEPEST]> = smallvec![(ray.enter(&root.aabb, reach)?, root)];
        while let Some((entered, node)) = open.pop() {
            if entered > best_distance {
                continue;
            }
            let first = node.first as usize;
            if node.len > 0 {
                for item in &self.items[first..first + node.len as usize] {
                    if let Some((distance, found)) = meet(*item, best_distance) {
                        best_distance = distance;
                        best = Some((distance, *item, found));
                    }
                }
                continue;
            }
            let mut children = [&self.nodes[first], &self.nodes[first + 1]].map(|child| {
                ray.enter(&child.aabb, best_distance)
                    .map(|entered| (entered, child))
            });
            // The nearer is taken first: it goes on the pile last.
            if children[0].map(|child| child.0) < children[1].map(|child| child.0) {
                children.swap(0, 1);
            }
            open.extend(children.into_iter().flatten());
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cubes(count: u16) -> Vec<Box3> {
        // A scatter without order: a multiplicative sequence (Lehmer).
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(48_271) % 0x7fff_ffff;
            f32::from((state % 1_000) as u16) / 10.0
        };
        (0..count)
            .map(|_| {
                let min = Vec3::new(next(), next(), next());
                Box3 {
                    min,
                    max: min + Vec3::ONE,
                }
            })
            .collect()
    }

    #[test]
    fn finds_what_asking_every_box_finds() {
        let boxes = cubes(500);
        let tree = Tree::new(&boxes);
        for at in 0..200_u8 {
            let from = Vec3::new(-5.0, f32::from(at) * 0.5, f32::from(at) * 0.3 + 0.05);
            let ray = Ray::new(from, Vec3::new(1.0, 0.1, f32::from(at % 7) * 0.1).normalize());
            let hit = |item: u32, best: f32| ray.enter(&boxes[item as usize], best).filter(|at| *at < best);
            let all = (0..500).filter_map(|item| hit(item, f32::MAX)).reduce(f32::min);
            let found = tree.nearest(&ray, f32::MAX, |item, best| hit(item, best).map(|at| (at, ())));
            assert_eq!(found.map(|found| found.0), all);
        }
    }

    #[test]
    fn rays_along_faces_and_equal_boxes_are_no_trouble() {
        let flat = Box3 {
            min: Vec3::ZERO,
            max: Vec3::new(1.0, 1.0, 0.0),
        };
        let tree = Tree::new(&[flat; 100]);
        let along = Ray::new(Vec3::new(-1.0, 0.5, 0.0), Vec3::X);
        assert_eq!(along.enter(&flat, f32::MAX), Some(1.0));
        let mut asked = 0;
        tree.nearest(&along, f32::MAX, |_, _| {
            asked += 1;
            None::<(f32, ())>
        });
        assert_eq!(asked, 100);
        assert!(Tree::new(&[]).aabb().is_none());
    }
}
