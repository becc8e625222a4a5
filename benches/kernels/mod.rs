//! Functions from all over science, each with the derivative that an expert would write by hand. What is by hand is written with care: shared parts once, closed forms where there are some.

#![allow(dead_code, reason = "of the functions, only the derivatives are measured")]

mod scalar;
mod several;
mod space;

pub mod callgrind;
pub mod clock;

pub use scalar::*;
pub use several::*;
pub use space::*;

/// A function's derivative, computed in several ways: first as generated, then by hand.
pub struct Kernel {
    pub name: &'static str,
    pub ways: &'static [Way],
}

/// A way to compute it, at every input.
#[derive(Clone, Copy)]
pub struct Way {
    pub run: fn(rounds: usize),
    /// What it computes, value by value.
    pub results: fn() -> Vec<f64>,
}

/// The numbers of a result, whatever its shape.
pub trait Numbers {
    fn numbers(&self, out: &mut Vec<f64>);
}

impl Numbers for f64 {
    fn numbers(&self, out: &mut Vec<f64>) {
        out.push(*self);
    }
}

impl<T: Numbers, const N: usize> Numbers for [T; N] {
    fn numbers(&self, out: &mut Vec<f64>) {
        self.iter().for_each(|part| part.numbers(out));
    }
}

macro_rules! tuple {
    ($($T:ident $i:tt),*) => {
        impl<$($T: Numbers),*> Numbers for ($($T,)*) {
            fn numbers(&self, out: &mut Vec<f64>) {
                $(self.$i.numbers(out);)*
            }
        }
    };
}

tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);

/// The largest relative difference between some numbers.
pub fn difference(left: &[f64], right: &[f64]) -> f64 {
    assert_eq!(left.len(), right.len());
    let relative = |(a, b): (&f64, &f64)| (a - b).abs() / a.abs().max(b.abs()).max(1e-3);
    left.iter().zip(right).map(relative).fold(0.0, f64::max)
}

/// The head of a table: the ways, and the first of them compared with each of the others.
pub fn print_head(unit: &str, ways: &[&str]) {
    let columns: String = ways.iter().map(|way| format!(" {way:>9}")).collect();
    let ratios: String = ways[1..].iter().map(|way| format!(" {:>10}", format!("/{way}"))).collect();
    println!("{unit:40}{columns}{ratios}");
}

pub fn print_row(name: &str, numbers: &[f64], digits: usize) {
    let blank = |text: String| if text.contains("NaN") { " ".repeat(text.len()) } else { text };
    let columns: String = numbers.iter().map(|number| blank(format!(" {number:>9.digits$}"))).collect();
    let ratios: String =
        numbers[1..].iter().map(|other| blank(format!(" {:>10.2}", numbers[0] / other))).collect();
    println!("{name:40}{columns}{ratios}");
}

/// The geometric means of the ratios.
pub fn print_means(table: &[Vec<f64>]) {
    let width = table.first().map_or(0, Vec::len);
    let mean = |way: usize| {
        let ratios = table.iter().map(|row| (row[0] / row[way]).ln()).filter(|ratio| !ratio.is_nan());
        (ratios.clone().sum::<f64>() / ratios.count() as f64).exp()
    };
    let means: String = (1..width).map(|way| format!(" {:>10.2}", mean(way))).collect();
    println!("{:40}{:columns$}{means}\n", "geometric mean", "", columns = 10 * width);
}

/// How many inputs there are.
pub const INPUTS: usize = 64;

/// Points of a box, spread evenly: a Kronecker sequence of square roots.
pub fn inputs<const N: usize>(ranges: [(f64, f64); N]) -> [[f64; N]; INPUTS] {
    const PRIMES: [u8; 15] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47];
    std::array::from_fn(|k| {
        std::array::from_fn(|i| {
            let (low, high) = ranges[i];
            low + (high - low) * (k as f64 * f64::from(PRIMES[i]).sqrt()).fract()
        })
    })
}

macro_rules! way {
    ([$($x:ident in $low:literal .. $high:literal),+ $(,)?], $result:expr) => {{
        #[inline(never)]
        fn run(rounds: usize) {
            let inputs = $crate::kernels::inputs([$(($low, $high)),+]);
            for _ in 0..rounds {
                for &[$($x),+] in &inputs {
                    $(let $x = std::hint::black_box($x);)+
                    std::hint::black_box($result);
                }
            }
        }
        fn results() -> Vec<f64> {
            let mut results = Vec::new();
            for [$($x),+] in $crate::kernels::inputs([$(($low, $high)),+]) {
                $crate::kernels::Numbers::numbers(&$result, &mut results);
            }
            results
        }
        $crate::kernels::Way { run, results }
    }};
}

macro_rules! kernels {
    ($($name:literal, $ranges:tt, $($way:expr),+;)*) => {
        /// All kernels.
        pub const KERNELS: &[Kernel] =
            &[$(Kernel { name: $name, ways: &[$(way!($ranges, $way)),+] }),*];
    };
}

kernels! {
    "Gaussian density, prime", [x in -3.0..3.0, m in -0.5..0.5, s in 0.5..2.0],
        gaussian_prime(x, m, s), gaussian_by_hand(x, m, s);
    "logistic, prime", [x in -5.0..5.0], logistic_prime(x), logistic_by_hand(x);
    "logistic, value and prime", [x in -5.0..5.0], logistic_value_and_prime(x), logistic_both_by_hand(x);
    "softplus, value and prime", [x in -5.0..5.0], softplus_value_and_prime(x), softplus_by_hand(x);
    "GELU (tanh), prime", [x in -3.0..3.0], gelu_prime(x), gelu_by_hand(x);
    "Planck's law, prime", [x in 0.1..9.0], planck_prime(x), planck_by_hand(x);
    "van der Waals, prime", [v in 0.1..9.0, t in 250.0..400.0], van_der_waals_prime(v, t), van_der_waals_by_hand(v, t);
    "Lennard-Jones, prime", [r in 0.9..3.0, e in 0.5..2.0, s in 0.8..1.2],
        lennard_jones_prime(r, e, s), lennard_jones_by_hand(r, e, s);
    "Lennard-Jones, prime2", [r in 0.9..3.0, e in 0.5..2.0, s in 0.8..1.2],
        lennard_jones_prime2(r, e, s), lennard_jones2_by_hand(r, e, s);
    "Butterworth magnitude, prime", [w in 0.1..5.0, c in 0.5..2.0],
        butterworth_prime(w, c), butterworth_by_hand(w, c);
    "Kepler's equation, value and prime", [a in 0.0..6.0, e in 0.0..0.9, m in 0.0..6.0],
        kepler_value_and_prime(a, e, m), kepler_by_hand(a, e, m);
    "Black-Scholes, price and three Greeks", [s in 80.0..120.0, v in 0.1..0.5, t in 0.2..2.0],
        black_scholes_value_and_prime(s, 100.0, 0.03, v, t), black_scholes_by_hand(s, 100.0, 0.03, v, t);
    "long rational function, prime", [x in -2.0..2.0], rational_prime(x), rational_by_hand(x);
    "sin(exp(cos(x²))), prime3", [x in -1.5..1.5], nested_prime3(x), nested_by_hand(x);
    "Rosenbrock, gradient", [x in -2.0..2.0, y in -1.0..3.0], rosenbrock_prime(x, y), rosenbrock_by_hand(x, y);
    "Rosenbrock, Hessian", [x in -2.0..2.0, y in -1.0..3.0],
        rosenbrock_hessian(x, y), rosenbrock_hessian_by_hand(x, y);
    "Himmelblau, gradient", [x in -5.0..5.0, y in -5.0..5.0], himmelblau_prime(x, y), himmelblau_by_hand(x, y);
    "Ackley, value and gradient", [x in -5.0..5.0, y in -5.0..5.0],
        ackley_value_and_prime(x, y), ackley_by_hand(x, y);
    "double pendulum, Jacobian", [a in -3.0..3.0, b in -3.0..3.0, v in -2.0..2.0, w in -2.0..2.0],
        double_pendulum_prime(a, b, v, w), double_pendulum_by_hand(a, b, v, w);
    "Wood's function, gradient", [a in -3.0..2.0, b in -3.0..2.0, c in -3.0..2.0, d in -3.0..2.0],
        wood_prime(a, b, c, d), wood_by_hand(a, b, c, d);
    "Wood's function, Hessian", [a in -3.0..2.0, b in -3.0..2.0, c in -3.0..2.0, d in -3.0..2.0],
        wood_hessian(a, b, c, d), wood_hessian_by_hand(a, b, c, d);
    "three bodies, Jacobian",
        [a in -1.0..0.0, b in -1.0..0.0, c in 0.5..1.5, d in -0.5..0.5, e in -0.5..0.5, f in 0.5..1.5],
        three_bodies_prime(&[a, b, c, d, e, f], &MASSES), three_bodies_by_hand(&[a, b, c, d, e, f], &MASSES);
    "robot's arm, Jacobian",
        [a in -3.0..3.0, b in -3.0..3.0, c in -3.0..3.0, d in -3.0..3.0, e in -3.0..3.0, f in -3.0..3.0],
        arm_prime(&[a, b, c, d, e, f]), arm_by_hand(&[a, b, c, d, e, f]);
    "bundle adjustment, Jacobian",
        [a in 0.05..0.3, b in -0.3..0.3, c in -0.3..0.3, d in -1.0..1.0, e in -1.0..1.0, f in -1.0..1.0,
         g in 300.0..600.0, h in 200.0..300.0, i in 200.0..300.0, j in -0.1..0.1, k in -0.01..0.01,
         x in -1.0..1.0, y in -1.0..1.0, z in 4.0..6.0, w in 0.5..2.0],
        reprojection_prime(&[a, b, c, d, e, f, g, h, i, j, k], &[x, y, z], w, &FEATURE),
        reprojection_by_hand(&[a, b, c, d, e, f, g, h, i, j, k], &[x, y, z], w, &FEATURE);
}

/// Of the three bodies.
pub const MASSES: [f64; 3] = [1.0, 0.5, 0.25];

/// Where a point is seen.
pub const FEATURE: [f64; 2] = [250.0, 240.0];
