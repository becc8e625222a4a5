//! What generated code does with arrays, vectors and structs of which it knows no more than the type.

#[cfg(feature = "alloc")]
use crate::__alloc::vec::Vec;

/// Real numbers in any arrangement.
pub trait Memory: Sized {
    /// The type of the numbers.
    type Number: Copy;

    /// Adds `scale` times the numbers of another one, or these if there is none.
    fn add(&mut self, from: &Self, scale: Option<Self::Number>);

    /// Zeros in the same arrangement.
    fn zeros(&self) -> Self;

    /// The same numbers once more.
    fn copied(&self) -> Self;
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl Memory for $number {
            type Number = $number;

            #[inline]
            fn add(&mut self, from: &Self, scale: Option<$number>) {
                *self += scale.map_or(*from, |scale| scale * *from);
            }

            #[inline]
            fn zeros(&self) -> $number {
                0.0
            }

            #[inline]
            fn copied(&self) -> $number {
                *self
            }
        }
    )*};
}

numbers!(f32, f64);

impl<T: Memory, const N: usize> Memory for [T; N] {
    type Number = T::Number;

    #[inline]
    fn add(&mut self, from: &Self, scale: Option<T::Number>) {
        self.iter_mut().zip(from).for_each(|(to, from)| to.add(from, scale));
    }

    #[inline]
    fn zeros(&self) -> Self {
        self.each_ref().map(T::zeros)
    }

    #[inline]
    fn copied(&self) -> Self {
        self.each_ref().map(T::copied)
    }
}

#[cfg(feature = "alloc")]
impl<T: Memory> Memory for Vec<T> {
    type Number = T::Number;

    #[inline]
    fn add(&mut self, from: &Self, scale: Option<T::Number>) {
        self.iter_mut().zip(from).for_each(|(to, from)| to.add(from, scale));
    }

    #[inline]
    fn zeros(&self) -> Self {
        self.iter().map(T::zeros).collect()
    }

    #[inline]
    fn copied(&self) -> Self {
        self.iter().map(T::copied).collect()
    }
}

/// Zeros in the same arrangement.
#[inline]
pub fn zeros_like<M: Memory>(model: &M) -> M {
    model.zeros()
}

/// The same numbers once more.
#[inline]
pub fn copied<M: Memory>(model: &M) -> M {
    model.copied()
}

/// `to += from`
#[inline]
pub fn add<M: Memory>(to: &mut M, from: &M) {
    to.add(from, None);
}

/// `to += scale · from`
#[inline]
pub fn add_scaled<M: Memory>(to: &mut M, from: &M, scale: M::Number) {
    to.add(from, Some(scale));
}

/// What is changed so. The type is that which is needed where this stands.
#[inline]
pub fn with<S>(mut value: S, change: impl FnOnce(&mut S)) -> S {
    change(&mut value);
    value
}
