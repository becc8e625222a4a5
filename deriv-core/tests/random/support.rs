//! What the generated programs link.
pub mod harness;
pub mod loops_harness;
pub mod oracle;
