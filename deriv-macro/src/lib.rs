//! The `#[derive_fn]` attribute: tokens in, `deriv_core::expand`, tokens out.
use proc_macro::TokenStream;

/// Differentiates the function it stands on. See the documentation of the `deriv` crate.
#[proc_macro_attribute]
pub fn derive_fn(attribute: TokenStream, item: TokenStream) -> TokenStream {
    deriv_core::expand(attribute.into(), item.into()).into()
}
