//! Derivatives of what holds over a wide range hold there too.

use deriv::derive_fn;

#[allow(dead_code)]
#[path = "../benches/kernels/space.rs"]
mod space;

use space::{three_bodies, three_bodies_prime};

/// The fifth powers of distances, which the chain rule comes upon, end at 1e-61 and 1e61.
#[test]
fn three_bodies_near_and_far() {
    let (places, masses) = ([0.1, -0.3, 1.1, 0.7, -0.5, 1.9], [1.0, 0.5, 0.25]);
    assert!(three_bodies(&places, &masses).iter().all(|x| x.is_finite()));
    let unit = three_bodies_prime(&places, &masses);
    for size in [1e-100, 1e-70, 1e-30, 1e30, 1e70, 1e100_f64] {
        let found = three_bodies_prime(&places.map(|x| x * size), &masses);
        for (found, unit) in found.iter().flatten().zip(unit.iter().flatten()) {
            let expected = unit / size / size / size;
            assert!(
                (found - expected).abs() <= 1e-13 * expected.abs(),
                "{found:e} is {expected:e} at {size:e}"
            );
        }
    }
}

#[derive_fn(wrt(x))]
fn against_a_reference(x: f64, rates: &[f64; 2]) -> f64 {
    let [rate, scale] = rates;
    -rate * x * x - -scale * x
}

#[test]
fn negatives_of_what_is_copied() {
    assert_eq!(against_a_reference(3.0, &[2.0, 0.5]), -16.5);
    assert_eq!(against_a_reference_prime(3.0, &[2.0, 0.5]), -11.5);
}
