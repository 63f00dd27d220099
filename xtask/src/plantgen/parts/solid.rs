//! A solid: what is drawn as one, with one mesh for each surface, and the machine file that arranges solids.
//!
//! A machine's file holds its solids below an abstract `Parts`, so that the file shows the machine and nothing else, and
//! places each as an instance. What a twin moves, colours or fills is a solid of its own, with its origin on the axis.

use std::collections::BTreeMap;

use super::{
    component::Component,
    lettering::lettering,
    materials::Surface,
    math::{Frame, V3, cross, dot, polar, sin_cos, sub, unit},
    mesh::Mesh,
    shapes::{box_between, cylinder, prism, revolve, rounded, tube},
    usda::{Layer, number, tuple},
};

/// One mesh for each surface.
pub(in crate::plantgen) struct Solid {
    pub(in crate::plantgen) name: &'static str,
    pub(in crate::plantgen) meshes: BTreeMap<Surface, Mesh>,
}

impl Solid {
    pub(in crate::plantgen) fn new(name: &'static str) -> Self {
        Self {
            name,
            meshes: BTreeMap::new(),
        }
    }

    pub(in crate::plantgen) fn add(&mut self, surface: Surface, mesh: &Mesh, frame: Frame) -> &mut Self {
        self.meshes.entry(surface).or_default().add(mesh, frame);
        self
    }

    pub(in crate::plantgen) fn add_at(&mut self, surface: Surface, mesh: &Mesh, at: V3) -> &mut Self {
        self.add(surface, mesh, Frame::at(at))
    }

    /// A box between two corners.
    pub(in crate::plantgen) fn block(
        &mut self,
        surface: Surface,
        low: V3,
        high: V3,
        bevel: f64,
    ) -> &mut Self {
        let thinnest = (0..3).fold(f64::INFINITY, |least, axis| least.min(high[axis] - low[axis]));
        // A bevel on a thin sheet costs five times its text and shows nothing.
        let bevel = if thinnest < 0.05 { 0.0 } else { bevel };
        self.add_at(surface, &box_between(low, high, bevel), [0.0; 3])
    }

    /// A band around the frame's Z, on a shell of `radius`.
    pub(in crate::plantgen) fn hoop_band(
        &mut self,
        surface: Surface,
        frame: Frame,
        radius: f64,
        half: f64,
        segments: usize,
    ) -> &mut Self {
        let rim = radius + half * 0.9;
        let section = [[radius, -half], [rim, 0.0], [radius, half]];
        self.turned(surface, frame, &section, segments)
    }

    /// A round bar between two points.
    pub(in crate::plantgen) fn rod(
        &mut self,
        surface: Surface,
        from: V3,
        to: V3,
        radius: f64,
        segments: usize,
    ) -> &mut Self {
        let (frame, length) = between(from, to);
        self.add(surface, &cylinder(radius, 0.0, length, 0.0, segments), frame)
    }

    /// A square bar between two points, `size` wide and high.
    pub(in crate::plantgen) fn bar(&mut self, surface: Surface, from: V3, to: V3, size: f64) -> &mut Self {
        let (frame, length) = between(from, to);
        let half = size / 2.0;
        self.add(
            surface,
            &box_between([-half, -half, 0.0], [half, half, length], 0.0),
            frame,
        )
    }

    /// A surface of revolution about the frame's Z.
    pub(in crate::plantgen) fn turned(
        &mut self,
        surface: Surface,
        frame: Frame,
        profile: &[[f64; 2]],
        segments: usize,
    ) -> &mut Self {
        self.add(surface, &revolve(profile, segments), frame)
    }

    /// A pipe along right-angled corners.
    pub(in crate::plantgen) fn pipe(
        &mut self,
        surface: Surface,
        corners: &[V3],
        radius: f64,
        segments: usize,
    ) -> &mut Self {
        let line = rounded(corners, radius * 3.0, 4);
        let mesh = tube(&line, &vec![radius; line.len()], segments);
        self.add_at(surface, &mesh, [0.0; 3])
    }

    /// An outline in the frame's XY, as thick as `thickness` along its Z.
    pub(in crate::plantgen) fn sheet(
        &mut self,
        surface: Surface,
        frame: Frame,
        outline: &[[f64; 2]],
        thickness: f64,
    ) -> &mut Self {
        self.add(surface, &prism(outline, 0.0, thickness), frame)
    }

    /// Letters that look along the frame's Z.
    pub(in crate::plantgen) fn text(
        &mut self,
        surface: Surface,
        text: &str,
        height: f64,
        frame: Frame,
    ) -> &mut Self {
        self.add(surface, &lettering(text, height), frame)
    }

    /// The parts of a component, as one solid.
    pub(in crate::plantgen) fn of(component: &Component) -> Self {
        let mut solid = Self::new(component.name);
        for part in &component.parts {
            solid.add_at(part.surface, &part.mesh, [0.0; 3]);
        }
        solid
    }

    /// Everything of `other`, placed.
    pub(in crate::plantgen) fn take(&mut self, other: &Self, frame: Frame) -> &mut Self {
        for (surface, mesh) in &other.meshes {
            self.add(*surface, mesh, frame);
        }
        self
    }

    fn write(&self, layer: &mut Layer, parent: &str) {
        let name = self.name;
        layer.prim(&format!("def Xform \"{name}\""), &[], |layer| {
            self.write_inside(layer, &format!("{parent}/{name}"), "../materials.usda");
        });
    }

    /// The looks and the meshes, inside the prim at `path`.
    pub(in crate::plantgen) fn write_inside(&self, layer: &mut Layer, path: &str, library: &str) {
        let surfaces: Vec<Surface> = self.meshes.keys().copied().collect();
        layer.looks(&surfaces, library);
        for (surface, mesh) in &self.meshes {
            let name = surface.name();
            layer.mesh(&name, mesh, &format!("{path}/Looks/{name}"));
        }
    }
}

/// A frame at `from` whose Z leads to `to`, and the distance.
pub(in crate::plantgen) fn between(from: V3, to: V3) -> (Frame, f64) {
    let way = sub(to, from);
    let z = unit(way);
    let helper = if z[2].abs() < 0.9 {
        [0.0, 0.0, 1.0]
    } else {
        [1.0, 0.0, 0.0]
    };
    let x = unit(cross(helper, z));
    let frame = Frame {
        origin: from,
        x,
        y: cross(z, x),
        z,
    };
    (frame, dot(way, way).sqrt())
}

/// A machine's file: its solids, and how they stand.
pub(in crate::plantgen) struct Machine {
    /// The file's name without its ending.
    pub(in crate::plantgen) file: &'static str,
    pub(in crate::plantgen) doc: &'static str,
    /// The models of the file, the default prim first: name, and what is in it.
    pub(in crate::plantgen) models: Vec<(&'static str, Vec<Child>)>,
    pub(in crate::plantgen) solids: Vec<Solid>,
    pub(in crate::plantgen) decimals: usize,
}

/// What stands in a model.
pub(in crate::plantgen) enum Child {
    /// A solid.
    Solid {
        name: String,
        solid: &'static str,
        at: V3,
        turn_deg: V3,
    },
    /// A solid at many places, as a point instancer.
    Scatter {
        name: &'static str,
        solid: &'static str,
        /// Where each stands, and how far it is turned about Z.
        at: Vec<(V3, f64)>,
    },
    /// A solid made for one size along Z, at many places, along any axis (0 to 2) and in any size.
    Sized {
        name: &'static str,
        solid: &'static str,
        at: Vec<(V3, usize, f64)>,
    },
    /// A pivot with children that move with it.
    Pivot {
        name: &'static str,
        at: V3,
        children: Vec<Self>,
    },
    /// A solid in another size.
    Scaled {
        name: &'static str,
        solid: &'static str,
        scale: f64,
    },
    /// Children that are turned, in degrees about X, Y and Z, and stay so.
    Mount {
        name: &'static str,
        turn_deg: V3,
        children: Vec<Self>,
    },
    /// A volume that is shown on request.
    Guide { name: &'static str, mesh: Mesh },
}

/// Places on a circle about Z, each looking outward along its own X.
pub(in crate::plantgen) fn ring(radius: f64, height: f64, count: usize, first_turns: f64) -> Vec<(V3, f64)> {
    (0..count)
        .map(|k| {
            let turns = first_turns + k as f64 / count as f64;
            let [x, y] = polar(radius, turns);
            ([x, y, height], turns)
        })
        .collect()
}

/// A solid under its own name at the model's origin.
pub(in crate::plantgen) fn body(solid: &'static str) -> Child {
    placed(solid, solid, [0.0; 3])
}

pub(in crate::plantgen) fn placed(name: &str, solid: &'static str, at: V3) -> Child {
    turned(name, solid, at, [0.0; 3])
}

pub(in crate::plantgen) fn turned(name: &str, solid: &'static str, at: V3, turn_deg: V3) -> Child {
    Child::Solid {
        name: name.to_owned(),
        solid,
        at,
        turn_deg,
    }
}

impl Machine {
    /// The path below the plant's folder, and the text.
    pub(in crate::plantgen) fn write(&self) -> (String, String) {
        let default = self.models.first().map_or("", |(name, _)| *name);
        let mut layer = Layer::new(self.doc, default, &[]).sharing_corners(self.decimals);
        for (name, children) in &self.models {
            layer.prim(
                &format!("def Xform \"{name}\""),
                &["kind = \"component\"".to_owned()],
                |layer| children.iter().for_each(|child| child.write(layer)),
            );
        }
        layer.prim("class Scope \"Parts\"", &[], |layer| {
            self.solids.iter().for_each(|solid| solid.write(layer, "/Parts"));
        });
        (format!("components/{}.usda", self.file), layer.finish())
    }
}

impl Child {
    fn write(&self, layer: &mut Layer) {
        match self {
            Self::Solid {
                name,
                solid,
                at,
                turn_deg,
            } => {
                let metadata = ["instanceable = true".to_owned(), reference(solid)];
                layer.prim(&format!("def Xform \"{name}\""), &metadata, |layer| {
                    layer.transform(*at, *turn_deg);
                });
            }
            Self::Scatter { name, solid, at } => {
                layer.prim(&format!("def PointInstancer \"{name}\""), &[], |layer| {
                    points(layer, at);
                    prototype(layer, solid);
                });
            }
            Self::Sized { name, solid, at } => write_sized(layer, name, solid, at),
            Self::Pivot { name, at, children } => {
                layer.prim(&format!("def Xform \"{name}\""), &[], |layer| {
                    layer.transform(*at, [0.0; 3]);
                    children.iter().for_each(|child| child.write(layer));
                });
            }
            Self::Scaled { name, solid, scale } => {
                let metadata = ["instanceable = true".to_owned(), reference(solid)];
                layer.prim(&format!("def Xform \"{name}\""), &metadata, |layer| {
                    layer.line(&format!("float3 xformOp:scale = {}", tuple(&[*scale; 3], 4)));
                    layer.line("uniform token[] xformOpOrder = [\"xformOp:scale\"]");
                });
            }
            Self::Mount {
                name,
                turn_deg,
                children,
            } => {
                layer.prim(&format!("def Xform \"{name}\""), &[], |layer| {
                    layer.transform([0.0; 3], *turn_deg);
                    children.iter().for_each(|child| child.write(layer));
                });
            }
            Self::Guide { name, mesh } => {
                layer.prim(&format!("def Xform \"{name}\""), &[], |layer| {
                    layer.line("uniform token purpose = \"guide\"");
                    layer.bare_mesh("Volume", mesh, [1.0, 0.75, 0.1], 0.25);
                });
            }
        }
    }
}

/// A point instancer whose instances differ in axis and size.
fn write_sized(layer: &mut Layer, name: &str, solid: &str, at: &[(V3, usize, f64)]) {
    layer.prim(&format!("def PointInstancer \"{name}\""), &[], |layer| {
        let places: Vec<(V3, f64)> = at.iter().map(|(place, ..)| (*place, 0.0)).collect();
        points(layer, &places);
        let turns = at.iter().map(|(_, axis, _)| match axis {
            0 => "(0.7071,0,0.7071,0)",
            1 => "(0.7071,-0.7071,0,0)",
            _ => "(1,0,0,0)",
        });
        let turns: Vec<&str> = turns.collect();
        layer.line(&format!("quath[] orientations = [{}]", turns.join(",")));
        let sizes: Vec<String> = at
            .iter()
            .map(|(_, _, size)| {
                let size = number(*size, 3);
                format!("({size},{size},{size})")
            })
            .collect();
        layer.line(&format!("float3[] scales = [{}]", sizes.join(",")));
        prototype(layer, solid);
    });
}

/// A solid of the same file, or `file:Solid` of another.
fn reference(solid: &str) -> String {
    match solid.split_once(':') {
        Some((file, solid)) => format!("prepend references = @./{file}.usda@</Parts/{solid}>"),
        None => format!("prepend references = </Parts/{solid}>"),
    }
}

fn prototype(layer: &mut Layer, solid: &str) {
    layer.line("rel prototypes = <Prototypes/Item>");
    layer.prim("def Scope \"Prototypes\"", &[], |layer| {
        layer.prim("def Xform \"Item\"", &[reference(solid)], |_| {});
    });
}

/// Positions of a point instancer with one prototype.
pub(in crate::plantgen) fn points(layer: &mut Layer, at: &[(V3, f64)]) {
    layer.line(&format!(
        "int[] protoIndices = [{}]",
        vec!["0"; at.len()].join(",")
    ));
    let positions: Vec<String> = at
        .iter()
        .map(|(point, _)| {
            format!(
                "({},{},{})",
                number(point[0], 4),
                number(point[1], 4),
                number(point[2], 4)
            )
        })
        .collect();
    layer.line(&format!("point3f[] positions = [{}]", positions.join(",")));
    if at.iter().any(|(_, turns)| *turns != 0.0) {
        let quats: Vec<String> = at
            .iter()
            .map(|(_, turns)| {
                let (sin, cos) = sin_cos(turns / 2.0);
                format!("({},0,0,{})", number(cos, 4), number(sin, 4))
            })
            .collect();
        layer.line(&format!("quath[] orientations = [{}]", quats.join(",")));
    }
    let fold = |pick: fn(f64, f64) -> f64, start: f64| {
        at.iter().fold([start; 3], |m, (p, _)| {
            [pick(m[0], p[0]), pick(m[1], p[1]), pick(m[2], p[2])]
        })
    };
    let (low, high) = (fold(f64::min, f64::INFINITY), fold(f64::max, f64::NEG_INFINITY));
    let margin = 1.0;
    layer.line(&format!(
        "float3[] extent = [{}, {}]",
        tuple(&low.map(|it| it - margin), 3),
        tuple(&high.map(|it| it + margin), 3)
    ));
}
