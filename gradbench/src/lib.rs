//! The twelve tasks of [GradBench](https://github.com/gradbench/gradbench), written as plain Rust functions
//! and differentiated by `#[derive_fn]`.

mod descent;
pub mod matrix;
pub mod protocol;
pub mod table;
pub mod tasks;
