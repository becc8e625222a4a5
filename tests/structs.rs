//! Structs of real numbers as variables.
#![allow(
    dead_code,
    clippy::useless_vec,
    reason = "the styles are the people's, and some products alone are called"
)]

use deriv::{Reals, derive_fn};

#[derive(Reals, Clone, Debug, PartialEq)]
struct Body {
    mass: f64,
    position: [f64; 3],
    spin: Spin,
    unused: f64,
}

#[derive(Reals, Clone, Copy, Debug, PartialEq)]
struct Spin(f64, [f64; 2]);

fn body() -> Body {
    Body { mass: 1.5, position: [0.3, -0.7, 1.1], spin: Spin(0.4, [2.0, -0.6]), unused: 9.0 }
}

/// Its numbers.
fn numbers(body: &Body) -> [f64; 8] {
    let ([x, y, z], Spin(s, [a, b])) = (body.position, body.spin);
    [body.mass, x, y, z, s, a, b, body.unused]
}

fn of_numbers([mass, x, y, z, s, a, b, unused]: [f64; 8]) -> Body {
    Body { mass, position: [x, y, z], spin: Spin(s, [a, b]), unused }
}

/// The derivative by differences.
fn numeric(f: impl Fn(&Body) -> f64, at: &Body) -> [f64; 8] {
    let step = |i: usize, h: f64| {
        let mut moved = numbers(at);
        moved[i] += h;
        f(&of_numbers(moved))
    };
    std::array::from_fn(|i| (step(i, 1e-5) - step(i, -1e-5)) / 2e-5)
}

#[track_caller]
fn assert_close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= 1e-7 * expected.abs().max(1.0), "{found} is not {expected}");
    }
}

fn dot(a: &Body, b: &Body) -> f64 {
    numbers(a).iter().zip(numbers(b)).map(|(a, b)| a * b).sum()
}

/// All products of a function of a body by reference.
macro_rules! check {
    ($f:ident, $prime:ident, $both:ident, $jvp:ident, $vjp:ident, $hvp:ident) => {{
        let at = body();
        let expected = numeric($f, &at);
        assert_close(&numbers(&$prime(&at)), &expected);
        let (value, prime) = $both(&at);
        assert_eq!(value, $f(&at));
        assert_close(&numbers(&prime), &expected);
        let along = of_numbers([0.75, -1.25, 0.5, 1.5, -0.625, 1.125, -0.875, 2.0]);
        let (value, tangent) = $jvp(&at, &along);
        assert_eq!(value, $f(&at));
        assert_close(&[tangent], &[dot(&along, &of_numbers(expected))]);
        let (value, cotangent) = $vjp(&at, 2.0);
        assert_eq!(value, $f(&at));
        assert_close(&numbers(&cotangent), &expected.map(|entry| 2.0 * entry));
        let slope = |x: &Body| dot(&along, &$prime(x));
        assert_close(&numbers(&$hvp(&at, &along)), &numeric(slope, &at));
    }};
}

#[derive_fn(wrt(p), value_and_prime, jvp, vjp, hvp)]
fn energy(p: &Body) -> f64 {
    0.5 * p.mass * (p.position[0].powi(2) + p.position[2].sin()) + p.spin.0 * p.spin.1[1] * p.mass
}

#[derive_fn(wrt(p), value_and_prime, jvp, vjp, hvp, mode = reverse)]
fn backwards(p: &Body) -> f64 {
    0.5 * p.mass * (p.position[0].powi(2) + p.position[2].sin()) + p.spin.0 * p.spin.1[1] * p.mass
}

#[test]
fn fields() {
    check!(energy, energy_prime, energy_value_and_prime, energy_jvp, energy_vjp, energy_hvp);
    check!(
        backwards,
        backwards_prime,
        backwards_value_and_prime,
        backwards_jvp,
        backwards_vjp,
        backwards_hvp
    );
}

#[derive_fn(wrt(p), value_and_prime, jvp, vjp, hvp)]
fn taken_apart(p: &Body) -> f64 {
    let Body { mass, position: [x, ..], spin: Spin(s, axis), .. } = p;
    if *mass < 0.0 {
        return p.unused;
    }
    let spin = &p.spin;
    let square = |x: f64| x * x;
    mass * square(*x) + s.cos() * axis[0] + spin.1[1].exp()
}

#[test]
fn patterns_and_names_of_parts() {
    check!(
        taken_apart,
        taken_apart_prime,
        taken_apart_value_and_prime,
        taken_apart_jvp,
        taken_apart_vjp,
        taken_apart_hvp
    );
}

#[derive_fn(wrt(p), value_and_prime, jvp, vjp, hvp)]
fn steps(p: &Body) -> f64 {
    assert!(p.mass > 0.0, "{p:?}");
    let (mut x, mut v) = (p.position[0], p.position[1]);
    for i in 0..5 {
        let force = if i > 2 { -p.spin.0 * x } else { -p.spin.1[0] * x.sin() };
        v += 0.1 * force / p.mass;
        x += 0.1 * v;
    }
    if x > 100.0 { p.unused } else { x * v }
}

#[test]
fn loops_and_branches() {
    check!(steps, steps_prime, steps_value_and_prime, steps_jvp, steps_vjp, steps_hvp);
}

#[derive_fn(wrt(p), value_and_prime, jvp, vjp, hvp)]
fn arrays(p: &Body) -> f64 {
    let position: [f64; 3] = p.position;
    let axis: &[f64; 2] = &p.spin.1;
    let mut sum = 0.0;
    for i in 0..position.len() {
        sum += position[i] * (i as f64 + p.mass).sin() * axis[i % 2];
    }
    sum + position.iter().map(|x| x * x).sum::<f64>().sqrt()
}

#[test]
fn arrays_with_their_types() {
    check!(arrays, arrays_prime, arrays_value_and_prime, arrays_jvp, arrays_vjp, arrays_hvp);
}

#[derive_fn(wrt(spin), jvp, vjp, hvp)]
fn by_value(spin: Spin, scale: f64) -> f64 {
    let Spin(a, [b, c]) = spin;
    scale * a * b.sin() * c
}

#[derive_fn(jvp, vjp, hvp, wrt(spin, scale))]
fn with_a_number(spin: Spin, scale: f64) -> f64 {
    spin.0 * spin.1[0] * scale.sin()
}

#[test]
fn by_value_and_beside_numbers() {
    let spin = Spin(0.5, [0.3, 2.0]);
    assert_eq!(by_value_prime(spin, 2.0), Spin(4.0 * 0.3_f64.sin(), [2.0 * 0.3_f64.cos(), 0.3_f64.sin()]));
    let (_, tangent) = by_value_jvp(spin, 2.0, Spin(1.0, [0.0, 0.0]));
    assert_close(&[tangent], &[4.0 * 0.3_f64.sin()]);
    let Spin(a, [b, c]) = by_value_hvp(spin, 2.0, Spin(1.0, [0.0, 0.0]));
    assert_close(&[a, b, c], &[0.0, 4.0 * 0.3_f64.cos(), 2.0 * 0.3_f64.sin()]);

    let (sin, cos) = 0.7_f64.sin_cos();
    let (by_spin, by_scale): (Spin, f64) = with_a_number_prime(spin, 0.7);
    assert_close(
        &[by_spin.0, by_spin.1[0], by_spin.1[1], by_scale],
        &[0.3 * sin, 0.5 * sin, 0.0, 0.15 * cos],
    );
    let (_, (by_spin, by_scale)) = with_a_number_vjp(spin, 0.7, 2.0);
    assert_close(&[by_spin.0, by_scale], &[0.6 * sin, 0.3 * cos]);
    let (by_spin, by_scale) = with_a_number_hvp(spin, 0.7, Spin(0.0, [0.0, 0.0]), 1.0);
    assert_close(&[by_spin.0, by_spin.1[0], by_scale], &[0.3 * cos, 0.5 * cos, -0.15 * sin]);
}

#[derive_fn(wrt(a, b), vjp, jvp)]
fn of_two(a: &Spin, b: &Body) -> (f64, f64) {
    (a.0 * b.mass, a.1[1] * b.spin.0)
}

#[derive_fn(wrt(a), jvp, vjp, hvp)]
fn several(a: Spin) -> [f64; 2] {
    [a.0 * a.1[0], a.1[1].exp()]
}

#[test]
fn several_results() {
    let (a, b) = (Spin(2.0, [3.0, 0.0]), body());
    let ((first, by_b), (second, _)): ((Spin, Body), (Spin, Body)) = of_two_prime(&a, &b);
    assert_eq!((first, by_b.mass), (Spin(1.5, [0.0, 0.0]), 2.0));
    assert_eq!(second, Spin(0.0, [0.0, 0.4]));
    assert_eq!(several_prime(a), [Spin(3.0, [2.0, 0.0]), Spin(0.0, [0.0, 1.0])]);
    assert_eq!(several_vjp(a, [1.0, 2.0]).1, Spin(3.0, [2.0, 2.0]));
    assert_eq!(several_hvp(a, [1.0, 2.0], Spin(1.0, [0.0, 1.0])), Spin(0.0, [1.0, 2.0]));
}

#[derive_fn(wrt(p, x), vjp, jvp)]
fn with_a_slice(p: &Spin, x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for value in x {
        sum += p.0 * value + p.1[0];
    }
    sum.sin()
}

#[test]
fn beside_a_slice() {
    let (p, x) = (Spin(0.5, [0.25, 0.0]), [1.0, 2.0]);
    let cos = 2.0_f64.cos();
    let mut by_x = [9.0; 2];
    let by_p: Spin = with_a_slice_prime(&p, &x, &mut by_x);
    assert_close(&[by_p.0, by_p.1[0], by_p.1[1]], &[3.0 * cos, 2.0 * cos, 0.0]);
    assert_close(&by_x, &[0.5 * cos, 0.5 * cos]);
}

#[derive(Reals, Debug, PartialEq)]
struct Single {
    r#type: f32,
    pairs: [Pair<f32>; 2],
}

use deriv as renamed;

#[derive(Reals, Debug, PartialEq)]
#[reals(crate = renamed)]
struct Pair<T> {
    a: T,
    b: T,
}

#[derive_fn(wrt(p))]
fn single(p: &Single) -> f32 {
    p.r#type * p.pairs[1].a
}

#[derive_fn(wrt(p))]
fn shadowed(p: Pair<f64>, n: i32) -> f64 {
    let product = p.a * p.b;
    let p = n + 1;
    product * f64::from(p)
}

#[derive_fn(wrt(p))]
fn shadowed_reference(p: &Pair<f64>, n: i32) -> f64 {
    let product = p.a * p.b;
    let p = n + 1;
    product * f64::from(p)
}

#[derive_fn(wrt(p))]
const fn constant(p: &Pair<f64>) -> f64 {
    p.a * p.b
}

#[cfg(feature = "num-traits")]
#[derive_fn(wrt(p), vjp)]
fn generic<T: num_traits::Float + Reals<Number = T>>(p: &Pair<T>) -> T {
    p.a.sin() * p.b
}

#[derive_fn(wrt(p), hvp)]
fn of_nothing(p: &Pair<f64>, x: f64) -> f64 {
    let _ = p;
    x
}

struct Model {
    gain: f64,
}

impl Model {
    #[derive_fn(wrt(p))]
    fn output(&self, p: &Pair<f64>) -> f64 {
        self.gain * p.a * p.b
    }
}

#[test]
fn types() {
    let p = Single { r#type: 2.0, pairs: [Pair { a: 1.0, b: 1.0 }, Pair { a: 3.0, b: 1.0 }] };
    let prime = single_prime(&p);
    assert_eq!((prime.r#type, prime.pairs[1].a, prime.pairs[0].a), (3.0, 2.0, 0.0));
    const PRIME: Pair<f64> = constant_prime(&Pair { a: 2.0, b: 5.0 });
    assert_eq!(PRIME, Pair { a: 5.0, b: 2.0 });
    #[cfg(feature = "num-traits")]
    assert_eq!(generic_prime(&Pair { a: 0.0, b: 2.0 }), Pair { a: 2.0, b: 0.0 });
    assert_eq!(of_nothing_prime(&PRIME, 2.0), Pair { a: 0.0, b: 0.0 });
    assert_eq!(of_nothing_hvp(&PRIME, 2.0, &PRIME), Pair { a: 0.0, b: 0.0 });
    assert_eq!(shadowed_prime(Pair { a: 2.0, b: 5.0 }, 1), Pair { a: 10.0, b: 4.0 });
    assert_eq!(shadowed_reference_prime(&PRIME, 1), Pair { a: 4.0, b: 10.0 });
    assert_eq!(Model { gain: 3.0 }.output_prime(&PRIME), Pair { a: 6.0, b: 15.0 });
}
