//! Functions that other macros, or plain dual numbers, get silently wrong. Every expected number is the
//! derivative of the mathematical function, worked out by hand.

#![allow(dead_code, unused_assignments, clippy::all, reason = "only the derivatives are asked for")]

use deriv::derive_fn;

#[track_caller]
fn near(found: f64, expected: f64) {
    let same = found == expected || (found.is_nan() && expected.is_nan());
    assert!(
        same || (found - expected).abs() <= 4e-15 * expected.abs().max(1e-300),
        "{found:e}, not {expected:e}"
    );
}

mod statements {
    use super::*;

    #[derive_fn]
    fn reassigned(x: f64) -> f64 {
        let mut a = x;
        a = a * a * a;
        a
    }

    #[test]
    fn reassignment() {
        assert_eq!(reassigned_prime(2.0), 12.0);
    }

    #[derive_fn(value_and_prime)]
    fn compound(x: f64) -> f64 {
        let mut a = x;
        a += x;
        a *= a;
        a -= 1.0;
        a /= x;
        a %= 7.0;
        a
    }

    #[test]
    fn compound_assignment() {
        // 4x - 1/x, less a multiple of 7.
        assert_eq!(compound_value_and_prime(4.0), (15.75 - 14.0, 4.0 + 1.0 / 16.0));
    }

    #[derive_fn]
    fn early(x: f64) -> f64 {
        if x < 0.0 {
            return -x;
        }
        x * x
    }

    #[test]
    fn early_return_in_a_branch() {
        assert_eq!(early_prime(-3.0), -1.0);
        assert_eq!(early_prime(3.0), 6.0);
    }

    #[derive_fn(prime2)]
    fn shadowed(x: f64) -> f64 {
        let x = x * x;
        let x = x * x;
        {
            let x = 0.0 * x;
            let _ = x;
        }
        x
    }

    #[test]
    fn shadowing() {
        assert_eq!(shadowed_prime(2.0), 32.0);
        assert_eq!(shadowed_prime2(2.0), 48.0);
    }

    #[derive_fn(vjp)]
    fn counted(x: f64, n: i32) -> f64 {
        let a = x * n as f64;
        let n = n + 1;
        a * x * n as f64
    }

    #[test]
    fn a_passive_name_declared_again() {
        // n·(n + 1)·x²
        assert_eq!(counted_prime(1.5, 3), 2.0 * 12.0 * 1.5);
        assert_eq!(counted_vjp(1.5, 3, 2.0), (12.0 * 2.25, 2.0 * 36.0));
    }

    #[derive_fn(wrt(x))]
    fn looked_up(x: f64, table: &[f64], deeper: bool) -> f64 {
        let k = table[0];
        let mut s = x * k;
        if deeper {
            let k = table[1];
            s = s * x * k;
        }
        s * k
    }

    #[test]
    fn a_passive_name_declared_again_in_a_branch() {
        assert_eq!(looked_up_prime(3.0, &[2.0, 5.0], true), 2.0 * 3.0 * 2.0 * 5.0 * 2.0);
        assert_eq!(looked_up_prime(3.0, &[2.0, 5.0], false), 4.0);
    }

    #[derive_fn]
    fn summed(x: f64) -> f64 {
        let mut k = 0.75;
        for i in 0..3 {
            k += i as f64;
        }
        let gain = k;
        let scaled = |u: f64| gain * u;
        scaled(x) * x * k
    }

    #[test]
    fn a_passive_variable_that_changes() {
        assert_eq!(summed_prime(2.0), 2.0 * 3.75 * 3.75 * 2.0);
    }

    #[derive_fn(wrt(x, y))]
    fn redefined(x: f64, mut y: f64, half: f64) -> f64 {
        if x > 1.0 {
            y -= x;
            if y > 10.0 {
                return y * y;
            }
        } else {
            y += x;
        }
        let y: f64 = half;
        x * y
    }

    #[test]
    fn a_variable_that_becomes_passive_after_an_early_return() {
        assert_eq!(redefined_prime(2.0, 3.0, 0.5), [0.5, 0.0]);
        assert_eq!(redefined_prime(0.5, 3.0, 0.5), [0.5, 0.0]);
        assert_eq!(redefined_prime(2.0, 13.0, 0.5), [-22.0, 22.0]);
    }

    #[derive_fn]
    fn swapped(x: f64, y: f64) -> f64 {
        let (mut a, mut b) = (x, y);
        (a, b) = (b, a);
        let p = (a, [b, a]);
        p.0 * p.0 + p.1[0]
    }

    #[test]
    fn parallel_assignment() {
        assert_eq!(swapped_prime(3.0, 5.0), [1.0, 10.0]);
    }

    #[derive_fn]
    fn ordered(x: f64) -> f64 {
        let mut a = x;
        let b = a + {
            a *= 2.0;
            a
        };
        a *= {
            a += 1.0;
            a
        };
        b * a
    }

    #[test]
    fn evaluation_order() {
        // b = x + 2x, a = (2x + 1)·(2x + 1)
        let x = 1.5;
        assert_eq!(ordered(x), 3.0 * x * (2.0 * x + 1.0) * (2.0 * x + 1.0));
        near(ordered_prime(x), 3.0 * (2.0 * x + 1.0) * (2.0 * x + 1.0) + 3.0 * x * 4.0 * (2.0 * x + 1.0));
    }
}

mod casts {
    use super::*;

    #[derive_fn]
    fn halved(x: f64) -> f64 {
        (1 / 2) as f64 * x
    }

    #[test]
    fn integer_division_is_one_of_integers() {
        assert_eq!(halved_prime(3.0), 0.0);
    }

    #[derive_fn]
    fn stepped(x: f64) -> f64 {
        (x as i32) as f64 * x
    }

    #[test]
    fn a_cast_to_an_integer_is_constant_between_its_steps() {
        assert_eq!(stepped_prime(3.7), 3.0);
        assert_eq!(stepped_prime(-3.7), -3.0);
    }

    #[derive_fn]
    fn narrowed(x: f64) -> f64 {
        let y = x as f32 * 2.0f32;
        y as f64 * x
    }

    #[test]
    fn casts_between_floats_carry_the_derivative() {
        assert_eq!(narrowed_prime(1.5), 6.0);
    }

    mod cfg {
        pub const PITCH: f64 = 440.0;
        pub const E: f64 = 7.0;
        pub fn tau() -> f64 {
            0.5
        }
    }
    const PI: f64 = 3.0;

    #[derive_fn]
    fn named(x: f64) -> f64 {
        cfg::PITCH * x + cfg::E * x * x + PI * x * x * x + cfg::tau() * x
    }

    #[test]
    fn constants_are_the_users() {
        assert_eq!(named_prime(1.0), 440.0 + 14.0 + 9.0 + 0.5);
    }

    #[derive_fn]
    fn literals(x: f64) -> f64 {
        2f64 * x + 1_000.0 * x + 1e-3 * x + 1. * x + x * 0.5e1_f64 + (3 as f64) * x + f64::from(2u8) * x
    }

    #[test]
    fn literals_of_every_form() {
        near(literals_prime(0.1), 2.0 + 1000.0 + 1e-3 + 1.0 + 5.0 + 3.0 + 2.0);
    }

    #[derive_fn(prime2)]
    fn lost(x: f64) -> f64 {
        let a = (x + 1e16) - 1e16;
        a * x
    }

    #[test]
    fn rounding_of_the_value_is_not_that_of_the_derivative() {
        // The value is what f computes; the derivative is that of x².
        assert!((lost_prime(0.3) - 0.6).abs() <= 0.3, "{}", lost_prime(0.3));
        assert_eq!(lost_prime2(0.3), 2.0);
    }
}

mod powers {
    use super::*;

    #[derive_fn]
    fn modulus(x: f64) -> f64 {
        x.powi(2).sqrt()
    }

    #[derive_fn]
    fn entropy(x: f64) -> f64 {
        x.powi(2).ln() * x
    }

    #[test]
    fn roots_and_logarithms_of_squares() {
        assert_eq!(modulus_prime(-2.0), -1.0);
        assert_eq!(modulus_prime(2.0), 1.0);
        // ln(x²) + 2
        near(entropy_prime(-2.0), 4.0_f64.ln() + 2.0);
    }

    #[derive_fn(prime2)]
    fn cubed(x: f64) -> f64 {
        x.powf(3.0)
    }

    #[derive_fn]
    fn once(x: f64) -> f64 {
        x.powf(1.0)
    }

    #[derive_fn]
    fn root(x: f64) -> f64 {
        x.powf(0.5)
    }

    #[derive_fn]
    fn inverse(x: f64) -> f64 {
        x.powf(-1.0)
    }

    #[test]
    fn powf_at_zero_and_below() {
        assert_eq!(cubed_prime(-2.0), 12.0);
        assert_eq!(cubed_prime(0.0), 0.0);
        assert_eq!(cubed_prime2(-2.0), -12.0);
        assert_eq!(once_prime(0.0), 1.0);
        assert_eq!(once_prime(-3.0), 1.0);
        assert_eq!(root_prime(0.0), f64::INFINITY);
        assert_eq!(inverse_prime(-2.0), -0.25);
    }

    #[derive_fn(wrt(x))]
    fn parameter(x: f64, n: f64) -> f64 {
        x.powf(n)
    }

    #[test]
    fn powf_by_a_parameter() {
        assert_eq!(parameter_prime(0.0, 1.0), 1.0);
        assert_eq!(parameter_prime(0.0, 2.0), 0.0);
        assert_eq!(parameter_prime(0.0, 0.0), 0.0);
        assert_eq!(parameter_prime(-2.0, 3.0), 12.0);
    }

    #[derive_fn]
    fn both(x: f64, y: f64) -> f64 {
        x.powf(y)
    }

    #[derive_fn]
    fn tower(x: f64) -> f64 {
        x.powf(x)
    }

    #[test]
    fn powf_of_two_variables() {
        let [base, exponent] = both_prime(2.0, 3.0);
        near(base, 12.0);
        near(exponent, 8.0 * 2.0_f64.ln());
        assert_eq!(both_prime(0.0, 2.0), [0.0, 0.0]);
        assert_eq!(both_prime(0.0, 1.0), [1.0, 0.0]);
        // xˣ·(ln x + 1)
        near(tower_prime(1.0), 1.0);
        near(tower_prime(2.0), 4.0 * (2.0_f64.ln() + 1.0));
        // The policy at 0⁰ is 0 in each argument.
        assert_eq!(tower_prime(0.0), 0.0);
    }

    #[derive_fn(prime2)]
    fn whole(x: f64, n: i32) -> f64 {
        x.powi(n)
    }

    #[derive_fn]
    fn nought(x: f64) -> f64 {
        x.powi(0) + x.powi(1)
    }

    #[derive_fn]
    fn smallest(x: f64) -> f64 {
        x.powi(i32::MIN)
    }

    #[test]
    fn powi_everywhere() {
        assert_eq!(nought_prime(0.0), 1.0);
        assert_eq!(whole_prime(0.0, 0), 0.0);
        assert_eq!(whole_prime(0.0, 1), 1.0);
        assert_eq!(whole_prime(0.0, 2), 0.0);
        assert_eq!(whole_prime2(0.0, 2), 2.0);
        assert_eq!(whole_prime2(0.0, 1), 0.0);
        assert_eq!(whole_prime2(0.0, 0), 0.0);
        assert_eq!(whole_prime(-2.0, 3), 12.0);
        assert_eq!(whole_prime(-2.0, -1), -0.25);
        assert_eq!(smallest_prime(1.0), f64::from(i32::MIN));
        assert_eq!(smallest_prime(-1.0), -f64::from(i32::MIN));
        assert_eq!(whole_prime(1.0, i32::MIN), f64::from(i32::MIN));
        assert_eq!(whole_prime(1.0, i32::MAX), f64::from(i32::MAX));
    }

    #[derive_fn]
    fn distance(x: f64, y: f64) -> f64 {
        x.hypot(y)
    }

    #[test]
    fn hypot_everywhere() {
        assert_eq!(distance_prime(0.0, 0.0), [0.0, 0.0]);
        assert_eq!(distance_prime(3.0, 4.0), [0.6, 0.8]);
        near(distance_prime(3e200, 4e200)[0], 0.6);
        near(distance_prime(3e-200, 4e-200)[1], 0.8);
        assert_eq!(distance_prime(-2.0, 0.0), [-1.0, 0.0]);
    }

    #[derive_fn]
    fn cube_root(x: f64) -> f64 {
        x.cbrt()
    }

    #[derive_fn]
    fn flat(x: f64) -> f64 {
        x.tanh()
    }

    #[derive_fn(prime2, prime)]
    fn steep(x: f64) -> f64 {
        x * x * 100.0
    }

    /// Of what a call returns nothing is known: its hyperbolic sine and cosine may be infinite.
    #[derive_fn(prime2, hvp)]
    fn saturated(x: f64) -> f64 {
        steep(x).tanh()
    }

    #[derive_fn(hvp)]
    fn saturated_in_turn(x: &[f64]) -> f64 {
        x.iter().fold(0.5, |s, x| steep(*x) * s.sin() + (x * s).tanh())
    }

    #[derive_fn]
    fn softplus(x: f64) -> f64 {
        x.exp().ln_1p()
    }

    #[test]
    fn extremes() {
        assert_eq!(saturated_prime2(3.0), 0.0);
        assert_eq!(saturated_hvp(-3.0, 1.0), 0.0);
        near(saturated_prime2(0.1), -171.885_135_056_884_56);
        let mut hvp = [0.0; 3];
        saturated_in_turn_hvp(&[2e3, 1e3, 9e2], &[1.0, 0.5, -0.5], &mut hvp);
        assert!(hvp.iter().all(|number| number.is_finite()), "{hvp:?}");
        near(cube_root_prime(8.0), 1.0 / 12.0);
        near(cube_root_prime(-8.0), 1.0 / 12.0);
        assert_eq!(flat_prime(800.0), 0.0);
        assert_eq!(flat_prime(-800.0), 0.0);
        assert_eq!(softplus_prime(-800.0), 0.0);
        near(softplus_prime(30.0), 1.0 / (1.0 + (-30.0_f64).exp()));
    }
}

mod branches {
    use super::*;

    #[derive_fn(prime2, vjp)]
    fn guarded(x: f64) -> f64 {
        if x > 0.0 { x.sqrt() } else { 0.0 }
    }

    #[test]
    fn no_nan_from_the_other_arm() {
        for x in [0.0, -1.0] {
            assert_eq!(guarded_prime(x), 0.0);
            assert_eq!(guarded_prime2(x), 0.0);
            assert_eq!(guarded_vjp(x, 3.0), (0.0, 0.0));
        }
        assert_eq!(guarded_prime(4.0), 0.25);
    }

    #[derive_fn(jvp, vjp, hessian, hvp)]
    fn before(x: f64, y: f64) -> f64 {
        let root = x.sqrt();
        let log = y.ln();
        if x > 0.0 && y > 0.0 { root * log } else { x + 2.0 * y }
    }

    #[derive_fn(mode = reverse, prime = backwards)]
    fn before_backwards(x: f64, y: f64) -> f64 {
        let root = x.sqrt();
        let log = y.ln();
        if x > 0.0 && y > 0.0 { root * log } else { x + 2.0 * y }
    }

    #[derive_fn(mode = forward, prime = forwards)]
    fn before_forwards(x: f64, y: f64) -> f64 {
        let root = x.sqrt();
        let log = y.ln();
        if x > 0.0 && y > 0.0 { root * log } else { x + 2.0 * y }
    }

    #[test]
    fn no_nan_from_what_was_computed_before() {
        for (x, y) in [(0.0, 0.0), (-1.0, -1.0), (0.0, 3.0), (4.0, 0.0)] {
            assert_eq!(before_prime(x, y), [1.0, 2.0]);
            assert_eq!(backwards(x, y), [1.0, 2.0]);
            assert_eq!(forwards(x, y), [1.0, 2.0]);
            assert_eq!(before_jvp(x, y, 3.0, 5.0).1, 13.0);
            assert_eq!(before_vjp(x, y, 2.0).1, [2.0, 4.0]);
            assert_eq!(before_hessian(x, y), [[0.0; 2]; 2]);
            assert_eq!(before_hvp(x, y, 1.0, 1.0), [0.0, 0.0]);
        }
        assert_eq!(backwards(4.0, 1.0), [0.0, 2.0]);
    }

    #[derive_fn(vjp, jvp, hessian)]
    fn twice(x: f64, y: f64) -> f64 {
        let a = if x > 0.0 { x.ln() } else { 0.0 };
        let b = if y > 0.0 { (y * a).sqrt() } else { a };
        if a == 0.0 { x * y } else { b / a }
    }

    #[derive_fn(mode = reverse, prime = twice_backwards)]
    fn twice_reverse(x: f64, y: f64) -> f64 {
        let a = if x > 0.0 { x.ln() } else { 0.0 };
        let b = if y > 0.0 { (y * a).sqrt() } else { a };
        if a == 0.0 { x * y } else { b / a }
    }

    #[test]
    fn no_nan_through_two_branches() {
        assert_eq!(twice_prime(-1.0, 4.0), [4.0, -1.0]);
        assert_eq!(twice_backwards(-1.0, 4.0), [4.0, -1.0]);
        assert_eq!(twice_vjp(0.0, 4.0, 1.0).1, [4.0, 0.0]);
        assert_eq!(twice_jvp(0.0, 4.0, 1.0, 0.0).1, 4.0);
        assert_eq!(twice_hessian(-1.0, 4.0), [[0.0, 1.0], [1.0, 0.0]]);
    }

    #[derive_fn(mode = reverse, jvp, vjp)]
    fn apart(x: f64, y: f64) -> f64 {
        let root = x.sqrt();
        let u = if x > 0.0 { root * y } else { 0.0 };
        let v = if x > 0.0 { root * y * y } else { 2.0 * y };
        u + v
    }

    #[derive_fn(mode = reverse, prime = infinite_prime)]
    fn infinite(x: f64, y: f64) -> f64 {
        let pole = x / 0.0;
        let u = if pole > 1.0 { y } else { pole };
        let v = if pole < -1.0 { y } else { pole };
        if u < v {
            u * y
        } else if u > v {
            y * v
        } else {
            u + v
        }
    }

    #[test]
    fn no_nan_from_a_sum_of_masks() {
        assert_eq!(apart_prime(0.0, 3.0), [0.0, 2.0]);
        assert_eq!(apart_prime(-1.0, 3.0), [0.0, 2.0]);
        assert_eq!(apart_prime(4.0, 3.0), [3.0, 14.0]);
        assert_eq!(apart_jvp(0.0, 3.0, 1.0, 1.0).1, 2.0);
        assert_eq!(apart_vjp(0.0, 3.0, 1.0).1, [0.0, 2.0]);
        assert_eq!(infinite_prime(1.0, 3.0), [0.0, 6.0]);
    }

    #[derive_fn]
    fn except_zero(x: f64) -> f64 {
        if x == 0.0 { 0.0 } else { x }
    }

    #[derive_fn]
    fn sinc(x: f64) -> f64 {
        if x == 0.0 { 1.0 } else { x.sin() / x }
    }

    #[test]
    fn the_branch_that_is_taken() {
        // It is x everywhere, and so is its derivative.
        assert_eq!(except_zero_prime(0.0), 1.0);
        assert_eq!(except_zero_prime(2.0), 1.0);
        assert_eq!(sinc_prime(0.0), 0.0);
        near(sinc_prime(2.0), 2.0_f64.cos() / 2.0 - 2.0_f64.sin() / 4.0);
    }

    #[derive_fn]
    fn equal_on_an_interval(x: f64, y: f64) -> [f64; 3] {
        let floor = x.floor();
        let positive = x.max(0.0);
        let a = if floor == 0.0 { 5.0 } else { x * x };
        let b = if positive != 0.0 { x * y } else { y };
        let c = if x == x { x * x } else { 0.0 };
        [a, b, c]
    }

    #[test]
    fn equalities_that_hold_on_an_interval() {
        assert_eq!(equal_on_an_interval_prime(0.5, 3.0), [[0.0, 0.0], [3.0, 0.5], [1.0, 0.0]]);
        assert_eq!(equal_on_an_interval_prime(-0.5, 3.0), [[-1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]]);
    }

    #[derive_fn]
    fn nan_beside(x: f64) -> f64 {
        0.0_f64.max(x.ln()) + x.ln().max(0.0) + x.sqrt().min(2.0) + 3.0_f64.min(x.acosh())
    }

    #[derive_fn]
    fn larger(x: f64, y: f64) -> f64 {
        x.max(y.ln())
    }

    #[test]
    fn the_larger_of_a_number_and_nan() {
        // At -1 every function in it is NaN, and the constants remain.
        assert_eq!(nan_beside(-1.0), 5.0);
        assert_eq!(nan_beside_prime(-1.0), 0.0);
        assert_eq!(larger_prime(2.0, -1.0), [1.0, 0.0]);
        assert_eq!(larger_prime(2.0, 1.0), [1.0, 0.0]);
        assert_eq!(larger_prime(-2.0, 2.0), [0.0, 0.5]);
    }

    #[derive_fn]
    fn kinks(x: f64) -> [f64; 8] {
        [
            x.abs(),
            x.max(0.0),
            x.min(0.0),
            x.clamp(0.0, 1.0),
            x.signum(),
            x.floor(),
            x.hypot(0.0),
            (x + 1.0).fract(),
        ]
    }

    #[test]
    fn kinks_follow_the_policy() {
        assert_eq!(kinks_prime(0.0), [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
        assert_eq!(kinks_prime(-0.0), [0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
        assert_eq!(kinks_prime(0.5), [1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0]);
        assert_eq!(kinks_prime(-0.5), [-1.0, 0.0, 1.0, 0.0, 0.0, 0.0, -1.0, 1.0]);
    }

    #[derive_fn]
    fn poles(x: f64) -> [f64; 2] {
        [x.sqrt(), x.cbrt()]
    }

    #[derive_fn]
    fn angle(x: f64, y: f64) -> f64 {
        y.atan2(x)
    }

    #[derive_fn(mode = reverse)]
    fn bearing(x: f32, y: f32) -> f32 {
        let u = 2.0 * x * (x.powi(2) + x.powi(2)).sqrt();
        let v = (u - 0.1).sin();
        if v.is_nan() { y } else { (v - u).atan2(u) * u }
    }

    #[test]
    fn no_divisor_is_lost() {
        // With u' = 4·√2·|x|: u'·(atan2(v - u, u) + u·(u·cos(u - 0.1) - v)/((v - u)² + u²))
        let x = -1.742_658_1_f64;
        let u = 2.0 * x * 2.0_f64.sqrt() * x.abs();
        let (v, cos) = (u - 0.1).sin_cos();
        let slope = 4.0 * 2.0_f64.sqrt() * x.abs();
        let expected = slope * ((v - u).atan2(u) + u * (u * cos - v) / ((v - u).powi(2) + u * u));
        let found = f64::from(bearing_prime(x as f32, 1.0)[0]);
        assert!((found - expected).abs() < 1e-3, "{found}, not {expected}");
    }

    #[derive_fn]
    fn remainders(x: f64, y: f64) -> [f64; 2] {
        [x % y, x.rem_euclid(y)]
    }

    #[test]
    fn poles_and_remainders() {
        assert_eq!(poles_prime(0.0), [f64::INFINITY, f64::INFINITY]);
        assert!(angle_prime(0.0, 0.0).iter().all(|entry| entry.is_nan()));
        assert_eq!(angle_prime(-1.0, 0.0), [0.0, -1.0]);
        assert_eq!(remainders_prime(7.5, 2.0), [[1.0, -3.0], [1.0, -3.0]]);
        assert_eq!(remainders_prime(-7.5, 2.0), [[1.0, 3.0], [1.0, 4.0]]);
        assert_eq!(remainders_prime(7.5, -2.0), [[1.0, 3.0], [1.0, 3.0]]);
    }

    #[derive_fn]
    fn matched(x: f64, n: u8) -> f64 {
        match n {
            0 => x,
            1 | 2 => x * x,
            3..=5 if x > 0.0 => x.sqrt(),
            n if n % 2 == 0 => x * n as f64,
            _ => 0.0,
        }
    }

    #[test]
    fn arms_with_guards() {
        assert_eq!(matched_prime(4.0, 0), 1.0);
        assert_eq!(matched_prime(4.0, 2), 8.0);
        assert_eq!(matched_prime(4.0, 4), 0.25);
        assert_eq!(matched_prime(-4.0, 4), 4.0);
        assert_eq!(matched_prime(-4.0, 5), 0.0);
    }
}

mod names {
    use super::*;

    #[allow(non_camel_case_types)]
    mod hostile {
        use deriv::derive_fn;

        // What generated code could stumble over.
        #[allow(dead_code)]
        pub struct f32;
        #[allow(dead_code)]
        pub struct Some;
        #[allow(dead_code)]
        pub struct Vec;
        #[allow(dead_code)]
        pub struct Option;
        #[allow(dead_code)]
        pub mod core {}
        #[allow(dead_code)]
        pub mod std {}
        #[allow(dead_code)]
        pub trait Clone {}

        #[derive_fn(value_and_prime, hessian, jvp, vjp, hvp)]
        pub fn plain(x: f64, y: f64) -> f64 {
            let a = if x > y { x.sin() } else { y.exp() };
            a * x.max(y)
        }
    }

    #[test]
    fn names_of_the_prelude_are_no_trap() {
        near(hostile::plain_prime(2.0, 1.0)[0], 2.0_f64.cos() * 2.0 + 2.0_f64.sin());
        assert_eq!(hostile::plain_jvp(2.0, 1.0, 0.0, 1.0).1, 0.0);
    }

    fn sin(x: f64) -> f64 {
        x * x
    }

    fn sin_prime(x: f64) -> f64 {
        2.0 * x
    }

    #[derive_fn]
    fn own(x: f64) -> f64 {
        sin(x) + x.sin() + f64::sin(x)
    }

    #[test]
    fn a_function_of_the_users_named_sin() {
        near(own_prime(0.5), 1.0 + 2.0 * 0.5_f64.cos());
    }

    #[derive_fn(value_and_prime, jvp, vjp, hvp, hessian)]
    fn temporaries(t: f64, dot: f64, seed: f64, x_dot: f64) -> f64 {
        let t_2 = t * dot;
        let partial = seed * x_dot;
        let y = t_2 * t_2 + partial;
        let sin = y.sin();
        let t_3 = sin * t_2;
        t_3 + partial * t
    }

    #[test]
    fn variables_named_like_temporaries() {
        let (t, d, s, x) = (0.5_f64, 1.25, -0.75, 2.0);
        let (u, p) = (t * d, s * x);
        let y = u * u + p;
        let (sin, cos) = y.sin_cos();
        let by_u = cos * 2.0 * u * u + sin;
        let by_p = cos * u + t;
        let expected = [by_u * d + p, by_u * t, by_p * x, by_p * s];
        let (value, found) = temporaries_value_and_prime(t, d, s, x);
        assert_eq!(value, temporaries(t, d, s, x));
        for (found, expected) in found.iter().zip(expected) {
            near(*found, expected);
        }
        let (_, tangent) = temporaries_jvp(t, d, s, x, 1.0, 0.0, 0.0, 0.0);
        near(tangent, expected[0]);
        let (_, cotangents) = temporaries_vjp(t, d, s, x, 2.0);
        near(cotangents[2], 2.0 * expected[2]);
        let product = temporaries_hvp(t, d, s, x, 0.0, 0.0, 1.0, 0.0);
        let hessian = temporaries_hessian(t, d, s, x);
        for (product, row) in product.iter().zip(hessian) {
            near(*product, row[2]);
        }
    }

    #[derive_fn]
    fn r#type(r#fn: f64, r#match: f64) -> f64 {
        let r#loop = r#fn * r#fn;
        r#loop * r#match
    }

    #[test]
    fn raw_identifiers() {
        assert_eq!(type_prime(3.0, 2.0), [12.0, 9.0]);
    }

    macro_rules! power {
        ($name:ident, $x:ident, $n:literal) => {
            #[derive_fn(prime2)]
            fn $name($x: f64) -> f64 {
                let y = $x.powi($n);
                let x = y * $x;
                x + y
            }
        };
    }
    power!(fourth, x, 3);
    power!(cube, y, 2);

    #[test]
    fn functions_made_by_macros() {
        assert_eq!(fourth_prime(2.0), 4.0 * 8.0 + 3.0 * 4.0);
        // The macro's own `y` is another variable than the one it was given.
        assert_eq!(cube_prime(2.0), 3.0 * 4.0 + 2.0 * 2.0);
        assert_eq!(cube_prime2(2.0), 12.0 + 2.0);
    }
}

mod items {
    use super::*;

    pub struct Spring {
        k: f64,
        table: [f64; 3],
    }

    impl Spring {
        const SCALE: f64 = 2.0;

        /// The energy.
        #[derive_fn(prime = force, prime2 = stiffness)]
        pub fn energy(&self, x: f64) -> f64 {
            let i = self.index(1);
            0.5 * self.k * x * x * Self::SCALE + self.table[i] * x
        }

        fn index(&self, i: usize) -> usize {
            i + 1
        }

        #[derive_fn]
        fn associated(x: f64) -> f64 {
            Self::SCALE * x * x
        }

        #[derive_fn]
        fn through(&self, x: f64) -> f64 {
            self.inner(x * x) + Self::inner_of(x)
        }

        #[derive_fn]
        fn inner(&self, u: f64) -> f64 {
            self.k * u.sin()
        }

        #[derive_fn]
        fn inner_of(u: f64) -> f64 {
            u * u * u
        }
    }

    #[test]
    fn methods_and_associated_functions() {
        let spring = Spring { k: 3.0, table: [1.0, 2.0, 4.0] };
        assert_eq!(spring.force(2.0), 3.0 * 2.0 * 2.0 + 4.0);
        assert_eq!(spring.stiffness(2.0), 6.0);
        assert_eq!(Spring::associated_prime(3.0), 12.0);
        near(spring.through_prime(0.5), 3.0 * 0.25_f64.cos() + 3.0 * 0.25);
    }

    #[derive_fn]
    const fn polynomial(x: f64) -> f64 {
        let y = x * x;
        if y > 2.0 { y * x } else { -y }
    }

    const SLOPE: f64 = polynomial_prime(3.0);

    #[test]
    fn constant_functions() {
        assert_eq!(SLOPE, 27.0);
        const { assert!(polynomial_prime(1.0) == -2.0) };
    }

    #[derive_fn(value_and_prime)]
    fn single(x: f32, y: f32) -> f32 {
        (x * 0.1).sin() * y + x.powi(2) / 3.0
    }

    #[test]
    fn single_precision() {
        let (value, [by_x, by_y]) = single_value_and_prime(0.5, 2.0);
        assert_eq!(value, single(0.5, 2.0));
        assert!((by_x - (0.1 * 0.05_f32.cos() * 2.0 + 1.0 / 3.0)).abs() < 1e-6);
        assert_eq!(by_y, (0.5_f32 * 0.1).sin());
    }

    #[cfg(feature = "num-traits")]
    mod generic {
        use deriv::derive_fn;
        use num_traits::Float;

        #[derive_fn(value_and_prime)]
        fn generic<T: Float>(x: T, y: T) -> T
        where
            T: Copy,
        {
            let half = T::from(0.5).unwrap();
            if x > y { x.sin() * y } else { half * x * x + y.exp() }
        }

        #[test]
        fn generic_over_floats() {
            assert_eq!(generic_prime(2.0_f64, 1.0)[1], 2.0_f64.sin());
            assert_eq!(generic_prime(1.0_f32, 2.0)[0], 1.0);
            let (value, _) = generic_value_and_prime(1.0_f64, 2.0);
            assert_eq!(value, generic(1.0, 2.0));
        }
    }

    #[derive_fn]
    #[cfg(any())]
    fn absent(x: f64) -> f64 {
        does_not_exist(x)
    }

    #[cfg(not(any()))]
    #[derive_fn]
    /// Kept.
    #[must_use]
    pub(crate) fn present(#[allow(unused_variables)] x: f64, _: i32, flag: bool) -> f64 {
        #[cfg(any())]
        println!("{x}");
        if flag { x * x } else { x }
    }

    #[test]
    fn attributes_and_configuration() {
        assert_eq!(present_prime(3.0, 0, true), 6.0);
    }

    #[derive_fn(wrt(y))]
    fn observed(x: f64, y: f64) -> f64 {
        assert!(y.is_finite(), "{y} at {x}");
        debug_assert_ne!(x, y, "{x:?}");
        let z = x * y;
        if z > 1e9 {
            println!("{z:.3}");
        }
        z * y
    }

    #[test]
    fn what_only_observes() {
        assert_eq!(observed_prime(2.0, 3.0), 12.0);
    }

    #[derive_fn(vjp, hvp, hessian)]
    fn caller(x: f64, y: f64) -> f64 {
        callee(x * y, &x) * callee(y, &2.0)
    }

    #[derive_fn(hessian)]
    fn callee(u: f64, v: &f64) -> f64 {
        u * u * *v
    }

    #[test]
    fn calls_with_references() {
        // 2·x³·y⁴
        let (x, y) = (1.5, 0.5);
        let (fx, fy): (f64, f64) = (6.0 * x * x * y * y * y * y, 8.0 * x * x * x * y * y * y);
        assert_eq!(caller_prime(x, y), [fx, fy]);
        assert_eq!(caller_vjp(x, y, 2.0).1, [2.0 * fx, 2.0 * fy]);
        let mixed = 24.0 * x * x * y * y * y;
        assert_eq!(caller_hessian(x, y)[0][1], mixed);
        assert_eq!(caller_hvp(x, y, 0.0, 1.0)[0], mixed);
    }
}
