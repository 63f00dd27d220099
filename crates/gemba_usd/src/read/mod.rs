//! Composed stage to [`SceneDoc`].
//!
//! Each prim is read once, also below instances: the prims of a prototype become [`facts::PrimFacts`], and [`place`]
//! copies their rows to every instance and applies what is inherited (visibility, purpose, colour, material bindings).

mod binding;
mod camera;
mod diagnostics;
mod facts;
mod gprim;
mod instancer;
mod issues;
mod known_types;
mod light;
mod lost_twins;
mod material;
mod mesh;
mod place;
mod prim_view;
mod root_layer;
#[cfg(test)]
mod tests;
mod text_lines;
mod texture;
mod triangulate;
mod twin;
mod undefined_prototypes;
pub(crate) mod values;
pub(crate) mod xform;

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    path::Path,
    rc::Rc,
    sync::Arc,
};

use gemba_model::Issue;
use openusd::{
    sdf,
    usd::{PrimPredicate, Stage},
};

use self::{
    facts::PrimFacts,
    issues::{FileNames, IssueLog},
};
pub(crate) use self::{material::network, prim_view::PrimView};
use crate::{
    LoadStage, OpenError, OpenOptions, Progress, SceneDoc,
    doc::{MaterialIndex, Mesh, MeshIndex, StageMetrics, UpAxis},
    stage::OpenedStage,
};

/// Prims after instances are expanded; more is a file that refers to itself in ever wider circles.
const MAX_PRIMS: usize = 20_000_000;

/// Progress is told each time this many prims are read.
const PRIMS_PER_REPORT: usize = 256;

/// Reads everything that Gemba shows.
pub(crate) fn read(
    opened: &OpenedStage,
    options: &OpenOptions,
    progress: &dyn Fn(Progress),
) -> Result<SceneDoc, OpenError> {
    let mut reader = Reader::new(opened, options, progress);
    reader.doc.stage = metrics(&opened.stage, &opened.root);
    for issue in &opened.issues {
        reader.issues.borrow_mut().add(issue.clone());
    }
    let mut rows = reader.read_rows()?;
    let defined = undefined_prototypes::append(&mut reader, &mut rows)?;
    progress(Progress {
        stage: LoadStage::Materials,
        done: 0,
        total: Some(rows.len() as u64),
    });
    place::place(&mut reader, rows, defined);
    for issue in opened.mends.take() {
        reader.issues.borrow_mut().add_mended(issue);
    }
    lost_twins::lost_twins(
        &opened.stage,
        &reader.doc,
        &mut reader.lines,
        &mut reader.issues.borrow_mut(),
    );
    root_layer::check(&opened.stage, &reader.doc, &mut reader.issues.borrow_mut());
    diagnostics::composition(&opened.stage, &mut reader.issues.borrow_mut());
    reader.doc.layers = {
        let log = reader.issues.borrow();
        opened
            .stage
            .layer_identifiers()
            .iter()
            .map(|layer| log.files().name(layer))
            .collect()
    };
    reader.take_meshes();
    let Reader { mut doc, issues, .. } = reader;
    doc.issues = issues.take().finish();
    Ok(doc)
}

/// Units, axes and time of the stage, with USD's fallbacks.
fn metrics(stage: &Stage, root: &Path) -> StageMetrics {
    let metadata = |field: &str| stage.stage_metadata(field).ok().flatten();
    let meters_per_unit = metadata("metersPerUnit").as_ref().and_then(values::number);
    let up_axis = metadata("upAxis").as_ref().and_then(values::text);
    StageMetrics {
        root_layer: root.to_string_lossy().into_owned(),
        up_axis: if up_axis.as_deref() == Some("Z") {
            UpAxis::Z
        } else {
            UpAxis::Y
        },
        meters_per_unit: meters_per_unit
            .filter(|m| m.is_finite() && *m > 0.0)
            .unwrap_or(0.01),
        time_codes_per_second: stage.time_codes_per_second(),
        frames_per_second: stage.frames_per_second(),
        time_range: stage
            .has_authored_time_code_range()
            .then(|| [stage.start_time_code(), stage.end_time_code()]),
        default_prim: stage.default_prim().map(|token| token.as_str().to_owned()),
    }
}

/// What is known while the stage is read.
pub(crate) struct Reader<'a> {
    pub(crate) opened: &'a OpenedStage,
    options: &'a OpenOptions,
    progress: &'a dyn Fn(Progress),
    /// Shared, because a prim view reports while the reader is borrowed.
    pub(crate) issues: Rc<RefCell<IssueLog>>,
    pub(crate) doc: SceneDoc,
    pub(crate) mesh_by_content: HashMap<u128, MeshIndex>,
    pub(crate) mesh_builders: mesh::MeshBuilders,
    pub(crate) gprims: HashMap<gprim::GprimKey, MeshIndex>,
    pub(crate) materials: material::MaterialTable,
    pub(crate) textures: texture::TextureTable,
    pub(crate) lines: text_lines::LineTable,
    /// Materials by the prim that binds them directly.
    pub(crate) bound_at: HashMap<sdf::Path, MaterialIndex>,
    templates: HashMap<sdf::Path, Rc<Vec<TemplateRow>>>,
    names: HashSet<Arc<str>>,
    prims_read: usize,
    total: Option<u64>,
}

/// A prim of the stage or of an expanded prototype, parents before children.
pub(crate) struct Row {
    pub(crate) facts: Rc<PrimFacts>,
    pub(crate) path: String,
    pub(crate) parent: Option<u32>,
    pub(crate) is_instance_proxy: bool,
    /// Where the prototype's own paths lie for this row: `(prototype root, instance root)`.
    pub(crate) instance: Option<Rc<(String, String)>>,
}

/// A prim below a prototype root, nested instances expanded.
struct TemplateRow {
    facts: Rc<PrimFacts>,
    /// Path below the prototype root, with its leading `/`.
    suffix: Rc<str>,
    /// Row in the template; `None` for children of the prototype root.
    parent: Option<u32>,
    /// For rows of a nested instance: its prototype root, and its place below this prototype root.
    nested: Option<Rc<(String, String)>>,
}

impl<'a> Reader<'a> {
    fn new(opened: &'a OpenedStage, options: &'a OpenOptions, progress: &'a dyn Fn(Progress)) -> Self {
        let files = FileNames {
            resolved: opened.root_folder.clone(),
            named: opened.root.parent().map(Path::to_owned).unwrap_or_default(),
        };
        Self {
            opened,
            options,
            progress,
            issues: Rc::new(RefCell::new(IssueLog::new(files))),
            doc: SceneDoc::default(),
            mesh_by_content: HashMap::new(),
            mesh_builders: mesh::MeshBuilders::default(),
            gprims: HashMap::new(),
            materials: material::MaterialTable::default(),
            textures: texture::TextureTable::default(),
            lines: text_lines::LineTable::default(),
            bound_at: HashMap::new(),
            templates: HashMap::new(),
            names: HashSet::new(),
            prims_read: 0,
            total: None,
        }
    }

    /// Adds a mesh to the document.
    pub(crate) fn add_mesh(&mut self, mesh: Mesh) -> MeshIndex {
        let index = MeshIndex(u32::try_from(self.doc.meshes.len()).unwrap_or(u32::MAX));
        self.doc.meshes.push(mesh);
        index
    }

    /// Puts the meshes that were built meanwhile in their places.
    fn take_meshes(&mut self) {
        for built in std::mem::take(&mut self.mesh_builders).finish() {
            let mesh::BuiltMesh {
                index,
                prim,
                mesh,
                issues,
            } = built;
            self.doc.meshes[index.index()] = mesh;
            let mut log = self.issues.borrow_mut();
            issues
                .into_iter()
                .for_each(|issue| log.add(issue.on_prim(prim.clone())));
        }
    }

    /// The shared copy of `text`: type names and kinds repeat on every prim.
    pub(crate) fn shared(&mut self, text: &str) -> Arc<str> {
        match self.names.get(text) {
            Some(shared) => Arc::clone(shared),
            None => {
                let shared: Arc<str> = text.into();
                self.names.insert(Arc::clone(&shared));
                shared
            }
        }
    }

    /// The rows of the whole stage, instances expanded.
    fn read_rows(&mut self) -> Result<Vec<Row>, OpenError> {
        let stage = &self.opened.stage;
        let mut paths = Vec::new();
        let traversed = stage.traverse(PrimPredicate::DEFAULT, |path| {
            paths.push(path.clone());
            if paths.len().is_multiple_of(PRIMS_PER_REPORT) {
                (self.progress)(Progress {
                    stage: LoadStage::Composing,
                    done: paths.len() as u64,
                    total: None,
                });
            }
        });
        if let Err(error) = traversed {
            self.issues.borrow_mut().add(Issue::error(
                "usd.composition-failed",
                format!("composition stopped: {}", crate::stage::chain(&error)),
                "mend what is named here; only the prims before it are shown",
            ));
        }
        self.total = Some(paths.len() as u64);
        let mut rows: Vec<Row> = Vec::with_capacity(paths.len());
        // The open ancestors of the prim at hand: path and row.
        let mut ancestors: Vec<(sdf::Path, u32)> = Vec::new();
        for path in paths {
            self.check_cancelled()?;
            while ancestors
                .last()
                .is_some_and(|(ancestor, _)| !path.has_prefix(ancestor))
            {
                ancestors.pop();
            }
            let row = index(rows.len());
            let facts = self.read_facts(&path);
            let prototype = facts.prototype.clone();
            rows.push(Row {
                facts,
                path: path.as_str().to_owned(),
                parent: ancestors.last().map(|(_, row)| *row),
                is_instance_proxy: false,
                instance: None,
            });
            if let Some(prototype) = prototype {
                let template = self.template(&prototype, 0)?;
                if !self.expand(&mut rows, row, prototype.as_str(), &template) {
                    break;
                }
            }
            ancestors.push((path, row));
        }
        Ok(rows)
    }

    /// Copies the rows of a prototype below the instance at `instance_row`; `false` when the scene grows without end.
    fn expand(
        &self,
        rows: &mut Vec<Row>,
        instance_row: u32,
        prototype: &str,
        template: &[TemplateRow],
    ) -> bool {
        if rows.len() + template.len() > MAX_PRIMS {
            self.issues.borrow_mut().add(too_many_prims());
            return false;
        }
        let instance_path = rows[instance_row as usize].path.clone();
        let instance = Rc::new((prototype.to_owned(), instance_path.clone()));
        let base = index(rows.len());
        // Nested instances, whose place is known below the prototype only.
        let mut nested: HashMap<*const (String, String), Rc<(String, String)>> = HashMap::new();
        for row in template {
            let instance =
                match &row.nested {
                    None => Rc::clone(&instance),
                    Some(inner) => Rc::clone(nested.entry(Rc::as_ptr(inner)).or_insert_with(|| {
                        Rc::new((inner.0.clone(), format!("{instance_path}{}", inner.1)))
                    })),
                };
            rows.push(Row {
                facts: Rc::clone(&row.facts),
                path: format!("{instance_path}{}", row.suffix),
                parent: Some(row.parent.map_or(instance_row, |parent| base + parent)),
                is_instance_proxy: true,
                instance: Some(instance),
            });
        }
        true
    }

    /// The prims below the prototype root `root`, read the first time it is asked for.
    fn template(&mut self, root: &sdf::Path, depth: usize) -> Result<Rc<Vec<TemplateRow>>, OpenError> {
        if let Some(template) = self.templates.get(root) {
            return Ok(Rc::clone(template));
        }
        let mut rows: Vec<TemplateRow> = Vec::new();
        let mut stack: Vec<(sdf::Path, Option<u32>)> = Vec::new();
        self.push_children(root, None, &mut stack);
        while let Some((path, parent)) = stack.pop() {
            self.check_cancelled()?;
            if rows.len() > MAX_PRIMS {
                self.issues.borrow_mut().add(too_many_prims());
                break;
            }
            let facts = self.read_facts(&path);
            let suffix: Rc<str> = path
                .as_str()
                .strip_prefix(root.as_str())
                .unwrap_or_default()
                .into();
            let row = index(rows.len());
            let nested = facts.prototype.clone();
            rows.push(TemplateRow {
                facts,
                suffix: Rc::clone(&suffix),
                parent,
                nested: None,
            });
            match nested {
                Some(prototype) if depth < 64 => {
                    let inner = self.template(&prototype, depth + 1)?;
                    append_nested(&mut rows, row, &suffix, prototype.as_str(), &inner);
                }
                Some(_) => self.issues.borrow_mut().add(too_many_prims()),
                None => self.push_children(&path, Some(row), &mut stack),
            }
        }
        let rows = Rc::new(rows);
        self.templates.insert(root.clone(), Rc::clone(&rows));
        Ok(rows)
    }

    /// Pushes the visible children of `path` so that the first comes off first.
    fn push_children(&self, path: &sdf::Path, row: Option<u32>, stack: &mut Vec<(sdf::Path, Option<u32>)>) {
        let stage = &self.opened.stage;
        let Ok(prim) = stage.prim(path.clone()) else {
            return;
        };
        for name in prim.child_names().unwrap_or_default().iter().rev() {
            let Ok(child) = path.append_path(name.as_str()) else {
                continue;
            };
            if stage
                .prim_matches(&child, PrimPredicate::DEFAULT)
                .unwrap_or(false)
            {
                stack.push((child, row));
            }
        }
    }

    fn read_facts(&mut self, path: &sdf::Path) -> Rc<PrimFacts> {
        self.prims_read += 1;
        if self.prims_read.is_multiple_of(PRIMS_PER_REPORT) {
            let done = self.prims_read as u64;
            let total = self.total.map(|total| total.max(done));
            (self.progress)(Progress {
                stage: LoadStage::Geometry,
                done,
                total,
            });
        }
        let issues = Rc::clone(&self.issues);
        Rc::new(match PrimView::new(&self.opened.stage, path, &issues) {
            Some(view) => facts::read(self, &view),
            None => PrimFacts::empty(),
        })
    }

    fn check_cancelled(&self) -> Result<(), OpenError> {
        if self.options.is_cancelled() {
            Err(OpenError::Cancelled)
        } else {
            Ok(())
        }
    }
}

fn append_nested(
    rows: &mut Vec<TemplateRow>,
    instance_row: u32,
    instance_suffix: &str,
    prototype: &str,
    inner: &[TemplateRow],
) {
    let base = index(rows.len());
    let here = Rc::new((prototype.to_owned(), instance_suffix.to_owned()));
    let mut deeper: HashMap<*const (String, String), Rc<(String, String)>> = HashMap::new();
    for row in inner {
        let nested =
            match &row.nested {
                None => Rc::clone(&here),
                Some(nested) => Rc::clone(deeper.entry(Rc::as_ptr(nested)).or_insert_with(|| {
                    Rc::new((nested.0.clone(), format!("{instance_suffix}{}", nested.1)))
                })),
            };
        rows.push(TemplateRow {
            facts: Rc::clone(&row.facts),
            suffix: format!("{instance_suffix}{}", row.suffix).into(),
            parent: Some(row.parent.map_or(instance_row, |parent| base + parent)),
            nested: Some(nested),
        });
    }
}

fn too_many_prims() -> Issue {
    Issue::error(
        "usd.too-many-prims",
        format!("the scene has more than {MAX_PRIMS} prims once its instances are expanded"),
        "look for references that nest in ever wider circles",
    )
}

fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
