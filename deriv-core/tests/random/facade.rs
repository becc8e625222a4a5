//! What generated code calls at run time, without the macro.
pub extern crate alloc as __alloc;

#[path = "../../../src/memory.rs"]
pub mod __memory;

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
