//! Writes usda text: indentation, short numbers, meshes and transforms.

use std::{collections::HashMap, fmt::Write as _};

use super::{materials::Surface, math::V3, mesh::Mesh};

/// A layer being written.
pub(in crate::plantgen) struct Layer {
    text: String,
    depth: usize,
    /// Digits after the point of positions in meshes that are written with shared corners; `None` writes a vertex for each
    /// normal.
    shared_decimals: Option<usize>,
}

impl Layer {
    /// Opens a layer whose metadata holds `default_prim` and `extra` lines.
    pub(in crate::plantgen) fn new(doc: &str, default_prim: &str, extra: &[String]) -> Self {
        let mut layer = Self {
            text: String::from("#usda 1.0\n(\n"),
            depth: 1,
            shared_decimals: None,
        };
        layer.line(&format!("\"\"\"{doc}\"\"\""));
        layer.line(&format!("defaultPrim = \"{default_prim}\""));
        layer.line("metersPerUnit = 1");
        layer.line("upAxis = \"Z\"");
        extra.iter().for_each(|line| layer.line(line));
        layer.depth = 0;
        layer.line(")");
        layer
    }

    /// Writes meshes with corners that faces share and a table of normals, half the text of a vertex for each normal.
    pub(in crate::plantgen) fn sharing_corners(mut self, position_decimals: usize) -> Self {
        self.shared_decimals = Some(position_decimals);
        self
    }

    pub(in crate::plantgen) fn line(&mut self, line: &str) {
        for _ in 0..self.depth {
            self.text.push_str("    ");
        }
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// Opens a prim, such as `def Xform "Pump"`, with its metadata.
    pub(in crate::plantgen) fn open(&mut self, prim: &str, metadata: &[String]) {
        if metadata.is_empty() {
            self.line(prim);
        } else {
            self.line(&format!("{prim} ("));
            self.depth += 1;
            metadata.iter().for_each(|line| self.line(line));
            self.depth -= 1;
            self.line(")");
        }
        self.line("{");
        self.depth += 1;
    }

    pub(in crate::plantgen) fn close(&mut self) {
        self.depth -= 1;
        self.line("}");
    }

    /// A prim with `body` inside.
    pub(in crate::plantgen) fn prim(
        &mut self,
        prim: &str,
        metadata: &[String],
        body: impl FnOnce(&mut Self),
    ) {
        self.open(prim, metadata);
        body(self);
        self.close();
    }

    /// `xformOp:translate` and, when it turns, a rotation in degrees.
    pub(in crate::plantgen) fn transform(&mut self, position: V3, turn_deg: V3) {
        let mut order = Vec::new();
        if position != [0.0; 3] {
            self.line(&format!("double3 xformOp:translate = {}", tuple(&position, 4)));
            order.push("\"xformOp:translate\"");
        }
        if turn_deg[0] != 0.0 || turn_deg[1] != 0.0 {
            self.line(&format!("float3 xformOp:rotateXYZ = {}", tuple(&turn_deg, 3)));
            order.push("\"xformOp:rotateXYZ\"");
        } else if turn_deg[2] != 0.0 {
            self.line(&format!("float xformOp:rotateZ = {}", number(turn_deg[2], 3)));
            order.push("\"xformOp:rotateZ\"");
        }
        if !order.is_empty() {
            self.line(&format!("uniform token[] xformOpOrder = [{}]", order.join(", ")));
        }
    }

    /// A mesh bound to the material at `material`, a path inside this layer.
    pub(in crate::plantgen) fn mesh(&mut self, name: &str, mesh: &Mesh, material: &str) {
        let metadata = ["prepend apiSchemas = [\"MaterialBindingAPI\"]".to_owned()];
        self.prim(&format!("def Mesh \"{name}\""), &metadata, |layer| {
            layer.line(&format!("rel material:binding = <{material}>"));
            layer.mesh_body(mesh);
        });
    }

    /// A mesh without a material, of one colour.
    pub(in crate::plantgen) fn bare_mesh(&mut self, name: &str, mesh: &Mesh, color: V3, opacity: f64) {
        self.prim(&format!("def Mesh \"{name}\""), &[], |layer| {
            layer.line(&format!(
                "color3f[] primvars:displayColor = [{}]",
                tuple(&color, 3)
            ));
            layer.line(&format!(
                "float[] primvars:displayOpacity = [{}]",
                number(opacity, 3)
            ));
            layer.mesh_body(mesh);
        });
    }

    fn mesh_body(&mut self, mesh: &Mesh) {
        let [low, high] = mesh.bounds();
        self.line("uniform token subdivisionScheme = \"none\"");
        if let Some(decimals) = self.shared_decimals
            && mesh.colors.is_empty()
        {
            self.shared_mesh_body(mesh, decimals);
            return;
        }
        self.line(&format!(
            "float3[] extent = [{}, {}]",
            tuple(&low, 4),
            tuple(&high, 4)
        ));
        self.line(&format!("int[] faceVertexCounts = {}", integers(&mesh.counts)));
        self.line(&format!("int[] faceVertexIndices = {}", integers(&mesh.indices)));
        self.line(&format!("point3f[] points = {}", tuples(&mesh.positions, 4)));
        if self.shared_decimals.is_none() || !mesh.is_faceted() {
            self.line(&format!("normal3f[] normals = {} (", tuples(&mesh.normals, 3)));
            self.line("    interpolation = \"vertex\"");
            self.line(")");
        }
        if !mesh.uvs.is_empty() {
            self.line(&format!("texCoord2f[] primvars:st = {} (", tuples(&mesh.uvs, 4)));
            self.line("    interpolation = \"vertex\"");
            self.line(")");
        }
        if !mesh.colors.is_empty() {
            self.line(&format!(
                "color3f[] primvars:displayColor = {} (",
                tuples(&mesh.colors, 3)
            ));
            self.line("    interpolation = \"vertex\"");
            self.line(")");
        }
    }

    /// Without normals where faces are flat, else whichever is shorter: a vertex for each position and normal, or points once each with normals by face corner.
    fn shared_mesh_body(&mut self, mesh: &Mesh, decimals: usize) {
        let [low, high] = mesh.bounds();
        self.line(&format!(
            "float3[] extent = [{}, {}]",
            tuple(&low, decimals),
            tuple(&high, decimals)
        ));
        self.line(&format!("int[] faceVertexCounts = {}", integers(&mesh.counts)));
        if mesh.is_faceted() {
            by_corner(mesh, decimals)
                .iter()
                .take(2)
                .for_each(|line| self.line(line));
            return;
        }
        let (by_vertex, by_corner) = (by_vertex(mesh, decimals), by_corner(mesh, decimals));
        let length = |lines: &[String]| lines.iter().map(String::len).sum::<usize>();
        let shorter = if length(&by_vertex) < length(&by_corner) {
            by_vertex
        } else {
            by_corner
        };
        shorter.iter().for_each(|line| self.line(line));
    }

    /// A scope `Looks` with the materials `surfaces`, each a reference into the library.
    pub(in crate::plantgen) fn looks(&mut self, surfaces: &[Surface], library: &str) {
        self.prim("def Scope \"Looks\"", &[], |layer| {
            for surface in surfaces {
                let name = surface.name();
                let metadata = [format!("prepend references = @{library}@</Materials/{name}>")];
                layer.prim(&format!("def Material \"{name}\""), &metadata, |_| {});
            }
        });
    }

    pub(in crate::plantgen) fn finish(self) -> String {
        self.text
    }
}

/// Half a degree: the eye sees no more on a curved surface.
const NORMAL_DECIMALS: usize = 2;

/// Rows of a table without those that are written alike, in the order of their first use, and the row of each.
fn table<const N: usize>(values: impl Iterator<Item = [i64; N]>) -> (Vec<[i64; N]>, Vec<u32>) {
    let mut rows: HashMap<[i64; N], u32> = HashMap::new();
    let mut once: Vec<[i64; N]> = Vec::new();
    let row_of = values
        .map(|key| {
            *rows.entry(key).or_insert_with(|| {
                once.push(key);
                once.len() as u32 - 1
            })
        })
        .collect();
    (once, row_of)
}

/// A value as it will be written: a whole number of the last decimal.
fn whole(value: V3, decimals: usize) -> [i64; 3] {
    let scale = 10_f64.powi(i32::try_from(decimals).unwrap_or(0));
    value.map(|part| (part * scale).round() as i64)
}

fn written(rows: impl Iterator<Item = [i64; 3]>, decimals: usize) -> String {
    let scale = 10_f64.powi(i32::try_from(decimals).unwrap_or(0));
    let values: Vec<V3> = rows.map(|row| row.map(|part| part as f64 / scale)).collect();
    tuples(&values, decimals)
}

fn by_corner(mesh: &Mesh, decimals: usize) -> Vec<String> {
    let (points, point_of) = table(mesh.positions.iter().map(|&it| whole(it, decimals)));
    let (normals, normal_of) = table(mesh.normals.iter().map(|&it| whole(it, NORMAL_DECIMALS)));
    let corners = |of: &[u32]| -> Vec<u32> { mesh.indices.iter().map(|&at| of[at as usize]).collect() };
    vec![
        format!("int[] faceVertexIndices = {}", integers(&corners(&point_of))),
        format!("point3f[] points = {}", written(points.into_iter(), decimals)),
        format!(
            "normal3f[] primvars:normals = {} (",
            written(normals.into_iter(), NORMAL_DECIMALS)
        ),
        "    interpolation = \"faceVarying\"".to_owned(),
        ")".to_owned(),
        format!(
            "int[] primvars:normals:indices = {}",
            integers(&corners(&normal_of))
        ),
    ]
}

fn by_vertex(mesh: &Mesh, decimals: usize) -> Vec<String> {
    let keys = mesh
        .positions
        .iter()
        .zip(&mesh.normals)
        .map(|(&position, &normal)| {
            let ([a, b, c], [d, e, f]) = (whole(position, decimals), whole(normal, NORMAL_DECIMALS));
            [a, b, c, d, e, f]
        });
    let (vertices, vertex_of) = table(keys);
    let corners: Vec<u32> = mesh.indices.iter().map(|&at| vertex_of[at as usize]).collect();
    vec![
        format!("int[] faceVertexIndices = {}", integers(&corners)),
        format!(
            "point3f[] points = {}",
            written(vertices.iter().map(|&[a, b, c, ..]| [a, b, c]), decimals)
        ),
        format!(
            "normal3f[] primvars:normals = {} (",
            written(
                vertices.iter().map(|&[_, _, _, d, e, f]| [d, e, f]),
                NORMAL_DECIMALS
            )
        ),
        "    interpolation = \"vertex\"".to_owned(),
        ")".to_owned(),
    ]
}

/// A number with at most `decimals` digits after the point and no trailing zeros.
pub(in crate::plantgen) fn number(value: f64, decimals: usize) -> String {
    let mut text = format!("{value:.decimals$}");
    if text.contains('.') {
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    if text == "-0" { "0".to_owned() } else { text }
}

pub(in crate::plantgen) fn tuple(values: &[f64], decimals: usize) -> String {
    let parts: Vec<String> = values.iter().map(|&value| number(value, decimals)).collect();
    format!("({})", parts.join(", "))
}

fn tuples<const N: usize>(values: &[[f64; N]], decimals: usize) -> String {
    let mut text = String::from("[");
    for (at, value) in values.iter().enumerate() {
        text.push_str(if at == 0 { "(" } else { ",(" });
        for (axis, &part) in value.iter().enumerate() {
            if axis > 0 {
                text.push(',');
            }
            text.push_str(&number(part, decimals));
        }
        text.push(')');
    }
    text.push(']');
    text
}

fn integers(values: &[u32]) -> String {
    let mut text = String::from("[");
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        // Writing to a String cannot fail.
        write!(text, "{value}").unwrap_or_default();
    }
    text.push(']');
    text
}
