//! Random functions with loops, slices, arrays and lists through the whole pipeline: expanded, compiled by
//! rustc, run, and compared with dual numbers that run the same source text.
//!
//! `DERIV_FUZZ_SEED` and `DERIV_FUZZ_COUNT` choose other and more functions, `DERIV_FUZZ_VERBOSE` tells what
//! is refused.

#[path = "random/driver.rs"]
mod driver;
#[path = "random/generator.rs"]
#[allow(dead_code, reason = "of the other generator only what both share is used")]
mod generator;
#[path = "random/loops.rs"]
mod loops;

use driver::{compile, from_environment};
use generator::{Random, reading};
use loops::{Function, Kind, Param, Shape, source};
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

/// Functions in one crate.
const BATCH: usize = 75;

#[test]
fn random_loops_agree_with_dual_numbers() {
    let count = from_environment("DERIV_FUZZ_COUNT", 300) as usize;
    let seed = from_environment("DERIV_FUZZ_SEED", 1);
    let folder = driver::folder("random_loops");
    let libraries = [("support.rs", "support"), ("facade.rs", "deriv")];
    let libraries = libraries.map(|(file, name)| driver::library(&folder, file, name));
    let outcomes = driver::in_batches(count, BATCH, |batch, size| {
        run_batch(&folder, &libraries, seed * 10_000 + batch as u64, size)
    });
    let (mut failures, mut refused, mut fewer, mut compared) = (0, 0, 0, 0);
    for outcome in &outcomes {
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

#[derive(Default)]
struct Outcome {
    refused: usize,
    /// Functions whose second derivatives were refused.
    fewer: usize,
    compared: usize,
    report: String,
}

/// A function, its expansion, and its entry in the table that the program checks.
struct Entry {
    function: Function,
    plain: String,
    case: String,
}

fn run_batch(folder: &Path, libraries: &[String; 2], seed: u64, size: usize) -> Outcome {
    let mut random = Random(seed);
    let mut outcome = Outcome::default();
    let mut known: Vec<Function> = Vec::new();
    let mut entries: Vec<Entry> = Vec::new();
    for number in 0..size {
        let mut function = loops::function(&mut random, &format!("g{number}"), &known);
        let wanted = function.words.len();
        let plain = loop {
            match driver::expand(&function.attribute(&function.words), &reading(&function.text, false)) {
                Ok(file) => break Some(prettyplease::unparse(&file)),
                Err(message) => {
                    if std::env::var_os("DERIV_FUZZ_VERBOSE").is_some() {
                        println!("refused: {message}\n{}", source(&function));
                    }
                    // Without what was asked for last, which is what is the most difficult.
                    if function.words.len() <= 2 {
                        break None;
                    }
                    function.words.pop();
                }
            }
        };
        outcome.fewer += usize::from(plain.is_some() && function.words.len() < wanted);
        let Some(plain) = plain else {
            outcome.refused += 1;
            continue;
        };
        let case = case(&function);
        let whole =
            |function: &Function| function.words.iter().any(|word| ["hessian", "prime2"].contains(word));
        if !function.is_of_scalars() || whole(&function) {
            known.push(function.clone());
        }
        entries.push(Entry { function, plain, case });
    }
    let path = folder.join(format!("batch_{seed}.rs"));
    let sources: Vec<String> = entries.iter().map(|entry| source(&entry.function)).collect();
    std::fs::write(path.with_extension("txt"), sources.join("\n")).unwrap();
    let binary = path.with_extension("bin");
    let options = [&libraries[0], &libraries[1], "--error-format=short"];
    // What does not compile is reported and left out, with what calls it.
    loop {
        let mut text = "use support::loops_harness::*;\nmod plain {\n".to_owned();
        let mut lines = Vec::new();
        for entry in &entries {
            let first = text.lines().count();
            text.push_str(&entry.plain);
            lines.push(first + 1..=text.lines().count());
        }
        text.push_str("}\nmod dual {\nuse support::loops_harness::{D, lit};\nuse support::oracle::Real;\n");
        for entry in &entries {
            let first = text.lines().count();
            text.push_str(&reading(&entry.function.text, true));
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
        std::fs::write(&path, text).unwrap();
        let Err(errors) = compile(&path, &binary, &options) else {
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
                let _ =
                    writeln!(outcome.report, "COMPILE {line}\n{}", source(&entries[which % count].function));
            }
        }
        if bad.is_empty() {
            let head: Vec<&str> = errors.lines().take(40).collect();
            let _ = writeln!(outcome.report, "{} does not compile:\n{}", path.display(), head.join("\n"));
            return outcome;
        }
        let names: Vec<String> = bad.iter().map(|i| format!("{}(", entries[*i].function.name)).collect();
        entries.retain(|entry| {
            let starts = format!("fn {}(", entry.function.name);
            !names
                .iter()
                .any(|name| starts.ends_with(&format!(" {name}")) || entry.function.text.contains(name))
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
            if let Some(entry) = entries.iter().find(|entry| entry.function.name == name) {
                let _ = writeln!(outcome.report, "{}", source(&entry.function));
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
    outcome
}

/// The statements that take a function's parameters from a list, and its arguments.
fn inputs(function: &Function, list: &str, dual: bool) -> (String, Vec<String>) {
    let mut text = format!("let mut numbers = Numbers({list});\n");
    let mut args = Vec::new();
    for Param { name, kind, variable } in &function.params {
        let own = format!("at_{name}");
        let constant = if dual { "lit(0.375 * i as f64 - 0.5)" } else { "0.375 * i as f64 - 0.5" };
        let (value, arg) = match kind {
            Kind::Count => {
                args.push("n".to_owned());
                continue;
            }
            Kind::Scalar if *variable => ("numbers.one()".to_owned(), own.clone()),
            Kind::Scalar => (constant.replace('i', "2").replace("l2t", "lit"), own.clone()),
            Kind::Slice(more) if *variable => (format!("numbers.many(n + {more})"), own.clone()),
            Kind::Slice(more) => {
                (format!("(0..n + {more}).map(|i| {constant}).collect::<Vec<_>>()"), format!("&{own}"))
            }
            Kind::Output(more) => (format!("numbers.many(n + {more}).to_vec()"), format!("&mut {own}")),
            Kind::Array { length, by_reference } => {
                let value = match variable {
                    true => format!("numbers.fixed::<{length}>()"),
                    false => format!("std::array::from_fn::<_, {length}, _>(|i| {constant})"),
                };
                (value, if *by_reference { format!("&{own}") } else { own.clone() })
            }
        };
        let _ = writeln!(
            text,
            "let {}{own} = {value};",
            if matches!(kind, Kind::Output(_)) { "mut " } else { "" }
        );
        args.push(arg);
    }
    (text, args)
}

/// A function as an entry of the table that the program checks.
fn case(function: &Function) -> String {
    let name = &function.name;
    let variables = || function.params.iter().filter(|param| param.variable);
    let outputs = || function.params.iter().filter(|param| matches!(param.kind, Kind::Output(_)));
    let slices = || variables().filter(|param| matches!(param.kind, Kind::Slice(_)));
    let returned = variables().any(|param| matches!(param.kind, Kind::Scalar | Kind::Array { .. }));
    let length = |param: &Param| match param.kind {
        Kind::Scalar | Kind::Count => "1".to_owned(),
        Kind::Slice(more) | Kind::Output(more) => format!("n + {more}"),
        Kind::Array { length, .. } => length.to_string(),
    };
    let total: Vec<String> = variables().map(length).collect();
    let total = format!("0 + {}", total.join(" + "));
    let outs = |prefix: &str| {
        outputs().map(|out| format!("found.extend({prefix}_{}.iter());\n", out.name)).collect::<String>()
    };
    let unit = function.shape == Shape::Unit;
    let run = |module: &str, dual: bool| {
        let (text, args) = inputs(function, "x", dual);
        format!(
            "|n, x| {{\n{text}let mut found = flat({module}::{name}({}));\n{}found\n}}",
            args.join(", "),
            outs("at")
        )
    };
    let mut out = format!(
        "Case {{ name: \"{name}\", inputs: |n| {total},\nrun: {},\noracle: {},\n",
        run("plain", false),
        run("dual", true)
    );
    let (own, args) = inputs(function, "x", false);
    // A direction for each variable.
    let mut dots = "let mut dots = Numbers(d);\n".to_owned();
    let mut dot_args = Vec::new();
    for param in variables() {
        let dot = format!("dot_{}", param.name);
        let (value, arg) = match &param.kind {
            Kind::Scalar | Kind::Count => ("dots.one()".to_owned(), dot.clone()),
            Kind::Slice(_) => (format!("dots.many({})", length(param)), dot.clone()),
            Kind::Output(_) => (format!("dots.many({}).to_vec()", length(param)), format!("&mut {dot}")),
            Kind::Array { length, by_reference } => (
                format!("dots.fixed::<{length}>()"),
                format!("{}{dot}", if *by_reference { "&" } else { "" }),
            ),
        };
        let _ = writeln!(
            dots,
            "let {}{dot} = {value};",
            if matches!(param.kind, Kind::Output(_)) { "mut " } else { "" }
        );
        dot_args.push(arg);
    }
    // Seeds of the result and of outputs.
    let mut seeds = "let mut seeds = Numbers(s);\n".to_owned();
    let mut seed_args = Vec::new();
    match function.shape {
        Shape::Scalar => seed_args.push("seeds.one()".to_owned()),
        Shape::Pair => seed_args.push("(seeds.one(), seeds.one())".to_owned()),
        Shape::Array(n) | Shape::Place(n) => seed_args.push(format!("seeds.fixed::<{n}>()")),
        Shape::Unit => {}
    }
    for (i, arg) in seed_args.iter_mut().enumerate() {
        let _ = writeln!(seeds, "let seed_{i} = {arg};");
        *arg = format!("seed_{i}");
    }
    for param in outputs() {
        let _ = writeln!(seeds, "let mut seed_{} = seeds.many({}).to_vec();", param.name, length(param));
        seed_args.push(format!("&mut seed_{}", param.name));
    }
    // Buffers, with something in them that is overwritten.
    let mut buffers = String::new();
    let mut buffer_args = Vec::new();
    for param in slices() {
        let _ = writeln!(buffers, "let mut buffer_{} = vec![7.5; {}];", param.name, length(param));
        buffer_args.push(format!("&mut buffer_{}", param.name));
    }
    // What is returned and what is in buffers, in the variables' order.
    let mut gather = "let mut returned = Numbers(&returned);\nlet mut bars = Vec::<f64>::new();\n".to_owned();
    for param in variables() {
        let _ = match param.kind {
            Kind::Slice(_) => writeln!(gather, "bars.extend(&buffer_{});", param.name),
            Kind::Output(_) => writeln!(gather, "bars.extend(&seed_{});", param.name),
            _ => writeln!(gather, "bars.extend(returned.many({}));", length(param)),
        };
    }
    let call = |product: &str, parts: &[&Vec<String>]| {
        let args: Vec<String> = [&args].iter().chain(parts).flat_map(|part| part.iter().cloned()).collect();
        format!("plain::{name}_{product}({})", args.join(", "))
    };
    let no_prime = "None".to_owned();
    let entry = |word: &str, params: &str, text: String| {
        if function.words.contains(&word) || (word == "prime" && function.shape == Shape::Scalar && !unit) {
            format!("{word}: Some(|{params}| {{\n{text}}}),\n")
        } else {
            format!("{word}: {no_prime},\n")
        }
    };
    let pattern = if unit { "let () = " } else { "let (value, tangent) = " };
    let (values, tangents) = if unit { ("()", "()") } else { ("value", "tangent") };
    out.push_str(&entry(
        "jvp",
        "n, x, d",
        format!(
            "{own}{dots}{pattern}{};\nlet mut found = flat({values});\n{}let values = found;\n\
             let mut found = flat({tangents});\n{}(values, found)\n",
            call("jvp", &[&dot_args]),
            outs("at"),
            outs("dot")
        ),
    ));
    let with_value = |product: &str, parts: &[&Vec<String>]| {
        let call = call(product, parts);
        let pattern = match (unit, returned) {
            (true, true) => "let value = (); let bar = ",
            (true, false) => "let value = (); let bar = (); ",
            (false, true) => "let (value, bar) = ",
            (false, false) => "let bar = (); let value = ",
        };
        format!(
            "{pattern}{call};\nlet returned = flat::<f64, _>(bar);\nlet mut found = flat(value);\n{}",
            outs("at")
        )
    };
    out.push_str(&entry(
        "vjp",
        "n, x, s",
        format!(
            "{own}{seeds}{buffers}{}{gather}(found, bars)\n",
            with_value("vjp", &[&seed_args, &buffer_args])
        ),
    ));
    out.push_str(&entry(
        "value_and_prime",
        "n, x",
        format!("{own}{buffers}{}{gather}(found, bars)\n", with_value("value_and_prime", &[&buffer_args])),
    ));
    out.push_str(&entry(
        "prime",
        "n, x",
        format!(
            "{own}{buffers}let returned = flat::<f64, _>({});\n{gather}bars\n",
            call("prime", &[&buffer_args])
        ),
    ));
    let no_seeds = Vec::new();
    let seed_args = if function.shape == Shape::Scalar { &no_seeds } else { &seed_args };
    out.push_str(&entry(
        "hvp",
        "n, x, s, d",
        format!(
            "{own}{dots}{seeds}{buffers}let returned = flat::<f64, _>({});\n{gather}{}bars\n",
            call("hvp", &[seed_args, &dot_args, &buffer_args]),
            // The product is for the seed 1.
            if function.shape == Shape::Scalar {
                "bars.iter_mut().for_each(|bar| *bar *= s[0]);\n"
            } else {
                ""
            }
        ),
    ));
    let whole = vec!["&mut rows".to_owned()];
    if function.words.contains(&"prime2") {
        let _ = write!(out, "hessian: Some(|n, x| {{\n{own}flat::<f64, _>({})\n}}),\n", call("prime2", &[]));
        out.push_str("},\n");
        return out;
    }
    out.push_str(&entry(
        "hessian",
        "n, x",
        if slices().count() > 0 {
            format!(
                "{own}let mut rows = vec![7.5; ({total}) * ({total})];\n{};\nrows\n",
                call("hessian", &[&whole])
            )
        } else {
            format!("{own}flat::<f64, _>({})\n", call("hessian", &[]))
        },
    ));
    out.push_str("},\n");
    out
}
