//! Fits a curve to measurements by Newton's method, with the gradient and the Hessian that
//! `#[derive_fn]` makes of the sum of squares.
//!
//! The data are "Misra1a" of the Statistical Reference Datasets of NIST: the volume of a gas adsorbed
//! on a solid, by pressure. The best parameters are certified to eleven digits.
//!
//! ```sh
//! cargo run --example curve_fit
//! ```

mod common;

use common::{BLUE, Frame, INK, RED, Svg};
use deriv::derive_fn;
use std::error::Error;

const PRESSURE: [f64; 14] =
    [77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0];
const VOLUME: [f64; 14] =
    [10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.40, 75.47, 81.78];
const CERTIFIED: [f64; 2] = [2.3894212918e+02, 5.5015643181e-04];

#[derive_fn(hessian)]
fn model(capacity: f64, rate: f64, pressure: f64) -> f64 {
    capacity * (1.0 - (-rate * pressure).exp())
}

/// The sum of squares. What is asked for is its derivative by the parameters alone.
#[derive_fn(value_and_prime, hessian, wrt(parameters))]
fn loss(parameters: [f64; 2], pressures: &[f64], volumes: &[f64]) -> f64 {
    let [capacity, rate] = parameters;
    let mut sum = 0.0;
    for (pressure, volume) in pressures.iter().zip(volumes) {
        let residual = model(capacity, rate, *pressure) - volume;
        sum += residual * residual;
    }
    sum
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("{:>4} {:>16} {:>18} {:>20} {:>10}", "step", "capacity", "rate", "sum of squares", "slope");
    let start = [500.0, 0.0001];
    let mut parameters = start;
    // Far from the minimum the Hessian may have a direction of negative curvature. What is added to
    // its diagonal makes steps smaller, until they lead downwards.
    let mut damping = 1.0;
    for step in 0..100 {
        let (value, gradient) = loss_value_and_prime(parameters, &PRESSURE, &VOLUME);
        // The slope in units of the parameters, which are of different sizes.
        let slope = (gradient[0] * parameters[0]).hypot(gradient[1] * parameters[1]);
        let [capacity, rate] = parameters;
        println!("{step:>4} {capacity:>16.10} {rate:>18.14} {value:>20.13} {slope:>10.1e}");
        if slope < 1e-9 {
            break;
        }
        let hessian = loss_hessian(parameters, &PRESSURE, &VOLUME);
        loop {
            let [[a, b], [c, d]] = hessian;
            let matrix = [[a + damping * a.abs(), b], [c, d + damping * d.abs()]];
            let next = solve(matrix, gradient).map(|step| {
                let [dx, dy] = step;
                [parameters[0] - dx, parameters[1] - dy]
            });
            match next {
                Some(next) if loss(next, &PRESSURE, &VOLUME) <= value => {
                    parameters = next;
                    damping *= 0.2;
                    break;
                }
                _ if damping > 1e12 => return Err("no step leads downwards".into()),
                _ => damping = damping.max(1e-6) * 4.0,
            }
        }
    }
    let error = (0..2).map(|i| (parameters[i] / CERTIFIED[i] - 1.0).abs()).fold(0.0, f64::max);
    println!("\nThe certified parameters are {CERTIFIED:?}: the largest relative error is {error:.1e}.");
    if error > 1e-9 {
        return Err("the fit is not the certified one".into());
    }
    Ok(draw(start, parameters).save("curve_fit.svg")?)
}

/// The solution of two equations, if the matrix is positive definite.
fn solve([[a, b], [c, d]]: [[f64; 2]; 2], [x, y]: [f64; 2]) -> Option<[f64; 2]> {
    let determinant = a * d - b * c;
    (a > 0.0 && determinant > 0.0).then(|| [(d * x - b * y) / determinant, (a * y - c * x) / determinant])
}

fn draw(start: [f64; 2], parameters: [f64; 2]) -> Svg {
    let mut svg = Svg::new(880.0, 600.0);
    let frame = Frame { left: 64.0, right: 856.0, top: 84.0, bottom: 552.0, x: 0.0..800.0, y: 0.0..90.0 };
    let [capacity, rate] = parameters;
    let title = format!("{capacity:.4} · (1 − exp(−{rate:.4e} · pressure))");
    svg.text((frame.left, 40.0), "20px", "start", INK, &title);
    frame.draw(&mut svg, "pressure", "volume");
    for (parameters, width, color) in [(start, 1.5, "#b8c4cf"), (parameters, 3.0, BLUE)] {
        let at = |x: f64| (x, model(parameters[0], parameters[1], x));
        frame.curve(&mut svg, (0..=160).map(|i| at(5.0 * f64::from(i))), width, color);
    }
    for point in PRESSURE.into_iter().zip(VOLUME) {
        svg.dot(frame.at(point), 6.0, RED);
    }
    let lower = Frame { top: 460.0, ..frame };
    lower.legend(&mut svg, &[("measured", RED), ("fitted", BLUE), ("start", "#b8c4cf")]);
    svg
}
