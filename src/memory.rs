//! What generated code does with arrays and vectors whose dimensions its types alone know.

#[cfg(feature = "alloc")]
use crate::__alloc::vec::Vec;

/// Real numbers in any arrangement.
pub trait Memory {
    /// The type of the numbers.
    type Number: Copy;

    /// Adds `scale` times the numbers of another one, or these if there is none.
    fn add(&mut self, from: &Self, scale: Option<Self::Number>);

    /// Sets every number to zero.
    fn clear(&mut self);
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
            fn clear(&mut self) {
                *self = 0.0;
            }
        }
    )*};
}

numbers!(f32, f64);

impl<T: Memory> Memory for [T] {
    type Number = T::Number;

    #[inline]
    fn add(&mut self, from: &Self, scale: Option<T::Number>) {
        self.iter_mut().zip(from).for_each(|(to, from)| to.add(from, scale));
    }

    #[inline]
    fn clear(&mut self) {
        self.iter_mut().for_each(T::clear);
    }
}

impl<T: Memory, const N: usize> Memory for [T; N] {
    type Number = T::Number;

    #[inline]
    fn add(&mut self, from: &Self, scale: Option<T::Number>) {
        self[..].add(&from[..], scale);
    }

    #[inline]
    fn clear(&mut self) {
        self[..].clear();
    }
}

#[cfg(feature = "alloc")]
impl<T: Memory> Memory for Vec<T> {
    type Number = T::Number;

    #[inline]
    fn add(&mut self, from: &Self, scale: Option<T::Number>) {
        self[..].add(&from[..], scale);
    }

    #[inline]
    fn clear(&mut self) {
        self[..].clear();
    }
}

/// Zeros in the same arrangement.
#[inline]
pub fn zeros_like<M: Memory + Clone>(model: &M) -> M {
    let mut zeros = model.clone();
    zeros.clear();
    zeros
}

/// `to += from`
#[inline]
pub fn add<M: Memory + ?Sized>(to: &mut M, from: &M) {
    to.add(from, None);
}

/// `to += scale · from`
#[inline]
pub fn add_scaled<M: Memory + ?Sized>(to: &mut M, from: &M, scale: M::Number) {
    to.add(from, Some(scale));
}
