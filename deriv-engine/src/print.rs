//! Mathematical notation for people: plain text and LaTeX.
//!
//! A node is laid out as pieces of text and further nodes; a stack of pieces replaces recursion, so
//! the depth of an expression does not matter. Sharing does: written out in full, a graph can be
//! exponentially long. So lengths are added up first, with saturating arithmetic, and where the whole
//! would be too long, what is used more than once gets a name and is listed after `where`.
//!
//! What an operation looks like follows from its row in the table: sums from `linear`, products and
//! quotients from `monomial`, operators from `syntax`, and the rest from `notation`.

use crate::graph::{Expr, Graph, Kind, Node};
use crate::hash::HashMap;
use crate::list::{List, PushAll, Sort};
use crate::ops::{Notation, Op, Syntax};
use std::borrow::Cow;
use std::f64::consts::{LN_2, LN_10, LOG2_E, LOG10_E, PI};
use std::fmt;

/// Formulas longer than this are abbreviated by naming what they share.
const DISPLAY_LIMIT: usize = 10_000;

/// What is no longer than this is repeated rather than named.
const WORTH_A_NAME: usize = 12;

/// How strongly a piece of notation binds. Operators of the table have Rust's strengths.
type Level = u8;
const LOOSE: Level = 0;
const NOT: Level = 6;
const SUM: Level = 10;
const PRODUCT: Level = 11;
const POWER: Level = 13;
const ATOM: Level = 14;
/// A name or a number.
const WORD: Level = 15;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Plain,
    Latex,
}

/// Part of a layout. `Node` is put in parentheses if it binds less strongly than the level.
enum Piece {
    Text(Cow<'static, str>),
    Node(u32, Level),
}

fn text(text: impl Into<Cow<'static, str>>) -> Piece {
    Piece::Text(text.into())
}

/// A product: its sign, and what is above and below the line.
#[derive(Default)]
struct Product {
    negative: bool,
    above: Vec<Factor>,
    below: Vec<Factor>,
}

#[derive(Clone, Copy)]
enum Factor {
    /// A number that is not negative.
    Number(f64),
    Node(u32),
    /// A node to the power of a positive number.
    Power(u32, f64),
}

struct Printer<'g> {
    graph: &'g Graph,
    style: Style,
    /// The number of the name of each node that has one.
    names: Vec<Option<usize>>,
    /// What precedes that number.
    prefix: String,
}

impl fmt::Display for Expr<'_> {
    /// Writes it as people do: `6·x + 2`, `x²`, `√(x² + 1)`, `(x if x > 0 else 0)`.
    ///
    /// Subexpressions that occur more than once are written out each time, unless the whole would
    /// have more than about ten thousand characters: then they have names, listed after `where`.
    ///
    /// ```
    /// # use deriv_engine as deriv_core;
    /// let g = deriv_core::Graph::new();
    /// let x = g.var("x");
    /// assert_eq!((6.0 * x + 2.0).to_string(), "6·x + 2");
    /// assert_eq!((2.0 * x.sin() * x.cos()).to_string(), "2·sin(x)·cos(x)");
    /// assert_eq!((x / (x.powi(2) + 1.0).sqrt()).to_string(), "x/√(x² + 1)");
    /// assert_eq!((1.0 - x.abs()).powi(-2).to_string(), "1/(1 - |x|)²");
    /// ```
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let printer = Printer::new(self.graph, &[*self], Style::Plain, DISPLAY_LIMIT);
        f.write_str(&printer.line(self.id))?;
        let mut joint = " where ";
        for id in printer.named() {
            write!(f, "{joint}{} = {}", printer.name(id), printer.line(id))?;
            joint = ", ";
        }
        Ok(())
    }
}

impl Expr<'_> {
    /// Writes it in LaTeX, for math mode.
    ///
    /// ```
    /// # use deriv_engine as deriv_core;
    /// let g = deriv_core::Graph::new();
    /// let x = g.var("x");
    /// let f = x.sin().powi(2) / (x.sqrt() + 1.0);
    /// assert_eq!(f.to_latex(), r"\frac{\sin^{2}\left(x\right)}{\sqrt{x} + 1}");
    /// ```
    pub fn to_latex(self) -> String {
        let printer = Printer::new(self.graph, &[self], Style::Latex, DISPLAY_LIMIT);
        let mut out = printer.line(self.id);
        let mut joint = r" \quad \text{where } ";
        for id in printer.named() {
            out += &format!("{joint}{} = {}", printer.name(id), printer.line(id));
            joint = r", \quad ";
        }
        out
    }
}

/// The lines of a formula for each root, `name = …` (without a name, `…`), in plain text.
///
/// Where a line would have more than `width` characters, parts of it are named, and lines that define
/// them follow: `where t1 = …`. `None` if that makes more than `max_lines` lines.
pub fn formula(roots: &[(String, Expr<'_>)], width: usize, max_lines: usize) -> Option<Vec<String>> {
    let (_, first) = roots.first()?;
    let exprs: Vec<Expr<'_>> = roots.iter().each(|(_, root)| *root);
    let plain = Printer::new(first.graph, &exprs, Style::Plain, usize::MAX);
    let lengths = plain.lengths(&exprs);
    let titled = |printer: &Printer<'_>| -> Vec<String> {
        let line = |(name, root): &(String, Expr<'_>)| match &name[..] {
            "" => printer.line(root.id),
            name => format!("{name} = {}", printer.line(root.id)),
        };
        roots.iter().each(line)
    };
    let fits = |line: &String| line.chars().count() <= width;
    // An estimate is never too low by half.
    if exprs.iter().all(|root| lengths[root.id as usize] <= 2 * width) {
        let lines = titled(&plain);
        if lines.iter().all(fits) && lines.len() <= max_lines {
            return Some(lines);
        }
    }
    let mut printer = Printer::new(first.graph, &exprs, Style::Plain, 0);
    printer.split(&exprs, width.saturating_sub(roots.iter().map(|(name, _)| name.len()).max()? + 3));
    let named = printer.named();
    if roots.len() + named.len() > max_lines {
        return None;
    }
    let mut lines = titled(&printer);
    let mut joint = "where ";
    for id in named {
        lines.push(format!("{joint}{} = {}", printer.name(id), printer.line(id)));
        joint = "      ";
    }
    Some(lines)
}

impl<'g> Printer<'g> {
    /// A printer that gives names to what the roots share, if they are longer than `limit` together.
    fn new(graph: &'g Graph, roots: &[Expr<'g>], style: Style, limit: usize) -> Self {
        let mut printer = Printer { graph, style, names: vec![None; graph.len()], prefix: "t".into() };
        if limit == usize::MAX {
            return printer;
        }
        let lengths = printer.lengths(roots);
        let total = roots.iter().fold(0_usize, |sum, root| sum.saturating_add(lengths[root.id as usize]));
        if total > limit {
            printer.name_what_is_shared(roots);
        }
        printer
    }

    /// About how many characters each node takes; 0 for those the roots do not need.
    fn lengths(&self, roots: &[Expr<'g>]) -> Vec<usize> {
        let needed = self.graph.reachable(roots);
        let mut lengths = vec![0; needed.len()];
        for id in (0..needed.len()).filter(|&id| needed[id]) {
            lengths[id] = self.length(&self.graph.node(id as u32), &lengths);
        }
        lengths
    }

    fn length(&self, node: &Node, lengths: &[usize]) -> usize {
        let arg = |&id: &u32| match self.names[id as usize] {
            Some(_) => 3,
            None => lengths[id as usize],
        };
        let args = node.args.iter().map(arg).fold(0, usize::saturating_add);
        let own = match node.kind {
            Kind::Const(bits) => number(f64::from_bits(bits)).len(),
            Kind::Symbol(symbol) => self.graph.symbol_name(symbol).chars().count(),
            Kind::Cast => 0,
            Kind::Elem(_) => 3,
            Kind::Call(callee) => self.graph.callee_info(callee).name.len() + 2 * node.args.len() + 1,
            Kind::Op(op) => match op.spec().syntax {
                Syntax::Infix(..) => 3,
                Syntax::Prefix(_) => 2,
                Syntax::Choice => 12,
                Syntax::As => 0,
                _ => op.spec().name.len() + 2 * node.args.len(),
            },
        };
        args.saturating_add(own)
    }

    /// How often each node occurs as an argument, and roots once more.
    fn uses(&self, roots: &[Expr<'g>]) -> Vec<u32> {
        let needed = self.graph.reachable(roots);
        let mut uses = vec![0; needed.len()];
        for root in roots {
            uses[root.id as usize] += 1;
        }
        for id in (0..needed.len()).filter(|&id| needed[id]) {
            for &arg in self.graph.node(id as u32).args.iter() {
                uses[arg as usize] += 1;
            }
        }
        uses
    }

    fn name_what_is_shared(&mut self, roots: &[Expr<'g>]) {
        self.avoid_the_names_of(roots);
        let uses = self.uses(roots);
        let mut lengths = vec![0; uses.len()];
        for id in (0..uses.len()).filter(|&id| uses[id] > 0) {
            let node = self.graph.node(id as u32);
            lengths[id] = self.length(&node, &lengths);
            let is_number = self.graph.expr(id as u32).is_fixed();
            if uses[id] > 1 && lengths[id] > WORTH_A_NAME && !is_whole_call(&node) && !is_number {
                self.names[id] = Some(0);
            }
        }
        self.number_the_names();
    }

    /// Gives further names, so that no line is longer than `width`, as far as that is possible.
    fn split(&mut self, roots: &[Expr<'g>], width: usize) {
        let needed = self.graph.reachable(roots);
        let mut lengths = vec![0; needed.len()];
        for id in (0..needed.len()).filter(|&id| needed[id]) {
            let node = self.graph.node(id as u32);
            lengths[id] = self.length(&node, &lengths);
            while lengths[id] > width {
                let nameable = |arg: &u32| self.names[*arg as usize].is_none();
                let longest =
                    node.args.iter().copied().filter(nameable).max_by_key(|&arg| lengths[arg as usize]);
                match longest {
                    Some(arg) if lengths[arg as usize] > WORTH_A_NAME => self.names[arg as usize] = Some(0),
                    _ => break,
                }
                lengths[id] = self.length(&node, &lengths);
            }
        }
        self.number_the_names();
    }

    /// Chooses a prefix that makes no name of a symbol.
    fn avoid_the_names_of(&mut self, roots: &[Expr<'g>]) {
        let needed = self.graph.reachable(roots);
        let symbols: Vec<String> = (0..needed.len()).filter(|&id| needed[id]).each_some(|id| {
            match self.graph.expr(id as u32).kind() {
                Kind::Symbol(symbol) => Some(self.graph.symbol_name(symbol)),
                _ => None,
            }
        });
        let numbered = |name: &String, prefix: &str| {
            name.strip_prefix(prefix).is_some_and(|rest| rest.parse::<usize>().is_ok())
        };
        while symbols.iter().any(|name| numbered(name, &self.prefix)) {
            self.prefix.push('t');
        }
    }

    fn number_the_names(&mut self) {
        for (number, name) in self.names.iter_mut().flatten().enumerate() {
            *name = number + 1;
        }
    }

    /// The nodes with names, in the order of evaluation.
    fn named(&self) -> Vec<u32> {
        (0..self.names.len() as u32).only(|&id| self.names[id as usize].is_some())
    }

    fn name(&self, id: u32) -> String {
        let number = self.names[id as usize].unwrap_or_default();
        match self.style {
            Style::Plain => format!("{}{number}", self.prefix),
            Style::Latex => format!("{}_{{{number}}}", self.prefix),
        }
    }

    /// A node written out, by itself.
    fn line(&self, id: u32) -> String {
        let mut out = String::new();
        let (_, mut stack) = self.layout(id);
        stack.reverse();
        while let Some(piece) = stack.pop() {
            match piece {
                Piece::Text(text) => out.push_str(&text),
                Piece::Node(id, level) => {
                    let (own, pieces) = match self.names[id as usize] {
                        Some(_) => (WORD, vec![text(self.name(id))]),
                        None => self.layout(id),
                    };
                    let (open, close) = self.parentheses();
                    if own < level {
                        stack.push(text(close));
                    }
                    stack.push_all(pieces.into_iter().rev());
                    if own < level {
                        out.push_str(open);
                    }
                }
            }
        }
        out
    }

    fn parentheses(&self) -> (&'static str, &'static str) {
        match self.style {
            Style::Plain => ("(", ")"),
            Style::Latex => (r"\left(", r"\right)"),
        }
    }

    /// How a node is written in terms of others, and how strongly that binds.
    fn layout(&self, id: u32) -> (Level, Vec<Piece>) {
        let node = self.graph.node(id);
        if signs(&node).is_some() {
            return (SUM, self.sum(id));
        }
        if is_product(self.graph, &node) {
            let product = self.product(id);
            if let Some(only) = product.only() {
                return self.transparent(only);
            }
            let level = match (product.negative, &product.above[..], &product.below[..]) {
                (true, ..) => SUM,
                (false, [], []) => WORD,
                (false, [Factor::Number(value)], []) => self.number(*value).0,
                (false, [Factor::Power(..)], []) => POWER,
                (false, ..) => PRODUCT,
            };
            let sign = product.negative.then(|| text("-"));
            return (level, sign.into_iter().joined(self.fraction(&product)));
        }
        match node.kind {
            Kind::Const(bits) => self.number(f64::from_bits(bits)),
            Kind::Symbol(symbol) => self.symbol(&self.graph.symbol_name(symbol)),
            Kind::Cast => self.transparent(node.args[0]),
            Kind::Elem(component) => {
                (ATOM, vec![Piece::Node(node.args[0], ATOM), text(format!("[{component}]"))])
            }
            Kind::Call(callee) => {
                let callee = self.graph.callee_info(callee);
                let name = self.function(&callee.name) + &"′".repeat(callee.order as usize);
                (ATOM, self.call(name, &node.args))
            }
            Kind::Op(op) => self.operation(op, &node.args),
        }
    }

    fn operation(&self, op: Op, args: &[u32]) -> (Level, Vec<Piece>) {
        let spec = op.spec();
        let latex = self.style == Style::Latex;
        match (spec.notation, args) {
            (Notation::Power, &[base, exponent]) => return (POWER, self.power(base, exponent)),
            (Notation::Root(degree), &[arg]) if latex => {
                let degree = if degree == 2 { String::new() } else { format!("[{degree}]") };
                let open = text(format!(r"\sqrt{degree}{{"));
                return (ATOM, vec![open, Piece::Node(arg, LOOSE), text("}")]);
            }
            (Notation::Root(degree @ 2..=4), &[arg]) => {
                let sign = ["√", "∛", "∜"][degree as usize - 2];
                // `√sin(x)` would leave room for doubt.
                return (POWER, vec![text(sign), Piece::Node(arg, WORD)]);
            }
            (Notation::Fence(open, close), &[arg]) => {
                let fence = |sign: &'static str, side| match self.style {
                    Style::Plain => text(sign),
                    Style::Latex => text(format!("\\{side}{}", latex_fence(sign))),
                };
                return (ATOM, vec![fence(open, "left"), Piece::Node(arg, LOOSE), fence(close, "right")]);
            }
            (Notation::Exponential(base), &[arg]) if latex => {
                return (POWER, vec![text(format!("{base}^{{")), Piece::Node(arg, LOOSE), text("}")]);
            }
            _ => {}
        }
        match (spec.syntax, args) {
            (Syntax::Infix(sign, level), &[left, right]) => {
                // Comparisons don't chain, and all else groups to the left.
                let first = if (5..SUM).contains(&level) { level + 1 } else { level };
                let sign = self.operator(sign);
                let pieces = vec![Piece::Node(left, first), text(sign), Piece::Node(right, level + 1)];
                (level, pieces)
            }
            (Syntax::Prefix(_), &[arg]) => {
                let sign = if latex { r"\lnot " } else { "not " };
                (NOT, vec![text(sign), Piece::Node(arg, NOT)])
            }
            (Syntax::As, &[arg]) => self.transparent(arg),
            (Syntax::Choice, &[condition, yes, no]) => self.choice(condition, yes, no),
            _ => (ATOM, self.call(self.function(spec.name), args)),
        }
    }

    /// A node that looks like its argument: to people a number is the same in all types.
    fn transparent(&self, arg: u32) -> (Level, Vec<Piece>) {
        match self.names[arg as usize] {
            Some(_) => (WORD, vec![Piece::Node(arg, WORD)]),
            None => self.layout(arg),
        }
    }

    /// `(a if c else b if d else e)`; the parentheses are always there.
    fn choice(&self, condition: u32, yes: u32, no: u32) -> (Level, Vec<Piece>) {
        let (open, when, next, close) = match self.style {
            Style::Plain => ("(", " if ", " else ", ")"),
            Style::Latex => {
                (r"\begin{cases} ", r" & \text{if } ", r" \\ ", r" & \text{otherwise} \end{cases}")
            }
        };
        let mut pieces = vec![text(open)];
        let (mut condition, mut yes, mut no) = (condition, yes, no);
        loop {
            let case = [Piece::Node(yes, LOOSE), text(when), Piece::Node(condition, LOOSE), text(next)];
            pieces.push_all(case);
            match (self.names[no as usize], self.graph.expr(no).as_choice()) {
                (None, Some(inner)) => (condition, yes, no) = (inner.0.id, inner.1.id, inner.2.id),
                _ => break,
            }
        }
        pieces.push_all([Piece::Node(no, LOOSE), text(close)]);
        (if self.style == Style::Plain { ATOM } else { PRODUCT + 1 }, pieces)
    }

    fn call(&self, name: String, args: &[u32]) -> Vec<Piece> {
        let (open, close) = self.parentheses();
        let mut pieces = vec![text(name + open)];
        for (i, &arg) in args.iter().enumerate() {
            pieces.push_all((i > 0).then(|| text(", ")));
            pieces.push(Piece::Node(arg, LOOSE));
        }
        pieces.push(text(close));
        pieces
    }

    /// The terms of a sum, with their signs. A sum that is subtracted stays in parentheses.
    fn sum(&self, id: u32) -> Vec<Piece> {
        let mut terms: Vec<Product> = Vec::new();
        let mut stack = vec![(id, false)];
        while let Some((term, negative)) = stack.pop() {
            let node = self.graph.node(term);
            let open = term == id || self.names[term as usize].is_none();
            if open
                && !negative
                && let Some(signs) = signs(&node)
            {
                let parts = node.args.iter().zip(signs).map(|(&arg, &sign)| (arg, sign < 0.0));
                stack.push_all(parts.rev());
            } else {
                let mut product = self.product(term);
                product.negative ^= negative;
                match product.only() {
                    Some(sum) if self.names[sum as usize].is_none() && sum != term => {
                        stack.push((sum, false))
                    }
                    _ => terms.push(product),
                }
            }
        }
        // `1 - x` rather than `-x + 1`.
        if let Some(first) = terms.iter().position(|term| !term.negative) {
            terms[..=first].rotate_right(1);
        }
        let mut pieces = Vec::new();
        for (i, term) in terms.iter().enumerate() {
            let sign = match (i, term.negative) {
                (0, false) => "",
                (0, true) => "-",
                (_, false) => " + ",
                (_, true) => " - ",
            };
            pieces.push(text(sign));
            pieces.push_all(self.fraction(term));
        }
        pieces
    }

    /// What a node is the product of, as far as names do not hide it.
    fn product(&self, id: u32) -> Product {
        let mut product = Product::default();
        let mut stack = vec![(id, true)];
        while let Some((factor, above)) = stack.pop() {
            let node = self.graph.node(factor);
            if factor != id && self.names[factor as usize].is_some() || !is_product(self.graph, &node) {
                match (node.kind, self.positive_power(factor, factor == id)) {
                    (Kind::Const(bits), _) => product.push_number(f64::from_bits(bits), above),
                    (_, Some((base, exponent))) => product.side(above).push(Factor::Power(base, exponent)),
                    _ => product.side(above).push(Factor::Node(factor)),
                }
                continue;
            }
            match node.kind {
                // Only negative numbers are products.
                Kind::Const(bits) => {
                    product.negative ^= true;
                    product.push_number(-f64::from_bits(bits), above);
                }
                Kind::Op(op) if op.spec().notation == Notation::Power => {
                    let exponent = -self.graph.expr(node.args[1]).as_constant().unwrap_or(-1.0);
                    match exponent == 1.0 {
                        true => stack.push((node.args[0], !above)),
                        false => product.side(!above).push(Factor::Power(node.args[0], exponent)),
                    }
                }
                Kind::Op(op) => match op.spec().monomial {
                    Some(exponents) => {
                        let parts = node.args.iter().zip(exponents);
                        stack.push_all(parts.map(|(&arg, e)| (arg, above == (e.0 > 0))).rev());
                    }
                    None => {
                        product.negative ^= true;
                        stack.push((node.args[0], above));
                    }
                },
                _ => {}
            }
        }
        for side in [&mut product.above, &mut product.below] {
            // The sign of `-1·x` has been taken out.
            side.retain(|factor| !matches!(factor, Factor::Number(1.0)));
            let rank = |factor: &Factor| match factor {
                Factor::Number(LN_2 | LN_10) => 2,
                Factor::Number(_) => 0,
                _ => 1,
            };
            side.order_by(|a, b| rank(a).cmp(&rank(b)));
            collect_powers(side);
        }
        product
    }

    /// The base and the exponent, if that is a positive number.
    fn positive_power(&self, id: u32, root: bool) -> Option<(u32, f64)> {
        let Node { kind: Kind::Op(op), args, .. } = self.graph.node(id) else { return None };
        let visible = root || self.names[id as usize].is_none();
        let power = visible && op.spec().notation == Notation::Power;
        let exponent = self.graph.expr(*args.get(1)?).as_constant()?;
        (power && exponent > 0.0).then_some((args[0], exponent))
    }

    /// A product without its sign.
    fn fraction(&self, product: &Product) -> Vec<Piece> {
        let Product { above, below, .. } = product;
        let one = [Factor::Number(1.0)];
        let above = if above.is_empty() { &one[..] } else { &above[..] };
        let mut pieces = Vec::new();
        match (self.style, &below[..]) {
            (_, []) => pieces.push_all(self.factors(above, PRODUCT + 1)),
            (Style::Latex, _) => {
                pieces.push(text(r"\frac{"));
                pieces.push_all(self.factors(above, LOOSE));
                pieces.push(text("}{"));
                pieces.push_all(self.factors(below, LOOSE));
                pieces.push(text("}"));
            }
            (Style::Plain, _) => {
                pieces.push_all(self.factors(above, PRODUCT + 1));
                pieces.push(text("/"));
                let (open, close) = if below.len() > 1 { ("(", ")") } else { ("", "") };
                pieces.push(text(open));
                pieces.push_all(self.factors(below, PRODUCT + 1));
                pieces.push(text(close));
            }
        }
        pieces
    }

    /// Factors side by side; one that is alone need only bind as strongly as `alone`.
    fn factors(&self, factors: &[Factor], alone: Level) -> Vec<Piece> {
        let level = if factors.len() == 1 { alone } else { PRODUCT + 1 };
        let mut pieces = Vec::new();
        for (i, factor) in factors.iter().enumerate() {
            if i > 0 {
                pieces.push(text(match (self.style, factor) {
                    (Style::Plain, _) => "·",
                    (Style::Latex, Factor::Number(PI | LN_2 | LN_10)) => r" \, ",
                    (Style::Latex, Factor::Number(_)) => r" \cdot ",
                    (Style::Latex, _) => r" \, ",
                }));
            }
            match *factor {
                Factor::Number(value) => pieces.push_all(self.number(value).1),
                Factor::Node(id) => pieces.push(Piece::Node(id, level)),
                Factor::Power(base, exponent) => pieces.push_all(self.constant_power(base, exponent)),
            }
        }
        pieces
    }

    fn power(&self, base: u32, exponent: u32) -> Vec<Piece> {
        match (self.graph.expr(exponent).as_constant(), self.style) {
            (Some(exponent), _) if exponent > 0.0 => self.constant_power(base, exponent),
            (_, Style::Plain) => vec![Piece::Node(base, ATOM), text("^"), Piece::Node(exponent, ATOM)],
            (_, Style::Latex) => {
                vec![Piece::Node(base, ATOM), text("^{"), Piece::Node(exponent, LOOSE), text("}")]
            }
        }
    }

    /// The exponent is positive.
    fn constant_power(&self, base: u32, exponent: f64) -> Vec<Piece> {
        let raised = superscript(&number(exponent));
        match self.style {
            Style::Plain => {
                let written = match half_number(exponent) {
                    Some(halves) => format!("^({halves}/2)"),
                    None => format!("^{}", number(exponent)),
                };
                let raised = raised.unwrap_or(written);
                vec![Piece::Node(base, ATOM), text(raised)]
            }
            Style::Latex => {
                let digits = number(exponent);
                // After the call it would look like the argument's: `\sin^{2}(x)`.
                if raised.is_some()
                    && self.names[base as usize].is_none()
                    && let base = self.product(base).only().unwrap_or(base)
                    && let node = self.graph.node(base)
                    && let Kind::Op(op) = node.kind
                    && matches!(op.spec().syntax, Syntax::Method | Syntax::Libm | Syntax::Special)
                    && op.spec().notation == Notation::Plain
                    && !is_product(self.graph, &node)
                {
                    return self.call(format!("{}^{{{digits}}}", self.function(op.spec().name)), &node.args);
                }
                let exponent = match half_number(exponent) {
                    Some(halves) => vec![text(format!(r"\frac{{{halves}}}{{2}}"))],
                    None => self.number(exponent).1,
                };
                let base = [Piece::Node(base, ATOM), text("^{")];
                base.into_iter().chain(exponent).joined([text("}")])
            }
        }
    }

    fn number(&self, value: f64) -> (Level, Vec<Piece>) {
        let digits = number(value);
        let scientific = digits.split_once('e').filter(|_| value.is_finite());
        match (self.style, scientific) {
            (Style::Plain, Some(_)) => (POWER, vec![text(digits)]),
            (Style::Plain, None) => (WORD, vec![text(digits)]),
            (Style::Latex, Some(("1", exponent))) => (POWER, vec![text(format!("10^{{{exponent}}}"))]),
            (Style::Latex, Some((mantissa, exponent))) => {
                (PRODUCT, vec![text(format!(r"{mantissa} \cdot 10^{{{exponent}}}"))])
            }
            (Style::Latex, None) => {
                let digits = match &digits[..] {
                    "π" => r"\pi".into(),
                    "ln(2)" => r"\ln 2".into(),
                    "ln(10)" => r"\ln 10".into(),
                    "inf" => r"\infty".into(),
                    "NaN" => r"\mathrm{NaN}".into(),
                    _ => digits,
                };
                (WORD, vec![text(digits)])
            }
        }
    }

    fn symbol(&self, name: &str) -> (Level, Vec<Piece>) {
        // A passive expression of the source may stand here, such as `n as f64`.
        let level = if has_outer_space(name) { LOOSE } else { WORD };
        match self.style {
            Style::Plain => (level, vec![text(name.to_owned())]),
            Style::Latex => (level, vec![text(latex_symbol(name))]),
        }
    }

    fn function(&self, name: &str) -> String {
        match self.style {
            Style::Plain => name.to_owned(),
            Style::Latex => latex_function(name),
        }
    }

    fn operator(&self, sign: &'static str) -> String {
        let (plain, latex) = match sign {
            "<=" => ("≤", r"\le"),
            ">=" => ("≥", r"\ge"),
            "==" => ("=", "="),
            "!=" => ("≠", r"\ne"),
            "&&" => ("and", r"\land"),
            "||" => ("or", r"\lor"),
            "%" => ("%", r"\bmod"),
            other => (other, other),
        };
        match self.style {
            Style::Plain => format!(" {plain} "),
            Style::Latex => format!(" {latex} "),
        }
    }
}

impl Product {
    /// The node that it is the same as.
    fn only(&self) -> Option<u32> {
        match (self.negative, &self.above[..], &self.below[..]) {
            (false, [Factor::Node(only)], []) => Some(*only),
            _ => None,
        }
    }

    /// Multiplies or divides by a number, in terms of π and logarithms where it is made of one.
    fn push_number(&mut self, value: f64, above: bool) {
        let turns = value / PI;
        if turns == turns.round() && (2.0..100.0).contains(&turns) && turns * PI == value {
            self.side(above).push_all([Factor::Number(turns), Factor::Number(PI)]);
        } else if value == LOG10_E || value == LOG2_E {
            self.side(!above).push(Factor::Number(if value == LOG2_E { LN_2 } else { LN_10 }));
        } else {
            self.side(above).push(Factor::Number(value));
        }
    }

    fn side(&mut self, above: bool) -> &mut Vec<Factor> {
        if above { &mut self.above } else { &mut self.below }
    }
}

/// `x·x` is `x²`.
fn collect_powers(factors: &mut Vec<Factor>) {
    let whole = |factor: &Factor| match *factor {
        Factor::Node(base) => Some((base, 1.0)),
        Factor::Power(base, exponent) if exponent.fract() == 0.0 => Some((base, exponent)),
        _ => None,
    };
    let mut exponents: HashMap<u32, f64> = HashMap::default();
    for (base, exponent) in factors.iter().filter_map(whole) {
        *exponents.entry(base).or_default() += exponent;
    }
    // The first of each base stands for all.
    factors.retain_mut(|factor| match whole(factor) {
        None => true,
        Some((base, _)) => match exponents.remove(&base) {
            Some(1.0) => true,
            Some(exponent) => {
                *factor = Factor::Power(base, exponent);
                true
            }
            None => false,
        },
    });
}

/// The signs of the terms, if the node is a sum or a difference.
fn signs(node: &Node) -> Option<&'static [f64]> {
    let Kind::Op(op) = node.kind else { return None };
    match op.spec().notation {
        Notation::Sum => Some(&[1.0, 1.0]),
        _ => op.spec().linear.filter(|c| c.len() > 1 && c.iter().all(|c| c.abs() == 1.0)),
    }
}

/// Whether the node is best seen as a product: products, quotients, negations, negative numbers and
/// negative powers.
fn is_product(graph: &Graph, node: &Node) -> bool {
    match node.kind {
        Kind::Const(bits) => f64::from_bits(bits).is_sign_negative() && !f64::from_bits(bits).is_nan(),
        Kind::Op(op) => {
            let spec = op.spec();
            let negative = |id: u32| graph.expr(id).as_constant().is_some_and(|value| value < 0.0);
            match (spec.notation, spec.monomial, spec.linear) {
                (Notation::Power, ..) => negative(node.args[1]),
                (Notation::Plain, Some(powers), _) => powers.iter().all(|e| matches!(e, (-1 | 1, 1))),
                (Notation::Plain, _, Some(coefficients)) => coefficients == [-1.0],
                _ => false,
            }
        }
        _ => false,
    }
}

/// Whether the node is a call whose components are taken: it is named by them.
fn is_whole_call(node: &Node) -> bool {
    node.ty == crate::graph::Ty::Aggregate
}

/// The shortest digits that read back as the same number, without a needless `.0`.
fn number(value: f64) -> String {
    if value == PI {
        return "π".to_owned();
    }
    if value == LN_2 || value == LN_10 {
        return if value == LN_2 { "ln(2)".to_owned() } else { "ln(10)".to_owned() };
    }
    let digits = format!("{value:?}");
    digits.strip_suffix(".0").map(str::to_owned).unwrap_or(digits)
}

/// Twice the number, if that is whole and the number is not.
fn half_number(value: f64) -> Option<f64> {
    let halves = 2.0 * value;
    (halves == halves.round() && value != value.round() && halves.abs() < 100.0).then_some(halves)
}

/// The digits as superscripts, if they are digits.
fn superscript(digits: &str) -> Option<String> {
    const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    digits.chars().map(|c| c.to_digit(10).map(|digit| RAISED[digit as usize])).collect()
}

fn has_outer_space(name: &str) -> bool {
    let mut depth = 0_i32;
    name.chars().any(|c| {
        depth += i32::from("([{".contains(c)) - i32::from(")]}".contains(c));
        depth == 0 && c == ' '
    })
}

fn latex_fence(sign: &str) -> &str {
    match sign {
        "|" => "|",
        "⌊" => r"\lfloor ",
        "⌋" => r"\rfloor",
        "⌈" => r"\lceil ",
        "⌉" => r"\rceil",
        other => other,
    }
}

/// The functions LaTeX has a command for.
fn latex_function(name: &str) -> String {
    const COMMANDS: [&str; 12] =
        ["sin", "cos", "tan", "sinh", "cosh", "tanh", "ln", "log", "exp", "max", "min", "arg"];
    const ARCS: [&str; 3] = ["sin", "cos", "tan"];
    if COMMANDS.contains(&name) {
        return format!("\\{name}");
    }
    if let Some(arc) = name.strip_prefix('a').filter(|rest| ARCS.contains(rest)) {
        return format!(r"\arc{arc}");
    }
    match name.strip_prefix("log").filter(|base| base.chars().all(|c| c.is_ascii_digit())) {
        Some(base) => format!(r"\log_{{{base}}}"),
        None => format!(r"\operatorname{{{}}}", name.replace('_', r"\_")),
    }
}

/// `x`, `x_{1}` for `x1` and `x_1`, `\alpha`, `\mathrm{speed}`.
fn latex_symbol(name: &str) -> String {
    const GREEK: &str = "α alpha β beta γ gamma δ delta ε epsilon ζ zeta η eta θ theta ι iota κ kappa λ lambda \
        μ mu ν nu ξ xi π pi ρ rho σ sigma τ tau υ upsilon φ phi χ chi ψ psi ω omega Γ Gamma Δ Delta Θ Theta \
        Λ Lambda Ξ Xi Π Pi Σ Sigma Φ Phi Ψ Psi Ω Omega";
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let (stem, index) = match name.split_once('_') {
        Some((stem, index)) if !stem.is_empty() && !index.is_empty() => (stem, index),
        _ => (stem, &name[stem.len()..]),
    };
    let escaped = |part: &str| -> String {
        let escape = |c: char| match c {
            '_' | '&' | '%' | '#' | '$' | '{' | '}' => format!("\\{c}"),
            '~' | '^' | '\\' => format!(r"\char`\{c}"),
            _ => c.to_string(),
        };
        part.chars().map(escape).collect()
    };
    // Each letter is followed by its name.
    let greek: Vec<&str> = GREEK.split_whitespace().list();
    let stem = match stem {
        stem if greek.contains(&stem) => {
            let at = greek.iter().position(|word| *word == stem).unwrap_or_default();
            format!("\\{}", greek[at | 1])
        }
        stem if stem.chars().count() == 1 => escaped(stem),
        stem => format!(r"\mathrm{{{}}}", escaped(stem)),
    };
    match index {
        "" => stem,
        index if index.chars().all(|c| c.is_ascii_digit()) || index.chars().count() == 1 => {
            format!("{stem}_{{{}}}", escaped(index))
        }
        index => format!(r"{stem}_{{\mathrm{{{}}}}}", escaped(index)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expressions, their plain text and their LaTeX, each checked by eye.
    #[test]
    fn notation() {
        let g = Graph::new();
        let (x, y) = (g.var("x"), g.var("y"));
        let n = g.symbol("n", crate::graph::Ty::Opaque);
        let one = |expr: Expr<'_>, plain: &str, latex: &str| {
            assert_eq!(expr.to_string(), plain);
            assert_eq!(expr.to_latex(), latex, "{plain}");
        };
        one(6.0 * x + 2.0, "6·x + 2", r"6 \, x + 2");
        one(x * 2.0 * y, "2·x·y", r"2 \, x \, y");
        one(2.0 * x.sin() * x.cos(), "2·sin(x)·cos(x)", r"2 \, \sin\left(x\right) \, \cos\left(x\right)");
        one(x - (y - 1.0), "x - (y - 1)", r"x - \left(y - 1\right)");
        one(-(x + y), "-(x + y)", r"-\left(x + y\right)");
        one(1.0 - 0.5 * x, "1 - 0.5·x", r"1 - 0.5 \, x");
        one(-x + 1.0, "1 - x", "1 - x");
        one(-x - 1.0, "-x - 1", "-x - 1");
        one(y + x * -3.0, "y - 3·x", r"y - 3 \, x");
        one(y - x * -3.0, "y + 3·x", r"y + 3 \, x");
        one(x * (-y), "-x·y", r"-x \, y");
        one((-x).powi(2), "(-x)²", r"\left(-x\right)^{2}");
        one(-(x.powi(2)), "-x²", "-x^{2}");
        one(x.powi(12), "x¹²", "x^{12}");
        one(x.powi(-1), "1/x", r"\frac{1}{x}");
        one(3.0 * x.powi(-2) * y, "3·y/x²", r"\frac{3 \, y}{x^{2}}");
        one(x.powi(n), "x^n", "x^{n}");
        one(x.powi(n + 1.0), "x^(n + 1)", "x^{n + 1}");
        one(x.powi(2).powi(3), "(x²)³", r"\left(x^{2}\right)^{3}");
        one(x.sin().powi(2), "sin(x)²", r"\sin^{2}\left(x\right)");
        one(x / (x.powi(2) + 1.0), "x/(x² + 1)", r"\frac{x}{x^{2} + 1}");
        one(x / (y * (x + 1.0)), "x/(y·(x + 1))", r"\frac{x}{y \, \left(x + 1\right)}");
        one(x * x * y * x, "x³·y", r"x^{3} \, y");
        one(y / ((x + 1.0) * (x + 1.0)), "y/(x + 1)²", r"\frac{y}{\left(x + 1\right)^{2}}");
        one((x + 1.0) / y, "(x + 1)/y", r"\frac{x + 1}{y}");
        one(-(x / y), "-x/y", r"-\frac{x}{y}");
        one((x / y).powi(2), "(x/y)²", r"\left(\frac{x}{y}\right)^{2}");
        one((x.powi(2) + 1.0).sqrt(), "√(x² + 1)", r"\sqrt{x^{2} + 1}");
        one(x.sqrt(), "√x", r"\sqrt{x}");
        one(x.sqrt().powi(2), "(√x)²", r"\sqrt{x}^{2}");
        one(x.sin().sqrt(), "√(sin(x))", r"\sqrt{\sin\left(x\right)}");
        one((-x).exp(), "exp(-x)", "e^{-x}");
        one((x - 1.0).abs(), "|x - 1|", r"\left|x - 1\right|");
        one(x.max(0.0), "max(x, 0)", r"\max\left(x, 0\right)");
        one(1e-10 * x, "1e-10·x", r"10^{-10} \, x");
        one(2.5e20 + x, "2.5e20 + x", r"2.5 \cdot 10^{20} + x");
        one(std::f64::consts::PI * x, "π·x", r"\pi \, x");
        one(x * x.powi(3) / y.powi(2), "x⁴/y²", r"\frac{x^{4}}{y^{2}}");
        one(
            x.floor() * x.log10().powi(2),
            "⌊x⌋·log10(x)²",
            r"\left\lfloor x\right\rfloor \, \log_{10}^{2}\left(x\right)",
        );
        one(x.asin() / x.cbrt(), "asin(x)/∛x", r"\frac{\arcsin\left(x\right)}{\sqrt[3]{x}}");
        one(2.0 * PI * g.var("σ"), "2·π·σ", r"2 \, \pi \, \sigma");
        one(x / (4.0 * PI), "x/(4·π)", r"\frac{x}{4 \, \pi}");
        one(LOG10_E / x, "1/(x·ln(10))", r"\frac{1}{x \, \ln 10}");
        one(x % y, "x % y", r"x \bmod y");
        one(
            x.gt(0.0).select(x, -x),
            "(x if x > 0 else -x)",
            r"\begin{cases} x & \text{if } x > 0 \\ -x & \text{otherwise} \end{cases}",
        );
        one(
            2.0 * x.gt(0.0).and(y.le(1.0)).select(x, x.lt(-1.0).not().select(y, 0.0)),
            "2·(x if x > 0 and y ≤ 1 else y if not (x < -1) else 0)",
            "2 \\, \\begin{cases} x & \\text{if } x > 0 \\land y \\le 1 \\\\ y & \\text{if } \\lnot \
             \\left(x < -1\\right) \\\\ 0 & \\text{otherwise} \\end{cases}",
        );
        let named = g.var("theta_1") * g.var("speed") + g.var("x12") - g.var("v_max");
        one(
            named,
            "theta_1·speed + x12 - v_max",
            r"\theta_{1} \, \mathrm{speed} + x_{12} - v_{\mathrm{max}}",
        );
    }

    #[test]
    fn what_is_shared_is_named_when_the_whole_is_long() {
        let g = Graph::new();
        let x = g.var("x");
        let mut e = x;
        for _ in 0..100 {
            e = (e * e + 1.0).sin();
        }
        let shown = e.to_string();
        assert!(shown.starts_with("sin(t99² + 1) where t1 = sin(x² + 1), t2 = sin(t1² + 1), "), "{shown}");
        assert!(shown.len() < 5000);
        assert!(e.to_latex().contains(r"\quad \text{where } t_{1} = "));
        let t1 = g.var("t1");
        assert!((e + t1).to_string().contains(" where tt1 = "));
    }

    #[test]
    fn formulas_are_split_into_lines() {
        let g = Graph::new();
        let (x, y) = (g.var("x"), g.var("y"));
        let titled = |expr| vec![("f′(x)".to_owned(), expr)];
        assert_eq!(formula(&titled(6.0 * x + 2.0), 100, 1).unwrap(), ["f′(x) = 6·x + 2"]);
        let mut sum = x;
        for k in 2..30 {
            sum = sum + (x * f64::from(k)).sin() * y.cos();
        }
        let lines = formula(&titled(sum), 100, 20).unwrap();
        assert!(lines.len() > 3 && lines.iter().all(|line| line.chars().count() <= 100), "{lines:#?}");
        assert!(lines[1].starts_with("where t1 = x + sin(2·x)·cos(y)"));
        assert!(lines[2].starts_with("      t2 = t1 + "));
        assert!(formula(&titled(sum), 100, 3).is_none());
    }

    #[test]
    fn depth_is_no_danger() {
        let g = Graph::new();
        let x = g.var("x");
        let nested = (0..100_000).fold(x, |e, _| e.sin());
        assert_eq!(nested.to_string().len(), 1 + 5 * 100_000);
        let sum = (0..100_000).fold(x, |e, k| e + f64::from(k + 1) * x);
        assert!(sum.to_string().ends_with(" + 99999·x + 100000·x"));
    }
}
