//! Tokens to expressions, by operator precedence.
//!
//! Operands that wait for an operator and operators that wait for an operand are kept on two stacks,
//! so nothing recurses and depth is limited by memory alone. What operators and functions there are
//! is looked up in the table of operations.

use super::ParseError;
use super::lexer::{Token, tokens};
use crate::graph::{Expr, Graph, Kind, Ty};
use crate::ops::{ArgKind, Notation, Op, Syntax};
use std::collections::HashMap;
use std::f64::consts;
use std::ops::Range;

/// A minus sign binds more strongly than a product, and less than a power or a method call.
const SIGN: u8 = 12;
const POWER: u8 = 13;
/// `not` binds more strongly than `and`, and less than a comparison.
const NOT: u8 = 4;
const COMPARISON: u8 = 5;

/// Paths that may precede the name of a function.
const FLOATS: &[&str] = &[
    "f64",
    "f32",
    "std::f64",
    "core::f64",
    "std::primitive::f64",
    "core::primitive::f64",
    "Float",
    "num_traits::Float",
];

/// Paths that may precede the name of a constant.
const CONSTANTS: &[&str] =
    &["consts", "f64::consts", "std::f64::consts", "core::f64::consts", "f64", "std::f64", "core::f64"];

/// What has been parsed.
pub(super) struct Parsed<'g> {
    pub root: Expr<'g>,
    /// In the order of the text.
    pub variables: Vec<(String, Expr<'g>)>,
}

/// Parses `expression where name = expression, …`.
pub(super) fn parse<'g>(source: &str, graph: &'g Graph) -> Result<Parsed<'g>, ParseError> {
    let tokens = tokens(source)?;
    let is_where = |(token, _): &(Token<'_>, Range<usize>)| *token == Token::Sign("where");
    let split = tokens.iter().position(is_where);
    let mut parser = Parser {
        source,
        tokens: &tokens,
        at: split.map_or(0, |split| split + 1),
        graph,
        names: HashMap::new(),
        variables: Vec::new(),
        operands: Vec::new(),
        pending: Vec::new(),
        opened: Vec::new(),
    };
    // What the definitions define has to be known before it is used.
    if split.is_some() {
        parser.definitions()?;
        parser.at = 0;
    }
    let root = parser.expression()?;
    match parser.token() {
        Token::End | Token::Sign("where") => {}
        _ => return Err(parser.error("a comma belongs between arguments of a function")),
    }
    if root.expr.ty() == Ty::Bool {
        return Err(parser.error_at(root.place, "this is a condition, and a formula is a number"));
    }
    parser.variables.sort_by_key(|(_, _, place)| *place);
    let variables = parser.variables.into_iter().map(|(name, expr, _)| (name, expr)).collect();
    Ok(Parsed { root: root.expr, variables })
}

/// An expression and where it is written.
#[derive(Clone)]
struct Operand<'g> {
    expr: Expr<'g>,
    place: Range<usize>,
}

/// An operator or bracket that waits for what follows it.
enum Pending {
    Prefix { op: Op, level: u8, place: Range<usize> },
    Infix { sign: &'static str, level: u8 },
    If { place: Range<usize> },
    Else,
    Open { close: &'static str, of: Bracket, place: Range<usize> },
}

enum Bracket {
    Group,
    /// A call, whose arguments are the operands from this index on.
    Call {
        op: Op,
        first: usize,
    },
    /// A function that is written as a bracket.
    Fence(Op),
}

struct Parser<'s, 't, 'g> {
    source: &'s str,
    tokens: &'t [(Token<'s>, Range<usize>)],
    at: usize,
    graph: &'g Graph,
    /// Variables, and what is defined after `where`.
    names: HashMap<&'s str, Expr<'g>>,
    variables: Vec<(String, Expr<'g>, usize)>,
    operands: Vec<Operand<'g>>,
    pending: Vec<Pending>,
    /// Where the brackets are in `pending`.
    opened: Vec<usize>,
}

impl<'s, 'g> Parser<'s, '_, 'g> {
    fn token(&self) -> Token<'s> {
        self.tokens[self.at].0
    }

    fn place(&self) -> Range<usize> {
        self.tokens[self.at].1.clone()
    }

    fn next_is(&self, sign: &str) -> bool {
        matches!(self.tokens.get(self.at + 1), Some((Token::Sign(next), _)) if *next == sign)
    }

    fn error(&self, message: impl Into<String>) -> ParseError {
        self.error_at(self.place(), message)
    }

    fn error_at(&self, place: Range<usize>, message: impl Into<String>) -> ParseError {
        ParseError::new(self.source, place, message.into())
    }

    /// The token as it is written, for messages.
    fn found(&self) -> String {
        match self.token() {
            Token::End => "the end".to_owned(),
            _ => format!("`{}`", &self.source[self.place()]),
        }
    }

    /// `name = expression, …`
    fn definitions(&mut self) -> Result<(), ParseError> {
        loop {
            let Token::Name(name) = self.token() else {
                return Err(self.error(format!("expected a name to define, found {}", self.found())));
            };
            if self.names.contains_key(name) {
                return Err(self.error(format!("`{name}` is used or defined before this definition")));
            }
            if !self.next_is("==") {
                self.at += 1;
                return Err(self.error(format!("expected `=` after `{name}`, found {}", self.found())));
            }
            self.at += 2;
            let value = self.expression()?;
            self.names.insert(name, value.expr);
            match self.token() {
                Token::Sign(",") => self.at += 1,
                Token::End => return Ok(()),
                _ => return Err(self.error("there can be only one `where`")),
            }
        }
    }

    /// Parses up to the end, `where`, or a comma outside of brackets.
    fn expression(&mut self) -> Result<Operand<'g>, ParseError> {
        loop {
            while !self.operand()? {}
            while self.postfix()? {}
            if !self.infix()? {
                break;
            }
        }
        self.reduce_all()?;
        match self.pending.last() {
            None => {}
            Some(Pending::If { place }) => {
                return Err(self.error_at(place.clone(), "this `if` has no `else`"));
            }
            Some(Pending::Open { .. }) => return Err(self.unclosed()),
            Some(_) => return Err(self.error("this cannot be understood")),
        }
        match self.operands.pop() {
            Some(operand) => Ok(operand),
            None => Err(self.error("expected a formula")),
        }
    }

    /// Takes one token where an operand is expected; whether that was all of an operand.
    fn operand(&mut self) -> Result<bool, ParseError> {
        let place = self.place();
        match self.token() {
            Token::Number(value) => {
                self.at += 1;
                self.push(self.graph.constant(value), place);
                return Ok(true);
            }
            Token::Name(name) if self.next_is("(") => {
                self.at += 2;
                let op = self.function(name, place.clone())?;
                self.open(")", Bracket::Call { op, first: self.operands.len() }, place);
            }
            Token::Name(name) => {
                let expr = self.name(name)?;
                self.at += 1;
                self.push(expr, place);
                return Ok(true);
            }
            Token::Sign("(") => {
                self.at += 1;
                self.open(")", Bracket::Group, place);
            }
            Token::Sign("+") => self.at += 1,
            Token::Sign("not") => {
                let op = self.find(|op| op.spec().syntax == Syntax::Prefix("!"))?;
                self.at += 1;
                self.pending.push(Pending::Prefix { op, level: NOT, place });
            }
            Token::Sign(sign @ ("√" | "∛" | "∜")) => {
                let degree = match sign {
                    "√" => 2,
                    "∛" => 3,
                    _ => 4,
                };
                let op = self.find(|op| op.spec().notation == Notation::Root(degree))?;
                self.at += 1;
                self.pending.push(Pending::Prefix { op, level: u8::MAX, place });
            }
            Token::Sign(sign) => {
                let fence = |op: &Op| matches!(op.spec().notation, Notation::Fence(open, _) if open == sign);
                if let Some(&op) = Op::ALL.iter().find(|op| fence(op)) {
                    let Notation::Fence(_, close) = op.spec().notation else { return Ok(false) };
                    self.at += 1;
                    self.open(close, Bracket::Fence(op), place);
                } else if let Some(op) = Op::prefix(sign) {
                    if self.is_rooted() {
                        return Err(self.error("the root of how much? Write `√(-x)`"));
                    }
                    self.at += 1;
                    self.pending.push(Pending::Prefix { op, level: SIGN, place });
                } else if sign == "." {
                    return Err(self.error("a number starts with a digit: write `0.5`, not `.5`"));
                } else {
                    return Err(
                        self.error(format!("expected a number, a name or `(`, found {}", self.found()))
                    );
                }
            }
            Token::Raised(_) | Token::End => {
                return Err(self.error(format!("expected a number, a name or `(`, found {}", self.found())));
            }
        }
        Ok(false)
    }

    /// Takes what may follow an operand and belongs to it alone: a power in superscripts, a method
    /// call, a closing bracket. Whether there was any.
    fn postfix(&mut self) -> Result<bool, ParseError> {
        let place = self.place();
        if self.is_rooted() && matches!(self.token(), Token::Raised(_) | Token::Sign("^" | ".")) {
            let message = "is this the root of a power, or the power of a root? Write `√(x²)` or `(√x)²`";
            return Err(self.error(message));
        }
        while let Some(Pending::Prefix { op, level: u8::MAX, place }) = self.pending.last() {
            let (op, start) = (*op, place.start);
            self.pending.pop();
            self.apply(op, 1, start..place_end(&self.operands))?;
        }
        match self.token() {
            Token::Raised(exponent) => {
                self.at += 1;
                self.push(self.graph.constant(f64::from(exponent)), place);
                self.raise()?;
            }
            Token::Sign(".") => {
                self.at += 1;
                let place = self.place();
                let (Token::Name(name), true) = (self.token(), self.next_is("(")) else {
                    return Err(self.error("expected a method call, such as `.sin()`"));
                };
                let op = self.function(name, place.clone())?;
                self.at += 2;
                self.open(")", Bracket::Call { op, first: self.operands.len() - 1 }, place);
                if self.token() != Token::Sign(")") {
                    // The first argument is next.
                    while !self.operand()? {}
                } else {
                    self.close()?;
                }
            }
            Token::Sign(sign) if self.closes(sign) => self.close()?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Takes an operator between two operands; whether there was one.
    fn infix(&mut self) -> Result<bool, ParseError> {
        let place = self.place();
        let sign = match self.token() {
            Token::End | Token::Sign("where") => return Ok(false),
            // Bars that close nothing are an `or`.
            Token::Sign("|") if self.next_is("|") => {
                self.at += 1;
                "||"
            }
            Token::Sign(sign) => sign,
            Token::Number(_) | Token::Name(_) | Token::Raised(_) => return Err(self.missing_operator()),
        };
        match sign {
            "," => {
                self.reduce_all()?;
                match self.pending.last() {
                    None => return Ok(false),
                    Some(Pending::Open { of: Bracket::Call { .. }, .. }) => {}
                    Some(Pending::If { place }) => {
                        return Err(self.error_at(place.clone(), "this `if` has no `else`"));
                    }
                    Some(_) => return Err(self.error("a comma belongs between arguments of a function")),
                }
            }
            "if" => {
                self.reduce(0, false)?;
                self.pending.push(Pending::If { place });
            }
            "else" => {
                self.reduce_all()?;
                match self.pending.pop() {
                    Some(Pending::If { .. }) => self.pending.push(Pending::Else),
                    _ => return Err(self.error("this `else` has no `if`")),
                }
            }
            "^" => {
                self.reduce(POWER, true)?;
                self.pending.push(Pending::Infix { sign, level: POWER });
            }
            _ => {
                let Some(Syntax::Infix(_, level)) = Op::infix(sign).map(|op| op.spec().syntax) else {
                    return Err(match sign {
                        "(" | "√" | "∛" | "∜" | "⌊" | "⌈" => self.missing_operator(),
                        ")" | "⌋" | "⌉" | "|" => self.unclosed(),
                        _ => self.error(format!("expected an operator, found {}", self.found())),
                    });
                };
                self.reduce(level + u8::from(level == COMPARISON), false)?;
                if level == COMPARISON
                    && matches!(self.pending.last(), Some(Pending::Infix { level: COMPARISON, .. }))
                {
                    return Err(self.error("comparisons do not chain: write `a < b and b < c`"));
                }
                self.pending.push(Pending::Infix { sign, level });
            }
        }
        self.at += 1;
        Ok(true)
    }

    /// Whether a root sign is just before.
    fn is_rooted(&self) -> bool {
        matches!(self.pending.last(), Some(Pending::Prefix { level: u8::MAX, .. }))
    }

    fn missing_operator(&self) -> ParseError {
        let before = match self.operands.last() {
            Some(operand) if operand.place.len() <= 20 => &self.source[operand.place.clone()],
            _ => "…",
        };
        let name = Op::ALL.iter().any(|op| op.spec().name == before);
        let hint = match self.token() {
            Token::Name(_) | Token::Number(_) if !name => {
                format!(": for a product write `{before}*{}`", &self.source[self.place()])
            }
            Token::Sign(_) => format!(": for a product write `{before}*{}…`", &self.source[self.place()]),
            _ => String::new(),
        };
        self.error(format!("expected an operator, found {}{hint}", self.found()))
    }

    /// The innermost bracket is open still, and what is here does not close it.
    fn unclosed(&self) -> ParseError {
        match self.opened.last().map(|&at| &self.pending[at]) {
            Some(Pending::Open { place, close, .. }) => {
                let open = &self.source[place.clone()];
                let message = format!("`{open}` has no `{close}` before {}", self.found());
                self.error_at(place.clone(), message)
            }
            _ => self.error(format!("nothing is open that {} closes", self.found())),
        }
    }

    fn push(&mut self, expr: Expr<'g>, place: Range<usize>) {
        self.operands.push(Operand { expr, place });
    }

    fn open(&mut self, close: &'static str, of: Bracket, place: Range<usize>) {
        self.opened.push(self.pending.len());
        self.pending.push(Pending::Open { close, of, place });
    }

    /// Whether the sign closes the innermost bracket.
    fn closes(&self, sign: &str) -> bool {
        let innermost = self.opened.last().map(|&at| &self.pending[at]);
        matches!(innermost, Some(Pending::Open { close, .. }) if *close == sign)
    }

    fn close(&mut self) -> Result<(), ParseError> {
        let end = self.place().end;
        self.reduce_all()?;
        let (of, start) = match self.pending.pop() {
            Some(Pending::Open { of, place, .. }) => (of, place.start),
            Some(Pending::If { place }) => return Err(self.error_at(place, "this `if` has no `else`")),
            _ => return Err(self.unclosed()),
        };
        self.opened.pop();
        self.at += 1;
        match of {
            Bracket::Group => {
                if let Some(operand) = self.operands.last_mut() {
                    operand.place = start..end;
                }
                Ok(())
            }
            Bracket::Fence(op) => self.apply(op, 1, start..end),
            Bracket::Call { op, first } => {
                let count = self.operands.len() - first;
                let start = self.operands[first].place.start.min(start);
                self.apply(op, count, start..end)
            }
        }
    }

    /// Applies the operators that bind more strongly than `level`, or as strongly and not to the right.
    fn reduce(&mut self, level: u8, right: bool) -> Result<(), ParseError> {
        let binds = |own: u8| own > level || own == level && !right;
        loop {
            match self.pending.last() {
                Some(Pending::Prefix { op, level, place }) if binds(*level) => {
                    let (op, start) = (*op, place.start);
                    self.pending.pop();
                    self.apply(op, 1, start..place_end(&self.operands))?;
                }
                Some(Pending::Infix { sign, level, .. }) if binds(*level) => {
                    let sign = *sign;
                    self.pending.pop();
                    match sign {
                        "^" => self.raise()?,
                        sign => {
                            let op = self.find(
                                |op| matches!(op.spec().syntax, Syntax::Infix(own, _) if own == sign),
                            )?;
                            self.apply(op, 2, self.last_places(2))?;
                        }
                    }
                }
                _ => return Ok(()),
            }
        }
    }

    /// Applies all operators up to a bracket or an `if`.
    fn reduce_all(&mut self) -> Result<(), ParseError> {
        loop {
            self.reduce(0, false)?;
            let Some(Pending::Else) = self.pending.last() else { return Ok(()) };
            self.pending.pop();
            // The condition is written between the arms.
            let condition = self.operands.len() - 2;
            self.operands.swap(condition - 1, condition);
            let op = self.find(|op| op.spec().syntax == Syntax::Choice)?;
            let place = self.last_places(3);
            self.apply(op, 3, place)?;
        }
    }

    /// From the first to the last of so many operands.
    fn last_places(&self, count: usize) -> Range<usize> {
        let places = self.operands[self.operands.len() - count..].iter().map(|operand| &operand.place);
        let start = places.clone().map(|place| place.start).min().unwrap_or(0);
        start..places.map(|place| place.end).max().unwrap_or(start)
    }

    /// The power of the last two operands: a whole one where the exponent is a whole number.
    fn raise(&mut self) -> Result<(), ParseError> {
        let exponent = self.operands.last().and_then(|operand| whole(operand.expr));
        let kind = if exponent.is_some() { ArgKind::Int } else { ArgKind::Real };
        let op = self.find(|op| op.spec().notation == Notation::Power && op.spec().args[1].kind == kind)?;
        self.apply(op, 2, self.last_places(2))
    }

    /// Applies an operation to the last `count` operands, once they have been checked.
    fn apply(&mut self, op: Op, count: usize, place: Range<usize>) -> Result<(), ParseError> {
        let spec = op.spec();
        let operands = self.operands.split_off(self.operands.len() - count);
        if spec.args.len() != count {
            let message = match spec.args.len() {
                2 if count == 1 && spec.name == "log" => {
                    "the base is missing: write `ln(x)`, `log2(x)`, `log10(x)` or `log(x, base)`".to_owned()
                }
                1 => format!("`{}` takes 1 argument, not {count}", spec.name),
                takes => format!("`{}` takes {takes} arguments, not {count}", spec.name),
            };
            return Err(self.error_at(place, message));
        }
        for (operand, arg) in operands.iter().zip(spec.args) {
            let boolean = operand.expr.ty() == Ty::Bool;
            let message = match arg.kind {
                ArgKind::Bool if !boolean => "expected a condition, such as `x > 0`, found a number",
                ArgKind::Real | ArgKind::Int if boolean => "expected a number, found a condition",
                ArgKind::Int if whole(operand.expr).is_none() => {
                    "expected a whole number such as 2; any exponent will do in `x^y` or `x.powf(y)`"
                }
                _ => continue,
            };
            return Err(self.error_at(operand.place.clone(), message));
        }
        let args: Vec<Expr<'g>> = operands.iter().map(|operand| operand.expr).collect();
        // A number with a sign is a number.
        let expr = match (spec.syntax, args[0].kind()) {
            (Syntax::Prefix(_), Kind::Const(_)) => self.graph.constant(op.evaluate(&[constant(args[0])])),
            _ => self.graph.raw(op, &args),
        };
        self.push(expr, place);
        Ok(())
    }

    fn find(&self, is: impl Fn(Op) -> bool) -> Result<Op, ParseError> {
        let found = Op::ALL.iter().copied().find(|&op| is(op));
        found.ok_or_else(|| self.error("this operation is not supported"))
    }

    /// The function of this name: Rust's, mathematics', or with `libm::` before it, C's.
    fn function(&self, path: &str, place: Range<usize>) -> Result<Op, ParseError> {
        let (module, name) = path.rsplit_once("::").unwrap_or(("", path));
        let arc = || Op::by_name(&format!("a{}", name.strip_prefix("arc").or(name.strip_prefix("ar"))?));
        let found = match module {
            "" => {
                Op::by_name(name).or_else(|| Op::by_special(name)).or_else(arc).or_else(|| Op::by_libm(name))
            }
            "libm" => Op::by_libm(name),
            module if FLOATS.contains(&module) => Op::by_name(name),
            _ => None,
        };
        if let Some(op) = found {
            return Ok(op);
        }
        if self.names.contains_key(path) {
            let message = format!("`{path}` is a variable, not a function: for a product write `{path}*(…)`");
            return Err(self.error_at(place, message));
        }
        let callable = |op: &&Op| matches!(op.spec().syntax, Syntax::Method | Syntax::Libm | Syntax::Special);
        let names = Op::ALL.iter().filter(callable).map(|op| op.spec().name);
        let near =
            names.map(|known| (distance(known, name), known)).filter(|(d, _)| *d <= 1 + name.len() / 4).min();
        let hint = near.map(|(_, known)| format!(": did you mean `{known}`?")).unwrap_or_default();
        Err(self.error_at(place, format!("there is no function `{path}`{hint}")))
    }

    /// A constant, what is defined after `where`, or a variable.
    fn name(&mut self, path: &'s str) -> Result<Expr<'g>, ParseError> {
        let (module, name) = path.rsplit_once("::").unwrap_or(("", path));
        if module.is_empty()
            && let Some(&known) = self.names.get(name)
        {
            return Ok(known);
        }
        if path == "e" || path == "E" {
            let message = format!(
                "`{path}` may be Euler's number or a variable: write `consts::E` or `exp(x)`, \
                 or give the variable another name"
            );
            return Err(self.error(message));
        }
        if (module.is_empty() || CONSTANTS.contains(&module))
            && let Some(value) = constant_named(name)
        {
            return Ok(self.graph.constant(value));
        }
        if !module.is_empty() {
            return Err(self.error(format!("there is no constant `{path}`")));
        }
        if Op::by_name(name).is_some() {
            return Err(self.error(format!("`{name}` is a function: write `{name}(…)`")));
        }
        let variable = self.graph.var(name);
        self.names.insert(name, variable);
        self.variables.push((name.to_owned(), variable, self.place().start));
        Ok(variable)
    }
}

fn place_end(operands: &[Operand<'_>]) -> usize {
    operands.last().map_or(0, |operand| operand.place.end)
}

fn constant(expr: Expr<'_>) -> f64 {
    expr.as_constant().unwrap_or(f64::NAN)
}

/// The exponent, if it is a whole number that fits an `i32`.
fn whole(expr: Expr<'_>) -> Option<i32> {
    let value = expr.as_constant()?;
    (f64::from(value as i32) == value).then_some(value as i32)
}

/// The constants of `std::f64` and `std::f64::consts`, and how mathematics writes them.
fn constant_named(name: &str) -> Option<f64> {
    Some(match name {
        "PI" | "π" | "pi" => consts::PI,
        "TAU" => consts::TAU,
        "E" => consts::E,
        "LN_2" => consts::LN_2,
        "LN_10" => consts::LN_10,
        "LOG2_E" => consts::LOG2_E,
        "LOG2_10" => consts::LOG2_10,
        "LOG10_E" => consts::LOG10_E,
        "LOG10_2" => consts::LOG10_2,
        "SQRT_2" => consts::SQRT_2,
        "FRAC_1_SQRT_2" => consts::FRAC_1_SQRT_2,
        "FRAC_2_SQRT_PI" => consts::FRAC_2_SQRT_PI,
        "FRAC_1_PI" => consts::FRAC_1_PI,
        "FRAC_2_PI" => consts::FRAC_2_PI,
        "FRAC_PI_2" => consts::FRAC_PI_2,
        "FRAC_PI_3" => consts::FRAC_PI_3,
        "FRAC_PI_4" => consts::FRAC_PI_4,
        "FRAC_PI_6" => consts::FRAC_PI_6,
        "FRAC_PI_8" => consts::FRAC_PI_8,
        "EPSILON" => f64::EPSILON,
        "INFINITY" | "inf" => f64::INFINITY,
        "NEG_INFINITY" => f64::NEG_INFINITY,
        "NAN" | "NaN" => f64::NAN,
        _ => return None,
    })
}

/// How many letters differ: Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.bytes().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
