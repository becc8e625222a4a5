//! THE table of operations.
//!
//! A row holds all there is to know of an operation; the macro below turns the rows into the [`Op`]
//! enum, the [`Spec`]s and the builder methods of [`Expr`]. Nothing outside this file names an
//! operation, so adding one is adding a row.

use crate::graph::{Expr, Graph, Kind, Lift};
use std::ops::Range;

/// One argument of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Arg {
    /// What it may be.
    pub kind: ArgKind,
    /// Where tests sample it.
    pub low: f64,
    /// Where tests sample it.
    pub high: f64,
}

/// What an argument may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArgKind {
    /// A real number.
    Real,
    /// An integer: never differentiated, written without a decimal point.
    Int,
    /// A truth value.
    Bool,
}

const fn real(range: Range<f64>) -> Arg {
    Arg { kind: ArgKind::Real, low: range.start, high: range.end }
}
const fn int(range: Range<f64>) -> Arg {
    Arg { kind: ArgKind::Int, low: range.start, high: range.end }
}
const fn flag() -> Arg {
    Arg { kind: ArgKind::Bool, low: 0.0, high: 1.0 }
}

/// How an operation is written in Rust.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Syntax {
    /// `a + b`, with Rust's binding strength.
    Infix(&'static str, u8),
    /// `-a`.
    Prefix(&'static str),
    /// `f64::sin(a)` or `a.sin()`: by the row's name.
    Method,
    /// `if a { b } else { c }`.
    Choice,
    /// `name(a)`, a function of the facade's module `special`.
    Special,
}

/// How people write an operation, where that is not as a call or by its [`Syntax`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Notation {
    /// `name(a, b)`, unless the syntax or the `linear` and `monomial` facts say more.
    Plain,
    /// `aᵇ`.
    Power,
    /// `√a` and the like, by the degree.
    Root(u32),
    /// `|a|` and the like.
    Fence(&'static str, &'static str),
    /// A call in plain text, this base to the power `a` in typeset mathematics.
    Exponential(&'static str),
}

/// What `f(-x)` is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Parity {
    /// `f(x)`.
    Even,
    /// `-f(x)`.
    Odd,
    /// Neither.
    Neither,
}

/// What the table says of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// The builder's name, which is the name of the method of `f64` too.
    pub name: &'static str,
    /// The arguments.
    pub args: &'static [Arg],
    /// How Rust writes it.
    pub syntax: Syntax,
    /// How people write it.
    pub notation: Notation,
    /// Its name in `libm` (for `f64`; the one for `f32` has an `f` after it).
    pub libm: Option<&'static str>,
    /// About how many instructions it takes.
    pub cost: u32,
    /// `Some(c)`: the sum of the arguments, each times its coefficient in `c`.
    pub linear: Option<&'static [f64]>,
    /// `Some(e)`: the product of the arguments, each to the power `(p, q) = p/q` in `e`.
    pub monomial: Option<&'static [(i32, i32)]>,
    /// What `f(-x)` is.
    pub parity: Parity,
    /// Whether the first two arguments may change places.
    pub commutative: bool,
    /// Whether it yields a truth value.
    pub boolean: bool,
    /// Whether finite arguments always give a finite result, but for overflow.
    pub total: bool,
    /// Where it is defined.
    pub domain: fn(&[f64]) -> bool,
    /// What the derivative is where there is none, for the documentation.
    pub kink: &'static str,
}

const ROW: Spec = Spec {
    name: "",
    args: &[],
    syntax: Syntax::Method,
    notation: Notation::Plain,
    libm: None,
    cost: 1,
    linear: None,
    monomial: None,
    parity: Parity::Neither,
    commutative: false,
    boolean: false,
    total: false,
    domain: |_| true,
    kink: "",
};

macro_rules! ops {
    ($(
        $(#[doc = $doc:literal])*
        $Variant:ident $name:ident ($first:ident in $first_range:expr $(, $arg:ident in $range:expr)*) -> $y:tt
            = $eval:expr => [$($partial:expr),*] { $($key:ident: $value:expr),* };
    )*) => {
        /// An operation of the table.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Op { $($(#[doc = $doc])* $Variant,)* }

        impl Op {
            /// Every operation, in the table's order.
            pub const ALL: &'static [Op] = &[$(Op::$Variant),*];

            /// The row's facts.
            pub fn spec(self) -> &'static Spec {
                const SPECS: &[Spec] = &[$(Spec {
                    name: stringify!($name),
                    args: &[$first_range $(, $range)*],
                    $($key: $value,)*
                    ..ROW
                }),*];
                &SPECS[self as usize]
            }

            /// Its value, in `f64`; truth values are 1 and 0.
            pub fn evaluate(self, args: &[f64]) -> f64 {
                match self {$(
                    Op::$Variant => {
                        let [$first $(, $arg)*] = *args else { return f64::NAN };
                        $eval
                    }
                )*}
            }

            /// The partial derivative by argument `i`, given the arguments and the result.
            #[allow(unused_variables)]
            pub(crate) fn partial<'g>(self, i: usize, args: &[Expr<'g>], result: Expr<'g>) -> Expr<'g> {
                let graph = result.graph;
                match self {$(
                    Op::$Variant => {
                        let [$first $(, $arg)*] = *args else { return graph.constant(f64::NAN) };
                        let $y = result;
                        let partials: &[&dyn Fn() -> Expr<'g>] = &[$(&|| $partial.lift(graph)),*];
                        partials[i]()
                    }
                )*}
            }
        }

        /// The operations of the table, as methods.
        #[allow(clippy::should_implement_trait)]
        impl<'g> Expr<'g> {$(
            $(#[doc = $doc])*
            pub fn $name(self $(, $arg: impl Lift<'g>)*) -> Expr<'g> {
                self.graph.build(Op::$Variant, &[self $(, $arg.lift(self.graph))*])
            }
        )*}
    };
}

ops! {
    // Arithmetic.
    /// `x + y`
    Add add(x in real(-4.0..4.0), y in real(-4.0..4.0)) -> _ = x + y => [1.0, 1.0]
        { syntax: Syntax::Infix("+", 10), linear: Some(&[1.0, 1.0]), commutative: true, total: true };
    /// `x - y`
    Sub sub(x in real(-4.0..4.0), y in real(-4.0..4.0)) -> _ = x - y => [1.0, -1.0]
        { syntax: Syntax::Infix("-", 10), linear: Some(&[1.0, -1.0]), total: true };
    /// `-x`
    Neg neg(x in real(-4.0..4.0)) -> _ = -x => [-1.0]
        { syntax: Syntax::Prefix("-"), linear: Some(&[-1.0]), parity: Parity::Odd, total: true };
    /// `x * y`
    Mul mul(x in real(-4.0..4.0), y in real(-4.0..4.0)) -> _ = x * y => [y, x]
        { syntax: Syntax::Infix("*", 11), monomial: Some(&[(1, 1), (1, 1)]), commutative: true, total: true };
    /// `x / y`
    Div div(x in real(-4.0..4.0), y in real(0.1..4.0)) -> q = x / y => [1.0 / y, -q / y]
        { syntax: Syntax::Infix("/", 11), monomial: Some(&[(1, 1), (-1, 1)]), cost: 4 };
    /// `x % y`: the remainder with the sign of `x`
    Rem rem(x in real(-4.0..4.0), y in real(0.1..4.0)) -> r = x % y => [1.0, -((x - r) / y)]
        { syntax: Syntax::Infix("%", 11), libm: Some("fmod"), cost: 20,
          kink: "(x % y)' = (1, -trunc(x/y))" };

    // Choice.
    /// `x < y`
    Lt lt(x in real(-4.0..4.0), y in real(-4.0..4.0)) -> _ = f64::from(x < y) => [0.0, 0.0]
        { syntax: Syntax::Infix("<", 5), boolean: true };
    /// `x <= y`
    Le le(x in real(-4.0..4.0), y in real(-4.0..4.0)) -> _ = f64::from(x <= y) => [0.0, 0.0]
        { syntax: Syntax::Infix("<=", 5), boolean: true };
    /// `x > y`
    Gt gt(x in real(-4.0..4.0), y in real(-4.0..4.0)) -> _ = f64::from(x > y) => [0.0, 0.0]
        { syntax: Syntax::Infix(">", 5), boolean: true };
    /// `x >= y`
    Ge ge(x in real(-4.0..4.0), y in real(-4.0..4.0)) -> _ = f64::from(x >= y) => [0.0, 0.0]
        { syntax: Syntax::Infix(">=", 5), boolean: true };
    /// `x == y`
    Eq eq(x in real(-4.0..4.0), y in real(-4.0..4.0)) -> _ = f64::from(x == y) => [0.0, 0.0]
        { syntax: Syntax::Infix("==", 5), boolean: true };
    /// `x != y`
    Ne ne(x in real(-4.0..4.0), y in real(-4.0..4.0)) -> _ = f64::from(x != y) => [0.0, 0.0]
        { syntax: Syntax::Infix("!=", 5), boolean: true };
    /// `a && b`
    And and(a in flag(), b in flag()) -> _ = f64::from(a != 0.0 && b != 0.0) => [0.0, 0.0]
        { syntax: Syntax::Infix("&&", 4), boolean: true };
    /// `a || b`
    Or or(a in flag(), b in flag()) -> _ = f64::from(a != 0.0 || b != 0.0) => [0.0, 0.0]
        { syntax: Syntax::Infix("||", 3), boolean: true };
    /// `!a`
    Not not(a in flag()) -> _ = f64::from(a == 0.0) => [0.0]
        { syntax: Syntax::Prefix("!"), boolean: true };
    /// `if a { x } else { y }`, both computed
    Select select(a in flag(), x in real(-4.0..4.0), y in real(-4.0..4.0)) -> _
        = if a != 0.0 { x } else { y } => [0.0, a.select(1.0, 0.0), a.select(0.0, 1.0)]
        { syntax: Syntax::Choice, cost: 2, total: true };

    // Powers.
    /// `x` to a whole power
    Powi powi(x in real(0.2..4.0), n in int(-4.0..5.0)) -> _ = powi(x, n) => [powi_partial(x, n), 0.0]
        { notation: Notation::Power, cost: 4 };
    /// `√x`
    Sqrt sqrt(x in real(0.0..9.0)) -> y = x.sqrt() => [0.5 / y]
        { notation: Notation::Root(2), libm: Some("sqrt"), monomial: Some(&[(1, 2)]), cost: 5, domain: |a| a[0] >= 0.0, kink: "inf at 0" };

    // Exponentials and logarithms.
    /// The exponential function
    Exp exp(x in real(-4.0..4.0)) -> y = x.exp() => [y]
        { notation: Notation::Exponential("e"), libm: Some("exp"), cost: 52, total: true };
    /// The natural logarithm
    Ln ln(x in real(0.1..9.0)) -> _ = x.ln() => [1.0 / x]
        { libm: Some("log"), cost: 52, domain: |a| a[0] > 0.0 };

    // Trigonometry.
    /// The sine of an angle in radians
    Sin sin(x in real(-6.0..6.0)) -> _ = x.sin() => [x.cos()]
        { libm: Some("sin"), cost: 72, parity: Parity::Odd, total: true };
    /// The cosine of an angle in radians
    Cos cos(x in real(-6.0..6.0)) -> _ = x.cos() => [-x.sin()]
        { libm: Some("cos"), cost: 72, parity: Parity::Even, total: true };

    // Pieces.
    /// `|x|`
    Abs abs(x in real(-4.0..4.0)) -> _ = x.abs()
        => [x.gt(0.0).select(1.0, x.lt(0.0).select(-1.0, 0.0))]
        { notation: Notation::Fence("|", "|"), libm: Some("fabs"), parity: Parity::Even, total: true, kink: "0 at 0" };
    /// The larger of two numbers
    Max max(x in real(-4.0..4.0), y in real(-4.0..4.0)) -> _ = x.max(y)
        => [x.gt(y).select(1.0, 0.0), x.gt(y).select(0.0, 1.0)]
        { libm: Some("fmax"), cost: 3, total: true, kink: "at a tie the second argument's" };
}

fn powi(x: f64, n: f64) -> f64 {
    x.powi(n as i32)
}

/// n·xⁿ⁻¹, with nothing special at n = 0 and at the smallest integer.
fn powi_partial<'g>(x: Expr<'g>, n: Expr<'g>) -> Expr<'g> {
    match n.as_constant() {
        Some(0.0) => x.graph.constant(0.0),
        Some(k) => k * x.powi(k - 1.0),
        None => todo!("a row of its own"),
    }
}

impl Graph {
    /// The node for an operation, but for what is trivial: constants are folded where the result is
    /// exact, neutral elements dropped, and nothing is multiplied by a structural zero.
    pub(crate) fn build<'g>(&'g self, op: Op, args: &[Expr<'g>]) -> Expr<'g> {
        let spec = op.spec();
        let constants: Option<Vec<f64>> = args.iter().map(|arg| arg.as_constant()).collect();
        if let Some(values) = constants
            && (spec.linear.is_some() || spec.monomial.is_some())
        {
            let value = op.evaluate(&values);
            if value.is_finite() && (value == value.round() || spec.cost == 1) {
                return self.constant(value);
            }
        }
        if let Some(coefficients) = spec.linear {
            let kept: Vec<usize> = (0..args.len()).filter(|&i| !args[i].is_zero()).collect();
            match kept[..] {
                [] => return self.constant(0.0),
                [i] if coefficients[i] == 1.0 => return args[i],
                [i] => return self.negate(args[i]),
                _ => {}
            }
            if let ([a, b], [1.0, 1.0]) = (args, coefficients)
                && let Some(merged) = merge_choices(*a, *b)
            {
                return merged;
            }
        }
        if let Some(exponents) = spec.monomial {
            if (0..args.len()).any(|i| args[i].is_zero() && exponents[i].0 > 0) {
                return self.constant(0.0);
            }
            let kept: Vec<usize> = (0..args.len()).filter(|&i| args[i].as_constant() != Some(1.0)).collect();
            match kept[..] {
                [] => return self.constant(1.0),
                [i] if exponents[i] == (1, 1) => return args[i],
                _ => {}
            }
            if let Some(i) = (0..args.len()).find(|&i| args[i].as_constant() == Some(-1.0))
                && args.len() == 2
                && exponents[1 - i] == (1, 1)
            {
                return self.negate(args[1 - i]);
            }
            // Nothing may be multiplied by a masked zero: it could be an infinity. So the choice
            // moves outwards, and the product is only looked at where the mask lets it through.
            for i in (0..args.len()).filter(|&i| exponents[i] == (1, 1)) {
                if let Some((condition, yes, no)) = args[i].as_choice()
                    && (yes.is_zero() || no.is_zero())
                {
                    let arm = |value: Expr<'g>| {
                        let mut args = args.to_vec();
                        args[i] = value;
                        self.build(op, &args)
                    };
                    return condition.select(arm(yes), arm(no));
                }
            }
        }
        if op == Op::Powi {
            match args[1].as_constant() {
                Some(0.0) => return self.constant(1.0),
                Some(1.0) => return args[0],
                _ => {}
            }
        }
        if op == Op::Select && args[1] == args[2] {
            return args[1];
        }
        self.raw(op, args)
    }

    fn negate<'g>(&'g self, arg: Expr<'g>) -> Expr<'g> {
        if let Some(value) = arg.as_constant() {
            return self.constant(-value);
        }
        match arg.kind() {
            Kind::Op(Op::Neg) => arg.args()[0],
            Kind::Op(Op::Select) if arg.args()[1..].iter().any(|arm| arm.is_zero()) => {
                let [condition, yes, no] = arg.args()[..] else { unreachable!("three arguments") };
                condition.select(self.negate(yes), self.negate(no))
            }
            _ => self.raw(Op::Neg, &[arg]),
        }
    }
}

/// `if c {a} else {0} + if c {0} else {b}` is `if c {a} else {b}`.
fn merge_choices<'g>(a: Expr<'g>, b: Expr<'g>) -> Option<Expr<'g>> {
    let (condition, yes, no) = a.as_choice()?;
    let (other, other_yes, other_no) = b.as_choice()?;
    let disjoint = (yes.is_zero() || other_yes.is_zero()) && (no.is_zero() || other_no.is_zero());
    (condition == other && disjoint).then(|| condition.select(yes + other_yes, no + other_no))
}

impl<'g> Expr<'g> {
    /// The condition and the two arms, if it is a choice.
    pub(crate) fn as_choice(self) -> Option<(Expr<'g>, Expr<'g>, Expr<'g>)> {
        match (self.kind(), &self.args()[..]) {
            (Kind::Op(Op::Select), &[condition, yes, no]) => Some((condition, yes, no)),
            _ => None,
        }
    }

    /// Zero wherever it is zero, with a guard: whatever it is multiplied by is then not looked at.
    pub(crate) fn masked(self) -> Expr<'g> {
        self.ne(0.0).select(self, 0.0)
    }
}

macro_rules! operators {
    ($($Trait:ident $method:ident $Op:ident;)*) => {$(
        impl<'g, R: Lift<'g>> std::ops::$Trait<R> for Expr<'g> {
            type Output = Expr<'g>;
            fn $method(self, other: R) -> Expr<'g> {
                self.graph.build(Op::$Op, &[self, other.lift(self.graph)])
            }
        }
        impl<'g> std::ops::$Trait<Expr<'g>> for f64 {
            type Output = Expr<'g>;
            fn $method(self, other: Expr<'g>) -> Expr<'g> {
                other.graph.build(Op::$Op, &[self.lift(other.graph), other])
            }
        }
    )*};
}

operators! {
    Add add Add;
    Sub sub Sub;
    Mul mul Mul;
    Div div Div;
    Rem rem Rem;
}

impl<'g> std::ops::Neg for Expr<'g> {
    type Output = Expr<'g>;
    fn neg(self) -> Expr<'g> {
        self.graph.negate(self)
    }
}
