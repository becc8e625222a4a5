//! How long expansion takes: `cargo bench -p deriv-core --bench expansion`; for a debug build, which
//! is what most users' macros are, add `--profile dev`. With a word after `--`, of the functions alone whose name or kind
//! contains it.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Instant;

fn chain(lets: usize) -> String {
    let mut text = "fn chain(a0: f64) -> f64 {".to_owned();
    for i in 1..=lets {
        write!(text, "let a{i} = a{p}.sin() * a{p} + 0.5;", p = i - 1).expect("a string takes all");
    }
    text + &format!("a{lets} }}")
}

fn sum(terms: usize) -> String {
    let terms: Vec<String> = (1..=terms).map(|i| format!("{i}.0 * ({i}.5 * x).sin()")).collect();
    format!("fn sum(x: f64) -> f64 {{ {} }}", terms.join(" + "))
}

/// Functions as people write them: those whose expansions are read, and the kernels.
const FILES: [&str; 12] = [
    "tests/expansions/formulas.in.rs",
    "tests/expansions/products.in.rs",
    "tests/expansions/arrays.in.rs",
    "tests/expansions/branches.in.rs",
    "tests/expansions/calls.in.rs",
    "tests/expansions/passive.in.rs",
    "tests/expansions/statements.in.rs",
    "tests/expansions/loops.in.rs",
    "tests/expansions/memory.in.rs",
    "../benches/kernels/scalar.rs",
    "../benches/kernels/several.rs",
    "../benches/kernels/space.rs",
];

/// The annotated functions of a file, each with its attribute.
fn annotated(path: &str) -> Vec<(syn::ItemFn, TokenStream)> {
    let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("the file is there");
    let mut functions = Vec::new();
    for item in syn::parse_file(&text).expect("it is Rust").items {
        let syn::Item::Fn(mut function) = item else { continue };
        let is_ours = |attr: &syn::Attribute| attr.path().is_ident("derive_fn");
        let Some(place) = function.attrs.iter().position(is_ours) else { continue };
        let attribute = match function.attrs.remove(place).meta {
            syn::Meta::List(list) => list.tokens,
            _ => quote!(),
        };
        functions.push((function, attribute));
    }
    functions
}

fn kind(function: &syn::ItemFn, attribute: &TokenStream) -> &'static str {
    let text = function.to_token_stream().to_string();
    if ["for ", "while ", "loop ", "& [", "& mut", "Vec"].iter().any(|sign| text.contains(sign)) {
        return "loops and memory";
    }
    let attribute = attribute.to_string();
    let variables = match attribute.split_once("wrt") {
        Some((_, chosen)) => chosen.split(')').next().map_or(1, |chosen| chosen.split(',').count()),
        None => function.sig.inputs.len(),
    };
    match variables {
        _ if text.contains('[') => "more variables",
        1 => "one variable",
        2 | 3 => "two or three variables",
        _ => "more variables",
    }
}

/// Milliseconds, the fastest of some.
fn time(attribute: &TokenStream, function: &TokenStream, repetitions: usize) -> f64 {
    let times = (0..repetitions).map(|_| {
        let (attribute, function) = (attribute.clone(), function.clone());
        let start = Instant::now();
        std::hint::black_box(deriv_core::expand(attribute, function));
        start.elapsed().as_secs_f64() * 1e3
    });
    times.fold(f64::INFINITY, f64::min)
}

fn measure() {
    let word = std::env::args().skip(1).find(|arg| !arg.starts_with("--"));
    let is_wanted = |name: &str| word.as_ref().is_none_or(|word| name.contains(word));
    let repetitions = std::env::var("REPETITIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(10);
    let mut kinds: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for (function, attribute) in FILES.into_iter().flat_map(annotated) {
        let name = function.sig.ident.to_string();
        let kind = kind(&function, &attribute);
        if !is_wanted(&name) && !is_wanted(kind) {
            continue;
        }
        let took = time(&attribute, &function.to_token_stream(), repetitions);
        println!("{:42} {kind:24} {took:10.2} ms", format!("{name} ({attribute})"));
        kinds.entry(kind).or_default().push(took);
    }
    for (kind, mut times) in kinds {
        times.sort_by(f64::total_cmp);
        println!(
            "median of {:2}, {kind:29} {:10.2} ms, at most {:.2}",
            times.len(),
            times[times.len() / 2],
            times[times.len() - 1]
        );
    }
    let cases = [
        ("chain of 100 lets", "", chain(100)),
        ("chain of 1,000 lets", "", chain(1000)),
        ("chain of 1,000 lets, reverse", "vjp", chain(1000)),
        ("sum of 1,000 terms", "", sum(1000)),
        ("sum of 10,000 terms", "", sum(10_000)),
    ];
    for (name, attribute, function) in cases.into_iter().filter(|(name, ..)| is_wanted(name)) {
        let parse = |text: &str| text.parse::<TokenStream>().expect("tokens");
        println!("{name:42} {:10.2} ms", time(&parse(attribute), &parse(&function), 3));
    }
}

fn main() {
    // Long sums are deep trees for syn.
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(measure);
    thread.expect("a thread starts").join().expect("nothing panics");
}
