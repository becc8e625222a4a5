//! Collects every error of one function, each at its tokens, so that they are reported together.

use crate::list::List;
use crate::tokens::joined;
use proc_macro2::TokenStream;
use quote::ToTokens;

/// The errors found so far.
#[derive(Default)]
pub struct Errors {
    found: Vec<syn::Error>,
}

impl Errors {
    /// Notes what is wrong with `tokens`, and what to write instead.
    pub fn at(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.at_all(&tokens, message.to_string());
    }

    /// The same, compiled once.
    fn at_all(&mut self, tokens: &dyn ToTokens, message: String) {
        self.found.push(syn::Error::new_spanned(tokens, message));
    }

    /// Notes an error of syn's.
    pub fn push(&mut self, error: syn::Error) {
        self.found.push(error);
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.found.len()
    }

    /// Forgets those after the first `len`.
    pub fn truncate(&mut self, len: usize) {
        self.found.truncate(len);
    }

    /// The `compile_error!`s for all of them.
    pub fn to_compile_errors(&self) -> TokenStream {
        joined(self.found.iter().each(syn::Error::to_compile_error))
    }
}
