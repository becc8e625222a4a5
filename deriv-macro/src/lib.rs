//! The macros of the `deriv` crate: tokens in, `deriv_core`, tokens out.
use proc_macro::TokenStream;

/// Differentiates the function it stands on. See the documentation of the `deriv` crate.
#[proc_macro_attribute]
pub fn derive_fn(attribute: TokenStream, item: TokenStream) -> TokenStream {
    deriv_core::expand(attribute.into(), item.into()).into()
}

/// Implements the trait `Reals` of the `deriv` crate for a struct. See there.
#[proc_macro_derive(Reals, attributes(reals))]
pub fn derive_reals(item: TokenStream) -> TokenStream {
    deriv_core::derive_reals(item.into()).into()
}
