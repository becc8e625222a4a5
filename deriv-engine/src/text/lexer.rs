//! Characters to tokens, for [`super::parser`].

use super::ParseError;
use std::ops::Range;

/// A piece of the text.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Token<'s> {
    Number(f64),
    /// A name or a path: `x`, `sin`, `std::f64::consts::PI`.
    Name(&'s str),
    /// An operator, a bracket or a keyword, in Rust's spelling where it has one.
    Sign(&'static str),
    /// An exponent in superscripts.
    Raised(i32),
    End,
}

/// What is written, and the sign it stands for; of two that match the longer is first.
const SIGNS: &[(&str, &str)] = &[
    ("**", "^"),
    ("<=", "<="),
    (">=", ">="),
    ("==", "=="),
    ("!=", "!="),
    ("&&", "&&"),
    ("+", "+"),
    ("-", "-"),
    ("−", "-"),
    ("*", "*"),
    ("·", "*"),
    ("×", "*"),
    ("⋅", "*"),
    ("/", "/"),
    ("÷", "/"),
    ("%", "%"),
    ("^", "^"),
    ("(", "("),
    (")", ")"),
    (",", ","),
    (".", "."),
    ("|", "|"),
    ("⌊", "⌊"),
    ("⌋", "⌋"),
    ("⌈", "⌈"),
    ("⌉", "⌉"),
    ("√", "√"),
    ("∛", "∛"),
    ("∜", "∜"),
    ("<", "<"),
    (">", ">"),
    ("≤", "<="),
    ("≥", ">="),
    ("=", "=="),
    ("≠", "!="),
    ("!", "!"),
];

/// Words that are no names.
const KEYWORDS: &[(&str, &str)] =
    &[("and", "&&"), ("or", "||"), ("not", "not"), ("if", "if"), ("else", "else"), ("where", "where")];

const RAISED: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/// The tokens with their places, `End` last.
pub(super) fn tokens(source: &str) -> Result<Vec<(Token<'_>, Range<usize>)>, ParseError> {
    let mut tokens = Vec::new();
    let mut at = 0;
    loop {
        at += source[at..].len() - source[at..].trim_start().len();
        let rest = &source[at..];
        let Some(first) = rest.chars().next() else { break };
        let (token, length) = if first.is_ascii_digit() {
            number(source, at)?
        } else if starts_name(first) {
            let name = name(rest);
            let keyword = KEYWORDS.iter().find(|(word, _)| *word == name);
            (keyword.map_or(Token::Name(name), |(_, sign)| Token::Sign(sign)), name.len())
        } else if first == '∞' {
            (Token::Number(f64::INFINITY), first.len_utf8())
        } else if first == '⁻' || RAISED.contains(first) {
            raised(source, at)?
        } else if let Some((written, sign)) = SIGNS.iter().find(|(written, _)| rest.starts_with(written)) {
            (Token::Sign(sign), written.len())
        } else {
            let message = format!("`{first}` has no meaning here");
            return Err(ParseError::new(source, at..at + first.len_utf8(), message));
        };
        tokens.push((token, at..at + length));
        at += length;
    }
    tokens.push((Token::End, source.len()..source.len()));
    Ok(tokens)
}

fn starts_name(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn continues_name(c: char) -> bool {
    (c.is_alphanumeric() && !RAISED.contains(c)) || c == '_' || c == '′'
}

/// The name or path that `rest` starts with.
fn name(rest: &str) -> &str {
    let segment = |from: usize| {
        let rest = &rest[from..];
        from + rest.find(|c| !continues_name(c)).unwrap_or(rest.len())
    };
    let mut end = segment(0);
    while let Some(tail) = rest[end..].strip_prefix("::")
        && tail.starts_with(starts_name)
    {
        end = segment(end + 2);
    }
    &rest[..end]
}

/// A number as Rust writes it: `2`, `1_000.0`, `1e-3`, `2.`, `2f64`.
fn number(source: &str, at: usize) -> Result<(Token<'_>, usize), ParseError> {
    let rest = &source[at..];
    let digits = |from: usize| {
        let tail = &rest[from..];
        from + tail.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(tail.len())
    };
    let mut end = digits(0);
    // `2.sin()` is a call.
    if let Some(fraction) = rest[end..].strip_prefix('.')
        && !fraction.starts_with(starts_name)
    {
        end = digits(end + 1);
    }
    if let Some(exponent) = rest[end..].strip_prefix(['e', 'E'])
        && exponent.strip_prefix(['+', '-']).unwrap_or(exponent).starts_with(|c: char| c.is_ascii_digit())
    {
        let sign = usize::from(exponent.starts_with(['+', '-']));
        end = digits(end + 1 + sign);
    }
    let written = &rest[..end];
    let suffix = name(&rest[end..]);
    let digits = written.replace('_', "");
    let value = match suffix {
        "" | "f64" | "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "usize" | "isize" => {
            digits.parse().ok()
        }
        "f32" => digits.parse().ok().map(|value: f32| f64::from(value)),
        _ => {
            let message =
                format!("no operator between `{written}` and `{suffix}`: write `{written}*{suffix}`");
            return Err(ParseError::new(source, at + end..at + end + suffix.len(), message));
        }
    };
    let length = end + suffix.len();
    match value {
        Some(value) => Ok((Token::Number(value), length)),
        None => Err(ParseError::new(source, at..at + length, format!("`{written}` is not a number"))),
    }
}

/// `²`, `⁻¹`.
fn raised(source: &str, at: usize) -> Result<(Token<'_>, usize), ParseError> {
    let rest = &source[at..];
    let digit = |c: char| RAISED.chars().position(|raised| raised == c);
    let sign = if rest.starts_with('⁻') { "-" } else { "" };
    let start = if sign.is_empty() { 0 } else { '⁻'.len_utf8() };
    let end = start + rest[start..].find(|c| digit(c).is_none()).unwrap_or(rest.len() - start);
    let digits: String = rest[start..end].chars().filter_map(digit).map(|d| d.to_string()).collect();
    match format!("{sign}{digits}").parse() {
        Ok(exponent) => Ok((Token::Raised(exponent), end)),
        Err(_) => {
            let message = format!("`{}` is not an exponent", &rest[..end]);
            Err(ParseError::new(source, at..at + end, message))
        }
    }
}
