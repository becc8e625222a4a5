//! The table of operations against values of high precision: `tests/reference/derivatives.txt`, which
//! `generate.py` beside it computes independently.

use crate::graph::{Expr, Graph, Kind, Ty};
use crate::ops::{ArgKind, Op, Spec};
use std::collections::BTreeMap;

/// How far second derivatives may be off, in units in the last place of the larger of them and 1:
/// they are sums of terms that can cancel.
const SECOND_ORDER: f64 = 64.0;

/// A line of the file.
struct Reference {
    op: Op,
    /// By which arguments it is differentiated; not at all for the value.
    by: Vec<usize>,
    args: Vec<f64>,
    value: f64,
    /// The exact number less `value`, in units of the last place.
    rest: f64,
}

fn references() -> Vec<Reference> {
    let bits = |word: &str| f64::from_bits(u64::from_str_radix(word, 16).expect("sixteen digits"));
    let parse = |line: &'static str| -> Option<Reference> {
        let words: Vec<&str> = line.split(' ').collect();
        let [name, which, args @ .., "=", value, rest] = &words[..] else { panic!("{line}") };
        let op = Op::ALL.iter().copied().find(|op| op.spec().name == *name).expect(line);
        (cfg!(feature = "special") || !op.spec().needs_special()).then(|| Reference {
            op,
            by: which.chars().filter_map(|digit| digit.to_digit(10)).map(|i| i as usize).collect(),
            args: args.iter().map(|word| bits(word)).collect(),
            value: bits(value),
            rest: rest.parse().expect(line),
        })
    };
    include_str!("../../tests/reference/derivatives.txt").lines().filter_map(parse).collect()
}

/// The rows that carry derivatives.
pub(super) fn real_rows() -> impl Iterator<Item = (Op, &'static Spec)> {
    let rows = Op::ALL.iter().map(|&op| (op, op.spec()));
    rows.filter(|(_, spec)| !spec.boolean && spec.args.iter().any(|arg| arg.kind == ArgKind::Real))
        .filter(|(_, spec)| cfg!(feature = "special") || !spec.needs_special())
}

/// `op` of as many leaves, those in `constants` being numbers, and how the others are bound.
pub(super) fn apply<'g>(
    graph: &'g Graph,
    op: Op,
    args: &[f64],
    constants: &[bool],
) -> (Expr<'g>, Vec<(Expr<'g>, f64)>) {
    let leaf = |i: usize| match op.spec().args[i].kind {
        _ if constants[i] => graph.constant(args[i]),
        ArgKind::Real => graph.var("x"),
        ArgKind::Int => graph.symbol("n", Ty::Opaque),
        ArgKind::Bool => graph.symbol("a", Ty::Bool),
    };
    let leaves: Vec<Expr<'g>> = (0..args.len()).map(leaf).collect();
    let bindings = (0..args.len()).filter(|&i| !constants[i]).map(|i| (leaves[i], args[i])).collect();
    (graph.raw(op, &leaves), bindings)
}

/// The derivative of an expression by a leaf: the chain rule as the textbook has it.
pub(super) fn derivative<'g>(of: Expr<'g>, by: Expr<'g>) -> Expr<'g> {
    let graph = of.graph();
    let mut tangents = vec![None; graph.len()];
    tangents[by.id as usize] = Some(graph.constant(1.0));
    for id in 0..=of.id {
        let node = graph.node(id);
        let Kind::Op(op) = node.kind else { continue };
        let args: Vec<Expr<'g>> = node.args.iter().map(|&arg| graph.expr(arg)).collect();
        for (i, arg) in args.iter().enumerate() {
            if let Some(tangent) = tangents[arg.id as usize] {
                let term: Expr<'g> = op.partial(i, &args, graph.expr(id)) * tangent;
                let sum = tangents[id as usize].map_or(term, |sum: Expr<'g>| sum + term);
                tangents[id as usize] = Some(sum);
            }
        }
    }
    tangents[of.id as usize].unwrap_or(graph.constant(0.0))
}

fn ulp(x: f64) -> f64 {
    let x = x.abs().max(f64::MIN_POSITIVE);
    f64::from_bits(x.to_bits() + 1) - x
}

/// How many units of the last place `found` is away.
fn error(found: f64, reference: &Reference) -> f64 {
    if found == reference.value && reference.rest == 0.0 {
        return 0.0;
    }
    ((found - reference.value) / ulp(reference.value) - reference.rest).abs()
}

/// Every choice of which arguments are constants, but for those that are differentiated.
fn all_choices(reference: &Reference) -> impl Iterator<Item = Vec<bool>> {
    let n = reference.args.len();
    let choices = (0..1_u32 << n).map(move |mask| (0..n).map(|i| mask >> i & 1 == 1).collect::<Vec<bool>>());
    choices.filter(|constants| reference.by.iter().all(|&i| !constants[i]))
}

fn assert_all(failures: &[String]) {
    assert!(
        failures.is_empty(),
        "{} failures:\n{}",
        failures.len(),
        failures[..failures.len().min(40)].join("\n")
    );
}

/// Each first derivative, after `change`, against the bound its row states.
fn test_first_derivatives(rows: impl Fn(&Spec) -> bool, change: impl for<'g> Fn(Expr<'g>) -> Expr<'g>) {
    let mut failures = Vec::new();
    let mut worst: BTreeMap<(Op, usize), f64> = BTreeMap::new();
    let tested = |reference: &&Reference| reference.by.len() == 1 && rows(reference.op.spec());
    for reference in references().iter().filter(tested) {
        let (op, spec) = (reference.op, reference.op.spec());
        assert!(
            (spec.domain)(&reference.args),
            "{} is said not to be defined at {:?}",
            spec.name,
            reference.args
        );
        for constants in all_choices(reference) {
            let graph = Graph::new();
            let (f, bindings) = apply(&graph, op, &reference.args, &constants);
            let partial = change(op.partial(reference.by[0], &f.args(), f));
            let found = partial.evaluate(&bindings).expect("a value");
            let error = error(found, reference);
            let relative = error / (spec.ulps)(&reference.args);
            let record = worst.entry((op, reference.by[0])).or_default();
            *record = record.max(relative);
            if relative.is_nan() || relative > 1.0 {
                failures.push(format!(
                    "{} by {:?} at {:?}: {found:e} instead of {:e}, {error:.1} ulps",
                    spec.name, reference.by, reference.args, reference.value
                ));
            }
        }
    }
    for ((op, i), relative) in worst {
        // Shown with --nocapture.
        println!("{} {i}: {relative:.2} of the bound", op.spec().name);
    }
    assert_all(&failures);
}

#[test]
fn first_derivatives_are_within_their_rows_bounds() {
    test_first_derivatives(|_| true, |partial| partial);
}

#[test]
fn simplified_first_derivatives_are_too() {
    // But for quotients: -x/y/y becomes -x/(y·y), which is shorter and overflows earlier.
    test_first_derivatives(|spec| spec.monomial.is_none(), |partial| partial.simplify());
}

#[test]
fn second_derivatives_follow() {
    let mut failures = Vec::new();
    for reference in references().iter().filter(|reference| reference.by.len() == 2) {
        for constants in all_choices(reference) {
            let graph = Graph::new();
            let (f, bindings) = apply(&graph, reference.op, &reference.args, &constants);
            let [i, j] = reference.by[..] else { continue };
            let by = f.args();
            let found = derivative(derivative(f, by[i]), by[j]).evaluate(&bindings).expect("a value");
            let error = (found - reference.value).abs() / ulp(reference.value.abs().max(1.0));
            if error.is_nan() || error > SECOND_ORDER {
                let (name, args, exact) = (reference.op.spec().name, &reference.args, reference.value);
                failures.push(format!(
                    "{name} by {i}{j} at {args:?}: {found:e} instead of {exact:e}, {error:.1}"
                ));
            }
        }
    }
    assert_all(&failures);
}

#[test]
fn values_are_right() {
    // The functions are the standard library's and libm's, so what is tested is that a row calls the
    // right one. libm's Bessel and gamma functions are the least accurate inside the sample box;
    // outside of it the standard library's acosh and atanh are, close to 1.
    let mut failures = Vec::new();
    for reference in references().iter().filter(|reference| reference.by.is_empty()) {
        let spec = reference.op.spec();
        let sampled = spec.args.iter().zip(&reference.args).all(|(arg, x)| (arg.low..=arg.high).contains(x));
        let bound = match sampled {
            true if spec.needs_special() => 64.0,
            true => 4.0,
            false => 1e-8 / f64::EPSILON,
        };
        let found = reference.op.evaluate(&reference.args);
        let error = error(found, reference);
        if error.is_nan() || error > bound {
            let (name, args, exact) = (spec.name, &reference.args, reference.value);
            failures.push(format!("{name} at {args:?}: {found:e} instead of {exact:e}, {error:.1} ulps"));
        }
    }
    assert_all(&failures);
}

#[test]
fn no_row_is_without_reference_values() {
    let mut counts: BTreeMap<(Op, Vec<usize>), usize> = BTreeMap::new();
    for reference in references() {
        *counts.entry((reference.op, reference.by)).or_default() += 1;
    }
    let count = |op: Op, by: &[usize]| counts.get(&(op, by.to_vec())).copied().unwrap_or(0);
    for (op, spec) in real_rows() {
        assert!(count(op, &[]) >= 20, "{}: {} values", spec.name, count(op, &[]));
        for i in (0..spec.args.len()).filter(|&i| spec.args[i].kind == ArgKind::Real) {
            assert!(count(op, &[i]) >= 50, "{} by {i}: {} values", spec.name, count(op, &[i]));
        }
    }
}
