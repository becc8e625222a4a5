//! A saddle point: the lowest of the highest values. The search for it follows the gradient of a function that
//! is itself the result of such a search.

use super::{Error, Workload, no_function, run};
use crate::descent::minimize;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Input {
    start: [f64; 2],
}

/// The function with the saddle, differentiated in one of the modes.
macro_rules! surface {
    ($surface:ident, $mode:ident) => {
        mod $surface {
            use deriv::derive_fn;

            #[derive_fn(hvp, mode = $mode)]
            pub fn height(x1: f64, x2: f64, y1: f64, y2: f64) -> f64 {
                (x1 * x1 + x2 * x2) - (y1 * y1 + y2 * y2)
            }

            /// The gradient's own derivative, forwards: the Hessian times the direction.
            #[allow(clippy::too_many_arguments, reason = "a direction has as many numbers as a point")]
            pub fn height_prime_jvp(
                x1: f64,
                x2: f64,
                y1: f64,
                y2: f64,
                x1_dot: f64,
                x2_dot: f64,
                y1_dot: f64,
                y2_dot: f64,
            ) -> ([f64; 4], [f64; 4]) {
                let slope = height_prime(x1, x2, y1, y2);
                (slope, height_hvp(x1, x2, y1, y2, x1_dot, x2_dot, y1_dot, y2_dot))
            }

            /// In reverse it is the same, as a Hessian is symmetric.
            pub fn height_prime_vjp(
                x1: f64,
                x2: f64,
                y1: f64,
                y2: f64,
                seed: [f64; 4],
            ) -> ([f64; 4], [f64; 4]) {
                height_prime_jvp(x1, x2, y1, y2, seed[0], seed[1], seed[2], seed[3])
            }
        }
    };
}

/// The highest value at `x`, searched for from `start`, on a surface and differentiated in a mode.
macro_rules! summit {
    ($summit:ident, $mode:ident, $surface:ident) => {
        mod $summit {
            use super::$surface;
            use deriv::derive_fn;

            /// The steps are those of [`crate::descent::minimize`], upwards. They are part of what is differentiated.
            #[derive_fn(mode = $mode, wrt(x1, x2))]
            pub fn highest(x1: f64, x2: f64, start: [f64; 2]) -> f64 {
                let [mut y1, mut y2] = start;
                let mut value = $surface::height(x1, x2, y1, y2);
                let [_, _, mut slope1, mut slope2] = $surface::height_prime(x1, x2, y1, y2);
                let mut rate = 1e-5;
                let mut successes = 0;
                while slope1.hypot(slope2) > 1e-5 {
                    if successes == 10 {
                        rate *= 2.0;
                        successes = 0;
                        continue;
                    }
                    let (step1, step2) = (rate * slope1, rate * slope2);
                    if step1.hypot(step2) <= 1e-5 {
                        break;
                    }
                    let (next1, next2) = (y1 + step1, y2 + step2);
                    let next_value = $surface::height(x1, x2, next1, next2);
                    if next_value > value {
                        (y1, y2, value) = (next1, next2, next_value);
                        [_, _, slope1, slope2] = $surface::height_prime(x1, x2, y1, y2);
                        successes += 1;
                    } else {
                        rate /= 2.0;
                        successes = 0;
                    }
                }
                value
            }
        }
    };
}

surface!(surface_forward, forward);
surface!(surface_reverse, reverse);

summit!(ff, forward, surface_forward);
summit!(fr, forward, surface_reverse);
summit!(rf, reverse, surface_forward);
summit!(rr, reverse, surface_reverse);

/// The function of this name: the mode of the outer search, then that of the inner one.
pub fn workload(function: &str, input: Value) -> Result<Box<dyn Workload>, Error> {
    macro_rules! search {
        ($summit:ident, $surface:ident) => {
            run(input, |&Input { start }: &Input, output: &mut [f64; 4]| {
                let [x1, x2] = minimize(
                    start,
                    |[x1, x2]| $summit::highest(x1, x2, start),
                    |[x1, x2]| $summit::highest_prime(x1, x2, start),
                );
                let [y1, y2] = minimize(
                    start,
                    |[y1, y2]| -$surface::height(x1, x2, y1, y2),
                    |[y1, y2]| {
                        let [_, _, slope1, slope2] = $surface::height_prime(x1, x2, y1, y2);
                        [-slope1, -slope2]
                    },
                );
                *output = [x1, x2, y1, y2];
            })
        };
    }
    match function {
        "ff" => search!(ff, surface_forward),
        "fr" => search!(fr, surface_reverse),
        "rf" => search!(rf, surface_forward),
        "rr" => search!(rr, surface_reverse),
        _ => no_function(function),
    }
}
