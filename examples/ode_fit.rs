//! Fits an ordinary differential equation to data: Lotka's and Volterra's predators and prey to the
//! pelts of lynx and hare that the Hudson's Bay Company bought from 1900 to 1920, in thousands.
//!
//! What is differentiated is the whole simulation, a loop of Runge and Kutta's steps, by the rates and
//! by the populations at the start. The best are found by the quasi-Newton method of Broyden, Fletcher,
//! Goldfarb and Shanno.
//!
//! ```sh
//! cargo run --release --example ode_fit
//! ```

mod common;

use common::{BLUE, Frame, INK, ORANGE, Svg};
use deriv::derive_fn;
use std::error::Error;

const YEARS: usize = 21;
const HARES: [f64; YEARS] = [
    30.0, 47.2, 70.2, 77.4, 36.3, 20.6, 18.1, 21.4, 22.0, 25.4, 27.1, 40.3, 57.0, 76.6, 52.3, 19.5, 11.2,
    7.6, 14.6, 16.2, 24.7,
];
const LYNXES: [f64; YEARS] = [
    4.0, 6.1, 9.8, 35.2, 59.4, 41.7, 19.0, 13.0, 8.3, 9.1, 7.4, 8.0, 12.3, 19.5, 45.7, 51.1, 29.7, 15.8, 9.7,
    10.1, 8.6,
];

/// How many steps a year has.
const STEPS: usize = 10;

/// How far the model is from what was counted, in squares of logarithms. Its variables are logarithms
/// too, of four rates and the two populations at the start, as none of them can be negative.
#[derive_fn(value_and_prime, wrt(logs))]
fn misfit(logs: [f64; 6], hares: &[f64], lynxes: &[f64]) -> f64 {
    let (birth, predation) = (logs[0].exp(), logs[1].exp());
    let (growth, death) = (logs[2].exp(), logs[3].exp());
    let slope = |u: f64, v: f64| (u * (birth - predation * v), v * (growth * u - death));
    let h = 1.0 / STEPS as f64;
    let (mut u, mut v) = (logs[4].exp(), logs[5].exp());
    let mut sum = 0.0;
    for year in 0..hares.len() {
        sum += (u / hares[year]).ln().powi(2) + (v / lynxes[year]).ln().powi(2);
        for _ in 0..STEPS {
            let (u1, v1) = slope(u, v);
            let (u2, v2) = slope(u + 0.5 * h * u1, v + 0.5 * h * v1);
            let (u3, v3) = slope(u + 0.5 * h * u2, v + 0.5 * h * v2);
            let (u4, v4) = slope(u + h * u3, v + h * v3);
            u += h / 6.0 * (u1 + 2.0 * u2 + 2.0 * u3 + u4);
            v += h / 6.0 * (v1 + 2.0 * v2 + 2.0 * v3 + v4);
        }
    }
    sum
}

fn main() -> Result<(), Box<dyn Error>> {
    let start = [0.5, 0.02, 0.02, 0.9, 30.0, 5.0].map(f64::ln);
    let mut logs = start;
    let (mut value, mut gradient) = misfit_value_and_prime(logs, &HARES, &LYNXES);
    let mut inverse = identity(1e-3);
    println!("{:>4} {:>12} {:>9}", "step", "misfit", "slope");
    for step in 0..200 {
        let steepness = dot(&gradient, &gradient).sqrt();
        println!("{step:>4} {value:>12.8} {steepness:>9.1e}");
        if steepness < 1e-6 {
            break;
        }
        let mut direction = inverse.map(|row| -dot(&row, &gradient));
        if dot(&direction, &gradient) >= 0.0 {
            inverse = identity(1e-3);
            direction = gradient.map(|slope| -1e-3 * slope);
        }
        // Half the way, until it is a way down.
        let mut length = 1.0;
        let (next, next_value, next_gradient) = loop {
            let next: [f64; 6] = std::array::from_fn(|i| logs[i] + length * direction[i]);
            let (found, slopes) = misfit_value_and_prime(next, &HARES, &LYNXES);
            if found <= value + 1e-4 * length * dot(&direction, &gradient) {
                break (next, found, slopes);
            }
            length *= 0.5;
            if length < 1e-12 {
                return Err("no step leads downwards".into());
            }
        };
        let moved = std::array::from_fn(|i| next[i] - logs[i]);
        let changed = std::array::from_fn(|i| next_gradient[i] - gradient[i]);
        inverse = updated(inverse, moved, changed);
        (logs, value, gradient) = (next, next_value, next_gradient);
    }

    let [birth, predation, growth, death, hares, lynxes] = logs.map(f64::exp);
    println!("\nhares'  = hares · ({birth:.4} − {predation:.5} · lynxes)");
    println!("lynxes' = lynxes · ({growth:.5} · hares − {death:.4})");
    println!("from {hares:.1} thousand hares and {lynxes:.2} thousand lynxes");
    println!("misfit {value:.2}, after {:.2} at the start", misfit(start, &HARES, &LYNXES));
    if value > 3.0 {
        return Err("the fit is a bad one".into());
    }
    Ok(draw(start, logs).save("ode_fit.svg")?)
}

fn dot(a: &[f64; 6], b: &[f64; 6]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn identity(scale: f64) -> [[f64; 6]; 6] {
    std::array::from_fn(|i| std::array::from_fn(|j| if i == j { scale } else { 0.0 }))
}

/// The inverse of the Hessian as it is known after one more step, by the change of the gradient.
fn updated(inverse: [[f64; 6]; 6], moved: [f64; 6], changed: [f64; 6]) -> [[f64; 6]; 6] {
    let along = dot(&moved, &changed);
    if along <= 1e-14 {
        return inverse;
    }
    let through = inverse.map(|row| dot(&row, &changed));
    let scale = (1.0 + dot(&changed, &through) / along) / along;
    std::array::from_fn(|i| {
        std::array::from_fn(|j| {
            let mixed = moved[i] * through[j] + through[i] * moved[j];
            inverse[i][j] + scale * moved[i] * moved[j] - mixed / along
        })
    })
}

/// Both populations, ten times a year, by the midpoint rule: exact enough to be drawn.
fn simulated(logs: [f64; 6]) -> Vec<[f64; 2]> {
    let [birth, predation, growth, death, mut u, mut v] = logs.map(f64::exp);
    let slope = |u: f64, v: f64| (u * (birth - predation * v), v * (growth * u - death));
    let h = 1.0 / STEPS as f64;
    let mut path = vec![[u, v]];
    for _ in 1..=(YEARS - 1) * STEPS {
        let (u1, v1) = slope(u, v);
        let (u2, v2) = slope(u + 0.5 * h * u1, v + 0.5 * h * v1);
        u += h * u2;
        v += h * v2;
        path.push([u, v]);
    }
    path
}

fn draw(start: [f64; 6], logs: [f64; 6]) -> Svg {
    let mut svg = Svg::new(980.0, 600.0);
    let frame =
        Frame { left: 64.0, right: 956.0, top: 84.0, bottom: 552.0, x: 1900.0..1920.0, y: 0.0..110.0 };
    svg.text((frame.left, 36.0), "20px", "start", INK, "Pelts bought by the Hudson's Bay Company, thousands");
    frame.draw(&mut svg, "year", "");
    for (logs, width, hares, lynxes) in [(start, 1.0, "#b8cde6", "#f3d3a4"), (logs, 3.0, BLUE, ORANGE)] {
        let path = simulated(logs);
        let line = |k: usize| {
            let year = |i: usize| 1900.0 + i as f64 / STEPS as f64;
            path.iter().enumerate().map(move |(i, state)| (year(i), state[k]))
        };
        frame.curve(&mut svg, line(0), width, hares);
        frame.curve(&mut svg, line(1), width, lynxes);
    }
    for (counts, color) in [(HARES, BLUE), (LYNXES, ORANGE)] {
        for (year, count) in counts.into_iter().enumerate() {
            svg.dot(frame.at((1900.0 + year as f64, count)), 6.0, color);
        }
    }
    frame.legend(&mut svg, &[("hares", BLUE), ("lynxes", ORANGE)]);
    svg
}
