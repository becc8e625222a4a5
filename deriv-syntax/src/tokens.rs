//! What tokens tell without being parsed.

use crate::hash::HashSet;
use crate::list::List;
use deriv_engine::ops::Op;
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

/// The tokens as code. Each kind of iterator that is collected to code is compiled through many layers; so all
/// are lists first.
pub fn stream(tokens: Vec<TokenTree>) -> TokenStream {
    tokens.into_iter().collect()
}

/// Pieces of code, one after the other.
pub fn joined(parts: Vec<TokenStream>) -> TokenStream {
    parts.into_iter().collect()
}

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

/// Whether the code may bind this name, by a parameter of a closure, `let`, `for`, an arm or a function: it means something
/// else there.
pub fn binds(code: TokenStream, name: &str) -> bool {
    // In the pattern of a `let` or `for`; between two bars; and whether an arm that may have begun has the name.
    let (mut pattern, mut bars, mut arm, mut last) = (false, false, false, ' ');
    for token in code {
        let mut char = ' ';
        let named = match &token {
            TokenTree::Group(group) if binds(group.stream(), name) => return true,
            TokenTree::Group(group) => all_identifiers(group.stream()).contains(name),
            TokenTree::Ident(word) if word == "fn" => return true,
            TokenTree::Ident(word) => {
                pattern = (pattern && word != "in") || word == "let" || word == "for";
                word == name && last != '.'
            }
            TokenTree::Punct(punct) => {
                char = punct.as_char();
                if char == '>' && last == '=' && arm {
                    return true;
                }
                pattern &= char != '=';
                arm &= char != ',';
                bars ^= char == '|';
                false
            }
            TokenTree::Literal(_) => false,
        };
        if named && (pattern || bars) {
            return true;
        }
        arm |= named;
        last = char;
    }
    false
}

/// Whether the code has the name for nothing but the variable, to read it, so that another name can take its place.
pub fn only_reads(code: TokenStream, name: &str) -> bool {
    !binds(code.clone(), name) && is_replaceable(code, name)
}

fn is_replaceable(code: TokenStream, name: &str) -> bool {
    let tokens = code.into_iter().list();
    let punct = |at: Option<usize>, char: char| match at.and_then(|at| tokens.get(at)) {
        Some(TokenTree::Punct(punct)) => punct.as_char() == char,
        _ => false,
    };
    tokens.iter().enumerate().all(|(i, token)| {
        let (last, before) = (i.checked_sub(1), i.checked_sub(2));
        match token {
            TokenTree::Group(group) => {
                // A macro may write names into text, and a struct's literal may name a field by the variable.
                let is_macro = punct(last, '!')
                    && matches!(before, Some(at) if matches!(tokens[at], TokenTree::Ident(_)));
                match group.delimiter() {
                    _ if is_macro => false,
                    Delimiter::Brace => !all_identifiers(group.stream()).contains(name),
                    _ => is_replaceable(group.stream(), name),
                }
            }
            TokenTree::Ident(ident) if ident == name => {
                let member = punct(last, '.') && !punct(before, '.');
                !member && !punct(Some(i + 1), ':')
            }
            _ => true,
        }
    })
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

/// What code shows about a type that is only known by its name.
#[derive(Default)]
pub struct Evidence {
    /// A value of it is built, or a field of one is read.
    pub of_struct: bool,
    /// A method of numbers is called on one of the variables of this type, or it is compared, or added to a literal and
    /// the like.
    pub of_number: bool,
}

/// What the code shows about the type of this name, which these variables have.
pub fn evidence(name: &str, variables: &[String], code: TokenStream) -> Evidence {
    let mut found = Evidence::default();
    let mut stack = vec![code];
    while let Some(stream) = stack.pop() {
        let tokens = stream.into_iter().list();
        for (i, token) in tokens.iter().enumerate() {
            let ident = match token {
                TokenTree::Group(group) => {
                    stack.push(group.stream());
                    continue;
                }
                TokenTree::Ident(ident) => ident,
                TokenTree::Punct(_) | TokenTree::Literal(_) => continue,
            };
            let before = i.checked_sub(1).map_or(String::new(), |before| tokens[before].to_string());
            let after = tokens.get(i + 1);
            if ident == name {
                let arrow = i.checked_sub(2).is_some_and(|at| tokens[at].to_string() == "-") && before == ">";
                let is_type = arrow || before == "as";
                // Not the type that a function returns, or that something is cast to, before a block.
                found.of_struct |= matches!(after, Some(TokenTree::Group(group))
                    if group.delimiter() != Delimiter::Bracket && !is_type);
            } else if variables.iter().any(|variable| ident == variable) {
                let next = after.map_or(String::new(), ToString::to_string);
                let member =
                    tokens.get(i + 2).filter(|_| next == ".").map_or(String::new(), ToString::to_string);
                let called = match tokens.get(i + 3) {
                    Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Parenthesis,
                    Some(TokenTree::Punct(colons)) => colons.as_char() == ':',
                    _ => false,
                };
                let is_range = tokens.get(i + 2).is_some_and(|token| token.to_string() == ".");
                let operators = ["+", "-", "*", "/", "%"];
                let is_literal = |at: Option<usize>| {
                    matches!(at.and_then(|at| tokens.get(at)), Some(TokenTree::Literal(_)))
                };
                found.of_number |= matches!(next.as_str(), "<" | ">");
                found.of_number |= operators.contains(&next.as_str()) && is_literal(Some(i + 2));
                found.of_number |= operators.contains(&before.as_str()) && is_literal(i.checked_sub(2));
                found.of_number |= called && Op::by_name(&member).is_some();
                found.of_struct |= next == "." && !called && !is_range;
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
