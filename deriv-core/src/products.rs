//! What the user asked for, composed of the two modes.

use crate::cost::cost;
use crate::forward::{Tangents, forward};
use crate::graph::{Expr, Graph, Kind};
use crate::list::List;
use crate::parse::attribute::{Mode, ProductKind};
use crate::region::{Function, Region, Stmt, Tree, Turn};
use crate::reverse::reverse;
use crate::simplify::{glance, simplify};
use crate::tidy::{tidy, unmask};

/// A derivative, ready to be emitted.
pub(crate) struct Derived<'g> {
    pub region: Region<'g>,
    /// The structure of what is returned, over `region.results`.
    pub result: Tree<usize>,
    /// The parameters after the function's own.
    pub added: Vec<Added<'g>>,
}

/// How hard to simplify.
#[derive(Clone, Copy)]
enum Effort {
    /// Enough to tell what the result will cost.
    Glance,
    Full,
}

/// A parameter that a product adds.
pub(crate) enum Added<'g> {
    /// The tangent of the variable with this number.
    Dot(usize, Expr<'g>),
    /// The adjoints of the results.
    Seed(Vec<Expr<'g>>),
}

/// A region whose last results are derivatives: those of each result of the function by each variable.
struct Jacobian<'g> {
    region: Region<'g>,
    /// By result, then by variable.
    entries: Vec<Vec<Expr<'g>>>,
}

/// Composes products of one function.
pub(crate) struct Products<'f, 'g> {
    pub graph: &'g Graph,
    pub function: &'f Function<'g>,
    pub mode: Option<Mode>,
    /// Nodes below this index are the user's own computation.
    pub boundary: u32,
}

impl<'g> Products<'_, 'g> {
    pub fn derive(&self, kind: ProductKind) -> Derived<'g> {
        match kind {
            ProductKind::Prime(1) => self.prime(false),
            ProductKind::Prime(order) => self.higher(order),
            ProductKind::ValueAndPrime => self.prime(true),
            ProductKind::Hessian => self.hessian(),
            ProductKind::Jvp => self.jvp(),
            ProductKind::Vjp => self.vjp(),
            ProductKind::Hvp => self.hvp(),
        }
    }

    fn values(&self) -> &[Expr<'g>] {
        &self.function.body.results
    }

    fn prime(&self, with_value: bool) -> Derived<'g> {
        let count = self.function.variables.len();
        let region = self.cheapest(&|mode, effort| {
            let Jacobian { region, entries } = self.jacobian(mode);
            let types = self.values().iter().map(|value| value.ty());
            let entries = entries
                .iter()
                .zip(types)
                .flat_map(|(row, ty)| row.iter().map(move |entry| self.graph.cast(*entry, ty)));
            let entries: Vec<Expr<'g>> = entries.list();
            let values = if with_value { self.values().to_vec() } else { Vec::new() };
            self.finish(region, values, entries, effort)
        });
        let offset = if with_value { self.values().len() } else { 0 };
        let prime = self.function.result.expand(&|row| match count {
            1 => Tree::Leaf(offset + row),
            _ => Tree::Array((0..count).map(|i| Tree::Leaf(offset + row * count + i)).list()),
        });
        let result = if with_value { Tree::Tuple(vec![self.function.result.clone(), prime]) } else { prime };
        Derived { region, result, added: Vec::new() }
    }

    /// What `derive` makes in the mode whose result is cheaper, judged after a glance at both.
    fn cheapest(&self, derive: &dyn Fn(Mode, Effort) -> Region<'g>) -> Region<'g> {
        let modes = self.modes();
        let best = match &modes[..] {
            [mode] => Some(*mode),
            modes => modes.iter().copied().min_by_key(|&mode| region_cost(&derive(mode, Effort::Glance))),
        };
        derive(best.unwrap_or(Mode::Forward), Effort::Full)
    }

    /// The modes worth trying for the first derivative; of equally cheap ones the first is taken.
    fn modes(&self) -> Vec<Mode> {
        match self.mode {
            Some(mode) => vec![mode],
            None if self.function.variables.len() == 1 => vec![Mode::Forward],
            None => vec![Mode::Forward, Mode::Reverse],
        }
    }

    fn jacobian(&self, mode: Mode) -> Jacobian<'g> {
        let variables = &self.function.variables;
        let one = self.graph.constant(1.0);
        match mode {
            Mode::Forward => {
                let (region, entries) = forward(self.graph, &self.function.body, &self.unit_seeds());
                Jacobian { region, entries: entries.into_iter().map(|row| self.or_zero(row)).list() }
            }
            Mode::Reverse => {
                let count = self.values().len();
                let seeds: Vec<Tangents<'g>> =
                    (0..count).map(|i| (0..count).map(|j| (i == j).then_some(one)).list()).list();
                let (region, entries) = reverse(self.graph, &self.function.body, variables, &[], &seeds);
                Jacobian { region, entries: entries.into_iter().map(|row| self.or_zero(row)).list() }
            }
        }
    }

    /// Each variable with its tangents along all axes.
    fn unit_seeds(&self) -> Vec<(Expr<'g>, Tangents<'g>)> {
        let one = self.graph.constant(1.0);
        let variables = &self.function.variables;
        let axes = |i: usize| (0..variables.len()).map(|j| (i == j).then_some(one)).list();
        variables.iter().enumerate().map(|(i, &variable)| (variable, axes(i))).list()
    }

    fn higher(&self, order: u32) -> Derived<'g> {
        let one = self.graph.constant(1.0);
        let mut region = self.function.body.clone();
        for _ in 0..order {
            let (next, tangents) =
                forward(self.graph, &region, &[(self.function.variables[0], vec![Some(one)])]);
            let derivatives = tangents.into_iter().flat_map(|row| self.or_zero(row)).list();
            region = self.finish(next, Vec::new(), derivatives, Effort::Full);
        }
        Derived { region, result: self.function.result.clone(), added: Vec::new() }
    }

    fn hessian(&self) -> Derived<'g> {
        let count = self.function.variables.len();
        let region = self.cheapest(&|mode, effort| {
            let Jacobian { region, entries } = self.jacobian(mode);
            let gradient = self.finish(region, Vec::new(), entries.concat(), effort);
            let (region, rows) = forward(self.graph, &gradient, &self.unit_seeds());
            // It is symmetric: what is below the diagonal is what is above it.
            let entry = |i: usize, j: usize| rows[i.min(j)][i.max(j)].unwrap_or(self.graph.constant(0.0));
            let ty = self.values()[0].ty();
            let entries = (0..count * count).map(|k| self.graph.cast(entry(k / count, k % count), ty)).list();
            self.finish(region, Vec::new(), entries, effort)
        });
        let row = |i: usize| Tree::Array((0..count).map(|j| Tree::Leaf(i * count + j)).list());
        let result = if count == 1 { Tree::Leaf(0) } else { Tree::Array((0..count).map(row).list()) };
        Derived { region, result, added: Vec::new() }
    }

    /// A leaf for each variable's tangent.
    fn dots(&self) -> Vec<Expr<'g>> {
        self.function.variables.iter().map(|variable| self.graph.symbol("dot", variable.ty())).list()
    }

    /// Each variable with its tangent along the one direction `dots`.
    fn along(&self, dots: &[Expr<'g>]) -> Vec<(Expr<'g>, Tangents<'g>)> {
        self.function.variables.iter().zip(dots).map(|(&variable, &dot)| (variable, vec![Some(dot)])).list()
    }

    fn seeds(&self) -> Vec<Expr<'g>> {
        self.values().iter().map(|value| self.graph.symbol("seed", value.ty())).list()
    }

    fn jvp(&self) -> Derived<'g> {
        let dots = self.dots();
        let (region, tangents) = forward(self.graph, &self.function.body, &self.along(&dots));
        let tangents = tangents.into_iter().flat_map(|row| self.or_zero(row)).list();
        let region = self.finish(region, self.values().to_vec(), tangents, Effort::Full);
        let count = self.values().len();
        let tangent = self.function.result.map(&mut |&i| i + count);
        let result = Tree::Tuple(vec![self.function.result.clone(), tangent]);
        Derived {
            region,
            result,
            added: dots.into_iter().enumerate().map(|(i, dot)| Added::Dot(i, dot)).list(),
        }
    }

    /// Reverse mode with the given seeds: the region, and the adjoints of the variables.
    fn pull_back(&self, seeds: &[Expr<'g>]) -> (Region<'g>, Vec<Expr<'g>>) {
        let list = seeds.iter().map(|&seed| Some(seed).filter(|seed| !seed.is_zero())).list();
        let (region, mut adjoints) =
            reverse(self.graph, &self.function.body, &self.function.variables, &[], &[list]);
        let adjoints = self.or_zero(adjoints.pop().unwrap_or_default());
        (region, adjoints)
    }

    fn vjp(&self) -> Derived<'g> {
        let seeds = self.seeds();
        let (region, adjoints) = self.pull_back(&seeds);
        let region = self.finish(region, self.values().to_vec(), self.to_primary(adjoints), Effort::Full);
        let cotangents = self.cotangents(self.values().len());
        let result = Tree::Tuple(vec![self.function.result.clone(), cotangents]);
        Derived { region, result, added: vec![Added::Seed(seeds)] }
    }

    fn hvp(&self) -> Derived<'g> {
        let mut added = Vec::new();
        let scalar = matches!(self.function.result, Tree::Leaf(_));
        let seeds = if scalar { vec![self.graph.constant(1.0)] } else { self.seeds() };
        let (region, adjoints) = self.pull_back(&seeds);
        let gradient = self.finish(region, Vec::new(), adjoints, Effort::Full);
        if !scalar {
            added.push(Added::Seed(seeds));
        }
        let dots = self.dots();
        let (region, tangents) = forward(self.graph, &gradient, &self.along(&dots));
        let products = tangents.into_iter().flat_map(|row| self.or_zero(row)).list();
        let region = self.finish(region, Vec::new(), self.to_primary(products), Effort::Full);
        added.extend(dots.into_iter().enumerate().map(|(i, dot)| Added::Dot(i, dot)));
        Derived { region, result: self.cotangents(0), added }
    }

    /// The structure of one number a variable.
    fn cotangents(&self, offset: usize) -> Tree<usize> {
        match self.function.variables.len() {
            1 => Tree::Leaf(offset),
            count => Tree::Array((0..count).map(|i| Tree::Leaf(offset + i)).list()),
        }
    }

    /// Numbers that go into one array have one type.
    fn to_primary(&self, entries: Vec<Expr<'g>>) -> Vec<Expr<'g>> {
        if entries.len() == 1 {
            return entries;
        }
        let ty = self.function.variables[0].ty();
        entries.into_iter().map(|entry| self.graph.cast(entry, ty)).list()
    }

    fn or_zero(&self, tangents: Tangents<'g>) -> Vec<Expr<'g>> {
        tangents.into_iter().map(|tangent| tangent.unwrap_or(self.graph.constant(0.0))).list()
    }

    /// The region with these results, without what they do not need, and with its derivatives simplified.
    fn finish(
        &self,
        mut region: Region<'g>,
        values: Vec<Expr<'g>>,
        derivatives: Vec<Expr<'g>>,
        effort: Effort,
    ) -> Region<'g> {
        let kept_results = values.len();
        region.results = values;
        if !region.diverges {
            region.results.extend(derivatives);
        }
        tidy(self.graph, &mut region, self.boundary);
        let mut roots = Vec::new();
        let mut kept = Vec::new();
        self.sort_roots(&region, kept_results, &mut roots, &mut kept);
        let simple = match effort {
            Effort::Glance => glance(&roots, &kept),
            Effort::Full => simplify(&roots, &kept),
        };
        let simple = unmask(self.graph, &simple);
        let map: crate::hash::HashMap<u32, Expr<'g>> =
            roots.iter().zip(simple).map(|(root, simple)| (root.id, simple)).collect();
        self.replace_roots(&mut region, kept_results, &map);
        tidy(self.graph, &mut region, self.boundary);
        region
    }

    /// Which nodes the region reads as derivatives, and which as part of the user's own computation.
    fn sort_roots(
        &self,
        region: &Region<'g>,
        kept_results: usize,
        roots: &mut Vec<Expr<'g>>,
        kept: &mut Vec<Expr<'g>>,
    ) {
        for (i, &result) in region.results.iter().enumerate() {
            if i < kept_results { kept.push(result) } else { roots.push(result) }
        }
        let mut copy = region.clone();
        self.for_each_derivative(&mut copy, &mut |slot| match slot {
            Slot::Derivative(root) => roots.push(*root),
            Slot::Kept(root) => kept.push(root),
        });
    }

    fn replace_roots(
        &self,
        region: &mut Region<'g>,
        kept_results: usize,
        map: &crate::hash::HashMap<u32, Expr<'g>>,
    ) {
        for result in region.results.iter_mut().skip(kept_results) {
            *result = map.get(&result.id).copied().unwrap_or(*result);
        }
        self.for_each_derivative(region, &mut |slot| {
            if let Slot::Derivative(root) = slot {
                *root = map.get(&root.id).copied().unwrap_or(*root);
            }
        });
    }

    /// Sorts what the region reads, but for its own results.
    fn for_each_derivative(&self, region: &mut Region<'g>, f: &mut dyn FnMut(Slot<'_, 'g>)) {
        let mut sort = |slot: &mut Expr<'g>, derivative: bool| match derivative && slot.ty().is_real() {
            true => f(Slot::Derivative(slot)),
            false => f(Slot::Kept(*slot)),
        };
        for stmt in &mut region.body {
            match stmt {
                Stmt::Branch(branch) => {
                    branch.head.reads_mut().into_iter().for_each(|read| sort(read, false));
                    for arm in &mut branch.arms {
                        for (result, leaf) in arm.region.results.iter_mut().zip(&branch.results) {
                            sort(result, leaf.id >= self.boundary);
                        }
                        for condition in arm.guard.iter_mut().flat_map(|guard| &mut guard.results) {
                            sort(condition, false);
                        }
                    }
                }
                Stmt::Loop(looped) => {
                    let derived =
                        |i: usize| looped.params.get(i).is_some_and(|param| param.id >= self.boundary);
                    for (i, next) in looped.body.results.iter_mut().enumerate() {
                        sort(next, derived(i));
                    }
                    for (i, initial) in looped.initial.iter_mut().enumerate() {
                        sort(initial, derived(i));
                    }
                    if let Turn::While(condition) = &mut looped.turn {
                        condition.results.iter_mut().for_each(|result| sort(result, false));
                    }
                    let carried = looped.initial.len();
                    stmt.reads_mut().into_iter().skip(carried).for_each(|read| sort(read, false));
                }
                Stmt::Store { to, value, .. } => sort(value, to.place.id >= self.boundary),
                Stmt::Push { place, value } => sort(value, place.id >= self.boundary),
                stmt => stmt.reads_mut().into_iter().for_each(|read| sort(read, false)),
            }
        }
        for inner in region.body.iter_mut().flat_map(Stmt::regions_mut) {
            self.for_each_derivative(inner, f);
        }
    }
}

/// An expression that a region reads.
enum Slot<'s, 'g> {
    /// As part of a derivative.
    Derivative(&'s mut Expr<'g>),
    /// As part of the user's own computation, or of what is no number.
    Kept(Expr<'g>),
}

fn region_cost(region: &Region<'_>) -> u64 {
    cost(&region.reads(), &[])
}

/// The functions that a region calls beyond those of the table, with their order of differentiation.
pub(crate) fn calls<'g>(graph: &'g Graph, region: &Region<'g>) -> Vec<crate::graph::Callee> {
    let marks = graph.reachable(&region.reads());
    let live = (0..marks.len()).filter(|&id| marks[id]).map(|id| graph.expr(id as u32));
    live.filter_map(|node| match node.kind() {
        Kind::Call(number) => Some(graph.callee_info(number)),
        _ => None,
    })
    .list()
}
