//! Expansion is linear in the size of the function, in what it writes and in what it does, and does
//! not depend on the stack.

use proc_macro2::{TokenStream, TokenTree};
use std::fmt::Write;

/// `let a1 = a0.sin()*a0 + 0.5; …`
fn chain(lets: usize) -> String {
    let mut text = "fn chain(a0: f64) -> f64 {".to_owned();
    for i in 1..=lets {
        write!(text, "let a{i} = a{p}.sin() * a{p} + 0.5;", p = i - 1).expect("a string takes all");
    }
    write!(text, "a{lets} }}").expect("a string takes all");
    text
}

/// `1.0 * (1.0 * x).sin() + 2.0 * (2.0 * x).sin() + …`
fn sum(terms: usize) -> String {
    let terms: Vec<String> = (1..=terms).map(|i| format!("{i}.0 * ({i}.5 * x).sin()")).collect();
    format!("fn sum(x: f64, y: f64) -> f64 {{ y * ({}) }}", terms.join(" + "))
}

/// An `if` after the other, each adding to a sum.
fn branches(count: usize) -> String {
    let one = |i| format!("if x > {i}.0 {{ s += x * {i}.5; }} else {{ s = s * x.cos(); }}");
    let statements: Vec<String> = (0..count).map(one).collect();
    format!("fn branches(x: f64) -> f64 {{ let mut s = x; {} s }}", statements.concat())
}

/// The tokens of all products, groups and what is in them.
fn size(attribute: &str, function: &str) -> usize {
    let parse = |text: &str| text.parse::<TokenStream>().expect("tokens");
    let expanded = deriv_core::expand(parse(attribute), parse(function));
    let mut pending = vec![expanded];
    let mut count = 0;
    while let Some(tokens) = pending.pop() {
        for token in tokens {
            count += 1;
            match token {
                TokenTree::Group(group) => pending.push(group.stream()),
                TokenTree::Ident(ident) => assert_ne!(ident, "compile_error", "{attribute}"),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
    count
}

#[track_caller]
fn grows_linearly(attribute: &str, function: fn(usize) -> String, small: usize, large: usize) {
    let growth = size(attribute, &function(large)) as f64 / size(attribute, &function(small)) as f64;
    // Large functions are simplified less, which may cost a little.
    let bound = 1.15 * large as f64 / small as f64;
    assert!(growth <= bound, "{large} instead of {small}: {growth:.2} times the tokens");
}

#[test]
fn chains() {
    for attribute in ["value_and_prime", "jvp", "vjp", "prime2"] {
        grows_linearly(attribute, chain, 100, 500);
    }
}

#[test]
fn sums() {
    for attribute in ["mode = forward", "mode = reverse", "vjp"] {
        grows_linearly(attribute, sum, 100, 500);
    }
}

#[test]
fn branches_one_after_the_other() {
    for attribute in ["", "vjp"] {
        grows_linearly(attribute, branches, 10, 100);
    }
}

/// rustc's own stack is of 8 MB, and it gives up at some 5,000 chained terms.
#[test]
fn what_rustc_can_take_fits_on_its_stack() {
    on_a_stack(8 << 20, || {
        size("", &chain(1000));
        size("mode = forward", &sum(5_000));
    });
}

#[test]
fn sums_beyond_what_rustc_can_take() {
    on_a_stack(2 << 20, || {
        let terms: Vec<String> = (1..=10_000).map(|i| format!("{i}.5 * x")).collect();
        size("", &format!("fn sum(x: f64) -> f64 {{ {} }}", terms.join(" + ")));
    });
}

#[test]
fn longer_ones_are_refused() {
    let attribute = TokenStream::new();
    let function = sum(40_000).parse().expect("tokens");
    let expanded = deriv_core::expand(attribute, function).to_string();
    assert!(expanded.contains("this expression is too long"));
}

fn on_a_stack(size: usize, work: fn()) {
    let thread = std::thread::Builder::new().stack_size(size).spawn(work).expect("a thread starts");
    thread.join().expect("the stack suffices");
}
