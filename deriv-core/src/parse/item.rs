//! What the attribute stands on: a function, its head alone where the body cannot be read, or something
//! that has no derivative.

use super::attribute;
use crate::errors::Errors;
use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, ItemFn, Signature, Visibility};

/// Groups nested deeper than this are refused: rustc itself gives up not far beyond, and no parser
/// recurses without a stack.
const MAX_GROUPS: usize = 200;

/// At most so many tokens may stand in a row without a `;`, `,` or group that could end the expression,
/// as a tree of expressions is as deep as its longest chain.
const MAX_CHAIN: usize = 50_000;

/// The function that the attribute stands on.
pub(crate) struct Item {
    pub function: ItemFn,
    /// Its body could be read; else it is left out of `function`.
    pub has_body: bool,
}

/// The function in `item`; none, with the error noted, where there is none to emit anything for.
pub(crate) fn read(item: &TokenStream, errors: &mut Errors) -> Option<Item> {
    let too_deep = too_deep(item.clone());
    if too_deep.is_none()
        && let Ok(function) = syn::parse2(item.clone())
    {
        check(&function, errors);
        return Some(Item { function, has_body: true });
    }
    let Some(function) = head(item.clone()) else {
        no_function(item, errors);
        return None;
    };
    let bodiless = |token: Option<TokenTree>| match token {
        Some(TokenTree::Punct(punct)) => punct.as_char() == ';',
        _ => false,
    };
    if let Some((token, message)) = too_deep {
        errors.at(token, message);
    } else if bodiless(item.clone().into_iter().last()) {
        errors.at(
            &function.sig.ident,
            format!(
                "`{0}` has no body to differentiate: annotate it where its body is, or declare its derivative \
                 `{0}_prime` beside it without the attribute",
                function.sig.ident
            ),
        );
        // In an `extern` block a stub would be an error of its own.
        function.sig.receiver()?;
    } else if let Err(error) = syn::parse2::<ItemFn>(item.clone()) {
        errors.push(error);
    }
    Some(Item { function, has_body: false })
}

/// What no derivative can be made for, although it is a function.
fn check(function: &ItemFn, errors: &mut Errors) {
    let sig = &function.sig;
    if let Some(token) = &sig.asyncness {
        errors.at(
            token,
            "an `async` function cannot be differentiated: move the computation into a function without `async`",
        );
    }
    if let syn::Safety::Unsafe(token) = &sig.safety {
        errors.at(
            token,
            "an `unsafe` function cannot be differentiated: move the computation into a safe function",
        );
    }
    if let Some(variadic) = &sig.variadic {
        errors
            .at(variadic, "a variadic function cannot be differentiated: give it a fixed list of parameters");
    }
}

/// Attributes, visibility and signature, whatever follows.
fn head(item: TokenStream) -> Option<ItemFn> {
    // The body is left away first, as even looking at it may be too deep.
    let mut tokens: Vec<TokenTree> = item.into_iter().collect();
    match tokens.last() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
            tokens.pop();
        }
        Some(TokenTree::Punct(punct)) if punct.as_char() == ';' => {
            tokens.pop();
        }
        _ => return None,
    }
    let stream: TokenStream = tokens.into_iter().collect();
    if too_deep(stream.clone()).is_some() {
        return None;
    }
    let parser = |input: ParseStream<'_>| {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis: Visibility = input.parse()?;
        let sig: Signature = input.parse()?;
        Ok((attrs, vis, sig))
    };
    let (attrs, vis, sig) = parser.parse2(stream).ok()?;
    let mut function: ItemFn = syn::parse_quote!(
        fn f() {}
    );
    function.attrs = attrs;
    function.vis = vis;
    function.sig = sig;
    Some(function)
}

/// The token at which code becomes deeper than can be parsed.
fn too_deep(code: TokenStream) -> Option<(TokenTree, String)> {
    let mut stack = vec![(code.into_iter(), 0_usize)];
    while let Some((stream, chain)) = stack.last_mut() {
        let Some(token) = stream.next() else {
            stack.pop();
            continue;
        };
        *chain += 1;
        match &token {
            TokenTree::Punct(punct) if matches!(punct.as_char(), ';' | ',') => *chain = 0,
            _ => {}
        }
        if *chain > MAX_CHAIN {
            let message = "this expression is too long: bind parts of it by `let` first";
            return Some((token, message.to_owned()));
        }
        if let TokenTree::Group(group) = &token {
            if stack.len() > MAX_GROUPS {
                let message = format!(
                    "code nested more than {MAX_GROUPS} groups deep is not supported: bind parts of it by `let` first"
                );
                return Some((token, message));
            }
            stack.push((group.stream().into_iter(), 0));
        }
    }
    None
}

fn no_function(item: &TokenStream, errors: &mut Errors) {
    const KINDS: &[(&str, &str)] = &[
        ("struct", "a struct"),
        ("enum", "an enum"),
        ("union", "a union"),
        ("impl", "an `impl` block"),
        ("trait", "a trait"),
        ("mod", "a module"),
        ("static", "a static"),
        ("const", "a constant"),
        ("type", "a type alias"),
        ("use", "an import"),
        ("extern", "an `extern` block"),
    ];
    let words = item.clone().into_iter().filter_map(|token| match token {
        TokenTree::Ident(ident) => Some(ident),
        _ => None,
    });
    for word in words {
        let Some((kind, what)) = KINDS.iter().find(|(kind, _)| word == kind) else { continue };
        let advice = match *kind {
            "impl" | "trait" | "mod" | "extern" => {
                "annotate each function in it that is to be differentiated"
            }
            "static" | "const" => "write a function",
            _ => "annotate a function",
        };
        errors.at(&word, format!("`derive_fn` differentiates functions, and this is {what}: {advice}"));
        return;
    }
    let first = item.clone().into_iter().next();
    errors.at(first, "`derive_fn` differentiates functions, and this is none: annotate a function");
}

/// The `derive_fn` attributes that the function bears besides the one being expanded, with the words in
/// them.
pub(crate) fn other_attributes(function: &ItemFn) -> Vec<(&Attribute, Vec<attribute::Product>)> {
    let ours = |attr: &&Attribute| attr.path().segments.last().is_some_and(|last| last.ident == "derive_fn");
    let products = |attr: &Attribute| {
        let tokens = match &attr.meta {
            syn::Meta::List(list) => list.tokens.clone(),
            _ => TokenStream::new(),
        };
        attribute::parse(tokens, &mut Errors::default()).products
    };
    function.attrs.iter().filter(ours).map(|attr| (attr, products(attr))).collect()
}

/// Notes products whose names are taken, and forgets them.
pub(crate) fn check_names(function: &ItemFn, products: &mut Vec<attribute::Product>, errors: &mut Errors) {
    let name = |product: &attribute::Product| crate::emit::product_name(function, product);
    let mut taken: Vec<(Ident, String)> =
        vec![(function.sig.ident.clone(), "the function itself".to_owned())];
    for (attr, others) in other_attributes(function) {
        errors.at(
            attr.to_token_stream(),
            "`derive_fn` stands here twice: write all words into one, as in `#[derive_fn(prime2, hessian)]`",
        );
        // The other attribute emits these; another stub would be a further error.
        products.retain(|product| !others.iter().any(|other| name(other) == name(product)));
    }
    products.retain(|product| {
        let this = name(product);
        if let Some((_, owner)) = taken.iter().find(|(name, _)| *name == this) {
            let at = product.name.as_ref().unwrap_or(&product.word);
            errors.at(at, format!("`{this}` is the name of {owner} already: choose another one"));
            return false;
        }
        taken.push((this, format!("`{}`", product.word)));
        true
    });
}
