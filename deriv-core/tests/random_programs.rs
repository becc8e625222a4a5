//! Random functions through the whole pipeline: expanded, compiled by rustc, run, and compared with dual
//! numbers that run the same source text, with numeric derivatives, and with the interpreter.
//!
//! `DERIV_FUZZ_SEED` and `DERIV_FUZZ_COUNT` choose other and more functions.

#[path = "random/driver.rs"]
mod driver;
#[path = "random/generator.rs"]
mod generator;

use deriv_core::{Oracle, Ty, Value, interpret};
use driver::{compile, from_environment};
use generator::{Function, Param, Random, Shape, reading};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Functions in one crate.
const BATCH: usize = 150;

#[test]
fn random_functions_agree_with_dual_numbers() {
    let count = from_environment("DERIV_FUZZ_COUNT", 2_000) as usize;
    let seed = from_environment("DERIV_FUZZ_SEED", 1);
    let folder = driver::folder("random_programs");
    let library = driver::library(&folder, "support.rs", "support");
    let outcomes = driver::in_batches(count, BATCH, |batch, size| {
        run_batch(&folder, &library, seed * 10_000 + batch as u64, size)
    });
    let mut failures = 0;
    let mut compared = 0;
    let (mut refused, mut interpreted) = (0, 0);
    for (batch, outcome) in outcomes.iter().enumerate() {
        refused += outcome.refused;
        interpreted += outcome.interpreted;
        compared += outcome.compared;
        if !outcome.report.is_empty() {
            failures += 1;
            println!("--- batch {batch}\n{}", outcome.report);
        }
    }
    println!("{count} functions, {refused} refused, {interpreted} interpreted, {compared} numbers compared");
    assert_eq!(failures, 0, "batches with failures");
    assert!(refused * 10 <= count, "{refused} of {count} functions are refused");
    assert!(interpreted * 3 > count, "only {interpreted} of {count} functions are interpreted");
    assert!(compared > count * 50, "only {compared} numbers were compared");
}

#[derive(Default)]
struct Outcome {
    refused: usize,
    interpreted: usize,
    compared: usize,
    report: String,
}

fn run_batch(folder: &Path, library: &str, seed: u64, size: usize) -> Outcome {
    let mut random = Random(seed);
    let mut outcome = Outcome::default();
    let mut known: Vec<Function> = Vec::new();
    let (mut plain, mut dual, mut cases) = (String::new(), String::new(), String::new());
    for number in 0..size {
        let function = generator::function(&mut random, &format!("g{number}"), &known);
        match expand(&function) {
            Ok(text) => {
                let _ = writeln!(plain, "{text}");
                let _ = writeln!(dual, "{}", reading(&function.text, true));
                let interpreted = interpreted(&function, &mut random);
                outcome.interpreted += usize::from(!interpreted.is_empty());
                case(&function, &interpreted, &mut cases);
                known.push(function);
            }
            Err(message) => {
                outcome.refused += 1;
                if std::env::var_os("DERIV_FUZZ_VERBOSE").is_some() {
                    println!("refused: {message}\n{}", reading(&function.text, false));
                }
            }
        }
    }
    let text = format!(
        "use support::{{harness::*, oracle::D}};\n\
         const TABLE: [f64; 3] = [0.5, -1.25, 2.0];\nconst SCALE: f64 = 1.25;\n\
         mod plain {{ use super::{{TABLE, SCALE}};\n{plain}\n}}\n\
         mod dual {{ use super::{{TABLE, SCALE}}; use support::oracle::*;\n{dual}\n}}\n\
         static CASES: &[Case] = &[\n{cases}];\n\
         fn main() {{ let mut totals = Totals::default(); for case in CASES {{ check(case, &mut totals); }}\n\
         println!(\"TOTAL {{}} {{}} {{}}\", totals.compared, totals.numeric, totals.skipped); }}\n"
    );
    let source: PathBuf = folder.join(format!("batch_{seed}.rs"));
    let binary = source.with_extension("bin");
    std::fs::write(&source, text).unwrap();
    if let Err(errors) = compile(&source, &binary, &[library]) {
        let head: Vec<&str> = errors.lines().take(60).collect();
        outcome.report = format!("{} does not compile:\n{}", source.display(), head.join("\n"));
        return outcome;
    }
    let output = Command::new(&binary).output().unwrap();
    let report = String::from_utf8_lossy(&output.stdout).into_owned();
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
            if told.len() > 8 {
                break;
            }
            let _ = writeln!(outcome.report, "{line}");
            if let Some(function) = known.iter().find(|function| function.name == name) {
                let _ = writeln!(
                    outcome.report,
                    "#[derive_fn({})]\n{}",
                    function.attribute,
                    reading(&function.text, false)
                );
            }
        }
    }
    if !ended && told.is_empty() {
        let errors = String::from_utf8_lossy(&output.stderr);
        let last: Vec<&str> = errors.lines().rev().take(5).collect();
        let _ = writeln!(outcome.report, "{} ended with {}: {last:?}", source.display(), output.status);
    }
    if outcome.report.is_empty() {
        let _ = std::fs::remove_file(binary);
    } else {
        let _ = writeln!(outcome.report, "in {}", source.display());
    }
    outcome
}

/// A few points, and what the interpreter finds there for the function and its derivative, in one mode or
/// the other. Nothing for functions of which some part is only known to the compiler.
fn interpreted(function: &Function, random: &mut Random) -> String {
    let mut out = String::new();
    let item: proc_macro2::TokenStream = reading(&function.text, false).parse().unwrap();
    for mode in ["forward", "reverse"] {
        let wrt = function.attribute.split_once("wrt(").and_then(|(_, rest)| rest.split_once(')'));
        let wrt = wrt.map_or(String::new(), |(names, _)| format!(", wrt({names})"));
        let attribute = format!("mode = {mode}{wrt}");
        let inputs: Vec<f64> =
            (0..function.vars()).map(|_| random.below(1000) as f64 / 200.0 - 2.5).collect();
        // Which arm of a match is taken, only the compiler knows.
        if item.to_string().contains("match") || item.to_string().contains("if let") {
            continue;
        }
        let passive = |code: &str| {
            let known = function.params.iter().find_map(|param| match param {
                Param::Passive { text, argument } if text.starts_with(&format!("{code}:")) => {
                    let shadowed = ["let ", "let mut "]
                        .iter()
                        .any(|word| function.text.contains(&format!("{word}{code}")));
                    (!shadowed).then_some(argument)
                }
                _ => None,
            });
            match known.map_or(code, |argument| argument) {
                "true" => Some(1.0),
                "false" => Some(0.0),
                "std :: f64 :: consts :: PI" => Some(std::f64::consts::PI),
                "(1 / 2) as f64" | "((1 / 2) as f64)" => Some(0.0),
                value => reading(value, false).parse().ok(),
            }
        };
        if function.single {
            continue;
        }
        let mut args = inputs.iter();
        let mut arg = |param: &Param| match param {
            Param::Real { .. } => Value::Number(args.next().copied().unwrap_or(f64::NAN)),
            Param::Passive { argument, .. } => {
                Value::Number(reading(argument, false).parse().unwrap_or(f64::NAN))
            }
        };
        let args: Vec<Value> = function.params.iter().map(&mut arg).collect();
        let found = interpret(attribute.parse().unwrap(), item.clone(), false, |interpreted| {
            let value = interpreted.function().run(&args, &mut Known(&passive)).ok()?;
            let prime = interpreted.product("prime", true)?.run(&args, &mut Known(&passive)).ok()?;
            Some((value.0, prime.0))
        });
        if let Ok(Some((value, prime))) = found {
            let list = |values: &[f64]| {
                let bits: Vec<String> =
                    values.iter().map(|value| format!("f64::from_bits({})", value.to_bits())).collect();
                format!("&[{}]", bits.join(", "))
            };
            let _ = write!(out, "({}, {}), ", list(&inputs), list(&[value, prime].concat()));
        }
    }
    out
}

/// Knows the value of passive code by its text, as long as it is a number.
struct Known<'k>(&'k dyn Fn(&str) -> Option<f64>);

impl Oracle for Known<'_> {
    type Passive = f64;

    fn enter(&mut self) {}

    fn leave(&mut self) {}

    fn bind(&mut self, _: &str, _: Ty, _: &Value) {}

    fn evaluate(&mut self, code: &str) -> Result<f64, String> {
        self.0(code).ok_or_else(String::new)
    }

    fn execute(&mut self, _: &str) -> Result<(), String> {
        Ok(())
    }

    fn value(&mut self, passive: &f64) -> Result<Value, String> {
        Ok(Value::Number(*passive))
    }

    fn items(&mut self, _: &f64) -> Result<Vec<f64>, String> {
        Err("no loops here".to_owned())
    }

    fn matches(&mut self, _: &str, _: &f64) -> Result<bool, String> {
        Err("only the compiler knows which arm is taken".to_owned())
    }

    fn call(&mut self, _: &str, _: &str, _: &mut [Value]) -> Result<Value, String> {
        Err("only the compiler knows what is called".to_owned())
    }
}

/// The function and its products as Rust text, with the other mode's `prime` too.
fn expand(function: &Function) -> Result<String, String> {
    let text = reading(&function.text, false);
    let both = [function.attribute.clone(), reverse_attribute(function)];
    let mut out = String::new();
    for (i, attribute) in both.iter().enumerate() {
        let mut file = driver::expand(attribute, &text)?;
        if i > 0 {
            file.items.remove(0);
        }
        out.push_str(&prettyplease::unparse(&file));
    }
    Ok(out)
}

fn reverse_attribute(function: &Function) -> String {
    let words: Vec<&str> = function.attribute.split(", ").collect();
    let wrt = match function.attribute.find("wrt(") {
        Some(at) => &function.attribute[at..=at + function.attribute[at..].find(')').unwrap()],
        None => "",
    };
    let mut out = format!("mode = reverse, prime = {}_reverse", function.name);
    if words.contains(&"hessian") {
        let _ = write!(out, ", hessian = {}_reverse_hessian", function.name);
    }
    if !wrt.is_empty() {
        let _ = write!(out, ", {wrt}");
    }
    out
}

/// A function as an entry of the table that the program checks.
fn case(function: &Function, interpreted: &str, out: &mut String) {
    let name = &function.name;
    let cast = if function.single { " as f32" } else { "" };
    let args = |dual: bool| {
        let mut next = 0;
        let list: Vec<String> = function
            .params
            .iter()
            .map(|param| match param {
                Param::Real { reference, .. } => {
                    next += 1;
                    let value = format!("(x[{}]{})", next - 1, if dual { "" } else { cast });
                    if *reference { format!("&{value}") } else { value }
                }
                Param::Passive { argument, .. } => {
                    reading(argument, dual).replace("lit(", "support::oracle::lit(")
                }
            })
            .collect();
        list.join(", ")
    };
    let plain = args(false);
    let references: Vec<bool> = function
        .params
        .iter()
        .filter_map(|param| match param {
            Param::Real { reference, .. } => Some(*reference),
            Param::Passive { .. } => None,
        })
        .collect();
    let dots: Vec<String> = references
        .iter()
        .enumerate()
        .map(|(i, reference)| format!("{}(d[{i}]{cast})", if *reference { "&" } else { "" }))
        .collect();
    let dots = dots.join(", ");
    let mut next = 0;
    let seed = function.shape.build(&mut || {
        next += 1;
        format!("s[{}]{cast}", next - 1)
    });
    let scalar = function.shape == Shape::Scalar;
    let _ = writeln!(
        out,
        "Case {{ name: \"{name}\", single: {}, equality: {}, vars: {}, run: |x| flat(plain::{name}({plain})), oracle: |x| \
         flat(dual::{name}({})), interpreted: &[{interpreted}], products: &[",
        function.single,
        function.equality,
        function.vars(),
        args(true)
    );
    let mut product = |suffix: &str, kind: &str, added: &str| {
        let separator = if added.is_empty() { "" } else { ", " };
        let _ = writeln!(
            out,
            "(\"{suffix}\", Kind::{kind}, |x, d, s| flat(plain::{name}_{suffix}({plain}{separator}{added}))),"
        );
    };
    product("prime", "Prime", "");
    product("reverse", "Prime", "");
    for word in function.attribute.split(", ") {
        match word {
            "value_and_prime" => product(word, "ValueAndPrime", ""),
            "prime2" => product(word, "Higher(2)", ""),
            "prime3" => product(word, "Higher(3)", ""),
            "hessian" => {
                product(word, "Hessian", "");
                product("reverse_hessian", "Hessian", "");
            }
            "jvp" => product(word, "Jvp", &dots),
            "vjp" => product(word, "Vjp", &seed),
            "hvp" if scalar => product(word, "Hvp", &dots),
            "hvp" => product(word, "Hvp", &format!("{seed}, {dots}")),
            _ => {}
        }
    }
    let _ = writeln!(out, "] }},");
}
