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

/// Derives the trait [`Reals`] for a struct.
pub use deriv_macro::Reals;

/// What is made of real numbers of one type: `f32` and `f64`, arrays, and structs of these that derive it.
///
/// A parameter that is such a struct, or a reference to one, is a variable where it is named in `wrt(…)`. The
/// derivative by it is a struct of the same type, in which what the function does not use is zero.
///
/// ```
/// use deriv::{Reals, derive_fn};
///
/// #[derive(Reals)]
/// struct Spring {
///     stiffness: f64,
///     ends: [f64; 2],
/// }
///
/// #[derive_fn(wrt(spring))]
/// fn energy(spring: &Spring, rest: f64) -> f64 {
///     0.5 * spring.stiffness * (spring.ends[1] - spring.ends[0] - rest).powi(2)
/// }
///
/// let prime: Spring = energy_prime(&Spring { stiffness: 3.0, ends: [1.0, 4.0] }, 1.0);
/// assert_eq!(prime.stiffness, 2.0);
/// assert_eq!(prime.ends, [-6.0, 6.0]);
/// ```
///
/// In the function's body a variable of this kind is used by its fields, by patterns, and as an argument of functions
/// and the receiver of methods; results may be such structs too. See "Structs" on the [front page](crate). The numbers
/// have the type of the function's result. Where that is generic, so is the struct: `fn f<T: Float + Reals<Number =
/// T>>(p: &Body<T>) -> T`.
///
/// Where this crate is renamed, `#[reals(crate = path)]` beside the derive says where it is.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not made of real numbers of one type",
    label = "needed of a struct that is a variable, and of its fields",
    note = "structs whose fields are `f32`, `f64`, arrays or such structs can have `#[derive(deriv::Reals)]`"
)]
pub trait Reals: Sized {
    /// The type of the numbers.
    type Number: Copy;

    /// All numbers are zero.
    const ZERO: Self;

    /// Changes each number by that of another one.
    #[doc(hidden)]
    fn __update(&mut self, by: &Self, how: __memory::Update<Self::Number>);
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl Reals for $number {
            type Number = $number;
            const ZERO: $number = 0.0;

            #[inline]
            fn __update(&mut self, by: &Self, how: __memory::Update<$number>) {
                match how {
                    __memory::Update::Add => *self += *by,
                    __memory::Update::AddScaled(scale) => *self += scale * *by,
                    __memory::Update::Set => *self = *by,
                }
            }
        }
    )*};
}

numbers!(f32, f64);

impl<T: Reals, const N: usize> Reals for [T; N] {
    type Number = T::Number;
    const ZERO: [T; N] = [T::ZERO; N];

    #[inline]
    fn __update(&mut self, by: &Self, how: __memory::Update<T::Number>) {
        self.iter_mut().zip(by).for_each(|(to, by)| to.__update(by, how));
    }
}

/// A zero made of numbers of this type, for generated code.
#[inline]
#[doc(hidden)]
#[must_use]
pub const fn __zero<Number, S: Reals<Number = Number>>() -> S {
    S::ZERO
}

/// Changes a field made of numbers of this type, for generated code.
#[inline]
#[doc(hidden)]
pub fn __update<Number, S: Reals<Number = Number>>(field: &mut S, by: &S, how: __memory::Update<Number>) {
    field.__update(by, how);
}

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
