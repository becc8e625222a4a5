//! What the user asked for, composed of the two modes.

mod divisors;
mod matrix;

use crate::cost::{cost, region_cost};
use crate::forward::{Tangents, forward, zero_of};
use crate::graph::{Expr, Graph, Kind, Ty};
use crate::hash::HashMap;
use crate::layout::Layout;
use crate::list::{List, PushAll};
use crate::region::{Extent, Function, Init, Part, Region, Stmt, Tree, Turn, Variable};
use crate::reverse::{Sweeping, reverse, together};
use crate::simplify::{for_machines, glance, simplify};
use crate::tidy::{tidy, unmask};
use std::cell::{Cell, RefCell};

/// A word of the attribute that asks for a function.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum ProductKind {
    /// The derivative of this order; 1 is `prime`.
    Prime(u32),
    ValueAndPrime,
    Hessian,
    Jvp,
    Vjp,
    /// `vjp` that adds to its buffers. It is not asked for, but made where a function calls itself.
    Onto,
    Hvp,
}

impl ProductKind {
    /// What a word of the attribute asks for.
    pub fn from_word(word: &str) -> Option<ProductKind> {
        Some(match word {
            "prime" => ProductKind::Prime(1),
            "value_and_prime" => ProductKind::ValueAndPrime,
            "hessian" => ProductKind::Hessian,
            "jvp" => ProductKind::Jvp,
            "vjp" => ProductKind::Vjp,
            "hvp" => ProductKind::Hvp,
            _ => {
                let order: u32 = word.strip_prefix("prime")?.parse().ok()?;
                return (order >= 2).then_some(ProductKind::Prime(order));
            }
        })
    }

    /// The suffix of the function's name.
    pub fn suffix(self) -> String {
        match self {
            ProductKind::Prime(1) => "prime".to_owned(),
            ProductKind::Prime(order) => format!("prime{order}"),
            ProductKind::ValueAndPrime => "value_and_prime".to_owned(),
            ProductKind::Hessian => "hessian".to_owned(),
            ProductKind::Jvp => "jvp".to_owned(),
            ProductKind::Vjp => "vjp".to_owned(),
            ProductKind::Onto => "vjp_onto".to_owned(),
            ProductKind::Hvp => "hvp".to_owned(),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Forward,
    Reverse,
}

/// A derivative, ready to be emitted.
pub struct Derived<'g> {
    pub region: Region<'g>,
    /// The structure of what is returned, over `region.results`.
    pub result: Tree<usize>,
    /// The parameters after the function's own.
    pub added: Vec<Variable<'g>>,
}

/// How hard to simplify.
#[derive(Clone, Copy)]
enum Effort {
    /// Enough to tell what the result will cost.
    Glance,
    /// As well as is known, to be differentiated again.
    Between,
    /// And with what is better for machines than for algebra.
    Full,
}

impl Effort {
    /// For what is differentiated so many times more.
    fn before(times: u32) -> Self {
        if times == 0 { Self::Full } else { Self::Between }
    }
}

/// Where the adjoints of slices are.
#[derive(Clone, Copy)]
enum Buffers {
    Parameters,
    /// They are parameters, and what these hold is kept.
    AddedTo,
    /// They are needed in between only.
    Local,
}

/// A region that computes adjoints.
struct PulledBack<'g> {
    region: Region<'g>,
    /// The adjoint of each variable.
    adjoints: Vec<Variable<'g>>,
    /// The parameters with the adjoints of outputs.
    outputs: Vec<Variable<'g>>,
    /// The buffers.
    added: Vec<Variable<'g>>,
}

/// A region that computes the Hessian times directions.
struct Curvature<'g> {
    region: Region<'g>,
    /// The parameters with the adjoints of outputs.
    outputs: Vec<Variable<'g>>,
    /// The products with each direction, for each variable that is no output.
    products: Vec<Vec<Variable<'g>>>,
}

/// A region whose last results are derivatives: those of each result of the function by each number.
struct Jacobian<'g> {
    region: Region<'g>,
    /// By result, then by number.
    entries: Vec<Vec<Expr<'g>>>,
}

/// What has been simplified.
#[derive(Clone)]
pub struct Simple<'g> {
    roots: Vec<Expr<'g>>,
    kept: Vec<Expr<'g>>,
    simple: Vec<Expr<'g>>,
}

/// Composes products of one function.
#[derive(Clone)]
pub struct Products<'f, 'g> {
    pub graph: &'g Graph,
    pub function: &'f Function<'g>,
    pub mode: Option<Mode>,
    /// The option `checkpoint`: how many iterations apart states are kept.
    pub checkpoint: Option<Option<usize>>,
    /// Nodes below this index are the user's own computation.
    pub boundary: u32,
    /// Derivatives stay as the chain rule makes them.
    pub plain: bool,
    /// Which mode is cheaper, once it is known.
    pub cheaper: Cell<Option<Mode>>,
    pub simple: RefCell<Vec<Simple<'g>>>,
}

impl<'g> Products<'_, 'g> {
    pub fn derive(&self, kind: ProductKind) -> Derived<'g> {
        if self.function.body.diverges {
            // There is nothing to differentiate.
            let region = self.finish(self.function.body.clone(), Vec::new(), Vec::new(), Effort::Full);
            return Derived { region, result: Tree::Tuple(Vec::new()), added: Vec::new() };
        }
        match kind {
            ProductKind::Prime(1) => self.prime(false),
            ProductKind::ValueAndPrime => self.prime(true),
            ProductKind::Prime(order) => self.higher(order),
            ProductKind::Hessian if self.function.has_places() => self.hessian_by_rows(),
            ProductKind::Hessian => self.hessian(),
            ProductKind::Jvp => self.jvp(),
            ProductKind::Vjp => self.vjp(Buffers::Parameters),
            ProductKind::Onto => self.vjp(Buffers::AddedTo),
            ProductKind::Hvp => self.hvp(),
        }
    }

    fn values(&self) -> &[Expr<'g>] {
        &self.function.body.results
    }

    fn layout(&self) -> Layout<'_> {
        Layout::new(&self.function.trees(), &self.function.result)
    }

    fn prime(&self, with_value: bool) -> Derived<'g> {
        if self.returns_struct() {
            return self.velocity(with_value);
        }
        if self.has_matrix() && self.has_rows_of_structs() {
            return self.rows_of_structs(with_value);
        }
        if self.has_matrix() {
            return self.jacobian_by_turns(with_value);
        }
        if self.function.has_places() {
            return self.gradient(with_value);
        }
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
        let prime = self.layout().prime(offset);
        let result = if with_value { Tree::Tuple(vec![self.function.result.clone(), prime]) } else { prime };
        Derived { region, result, added: Vec::new() }
    }

    /// Whether the result is a struct, or holds one.
    fn returns_struct(&self) -> bool {
        fn has_struct(tree: &Tree<usize>, is_place: &dyn Fn(usize) -> bool) -> bool {
            match tree {
                Tree::Leaf(i) => is_place(*i),
                Tree::Tuple(parts) | Tree::Array(parts) => {
                    parts.iter().any(|part| has_struct(part, is_place))
                }
                Tree::Struct(..) => true,
            }
        }
        let is_place =
            |i: usize| self.function.extent(self.values()[i]).is_some_and(|extent| extent.is_struct());
        has_struct(&self.function.result, &is_place)
    }

    /// The derivative of a struct by one number is a struct again.
    fn velocity(&self, with_value: bool) -> Derived<'g> {
        let (region, tangents) = forward(self.graph, &self.function.body, &self.unit_seeds());
        let values = if with_value { self.values().to_vec() } else { Vec::new() };
        let offset = values.len();
        let tangents = self.of_results(tangents);
        let region = self.finish(region, values, tangents, Effort::Full);
        let prime = self.function.result.map(&mut |&i| i + offset);
        let result = if with_value { Tree::Tuple(vec![self.function.result.clone(), prime]) } else { prime };
        Derived { region, result, added: Vec::new() }
    }

    /// What `derive` makes in the mode whose result is cheaper, judged after a glance at both, once for all products.
    fn cheapest(&self, derive: &dyn Fn(Mode, Effort) -> Region<'g>) -> Region<'g> {
        let mode = self.cheaper.get().unwrap_or_else(|| match &self.modes()[..] {
            [mode] => *mode,
            modes => {
                let best = modes.iter().min_by_key(|&&mode| region_cost(&derive(mode, Effort::Glance)));
                best.copied().unwrap_or(Mode::Forward)
            }
        });
        self.cheaper.set(Some(mode));
        derive(mode, Effort::Full)
    }

    /// The modes worth trying for the first derivative; of equally cheap ones the first is taken.
    fn modes(&self) -> Vec<Mode> {
        match self.mode {
            Some(mode) => vec![mode],
            None if self.function.numbers().len() == 1 => vec![Mode::Forward],
            // Backwards through loops there is one sweep.
            None if self.values().len() > 1 && !self.function.body.is_straight() => vec![Mode::Forward],
            None => vec![Mode::Forward, Mode::Reverse],
        }
    }

    fn jacobian(&self, mode: Mode) -> Jacobian<'g> {
        let one = self.graph.constant(1.0);
        match mode {
            Mode::Forward => {
                let (region, entries) = forward(self.graph, &self.function.body, &self.unit_seeds());
                Jacobian { region, entries: entries.into_iter().each(|row| self.or_zero(row)) }
            }
            Mode::Reverse => {
                let count = self.values().len();
                let axis = |i: usize| (0..count).each(|j| (i == j).then_some(one));
                let seeds: Vec<Tangents<'g>> = (0..count).each(axis);
                let options = Sweeping { checkpoint: self.checkpoint, last: false };
                let (region, entries) =
                    reverse(self.graph, self.function, &[], &mut Vec::new(), &seeds, options);
                Jacobian { region, entries: entries.into_iter().each(|row| self.or_zero(row)) }
            }
        }
    }

    /// Each number with its tangents along all axes.
    fn unit_seeds(&self) -> Vec<(Expr<'g>, Tangents<'g>)> {
        let one = self.graph.constant(1.0);
        let numbers = self.function.numbers();
        let axes = |i: usize| (0..numbers.len()).each(|j| (i == j).then_some(one));
        numbers.iter().enumerate().each(|(i, &number)| (number, axes(i)))
    }

    fn higher(&self, order: u32) -> Derived<'g> {
        let mut region = self.function.body.clone();
        let mut left = order;
        if self.function.has_calls() {
            // The functions called have second derivatives of a reverse sweep alone.
            let Jacobian { region: first, entries } = self.jacobian(Mode::Reverse);
            left -= 1;
            region = self.finish(first, Vec::new(), entries.concat(), Effort::before(left));
        }
        for left in (0..left).rev() {
            let (next, tangents) = forward(self.graph, &region, &self.unit_seeds());
            let derivatives = tangents.into_iter().flat(|row| self.or_zero(row));
            region = self.finish(next, Vec::new(), derivatives, Effort::before(left));
        }
        Derived { region, result: self.function.result.clone(), added: Vec::new() }
    }

    fn hessian(&self) -> Derived<'g> {
        let count = self.function.numbers().len();
        let region = self.cheapest(&|mode, effort| {
            let mode = if self.function.has_calls() { Mode::Reverse } else { mode };
            let Jacobian { region, entries } = self.jacobian(mode);
            let effort_before = if matches!(effort, Effort::Full) { Effort::Between } else { effort };
            let gradient = self.finish(region, Vec::new(), entries.concat(), effort_before);
            let (region, rows) = forward(self.graph, &gradient, &self.unit_seeds());
            // It is symmetric: what is below the diagonal is what is above it.
            let entry = |i: usize, j: usize| rows[i.min(j)][i.max(j)].unwrap_or(self.graph.constant(0.0));
            let ty = self.values()[0].ty();
            let entries = (0..count * count).each(|k| self.graph.cast(entry(k / count, k % count), ty));
            self.finish(region, Vec::new(), entries, effort)
        });
        Derived { region, result: self.layout().hessian(), added: Vec::new() }
    }

    /// A leaf for the tangent of each variable.
    fn dots(&self) -> Vec<Variable<'g>> {
        let dot = |variable: &Variable<'g>| match variable {
            Variable::Numbers(tree) => {
                Variable::Numbers(tree.map(&mut |number| self.graph.symbol("dot", number.ty())))
            }
            Variable::Place { place, extent, output, owned } => {
                let place = self.graph.symbol(&format!("{}_dot", place.name()), Ty::Aggregate);
                Variable::Place { place, extent: extent.clone(), output: *output, owned: *owned }
            }
        };
        self.function.variables.iter().each(dot)
    }

    /// Each variable with its tangents along the directions `dots`.
    fn along(&self, dots: &[Vec<Variable<'g>>]) -> Vec<(Expr<'g>, Tangents<'g>)> {
        let dots = dots.iter().each(|dots| dots.iter().flat(Variable::leaves));
        let leaves = self.function.variables.iter().flat(Variable::leaves);
        let tangents = |(i, leaf)| (leaf, dots.iter().each(|dots: &Vec<Expr<'g>>| Some(dots[i])));
        leaves.into_iter().enumerate().each(tangents)
    }

    /// A leaf for the adjoint of each number or place of the result.
    fn seeds(&self) -> Vec<Expr<'g>> {
        self.values().iter().each(|value| self.graph.symbol("seed", value.ty()))
    }

    /// They as a parameter; none where the function returns nothing.
    fn seed(&self, seeds: &[Expr<'g>]) -> Option<Variable<'g>> {
        (!seeds.is_empty()).then(|| Variable::Numbers(self.function.result.map(&mut |&i| seeds[i])))
    }

    fn jvp(&self) -> Derived<'g> {
        let dots = self.dots();
        let (region, tangents) =
            forward(self.graph, &self.function.body, &self.along(std::slice::from_ref(&dots)));
        let tangents = self.of_results(tangents);
        let region = self.finish(region, self.values().to_vec(), tangents, Effort::Full);
        let count = self.values().len();
        let result = match count {
            0 => Tree::Tuple(Vec::new()),
            _ => {
                let tangent = self.function.result.map(&mut |&i| i + count);
                Tree::Tuple(vec![self.function.result.clone(), tangent])
            }
        };
        Derived { region, result, added: dots }
    }

    /// Reverse mode with the given seeds.
    fn pull_back(&self, seeds: &[Expr<'g>], buffers: Buffers) -> PulledBack<'g> {
        let mut bars = Vec::new();
        let mut before = Vec::new();
        let mut outputs = Vec::new();
        let mut added = Vec::new();
        let mut cleared = Vec::new();
        let zero = self.graph.constant(0.0);
        for variable in &self.function.variables {
            let Variable::Place { place, extent, output, .. } = variable else {
                // The parts of structs that are used as a whole.
                for place in variable.leaves().into_iter().filter(|leaf| leaf.ty() == Ty::Aggregate) {
                    let bar = self.graph.symbol(&format!("{}_bar", place.name()), Ty::Aggregate);
                    bars.push((place, bar));
                    before.push(Stmt::Alloc {
                        place: bar,
                        extent: Extent::of_struct(),
                        init: Init::Like(place),
                    });
                }
                continue;
            };
            let bar = self.graph.symbol(&format!("{}_bar", place.name()), Ty::Aggregate);
            bars.push((*place, bar));
            let local = |bar: Expr<'g>| {
                let init = Init::Fill(self.graph.cast(zero, extent.number));
                Stmt::Alloc { place: bar, extent: extent.clone(), init }
            };
            let param =
                |place| Variable::Place { place, extent: extent.clone(), output: *output, owned: false };
            match (output, extent.is_counted(), buffers) {
                (true, _, Buffers::Parameters | Buffers::AddedTo) => outputs.push(param(bar)),
                (true, _, Buffers::Local) => {
                    let given = self.graph.symbol(&format!("{}_bar", place.name()), Ty::Aggregate);
                    outputs.push(param(given));
                    before.push(local(bar));
                    let (to, from) = (Part::whole(bar, extent.clone()), Part::whole(given, extent.clone()));
                    before.push(Stmt::AddAll { to, from, scale: None });
                }
                (false, true, Buffers::Parameters) => {
                    added.push(param(bar));
                    cleared.push(bar);
                    before.push(Stmt::Clear { place: bar, extent: extent.clone() });
                }
                (false, true, Buffers::AddedTo) => added.push(param(bar)),
                (false, ..) => before.push(local(bar)),
            }
        }
        // A result in memory: its adjoint begins as the seed, and is used up.
        for (value, seed) in self.values().iter().zip(seeds) {
            if value.ty() == Ty::Aggregate {
                let bar = self.graph.symbol(&format!("{}_bar", value.name()), Ty::Aggregate);
                bars.push((*value, bar));
                let extent = self.function.extent(*value).filter(Extent::is_struct);
                let extent = extent.unwrap_or_else(Extent::unseen);
                before.push(Stmt::Save { place: bar, of: Part::whole(*seed, extent) });
            }
        }
        let real = |seed: &Expr<'g>| !seed.is_zero() && seed.ty() != Ty::Aggregate;
        let list = seeds.iter().each(|&seed| Some(seed).filter(real));
        let last = !matches!(buffers, Buffers::Local);
        let options = Sweeping { checkpoint: self.checkpoint, last };
        let (mut region, mut adjoints) =
            reverse(self.graph, self.function, &bars, &mut cleared, &[list], options);
        before.retain(|stmt| !matches!(stmt, Stmt::Clear { place, .. } if !cleared.contains(place)));
        let start = region.after(&before.iter().flat(Stmt::reads));
        region.body.splice(start..start, before);
        let mut numbers = self.or_zero(adjoints.pop().unwrap_or_default()).into_iter();
        let adjoint = |leaf: &Expr<'g>| match bars.iter().find(|(place, _)| place == leaf) {
            Some((_, bar)) => *bar,
            None => numbers.next().unwrap_or(zero),
        };
        let adjoint = &mut { adjoint };
        let adjoints = self.function.variables.iter().each(|variable| variable.map(adjoint));
        PulledBack { region, adjoints, outputs, added }
    }

    /// The gradient of a function of memory with a number as result.
    fn gradient(&self, with_value: bool) -> Derived<'g> {
        let one = vec![self.graph.constant(1.0); self.values().len()];
        let pulled = self.pull_back(&one, Buffers::Parameters);
        let added = pulled.added.clone();
        self.returned(pulled.region, with_value, &pulled.adjoints, added)
    }

    fn vjp(&self, buffers: Buffers) -> Derived<'g> {
        let seeds = self.seeds();
        let pulled = self.pull_back(&seeds, buffers);
        let added = self.seed(&seeds).into_iter().chain(pulled.outputs).chain(pulled.added).collect();
        self.returned(pulled.region, true, &pulled.adjoints, added)
    }

    /// The product that returns the value, perhaps, and what there is for each variable, but for what is in
    /// buffers.
    fn returned(
        &self,
        region: Region<'g>,
        with_value: bool,
        derivatives: &[Variable<'g>],
        added: Vec<Variable<'g>>,
    ) -> Derived<'g> {
        let values = if with_value { self.values().to_vec() } else { Vec::new() };
        let returned = derivatives.iter().filter(|part| part.is_returned());
        let derivatives = together(returned.cloned().each(Variable::into_tree));
        let leaves = derivatives.iter().flat(|tree| tree.leaves().into_iter().copied());
        let offset = values.len();
        let region = self.finish(region, values, self.to_primary(leaves), Effort::Full);
        let mut next = offset;
        let derivatives = derivatives.map(|tree| {
            tree.map(&mut |_| {
                next += 1;
                next - 1
            })
        });
        let value = (offset > 0).then(|| self.function.result.clone());
        let result = match (value, derivatives) {
            (Some(value), Some(derivatives)) => Tree::Tuple(vec![value, derivatives]),
            (value, derivatives) => value.or(derivatives).unwrap_or(Tree::Tuple(Vec::new())),
        };
        Derived { region, result, added }
    }

    fn hvp(&self) -> Derived<'g> {
        let scalar = matches!(self.function.result, Tree::Leaf(_)) && self.values()[0].ty() != Ty::Aggregate;
        let with_seed = !scalar || !self.function.outputs().is_empty();
        let seeds = if with_seed { self.seeds() } else { vec![self.graph.constant(1.0)] };
        let dots = self.dots();
        let Curvature { region, outputs, products } =
            self.curvature(&seeds, self.along(std::slice::from_ref(&dots)));
        let seed = if with_seed { self.seed(&seeds) } else { None };
        let buffers = products[0].iter().filter(|product| product.is_counted()).cloned();
        let added = seed.into_iter().chain(outputs).chain(dots).joined(buffers);
        self.returned(region, false, &products[0], added)
    }

    /// Forward over reverse: `along` has the tangents of the variables.
    fn curvature(&self, seeds: &[Expr<'g>], mut along: Vec<(Expr<'g>, Tangents<'g>)>) -> Curvature<'g> {
        let PulledBack { region, mut adjoints, outputs, .. } = self.pull_back(seeds, Buffers::Local);
        adjoints.retain(|adjoint| adjoint.is_returned() || adjoint.is_counted());
        let leaves = adjoints.iter().flat_map(Variable::leaves).list();
        let region = self.finish(region, Vec::new(), leaves, Effort::Between);
        let directions = along.first().map_or(1, |(_, tangents)| tangents.len());
        // What is written to buffers is needed in between.
        for adjoint in &adjoints {
            if let Variable::Place { place, extent, .. } = adjoint
                && extent.is_counted()
            {
                let name = place.name();
                let name = format!("{}_hvp", name.strip_suffix("_bar").unwrap_or(&name));
                let tangent = |_| Some(self.graph.symbol(&name, Ty::Aggregate));
                along.push((*place, (0..directions).each(tangent)));
            }
        }
        let (region, tangents) = forward(self.graph, &region, &along);
        let products = (0..directions).each(|direction| {
            let mut tangents = self.direction(&tangents, direction).into_iter();
            let tangent = &mut |leaf: &Expr<'g>| tangents.next().unwrap_or(*leaf);
            adjoints.iter().each(|adjoint| adjoint.map(tangent))
        });
        Curvature { region, outputs, products }
    }

    /// Numbers that go into one array have one type.
    fn to_primary(&self, entries: Vec<Expr<'g>>) -> Vec<Expr<'g>> {
        if entries.len() <= 1 || !self.layout().are_scalars() || self.function.has_places() {
            return entries;
        }
        let ty = self.function.numbers()[0].ty();
        entries.into_iter().each(|entry| self.graph.cast(entry, ty))
    }

    /// The tangents of the results. In a struct, a zero may be one of more than a number.
    fn of_results(&self, tangents: Vec<Tangents<'g>>) -> Vec<Expr<'g>> {
        let mut in_struct = vec![false; self.values().len()];
        let mut stack = vec![(&self.function.result, false)];
        while let Some((tree, inside)) = stack.pop() {
            match tree {
                Tree::Leaf(i) => in_struct[*i] = inside,
                Tree::Tuple(parts) | Tree::Array(parts) => {
                    stack.extend(parts.iter().map(|part| (part, inside)))
                }
                Tree::Struct(_, parts) => stack.extend(parts.iter().map(|part| (part, true))),
            }
        }
        let mut all = Vec::new();
        for ((row, value), inside) in tangents.into_iter().zip(self.values()).zip(in_struct) {
            let zero = if inside { zero_of(self.graph, *value) } else { self.graph.constant(0.0) };
            all.extend(row.into_iter().map(|tangent| tangent.unwrap_or(zero)));
        }
        all
    }

    fn or_zero(&self, tangents: Tangents<'g>) -> Vec<Expr<'g>> {
        tangents.into_iter().each(|tangent| tangent.unwrap_or(self.graph.constant(0.0)))
    }

    /// The tangents of several values along one of their directions.
    fn direction(&self, tangents: &[Tangents<'g>], direction: usize) -> Vec<Expr<'g>> {
        let zero = self.graph.constant(0.0);
        tangents.iter().each(|row| row.get(direction).copied().flatten().unwrap_or(zero))
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
            region.results.push_all(derivatives);
        }
        tidy(self.graph, &mut region, self.boundary);
        let mut roots = Vec::new();
        let mut kept = Vec::new();
        self.sort_roots(&region, kept_results, &mut roots, &mut kept);
        let simple = match effort {
            _ if self.plain => roots.clone(),
            // In a loop, what is shorter may be dearer: there it stands for what runs often.
            Effort::Glance if !region.is_straight() => glance(&roots, &kept),
            Effort::Glance => {
                let simple = glance(&roots, &kept);
                if cost(&roots, &kept) < cost(&simple, &kept) { roots.clone() } else { simple }
            }
            Effort::Between => self.simplified(&roots, &kept),
            Effort::Full => for_machines(self.simplified(&roots, &kept), &kept),
        };
        let simple = unmask(self.graph, &simple);
        let map: HashMap<u32, Expr<'g>> =
            roots.iter().zip(simple).map(|(root, simple)| (root.id, simple)).collect();
        self.replace_roots(&mut region, kept_results, &map);
        if let (Effort::Full, false) = (effort, self.plain) {
            self.divide_before_loops(&mut region, &kept);
        }
        tidy(self.graph, &mut region, self.boundary);
        region
    }

    /// The roots simplified: once, though several products may begin with them.
    fn simplified(&self, roots: &[Expr<'g>], kept: &[Expr<'g>]) -> Vec<Expr<'g>> {
        let is_known = |known: &&Simple<'g>| known.roots == roots && known.kept == kept;
        if let Some(known) = self.simple.borrow().iter().find(is_known) {
            return known.simple.clone();
        }
        let simple = simplify(roots, kept);
        let known = Simple { roots: roots.to_vec(), kept: kept.to_vec(), simple: simple.clone() };
        self.simple.borrow_mut().push(known);
        simple
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
            if i < kept_results || !result.ty().is_real() { kept.push(result) } else { roots.push(result) }
        }
        let mut copy = region.clone();
        self.for_each_derivative(&mut copy, &mut |slot| match slot {
            Slot::Derivative(root) => roots.push(*root),
            Slot::Kept(root) => kept.push(root),
        });
    }

    fn replace_roots(&self, region: &mut Region<'g>, kept_results: usize, map: &HashMap<u32, Expr<'g>>) {
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
                    for read in branch.head.reads_mut() {
                        sort(read, false);
                    }
                    for arm in &mut branch.arms {
                        for (result, leaf) in arm.region.results.iter_mut().zip(&branch.results) {
                            sort(result, leaf.id >= self.boundary);
                        }
                        for condition in arm.guard.iter_mut().flat(|guard| &mut guard.results) {
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
                        for result in &mut condition.results {
                            sort(result, false);
                        }
                    }
                    let carried = looped.initial.len();
                    for read in stmt.reads_mut().into_iter().skip(carried) {
                        sort(read, false);
                    }
                }
                Stmt::Store { to, value, .. } => sort(value, to.place.id >= self.boundary),
                Stmt::StoreRun { to, values, .. } => {
                    values.iter_mut().for_each(|value| sort(value, to.place.id >= self.boundary));
                }
                Stmt::Push { place, value } | Stmt::Record { tape: place, value } => {
                    sort(value, place.id >= self.boundary)
                }
                stmt => {
                    for read in stmt.reads_mut() {
                        sort(read, false);
                    }
                }
            }
        }
        for inner in region.body.iter_mut().flat(Stmt::regions_mut) {
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

/// The functions that a region calls beyond those of the table, with their order of differentiation.
pub fn calls<'g>(graph: &'g Graph, region: &Region<'g>) -> Vec<crate::graph::Callee> {
    let marks = graph.reachable(&region.reads());
    let live = (0..marks.len()).filter(|&id| marks[id]).map(|id| graph.expr(id as u32));
    live.each_some(|node| match node.kind() {
        Kind::Call(number) => Some(graph.callee_info(number)),
        _ => None,
    })
}
