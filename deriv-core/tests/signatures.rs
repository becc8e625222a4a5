//! The parameters that products add and what they return, for variables in memory.

/// The signature of a product of `item`, without what it has of the function itself.
fn signature(attribute: &str, item: &str, product: &str) -> String {
    let parse = |text: &str| text.parse::<proc_macro2::TokenStream>().expect("tokens");
    let expanded = deriv_core::expand(parse(attribute), parse(item)).to_string();
    let found = expanded.split(&format!("fn {product} ")).nth(1).expect("the product is there");
    let found = found.split(" {").next().unwrap_or_default();
    let plain = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let own = plain(item.split_once('(').and_then(|(_, rest)| rest.split_once(')')).expect("parameters").0);
    plain(found).replacen(&own, "", 1).replace("(,", "(")
}

#[track_caller]
fn check(item: &str, expected: &[(&str, &str)]) {
    let words: Vec<&str> = expected.iter().map(|(word, _)| *word).collect();
    for (word, expected) in expected {
        let found = signature(&words.join(","), item, &format!("f_{word}"));
        let expected: String = expected.chars().filter(|c| !c.is_whitespace()).collect();
        assert_eq!(found, expected, "{word}");
    }
}

#[test]
fn slices_have_buffers() {
    check(
        "fn f(x: &[f64]) -> f64 { x[0] }",
        &[
            ("prime", "(x_prime: &mut [f64])"),
            ("value_and_prime", "(x_prime: &mut [f64]) -> f64"),
            ("hessian", "(hessian: &mut [f64])"),
            ("jvp", "(x_dot: &[f64]) -> (f64, f64)"),
            ("vjp", "(seed: f64, x_bar: &mut [f64]) -> f64"),
            ("hvp", "(x_dot: &[f64], x_hvp: &mut [f64])"),
        ],
    );
}

#[test]
fn what_remains_is_returned() {
    check(
        "fn f(a: f32, x: &[[f32; 3]], b: &f32, n: usize, y: &Vec<f32>) -> f32 { a }",
        &[
            ("prime", "(x_prime: &mut [[f32; 3]], y_prime: &mut [f32]) -> [f32; 2]"),
            ("value_and_prime", "(x_prime: &mut [[f32; 3]], y_prime: &mut [f32]) -> (f32, [f32; 2])"),
            ("hessian", "(hessian: &mut [f32])"),
            ("jvp", "(a_dot: f32, x_dot: &[[f32; 3]], b_dot: &f32, y_dot: &Vec<f32>) -> (f32, f32)"),
            ("vjp", "(seed: f32, x_bar: &mut [[f32; 3]], y_bar: &mut [f32]) -> (f32, [f32; 2])"),
            (
                "hvp",
                "(a_dot: f32, x_dot: &[[f32; 3]], b_dot: &f32, y_dot: &Vec<f32>, x_hvp: &mut [[f32; 3]],
                  y_hvp: &mut [f32]) -> [f32; 2]",
            ),
        ],
    );
}

#[test]
fn buffers_of_prime_hold_the_results_type() {
    check(
        "fn f(x: &[f32], y: f64) -> f64 { y }",
        &[("prime", "(x_prime: &mut [f64]) -> f64"), ("vjp", "(seed: f64, x_bar: &mut [f32]) -> (f64, f64)")],
    );
}

#[test]
fn arrays_are_returned_however_long() {
    check(
        "fn f(x: &[f64; N], y: [[f64; 2]; N * 2]) -> f64 { x[0] }",
        &[
            ("prime", "() -> ([f64; N], [[f64; 2]; N * 2])"),
            ("vjp", "(seed: f64) -> (f64, ([f64; N], [[f64; 2]; N * 2]))"),
        ],
    );
    check("fn f(x: [f64; N]) -> f64 { x[0] }", &[("hessian", "() -> [[f64; N]; N]")]);
}

#[test]
fn outputs_are_seeded_and_written_to() {
    check(
        "fn f(x: &[f64], k: f64, out: &mut [f64]) { out[0] = k; }",
        &[
            ("jvp", "(x_dot: &[f64], k_dot: f64, out_dot: &mut [f64])"),
            ("vjp", "(out_bar: &mut [f64], x_bar: &mut [f64]) -> f64"),
            (
                "hvp",
                "(out_bar: &mut [f64], x_dot: &[f64], k_dot: f64, out_dot: &mut [f64], x_hvp: &mut [f64]) -> f64",
            ),
        ],
    );
    check(
        "fn f(out: &mut [[f64; 2]; 2], k: f64) -> f64 { k }",
        &[
            ("jvp", "(out_dot: &mut [[f64; 2]; 2], k_dot: f64) -> (f64, f64)"),
            ("vjp", "(seed: f64, out_bar: &mut [[f64; 2]; 2]) -> (f64, f64)"),
        ],
    );
}

#[test]
fn several_results_of_slices_need_a_seed() {
    check(
        "fn f(x: &[f64], k: f64) -> (f64, [f64; 2]) { k }",
        &[
            ("jvp", "(x_dot: &[f64], k_dot: f64) -> ((f64, [f64; 2],), (f64, [f64; 2],))"),
            ("vjp", "(seed: (f64, [f64; 2],), x_bar: &mut [f64]) -> ((f64, [f64; 2],), f64)"),
        ],
    );
}

#[test]
fn names_that_are_taken() {
    check(
        "fn f(x: &[f64], seed: f64) -> f64 { let x_bar = seed; x_bar }",
        &[("vjp", "(seed_: f64, x_bar_: &mut [f64]) -> (f64, f64)")],
    );
}
