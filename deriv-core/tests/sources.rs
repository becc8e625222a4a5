//! What must hold for the sources as text: who may know what, and what is never done.

use std::fs;
use std::path::{Path, PathBuf};

/// Every source file below a directory of this repository, tests inside it left out, with its text.
fn sources(directory: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    let mut pending: Vec<PathBuf> = vec![root.join(directory)];
    while let Some(path) = pending.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(&path).expect("a directory can be read");
            pending.extend(entries.map(|entry| entry.expect("an entry can be read").path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(&root).expect("it is inside").to_string_lossy().replace('\\', "/");
            let is_test = name.split('/').any(|part| ["tests", "tests.rs", "accuracy.rs"].contains(&part));
            if !is_test {
                let text = fs::read_to_string(&path).expect("a source is text");
                // By convention what is only for tests comes last.
                let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().to_owned();
                found.push((name, text));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "{directory} is gone");
    found
}

/// The lines of code, comments left out, with their place.
fn lines(sources: &[(String, String)]) -> impl Iterator<Item = (String, &str)> {
    sources.iter().flat_map(|(name, text)| {
        text.lines().enumerate().map(move |(number, line)| {
            let code = line.split("//").next().unwrap_or_default();
            (format!("{name}:{}", number + 1), code)
        })
    })
}

/// Whether the text has `start` at the start of a word.
fn starts_word(text: &str, start: &str) -> bool {
    text.match_indices(start).any(|(at, _)| !text[..at].ends_with(is_part_of_a_name))
}

fn is_part_of_a_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The packages that expand the macro, but for the one with the macro itself.
const LIBRARIES: &[&str] = &["deriv-engine", "deriv-syntax", "deriv-parse", "deriv-emit", "deriv-core"];

/// Their sources.
fn libraries() -> Vec<(String, String)> {
    LIBRARIES.iter().flat_map(|library| sources(&format!("{library}/src"))).collect()
}

#[test]
fn only_parsing_and_emission_know_of_syntax() {
    let interpreter = sources("deriv-core/src/eval");
    for (place, code) in lines(&[sources("deriv-engine/src"), interpreter].concat()) {
        let knows =
            ["syn::", "quote::", "quote!", "proc_macro2::"].iter().any(|name| starts_word(code, name));
        assert!(!knows, "{place} is about syntax: {code}");
    }
}

#[test]
fn operations_are_named_in_their_table_only() {
    for (place, code) in lines(&libraries()) {
        if place.starts_with("deriv-engine/src/ops") {
            continue;
        }
        for (at, start) in code.match_indices("Op::") {
            let rest = &code[at + start.len()..];
            let named = rest.starts_with(char::is_uppercase) && !rest.starts_with("ALL");
            let other = code[..at].ends_with(is_part_of_a_name);
            assert!(other || !named, "{place} names an operation: {code}");
        }
    }
}

/// Those of `hash.rs` are always walked in the same order. What is read at run time may come from strangers,
/// whose names the standard library's withstand.
#[test]
fn maps_are_our_own() {
    for (place, code) in lines(&libraries()) {
        let foreign = code.contains("collections::") && (code.contains("Hash") || code.contains("BTree"));
        let strangers = place.starts_with("deriv-engine/src/text/");
        assert!(!foreign || strangers, "{place} has a map of the standard library: {code}");
    }
}

#[test]
fn the_macro_looks_at_nothing_but_its_tokens() {
    const NEVER: &[&str] =
        &["std::fs", "std::net", "std::env", "std::process", "std::time", "env!", "include!"];
    let read = [libraries(), sources("deriv-macro/src")].concat();
    for (place, code) in lines(&read) {
        assert!(!NEVER.iter().any(|name| starts_word(code, name)), "{place}: {code}");
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for package in LIBRARIES.iter().copied().chain([".", "deriv-macro", "deriv-special"]) {
        assert!(!root.join(package).join("build.rs").exists(), "{package} has a build script");
        let manifest = fs::read_to_string(root.join(package).join("Cargo.toml")).expect("a manifest");
        assert!(manifest.contains("[lints]\nworkspace = true"), "{package} forbids no unsafe code");
    }
}
