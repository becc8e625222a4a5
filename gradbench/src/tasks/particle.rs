//! A particle in the field of two charges, of which one is to be placed so that the particle meets the origin.
//!
//! The field is a gradient, and the search for the place follows the gradient of what it moves.

use super::{Error, Workload, no_function, run};
use crate::descent::minimize;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Input {
    w: f64,
}

/// The potential at a point, differentiated in one of the modes. `w` is where the second charge is.
macro_rules! field {
    ($field:ident, $mode:ident) => {
        mod $field {
            use deriv::derive_fn;

            #[derive_fn(hvp, mode = $mode)]
            #[allow(dead_code, reason = "only its derivatives are used")]
            pub fn potential(x: f64, y: f64, w: f64) -> f64 {
                let fixed = (x - 10.0).powi(2) + y.powi(2);
                let placed = (x - 10.0).powi(2) + (y - (10.0 - w)).powi(2);
                1.0 / fixed.sqrt() + 1.0 / placed.sqrt()
            }

            /// The gradient's own derivative, forwards: the Hessian times the direction.
            pub fn potential_prime_jvp(
                x: f64,
                y: f64,
                w: f64,
                x_dot: f64,
                y_dot: f64,
                w_dot: f64,
            ) -> ([f64; 3], [f64; 3]) {
                (potential_prime(x, y, w), potential_hvp(x, y, w, x_dot, y_dot, w_dot))
            }

            /// In reverse it is the same, as a Hessian is symmetric.
            pub fn potential_prime_vjp(x: f64, y: f64, w: f64, seed: [f64; 3]) -> ([f64; 3], [f64; 3]) {
                potential_prime_jvp(x, y, w, seed[0], seed[1], seed[2])
            }
        }
    };
}

/// How far from the origin the particle meets the axis, squared, in a field and differentiated in a mode.
macro_rules! path {
    ($path:ident, $mode:ident, $field:ident) => {
        mod $path {
            use super::$field;
            use deriv::derive_fn;

            #[derive_fn(mode = $mode)]
            pub fn miss(w: f64) -> f64 {
                let step = 0.1;
                let (mut x, mut y) = (0.0, 8.0);
                let (mut x_speed, mut y_speed) = (0.75, 0.0);
                loop {
                    let [x_slope, y_slope, _] = $field::potential_prime(x, y, w);
                    x += step * x_speed;
                    y += step * y_speed;
                    if y <= 0.0 {
                        let crossed = x - y / y_speed * x_speed;
                        return crossed * crossed;
                    }
                    x_speed -= step * x_slope;
                    y_speed -= step * y_slope;
                }
            }
        }
    };
}

field!(field_forward, forward);
field!(field_reverse, reverse);

path!(ff, forward, field_forward);
path!(fr, forward, field_reverse);
path!(rf, reverse, field_forward);
path!(rr, reverse, field_reverse);

/// The function of this name: the mode of the search, then that of the field.
pub fn workload(function: &str, input: Value) -> Result<Box<dyn Workload>, Error> {
    macro_rules! search {
        ($path:ident) => {
            run(input, |input: &Input, output: &mut f64| {
                [*output] = minimize([input.w], |[w]| $path::miss(w), |[w]| [$path::miss_prime(w)]);
            })
        };
    }
    match function {
        "ff" => search!(ff),
        "fr" => search!(fr),
        "rf" => search!(rf),
        "rr" => search!(rr),
        _ => no_function(function),
    }
}
