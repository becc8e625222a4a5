//! What the attribute stands on: a function, its head alone where the body cannot be read, or something
//! that has no derivative.

use crate::attribute;
use crate::errors::Errors;
use crate::list::List;
use crate::tokens::stream;
use proc_macro2::{Delimiter, Ident, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, ItemFn, Signature, Visibility};

/// Code nested deeper than this, in groups and to the right as in `a = |b| -c`, is refused: no parser
/// recurses without a stack.
const MAX_DEPTH: usize = 96;

/// At most so many operators may stand in a row without a `;` or `,` between them: a chain of operators is
/// a tree as deep as it is long, and only its right-hand sides are visited without recursion.
const MAX_CHAIN: usize = 50_000;

/// The function that the attribute stands on.
pub struct Item {
    pub function: ItemFn,
    /// Its body could be read; else it is left out of `function`.
    pub has_body: bool,
}

/// The function in `item`; none, with the error noted, where there is none to emit anything for.
pub fn read(item: &TokenStream, errors: &mut Errors) -> Option<Item> {
    let too_deep = too_deep(item.clone());
    if too_deep.is_none()
        && let Ok(function) = syn::parse2(item.clone())
    {
        check(&function, errors);
        check_conditions(item, errors);
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

/// Refuses `#[cfg(…)]` and `#[cfg_attr(…)]` in the body: it is not known what they leave of it.
fn check_conditions(item: &TokenStream, errors: &mut Errors) {
    let Some(TokenTree::Group(body)) = item.clone().into_iter().last() else { return };
    for attribute in conditional_code(body.stream()) {
        errors.at(
            attribute,
            "which code there is, is not known here: inside the body `#[cfg]` is only supported on macros such as \
             `debug_assert!`; use `if cfg!(…)`, or put the attribute on the whole function",
        );
    }
}

/// The attributes `#[cfg(…)]` in the code that stand on anything but a macro.
fn conditional_code(code: TokenStream) -> Vec<TokenStream> {
    let attribute = |tokens: &[TokenTree]| match tokens {
        [TokenTree::Punct(hash), TokenTree::Group(group), ..] if hash.as_char() == '#' => {
            Some(group.stream())
        }
        _ => None,
    };
    let mut found = Vec::new();
    let mut stack = vec![code];
    while let Some(code) = stack.pop() {
        let tokens: Vec<TokenTree> = code.into_iter().list();
        for (i, token) in tokens.iter().enumerate() {
            if let TokenTree::Group(group) = token {
                stack.push(group.stream());
            }
            let Some(inner) = attribute(&tokens[i..]) else { continue };
            let word = inner.into_iter().next().map(|word| word.to_string());
            if !matches!(word.as_deref(), Some("cfg" | "cfg_attr")) {
                continue;
            }
            let mut next = i;
            while attribute(&tokens[next..]).is_some() {
                next += 2;
            }
            let path = tokens[next..].iter().take_while(|token| match token {
                TokenTree::Ident(_) => true,
                TokenTree::Punct(punct) => punct.as_char() == ':',
                _ => false,
            });
            let after = tokens.get(next + path.count());
            let is_macro = matches!(after, Some(TokenTree::Punct(punct)) if punct.as_char() == '!');
            if !is_macro {
                found.push(stream(tokens[i..i + 2].to_vec()));
            }
        }
    }
    found
}

/// Attributes, visibility and signature, whatever follows.
fn head(item: TokenStream) -> Option<ItemFn> {
    // The body is left away first, as even looking at it may be too deep.
    let mut tokens: Vec<TokenTree> = item.into_iter().list();
    match tokens.last() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
            tokens.pop();
        }
        Some(TokenTree::Punct(punct)) if punct.as_char() == ';' => {
            tokens.pop();
        }
        _ => return None,
    }
    let stream = stream(tokens);
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

/// A list of tokens that is being looked through.
struct Level {
    tokens: std::iter::Peekable<proc_macro2::token_stream::IntoIter>,
    /// Operators since the last `;` or `,`.
    chain: usize,
    /// The token before.
    before: Before,
    /// Operators among them that what follows is nested in.
    nested: usize,
}

/// What stands before an operator.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    /// Something it can apply to.
    Operand,
    /// A part of the same operator.
    Joint,
    Other,
}

/// The token at which code becomes deeper than can be parsed.
fn too_deep(code: TokenStream) -> Option<(TokenTree, String)> {
    let level = |stream: TokenStream| Level {
        tokens: stream.into_iter().peekable(),
        chain: 0,
        before: Before::Other,
        nested: 0,
    };
    let mut stack = vec![level(code)];
    // The sum over all levels.
    let mut nested = 0;
    while let Some(top) = stack.last_mut() {
        let Some(token) = top.tokens.next() else {
            nested -= top.nested;
            stack.pop();
            continue;
        };
        top.chain += usize::from(matches!(token, TokenTree::Punct(_)));
        let ended = match &token {
            TokenTree::Punct(punct) => matches!(punct.as_char(), ';' | ','),
            // A block ends a statement, unless `else` or an operator follows.
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                !matches!(top.tokens.peek(), Some(TokenTree::Punct(_)))
                    && !matches!(top.tokens.peek(), Some(TokenTree::Ident(ident)) if ident == "else")
            }
            _ => false,
        };
        if ended {
            nested -= top.nested;
            (top.chain, top.nested) = (0, 0);
        } else if opens(top.before, &token, top.tokens.peek()) {
            nested += 1;
            top.nested += 1;
        }
        top.before = match &token {
            TokenTree::Punct(punct) if punct.spacing() == Spacing::Joint => Before::Joint,
            TokenTree::Punct(_) => Before::Other,
            _ => Before::Operand,
        };
        if top.chain > MAX_CHAIN {
            let message = "this expression is too long: bind parts of it by `let` first";
            return Some((token, message.to_owned()));
        }
        let depth = stack.len() + nested;
        if depth > MAX_DEPTH {
            let message = format!(
                "code nested more than {MAX_DEPTH} levels deep is not supported: bind parts of it by `let` first"
            );
            return Some((token, message));
        }
        if let TokenTree::Group(group) = token {
            stack.push(level(group.stream()));
        }
    }
    None
}

/// Whether what follows the token may be nested in it without a group.
fn opens(before: Before, token: &TokenTree, next: Option<&TokenTree>) -> bool {
    match token {
        TokenTree::Ident(ident) => {
            ["else", "return", "break", "move", "static", "const", "mut", "dyn", "yield", "fn", "let"]
                .iter()
                .any(|word| ident == word)
        }
        // An operator after an operand takes one operand only, and is no prefix.
        TokenTree::Punct(punct) => match punct.as_char() {
            // A comparison or an arm of a `match` is no assignment, and between two operands a `|` begins
            // no closure.
            '=' => {
                before != Before::Joint
                    && !matches!(next, Some(TokenTree::Punct(next)) if matches!(next.as_char(), '=' | '>'))
            }
            '|' => before == Before::Other,
            '-' | '&' | '*' | '!' | '.' | '<' => matches!(next, Some(TokenTree::Punct(_))),
            _ => false,
        },
        _ => false,
    }
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
pub fn other_attributes(function: &ItemFn) -> Vec<(&Attribute, Vec<attribute::Product>)> {
    let ours = |attr: &&Attribute| attr.path().segments.last().is_some_and(|last| last.ident == "derive_fn");
    let products = |attr: &Attribute| {
        let tokens = match &attr.meta {
            syn::Meta::List(list) => list.tokens.clone(),
            _ => TokenStream::new(),
        };
        let mut options = attribute::parse(tokens, &mut Errors::default());
        options.imply_prime();
        options.products
    };
    function.attrs.iter().filter(ours).each(|attr| (attr, products(attr)))
}

/// Notes products whose names are taken, and forgets them.
pub fn check_names(function: &ItemFn, products: &mut Vec<attribute::Product>, errors: &mut Errors) {
    let name = |product: &attribute::Product| product.function_name(function);
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
