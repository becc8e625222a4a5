//! Collecting into lists.

/// Collects into a `Vec`.
pub(crate) trait List: Iterator + Sized {
    /// What `collect` does, in one plain loop: the standard library's many layers, which make optimised
    /// code fast, are compiled anew for each iterator there is, and took half the time that this crate takes
    /// to build.
    fn list(self) -> Vec<Self::Item> {
        let mut list = Vec::new();
        for item in self {
            list.push(item);
        }
        list
    }
}

impl<I: Iterator> List for I {}
