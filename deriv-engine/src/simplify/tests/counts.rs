//! Operation counts of derivatives, multiplications of powers shared: they may only go down.

use super::helpers::gradient;
use crate::cost::count;
use crate::graph::{Expr, Graph};
use crate::simplify::simplify;

const PI: f64 = std::f64::consts::PI;

/// A function of its variables and its constants, which are named in one list.
struct Case {
    name: &'static str,
    variables: &'static [&'static str],
    constants: &'static [&'static str],
    f: for<'g> fn(&[Expr<'g>]) -> Expr<'g>,
    /// Arithmetic and calls of each order of derivatives.
    most: &'static [(u64, u64)],
}

const CASES: &[Case] = &[
    Case {
        name: "Gaussian pdf",
        variables: &["x"],
        constants: &["m", "s"],
        f: |v| {
            let z = (v[0] - v[1]) / v[2];
            (-0.5 * z * z).exp() / (v[2] * (2.0 * PI).sqrt())
        },
        most: &[(9, 1)],
    },
    Case {
        name: "Gaussian pdf, squares",
        variables: &["x"],
        constants: &["m", "s"],
        f: |v| (-(v[0] - v[1]).powi(2) / (2.0 * v[2].powi(2))).exp() / (v[2] * (2.0 * PI).sqrt()),
        most: &[(9, 1)],
    },
    Case {
        name: "Lennard-Jones",
        variables: &["r"],
        constants: &["e", "s"],
        f: |v| 4.0 * v[1] * ((v[2] / v[0]).powi(12) - (v[2] / v[0]).powi(6)),
        most: &[(10, 0), (11, 0)],
    },
    Case {
        name: "Butterworth",
        variables: &["w"],
        constants: &["c"],
        f: |v| 1.0 / (1.0 + (v[0] / v[1]).powi(8)).sqrt(),
        most: &[(11, 1)],
    },
    Case {
        name: "Planck",
        variables: &["l"],
        constants: &["t"],
        f: |v| {
            let (h, c, k) = (6.626e-34, 2.998e8, 1.381e-23);
            2.0 * h * c * c / (v[0].powi(5) * ((h * c / (v[0] * k * v[1])).exp() - 1.0))
        },
        most: &[(14, 1)],
    },
    Case {
        name: "van der Waals",
        variables: &["v"],
        constants: &["n", "t", "a", "b"],
        f: |v| {
            let (volume, n, t, a, b) = (v[0], v[1], v[2], v[3], v[4]);
            n * 8.314 * t / (volume - n * b) - a * n * n / (volume * volume)
        },
        most: &[(12, 0)],
    },
    Case {
        name: "Rosenbrock",
        variables: &["x", "y"],
        constants: &[],
        f: |v| (1.0 - v[0]).powi(2) + 100.0 * (v[1] - v[0] * v[0]).powi(2),
        most: &[(7, 0), (6, 0)],
    },
    Case {
        name: "Himmelblau",
        variables: &["x", "y"],
        constants: &[],
        f: |v| (v[0].powi(2) + v[1] - 11.0).powi(2) + (v[0] + v[1].powi(2) - 7.0).powi(2),
        most: &[(14, 0)],
    },
    Case {
        name: "nest",
        variables: &["x"],
        constants: &[],
        f: |v| v[0].powi(2).cos().exp().sin(),
        most: &[(5, 4), (13, 5), (34, 5)],
    },
    Case {
        name: "GELU",
        variables: &["x"],
        constants: &[],
        f: |v| 0.5 * v[0] * (1.0 + ((2.0 / PI).sqrt() * (v[0] + 0.044715 * v[0].powi(3))).tanh()),
        most: &[(15, 1)],
    },
    Case {
        name: "logistic",
        variables: &["x"],
        constants: &[],
        f: |v| 1.0 / (1.0 + (-v[0]).exp()),
        most: &[(5, 1)],
    },
    Case {
        name: "Black-Scholes",
        variables: &["S", "v", "T"],
        constants: &["K", "r"],
        f: |v| {
            let (s, sigma, t, k, r) = (v[0], v[1], v[2], v[3], v[4]);
            fn same<'g>(f: impl Fn(Expr<'g>) -> Expr<'g>) -> impl Fn(Expr<'g>) -> Expr<'g> {
                f
            }
            let cdf = same(|x| 0.5 * (1.0 + (x / std::f64::consts::SQRT_2).erf()));
            let d1 = ((s / k).ln() + (r + sigma * sigma / 2.0) * t) / (sigma * t.sqrt());
            let d2 = d1 - sigma * t.sqrt();
            s * cdf(d1) - k * (-r * t).exp() * cdf(d2)
        },
        most: &[(46, 7)],
    },
    Case {
        name: "nest",
        variables: &["x"],
        constants: &[],
        f: |v| (v[0] * v[0]).cos().exp().sin(),
        most: &[(5, 4), (16, 5), (27, 5)],
    },
    Case {
        name: "Ackley",
        variables: &["x", "y"],
        constants: &[],
        f: |v| {
            let (x, y) = (v[0], v[1]);
            -20.0 * (-0.2 * (0.5 * (x * x + y * y)).sqrt()).exp()
                - (0.5 * ((2.0 * PI * x).cos() + (2.0 * PI * y).cos())).exp()
                + std::f64::consts::E
                + 20.0
        },
        most: &[(19, 7)],
    },
];

#[test]
fn derivatives_cost_no_more_than_these_counts() {
    for case in CASES {
        let g = Graph::new();
        let names = case.variables.iter().chain(case.constants);
        let symbols: Vec<Expr<'_>> = names.map(|name| g.var(name)).collect();
        let variables = &symbols[..case.variables.len()];
        let mut current = vec![(case.f)(&symbols)];
        for (order, &most) in case.most.iter().enumerate() {
            let mut next = Vec::new();
            for (i, f) in current.iter().enumerate() {
                // The Hessian is symmetric: its upper triangle is enough.
                let first = if order == 1 { i } else { 0 };
                next.extend(gradient(*f, &variables[first..]));
            }
            current = simplify(&next, &[]);
            let operations = count(&current);
            let counted = (operations.arithmetic, operations.calls);
            assert!(counted <= most, "{} {}: {counted:?}", case.name, order + 1);
        }
    }
}
