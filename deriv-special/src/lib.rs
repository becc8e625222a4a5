//! Special functions that derivatives need and `libm` lacks.
#![no_std]
/// The digamma function.
pub fn digamma(_x: f64) -> f64 {
    f64::NAN
}
/// The trigamma function.
pub fn trigamma(_x: f64) -> f64 {
    f64::NAN
}
/// The polygamma functions.
pub fn polygamma(_n: i32, _x: f64) -> f64 {
    f64::NAN
}
