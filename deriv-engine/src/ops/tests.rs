//! What the rows say of themselves, held against what they do.

use super::accuracy::{apply, derivative, real_rows};
use super::{ArgKind, Op, Parity, Spec, Syntax};
use crate::graph::{Expr, Graph, Ty};
use std::collections::BTreeSet;
use std::f64::consts::{FRAC_PI_2, PI};

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;

/// Sixteen points of the row's box, the same ones each time.
fn samples(spec: &'static Spec) -> impl Iterator<Item = Vec<f64>> {
    (0..16).map(|k| {
        let place = |(i, arg): (usize, &super::Arg)| {
            let fraction =
                (0.37 + 0.618_033_988_749_895 * f64::from(k) + 0.414_213_562_373_095 * i as f64).fract();
            let x = arg.low + fraction * (arg.high - arg.low);
            if arg.kind == ArgKind::Real { x } else { x.round() }
        };
        spec.args.iter().enumerate().map(place).collect()
    })
}

/// Every combination of awkward numbers of ordinary size, and of all sizes.
fn awkward(spec: &'static Spec, all_sizes: bool) -> Vec<Vec<f64>> {
    const ORDINARY: &[f64] = &[0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -3.0, 7.25, -20.0, PI, FRAC_PI_2];
    const EXTREME: &[f64] = &[1e-300, -1e-300, 1e300, -1e300, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324];
    let numbers: Vec<f64> = ORDINARY.iter().chain(if all_sizes { EXTREME } else { &[] }).copied().collect();
    let mut rows = vec![vec![]];
    for arg in spec.args {
        let choices: &[f64] = match arg.kind {
            ArgKind::Real => &numbers,
            ArgKind::Int => &[0.0, 1.0, -1.0, 2.0, -3.0, 5.0],
            ArgKind::Bool => &[0.0, 1.0],
        };
        let extend = |row: Vec<f64>| choices.iter().map(move |&x| [&row[..], &[x]].concat());
        rows = rows.into_iter().flat_map(extend).collect();
    }
    rows
}

fn unary_rows() -> impl Iterator<Item = (Op, &'static Spec)> {
    real_rows().filter(|(_, spec)| spec.args.len() == 1)
}

#[test]
fn parity_is_as_stated() {
    for (op, spec) in unary_rows() {
        let is = |sign: f64, args: &Vec<f64>| {
            let (plus, minus) = (op.evaluate(args), op.evaluate(&[-args[0]]));
            minus.to_bits() == (sign * plus).to_bits() || (plus.is_nan() && minus.is_nan())
        };
        for args in samples(spec).chain(awkward(spec, true)) {
            match spec.parity {
                Parity::Even => assert!(is(1.0, &args), "{} at {args:?}", spec.name),
                Parity::Odd => assert!(is(-1.0, &args), "{} at {args:?}", spec.name),
                Parity::Neither => {}
            }
        }
    }
}

#[test]
fn commutative_rows_commute() {
    for &op in Op::ALL.iter().filter(|op| op.spec().commutative) {
        for mut args in samples(op.spec()).chain(awkward(op.spec(), true)) {
            let value = op.evaluate(&args);
            args.swap(0, 1);
            assert!(value == op.evaluate(&args) || value.is_nan(), "{} at {args:?}", op.spec().name);
        }
    }
}

#[test]
fn linear_and_monomial_rows_are() {
    for &op in Op::ALL {
        let spec = op.spec();
        for args in samples(spec) {
            let value = op.evaluate(&args);
            if let Some(coefficients) = spec.linear {
                assert_eq!(coefficients.len(), args.len());
                let sum: f64 = args.iter().zip(coefficients).map(|(a, c)| a * c).sum();
                assert_eq!(value, sum, "{} at {args:?}", spec.name);
            }
            if let Some(exponents) = spec.monomial {
                assert_eq!(exponents.len(), args.len());
                // An odd root of a negative number is negative, which powf does not know.
                let power = |(a, &(p, q)): (&f64, &(i32, i32))| match q {
                    1 => a.powi(p),
                    _ => a.abs().powf(f64::from(p) / f64::from(q)).copysign(*a),
                };
                let product: f64 = args.iter().zip(exponents).map(power).product();
                assert!((value / product - 1.0).abs() < 1e-15, "{} at {args:?}", spec.name);
            }
        }
    }
}

#[test]
fn total_rows_are_and_the_others_are_not() {
    for (op, spec) in real_rows() {
        let finite = awkward(spec, false).iter().all(|args| op.evaluate(args).is_finite());
        let number = awkward(spec, true).iter().all(|args| !op.evaluate(args).is_nan());
        assert_eq!(spec.total, finite && number, "{}", spec.name);
    }
}

#[test]
fn no_value_is_less_than_the_least() {
    for (op, spec) in real_rows() {
        for args in awkward(spec, true) {
            let value = op.evaluate(&args);
            assert!(value >= spec.least || value.is_nan(), "{} at {args:?}", spec.name);
        }
    }
}

#[test]
fn rows_are_defined_on_their_domain() {
    for (op, spec) in real_rows() {
        for args in awkward(spec, true) {
            let defined = (spec.domain)(&args);
            assert!(defined || !spec.total, "{} at {args:?}", spec.name);
            assert!(!defined || !op.evaluate(&args).is_nan(), "{} at {args:?}", spec.name);
        }
        for args in samples(spec) {
            assert!((spec.domain)(&args), "{} at {args:?}", spec.name);
        }
    }
}

/// Each derivative up to the fourth against the numeric derivative of the one before.
#[test]
fn rows_are_closed_under_differentiation() {
    for (op, spec) in real_rows() {
        for args in samples(spec) {
            for i in (0..args.len()).filter(|&i| spec.args[i].kind == ArgKind::Real) {
                let graph = Graph::new();
                let (mut f, bindings) = apply(&graph, op, &args, &vec![false; args.len()]);
                let x = f.args()[i];
                for order in 1..=4 {
                    let next = derivative(f, x);
                    let at = |step: f64| {
                        let moved: Vec<_> =
                            bindings.iter().map(|&(v, a)| (v, if v == x { a + step } else { a })).collect();
                        f.evaluate(&moved).expect("a value")
                    };
                    // Two steps, whose leading errors cancel.
                    let h = 1e-3 * args[i].abs();
                    let coarse = (at(2.0 * h) - at(-2.0 * h)) / (4.0 * h);
                    let fine = (at(h) - at(-h)) / (2.0 * h);
                    let numeric = fine + (fine - coarse) / 3.0;
                    let found = next.evaluate(&bindings).expect("a value");
                    let scale = found.abs() + at(0.0).abs() / args[i].abs() + 1.0;
                    let jumps = (at(h) - at(-h)).abs() > 100.0 * h * scale;
                    assert!(
                        jumps || (found - numeric).abs() < 1e-6 * scale,
                        "{} at {args:?}, derivative {order} by {i}: {found} against {numeric}",
                        spec.name
                    );
                    f = next;
                }
            }
        }
    }
}

/// The partial derivatives of an operation that a closure builds from variables.
fn partials<const N: usize>(build: impl for<'g> Fn([Expr<'g>; N]) -> Expr<'g>, at: [f64; N]) -> [f64; N] {
    let graph = Graph::new();
    let variables: [Expr<'_>; N] = std::array::from_fn(|_| graph.var("x"));
    let bindings: Vec<_> = variables.into_iter().zip(at).collect();
    let f = build(variables);
    variables.map(|x| {
        let slope = derivative(f, x);
        let [plain, simplified] = [slope, slope.simplify()].map(|e| e.evaluate(&bindings).expect("a value"));
        let same = (plain - simplified).abs() <= 1e-15 * plain.abs() || plain == simplified;
        assert!(same || (plain.is_nan() && simplified.is_nan()), "{plain}, but simplified {simplified}");
        plain
    })
}

#[track_caller]
fn assert_same<const N: usize>(found: [f64; N], expected: [f64; N]) {
    let same = found.iter().zip(&expected).all(|(a, b)| a == b || (a.is_nan() && b.is_nan()));
    assert!(same, "{found:?} instead of {expected:?}");
}

#[test]
fn kinks_have_their_conventional_derivative() {
    for zero in [0.0, -0.0] {
        assert_same(partials(|[x]| x.abs(), [zero]), [0.0]);
        assert_same(partials(|[x, s]| x.copysign(s), [zero, -2.0]), [0.0, 0.0]);
        assert_same(partials(|[x, y]| x.hypot(y), [zero, zero]), [0.0, 0.0]);
        assert_same(partials(|[x]| x.signum(), [zero]), [0.0]);
        assert_same(partials(|[x]| x.cbrt(), [zero]), [INF]);
        assert_same(partials(|[x]| x.max(0.0), [zero]), [0.0]);
        assert_same(partials(|[x]| x.min(0.0), [zero]), [0.0]);
    }
    assert_same(partials(|[x, s]| x.copysign(s), [3.0, -0.0]), [-1.0, 0.0]);
    assert_same(partials(|[x, y]| x.max(y), [2.0, 2.0]), [0.0, 1.0]);
    assert_same(partials(|[x, y]| x.min(y), [2.0, 2.0]), [0.0, 1.0]);
    assert_same(partials(|[x, y]| x.fdim(y), [2.0, 2.0]), [0.0, 0.0]);
    assert_same(partials(|[x, a, b]| x.clamp(a, b), [1.0, 1.0, 2.0]), [1.0, 0.0, 0.0]);
    assert_same(partials(|[x, a, b]| x.clamp(a, b), [2.0, 1.0, 2.0]), [1.0, 0.0, 0.0]);
    assert_same(partials(|[x, a, b]| x.clamp(a, b), [1.0, 1.0, 1.0]), [1.0, 0.0, 0.0]);
    assert_same(partials(|[x]| x.sqrt(), [0.0]), [INF]);
    assert_same(partials(|[y, x]| y.atan2(x), [0.0, 0.0]), [NAN, NAN]);
    assert_same(partials(|[y, x]| y.atan2(x), [0.0, -2.0]), [-0.5, 0.0]);
    assert_same(partials(|[x]| x.asin(), [1.0]), [INF]);
    assert_same(partials(|[x]| x.acos(), [-1.0]), [-INF]);
    assert_same(partials(|[x]| x.acosh(), [1.0]), [INF]);
}

#[test]
fn steps_are_flat_at_their_jumps() {
    for x in [-2.0, -1.5, -0.5, 0.0, 0.5, 1.0, 2.5] {
        assert_same(partials(|[x]| x.floor(), [x]), [0.0]);
        assert_same(partials(|[x]| x.ceil(), [x]), [0.0]);
        assert_same(partials(|[x]| x.round(), [x]), [0.0]);
        assert_same(partials(|[x]| x.round_ties_even(), [x]), [0.0]);
        assert_same(partials(|[x]| x.trunc(), [x]), [0.0]);
        assert_same(partials(|[x]| x.fract(), [x]), [1.0]);
        assert_same(partials(|[x, y]| x.div_euclid(y), [x, 0.5]), [0.0, 0.0]);
    }
    assert_same(partials(|[x, y]| x % y, [6.0, 2.0]), [1.0, -3.0]);
    assert_same(partials(|[x, y]| x % y, [-6.5, 2.0]), [1.0, 3.0]);
    assert_same(partials(|[x, y]| x.rem_euclid(y), [-6.0, 2.0]), [1.0, 3.0]);
    assert_same(partials(|[x, y]| x.rem_euclid(y), [-6.5, 2.0]), [1.0, 4.0]);
    assert_same(partials(|[x, y]| x.rem_euclid(y), [-1e-20, 2.0]), [1.0, 1.0]);
}

#[test]
fn powers_at_zero_and_below() {
    let by_base = |x: f64, c: f64| {
        let [constant] = partials(|[x]| x.powf(c), [x]);
        let [variable, _] = partials(|[x, y]| x.powf(y), [x, c]);
        assert_same([constant], [variable]);
        constant
    };
    assert_same([by_base(0.0, 0.0)], [0.0]);
    assert_same([by_base(0.0, 0.5)], [INF]);
    assert_same([by_base(0.0, 1.0)], [1.0]);
    assert_same([by_base(0.0, 1.5)], [0.0]);
    assert_same([by_base(0.0, 2.0)], [0.0]);
    assert_same([by_base(0.0, -1.0)], [-INF]);
    assert_same([by_base(-2.0, 0.0)], [0.0]);
    assert_same([by_base(-2.0, 1.0)], [1.0]);
    assert_same([by_base(-2.0, 3.0)], [12.0]);
    assert_same([by_base(-2.0, 4.0)], [-32.0]);
    assert_same([by_base(-2.0, -1.0)], [-0.25]);
    assert_same([by_base(-2.0, 0.5)], [NAN]);
    let by_exponent = |x: f64, y: f64| partials(|[x, y]| x.powf(y), [x, y])[1];
    assert_same([by_exponent(0.0, 0.0)], [0.0]);
    assert_same([by_exponent(0.0, 2.5)], [0.0]);
    assert_same([by_exponent(0.0, -1.0)], [-INF]);
    assert_same([by_exponent(1.0, 5.0)], [0.0]);
    assert_same([by_exponent(-2.0, 3.0)], [NAN]);
}

#[test]
fn whole_powers_with_every_exponent() {
    for (x, n, expected) in [
        (0.0, 0, 0.0),
        (0.0, 1, 1.0),
        (0.0, 2, 0.0),
        (0.0, -1, -INF),
        (-3.0, 1, 1.0),
        (-3.0, 2, -6.0),
        (-2.0, -1, -0.25),
        (-1.0, i32::MIN, 2147483648.0),
        (1.0, i32::MIN, -2147483648.0),
        (1.0, i32::MAX, 2147483647.0),
        (-1.0, i32::MAX, 2147483647.0),
        (0.5, i32::MAX, 0.0),
        (2.0, i32::MIN, 0.0),
        (NAN, 0, 0.0),
    ] {
        let [constant] = partials(|[x]| x.powi(n), [x]);
        assert_same([constant], [expected]);
        let graph = Graph::new();
        let (x_var, n_var) = (graph.var("x"), graph.symbol("n", Ty::Opaque));
        let slope = derivative(x_var.powi(n_var), x_var);
        assert_same([slope.evaluate(&[(x_var, x), (n_var, f64::from(n))]).expect("a value")], [expected]);
    }
    // The second derivative too, at the exponents that leave a factor 0.
    let graph = Graph::new();
    let (x, n) = (graph.var("x"), graph.symbol("n", Ty::Opaque));
    let second = derivative(derivative(x.powi(n), x), x);
    for (k, expected) in [(0.0, 0.0), (1.0, 0.0), (2.0, 2.0), (3.0, 0.0)] {
        assert_eq!(second.evaluate(&[(x, 0.0), (n, k)]), Ok(expected));
    }
}

/// The sizes where the textbook's formula overflows or vanishes.
#[test]
fn extreme_arguments_stay_finite() {
    let close =
        |found: f64, expected: f64| assert!((found / expected - 1.0).abs() < 1e-15, "{found} {expected}");
    let [by_x, by_y] = partials(|[x, y]| x.hypot(y), [3e200, 4e200]);
    close(by_x, 0.6);
    close(by_y, 0.8);
    let [by_y, by_x] = partials(|[y, x]| y.atan2(x), [4e200, 3e200]);
    close(by_y, 1.2e-201);
    close(by_x, -1.6e-201);
    let [by_y, by_x] = partials(|[y, x]| y.atan2(x), [4e-200, 3e-200]);
    close(by_y, 1.2e199);
    close(by_x, -1.6e199);
    close(partials(|[x]| x.asinh(), [-1e200])[0], 1e-200);
    close(partials(|[x]| x.acosh(), [1e200])[0], 1e-200);
    assert_same(partials(|[x]| x.tanh(), [800.0]), [0.0]);
    assert_same(partials(|[x]| x.tanh(), [-1e300]), [0.0]);
    assert_same(partials(|[x]| x.atan(), [1e200]), [0.0]);
}

/// Functions that are smooth at 0 although a formula of theirs divides by it.
#[cfg(feature = "special")]
#[test]
fn special_functions_at_zero() {
    assert_same(partials(|[x]| x.j0(), [0.0]), [0.0]);
    assert_same(partials(|[x]| x.j1(), [0.0]), [0.5]);
    let graph = Graph::new();
    let x = graph.var("x");
    for (n, expected) in [(-1, -0.5), (0, 0.0), (1, 0.5), (2, 0.0)] {
        let f = graph.constant(f64::from(n)).jn(x);
        assert_eq!(derivative(f, x).evaluate(&[(x, 0.0)]), Ok(expected), "{n}");
    }
}

#[test]
fn integer_arguments_meet_again() {
    let graph = Graph::new();
    let (x, n) = (graph.var("x"), graph.symbol("n", Ty::Opaque));
    let f = n.jn(x);
    let before = derivative(derivative(f, x), x);
    // J''ₙ = (J₍ₙ₋₂₎ - 2·Jₙ + J₍ₙ₊₂₎)/4: the middle one is f itself, not a new node.
    let marks = graph.reachable(&[before]);
    assert!(marks[f.id as usize]);
    let shifted = (0..graph.len() as u32)
        .map(|id| graph.expr(id))
        .filter(|e| e.op().is_some_and(|op| op.spec().integer));
    assert!(shifted.into_iter().all(|e| e.ty() == Ty::Opaque && e.args()[0] == n));
}

#[test]
fn rows_are_found_by_each_name() {
    let name = |op: Option<Op>| op.map(|op| op.spec().name);
    for (std, libm) in [
        ("ln_1p", "log1p"),
        ("exp_m1", "expm1"),
        ("abs", "fabs"),
        ("max", "fmax"),
        ("powf", "pow"),
        ("mul_add", "fma"),
        ("ln", "log"),
        ("rem", "fmod"),
        ("round_ties_even", "rint"),
        ("round_ties_even", "roundeven"),
        ("sin", "sin"),
        ("erf", "erf"),
        ("jn", "jn"),
    ] {
        assert_eq!(name(Op::by_libm(libm)), Some(std));
        assert_eq!(name(Op::by_libm(&format!("{libm}f"))), Some(std));
    }
    assert_eq!(name(Op::by_name("log")), Some("log"));
    for missing in ["", "f", "ff", "add", "select", "erf", "saturating_add", "sinf", "sin_cos"] {
        assert_eq!(Op::by_name(missing), None, "{missing}");
    }
    for missing in ["", "f", "frexp", "modf", "lgamma_r", "ln", "digamma", "sincos", "powi"] {
        assert_eq!(Op::by_libm(missing), None, "{missing}");
    }
    assert_eq!(name(Op::by_special("digammaf")), Some("digamma"));
    assert_eq!(Op::by_special("erf"), None);
    assert_eq!(
        (name(Op::infix("+")), name(Op::infix("-")), name(Op::prefix("-"))),
        (Some("add"), Some("sub"), Some("neg"))
    );
    assert_eq!((Op::infix("<<"), Op::prefix("*")), (None, None));
    for pair in ["sin_cos", "sincos", "sincosf"] {
        let names: Option<Vec<_>> = Op::pair(pair).map(|ops| ops.iter().map(|op| op.spec().name).collect());
        assert_eq!(names, Some(vec!["sin", "cos"]));
    }
    assert_eq!(Op::pair("sin"), None);
}

#[test]
fn names_are_unique() {
    let (mut names, mut tokens, mut libm) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for op in Op::ALL {
        let spec = op.spec();
        assert!(names.insert(spec.name), "{}", spec.name);
        assert!(spec.libm.is_none_or(|name| libm.insert(name)), "{}", spec.name);
        assert!(spec.syntax != Syntax::Libm || spec.libm == Some(spec.name), "{}", spec.name);
        if let Syntax::Infix(token, _) = spec.syntax {
            assert!(tokens.insert(token), "{}", spec.name);
        }
    }
}
