//! A component: named parts of one surface each, written as a prim that plants reference.

use super::{materials::Surface, mesh::Mesh, usda::Layer};

pub(in crate::plantgen) struct Component {
    pub(in crate::plantgen) name: &'static str,
    pub(in crate::plantgen) parts: Vec<Part>,
}

pub(in crate::plantgen) struct Part {
    pub(in crate::plantgen) name: &'static str,
    pub(in crate::plantgen) surface: Surface,
    pub(in crate::plantgen) mesh: Mesh,
}

pub(in crate::plantgen) fn part(name: &'static str, surface: Surface, mesh: Mesh) -> Part {
    Part { name, surface, mesh }
}

/// A component file: the first component is the default prim.
pub(in crate::plantgen) fn file(doc: &str, components: &[Component]) -> String {
    let mut layer = Layer::new(
        doc,
        components.first().map_or("", |component| component.name),
        &[],
    );
    for component in components {
        let name = component.name;
        layer.prim(
            &format!("def Xform \"{name}\""),
            &["kind = \"subcomponent\"".to_owned()],
            |layer| {
                let mut surfaces: Vec<Surface> = component.parts.iter().map(|part| part.surface).collect();
                surfaces.sort_unstable();
                surfaces.dedup();
                layer.looks(&surfaces, "../materials.usda");
                for part in &component.parts {
                    layer.mesh(
                        part.name,
                        &part.mesh,
                        &format!("/{name}/Looks/{}", part.surface.name()),
                    );
                }
            },
        );
    }
    layer.finish()
}
