//! Primvars: values that vary over a surface.

use gemba_model::Issue;
use openusd::sdf::Value;

use crate::read::{prim_view::PrimView, values};

/// What one value belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Interpolation {
    /// The whole surface.
    Constant,
    /// A face.
    Uniform,
    /// A point; also `varying`, which differs for subdivision and curves only.
    Vertex,
    /// A corner of a face.
    FaceVarying,
}

impl Interpolation {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "constant" => Self::Constant,
            "uniform" => Self::Uniform,
            "vertex" | "varying" => Self::Vertex,
            "faceVarying" => Self::FaceVarying,
            _ => return None,
        })
    }
}

/// A primvar with its indices already followed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Primvar<T> {
    pub(crate) values: Vec<T>,
    pub(crate) interpolation: Interpolation,
}

impl<T: Copy> Primvar<T> {
    /// Reads the attribute `name` (with its `primvars:` prefix); the default interpolation of a primvar is constant.
    pub(crate) fn read(
        view: &PrimView,
        name: &str,
        convert: impl Fn(Value) -> Option<Vec<T>>,
    ) -> Option<Self> {
        Self::read_with_default(view, name, Interpolation::Constant, convert)
    }

    /// Reads the attribute `name` with another default interpolation.
    pub(crate) fn read_with_default(
        view: &PrimView,
        name: &str,
        default: Interpolation,
        convert: impl Fn(Value) -> Option<Vec<T>>,
    ) -> Option<Self> {
        let values = convert(view.value(name)?)?;
        if values.is_empty() {
            return None;
        }
        let authored = view
            .reported(view.attribute(name).get_metadata::<Value>("interpolation"))
            .flatten();
        let interpolation = authored
            .as_ref()
            .and_then(values::text)
            .and_then(|text| Interpolation::parse(&text))
            .unwrap_or(default);
        let indices_name = format!("{name}:indices");
        let Some(indices) = view.value(&indices_name).and_then(values::ints) else {
            return Some(Self {
                values,
                interpolation,
            });
        };
        let followed: Option<Vec<T>> = indices
            .iter()
            .map(|&at| usize::try_from(at).ok().and_then(|at| values.get(at).copied()))
            .collect();
        if followed.is_none() {
            view.report(Issue::warning(
                "mesh.primvar-index-out-of-range",
                format!(
                    "`{indices_name}` reaches outside the {} values of `{name}`, which is left out",
                    values.len()
                ),
                "export the primvar again",
            ));
        }
        Some(Self {
            values: followed?,
            interpolation,
        })
    }

    /// Which value belongs to a corner.
    pub(crate) fn slot(&self, face: usize, corner: usize, point: usize) -> usize {
        match self.interpolation {
            Interpolation::Constant => 0,
            Interpolation::Uniform => face,
            Interpolation::Vertex => point,
            Interpolation::FaceVarying => corner,
        }
    }

    /// As many values as a surface of this size needs.
    pub(crate) fn covers(&self, faces: usize, corners: usize, points: usize) -> bool {
        let needed = match self.interpolation {
            Interpolation::Constant => 1,
            Interpolation::Uniform => faces,
            Interpolation::Vertex => points,
            Interpolation::FaceVarying => corners,
        };
        self.values.len() >= needed
    }
}

/// Names that exporters use for the first texture coordinates, most usual first.
const UV_NAMES: &[&str] = &["st", "UVMap", "st0", "st_0", "uv", "map1", "Texture_uv", "st1"];

/// The texture coordinates: those that the bound material reads, else those with a usual name, else any `texCoord2`.
pub(crate) fn read_uvs(view: &PrimView, wanted: &[String]) -> Option<Primvar<[f32; 2]>> {
    let usual = UV_NAMES.iter().map(|name| (*name).to_owned());
    let named = wanted
        .iter()
        .cloned()
        .chain(usual)
        .map(|name| format!("primvars:{name}"));
    for name in named {
        if let Some(primvar) = Primvar::read(view, &name, values::vec2s) {
            return Some(primvar);
        }
    }
    let any = view
        .names()
        .filter(|name| name.starts_with("primvars:") && !name.ends_with(":indices"))
        .find(|name| {
            let declared = view.reported(view.attribute(name).type_name()).flatten();
            declared.is_some_and(|declared| {
                matches!(
                    declared.as_str(),
                    "texCoord2f[]" | "texCoord2h[]" | "texCoord2d[]"
                )
            })
        })?;
    Primvar::read(view, any, values::vec2s)
}
