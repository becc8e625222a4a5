//! What is checked of every function, at every point:
//! - values are the function's, bit for bit;
//! - tangents along all axes and two other directions are those that differences tell;
//! - cotangents of all seeds that are axes are rows of the same Jacobian;
//! - forwards and backwards agree to within rounding: `<seed, J direction> = <Jᵀ seed, direction>`.

use deriv::numeric;

/// How far a derivative may be from differences, of the largest entry or 1.
const TOLERANCE: f64 = 1e-8;

/// A function of one scalar: `f`, `f_prime`, `f_jvp`, `f_vjp`.
#[track_caller]
pub fn scalar(
    points: &[f64],
    f: impl Fn(f64) -> f64,
    prime: impl Fn(f64) -> f64,
    jvp: impl Fn(f64, f64) -> (f64, f64),
    vjp: impl Fn(f64, f64) -> (f64, f64),
) {
    array(
        &Vec::from_iter(points.iter().map(|x| [*x])),
        |[x]| f(x),
        |[x]| [prime(x)],
        |[x], [v]| jvp(x, v),
        |[x], seed| {
            let (value, bar) = vjp(x, seed);
            (value, [bar])
        },
    );
}

/// A function of an array, or of several scalars: `f`, `f_prime`, `f_jvp`, `f_vjp`.
#[track_caller]
pub fn array<const N: usize>(
    points: &[[f64; N]],
    f: impl Fn([f64; N]) -> f64,
    prime: impl Fn([f64; N]) -> [f64; N],
    jvp: impl Fn([f64; N], [f64; N]) -> (f64, f64),
    vjp: impl Fn([f64; N], f64) -> (f64, [f64; N]),
) {
    let fixed = |x: &[f64]| -> [f64; N] { x.try_into().expect("points have N numbers") };
    for x in points {
        close("prime", &prime(*x), &gradient(x, |x| f(fixed(x))));
    }
    map(
        &Vec::from_iter(points.iter().map(|x| x.as_slice())),
        |x| vec![f(fixed(x))],
        |x, v| {
            let (value, tangent) = jvp(fixed(x), fixed(v));
            (vec![value], vec![tangent])
        },
        |x, seed| {
            let (value, bar) = vjp(fixed(x), seed[0]);
            (vec![value], bar.to_vec())
        },
    );
}

/// A function of a slice: `f`, `f_prime`, `f_jvp`, `f_vjp`.
#[track_caller]
pub fn slice(
    points: &[&[f64]],
    f: impl Fn(&[f64]) -> f64,
    prime: impl Fn(&[f64], &mut [f64]),
    jvp: impl Fn(&[f64], &[f64]) -> (f64, f64),
    vjp: impl Fn(&[f64], f64, &mut [f64]) -> f64,
) {
    for x in points {
        // What was in the buffer does not matter.
        let mut found = vec![f64::NAN; x.len()];
        prime(x, &mut found);
        close("prime", &found, &gradient(x, &f));
    }
    map(
        points,
        |x| vec![f(x)],
        |x, v| {
            let (value, tangent) = jvp(x, v);
            (vec![value], vec![tangent])
        },
        |x, seed| {
            let mut bar = vec![f64::NAN; x.len()];
            let value = vjp(x, seed[0], &mut bar);
            (vec![value], bar)
        },
    );
}

/// Any function: all variables, and all results, end to end.
#[track_caller]
pub fn map(
    points: &[&[f64]],
    f: impl Fn(&[f64]) -> Vec<f64>,
    jvp: impl Fn(&[f64], &[f64]) -> (Vec<f64>, Vec<f64>),
    vjp: impl Fn(&[f64], &[f64]) -> (Vec<f64>, Vec<f64>),
) {
    for x in points {
        let value = f(x);
        let forward = |direction: &[f64]| {
            let (found, tangent) = jvp(x, direction);
            same("jvp", &found, &value);
            close("jvp", &tangent, &along(x, direction, value.len(), &f));
            tangent
        };
        let backward = |seed: &[f64]| {
            let (found, bar) = vjp(x, seed);
            same("vjp", &found, &value);
            bar
        };

        let columns = Vec::from_iter((0..x.len()).map(|i| forward(&axis(x.len(), i))));
        for row in 0..value.len() {
            let expected = Vec::from_iter(columns.iter().map(|column| column[row]));
            agree("vjp", &backward(&axis(value.len(), row)), &expected);
        }
        for turn in 0..2 {
            let (direction, seed) = (spread(x.len(), turn), spread(value.len(), turn + 2));
            let (tangent, bar) = (forward(&direction), backward(&seed));
            let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            agree("<seed, tangent>", &[dot(&seed, &tangent)], &[dot(&bar, &direction)]);
        }
    }
}

/// The Hessian times a direction, against differences of the gradient.
#[track_caller]
pub fn curvature(
    points: &[&[f64]],
    gradient: impl Fn(&[f64]) -> Vec<f64>,
    hvp: impl Fn(&[f64], &[f64]) -> Vec<f64>,
) {
    for x in points {
        let axes = (0..x.len()).map(|i| axis(x.len(), i));
        for direction in axes.chain([spread(x.len(), 0)]) {
            close("hvp", &hvp(x, &direction), &along(x, &direction, x.len(), &gradient));
        }
    }
}

/// The gradient by differences.
fn gradient(x: &[f64], f: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    let mut x = x.to_vec();
    (0..x.len()).map(|i| trusted(numeric::partial(&f, &mut x, i))).collect()
}

/// The tangent by differences.
fn along(x: &[f64], direction: &[f64], results: usize, f: impl Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
    let at = |t: f64| f(&Vec::from_iter(x.iter().zip(direction).map(|(x, v)| x + t * v)));
    (0..results).map(|i| trusted(numeric::derivative(|t| at(t)[i], 0.0))).collect()
}

/// The value of an estimate that tells something.
#[track_caller]
fn trusted(estimate: numeric::Estimate) -> f64 {
    assert!(estimate.error <= 1e-6 * estimate.value.abs().max(1.0), "differences tell nothing: {estimate}");
    estimate.value
}

fn axis(n: usize, i: usize) -> Vec<f64> {
    (0..n).map(|j| if i == j { 1.0 } else { 0.0 }).collect()
}

/// Numbers spread over `-1.0..1.0`.
pub fn spread(n: usize, turn: usize) -> Vec<f64> {
    let number = |i: usize| ((i * 7 + turn * 13 + 3) as f64 * std::f64::consts::SQRT_2).fract() * 2.0 - 1.0;
    (0..n).map(number).collect()
}

/// The same bits.
#[track_caller]
fn same(what: &str, found: &[f64], expected: &[f64]) {
    let bits = |x: &[f64]| Vec::from_iter(x.iter().map(|x| x.to_bits()));
    assert!(bits(found) == bits(expected), "the value of {what} is {found:?}, and not {expected:?}");
}

/// Within the error of differences.
#[track_caller]
pub fn close(what: &str, found: &[f64], expected: &[f64]) {
    within(TOLERANCE, what, found, expected);
}

/// Within rounding.
#[track_caller]
pub fn agree(what: &str, found: &[f64], expected: &[f64]) {
    within(1e-11, what, found, expected);
}

#[track_caller]
pub fn within(tolerance: f64, what: &str, found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "numbers of {what}");
    let scale = expected.iter().fold(1.0_f64, |most, x| most.max(x.abs()));
    for (i, (a, b)) in found.iter().zip(expected).enumerate() {
        assert!(
            (a - b).abs() <= tolerance * scale,
            "{what} is {found:?}, and not {expected:?}: see entry {i}"
        );
    }
}
