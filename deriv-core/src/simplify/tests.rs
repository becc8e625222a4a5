//! Derivatives as they read and cost.

mod goldens;
mod helpers;
