#![doc = include_str!("../README.md")]

#[doc(hidden)]
pub mod attribute;
#[doc(hidden)]
pub mod errors;
#[doc(hidden)]
pub mod item;
#[doc(hidden)]
pub mod signature;
#[doc(hidden)]
pub mod snippets;
#[doc(hidden)]
pub mod tokens;

use deriv_engine::{graph, hash, list, products, region};
