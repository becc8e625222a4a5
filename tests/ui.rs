//! What `#[derive_fn]` reports for unsupported and wrong uses: one case an error kind in `ui/`, with
//! the reviewed output of rustc. `TRYBUILD=overwrite cargo test --test ui` writes the outputs anew.

#[test]
fn errors_are_reported_at_the_exact_tokens() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*/*.rs");
}
