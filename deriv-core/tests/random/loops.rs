//! Random functions with loops and memory, as source text with two readings (see [`reading`]).
//!
//! Sizes are known as constants, or as the number `n`, which tests choose, and a constant; so every index
//! is within bounds. Values stay moderate, so that derivatives can be compared.

use super::generator::{Random, reading};
use std::fmt::Write;

/// The type of real numbers.
const REAL: &str = "‹f64¦D›";

/// How many elements there are, or a bound for an index.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Length {
    Fixed(isize),
    /// `n` and so many.
    Counted(isize),
}

use Length::{Counted, Fixed};

impl Length {
    fn plus(self, more: isize) -> Length {
        match self {
            Fixed(n) => Fixed(n + more),
            Counted(n) => Counted(n + more),
        }
    }
    /// Whether this is at most the other one for every `n`.
    fn within(self, other: Length) -> bool {
        match (self, other) {
            (Fixed(a), Fixed(b)) | (Counted(a), Counted(b)) | (Fixed(a), Counted(b)) => a <= b,
            (Counted(_), Fixed(_)) => false,
        }
    }
}

#[derive(Clone, PartialEq, Debug)]
pub enum Kind {
    Scalar,
    /// A slice of `n` and so many.
    Slice(isize),
    Array {
        length: isize,
        by_reference: bool,
    },
    /// A slice to be written to.
    Output(isize),
    Count,
}

#[derive(Clone)]
pub struct Param {
    pub name: String,
    pub kind: Kind,
    /// Differentiated by.
    pub variable: bool,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Shape {
    Scalar,
    Pair,
    Array(isize),
    /// A local array of so many.
    Place(isize),
    Unit,
}

/// A generated function.
#[derive(Clone)]
pub struct Function {
    pub name: String,
    pub params: Vec<Param>,
    pub shape: Shape,
    pub words: Vec<&'static str>,
    /// With two readings.
    pub text: String,
}

impl Function {
    /// The attribute's arguments, with these words.
    pub fn attribute(&self, words: &[&str]) -> String {
        let mut list: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let real = |param: &&Param| !matches!(param.kind, Kind::Count | Kind::Output(_));
        if self.params.iter().filter(real).any(|param| !param.variable) {
            let names: Vec<&str> = self
                .params
                .iter()
                .filter(real)
                .filter(|param| param.variable)
                .map(|param| param.name.as_str())
                .collect();
            list.push(format!("wrt({})", names.join(", ")));
        }
        list.join(", ")
    }
    pub fn is_of_scalars(&self) -> bool {
        self.shape == Shape::Scalar
            && self.params.iter().all(|param| matches!(param.kind, Kind::Scalar | Kind::Count))
            && self.params.iter().all(|param| param.variable || param.kind == Kind::Count)
    }
}

#[derive(Clone, PartialEq, Debug)]
enum Sort {
    Real {
        mutable: bool,
        typed: bool,
    },
    /// Behind a reference.
    Referred {
        mutable: bool,
    },
    Place {
        length: Length,
        mutable: bool,
        /// `Vec`, `array` or `slice`.
        of: &'static str,
    },
    /// From `low` to before `end`.
    Index {
        low: isize,
        end: Length,
    },
    Count(Length),
    Bool,
    /// Not to be used now.
    Hidden,
}

#[derive(Clone, Debug)]
struct Var {
    name: String,
    sort: Sort,
}

const REALS: &[&str] = &["s", "t", "u", "v", "acc", "sum", "y", "z", "w", "r", "prod", "bar", "i", "n"];
const PLACES: &[&str] = &["a", "b", "buf", "state", "next", "old", "grid", "x_bar", "y"];
const INDICES: &[&str] = &["i", "j", "k", "m", "i", "j"];

struct Generator<'r> {
    random: &'r mut Random,
    vars: Vec<Var>,
    shape: Shape,
    known: &'r [Function],
    /// Language that this function uses.
    exits: bool,
    iterators: bool,
    views: bool,
    calls: bool,
    /// It calls a function that has no second derivatives.
    once: bool,
    /// What may be left here: `break` and `continue`.
    in_loop: usize,
    may_continue: bool,
    budget: i32,
    number: usize,
}

/// Writes a random function.
pub fn function(random: &mut Random, name: &str, known: &[Function]) -> Function {
    let shape = match random.below(20) {
        0..=11 => Shape::Scalar,
        12..=13 => Shape::Pair,
        14 => Shape::Array(2),
        15..=16 => Shape::Place(2 + random.below(2) as isize),
        _ => Shape::Unit,
    };
    let budget = 20 + random.below(60) as i32;
    let [exits, iterators, views, calls] = [25, 40, 20, 40].map(|percent| random.chance(percent));
    let mut generator = Generator {
        random,
        vars: Vec::new(),
        shape,
        known,
        exits,
        iterators,
        views,
        calls,
        once: false,
        in_loop: 0,
        may_continue: false,
        budget,
        number: 0,
    };
    generator.function(name)
}

/// `a` as a user writes it, `b` over dual numbers.
fn either(a: &str, b: &str) -> String {
    format!("‹{a}¦{b}›")
}

fn number(text: &str) -> String {
    either(text, &format!("lit({text})"))
}

/// Whether all numbers in the text may be literals, so that rustc does not know their type.
struct Text {
    text: String,
    typed: bool,
}

impl Text {
    fn method(&self, name: &str) -> String {
        if self.typed {
            format!("({}).{name}()", self.text)
        } else {
            format!("{REAL}::{name}({})", self.text)
        }
    }
}

impl Generator<'_> {
    fn function(&mut self, name: &str) -> Function {
        let params = self.params();
        let mut body = String::new();
        let outputs = params.iter().filter(|param| matches!(param.kind, Kind::Output(_))).count();
        for _ in 0..2 + self.random.below(6) {
            body.push_str(&self.statement());
        }
        if outputs > 0 {
            body.push_str(&self.for_loop());
        }
        body.push_str(&self.tail());
        let mut words = vec!["jvp", "vjp"];
        if self.shape == Shape::Scalar && outputs == 0 && self.random.chance(40) {
            words.push("value_and_prime");
        }
        let second = outputs == 0 && !self.once && self.random.chance(50);
        if second {
            words.push("hvp");
        }
        // A call of a function of scalars takes these.
        let scalars = params.iter().all(|param| matches!(param.kind, Kind::Scalar | Kind::Count));
        if self.shape == Shape::Scalar && second && (scalars || self.random.chance(40)) {
            let variables = params.iter().filter(|param| param.kind == Kind::Scalar).count();
            words.push(if scalars && variables == 1 { "prime2" } else { "hessian" });
        }
        let list: Vec<String> = params
            .iter()
            .map(|param| {
                let ty = match &param.kind {
                    Kind::Scalar => REAL.to_owned(),
                    Kind::Slice(_) => format!("&[{REAL}]"),
                    Kind::Array { length, by_reference } => {
                        format!("{}[{REAL}; {length}]", if *by_reference { "&" } else { "" })
                    }
                    Kind::Output(_) => format!("&mut [{REAL}]"),
                    Kind::Count => "usize".to_owned(),
                };
                let mutable = self.vars.iter().any(|var| {
                    var.name == param.name
                        && matches!(
                            var.sort,
                            Sort::Real { mutable: true, .. } | Sort::Place { mutable: true, of: "array", .. }
                        )
                });
                let owned = matches!(param.kind, Kind::Scalar | Kind::Array { by_reference: false, .. });
                format!("{}{}: {ty}", if mutable && owned { "mut " } else { "" }, param.name)
            })
            .collect();
        let result = match self.shape {
            Shape::Scalar => format!(" -> {REAL}"),
            Shape::Pair => format!(" -> ({REAL}, {REAL})"),
            Shape::Array(n) | Shape::Place(n) => format!(" -> [{REAL}; {n}]"),
            Shape::Unit => String::new(),
        };
        let text = format!("pub fn {name}({}){result} {{\n{body}\n}}\n", list.join(", "));
        Function { name: name.to_owned(), params, shape: self.shape, words, text }
    }

    fn params(&mut self) -> Vec<Param> {
        let mut params = Vec::new();
        let only_scalars = self.random.chance(20) && self.shape != Shape::Unit;
        let mut names = vec!["p", "q", "x", "y", "c", "n_x"];
        for _ in 0..1 + self.random.below(3) {
            let name = names.remove(self.random.below(names.len()));
            let kind = match self.random.below(10) {
                _ if only_scalars => Kind::Scalar,
                0..=3 => Kind::Scalar,
                4..=7 => Kind::Slice(self.random.below(3) as isize),
                _ => Kind::Array {
                    length: 2 + self.random.below(3) as isize,
                    by_reference: self.random.chance(50),
                },
            };
            params.push(Param { name: name.to_owned(), kind, variable: true });
        }
        if params.len() > 1 && !only_scalars && self.random.chance(15) {
            let at = self.random.below(params.len());
            params[at].variable = false;
        }
        if self.shape == Shape::Unit {
            let name = (*self.random.pick(&["out", "out", "to"])).to_owned();
            params.push(Param { name, kind: Kind::Output(self.random.below(3) as isize), variable: true });
        }
        let sized = params.iter().any(|param| matches!(param.kind, Kind::Slice(_) | Kind::Output(_)));
        if !sized && self.random.chance(85) || self.random.chance(40) {
            let at = self.random.below(params.len() + 1);
            params.insert(at, Param { name: "n".to_owned(), kind: Kind::Count, variable: false });
        }
        for param in &params {
            let sort = match param.kind {
                Kind::Scalar => Sort::Real { mutable: self.random.chance(25), typed: true },
                Kind::Slice(more) => Sort::Place { length: Counted(more), mutable: false, of: "slice" },
                Kind::Array { length, by_reference } => Sort::Place {
                    length: Fixed(length),
                    mutable: !by_reference && self.random.chance(25),
                    of: if by_reference { "slice" } else { "array" },
                },
                Kind::Output(more) => Sort::Place { length: Counted(more), mutable: true, of: "slice" },
                Kind::Count => Sort::Count(Counted(0)),
            };
            self.declare(&param.name, sort);
        }
        params
    }

    fn declare(&mut self, name: &str, sort: Sort) {
        self.vars.push(Var { name: name.to_owned(), sort });
    }

    fn name(&mut self, list: &[&str]) -> String {
        if self.random.chance(75) {
            return (*self.random.pick(list)).to_owned();
        }
        self.number += 1;
        format!("{}{}", self.random.pick(list), self.number)
    }

    /// Variables in scope that are not shadowed.
    fn visible(&self, fits: impl Fn(&Sort) -> bool) -> Vec<Var> {
        let mut seen = Vec::new();
        let mut found = Vec::new();
        for var in self.vars.iter().rev() {
            if !seen.contains(&&var.name) {
                seen.push(&var.name);
                if fits(&var.sort) {
                    found.push(var.clone());
                }
            }
        }
        found
    }

    fn choose(&mut self, fits: impl Fn(&Sort) -> bool) -> Option<Var> {
        let found = self.visible(fits);
        if found.is_empty() {
            return None;
        }
        // What was made last is used most.
        let at = self.random.below(found.len()).min(self.random.below(found.len()));
        Some(found[at].clone())
    }

    fn place(&mut self, fits: impl Fn(Length, bool, &str) -> bool) -> Option<(String, Length)> {
        let fitting = |sort: &Sort| match sort {
            Sort::Place { length, mutable, of } => fits(*length, *mutable, of),
            _ => false,
        };
        match self.choose(fitting)? {
            Var { name, sort: Sort::Place { length, .. } } => Some((name, length)),
            _ => None,
        }
    }

    // Sizes and indices.

    /// Text for a length, where there is a way to say it.
    fn length(&mut self, length: Length) -> Option<String> {
        let Counted(wanted) = length else {
            let Fixed(n) = length else { unreachable!() };
            return (n >= 0).then(|| n.to_string());
        };
        let with = |base: String, difference: isize| match difference {
            0 => base,
            1.. => format!("{base} + {difference}"),
            _ => format!("{base} - {}", -difference),
        };
        let mut ways = Vec::new();
        for var in self.visible(|sort| matches!(sort, Sort::Count(Counted(_)) | Sort::Place { .. })) {
            match var.sort {
                // Nothing is taken from what may be less.
                Sort::Count(Counted(k)) if wanted >= 0 => ways.push(with(var.name, wanted - k)),
                Sort::Place { length: Counted(k), .. } if wanted >= 0 => {
                    ways.push(with(format!("{}.len()", var.name), wanted - k));
                }
                _ => {}
            }
        }
        if ways.is_empty() { None } else { Some(self.random.pick(&ways).clone()) }
    }

    /// An index that fits.
    fn index(&mut self, length: Length) -> Option<String> {
        let indices = self.visible(|sort| matches!(sort, Sort::Index { .. }));
        let mut ways: Vec<String> = Vec::new();
        for Var { name, sort } in indices {
            let Sort::Index { low, end } = sort else { continue };
            for offset in -2..=2isize {
                if low + offset >= 0 && end.plus(offset).within(length) {
                    let text = match offset {
                        0 => name.clone(),
                        1.. => format!("{name} + {offset}"),
                        _ => format!("{name} - {}", -offset),
                    };
                    ways.push(text.clone());
                    if offset == 0 {
                        ways.push(text.clone());
                        ways.push(text);
                    }
                }
            }
            if end.within(length)
                && !matches!(end, Fixed(..1))
                && self.random.chance(30)
                && let Some(last) = self.length(end)
            {
                ways.push(format!("{last} - 1 - {name}"));
            }
            if let Fixed(n) = length {
                // Of what is empty, there is none.
                if n > 0 {
                    ways.push(format!("({name} + 1) % {n}"));
                }
            } else if Fixed(1).within(length)
                && let Some(all) = self.length(length)
            {
                ways.push(format!("(2 * {name} + 1) % ({all})"));
            }
        }
        if let Fixed(n) | Counted(n) = length
            && n > 0
        {
            for _ in 0..if ways.is_empty() { 1 } else { 2 } {
                ways.push(self.random.below(n as usize).to_string());
            }
            if let Counted(_) = length
                && let Some(all) = self.length(length)
            {
                ways.push(format!("{all} - 1"));
            }
        }
        if ways.is_empty() { None } else { Some(self.random.pick(&ways).clone()) }
    }

    fn element(&mut self, mutable: bool) -> Option<String> {
        for _ in 0..4 {
            let (name, length) = self.place(|_, is_mutable, _| is_mutable || !mutable)?;
            // A list must not be asked how long it is while it is borrowed.
            let own = format!("{name}.len()");
            if let Some(index) = self.index(length).filter(|index| !mutable || !index.contains(&own)) {
                return Some(format!("{name}[{index}]"));
            }
        }
        None
    }

    // Expressions.

    fn literal(&mut self) -> Text {
        let text = *self.random.pick(&["1.0", "0.5", "2.0", "0.25", "1.5", "0.1", "3.0", "0.75"]);
        Text { text: number(text), typed: false }
    }

    fn leaf(&mut self) -> Text {
        for _ in 0..3 {
            match self.random.below(12) {
                0..=4 => {
                    if let Some(var) = self.choose(|sort| matches!(sort, Sort::Real { .. })) {
                        let Sort::Real { typed, .. } = var.sort else { unreachable!() };
                        return Text { text: var.name, typed };
                    }
                }
                5..=8 => {
                    if let Some(text) = self.element(false) {
                        // Those of a new list of literals are not known.
                        return Text { text, typed: false };
                    }
                }
                9 => {
                    if let Some(var) = self.choose(|sort| matches!(sort, Sort::Referred { .. })) {
                        return Text { text: format!("(*{})", var.name), typed: true };
                    }
                }
                10 => {
                    let index = self.choose(|sort| matches!(sort, Sort::Index { .. } | Sort::Count(_)));
                    if let Some(Var { name, .. }) = index {
                        let cast = format!("{name} as f64");
                        let scale = number("0.3");
                        return Text {
                            text: format!(
                                "({} * {scale})",
                                either(&format!("({cast})"), &format!("lit({cast})"))
                            ),
                            typed: true,
                        };
                    }
                }
                _ => return self.literal(),
            }
        }
        self.literal()
    }

    /// A real expression.
    fn real(&mut self, depth: u32) -> Text {
        self.budget -= 1;
        if depth == 0 || self.budget < 0 {
            return self.leaf();
        }
        let d = depth - 1;
        match self.random.below(16) {
            0..=2 => self.leaf(),
            3..=5 => {
                let (a, b) = (self.real(d), self.real(d));
                let op = *self.random.pick(&["+", "-"]);
                Text { text: format!("({} {op} {})", a.text, b.text), typed: a.typed || b.typed }
            }
            6..=9 => {
                let (a, b) = (self.leaf(), self.bounded(d));
                Text { text: format!("{} * {}", a.text, b), typed: true }
            }
            10..=12 => Text { text: self.bounded(d), typed: true },
            13 => {
                let condition = self.condition();
                let (a, b) = (self.real(d), self.bounded(d));
                let text = format!("(if {condition} {{ {} }} else {{ {b} }})", a.text);
                Text { text, typed: true }
            }
            14 => self.call(),
            _ => {
                let (a, b) = (self.leaf(), self.leaf());
                if self.iterators && self.random.chance(60) {
                    return Text { text: self.sum(), typed: true };
                }
                match self.random.below(3) {
                    0 => Text { text: format!("{REAL}::max({}, {})", a.text, b.text), typed: true },
                    1 => Text { text: format!("{REAL}::abs({})", a.text), typed: true },
                    _ => Text { text: format!("(-{})", a.text), typed: a.typed },
                }
            }
        }
    }

    /// One that is not large, nor its derivatives.
    fn bounded(&mut self, depth: u32) -> String {
        let inner = self.real(depth);
        match self.random.below(8) {
            0..=2 => inner.method("sin"),
            3 => inner.method("cos"),
            4 => inner.method("tanh"),
            5 => inner.method("atan"),
            _ => {
                let below = self.leaf().text;
                let one = either("1.0_f64", "lit(1.0)");
                format!("({} / ({one} + {below} * {below}))", inner.text)
            }
        }
    }

    /// A call of a generated function with a number as result.
    fn call(&mut self) -> Text {
        for _ in 0..3 {
            let Some(callee) = self.callee(|callee| callee.shape == Shape::Scalar) else { break };
            if !callee.is_of_scalars() && self.random.chance(60) {
                continue;
            }
            if let Some(args) = self.arguments(&callee) {
                // The derivative of a multiple is known before the value is.
                let text = match self.random.chance(30) {
                    true => format!("({} * {}({args}))", number("0.2"), callee.name),
                    false => format!("{REAL}::tanh({}({args}))", callee.name),
                };
                return Text { text, typed: true };
            }
        }
        self.leaf()
    }

    fn callee(&mut self, fits: impl Fn(&Function) -> bool) -> Option<Function> {
        let known: Vec<&Function> = self.known.iter().filter(|callee| self.calls && fits(callee)).collect();
        if known.is_empty() { None } else { Some((*self.random.pick(&known)).clone()) }
    }

    /// What a function can be called with here.
    fn arguments(&mut self, callee: &Function) -> Option<String> {
        if callee.params.iter().any(|param| !param.variable && param.kind != Kind::Count) {
            return None;
        }
        // All lengths are the same number and a constant.
        let sized = callee.params.iter().any(|param| matches!(param.kind, Kind::Slice(_) | Kind::Output(_)));
        let mut args = Vec::new();
        let mut changed: Vec<String> = Vec::new();
        for param in &callee.params {
            let fits = |generator: &mut Self, wanted: Length, mutable: bool, changed: &[String]| {
                let found = generator.place(|length, is_mutable, of| {
                    let array = matches!(wanted, Fixed(_));
                    length == wanted && (is_mutable || !mutable) && (of == "array" || !array)
                });
                found.map(|(name, _)| name).filter(|name| !changed.contains(name))
            };
            args.push(match param.kind {
                Kind::Scalar if self.random.chance(50) => self.leaf().text,
                Kind::Scalar => self.bounded(1),
                Kind::Count if sized => self.length(Counted(0))?,
                Kind::Count => self.random.pick(&["2", "3", "1"]).to_string(),
                Kind::Slice(more) => {
                    let name = fits(self, Counted(more), false, &changed)?;
                    let whole = self.views && self.random.chance(40);
                    format!("&{name}{}", if whole { "[..]" } else { "" })
                }
                Kind::Array { length, by_reference } => {
                    let name = fits(self, Fixed(length), false, &changed)?;
                    format!("{}{name}", if by_reference { "&" } else { "" })
                }
                Kind::Output(more) => {
                    let name = fits(self, Counted(more), true, &changed)?;
                    // Nor is it read by another argument.
                    if args.iter().any(|arg: &String| arg.contains(&name)) {
                        return None;
                    }
                    let slice = self.visible(|sort| matches!(sort, Sort::Place { of: "slice", .. }));
                    let slice = slice.iter().any(|var| var.name == name);
                    changed.push(name.clone());
                    if slice { name } else { format!("&mut {name}") }
                }
            });
        }
        if changed.iter().any(|name| args.iter().filter(|arg| arg.contains(name.as_str())).count() > 1) {
            return None;
        }
        self.once |= !callee.words.contains(&"hvp");
        Some(args.join(", "))
    }

    /// A call of a function that returns several numbers, or that writes to what it is given.
    fn call_statement(&mut self) -> String {
        let Some(callee) = self.callee(|callee| callee.shape != Shape::Scalar) else {
            return self.assignment();
        };
        let Some(args) = self.arguments(&callee) else { return self.assignment() };
        let call = format!("{}({args})", callee.name);
        match callee.shape {
            Shape::Unit => format!("{call};\n"),
            Shape::Pair => {
                let (a, b) = (self.name(REALS), self.name(REALS));
                let a = if a == b { format!("{a}_1") } else { a };
                self.declare(&a, Sort::Real { mutable: false, typed: true });
                self.declare(&b, Sort::Real { mutable: true, typed: true });
                format!("let ({a}, mut {b}) = {call};\n")
            }
            Shape::Array(n) | Shape::Place(n) => {
                let name = self.name(PLACES);
                let mutable = self.random.chance(50);
                self.declare(&name, Sort::Place { length: Fixed(n), mutable, of: "array" });
                format!("let {}{name} = {call};\n", if mutable { "mut " } else { "" })
            }
            Shape::Scalar => unreachable!("it is chosen by its shape"),
        }
    }

    /// An iterator chain with a number as result.
    fn sum(&mut self) -> String {
        let Some((name, length)) = self.place(|_, _, _| true) else { return self.bounded(0) };
        let mark = self.vars.len();
        let text = match self.random.below(4) {
            0 => {
                self.declare("e", Sort::Referred { mutable: false });
                let inner = self.bounded(1);
                format!("{name}.iter().map(|e| {inner}).sum::<{REAL}>()")
            }
            1 => {
                self.declare("e", Sort::Referred { mutable: false });
                self.declare("g", Sort::Real { mutable: false, typed: false });
                let inner = self.bounded(1);
                format!("{name}.iter().fold({}, |g, e| g + {inner} * *e)", number("0.5"))
            }
            2 => {
                let Some(end) = self.length(length) else { return self.bounded(0) };
                self.declare("k", Sort::Index { low: 0, end: length });
                let inner = self.bounded(1);
                format!("(0..{end}).map(|k| {inner}).sum::<{REAL}>()")
            }
            _ => match self.place(|other, _, _| other == length) {
                Some((other, _)) => {
                    format!("{name}.iter().zip({other}.iter()).map(|(e, g)| *e * *g).sum::<{REAL}>()")
                }
                None => format!("{name}.iter().map(|e| *e * *e).sum::<{REAL}>()"),
            },
        };
        self.vars.truncate(mark);
        text
    }

    fn condition(&mut self) -> String {
        match self.random.below(8) {
            0..=3 => {
                let (a, b) = (self.leaf(), self.leaf());
                format!("{} {} {}", a.text, self.random.pick(&["<", ">", "<=", ">="]), b.text)
            }
            4 | 5 => match self.choose(|sort| matches!(sort, Sort::Index { .. } | Sort::Count(_))) {
                Some(Var { name, .. }) => match self.random.below(3) {
                    0 => format!("{name} % 2 == {}", self.random.below(2)),
                    1 => format!("{name} > {}", self.random.below(3)),
                    _ => format!("{name} == {}", self.random.below(4)),
                },
                None => format!("{REAL}::abs({}) > {}", self.leaf().text, number("0.5")),
            },
            6 => match self.choose(|sort| *sort == Sort::Bool) {
                Some(var) => var.name,
                None => format!("{} > {}", self.bounded(1), number("0.2")),
            },
            _ => format!("{} < {}", self.bounded(1), number("0.3")),
        }
    }

    // Statements.

    fn statement(&mut self) -> String {
        self.budget -= 1;
        if self.budget < 0 {
            return self.assignment();
        }
        match self.random.below(32) {
            0..=4 => self.let_statement(),
            5..=6 => self.place_statement(),
            7..=14 => self.assignment(),
            15..=20 if self.in_loop < 3 => self.for_loop(),
            21 if self.in_loop < 3 && self.exits => self.while_loop(),
            22..=24 => self.branch(),
            25 if self.random.chance(50) => self.stencil().unwrap_or_else(|| self.assignment()),
            25 => self.swap(),
            26 if self.in_loop == 0 || self.exits => self.leave(),
            27 => self.count_statement(),
            28 if self.iterators => self.bulk(),
            29..=30 if self.calls => self.call_statement(),
            31 if self.views => self.view(),
            _ => self.assignment(),
        }
    }

    /// A block's inside.
    fn block(&mut self, statements: usize) -> String {
        let mark = self.vars.len();
        let mut text = String::new();
        for _ in 0..statements {
            text.push_str(&self.statement());
        }
        self.vars.truncate(mark);
        text
    }

    fn let_statement(&mut self) -> String {
        let value = if self.random.chance(30) { self.literal() } else { self.real(2) };
        let name = self.name(REALS);
        let mutable = self.random.chance(65);
        let annotated = !value.typed || self.random.chance(30);
        let ty = if annotated { format!(": {REAL}") } else { String::new() };
        if self.random.chance(8) {
            let condition = self.condition();
            self.declare(&name, Sort::Bool);
            return format!("let {name} = {condition};\n");
        }
        self.declare(&name, Sort::Real { mutable, typed: true });
        format!("let {}{name}{ty} = {};\n", if mutable { "mut " } else { "" }, value.text)
    }

    fn count_statement(&mut self) -> String {
        let name = self.name(INDICES);
        let name = if self.random.chance(40) { "n".to_owned() } else { name };
        if self.random.chance(50) {
            let value = 1 + self.random.below(3);
            self.declare(&name, Sort::Count(Fixed(value as isize)));
            return format!("let {name} = {value};\n");
        }
        let more = self.random.below(2) as isize;
        match self.length(Counted(more)) {
            Some(text) => {
                self.declare(&name, Sort::Count(Counted(more)));
                format!("let {name} = {text};\n")
            }
            None => String::new(),
        }
    }

    /// A new array or list.
    fn place_statement(&mut self) -> String {
        let name = self.name(PLACES);
        let mutable = self.random.chance(85);
        let word = if mutable { "mut " } else { "" };
        match self.random.below(8) {
            0..=1 => {
                let n = 2 + self.random.below(3);
                let zero = if self.random.chance(70) { number("0.0") } else { self.literal().text };
                self.declare(&name, Sort::Place { length: Fixed(n as isize), mutable, of: "array" });
                format!("let {word}{name}: [{REAL}; {n}] = [{zero}; {n}];\n")
            }
            2 => {
                let n = 2 + self.random.below(2);
                let parts: Vec<String> = (0..n).map(|_| self.real(1).text).collect();
                self.declare(&name, Sort::Place { length: Fixed(n as isize), mutable, of: "array" });
                format!("let {word}{name}: [{REAL}; {n}] = [{}];\n", parts.join(", "))
            }
            3..=5 => {
                let more = self.random.below(3) as isize;
                let Some(count) = self.length(Counted(more)) else { return self.let_statement() };
                let fill = match self.random.below(4) {
                    0 => self.real(1).text,
                    1 => self.literal().text,
                    _ => number("0.0"),
                };
                self.declare(&name, Sort::Place { length: Counted(more), mutable, of: "Vec" });
                format!("let {word}{name}: Vec<{REAL}> = vec![{fill}; {count}];\n")
            }
            6 => {
                let from = self.place(|_, _, _| true);
                let Some((from, length)) = from else { return self.let_statement() };
                let of = self.visible(|sort| matches!(sort, Sort::Place { .. })).into_iter();
                let of = of.filter(|var| var.name == from).find_map(|var| match var.sort {
                    Sort::Place { of, .. } => Some(of),
                    _ => None,
                });
                let of = of.expect("it was found");
                let (text, of) = match of {
                    "slice" => (format!("{from}.to_vec()"), "Vec"),
                    "array" if self.random.chance(50) => (from, "array"),
                    of => (format!("{from}.clone()"), of),
                };
                self.declare(&name, Sort::Place { length, mutable, of });
                format!("let {word}{name} = {text};\n")
            }
            _ => {
                // Pushed one by one.
                let more = self.random.below(2) as isize;
                let mark = self.vars.len();
                self.declare(&name, Sort::Hidden);
                let Some(end) = self.length(Counted(more)) else {
                    self.vars.truncate(mark);
                    return self.let_statement();
                };
                let index = self.name(INDICES);
                let index = if index == name { "i0".to_owned() } else { index };
                self.declare(&index, Sort::Index { low: 0, end: Counted(more) });
                let in_loop = std::mem::replace(&mut self.in_loop, 9);
                let mut inside = String::new();
                for _ in 0..self.random.below(3) {
                    inside.push_str(&self.assignment());
                }
                let value = self.real(2).text;
                self.in_loop = in_loop;
                self.vars.truncate(mark);
                self.declare(&name, Sort::Place { length: Counted(more), mutable, of: "Vec" });
                format!(
                    "let mut {name}: Vec<{REAL}> = Vec::new();\nfor {index} in 0..{end} {{\n{inside}{name}.push({value});\n}}\n"
                )
            }
        }
    }

    /// A part of a slice or array.
    fn view(&mut self) -> String {
        let Some((from, length)) = self.place(|length, _, _| Fixed(2).within(length)) else {
            return self.let_statement();
        };
        let low = self.random.below(2) as isize;
        let name = self.name(&["part", "rest", "head"]);
        let (Fixed(n) | Counted(n)) = length;
        let high = n - low - self.random.below(2) as isize;
        let length = if let Fixed(_) = length { Fixed(high) } else { Counted(high) };
        let Some(end) = self.length(length.plus(low)) else { return self.let_statement() };
        // What it is a part of does not change meanwhile.
        let own = self.visible(|_| true).into_iter().find(|var| var.name == from).expect("it was found");
        if let Sort::Place { length, of, .. } = own.sort {
            self.declare(&from, Sort::Place { length, mutable: false, of });
        }
        self.declare(&name, Sort::Place { length, mutable: false, of: "slice" });
        format!("let {name} = &{from}[{low}..{end}];\n")
    }

    /// To a variable or an element.
    fn assignment(&mut self) -> String {
        let scalar = self.choose(|sort| matches!(sort, Sort::Real { mutable: true, .. }));
        let referred = self.choose(|sort| *sort == Sort::Referred { mutable: true });
        let element = self.element(true);
        let place = match (referred, scalar, element) {
            (Some(var), ..) if self.random.chance(60) => format!("*{}", var.name),
            (_, Some(_), Some(element)) if self.random.chance(55) => element,
            (_, Some(var), _) => var.name,
            (_, None, Some(element)) => element,
            _ => return self.let_statement(),
        };
        let contracted = |generator: &mut Self| {
            let (a, b) = (generator.real(1).text, generator.real(1).text);
            match generator.random.below(3) {
                0 => format!("{} * {a} + {} * {b}", number("0.4"), number("0.5")),
                1 => format!("{} * {place} - {} * ({b})", number("0.5"), number("0.25")),
                _ => format!("{} * ({a} + {b})", number("0.5")),
            }
        };
        match self.random.below(12) {
            0..=2 => {
                let value = contracted(self);
                format!("{place} = {value};\n")
            }
            3 => format!("{place} = {};\n", self.bounded(1)),
            4 => format!("{place} = {};\n", self.real(0).text),
            5 => {
                let value = self.bounded(1);
                format!("{place} = {place} + {value};\n")
            }
            rest => {
                let (op, value) = match rest {
                    6 | 7 => ("+=", self.bounded(2)),
                    8 => ("+=", format!("{} * {}", number("0.2"), self.leaf().text)),
                    9 => ("-=", self.bounded(1)),
                    10 => ("+=", self.real(1).text),
                    _ => ("*=", self.bounded(1)),
                };
                // For numbers what stands right is evaluated first; for other types it is not.
                let (at, there) = match place.split_once('[') {
                    Some((name, index)) => (index.trim_end_matches(']'), format!("{name}[at]")),
                    None => ("0", place.clone()),
                };
                format!(
                    "‹{place} {op} ¦{{ let right = ›{value}‹¦; let at: usize = {at}; {there} {op} right; }}›;\n"
                )
            }
        }
    }

    fn for_loop(&mut self) -> String {
        let mark = self.vars.len();
        let outer = (self.in_loop, self.may_continue);
        let mut head = String::new();
        if self.iterators && self.random.chance(40) {
            head = self.iteration();
        }
        if head.is_empty() {
            head = self.range();
        }
        self.in_loop += 1;
        self.may_continue = true;
        let mut inside = String::new();
        for _ in 0..1 + self.random.below(4) {
            inside.push_str(&self.statement());
        }
        if self.exits && self.random.chance(30) {
            let condition = self.condition();
            let word = self.random.pick(&["break", "continue"]);
            let _ = write!(inside, "if {condition} {{ {word}; }}\n{}", self.statement());
        }
        (self.in_loop, self.may_continue) = outer;
        self.vars.truncate(mark);
        format!("for {head} {{\n{inside}}}\n")
    }

    /// `i in 0..n`, in its variants; the index is declared.
    fn range(&mut self) -> String {
        let name = self.name(INDICES);
        let outer = self.choose(|sort| matches!(sort, Sort::Index { .. }));
        let more = self.random.below(3) as isize;
        let counted = self.random.chance(70);
        let end = if counted { Counted(more) } else { Fixed(1 + more) };
        let (end, end_text) = match self.length(end) {
            Some(text) => (end, text),
            None => (Fixed(2 + more), (2 + more).to_string()),
        };
        // Below another index, or from there on.
        if let Some(Var { name: other, sort: Sort::Index { low, end } }) = outer.clone()
            && self.random.chance(25)
        {
            let (sort, text) = match self.random.below(3) {
                0 => (Sort::Index { low: 0, end: end.plus(-1) }, format!("0..{other}")),
                1 => (Sort::Index { low: 0, end }, format!("0..={other}")),
                _ => match self.length(end) {
                    Some(last) => (Sort::Index { low: low + 1, end }, format!("{other} + 1..{last}")),
                    None => (Sort::Index { low: 0, end }, format!("0..={other}")),
                },
            };
            self.declare(&name, sort);
            return format!("{name} in {text}");
        }
        let low = if self.random.chance(25) { 1 + self.random.below(2) as isize } else { 0 };
        if self.random.chance(10) {
            return format!("_ in {low}..{end_text}");
        }
        let text = match self.random.below(10) {
            0..=4 => format!("{low}..{end_text}"),
            5..=6 => format!("({low}..{end_text}).rev()"),
            7 => format!("({low}..{end_text}).step_by({})", 1 + self.random.below(3)),
            8 => format!("({low}..{end_text}).rev().step_by(2)"),
            _ => {
                self.declare(&name, Sort::Index { low, end: end.plus(1) });
                return format!("{name} in {low}..={end_text}");
            }
        };
        self.declare(&name, Sort::Index { low, end });
        format!("{name} in {text}")
    }

    /// `e in x.iter()`, in its variants.
    fn iteration(&mut self) -> String {
        let mutable = self.random.chance(35);
        let Some((name, length)) = self.place(|_, is_mutable, _| is_mutable || !mutable) else {
            return String::new();
        };
        let sort =
            self.visible(|_| true).into_iter().find(|var| var.name == name).expect("it was found").sort;
        let item = (*self.random.pick(&["e", "v", "item"])).to_owned();
        let index = self.name(INDICES);
        if index == name {
            return String::new();
        }
        if mutable {
            self.declare(&name, Sort::Hidden);
            if self.random.chance(40) {
                self.declare(&index, Sort::Index { low: 0, end: length });
                self.declare(&item, Sort::Referred { mutable: true });
                return format!("({index}, {item}) in {name}.iter_mut().enumerate()");
            }
            self.declare(&item, Sort::Referred { mutable: true });
            return format!("{item} in {name}.iter_mut()");
        }
        // It cannot be written to meanwhile.
        if let Sort::Place { length, of, .. } = sort {
            self.declare(&name, Sort::Place { length, mutable: false, of });
        }
        match self.random.below(7) {
            6 => {
                self.declare(&item, Sort::Place { length: Fixed(2), mutable: false, of: "slice" });
                format!("{item} in {name}.{}(2)", self.random.pick(&["windows", "chunks_exact"]))
            }
            0 => {
                self.declare(&item, Sort::Referred { mutable: false });
                format!("{item} in {name}.iter()")
            }
            1 => {
                self.declare(&item, Sort::Real { mutable: false, typed: true });
                format!("&{item} in {name}.iter()")
            }
            2 => {
                self.declare(&index, Sort::Index { low: 0, end: length });
                self.declare(&item, Sort::Referred { mutable: false });
                format!("({index}, {item}) in {name}.iter().enumerate()")
            }
            3 => {
                self.declare(&item, Sort::Referred { mutable: false });
                format!("{item} in {name}.iter().rev()")
            }
            4 => match self.place(|other, _, _| other == length) {
                Some((other, _)) => {
                    let sort = self.visible(|_| true).into_iter().find(|var| var.name == other).unwrap().sort;
                    if let Sort::Place { length, of, .. } = sort {
                        self.declare(&other, Sort::Place { length, mutable: false, of });
                    }
                    self.declare("e", Sort::Referred { mutable: false });
                    self.declare("g", Sort::Referred { mutable: false });
                    format!("(e, g) in {name}.iter().zip({other}.iter())")
                }
                None => {
                    self.declare("e", Sort::Real { mutable: false, typed: true });
                    format!("e in {name}.iter().copied()")
                }
            },
            _ => {
                self.declare("e", Sort::Real { mutable: false, typed: true });
                format!("e in {name}.iter().copied()")
            }
        }
    }

    fn while_loop(&mut self) -> String {
        self.number += 1;
        let counter = format!("turn{}", self.number);
        let end = if self.random.chance(60) { Counted(0) } else { Fixed(3) };
        let (end, limit) = match self.length(end) {
            Some(text) => (end, text),
            None => (Fixed(3), "3".to_owned()),
        };
        let mark = self.vars.len();
        let outer = (self.in_loop, self.may_continue);
        let active = self.random.chance(50).then(|| self.condition());
        self.declare(&counter, Sort::Index { low: 0, end });
        self.in_loop += 1;
        self.may_continue = false;
        let count = 1 + self.random.below(3);
        let inside = self.block(count);
        (self.in_loop, self.may_continue) = outer;
        self.vars.truncate(mark);
        self.declare(&counter, Sort::Hidden);
        match (active, self.random.below(3)) {
            (Some(active), 0) => format!(
                "let mut {counter} = 0;\nloop {{\nif {counter} >= {limit} || {active} {{ break; }}\n{inside}{counter} += 1;\n}}\n"
            ),
            (Some(active), _) => {
                format!(
                    "let mut {counter} = 0;\nwhile {counter} < {limit} && ({active}) {{\n{inside}{counter} += 1;\n}}\n"
                )
            }
            (None, _) => {
                format!("let mut {counter} = 0;\nwhile {counter} < {limit} {{\n{inside}{counter} += 1;\n}}\n")
            }
        }
    }

    fn branch(&mut self) -> String {
        let condition = self.condition();
        let counts = [1 + self.random.below(3), 1 + self.random.below(2)];
        let then = self.block(counts[0]);
        match self.random.below(3) {
            0 => format!("if {condition} {{\n{then}}}\n"),
            1 => format!("if {condition} {{\n{then}}} else {{\n{}}}\n", self.block(counts[1])),
            _ => {
                let other = self.condition();
                let (second, third) = (self.block(counts[1]), self.block(1));
                format!("if {condition} {{\n{then}}} else if {other} {{\n{second}}} else {{\n{third}}}\n")
            }
        }
    }

    /// Elements made of their neighbours, again and again.
    fn stencil(&mut self) -> Option<String> {
        let (from, length) = self.place(|_, _, _| true)?;
        self.number += 1;
        let (old, new, i) =
            (format!("old{}", self.number), format!("new{}", self.number), format!("i{}", self.number));
        let (below, above) = (self.random.below(3), self.random.below(4));
        let near = |generator: &mut Self| match generator.random.below(1 + below + above) {
            0 => format!("{old}[{i}]"),
            at if at <= below => format!("{old}[{i} - {at}]"),
            at => format!("{old}[{i} + {}]", at - below),
        };
        let mut terms = Vec::new();
        for _ in 0..1 + self.random.below(4) {
            let (a, b) = (near(self), near(self));
            let factor = match self.random.chance(50) {
                true => format!("{REAL}::sin({})", self.leaf().text),
                false => number("0.4"),
            };
            terms.push(match self.random.below(4) {
                0 | 1 => format!("{factor} * {a}"),
                2 => format!("{factor} * {REAL}::sin({a} * {b})"),
                _ => format!("{factor} * {REAL}::tanh({a} - {b})"),
            });
        }
        let sum = terms.join(*self.random.pick(&[" + ", " - "]));
        let assign = self.random.pick(&["=", "=", "=", "+="]);
        let end = self
            .random
            .pick(&[
                format!("{old}.len().saturating_sub({above})"),
                format!("usize::max({below}, {old}.len().saturating_sub({above}))"),
            ])
            .clone();
        let step = match self.random.below(4) {
            0 => format!("{old} = {new}.clone();\n"),
            1 => format!("{old}.copy_from_slice(&{new});\n"),
            _ => format!("std::mem::swap(&mut {old}, &mut {new});\n"),
        };
        let times = self.random.below(4);
        self.declare(&old, Sort::Place { length, mutable: true, of: "Vec" });
        Some(format!(
            "let mut {old} = {from}.to_vec();\nlet mut {new} = {old}.clone();\nfor _ in 0..{times} {{\n\
             for {i} in {below}..{end} {{\n{new}[{i}] {assign} {sum};\n}}\n{step}}}\n"
        ))
    }

    /// Of two places, or two elements.
    fn swap(&mut self) -> String {
        let mutable =
            self.visible(|sort| matches!(sort, Sort::Place { mutable: true, of: "Vec" | "array", .. }));
        let mut pairs = Vec::new();
        for a in &mutable {
            for b in &mutable {
                if a.name < b.name && a.sort == b.sort {
                    pairs.push((a.name.clone(), b.name.clone()));
                }
            }
        }
        if pairs.is_empty()
            && self.random.chance(50)
            && let Some(var) = mutable.first()
        {
            // A second one, to be told from the first.
            self.number += 1;
            let (name, other) = (var.name.clone(), format!("other{}", self.number));
            let text = format!("let mut {other} = {name}.clone();\n");
            self.declare(&other, var.sort.clone());
            let more = [self.assignment(), self.assignment()].concat();
            return format!("{text}{more}std::mem::swap(&mut {name}, &mut {other});\n");
        }
        if !pairs.is_empty() && self.random.chance(70) {
            let (a, b) = self.random.pick(&pairs).clone();
            return match self.random.below(4) {
                0 => format!("{a}.copy_from_slice(&{b});\n"),
                1 if mutable
                    .iter()
                    .any(|var| var.name == a && matches!(var.sort, Sort::Place { of: "array", .. })) =>
                {
                    format!("{a} = {b};\n")
                }
                _ => format!("std::mem::swap(&mut {a}, &mut {b});\n"),
            };
        }
        if let Some((name, length)) = self.place(|_, mutable, _| mutable) {
            let short = |index: &String| !index.contains("len");
            let (i, j) = (self.index(length), self.index(length));
            if let (Some(i), Some(j)) = (i.filter(short), j.filter(short)) {
                return match self.random.below(3) {
                    0 => {
                        format!("let kept = {name}[{i}];\n{name}[{i}] = {name}[{j}];\n{name}[{j}] = kept;\n")
                    }
                    _ => format!("{name}.swap({i}, {j});\n"),
                };
            }
        }
        self.assignment()
    }

    /// Of whole places.
    fn bulk(&mut self) -> String {
        let Some((name, _)) = self.place(|_, mutable, _| mutable) else { return self.assignment() };
        let value = self.real(1).text;
        match self.random.below(2) {
            0 => format!("let filling = {value};\n{name}.fill(filling);\n"),
            _ => {
                let mark = self.vars.len();
                self.declare(&name, Sort::Hidden);
                self.declare("e", Sort::Referred { mutable: true });
                let value = self.bounded(1);
                self.vars.truncate(mark);
                format!("{name}.iter_mut().for_each(|e| *e = {value});\n")
            }
        }
    }

    /// `return`, `break` or `continue`, under a condition.
    fn leave(&mut self) -> String {
        let condition = self.condition();
        if self.in_loop > 0 && self.in_loop < 9 && self.random.chance(70) {
            let word = if self.may_continue && self.random.chance(40) { "continue" } else { "break" };
            return format!("if {condition} {{ {word}; }}\n");
        }
        if self.in_loop >= 9 {
            return self.assignment();
        }
        let value = self.result();
        format!("if {condition} {{ return{}{value}; }}\n", if value.is_empty() { "" } else { " " })
    }

    fn result(&mut self) -> String {
        self.budget = self.budget.max(6);
        match self.shape {
            Shape::Scalar => self.real(2).text,
            Shape::Pair => format!("({}, {})", self.real(2).text, self.real(1).text),
            Shape::Place(n) => match self.place(|length, _, of| length == Fixed(n) && of == "array") {
                Some((name, _)) => name,
                None => self.array(n),
            },
            Shape::Array(n) => self.array(n),
            Shape::Unit => String::new(),
        }
    }

    fn array(&mut self, n: isize) -> String {
        let parts: Vec<String> = (0..n).map(|_| self.real(1).text).collect();
        format!("[{}]", parts.join(", "))
    }

    fn tail(&mut self) -> String {
        let result = self.result();
        // What was made should count.
        let made = self.visible(|sort| matches!(sort, Sort::Real { .. }));
        let mut text = result;
        if self.shape == Shape::Scalar {
            for var in made.iter().take(3) {
                let _ = write!(text, " + {} * {}", number("0.5"), var.name);
            }
            let places = self.visible(|sort| matches!(sort, Sort::Place { .. }));
            for var in places.iter().take(3) {
                let Sort::Place { length, .. } = var.sort else { continue };
                if let Some(index) = self.index(length) {
                    let _ = write!(text, " + {}[{index}]", var.name);
                }
            }
        }
        text
    }
}

/// The text of the function for the report.
pub fn source(function: &Function) -> String {
    format!("#[derive_fn({})]\n{}", function.attribute(&function.words), reading(&function.text, false))
}
