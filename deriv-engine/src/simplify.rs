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
use crate::hash::{HashMap, HashSet};
use crate::laws::operation;
use crate::list::{List, Sort};
use crate::ops::{ArgKind, Op, Syntax};
use exponential::share_reciprocals;
use form::{Coefficient, Factor, Sum, Term};
use guard::Guard;
use horner::by_horner;
use machine::{multiply_powers, share_divisors};
pub use reading::readable;
use reading::readable_and_exact;
use std::rc::Rc;
use vanishing::{with_quotients, with_reciprocals};

/// Sums and products longer than this are not searched for laws and common parts, so that the time
/// stays linear in the size of the graph.
const LONG: usize = 64;

/// Products of more factors than this are not searched for parts that they share with others.
const MANY: usize = 8;

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
            search.consider(Simplifier::run(roots, kept, strategy, &[]).0, 0);
            if !search.rejected {
                break;
            }
        }
        return search.best;
    }
    let mut repeated = Vec::new();
    for round in 0..ROUNDS {
        let mut improved = false;
        let start = search.best.clone();
        for (i, &strategy) in Strategy::ALL.iter().enumerate() {
            if strategy.seed && repeated.is_empty() {
                // There is nothing to share: it would be the same as without.
                continue;
            }
            let seeds = if i == 0 { &[] } else { &repeated[..] };
            let (candidate, parts) = Simplifier::run(&start, kept, strategy, seeds);
            if i == 0 {
                repeated = parts;
            }
            improved |= search.consider(candidate, 0);
        }
        if round == 0 && search.is_troubled() {
            for strategy in Strategy::CAREFUL {
                let (candidate, _) = Simplifier::run(&start, kept, strategy, &[]);
                improved |= search.consider(candidate, 0);
            }
        }
        if !improved {
            break;
        }
    }
    // Of equally cheap forms the one that reads best.
    let (polished, _) = Simplifier::run(&search.best, kept, Strategy::ALL[0], &[]);
    let slack = u64::from(search.best != roots);
    search.consider(polished, slack);
    search.best
}

/// The roots after one pass: not the best there is, but it costs about as much.
pub(crate) fn glance<'g>(roots: &[Expr<'g>], kept: &[Expr<'g>]) -> Vec<Expr<'g>> {
    if roots.is_empty() { Vec::new() } else { Simplifier::run(roots, kept, Strategy::ALL[0], &[]).0 }
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
            search.consider(candidate, 0);
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
        let guard = Guard::new(graph, roots, large);
        // Nothing may cost more than it did; at the same cost, the simplified form reads better.
        let lowest = (guard.lost_before(), cost(roots, kept) + 1);
        Self { kept, guard, best: roots.to_vec(), lowest, rejected: false }
    }

    /// Takes a candidate if it is better than the best so far, or worse by less than `slack`.
    fn consider(&mut self, candidate: Vec<Expr<'g>>, slack: u64) -> bool {
        let candidate = share_reciprocals(candidate, self.kept);
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

    /// Whether there may be a form that has values where the best one has none.
    fn is_troubled(&self) -> bool {
        self.rejected || self.lowest.0 > 0
    }
}

/// What to do where the benefit shows only later. The first is the one that reads best.
#[derive(Clone, Copy)]
struct Strategy {
    /// Whether products melt into others even if they have several uses.
    melt: bool,
    /// Whether common factors are taken out of sums even if that alone saves nothing.
    extract: bool,
    /// Whether products of two that occur repeatedly are made one node.
    seed: bool,
    /// Whether everything is avoided that could leave the range of the numbers on the way: products of
    /// denominators above all.
    careful: bool,
    /// Whether it is for people to read: fractions are written as such.
    reading: bool,
    /// Whether small polynomials are multiplied out.
    expand: bool,
    /// Whether digits may be lost for the sake of reading.
    shown: bool,
}

impl Strategy {
    const SHARING: Self = Self {
        melt: false,
        extract: false,
        seed: false,
        careful: false,
        reading: false,
        expand: false,
        shown: false,
    };
    const MELTING: Self = Self { melt: true, ..Self::SHARING };
    const ALL: [Self; 6] = [
        Self::MELTING,
        Self::SHARING,
        Self { extract: true, ..Self::MELTING },
        Self { extract: true, ..Self::SHARING },
        Self { seed: true, ..Self::MELTING },
        Self { extract: true, seed: true, ..Self::MELTING },
    ];
    const CAREFUL: [Self; 2] =
        [Self { careful: true, ..Self::SHARING }, Self { careful: true, ..Self::MELTING }];
    const READING: [Self; 2] =
        [Self { reading: true, expand: true, ..Self::MELTING }, Self { reading: true, ..Self::MELTING }];
    const SHOWN: [Self; 2] =
        [Self { shown: true, ..Self::READING[0] }, Self { shown: true, ..Self::READING[1] }];
}

/// The functions that the driver itself builds, where the table has them.
struct Known {
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

struct Simplifier<'g> {
    graph: &'g Graph,
    strategy: Strategy,
    functions: Known,
    /// What each node has become: a node with one use yields its form when it is taken.
    forms: Vec<Sum>,
    uses: Vec<u32>,
    /// Which nodes are sums that only another sum uses: they have no form of their own.
    inner: Vec<bool>,
    /// What the atoms are made of.
    parts: HashMap<u32, Rc<Sum>>,
    /// The nodes that are there for a sum.
    nodes: HashMap<Sum, u32>,
    /// Nodes that are computed whether or not the expression at hand uses them.
    shared: HashSet<u32>,
    /// Which nodes are the bases of powers.
    raised: Vec<bool>,
    /// Nodes of which something cancels in the form: in the node itself it does not, but for rounding, so
    /// that the node may be less accurate than its form, and be computed from more.
    cancelling: Vec<bool>,
    /// Which nodes the expressions consisted of at the start.
    given: Vec<bool>,
    /// The values of the nodes that have one whatever the symbols are.
    known: Vec<Option<f64>>,
    /// How deeply laws are being applied within laws.
    depth: u32,
    /// Whether there is more than one exponential.
    several_exponentials: bool,
    exponents: alike::Exponents,
}

impl<'g> Simplifier<'g> {
    /// One pass, and which products of two it has found in several places. Those in `seeds`
    /// are there from the start, to be shared.
    fn run(
        roots: &[Expr<'g>],
        kept: &[Expr<'g>],
        strategy: Strategy,
        seeds: &[Term],
    ) -> (Vec<Expr<'g>>, Vec<Term>) {
        let graph = roots[0].graph();
        let names = ["mul", "div", "add", "sub", "neg"];
        let functions = Known {
            power: operation("powi"),
            real_power: operation("powf"),
            root: operation("sqrt"),
            abs: operation("abs"),
            logarithm: operation("ln"),
            exponentials: exponential::EXPONENTIALS.into_iter().filter_map(operation).list(),
            hyperbolic: exponential::HYPERBOLIC.into_iter().filter_map(operation).list(),
            mask: operation("mask"),
            operations: names.map(operation),
        };
        let reachable = graph.reachable(&[roots, kept].concat());
        let verbatim = verbatim(graph, &reachable, kept);
        let uses = uses(graph, &reachable, roots);
        let inner = inner(graph, &reachable, &verbatim, &uses);
        let raised = raised(graph, &reachable, functions.power);
        let mut this = Self {
            graph,
            strategy,
            functions,
            forms: vec![Sum::new(); reachable.len()],
            uses,
            inner,
            parts: HashMap::default(),
            nodes: HashMap::default(),
            shared: HashSet::default(),
            raised,
            cancelling: vec![false; reachable.len()],
            given: reachable.clone(),
            known: known(graph, &reachable),
            depth: 0,
            several_exponentials: false,
            exponents: alike::Exponents::default(),
        };
        this.several_exponentials = (0..reachable.len() as u32)
            .filter(|&id| reachable[id as usize] && this.exponential(id).is_some())
            .nth(1)
            .is_some();
        for seed in seeds.iter().filter(|_| strategy.seed) {
            this.build(vec![seed.clone()]);
        }
        for id in (0..reachable.len()).filter(|&id| reachable[id] && !this.inner[id]).list() {
            let below = if verbatim[id] { this.bases_below(id as u32) } else { Vec::new() };
            let form = this.form(id as u32);
            this.forms[id] = if verbatim[id] {
                this.keep(id as u32, form, &below)
            } else if this.uses[id] > 1 {
                this.share(form, this.raised[id])
            } else {
                form
            };
        }
        // Single products first: what they are may be a part of the sums.
        let mut results: Vec<(Sum, Option<u32>)> = Vec::with_capacity(roots.len());
        for root in roots {
            let form = this.forms[root.id as usize].clone();
            results.push((this.normal(form), None));
        }
        for singles in [true, false] {
            for (form, id) in results.iter_mut().filter(|(form, _)| (form.len() < 2) == singles) {
                *id = Some(this.build(std::mem::take(form)));
            }
        }
        let results: Vec<Expr<'g>> =
            results.into_iter().filter_map(|(_, id)| id).map(|id| graph.expr(id)).list();
        let repeated = this.repeated(&results);
        (results, repeated)
    }

    /// Products of two, or of two and a number, that are parts of several products, the most frequent first.
    fn repeated(&self, results: &[Expr<'g>]) -> Vec<Term> {
        let mut places: HashMap<Term, usize> = HashMap::default();
        let mut counts: Vec<(usize, Term)> = Vec::new();
        let reachable = self.graph.reachable(results);
        for id in (0..reachable.len()).filter(|&id| reachable[id]) {
            let Some(parts) = self.parts.get(&(id as u32)) else { continue };
            let [term] = &parts[..] else { continue };
            if term.factors.len() > MANY {
                continue;
            }
            // What is made of numbers is one with the coefficient.
            let (fixed, open): (Vec<Factor>, Vec<Factor>) =
                term.factors.iter().partition(|factor| self.graph.expr(factor.base).is_fixed());
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
        counts.into_iter().map(|(_, pair)| pair).take(LONG).list()
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
            && let Some(truth) = self.known[condition as usize]
        {
            return self.forms[if truth != 0.0 { yes } else { no } as usize].clone();
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
                Kind::Op(op) if id == root || self.inner[id as usize] => op.spec().linear,
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
        let new = if self.strategy.reading { Coefficient::recovered } else { Coefficient::new };
        vec![Term::constant(new(value))]
    }

    /// The form of an argument, moved out if this is its only use.
    fn take(&mut self, arg: u32) -> Sum {
        let form = &mut self.forms[arg as usize];
        if self.uses[arg as usize] > 1 { form.clone() } else { std::mem::take(form) }
    }

    /// The node of an argument that is not a real number's, or is one of a call.
    fn argument(&mut self, arg: u32) -> u32 {
        if !self.graph.expr(arg).ty().is_real() {
            return match self.forms[arg as usize][..] {
                [ref term] => term.as_atom().unwrap_or(arg),
                _ => arg,
            };
        }
        let form = self.forms[arg as usize].clone();
        self.materialise(form)
    }

    /// What the forms of a node's arguments are made of.
    fn bases_below(&self, id: u32) -> Vec<u32> {
        let args = self.graph.node(id).args;
        let terms = args.iter().flat(|&arg| &self.forms[arg as usize]);
        terms.iter().flat(|term| term.factors.iter().map(|factor| factor.base))
    }

    /// Whether something of what a node is made of is not in its form, and no law put another function
    /// in its place.
    fn cancels(&self, id: u32, form: &[Term], below: &[u32]) -> bool {
        let node = self.graph.node(id);
        if node.args.iter().any(|&arg| self.cancelling[arg as usize]) {
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
        self.cancelling[id as usize] = self.cancels(id, &form, below);
        let atom = form.len() == 1 && form[0].as_atom().is_some();
        if !atom && !self.cancelling[id as usize] && !form.iter().all(Term::is_constant) {
            self.nodes.insert(form.clone(), id);
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
            [term] if !self.strategy.melt && term.coefficient.is_binary_fraction() => {
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
                term.is_constant() || power || self.strategy.melt && term.factors.len() <= 4
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
fn verbatim(graph: &Graph, reachable: &[bool], kept: &[Expr<'_>]) -> Vec<bool> {
    let mut roots = kept.to_vec();
    for id in (0..reachable.len()).filter(|&id| reachable[id]) {
        let expr = graph.expr(id as u32);
        let passive = matches!(expr.ty(), Ty::Bool | Ty::Opaque);
        if passive && !matches!(expr.kind(), Kind::Symbol(_)) {
            roots.push(expr);
        }
    }
    graph.reachable(&roots)
}

/// The values of what follows from constants alone. A truth value may be known though a part of it is not.
fn known(graph: &Graph, reachable: &[bool]) -> Vec<Option<f64>> {
    let mut known: Vec<Option<f64>> = vec![None; reachable.len()];
    for id in (0..reachable.len()).filter(|&id| reachable[id]) {
        let node = graph.node(id as u32);
        known[id] = match node.kind {
            Kind::Const(bits) => Some(f64::from_bits(bits)),
            Kind::Op(op) if !op.spec().needs_special() => {
                let open = |arg: &&u32| known[**arg as usize].is_none();
                if node.args.iter().filter(open).any(|&arg| graph.expr(arg).ty() != Ty::Bool) {
                    continue;
                }
                let with = |truth: f64| {
                    let args = node.args.iter().map(|&arg| known[arg as usize].unwrap_or(truth));
                    op.evaluate(&args.list())
                };
                (with(0.0) == with(1.0)).then(|| with(0.0))
            }
            _ => None,
        };
    }
    known
}

/// How many times each node is used.
fn uses(graph: &Graph, reachable: &[bool], roots: &[Expr<'_>]) -> Vec<u32> {
    let mut uses = vec![0; reachable.len()];
    for root in roots {
        // A root's form is asked for at the end.
        uses[root.id as usize] += 1;
    }
    for id in (0..reachable.len()).filter(|&id| reachable[id]) {
        for &arg in graph.node(id as u32).args.iter() {
            uses[arg as usize] += 1;
        }
    }
    uses
}

/// Which nodes are raised to a constant power.
fn raised(graph: &Graph, reachable: &[bool], power: Option<Op>) -> Vec<bool> {
    let mut raised = vec![false; reachable.len()];
    for id in (0..reachable.len()).filter(|&id| reachable[id]) {
        let node = graph.node(id as u32);
        match (node.kind, &node.args[..]) {
            (Kind::Op(op), &[base, _]) if Some(op) == power => raised[base as usize] = true,
            _ => {}
        }
    }
    raised
}

/// Which sums are used by one other sum only.
fn inner(graph: &Graph, reachable: &[bool], verbatim: &[bool], uses: &[u32]) -> Vec<bool> {
    let is_sum = |id: usize| {
        let expr = graph.expr(id as u32);
        expr.ty().is_real() && expr.op().is_some_and(|op| op.spec().linear.is_some())
    };
    let mut inner = vec![false; reachable.len()];
    for id in (0..reachable.len()).filter(|&id| reachable[id] && is_sum(id)) {
        for &arg in graph.node(id as u32).args.iter() {
            let arg = arg as usize;
            inner[arg] = uses[arg] == 1 && !verbatim[arg] && is_sum(arg);
        }
    }
    inner
}
