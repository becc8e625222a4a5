//! Batches of functions that are compared with dual numbers: those of `random_loops` and of `random_structs`.

use super::driver::compile;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

#[derive(Default)]
pub struct Outcome {
    pub refused: usize,
    /// Functions whose second derivatives were refused.
    pub fewer: usize,
    pub compared: usize,
    pub report: String,
}

/// A function.
pub struct Entry {
    pub name: String,
    /// As a user writes it, with the attribute.
    pub source: String,
    /// Its expansion.
    pub plain: String,
    /// As it is over dual numbers.
    pub dual: String,
    /// Its entry in the table that the program checks.
    pub case: String,
}

/// What a crate holds beside its functions: in the module of their expansions, in that of dual numbers, and beside both.
#[derive(Default)]
pub struct Common {
    pub plain: String,
    pub dual: String,
    pub beside: String,
}

/// Tells what all batches found, and fails if something is wrong.
pub fn conclude(count: usize, outcomes: &[Outcome]) {
    let (mut failures, mut refused, mut fewer, mut compared) = (0, 0, 0, 0);
    for outcome in outcomes {
        refused += outcome.refused;
        fewer += outcome.fewer;
        compared += outcome.compared;
        failures += usize::from(!outcome.report.is_empty());
        print!("{}", outcome.report);
    }
    println!(
        "{count} functions, {refused} refused, {fewer} without second derivatives, {compared} numbers compared"
    );
    assert_eq!(failures, 0, "batches with failures");
    assert!(refused * 2 <= count, "{refused} of {count} functions are refused");
    assert!(compared > count * 50, "only {compared} numbers were compared");
}

/// Compiles a crate with these functions at `path`, and runs it.
pub fn check(
    path: &Path,
    libraries: &[String; 2],
    common: &Common,
    mut entries: Vec<Entry>,
    outcome: &mut Outcome,
) {
    let sources: Vec<&str> = entries.iter().map(|entry| entry.source.as_str()).collect();
    std::fs::write(path.with_extension("txt"), sources.join("\n")).unwrap();
    let binary = path.with_extension("bin");
    let options = [&libraries[0], &libraries[1], "--error-format=short"];
    // What does not compile is reported and left out, with what calls it.
    loop {
        let mut text =
            format!("use support::loops_harness::*;\n{}mod plain {{\n{}", common.beside, common.plain);
        let mut lines = Vec::new();
        for entry in &entries {
            let first = text.lines().count();
            text.push_str(&entry.plain);
            lines.push(first + 1..=text.lines().count());
        }
        text.push_str("}\nmod dual {\nuse support::loops_harness::{D, lit};\nuse support::oracle::Real;\n");
        text.push_str(&common.dual);
        for entry in &entries {
            let first = text.lines().count();
            text.push_str(&entry.dual);
            lines.push(first + 1..=text.lines().count());
        }
        text.push_str("}\nstatic CASES: &[Case] = &[\n");
        for entry in &entries {
            let first = text.lines().count();
            text.push_str(&entry.case);
            lines.push(first + 1..=text.lines().count());
        }
        text.push_str(
            "];\nfn main() {\nlet mut totals = Totals::default();\nfor case in CASES { check(case, &mut totals); }\n\
             println!(\"TOTAL {} {}\", totals.compared, totals.skipped);\n}\n",
        );
        std::fs::write(path, &text).unwrap();
        let Err(errors) = compile(path, &binary, &options) else {
            break;
        };
        let count = entries.len();
        let mut bad = Vec::new();
        for line in errors.lines().filter(|line| line.contains(": error")) {
            let at = line.split(':').nth(1).and_then(|at| at.parse::<usize>().ok());
            let Some(which) = at.and_then(|at| lines.iter().position(|lines| lines.contains(&at))) else {
                continue;
            };
            if !bad.contains(&(which % count)) {
                bad.push(which % count);
                let part = ["its expansion", "over dual numbers", "its products"][which / count];
                let text = at.and_then(|at| text.lines().nth(at - 1)).unwrap_or("");
                let _ = writeln!(
                    outcome.report,
                    "COMPILE {part}: {line}\n// {text}\n{}",
                    entries[which % count].source
                );
            }
        }
        if bad.is_empty() {
            let head: Vec<&str> = errors.lines().take(40).collect();
            let _ = writeln!(outcome.report, "{} does not compile:\n{}", path.display(), head.join("\n"));
            return;
        }
        let mut names: Vec<String> = bad.iter().map(|i| entries[*i].name.clone()).collect();
        entries.retain(|entry| {
            let calls = |name: &String| entry.name == *name || entry.source.contains(&format!("{name}("));
            let left_out = names.iter().any(calls);
            if left_out && !names.contains(&entry.name) {
                names.push(entry.name.clone());
            }
            !left_out
        });
    }
    let output = Command::new(&binary).output().unwrap();
    let report = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let mut told: Vec<&str> = Vec::new();
    let mut ended = false;
    for line in report.lines() {
        let mut words = line.split(' ');
        let (kind, name) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        if kind == "TOTAL" {
            ended = true;
            outcome.compared = name.parse().unwrap_or(0);
        } else if !told.contains(&name) {
            told.push(name);
            let _ = writeln!(outcome.report, "{line}");
            if let Some(entry) = entries.iter().find(|entry| entry.name == name) {
                let _ = writeln!(outcome.report, "{}", entry.source);
            }
        }
    }
    if !ended || report.contains("PANIC") {
        let last: Vec<&str> = errors.lines().take(8).collect();
        let _ = writeln!(outcome.report, "ended with {}: {last:#?}", output.status);
    }
    if outcome.report.is_empty() {
        let _ = std::fs::remove_file(binary);
    } else {
        let _ = writeln!(outcome.report, "in {}", path.display());
    }
}
