//! Large expressions take time in proportion to their size.

use super::helpers::gradient;
use crate::graph::{Expr, Graph};
use crate::simplify::simplify;
use std::time::Instant;

fn within_seconds(name: &str, limit: f64, work: impl FnOnce()) {
    let start = Instant::now();
    work();
    let seconds = start.elapsed().as_secs_f64();
    println!("{name}: {seconds:.3} s");
    // Debug builds are slower by an order of magnitude, and other programs run, too.
    assert!(seconds < limit * if cfg!(debug_assertions) { 20.0 } else { 3.0 }, "{name} took {seconds} s");
}

#[test]
fn ten_thousand_terms() {
    let g = Graph::new();
    let x = g.var("x");
    let y = g.var("y");
    let mut sum = x;
    for k in 0..10_000 {
        sum = sum + f64::from(k) * (x * f64::from(k)).sin() * y;
    }
    within_seconds("sum", 1.0, || drop(simplify(&gradient(sum, &[x, y]), &[])));
    let mut sum = x;
    for k in 0..10_000 {
        sum = f64::from(k) - (sum + x * y.powi(k % 7));
    }
    within_seconds("right-nested sum", 1.0, || drop(simplify(&gradient(sum, &[x, y]), &[sum])));
}

#[test]
fn ten_thousand_factors() {
    let g = Graph::new();
    let variables: Vec<Expr<'_>> = (0..2_000).map(|i| g.var(&format!("x{i}"))).collect();
    let product = variables.iter().fold(g.constant(2.0), |product, &x| product * x);
    within_seconds("product", 1.0, || drop(simplify(&[product], &[])));
    within_seconds("product's gradient", 1.0, || drop(simplify(&gradient(product, &variables), &[])));
}

#[test]
fn a_sum_of_squares_of_thousands_of_variables() {
    let g = Graph::new();
    let variables: Vec<Expr<'_>> = (0..2_000).map(|i| g.var(&format!("x{i}"))).collect();
    let sum = variables.iter().fold(g.constant(0.0), |sum, &x| sum + x);
    let f = sum * sum + variables.iter().fold(g.constant(0.0), |f, &x| f + (x * sum).exp());
    within_seconds("coupled squares", 1.0, || drop(simplify(&gradient(f, &variables), &[])));
}

#[test]
fn a_chain_of_a_thousand() {
    let g = Graph::new();
    let x = g.var("x");
    let mut a = x;
    for _ in 0..1_000 {
        a = a.sin() * a + 0.5;
    }
    within_seconds("chain", 1.0, || drop(simplify(&gradient(a, &[x]), &[])));
    within_seconds("chain with its value", 1.0, || drop(simplify(&gradient(a, &[x]), &[a])));
}
