//! Whatever tokens the macro is given, it does not panic, it ends, and it emits the user's item first.

use proc_macro2::{Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::quote;

/// Functions that use everything the macro knows.
fn corpus() -> Vec<(TokenStream, TokenStream)> {
    vec![
        (
            quote!(prime2, hessian, jvp, vjp, hvp),
            quote!(
                fn f(x: f64) -> f64 {
                    3.0 * x.powi(2) + 2.0 * x + 1.0
                }
            ),
        ),
        (
            quote!(value_and_prime, hessian, wrt(x, y)),
            quote! {
                pub fn rosen(x: f64, y: f64, k: f64) -> f64 {
                    let a = 1.0 - x;
                    let (b, c) = (y - x * x, k);
                    a * a + c * b * b
                }
            },
        ),
        (
            quote!(value_and_prime, mode = reverse),
            quote! {
                fn branches(x: f64, n: i32) -> f64 {
                    let mut s = 0.0;
                    if x < 0.0 { return -x; }
                    if x > 2.0 && n > 1 { s += x.sin(); } else if x > 1.0 { s = x * x; }
                    let k = match n { 0 | 1 => 2.0, 2..=5 if s > 3.0 => 3.0 * x, _ => x.powi(n) };
                    println!("{s} {}", k);
                    s * k
                }
            },
        ),
        (
            quote!(prime = slope, jvp, vjp, hvp),
            quote! {
                fn polar(r#type: f64, theta: f64) -> (f64, [f64; 2]) {
                    let (s, c) = theta.sin_cos();
                    let r = r#type;
                    let square = |v: f64| { let w = v * v; w + 1.0 };
                    fn cube(v: f64) -> f64 { v * v * v }
                    (square(r) * c, [r * s, cube(r)])
                }
            },
        ),
        (
            quote!(derivative(libm::foo = foo_prime), crate = other),
            quote! {
                const fn calls<T: Float>(&self, x: T, v: &[f64]) -> T where T: Copy {
                    const K: f64 = 2.0;
                    let mut a = [x, x * self.k, T::sin(x)];
                    a[1] = g(a[0], v[2]) + self.h(x);
                    let Some(y) = v.first() else { return x };
                    if let Some(z) = v.last() { a[2] *= *z as T; }
                    unsafe { danger() };
                    for i in 0..3 { count(i); }
                    a[0] + a[1] - a[2] / (x as f32 as f64).max(*y) % 2.0
                }
            },
        ),
        (
            quote!(test(x in -2.0..2.0), prime3),
            quote!(
                fn wrong(x: f64) -> f64 {
                    let v = vec![x];
                    v.iter().map(|y| y * x).sum::<f64>() + dbg!(x)?
                }
            ),
        ),
    ]
}

/// A small generator of numbers, for the same mutations in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n.max(1) as u64) as usize
    }
}

fn trees(stream: TokenStream) -> Vec<TokenTree> {
    stream.into_iter().collect()
}

/// All streams that differ by one token deleted, doubled, swapped with the next or replaced, at the place
/// with the number `at`, counted through all groups.
fn mutate(stream: TokenStream, at: &mut usize, how: usize, other: &TokenTree) -> TokenStream {
    let tokens = trees(stream);
    let mut out: Vec<TokenTree> = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        let here = *at == 0;
        *at = at.wrapping_sub(1);
        let mut token = tokens[i].clone();
        if let TokenTree::Group(group) = &token
            && !here
        {
            token = TokenTree::Group(Group::new(group.delimiter(), mutate(group.stream(), at, how, other)));
        }
        match (here, how) {
            (true, 0) => {}
            (true, 1) => out.extend([token.clone(), token]),
            (true, 2) if i + 1 < tokens.len() => {
                out.extend([tokens[i + 1].clone(), token]);
                i += 1;
            }
            (true, 3) => out.push(other.clone()),
            // Everything after this place is cut off, in this group.
            (true, 4) => return out.into_iter().collect(),
            _ => out.push(token),
        }
        i += 1;
    }
    out.into_iter().collect()
}

fn count(stream: TokenStream) -> usize {
    trees(stream)
        .into_iter()
        .map(|token| match token {
            TokenTree::Group(group) => 1 + count(group.stream()),
            _ => 1,
        })
        .sum()
}

/// Expands, and checks what comes out.
fn check(attribute: TokenStream, item: TokenStream) {
    let out = deriv_core::expand(attribute, item.clone());
    let (item, out) = (trees(item), trees(out));
    assert!(out.len() >= item.len(), "the item is not emitted");
    for (is, was) in out.iter().zip(&item) {
        assert_eq!(is.to_string(), was.to_string(), "the item is changed");
    }
    let rest: TokenStream = out[item.len()..].iter().cloned().collect();
    if let Ok(function) = syn::parse2::<syn::ItemFn>(item.into_iter().collect()) {
        // What is emitted for a function parses, and there is something of it.
        let has_self = function.sig.receiver().is_some();
        let file = if has_self { quote!(impl S { #rest }) } else { rest.clone() };
        if let Err(error) = syn::parse2::<syn::File>(file) {
            panic!("{error} in what is emitted for {}: {rest}", quote!(#function));
        }
        assert!(!rest.is_empty());
    }
}

#[test]
fn no_mutation_makes_it_panic() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let corpus = corpus();
    let pool: Vec<TokenTree> = corpus
        .iter()
        .flat_map(|(attribute, item)| {
            let braces = trees(item.clone()).pop().into_iter();
            let body = braces.flat_map(|token| match token {
                TokenTree::Group(group) => trees(group.stream()),
                _ => Vec::new(),
            });
            trees(attribute.clone()).into_iter().chain(trees(item.clone())).chain(body).collect::<Vec<_>>()
        })
        .collect();
    for (attribute, item) in &corpus {
        check(attribute.clone(), item.clone());
        for at in 0..count(item.clone()) {
            for _ in 0..2 {
                let (how, other) = (random.below(5), &pool[random.below(pool.len())]);
                check(attribute.clone(), mutate(item.clone(), &mut { at }, how, other));
            }
        }
        for at in 0..count(attribute.clone()) {
            for how in 0..5 {
                let other = &pool[random.below(pool.len())];
                check(mutate(attribute.clone(), &mut { at }, how, other), item.clone());
            }
        }
    }
}

#[test]
fn several_mutations_at_once() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let corpus = corpus();
    for _ in 0..300 {
        let (attribute, mut item) = corpus[random.below(corpus.len())].clone();
        let (_, donor) = &corpus[random.below(corpus.len())];
        let pool = trees(donor.clone());
        for _ in 0..1 + random.below(4) {
            let other = &pool[random.below(pool.len())];
            let at = random.below(count(item.clone()));
            item = mutate(item, &mut { at }, random.below(5), other);
        }
        check(attribute, item);
    }
}

// Depth and length.

fn ident(name: &str) -> TokenTree {
    TokenTree::Ident(Ident::new(name, Span::call_site()))
}

fn punct(c: char) -> TokenTree {
    TokenTree::Punct(Punct::new(c, Spacing::Alone))
}

fn function(body: TokenStream) -> TokenStream {
    quote!(fn f(x: f64) -> f64 { #body })
}

fn errors(item: TokenStream) -> usize {
    let out = deriv_core::expand(TokenStream::new(), item.clone());
    let emitted = out.into_iter().count();
    assert!(emitted > item.clone().into_iter().count());
    let out = deriv_core::expand(TokenStream::new(), item);
    out.into_iter()
        .filter(|token| matches!(token, TokenTree::Ident(ident) if *ident == "compile_error"))
        .count()
}

#[test]
fn ten_thousand_terms() {
    let mut body = vec![ident("x")];
    for i in 1..10_000 {
        body.extend([punct('+'), ident("x"), punct('*')]);
        body.push(TokenTree::Literal(Literal::f64_unsuffixed(f64::from(i) + 0.5)));
    }
    assert_eq!(errors(function(body.into_iter().collect())), 0);
}

#[test]
fn a_thousand_lets() {
    let mut body = quote!(let a0 = x;);
    for i in 1..1000 {
        let (a, b) = (ident(&format!("a{i}")), ident(&format!("a{}", i - 1)));
        body.extend(quote!(let #a = #b.sin() * #b + 0.5;));
    }
    body.extend(quote!(a999));
    assert_eq!(errors(function(body)), 0);
}

/// Just below the limit everything works in the 2 MiB that a test's thread has, unoptimised; the
/// compiler's threads have 8. Beyond it there is one error.
#[test]
fn deep_nesting() {
    let with = |levels: usize, wrap: fn(TokenStream) -> TokenStream| {
        function((0..levels).fold(quote!(x), |inner, _| wrap(inner)))
    };
    let wraps: [fn(TokenStream) -> TokenStream; 8] = [
        |inner| quote!((#inner)),
        |inner| quote!(1.0 - (#inner)),
        |inner| quote!(1.0 + f64::sin(x * (#inner))),
        |inner| quote!({ #inner }),
        |inner| quote!(if x > 0.0 { #inner } else { 1.0 }),
        |inner| quote!(match 1 { 1 => #inner, _ => 1.0 }),
        |inner| quote!((|y: f64| #inner)(x)),
        |inner| quote!({ let y = { #inner }; y }),
    ];
    for wrap in wraps {
        errors(with(45, wrap));
        errors(with(93, wrap));
        for levels in [100, 400, 10_000] {
            assert_eq!(errors(with(levels, wrap)), 1);
        }
    }
    assert_eq!(errors(with(30, wraps[2])), 0);
    assert_eq!(errors(with(60, wraps[1])), 0);
    assert_eq!(errors(with(90, wraps[3])), 0);
    assert_eq!(errors(with(80, wraps[4])), 0);
}

#[test]
fn long_chains() {
    let repeat =
        |part: TokenStream, count: usize| -> TokenStream { (0..count).flat_map(|_| part.clone()).collect() };
    // Each of these makes a tree as deep as it is long; what is too long is an error.
    for (before, after) in [
        (repeat(quote!(-), 10_000), quote!(x)),
        (repeat(quote!(&), 10_000), quote!(x)),
        (repeat(quote!(if x > 0.0 { 1.0 } else), 5_000), quote!({ x })),
        (quote!(x), repeat(quote!(.sin()), 500)),
        (quote!(x), repeat(quote!(as f64), 5_000)),
        (quote!(x), repeat(quote!([0]), 5_000)),
        (repeat(quote!(|y|), 5_000), quote!(x)),
        (repeat(quote!(y =), 5_000), quote!(x)),
        (repeat(quote!(return), 5_000), quote!(x)),
        (repeat(quote!(x.powi), 1), repeat(quote!((2)), 3_000)),
        (repeat(quote!(a::), 5_000), quote!(b(x))),
        (quote!(x), repeat(quote!(&&x > 0.0), 5_000)),
        (repeat(quote!(let y = x;), 3_000), quote!(x)),
        (
            repeat(
                quote!(if x > 1.0 {
                    y = 2.0;
                }),
                3_000,
            ),
            quote!(x),
        ),
        (
            repeat(
                quote!(if x > 1.0 {
                    return 2.0;
                }),
                3_000,
            ),
            quote!(x),
        ),
    ] {
        errors(function(quote!(let mut y = 1.0; #before #after)));
    }
    for ty in [repeat(quote!(&), 10_000), repeat(quote!(*const), 10_000), repeat(quote!(fn() ->), 5_000)] {
        errors(quote!(fn f(x: f64, y: #ty i32) -> f64 { x }));
    }
    let pattern = repeat(quote!(&), 10_000);
    errors(function(quote!(let #pattern y = x; y)));
}
