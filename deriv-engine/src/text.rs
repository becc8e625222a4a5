//! Formulas as text at run time: [`Formula`] owns its expression, and is parsed and printed.

mod lexer;
mod parser;
#[cfg(test)]
mod tests;

use crate::simplify::readable;
use crate::{EvalError, Expr, Graph};
use std::error::Error;
use std::fmt;
use std::ops::Range;
use std::rc::Rc;
use std::str::FromStr;

/// A function of named variables, as a value: parsed from text, differentiated, evaluated, printed.
///
/// The text may be written as in Rust or as in mathematics:
///
/// | | |
/// |---|---|
/// | numbers | `2`, `0.5`, `1e-3`, `1_000.0`, `2f64`, `PI`, `π`, `std::f64::consts::E`, `inf` |
/// | arithmetic | `x + y`, `x - y`, `2*x`, `2·x`, `x/y`, `x % y`, `-x`; a product always has its sign |
/// | powers, roots | `x^2`, `x²`, `x.powi(2)`, `x^y`, `√x`, `sqrt(x)` |
/// | functions | `sin(x)`, `x.sin()`, `f64::sin(x)`, `atan2(y, x)`, `y.atan2(x)`, `\|x\|` |
/// | choices | `(x if x > 0 else -x)`, with `< <= > >= == != ≤ ≥ = ≠`, `and`, `or`, `not` |
/// | shared parts | `t·sin(t) where t = x + 1` |
///
/// As in Rust, `-x.powi(2)` is −(x²), and so is `-x^2`; `2^x^y` is `2^(x^y)`. All that is written by
/// [`Display`](fmt::Display) can be parsed. Names that are no constants are the variables.
///
/// ```
/// # use deriv_engine as deriv_core;
/// use deriv_core::Formula;
///
/// let f: Formula = "3*x.powi(2) + 2*x + 1".parse()?;
/// assert_eq!(f.to_string(), "3·x² + 2·x + 1");
/// assert_eq!(f.evaluate(&[("x", 2.0)])?, 17.0);
///
/// let slope = f.differentiate("x")?;
/// assert_eq!(slope.to_string(), "6·x + 2");
/// assert_eq!(slope.evaluate(&[("x", 2.0)])?, 14.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Formula {
    graph: Rc<Graph>,
    root: u32,
    /// The same as it is shown, which may be less exact to compute.
    shown: u32,
    variables: Rc<[(String, u32)]>,
}

impl Formula {
    /// The names of the variables, in the order in which the text mentions them. A derivative keeps
    /// the variables of its function, even those that have dropped out.
    ///
    /// ```
    /// # use deriv_engine as deriv_core;
    /// let f: deriv_core::Formula = "m * c^2 + m".parse()?;
    /// assert_eq!(f.variables().collect::<Vec<_>>(), ["m", "c"]);
    /// # Ok::<(), deriv_core::ParseError>(())
    /// ```
    pub fn variables(&self) -> impl ExactSizeIterator<Item = &str> {
        self.variables.iter().map(|(name, _)| &name[..])
    }

    /// A variable, as an expression of [`graph`](Self::graph).
    ///
    /// ```
    /// # use deriv_engine as deriv_core;
    /// let f: deriv_core::Formula = "x^3".parse()?;
    /// let x = f.variable("x")?;
    /// let logarithmic = f.expr().differentiate(x) / f.expr();
    /// assert_eq!(logarithmic.simplify().to_string(), "3/x");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the formula has no variable of this name.
    pub fn variable(&self, name: &str) -> Result<Expr<'_>, UnknownVariable> {
        match self.variables.iter().find(|(known, _)| known == name) {
            Some(&(_, id)) => Ok(self.graph.expr(id)),
            None => {
                let known = self.variables().map(str::to_owned).collect();
                Err(UnknownVariable { name: name.to_owned(), known })
            }
        }
    }

    /// The formula as an expression, to compute with.
    ///
    /// ```
    /// # use deriv_engine as deriv_core;
    /// let f: deriv_core::Formula = "sin(x)".parse()?;
    /// let squared = f.expr().powi(2);
    /// assert_eq!(squared.to_string(), "sin(x)²");
    /// # Ok::<(), deriv_core::ParseError>(())
    /// ```
    pub fn expr(&self) -> Expr<'_> {
        self.graph.expr(self.root)
    }

    /// The graph that holds the expression, for further ones; formulas that come from one another
    /// share it.
    ///
    /// ```
    /// # use deriv_engine as deriv_core;
    /// let f: deriv_core::Formula = "x + 1".parse()?;
    /// let y = f.graph().var("y");
    /// assert_eq!((f.expr() * y).to_string(), "(x + 1)·y");
    /// # Ok::<(), deriv_core::ParseError>(())
    /// ```
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The formula of another expression of the same graph, with the same variables.
    fn with(&self, root: u32) -> Formula {
        let shown = readable(&[self.graph.expr(root)])[0].id;
        Formula { root, shown, ..self.clone() }
    }

    /// The derivative by a variable.
    ///
    /// ```
    /// # use deriv_engine as deriv_core;
    /// let f: deriv_core::Formula = "sin(x)*y".parse()?;
    /// assert_eq!(f.differentiate("x")?.to_string(), "y·cos(x)");
    /// assert_eq!(f.differentiate("y")?.to_string(), "sin(x)");
    /// assert_eq!(f.differentiate("z").unwrap_err().to_string(), "there is no variable `z`, only `x` and `y`");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the formula has no variable of this name: a slip of the pen, rather than a zero.
    pub fn differentiate(&self, variable: &str) -> Result<Formula, UnknownVariable> {
        let variable = self.variable(variable)?;
        Ok(self.with(self.expr().differentiate(variable).id))
    }

    /// The derivatives by all variables, in the order of [`variables`](Self::variables).
    ///
    /// ```
    /// # use deriv_engine as deriv_core;
    /// let f: deriv_core::Formula = "x*y + y".parse()?;
    /// let gradient: Vec<String> = f.gradient().iter().map(ToString::to_string).collect();
    /// assert_eq!(gradient, ["y", "x + 1"]);
    /// # Ok::<(), deriv_core::ParseError>(())
    /// ```
    pub fn gradient(&self) -> Vec<Formula> {
        let by = |&(_, id): &(String, u32)| self.with(self.expr().differentiate(self.graph.expr(id)).id);
        self.variables.iter().map(by).collect()
    }

    /// The same function with like terms collected, fractions reduced and constants folded.
    ///
    /// ```
    /// # use deriv_engine as deriv_core;
    /// let f: deriv_core::Formula = "x + x*2 + 1 + 2".parse()?;
    /// assert_eq!(f.simplify().to_string(), "3·x + 3");
    /// # Ok::<(), deriv_core::ParseError>(())
    /// ```
    pub fn simplify(&self) -> Formula {
        self.with(self.expr().simplify().id)
    }

    /// The value at a point. Names that the formula does not have are ignored.
    ///
    /// ```
    /// # use deriv_engine as deriv_core;
    /// let f: deriv_core::Formula = "x / y".parse()?;
    /// assert_eq!(f.evaluate(&[("x", 1.0), ("y", 4.0)])?, 0.25);
    /// assert!(f.evaluate(&[("x", 1.0)]).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If a variable that the value depends on is missing.
    pub fn evaluate(&self, point: &[(&str, f64)]) -> Result<f64, EvalError> {
        let known = |&(name, value): &(&str, f64)| Some((self.variable(name).ok()?, value));
        let values: Vec<(Expr<'_>, f64)> = point.iter().filter_map(known).collect();
        self.expr().evaluate(&values)
    }

    /// The formula in LaTeX, for math mode.
    ///
    /// ```
    /// # use deriv_engine as deriv_core;
    /// let f: deriv_core::Formula = "sqrt(x^2 + 1) / 2".parse()?;
    /// assert_eq!(f.to_latex(), r"\frac{\sqrt{x^{2} + 1}}{2}");
    /// # Ok::<(), deriv_core::ParseError>(())
    /// ```
    pub fn to_latex(&self) -> String {
        self.graph.expr(self.shown).to_latex()
    }
}

impl FromStr for Formula {
    type Err = ParseError;

    fn from_str(source: &str) -> Result<Formula, ParseError> {
        let graph = Graph::new();
        let parsed = parser::parse(source, &graph)?;
        let root = parsed.root.id;
        let variables = parsed.variables.into_iter().map(|(name, expr)| (name, expr.id)).collect();
        Ok(Formula { root, shown: root, variables, graph: Rc::new(graph) })
    }
}

impl fmt::Display for Formula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.graph.expr(self.shown).fmt(f)
    }
}

impl fmt::Debug for Formula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Formula").field(&self.to_string()).finish()
    }
}

/// Why a text is no formula. Displayed, it shows the place.
///
/// ```
/// # use deriv_engine as deriv_core;
/// let error = "3*x + 2x".parse::<deriv_core::Formula>().unwrap_err();
/// assert_eq!(error.position(), 7);
/// assert_eq!(
///     error.to_string(),
///     "no operator between `2` and `x`: write `2*x`
///   3*x + 2x
///          ^"
/// );
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParseError {
    message: String,
    position: usize,
    /// The text around the place, how many characters precede the place, and how many it has.
    excerpt: String,
    column: usize,
    width: usize,
}

/// How much of a long line is shown on each side of an error.
const CONTEXT: usize = 36;

impl ParseError {
    fn new(source: &str, place: Range<usize>, message: String) -> Self {
        let start = source[..place.start].rfind('\n').map_or(0, |newline| newline + 1);
        let end = source[place.start..].find('\n').map_or(source.len(), |newline| place.start + newline);
        let line: Vec<char> = source[start..end].chars().collect();
        let before = source[start..place.start].chars().count();
        let width = source[place.start..place.end.min(end).max(place.start)].chars().count().max(1);
        let from = if before > 2 * CONTEXT { before - CONTEXT } else { 0 };
        let to = line.len().min(before + CONTEXT);
        let mut excerpt: String = line[from..to].iter().map(|&c| if c == '\t' { ' ' } else { c }).collect();
        let mut column = before - from;
        if from > 0 {
            excerpt.insert_str(0, "… ");
            column += 2;
        }
        if to < line.len() {
            excerpt += " …";
        }
        ParseError { message, position: place.start, excerpt, column, width: width.min(CONTEXT) }
    }

    /// What is wrong, and what to write instead, in one line.
    ///
    /// ```
    /// # use deriv_engine as deriv_core;
    /// let error = "sinn(x)".parse::<deriv_core::Formula>().unwrap_err();
    /// assert_eq!(error.message(), "there is no function `sinn`: did you mean `sin`?");
    /// ```
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where, in bytes from the start of the text.
    ///
    /// ```
    /// # use deriv_engine as deriv_core;
    /// let error = "(x + 1)) * 2".parse::<deriv_core::Formula>().unwrap_err();
    /// assert_eq!(error.position(), 7);
    /// ```
    pub fn position(&self) -> usize {
        self.position
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.message)?;
        writeln!(f, "  {}", self.excerpt.trim_end())?;
        write!(f, "  {:column$}{}", "", "^".repeat(self.width), column = self.column)
    }
}

impl Error for ParseError {}

/// A formula has no variable of this name.
///
/// ```
/// # use deriv_engine as deriv_core;
/// let f: deriv_core::Formula = "2*x".parse()?;
/// let error = f.differentiate("y").unwrap_err();
/// assert_eq!((&error.name[..], &error.known[..]), ("y", &["x".to_owned()][..]));
/// # Ok::<(), deriv_core::ParseError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownVariable {
    /// The name that was asked for.
    pub name: String,
    /// The names there are.
    pub known: Vec<String>,
}

impl fmt::Display for UnknownVariable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no variable `{}`", self.name)?;
        match &self.known[..] {
            [] => write!(f, " in a constant"),
            [only] => write!(f, ", only `{only}`"),
            [first @ .., last] => {
                let first: Vec<String> = first.iter().map(|name| format!("`{name}`")).collect();
                write!(f, ", only {} and `{last}`", first.join(", "))
            }
        }
    }
}

impl Error for UnknownVariable {}
