//! The classic project of a symbolic differentiator, both ways side by side: five functions as
//! expressions at run time, and the same five as Rust functions differentiated while they compile.
//! Both are compared with the central difference quotient, and the first one is drawn.
//!
//! ```sh
//! cargo run --example differentiator            # draws to target/differentiator.svg
//! cargo run --example differentiator plot.svg   # draws to plot.svg
//! ```

mod common;

use common::{BLUE, Frame, GREEN, GREY, INK, ORANGE, RED, Svg, minus};
use deriv::derive_fn;
use deriv_core::{Expr, Formula, Graph};
use std::error::Error;

// The five functions, differentiated by the compiler. The macro puts `polynomial_prime` and so on
// beside them.

#[derive_fn]
fn polynomial(x: f64) -> f64 {
    3.0 * x.powi(2) + 2.0 * x + 1.0
}

#[derive_fn]
fn square_of_a_sine(x: f64) -> f64 {
    x.sin().powi(2)
}

#[derive_fn]
fn product(x: f64) -> f64 {
    x.powi(2) * x.cos()
}

#[derive_fn]
fn quotient(x: f64) -> f64 {
    x.ln() / (x + 1.0)
}

#[derive_fn]
fn nest(x: f64) -> f64 {
    x.powi(2).sin().exp()
}

/// A function in both worlds.
struct Case<'g> {
    title: &'static str,
    /// As an expression, and its variable.
    f: Expr<'g>,
    x: Expr<'g>,
    /// As the compiler knows it, and its derivative.
    compiled: fn(f64) -> f64,
    compiled_prime: fn(f64) -> f64,
    points: [f64; 3],
}

/// The step of the difference quotient.
const H: f64 = 1e-7;

fn main() -> Result<(), Box<dyn Error>> {
    // An expression can be parsed from text …
    let parsed: Formula = "3*x^2 + 2*x + 1".parse()?;
    // … or built with Rust's operators.
    let graph = Graph::new();
    let x = graph.var("x");

    let cases = [
        Case {
            title: "a polynomial, parsed from \"3*x^2 + 2*x + 1\"",
            f: parsed.expr(),
            x: parsed.variable("x")?,
            compiled: polynomial,
            compiled_prime: polynomial_prime,
            points: [-1.5, 0.25, 1.0],
        },
        Case {
            title: "a square of a sine",
            f: x.sin().powi(2),
            x,
            compiled: square_of_a_sine,
            compiled_prime: square_of_a_sine_prime,
            points: [-1.0, 0.5, 2.0],
        },
        Case {
            title: "a product",
            f: x.powi(2) * x.cos(),
            x,
            compiled: product,
            compiled_prime: product_prime,
            points: [-2.0, 0.5, 3.0],
        },
        Case {
            title: "a quotient",
            f: x.ln() / (x + 1.0),
            x,
            compiled: quotient,
            compiled_prime: quotient_prime,
            points: [0.5, 1.0, 4.0],
        },
        Case {
            title: "a nest three deep",
            f: x.powi(2).sin().exp(),
            x,
            compiled: nest,
            compiled_prime: nest_prime,
            points: [-1.25, 0.5, 2.0],
        },
    ];

    println!("Derivatives at run time (deriv-core) and at compile time (#[derive_fn]), beside the");
    println!("central difference (f(x + h) − f(x − h)) / 2h with h = {H:e}\n");
    let mut worst: f64 = 0.0;
    for (number, case) in (1..).zip(&cases) {
        worst = worst.max(report(number, case)?);
    }
    println!(
        "The largest error is {worst:.1e}: it is the difference quotient's, from rounding and truncation.\n"
    );
    if worst > 1e-6 {
        return Err("a derivative and its difference quotient do not agree".into());
    }

    plot(&cases[0], -2.1..1.7)?.save("differentiator.svg")?;
    Ok(())
}

/// Prints a function, its derivative, and a table of values; the largest error of the table.
fn report(number: usize, case: &Case<'_>) -> Result<f64, Box<dyn Error>> {
    let Case { f, x, .. } = *case;
    let f_prime = f.differentiate(x);
    println!("{number}. {}\n", case.title);
    println!("   f(x)  = {f}");
    println!("   f′(x) = {f_prime}\n");
    let columns = ["x", "f(x)", "f′(x) run time", "f′(x) compiled", "difference", "error"];
    println!(
        "   {:>6} {:>14} {:>18} {:>18} {:>18} {:>9}",
        columns[0], columns[1], columns[2], columns[3], columns[4], columns[5]
    );
    println!("   {:─>6} {:─>14} {:─>18} {:─>18} {:─>18} {:─>9}", "", "", "", "", "", "");
    let mut worst: f64 = 0.0;
    for point in case.points {
        let slope = f_prime.evaluate(&[(x, point)])?;
        let compiled = (case.compiled_prime)(point);
        let difference = ((case.compiled)(point + H) - (case.compiled)(point - H)) / (2.0 * H);
        let error = (slope - difference).abs().max((compiled - difference).abs());
        let value = f.evaluate(&[(x, point)])?;
        println!(
            "   {point:>6} {value:>14.9} {slope:>18.12} {compiled:>18.12} {difference:>18.12} {error:>9.1e}"
        );
        worst = worst.max(error);
    }
    println!();
    Ok(worst)
}

/// Draws a function over a range of `x`, with its tangents at the sample points, as SVG.
fn plot(case: &Case<'_>, range: std::ops::Range<f64>) -> Result<Svg, Box<dyn Error>> {
    /// Half the length of a tangent.
    const REACH: f64 = 150.0;

    let Case { f, x, .. } = *case;
    let f_prime = f.differentiate(x);
    let steps = 240;
    let at = |i: i32| range.start + (range.end - range.start) * f64::from(i) / f64::from(steps);
    let curve = (0..=steps)
        .map(|i| Ok((at(i), f.evaluate(&[(x, at(i))])?)))
        .collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for &(_, y) in &curve {
        (low, high) = (low.min(y), high.max(y));
    }
    let margin = 0.1 * (high - low);
    // Room for tangents that leave the curve downwards.
    let (low, high) = (low - 2.0 * margin, high + 0.5 * margin);
    let frame = Frame { left: 64.0, right: 856.0, top: 104.0, bottom: 552.0, x: range, y: low..high };

    let mut svg = Svg::new(880.0, 600.0);
    svg.text((frame.left, 36.0), "20px", "start", INK, &format!("f(x) = {f}"));
    svg.text((frame.left, 62.0), "16px", "start", GREY, &format!("f′(x) = {f_prime}"));

    frame.draw(&mut svg, "x", "f(x)");
    frame.curve(&mut svg, curve.iter().copied(), 3.0, BLUE);

    // The tangents, all of one length on the paper.
    for (&point, color) in case.points.iter().zip([RED, GREEN, ORANGE]) {
        let (y, slope) = (f.evaluate(&[(x, point)])?, f_prime.evaluate(&[(x, point)])?);
        let (center, ahead) = (frame.at((point, y)), frame.at((point + 1.0, y + slope)));
        let (run, rise) = (ahead.0 - center.0, ahead.1 - center.1);
        let (dx, dy) = (run * REACH / run.hypot(rise), rise * REACH / run.hypot(rise));
        svg.line((center.0 - dx, center.1 - dy), (center.0 + dx, center.1 + dy), 2.5, color);
        svg.dot(center, 6.0, color);
        let (aside, anchor) = if slope < 0.0 { (16.0, "start") } else { (-16.0, "end") };
        let label = format!("f′({}) = {}", minus(point), minus(slope));
        svg.text((center.0 + aside, center.1 - 8.0), "15px", anchor, color, &label);
    }
    Ok(svg)
}
