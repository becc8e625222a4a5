//! How long expansion takes: `cargo bench -p deriv-core --bench expansion`; for a debug build, which
//! is what most users' macros are, add `--profile dev`.

use proc_macro2::TokenStream;
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

fn main() {
    let small = "fn f(x: f64) -> f64 { 3.0 * x.powi(2) + 2.0 * x + 1.0 }".to_owned();
    let cases = [
        ("3x² + 2x + 1", "", small),
        ("chain of 100 lets", "", chain(100)),
        ("chain of 1,000 lets", "", chain(1000)),
        ("chain of 1,000 lets, reverse", "vjp", chain(1000)),
        ("sum of 1,000 terms", "", sum(1000)),
        ("sum of 10,000 terms", "", sum(10_000)),
    ];
    // Long sums are deep trees for syn.
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(move || {
        for (name, attribute, function) in cases {
            let parse = |text: &str| text.parse::<TokenStream>().expect("tokens");
            let (attribute, function) = (parse(attribute), parse(&function));
            let times = (0..5).map(|_| {
                let start = Instant::now();
                std::hint::black_box(deriv_core::expand(attribute.clone(), function.clone()));
                start.elapsed().as_secs_f64() * 1e3
            });
            println!("{name:30} {:10.2} ms", times.fold(f64::INFINITY, f64::min));
        }
    });
    thread.expect("a thread starts").join().expect("nothing panics");
}
