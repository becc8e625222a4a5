#![doc = include_str!("../README.md")]
#![no_std]

pub mod check;
pub mod numeric;

/// Differentiates the function it stands on: beside it are put `f_prime` and one more function for
/// each word in the attribute.
///
/// The words, the options, what a function may hold and what is computed are on the
/// [front page](crate). What each generated function computes is in its own documentation.
///
/// # Errors
///
/// What is not supported is a compile error at the tokens in question. A missing function `g_prime`
/// is a derivative that you are to write, or to ask for by `#[derive_fn]` on `g`.
///
/// ```
/// use deriv::derive_fn;
///
/// #[derive_fn(value_and_prime, hessian, test(r in 0.1..2.0, phi in -3.0..3.0))]
/// fn petals(r: f64, phi: f64) -> f64 {
///     r * (5.0 * phi).cos()
/// }
///
/// // ∂petals/∂r = cos(5·phi), ∂petals/∂phi = -5·r·sin(5·phi)
/// assert_eq!(petals_value_and_prime(2.0, 0.0), (2.0, [1.0, 0.0]));
/// assert_eq!(petals_hessian(2.0, 0.0), [[0.0, 0.0], [0.0, -50.0]]);
/// ```
pub use deriv_macro::derive_fn;

/// Functions that derivatives need and `libm` has not.
pub use deriv_special as special;

/// The number of type `T` nearest to `value`, for generated code.
///
/// # Panics
///
/// If `T` has no such number, which no type of floats does.
#[cfg(feature = "num-traits")]
#[inline]
#[doc(hidden)]
pub fn constant<T: num_traits::NumCast>(value: f64) -> T {
    T::from(value).expect("a float type holds every constant of a derivative")
}

#[cfg(feature = "alloc")]
#[doc(hidden)]
pub extern crate alloc as __alloc;

#[doc(hidden)]
#[path = "memory.rs"]
pub mod __memory;

/// What a function's `prime` returns for `N` real parameters; generated code asks for it where it cannot
/// see the type of an argument.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the derivative of this function does not have {N} components, as many as the call has real arguments",
    label = "an argument whose type cannot be seen here is taken for a real number",
    note = "if an argument is no real number, let that be seen: bind it by `let n: usize = …;` first",
    note = "if the function is annotated with `wrt(…)`, call one that is not: each real argument needs a derivative"
)]
pub trait Partials<const N: usize> {
    /// The type of a component.
    type Number;

    /// The components.
    fn partials(self) -> [Self::Number; N];
}

impl<T, const N: usize> Partials<N> for [T; N] {
    type Number = T;

    #[inline]
    fn partials(self) -> [T; N] {
        self
    }
}
