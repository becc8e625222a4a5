//! The functions against values of 60 digits: `reference/polygamma.txt`, made by `generate.py`.

use deriv_special::{digamma, digammaf, polygamma, polygammaf, trigamma, trigammaf};

struct Reference {
    order: i32,
    x: f64,
    value: f64,
    /// The exact number less `value`, in units of the last place.
    rest: f64,
    /// How much larger than the value the terms are that it consists of.
    scale: f64,
}

fn references() -> impl Iterator<Item = Reference> {
    let bits = |word: &str| f64::from_bits(u64::from_str_radix(word, 16).expect("sixteen digits"));
    include_str!("reference/polygamma.txt").lines().map(move |line| {
        let words: Vec<&str> = line.split(' ').collect();
        let [order, x, value, rest, scale] = words[..] else { panic!("{line}") };
        let number = |word: &str| word.parse().expect(line);
        Reference {
            order: order.parse().expect(line),
            x: bits(x),
            value: bits(value),
            rest: number(rest),
            scale: number(scale),
        }
    })
}

fn ulp(x: f64) -> f64 {
    f64::from_bits(x.abs().to_bits() + 1) - x.abs()
}

#[test]
fn values_are_within_the_documented_bounds() {
    let (mut failures, mut count) = (Vec::new(), 0);
    let mut worst = std::collections::BTreeMap::<(i32, bool), f64>::new();
    for Reference { order, x, value, rest, scale } in references() {
        count += 1;
        let found = polygamma(order, x);
        let error = ((found - value) / ulp(value) - rest).abs();
        let bound = f64::from(4 + order / 2) * if x > 0.0 { 1.0 } else { 2.0 * scale };
        let record = worst.entry((order, x > 0.0)).or_default();
        *record = record.max(error / bound);
        if error.is_nan() || error > bound {
            failures.push(format!("order {order} at {x:?}: {found:e} instead of {value:e}, {error:.1} ulps"));
        }
    }
    for ((order, positive), worst) in worst {
        // Shown with --nocapture.
        println!("order {order}, {}: {worst:.2} of the bound", if positive { "x > 0" } else { "x < 0" });
    }
    assert!(count > 1000);
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn the_named_orders_are_orders() {
    for x in [-3.7, -0.2, 0.01, 1.0, 1.5, 30.0, 1e10] {
        assert_eq!(digamma(x), polygamma(0, x));
        assert_eq!(trigamma(x), polygamma(1, x));
        assert_eq!(digammaf(x as f32), digamma(f64::from(x as f32)) as f32);
        assert_eq!(trigammaf(x as f32), trigamma(f64::from(x as f32)) as f32);
        assert_eq!(polygammaf(2, x as f32), polygamma(2, f64::from(x as f32)) as f32);
    }
}

#[test]
fn poles_and_infinities() {
    const INF: f64 = f64::INFINITY;
    for (order, at_zero, at_minus_zero, at_minus_two, at_infinity) in [
        (0, -INF, INF, f64::NAN, INF),
        (1, INF, INF, INF, 0.0),
        (2, -INF, INF, f64::NAN, 0.0),
        (3, INF, INF, INF, 0.0),
    ] {
        let same = |x: f64, expected: f64| {
            let found = polygamma(order, x);
            assert!(found == expected || (found.is_nan() && expected.is_nan()), "{order} at {x}: {found}");
        };
        same(0.0, at_zero);
        same(-0.0, at_minus_zero);
        same(-2.0, at_minus_two);
        same(-1e17, at_minus_two);
        same(INF, at_infinity);
        same(-INF, f64::NAN);
        same(f64::NAN, f64::NAN);
    }
    assert!(polygamma(-1, 2.0).is_nan());
}

/// Orders where the factorial overflows.
#[test]
fn high_orders_neither_overflow_nor_take_long() {
    for (order, x, exact) in [(200, 150.0, -4.320948004650249e-63), (300, 40.0, -1.8450270633093583e132)] {
        let found = polygamma(order, x);
        assert!((found / exact - 1.0).abs() < 1e-11, "{found:e} instead of {exact:e}");
    }
    assert_eq!(polygamma(i32::MAX, 2.0), f64::INFINITY);
    assert_eq!(polygamma(i32::MAX, 1e300), 0.0);
    assert_eq!(polygamma(i32::MAX - 1, 0.5), -f64::INFINITY);
}
