//! The twin layer over the scene: a template for each class, and an `over` for each twin with its id and what it feeds.

use super::{
    classes::{Class, Effect, classes},
    layout::{CONVEYORS, Conveyor, STANDS, Stand},
    robot::{LAYER_NAMES, LAYERS},
    scene::prim_name,
    usda::{Layer, number},
};

/// The palletising robot.
const ROBOT: &str = "PL-301";

/// A twin that is no machine: its prim's group, its id, its class, and its level where that is not its class's.
struct Place {
    path: &'static str,
    id: &'static str,
    class: &'static str,
    level: &'static str,
}

const fn place(path: &'static str, id: &'static str, class: &'static str, level: &'static str) -> Place {
    Place {
        path,
        id,
        class,
        level,
    }
}

/// Areas and what they are divided into. Tanks stand in a storage zone, the pasteuriser runs without batches.
const PLACES: &[Place] = &[
    place("Utilities", "utilities", "Area", ""),
    place("Utilities/Steam", "STEAM", "Cell", ""),
    place("Utilities/Power", "POWER", "Cell", ""),
    place("Utilities/Air", "AIR", "Cell", ""),
    place("Utilities/Cooling", "COOLING", "Cell", ""),
    place("Process", "process", "Area", ""),
    place("Process/Water", "WATER", "Cell", "storageZone"),
    place("Process/Blending", "BLENDING", "Cell", ""),
    place("Process/Pasteur", "PASTEUR", "Cell", "productionUnit"),
    place("Filling", "filling", "Area", ""),
    place("Filling/Line_1", "LINE-1", "Line", ""),
];

/// What feeds what, in the direction of flow.
const FEEDS: &[(&str, &[&str])] = &[
    ("TK-110", &["P-111", "P-112"]),
    ("P-111", &["B-101"]),
    ("P-112", &["B-101"]),
    ("B-101", &["FCV-115", "HX-202", "PA-201"]),
    ("FCV-115", &["TG-101"]),
    ("TG-101", &["TR-101"]),
    ("TR-101", &["FD-101", "FD-102", "FD-103", "FD-104"]),
    ("C-101", &["V-101"]),
    ("C-102", &["V-101"]),
    ("V-101", &["FL-301", "CK-301"]),
    ("CT-101", &["P-121", "P-122", "P-123"]),
    ("CT-102", &["P-121", "P-122", "P-123"]),
    ("P-121", &["CH-101", "CH-102"]),
    ("P-122", &["CH-101", "CH-102"]),
    ("P-123", &["CH-101", "CH-102"]),
    ("CH-101", &["CT-101", "CT-102", "P-131", "P-132"]),
    ("CH-102", &["CT-101", "CT-102", "P-131", "P-132"]),
    ("P-131", &["TCV-135"]),
    ("P-132", &["TCV-135"]),
    ("TCV-135", &["HX-201"]),
    ("TK-201", &["P-201"]),
    ("TK-202", &["P-201"]),
    ("P-201", &["FT-201"]),
    ("FT-201", &["FCV-211"]),
    ("FCV-211", &["M-201", "M-202"]),
    ("TK-211", &["P-211"]),
    ("TK-212", &["P-211"]),
    ("P-211", &["FCV-212"]),
    ("FCV-212", &["M-201", "M-202"]),
    ("M-201", &["P-212"]),
    ("M-202", &["P-212"]),
    ("P-212", &["FT-211"]),
    ("FT-211", &["P-221"]),
    ("P-221", &["HX-201"]),
    ("HX-201", &["HX-202"]),
    ("TCV-221", &["HX-202"]),
    ("HX-202", &["PA-201"]),
    ("PA-201", &["FCV-222"]),
    ("FCV-222", &["TK-221", "TK-222"]),
    ("LCV-223", &["TK-221", "TK-222"]),
    ("TK-221", &["P-222"]),
    ("TK-222", &["P-222"]),
    ("P-222", &["FT-221"]),
    ("FT-221", &["LCV-301"]),
    ("LCV-301", &["FL-301"]),
    ("DP-301", &["CV-301"]),
    ("CV-301", &["RN-301"]),
    ("RN-301", &["CV-302"]),
    ("CV-302", &["FL-301"]),
    ("FL-301", &["CP-301"]),
    ("CP-301", &["CV-303"]),
    ("CV-303", &["IN-301"]),
    ("IN-301", &["CV-304"]),
    ("CV-304", &["CV-305"]),
    ("CV-305", &["LB-301"]),
    ("LB-301", &["CV-306"]),
    ("CV-306", &["CV-307"]),
    ("CV-307", &["CK-301"]),
    ("CK-301", &["CV-308"]),
    ("CV-308", &["CV-309"]),
    ("CV-309", &["CV-310"]),
    ("CV-310", &["PL-301"]),
    ("CV-311", &["PL-301"]),
    ("PL-301", &["CV-312"]),
];

/// Units that end a key, the longest first.
const UNIT_SUFFIXES: &[&str] = &[
    "_m3_min", "_m3_h", "_mm_s", "_mbar", "_m_s", "_t_h", "_rpm", "_bar", "_pct", "_bph", "_deg", "_kw",
    "_ml", "_nm", "_m3", "_c", "_a", "_v", "_m", "_s",
];

/// The point's name: the key in camel case without its unit. The energy of a year is `energy`; what counts per unit keeps
/// its words.
fn point_name(key: &str) -> String {
    let stem = match key {
        "energy_kwh" => "energy",
        // `oil` is its temperature.
        "oil_bar" => "oil_pressure",
        _ => UNIT_SUFFIXES
            .iter()
            .find_map(|suffix| key.strip_suffix(suffix))
            .unwrap_or(key),
    };
    let mut name = String::new();
    for (at, word) in stem.split('_').enumerate() {
        let mut letters = word.chars();
        match letters.next() {
            Some(first) if at > 0 => name.extend(first.to_uppercase()),
            Some(first) => name.push(first),
            None => {}
        }
        name.push_str(letters.as_str());
    }
    name
}

/// The class that a machine's model is.
fn class_of(model: &str) -> &str {
    match model {
        "SmallTank" | "FeedTank" => "Tank",
        "Cubicle" => "Feeder",
        model => model,
    }
}

pub(super) fn layer() -> String {
    let mut layer = Layer::new(
        "The bottling works with its telemetry: the twin layer over the vendor's scene, which stays as it is. Open this file. \
         Made by `cargo xtask gen-plant`.",
        "Plant",
        &[
            "subLayers = [".to_owned(),
            "    @./plant_scene.usda@".to_owned(),
            "]".to_owned(),
        ],
    );
    classes().for_each(|class| template(&mut layer, class));
    layer.prim(
        "over \"Plant\"",
        &schemas(&["GembaTwinAPI".to_owned()]),
        |layer| {
            identity(layer, "GEMBA", "Enterprise", "enterprise");
            layer.prim("over \"Works\"", &inherits("Site"), |layer| {
                layer.line("uniform token gemba:twin:id = \"WORKS\"");
                for area in ["Utilities", "Process", "Filling"] {
                    over_area(layer, area);
                }
            });
        },
    );
    layer.finish()
}

fn schemas(names: &[String]) -> Vec<String> {
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    vec![format!("prepend apiSchemas = [{}]", quoted.join(", "))]
}

fn inherits(class: &str) -> Vec<String> {
    vec![format!("prepend inherits = </_{class}>")]
}

fn identity(layer: &mut Layer, id: &str, class: &str, level: &str) {
    layer.line(&format!("uniform token gemba:twin:id = \"{id}\""));
    layer.line(&format!("uniform token gemba:twin:class = \"{class}\""));
    layer.line(&format!("uniform token gemba:twin:level = \"{level}\""));
}

fn template(layer: &mut Layer, class: &Class) {
    let mut names = Vec::new();
    if class.base.is_empty() {
        names.push("GembaTwinAPI".to_owned());
    }
    let key = |point: &str| point.split(';').nth(1).unwrap_or_default().to_owned();
    names.extend(
        class
            .points
            .iter()
            .map(|point| format!("GembaPointAPI:{}", point_name(&key(point)))),
    );
    names.extend(
        class
            .effects
            .iter()
            .map(|effect| format!("GembaEffectAPI:{}", effect.name)),
    );
    let mut metadata = Vec::new();
    if !class.base.is_empty() {
        metadata.extend(inherits(class.base));
    }
    metadata.extend(schemas(&names));
    layer.prim(&format!("class \"_{}\"", class.name), &metadata, |layer| {
        layer.line(&format!("uniform token gemba:twin:class = \"{}\"", class.name));
        if !class.level.is_empty() {
            layer.line(&format!("uniform token gemba:twin:level = \"{}\"", class.level));
        }
        class
            .points
            .iter()
            .for_each(|text| point(layer, text, class.name == "Site"));
        class.effects.iter().for_each(|it| effect(layer, class.name, it));
    });
}

/// One point; the site is in no area, so its topics are shorter.
fn point(layer: &mut Layer, text: &str, is_site: bool) {
    let mut fields = text.split(';');
    let mut field = || fields.next().unwrap_or_default();
    let (message, key, unit, shown, limits) = (field(), field(), field(), field(), field());
    let name = point_name(key);
    let stale_after = match message {
        "telemetry" => 3,
        "energy" => 20,
        _ => 5,
    };
    let area = if is_site { "" } else { "{area}/" };
    let mut write = |kind: &str, leaf: &str, value: &str| {
        layer.line(&format!("{kind} gemba:point:{name}:{leaf} = {value}"));
    };
    write(
        "string",
        "source",
        &format!("\"plant:gemba/bottling/{area}{{id}}/{message}#/{key}\""),
    );
    write("token", "unit", &format!("\"{unit}\""));
    write("string", "displayName", &format!("\"{shown}\""));
    let words: Vec<&str> = limits.split_whitespace().collect();
    let mut largest: f64 = 0.0;
    for pair in words.chunks_exact(2) {
        write("double", pair[0], pair[1]);
        largest = largest.max(pair[1].parse::<f64>().unwrap_or(0.0).abs());
    }
    if largest > 0.0 {
        write("double", "deadband", &number(largest * 0.015, 3));
        write("double", "onDelay", "2");
        write("double", "offDelay", "5");
    }
    write("double", "staleAfter", &stale_after.to_string());
}

fn effect(layer: &mut Layer, class: &str, it: &Effect) {
    let name = it.name;
    layer.line(&format!("token gemba:effect:{name}:kind = \"{}\"", it.kind));
    layer.line(&format!("token gemba:effect:{name}:point = \"{}\"", it.point));
    if !it.targets.is_empty() {
        let paths: Vec<String> = it
            .targets
            .iter()
            .map(|path| format!("</_{class}/{path}>"))
            .collect();
        layer.line(&format!("rel gemba:effect:{name}:target = {}", list(&paths)));
    }
    for detail in it.details {
        // `kind name = value`
        if let Some((kind, rest)) = detail.split_once(' ') {
            layer.line(&format!("{kind} gemba:effect:{name}:{rest}"));
        }
    }
}

fn list(paths: &[String]) -> String {
    match paths {
        [one] => one.clone(),
        many => format!("[{}]", many.join(", ")),
    }
}

fn over_area(layer: &mut Layer, area: &str) {
    let Some(twin) = PLACES.iter().find(|place| place.path == area) else {
        return;
    };
    over_place(layer, area, twin, |layer| {
        let inside = |place: &&Place| place.path.split_once('/').is_some_and(|(above, _)| above == area);
        for cell in PLACES.iter().filter(inside) {
            let name = cell.path.rsplit('/').next().unwrap_or_default();
            over_place(layer, name, cell, |layer| {
                for stand in STANDS.iter().filter(|stand| stand.group == cell.path) {
                    over_machine(layer, stand);
                }
                if cell.id == "LINE-1" {
                    CONVEYORS.iter().for_each(|it| over_conveyor(layer, it));
                }
            });
        }
    });
}

fn over_place(layer: &mut Layer, name: &str, place: &Place, body: impl FnOnce(&mut Layer)) {
    layer.prim(&format!("over \"{name}\""), &inherits(place.class), |layer| {
        layer.line(&format!("uniform token gemba:twin:id = \"{}\"", place.id));
        if !place.level.is_empty() {
            layer.line(&format!("uniform token gemba:twin:level = \"{}\"", place.level));
        }
        body(layer);
    });
}

fn over_machine(layer: &mut Layer, stand: &Stand) {
    let mut metadata = inherits(class_of(stand.model));
    if stand.id == ROBOT {
        metadata.extend(schemas(&LAYER_NAMES.map(|name| format!("GembaEffectAPI:{name}"))));
    }
    layer.prim(&format!("over \"{}\"", prim_name(stand.id)), &metadata, |layer| {
        layer.line(&format!("uniform token gemba:twin:id = \"{}\"", stand.id));
        feeds(layer, stand.id);
        // Syrup, concentrate and product have the colour of what is in them.
        match stand.id {
            "TK-211" | "TK-212" => layer.line("color3f gemba:effect:fill:color = (0.7, 0.4, 0.05)"),
            "TK-221" | "TK-222" => layer.line("color3f gemba:effect:fill:color = (0.75, 0.6, 0.08)"),
            ROBOT => layers_at_robot(layer),
            _ => {}
        }
    });
}

/// The layers on the pallet beside the robot, which are no part of it: each is there when so many are laid.
fn layers_at_robot(layer: &mut Layer) {
    for (k, name) in LAYER_NAMES.into_iter().enumerate() {
        let effect = format!("gemba:effect:{name}");
        layer.line(&format!("token {effect}:kind = \"visibility\""));
        layer.line(&format!("token {effect}:point = \"palletLayers\""));
        layer.line(&format!(
            "rel {effect}:target = </Plant/Works/Filling/Line_1/CasesAtRobot/{name}>"
        ));
        layer.line(&format!("double2 {effect}:domain = ({}, {LAYERS})", k + 1));
    }
}

fn over_conveyor(layer: &mut Layer, it: &Conveyor) {
    layer.prim(
        &format!("over \"{}\"", prim_name(it.id)),
        &inherits("Conveyor"),
        |layer| {
            layer.line(&format!("uniform token gemba:twin:id = \"{}\"", it.id));
            feeds(layer, it.id);
            layer.line(&format!(
                "double gemba:effect:run:pitch = {}",
                number(it.pitch_m, 4)
            ));
        },
    );
}

fn feeds(layer: &mut Layer, id: &str) {
    let Some((_, to)) = FEEDS.iter().find(|(from, _)| *from == id) else {
        return;
    };
    let paths: Vec<String> = to
        .iter()
        .filter_map(|id| path_of(id))
        .map(|path| format!("<{path}>"))
        .collect();
    if !paths.is_empty() {
        layer.line(&format!("rel gemba:connects = {}", list(&paths)));
    }
}

fn path_of(id: &str) -> Option<String> {
    let group = STANDS
        .iter()
        .find(|stand| stand.id == id)
        .map(|stand| stand.group)
        .or_else(|| CONVEYORS.iter().any(|it| it.id == id).then_some("Filling/Line_1"))?;
    Some(format!("/Plant/Works/{group}/{}", prim_name(id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_points_are_keys_without_their_unit() {
        for (key, name) in [
            ("speed_rpm", "speed"),
            ("flow_m3_h", "flow"),
            ("bearing_de_c", "bearingDe"),
            ("vibration_1_mm_s", "vibration1"),
            ("vib_1x_mm_s", "vib1x"),
            ("state_since_s", "stateSince"),
            ("energy_kwh", "energy"),
            ("bottles_per_kwh", "bottlesPerKwh"),
            ("travel_deviation_pct", "travelDeviation"),
            ("reason", "reason"),
        ] {
            assert_eq!(point_name(key), name, "{key}");
        }
    }

    #[test]
    fn points_of_a_class_have_different_names() {
        for class in classes() {
            let keys = class.points.iter().filter_map(|text| text.split(';').nth(1));
            let mut names: Vec<String> = keys.map(point_name).collect();
            names.sort_unstable();
            let count = names.len();
            names.dedup();
            assert_eq!(names.len(), count, "{}: {names:?}", class.name);
        }
    }

    #[test]
    fn everything_that_is_fed_exists() {
        for (from, to) in FEEDS {
            assert!(path_of(from).is_some(), "{from}");
            to.iter()
                .for_each(|id| assert!(path_of(id).is_some(), "{from} feeds {id}"));
        }
    }
}
