//! The materials library: one UsdPreviewSurface for each surface that a plant has.

use super::usda::{Layer, number, tuple};

/// A material of the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::plantgen) enum Surface {
    Asphalt,
    BeaconAmber,
    BeaconGreen,
    BeaconRed,
    BeltGrey,
    BlackPlastic,
    BrushedMetal,
    CableBlack,
    CapBlue,
    Cardboard,
    CastIron,
    Cladding,
    Concrete,
    Copper,
    DialWhite,
    DoorGrey,
    EnamelBlue,
    EnamelRed,
    FloorGreen,
    FloorResin,
    FloorSealant,
    Galvanised,
    GaugeGlass,
    Glass,
    Insulation,
    LabelWhite,
    LabelYellow,
    LampWhite,
    Lemonade,
    LemonadeInPet,
    MarkingWhite,
    MotorGrey,
    PaintBlue,
    PaintGreen,
    PaintOrange,
    PaintRed,
    PaintWhite,
    PanelGrey,
    Pet,
    PetStack,
    PipeAir,
    PipeGas,
    PipeSteam,
    PipeWater,
    PolishedSteel,
    RoofLight,
    Rubber,
    SafetyYellow,
    Screen,
    StainlessSteel,
    StructuralSteel,
    Window,
    Wood,
}

/// UsdPreviewSurface inputs, colours linear.
struct Preview {
    diffuse: [f64; 3],
    metallic: f64,
    roughness: f64,
    opacity: f64,
    emissive: [f64; 3],
    clearcoat: f64,
}

const PAINT: Preview = Preview {
    diffuse: [0.5; 3],
    metallic: 0.0,
    roughness: 0.45,
    opacity: 1.0,
    emissive: [0.0; 3],
    clearcoat: 0.0,
};

impl Surface {
    pub(in crate::plantgen) fn name(self) -> String {
        format!("{self:?}")
    }

    /// Takes its colour from the geometry, so that panels and fields differ without an image.
    fn is_tinted(self) -> bool {
        matches!(self, Self::Concrete | Self::FloorResin)
    }

    fn preview(self) -> Preview {
        let paint = |diffuse, roughness| Preview {
            diffuse,
            roughness,
            ..PAINT
        };
        let metal = |diffuse, roughness| Preview {
            diffuse,
            metallic: 1.0,
            roughness,
            ..PAINT
        };
        match self {
            Self::Asphalt => paint([0.06, 0.061, 0.064], 0.92),
            Self::BeltGrey => paint([0.3, 0.33, 0.36], 0.5),
            Self::CapBlue => paint([0.004, 0.07, 0.4], 0.35),
            Self::Cardboard => paint([0.4, 0.26, 0.14], 0.85),
            Self::Copper => metal([0.72, 0.38, 0.24], 0.35),
            Self::DoorGrey => paint([0.24, 0.27, 0.3], 0.45),
            // Paint as machines have it: no coat that mirrors the sky.
            Self::EnamelBlue => paint([0.008, 0.075, 0.27], 0.42),
            Self::EnamelRed => paint([0.42, 0.012, 0.009], 0.42),
            Self::FloorGreen => paint([0.045, 0.17, 0.1], 0.6),
            // A smooth coat: it mirrors lamps and windows dimly, as washed floors do.
            Self::FloorResin => paint([0.38, 0.38, 0.35], 0.34),
            Self::FloorSealant => paint([0.09, 0.09, 0.088], 0.8),
            Self::Insulation => metal([0.78, 0.79, 0.8], 0.33),
            Self::LabelWhite => paint([0.85, 0.85, 0.8], 0.45),
            Self::LabelYellow => paint([0.9, 0.5, 0.01], 0.42),
            Self::Lemonade => Preview {
                opacity: 0.9,
                clearcoat: 0.4,
                ..paint([0.82, 0.58, 0.03], 0.08)
            },
            Self::LemonadeInPet => Preview {
                clearcoat: 0.5,
                ..paint([0.74, 0.5, 0.02], 0.12)
            },
            Self::MarkingWhite => paint([0.78, 0.78, 0.75], 0.6),
            Self::PaintOrange => Preview {
                clearcoat: 0.15,
                ..paint([0.72, 0.13, 0.005], 0.36)
            },
            Self::PaintWhite => paint([0.66, 0.68, 0.69], 0.4),
            Self::Pet => Preview {
                opacity: 0.22,
                clearcoat: 1.0,
                ..paint([0.7, 0.85, 0.92], 0.04)
            },
            Self::PetStack => Preview {
                clearcoat: 1.0,
                ..paint([0.62, 0.74, 0.8], 0.12)
            },
            Self::PipeAir => paint([0.42, 0.45, 0.47], 0.4),
            Self::PipeGas => paint([0.86, 0.56, 0.01], 0.4),
            Self::PipeSteam => paint([0.5, 0.015, 0.01], 0.4),
            Self::PipeWater => paint([0.015, 0.26, 0.07], 0.4),
            Self::PolishedSteel => metal([0.74, 0.74, 0.73], 0.13),
            Self::RoofLight => Preview {
                opacity: 0.5,
                ..paint([0.82, 0.86, 0.88], 0.4)
            },
            // Tinted, not milky: what is white in it would lie over everything behind it.
            Self::Window => Preview {
                opacity: 0.16,
                ..paint([0.05, 0.08, 0.085], 0.04)
            },
            Self::Wood => paint([0.42, 0.29, 0.16], 0.8),
            Self::BeaconAmber => Preview {
                opacity: 0.9,
                ..paint([0.42, 0.17, 0.01], 0.25)
            },
            Self::BeaconGreen => Preview {
                opacity: 0.9,
                ..paint([0.02, 0.2, 0.05], 0.25)
            },
            Self::BeaconRed => Preview {
                opacity: 0.9,
                ..paint([0.35, 0.015, 0.01], 0.25)
            },
            Self::BlackPlastic => paint([0.022, 0.022, 0.024], 0.5),
            Self::BrushedMetal => metal([0.62, 0.61, 0.59], 0.38),
            Self::CableBlack => paint([0.018, 0.018, 0.018], 0.7),
            Self::CastIron => Preview {
                metallic: 0.6,
                ..paint([0.09, 0.092, 0.098], 0.62)
            },
            Self::Cladding => paint([0.56, 0.59, 0.6], 0.55),
            Self::Concrete => paint([0.36, 0.35, 0.33], 0.88),
            Self::DialWhite => paint([0.82, 0.82, 0.79], 0.5),
            Self::Galvanised => metal([0.52, 0.54, 0.56], 0.5),
            Self::GaugeGlass => Preview {
                clearcoat: 1.0,
                ..paint([0.028, 0.034, 0.04], 0.15)
            },
            Self::Glass => Preview {
                opacity: 0.22,
                ..paint([0.75, 0.82, 0.84], 0.05)
            },
            Self::LampWhite => Preview {
                emissive: [3.0, 2.9, 2.7],
                ..paint([0.9, 0.9, 0.88], 0.4)
            },
            Self::MotorGrey => paint([0.19, 0.235, 0.255], 0.42),
            Self::PaintBlue => Preview {
                clearcoat: 0.3,
                ..paint([0.012, 0.1, 0.33], 0.34)
            },
            Self::PaintGreen => paint([0.055, 0.24, 0.115], 0.4),
            Self::PaintRed => Preview {
                clearcoat: 0.4,
                ..paint([0.5, 0.018, 0.014], 0.32)
            },
            Self::PanelGrey => paint([0.55, 0.57, 0.55], 0.5),
            Self::Rubber => paint([0.028, 0.027, 0.026], 0.9),
            Self::SafetyYellow => paint([0.82, 0.5, 0.012], 0.45),
            Self::Screen => Preview {
                emissive: [0.02, 0.11, 0.2],
                ..paint([0.01, 0.02, 0.03], 0.2)
            },
            Self::StainlessSteel => metal([0.68, 0.68, 0.67], 0.27),
            Self::StructuralSteel => paint([0.105, 0.135, 0.165], 0.5),
        }
    }
}

/// The library of `surfaces` as a layer.
pub(in crate::plantgen) fn library(surfaces: &[Surface]) -> String {
    let mut layer = Layer::new("Surface materials of the sample plants.", "Materials", &[]);
    layer.prim("def Scope \"Materials\"", &[], |layer| {
        for &surface in surfaces {
            material(layer, surface);
        }
    });
    layer.finish()
}

fn material(layer: &mut Layer, surface: Surface) {
    let name = surface.name();
    let shader = format!("/Materials/{name}/Surface");
    let preview = surface.preview();
    layer.prim(&format!("def Material \"{name}\""), &[], |layer| {
        layer.line(&format!(
            "token outputs:surface.connect = <{shader}.outputs:surface>"
        ));
        layer.prim("def Shader \"Surface\"", &[], |layer| {
            layer.line("uniform token info:id = \"UsdPreviewSurface\"");
            if surface.is_tinted() {
                layer.line(&format!(
                    "color3f inputs:diffuseColor.connect = </Materials/{name}/Tint.outputs:result>"
                ));
            } else {
                layer.line(&format!(
                    "color3f inputs:diffuseColor = {}",
                    tuple(&preview.diffuse, 4)
                ));
            }
            layer.line(&format!(
                "float inputs:metallic = {}",
                number(preview.metallic, 3)
            ));
            layer.line(&format!(
                "float inputs:roughness = {}",
                number(preview.roughness, 3)
            ));
            if preview.opacity < 1.0 {
                layer.line(&format!("float inputs:opacity = {}", number(preview.opacity, 3)));
            }
            if preview.emissive != [0.0; 3] {
                layer.line(&format!(
                    "color3f inputs:emissiveColor = {}",
                    tuple(&preview.emissive, 4)
                ));
            }
            if preview.clearcoat > 0.0 {
                layer.line(&format!(
                    "float inputs:clearcoat = {}",
                    number(preview.clearcoat, 3)
                ));
                layer.line("float inputs:clearcoatRoughness = 0.1");
            }
            layer.line("token outputs:surface");
        });
        if surface.is_tinted() {
            tint(layer, &preview);
        }
    });
}

/// The colour of the geometry, or the surface's own where it has none.
fn tint(layer: &mut Layer, preview: &Preview) {
    layer.prim("def Shader \"Tint\"", &[], |layer| {
        layer.line("uniform token info:id = \"UsdPrimvarReader_float3\"");
        layer.line("string inputs:varname = \"displayColor\"");
        layer.line(&format!(
            "float3 inputs:fallback = {}",
            tuple(&preview.diffuse, 4)
        ));
        layer.line("float3 outputs:result");
    });
}
