//! Derivatives as a person would write them.

use super::helpers::{derivative, show};
use crate::graph::{Expr, Graph};

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
        (|x| x.sqrt(), "0.5/sqrt(x)"),
        (|x| (1.0 + x * x).sqrt(), "x/sqrt(x^2 + 1)"),
        (|x| (1.0 + x * x).ln(), "2*x/(x^2 + 1)"),
        (|x| 1.0 / (1.0 + (-x).exp()), "exp(-x)/(exp(-x) + 1)^2"),
        (|x| 1.0 / x, "-1/x^2"),
        (|x| x * x.sin(), "x*cos(x) + sin(x)"),
        (|x| (x * x).exp(), "2*x*exp(x^2)"),
        (|x| (x.cos() * x.sin()).ln(), ""),
    ];
    for (f, expected) in cases {
        let g = Graph::new();
        let x = g.var("x");
        let raw = derivative(f(x), x);
        println!("{:40} {:50} {expected}", show(raw), show(raw.simplify()));
        if !expected.is_empty() {
            assert_eq!(show(raw.simplify()), *expected);
        }
    }
}
