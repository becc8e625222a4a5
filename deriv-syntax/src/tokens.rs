//! What tokens tell without being parsed.

use crate::hash::HashSet;
use crate::list::List;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

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

/// Whether the code builds a value of the type of that name, or reads a field of one of these variables, so that the
/// type is a struct.
pub fn is_struct(name: &str, variables: &[String], code: TokenStream) -> bool {
    let mut stack = vec![code];
    while let Some(stream) = stack.pop() {
        let tokens = stream.into_iter().list();
        for (i, token) in tokens.iter().enumerate() {
            let before = i.checked_sub(1).map(|before| tokens[before].to_string());
            let found = match (token, tokens.get(i + 1), tokens.get(i + 2)) {
                (TokenTree::Group(group), ..) => {
                    stack.push(group.stream());
                    false
                }
                // Not the type that a function returns, or that something is cast to, before a block.
                (TokenTree::Ident(ident), Some(TokenTree::Group(group)), _) if ident == name => {
                    let builds = [Delimiter::Brace, Delimiter::Parenthesis].contains(&group.delimiter());
                    builds && !matches!(before.as_deref(), Some(">" | "as"))
                }
                (TokenTree::Ident(ident), Some(TokenTree::Punct(dot)), Some(TokenTree::Ident(_))) => {
                    let calls = match tokens.get(i + 3) {
                        Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Parenthesis,
                        Some(TokenTree::Punct(colons)) => colons.as_char() == ':',
                        _ => false,
                    };
                    dot.as_char() == '.' && !calls && variables.iter().any(|variable| ident == variable)
                }
                _ => false,
            };
            if found {
                return true;
            }
        }
    }
    false
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
