//! Thousands of random functions with loops, slices, arrays, lists and calls: the interpreter runs the regions that
//! are made of them, and their products are compared with each other and with dual numbers that run the same source
//! text. Neither needs rustc: `random_loops.rs` compiles fewer of them.
//!
//! `DERIV_FUZZ_SEED` and `DERIV_FUZZ_COUNT` choose other and more functions, `DERIV_FUZZ_VERBOSE` tells what
//! is refused.

#[path = "random/driver.rs"]
#[allow(dead_code, reason = "nothing is compiled here")]
mod driver;
#[path = "random/generator.rs"]
#[allow(dead_code, reason = "of the other generator only what both share is used")]
mod generator;
#[path = "random/loops.rs"]
mod loops;
#[path = "random/oracle.rs"]
#[allow(dead_code, reason = "it knows all of the scalar language")]
mod oracle;
#[path = "random/passive.rs"]
mod passive;
#[path = "random/rust.rs"]
mod rust;

use deriv_core::{Program, Value, interpret};
use driver::from_environment;
use generator::{Random, reading};
use loops::{Function, Kind, Shape, source};
use passive::{Passive, along, inputs, length, variables};
use rust::{Functions, Parsed};
use std::fmt::Write;
use std::rc::Rc;

/// Functions that may call each other.
const BATCH: usize = 75;

#[test]
fn random_regions_agree_with_dual_numbers() {
    let count = from_environment("DERIV_FUZZ_COUNT", 2_000) as usize;
    let seed = from_environment("DERIV_FUZZ_SEED", 1);
    let outcomes =
        driver::in_batches(count, BATCH, |batch, size| run_batch(seed * 10_000 + batch as u64, size));
    let mut total = Outcome::default();
    for outcome in outcomes {
        total.refused += outcome.refused;
        total.compared += outcome.compared;
        total.skipped += outcome.skipped;
        total.failures += outcome.failures;
        print!("{}", outcome.report);
    }
    let Outcome { refused, compared, skipped, failures, .. } = total;
    println!("{count} functions, {refused} refused, {compared} numbers compared, {skipped} not");
    assert_eq!(failures, 0, "functions with failures");
    assert!(refused * 2 <= count, "{refused} of {count} functions are refused");
    assert!(compared > count * 10, "only {compared} numbers were compared");
}

#[derive(Default)]
struct Outcome {
    refused: usize,
    compared: usize,
    /// Derivatives that are infinite or ill-conditioned.
    skipped: usize,
    failures: usize,
    report: String,
}

fn run_batch(seed: u64, size: usize) -> Outcome {
    let mut random = Random(seed);
    let mut outcome = Outcome::default();
    let mut known: Vec<Function> = Vec::new();
    let mut functions = Functions::default();
    for number in 0..size {
        let mut function = loops::function(&mut random, &format!("g{number}"), &known);
        let text = reading(&function.text, false);
        let item = syn::parse_str(&text).expect("the generator writes Rust");
        functions.insert(function.name.clone(), Rc::new(item));
        let mut found = Vec::new();
        let checked = loop {
            let point = &mut Random(seed ^ (number as u64) << 32);
            let mut case =
                Case { functions: &functions, known: &known, function: &function, found: Vec::new() };
            match case.check(&text, point, &mut outcome) {
                Ok(()) => {
                    found.append(&mut case.found);
                    break true;
                }
                Err(message) => {
                    if std::env::var_os("DERIV_FUZZ_VERBOSE").is_some() {
                        println!("refused: {message}\n{}", source(&function));
                    }
                    // Without what was asked for last, which is what is the most difficult.
                    if function.words.len() <= 2 {
                        break false;
                    }
                    function.words.pop();
                }
            }
        };
        if !found.is_empty() {
            outcome.failures += 1;
            let _ = writeln!(outcome.report, "{}\n{}", found.join("\n"), source(&function));
            let less = shrunk(&text, &kind(&found), |text| {
                let Ok(item) = syn::parse_str(text) else { return Vec::new() };
                functions.insert(function.name.clone(), Rc::new(item));
                let mut case =
                    Case { functions: &functions, known: &known, function: &function, found: Vec::new() };
                let point = &mut Random(seed ^ (number as u64) << 32);
                let _ = case.check(text, point, &mut Outcome::default());
                case.found
            });
            let _ = writeln!(outcome.report, "In short:\n{less}");
            for called in known.iter().filter(|known| less.contains(&format!("{}(", known.name))) {
                let _ = writeln!(outcome.report, "where\n{}", source(called));
            }
            functions
                .insert(function.name.clone(), Rc::new(syn::parse_str(&text).expect("it was read before")));
        }
        outcome.refused += usize::from(!checked);
        let whole = function.words.iter().any(|word| ["hessian", "prime2"].contains(word));
        if checked && (!function.is_of_scalars() || whole) {
            known.push(function);
        }
    }
    outcome
}

/// What sorts of mistakes there are.
fn kind(found: &[String]) -> Vec<&'static str> {
    let sorts = ["SOURCE", "has no value", "dual numbers say", "the value is"];
    sorts.into_iter().filter(|sort| found.iter().any(|message| message.contains(sort))).collect()
}

/// The function without what does not matter for a mistake of the same sort.
fn shrunk(text: &str, sort: &[&str], mut find: impl FnMut(&str) -> Vec<String>) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let mut shorter = true;
    while std::mem::take(&mut shorter) {
        let mut first = 1;
        while first + 1 < lines.len() {
            let closes = |last: &usize| {
                let ends = lines[first..=*last].concat();
                ends.matches('{').count() == ends.matches('}').count()
            };
            let last = (first..lines.len() - 1).find(closes).unwrap_or(first);
            let without = |range: std::ops::RangeInclusive<usize>| {
                lines.iter().enumerate().filter(|(i, _)| !range.contains(i)).map(|(_, line)| *line).collect()
            };
            let inside = (first + 1..last).map(|i| lines[i]);
            let unwrapped =
                lines[..first].iter().copied().chain(inside).chain(lines[last + 1..].iter().copied());
            let candidates: [Vec<&str>; 2] = [without(first..=last), unwrapped.collect()];
            match candidates
                .into_iter()
                .find(|candidate| candidate.len() < lines.len() && kind(&find(&candidate.join("\n"))) == sort)
            {
                Some(candidate) => (lines, shorter) = (candidate, true),
                None => first += 1,
            }
        }
    }
    lines.join("\n")
}

/// A function that is being checked.
struct Case<'c> {
    functions: &'c Functions,
    known: &'c [Function],
    function: &'c Function,
    /// What is wrong.
    found: Vec<String>,
}

/// Where a function is checked.
struct Point {
    n: usize,
    at: Vec<f64>,
    /// Two directions.
    u: Vec<f64>,
    w: Vec<f64>,
    /// The adjoints of the results.
    seeds: Vec<f64>,
    truth: Truth,
}

/// What dual numbers find.
#[derive(Clone)]
struct Truth {
    value: Vec<f64>,
    /// The derivatives of the results along both directions, and the second one.
    u: Vec<f64>,
    w: Vec<f64>,
    both: Vec<f64>,
}

impl<'c> Case<'c> {
    /// # Errors
    ///
    /// If the function is refused.
    fn check(&mut self, text: &str, random: &mut Random, outcome: &mut Outcome) -> Result<(), String> {
        let words = &self.function.words;
        self.check_as(text, &self.function.attribute(words), words, random, outcome)?;
        // The other ways to the same.
        if self.function.is_of_scalars() {
            for mode in ["mode = forward", "mode = reverse"] {
                self.check_as(text, &self.function.attribute(&[mode]), &["prime"], random, outcome)?;
            }
        }
        if random.chance(30) {
            let every = *random.pick(&["checkpoint", "checkpoint = 1", "checkpoint = 2"]);
            self.check_as(text, &self.function.attribute(&["vjp", every]), &["vjp"], random, outcome)?;
        }
        Ok(())
    }

    fn check_as(
        &mut self,
        text: &str,
        attribute: &str,
        words: &[&str],
        random: &mut Random,
        outcome: &mut Outcome,
    ) -> Result<(), String> {
        let parsed = Parsed::default();
        let tokens = |text: &str| text.parse::<proc_macro2::TokenStream>().map_err(|error| error.to_string());
        interpret(tokens(attribute)?, tokens(text)?, random.chance(40), |interpreted| {
            let function = interpreted.function();
            let mut products = Vec::new();
            // Most of the time would be spent on the simplifier, which is tested by itself.
            let simplified = random.chance(15);
            for word in words {
                products.extend(interpreted.product(word, simplified).map(|product| (*word, product)));
            }
            for n in [0, 1, 2, 4] {
                let point = match self.point(n, random) {
                    Ok(point) => point,
                    Err(message) => return self.found.push(format!("SOURCE for n = {n}: {message}")),
                };
                for (word, product) in
                    [("", &function)].into_iter().chain(products.iter().map(|(w, p)| (*w, p)))
                {
                    let checked = self.product(word, product, &parsed, &point, outcome);
                    if let Err(message) = checked {
                        let Point { n, at, u, w, seeds, .. } = &point;
                        return self.found.push(format!(
                            "{word} of #[derive_fn({attribute})] for n = {n} at {at:?} along {u:?} and {w:?} with {seeds:?}: \
                             {message}"
                        ));
                    }
                }
            }
        })
    }

    fn point(&self, n: usize, random: &mut Random) -> Result<Point, String> {
        let mut numbers =
            |count| (0..count).map(|_| random.below(4000) as f64 / 1000.0 - 2.0 + 1e-4).collect::<Vec<f64>>();
        let count = inputs(self.function, n);
        let (at, u, w) = (numbers(count), numbers(count), numbers(count));
        let truth = self.truth(n, &at, &u, &w)?;
        let seeds = numbers(truth.value.len());
        Ok(Point { n, at, u, w, seeds, truth })
    }

    fn truth(&self, n: usize, at: &[f64], u: &[f64], w: &[f64]) -> Result<Truth, String> {
        let numbers: Vec<_> = at.iter().zip(u).zip(w).map(|((at, u), w)| along(*at, *u, *w)).collect();
        let found = passive::run(self.functions, self.function, n, &numbers)?;
        let part = |part: &dyn Fn(&passive::D) -> f64| found.iter().map(part).collect();
        Ok(Truth {
            value: part(&|d| d.re.re),
            u: part(&|d| d.re.eps),
            w: part(&|d| d.eps.re),
            both: part(&|d| d.eps.eps),
        })
    }

    /// Runs a product at a point, and compares what it finds.
    fn product(
        &self,
        word: &str,
        program: &Program<'_, '_>,
        parsed: &Parsed,
        point: &Point,
        outcome: &mut Outcome,
    ) -> Result<(), String> {
        let Point { n, at, u, w, seeds, truth, .. } = point;
        let function = self.function;
        let outputs = || variables(function).filter(|param| matches!(param.kind, Kind::Output(_)));
        let returned = truth.value.len() - outputs().map(|param| length(&param.kind, *n)).sum::<usize>();
        let mut args = passive::values(function, *n, at);
        let dots = || parts(function, *n, u);
        let seed = (returned > 0).then(|| shaped(function, &seeds[..returned]));
        let bars = {
            let mut rest = &seeds[returned..];
            let mut bars = Vec::new();
            for param in outputs() {
                let (bar, others) = rest.split_at(length(&param.kind, *n));
                bars.push(list(bar));
                rest = others;
            }
            bars
        };
        // Something that is overwritten.
        let slices = variables(function).filter(|param| matches!(param.kind, Kind::Slice(_)));
        let buffers = slices.map(|param| list(&vec![7.5; length(&param.kind, *n)]));
        let scalar = function.shape == Shape::Scalar;
        match word {
            "jvp" => args.extend(dots()),
            "vjp" => args.extend(seed.into_iter().chain(bars).chain(buffers)),
            "hvp" => {
                args.extend(seed.filter(|_| !scalar).into_iter().chain(bars).chain(dots()).chain(buffers));
            }
            "prime" | "value_and_prime" => args.extend(buffers),
            "hessian" if buffers.count() > 0 => args.push(list(&vec![7.5; at.len() * at.len()])),
            _ => {}
        }
        let mut passive = Passive::new(self.functions, self.known, parsed, function, *n, at);
        let (numbers, after) = program.run(&args, &mut passive).map_err(|error| error.to_string())?;
        let (own, added) = after.split_at(function.params.len());
        // The values, where there are any.
        let written = || {
            let args = function.params.iter().zip(own);
            let args = args.filter(|(param, _)| matches!(param.kind, Kind::Output(_)));
            args.flat_map(|(_, arg)| arg.numbers()).collect::<Vec<f64>>()
        };
        let valued = matches!(word, "" | "jvp" | "vjp" | "value_and_prime");
        let (values, rest) = numbers.split_at(if valued { returned } else { 0 });
        if valued {
            let values = [values, &written()].concat();
            let same = |a: &f64, b: &f64| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
            if values.len() != truth.value.len() || !values.iter().zip(&truth.value).all(|(a, b)| same(a, b))
            {
                return Err(format!("the value is {values:?} but {:?}", truth.value));
            }
        }
        // The adjoints, in the variables' order.
        let gathered = || {
            let mut rest = rest.iter().copied();
            let last = added.len()
                - variables(function).filter(|param| matches!(param.kind, Kind::Slice(_))).count();
            let mut buffers = added[last..].iter();
            let mut bars = added[usize::from(returned > 0).min(added.len())..].iter();
            let mut gathered = Vec::new();
            for param in variables(function) {
                match param.kind {
                    Kind::Slice(_) => gathered.extend(buffers.next().map(Value::numbers).unwrap_or_default()),
                    Kind::Output(_) => gathered.extend(bars.next().map(Value::numbers).unwrap_or_default()),
                    _ => gathered.extend(rest.by_ref().take(length(&param.kind, *n))),
                }
            }
            gathered
        };
        let ones = vec![1.0; truth.value.len()];
        let mut compare = |found: Vec<f64>, by: &[f64], wanted: &dyn Fn(&Truth) -> Vec<f64>, to: &[f64]| {
            self.compare(point, (&found, by), wanted, to, outcome)
        };
        match word {
            "jvp" => {
                let outputs = variables(function).zip(added);
                let outputs = outputs.filter(|(param, _)| matches!(param.kind, Kind::Output(_)));
                let mut tangents = rest.to_vec();
                tangents.extend(outputs.flat_map(|(_, dot)| dot.numbers()));
                for (i, tangent) in tangents.iter().enumerate() {
                    compare(vec![*tangent], &[1.0], &|truth| vec![truth.u[i]], &[1.0])?;
                }
                Ok(())
            }
            "vjp" => {
                compare(gathered(), w, &|truth| truth.w.clone(), seeds)?;
                compare(gathered(), u, &|truth| truth.u.clone(), seeds)
            }
            "prime" | "value_and_prime" => compare(gathered(), w, &|truth| truth.w.clone(), &ones),
            "hvp" if scalar => compare(gathered(), w, &|truth| truth.both.clone(), &ones),
            "hvp" => compare(gathered(), w, &|truth| truth.both.clone(), seeds),
            "hessian" | "prime2" => {
                let found = if rest.is_empty() {
                    added.iter().flat_map(Value::numbers).collect()
                } else {
                    rest.to_vec()
                };
                let by: Vec<f64> = u.iter().flat_map(|u| w.iter().map(move |w| u * w)).collect();
                compare(found, &by, &|truth| truth.both.clone(), &ones)
            }
            _ => Ok(()),
        }
    }

    /// Compares two sums of products, which are to be equal.
    fn compare(
        &self,
        point: &Point,
        (found, by): (&[f64], &[f64]),
        wanted: &dyn Fn(&Truth) -> Vec<f64>,
        to: &[f64],
        outcome: &mut Outcome,
    ) -> Result<(), String> {
        if found.len() != by.len() {
            return Err(format!("{} numbers instead of {}", found.len(), by.len()));
        }
        let sum = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let size = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a * b).abs()).sum::<f64>();
        let truth = wanted(&point.truth);
        let (here, there) = (sum(found, by), sum(&truth, to));
        if !there.is_finite() {
            outcome.skipped += 1;
            return Ok(());
        }
        let mut limit = 1e-9 * (size(found, by).min(1e6) + size(&truth, to) + 1e-3);
        if (here - there).abs() <= limit {
            outcome.compared += 1;
            return Ok(());
        }
        // How far the truth moves when the inputs do, by a little more than rounding.
        for step in [3e-15, -2e-15] {
            let Point { n, at, u, w, .. } = point;
            let moved: Vec<f64> = at.iter().zip(u).map(|(x, d)| x + step * (0.7 + d)).collect();
            limit += 1000.0 * (sum(&wanted(&self.truth(*n, &moved, u, w)?), to) - there).abs();
        }
        if !limit.is_finite() || limit > 0.1 * there.abs() + 1e-6 {
            outcome.skipped += 1;
            return Ok(());
        }
        outcome.compared += 1;
        if (here - there).abs() <= limit {
            return Ok(());
        }
        Err(format!("{found:?}, together {here:?}, but dual numbers say {there:?}"))
    }
}

/// Numbers for the variables and outputs, each by itself.
fn parts(function: &Function, n: usize, numbers: &[f64]) -> Vec<Value> {
    let mut rest = numbers;
    let mut parts = Vec::new();
    for param in variables(function) {
        let (own, others) = rest.split_at(length(&param.kind, n));
        parts.push(if param.kind == Kind::Scalar { Value::Number(own[0]) } else { list(own) });
        rest = others;
    }
    parts
}

/// Numbers in the form of the result.
fn shaped(function: &Function, numbers: &[f64]) -> Value {
    if function.shape == Shape::Scalar { Value::Number(numbers[0]) } else { list(numbers) }
}

fn list(numbers: &[f64]) -> Value {
    Value::List(numbers.iter().map(|number| Value::Number(*number)).collect())
}
