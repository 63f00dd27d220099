//! Pipes between the machines, by medium: colours as DIN 2403 names them (water green, steam red, air grey, gas yellow),
//! product in polished steel, steam in cladding with red bands.

use super::{
    Surface as S,
    joints::light_flange,
    math::{Frame, V3},
    shapes::{rounded, tube},
    solid::{Child, Machine, Solid, between, body},
};

/// One run: its medium, its radius, its corners.
struct Run {
    medium: Medium,
    radius: f64,
    corners: Vec<V3>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Medium {
    Steam,
    Water,
    Chilled,
    Air,
    Product,
    Gas,
}

impl Medium {
    const ALL: [(Self, &'static str); 6] = [
        (Self::Steam, "SteamPipes"),
        (Self::Water, "WaterPipes"),
        (Self::Chilled, "ChilledPipes"),
        (Self::Air, "AirPipes"),
        (Self::Product, "ProductPipes"),
        (Self::Gas, "GasPipes"),
    ];

    fn surface(self) -> S {
        match self {
            Self::Steam => S::Insulation,
            Self::Water => S::PipeWater,
            Self::Chilled => S::Rubber,
            Self::Air => S::PipeAir,
            Self::Product => S::PolishedSteel,
            Self::Gas => S::PipeGas,
        }
    }

    /// Rings along the run that tell the medium where the surface does not.
    fn band(self) -> Option<S> {
        match self {
            Self::Steam => Some(S::PipeSteam),
            Self::Chilled => Some(S::PipeWater),
            _ => None,
        }
    }
}

fn run(medium: Medium, radius: f64, corners: &[V3]) -> Run {
    Run {
        medium,
        radius,
        corners: corners.to_vec(),
    }
}

/// Heights of the pipes' axes on the rack.
const HIGH: f64 = 5.62;
const LOW: f64 = 4.7;

#[rustfmt::skip]
fn steam() -> Vec<Run> {
    use Medium::Steam;
    vec![
        // Boiler to turbine, through FCV-115.
        run(Steam, 0.12, &[[-30.3, 12.0, 3.6], [-30.3, 12.0, 5.6], [-21.95, 12.0, 5.6], [-21.95, 12.0, 3.35]]),
        // The turbine's exhaust, to the rack and along it.
        run(Steam, 0.16, &[[-21.05, 13.75, 2.6], [-21.05, 13.75, 6.8], [-21.05, 6.45, 6.8], [-21.05, 6.45, HIGH], [26.0, 6.45, HIGH]]),
        run(Steam, 0.07, &[[20.0, 6.45, HIGH], [20.0, 6.45, 6.3], [20.0, 9.0, 6.3], [20.0, 9.0, 2.4], [20.0, 11.2, 2.4], [20.0, 11.2, 1.65], [20.19, 11.2, 1.65], [20.19, 12.4, 1.65]]),
        run(Steam, 0.06, &[[25.2, 6.45, HIGH], [25.2, 6.45, 6.1], [25.2, 13.6, 6.1], [25.2, 13.6, 1.95]]),
        // Condensate home, low on the rack.
        run(Steam, 0.05, &[[26.0, 6.75, HIGH - 0.06], [-31.4, 6.75, HIGH - 0.06], [-31.4, 3.0, HIGH - 0.06], [-31.4, 3.0, 4.9]]),
    ]
}

#[rustfmt::skip]
fn water() -> Vec<Run> {
    use Medium::Water;
    let mut runs = vec![
        // Feedwater from the tank to the pumps and into the boiler.
        run(Water, 0.06, &[[-33.0, 3.0, 1.4], [-33.0, 3.0, 0.65], [-33.0, 1.0, 0.65], [-30.6, 1.0, 0.65]]),
        run(Water, 0.06, &[[-31.8, 3.0, 1.4], [-31.8, 3.0, 0.65], [-30.6, 3.0, 0.65]]),
        run(Water, 0.05, &[[-30.25, 2.76, 1.15], [-30.25, 2.76, 2.2], [-27.6, 2.76, 2.2], [-27.6, 2.76, 4.3], [-27.6, 9.9, 4.3], [-31.7, 9.9, 4.3], [-31.7, 9.9, 1.75], [-31.7, 10.45, 1.75]]),
        run(Water, 0.05, &[[-30.25, 0.76, 1.15], [-30.25, 0.76, 2.2], [-30.25, 2.7, 2.2]]),
        // Treated water from the tanks to the mixers.
        run(Water, 0.055, &[[-8.0, 13.85, 0.65], [-8.0, 12.9, 0.65], [-6.0, 12.9, 0.65], [-6.0, 12.06, 0.65]]),
        run(Water, 0.055, &[[-4.2, 13.85, 0.65], [-4.2, 12.9, 0.65], [-5.9, 12.9, 0.65]]),
        run(Water, 0.055, &[[-6.24, 11.71, 1.15], [-6.24, 11.71, 2.6], [-6.24, 10.4, 2.6], [6.4, 10.4, 2.6], [6.4, 12.0, 2.6], [6.4, 12.0, 5.6], [11.75, 12.0, 5.6], [11.75, 14.45, 5.6], [11.75, 14.45, 4.95]]),
        run(Water, 0.055, &[[7.75, 12.0, 5.6], [7.75, 14.45, 5.6], [7.75, 14.45, 4.95]]),
        run(Water, 0.055, &[[-9.9, 16.5, LOW], [-9.9, 16.5, 6.2], [-8.45, 16.5, 6.2], [-8.45, 15.1, 6.2], [-8.45, 15.1, 5.75]]),
        run(Water, 0.055, &[[-34.0, 7.05, LOW], [-9.9, 7.05, LOW], [-9.9, 16.4, LOW]]),
    ];
    // Cooling water: towers in the yard, from there below the walkway, pumps along the wall, headers to the chillers and back.
    for (k, x) in [-33.5, -31.3, -29.1].into_iter().enumerate() {
        let y = -13.0;
        runs.push(run(Water, 0.084, &[[x, y - 0.76, 0.65], [x, -15.0, 0.65]]));
        runs.push(run(Water, 0.084, &[[x + 0.24, y - 0.41, 1.15], [x + 0.24, y - 0.41, 3.0 + 0.0 * k as f64], [x + 0.24, -11.9, 3.0]]));
    }
    runs.extend([
        run(Water, 0.12, &[[-34.2, -15.1, 0.65], [-26.4, -15.1, 0.65], [-26.4, -15.1, -0.5], [-26.4, -20.6, -0.5], [-31.0, -20.6, -0.5], [-31.0, -20.6, 0.6]]),
        run(Water, 0.12, &[[-33.8, -11.8, 3.0], [-27.4, -11.8, 3.0], [-27.4, -11.8, 1.2], [-26.8, -11.8, 1.2]]),
        run(Water, 0.12, &[[-26.85, -14.2, 1.2], [-26.85, -9.9, 1.2]]),
        run(Water, 0.12, &[[-26.85, -14.2, 0.9], [-26.85, -15.9, 0.9], [-26.85, -15.9, 4.4], [-26.85, -20.5, 4.4], [-33.1, -20.5, 4.4], [-33.1, -20.5, 2.95]]),
    ]);
    runs
}

#[rustfmt::skip]
fn chilled() -> Vec<Run> {
    use Medium::Chilled;
    vec![
        run(Chilled, 0.1, &[[-22.1, -10.52, 0.51], [-21.4, -10.52, 0.51], [-21.4, -10.52, 0.65], [-20.6, -10.52, 0.65]]),
        run(Chilled, 0.1, &[[-22.1, -13.92, 0.51], [-21.4, -13.92, 0.51], [-21.4, -13.92, 0.65], [-20.6, -13.92, 0.65]]),
        run(Chilled, 0.09, &[[-20.25, -10.76, 1.15], [-20.25, -10.76, 2.6], [-15.4, -10.76, 2.6]]),
        run(Chilled, 0.09, &[[-20.25, -14.16, 1.15], [-20.25, -14.16, 2.6], [-15.4, -14.16, 2.6], [-15.4, -9.8, 2.6], [-15.4, -9.8, 5.0], [-15.4, 7.4, 5.0], [-15.4, 7.4, HIGH], [17.3, 7.4, HIGH], [17.3, 9.6, HIGH], [17.3, 9.6, 1.65], [17.31, 9.6, 1.65], [17.31, 12.4, 1.65]]),
        run(Chilled, 0.09, &[[17.69, 12.4, 0.45], [17.69, 9.2, 0.45], [17.69, 9.2, 6.1], [17.69, 7.75, 6.1], [17.69, 7.75, HIGH], [-14.9, 7.75, HIGH], [-14.9, -14.8, HIGH], [-14.9, -14.8, 0.3], [-21.8, -14.8, 0.3], [-21.8, -10.52, 0.3], [-21.8, -10.52, 0.8]]),
    ]
}

#[rustfmt::skip]
fn air() -> Vec<Run> {
    use Medium::Air;
    vec![
        run(Air, 0.05, &[[-22.3, -1.7, 2.3], [-22.3, -1.2, 2.3], [-17.2, -1.2, 2.3], [-17.2, -2.4, 2.3], [-17.2, -2.4, 0.95], [-16.45, -2.4, 0.95]]),
        run(Air, 0.05, &[[-19.0, -1.7, 2.3], [-19.0, -1.25, 2.3]]),
        run(Air, 0.05, &[[-14.75, -2.4, 2.75], [-14.2, -2.4, 2.75], [-14.2, -2.4, 5.0], [-14.2, 7.15, 5.0], [-14.2, 7.15, HIGH], [34.0, 7.15, HIGH]]),
        run(Air, 0.03, &[[6.4, 7.15, HIGH], [6.4, 7.15, 6.3], [6.4, 0.9, 6.3], [6.4, 0.9, 4.2]]),
        run(Air, 0.03, &[[9.8, 7.15, HIGH], [9.8, 7.15, 6.3], [9.8, -10.5, 6.3], [9.8, -10.5, 2.8]]),
    ]
}

#[rustfmt::skip]
fn product() -> Vec<Run> {
    use Medium::Product;
    vec![
        // Syrup and concentrate to the mixers.
        run(Product, 0.05, &[[0.5, 13.95, 0.65], [0.5, 13.0, 0.65], [1.8, 13.0, 0.65], [1.8, 12.06, 0.65]]),
        run(Product, 0.05, &[[3.4, 13.95, 0.65], [3.4, 13.0, 0.65], [1.9, 13.0, 0.65]]),
        run(Product, 0.05, &[[1.56, 11.71, 1.15], [1.56, 11.71, 2.1], [1.56, 10.1, 2.1], [6.0, 10.1, 2.1], [6.0, 12.4, 2.1], [6.0, 12.4, 6.0], [10.95, 12.4, 6.0], [10.95, 14.4, 6.0], [10.95, 14.4, 4.95]]),
        run(Product, 0.05, &[[6.95, 12.45, 6.0], [6.95, 14.4, 6.0], [6.95, 14.4, 4.95]]),
        // From the mixers to the exchangers, the holding tube and the sterile tanks.
        run(Product, 0.05, &[[7.4, 13.3, 0.56], [7.4, 12.7, 0.56], [9.6, 12.7, 0.56], [9.6, 12.35, 0.56], [9.6, 12.35, 0.65], [9.6, 12.06, 0.65]]),
        run(Product, 0.05, &[[11.4, 13.3, 0.56], [11.4, 12.7, 0.56], [9.7, 12.7, 0.56]]),
        run(Product, 0.05, &[[9.36, 11.71, 1.15], [9.36, 11.71, 2.1], [9.36, 10.3, 2.1], [13.3, 10.3, 2.1], [13.3, 12.9, 2.1], [15.0, 12.9, 2.1], [15.0, 12.9, 0.65], [15.0, 12.06, 0.65]]),
        run(Product, 0.05, &[[14.76, 11.71, 1.15], [14.76, 11.71, 2.9], [16.6, 11.71, 2.9], [16.6, 11.71, 0.45], [17.31, 11.71, 0.45], [17.31, 12.4, 0.45]]),
        run(Product, 0.05, &[[17.69, 12.4, 1.65], [17.69, 11.9, 1.65], [18.6, 11.9, 1.65], [18.6, 11.9, 0.45], [19.81, 11.9, 0.45], [19.81, 12.4, 0.45]]),
        run(Product, 0.05, &[[19.81, 12.4, 1.65], [19.81, 11.9, 1.65], [19.2, 11.9, 1.65], [19.2, 11.9, 2.6], [21.0, 11.9, 2.6], [21.0, 13.2, 2.6], [21.0, 13.2, 0.62], [21.5, 13.2, 0.62]]),
        run(Product, 0.05, &[[21.5, 13.2, 2.02], [21.25, 13.2, 2.02], [21.25, 13.2, 2.9], [27.2, 13.2, 2.9], [27.2, 13.2, 6.1], [31.95, 13.2, 6.1], [31.95, 15.1, 6.1], [31.95, 15.1, 5.75]]),
        run(Product, 0.05, &[[28.35, 13.25, 6.1], [28.35, 15.1, 6.1], [28.35, 15.1, 5.75]]),
        run(Product, 0.05, &[[28.8, 13.9, 0.65], [28.8, 12.9, 0.65], [30.6, 12.9, 0.65], [30.6, 12.06, 0.65]]),
        run(Product, 0.05, &[[32.4, 13.9, 0.65], [32.4, 12.9, 0.65], [30.7, 12.9, 0.65]]),
        // To the filler: up to the rack, along it, over the gallery and down through LCV-301.
        run(Product, 0.05, &[[30.36, 11.71, 1.15], [30.36, 11.71, LOW], [30.36, 7.5, LOW], [6.9, 7.5, LOW], [6.9, 7.5, 6.0], [6.9, -1.0, 6.0], [6.9, -1.0, 4.9], [6.4, -1.0, 4.9], [6.4, -3.0, 4.9], [6.4, -3.0, 2.5]]),
    ]
}

#[rustfmt::skip]
fn gas() -> Vec<Run> {
    use Medium::Gas;
    vec![run(Gas, 0.05, &[[-35.8, 7.4, LOW], [-27.15, 7.4, LOW], [-27.15, 9.9, LOW], [-27.15, 9.9, 0.75], [-27.15, 10.1, 0.75]])]
}

/// The radius for which the joint and the band are made.
const MADE_FOR: f64 = 0.05;

/// Where something sits on a pipe: its place, the pipe's axis, its size.
type OnPipe = (V3, usize, f64);

/// Where flanged joints are: at the ends, and along long legs.
fn joints(run: &Run) -> Vec<OnPipe> {
    let mut found = Vec::new();
    let size = run.radius / MADE_FOR;
    for pair in run.corners.windows(2) {
        let (frame, length) = between(pair[0], pair[1]);
        let mut at = 3.0;
        while at < length - 2.0 {
            found.push((frame.point([0.0, 0.0, at]), axis_of(frame.z), size));
            at += 6.0;
        }
    }
    let last = run.corners.len() - 1;
    for (at, next) in [(0, 1), (last, last - 1)] {
        let (frame, _) = between(run.corners[at], run.corners[next]);
        found.push((run.corners[at], axis_of(frame.z), size));
    }
    found
}

/// Bands that tell the medium where the surface does not.
fn bands(run: &Run) -> Vec<OnPipe> {
    let mut found = Vec::new();
    for pair in run.corners.windows(2) {
        let (frame, length) = between(pair[0], pair[1]);
        let mut at = 0.9;
        while length > 1.6 && at < length - 0.6 {
            found.push((
                frame.point([0.0, 0.0, at]),
                axis_of(frame.z),
                run.radius / MADE_FOR,
            ));
            at += 4.0;
        }
    }
    found
}

fn axis_of(z: V3) -> usize {
    (0..3).find(|&axis| z[axis].abs() > 0.5).unwrap_or(2)
}

fn band(name: &'static str, surface: S) -> Solid {
    let (r, half) = (MADE_FOR, 0.06);
    let mut solid = Solid::new(name);
    let section = [
        [r - 0.004, -half],
        [r + 0.003, -half],
        [r + 0.003, half],
        [r - 0.004, half],
    ];
    solid.turned(surface, Frame::at([0.0; 3]), &section, 20);
    solid
}

pub(super) fn machine() -> Machine {
    let runs: Vec<Run> = [steam(), water(), chilled(), air(), product(), gas()]
        .into_iter()
        .flatten()
        .collect();
    let mut solids = Vec::new();
    let mut children: Vec<Child> = Vec::new();
    for (medium, name) in Medium::ALL {
        let mut solid = Solid::new(name);
        for run in runs.iter().filter(|run| run.medium == medium) {
            let legs = run.corners.windows(2).map(|pair| between(pair[0], pair[1]).1);
            let bend = (run.radius * 2.5).min(legs.fold(f64::INFINITY, f64::min) * 0.49);
            let segments = if run.radius > 0.08 { 12 } else { 10 };
            let line = rounded(&run.corners, bend, 3);
            let mesh = tube(&line, &vec![run.radius; line.len()], segments);
            solid.add(medium.surface(), &mesh, Frame::at([0.0; 3]));
        }
        solids.push(solid);
        children.push(body(name));
    }
    let mut joint = Solid::new("Joint");
    joint.add(S::Galvanised, &light_flange(MADE_FOR), Frame::at([0.0; 3]));
    solids.push(joint);
    children.push(Child::Sized {
        name: "Joints",
        solid: "Joint",
        at: runs.iter().flat_map(joints).collect(),
    });
    for (name, solid, surface) in [
        ("SteamBands", "SteamBand", S::PipeSteam),
        ("ChilledBands", "ChilledBand", S::PipeWater),
    ] {
        solids.push(band(solid, surface));
        let of_medium = runs.iter().filter(|run| run.medium.band() == Some(surface));
        children.push(Child::Sized {
            name,
            solid,
            at: of_medium.flat_map(bands).collect(),
        });
    }
    Machine {
        file: "piping",
        doc: "The pipes between the machines, in the plant's own coordinates.",
        models: vec![("Piping", children)],
        solids,
        decimals: 3,
    }
}
