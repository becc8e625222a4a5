//! Generated derivatives against those by hand and by dual numbers, in instructions and in nanoseconds:
//! `cargo run --release --manifest-path benches/peers/Cargo.toml`. Needs `valgrind`.

#[macro_use]
#[path = "../../kernels/mod.rs"]
mod kernels;
mod derivatives;
mod functions;
mod number;

use derivatives::{ad_trait, autodiff, num_dual, num_dual_1, num_dual_2, num_dual_3, num_dual_hessian};
use functions::*;
use kernels::callgrind::{self, Row};
use kernels::{FEATURE, KERNELS, MASSES, Way, clock, difference};
use std::error::Error;

const WAYS: [&str; 5] = ["generated", "by hand", "num-dual", "autodiff", "ad_trait"];

/// The ways to compute the derivative of the kernel of that name; those of first order by all crates, others by
/// num-dual alone.
struct Peers {
    name: &'static str,
    ways: &'static [Way],
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut rows = Vec::new();
    for kernel in KERNELS {
        let mut row = Row::from(kernel);
        if let Some(peers) = PEERS.iter().find(|peers| peers.name == kernel.name) {
            // Where there are several arrays of variables, the order differs.
            let sorted = |way: &Way| {
                let mut results = (way.results)();
                results.sort_by(f64::total_cmp);
                results
            };
            let expected = sorted(&kernel.ways[0]);
            for (way, crate_name) in peers.ways.iter().zip(&WAYS[2..]) {
                let difference = difference(&sorted(way), &expected);
                assert!(difference < 1e-9, "{}, {crate_name}: differs by {difference:e}", kernel.name);
            }
            row.ways.extend(peers.ways.iter().map(|way| Some(way.run)));
        }
        row.ways.resize(WAYS.len(), None);
        rows.push(row);
    }
    callgrind::run(&WAYS, &rows)?;
    clock::run(&WAYS, &rows);
    Ok(())
}

macro_rules! peers {
    ($($name:literal, $ranges:tt, $f:expr, $x:expr, $order:tt;)*) => {
        const PEERS: &[Peers] = &[$(Peers { name: $name, ways: peers!(@$order $ranges, $f, $x) }),*];
    };
    (@prime $ranges:tt, $f:expr, $x:expr) => {
        &[
            way!($ranges, num_dual_1($f, $x).1),
            way!($ranges, autodiff($f, [$x]).1),
            way!($ranges, ad_trait($f, [$x]).1),
        ]
    };
    (@value_and_prime $ranges:tt, $f:expr, $x:expr) => {
        &[
            way!($ranges, num_dual_1($f, $x)),
            way!($ranges, autodiff($f, [$x])),
            way!($ranges, ad_trait($f, [$x])),
        ]
    };
    (@prime2 $ranges:tt, $f:expr, $x:expr) => {
        &[way!($ranges, num_dual_2($f, $x))]
    };
    (@prime3 $ranges:tt, $f:expr, $x:expr) => {
        &[way!($ranges, num_dual_3($f, $x))]
    };
    (@jacobian $ranges:tt, $f:expr, $x:expr) => {
        &[
            way!($ranges, num_dual($f, $x).1),
            way!($ranges, autodiff($f, $x).1),
            way!($ranges, ad_trait($f, $x).1),
        ]
    };
    (@value_and_jacobian $ranges:tt, $f:expr, $x:expr) => {
        &[
            way!($ranges, num_dual($f, $x)),
            way!($ranges, autodiff($f, $x)),
            way!($ranges, ad_trait($f, $x)),
        ]
    };
    (@hessian $ranges:tt, $f:expr, $x:expr) => {
        &[way!($ranges, num_dual_hessian($f, $x))]
    };
}

peers! {
    "Gaussian density, prime", [x in -3.0..3.0, m in -0.5..0.5, s in 0.5..2.0],
        Gaussian { mean: m, deviation: s }, x, prime;
    "logistic, prime", [x in -5.0..5.0], Logistic {}, x, prime;
    "logistic, value and prime", [x in -5.0..5.0], Logistic {}, x, value_and_prime;
    "softplus, value and prime", [x in -5.0..5.0], Softplus {}, x, value_and_prime;
    "GELU (tanh), prime", [x in -3.0..3.0], Gelu {}, x, prime;
    "Planck's law, prime", [x in 0.1..9.0], Planck {}, x, prime;
    "van der Waals, prime", [v in 0.1..9.0, t in 250.0..400.0], VanDerWaals { t }, v, prime;
    "Lennard-Jones, prime", [r in 0.9..3.0, e in 0.5..2.0, s in 0.8..1.2],
        LennardJones { depth: e, size: s }, r, prime;
    "Lennard-Jones, prime2", [r in 0.9..3.0, e in 0.5..2.0, s in 0.8..1.2],
        LennardJones { depth: e, size: s }, r, prime2;
    "Butterworth magnitude, prime", [w in 0.1..5.0, c in 0.5..2.0], Butterworth { cutoff: c }, w, prime;
    "Kepler's equation, value and prime", [a in 0.0..6.0, e in 0.0..0.9, m in 0.0..6.0],
        Kepler { eccentricity: e, mean: m }, a, value_and_prime;
    "long rational function, prime", [x in -2.0..2.0], Rational {}, x, prime;
    "sin(exp(cos(x²))), prime3", [x in -1.5..1.5], Nested {}, x, prime3;
    "Rosenbrock, gradient", [x in -2.0..2.0, y in -1.0..3.0], Rosenbrock {}, [x, y], jacobian;
    "Rosenbrock, Hessian", [x in -2.0..2.0, y in -1.0..3.0], Rosenbrock {}, [x, y], hessian;
    "Himmelblau, gradient", [x in -5.0..5.0, y in -5.0..5.0], Himmelblau {}, [x, y], jacobian;
    "Ackley, value and gradient", [x in -5.0..5.0, y in -5.0..5.0], Ackley {}, [x, y], value_and_jacobian;
    "double pendulum, Jacobian", [a in -3.0..3.0, b in -3.0..3.0, v in -2.0..2.0, w in -2.0..2.0],
        DoublePendulum {}, [a, b, v, w], jacobian;
    "Wood's function, gradient", [a in -3.0..2.0, b in -3.0..2.0, c in -3.0..2.0, d in -3.0..2.0],
        Wood {}, [a, b, c, d], jacobian;
    "Wood's function, Hessian", [a in -3.0..2.0, b in -3.0..2.0, c in -3.0..2.0, d in -3.0..2.0],
        Wood {}, [a, b, c, d], hessian;
    "three bodies, Jacobian",
        [a in -1.0..0.0, b in -1.0..0.0, c in 0.5..1.5, d in -0.5..0.5, e in -0.5..0.5, f in 0.5..1.5],
        ThreeBodies { masses: MASSES }, [a, b, c, d, e, f], jacobian;
    "robot's arm, Jacobian",
        [a in -3.0..3.0, b in -3.0..3.0, c in -3.0..3.0, d in -3.0..3.0, e in -3.0..3.0, f in -3.0..3.0],
        Arm {}, [a, b, c, d, e, f], jacobian;
    "bundle adjustment, Jacobian",
        [a in 0.05..0.3, b in -0.3..0.3, c in -0.3..0.3, d in -1.0..1.0, e in -1.0..1.0, f in -1.0..1.0,
         g in 300.0..600.0, h in 200.0..300.0, i in 200.0..300.0, j in -0.1..0.1, k in -0.01..0.01,
         x in -1.0..1.0, y in -1.0..1.0, z in 4.0..6.0, w in 0.5..2.0],
        Reprojection { feature: FEATURE }, [a, b, c, d, e, f, g, h, i, j, k, x, y, z, w], jacobian;
}
