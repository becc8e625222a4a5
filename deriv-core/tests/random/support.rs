//! What the generated programs link.
pub mod harness;
pub mod oracle;
