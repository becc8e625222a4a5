//! Programs in the styles in which people write them: loops, arrays, slices, structs, iterators and
//! calls. Each function's products are compared with differences and with each other, see `check`.
#![allow(
    missing_docs,
    dead_code,
    clippy::style,
    clippy::complexity,
    clippy::perf,
    reason = "the styles are the people's"
)]

#[path = "programs/check.rs"]
mod check;

#[path = "programs/calls.rs"]
mod calls;
#[path = "programs/hazards.rs"]
mod hazards;
#[path = "programs/iterators.rs"]
mod iterators;
#[path = "programs/loops.rs"]
mod loops;
#[path = "programs/memory.rs"]
mod memory;
#[path = "programs/outputs.rs"]
mod outputs;
#[path = "programs/passive.rs"]
mod passive;
#[path = "programs/second_order.rs"]
mod second_order;
#[path = "programs/simulations.rs"]
mod simulations;
#[path = "programs/types.rs"]
mod types;
