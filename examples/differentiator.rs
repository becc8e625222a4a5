//! The classic project of a symbolic differentiator, both ways side by side: five functions as
//! expressions at run time, and the same five as Rust functions differentiated while they compile.
//! Both are compared with the central difference quotient, and the first one is drawn.
//!
//! ```sh
//! cargo run --example differentiator            # draws to target/differentiator.svg
//! cargo run --example differentiator plot.svg   # draws to plot.svg
//! ```

use deriv::derive_fn;
use deriv_core::{Expr, Formula, Graph};
use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;

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
    println!("The largest error of the difference quotient is {worst:.1e}: that is its rounding and truncation,");
    println!("not the derivative's.\n");

    let path = std::env::args().nth(1).map_or_else(default_path, PathBuf::from);
    std::fs::write(&path, plot(&cases[0], -2.1..1.7)?)?;
    println!("The first function and three tangents are drawn in {}", path.display());
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
    println!("   {:>6} {:>14} {:>18} {:>18} {:>18} {:>9}", columns[0], columns[1], columns[2], columns[3], columns[4], columns[5]);
    println!("   {:─>6} {:─>14} {:─>18} {:─>18} {:─>18} {:─>9}", "", "", "", "", "", "");
    let mut worst: f64 = 0.0;
    for point in case.points {
        let slope = f_prime.evaluate(&[(x, point)])?;
        let compiled = (case.compiled_prime)(point);
        let difference = ((case.compiled)(point + H) - (case.compiled)(point - H)) / (2.0 * H);
        let error = (slope - difference).abs().max((compiled - difference).abs());
        let value = f.evaluate(&[(x, point)])?;
        println!("   {point:>6} {value:>14.9} {slope:>18.12} {compiled:>18.12} {difference:>18.12} {error:>9.1e}");
        worst = worst.max(error);
    }
    println!();
    Ok(worst)
}

/// Where the drawing goes: among the build products, if there are any here.
fn default_path() -> PathBuf {
    let target = PathBuf::from("target");
    if target.is_dir() { target.join("differentiator.svg") } else { "differentiator.svg".into() }
}

/// Draws a function over a range of `x`, with its tangents at the sample points, as SVG.
fn plot(case: &Case<'_>, range: std::ops::Range<f64>) -> Result<String, Box<dyn Error>> {
    const WIDTH: f64 = 880.0;
    const HEIGHT: f64 = 600.0;
    const LEFT: f64 = 64.0;
    const RIGHT: f64 = 856.0;
    const TOP: f64 = 104.0;
    const BOTTOM: f64 = 552.0;
    /// Half the length of a tangent.
    const REACH: f64 = 150.0;
    const COLORS: [&str; 3] = ["#d1495b", "#2e8b57", "#e08e1b"];

    let Case { f, x, .. } = *case;
    let f_prime = f.differentiate(x);
    let steps = 240;
    let at = |i: i32| range.start + (range.end - range.start) * f64::from(i) / f64::from(steps);
    let curve = (0..=steps).map(|i| Ok((at(i), f.evaluate(&[(x, at(i))])?))).collect::<Result<Vec<_>, Box<dyn Error>>>()?;
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for &(_, y) in &curve {
        (low, high) = (low.min(y), high.max(y));
    }
    let margin = 0.1 * (high - low);
    // Room for tangents that leave the curve downwards.
    let (low, high) = (low - 2.0 * margin, high + 0.5 * margin);
    let to_x = |x: f64| LEFT + (x - range.start) / (range.end - range.start) * (RIGHT - LEFT);
    let to_y = |y: f64| BOTTOM - (y - low) / (high - low) * (BOTTOM - TOP);

    let mut svg = String::new();
    writeln!(svg, r#"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="DejaVu Sans, Helvetica, Arial, sans-serif">"#)?;
    writeln!(svg, r##"<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>"##)?;
    writeln!(svg, r##"<text x="{LEFT}" y="36" font-size="20" font-weight="bold" fill="#22303c">f(x) = {f}</text>"##)?;
    writeln!(svg, r##"<text x="{LEFT}" y="62" font-size="16" fill="#5b6b79">f′(x) = {f_prime}</text>"##)?;

    // The grid, its labels, and the axes.
    for tick in ticks(range.start, range.end) {
        let (at, label) = (to_x(tick), minus(tick));
        let color = if tick == 0.0 { "#8796a5" } else { "#e6ebf0" };
        writeln!(svg, r#"<line x1="{at:.1}" y1="{TOP}" x2="{at:.1}" y2="{BOTTOM}" stroke="{color}"/>"#)?;
        writeln!(svg, r##"<text x="{at:.1}" y="{:.1}" font-size="13" fill="#5b6b79" text-anchor="middle">{label}</text>"##, BOTTOM + 20.0)?;
    }
    for tick in ticks(low, high) {
        let (at, label) = (to_y(tick), minus(tick));
        let color = if tick == 0.0 { "#8796a5" } else { "#e6ebf0" };
        writeln!(svg, r#"<line x1="{LEFT}" y1="{at:.1}" x2="{RIGHT}" y2="{at:.1}" stroke="{color}"/>"#)?;
        writeln!(svg, r##"<text x="{:.1}" y="{:.1}" font-size="13" fill="#5b6b79" text-anchor="end">{label}</text>"##, LEFT - 8.0, at + 4.5)?;
    }
    writeln!(svg, r##"<text x="{RIGHT}" y="{:.1}" font-size="15" font-style="italic" fill="#22303c" text-anchor="end">x</text>"##, BOTTOM + 38.0)?;
    writeln!(svg, r##"<text x="{:.1}" y="{:.1}" font-size="15" font-style="italic" fill="#22303c" text-anchor="end">f(x)</text>"##, LEFT - 8.0, TOP - 8.0)?;

    // The curve.
    let points: Vec<String> = curve.iter().map(|&(x, y)| format!("{:.2},{:.2}", to_x(x), to_y(y))).collect();
    writeln!(svg, r##"<polyline points="{}" fill="none" stroke="#2f6db5" stroke-width="3" stroke-linejoin="round"/>"##, points.join(" "))?;

    // The tangents, all of one length on the paper.
    for (&point, color) in case.points.iter().zip(COLORS) {
        let (y, slope) = (f.evaluate(&[(x, point)])?, f_prime.evaluate(&[(x, point)])?);
        let (center_x, center_y) = (to_x(point), to_y(y));
        let run = to_x(point + 1.0) - center_x;
        let rise = to_y(y + slope) - center_y;
        let scale = REACH / run.hypot(rise);
        let (dx, dy) = (run * scale, rise * scale);
        writeln!(svg, r#"<line x1="{:.2}" y1="{:.2}" x2="{:.2}" y2="{:.2}" stroke="{color}" stroke-width="2.5" stroke-linecap="round"/>"#, center_x - dx, center_y - dy, center_x + dx, center_y + dy)?;
        writeln!(svg, r##"<circle cx="{center_x:.2}" cy="{center_y:.2}" r="6" fill="{color}" stroke="#ffffff" stroke-width="2"/>"##)?;
        // The label stands on the side of the curve's inside.
        let (label_x, anchor) = if slope < 0.0 { (center_x + 16.0, "start") } else { (center_x - 16.0, "end") };
        writeln!(svg, r#"<text x="{label_x:.1}" y="{:.1}" font-size="15" fill="{color}" text-anchor="{anchor}">f′({}) = {}</text>"#, center_y - 8.0, minus(point), minus(slope))?;
    }
    writeln!(svg, "</svg>")?;
    Ok(svg)
}

/// Round numbers between `low` and `high`, about eight of them.
fn ticks(low: f64, high: f64) -> Vec<f64> {
    let rough = (high - low) / 8.0;
    let unit = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|k| k * unit).into_iter().find(|&step| step >= rough).unwrap_or(rough);
    let (first, last) = ((low / step).ceil() as i32, (high / step).floor() as i32);
    (first..=last).map(|k| (f64::from(k) * step * 1e9).round() / 1e9).collect()
}

/// The number with a typographer's minus sign.
fn minus(value: f64) -> String {
    value.to_string().replace('-', "−")
}
