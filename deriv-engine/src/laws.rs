//! THE table of laws: identities that make expressions cheaper.
//!
//! A law is a line of mathematics. Its left side is matched up to the order of factors and terms; `a`,
//! `b`, `c` stand for any expression and `n`, `m` for any constant. Every law lowers the cost, and none
//! turns a finite, correct value into a wrong, infinite or NaN one: it holds wherever both sides'
//! subexpressions are defined. Laws of functions that the table of operations lacks are passed over.

use crate::hash::HashMap;
use crate::list::List;
use crate::ops::Op;
use std::sync::LazyLock;

/// How far a law holds.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Holds {
    /// Both sides have the same bits.
    Exact,
    /// Both sides are the same function, rounded differently.
    Rounding,
    /// The same, where the condition on the variables holds; the left side is undefined elsewhere.
    Where(&'static str),
}
use Holds::{Exact, Rounding, Where};

/// A line of the table.
#[cfg_attr(not(test), expect(dead_code, reason = "the name and where it holds are for people and tests"))]
pub(crate) struct Law {
    pub name: &'static str,
    pub from: &'static str,
    pub to: &'static str,
    pub holds: Holds,
    /// It lowers the cost only where the calls in this are computed anyway.
    pub given: Option<&'static str>,
}

const fn law(name: &'static str, from: &'static str, to: &'static str, holds: Holds) -> Law {
    Law { name, from, to, holds, given: None }
}

impl Law {
    const fn given(self, calls: &'static str) -> Law {
        Law { given: Some(calls), ..self }
    }
}

#[rustfmt::skip]
pub(crate) const LAWS: &[Law] = &[
    // Exponentials and logarithms.
    law("ln of exp",           "ln(exp(a))",                    "a",            Rounding),
    law("exp of ln",           "exp(ln(a))",                    "a",            Where("a > 0")),
    law("exp of n ln",         "exp(n*ln(a))",                  "a^n",          Where("a > 0")),
    law("product of exp",      "exp(a)*exp(b)",                 "exp(a + b)",   Rounding),
    law("power of exp",        "exp(a)^n",                      "exp(n*a)",     Rounding),
    law("ln of root",          "ln(sqrt(a))",                   "ln(a)/2",      Where("a > 0")),
    law("ln of reciprocal",    "ln(1/a)",                       "-ln(a)",       Where("a > 0")),
    law("log2 of exp2",        "log2(exp2(a))",                 "a",            Rounding),
    law("exp2 of log2",        "exp2(log2(a))",                 "a",            Where("a > 0")),
    law("power of exp2",       "exp2(a)^n",                     "exp2(n*a)",    Rounding),
    law("product of exp2",     "exp2(a)*exp2(b)",               "exp2(a + b)",  Rounding),
    law("exp over exp_m1",     "exp(a)/exp_m1(a)",              "-1/exp_m1(-a)", Rounding),
    law("exp_m1 of ln_1p",     "exp_m1(ln_1p(a))",              "a",            Where("a > -1")),
    law("ln_1p of exp_m1",     "ln_1p(exp_m1(a))",              "a",            Rounding),
    // Rejected: ln(a*b) = ln(a) + ln(b): a = b = -1; and it costs a call more.
    // Rejected: ln(a^2) = 2*ln(a): a = -1.
    // Rejected: exp(a + b) = exp(a)*exp(b): a = 800, b = -800.
    // Rejected: exp_m1(a) + 1 = exp(a) the other way round, exp(a) - 1 = exp_m1(a), costs more.

    // Powers.
    law("whole power",         "powf(a, n)",                    "a^n",          Where("2n is whole")),
    law("product of powers",   "powf(a, b)*powf(a, c)",         "powf(a, b + c)", Where("a > 0")),
    law("cube of cbrt",        "cbrt(a)^3",                     "a",            Rounding),
    law("reciprocal",          "recip(a)",                      "1/a",          Exact),
    law("square of abs",       "abs(a)^2",                      "a^2",          Exact),
    law("abs of abs",          "abs(abs(a))",                   "abs(a)",       Exact),
    law("abs of root",         "abs(sqrt(a))",                  "sqrt(a)",      Where("a >= 0")),
    law("abs of exp",          "abs(exp(a))",                   "exp(a)",       Exact),
    law("abs of square",       "abs(a^2)",                      "a^2",          Exact),
    // Rejected: (a*b)^n = a^n*b^n: a = 1e200, b = 1e-200, n = 2.
    // Rejected: sqrt(a*b) = sqrt(a)*sqrt(b): a = b = -1.
    // Rejected: powf(a, b)/a = powf(a, b - 1): a = 0, b = 2 is NaN on one side; a call either way.

    // Trigonometry.
    law("Pythagoras",          "sin(a)^2 + cos(a)^2",           "1",            Rounding),
    law("tangent",             "sin(a)/cos(a)",                 "tan(a)",       Rounding),
    law("tangent times cos",   "tan(a)*cos(a)",                 "sin(a)",       Rounding),
    law("sin of asin",         "sin(asin(a))",                  "a",            Where("-1 <= a <= 1")),
    law("cos of acos",         "cos(acos(a))",                  "a",            Where("-1 <= a <= 1")),
    law("tan of atan",         "tan(atan(a))",                  "a",            Rounding),
    law("sine of the double",  "sin(2*a)",                      "2*sin(a)*cos(a)", Rounding).given("sin(a)*cos(a)"),
    law("one minus cosine",    "-cos(2*a) + 1",                 "2*sin(a)^2",   Rounding).given("sin(a)"),
    law("one plus cosine",     "cos(2*a) + 1",                  "2*cos(a)^2",   Rounding).given("cos(a)"),
    // Rejected: cos(2*a) = 1 - 2*sin(a)^2: loses digits near a = pi/4, unless it is added to a number.
    // Rejected: asin(sin(a)) = a: a = 4.
    // Rejected: 1 - sin(a)^2 = cos(a)^2: a call more unless the cosine is there already.

    // Hyperbolic functions.
    law("hyperbolic Pythagoras", "cosh(a)^2 - sinh(a)^2",       "1",            Where("|a| is small")),
    law("hyperbolic tangent",  "sinh(a)/cosh(a)",               "tanh(a)",      Rounding),
    law("tanh times cosh",     "tanh(a)*cosh(a)",               "sinh(a)",      Rounding),
    law("one plus tanh",       "tanh(a) + 1",                   "2/(1 + exp(-2*a))", Rounding),
    law("one minus tanh",      "-tanh(a) + 1",                  "2/(1 + exp(2*a))", Rounding),
    law("slope of tanh",       "1/cosh(a)^2",                   "4/((1 + exp(2*a))*(1 + exp(-2*a)))", Rounding)
        .given("exp(-2*a)"),
    law("sinh of asinh",       "sinh(asinh(a))",                "a",            Rounding),
    law("cosh of acosh",       "cosh(acosh(a))",                "a",            Where("a >= 1")),
    law("tanh of atanh",       "tanh(atanh(a))",                "a",            Where("-1 < a < 1")),
    law("asinh of sinh",       "asinh(sinh(a))",                "a",            Rounding),
    law("atanh of tanh",       "atanh(tanh(a))",                "a",            Rounding),
    // Rejected: acosh(cosh(a)) = a: a = -1.
    // Rejected: (1 - a)*(1 + a) = 1 - a^2: loses half the digits near a = 1.
];

/// What reads better and costs or loses more: for people only.
#[rustfmt::skip]
const READING: &[Law] = &[
    law("hypot with one",      "hypot(a, 1)",                   "sqrt(a^2 + 1)", Where("a^2 is finite")),
    law("sine",                "1 - cos(a)^2",                  "sin(a)^2",     Rounding),
    law("cosine",              "1 - sin(a)^2",                  "cos(a)^2",     Rounding),
];

/// An expression of a law.
#[derive(Clone, PartialEq)]
pub(crate) enum Tree {
    Number(f64),
    /// `a`, `b`, `c` for expressions, `n`, `m` for constants.
    Variable(char),
    Call(Op, Vec<Tree>),
    Sum(Box<Tree>, Box<Tree>),
    Difference(Box<Tree>, Box<Tree>),
    Product(Box<Tree>, Box<Tree>),
    Quotient(Box<Tree>, Box<Tree>),
    Power(Box<Tree>, Box<Tree>),
    Negative(Box<Tree>),
}

impl Tree {
    /// The function, if it is a call.
    pub fn function(&self) -> Option<Op> {
        match self {
            Tree::Call(op, _) => Some(*op),
            _ => None,
        }
    }
}

/// A coefficient that a pattern asks for.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Scale {
    Number(f64),
    Variable(char),
}

/// A product that a pattern asks for.
#[derive(Clone, PartialEq)]
pub(crate) struct Product {
    pub scale: Scale,
    pub factors: Vec<(Tree, Scale)>,
}

/// A law as it is applied: its left side as a sum of products.
pub(crate) struct Rule {
    pub from: Vec<Product>,
    pub to: Tree,
    /// The calls that must be there.
    pub given: Vec<Tree>,
    /// The functions that the left side calls, as factors.
    pub calls: Ops,
}

/// A set of operations.
#[derive(Clone, Copy, Default)]
pub(crate) struct Ops(u128);

impl Ops {
    pub fn with(self, op: Op) -> Self {
        const { assert!(Op::ALL.len() <= 128) };
        Self(self.0 | 1 << op as u32)
    }

    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn is_subset(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }
}

/// Laws by the form of their left sides.
pub(crate) struct Rules {
    /// A call of the function.
    pub calls: HashMap<Op, Vec<Rule>>,
    /// A product with calls.
    pub products: Vec<Rule>,
    /// A sum of two products.
    pub sums: Vec<Rule>,
    /// The functions without which no law of products or sums applies.
    pub called: Ops,
}

impl Rule {
    fn new(law: &Law) -> Option<Rule> {
        let from = products(&parse(law.from)?)?;
        let given = match law.given {
            Some(text) => calls(&products(&parse(text)?)?).into_iter().cloned().list(),
            None => Vec::new(),
        };
        let calls = calls(&from).into_iter().filter_map(Tree::function).fold(Ops::default(), Ops::with);
        Some(Rule { from, to: parse(law.to)?, given, calls })
    }

    /// The function and its arguments, if the left side is a single call.
    pub fn call(&self) -> Option<(Op, &[Tree])> {
        match &self.from[..] {
            [Product { scale: Scale::Number(1.0), factors }] => match &factors[..] {
                [(Tree::Call(op, args), Scale::Number(1.0))] => Some((*op, args)),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The calls among the factors.
fn calls(products: &[Product]) -> Vec<&Tree> {
    let factors = products.iter().flat(|product| &product.factors);
    factors.into_iter().each_some(|(factor, _)| factor.function().map(|_| factor))
}

/// The laws whose functions are all in the table of operations, and those for people only.
pub(crate) static RULES: LazyLock<[Rules; 2]> = LazyLock::new(|| [Rules::new(LAWS), Rules::new(READING)]);

impl Rules {
    fn new(laws: &[Law]) -> Self {
        let (calls, called) = (HashMap::default(), Ops::default());
        let mut rules = Rules { calls, products: Vec::new(), sums: Vec::new(), called };
        for rule in laws.iter().each_some(Rule::new) {
            rules.called = rules.called.or(rule.calls);
            match (rule.call(), rule.from.len()) {
                (Some((op, _)), _) => rules.calls.entry(op).or_default().push(rule),
                (None, 1) => rules.products.push(rule),
                (None, _) => rules.sums.push(rule),
            }
        }
        rules
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.calls.values().map(Vec::len).sum::<usize>() + self.products.len() + self.sums.len()
    }
}

/// The operation of that name.
pub(crate) fn operation(name: &str) -> Option<Op> {
    static NAMES: LazyLock<HashMap<&'static str, Op>> =
        LazyLock::new(|| Op::ALL.iter().map(|op| (op.spec().name, *op)).collect());
    NAMES.get(name).copied()
}

/// Reads a side of a law; nothing if it names an unknown function.
pub(crate) fn parse(text: &str) -> Option<Tree> {
    let mut reader = Reader { rest: text.as_bytes() };
    let tree = reader.sum()?;
    reader.rest.is_empty().then_some(tree)
}

/// Reads bytes, which is quick where nothing is optimised.
struct Reader<'t> {
    rest: &'t [u8],
}

impl<'t> Reader<'t> {
    fn eat(&mut self, symbol: u8) -> bool {
        while let [b' ', rest @ ..] = self.rest {
            self.rest = rest;
        }
        let found = self.rest.first() == Some(&symbol);
        if found {
            self.rest = &self.rest[1..];
        }
        found
    }

    /// A name or a number, or nothing.
    fn word(&mut self) -> &'t str {
        let start = self.rest;
        while let [b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_', rest @ ..] = self.rest {
            self.rest = rest;
        }
        std::str::from_utf8(&start[..start.len() - self.rest.len()]).unwrap_or_default()
    }

    fn sum(&mut self) -> Option<Tree> {
        let mut left = self.product()?;
        loop {
            if self.eat(b'+') {
                left = Tree::Sum(Box::new(left), Box::new(self.product()?));
            } else if self.eat(b'-') {
                left = Tree::Difference(Box::new(left), Box::new(self.product()?));
            } else {
                return Some(left);
            }
        }
    }

    fn product(&mut self) -> Option<Tree> {
        if self.eat(b'-') {
            return Some(Tree::Negative(Box::new(self.product()?)));
        }
        let mut left = self.power()?;
        loop {
            if self.eat(b'*') {
                left = Tree::Product(Box::new(left), Box::new(self.power()?));
            } else if self.eat(b'/') {
                left = Tree::Quotient(Box::new(left), Box::new(self.power()?));
            } else {
                return Some(left);
            }
        }
    }

    fn power(&mut self) -> Option<Tree> {
        let base = self.primary()?;
        if self.eat(b'^') {
            return Some(Tree::Power(Box::new(base), Box::new(self.primary()?)));
        }
        Some(base)
    }

    fn primary(&mut self) -> Option<Tree> {
        if self.eat(b'(') {
            let inner = self.sum()?;
            return self.eat(b')').then_some(inner);
        }
        let word = self.word();
        if let Ok(value) = word.parse::<u32>() {
            return Some(Tree::Number(f64::from(value)));
        }
        if self.eat(b'(') {
            let mut args = vec![self.sum()?];
            while self.eat(b',') {
                args.push(self.sum()?);
            }
            return self.eat(b')').then_some(Tree::Call(operation(word)?, args));
        }
        let mut letters = word.chars();
        let variable = letters.next()?;
        letters.next().is_none().then_some(Tree::Variable(variable))
    }
}

/// A pattern as a sum of products.
pub(crate) fn products(tree: &Tree) -> Option<Vec<Product>> {
    match tree {
        Tree::Sum(a, b) => Some([products(a)?, products(b)?].concat()),
        Tree::Difference(a, b) => {
            let [Product { scale: Scale::Number(scale), factors }] = &products(b)?[..] else { return None };
            let negative = Product { scale: Scale::Number(-scale), factors: factors.clone() };
            Some([products(a)?, vec![negative]].concat())
        }
        _ => {
            let mut product = Product { scale: Scale::Number(1.0), factors: Vec::new() };
            multiply(tree, 1.0, &mut product)?;
            Some(vec![product])
        }
    }
}

fn multiply(tree: &Tree, sign: f64, product: &mut Product) -> Option<()> {
    match tree {
        Tree::Number(value) => match product.scale {
            Scale::Number(scale) => product.scale = Scale::Number(scale * value.powf(sign)),
            Scale::Variable(_) => return None,
        },
        Tree::Variable(name @ ('n' | 'm')) => product.scale = Scale::Variable(*name),
        Tree::Variable(_) | Tree::Call(..) => product.factors.push((tree.clone(), Scale::Number(sign))),
        Tree::Product(a, b) => {
            multiply(a, sign, product)?;
            multiply(b, sign, product)?;
        }
        Tree::Quotient(a, b) => {
            multiply(a, sign, product)?;
            multiply(b, -sign, product)?;
        }
        Tree::Power(base, exponent) => {
            let exponent = match **exponent {
                Tree::Number(value) => Scale::Number(sign * value),
                Tree::Variable(name) => Scale::Variable(name),
                _ => return None,
            };
            product.factors.push(((**base).clone(), exponent));
        }
        Tree::Negative(a) => {
            multiply(&Tree::Number(-1.0), 1.0, product)?;
            multiply(a, sign, product)?;
        }
        Tree::Sum(..) | Tree::Difference(..) => return None,
    }
    Some(())
}
