//! The pen: while it is taken, a drag with the left button, or with the trigger of a hand, draws an arrow or a line on the plant instead
//! of turning it or selecting.

use bevy::{
    ecs::system::SystemParam,
    math::{DVec2, DVec3},
    prelude::*,
    window::PrimaryWindow,
};
use gemba_panels::{SessionCommand, ViewerCommand, session::Shape, tokens::color::person_in_plant};
use gemba_usd::doc::PrimIndex;
use gemba_xr::Pressed;

use super::{Meeting, avatars::colour_of, outlines::PeopleLines};
use crate::{
    command::Requested,
    inspection::PlantRays,
    navigation::Eye,
    plant::{Plant, ViewOrigin},
    ui::PanelClaims,
    xr::{HandRay, InHeadset},
};

/// Points of a line are at least this far apart, by their distance from the eye: finer is not seen.
const SPACING_PER_DISTANCE: f64 = 0.004;
/// A line that grew longer loses every second point: nobody draws that on purpose.
const MOST_POINTS: usize = 4_096;
/// An arrow that starts on the surface that it points to is lifted by this much of its length, so that it is seen.
const LIFT: f64 = 0.35;

/// The pen that draws the next note; without one in hand a drag moves the eye.
#[derive(Resource, Clone, Debug, Default)]
pub struct Pen {
    held: Option<Held>,
}

#[derive(Clone, Debug)]
struct Held {
    shape: Shape,
    text: String,
    /// What is being drawn.
    line: Option<Line>,
}

#[derive(Clone, Debug, Default)]
struct Line {
    by: Tool,
    /// Where the drag began, along which ray, for an arrow that begins in the air.
    began: DVec3,
    /// The surface where it began.
    began_on: Option<DVec3>,
    points_m: Vec<DVec3>,
    /// What the first and the last point lie on.
    prims: Option<[PrimIndex; 2]>,
    /// From where it was drawn last: the eye, or the hand.
    from_m: DVec3,
}

/// What draws: a line is finished by what began it, because someone may sit at the window while another wears the headset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tool {
    #[default]
    Mouse,
    Hand,
}

/// Where a tool is in this frame.
#[derive(Clone, Copy)]
struct Stylus {
    tool: Tool,
    from_m: DVec3,
    direction: DVec3,
    /// It comes down on the plant.
    is_put_down: bool,
    is_lifted: bool,
}

impl Pen {
    /// What the next drag draws; `None` when it moves the eye.
    #[must_use]
    pub fn shape(&self) -> Option<Shape> {
        self.held.as_ref().map(|held| held.shape)
    }
}

/// Takes the pen, or puts it away.
pub(super) fn take_pen(mut requests: MessageReader<Requested>, mut pen: ResMut<Pen>) {
    for Requested(request) in requests.read() {
        match request {
            ViewerCommand::Session(SessionCommand::TakePen { shape, text }) => {
                // The words are still being typed while the pen is in hand.
                if let Some(held) = &mut pen.held
                    && held.shape == *shape
                {
                    held.text.clone_from(text);
                    continue;
                }
                pen.held = Some(Held {
                    shape: *shape,
                    text: text.clone(),
                    line: None,
                });
            }
            ViewerCommand::Session(SessionCommand::DropPen | SessionCommand::Leave)
            | ViewerCommand::OpenPlant { .. } => pen.held = None,
            _ => {}
        }
    }
}

/// The mouse over the desktop's view.
#[derive(SystemParam)]
pub(super) struct Desk<'w, 's> {
    buttons: Option<Res<'w, ButtonInput<MouseButton>>>,
    panels: PanelClaims<'w>,
    windows: Query<'w, 's, &'static Window, With<PrimaryWindow>>,
    eye: Res<'w, Eye>,
}

impl Desk<'_, '_> {
    fn stylus(&self) -> Option<Stylus> {
        let (buttons, window) = (self.buttons.as_ref()?, self.windows.single().ok()?);
        let cursor = window.cursor_position()?;
        let size = window.size().as_dvec2().max(DVec2::ONE);
        let ndc = cursor.as_dvec2() / size * 2.0 - 1.0;
        let pose = &self.eye.pose;
        Some(Stylus {
            tool: Tool::Mouse,
            from_m: pose.eye_m,
            direction: pose.ray_direction(DVec2::new(ndc.x, -ndc.y), size.x / size.y),
            is_put_down: buttons.just_pressed(MouseButton::Left) && !self.panels.pointer(Some(cursor)),
            // It may have been outside of the window.
            is_lifted: !buttons.pressed(MouseButton::Left),
        })
    }
}

impl From<HandRay> for Stylus {
    fn from(ray: HandRay) -> Self {
        Self {
            tool: Tool::Hand,
            from_m: ray.from_m,
            direction: ray.direction,
            is_put_down: ray.trigger == Pressed::Down && !ray.is_on_panel,
            is_lifted: ray.trigger == Pressed::Up,
        }
    }
}

/// Draws with the mouse or a hand; the finished drawing leaves as [`SessionCommand::Draw`].
pub(super) fn draw(
    desk: Desk,
    headset: InHeadset,
    plant: Option<Res<Plant>>,
    rays: PlantRays,
    mut pen: ResMut<Pen>,
    mut meeting: ResMut<Meeting>,
    mut requests: MessageWriter<Requested>,
) {
    let Some(held) = &mut pen.bypass_change_detection().held else {
        return;
    };
    let tools = [headset.hand_ray().map(Stylus::from), desk.stylus()];
    let (Some(stylus), Some(plant), Some(shown)) =
        (stylus_of(held.line.as_ref(), tools), plant, rays.shown())
    else {
        return;
    };
    let hit = shown.pick(stylus.from_m, stylus.direction, f64::MAX);
    if stylus.is_put_down {
        held.line = Some(Line {
            by: stylus.tool,
            began: stylus.direction,
            began_on: hit.map(|hit| hit.normal),
            ..Line::default()
        });
    }
    let Some(line) = &mut held.line else { return };
    if let Some(hit) = hit {
        let at_m = stylus.from_m + stylus.direction * hit.distance_m;
        line.from_m = stylus.from_m;
        line.add(held.shape, at_m, hit.prim, hit.distance_m);
    }
    if !stylus.is_lifted {
        return;
    }
    let Some(line) = held.line.take() else { return };
    match line.finished(held.shape, stylus.from_m) {
        Some((points_m, prim)) => {
            let text = held.text.clone();
            requests.write(Requested(ViewerCommand::Session(SessionCommand::Draw {
                text,
                shape: held.shape,
                prim: plant.doc.prims[prim.index()].path.clone(),
                points_m: points_m.iter().map(DVec3::to_array).collect(),
            })));
            pen.held = None;
        }
        None => meeting.say("Nothing was drawn: hold the button or the trigger, and drag over the plant."),
    }
}

/// The tool that began the line goes on with it. Without a line, or when that tool was laid aside, it is the one that comes down.
fn stylus_of(line: Option<&Line>, tools: [Option<Stylus>; 2]) -> Option<Stylus> {
    let tools = || tools.iter().flatten();
    let begun = tools().find(|stylus| line.is_some_and(|line| line.by == stylus.tool));
    begun
        .or_else(|| tools().find(|stylus| stylus.is_put_down))
        .copied()
}

impl Line {
    /// The drag has come to a place of the plant.
    fn add(&mut self, shape: Shape, at_m: DVec3, prim: PrimIndex, distance_m: f64) {
        let first = self.prims.map_or(prim, |[first, _]| first);
        let is_near = |last: &DVec3| last.distance(at_m) < distance_m * SPACING_PER_DISTANCE;
        match shape {
            Shape::Arrow => {
                self.points_m.truncate(1);
                self.points_m.push(at_m);
            }
            Shape::Stroke if self.points_m.last().is_some_and(is_near) => return,
            Shape::Stroke => self.points_m.push(at_m),
        }
        self.prims = Some([first, prim]);
        if self.points_m.len() > MOST_POINTS {
            let mut nth = 0;
            self.points_m.retain(|_| {
                nth += 1;
                nth % 2 == 1
            });
        }
    }

    /// What is drawn and on what; `None` when it is too short to be meant.
    fn finished(&self, shape: Shape, eye_m: DVec3) -> Option<(Vec<DVec3>, PrimIndex)> {
        let [first, last] = self.prims?;
        let points_m = self.shown(shape, eye_m)?;
        Some(match shape {
            Shape::Arrow => (points_m, last),
            Shape::Stroke => (points_m, first),
        })
    }

    /// The points to draw; an arrow is lifted off the surface that it starts on, or starts in the air as far away as its
    /// tip.
    fn shown(&self, shape: Shape, eye_m: DVec3) -> Option<Vec<DVec3>> {
        match shape {
            Shape::Arrow => {
                let tip_m = *self.points_m.last()?;
                let from_m = match self.began_on {
                    Some(normal) => {
                        let from_m = *self.points_m.first()?;
                        from_m + normal * from_m.distance(tip_m) * LIFT
                    }
                    None => eye_m + self.began * eye_m.distance(tip_m),
                };
                let is_long = from_m.distance(tip_m) > eye_m.distance(tip_m) * 4.0 * SPACING_PER_DISTANCE;
                is_long.then(|| vec![from_m, tip_m])
            }
            Shape::Stroke => (self.points_m.len() >= 2).then(|| self.points_m.clone()),
        }
    }
}

/// Shows what is being drawn.
pub(super) fn show_line(
    pen: Res<Pen>,
    origin: Res<ViewOrigin>,
    meeting: Res<Meeting>,
    mut lines: Gizmos<PeopleLines>,
) {
    let Some(held) = &pen.held else { return };
    let Some(points_m) = held
        .line
        .as_ref()
        .and_then(|line| line.shown(held.shape, line.from_m))
    else {
        return;
    };
    let colour = colour_of(person_in_plant(meeting.own().map_or(0, |own| own.colour)));
    let points = points_m.iter().map(|at_m| origin.in_view(*at_m));
    match held.shape {
        Shape::Stroke => lines.linestrip(points, colour),
        Shape::Arrow => {
            let [from, to] = [0, 1].map(|at| origin.in_view(points_m[at]));
            lines.arrow(from, to, colour);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRIMS: [PrimIndex; 2] = [PrimIndex(1), PrimIndex(2)];

    #[test]
    fn who_began_a_line_goes_on_with_it() {
        let stylus = |tool, is_put_down| {
            Some(Stylus {
                tool,
                from_m: DVec3::ZERO,
                direction: DVec3::NEG_Z,
                is_put_down,
                is_lifted: false,
            })
        };
        let by = |line: Option<&Line>, tools| stylus_of(line, tools).map(|stylus| stylus.tool);
        let both = |hand, mouse| [stylus(Tool::Hand, hand), stylus(Tool::Mouse, mouse)];
        assert_eq!(by(None, both(false, false)), None, "nothing comes down");
        assert_eq!(by(None, both(false, true)), Some(Tool::Mouse));
        assert_eq!(by(None, both(true, false)), Some(Tool::Hand));
        let line = Line {
            by: Tool::Mouse,
            ..Line::default()
        };
        assert_eq!(by(Some(&line), both(true, false)), Some(Tool::Mouse));
        let away = [stylus(Tool::Hand, false), None];
        assert_eq!(by(Some(&line), away), None, "the cursor may come back");
        let away = [stylus(Tool::Hand, true), None];
        assert_eq!(by(Some(&line), away), Some(Tool::Hand));
    }

    #[test]
    fn an_arrow_goes_from_the_press_to_the_release() {
        let mut line = Line {
            began: DVec3::NEG_Z,
            began_on: Some(DVec3::Z),
            ..Line::default()
        };
        for x in 0..5_u8 {
            line.add(
                Shape::Arrow,
                DVec3::X * f64::from(x),
                PRIMS[usize::from(x) / 4],
                10.0,
            );
        }
        let eye_m = DVec3::Z * 10.0;
        let (points_m, prim) = line.finished(Shape::Arrow, eye_m).expect("an arrow");
        assert_eq!(points_m, [DVec3::Z * 4.0 * LIFT, DVec3::X * 4.0]);
        assert_eq!(prim, PRIMS[1], "it hangs on what it points to");
    }

    #[test]
    fn an_arrow_may_begin_in_the_air() {
        let mut line = Line {
            began: DVec3::Y,
            began_on: None,
            ..Line::default()
        };
        line.add(Shape::Arrow, DVec3::new(3.0, 0.0, 0.0), PRIMS[0], 3.0);
        let (points_m, _) = line.finished(Shape::Arrow, DVec3::ZERO).expect("an arrow");
        assert_eq!(points_m, [DVec3::Y * 3.0, DVec3::X * 3.0]);
    }

    #[test]
    fn a_stroke_is_as_fine_as_is_seen_and_a_click_is_none() {
        let mut line = Line::default();
        for step in 0..1_000_u16 {
            line.add(Shape::Stroke, DVec3::X * f64::from(step) * 0.001, PRIMS[0], 10.0);
        }
        let (points_m, prim) = line.finished(Shape::Stroke, DVec3::Z * 10.0).expect("a stroke");
        assert_eq!((points_m.len(), prim), (25, PRIMS[0]));
        let mut click = Line::default();
        click.add(Shape::Stroke, DVec3::ZERO, PRIMS[0], 10.0);
        assert_eq!(click.finished(Shape::Stroke, DVec3::Z), None);
        assert_eq!(Line::default().finished(Shape::Arrow, DVec3::Z), None);
    }
}
