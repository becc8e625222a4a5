//! Random functions with structs of numbers as variables, arguments and results, through the whole pipeline: expanded,
//! compiled by rustc, run, and compared with dual numbers that run the same source text.
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
#[path = "random/structs.rs"]
mod structs;

use batch::{Common, Entry, Outcome};
use driver::from_environment;
use generator::{Random, reading};
use std::fmt::Write;
use std::path::Path;
use structs::{Function, Kind, PRELUDE, Ty, World};

/// Functions in one crate.
const BATCH: usize = 50;

#[test]
fn random_structs_agree_with_dual_numbers() {
    let count = from_environment("DERIV_FUZZ_COUNT", 200) as usize;
    let seed = from_environment("DERIV_FUZZ_SEED", 1);
    let folder = driver::folder("random_structs");
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
    let world = World::new(&mut random);
    let mut known = Vec::new();
    let mut entries = Vec::new();
    let operators = structs::operators();
    for number in 0..operators.len() + size {
        let mut function = match operators.get(number) {
            Some(operator) => operator.clone(),
            None => structs::function(&mut random, &format!("g{number}"), &world, &known),
        };
        let wanted = function.words.len();
        let plain = loop {
            match driver::expand(&function.attribute(), &reading(&function.text, false)) {
                Ok(file) => break Some(prettyplease::unparse(&file)),
                Err(message) => {
                    if std::env::var_os("DERIV_FUZZ_VERBOSE").is_some() {
                        println!("refused: {message}\n{}", source(&function, &world));
                    }
                    // Without second derivatives, perhaps.
                    if !function.is_twice() {
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
        entries.push(Entry {
            name: function.name.clone(),
            source: source(&function, &world),
            plain: belonging(&function, &world, &plain),
            dual: belonging(&function, &world, &reading(&function.text, true)),
            case: case(&function, &world),
        });
        known.push(function);
    }
    let path = folder.join(format!("batch_{seed}.rs"));
    batch::check(&path, libraries, &common(&world), entries, &mut outcome);
    outcome
}

/// A function in the `impl` that it belongs to.
fn belonging(function: &Function, world: &World, text: &str) -> String {
    match function.of {
        Some(of) => format!("impl {} {{\n{text}\n}}\n", world.structs[of].name),
        None => format!("{text}\n"),
    }
}

/// A function as a user writes it.
fn source(function: &Function, world: &World) -> String {
    let text = format!("#[derive_fn({})]\n{}", function.attribute(), reading(&function.text, false));
    belonging(function, world, &text)
}

/// The structs, and what takes them apart.
fn common(world: &World) -> Common {
    let mut common =
        Common { plain: reading(PRELUDE, false), dual: reading(PRELUDE, true), beside: String::new() };
    for (which, definition) in world.structs.iter().enumerate() {
        let text = world.definition(which);
        let plain = reading(&text, false);
        let derived = deriv_core::derive_reals(plain.parse().unwrap());
        let _ = writeln!(common.plain, "{plain}{derived}");
        common.dual.push_str(&reading(&text, true));
        let fields: String =
            definition.fields.iter().map(|(name, _)| format!("self.{name}.flat(out);")).collect();
        for (module, number) in [("plain", "f64"), ("dual", "D")] {
            let name = &definition.name;
            let _ = writeln!(
                common.beside,
                "impl Flat<{number}> for {module}::{name} {{ fn flat(&self, out: &mut Vec<{number}>) {{ {fields} }} }}"
            );
        }
    }
    common
}

/// The statements that take a function's parameters from `x`, and its arguments.
fn inputs(function: &Function, world: &World, module: &str) -> (String, Vec<String>) {
    let mut text = "let mut numbers = Numbers(x);\n".to_owned();
    let mut args = Vec::new();
    let mut constant = 0.25;
    for param in &function.params {
        let value = match &param.kind {
            Kind::Variable(ty) => taken(world, ty, module, "numbers"),
            Kind::Constant(ty) => world.build(ty, module, &mut |ty| {
                constant -= 0.625;
                (*ty == Ty::Real).then(|| {
                    if module == "dual" { format!("lit({constant:?})") } else { format!("{constant:?}") }
                })
            }),
            Kind::Data => format!("{module}::data()"),
            Kind::Count => "n".to_owned(),
        };
        let _ = writeln!(text, "let at_{} = {value};", param.name);
        args.push(format!("{}at_{}", if param.reference { "&" } else { "" }, param.name));
    }
    (text, args)
}

/// A value whose numbers are taken one by one.
fn taken(world: &World, ty: &Ty, module: &str, from: &str) -> String {
    world.build(ty, module, &mut |ty| (*ty == Ty::Real).then(|| format!("{from}.one()")))
}

/// A function as an entry of the table that the program checks.
fn case(function: &Function, world: &World) -> String {
    let (name, path) = (&function.name, function.path(world));
    let variables = || {
        function.params.iter().filter_map(|param| match &param.kind {
            Kind::Variable(ty) => Some((param, ty)),
            _ => None,
        })
    };
    let total: usize = variables().map(|(_, ty)| world.size(ty)).sum();
    let run = |module: &str| {
        let (text, args) = inputs(function, world, module);
        format!("|n, x| {{\n{text}flat({module}::{path}({}))\n}}", args.join(", "))
    };
    let mut out = format!(
        "Case {{ name: \"{name}\", inputs: |n| {total},\nrun: {},\noracle: {},\n",
        run("plain"),
        run("dual")
    );
    let (own, args) = inputs(function, world, "plain");
    let mut dots = "let mut dots = Numbers(d);\n".to_owned();
    let mut dot_args = Vec::new();
    for (param, ty) in variables() {
        let _ = writeln!(dots, "let dot_{} = {};", param.name, taken(world, ty, "plain", "dots"));
        let reference = if param.reference || param.name == "self" { "&" } else { "" };
        dot_args.push(format!("{reference}dot_{}", param.name));
    }
    let seed = format!(
        "let mut seeds = Numbers(s);\nlet seed = {};\n",
        taken(world, &function.result, "plain", "seeds")
    );
    let scalar = function.result == Ty::Real;
    let call = |product: &str, parts: &[&[String]]| {
        let args: Vec<&str> = parts.iter().flat_map(|part| part.iter().map(String::as_str)).collect();
        format!("plain::{path}_{product}({})", args.join(", "))
    };
    let mut entry = |word: &str, asked: bool, params: &str, text: String| {
        let _ = match asked {
            true => writeln!(out, "{word}: Some(|{params}| {{\n{own}{text}\n}}),"),
            false => writeln!(out, "{word}: None,"),
        };
    };
    let has = |word: &str| function.words.contains(&word);
    let pair = "(flat(value), flat(found))";
    let seeds = ["seed".to_owned()];
    entry(
        "jvp",
        true,
        "n, x, d",
        format!("{dots}let (value, found) = {};\n{pair}", call("jvp", &[&args, &dot_args])),
    );
    entry(
        "vjp",
        true,
        "n, x, s",
        format!("{seed}let (value, found) = {};\n{pair}", call("vjp", &[&args, &seeds])),
    );
    let both = call("value_and_prime", &[&args]);
    entry("value_and_prime", has("value_and_prime"), "n, x", format!("let (value, found) = {both};\n{pair}"));
    entry("prime", scalar, "n, x", format!("flat({})", call("prime", &[&args])));
    // Of a number the product is for the seed 1.
    let product = match scalar {
        true => format!(
            "{dots}let mut bars = flat::<f64, _>({});\nbars.iter_mut().for_each(|bar| *bar *= s[0]);\nbars",
            call("hvp", &[&args, &dot_args])
        ),
        false => format!("{dots}{seed}flat({})", call("hvp", &[&args, &seeds, &dot_args])),
    };
    entry("hvp", has("hvp"), "n, x, s, d", product);
    let hessian = if has("prime2") { "prime2" } else { "hessian" };
    entry("hessian", has(hessian), "n, x", format!("flat({})", call(hessian, &[&args])));
    out.push_str("},\n");
    out
}
