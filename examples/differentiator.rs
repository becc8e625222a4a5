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
    println!(
        "The largest error is {worst:.1e}: it is the difference quotient's, from rounding and truncation.\n"
    );
    if worst > 1e-6 {
        return Err("a derivative and its difference quotient do not agree".into());
    }

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
    const INK: &str = "#22303c";
    const GREY: &str = "#5b6b79";
    const AXIS: &str = "#8796a5";
    const GRID: &str = "#e6ebf0";
    const BLUE: &str = "#2f6db5";
    const COLORS: [&str; 3] = ["#d1495b", "#2e8b57", "#e08e1b"];

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
    let to_x = |x: f64| LEFT + (x - range.start) / (range.end - range.start) * (RIGHT - LEFT);
    let to_y = |y: f64| BOTTOM - (y - low) / (high - low) * (BOTTOM - TOP);

    let mut svg = Svg::new(WIDTH, HEIGHT);
    svg.text((LEFT, 36.0), "20px", "start", INK, &format!("f(x) = {f}"));
    svg.text((LEFT, 62.0), "16px", "start", GREY, &format!("f′(x) = {f_prime}"));

    // The grid, its labels, and the axes.
    let shade = |tick: f64| if tick == 0.0 { AXIS } else { GRID };
    for tick in ticks(range.start, range.end) {
        svg.line((to_x(tick), TOP), (to_x(tick), BOTTOM), 1.0, shade(tick));
        svg.text((to_x(tick), BOTTOM + 20.0), "13px", "middle", GREY, &minus(tick));
    }
    for tick in ticks(low, high) {
        svg.line((LEFT, to_y(tick)), (RIGHT, to_y(tick)), 1.0, shade(tick));
        svg.text((LEFT - 8.0, to_y(tick) + 4.5), "13px", "end", GREY, &minus(tick));
    }
    svg.text((RIGHT, BOTTOM + 38.0), "italic 15px", "end", INK, "x");
    svg.text((LEFT - 8.0, TOP - 8.0), "italic 15px", "end", INK, "f(x)");

    svg.curve(curve.iter().map(|&(x, y)| (to_x(x), to_y(y))), 3.0, BLUE);

    // The tangents, all of one length on the paper.
    for (&point, color) in case.points.iter().zip(COLORS) {
        let (y, slope) = (f.evaluate(&[(x, point)])?, f_prime.evaluate(&[(x, point)])?);
        let center = (to_x(point), to_y(y));
        let (run, rise) = (to_x(point + 1.0) - center.0, to_y(y + slope) - center.1);
        let (dx, dy) = (run * REACH / run.hypot(rise), rise * REACH / run.hypot(rise));
        svg.line((center.0 - dx, center.1 - dy), (center.0 + dx, center.1 + dy), 2.5, color);
        svg.dot(center, 6.0, color);
        let (aside, anchor) = if slope < 0.0 { (16.0, "start") } else { (-16.0, "end") };
        let label = format!("f′({}) = {}", minus(point), minus(slope));
        svg.text((center.0 + aside, center.1 - 8.0), "15px", anchor, color, &label);
    }
    Ok(svg.finish())
}

/// A drawing in the making. Points are in pixels, from the upper left corner.
struct Svg {
    source: String,
}

impl Svg {
    fn new(width: f64, height: f64) -> Svg {
        let size = format!(r#"width="{width}" height="{height}" viewBox="0 0 {width} {height}""#);
        let font = "DejaVu Sans, Helvetica, Arial, sans-serif";
        let mut svg = Svg { source: String::new() };
        svg.push(format!(r#"<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{font}">"#));
        svg.push(format!(r#"<rect width="{width}" height="{height}" fill="white"/>"#));
        svg
    }

    fn push(&mut self, element: String) {
        self.source += &element;
        self.source.push('\n');
    }

    fn line(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64), width: f64, color: &str) {
        let ends = format!(r#"x1="{x1:.2}" y1="{y1:.2}" x2="{x2:.2}" y2="{y2:.2}""#);
        self.push(format!(
            r#"<line {ends} stroke="{color}" stroke-width="{width}" stroke-linecap="round"/>"#
        ));
    }

    fn curve(&mut self, points: impl Iterator<Item = (f64, f64)>, width: f64, color: &str) {
        let points: Vec<String> = points.map(|(x, y)| format!("{x:.2},{y:.2}")).collect();
        let pen = format!(r#"fill="none" stroke="{color}" stroke-width="{width}" stroke-linejoin="round""#);
        self.push(format!(r#"<polyline points="{}" {pen}/>"#, points.join(" ")));
    }

    fn dot(&mut self, (x, y): (f64, f64), radius: f64, color: &str) {
        let pen = format!(r#"fill="{color}" stroke="white" stroke-width="2""#);
        self.push(format!(r#"<circle cx="{x:.2}" cy="{y:.2}" r="{radius}" {pen}/>"#));
    }

    /// `font` is a size in pixels, with `italic ` before it or not.
    fn text(&mut self, (x, y): (f64, f64), font: &str, anchor: &str, color: &str, text: &str) {
        let (style, size) = match font.split_once(' ') {
            Some(both) => both,
            None => ("normal", font),
        };
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        let font = format!(r#"font-size="{size}" font-style="{style}" text-anchor="{anchor}""#);
        self.push(format!(r#"<text x="{x:.1}" y="{y:.1}" {font} fill="{color}">{text}</text>"#));
    }

    fn finish(mut self) -> String {
        self.push("</svg>".to_owned());
        self.source
    }
}

/// Round numbers between `low` and `high`, about eight of them.
fn ticks(low: f64, high: f64) -> Vec<f64> {
    let rough = (high - low) / 8.0;
    let unit = 10f64.powf(rough.log10().floor());
    let step =
        [1.0, 2.0, 5.0, 10.0].map(|k| k * unit).into_iter().find(|&step| step >= rough).unwrap_or(rough);
    let (first, last) = ((low / step).ceil() as i32, (high / step).floor() as i32);
    (first..=last).map(|k| (f64::from(k) * step * 1e9).round() / 1e9).collect()
}

/// The number with a typographer's minus sign.
fn minus(value: f64) -> String {
    value.to_string().replace('-', "−")
}
