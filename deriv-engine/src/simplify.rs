//! Rewrites derivatives into the expressions a person would write.
//!
//! A pass walks the graph upwards and holds every expression as a sum of products of *atoms*: symbols,
//! calls, and whatever else is one node. Trees of sums and of products whose inner nodes have one use
//! melt into one such sum, where like terms and like bases meet; a node with several uses is an atom, so
//! that what is shared stays shared, unless what it is made of cancels. The laws (`laws.rs`) apply
//! where a call, a product or a sum is formed. Then the sums become nodes again, in reading order.
//!
//! What is best depends on what is shared, so a pass is run in several strategies, and
//! again on the best result, and what costs least on the shared graph is taken.

mod alike;
mod build;
mod exponential;
mod form;
mod guard;
mod horner;
mod machine;
mod matching;
mod normal;
mod reading;
#[cfg(test)]
mod tests;
mod vanishing;

use crate::cost::cost;
use crate::graph::{Expr, Graph, Kind, Ty};
use crate::hash::{HashMap, HashSet, NodeMap, NodeSet};
use crate::laws::{Ops, RULES, Rules, operation};
use crate::list::{List, Sort};
use crate::ops::{ArgKind, Op, Syntax};
use exponential::share_reciprocals;
use form::{Coefficient, Factor, Sum, Term};
use guard::Guard;
use horner::by_horner;
use machine::{multiply_powers, share_divisors};
pub use reading::readable;
use reading::readable_and_exact;
use std::cell::Cell;
use std::rc::Rc;
use std::sync::LazyLock;
use vanishing::{with_quotients, with_reciprocals};

/// Sums and products longer than this are not searched for laws and common parts, so that the time
/// stays linear in the size of the graph.
const LONG: usize = 64;

/// Products of more factors than this are not searched for parts that they share with others.
const MANY: usize = 8;

/// So many products are looked at for such as leave the range of the numbers nowhere.
const CANDIDATES: usize = 256;

/// How often the best result is simplified again.
const ROUNDS: usize = 4;

/// Expressions of more nodes than this are simplified once, in one way.
const LARGE: usize = 5_000;

impl<'g> Expr<'g> {
    /// The same function as an expression that is shorter to write and cheaper to compute.
    ///
    /// Like terms and powers are collected, quotients reduced, and identities of the functions used
    /// where they hold for every argument that this expression is defined for. The value may differ by
    /// rounding.
    pub fn simplify(self) -> Expr<'g> {
        readable_and_exact(simplify(&[self], &[])[0])
    }
}

/// The roots rewritten, to cost as little as possible together. `kept` are expressions that are
/// computed anyway: they and what they are computed from are reused where they fit.
pub(crate) fn simplify<'g>(roots: &[Expr<'g>], kept: &[Expr<'g>]) -> Vec<Expr<'g>> {
    let Some(graph) = roots.first().map(|root| root.graph()) else { return Vec::new() };
    let size = graph.reachable(&[roots, kept].concat()).iter().filter(|&&reachable| reachable).count();
    let mut search = Search::new(graph, roots, kept, size > LARGE);
    if size > LARGE {
        // Once, and as it is shared now: that is the cheaper one of the two where much is shared.
        for strategy in [Strategy::SHARING, Strategy::CAREFUL[0]] {
            search.consider(&once(roots, kept, strategy), 0);
            if !search.rejected {
                break;
            }
        }
        return search.best;
    }
    let mut passes = search.settle(Passes::new(roots, kept));
    // Last, as other forms are nearer to what was written. It is a start, and rarely better itself.
    let regrouped = passes.run(Strategy::REGROUPED, &[]).map(|pass| pass.results.clone());
    if let Some(start) = regrouped.filter(|start| search.is_near(start)) {
        passes = search.settle(Passes::new(&start, kept));
    }
    // Of equally cheap forms the one that reads best.
    passes.run(Strategy::ALL[0], &[]);
    let slack = u64::from(search.best != roots);
    search.consider(&passes.done[0].results, slack);
    search.best
}

/// The roots after one pass: not the best there is, but it costs about as much.
pub(crate) fn glance<'g>(roots: &[Expr<'g>], kept: &[Expr<'g>]) -> Vec<Expr<'g>> {
    if roots.is_empty() { Vec::new() } else { once(roots, kept, Strategy::ALL[0]) }
}

/// The roots after one pass.
fn once<'g>(roots: &[Expr<'g>], kept: &[Expr<'g>], strategy: Strategy) -> Vec<Expr<'g>> {
    Simplifier::new(Rc::new(Before::new(roots, kept)), strategy).run(&[]).results
}

/// What has been simplified as it suits machines: by Horner's rule, with one reciprocal for several divisions, where that
/// is cheaper, and without powers. It is for what is not differentiated again, as algebra is better with quotients and powers.
pub(crate) fn for_machines<'g>(roots: Vec<Expr<'g>>, kept: &[Expr<'g>]) -> Vec<Expr<'g>> {
    let Some(graph) = roots.first().map(|root| root.graph()) else { return roots };
    let mut search = None;
    let mut best = roots.clone();
    for step in [by_horner, with_reciprocals, with_quotients, share_divisors] {
        let candidate = step(&best, kept);
        if candidate != best {
            let search = search.get_or_insert_with(|| Search::new(graph, &roots, kept, graph.len() > LARGE));
            search.consider(&candidate, 0);
            best = search.best.clone();
        }
    }
    multiply_powers(&best, kept)
}

/// The best of what has been tried.
struct Search<'g, 'k> {
    kept: &'k [Expr<'g>],
    guard: Guard<'g>,
    best: Vec<Expr<'g>>,
    /// At how many points it has no value, and what it costs.
    lowest: (usize, u64),
    /// Whether anything had to be rejected.
    rejected: bool,
}

impl<'g, 'k> Search<'g, 'k> {
    fn new(graph: &'g Graph, roots: &[Expr<'g>], kept: &'k [Expr<'g>], large: bool) -> Self {
        let mut guard = Guard::new(graph, roots, large);
        // Nothing may cost more than it did; at the same cost, the simplified form reads better.
        let lowest = (guard.lost_before(), cost(roots, kept) + 1);
        Self { kept, guard, best: roots.to_vec(), lowest, rejected: false }
    }

    /// Takes the best of all strategies, and again of what that is made of, until nothing is better.
    fn settle(&mut self, mut passes: Passes<'g>) -> Passes<'g> {
        for round in 0..ROUNDS {
            let mut improved = self.attempt(&mut passes, &Strategy::ALL, &[]);
            let seeds = passes.done[0].repeated(false);
            if !seeds.is_empty() {
                improved |= self.attempt(&mut passes, &Strategy::SEEDED, &seeds);
            }
            if round == 0 && self.is_troubled() {
                improved |= self.attempt(&mut passes, &Strategy::CAREFUL, &[]);
                let seeds = self.in_range(&passes, passes.done[0].repeated(true));
                if !seeds.is_empty() {
                    improved |= self.attempt(&mut passes, &Strategy::CAREFUL_SEEDED, &seeds);
                }
            }
            if !improved {
                break;
            }
            passes = Passes::new(&self.best, self.kept);
        }
        passes
    }

    /// Considers what passes in several strategies find.
    fn attempt(&mut self, passes: &mut Passes<'g>, strategies: &[Strategy], seeds: &[Term]) -> bool {
        let mut improved = false;
        for &strategy in strategies {
            if let Some(pass) = passes.run(strategy, seeds) {
                improved |= self.consider(&pass.results, 0);
            }
        }
        improved
    }

    /// The products that leave the range of the numbers nowhere where their factors and the results do not.
    fn in_range(&mut self, passes: &Passes<'g>, mut products: Vec<Term>) -> Vec<Term> {
        let mut simplifier = Simplifier::new(passes.before.clone(), Strategy::CAREFUL[0]);
        let graph = simplifier.graph;
        products.retain(|product| {
            let factors = product.factors.iter().each(|factor| graph.expr(factor.base));
            let product = simplifier.build(vec![product.clone()]);
            self.guard.stays_in_range(graph.expr(product), &factors)
        });
        products.truncate(LONG);
        products
    }

    /// Takes a candidate if it is better than the best so far, or worse by less than `slack`.
    fn consider(&mut self, candidate: &[Expr<'g>], slack: u64) -> bool {
        let candidate = share_reciprocals(candidate.to_vec(), self.kept);
        let price = cost(&candidate, self.kept);
        let (lost, lowest) = self.lowest;
        if lost == 0 && price >= lowest + slack || candidate == self.best {
            return false;
        }
        let Some(missing) = self.guard.lost(&candidate) else {
            self.rejected = true;
            return false;
        };
        let better = (missing, price) < (lost, lowest + slack);
        if better {
            self.best = candidate;
            self.lowest = (missing, price);
        }
        better
    }

    /// Whether it costs hardly more than the best, and is something else.
    fn is_near(&self, candidate: &[Expr<'g>]) -> bool {
        let lowest = self.lowest.1;
        candidate != self.best && cost(candidate, self.kept) <= lowest + lowest / 8
    }

    /// Whether there may be a form that has values where the best one has none.
    fn is_troubled(&self) -> bool {
        self.rejected || self.lowest.0 > 0
    }
}

/// What to do where the benefit shows only later: a set of choices.
#[derive(Clone, Copy)]
struct Strategy(u8);

impl Strategy {
    const SHARING: Self = Self(0);
    /// Products melt into others even if they have several uses.
    const MELT: Self = Self(1);
    /// Common factors are taken out of sums even if that alone saves nothing.
    const EXTRACT: Self = Self(2);
    /// Products of two that occur repeatedly are made one node.
    const SEED: Self = Self(4);
    /// Everything is avoided that could leave the range of the numbers on the way: products of
    /// denominators above all.
    const AVOID_OVERFLOW: Self = Self(8);
    /// It is for people to read: fractions are written as such.
    const READ: Self = Self(16);
    /// Small polynomials are multiplied out.
    const EXPAND: Self = Self(32);
    /// Digits may be lost for the sake of reading.
    const SHOW: Self = Self(64);
    /// What results are made of is multiplied out, to be factored anew.
    const REGROUP: Self = Self(128);

    /// The first is the one that reads best.
    const ALL: [Self; 4] = [Self::MELT, Self::SHARING, Self::MELT.and(Self::EXTRACT), Self::EXTRACT];
    const REGROUPED: Self = Self::MELT.and(Self::REGROUP);
    const SEEDED: [Self; 2] = [Self::MELT.and(Self::SEED), Self::MELT.and(Self::EXTRACT).and(Self::SEED)];
    const CAREFUL: [Self; 2] = [Self::AVOID_OVERFLOW, Self::AVOID_OVERFLOW.and(Self::MELT)];
    const CAREFUL_SEEDED: [Self; 2] = [Self::CAREFUL[0].and(Self::SEED), Self::CAREFUL[1].and(Self::SEED)];
    const READING: [Self; 2] = [Self::MELT.and(Self::READ).and(Self::EXPAND), Self::MELT.and(Self::READ)];
    const SHOWN: Self = Self::READING[0].and(Self::SHOW);

    /// Those of which a pass notes whether they make a difference.
    const NOTED: Self = Self(Self::MELT.0 | Self::EXTRACT.0 | Self::EXPAND.0 | Self::REGROUP.0);

    const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn has(self, choice: Self) -> bool {
        self.0 & choice.0 != 0
    }

    /// The choices that one has and the other has not.
    fn unlike(self, other: Self) -> Self {
        Self(self.0 ^ other.0)
    }
}

/// What one pass has found.
struct Pass<'g> {
    strategy: Strategy,
    /// The choices that it came to: without them, or with others beside them, it would have been the same.
    met: Strategy,
    results: Vec<Expr<'g>>,
    /// What the nodes are made of.
    parts: NodeMap<Rc<Sum>>,
}

impl Pass<'_> {
    /// Products of two, or of two and a number, that are parts of several products, the most frequent first; and
    /// the `longest` parts, of all factors but one.
    fn repeated(&self, longest: bool) -> Vec<Term> {
        let mut places: HashMap<Term, usize> = HashMap::default();
        let mut counts: Vec<(usize, Term)> = Vec::new();
        let Some(graph) = self.results.first().map(|result| result.graph()) else { return Vec::new() };
        let reachable = graph.reachable(&self.results);
        for id in (0..reachable.len()).filter(|&id| reachable[id]) {
            let Some(parts) = self.parts.get(&(id as u32)) else { continue };
            let [term] = &parts[..] else { continue };
            if term.factors.len() > MANY {
                continue;
            }
            // What is made of numbers is one with the coefficient.
            let (fixed, open): (Vec<Factor>, Vec<Factor>) =
                term.factors.iter().partition(|factor| graph.expr(factor.base).is_fixed());
            let scale = Term { coefficient: term.coefficient.abs(), factors: fixed };
            let scaled = |factors: &[Factor]| Term {
                coefficient: scale.coefficient,
                factors: scale.factors.iter().chain(factors).copied().list(),
            };
            let is_scaled = scale != Term::constant(Coefficient::ONE);
            for (i, &first) in open.iter().enumerate() {
                let mut parts = Vec::new();
                if is_scaled {
                    parts.push(scaled(&[first]).collect());
                }
                for &second in &open[i + 1..] {
                    if is_scaled && open.len() > 2 {
                        parts.push(scaled(&[first, second]).collect());
                    }
                    parts.push(Term { coefficient: Coefficient::ONE, factors: vec![first, second] });
                }
                if longest && open.len() > 3 {
                    let others = open.iter().copied().only(|factor| *factor != first);
                    parts.push(Term { coefficient: Coefficient::ONE, factors: others });
                }
                for part in parts {
                    let place = *places.entry(part.clone()).or_insert(counts.len());
                    if place == counts.len() {
                        counts.push((0, part));
                    }
                    counts[place].0 += 1;
                }
            }
        }
        counts.retain(|&(count, _)| count > 1);
        // The longer first, of which the shorter may be parts.
        let rank = |(count, part): &(usize, Term)| std::cmp::Reverse((*count, part.factors.len()));
        counts.order_by(|a, b| rank(a).cmp(&rank(b)));
        counts.into_iter().map(|(_, part)| part).take(if longest { CANDIDATES } else { LONG }).list()
    }
}

/// The passes over the same expressions, in several strategies.
struct Passes<'g> {
    before: Rc<Before<'g>>,
    done: Vec<Pass<'g>>,
}

impl<'g> Passes<'g> {
    fn new(roots: &[Expr<'g>], kept: &[Expr<'g>]) -> Self {
        Self { before: Rc::new(Before::new(roots, kept)), done: Vec::new() }
    }

    /// A pass, unless it would be the same as one before.
    fn run(&mut self, strategy: Strategy, seeds: &[Term]) -> Option<&Pass<'g>> {
        if self.done.iter().any(|pass| !pass.met.has(pass.strategy.unlike(strategy))) {
            return None;
        }
        self.done.push(Simplifier::new(self.before.clone(), strategy).run(seeds));
        self.done.last()
    }
}

/// The expressions before a pass, and what there is to know of each of their nodes.
struct Before<'g> {
    graph: &'g Graph,
    roots: Vec<Expr<'g>>,
    /// The nodes in order, and which these are.
    nodes: Vec<u32>,
    given: Vec<bool>,
    /// Which must stay as they are.
    verbatim: Vec<bool>,
    /// How many times each is used.
    uses: Vec<u32>,
    /// Which nodes are sums that only another sum uses: they have no form of their own.
    inner: Vec<bool>,
    /// Which nodes are the bases of powers.
    raised: Vec<bool>,
    /// The values of the nodes that have one whatever the symbols are.
    known: NodeMap<f64>,
    /// There is more than one exponential.
    several_exponentials: bool,
}

impl<'g> Before<'g> {
    fn new(roots: &[Expr<'g>], kept: &[Expr<'g>]) -> Self {
        let graph = roots[0].graph();
        let all = [roots, kept].concat();
        let (nodes, given) = (graph.below(&all), graph.reachable(&all));
        let verbatim = verbatim(graph, &nodes, kept);
        let mut uses = vec![0; given.len()];
        for root in roots {
            // A root's form is asked for at the end.
            uses[root.id as usize] += 1;
        }
        let mut raised = vec![false; given.len()];
        for &id in &nodes {
            let node = graph.node(id);
            for &arg in &node.args[..] {
                uses[arg as usize] += 1;
            }
            if matches!(node.kind, Kind::Op(op) if Some(op) == FUNCTIONS.power) {
                raised[node.args[0] as usize] = true;
            }
        }
        let inner = inner(graph, &nodes, &verbatim, &uses);
        let known = known(graph, &nodes);
        let exponentials = nodes
            .iter()
            .filter(|&&id| graph.expr(id).op().is_some_and(|op| FUNCTIONS.exponentials.contains(&op)));
        let several_exponentials = exponentials.take(2).count() > 1;
        let roots = roots.to_vec();
        Self { graph, roots, nodes, given, verbatim, uses, inner, raised, known, several_exponentials }
    }
}

/// The functions that the driver itself builds, where the table has them.
struct Functions {
    power: Option<Op>,
    real_power: Option<Op>,
    root: Option<Op>,
    abs: Option<Op>,
    logarithm: Option<Op>,
    exponentials: Vec<Op>,
    hyperbolic: Vec<Op>,
    mask: Option<Op>,
    operations: [Option<Op>; 5],
}

static FUNCTIONS: LazyLock<Functions> = LazyLock::new(|| Functions {
    power: operation("powi"),
    real_power: operation("powf"),
    root: operation("sqrt"),
    abs: operation("abs"),
    logarithm: operation("ln"),
    exponentials: exponential::EXPONENTIALS.into_iter().filter_map(operation).list(),
    hyperbolic: exponential::HYPERBOLIC.into_iter().filter_map(operation).list(),
    mask: operation("mask"),
    operations: ["mul", "div", "add", "sub", "neg"].map(operation),
});

struct Simplifier<'g> {
    graph: &'g Graph,
    before: Rc<Before<'g>>,
    strategy: Strategy,
    /// The choices of the strategy that made a difference.
    met: Cell<Strategy>,
    functions: &'static Functions,
    /// The laws in force, and the functions that they are about.
    rules: &'static [Rules],
    called: Ops,
    /// What each node has become: a node with one use yields its form when it is taken.
    forms: NodeMap<Sum>,
    /// What the atoms are made of.
    parts: NodeMap<Rc<Sum>>,
    /// The nodes that are there for a sum.
    nodes: HashMap<Sum, u32>,
    /// The nodes that are there for a product, by what that is when the products in it are taken apart.
    products: HashMap<Term, u32>,
    /// What is a factor of any of these that are products.
    in_products: HashSet<Factor>,
    /// Nodes that are computed whether or not the expression at hand uses them.
    shared: NodeSet,
    /// Nodes of which something cancels in the form: in the node itself it does not, but for rounding, so
    /// that the node may be less accurate than its form, and be computed from more.
    cancelling: NodeSet,
    /// How deeply laws are being applied within laws.
    depth: u32,
    exponents: alike::Exponents,
}

impl<'g> Simplifier<'g> {
    fn new(before: Rc<Before<'g>>, strategy: Strategy) -> Self {
        let rules = if strategy.has(Strategy::SHOW) { &RULES[..] } else { &RULES[..1] };
        Self {
            graph: before.graph,
            before,
            strategy,
            // What is not multiplied out might be.
            met: Cell::new(Strategy(!Strategy::NOTED.0 | Strategy::EXPAND.0 & !strategy.0)),
            functions: &FUNCTIONS,
            rules,
            called: rules.iter().fold(Ops::default(), |called, rules| called.or(rules.called)),
            forms: NodeMap::default(),
            parts: NodeMap::default(),
            nodes: HashMap::default(),
            products: HashMap::default(),
            in_products: HashSet::default(),
            shared: NodeSet::default(),
            cancelling: NodeSet::default(),
            depth: 0,
            exponents: alike::Exponents::default(),
        }
    }

    /// One pass. The products in `seeds` are there from the start, to be shared.
    fn run(mut self, seeds: &[Term]) -> Pass<'g> {
        for seed in seeds {
            self.build(vec![seed.clone()]);
        }
        let before = self.before.clone();
        for &id in &before.nodes {
            let place = id as usize;
            if before.inner[place] {
                continue;
            }
            let below = if before.verbatim[place] { self.bases_below(id) } else { Vec::new() };
            let form = self.form(id);
            let form = if before.verbatim[place] {
                self.keep(id, form, &below)
            } else if before.uses[place] > 1 {
                self.share(form, before.raised[place])
            } else {
                form
            };
            self.forms.insert(id, form);
        }
        // Single products first: what they are may be a part of the sums.
        let mut results: Vec<(Sum, Option<u32>)> = Vec::with_capacity(before.roots.len());
        for root in &before.roots {
            let form = self.multiplied_out(self.forms[&root.id].clone());
            results.push((self.normal(form), None));
        }
        for singles in [true, false] {
            for (form, id) in results.iter_mut().filter(|(form, _)| (form.len() < 2) == singles) {
                *id = Some(self.build(std::mem::take(form)));
            }
        }
        let results = results.into_iter().each_some(|(_, id)| Some(self.graph.expr(id?)));
        Pass { strategy: self.strategy, met: self.met.get(), results, parts: self.parts }
    }

    /// Whether the strategy has the choice, which makes a difference here.
    fn chooses(&self, choice: Strategy) -> bool {
        self.meets(choice);
        self.strategy.has(choice)
    }

    /// The choice makes a difference here.
    fn meets(&self, choice: Strategy) {
        self.met.set(self.met.get().and(choice));
    }

    /// The form of a node, from those of its arguments.
    fn form(&mut self, id: u32) -> Sum {
        let node = self.graph.node(id);
        let op = match node.kind {
            Kind::Const(bits) => return self.number(f64::from_bits(bits), id),
            Kind::Op(op) if node.ty.is_real() => op,
            Kind::Symbol(_) | Kind::Op(_) => return vec![Term::atom(id)],
            Kind::Cast | Kind::Call(_) | Kind::Elem(_) => {
                if !node.ty.is_real() && node.ty != Ty::Aggregate {
                    return vec![Term::atom(id)];
                }
                let args: Vec<u32> = node.args.iter().map(|&arg| self.argument(arg)).list();
                return vec![Term::atom(self.graph.intern(node.kind, &args, node.ty).id)];
            }
        };
        let spec = op.spec();
        if let (Syntax::Choice, &[condition, yes, no]) = (spec.syntax, &node.args[..])
            && let Some(&truth) = self.before.known.get(&condition)
        {
            return self.forms[if truth != 0.0 { &yes } else { &no }].clone();
        }
        if spec.linear.is_some() {
            return self.sum(id);
        }
        if let Some(exponents) = spec.monomial
            && exponents.iter().all(|&(_, q)| q == 1)
        {
            if let ([a, b], [(1, 1), (1, 1)]) = (&node.args[..], exponents)
                && a == b
            {
                // A square is not spread over a product either.
                let base = self.take(*a);
                let base = self.as_product(base);
                return self.power(base, 2.0).map_or_else(|| vec![Term::atom(id)], |square| vec![square]);
            }
            let args: Vec<Sum> = node.args.iter().map(|&arg| self.take(arg)).list();
            // What divides by zero stays as it is.
            return self.product(args, exponents).unwrap_or_else(|| vec![Term::atom(id)]);
        }
        if Some(op) == self.functions.root {
            let arg = self.take(node.args[0]);
            return self.root(arg);
        }
        if Some(op) == self.functions.power
            && let Some(exponent) = self.graph.expr(node.args[1]).as_constant()
        {
            let base = self.take(node.args[0]);
            let base = self.as_product(base);
            if let Some(power) = self.power(base.clone(), exponent) {
                return vec![power];
            }
            let base = self.build(vec![base]);
            return vec![Term::atom(
                self.graph.raw(op, &[self.graph.expr(base), self.graph.constant(exponent)]).id,
            )];
        }
        let args: Vec<Sum> = (0..node.args.len())
            .map(|i| match spec.args[i].kind {
                ArgKind::Real => self.take(node.args[i]),
                ArgKind::Int | ArgKind::Bool => vec![Term::atom(node.args[i])],
            })
            .list();
        self.apply(op, args)
    }

    /// The tree of sums below a node, its leaves' forms laid end to end.
    fn sum(&mut self, root: u32) -> Sum {
        let mut sum = Sum::new();
        let mut stack = vec![(root, Coefficient::ONE)];
        while let Some((id, scale)) = stack.pop() {
            let node = self.graph.node(id);
            let coefficients = match node.kind {
                Kind::Op(op) if id == root || self.before.inner[id as usize] => op.spec().linear,
                _ => None,
            };
            let Some(coefficients) = coefficients else {
                let terms = self.take(id);
                sum.extend(self.scale(terms, scale));
                continue;
            };
            for (&arg, &coefficient) in node.args.iter().zip(coefficients) {
                let negative = coefficient < 0.0;
                stack.push((arg, if negative { scale.negate() } else { scale }));
            }
        }
        sum
    }

    /// A number: what is not finite is an atom.
    fn number(&self, value: f64, id: u32) -> Sum {
        if value == 0.0 {
            return Sum::new();
        }
        let fits = value.is_finite() && value.abs() < 1e290 && value.abs() > 1e-290;
        if !fits {
            return vec![Term::atom(id)];
        }
        let new = if self.strategy.has(Strategy::READ) { Coefficient::recovered } else { Coefficient::new };
        vec![Term::constant(new(value))]
    }

    /// The form of an argument, moved out if this is its only use.
    fn take(&mut self, arg: u32) -> Sum {
        if self.before.uses[arg as usize] > 1 {
            return self.forms[&arg].clone();
        }
        self.forms.get_mut(&arg).map(std::mem::take).unwrap_or_default()
    }

    /// The node of an argument that is not a real number's, or is one of a call.
    fn argument(&mut self, arg: u32) -> u32 {
        if !self.graph.expr(arg).ty().is_real() {
            return match self.forms[&arg][..] {
                [ref term] => term.as_atom().unwrap_or(arg),
                _ => arg,
            };
        }
        let form = self.forms[&arg].clone();
        self.materialise(form)
    }

    /// What the forms of a node's arguments are made of.
    fn bases_below(&self, id: u32) -> Vec<u32> {
        let args = self.graph.node(id).args;
        let terms = args.iter().flat(|arg| &self.forms[arg]);
        terms.iter().flat(|term| term.factors.iter().map(|factor| factor.base))
    }

    /// Whether something of what a node is made of is not in its form, and no law put another function
    /// in its place.
    fn cancels(&self, id: u32, form: &[Term], below: &[u32]) -> bool {
        let node = self.graph.node(id);
        if node.args.iter().any(|arg| self.cancelling.contains(arg)) {
            return true;
        }
        let Kind::Op(op) = node.kind else { return false };
        let present: HashSet<u32> =
            form.iter().flat(|term| &term.factors).iter().map(|factor| factor.base).collect();
        let lost = below.iter().any(|base| !present.contains(base));
        let replaced = present.iter().any(|base| !below.contains(base));
        op.spec().linear.is_some() && lost || op.spec().monomial.is_some() && lost && !replaced
    }

    /// An expression that is computed anyway stands for itself.
    fn keep(&mut self, id: u32, form: Sum, below: &[u32]) -> Sum {
        self.shared.insert(id);
        if !self.graph.expr(id).ty().is_real() || matches!(self.graph.expr(id).kind(), Kind::Const(_)) {
            return form;
        }
        let form = self.normal(form);
        let cancels = self.cancels(id, &form, below);
        if cancels {
            self.cancelling.insert(id);
        }
        let atom = form.len() == 1 && form[0].as_atom().is_some();
        if !atom && !cancels && !form.iter().all(Term::is_constant) {
            self.enter(form.clone(), id);
            self.parts.insert(id, Rc::new(form.clone()));
        }
        if self.melts(&form) { form } else { vec![Term::atom(id)] }
    }

    /// An expression with several uses becomes one node, unless it is as cheap to take it apart.
    fn share(&mut self, form: Sum, raised: bool) -> Sum {
        let form = self.normal(form);
        let is_product = matches!(&form[..], [term] if term.factors.len() > 1);
        // Powers are not spread over products, so a product that is raised meets its powers as itself.
        if self.melts(&form) && !(raised && is_product) {
            if let [term] = &form[..] {
                for factor in &term.factors {
                    self.shared.insert(factor.base);
                }
            }
            return form;
        }
        let (scale, sum) = match &form[..] {
            // A half joins the numbers of the products that use the rest.
            [term] if term.coefficient.is_binary_fraction() && !self.chooses(Strategy::MELT) => {
                (term.coefficient, vec![term.monic()])
            }
            [term] if term.coefficient.is_negative() => {
                (Coefficient::MINUS_ONE, vec![term.clone().negated()])
            }
            _ => (Coefficient::ONE, form),
        };
        let id = self.build(sum);
        self.shared.insert(id);
        vec![Term { coefficient: scale, ..Term::atom(id) }]
    }

    /// Whether a form is used as it is rather than as the node it makes.
    fn melts(&self, form: &[Term]) -> bool {
        match form {
            [] => true,
            [term] => {
                let power = term.factors.len() == 1 && term.coefficient.abs() == Coefficient::ONE;
                term.is_constant() || power || term.factors.len() <= 4 && self.chooses(Strategy::MELT)
            }
            _ => false,
        }
    }

    /// The node for a form.
    fn materialise(&mut self, form: Sum) -> u32 {
        let form = self.normal(form);
        self.build(form)
    }
}

/// What must stay as it is: what is kept, what decides a branch, and what is no real number.
fn verbatim(graph: &Graph, nodes: &[u32], kept: &[Expr<'_>]) -> Vec<bool> {
    let mut roots = kept.to_vec();
    for &id in nodes {
        let expr = graph.expr(id);
        let passive = matches!(expr.ty(), Ty::Bool | Ty::Opaque);
        if passive && !matches!(expr.kind(), Kind::Symbol(_)) {
            roots.push(expr);
        }
    }
    graph.reachable(&roots)
}

/// The values of what follows from constants alone. A truth value may be known though a part of it is not.
fn known(graph: &Graph, nodes: &[u32]) -> NodeMap<f64> {
    let mut known = NodeMap::default();
    for &id in nodes {
        let node = graph.node(id);
        match node.kind {
            Kind::Const(bits) => known.insert(id, f64::from_bits(bits)),
            Kind::Op(op) if !op.spec().needs_special() => {
                let is_open = |arg: &u32| graph.expr(*arg).ty() != Ty::Bool && !known.contains_key(arg);
                if node.args.iter().any(is_open) {
                    continue;
                }
                let with = |truth: f64| {
                    let args = node.args.iter().map(|arg| known.get(arg).copied().unwrap_or(truth));
                    op.evaluate(&args.list())
                };
                if with(0.0) == with(1.0) {
                    known.insert(id, with(0.0));
                }
            }
            _ => {}
        }
    }
    known
}

/// Which sums are used by one other sum only.
fn inner(graph: &Graph, nodes: &[u32], verbatim: &[bool], uses: &[u32]) -> Vec<bool> {
    let is_sum = |id: u32| {
        let expr = graph.expr(id);
        expr.ty().is_real() && expr.op().is_some_and(|op| op.spec().linear.is_some())
    };
    let mut inner = vec![false; uses.len()];
    for &id in nodes {
        if is_sum(id) {
            for &arg in &graph.node(id).args[..] {
                let place = arg as usize;
                inner[place] = uses[place] == 1 && !verbatim[place] && is_sum(arg);
            }
        }
    }
    inner
}
