//! Derivatives as a person would write them.

use super::helpers::{derivative, gradient, show, with_errors};
use crate::cost::cost;
use crate::graph::{Expr, Graph};
use crate::laws::operation;
use crate::simplify::simplify;

type Function = for<'g> fn(Expr<'g>) -> Expr<'g>;

#[test]
fn derivatives_read_as_written_by_hand() {
    let cases: &[(Function, &str)] = &[
        (|x| 3.0 * x.powi(2) + 2.0 * x + 1.0, "6*x + 2"),
        (|x| x.powi(3) - 2.0 * x * x + x, "3*x^2 - 4*x + 1"),
        (|x| x / (1.0 + x * x), "(1 - x^2)/(x^2 + 1)^2"),
        (|x| x.sin().powi(2), "2*sin(x)*cos(x)"),
        (|x| x.exp() * x, "exp(x)*(x + 1)"),
        (|x| x.ln() / x, "(1 - ln(x))/x^2"),
        (|x| x.sqrt(), "1/(2*sqrt(x))"),
        (|x| (1.0 + x * x).sqrt(), "x/sqrt(x^2 + 1)"),
        (|x| (1.0 + x * x).ln(), "2*x/(x^2 + 1)"),
        (|x| 1.0 / (1.0 + (-x).exp()), "1/((exp(-x) + 1)*(exp(x) + 1))"),
        (|x| 1.0 / x, "-1/x^2"),
        (|x| x * x.sin(), "x*cos(x) + sin(x)"),
        (|x| (x * x).exp(), "2*x*exp(x^2)"),
        (|x| (x.cos() * x.sin()).ln(), "(cos(x)^2 - sin(x)^2)/(cos(x)*sin(x))"),
        (|x| x.powi(-2), "-2/x^3"),
        (|x| x * x.ln() - x, "ln(x)"),
        (|x| x.atan(), "1/(x^2 + 1)"),
        (|x| (x.sin().powi(2) + x.cos().powi(2)) * x, "1"),
        (|x| x * (1.0 + x * x).sqrt(), "(2*x^2 + 1)/sqrt(x^2 + 1)"),
        (|x| x / (1.0 + x * x).sqrt(), "1/((x^2 + 1)*sqrt(x^2 + 1))"),
        (|x| x.exp() / x.exp(), "0"),
        (|x| (3.0 * x.ln()).exp(), "3*x^2"),
        (|x| x.powf(2.0), "2*x"),
        (|x| x.powf(1.5), "1.5*sqrt(x)"),
        (|x| (x * x).sqrt(), "x/abs(x)"),
        (|x| x.tanh(), "1/cosh(x)^2"),
        (|x| x.asin(), "1/sqrt((1 - x)*(x + 1))"),
        (|x| x.powi(3) / 3.0, "x^2"),
        (|x| x.sin() / x.cos(), "1/cos(x)^2"),
        (|x| x.cosh().ln(), "tanh(x)"),
        (|x| 2.0f64.ln() * x, "0.6931471805599453"),
    ];
    for (f, expected) in cases {
        let g = Graph::new();
        let x = g.var("x");
        let raw = derivative(f(x), x);
        assert_eq!(show(raw.simplify()), *expected);
    }
}

#[test]
fn potentials_read_as_in_textbooks() {
    let g = Graph::new();
    let [r, e, s] = ["r", "e", "s"].map(|name| g.var(name));
    let f = 4.0 * e * ((s / r).powi(12) - (s / r).powi(6));
    assert_eq!(show(derivative(f, r).simplify()), "e*(s/r)^6*(24 - 48*(s/r)^6)/r");
    let f = (-(r - e).powi(2) / (2.0 * s.powi(2))).exp();
    assert_eq!(show(derivative(f, r).simplify()), "-exp(-(r - e)^2/(2*s^2))*(r - e)/s^2");
}

#[test]
fn what_is_computed_anyway_is_used() {
    let g = Graph::new();
    let (x, y) = (g.var("x"), g.var("y"));
    let d = 1.0 + x * x;
    let f = y * x / d;
    let parts = simplify(&gradient(f, &[x, y]), &[f]);
    assert!(g.reachable(&parts)[d.id as usize]);
    assert!(cost(&parts, &[f]) < cost(&parts, &[]));
    let e = (-x * x).exp() * y;
    let slope = simplify(&[derivative(e, x)], &[e])[0];
    assert_eq!(show(slope), "-2*x*(exp((-x)*x)*y)");
}

#[test]
fn masked_infinities_stay_masked() {
    let g = Graph::new();
    let x = g.var("x");
    let inside = x.gt(0.0);
    // At x = 0 the root has an infinite slope, which the mask keeps out.
    let f = inside.select(x.sqrt(), 0.0) * 3.0 + inside.select(x.sqrt() * x, 0.0);
    let slope = derivative(f, x).simplify();
    for at in [-1.0, 0.0] {
        assert_eq!(with_errors(&[slope], &[(x, at)])[0].0, 0.0, "{}", show(slope));
    }
    assert!((with_errors(&[slope], &[(x, 4.0)])[0].0 - 3.75).abs() < 1e-12);
}

#[test]
fn a_division_by_zero_stays() {
    let g = Graph::new();
    let x = g.var("x");
    let f = g.raw(operation("div").unwrap(), &[x, x - x.sin() * 0.0 - x]);
    assert!(!with_errors(&[f.simplify()], &[(x, 2.0)])[0].0.is_finite());
}

#[test]
fn densities_that_are_the_same_cancel() {
    fn density<'g>(x: Expr<'g>, root: Expr<'g>) -> Expr<'g> {
        (-(x * root).powi(2)).exp()
    }
    let g = Graph::new();
    let [s, k, r, v, t] = ["s", "k", "r", "v", "t"].map(|name| g.var(name));
    let root = |value| g.named_constant("ROOT", crate::graph::Ty::F64, value);
    let known = root(Some(std::f64::consts::FRAC_1_SQRT_2));
    let spread = v * t.sqrt();
    let d = ((s / k).ln() + (r + 0.5 * v * v) * t) / spread;
    let present = k * (-(r * t)).exp();
    let (one, other) = (s * density(d, known), present * density(d - spread, known));
    assert_eq!(show(simplify(&[one - other], &[])[0]), "0");
    let double = simplify(&[one + other], &[one]);
    assert_eq!(cost(&double, &[one]), 1);
    // With another spread they are not the same, nor with a root that may be anything.
    let wider = present * density(d - 1.01 * spread, known);
    assert_ne!(show(simplify(&[one - wider], &[])[0]), "0");
    let any = root(None);
    let (one, other) = (s * density(d, any), present * density(d - spread, any));
    assert_ne!(show(simplify(&[one - other], &[])[0]), "0");
}
