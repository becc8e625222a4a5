//! What `#[derive_fn]` reports for unsupported and wrong uses: one case an error kind in `ui/`, with
//! the reviewed output of rustc. `TRYBUILD=overwrite cargo test --test ui` writes the outputs anew.

const KINDS: &[&str] = &[
    "attribute",
    "item",
    "signature",
    "statement",
    "expression",
    "pattern",
    "call",
    "product",
    "structs",
    "loop",
    "memory",
    "iterator",
    "multiple",
    #[cfg(not(feature = "num-traits"))]
    "without_num_traits",
];

#[test]
fn errors_are_reported_at_the_exact_tokens() {
    let cases = trybuild::TestCases::new();
    for kind in KINDS {
        cases.compile_fail(format!("tests/ui/{kind}/*.rs"));
    }
}
