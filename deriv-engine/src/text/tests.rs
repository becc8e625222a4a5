//! What is printed can be parsed, and what is parsed computes what is written.

use crate::graph::{Expr, Graph, Ty};
use crate::ops::{ArgKind, Op, Syntax};
use crate::{Formula, ParseError};

fn formula(source: &str) -> Formula {
    source.parse().unwrap_or_else(|error: ParseError| panic!("{error}"))
}

fn error(source: &str) -> ParseError {
    match source.parse::<Formula>() {
        Ok(formula) => panic!("`{source}` is taken for {formula}"),
        Err(error) => error,
    }
}

/// Text beside the same function as the compiler reads it; to the last bit.
#[test]
fn text_means_what_rust_and_mathematics_mean() {
    type Function = fn(f64, f64) -> f64;
    let functions: &[(&str, Function)] = &[
        ("3*x.powi(2) + 2*x + 1", |x, _| 3.0 * x.powi(2) + 2.0 * x + 1.0),
        ("3x²".trim_start_matches('3'), |x, _| x.powi(2)),
        ("-x.powi(2)", |x, _| -x.powi(2)),
        ("-x^2", |x, _| -x.powi(2)),
        ("-x²", |x, _| -x.powi(2)),
        ("(-x)²", |x, _| (-x).powi(2)),
        ("x⁻¹ + x⁻¹²", |x, _| x.powi(-1) + x.powi(-12)),
        ("x^-2", |x, _| x.powi(-2)),
        ("2^-x^2", |x, _| 2f64.powf(-x.powi(2))),
        ("2^x^y", |x, y| 2f64.powf(x.powf(y))),
        ("(2^x)^y", |x, y| 2f64.powf(x).powf(y)),
        ("2^x*y", |x, y| 2f64.powf(x) * y),
        ("x**3", |x, _| x.powi(3)),
        ("x^0.5", |x, _| x.powf(0.5)),
        ("x^2.0", |x, _| x.powi(2)),
        ("x.powf(y)", |x, y| x.powf(y)),
        ("x - y - 1", |x, y| x - y - 1.0),
        ("x / y / 2 * y", |x, y| x / y / 2.0 * y),
        ("x % y * 3", |x, y| x % y * 3.0),
        ("x + -y", |x, y| x - y),
        ("x - -3 * y", |x, y| x - -3.0 * y),
        ("+x − y", |x, y| x - y),
        ("2·x×y÷3", |x, y| 2.0 * x * y / 3.0),
        ("1_000.0 + 2f64 + 1e-3 + 2. + 5usize + 1.5E+2_f64", |_, _| 1000.0 + 2.0 + 1e-3 + 2.0 + 5.0 + 150.0),
        ("0.1f32 * x", |x, _| f64::from(0.1f32) * x),
        ("2.sin() + 2.0.cos()", |_, _| 2f64.sin() + 2f64.cos()),
        ("f64::sin(x) + std::f64::consts::E", |x, _| x.sin() + std::f64::consts::E),
        ("PI*x + π + consts::LN_2", |x, _| {
            std::f64::consts::PI * x + std::f64::consts::PI + std::f64::consts::LN_2
        }),
        ("x.sin().exp().abs()", |x, _| x.sin().exp().abs()),
        ("x.sin().powi(2) + x.cos().powi(2)", |x, _| x.sin().powi(2) + x.cos().powi(2)),
        ("sin(x)² + cos(x)^2", |x, _| x.sin().powi(2) + x.cos().powi(2)),
        ("-x.sin()", |x, _| -x.sin()),
        ("(x + y).mul_add(x, y + 1)", |x, y| (x + y).mul_add(x, y + 1.0)),
        ("atan2(y, x) - y.atan2(x)", |x, y| y.atan2(x) - y.atan2(x)),
        ("max(x, y) + x.min(y).max(0.5)", |x, y| x.max(y) + x.min(y).max(0.5)),
        ("log(x, 10) + x.log(3) + ln(x)", |x, _| x.log(10.0) + x.log(3.0) + x.ln()),
        ("libm::log(x) + libm::fabs(y)", |x, y| x.ln() + y.abs()),
        ("arctan(x) + arsinh(y)", |x, y| x.atan() + y.asinh()),
        ("√x + √(x + y) * ∛y - √2", |x, y| x.sqrt() + (x + y).sqrt() * y.cbrt() - 2f64.sqrt()),
        ("(√x)² / √|y|", |x, y| x.sqrt().powi(2) / y.abs().sqrt()),
        ("|x - |y - 3||·|x|", |x, y| (x - (y - 3.0).abs()).abs() * x.abs()),
        ("||x| - 1|", |x, _| (x.abs() - 1.0).abs()),
        ("⌊x⌋ + ⌈y⌉²", |x, y| x.floor() + y.ceil().powi(2)),
        ("(x if x > y else -x)", |x, y| if x > y { x } else { -x }),
        ("1 if x < y else 2 if not (x < 1) and y ≤ 2 or x = y else 3", |x, y| {
            if x < y {
                1.0
            } else if x >= 1.0 && y <= 2.0 || x == y {
                2.0
            } else {
                3.0
            }
        }),
        ("1 + (x if |x| > 1 || |y| > 1 && !(x != y) else y)", |x, y| {
            1.0 + if x.abs() > 1.0 || y.abs() > 1.0 && x == y { x } else { y }
        }),
        (
            "(x if (y if x > 1 else x) > 1 else y)",
            |x, y| {
                if (if x > 1.0 { y } else { x }) > 1.0 { x } else { y }
            },
        ),
        ("t1·t2 where t1 = x + 1, t2 = t1² + y", |x, y| (x + 1.0) * ((x + 1.0).powi(2) + y)),
        ("inf - ∞ if x < -100 else x", |x, _| x),
        ("x \n\t+ y", |x, y| x + y),
    ];
    for (source, function) in functions {
        let formula = formula(source);
        for (x, y) in [(0.7, 1.3), (1.3, 0.7), (2.5, 2.5), (4.0, 0.25)] {
            let value = formula.evaluate(&[("x", x), ("y", y)]).unwrap();
            assert_eq!(value, function(x, y), "{source} = {formula} at {x}, {y}");
        }
    }
}

/// Texts that are refused: where, and the beginning of what is said.
#[test]
fn errors_say_where_and_what_to_write() {
    let errors = [
        ("", 0, "expected a number, a name or `(`, found the end"),
        ("3*x + 2x", 7, "no operator between `2` and `x`: write `2*x`"),
        ("2e", 1, "no operator between `2` and `e`"),
        ("2 x", 2, "expected an operator, found `x`: for a product write `2*x`"),
        ("x y", 2, "expected an operator, found `y`: for a product write `x*y`"),
        ("2(x + 1)", 1, "expected an operator, found `(`: for a product write `2*(…`"),
        ("(x + 1)(x - 1)", 7, "expected an operator, found `(`: for a product write `(x + 1)*(…`"),
        ("x + y*x(y)", 6, "`x` is a variable, not a function: for a product write `x*(…)`"),
        ("sin x", 0, "`sin` is a function: write `sin(…)`"),
        ("sinn(x)", 0, "there is no function `sinn`: did you mean `sin`?"),
        ("squirrel(x)", 0, "there is no function `squirrel`"),
        ("f16::sin(x)", 0, "there is no function `f16::sin`"),
        ("x.sinus()", 2, "there is no function `sinus`"),
        ("log(x)", 0, "the base is missing: write `ln(x)`, `log2(x)`, `log10(x)` or `log(x, base)`"),
        ("1 + x.log()", 4, "the base is missing"),
        ("sin(x, y)", 0, "`sin` takes 1 argument, not 2"),
        ("x + atan2(x)", 4, "`atan2` takes 2 arguments, not 1"),
        ("sin()", 4, "expected a number, a name or `(`, found `)`"),
        ("x.k", 2, "expected a method call"),
        ("x.5", 2, "expected a method call"),
        (".5", 0, "a number starts with a digit"),
        ("x +", 3, "expected a number, a name or `(`, found the end"),
        ("x + * y", 4, "expected a number, a name or `(`, found `*`"),
        ("(x + 1", 0, "`(` has no `)` before the end"),
        ("sin(x + 1", 0, "`sin` has no `)` before the end"),
        ("x + 1)", 5, "nothing is open that `)` closes"),
        ("|x + 1", 0, "`|` has no `|` before the end"),
        ("(|x)|", 1, "`|` has no `|` before `)`"),
        ("2*(1 + ⌈x)", 7, "`⌈` has no `⌉` before `)`"),
        ("x, y", 1, "a comma belongs between arguments of a function"),
        ("(x, y)", 2, "a comma belongs between arguments of a function"),
        ("x.powi(0.5)", 7, "expected a whole number such as 2"),
        ("x.powi(y)", 7, "expected a whole number"),
        ("x > 1", 0, "this is a condition, and a formula is a number"),
        ("1 + (x > 1)", 4, "expected a number, found a condition"),
        ("(1 if x else 2)", 6, "expected a condition, such as `x > 0`, found a number"),
        ("(1 if 0 < x < 1 else 2)", 12, "comparisons do not chain: write `a < b and b < c`"),
        ("1 if x > 0", 2, "this `if` has no `else`"),
        ("(1 if x > 0)", 3, "this `if` has no `else`"),
        ("1 else 2", 2, "this `else` has no `if`"),
        ("√x²", "√x".len(), "is this the root of a power, or the power of a root?"),
        ("√-x", "√".len(), "the root of how much? Write `√(-x)`"),
        ("e^x", 0, "`e` may be Euler's number or a variable: write `consts::E` or `exp(x)`"),
        ("cfg::PITCH * x", 0, "there is no constant `cfg::PITCH`"),
        ("x # y", 2, "`#` has no meaning here"),
        ("x & y", 2, "`&` has no meaning here"),
        ("1.2.3", 4, "expected a method call"),
        ("x where", 7, "expected a name to define, found the end"),
        ("x where y", 9, "expected `=` after `y`, found the end"),
        ("x where y = 2 where x = 1", 14, "there can be only one `where`"),
        ("x where y = x, x = 1", 15, "`x` is used or defined before this definition"),
        ("x⁻", 1, "`⁻` is not an exponent"),
        ("x⁹⁹⁹⁹⁹⁹⁹⁹⁹⁹⁹⁹", 1, "`⁹⁹⁹⁹⁹⁹⁹⁹⁹⁹⁹⁹` is not an exponent"),
        ("½*x", 0, "`½` has no meaning here"),
    ];
    for (source, position, message) in errors {
        let error = error(source);
        assert!(error.message().starts_with(message), "{source}\n{error}\nexpected: {message}");
        assert_eq!(error.position(), position, "{source}\n{error}");
    }
}

#[test]
fn errors_point_at_the_place_in_its_line() {
    let shown = error("α·x +\n  2·β·sinn(γ) +\n 3").to_string();
    assert_eq!(shown, "there is no function `sinn`: did you mean `sin`?\n    2·β·sinn(γ) +\n        ^^^^");
    let long = format!("{} + 2x + {}", "x + ".repeat(1000), "x");
    let shown = error(&long).to_string();
    let lines: Vec<&str> = shown.lines().collect();
    let column = lines[2].chars().position(|c| c == '^').unwrap();
    assert_eq!(lines[1].chars().nth(column), Some('x'), "{shown}");
    assert!(lines[1].chars().count() < 90);
}

/// No text makes the parser panic: pieces of formulas in any order.
#[test]
fn nothing_panics() {
    let pieces = [
        "x", "y", "2", "1.5", "(", ")", "|", "+", "-", "*", "^", "²", "√", ".", "sin", "sin(", ".abs()",
        ".powi(", ",", "if", "else", "where", "=", "<", "and", "not", "!", "⌊", "⌋", " ", "e", "::", "1e",
        "π", "log(",
    ];
    let mut random = Random(7);
    let (mut good, mut bad) = (0, 0);
    for _ in 0..100_000 {
        let length = 1 + random.below(9);
        let source: String = (0..length).map(|_| pieces[random.below(pieces.len())]).collect();
        match source.parse::<Formula>() {
            Ok(formula) => {
                good += 1;
                let _ = formula.to_string();
            }
            Err(error) => {
                bad += 1;
                let _ = error.to_string();
            }
        }
    }
    assert!(good > 1000 && bad > 1000, "{good} {bad}");
}

/// Ten thousand of anything fits on the stack.
#[test]
fn depth_and_length_are_no_danger() {
    const N: usize = 10_000;
    let nested = |open: &str, close: &str| format!("{}x{}", open.repeat(N), close.repeat(N));
    let value = |source: &str| {
        let formula = formula(source);
        let again: Formula = formula.to_string().parse().unwrap();
        let value = formula.evaluate(&[("x", 0.5)]).unwrap();
        let other = again.evaluate(&[("x", 0.5)]).unwrap();
        assert!((value - other).abs() < 1e-9 * value.abs());
        value
    };
    assert_eq!(value(&nested("(", ")")), 0.5);
    assert_eq!(value(&nested("|", "|")), 0.5);
    assert_eq!(value(&nested("-", "")), 0.5);
    assert_eq!(value(&nested("", ".abs()")), 0.5);
    assert_eq!(value(&nested("1 + (", ")")), N as f64 + 0.5);
    assert_eq!(value(&nested("max(0, ", ")")), 0.5);
    assert_eq!(value(&nested("1^", "")), 1.0);
    assert_eq!(value(&nested("1 if x > 1 else ", "")), 0.5);
    assert_eq!(value(&nested("x + ", "")), 0.5 * (N as f64 + 1.0));
    let terms: Vec<String> = (1..=N).map(|k| format!("{k}*x")).collect();
    assert_eq!(value(&terms.join(" + ")), 0.5 * (N * (N + 1) / 2) as f64);
    assert!(error(&"(".repeat(N)).message().starts_with("expected a number"));
}

/// Steele and Vigna's generator: the same numbers in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn real(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A random function of `x` and `y`, of any operations of the table, exactly as they come.
fn random_expression<'g>(graph: &'g Graph, random: &mut Random, variables: [Expr<'g>; 2]) -> Expr<'g> {
    let mut reals = variables.to_vec();
    let mut flags = vec![variables[0].lt(variables[1])];
    let numbers = [2.0, -1.0, 0.5, -0.75, 3.0, 1e-10, 1.0, 12.5, std::f64::consts::PI];
    reals.extend(numbers.iter().take(2 + random.below(7)).map(|&n| graph.constant(n)));
    let usable = |op: &&Op| {
        let spec = op.spec();
        (cfg!(feature = "special") || !spec.needs_special())
            && !matches!(spec.syntax, Syntax::As | Syntax::IntMethod | Syntax::Mask)
    };
    let table: Vec<Op> = Op::ALL.iter().filter(usable).copied().collect();
    let arithmetic = &table[..5];
    for _ in 0..3 + random.below(12) {
        let ops = if random.below(2) == 0 { arithmetic } else { &table[..] };
        let op = ops[random.below(ops.len())];
        let args: Vec<Expr<'g>> = op
            .spec()
            .args
            .iter()
            .map(|arg| match arg.kind {
                ArgKind::Real => reals[reals.len() - 1 - random.below(reals.len().min(6))],
                ArgKind::Int => graph.constant(random.below(8) as f64 - 3.0),
                ArgKind::Bool => flags[random.below(flags.len())],
            })
            .collect();
        // A number with a sign is read as a number.
        if args.iter().all(|arg| arg.as_constant().is_some()) {
            continue;
        }
        let result = graph.raw(op, &args);
        if result.ty() == Ty::Bool { flags.push(result) } else { reals.push(result) }
    }
    reals[reals.len() - 1]
}

/// The value of the newest expression with every result off by up to `error` wherever it is used,
/// relatively: how much roundings matter.
fn inexact_value(expr: Expr<'_>, point: [f64; 2], error: f64, random: &mut Random) -> f64 {
    let mut values: Vec<f64> = Vec::new();
    for id in 0..=expr.id {
        let node = expr.graph.expr(id);
        let mut arg = |arg: &Expr<'_>| match arg.op() {
            Some(_) => values[arg.id as usize] * (1.0 + error * (2.0 * random.real() - 1.0)),
            None => values[arg.id as usize],
        };
        let args: Vec<f64> = node.args().iter().map(&mut arg).collect();
        let value = match node.op() {
            Some(op) => op.evaluate(&args),
            None => node.as_constant().unwrap_or_else(|| point[id as usize]),
        };
        values.push(value);
    }
    values[expr.id as usize]
}

/// Printing reorders factors, so values may differ by roundings: how much is found out by making
/// each result inexact.
#[test]
fn what_is_printed_can_be_parsed() {
    let mut random = Random(2024);
    let (mut compared, mut stable) = (0, 0);
    for case in 0..5_000 {
        let graph = Graph::new();
        let variables = [graph.var("x"), graph.var("y")];
        let expr = random_expression(&graph, &mut random, variables);
        let shown = expr.to_string();
        let parsed = formula(&shown);
        // Only what looks the same and is not, such as `x` and `1·x`, may be put together.
        let again = parsed.to_string();
        assert_eq!(again, formula(&again).to_string(), "case {case}: {shown}");
        if again == shown {
            stable += 1;
            assert_eq!(expr.to_latex(), parsed.to_latex(), "case {case}: {shown}");
        }
        for _ in 0..4 {
            let point = [4.0 * random.real() - 1.0, 4.0 * random.real() - 1.0];
            let value = expr.evaluate(&[(variables[0], point[0]), (variables[1], point[1])]).unwrap();
            let inexact = [(); 3].map(|()| inexact_value(expr, point, 1e-12, &mut random));
            let steady = |other: &f64| (other - value).abs() <= 1e-7 * value.abs();
            if !value.is_finite() || !inexact.iter().all(steady) {
                continue;
            }
            let other = parsed.evaluate(&[("x", point[0]), ("y", point[1])]).unwrap();
            let near = (other - value).abs() <= 1e-6 * value.abs();
            assert!(near, "case {case}: {shown} at {point:?}: {value}, {other}");
            compared += 1;
        }
    }
    assert!(compared > 5_000 && stable > 4_900, "{compared} {stable}");
}

#[test]
fn parsing_and_printing_are_deterministic() {
    let source = "a*b.sin() + c^2/(a - b) + |c|*(a if a > b else t)";
    let shown = formula(source).to_string();
    for _ in 0..20 {
        let again = formula(source);
        assert_eq!(again.to_string(), shown);
        assert_eq!(again.variables().collect::<Vec<_>>(), ["a", "b", "c", "t"]);
    }
}
