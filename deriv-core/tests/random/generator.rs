//! Random functions in the scalar language, as source text.
//!
//! The text has two readings. Where they differ it says `‹a¦b›`: `a` for the function as a user writes
//! it, `b` for the same function over dual numbers. [`reading`] picks one.

use std::fmt::Write;

pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

/// One of the two readings of a text.
pub fn reading(text: &str, dual: bool) -> String {
    let mut out = String::new();
    // Whether each open choice is at its second half.
    let mut open: Vec<bool> = Vec::new();
    for c in text.chars() {
        match c {
            '‹' => open.push(false),
            '¦' => *open.last_mut().expect("a choice is open") = true,
            '›' => drop(open.pop()),
            c if open.iter().all(|second| *second == dual) => out.push(c),
            _ => {}
        }
    }
    out
}

/// The shape of a result.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Shape {
    Scalar,
    Pair,
    Triple,
    Array(usize),
    Mixed,
}

impl Shape {
    pub fn ty(self) -> String {
        match self {
            Shape::Scalar => REAL.into(),
            Shape::Pair => format!("({REAL}, {REAL})"),
            Shape::Triple => format!("({REAL}, {REAL}, {REAL})"),
            Shape::Array(n) => format!("[{REAL}; {n}]"),
            Shape::Mixed => format!("({REAL}, [{REAL}; 2])"),
        }
    }
    /// A value of this shape, made of texts.
    pub fn build(self, part: &mut dyn FnMut() -> String) -> String {
        let mut list = |n: usize| (0..n).map(|_| part()).collect::<Vec<_>>().join(", ");
        match self {
            Shape::Scalar => list(1),
            Shape::Pair => format!("({})", list(2)),
            Shape::Triple => format!("({})", list(3)),
            Shape::Array(n) => format!("[{}]", list(n)),
            Shape::Mixed => format!("({}, [{}])", list(1), list(2)),
        }
    }
}

/// What is evaluated before the right-hand side of a comparison: other types are only borrowed.
fn first(text: &str) -> String {
    format!("‹{text}¦({{ {text} }})›")
}

/// The type of real numbers: `f64` or `f32`, and `D`.
const REAL: &str = "‹REAL¦D›";

/// A parameter and what a test gives for it.
#[derive(Clone)]
pub enum Param {
    Real {
        name: String,
        reference: bool,
        mutable: bool,
    },
    /// Its text in the signature, and an argument, both with two readings.
    Passive {
        text: String,
        argument: String,
    },
}

/// A generated function.
#[derive(Clone)]
pub struct Function {
    pub name: String,
    pub single: bool,
    pub shape: Shape,
    pub params: Vec<Param>,
    pub attribute: String,
    /// With two readings.
    pub text: String,
    /// How deep calls of generated functions go.
    pub depth: usize,
    /// It, or a function that it calls, asks whether real numbers are equal.
    pub equality: bool,
}

impl Function {
    pub fn vars(&self) -> usize {
        self.params.iter().filter(|param| matches!(param, Param::Real { .. })).count()
    }
}

#[derive(Clone, PartialEq, Debug)]
enum Sort {
    Real,
    Int,
    Bool,
    /// A passive real, of which rustc knows the type.
    Passive,
    Option,
    Pair,
    Array(usize),
    Closure(usize),
    Nested(usize),
}

#[derive(Clone, Debug)]
struct Var {
    name: String,
    sort: Sort,
    mutable: bool,
}

/// Names that people give, and names that a generator of code might give.
const NAMES: &[&str] = &[
    "a", "b", "c", "r", "r2", "t", "s", "u", "v", "w", "y", "z", "dot", "x_dot", "seed", "partial", "t_2",
    "sin", "exp", "tmp", "result", "value", "prime", "p", "observed", "a_2", "x_in", "acc", "y_2", "f_prime",
];

pub struct Generator<'r> {
    pub random: &'r mut Random,
    vars: Vec<Var>,
    single: bool,
    shape: Shape,
    /// Functions that may be called.
    known: &'r [Function],
    depth: usize,
    equality: bool,
    /// Closures may not capture what is assigned later.
    capturing: bool,
    budget: i32,
    number: usize,
}

/// Writes a random function.
pub fn function(random: &mut Random, name: &str, known: &[Function]) -> Function {
    let single = random.chance(6);
    let shape = match random.below(20) {
        0..=12 => Shape::Scalar,
        13..=14 => Shape::Pair,
        15 => Shape::Triple,
        16..=17 => Shape::Array(2),
        18 => Shape::Array(3),
        _ => Shape::Mixed,
    };
    let budget = 10 + random.below(50) as i32;
    let mut generator = Generator {
        random,
        vars: Vec::new(),
        single,
        shape,
        known,
        depth: 0,
        equality: false,
        capturing: false,
        budget,
        number: 0,
    };
    generator.function(name)
}

impl Generator<'_> {
    fn function(&mut self, name: &str) -> Function {
        let count = *self.random.pick(&[1, 1, 1, 1, 2, 2, 2, 3, 3, 4]);
        let names = ["x", "y", "z", "w"];
        let mut params = Vec::new();
        let mut passive_real = false;
        for name in &names[..count] {
            let reference = self.random.chance(4);
            let mutable = !reference && self.random.chance(20);
            params.push(Param::Real { name: (*name).to_owned(), reference, mutable });
            if !reference {
                self.declare(name, Sort::Real, mutable);
            }
        }
        let mut add = |generator: &mut Self, name: &str, sort: Sort, ty: &str, argument: String| {
            params.push(Param::Passive { text: format!("{name}: {ty}"), argument });
            generator.declare(name, sort, false);
        };
        if self.random.chance(25) {
            let value = self.random.below(6) as i32 - 1;
            add(self, "n", Sort::Int, "i32", value.to_string());
        }
        if self.random.chance(15) {
            let value = self.random.chance(50);
            add(self, "flag", Sort::Bool, "bool", value.to_string());
        }
        if self.random.chance(15) {
            passive_real = true;
            let value = *self.random.pick(&["1.5", "0.25", "-2.0"]);
            add(self, "k", Sort::Passive, REAL, format!("‹{value}¦lit({value})›"));
        }
        if self.random.chance(10) {
            let value = *self.random.pick(&["None", "Some(‹1.25¦lit(1.25)›)", "Some(‹-0.5¦lit(-0.5)›)"]);
            add(self, "opt", Sort::Option, &format!("Option<{REAL}>"), value.to_owned());
        }
        if self.random.chance(50) {
            // The real parameters first is only one order.
            let at = self.random.below(params.len());
            let param = params.remove(at);
            params.push(param);
        }
        let mut body = String::new();
        let shape = self.shape;
        for param in &params {
            if let Param::Real { name, reference: true, .. } = param {
                let _ = writeln!(body, "let {name} = *{name};");
                self.declare(name, Sort::Real, false);
            }
        }
        let statements = self.random.below(7);
        for _ in 0..statements {
            body.push_str(&self.statement(true));
        }
        body.push_str(&self.tail(shape));
        let mut words = Vec::new();
        if passive_real {
            words.push(format!("wrt({})", names[..count].join(", ")));
        }
        for (word, chance) in [("value_and_prime", 40), ("jvp", 30), ("vjp", 30), ("hvp", 25)] {
            if self.random.chance(chance) {
                words.push(word.to_owned());
            }
        }
        if count == 1 {
            if self.random.chance(50) {
                words.push("prime2".to_owned());
            }
            if self.random.chance(20) && self.depth == 0 {
                words.push("prime3".to_owned());
            }
        }
        if shape == Shape::Scalar && self.random.chance(if count == 1 { 20 } else { 50 }) {
            words.push("hessian".to_owned());
        }
        let mut list = Vec::new();
        for param in &params {
            list.push(match param {
                Param::Real { name, reference: true, .. } => format!("{name}: &{REAL}"),
                Param::Real { name, mutable, .. } => {
                    format!("{}{name}: {REAL}", if *mutable { "mut " } else { "" })
                }
                Param::Passive { text, .. } => text.clone(),
            });
        }
        let text = format!("pub fn {name}({}) -> {} {{\n{body}\n}}\n", list.join(", "), shape.ty());
        let text = text.replace("REAL", if self.single { "f32" } else { "f64" });
        Function {
            name: name.to_owned(),
            single: self.single,
            shape,
            params,
            attribute: words.join(", "),
            text,
            depth: self.depth,
            equality: self.equality,
        }
    }

    fn declare(&mut self, name: &str, sort: Sort, mutable: bool) {
        self.vars.push(Var { name: name.to_owned(), sort, mutable });
    }

    fn name(&mut self) -> String {
        if self.random.chance(15) {
            // Shadowing.
            let visible: Vec<String> =
                self.visible(|var| !var.name.starts_with('K')).iter().map(|var| var.name.clone()).collect();
            if !visible.is_empty() {
                return self.random.pick(&visible).clone();
            }
        }
        if self.random.chance(70) {
            return (*self.random.pick(NAMES)).to_owned();
        }
        self.number += 1;
        format!("q{}", self.number)
    }

    /// Variables in scope that are not shadowed.
    fn visible(&self, fits: impl Fn(&Var) -> bool) -> Vec<Var> {
        let mut seen = Vec::new();
        let mut found = Vec::new();
        for var in self.vars.iter().rev() {
            if !seen.contains(&var.name) {
                seen.push(var.name.clone());
                if fits(var) && !(self.capturing && var.mutable) {
                    found.push(var.clone());
                }
            }
        }
        found
    }

    fn choose(&mut self, fits: impl Fn(&Var) -> bool) -> Option<Var> {
        let found = self.visible(fits);
        if found.is_empty() {
            return None;
        }
        // What was made last is used most.
        let at = self.random.below(found.len()).min(self.random.below(found.len()));
        Some(found[at].clone())
    }

    fn of(&mut self, sort: &Sort) -> Option<String> {
        self.choose(|var| var.sort == *sort).map(|var| var.name)
    }

    // Expressions.

    fn literal(&mut self) -> String {
        let text = *self.random.pick(&[
            "1.0", "2.0", "0.5", "3.0", "1.5", "0.25", "2.", "1e-1", "0.0", "4.0", "1_0.0", "0.75", "1.25",
            "2.5e0", "-1.0", "-0.5",
        ]);
        format!("‹{text}¦lit({text})›")
    }

    /// A real number of a type that rustc knows before it has read on.
    fn typed(&mut self, depth: u32) -> String {
        match self.of(&Sort::Real) {
            Some(name) if depth == 0 || self.random.chance(50) => name,
            Some(name) => {
                let other = self.real(depth - 1);
                let op = *self.random.pick(&["+", "-", "*"]);
                format!("({name} {op} {other})")
            }
            None => {
                let text = *self.random.pick(&["1.5", "0.5", "2.0"]);
                format!("‹{text}_REAL¦lit({text})›")
            }
        }
    }

    /// A real expression.
    fn real(&mut self, depth: u32) -> String {
        self.budget -= 1;
        if depth == 0 || self.budget < 0 {
            return match self.random.below(10) {
                0..=6 => self.of(&Sort::Real).unwrap_or_else(|| self.literal()),
                7 => self.passive(),
                _ => self.literal(),
            };
        }
        let d = depth - 1;
        match self.random.below(40) {
            0..=9 => {
                let (a, b) = (self.real(d), self.real(d));
                let op = *self.random.pick(&["+", "-", "*", "*"]);
                match self.random.below(3) {
                    0 if op == "*" => format!("({a}) * ({b})"),
                    0 => format!("({a} {op} ({b}))"),
                    _ => format!("(({a}) {op} ({b}))"),
                }
            }
            10..=11 => {
                let (a, b) = (self.real(d), self.typed(d));
                match self.random.below(4) {
                    0 => format!("(({a}) / ({b}))"),
                    1 => {
                        let c = self.literal();
                        format!("(({a}) / (‹3.5¦lit(3.5)› + {c}))")
                    }
                    2 => format!("(({a}) / (‹1.0¦lit(1.0)› + {b} * {b}))"),
                    _ => {
                        // Nothing is divided by the integer quotient 0.
                        let c = Some(self.passive()).filter(|c| !c.contains("1 / 2"));
                        let c = c.unwrap_or_else(|| "‹3.0¦lit(3.0)›".to_owned());
                        format!("(({a}) / {c})")
                    }
                }
            }
            12 => format!("(-({}))", self.real(d)),
            13..=22 => self.method(d),
            23..=24 => self.condition_expression(d),
            25 => self.match_expression(d),
            26 => {
                let mark = self.vars.len();
                let mut text = "{ ".to_owned();
                for _ in 0..1 + self.random.below(2) {
                    text.push_str(&self.let_statement(d));
                }
                text.push_str(&self.real(d));
                text.push_str(" }");
                self.vars.truncate(mark);
                format!("({text})")
            }
            27..=28 => self.call(d),
            29 => match self.choose(|var| matches!(var.sort, Sort::Pair | Sort::Array(_))) {
                Some(Var { name, sort: Sort::Pair, .. }) => format!("{name}.{}", self.random.below(2)),
                Some(Var { name, sort: Sort::Array(n), .. }) => format!("{name}[{}]", self.random.below(n)),
                _ => self.typed(0),
            },
            30 => self.passive(),
            31 => {
                let a = self.typed(0);
                match self.random.below(4) {
                    0 => format!("‹({a} as i32 as REAL)¦lit({a}.num() as i32 as f64)›"),
                    1 => {
                        let b = self.literal();
                        let (plain, dual) = (reading(&b, false), reading(&b, true));
                        format!("‹(({a} > {plain}) as i32 as REAL)¦lit(({a} > {dual}) as i32 as f64)›")
                    }
                    2 if !self.single => format!("‹({a} as f64)¦{a}›"),
                    _ => format!("‹{a}.clone()¦{a}›"),
                }
            }
            32 => {
                format!("‹REAL¦D›::{}({})", self.random.pick(&["sin", "cos", "tanh", "atan"]), self.typed(d))
            }
            _ => self.typed(d),
        }
    }

    /// An element of a table, a constant, a cast integer: no derivative.
    fn passive(&mut self) -> String {
        match self.random.below(8) {
            0 => match self.of(&Sort::Int) {
                Some(n) => format!("‹({n} as REAL)¦lit({n} as f64)›"),
                None => self.literal(),
            },
            1 | 2 => match self.of(&Sort::Passive) {
                Some(k) => k,
                None => self.literal(),
            },
            3 => "‹std::REAL::consts::PI¦lit(std::f64::consts::PI)›".to_owned(),
            4 => match self.of(&Sort::Int) {
                Some(n) => {
                    format!("‹(TABLE[({n} + 1) as usize % 3] as REAL)¦lit(TABLE[({n} + 1) as usize % 3])›")
                }
                None => "‹(TABLE[1] as REAL)¦lit(TABLE[1])›".to_owned(),
            },
            5 => "‹((1 / 2) as REAL)¦lit(0.0)›".to_owned(),
            6 => "‹(SCALE as REAL)¦lit(SCALE)›".to_owned(),
            _ => self.literal(),
        }
    }

    fn method(&mut self, d: u32) -> String {
        let a = self.typed(d);
        let one = "‹1.0¦lit(1.0)›";
        // The arguments are in the domain everywhere, or nearly.
        match self.random.below(44) {
            0..=4 => format!("{a}.{}()", self.random.pick(&["sin", "cos", "tanh", "atan", "asinh"])),
            5 => format!("{a}.sin().exp()"),
            6 => format!("({a}.tanh()).{}()", self.random.pick(&["sinh", "cosh", "exp_m1", "exp2", "tan"])),
            7 => format!(
                "({one} + {a} * {a}).{}()",
                self.random.pick(&["ln", "sqrt", "log2", "log10", "recip", "cbrt"])
            ),
            8 => format!("({a} * {a}).ln_1p()"),
            9 => format!("({a}.sin() * ‹0.9¦lit(0.9)›).{}()", self.random.pick(&["asin", "acos", "atanh"])),
            10 => format!("({a} * {a} + ‹1.25¦lit(1.25)›).acosh()"),
            11..=13 => {
                let n = match self.of(&Sort::Int) {
                    Some(n) if self.random.chance(40) => n,
                    _ => self.random.pick(&["2", "3", "2", "-1", "0", "1", "4", "-2"]).to_string(),
                };
                format!("{a}.powi({n})")
            }
            14 => {
                let b = self.typed(0);
                format!("({one} + {a} * {a}).powf({b}.cos())")
            }
            15 => {
                let y = *self.random.pick(&["0.5", "1.5", "2.0", "3.0", "-0.5", "1.0", "2.5"]);
                format!("({a}.abs() + ‹0.5¦lit(0.5)›).powf(‹{y}¦lit({y})›)")
            }
            16 => {
                let y = *self.random.pick(&["2.0", "3.0", "1.0", "-1.0"]);
                format!("{a}.powf(‹{y}¦lit({y})›)")
            }
            17 => format!("({a} * {a} + ‹1.5¦lit(1.5)›).log(‹3.0¦lit(3.0)›)"),
            18 => {
                let b = self.typed(0);
                format!("{a}.hypot({b})")
            }
            19 => {
                let b = self.typed(0);
                format!("{a}.atan2({one} + {b} * {b})")
            }
            20 => {
                let b = self.typed(0);
                format!("{a}.atan2({b})")
            }
            21 => {
                let (b, c) = (self.real(0), self.real(0));
                format!("{a}.mul_add({b}, {c})")
            }
            22..=24 => {
                let b = self.real(d);
                format!("{a}.{}({b})", self.random.pick(&["max", "min"]))
            }
            25 => format!("{a}.clamp(‹-1.0¦lit(-1.0)›, ‹1.5¦lit(1.5)›)"),
            26..=27 => format!(
                "{a}.{}()",
                self.random.pick(&["abs", "signum", "fract", "floor", "ceil", "round", "trunc"])
            ),
            28 => {
                let b = self.real(0);
                format!("{a}.copysign({b})")
            }
            29 => format!("{a}.rem_euclid(‹1.75¦lit(1.75)›)"),
            30 => {
                let b = self.typed(0);
                format!("({a} % ({b} * {b} + ‹0.5¦lit(0.5)›))")
            }
            31 => format!("{a}.div_euclid(‹0.75¦lit(0.75)›)"),
            32 => format!("{a}.{}()", self.random.pick(&["to_degrees", "to_radians"])),
            33 => {
                let b = self.real(0);
                format!("{a}.midpoint({b})")
            }
            34 => format!("({{ let (s, c) = {a}.sin_cos(); s * c + c }})"),
            35 => format!("{a}.sin_cos().{}", self.random.below(2)),
            36 => format!(
                "(if {a} > ‹0.0¦lit(0.0)› {{ {a}.{}() }} else {{ ‹0.0¦lit(0.0)› }})",
                self.random.pick(&["sqrt", "ln", "log2"])
            ),
            37 => format!("({a} * {a}).sqrt()"),
            38 => format!("({one} + {a}.exp()).ln()"),
            39 => {
                let b = self.typed(0);
                format!("({a}.powi(2) + {b}.powi(2)).sqrt()")
            }
            _ => format!(
                "{a}.{}()",
                self.random.pick(&["sqrt", "ln", "exp", "tan", "recip", "cosh", "sinh", "cbrt"])
            ),
        }
    }

    fn call(&mut self, d: u32) -> String {
        match self.random.below(3) {
            0 => {
                if let Some(Var { name, sort: Sort::Closure(n) | Sort::Nested(n), .. }) =
                    self.choose(|var| matches!(var.sort, Sort::Closure(_) | Sort::Nested(_)))
                {
                    let args: Vec<String> = (0..n).map(|_| self.real(d)).collect();
                    return format!("{name}({})", args.join(", "));
                }
                self.typed(d)
            }
            1 => {
                let candidates: Vec<&Function> = self
                    .known
                    .iter()
                    .filter(|f| {
                        f.shape == Shape::Scalar && f.single == self.single && f.depth < 2 && f.vars() <= 3
                    })
                    .filter(|f| {
                        if f.vars() == 1 {
                            f.attribute.contains("prime2")
                        } else {
                            f.attribute.contains("hessian")
                        }
                    })
                    .collect();
                if candidates.is_empty() {
                    return self.typed(d);
                }
                let callee = (*self.random.pick(&candidates)).clone();
                self.depth = self.depth.max(callee.depth + 1);
                self.equality |= callee.equality;
                let mut args = Vec::new();
                for param in &callee.params {
                    args.push(match param {
                        Param::Real { reference, .. } => {
                            let name = self.typed(0);
                            if *reference { format!("&{name}") } else { name }
                        }
                        Param::Passive { argument, .. } => argument.clone(),
                    });
                }
                if callee.params.iter().any(|param| matches!(param, Param::Passive { text, .. } if text.starts_with("k:") || text.starts_with("opt:"))) {
                    return self.typed(d);
                }
                format!("{}({})", callee.name, args.join(", "))
            }
            _ => self.method(d),
        }
    }

    fn condition(&mut self, d: u32) -> String {
        let a = self.typed(0);
        match self.random.below(12) {
            0..=5 => {
                let b = if self.random.chance(70) { self.literal() } else { self.real(d.min(1)) };
                format!("{} {} {b}", first(&a), self.random.pick(&["<", ">", "<=", ">="]))
            }
            6 => match self.of(&Sort::Bool) {
                Some(name) if self.random.chance(50) => format!("!{name}"),
                Some(name) => name,
                None => format!("{a}.abs() < ‹1.0¦lit(1.0)›"),
            },
            7 => match self.of(&Sort::Int) {
                Some(n) => format!("{n} {} {}", self.random.pick(&[">", "==", "<"]), self.random.below(4)),
                None => {
                    self.equality = true;
                    format!("{a} {} ‹0.0¦lit(0.0)›", self.random.pick(&["!=", "=="]))
                }
            },
            8 => {
                let (p, q) = (self.condition(0), self.condition(0));
                format!("({p}) {} ({q})", self.random.pick(&["&&", "||"]))
            }
            9 => format!("!({a} > ‹0.5¦lit(0.5)›)"),
            10 => format!("({a} * ‹2.0¦lit(2.0)›).sin() > ‹0.25¦lit(0.25)›"),
            _ => format!("{a}.{}()", self.random.pick(&["is_sign_negative", "is_nan", "is_finite"])),
        }
    }

    /// A block's inside that ends in a real number.
    fn inner(&mut self, d: u32) -> String {
        let mark = self.vars.len();
        let mut text = String::new();
        if self.random.chance(30) {
            text.push_str(&self.let_statement(d));
        }
        if self.random.chance(15) {
            text.push_str(&self.assignment());
        }
        text.push_str(&self.real(d));
        self.vars.truncate(mark);
        text
    }

    fn condition_expression(&mut self, d: u32) -> String {
        let mut text = format!("(if {} {{ {} }}", self.condition(d), self.inner(d));
        while self.random.chance(25) {
            let _ = write!(text, " else if {} {{ {} }}", self.condition(d), self.inner(d));
        }
        let _ = write!(text, " else {{ {} }})", self.inner(d));
        text
    }

    fn match_expression(&mut self, d: u32) -> String {
        match self.random.below(6) {
            0 | 1 => match self.of(&Sort::Int) {
                Some(n) => {
                    let arms = [self.inner(d), self.inner(d), self.inner(d), self.real(0)];
                    let [a, b, c, e] = arms;
                    format!(
                        "(match {n} {{ 0 => {{ {a} }} 1 | 2 => {{ {b} }} m if m > 3 => {{ ‹(m as REAL)¦lit(m as f64)› * {{ {c} }} }} _ => {e}, }})"
                    )
                }
                None => self.condition_expression(d),
            },
            2 => {
                let (a, b, c) = (self.typed(0), self.inner(d), self.inner(d));
                format!("(match {a} {{ it if it > ‹0.5¦lit(0.5)› => it * {{ {b} }}, _ => {{ {c} }} }})")
            }
            3 => {
                let (a, p) = (self.condition(0), self.condition(0));
                let (b, c, e) = (self.inner(d), self.inner(d), self.inner(d));
                format!(
                    "(match ({a}, {p}) {{ (true, true) => {{ {b} }} (false, _) => {{ {c} }} _ => {{ {e} }} }})"
                )
            }
            4 => {
                let a = self.typed(0);
                let (b, c, e) = (self.inner(d), self.inner(d), self.inner(d));
                format!("(match {a}‹¦.num()› {{ ..0.0 => {{ {b} }} 0.0..1.0 => {{ {c} }} _ => {{ {e} }} }})")
            }
            _ => match self.of(&Sort::Option) {
                Some(opt) => {
                    let mark = self.vars.len();
                    let other = self.inner(d);
                    self.declare("k2", Sort::Passive, false);
                    let inner = self.inner(d);
                    self.vars.truncate(mark);
                    match self.random.chance(50) {
                        true => {
                            format!("(if let Some(k2) = {opt} {{ k2 * {{ {inner} }} }} else {{ {other} }})")
                        }
                        false => format!(
                            "(match {opt} {{ Some(k2) => k2 + {{ {inner} }}, None => {{ {other} }} }})"
                        ),
                    }
                }
                None => self.condition_expression(d),
            },
        }
    }

    // Statements.

    fn let_statement(&mut self, d: u32) -> String {
        let annotated =
            |name: &str, mutable: bool| format!("let {}{name}: {REAL}", if mutable { "mut " } else { "" });
        match self.random.below(12) {
            0..=4 => {
                let (name, value) = (self.name(), self.real(d));
                self.declare(&name, Sort::Real, false);
                format!("{} = {value};\n", annotated(&name, false))
            }
            5 => {
                let value = format!("{}.{}()", self.typed(d), self.random.pick(&["sin", "cos", "atan"]));
                let name = self.name();
                self.declare(&name, Sort::Real, false);
                format!("let {name} = {value};\n")
            }
            6..=7 => {
                let (name, value) = (self.name(), self.real(d));
                self.declare(&name, Sort::Real, true);
                format!("{} = {value};\n", annotated(&name, true))
            }
            8 => {
                let (a, b) = (self.name(), self.name());
                if a == b {
                    return String::new();
                }
                let value = match self.random.chance(30) {
                    true => format!("{}.sin_cos()", self.typed(d)),
                    false => {
                        let (u, v) = (self.typed(d), self.typed(d));
                        format!("({u}, {v})")
                    }
                };
                self.declare(&a, Sort::Real, false);
                self.declare(&b, Sort::Real, false);
                format!("let ({a}, {b}) = {value};\n")
            }
            9 => {
                let condition = self.condition(d);
                let name = self.name();
                self.declare(&name, Sort::Bool, false);
                format!("let {name} = {condition};\n")
            }
            10 => {
                let (u, v) = (self.typed(d), self.typed(d));
                let (name, mutable) = (self.name(), self.random.chance(50));
                self.declare(&name, Sort::Pair, mutable);
                format!("let {}{name} = ({u}, {v});\n", if mutable { "mut " } else { "" })
            }
            _ => {
                let n = 2 + self.random.below(2);
                let parts: Vec<String> = (0..n).map(|_| self.typed(d)).collect();
                let (name, mutable) = (self.name(), self.random.chance(50));
                self.declare(&name, Sort::Array(n), mutable);
                format!("let {}{name} = [{}];\n", if mutable { "mut " } else { "" }, parts.join(", "))
            }
        }
    }

    fn assignment(&mut self) -> String {
        if self.capturing {
            return String::new();
        }
        let Some(var) = self.choose(|var| var.mutable) else { return String::new() };
        let value = self.real(1);
        let place = match var.sort {
            Sort::Pair if self.random.chance(30) => {
                return format!("{} = ({}.1, {value});\n", var.name, var.name);
            }
            Sort::Pair => format!("{}.{}", var.name, self.random.below(2)),
            Sort::Array(n) => format!("{}[{}]", var.name, self.random.below(n)),
            _ => var.name,
        };
        match *self.random.pick(&["=", "+=", "-=", "*=", "+="]) {
            "=" => format!("{place} = {value};\n"),
            // For numbers what stands right is evaluated first; for other types it is not.
            op => format!("‹{place} {op} ¦{{ let right = ›{value}‹¦; {place} {op} right; }}›;\n"),
        }
    }

    fn statement(&mut self, top: bool) -> String {
        match self.random.below(26) {
            0..=9 => self.let_statement(2),
            10..=13 => {
                let text = self.assignment();
                if text.is_empty() { self.let_statement(2) } else { text }
            }
            14..=16 => self.branch_statement(),
            17 => {
                let shape = self.shape;
                let value = shape.build(&mut || self.real(1));
                format!("if {} {{ return {value}; }}\n", self.condition(1))
            }
            18 => {
                // Closures do not capture what changes.
                self.capturing = true;
                let mark = self.vars.len();
                let n = 1 + self.random.below(2);
                let params: Vec<String> = ["u", "v"][..n].iter().map(|s| (*s).to_owned()).collect();
                for param in &params {
                    self.declare(param, Sort::Real, false);
                }
                let body =
                    if self.random.chance(50) { self.real(2) } else { format!("{{ {} }}", self.inner(2)) };
                self.vars.truncate(mark);
                self.capturing = false;
                let name = self.name();
                self.declare(&name, Sort::Closure(n), false);
                let params: Vec<String> = params.iter().map(|param| format!("{param}: {REAL}")).collect();
                format!("let {name} = |{}| {body};\n", params.join(", "))
            }
            19 if top => {
                let outer = std::mem::take(&mut self.vars);
                let n = 1 + self.random.below(2);
                for name in &["p", "q"][..n] {
                    self.declare(name, Sort::Real, false);
                }
                let body = self.inner(2);
                self.vars = outer;
                self.number += 1;
                let name = format!("helper{}", self.number);
                self.declare(&name, Sort::Nested(n), false);
                let params: Vec<String> =
                    ["p", "q"][..n].iter().map(|param| format!("{param}: {REAL}")).collect();
                format!("fn {name}({}) -> {REAL} {{ {body} }}\n", params.join(", "))
            }
            20 => {
                self.number += 1;
                let name = format!("K{}", self.number);
                let value = *self.random.pick(&["0.5", "2.5", "-1.5"]);
                self.declare(&name, Sort::Passive, false);
                format!("‹const {name}: REAL = {value};¦let {name}: D = lit({value});›\n")
            }
            21 => {
                let a = self.typed(0);
                match self.random.below(4) {
                    0 => format!("assert!(!({a} > ‹1e9¦lit(1e9)›) || true, \"{{{{}}}} {{}}\", {a});\n"),
                    1 if a.chars().all(|c| c.is_alphanumeric() || c == '_') => {
                        format!("debug_assert!({a} == {a} || {a} != {a}, \"{{{a}}}\");\n")
                    }
                    _ => format!("if {a} > ‹1e30¦lit(1e30)› {{ eprintln!(\"{{}}\", {a}); }}\n"),
                }
            }
            22 => {
                // A passive loop.
                let name = self.name();
                let init = self.literal();
                let text = format!(
                    "let mut {name}: {REAL} = {init};\nfor i in 0..3 {{ {name} += ‹i as REAL¦lit(i as f64)› * ‹0.5¦lit(0.5)›; }}\n"
                );
                // A loop that becomes active is another story.
                self.declare(&name, Sort::Real, false);
                text
            }
            23 => {
                self.number += 1;
                let name = format!("late{}", self.number);
                let condition = self.condition(1);
                let (a, b) = (self.inner(1), self.inner(1));
                self.declare(&name, Sort::Real, false);
                format!(
                    "let {name}: {REAL};\nif {condition} {{ {name} = {{ {a} }}; }} else {{ {name} = {{ {b} }}; }}\n"
                )
            }
            24 => match self.of(&Sort::Option) {
                Some(opt) if top => {
                    let shape = self.shape;
                    let value = shape.build(&mut || self.real(1));
                    let name = self.name();
                    self.declare(&name, Sort::Passive, false);
                    format!("let Some({name}) = {opt} else {{ return {value} }};\n")
                }
                _ => self.let_statement(2),
            },
            _ => match self.of(&Sort::Int) {
                Some(n) => {
                    let (a, b) = (self.assignment(), self.assignment());
                    format!("match {n} {{ 0..=1 => {{ {a} }} 2 => {{ {b} }} _ => {{}} }}\n")
                }
                None => self.let_statement(2),
            },
        }
    }

    fn branch_statement(&mut self) -> String {
        let condition = self.condition(1);
        let arm = |generator: &mut Self| {
            let mark = generator.vars.len();
            let mut text = String::new();
            for _ in 0..1 + generator.random.below(2) {
                text.push_str(&match generator.random.below(8) {
                    0..=3 => generator.assignment(),
                    4..=5 => generator.let_statement(1),
                    6 => generator.statement(false),
                    _ => {
                        let shape = generator.shape;
                        let value = shape.build(&mut || generator.real(1));
                        format!("if {} {{ return {value}; }}\n", generator.condition(1))
                    }
                });
            }
            generator.vars.truncate(mark);
            text
        };
        let then = arm(self);
        match self.random.below(3) {
            0 => format!("if {condition} {{\n{then}}}\n"),
            1 => format!("if {condition} {{\n{then}}} else {{\n{}}}\n", arm(self)),
            _ => {
                let other = self.condition(1);
                let (second, third) = (arm(self), arm(self));
                format!("if {condition} {{\n{then}}} else if {other} {{\n{second}}} else {{\n{third}}}\n")
            }
        }
    }

    /// The function's result.
    fn tail(&mut self, shape: Shape) -> String {
        let build = |generator: &mut Self| {
            shape.build(&mut || {
                generator.budget = generator.budget.max(12);
                let value = generator.real(3);
                match generator.of(&Sort::Real) {
                    Some(name) if generator.random.chance(60) => {
                        format!("{value} * {name}").replace("\n", " ")
                    }
                    _ => value,
                }
            })
        };
        match self.random.below(8) {
            0 => format!("return {};", build(self)),
            1 => {
                let condition = self.condition(1);
                format!("if {condition} {{ {} }} else {{ {} }}", build(self), build(self))
            }
            _ => build(self),
        }
    }
}
