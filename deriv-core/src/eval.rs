//! Evaluation of whole functions: the interpreter of regions, and what it asks of others.

pub(crate) mod oracle;
pub(crate) mod region;
