//! The operations of what is emitted for the kernels, beside those of the code that computer algebra systems
//! make (`benches/algebra`): they may only go down. `UPDATE=1` writes those that are taken now, and
//! `cargo test -p deriv-core --test operations -- --nocapture` prints the table.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use std::collections::HashMap;
use std::fmt::Write;
use std::fs;

const PLACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../benches");

/// The functions of the kernels with their attributes.
fn kernels() -> HashMap<String, (TokenStream, TokenStream)> {
    let mut kernels = HashMap::new();
    for file in ["scalar", "several", "space"] {
        let text = fs::read_to_string(format!("{PLACE}/kernels/{file}.rs")).expect("the kernels are there");
        for item in syn::parse_file(&text).expect("they are Rust").items {
            let syn::Item::Fn(mut function) = item else { continue };
            let is_ours = |attr: &syn::Attribute| attr.path().is_ident("derive_fn");
            let Some(place) = function.attrs.iter().position(is_ours) else { continue };
            let attribute = match function.attrs.remove(place).meta {
                syn::Meta::List(list) => list.tokens,
                _ => quote!(),
            };
            kernels.insert(function.sig.ident.to_string(), (attribute, function.to_token_stream()));
        }
    }
    kernels
}

/// Arithmetic and calls, as `12+3`.
fn read(text: &str) -> Option<(u64, u64)> {
    let (arithmetic, calls) = text.split_once('+')?;
    Some((arithmetic.parse().ok()?, calls.parse().ok()?))
}

#[test]
fn operations_are_no_more_than_they_were() {
    let path = format!("{PLACE}/algebra/operations.csv");
    let text = fs::read_to_string(&path).expect("the numbers are there");
    let kernels = kernels();
    let mut lines = text.lines();
    let mut updated = format!("{}\n", lines.next().unwrap_or_default());
    let mut worse = String::new();
    println!("{:26} {:>8} {:>8} {:>9} {:>8}", "", "deriv", "SymPy", "SymEngine", "CasADi");
    for line in lines {
        let [name, product, most, others @ ..] = &Vec::from_iter(line.split(','))[..] else {
            panic!("{line}");
        };
        let (attribute, function) = kernels[*name].clone();
        let operations = deriv_core::interpret(attribute, function, false, |function| {
            function.product(product, true).map(|product| product.operations())
        });
        let operations = operations.expect("it is differentiated").expect("it is asked for");
        let found = (operations.arithmetic, operations.calls);
        let shown = format!("{}+{}", found.0, found.1);
        let [sympy, symengine, casadi] = others else { panic!("{line}") };
        println!("{:26} {shown:>8} {sympy:>8} {symengine:>9} {casadi:>8}", format!("{name}, {product}"));
        writeln!(updated, "{name},{product},{shown},{}", others.join(",")).expect("a string takes all");
        // A call is taken to cost ten operations.
        let price = |(arithmetic, calls)| arithmetic + 10 * calls;
        if read(most).is_none_or(|most| price(found) > price(most)) {
            writeln!(worse, "{name}, {product}: {shown} instead of {most}").expect("a string takes all");
        }
    }
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, updated).expect("the file can be written");
    } else {
        assert!(worse.is_empty(), "{worse}");
    }
}
