//! What every part of a plant is written with: placed components, groups, signs, cameras.

use super::{
    lettering::lettering,
    materials::Surface,
    math::{Frame, V3, add, cross, sub, unit},
    mesh::Mesh,
    shapes::bevel_box,
    usda::{Layer, number, tuple},
};

pub(in crate::plantgen) fn model(kind: &str, display_name: &str) -> Vec<String> {
    vec![
        format!("kind = \"{kind}\""),
        format!("displayName = \"{display_name}\""),
    ]
}

/// Where a referenced component is written.
pub(in crate::plantgen) struct Place<'a> {
    file: &'a str,
    component: &'a str,
    at: V3,
    turn_deg: V3,
    is_instance: bool,
}

pub(in crate::plantgen) fn place(layer: &mut Layer, name: &str, place: &Place) {
    let mut metadata = vec![format!(
        "prepend references = @components/{}.usda@</{}>",
        place.file, place.component
    )];
    if place.is_instance {
        metadata.push("instanceable = true".to_owned());
    }
    layer.prim(&format!("def Xform \"{name}\""), &metadata, |layer| {
        layer.transform(place.at, place.turn_deg);
    });
}

pub(in crate::plantgen) fn instance(
    layer: &mut Layer,
    name: &str,
    file: &str,
    component: &str,
    at: V3,
    turn_deg: V3,
) {
    place(
        layer,
        name,
        &Place {
            file,
            component,
            at,
            turn_deg,
            is_instance: true,
        },
    );
}

/// A part with prims that an effect moves, colours or fills.
pub(in crate::plantgen) fn part(layer: &mut Layer, name: &str, file: &str, component: &str, at: V3) {
    place(
        layer,
        name,
        &Place {
            file,
            component,
            at,
            turn_deg: [0.0; 3],
            is_instance: false,
        },
    );
}

pub(in crate::plantgen) fn own_mesh(layer: &mut Layer, name: &str, mesh: &Mesh, surface: Surface) {
    layer.mesh(name, mesh, &format!("/Plant/Looks/{}", surface.name()));
}

pub(in crate::plantgen) fn group(
    layer: &mut Layer,
    name: &str,
    display_name: &str,
    body: impl FnOnce(&mut Layer),
) {
    layer.prim(
        &format!("def Xform \"{name}\""),
        &model("group", display_name),
        body,
    );
}

pub(in crate::plantgen) fn component(
    layer: &mut Layer,
    name: &str,
    display_name: &str,
    at: V3,
    turn_deg: f64,
    body: impl FnOnce(&mut Layer),
) {
    layer.prim(
        &format!("def Xform \"{name}\""),
        &model("component", display_name),
        |layer| {
            layer.transform(at, [0.0, 0.0, turn_deg]);
            body(layer);
        },
    );
}

pub(in crate::plantgen) fn scatter(
    layer: &mut Layer,
    name: &str,
    file: &str,
    component: &str,
    points: &[V3],
) {
    layer.prim(&format!("def PointInstancer \"{name}\""), &[], |layer| {
        layer.line(&format!("rel prototypes = <Prototypes/{component}>"));
        layer.line(&format!(
            "int[] protoIndices = [{}]",
            vec!["0"; points.len()].join(",")
        ));
        let positions: Vec<String> = points.iter().map(|point| tuple(point, 4)).collect();
        layer.line(&format!("point3f[] positions = [{}]", positions.join(",")));
        layer.prim("def Scope \"Prototypes\"", &[], |layer| {
            part(layer, component, file, component, [0.0; 3]);
        });
    });
}

/// Black letters, flat, in `frame`.
pub(in crate::plantgen) fn sign(layer: &mut Layer, name: &str, text: &str, height: f64, frame: Frame) {
    own_mesh(
        layer,
        name,
        &lettering(text, height).placed(frame),
        Surface::BlackPlastic,
    );
}

/// A frame for a text that is read from the front.
pub(in crate::plantgen) fn facing_front(origin: V3) -> Frame {
    Frame {
        origin,
        x: [1.0, 0.0, 0.0],
        y: [0.0, 0.0, 1.0],
        z: [0.0, -1.0, 0.0],
    }
}

/// A yellow plate with a black text on it, standing at `at` and looking to the front.
pub(in crate::plantgen) fn plate(layer: &mut Layer, name: &str, text: &str, at: V3) {
    let width = 0.12 * text.len() as f64 + 0.12;
    layer.prim(&format!("def Xform \"{name}\""), &[], |layer| {
        let board = bevel_box([width, 0.012, 0.22], 0.004).placed(Frame::at(at));
        own_mesh(layer, "Board", &board, Surface::SafetyYellow);
        sign(
            layer,
            "Text",
            text,
            0.12,
            facing_front(add(at, [0.0, -0.0075, 0.0])),
        );
    });
}

/// A named view: it looks from `eye` at `target`.
pub(in crate::plantgen) fn camera(layer: &mut Layer, name: &str, eye: V3, target: V3, focal_length_mm: f64) {
    let back = unit(sub(eye, target));
    let right = unit(cross([0.0, 0.0, 1.0], back));
    let up = cross(back, right);
    layer.prim(&format!("def Camera \"{name}\""), &[], |layer| {
        layer.line("float2 clippingRange = (0.05, 500)");
        layer.line(&format!("float focalLength = {}", number(focal_length_mm, 2)));
        layer.line("float horizontalAperture = 36");
        layer.line("float verticalAperture = 20.25");
        let row = |v: V3, w: f64| tuple(&[v[0], v[1], v[2], w], 9);
        let rows = [row(right, 0.0), row(up, 0.0), row(back, 0.0), row(eye, 1.0)].join(", ");
        layer.line(&format!("matrix4d xformOp:transform = ({rows})"));
        layer.line("uniform token[] xformOpOrder = [\"xformOp:transform\"]");
    });
}
