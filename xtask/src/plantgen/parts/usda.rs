//! Writes usda text: indentation, short numbers, meshes and transforms.

use std::fmt::Write as _;

use super::{materials::Surface, math::V3, mesh::Mesh};

/// A layer being written.
pub(in crate::plantgen) struct Layer {
    text: String,
    depth: usize,
}

impl Layer {
    /// Opens a layer whose metadata holds `default_prim` and `extra` lines.
    pub(in crate::plantgen) fn new(doc: &str, default_prim: &str, extra: &[String]) -> Self {
        let mut layer = Self {
            text: String::from("#usda 1.0\n(\n"),
            depth: 1,
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

    fn mesh_body(&mut self, mesh: &Mesh) {
        let [low, high] = mesh.bounds();
        self.line("uniform token subdivisionScheme = \"none\"");
        self.line(&format!(
            "float3[] extent = [{}, {}]",
            tuple(&low, 4),
            tuple(&high, 4)
        ));
        self.line(&format!("int[] faceVertexCounts = {}", integers(&mesh.counts)));
        self.line(&format!("int[] faceVertexIndices = {}", integers(&mesh.indices)));
        self.line(&format!("point3f[] points = {}", tuples(&mesh.positions, 4)));
        self.line(&format!("normal3f[] normals = {} (", tuples(&mesh.normals, 3)));
        self.line("    interpolation = \"vertex\"");
        self.line(")");
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
