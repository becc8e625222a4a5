//! Differentiates Rust functions while they compile.
#![no_std]

pub mod check;
pub mod numeric;

pub use deriv_macro::derive_fn;

pub use deriv_special as special;

/// The number of type `T` nearest to `value`, for generated code.
#[cfg(feature = "num-traits")]
#[inline]
#[doc(hidden)]
pub fn constant<T: num_traits::NumCast>(value: f64) -> T {
    T::from(value).expect("a float type holds every constant of a derivative")
}
