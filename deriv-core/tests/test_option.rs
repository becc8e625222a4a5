//! What the option `test(…)` refuses, and with which words.

fn errors(attribute: &str, item: &str) -> String {
    let parse = |text: &str| text.parse::<proc_macro2::TokenStream>().expect("tokens");
    let expanded = deriv_core::expand(parse(attribute), parse(item)).to_string();
    let messages = expanded.split("compile_error ! { \"").skip(1);
    messages.map(|rest| rest.split("\" }").next().unwrap_or_default().to_owned() + "\n").collect()
}

#[track_caller]
fn refused(attribute: &str, item: &str, message: &str) {
    let found = errors(attribute, item);
    assert!(found.contains(message), "{found:?}");
}

#[test]
fn every_parameter_needs_a_range() {
    let f = "fn f(x: f64, n: i32) -> f64 { x.powi(n) }";
    assert_eq!(errors("test(x in 0.0..1.0, n in 0..3)", f), "");
    refused("test(x in 0.0..1.0)", f, "`n` needs a range too");
    refused("test(n in 0..3)", f, "`x` needs a range too");
    refused("test(x in 0.0..1.0, n in 0..3, m in 0..3)", f, "`f` has no parameter `m`");
    refused("test(x in 0.0..1.0, n in 0..3, x in 0.0..3.0)", f, "`x` has a range already");
    refused("test(x in 0.0..1.0, n in 3)", f, "a range with both ends");
    refused("test(x in 0.0.., n in 0..3)", f, "a range with both ends");
}

#[test]
fn what_cannot_be_sampled() {
    refused("test(x in 0.0..1.0)", "fn f(&self, x: f64) -> f64 { x }", "a method cannot be tested by itself");
    refused(
        "test(x in 0.0..1.0)",
        "fn f(k: &Model, x: f64) -> f64 { x }",
        "only numbers and small arrays of them",
    );
    refused("test(x in 0.0..1.0)", "fn f<T: Float>(x: T) -> T { x * x }", "compare an instance in a test");
    refused("test(x in 0.0..1.0)", "fn f(x: f64, _: f64) -> f64 { x * x }", "must have a name");
}
