//! What is emitted raises none of rustc's warnings, whatever the user denies.
#![deny(
    warnings,
    unused,
    future_incompatible,
    nonstandard_style,
    rust_2018_idioms,
    unreachable_pub,
    single_use_lifetimes,
    unused_lifetimes,
    redundant_lifetimes,
    explicit_outlives_requirements,
    unused_qualifications,
    trivial_casts,
    trivial_numeric_casts,
    missing_docs,
    let_underscore_drop,
    unused_results,
    unit_bindings
)]
#![allow(clippy::let_and_return)]

use deriv::derive_fn;
/// Doc.
#[derive_fn(value_and_prime, prime2, hessian, jvp, vjp, hvp)]
#[must_use]
#[inline(always)]
pub fn f(mut x: f64, _: i32, _n: u8) -> f64 {
    assert!(x > -1e9, "{x}");
    if x < 0.0 {
        return -x;
    }
    let k = {
        let y = x * x;
        y
    };
    x += 1.0;
    let mut unused_later = x;
    unused_later *= 2.0;
    match _n {
        0 => x,
        1 => {
            if x > 3.0 {
                panic!("no")
            }
            x * k
        }
        _ => unused_later / (k - 1.0),
    }
}
/// Doc.
#[derive_fn(value_and_prime, hessian, jvp, vjp, hvp)]
#[allow(non_snake_case)]
pub fn g(r#type: f64, Y: &f64) -> f64 {
    let Z = r#type * *Y;
    Z.sin() + f(Z, 1, 2)
}
/// Doc.
#[derive_fn(value_and_prime)]
pub extern "C" fn h(x: f64) -> f64 {
    x as f32 as f64 * x
}
/// Doc.
#[derive_fn(value_and_prime, jvp)]
pub fn l<'life>(x: &'life f64, y: &'life str) -> f64 {
    x * x * y.len() as f64
}
/// Doc.
#[derive_fn(value_and_prime)]
pub fn c<const N: usize>(x: f64) -> [f64; 2] {
    [x * N as f64, x]
}
/// Doc.
#[derive_fn]
pub fn unused(_x: f64, y: f64) -> f64 {
    y * y
}
/// Doc.
#[derive_fn(prime2)]
pub fn constant(_: f64) -> f64 {
    3.0
}
/// Doc.
#[deprecated(note = "old")]
#[derive_fn]
pub fn old(x: f64) -> f64 {
    x * x
}
#[test]
fn it_compiles() {
    // f(z) is 2 / (z - 1) here.
    assert_eq!(g_prime(1.0, &0.0), [0.0, -1.0]);
}
