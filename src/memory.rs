//! What generated code does with arrays, vectors and structs of which it knows no more than the type.

#[cfg(feature = "alloc")]
use crate::__alloc::vec::Vec;
use crate::Reals;

/// Real numbers in any arrangement.
pub trait Memory: Sized {
    /// The type of the numbers.
    type Number: Copy;

    /// Changes each number by that of another one.
    fn update(&mut self, by: &Self, how: Update<Self::Number>);

    /// Zeros in the same arrangement.
    fn zeros(&self) -> Self;
}

/// How a number is changed by another one.
#[derive(Clone, Copy)]
pub enum Update<Number> {
    /// The other one is added.
    Add,
    /// So many times the other one is added.
    AddScaled(Number),
    /// It becomes the other one.
    Set,
}

impl<S: Reals> Memory for S {
    type Number = S::Number;

    #[inline]
    fn update(&mut self, by: &Self, how: Update<S::Number>) {
        self.__update(by, how);
    }

    #[inline]
    fn zeros(&self) -> Self {
        S::ZERO
    }
}

#[cfg(feature = "alloc")]
impl<T: Memory> Memory for Vec<T> {
    type Number = T::Number;

    #[inline]
    fn update(&mut self, by: &Self, how: Update<T::Number>) {
        self.iter_mut().zip(by).for_each(|(to, by)| to.update(by, how));
    }

    #[inline]
    fn zeros(&self) -> Self {
        self.iter().map(T::zeros).collect()
    }
}

/// Zeros in the same arrangement.
#[inline]
pub fn zeros_like<M: Memory>(model: &M) -> M {
    model.zeros()
}

/// The same numbers once more.
#[inline]
pub fn copied<M: Memory>(of: &M) -> M {
    let mut copy = of.zeros();
    copy.update(of, Update::Set);
    copy
}

/// `to += from`
#[inline]
pub fn add<M: Memory>(to: &mut M, from: &M) {
    to.update(from, Update::Add);
}

/// `to += scale · from`
#[inline]
pub fn add_scaled<M: Memory>(to: &mut M, from: &M, scale: M::Number) {
    to.update(from, Update::AddScaled(scale));
}

/// What is changed so. The type is that which is needed where this stands.
#[inline]
pub fn with<S>(mut value: S, change: impl FnOnce(&mut S)) -> S {
    change(&mut value);
    value
}
