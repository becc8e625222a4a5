//! That the README says what the sources say.

use deriv_core::Op;

const README: &str = include_str!("../README.md");

/// The conventions at kinks, from the table of operations.
fn kinks() -> String {
    let rows = Op::ALL.iter().map(|op| op.spec()).filter(|spec| !spec.kink.is_empty());
    let mut rows: Vec<(String, &str)> = rows.map(|spec| (spec.name.to_owned(), spec.kink)).collect();
    // Functions with the same convention share a line.
    let mut lines: Vec<(String, &str)> = Vec::new();
    for (name, kink) in rows.drain(..) {
        let name = match name.as_str() {
            "rem" => "`%`".to_owned(),
            name => format!("`{name}`"),
        };
        match lines.iter_mut().find(|(_, known)| *known == kink) {
            Some((names, _)) => *names += &format!(", {name}"),
            None => lines.push((name, kink)),
        }
    }
    lines.into_iter().map(|(names, kink)| format!("| {names} | {kink} |\n")).collect()
}

#[test]
fn the_table_of_kinks_is_that_of_the_operations() {
    let kinks = kinks();
    assert!(README.contains(&format!("|---|---|\n{kinks}\n")), "the table should be\n{kinks}");
}

#[test]
fn the_version_of_rust_is_that_of_the_manifest() {
    let manifest = include_str!("../Cargo.toml");
    let version =
        manifest.lines().find_map(|line| line.strip_prefix("rust-version = \"")).expect("it is there");
    let version = version.trim_end_matches('"');
    assert!(README.contains(&format!("with Rust {version} or later")));
    assert!(README.contains(&format!("\n{version}. Raising it")));
}
