//! Every law: both sides agree, and the right one is cheaper.

use super::helpers::{show, with_errors};
use crate::cost::cost;
use crate::graph::{Expr, Graph};
use crate::laws::{Holds, LAWS, RULES, Tree, operation, parse};

/// A side of a law with its variables' values in place.
fn build<'g>(tree: &Tree, g: &'g Graph, variables: &[(char, Expr<'g>)]) -> Expr<'g> {
    let part = |tree: &Tree| build(tree, g, variables);
    let call = |name: &str, args: &[Expr<'g>]| g.raw(operation(name).expect(name), args);
    match tree {
        Tree::Number(value) => g.constant(*value),
        Tree::Variable(name) => variables.iter().find(|(known, _)| known == name).expect("a variable").1,
        Tree::Call(op, args) => g.raw(*op, &args.iter().map(part).collect::<Vec<_>>()),
        Tree::Sum(a, b) => call("add", &[part(a), part(b)]),
        Tree::Difference(a, b) => call("sub", &[part(a), part(b)]),
        Tree::Product(a, b) => call("mul", &[part(a), part(b)]),
        Tree::Quotient(a, b) => call("div", &[part(a), part(b)]),
        Tree::Negative(a) => call("neg", &[part(a)]),
        Tree::Power(base, exponent) => {
            let (base, exponent) = (part(base), part(exponent));
            match exponent.as_constant().expect("constant exponents") {
                1.0 => base,
                n if n == n.round() => call("powi", &[base, exponent]),
                n => call("powi", &[call("sqrt", &[base]), g.constant(2.0 * n)]),
            }
        }
    }
}

const SAMPLES: &[f64] = &[
    -1e150, -1e8, -800.0, -30.0, -4.0, -1.5, -1.0, -0.7, -0.3, -1e-8, -1e-150, 1e-150, 1e-8, 0.2, 0.6, 0.9,
    1.0, 1.7, 3.0, 4.0, 25.0, 300.0, 700.0, 1e8, 1e150,
];

#[test]
fn both_sides_of_every_law_agree_and_the_right_one_costs_less() {
    for law in LAWS {
        let from = parse(law.from).unwrap_or_else(|| panic!("{}: {}", law.name, law.from));
        let to = parse(law.to).unwrap_or_else(|| panic!("{}: {}", law.name, law.to));
        let mut agreed = 0;
        for n in [-2.0, -1.0, -0.5, 0.5, 1.5, 2.0, 3.0] {
            let g = Graph::new();
            let [a, b, c] = ["a", "b", "c"].map(|name| g.var(name));
            let bound = [('a', a), ('b', b), ('c', c), ('n', g.constant(n))];
            let (left, right) = (build(&from, &g, &bound), build(&to, &g, &bound));
            let simplified = left.simplify();
            let given = law.given.and_then(parse).map(|tree| build(&tree, &g, &bound));
            let given = Vec::from_iter(given);
            assert!(
                !given.is_empty() || cost(&[simplified], &[]) <= cost(&[right.simplify()], &[]),
                "{}: {} becomes {}",
                law.name,
                show(left),
                show(simplified)
            );
            assert!(cost(&[right], &given) <= cost(&[left], &given), "{}", law.name);
            for &x in SAMPLES {
                for &y in SAMPLES {
                    let symbols = [(a, x), (b, y), (c, x - y)];
                    let [(l, error), (r, other)] = with_errors(&[left, right], &symbols)[..] else {
                        unreachable!()
                    };
                    // Where the left side is all rounding error, the right one is only better.
                    if !l.is_finite() || error > 1e-3 * l.abs() {
                        continue;
                    }
                    let tolerance = 4.0 * (error + other);
                    assert!(
                        (l - r).abs() <= tolerance,
                        "{}: {} = {l:e} is {r:e} at {x:e}, {y:e}, {n}",
                        law.name,
                        show(left)
                    );
                    if law.holds == Holds::Exact {
                        assert!(l.to_bits() == r.to_bits(), "{} at {x:e}", law.name);
                    }
                    agreed += 1;
                }
            }
        }
        assert!(agreed > 50, "{}: {agreed}", law.name);
    }
}

#[test]
fn every_law_is_in_force() {
    assert_eq!(RULES[0].len(), LAWS.len());
}
