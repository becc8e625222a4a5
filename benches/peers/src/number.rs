//! What the numbers of all these crates have in common.

use ad_trait::F64;
use ad_trait::forward_ad::adfn::adfn;
use autodiff::F1;
use nalgebra::Const;
use num_dual::{Dual, Dual2, Dual2Vec, Dual3, DualNum, DualVec};
use num_traits::Float;
use simba::scalar::ComplexField;
use std::ops::{Add, Div, Mul, Neg, Sub};

pub trait Number:
    Copy + Neg<Output = Self> + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
{
    /// Plus a constant.
    fn plus(self, constant: f64) -> Self;
    /// Times a constant.
    fn times(self, constant: f64) -> Self;
    fn recip(self) -> Self;
    fn powi(self, exponent: i32) -> Self;
    fn sqrt(self) -> Self;
    fn exp(self) -> Self;
    fn ln(self) -> Self;
    fn cos(self) -> Self;
    fn sin_cos(self) -> (Self, Self);
    fn tanh(self) -> Self;

    fn square(self) -> Self {
        self * self
    }
}

/// A type with its parameter, the trait that has its functions, how that takes numbers (`&` or nothing),
/// and what makes a number of a constant.
macro_rules! number {
    ($([$($N:ident)?] $Number:ty, $Trait:ident, $constant:expr, ($($by:tt)?);)*) => {$(
        impl $(<const $N: usize>)? Number for $Number {
            #[inline]
            fn plus(self, constant: f64) -> Self {
                self + $constant(constant)
            }
            #[inline]
            fn times(self, constant: f64) -> Self {
                self * $constant(constant)
            }
            #[inline]
            fn recip(self) -> Self {
                $Trait::recip($($by)? self)
            }
            #[inline]
            fn powi(self, exponent: i32) -> Self {
                $Trait::powi($($by)? self, exponent)
            }
            #[inline]
            fn sqrt(self) -> Self {
                $Trait::sqrt($($by)? self)
            }
            #[inline]
            fn exp(self) -> Self {
                $Trait::exp($($by)? self)
            }
            #[inline]
            fn ln(self) -> Self {
                $Trait::ln($($by)? self)
            }
            #[inline]
            fn cos(self) -> Self {
                $Trait::cos($($by)? self)
            }
            #[inline]
            fn sin_cos(self) -> (Self, Self) {
                $Trait::sin_cos($($by)? self)
            }
            #[inline]
            fn tanh(self) -> Self {
                $Trait::tanh($($by)? self)
            }
        }
    )*};
}

number! {
    [] Dual<f64>, DualNum, f64::from, (&);
    [] Dual2<f64>, DualNum, f64::from, (&);
    [] Dual3<f64>, DualNum, f64::from, (&);
    [N] DualVec<f64, Const<N>>, DualNum, f64::from, (&);
    [N] Dual2Vec<f64, Const<N>>, DualNum, f64::from, (&);
    [] F1, Float, f64::from, ();
    [N] adfn<N>, ComplexField, F64, ();
}
