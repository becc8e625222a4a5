//! What tokens tell without being parsed.

use crate::hash::HashSet;
use crate::list::List;
use proc_macro2::{TokenStream, TokenTree};

/// Methods of lists that change how long they are.
const GROWS: &[&str] = &[
    "push",
    "pop",
    "clear",
    "truncate",
    "extend",
    "extend_from_slice",
    "insert",
    "remove",
    "swap_remove",
    "resize",
    "append",
    "drain",
    "retain",
];

/// Every identifier in the code but for fields and methods.
pub fn all_identifiers(code: TokenStream) -> HashSet<String> {
    let mut found = HashSet::default();
    let mut stack = vec![code];
    while let Some(stream) = stack.pop() {
        let mut after_dot = false;
        for token in stream {
            let member = std::mem::take(&mut after_dot);
            match token {
                TokenTree::Group(group) => stack.push(group.stream()),
                TokenTree::Ident(ident) if !member => {
                    found.insert(ident.to_string());
                }
                TokenTree::Punct(punct) => after_dot = punct.as_char() == '.' && !member,
                TokenTree::Ident(_) | TokenTree::Literal(_) => {}
            }
        }
    }
    found
}

/// The names of variables that have elements added or taken away in the code.
pub fn grown(code: TokenStream) -> HashSet<String> {
    let mut found = HashSet::default();
    let mut stack = vec![code];
    while let Some(stream) = stack.pop() {
        let tokens = stream.into_iter().list();
        for (i, token) in tokens.iter().enumerate() {
            match (token, tokens.get(i + 1), tokens.get(i + 2)) {
                (TokenTree::Group(group), ..) => stack.push(group.stream()),
                (TokenTree::Ident(name), Some(TokenTree::Punct(dot)), Some(TokenTree::Ident(method)))
                    if dot.as_char() == '.' && GROWS.iter().any(|name| method == name) =>
                {
                    found.insert(name.to_string());
                }
                _ => {}
            }
        }
    }
    found
}

/// Tokens without the spaces that only separate them.
pub fn readable(code: &str) -> String {
    let mut text = code.to_owned();
    for (spaced, tight) in [
        (" . ", "."),
        (" :: ", "::"),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        (" [", "["),
        ("[ ", "["),
        (" ]", "]"),
        (" ,", ","),
        ("& ", "&"),
    ] {
        text = text.replace(spaced, tight);
    }
    text
}
