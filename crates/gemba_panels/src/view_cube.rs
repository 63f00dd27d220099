//! The view cube: which way one looks, and a click to look along an axis.
//!
//! It turns as the plant does. Its faces are named as on a drawing; the same six views stand as words in the menu
//! [`views_menu_ui`], for those who find words faster and for who cannot point.

use egui::{Align2, Color32, FontId, Pos2, Rect, Response, Sense, Shape, Stroke, Ui, Vec2};

use crate::{
    ViewerCommand,
    tokens::{color, space, type_size},
};

/// Edge of the square that it takes.
const SIZE_PT: f32 = 88.0;
/// Half an edge of the cube, in the square of that size; a corner turned towards the eye still fits.
const HALF_PT: f32 = SIZE_PT / 2.0 / 1.75;

/// A side of the plant, by where one stands who looks at it.
struct Side {
    word: &'static str,
    /// Outwards, in the viewer's world, Y up.
    normal: [f64; 3],
}

const SIDES: [Side; 6] = [
    Side {
        word: "Top",
        normal: [0.0, 1.0, 0.0],
    },
    Side {
        word: "Front",
        normal: [0.0, 0.0, 1.0],
    },
    Side {
        word: "Right",
        normal: [1.0, 0.0, 0.0],
    },
    Side {
        word: "Back",
        normal: [0.0, 0.0, -1.0],
    },
    Side {
        word: "Left",
        normal: [-1.0, 0.0, 0.0],
    },
    Side {
        word: "Bottom",
        normal: [0.0, -1.0, 0.0],
    },
];

/// How the plant is turned on the screen: where its X, Y and Z point, as right, up and towards the eye.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ViewCubeModel {
    /// The columns of view-from-world.
    pub axes: [[f64; 3]; 3],
}

impl Default for ViewCubeModel {
    fn default() -> Self {
        Self {
            axes: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        }
    }
}

impl ViewCubeModel {
    /// A direction of the world as right, up and towards the eye.
    fn in_view(&self, [x, y, z]: [f64; 3]) -> [f64; 3] {
        let [right, up, back] = self.axes;
        std::array::from_fn(|at| right[at] * x + up[at] * y + back[at] * z)
    }

    /// Where a corner of the unit cube is drawn.
    fn at(&self, corner: [f64; 3], center: Pos2) -> Pos2 {
        let [right, up, _] = self.in_view(corner);
        center + Vec2::new(right as f32, -up as f32) * HALF_PT
    }
}

/// Where the cube is in a view of the plant; `None` where there is hardly room for the plant.
#[must_use]
pub fn view_cube_place(free: Rect) -> Option<Rect> {
    let min = Pos2::new(free.right() - SIZE_PT - space::S, free.top() + space::S);
    let has_room = free.width() >= 4.0 * SIZE_PT && free.height() >= 3.0 * SIZE_PT;
    has_room.then(|| Rect::from_min_size(min, Vec2::splat(SIZE_PT)))
}

/// Draws the cube in the upper right corner of `free`.
pub(crate) fn view_cube_ui(
    ui: &mut Ui,
    free: Rect,
    model: &ViewCubeModel,
    commands: &mut Vec<ViewerCommand>,
) {
    let Some(area) = view_cube_place(free) else {
        return;
    };
    egui::Area::new("view-cube".into())
        .fixed_pos(area.min)
        // Below whatever floats over the plant because it matters now.
        .order(egui::Order::Background)
        .show(ui.ctx(), |ui| {
            let (_, response) = ui.allocate_exact_size(area.size(), Sense::click());
            response.widget_info(|| {
                egui::WidgetInfo::labeled(egui::WidgetType::Button, true, "Look along an axis of the plant")
            });
            if let Some(side) = cube_ui(ui, area, model, &response) {
                if response.clicked() {
                    commands.push(look_at(side));
                }
                response.on_hover_text(format!("Look at it from this side: {}", side.word.to_lowercase()));
            }
        });
}

/// The six views as words.
pub(crate) fn views_menu_ui(ui: &mut Ui, commands: &mut Vec<ViewerCommand>) {
    ui.menu_button("Views", |ui| {
        for side in &SIDES {
            if ui.button(side.word).clicked() {
                commands.push(look_at(side));
                ui.close();
            }
        }
    })
    .response
    .on_hover_text("Look along an axis of the plant");
}

fn look_at(side: &Side) -> ViewerCommand {
    ViewerCommand::LookAlong {
        direction: side.normal.map(|part| if part == 0.0 { 0.0 } else { -part }),
    }
}

/// Paints the sides that face the eye and gives the one under the cursor.
fn cube_ui(ui: &Ui, area: Rect, model: &ViewCubeModel, response: &Response) -> Option<&'static Side> {
    let pointer = response.hover_pos();
    let mut under = None;
    for side in &SIDES {
        let facing = model.in_view(side.normal)[2] as f32;
        // Edge on, a side is a line.
        if facing < 0.04 {
            continue;
        }
        let corners = corners(side.normal).map(|corner| model.at(corner, area.center()));
        let is_under = pointer.is_some_and(|at| contains(&corners, at));
        if is_under {
            under = Some(side);
        }
        paint_side(ui, side, corners, facing, is_under);
    }
    under
}

fn paint_side(ui: &Ui, side: &Side, corners: [Pos2; 4], facing: f32, is_under: bool) {
    let ground = if is_under {
        color::selected()
    } else {
        color::raised()
    };
    // Lit from the eye: the more a side faces it, the lighter.
    let fill = ground
        .lerp_to_gamma(color::sunken(), 0.45 * (1.0 - facing))
        .gamma_multiply(0.94);
    let edge = Stroke::new(1.0, if is_under { color::accent() } else { color::line() });
    ui.painter()
        .add(Shape::convex_polygon(corners.to_vec(), fill, edge));
    // Words that lean are not read: they fade where the side turns away.
    let ink: Color32 = color::text().gamma_multiply(((facing - 0.35) / 0.4).clamp(0.0, 1.0));
    let middle = corners.iter().fold(Vec2::ZERO, |sum, at| sum + at.to_vec2()) / 4.0;
    let font = FontId::proportional(type_size::SMALL * (0.7 + 0.3 * facing));
    ui.painter()
        .text(middle.to_pos2(), Align2::CENTER_CENTER, side.word, font, ink);
}

/// The corners of the side of the unit cube with this normal, in order around it.
fn corners(normal: [f64; 3]) -> [[f64; 3]; 4] {
    let axis = normal.iter().position(|part| *part != 0.0).unwrap_or(0);
    let (one, other) = ((axis + 1) % 3, (axis + 2) % 3);
    [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)].map(|(along_one, along_other)| {
        let mut corner = normal;
        corner[one] = along_one;
        corner[other] = along_other;
        corner
    })
}

/// Whether a convex polygon contains a point, whichever way round its corners go.
fn contains(corners: &[Pos2; 4], at: Pos2) -> bool {
    let turns = (0..4).map(|from| {
        let (from, to) = (corners[from], corners[(from + 1) % 4]);
        let (along, across) = (to - from, at - from);
        along.x * across.y - along.y * across.x
    });
    let (mut left, mut right) = (false, false);
    for turn in turns {
        left |= turn > 0.0;
        right |= turn < 0.0;
    }
    !(left && right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_contains_its_middle_and_no_more() {
        let square = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)].map(|(x, y)| Pos2::new(x, y));
        assert!(contains(&square, Pos2::new(5.0, 5.0)));
        assert!(!contains(&square, Pos2::new(11.0, 5.0)));
        let mut turned = square;
        turned.reverse();
        assert!(contains(&turned, Pos2::new(9.0, 1.0)));
        assert!(!contains(&turned, Pos2::new(-1.0, 1.0)));
    }

    #[test]
    fn sides_lie_where_their_normals_point() {
        for side in &SIDES {
            let sum = corners(side.normal).iter().fold([0.0; 3], |sum, corner| {
                std::array::from_fn(|at| sum[at] + corner[at] / 4.0)
            });
            assert_eq!(sum, side.normal, "{}", side.word);
        }
    }
}
