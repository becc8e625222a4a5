//! Loops that write or read a whole place, by themselves or together with other statements. As polynomials in the passive
//! whole numbers that they are made of, the bounds of the loops, the indices and the lengths show that every element comes
//! up: so nobody reads what was there before. And indices that go along with a loop: they differ by numbers that are known.
//!
//! A polynomial has the value that the source computes wherever that does not overflow, which is an error
//! of the source.

use super::{Bound, Parser, key};
use crate::graph::{Expr as Node, Kind, Ty};
use crate::hash::HashMap;
use crate::list::{List, Sort};
use crate::ops::Op;
use crate::region::{Access, Code, Dim, Loop, Passive, Region, Stmt, Turn, Walk};
use crate::sorted::SortedMap;
use proc_macro2::Ident;
use syn::{Expr, Lit, Pat, RangeLimits};

/// A whole number that stays as it is while it is in scope.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Atom {
    /// A variable, by its declaration.
    Variable(usize),
    Leaf(u32),
    /// A constant or a parameter of the type.
    Name(String),
}

/// Coefficients by products of atoms, none of them zero.
#[derive(Clone, PartialEq, Default)]
pub(super) struct Polynomial(SortedMap<Vec<Atom>, i64>);

/// What a `for` loop counts, from one number to below another one.
#[derive(Clone)]
pub(super) struct Counter {
    atom: Atom,
    from: Polynomial,
    to: Polynomial,
}

impl Polynomial {
    fn constant(value: i64) -> Self {
        Polynomial::default().plus(Vec::new(), value)
    }

    fn atom(atom: Atom) -> Self {
        Polynomial::default().plus(vec![atom], 1)
    }

    fn plus(mut self, product: Vec<Atom>, coefficient: i64) -> Self {
        let sum = self.0.remove(&product).unwrap_or(0).wrapping_add(coefficient);
        if sum != 0 {
            self.0.insert(product, sum);
        }
        self
    }

    /// The sum with a multiple of another one.
    fn sum(self, other: &Polynomial, times: i64) -> Self {
        other.0.iter().fold(self, |sum, (product, coefficient)| {
            sum.plus(product.clone(), coefficient.wrapping_mul(times))
        })
    }

    fn product(&self, other: &Polynomial) -> Self {
        let mut all = Polynomial::default();
        for (a, x) in self.0.iter() {
            for (b, y) in other.0.iter() {
                let mut product = [&a[..], b].concat();
                product.order();
                all = all.plus(product, x.wrapping_mul(*y));
            }
        }
        all
    }

    fn mentions(&self, atom: &Atom) -> bool {
        self.0.keys().any(|product| product.contains(atom))
    }

    /// What the atom is multiplied by, if it is nowhere in a higher power.
    fn coefficient(&self, atom: &Atom) -> Option<Self> {
        let mut coefficient = Polynomial::default();
        for (product, factor) in self.0.iter().filter(|(product, _)| product.contains(atom)) {
            let others: Vec<Atom> = product.iter().filter(|other| *other != atom).cloned().list();
            if others.len() + 1 != product.len() {
                return None;
            }
            coefficient = coefficient.plus(others, *factor);
        }
        Some(coefficient)
    }
}

impl Counter {
    fn width(&self) -> Polynomial {
        self.to.clone().sum(&self.from, -1)
    }
}

impl<'a, 'g> Parser<'a, 'g> {
    /// Passive code as a polynomial.
    pub(super) fn polynomial(&mut self, code: &'a Expr) -> Option<Polynomial> {
        match code {
            Expr::Paren(paren) => self.polynomial(&paren.expr),
            Expr::Group(group) => self.polynomial(&group.expr),
            Expr::Lit(literal) => whole(&literal.lit),
            Expr::Path(path) => self.named(path.path.get_ident()?),
            Expr::Binary(binary) => {
                let (left, right) = (self.polynomial(&binary.left)?, self.polynomial(&binary.right)?);
                match binary.op {
                    syn::BinOp::Add(_) => Some(left.sum(&right, 1)),
                    syn::BinOp::Sub(_) => Some(left.sum(&right, -1)),
                    syn::BinOp::Mul(_) => Some(left.product(&right)),
                    _ => None,
                }
            }
            Expr::MethodCall(call) if matches!(super::iterator::bare(&call.receiver), Expr::Path(_)) => {
                let length = self.known_length(code)?;
                self.polynomial_of(length)
            }
            _ => None,
        }
    }

    /// What a name stands for, likewise.
    fn named(&self, name: &Ident) -> Option<Polynomial> {
        match self.lookup(name) {
            Some(binding) if !binding.mutable && matches!(binding.value, Bound::Passive(_)) => {
                let declaration = binding.declaration;
                let length = self.lengths.get(&declaration).copied();
                match (self.polynomials.get(&declaration), length) {
                    (Some(known), _) => Some(known.clone()),
                    (None, Some(length)) => self.polynomial_of(length),
                    (None, None) => Some(Polynomial::atom(Atom::Variable(declaration))),
                }
            }
            Some(_) => None,
            None => Some(Polynomial::atom(Atom::Name(name.to_string()))),
        }
    }

    /// A node that counts, likewise.
    fn polynomial_of(&self, node: Node<'g>) -> Option<Polynomial> {
        if let Some(constant) = node.as_constant() {
            return (constant.fract() == 0.0).then(|| Polynomial::constant(constant as i64));
        }
        match node.kind() {
            Kind::Symbol(_) => match self.leaf_polynomials.get(&node.id) {
                Some(known) => Some(known.clone()),
                None => (node.ty() == Ty::Opaque).then(|| Polynomial::atom(Atom::Leaf(node.id))),
            },
            Kind::Op(op) => {
                let [a, b] = <[Node<'g>; 2]>::try_from(node.args()).ok()?;
                let (a, b) = (self.polynomial_of(a)?, self.polynomial_of(b)?);
                match op {
                    _ if Op::infix("+") == Some(op) => Some(a.sum(&b, 1)),
                    _ if Op::infix("-") == Some(op) => Some(a.sum(&b, -1)),
                    _ if Op::infix("*") == Some(op) => Some(a.product(&b)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Remembers what passive code computes that a leaf stands for.
    pub(super) fn note_leaf(&mut self, leaf: Node<'g>, code: &'a Expr) {
        if leaf.ty() == Ty::Opaque
            && let Some(polynomial) = self.polynomial(code)
        {
            self.leaf_polynomials.insert(leaf.id, polynomial);
        }
    }

    /// Remembers what a passive variable is.
    pub(super) fn note_variable(&mut self, pattern: &Pat, code: &'a Expr) {
        let Pat::Ident(name) = pattern else { return };
        match self.polynomial(code) {
            Some(polynomial) => {
                self.polynomials.insert(key(&name.ident), polynomial);
            }
            None => {
                self.polynomials.remove(&key(&name.ident));
            }
        }
    }

    /// Remembers that a loop that binds `pattern` goes through a range.
    pub(super) fn note_range(&mut self, pattern: Code, name: &Pat, over: &'a Expr) {
        match (name, super::iterator::bare(over)) {
            (name, Expr::MethodCall(call)) if call.method == "rev" => {
                self.note_range(pattern, name, &call.receiver);
            }
            (Pat::Ident(name), Expr::Range(range)) => {
                let from = match &range.start {
                    Some(start) => self.polynomial(start),
                    None => None,
                };
                let to = range.end.as_ref().and_then(|end| self.polynomial(end));
                self.counted.insert(pattern, vec![Atom::Variable(key(&name.ident))]);
                if let (Some(from), Some(to)) = (from, to) {
                    let to = match range.limits {
                        RangeLimits::HalfOpen(_) => to,
                        RangeLimits::Closed(_) => to.plus(Vec::new(), 1),
                    };
                    let atom = Atom::Variable(key(&name.ident));
                    self.counters.insert(pattern, Counter { atom, from, to });
                }
            }
            _ => {}
        }
    }

    /// Remembers that a loop goes through the numbers below one, in a variable.
    pub(super) fn note_below(&mut self, pattern: Code, declaration: usize, count: &Polynomial) {
        let (atom, from) = (Atom::Variable(declaration), Polynomial::default());
        self.counted.insert(pattern, vec![atom.clone()]);
        self.counters.insert(pattern, Counter { atom, from, to: count.clone() });
    }

    /// Remembers the variables that count a loop's items beside others.
    pub(super) fn note_counters(&mut self, pattern: Code, declarations: &[usize]) {
        if !declarations.is_empty() {
            self.counted.insert(pattern, declarations.iter().map(|own| Atom::Variable(*own)).list());
        }
    }

    /// Remembers that a loop goes through the numbers below one, for which a leaf stands.
    pub(super) fn note_index(&mut self, pattern: Code, leaf: Node<'g>, count: Node<'g>) {
        if let Some(to) = self.polynomial_of(count) {
            let (atom, from) = (Atom::Leaf(leaf.id), Polynomial::default());
            self.counters.insert(pattern, Counter { atom, from, to });
        }
    }

    /// Remembers of a loop that goes through a range that it counts, and of its indices how they go along. Leaves
    /// from before it are `oldest`.
    pub(super) fn note_walks(&mut self, looped: &mut Loop<'g>, oldest: usize) {
        let Turn::For { pattern, over, counts, .. } = &mut looped.turn else { return };
        let Some(atoms) = self.counted.get(pattern).cloned() else { return };
        if syn::parse2::<Ident>(self.snippets.get(*pattern).clone()).is_ok() {
            let range = syn::parse2::<syn::ExprRange>(self.snippets.get(over.code).clone());
            if !range.is_ok_and(|range| range.start.is_some() && range.end.is_some()) {
                return;
            }
            *counts = Some(self.steady(over));
        }
        for stmt in &mut looped.body.body {
            if let Stmt::Bind { leaf, again: true, walk, .. } = stmt
                && let Some(polynomial) = self.leaf_polynomials.get(&leaf.id).cloned()
            {
                *walk = atoms.iter().find_map(|atom| self.walk(polynomial.clone(), atom, oldest));
            }
        }
    }

    fn walk(&mut self, mut along: Polynomial, atom: &Atom, oldest: usize) -> Option<Walk> {
        // Everything else in it must have been there before the loop.
        let steady = along.0.keys().flatten().all(|other| match other {
            Atom::Variable(declaration) => other == atom || self.is_declared(*declaration),
            Atom::Leaf(leaf) => other == atom || (*leaf as usize) < oldest,
            Atom::Name(_) => true,
        });
        if !steady || along.coefficient(atom) != Some(Polynomial::constant(1)) {
            return None;
        }
        let ahead = along.0.remove(&Vec::new()).unwrap_or(0);
        let known = self.walks.iter().position(|known| *known == along);
        let number = known.unwrap_or_else(|| {
            self.walks.push(along);
            self.walks.len() - 1
        });
        Some(Walk { along: number, ahead })
    }

    fn is_declared(&self, declaration: usize) -> bool {
        let mut bindings = self.frames.iter().flat_map(|frame| &frame.bindings);
        bindings.any(|(_, binding)| binding.declaration == declaration)
    }

    /// How many of the loops around declare nothing that the range mentions.
    fn steady(&self, over: &Passive<'g>) -> usize {
        let names = super::passive::identifiers(self.snippets.get(over.code).clone());
        let names: Vec<String> = names.iter().map(super::hygienic).collect();
        let declares =
            |frame: &super::Frame<'a, 'g>| frame.bindings.iter().any(|(name, _)| names.contains(name));
        let newest = self.frames.iter().rposition(declares).map_or(0, |newest| newest + 1);
        self.loop_frames.iter().rev().take_while(|first| newest <= **first).count()
    }

    /// Puts a statement before those that together write all of a place and do not read it, and notes of loops which
    /// places they read all of.
    pub(super) fn forget(&self, function: &mut Region<'g>) {
        let mut written = HashMap::default();
        function.for_each(&mut |region| {
            for stmt in &region.body {
                if let Stmt::Store { to, add: false, .. } = stmt {
                    *written.entry(to.place.id).or_insert(0) += 1;
                }
            }
        });
        function.for_each_mut(&mut |region| {
            for stmt in &mut region.body {
                let mut reaches = Vec::new();
                self.reaches(stmt, &mut Vec::new(), &mut reaches);
                let loads = reaches.iter().filter(|(stmt, ..)| matches!(stmt, Stmt::Load { .. }));
                let all = loads.filter(|(_, from, reach)| self.whole(from).as_ref() == Some(reach));
                let mut whole = all.map(|(_, from, _)| from.place).list();
                let loads = loaded(stmt);
                let count =
                    |places: &[Node<'g>], place| places.iter().filter(|other| **other == place).count();
                whole = whole.iter().copied().only(|place| count(&whole, *place) == count(&loads, *place));
                if let Stmt::Loop(looped) = stmt {
                    looped.whole = whole;
                }
            }
            let mut found = self.covered(region, &written);
            found.order_by(|(a, ..), (b, ..)| b.cmp(a));
            for (at, place, once) in found {
                region.body.insert(at, Stmt::Forget { place, once });
            }
        });
    }

    /// The places that statements of the region write as a whole: where the first of these stands, and whether each
    /// element is written once, and nowhere else in the function.
    fn covered(&self, region: &Region<'g>, written: &HashMap<u32, usize>) -> Vec<(usize, Node<'g>, bool)> {
        let mut covered = Vec::new();
        let mut begun: SortedMap<u32, Covering> = SortedMap::default();
        for (at, stmt) in region.body.iter().enumerate() {
            let mut read = Vec::new();
            places_read(stmt, &mut read);
            for place in &read {
                begun.remove(place);
            }
            let mut reaches = Vec::new();
            self.reaches(stmt, &mut Vec::new(), &mut reaches);
            for (_, to, reach) in reaches {
                let place = to.place;
                let Some(whole) = self.whole(to).filter(|_| !read.contains(&place.id)) else { continue };
                let mut covering = begun.remove(&place.id).unwrap_or(Covering::from(at));
                covering.add(reach, &whole);
                if covering.parts.contains(&whole) {
                    let once = covering.once && covering.parts.len() == 1;
                    let only = written.get(&place.id) == Some(&covering.count);
                    covered.push((covering.from, place, once && only));
                } else if covering.parts.len() < MAX_PARTS {
                    begun.insert(place.id, covering);
                }
            }
        }
        covered
    }

    /// What a statement loads or stores whenever it is run, and which part of its place that is.
    fn reaches<'s>(
        &self,
        stmt: &'s Stmt<'g>,
        nest: &mut Vec<Counter>,
        found: &mut Vec<(&'s Stmt<'g>, &'s Access<'g>, Reach)>,
    ) {
        match stmt {
            Stmt::Load { from: at, .. } | Stmt::Store { to: at, add: false, .. } => {
                found.extend(self.reached(at, nest).map(|reach| (stmt, at, reach)));
            }
            Stmt::Loop(Loop { turn: Turn::For { pattern, .. }, exits: false, body, .. })
                if !body.diverges =>
            {
                let Some(counter) = self.counters.get(pattern) else { return };
                nest.push(counter.clone());
                for stmt in &body.body {
                    self.reaches(stmt, nest, found);
                }
                nest.pop();
            }
            _ => {}
        }
    }

    /// The part of its place that an access comes to in the `nest` of loops, to each element once.
    fn reached(&self, to: &Access<'g>, nest: &[Counter]) -> Option<Reach> {
        let bounds = || nest.iter().flat_map(|counter| [&counter.from, &counter.to]);
        if nest.iter().any(|counter| bounds().any(|bound| bound.mentions(&counter.atom))) {
            return None;
        }
        // Every loop belongs to one dimension: one that belongs to none might not turn.
        let mut left: Vec<&Counter> = nest.iter().list();
        let part = to.indices.iter().map(|index| {
            let index = self.polynomial_of(*index)?;
            let (own, others) = left.iter().partition(|counter| index.mentions(&counter.atom));
            left = others;
            range(&index, own)
        });
        let part = part.list_all();
        part.filter(|_| left.is_empty())
    }

    /// All of the place.
    fn whole(&self, to: &Access<'g>) -> Option<Reach> {
        let extent = self.extents.get(&to.place.id)?;
        let dims = extent.dims.iter().map(|dim| Some((Polynomial::default(), self.dim(dim)?))).list_all()?;
        (dims.len() == to.indices.len()).then_some(dims)
    }

    pub(super) fn dim(&self, dim: &Dim<'g>) -> Option<Polynomial> {
        match dim {
            Dim::Literal(length) => Some(Polynomial::constant(i64::try_from(*length).ok()?)),
            Dim::Counted(count) | Dim::Typed(count) => self.polynomial_of(*count),
            Dim::Fixed(code) => match syn::parse2(self.snippets.get(*code).clone()).ok()? {
                Expr::Lit(literal) => whole(&literal.lit),
                Expr::Path(path) => self.named(path.path.get_ident()?),
                _ => None,
            },
        }
    }
}

/// A part of a place: of each dimension, the numbers from one to below another one. If that is less, there are none.
type Reach = Vec<(Polynomial, Polynomial)>;

/// What several statements write of a place.
struct Covering {
    /// The number of the first of them.
    from: usize,
    /// What they write, side by side as one part.
    parts: Vec<Reach>,
    count: usize,
    /// Whether it is certain that no two of them write the same element. Parts side by side do not if none ends before
    /// it begins, or it ends where the place does: there the one before it would be out of bounds.
    once: bool,
}

/// What is written in more parts than this is not written by people.
const MAX_PARTS: usize = 32;

impl Covering {
    fn from(from: usize) -> Self {
        Covering { from, parts: Vec::new(), count: 0, once: true }
    }

    /// An element between where one part begins and where the next one ends is in one of both, wherever they meet: also
    /// if that is not between the two.
    fn add(&mut self, mut part: Reach, whole: &Reach) {
        self.count += 1;
        self.once &= !self.parts.contains(&part)
            && part.iter().zip(whole).all(|((from, to), (_, end))| to == end || is_forwards(from, to));
        while let Some((at, joined)) =
            self.parts.iter().enumerate().find_map(|(at, other)| Some((at, joined(other, &part)?)))
        {
            self.parts.remove(at);
            part = joined;
        }
        self.parts.push(part);
    }
}

/// Two parts as one, if they are side by side or equal.
fn joined(a: &Reach, b: &Reach) -> Option<Reach> {
    let mut differing = (0..a.len()).filter(|&dim| a[dim] != b[dim]);
    let Some(dim) = differing.next() else { return Some(a.clone()) };
    if differing.next().is_some() {
        return None;
    }
    let ((from, a_to), (b_from, to)) = (&a[dim], &b[dim]);
    let (from, to) = match (a_to == b_from, to == from) {
        (true, _) => (from, to),
        (_, true) => (b_from, a_to),
        _ => return None,
    };
    let mut joined = a.clone();
    joined[dim] = (from.clone(), to.clone());
    Some(joined)
}

/// Whether one bound of a range cannot be above the other one: it is zero, or less by a constant.
fn is_forwards(from: &Polynomial, to: &Polynomial) -> bool {
    let width = to.clone().sum(from, -1);
    *from == Polynomial::default() || width.0.iter().all(|(product, width)| product.is_empty() && *width > 0)
}

/// The numbers that the index takes, once each, where the counters take theirs: it is a number in a mixed base.
fn range(index: &Polynomial, mut counters: Vec<&Counter>) -> Option<(Polynomial, Polynomial)> {
    // Of two widths below zero the product would not be.
    if counters.iter().filter(|counter| !is_forwards(&counter.from, &counter.to)).count() > 1 {
        return None;
    }
    let mut lowest = index.clone();
    let mut strides = Vec::new();
    for counter in &counters {
        let stride = index.coefficient(&counter.atom)?;
        if counters.iter().any(|other| stride.mentions(&other.atom)) {
            return None;
        }
        let own = Polynomial::atom(counter.atom.clone());
        lowest = lowest.sum(&own.product(&stride), -1).sum(&counter.from.product(&stride), 1);
        strides.push(stride);
    }
    let mut reached = Polynomial::constant(1);
    while let Some(next) = strides.iter().position(|stride| *stride == reached) {
        strides.remove(next);
        reached = reached.product(&counters.remove(next).width());
    }
    counters.is_empty().then(|| (lowest.clone(), lowest.sum(&reached, 1)))
}

/// The places that a statement reads at any depth, or does more with than write elements.
fn places_read(stmt: &Stmt<'_>, found: &mut Vec<u32>) {
    let writes = matches!(stmt, Stmt::Store { add: false, .. });
    let reads = stmt.reads().into_iter().filter(|read| !writes && read.ty() == Ty::Aggregate);
    found.extend(reads.map(|read| read.id));
    for region in stmt.regions() {
        found.extend(region.results.iter().map(|result| result.id));
        for stmt in &region.body {
            places_read(stmt, found);
        }
    }
}

/// The places that a statement loads from, once for each load.
fn loaded<'g>(stmt: &Stmt<'g>) -> Vec<Node<'g>> {
    match stmt {
        Stmt::Load { from, .. } => vec![from.place],
        stmt => stmt.regions().into_iter().flat(|region| region.body.iter().flat(loaded)),
    }
}

fn whole(literal: &Lit) -> Option<Polynomial> {
    match literal {
        Lit::Int(number) => number.base10_parse().ok().map(Polynomial::constant),
        _ => None,
    }
}
