//! The hall: floor, cladding, columns, markings, grating and what stands about in it.

use super::{
    component::{Component, part},
    grain::{hash, noise},
    materials::Surface,
    math::{Frame, V3},
    mesh::Mesh,
    shapes::{around, bevel_box, box_between, cylinder, hex, prism, revolve, torus},
};

/// Half the hall's length (X) and depth (Y), in metres.
pub(super) const HALF_LENGTH: f64 = 12.0;
pub(super) const HALF_DEPTH: f64 = 7.0;
/// Top of the cladding.
const EAVES: f64 = 5.6;

pub(in crate::plantgen) fn components() -> Vec<Component> {
    vec![
        wall_panel(),
        column(),
        eaves_beam(),
        wall_lamp(),
        bollard(),
        grating(),
        anchor(),
        extinguisher(),
    ]
}

/// The slab: a grid whose colour varies by slab, by cloud and by wear, with sides.
pub(super) fn floor() -> Mesh {
    let step = 0.5;
    let (nx, ny) = (
        (2.0 * HALF_LENGTH / step) as i32,
        (2.0 * HALF_DEPTH / step) as i32,
    );
    let mut mesh = Mesh::default();
    for j in 0..=ny {
        for i in 0..=nx {
            let (x, y) = (
                -HALF_LENGTH + step * f64::from(i),
                -HALF_DEPTH + step * f64::from(j),
            );
            mesh.vertex([x, y, 0.0], [0.0, 0.0, 1.0]);
            mesh.colors.push(concrete(x, y));
            mesh.uvs.push([x / 2.0, y / 2.0]);
        }
    }
    let at = |i: i32, j: i32| (j * (nx + 1) + i) as u32;
    for j in 0..ny {
        for i in 0..nx {
            mesh.face(&[at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)]);
        }
    }
    let (l, d, low) = (HALF_LENGTH, HALF_DEPTH, -0.3);
    let corners = [[-l, -d], [l, -d], [l, d], [-l, d]];
    for k in 0..4 {
        let (a, b) = (corners[k], corners[(k + 1) % 4]);
        mesh.flat(&[
            [a[0], a[1], low],
            [b[0], b[1], low],
            [b[0], b[1], 0.0],
            [a[0], a[1], 0.0],
        ]);
    }
    mesh.flat(&[[-l, d, low], [l, d, low], [l, -d, low], [-l, -d, low]]);
    mesh.colors.resize(mesh.positions.len(), [0.3, 0.29, 0.275]);
    mesh.uvs.resize(mesh.positions.len(), [0.0; 2]);
    mesh
}

fn concrete(x: f64, y: f64) -> V3 {
    let slab = hash((x / 4.0).floor() as i32, (y / 3.5).floor() as i32, 1) - 0.5;
    let cloud = noise(x / 2.3, y / 2.3, 2) - 0.5;
    let speck = noise(x / 0.7, y / 0.7, 3) - 0.5;
    // Where water drips, around the pumps, the floor is darker.
    let wet = (1.0 - ((x - 3.5) / 4.5).powi(2) - ((y + 1.2) / 2.4).powi(2)).max(0.0);
    let tone = (0.335 + 0.03 * slab + 0.07 * cloud + 0.04 * speck) * (1.0 - 0.2 * wet);
    [tone, tone * 0.985, tone * 0.95]
}

/// Joints between the slabs.
pub(super) fn joints() -> Mesh {
    let mut mesh = Mesh::default();
    let strip = |mesh: &mut Mesh, low: [f64; 2], high: [f64; 2]| {
        mesh.flat(&[
            [low[0], low[1], 0.002],
            [high[0], low[1], 0.002],
            [high[0], high[1], 0.002],
            [low[0], high[1], 0.002],
        ]);
    };
    for x in [-8.0, -4.0, 0.0, 4.0, 8.0] {
        strip(&mut mesh, [x - 0.007, -HALF_DEPTH], [x + 0.007, HALF_DEPTH]);
    }
    for y in [-3.5, 0.0, 3.5] {
        strip(&mut mesh, [-HALF_LENGTH, y - 0.007], [HALF_LENGTH, y + 0.007]);
    }
    // The dark pit under the grating.
    strip(&mut mesh, [-0.6, -3.62], [7.8, -3.2]);
    mesh
}

/// Painted lines: the walkway, the pump bay and the tank bay.
pub(super) fn markings() -> Mesh {
    let mut mesh = Mesh::default();
    let mut line = |a: [f64; 2], b: [f64; 2]| {
        let half = 0.05;
        let (low, high) = (
            [a[0].min(b[0]) - half, a[1].min(b[1]) - half],
            [a[0].max(b[0]) + half, a[1].max(b[1]) + half],
        );
        let z = 0.004;
        mesh.flat(&[
            [low[0], low[1], z],
            [high[0], low[1], z],
            [high[0], high[1], z],
            [low[0], high[1], z],
        ]);
    };
    for (low, high) in [
        ([-0.6, -3.05], [7.8, 1.6]),
        ([-11.6, -0.9], [-2.9, 6.6]),
        ([7.95, 2.9], [11.85, 6.6]),
    ] {
        line(low, [high[0], low[1]]);
        line([low[0], high[1]], high);
        line(low, [low[0], high[1]]);
        line([high[0], low[1]], high);
    }
    line([-HALF_LENGTH + 0.3, -5.8], [HALF_LENGTH - 0.3, -5.8]);
    line([-HALF_LENGTH + 0.3, -4.35], [HALF_LENGTH - 0.3, -4.35]);
    // Arrows on the walkway.
    for x in [-8.0, -2.0, 4.0, 9.5] {
        let z = 0.004;
        mesh.flat(&[
            [x - 0.5, -5.14, z],
            [x + 0.1, -5.14, z],
            [x + 0.1, -5.02, z],
            [x - 0.5, -5.02, z],
        ]);
        mesh.flat(&[[x + 0.1, -5.33, z], [x + 0.55, -5.08, z], [x + 0.1, -4.83, z]]);
    }
    mesh
}

/// Concrete upstand along the back and the left.
pub(super) fn upstand() -> Mesh {
    let mut mesh = box_between(
        [-HALF_LENGTH, HALF_DEPTH, -0.3],
        [HALF_LENGTH, HALF_DEPTH + 0.25, 1.05],
        0.02,
    );
    let left = box_between(
        [-HALF_LENGTH - 0.25, -HALF_DEPTH, -0.3],
        [-HALF_LENGTH, HALF_DEPTH + 0.25, 1.05],
        0.02,
    );
    mesh.add_at(&left, [0.0; 3]);
    mesh
}

/// Two metres of ribbed cladding along X that looks along -Y, from the upstand to the eaves.
fn wall_panel() -> Component {
    let mut outline: Vec<[f64; 2]> = Vec::new();
    for k in 0..8 {
        let x = 0.25 * f64::from(k);
        outline.extend([
            [x, 0.0],
            [x + 0.14, 0.0],
            [x + 0.165, -0.035],
            [x + 0.225, -0.035],
        ]);
    }
    outline.extend([[2.0, 0.0], [2.0, 0.06], [0.0, 0.06]]);
    let sheet = prism(&outline, 1.05, EAVES);
    let flashing = box_between([0.0, -0.05, 1.02], [2.0, 0.08, 1.09], 0.006);
    Component {
        name: "WallPanel",
        parts: vec![
            part("Sheet", Surface::Cladding, sheet),
            part("Flashing", Surface::StructuralSteel, flashing),
        ],
    }
}

/// An H-section with a foot plate and safety bands.
fn column() -> Component {
    let mut steel = box_between([-0.15, -0.15, 0.03], [0.15, -0.13, EAVES + 0.1], 0.002);
    steel.add_at(
        &box_between([-0.15, 0.13, 0.03], [0.15, 0.15, EAVES + 0.1], 0.002),
        [0.0; 3],
    );
    steel.add_at(
        &box_between([-0.008, -0.13, 0.03], [0.008, 0.13, EAVES + 0.1], 0.0),
        [0.0; 3],
    );
    steel.add_at(&bevel_box([0.46, 0.46, 0.03], 0.005), [0.0, 0.0, 0.015]);
    let (mut yellow, mut black) = (Mesh::default(), Mesh::default());
    for k in 0..6 {
        let z = 0.2 + 0.2 * f64::from(k);
        let band = bevel_box([0.312, 0.312, 0.2], 0.004).placed(Frame::at([0.0, 0.0, z]));
        if k % 2 == 0 {
            yellow.add_at(&band, [0.0; 3])
        } else {
            black.add_at(&band, [0.0; 3])
        };
    }
    Component {
        name: "Column",
        parts: vec![
            part("Section", Surface::StructuralSteel, steel),
            part("YellowBands", Surface::SafetyYellow, yellow),
            part("BlackBands", Surface::BlackPlastic, black),
        ],
    }
}

/// Six metres of eaves beam along X.
fn eaves_beam() -> Component {
    let mut mesh = box_between([0.0, -0.1, EAVES - 0.02], [6.0, 0.1, EAVES], 0.0);
    mesh.add_at(
        &box_between([0.0, -0.1, EAVES + 0.28], [6.0, 0.1, EAVES + 0.3], 0.0),
        [0.0; 3],
    );
    mesh.add_at(
        &box_between([0.0, -0.008, EAVES], [6.0, 0.008, EAVES + 0.28], 0.0),
        [0.0; 3],
    );
    Component {
        name: "EavesBeam",
        parts: vec![part("Section", Surface::StructuralSteel, mesh)],
    }
}

fn wall_lamp() -> Component {
    let mut housing = bevel_box([1.5, 0.13, 0.07], 0.01).placed(Frame::at([0.0, 0.0, 0.05]));
    housing.add_at(&bevel_box([0.06, 0.4, 0.04], 0.0), [0.0, 0.2, 0.08]);
    let tube = bevel_box([1.44, 0.09, 0.03], 0.008);
    Component {
        name: "WallLamp",
        parts: vec![
            part("Housing", Surface::PanelGrey, housing),
            part("Tube", Surface::LampWhite, tube),
        ],
    }
}

fn bollard() -> Component {
    let post = [
        [0.0, 0.0],
        [0.09, 0.0],
        [0.09, 0.94],
        [0.078, 0.98],
        [0.05, 1.005],
        [0.0, 1.01],
    ];
    let mut bands = Mesh::default();
    for z in [0.45, 0.75] {
        bands.add_at(&cylinder(0.0915, z, z + 0.12, 0.0, 28), [0.0; 3]);
    }
    Component {
        name: "Bollard",
        parts: vec![
            part("Post", Surface::SafetyYellow, revolve(&post, 28)),
            part("Bands", Surface::BlackPlastic, bands),
        ],
    }
}

/// A tile of steel grating, 0.6 m along X and 0.4 m along Y.
fn grating() -> Component {
    let mut mesh = Mesh::default();
    for k in 0..17 {
        mesh.add_at(
            &bevel_box([0.006, 0.4, 0.025], 0.0),
            [0.018 + 0.03525 * f64::from(k), 0.2, 0.0125],
        );
    }
    for y in [0.004, 0.13, 0.27, 0.396] {
        mesh.add_at(&bevel_box([0.59, 0.008, 0.02], 0.0), [0.3, y, 0.0125]);
    }
    Component {
        name: "Grating",
        parts: vec![part("Bars", Surface::Galvanised, mesh)],
    }
}

/// A floor anchor: stud, nut and washer.
fn anchor() -> Component {
    let mut mesh = cylinder(0.032, 0.0, 0.006, 0.0, 16);
    mesh.add_at(&hex(0.04, 0.006, 0.028), [0.0; 3])
        .add_at(&cylinder(0.012, 0.02, 0.06, 0.003, 10), [0.0; 3]);
    Component {
        name: "Anchor",
        parts: vec![part("Stud", Surface::Galvanised, mesh)],
    }
}

/// Hangs on a wall behind it (+Y).
fn extinguisher() -> Component {
    let bottle = [
        [0.0, 0.0],
        [0.07, 0.0],
        [0.08, 0.02],
        [0.08, 0.42],
        [0.065, 0.48],
        [0.03, 0.51],
        [0.025, 0.54],
        [0.0, 0.54],
    ];
    let mut valve = cylinder(0.02, 0.53, 0.6, 0.004, 14);
    valve.add_at(&bevel_box([0.025, 0.14, 0.015], 0.003), [0.0, -0.04, 0.61]);
    valve.add(&torus(0.09, 0.011, 24, 8), Frame::along_x([0.0, -0.06, 0.5]));
    valve.add_at(&bevel_box([0.12, 0.02, 0.12], 0.003), [0.0, 0.085, 0.3]);
    valve.add_at(&around(&hex(0.01, 0.0, 0.01), 0.02, 2, 0.0), [0.0, 0.085, 0.3]);
    Component {
        name: "Extinguisher",
        parts: vec![
            part("Bottle", Surface::PaintRed, revolve(&bottle, 28)),
            part("Valve", Surface::BlackPlastic, valve),
        ],
    }
}
