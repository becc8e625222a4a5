//! Derivatives as they read and cost.

mod counts;
mod goldens;
mod helpers;
mod random;
