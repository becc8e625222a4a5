//! What the attribute expands to, as text that people have read. `UPDATE=1` writes the files anew; look
//! at the difference before you commit it.

use quote::quote;
use std::path::Path;

/// Compares the expansion of every annotated function in `expansions/NAME.in.rs` with `NAME.out.rs`.
fn check(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expansions");
    let source = std::fs::read_to_string(folder.join(format!("{name}.in.rs"))).unwrap();
    let mut found = String::new();
    for item in syn::parse_file(&source).unwrap().items {
        let syn::Item::Fn(mut function) = item else { continue };
        let place = function.attrs.iter().position(|attr| attr.path().is_ident("derive_fn"));
        let attribute = match function.attrs.remove(place.expect("an annotated function")).meta {
            syn::Meta::List(list) => list.tokens,
            _ => Default::default(),
        };
        let tokens = deriv_core::expand(attribute.clone(), quote!(#function));
        assert_eq!(
            tokens.to_string(),
            deriv_core::expand(attribute, quote!(#function)).to_string(),
            "the same input gives the same tokens"
        );
        let mut file: syn::File = syn::parse2(tokens).unwrap();
        let first = file.items.remove(0);
        assert_eq!(
            quote!(#first).to_string(),
            quote!(#function).to_string(),
            "the function itself is not touched"
        );
        found.push_str(&prettyplease::unparse(&file));
        found.push('\n');
    }
    let path = folder.join(format!("{name}.out.rs"));
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, found).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = found.lines().zip(expected.lines()).position(|(a, b)| a != b);
    let line = differs.unwrap_or(found.lines().count().min(expected.lines().count()));
    assert!(
        found == expected,
        "{} differs from line {} on: now\n{}",
        path.display(),
        line + 1,
        found.lines().skip(line.saturating_sub(3)).take(12).collect::<Vec<_>>().join("\n")
    );
}

macro_rules! expansions {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            check(stringify!($name));
        }
    )*};
}

expansions! { arrays loops memory formulas products branches statements passive calls }
