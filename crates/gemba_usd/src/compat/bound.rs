//! Whether composing the references of the layers read so far ends in reasonable time.
//!
//! A hundred lines of references to references can compose to more prims than any machine holds ("billion laughs"), or to
//! one prim with millions of opinions, and `openusd` tries. Cycles it finds by itself. [`Bound`] adds up, before a layer
//! is handed over, how many prims its arcs lead to and from how many places one prim is composed; the layer that breaks
//! a limit is refused. Text layers only: of a binary layer nothing is known here, and it counts as one prim.
//!
//! The sums are estimates from above, except that of the arcs of a prim's variants only the costliest counts.

use std::collections::HashMap;

use super::text::Refusal;

/// Composed prims up to which no share is asked for; half a minute of composing.
const PRIMS_MAX: f64 = 2.5e5;
/// Composed prims for each prim that a file spells out. Real assemblies reuse parts tens of times at each of a few levels.
const AMPLIFICATION_MAX: f64 = 1_000.0;
/// Places that one prim is composed from; the cost grows with the square.
const SITES_MAX: f64 = 1_000.0;
/// Arcs and levels followed in one line. A line this long breaks [`SITES_MAX`], or composes as slowly.
const CHAIN_MAX: u32 = 2_000;
/// Up to this many layers the sums are made anew for each; then whenever a quarter was added.
const LAYERS_EACH: usize = 64;

/// One target of a reference, payload, inherit or specialise.
#[derive(Clone, Debug)]
pub(super) struct Arc {
    /// The layer as authored, or the same layer.
    pub(super) asset: Option<String>,
    /// The prim in it, or its default prim.
    pub(super) path: Option<String>,
    /// Whether it stands in a variant.
    pub(super) is_variant: bool,
}

/// A prim of a layer.
#[derive(Clone, Debug)]
pub(super) struct PrimArcs {
    pub(super) parent: Option<usize>,
    pub(super) name: Box<str>,
    pub(super) line: u32,
    pub(super) arcs: Vec<Arc>,
    pub(super) is_instanceable: bool,
}

/// The prims of a layer, parents before children.
#[derive(Clone, Debug, Default)]
pub(super) struct LayerArcs {
    pub(super) prims: Vec<PrimArcs>,
    pub(super) default_prim: Option<String>,
}

#[derive(Debug)]
struct Layer {
    arcs: LayerArcs,
    children: Vec<Vec<usize>>,
    by_path: HashMap<String, usize>,
}

impl Layer {
    fn new(arcs: LayerArcs) -> Self {
        let mut children = vec![Vec::new(); arcs.prims.len()];
        let mut paths: Vec<String> = Vec::with_capacity(arcs.prims.len());
        for (index, prim) in arcs.prims.iter().enumerate() {
            let above = prim
                .parent
                .and_then(|parent| paths.get(parent))
                .map_or("", String::as_str);
            paths.push(format!("{above}/{}", prim.name));
            if let Some(siblings) = prim.parent.and_then(|parent| children.get_mut(parent)) {
                siblings.push(index);
            }
        }
        let by_path = paths
            .into_iter()
            .enumerate()
            .map(|(index, path)| (path, index))
            .collect();
        Self {
            arcs,
            children,
            by_path,
        }
    }

    fn target(&self, path: Option<&str>) -> Option<usize> {
        match (path, &self.arcs.default_prim) {
            (Some(path), _) => self.by_path.get(path).copied(),
            (None, Some(name)) => self
                .by_path
                .get(&format!("/{}", name.trim_start_matches('/')))
                .copied(),
            (None, None) => None,
        }
    }
}

/// What composing one prim costs.
#[derive(Clone, Copy, Debug)]
struct Cost {
    /// Prims in its composed subtree.
    prims: f64,
    /// Places it is composed from.
    sites: f64,
}

const ONE: Cost = Cost {
    prims: 1.0,
    sites: 1.0,
};

/// The layers read so far.
#[derive(Debug, Default)]
pub(super) struct Bound {
    layers: Vec<Layer>,
    by_file: HashMap<String, usize>,
    /// Layer and authored asset path to the file it resolves to.
    assets: HashMap<(usize, String), String>,
    summed: usize,
}

impl Bound {
    /// Adds the layer at `file` and says why it must be refused, if it must. `locate` resolves an asset path that the
    /// layer authors.
    pub(super) fn add(
        &mut self,
        file: &str,
        arcs: LayerArcs,
        locate: impl Fn(&str) -> Option<String>,
    ) -> Option<Refusal> {
        if self.by_file.contains_key(file) {
            return None;
        }
        let index = self.layers.len();
        for asset in arcs
            .prims
            .iter()
            .flat_map(|prim| &prim.arcs)
            .filter_map(|arc| arc.asset.as_ref())
        {
            let key = (index, asset.clone());
            if !self.assets.contains_key(&key)
                && let Some(located) = locate(asset)
            {
                self.assets.insert(key, located);
            }
        }
        let has_arcs = arcs.prims.iter().any(|prim| !prim.arcs.is_empty());
        self.by_file.insert(file.to_owned(), index);
        self.layers.push(Layer::new(arcs));
        let due = self.layers.len() <= LAYERS_EACH || self.layers.len() * 4 >= self.summed * 5;
        if !has_arcs && self.layers.len() > 1 && !due {
            return None;
        }
        self.summed = self.layers.len();
        let refusal = self.sum();
        if refusal.is_some() {
            // The refused layer takes no part, so its arcs no longer count.
            if let Some(layer) = self.layers.get_mut(index) {
                *layer = Layer::new(LayerArcs::default());
            }
        }
        refusal
    }

    fn sum(&self) -> Option<Refusal> {
        let mut sums = Sums {
            bound: self,
            costs: HashMap::new(),
            depth: 0,
            too_long: None,
        };
        let authored: usize = self.layers.iter().map(|layer| layer.arcs.prims.len()).sum();
        let mut worst: Option<(f64, u32)> = None;
        for (layer_index, layer) in self.layers.iter().enumerate() {
            let mut prims = 0.0;
            for (index, prim) in layer.arcs.prims.iter().enumerate() {
                let cost = sums.cost(layer_index, index)?;
                if let Some(line) = sums.too_long {
                    return Some(refusal(
                        line,
                        format!("references follow each other more than {CHAIN_MAX} times"),
                    ));
                }
                if cost.sites > SITES_MAX {
                    let message = format!("`{}` is composed from about {:.0} places", prim.name, cost.sites);
                    return Some(refusal(prim.line, message));
                }
                if prim.parent.is_none() {
                    prims += cost.prims;
                }
                if worst.is_none_or(|(most, _)| cost.prims > most) {
                    worst = Some((cost.prims, prim.line));
                }
            }
            if prims > PRIMS_MAX && prims > AMPLIFICATION_MAX * authored.max(1) as f64 {
                let message = format!("its references compose to about {prims:.0} prims");
                return Some(refusal(worst.map_or(1, |(_, line)| line), message));
            }
        }
        None
    }
}

fn refusal(line: u32, message: String) -> Refusal {
    let remedy = "make the repeated parts instanceable, or remove references that repeat each other";
    Refusal {
        line,
        code: "usd.endless-composition",
        message,
        remedy,
    }
}

/// One round of sums.
struct Sums<'a> {
    bound: &'a Bound,
    /// Nothing for a prim whose cost is being added up: a cycle, which the reader reports.
    costs: HashMap<(usize, usize), Option<Cost>>,
    depth: u32,
    /// The line of a prim whose arcs lead too far.
    too_long: Option<u32>,
}

impl Sums<'_> {
    /// The cost of a prim; nothing where there is no such prim.
    fn cost(&mut self, layer_index: usize, index: usize) -> Option<Cost> {
        if let Some(known) = self.costs.get(&(layer_index, index)) {
            return Some(known.unwrap_or(ONE));
        }
        let layer = self.bound.layers.get(layer_index)?;
        let prim = layer.arcs.prims.get(index)?;
        if self.depth >= CHAIN_MAX {
            self.too_long.get_or_insert(prim.line);
            return Some(ONE);
        }
        self.depth += 1;
        self.costs.insert((layer_index, index), None);
        let mut cost = ONE;
        let mut variant = Cost {
            prims: 0.0,
            sites: 0.0,
        };
        for arc in &prim.arcs {
            let target = self.arc_cost(layer_index, arc);
            if arc.is_variant {
                variant.prims = variant.prims.max(target.prims - 1.0);
                variant.sites = variant.sites.max(target.sites);
            } else {
                cost.prims += target.prims - 1.0;
                cost.sites += target.sites;
            }
        }
        cost.prims += variant.prims;
        cost.sites += variant.sites;
        for child in layer.children.get(index).into_iter().flatten() {
            cost.prims += self.cost(layer_index, *child).unwrap_or(ONE).prims;
        }
        if prim.is_instanceable {
            cost.prims = 1.0;
        }
        self.depth -= 1;
        self.costs.insert((layer_index, index), Some(cost));
        Some(cost)
    }

    fn arc_cost(&mut self, layer_index: usize, arc: &Arc) -> Cost {
        let target_layer = match &arc.asset {
            None => Some(layer_index),
            Some(asset) => {
                let file = self.bound.assets.get(&(layer_index, asset.clone()));
                file.and_then(|file| self.bound.by_file.get(file)).copied()
            }
        };
        let found = target_layer.and_then(|at| {
            let prim = self.bound.layers.get(at)?.target(arc.path.as_deref())?;
            self.cost(at, prim)
        });
        found.unwrap_or(ONE)
    }
}
