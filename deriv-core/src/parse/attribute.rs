//! The words and options of `#[derive_fn(…)]`.

use crate::errors::Errors;
use proc_macro2::TokenStream;
use quote::format_ident;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Ident, Path, Token, parenthesized};

/// What the user asked for.
pub(crate) struct Options {
    pub products: Vec<Product>,
    /// The variables by name; all real parameters if absent.
    pub wrt: Option<Vec<Ident>>,
    pub mode: Option<Mode>,
    /// Functions that cannot be annotated, with their derivatives.
    pub derivatives: Vec<(Path, Path)>,
    /// The box over which the emitted test samples.
    pub test: Option<Test>,
    /// Where the facade is.
    pub facade: Path,
}

pub(crate) struct Test {
    pub word: Ident,
    pub ranges: Vec<(Ident, syn::Expr)>,
}

/// One function to emit.
#[derive(Clone)]
pub(crate) struct Product {
    pub kind: ProductKind,
    /// The word as the user wrote it, for errors; the attribute itself for the implied `prime`.
    pub word: Ident,
    /// The name asked for, if it is not function and word.
    pub name: Option<Ident>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ProductKind {
    /// The derivative of this order; 1 is `prime`.
    Prime(u32),
    ValueAndPrime,
    Hessian,
    Jvp,
    Vjp,
    Hvp,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mode {
    Forward,
    Reverse,
}

/// Higher orders than this are refused: their formulas grow without bound.
const MAX_ORDER: u32 = 12;

impl ProductKind {
    fn from_word(word: &str) -> Option<ProductKind> {
        Some(match word {
            "prime" => ProductKind::Prime(1),
            "value_and_prime" => ProductKind::ValueAndPrime,
            "hessian" => ProductKind::Hessian,
            "jvp" => ProductKind::Jvp,
            "vjp" => ProductKind::Vjp,
            "hvp" => ProductKind::Hvp,
            _ => {
                let order: u32 = word.strip_prefix("prime")?.parse().ok()?;
                return (order >= 2).then_some(ProductKind::Prime(order));
            }
        })
    }

    /// The suffix of the function's name.
    pub fn suffix(self) -> String {
        match self {
            ProductKind::Prime(1) => "prime".to_owned(),
            ProductKind::Prime(order) => format!("prime{order}"),
            ProductKind::ValueAndPrime => "value_and_prime".to_owned(),
            ProductKind::Hessian => "hessian".to_owned(),
            ProductKind::Jvp => "jvp".to_owned(),
            ProductKind::Vjp => "vjp".to_owned(),
            ProductKind::Hvp => "hvp".to_owned(),
        }
    }
}

const WORDS: &str = "`prime`, `value_and_prime`, `prime2`, `prime3`, …, `hessian`, `jvp`, `vjp`, `hvp`, \
                     `wrt(…)`, `mode = forward`, `mode = reverse`, `derivative(f = f_prime)`, `test(…)` \
                     and `crate = path`";

pub(crate) fn parse(attribute: TokenStream, errors: &mut Errors) -> Options {
    let mut options = Options {
        products: Vec::new(),
        wrt: None,
        mode: None,
        derivatives: Vec::new(),
        test: None,
        facade: syn::parse_quote!(::deriv),
    };
    let parser = |input: ParseStream<'_>| {
        while !input.is_empty() {
            option(input, &mut options, errors)?;
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    };
    if let Err(error) = parser.parse2(attribute) {
        errors.push(error);
    }
    if !options.products.iter().any(|product| product.kind == ProductKind::Prime(1)) {
        let word = format_ident!("prime");
        options.products.insert(0, Product { kind: ProductKind::Prime(1), word, name: None });
    }
    options
}

fn option(input: ParseStream<'_>, options: &mut Options, errors: &mut Errors) -> syn::Result<()> {
    if input.peek(Token![crate]) {
        input.parse::<Token![crate]>()?;
        input.parse::<Token![=]>()?;
        options.facade = input.call(Path::parse_mod_style)?;
        return Ok(());
    }
    let word: Ident = input.parse()?;
    match word.to_string().as_str() {
        "wrt" => {
            let content;
            parenthesized!(content in input);
            let names: syn::punctuated::Punctuated<Ident, Token![,]> =
                content.parse_terminated(Ident::parse_any, Token![,])?;
            if options.wrt.is_some() {
                errors.at(&word, "`wrt` is given twice");
            }
            if names.is_empty() {
                errors.at(&word, "`wrt()` names no variable: name at least one parameter, as in `wrt(x)`");
            }
            options.wrt = Some(names.into_iter().collect());
        }
        "mode" => {
            input.parse::<Token![=]>()?;
            let mode: Ident = input.parse()?;
            if options.mode.is_some() {
                errors.at(&word, "`mode` is given twice");
            }
            options.mode = match mode.to_string().as_str() {
                "forward" => Some(Mode::Forward),
                "reverse" => Some(Mode::Reverse),
                _ => {
                    errors.at(&mode, "the mode is `forward` or `reverse`");
                    None
                }
            };
        }
        "derivative" => {
            let content;
            parenthesized!(content in input);
            while !content.is_empty() {
                let function = content.call(Path::parse_mod_style)?;
                content.parse::<Token![=]>()?;
                options.derivatives.push((function, content.call(Path::parse_mod_style)?));
                if !content.is_empty() {
                    content.parse::<Token![,]>()?;
                }
            }
        }
        "test" => {
            let content;
            parenthesized!(content in input);
            let mut ranges = Vec::new();
            while !content.is_empty() {
                let name: Ident = content.parse()?;
                content.parse::<Token![in]>()?;
                ranges.push((name, content.parse()?));
                if !content.is_empty() {
                    content.parse::<Token![,]>()?;
                }
            }
            options.test = Some(Test { word, ranges });
        }
        text => {
            let name = match input.peek(Token![=]) {
                true => {
                    input.parse::<Token![=]>()?;
                    Some(input.parse()?)
                }
                false => None,
            };
            match ProductKind::from_word(text) {
                Some(ProductKind::Prime(order)) if order > MAX_ORDER => {
                    errors.at(&word, format!("derivatives are emitted up to order {MAX_ORDER}"));
                }
                Some(kind) if options.products.iter().any(|product| product.kind == kind) => {
                    errors.at(&word, format!("`{text}` is asked for twice"));
                }
                Some(kind) => options.products.push(Product { kind, word, name }),
                None => errors.at(&word, format!("`derive_fn` does not know `{text}`; it knows {WORDS}")),
            }
        }
    }
    Ok(())
}
