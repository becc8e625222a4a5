//! Programs in the styles in which people write them: loops, arrays, slices, structs, iterators and
//! calls. Each function's products are compared with differences and with each other, see `check`.
#![allow(missing_docs)]
#![allow(
    dead_code,
    clippy::assign_op_pattern,
    clippy::explicit_counter_loop,
    clippy::manual_is_multiple_of,
    clippy::manual_memcpy,
    clippy::manual_swap,
    clippy::needless_late_init,
    clippy::needless_range_loop,
    clippy::needless_return,
    clippy::ptr_arg,
    clippy::too_many_arguments,
    clippy::type_complexity,
    clippy::while_let_on_iterator,
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
