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

/// What a function's `prime` returns for `N` real parameters; generated code asks for it where it cannot
/// see the type of an argument.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this function's derivative does not have {N} components, as many as the call has real arguments",
    label = "an argument whose type cannot be seen here is taken for a real number",
    note = "let the type be seen: bind an argument that is no real number by `let n: usize = …;` first"
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
