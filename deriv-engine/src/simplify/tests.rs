//! Derivatives as they read and cost.

mod counts;
mod extremes;
mod goldens;
mod helpers;
mod laws;
mod random;
mod size;
mod textbook;
