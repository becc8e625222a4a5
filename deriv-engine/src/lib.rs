#![doc = include_str!("../README.md")]

// What `deriv-core` parses to and emits from is public for it alone.
#[doc(hidden)]
pub mod cost;
#[doc(hidden)]
pub mod graph;
#[doc(hidden)]
pub mod hash;
#[doc(hidden)]
pub mod layout;
#[doc(hidden)]
pub mod list;
#[doc(hidden)]
pub mod ops;
#[doc(hidden)]
pub mod print;
#[doc(hidden)]
pub mod products;
#[doc(hidden)]
pub mod region;
#[doc(hidden)]
pub mod simplify;
#[doc(hidden)]
pub mod sorted;
#[doc(hidden)]
pub mod tidy;

mod activity;
#[cfg(feature = "runtime")]
mod eval;
mod forward;
mod laws;
mod reverse;
mod rules;
#[cfg(feature = "runtime")]
mod text;

pub use cost::{OperationCount, count};
#[cfg(feature = "runtime")]
pub use eval::EvalError;
pub use graph::{Expr, Graph, Lift, Ty};
pub use ops::{Arg, ArgKind, Notation, Op, Parity, Spec, Syntax};
#[cfg(feature = "runtime")]
pub use text::{Formula, ParseError, UnknownVariable};
