//! [`plan`]: from opinions to tables, twin by twin.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use gemba_model::{Issue, PrimPath, TagId};
use gemba_usd::{
    SceneDoc,
    doc::{Prim, PrimIndex, TwinOpinions},
};

use crate::{
    effects::{self, EffectReader, read_kind},
    flows,
    nearest::{list, nearest, suggest},
    opinions::{IssueList, Opinions},
    plan::{BindingPlan, ConnectionSpec, Effect, Point, PointIndex, Source, Tag, Twin, TwinIndex},
    points::{self, read_point},
    source::Placeholders,
    vocabulary::{self, Applied, Declared},
};

/// What the twin layer of `doc` binds, given the names of the connections in `gemba.toml`, and what is wrong with it.
///
/// Whatever cannot be bound is left out with an issue; the rest is bound. The codes of the issues are listed in the
/// crate's documentation.
#[must_use]
pub fn plan(doc: &SceneDoc, connections: &[String]) -> (BindingPlan, Vec<Issue>) {
    plan_checked(doc, connections, &|_| None)
}

/// [`plan`], with a say for those who know what a connection speaks: `fault_of` gives an issue, without its place, where the
/// address or the selector of a source cannot be used, and the point is bound without a tag.
#[must_use]
pub fn plan_checked(
    doc: &SceneDoc,
    connections: &[String],
    fault_of: &dyn Fn(&Source) -> Option<Issue>,
) -> (BindingPlan, Vec<Issue>) {
    let mut builder = Builder::new(doc, connections, fault_of);
    let mut twins: Vec<&TwinOpinions> = doc.twins.iter().collect();
    twins.sort_by_key(|opinions| opinions.prim);
    for opinions in twins {
        if let Some(prim) = doc.prims.get(opinions.prim.index()) {
            builder.add_prim(opinions, prim);
        }
    }
    builder.finish()
}

struct Builder<'a> {
    doc: &'a SceneDoc,
    connections: Vec<&'a str>,
    fault_of: &'a dyn Fn(&Source) -> Option<Issue>,
    prim_by_path: HashMap<&'a PrimPath, PrimIndex>,
    tag_by_source: HashMap<Source, TagId>,
    path_by_id: HashMap<Arc<str>, &'a PrimPath>,
    twin_by_prim: HashMap<PrimIndex, TwinIndex>,
    flows: flows::Pending,
    /// The first point of each connection that `gemba.toml` lacks, and how many more there are.
    unknown_connections: BTreeMap<Arc<str>, (Issue, usize)>,
    plan: BindingPlan,
    issues: IssueList,
}

impl<'a> Builder<'a> {
    fn new(
        doc: &'a SceneDoc,
        connections: &'a [String],
        fault_of: &'a dyn Fn(&Source) -> Option<Issue>,
    ) -> Self {
        let mut connections: Vec<&str> = connections.iter().map(String::as_str).collect();
        connections.sort_unstable();
        let rows = doc.prims.iter().enumerate();
        Self {
            doc,
            connections,
            fault_of,
            prim_by_path: rows
                .map(|(row, prim)| (&prim.path, PrimIndex(index(row))))
                .collect(),
            tag_by_source: HashMap::new(),
            path_by_id: HashMap::new(),
            twin_by_prim: HashMap::new(),
            flows: flows::Pending::default(),
            unknown_connections: BTreeMap::new(),
            plan: BindingPlan::default(),
            issues: IssueList::default(),
        }
    }

    fn add_prim(&mut self, raw: &'a TwinOpinions, prim: &'a Prim) {
        let issues = std::mem::take(&mut self.issues);
        let mut opinions = Opinions::new(raw, &prim.path, issues);
        let applied = applied_schemas(&mut opinions);
        check_properties(&mut opinions, &applied);
        if let Some(twin) = self.add_twin(&mut opinions, &applied, prim) {
            self.add_points(&mut opinions, &applied, twin);
            self.add_effects(&mut opinions, &applied, twin);
            self.flows.read(&mut opinions, twin, &self.prim_by_path);
        }
        self.issues = opinions.into_issues();
    }

    fn add_twin(
        &mut self,
        opinions: &mut Opinions<'a>,
        applied: &[Applied<'a>],
        prim: &'a Prim,
    ) -> Option<TwinIndex> {
        if applied.is_empty() {
            return None;
        }
        if !applied.contains(&Applied::Twin) {
            opinions.report(Issue::warning(
                "twin.no-twin-schema",
                "the prim has points or effects and is no twin, so it is taken for one",
                "add `GembaTwinAPI` to its `apiSchemas`",
            ));
        }
        let id: Arc<str> = match opinions.text("gemba:twin:id") {
            Some(id) => id.into(),
            None => {
                opinions.report(Issue::warning(
                    "twin.no-id",
                    "the twin has no id, so the name of its prim is used",
                    "give the prim a `uniform token gemba:twin:id`",
                ));
                prim.path.name().into()
            }
        };
        if let Some(first) = self.path_by_id.get(&id) {
            let message = format!("the id `{id}` belongs to <{first}> already, so this twin is left out");
            let issue = Issue::error("twin.duplicate-id", message, "give each twin an id of its own");
            opinions.report_at(Some("gemba:twin:id"), issue);
            return None;
        }
        self.path_by_id.insert(id.clone(), &prim.path);
        let name = opinions
            .text("gemba:twin:name")
            .map(Arc::from)
            .or_else(|| prim.display_name.clone());
        self.plan.twins.push(Twin {
            class: opinions.text("gemba:twin:class").map(Arc::from),
            level: read_level(opinions).map(Arc::from),
            name: name.unwrap_or_else(|| id.clone()),
            id,
            prim: opinions.raw().prim,
            path: prim.path.clone(),
        });
        let twin = TwinIndex(index(self.plan.twins.len() - 1));
        self.twin_by_prim.insert(opinions.raw().prim, twin);
        Some(twin)
    }

    /// The id of the closest twin of level `area`, from `prim` upwards. Twins are added from the root down.
    fn area_of(&self, prim: PrimIndex) -> Option<Arc<str>> {
        let above = |prim: &PrimIndex| self.doc.prims.get(prim.index()).and_then(|prim| prim.parent);
        std::iter::successors(Some(prim), above)
            .filter_map(|prim| self.twin_by_prim.get(&prim))
            .filter_map(|twin| self.plan.twins.get(twin.0 as usize))
            .find(|twin| twin.level.as_deref() == Some("area"))
            .map(|twin| twin.id.clone())
    }

    fn add_points(&mut self, opinions: &mut Opinions<'a>, applied: &[Applied<'a>], twin: TwinIndex) {
        let Some(row) = self.plan.twins.get(twin.0 as usize).cloned() else {
            return;
        };
        let area = self.area_of(row.prim);
        let placeholders = Placeholders {
            id: &row.id,
            class: row.class.as_deref(),
            name: &row.name,
            path: row.path.as_str(),
            area: area.as_deref(),
        };
        let first = self.plan.points.len();
        for schema in applied {
            let Applied::Point(instance) = *schema else {
                continue;
            };
            let point = read_point(opinions, instance, placeholders);
            let tag = point
                .source
                .and_then(|source| self.tag(opinions, instance, source));
            if let Some(tag) = tag.and_then(|tag| self.plan.tags.get_mut(tag.index())) {
                tag.stale_after = shorter(tag.stale_after, point.stale_after);
            }
            self.plan.points.push(Point {
                twin,
                name: instance.into(),
                label: point.label,
                tag,
                unit: point.unit,
                limits: point.limits,
                stale_after: point.stale_after,
            });
        }
        if self.plan.points.len() == first {
            opinions.report(Issue::note(
                "twin.no-points",
                "the twin has no points, so it shows no values",
                "add a `GembaPointAPI:NAME` to its `apiSchemas` if the plant measures something there",
            ));
        }
    }

    /// The tag of `source`; `None` when no connection can deliver it.
    fn tag(&mut self, opinions: &mut Opinions<'_>, instance: &str, source: Source) -> Option<TagId> {
        if !self.connections.contains(&&*source.connection) {
            self.note_unknown_connection(opinions, instance, &source.connection);
            return None;
        }
        if let Some(tag) = self.tag_by_source.get(&source) {
            return Some(*tag);
        }
        if let Some(mut issue) = (self.fault_of)(&source) {
            issue.message = format!("the point `{instance}` has no usable source: {}", issue.message);
            opinions.report_at(Some(&points::property(instance, "source")), issue);
            return None;
        }
        let tag = TagId(index(self.plan.tags.len()));
        self.plan.tags.push(Tag {
            source: source.clone(),
            stale_after: Duration::ZERO,
        });
        let known = self
            .plan
            .connections
            .iter_mut()
            .find(|spec| spec.name == source.connection);
        match known {
            Some(spec) => spec.tags.push(tag),
            None => self.plan.connections.push(ConnectionSpec {
                name: source.connection.clone(),
                tags: vec![tag],
            }),
        }
        self.tag_by_source.insert(source, tag);
        Some(tag)
    }

    /// One issue a connection, not one a point: a plant opened without its `gemba.toml` has thousands of points.
    fn note_unknown_connection(&mut self, opinions: &Opinions<'_>, instance: &str, name: &Arc<str>) {
        if let Some((_, more)) = self.unknown_connections.get_mut(name) {
            *more += 1;
            return;
        }
        let message = format!(
            "the point `{instance}` comes over the connection `{name}`, which `gemba.toml` does not name"
        );
        let otherwise =
            format!("add a `[connection.{name}]` to `gemba.toml`, or name the file with `--config`");
        let remedy = match self.connections.as_slice() {
            [] => format!("{otherwise}; it names no connection now"),
            known => format!("{otherwise}; {}", suggest(name, known, "")),
        };
        let mut issue =
            Issue::error("twin.unknown-connection", message, remedy).on_prim(opinions.path().clone());
        let property = opinions
            .raw()
            .attributes
            .get(&points::property(instance, "source"));
        issue.file = property
            .and_then(|it| it.file.clone())
            .or_else(|| opinions.raw().file.clone());
        issue.line = property.map_or(opinions.raw().line, |it| it.line);
        self.unknown_connections.insert(name.clone(), (issue, 0));
    }

    fn add_effects(&mut self, opinions: &mut Opinions<'a>, applied: &[Applied<'a>], twin: TwinIndex) {
        for schema in applied {
            let Applied::Effect(instance) = *schema else {
                continue;
            };
            let Some(kind) = read_kind(opinions, instance) else {
                continue;
            };
            let Some(point) = self.point_of_effect(opinions, instance, twin) else {
                continue;
            };
            let Some(targets) = self.targets(opinions, instance) else {
                continue;
            };
            let Some(row) = self.plan.points.get(point.0 as usize) else {
                continue;
            };
            let reader = EffectReader {
                opinions,
                instance,
                point: row,
                meters_per_unit: self.doc.stage.meters_per_unit,
            };
            let Some(kind) = reader.read(kind) else { continue };
            self.plan.effects.push(Effect {
                twin,
                name: instance.into(),
                point,
                targets,
                kind,
            });
        }
    }

    fn point_of_effect(
        &self,
        opinions: &mut Opinions<'_>,
        instance: &str,
        twin: TwinIndex,
    ) -> Option<PointIndex> {
        let rows = self
            .plan
            .points
            .iter()
            .enumerate()
            .rev()
            .take_while(|(_, point)| point.twin == twin);
        let mut rows: Vec<(usize, &str)> = rows.map(|(row, point)| (row, &*point.name)).collect();
        rows.reverse();
        let names: Vec<&str> = rows.iter().map(|(_, name)| *name).collect();
        let property = effects::property(instance, "point");
        let no_points = "add the point as a `GembaPointAPI:NAME` to the `apiSchemas` of the prim";
        let Some(wanted) = opinions.text(&property) else {
            let remedy = if names.is_empty() {
                no_points.to_owned()
            } else {
                format!("write one of {}", list(&names))
            };
            let message = format!("the effect `{instance}` names no point, so it shows nothing");
            opinions.report(Issue::error(
                "twin.no-effect-point",
                message,
                format!("give the prim a `{property}`: {remedy}"),
            ));
            return None;
        };
        if let Some((row, _)) = rows.iter().find(|(_, name)| *name == wanted) {
            return Some(PointIndex(index(*row)));
        }
        let message =
            format!("the effect `{instance}` names the point `{wanted}`, which the twin does not have");
        let issue = Issue::error("twin.unknown-point", message, suggest(wanted, &names, no_points));
        opinions.report_at(Some(&property), issue);
        None
    }

    /// The prims an effect acts on; `None` when it names some and none of them exists.
    fn targets(&self, opinions: &mut Opinions<'_>, instance: &str) -> Option<Vec<PrimIndex>> {
        let property = effects::property(instance, "target");
        let wanted = match opinions.relationship(&property) {
            Some(relationship) if !relationship.targets.is_empty() => &relationship.targets,
            _ => return Some(vec![opinions.raw().prim]),
        };
        let mut found = BTreeSet::new();
        for path in wanted {
            match self.prim_by_path.get(path) {
                Some(prim) => {
                    found.insert(*prim);
                }
                None => {
                    let message =
                        format!("the effect `{instance}` acts on <{path}>, and the scene has no such prim");
                    let issue = Issue::error(
                        "twin.missing-target",
                        message,
                        self.near_prim(path, opinions.raw().prim),
                    );
                    opinions.report_at(Some(&property), issue);
                }
            }
        }
        (!found.is_empty()).then(|| found.into_iter().collect())
    }

    /// What to write in place of a path that names nothing: a prim of the twin with that name, else of a similar one.
    fn near_prim(&self, path: &PrimPath, twin: PrimIndex) -> String {
        let prims = self.doc.prims.get(self.doc.subtree(twin)).unwrap_or_default();
        let same = prims.iter().find(|prim| prim.path.name() == path.name());
        let near = || {
            let name = nearest(path.name(), prims.iter().skip(1).map(|prim| prim.path.name()))?;
            prims.iter().skip(1).find(|prim| prim.path.name() == name)
        };
        match same.or_else(near) {
            Some(prim) => format!("did you mean <{}>?", prim.path),
            None => {
                "name a prim that the composed scene has, by its path or relative to the prim that says it"
                    .into()
            }
        }
    }

    fn finish(mut self) -> (BindingPlan, Vec<Issue>) {
        for (mut issue, more) in std::mem::take(&mut self.unknown_connections).into_values() {
            match more {
                0 => {}
                1 => issue.message.push_str(" (nor for 1 more point)"),
                _ => issue.message.push_str(&format!(" (nor for {more} more points)")),
            }
            self.issues.push(issue);
        }
        self.plan.flows = std::mem::take(&mut self.flows).finish(&self.twin_by_prim, &mut self.issues);
        self.plan.connections.sort_by(|a, b| a.name.cmp(&b.name));
        (self.plan, self.issues.finish())
    }
}

/// The level of the prim; `None` when ISA-95 has none of that name, for then nothing would find it by its level.
fn read_level<'a>(opinions: &mut Opinions<'a>) -> Option<&'a str> {
    const PROPERTY: &str = "gemba:twin:level";
    let level = opinions.text(PROPERTY)?;
    if vocabulary::LEVELS.contains(&level) {
        return Some(level);
    }
    let issue = Issue::warning(
        "twin.unknown-level",
        format!("`{level}` is no level of ISA-95, so the twin has none, and `{{area}}` does not find it"),
        suggest(level, vocabulary::LEVELS, ""),
    );
    opinions.report_at(Some(PROPERTY), issue);
    None
}

/// The Gemba schemas of the prim, points and effects in the order they were applied.
fn applied_schemas<'a>(opinions: &mut Opinions<'a>) -> Vec<Applied<'a>> {
    let mut applied = Vec::new();
    for text in &opinions.raw().api_schemas {
        match Applied::parse(text) {
            Some(schema) if !applied.contains(&schema) => applied.push(schema),
            Some(_) => {}
            None => {
                let (base, instance) = text
                    .split_once(':')
                    .map_or((&**text, None), |(base, it)| (base, Some(it)));
                let remedy = match (base, instance) {
                    ("GembaTwinAPI", _) => "write `GembaTwinAPI` without a name after it".to_owned(),
                    ("GembaPointAPI" | "GembaEffectAPI", _) => format!("write `{base}:NAME`"),
                    _ => suggest(base, vocabulary::SCHEMAS, ""),
                };
                let message = format!("`{text}` is no schema, so what it declares is left out");
                opinions.report(Issue::warning("twin.unknown-schema", message, remedy));
            }
        }
    }
    applied
}

/// Reports properties that no applied schema declares: slips of the pen that would otherwise do nothing in silence.
///
/// What one missing schema leaves out is one issue, at the first of its properties in the order of their names.
fn check_properties(opinions: &mut Opinions<'_>, applied: &[Applied<'_>]) {
    let raw = opinions.raw();
    let mut left_out: BTreeMap<Applied<'_>, (&str, usize)> = BTreeMap::new();
    for name in raw.attributes.keys().chain(raw.relationships.keys()) {
        let issue = match vocabulary::declared(name) {
            Declared::In(schema, _) => {
                if !applied.contains(&schema) {
                    left_out.entry(schema).or_insert((name, 0)).1 += 1;
                }
                continue;
            }
            Declared::NoSuchLeaf(leaf, leaves) => Issue::warning(
                "twin.unknown-property",
                format!("`{name}` is left out: no schema declares `{leaf}` there"),
                suggest(leaf, leaves, ""),
            ),
            Declared::Nowhere => Issue::warning(
                "twin.unknown-property",
                format!("`{name}` is left out: no schema declares it"),
                "start the name with `gemba:twin:`, `gemba:point:NAME:` or `gemba:effect:NAME:`",
            ),
        };
        opinions.report_at(Some(name), issue);
    }
    for (schema, (first, count)) in left_out {
        opinions.report_at(Some(first), not_applied(schema, first, count));
    }
}

/// `count` properties, `first` among them, belong to a schema that the prim does not apply.
fn not_applied(schema: Applied<'_>, first: &str, count: usize) -> Issue {
    let schema = match schema {
        Applied::Twin => "GembaTwinAPI".to_owned(),
        Applied::Point(instance) => format!("GembaPointAPI:{instance}"),
        Applied::Effect(instance) => format!("GembaEffectAPI:{instance}"),
    };
    let what = match count {
        1 => format!("`{first}` is left out"),
        _ => format!("`{first}` and {} more are left out", count - 1),
    };
    Issue::warning(
        "twin.schema-not-applied",
        format!("{what}: the prim does not apply `{schema}`"),
        format!(
            "add `{schema}` to the `apiSchemas` of the prim; was it deleted there on purpose, inherit a class without it \
             instead"
        ),
    )
}

/// The shorter time of two, where 0 is no time at all.
fn shorter(one: Duration, other: Duration) -> Duration {
    match (one.is_zero(), other.is_zero()) {
        (true, _) => other,
        (_, true) => one,
        _ => one.min(other),
    }
}

/// A row number; tables of more than 4 294 967 295 rows do not fit in memory.
fn index(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}
