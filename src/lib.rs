//! Differentiates Rust functions while they compile.
#![no_std]

pub use deriv_macro::derive_fn;
