//! Rolled profiles, railings, stairs and ladders as EN ISO 14122 wants them: guard rails 1.1 m high with a knee rail and a
//! toe board, rises below 0.19 m.

use super::{
    materials::Surface,
    math::{V3, add, scale, sub, unit},
    mesh::Mesh,
    shapes::box_between,
    solid::{Solid, between},
};

/// Height of the hand rail above the floor, in metres.
const RAIL_HEIGHT: f64 = 1.1;

impl Solid {
    /// An I section between two points: its web upright in a beam, across Y in a column.
    pub(in crate::plantgen) fn i_beam(
        &mut self,
        surface: Surface,
        from: V3,
        to: V3,
        [width, height]: [f64; 2],
        wall: f64,
    ) -> &mut Self {
        let (w, h) = (width / 2.0, height / 2.0);
        self.profile(
            surface,
            from,
            to,
            &[
                [-w, -h, w, wall - h],
                [-w, h - wall, w, h],
                [-wall / 2.0, wall - h, wall / 2.0, h - wall],
            ],
        )
    }

    /// A channel between two points with its back towards the frame's -X.
    pub(in crate::plantgen) fn channel(
        &mut self,
        surface: Surface,
        from: V3,
        to: V3,
        [width, height]: [f64; 2],
        wall: f64,
    ) -> &mut Self {
        let h = height / 2.0;
        self.profile(
            surface,
            from,
            to,
            &[
                [0.0, -h, wall, h],
                [wall, -h, width, wall - h],
                [wall, h - wall, width, h],
            ],
        )
    }

    /// Slabs `[x0, y0, x1, y1]` of a section, drawn out between two points.
    fn profile(&mut self, surface: Surface, from: V3, to: V3, slabs: &[[f64; 4]]) -> &mut Self {
        let (frame, length) = between(from, to);
        for [x0, y0, x1, y1] in slabs {
            self.add(
                surface,
                &box_between([*x0, *y0, 0.0], [*x1, *y1, length], 0.0),
                frame,
            );
        }
        self
    }

    /// A guard rail along corners on the floor, with a post at each corner and at most every 1.5 m.
    pub(in crate::plantgen) fn railing(&mut self, surface: Surface, corners: &[V3]) -> &mut Self {
        for pair in corners.windows(2) {
            let way = sub(pair[1], pair[0]);
            let length = (way[0] * way[0] + way[1] * way[1]).sqrt();
            let spans = (length / 1.5).ceil().max(1.0);
            for (height, radius) in [(RAIL_HEIGHT, 0.024), (0.58, 0.017)] {
                let lift = [0.0, 0.0, height];
                self.rod(surface, add(pair[0], lift), add(pair[1], lift), radius, 8);
            }
            for k in 0..=spans as usize {
                let foot = add(pair[0], scale(way, k as f64 / spans));
                self.rod(surface, foot, add(foot, [0.0, 0.0, RAIL_HEIGHT]), 0.021, 6);
            }
            if way[2] == 0.0 {
                let (frame, run) = between(pair[0], pair[1]);
                self.add(
                    surface,
                    &box_between([-0.004, 0.01, 0.0], [0.004, 0.12, run], 0.0),
                    frame,
                );
            }
        }
        self
    }

    /// A stair from `foot` rising along the level unit vector `way` to `height`, with treads of grating, stringers and
    /// rails on both sides. The top riser meets the landing.
    pub(in crate::plantgen) fn stair(&mut self, foot: V3, way: V3, height: f64, width: f64) -> &mut Self {
        let steps = (height / 0.185).ceil();
        let (rise, going) = (height / steps, 0.27);
        let across = scale([-way[1], way[0], 0.0], width / 2.0);
        for k in 1..steps as usize {
            let middle = add(
                foot,
                add(scale(way, going * (k as f64 - 0.5)), [0.0, 0.0, rise * k as f64]),
            );
            let (frame, _) = between(sub(middle, across), add(middle, across));
            let half = going / 2.0 + 0.015;
            let tread = box_between([-half, -0.035, 0.02], [half, 0.0, width - 0.02], 0.0);
            self.add(Surface::Galvanised, &tread, frame);
            // The nosing that the eye needs on the way down.
            let nose = scale(way, -half);
            self.bar(
                Surface::SafetyYellow,
                add(sub(middle, across), add(nose, [0.0, 0.0, -0.012])),
                add(add(middle, across), add(nose, [0.0, 0.0, -0.012])),
                0.03,
            );
        }
        let top = add(foot, add(scale(way, going * (steps - 1.0)), [0.0, 0.0, height]));
        for side in [-1.0, 1.0] {
            let edge = scale(across, side);
            let drop = [0.0, 0.0, -0.12];
            self.channel(
                Surface::StructuralSteel,
                add(add(foot, edge), [0.0, 0.0, 0.02]),
                add(add(top, edge), drop),
                [0.06, 0.22],
                0.008,
            );
            self.railing(Surface::SafetyYellow, &[add(foot, edge), add(top, edge)]);
        }
        self
    }

    /// A ladder upright at `foot`, its rungs along `across` (a level unit vector), with a cage from 2.3 m on.
    pub(in crate::plantgen) fn ladder(
        &mut self,
        surface: Surface,
        foot: V3,
        across: V3,
        height: f64,
    ) -> &mut Self {
        let across = unit(across);
        let out = [across[1], -across[0], 0.0];
        for side in [-0.22, 0.22] {
            let from = add(foot, scale(across, side));
            self.bar(surface, from, add(from, [0.0, 0.0, height + 1.0]), 0.035);
        }
        let rungs = (height / 0.28).floor() as usize;
        for k in 1..=rungs {
            let middle = add(foot, [0.0, 0.0, 0.28 * k as f64]);
            self.rod(
                surface,
                add(middle, scale(across, -0.22)),
                add(middle, scale(across, 0.22)),
                0.013,
                6,
            );
        }
        let mut level = 2.3;
        while level < height + 1.0 {
            self.hoop(surface, add(foot, [0.0, 0.0, level]), across, out);
            level += 0.8;
        }
        self
    }

    fn hoop(&mut self, surface: Surface, middle: V3, across: V3, out: V3) {
        let corner = |a: f64, o: f64| add(middle, add(scale(across, a), scale(out, o)));
        let line = [
            corner(-0.22, 0.0),
            corner(-0.36, 0.25),
            corner(-0.3, 0.6),
            corner(0.0, 0.75),
            corner(0.3, 0.6),
            corner(0.36, 0.25),
            corner(0.22, 0.0),
        ];
        for pair in line.windows(2) {
            self.bar(surface, pair[0], pair[1], 0.02);
        }
    }

    /// A floor of grating: bearing bars along X, cross bars along Y, on a frame.
    pub(in crate::plantgen) fn grating(&mut self, low: [f64; 2], high: [f64; 2], top: f64) -> &mut Self {
        let mut bars = Mesh::default();
        let mut y = low[1] + 0.02;
        while y < high[1] {
            bars.add_at(
                &box_between([low[0], y - 0.003, top - 0.035], [high[0], y + 0.003, top], 0.0),
                [0.0; 3],
            );
            y += 0.06;
        }
        let mut x = low[0] + 0.05;
        while x < high[0] {
            bars.add_at(
                &box_between(
                    [x - 0.003, low[1], top - 0.02],
                    [x + 0.003, high[1], top - 0.004],
                    0.0,
                ),
                [0.0; 3],
            );
            x += 0.3;
        }
        self.add_at(Surface::Galvanised, &bars, [0.0; 3])
    }
}
