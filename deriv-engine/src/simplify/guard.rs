//! The safety net: no rewriting is taken whose numbers are not those of what it replaces.
//!
//! Both are evaluated at a few fixed points, ordinary and extreme, together with bounds of their rounding
//! errors. So a law that does not hold, or a product that leaves the range of the numbers where the
//! original does not, costs an opportunity and not a correct result.

use crate::graph::{Expr, Graph, Kind, Node, Ty};
use crate::hash::NodeMap;
use crate::list::List;
use crate::ops::{ArgKind, Op, Parity};

/// The symbols take a row's values in turn. Functions have different domains, so the signs and sizes vary.
const POINTS: &[[f64; 3]] = &[
    [0.7, 0.4, 0.2],
    [1.3, 2.1, 1.7],
    [-0.6, -0.3, -0.8],
    [3.9, -2.7, 0.3],
    // Where exponential functions overflow.
    [40.0, -35.0, 30.0],
    [800.0, 900.0, 0.5],
    [-800.0, -900.0, 0.5],
    [0.5, -700.0, 800.0],
    // Where powers do.
    [1e30, 1e-30, 1e30],
    [1e-30, 1e30, -1e30],
    [1e100, 1e100, 1e100],
    [1e-100, 1e-100, 1e-100],
    [-1e100, 1e-100, 1.5],
    [1e150, 1e150, 1e150],
    [1e-150, 1e-150, 1e-150],
    [1e150, 1e-150, 1.0],
    [-1e-150, 1e150, 1e150],
];

/// The points at which nothing overflows.
const ORDINARY: usize = 4;

/// The points at which every finite function is expected to have a derivative.
const MODERATE: usize = 8;

/// Large expressions are compared at every how manyth point.
const STRIDE: usize = 8;

/// How far two values may be apart, relative to their size, beyond their rounding errors.
const TOLERANCE: f64 = 1e-6;

/// Beyond this the numbers of single precision end.
const SINGLE: f64 = 1e37;

/// A value and a bound of its rounding error.
#[derive(Clone, Copy)]
struct Value {
    value: f64,
    error: f64,
}

/// What a rewriting is held against.
pub(super) struct Guard<'g> {
    graph: &'g Graph,
    original: Vec<Expr<'g>>,
    points: Vec<&'static [f64; 3]>,
    /// How many of them are moderate.
    moderate: usize,
    /// The values at the points of the nodes that have been asked for, which rewritings share.
    values: NodeMap<Vec<Value>>,
    /// Whether what is computed may be of single precision.
    single: bool,
    /// What was there before the rewriting.
    given: usize,
}

impl<'g> Guard<'g> {
    pub fn new(graph: &'g Graph, roots: &[Expr<'g>], large: bool) -> Self {
        let stride = if large { STRIDE } else { 1 };
        Self::at(graph, roots, POINTS.iter().step_by(stride).list(), MODERATE.div_ceil(stride))
    }

    /// At ordinary points alone: that is enough for what is only shown.
    pub fn ordinary(graph: &'g Graph, roots: &[Expr<'g>]) -> Self {
        Self::at(graph, roots, POINTS[..ORDINARY].iter().list(), ORDINARY)
    }

    fn at(graph: &'g Graph, roots: &[Expr<'g>], points: Vec<&'static [f64; 3]>, moderate: usize) -> Self {
        Self {
            graph,
            original: roots.to_vec(),
            points,
            moderate,
            values: NodeMap::default(),
            single: roots.iter().any(|root| matches!(root.ty(), Ty::F32 | Ty::Param(_))),
            given: graph.len(),
        }
    }

    /// How bad the original is at moderate points: whether it has values there.
    pub fn lost_before(&mut self) -> usize {
        let original = self.original.clone();
        self.evaluate(&original);
        self.defects(&original)
    }

    /// The same for a rewriting; nothing if it must not be taken.
    pub fn lost(&mut self, rewritten: &[Expr<'_>]) -> Option<usize> {
        if self.single && self.has_large_constants(rewritten) {
            return None;
        }
        self.same(rewritten).then(|| self.defects(rewritten))
    }

    /// Whether the rewriting has the same values.
    pub fn same(&mut self, rewritten: &[Expr<'_>]) -> bool {
        self.evaluate(&[&self.original, rewritten].concat());
        for (old, new) in self.original.iter().zip(rewritten) {
            let (old, new) = (&self.values[&old.id], &self.values[&new.id]);
            if (0..self.points.len()).any(|point| !agree(old[point], new[point])) {
                return false;
            }
        }
        true
    }

    /// Whether the product has a value wherever its factors and some of the original have one.
    pub fn stays_in_range(&mut self, product: Expr<'_>, factors: &[Expr<'_>]) -> bool {
        self.evaluate(&[&[product], factors].concat());
        let is_sound = |expr: &Expr<'_>, point: usize| {
            let Value { value, error } = self.values[&expr.id][point];
            value.is_finite() && error <= 1e-3 * value.abs()
        };
        let loses = |point: usize| {
            let expected = factors.iter().all(|factor| is_sound(factor, point))
                && self.original.iter().any(|root| is_sound(root, point));
            expected && !is_sound(&product, point)
        };
        !(0..self.points.len()).any(loses)
    }

    fn defects(&self, roots: &[Expr<'_>]) -> usize {
        // What is all rounding error is hardly better: a product of what has underflowed with what is large.
        let defect =
            |v: &Value| match v.error.is_finite() && v.error > 0.5 * v.value.abs() && v.error > 1e-280 {
                _ if !v.value.is_finite() => 100,
                noise => usize::from(noise),
            };
        let of_root =
            |root: &Expr<'_>| self.values[&root.id].iter().take(self.moderate).map(defect).sum::<usize>();
        roots.iter().map(of_root).sum()
    }

    /// Whether a constant has come up that is none in single precision.
    fn has_large_constants(&self, rewritten: &[Expr<'_>]) -> bool {
        let needed = self.graph.reachable(rewritten);
        let large = |value: f64| {
            let most = value == f64::from(f32::MAX);
            value.abs() > SINGLE && !most || value != 0.0 && value.abs() < 1.0 / SINGLE
        };
        (self.given..needed.len())
            .any(|id| needed[id] && self.graph.expr(id as u32).as_constant().is_some_and(large))
    }

    /// Computes the values of the roots, and of all that they are made of.
    fn evaluate(&mut self, roots: &[Expr<'_>]) {
        let mut numbers = Vec::new();
        for id in self.graph.below(roots) {
            if self.values.contains_key(&id) {
                continue;
            }
            let (node, fixed) = (self.graph.node(id), self.graph.expr(id).known_value());
            let known = node.args.iter().each(|arg| &self.values[arg][..]);
            let mut args = Vec::new();
            let mut values = Vec::with_capacity(self.points.len());
            // Iterators are many calls where nothing is optimised.
            let (points, known) = (&self.points[..], &known[..]);
            let mut i = 0;
            while i < points.len() {
                args.clear();
                let mut arg = 0;
                while arg < known.len() {
                    args.push(known[arg][i]);
                    arg += 1;
                }
                values.push(value(&node, fixed, points[i], &args, &mut numbers));
                i += 1;
            }
            self.values.insert(id, values);
        }
    }
}

fn agree(a: Value, b: Value) -> bool {
    if !a.value.is_finite() || !a.error.is_finite() {
        return true;
    }
    if !b.value.is_finite() {
        return a.error > 0.01 * a.value.abs().max(f64::MIN_POSITIVE / f64::EPSILON);
    }
    // Where the original is all rounding error, there is nothing to be held against.
    let size = a.value.abs().max(b.value.abs());
    let tolerance = TOLERANCE * size + 100.0 * (a.error + b.error);
    a.error > 1e-3 * a.value.abs() || (a.value - b.value).abs() <= tolerance
}

/// The value of a node at a point, from those of its arguments, if it is not `known`.
fn value(node: &Node, known: Option<f64>, point: &[f64; 3], args: &[Value], numbers: &mut Vec<f64>) -> Value {
    let mut value = match node.kind {
        Kind::Const(bits) => f64::from_bits(bits).into(),
        Kind::Symbol(number) => known.unwrap_or_else(|| sample(point, number, node.ty)).into(),
        Kind::Cast => args.first().copied().unwrap_or(0.0.into()),
        Kind::Op(op) if !op.spec().needs_special() || cfg!(feature = "special") => {
            evaluated(op, args, numbers)
        }
        Kind::Op(op) => unknown(args, op as usize as f64, op.spec().parity),
        Kind::Call(place) | Kind::Elem(place) => unknown(args, f64::from(place), Parity::Neither),
    };
    if node.ty == Ty::F32 {
        value.value = f64::from(value.value as f32);
        value.error += value.value.abs() * f64::from(f32::EPSILON);
    }
    value
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self { value, error: 0.0 }
    }
}

/// The number that a symbol stands for at a point.
fn sample(point: &[f64; 3], number: u32, ty: Ty) -> f64 {
    let spread = 1.0 + f64::from(number / 3 % 5) / 16.0;
    let value = point[number as usize % 3] * spread;
    let outer = !(1e-3..1e3).contains(&value.abs());
    match ty {
        Ty::Bool => f64::from(u8::from(value > 0.5)),
        Ty::Opaque | Ty::Aggregate => f64::from(number % 3 + 2),
        Ty::F32 if outer => value.abs().powf(0.1).copysign(value),
        Ty::F32 if value.abs() > 100.0 => value / 8.0,
        _ => value,
    }
}

/// The value, and an operation's own error together with what it makes of its arguments' errors.
fn evaluated(op: Op, args: &[Value], numbers: &mut Vec<f64>) -> Value {
    let spec = op.spec();
    numbers.clear();
    let mut i = 0;
    while i < args.len() {
        numbers.push(args[i].value);
        i += 1;
    }
    let value = op.evaluate(numbers);
    let mut error = value.abs() * 4.0 * f64::EPSILON;
    if spec.linear.is_none() {
        error += f64::MIN_POSITIVE;
    }
    i = 0;
    while i < args.len() {
        let (arg, kind) = (args[i], spec.args[i].kind);
        if arg.error != 0.0 && kind != ArgKind::Int {
            let mut moved_to = |side: f64| {
                numbers[i] = if kind == ArgKind::Bool { 1.0 - arg.value } else { side };
                let moved = (op.evaluate(numbers) - value).abs();
                error = if moved.is_nan() { f64::INFINITY } else { error + moved };
            };
            moved_to(arg.value + arg.error);
            moved_to(arg.value - arg.error);
            numbers[i] = arg.value;
        }
        i += 1;
    }
    if spec.boolean || spec.integer {
        error = if error > 0.5 { 1.0 } else { 0.0 };
    }
    Value { value, error }
}

/// Something smooth in the place of a function that cannot be evaluated here.
fn unknown(args: &[Value], salt: f64, parity: Parity) -> Value {
    let (mut sum, mut error) = (0.0, 0.0);
    for (i, arg) in args.iter().enumerate() {
        sum += (i + 1) as f64 * arg.value;
        error += (i + 1) as f64 * arg.error;
    }
    let scale = 1.0 / (1.0 + salt);
    let value = match parity {
        Parity::Odd => sum / (sum.abs() + 1.0 + scale),
        Parity::Even => 1.0 / (sum.abs() + 1.0 + scale),
        Parity::Neither => 0.3 + scale + 0.5 * sum / (sum.abs() + 2.0),
    };
    Value { value, error: error + f64::EPSILON }
}
