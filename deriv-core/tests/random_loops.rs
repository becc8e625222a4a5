//! Random functions with loops, slices, arrays and lists through the whole pipeline: expanded, compiled by
//! rustc, run, and compared with dual numbers that run the same source text.
//!
//! `DERIV_FUZZ_SEED` and `DERIV_FUZZ_COUNT` choose other and more functions, `DERIV_FUZZ_VERBOSE` tells what
//! is refused.

#[path = "random/batch.rs"]
mod batch;
#[path = "random/driver.rs"]
mod driver;
#[path = "random/generator.rs"]
#[allow(dead_code, reason = "of the other generator only what both share is used")]
mod generator;
#[path = "random/loops.rs"]
mod loops;

use batch::{Common, Entry, Outcome};
use driver::from_environment;
use generator::{Random, reading};
use loops::{Function, Kind, Param, Shape, source};
use std::fmt::Write;
use std::path::Path;

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
    batch::conclude(count, &outcomes);
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
        let (source, dual) = (source(&function), reading(&function.text, true));
        entries.push(Entry { name: function.name, source, plain, dual, case });
    }
    let path = folder.join(format!("batch_{seed}.rs"));
    batch::check(&path, libraries, &Common::default(), entries, &mut outcome);
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
