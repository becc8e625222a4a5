//! Other types of numbers: `f32`, generic ones, and parameters of types and lifetimes.

use crate::check::{slice, spread, within};
use deriv::derive_fn;

/// The same programs for both types, as the wider one tells what the narrower should be.
macro_rules! programs {
    ($T:ident) => {
        pub mod $T {
            use super::*;

            #[derive_fn(jvp, vjp)]
            pub fn variance(x: &[$T]) -> $T {
                let mut mean = 0.0;
                for &x in x {
                    mean += x;
                }
                mean /= x.len() as $T;
                x.iter().map(|x| (x - mean).powi(2)).sum::<$T>() / x.len() as $T
            }

            #[derive_fn(jvp, vjp, value_and_prime)]
            pub fn recurrent(x: [$T; 3], n: usize) -> $T {
                let mut state = x;
                for _ in 0..n {
                    let before = state;
                    for i in 0..3 {
                        state[i] = (before[i] - 0.5 * before[(i + 1) % 3]).tanh() + 0.1 * x[i];
                    }
                }
                state[0] * state[1] + state[2]
            }

            /// Through the wider type and back.
            #[derive_fn(jvp, vjp)]
            pub fn accumulated(x: &[$T]) -> $T {
                let mut sum = 0.0_f64;
                for x in x {
                    sum += (*x as f64).exp();
                }
                sum.ln() as $T
            }
        }
    };
}

programs!(f32);
programs!(f64);

fn narrow(x: &[f64]) -> Vec<f32> {
    x.iter().map(|x| *x as f32).collect()
}

fn wide(x: &[f32]) -> Vec<f64> {
    x.iter().map(|x| f64::from(*x)).collect()
}

#[test]
fn slices_of_both_types() {
    let points: [&[f64]; 2] = [&[1.0, 2.5], &spread(6, 1)];
    slice(&points, f64::variance, f64::variance_prime, f64::variance_jvp, f64::variance_vjp);
    slice(&points, f64::accumulated, f64::accumulated_prime, f64::accumulated_jvp, f64::accumulated_vjp);
    type Prime<T> = fn(&[T], &mut [T]);
    type Jvp<T> = fn(&[T], &[T]) -> (T, T);
    let both: [(Prime<f32>, Prime<f64>, Jvp<f32>, Jvp<f64>); 2] = [
        (f32::variance_prime, f64::variance_prime, f32::variance_jvp, f64::variance_jvp),
        (f32::accumulated_prime, f64::accumulated_prime, f32::accumulated_jvp, f64::accumulated_jvp),
    ];
    for x in points {
        for (prime32, prime64, jvp32, jvp64) in both {
            let (mut found, mut expected) = (vec![0.0; x.len()], vec![0.0; x.len()]);
            prime32(&narrow(x), &mut found);
            prime64(x, &mut expected);
            within(1e-6, "prime", &wide(&found), &expected);
            let direction = spread(x.len(), 3);
            let found = jvp32(&narrow(x), &narrow(&direction)).1;
            within(1e-6, "jvp", &wide(&[found]), &[jvp64(x, &direction).1]);
        }
    }
}

#[test]
fn arrays_of_both_types() {
    let x = [0.3, -0.8, 1.2];
    crate::check::array(
        &[x],
        |x| f64::recurrent(x, 4),
        |x| f64::recurrent_prime(x, 4),
        |x, v| f64::recurrent_jvp(x, 4, v),
        |x, s| f64::recurrent_vjp(x, 4, s),
    );
    let narrow = x.map(|x| x as f32);
    let (value, prime): (f32, [f32; 3]) = f32::recurrent_value_and_prime(narrow, 4);
    assert_eq!(value.to_bits(), f32::recurrent(narrow, 4).to_bits());
    within(1e-6, "prime", &wide(&prime), &f64::recurrent_prime(x, 4));
}

/// Lifetimes, visibility, and a type that is no number.
pub(crate) struct Table<'a> {
    weights: &'a [f64],
}

#[derive_fn(jvp, vjp, wrt(x))]
pub(crate) fn looked_up<'a, F>(table: &Table<'a>, x: &'a [f64], shape: F) -> f64
where
    F: Fn(usize) -> f64,
{
    let mut sum = 0.0;
    for (i, (w, x)) in table.weights.iter().zip(x).enumerate() {
        sum += w * x * x * shape(i);
    }
    sum
}

#[test]
fn lifetimes_and_closures() {
    let weights = spread(4, 2);
    let table = Table { weights: &weights };
    let shape = |i: usize| 1.0 / (i + 1) as f64;
    slice(
        &[&spread(4, 1)],
        |x| looked_up(&table, x, shape),
        |x, out| looked_up_prime(&table, x, shape, out),
        |x, v| looked_up_jvp(&table, x, shape, v),
        |x, s, bar| looked_up_vjp(&table, x, shape, s, bar),
    );
}

#[cfg(feature = "num-traits")]
mod generic {
    use crate::check::{slice, spread, within};
    use deriv::derive_fn;
    use num_traits::Float;

    #[derive_fn(jvp, vjp)]
    fn log_sum_exp<T: Float>(x: &[T]) -> T {
        let mut largest = T::neg_infinity();
        for &x in x {
            largest = largest.max(x);
        }
        let mut sum = T::zero();
        for &x in x {
            sum = sum + (x - largest).exp();
        }
        largest + sum.ln()
    }

    #[derive_fn(jvp, vjp)]
    fn polynomial<T, const N: usize>(coefficients: [T; N], x: T) -> T
    where
        T: Float,
    {
        let mut sum = T::zero();
        for i in (0..N).rev() {
            sum = sum * x + coefficients[i];
        }
        sum
    }

    #[test]
    fn slices() {
        slice(
            &[&[0.3], &spread(5, 1)],
            log_sum_exp::<f64>,
            log_sum_exp_prime::<f64>,
            log_sum_exp_jvp::<f64>,
            log_sum_exp_vjp::<f64>,
        );
        let mut found = [0.0_f32; 2];
        log_sum_exp_prime(&[0.0_f32, 0.0], &mut found);
        assert_eq!(found, [0.5, 0.5]);
    }

    #[test]
    fn arrays() {
        let (by_coefficients, by_x): ([f64; 3], f64) = polynomial_prime([1.0, 2.0, 3.0], 2.0);
        within(0.0, "prime", &by_coefficients, &[1.0, 2.0, 4.0]);
        within(0.0, "prime", &[by_x], &[14.0]);
        let (value, tangent) = polynomial_jvp([1.0_f32, 2.0], 3.0, [0.0, 1.0], 0.5);
        assert_eq!((value, tangent), (7.0, 4.0));
        assert_eq!(polynomial_vjp([1.0_f32, 2.0], 3.0, 2.0), (7.0, ([2.0, 6.0], 4.0)));
    }
}
