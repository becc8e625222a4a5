//! Special functions that derivatives need and `libm` lacks.
#![no_std]
