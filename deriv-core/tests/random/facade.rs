//! What generated code calls at run time, without the macro.
pub extern crate alloc as __alloc;

#[path = "../../../src/memory.rs"]
pub mod __memory;

pub trait Reals: Sized {
    type Number: Copy;
    const ZERO: Self;
    fn __update(&mut self, by: &Self, how: __memory::Update<Self::Number>);
}
impl Reals for f64 {
    type Number = f64;
    const ZERO: f64 = 0.0;
    fn __update(&mut self, by: &f64, how: __memory::Update<f64>) {
        match how {
            __memory::Update::Add => *self += *by,
            __memory::Update::AddScaled(scale) => *self += scale * *by,
            __memory::Update::Set => *self = *by,
        }
    }
}
impl<T: Reals, const N: usize> Reals for [T; N] {
    type Number = T::Number;
    const ZERO: [T; N] = [T::ZERO; N];
    fn __update(&mut self, by: &Self, how: __memory::Update<T::Number>) {
        self.iter_mut().zip(by).for_each(|(to, by)| to.__update(by, how));
    }
}

pub const fn __zero<Number, S: Reals<Number = Number>>() -> S {
    S::ZERO
}
pub fn __update<Number, S: Reals<Number = Number>>(field: &mut S, by: &S, how: __memory::Update<Number>) {
    field.__update(by, how);
}

pub trait Partials<const N: usize> {
    type Number;
    fn partials(self) -> [Self::Number; N];
}
impl<T, const N: usize> Partials<N> for [T; N] {
    type Number = T;
    fn partials(self) -> [T; N] {
        self
    }
}
