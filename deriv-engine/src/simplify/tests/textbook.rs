//! Derivatives as textbooks and computer algebra systems print them.

use crate::text::Formula;

#[rustfmt::skip]
const EXERCISES: &[(&str, &str)] = &[
    ("x", "1"),
    ("x^3 + x^2 - 5", "3·x² + 2·x"),
    ("x^3/3", "x²"),
    ("x^2/3", "2·x/3"),
    ("x^4/4 - x^3/3 + x^2/2 - x", "x³ - x² + x - 1"),
    ("(x + 1)^3", "3·(x + 1)²"),
    ("(2*x + 1)^5", "10·(2·x + 1)⁴"),
    ("(x^2 + 1)^4", "8·x·(x² + 1)³"),
    ("x*(x - 1)", "2·x - 1"),
    ("x*(x - 1)*(x - 2)", "3·x² - 6·x + 2"),
    ("(x + 1)*(x - 1)", "2·x"),
    ("x^2*(x + 3)", "3·x² + 6·x"),
    ("1/x", "-1/x²"),
    ("1/x^2", "-2/x³"),
    ("3/x^4", "-12/x⁵"),
    ("1/(1 + x)", "-1/(x + 1)²"),
    ("1/(1 + x^2)", "-2·x/(x² + 1)²"),
    ("x/(x + 1)", "1/(x + 1)²"),
    ("(x - 1)/(x + 1)", "2/(x + 1)²"),
    ("x/(x^2 + 1)", "(1 - x²)/(x² + 1)²"),
    ("(x^2 - 1)/(x^2 + 1)", "4·x/(x² + 1)²"),
    ("x^2/(x - 2)", "x·(x - 4)/(x - 2)²"),
    ("(2*x + 3)/(4*x - 5)", "-22/(4·x - 5)²"),
    ("x + 1/x", "1 - 1/x²"),
    ("sqrt(x)", "1/(2·√x)"),
    ("1/sqrt(x)", "-1/(2·x·√x)"),
    ("x*sqrt(x)", "1.5·√x"),
    ("sqrt(2*x + 1)", "1/√(2·x + 1)"),
    ("sqrt(x^2 + 1)", "x/√(x² + 1)"),
    ("sqrt(1 - x^2)", "-x/√(1 - x²)"),
    ("x*sqrt(1 - x^2)", "(1 - 2·x²)/√(1 - x²)"),
    ("x/sqrt(1 + x^2)", "1/(x² + 1)^(3/2)"),
    ("1/sqrt(1 + x^2)", "-x/(x² + 1)^(3/2)"),
    ("cbrt(x)", "1/(3·(∛x)²)"),
    ("x^(2/3)", "2·x^(-1/3)/3"),
    ("x^2.5", "2.5·x·√x"),
    ("sqrt(x + sqrt(x))", "(1/√x + 2)/(4·√(x + √x))"),
    ("sin(x)", "cos(x)"),
    ("cos(2*x)", "-2·sin(2·x)"),
    ("tan(x)", "tan(x)² + 1"),
    ("sin(x)^2", "2·sin(x)·cos(x)"),
    ("sin(x)*cos(x)", "cos(x)² - sin(x)²"),
    ("cos(x)^3", "-3·cos(x)²·sin(x)"),
    ("sin(x^2)", "2·x·cos(x²)"),
    ("x*sin(x)", "x·cos(x) + sin(x)"),
    ("x^2*cos(x)", "x·(2·cos(x) - x·sin(x))"),
    ("sin(x)/x", "(x·cos(x) - sin(x))/x²"),
    ("1/cos(x)", "tan(x)/cos(x)"),
    ("1/sin(x)", "-cos(x)/sin(x)²"),
    ("sin(x)/(1 + cos(x))", "1/(cos(x) + 1)"),
    ("sin(cos(x))", "-sin(x)·cos(cos(x))"),
    ("tan(x)^2", "2·tan(x)·(tan(x)² + 1)"),
    ("sin(3*x + 1)", "3·cos(3·x + 1)"),
    ("asin(x)", "1/√(1 - x²)"),
    ("acos(x)", "-1/√(1 - x²)"),
    ("atan(x)", "1/(x² + 1)"),
    ("atan(1/x)", "-1/(x² + 1)"),
    ("atan(x/2)", "2/(x² + 4)"),
    ("x*atan(x) - ln(1 + x^2)/2", "atan(x)"),
    ("asin(x/3)", "1/(3·√(1 - x²/9))"),
    ("x*asin(x) + sqrt(1 - x^2)", "asin(x)"),
    ("sinh(x)", "cosh(x)"),
    ("cosh(x)", "sinh(x)"),
    ("tanh(x)", "1/cosh(x)²"),
    ("ln(cosh(x))", "tanh(x)"),
    ("asinh(x)", "1/√(x² + 1)"),
    ("ln(x)", "1/x"),
    ("ln(3*x)", "1/x"),
    ("ln(x)^2", "2·ln(x)/x"),
    ("x*ln(x)", "ln(x) + 1"),
    ("x*ln(x) - x", "ln(x)"),
    ("x^2*ln(x)", "x + 2·x·ln(x)"),
    ("ln(x)/x", "(1 - ln(x))/x²"),
    ("ln(x)/x^2", "(1 - 2·ln(x))/x³"),
    ("ln(x^2 + 1)", "2·x/(x² + 1)"),
    ("ln(sin(x))", "cos(x)/sin(x)"),
    ("ln(cos(x))", "-tan(x)"),
    ("ln(ln(x))", "1/(x·ln(x))"),
    ("ln((1 + x)/(1 - x))", "2/(1 - x²)"),
    ("ln(x + sqrt(x^2 + 1))", "1/√(x² + 1)"),
    ("log10(x)", "1/(x·ln(10))"),
    ("1/ln(x)", "-1/(x·ln(x)²)"),
    ("exp(x)", "exp(x)"),
    ("exp(-x)", "-exp(-x)"),
    ("exp(2*x)", "2·exp(2·x)"),
    ("exp(-x^2)", "-2·x·exp(-x²)"),
    ("exp(-x^2/2)", "-x·exp(-x²/2)"),
    ("x*exp(x)", "exp(x)·(x + 1)"),
    ("x*exp(-x)", "exp(-x)·(1 - x)"),
    ("x^2*exp(-x)", "x·exp(-x)·(2 - x)"),
    ("exp(x)*sin(x)", "exp(x)·(sin(x) + cos(x))"),
    ("exp(-x)*cos(2*x)", "-exp(-x)·(cos(2·x) + 2·sin(2·x))"),
    ("exp(sin(x))", "exp(sin(x))·cos(x)"),
    ("exp(x)/x", "exp(x)·(x - 1)/x²"),
    ("exp(x)/(1 + exp(x))", "1/((exp(x) + 1)·(exp(-x) + 1))"),
    ("1/(1 + exp(-x))", "1/((exp(-x) + 1)·(exp(x) + 1))"),
    ("exp(1/x)", "-exp(1/x)/x²"),
    ("exp(sqrt(x))", "exp(√x)/(2·√x)"),
    ("2^x", "ln(2)·2^x"),
    ("exp(x) + exp(-x)", "exp(x) - exp(-x)"),
    ("x^5 - 3*x^4 + 2*x - 7", "5·x⁴ - 12·x³ + 2"),
    ("abs(x)", "(signum(x) if x ≠ 0 else 0)"),
    ("0.5*x^2", "x"),
    ("1.5*x^2 + 0.1*x", "3·x + 0.1"),
    ("4*pi*x^3/3", "4·π·x²"),
];

#[rustfmt::skip]
const GRADIENTS: &[(&str, &[&str])] = &[
    ("x^2 + y^2", &["2·x", "2·y"]),
    ("x*y", &["y", "x"]),
    ("x^2*y + x*y^2", &["2·x·y + y²", "x² + 2·x·y"]),
    ("x/y", &["1/y", "-x/y²"]),
    ("x/(x + y)", &["y/(x + y)²", "-x/(x + y)²"]),
    ("(x - y)/(x + y)", &["2·y/(x + y)²", "-2·x/(x + y)²"]),
    ("sqrt(x^2 + y^2)", &["x/√(x² + y²)", "y/√(x² + y²)"]),
    ("ln(x^2 + y^2)", &["2·x/(x² + y²)", "2·y/(x² + y²)"]),
    ("atan(y/x)", &["x/(y² + x²)", "-y/(y² + x²)"]),
    ("exp(x*y)", &["y·exp(x·y)", "x·exp(x·y)"]),
    ("exp(-(x^2 + y^2)/2)", &["-x·exp(-x²/2 - y²/2)", "-y·exp(-x²/2 - y²/2)"]),
    ("x*exp(y) + y*exp(x)", &["y·exp(x) + exp(y)", "x·exp(y) + exp(x)"]),
    ("sin(x)*cos(y)", &["cos(y)·cos(x)", "-sin(x)·sin(y)"]),
    ("sin(x*y)/x", &["(x·y·cos(x·y) - sin(x·y))/x²", "cos(x·y)"]),
    ("x^3 - 3*x*y^2", &["3·x² - 3·y²", "-6·x·y"]),
    ("(1 - x)^2 + 100*(y - x^2)^2", &["400·x³ - 400·x·y + 2·x - 2", "200·(y - x²)"]),
    ("(x^2 + y - 11)^2 + (x + y^2 - 7)^2", &["4·x³ + 4·x·y + 2·y² - 42·x - 14", "4·y³ + 2·x² + 4·x·y - 26·y - 22"]),
    ("1/sqrt(x^2 + y^2)", &["-x/(x² + y²)^(3/2)", "-y/(x² + y²)^(3/2)"]),
    ("x*y/(x^2 + y^2)", &["(y³ - x²·y)/(x² + y²)²", "(x³ - x·y²)/(x² + y²)²"]),
    ("m*v^2/2", &["v²/2", "m·v"]),
    ("n*R*T/V", &["R·T/V", "n·T/V", "n·R/V", "-n·R·T/V²"]),
    ("4*pi*r^2*h", &["8·π·r·h", "4·π·r²"]),
    ("k*q/r^2", &["q/r²", "k/r²", "-2·k·q/r³"]),
    ("A*sin(w*t + p)", &["sin(w·t + p)", "A·t·cos(w·t + p)", "A·w·cos(w·t + p)", "A·cos(w·t + p)"]),
    ("A*exp(-k*t)", &["exp(-k·t)", "-A·t·exp(-k·t)", "-A·k·exp(-k·t)"]),
    ("1/(1 + exp(-k*(x - m)))", &["(x - m)/((exp(k·x - k·m) + 1)·(exp(k·m - k·x) + 1))", "k/((exp(k·x - k·m) + 1)·(exp(k·m - k·x) + 1))", "-k/((exp(k·x - k·m) + 1)·(exp(k·m - k·x) + 1))"]),
];

#[test]
fn exercises() {
    let mut wrong = Vec::new();
    for (source, expected) in EXERCISES {
        let f: Formula = source.parse().unwrap();
        let found = f.differentiate("x").map(|d| d.to_string()).unwrap_or_default();
        if found != *expected {
            wrong.push(format!("    (\"{source}\", \"{found}\"),"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn gradients() {
    let mut wrong = Vec::new();
    for (source, expected) in GRADIENTS {
        let f: Formula = source.parse().unwrap();
        let found: Vec<String> = f.gradient().iter().map(ToString::to_string).collect();
        if found != *expected {
            wrong.push(format!("    (\"{source}\", &{found:?}),"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
