//! `#[derive(Reals)]`: that a struct is made of real numbers of one type.

use crate::errors::Errors;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Item, ItemStruct, Member, Path, Type};

/// Expands to an implementation of the facade's trait `Reals`, or to what is wrong.
pub fn derive_reals(item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let implementation = implementation(item, &mut errors);
    let errors = errors.to_compile_errors();
    quote!(#implementation #errors)
}

fn implementation(item: TokenStream, errors: &mut Errors) -> Option<TokenStream> {
    let mut item = match syn::parse2(item) {
        Ok(Item::Struct(item)) => item,
        Ok(item) => {
            errors.at(item, "`Reals` is for structs: an enum or union is no list of numbers");
            return None;
        }
        Err(error) => {
            errors.push(error);
            return None;
        }
    };
    let facade = match facade(&item) {
        Ok(facade) => facade,
        Err(error) => {
            errors.push(error);
            return None;
        }
    };
    let Some(first) = item.fields.iter().next() else {
        errors.at(&item.ident, format!("`{}` has no numbers: give it a field", item.ident));
        return None;
    };
    let (name, first) = (&item.ident, &first.ty);
    let members: Vec<Member> = item.fields.members().collect();
    let types: Vec<&Type> = item.fields.iter().map(|field| &field.ty).collect();
    let number = quote!(<#first as #facade::Reals>::Number);
    let generic: Vec<Ident> = item.generics.type_params().map(|param| param.ident.clone()).collect();
    for name in generic {
        item.generics.make_where_clause().predicates.push(syn::parse_quote!(#name: #facade::Reals));
    }
    let (params, args, bounds) = item.generics.split_for_impl();
    Some(quote! {
        #[automatically_derived]
        impl #params #facade::Reals for #name #args #bounds {
            type Number = #number;
            const ZERO: Self = Self { #(#members: #facade::__zero::<#number, #types>()),* };

            #[inline]
            fn __update(&mut self, by: &Self, how: #facade::__memory::Update<Self::Number>) {
                #(#facade::__update::<#number, #types>(&mut self.#members, &by.#members, how);)*
            }
        }
    })
}

/// Where the facade is: elsewhere by `#[reals(crate = path)]`.
fn facade(item: &ItemStruct) -> syn::Result<Path> {
    let mut facade = syn::parse_quote!(::deriv);
    for attr in item.attrs.iter().filter(|attr| attr.path().is_ident("reals")) {
        attr.parse_nested_meta(|meta| match meta.path.is_ident("crate") {
            true => {
                facade = meta.value()?.parse()?;
                Ok(())
            }
            false => {
                Err(meta.error("the one option is `crate = path`, where the crate is when it is renamed"))
            }
        })?;
    }
    Ok(facade)
}
