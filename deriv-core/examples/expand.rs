//! Prints what `#[derive_fn]` makes of the functions in a file: `cargo run -p deriv-core --example
//! expand -- FILE`.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("which file?")?;
    let file = syn::parse_file(&std::fs::read_to_string(path)?)?;
    for item in file.items {
        let syn::Item::Fn(mut function) = item else { continue };
        let Some(place) = function.attrs.iter().position(|attr| attr.path().is_ident("derive_fn")) else {
            continue;
        };
        let attribute = match function.attrs.remove(place).meta {
            syn::Meta::List(list) => list.tokens,
            _ => Default::default(),
        };
        let expanded = deriv_core::expand(attribute, quote::quote!(#function));
        match syn::parse2(expanded.clone()) {
            Ok(file) => println!("{}", prettyplease::unparse(&file)),
            Err(error) => println!("{error}: {expanded}"),
        }
    }
    Ok(())
}
