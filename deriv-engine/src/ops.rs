//! THE table of operations.
//!
//! A row holds all there is to know of an operation; the macro below turns the rows into the [`Op`]
//! enum, the [`Spec`]s and the builder methods of [`Expr`]. Nothing outside this file names an
//! operation, so adding one is adding a row.

use crate::graph::{Expr, Graph, Kind, Lift};
use crate::list::List;
use std::f64::consts::{LN_2, LN_10, LOG2_E, LOG10_E};
use std::ops::Range;

#[cfg(test)]
mod accuracy;
#[cfg(test)]
mod tests;

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
    /// `if a != 0.0 { a * b } else { 0.0 }`.
    Mask,
    /// `a as f64`: an integer as a number of the node's type.
    As,
    /// `i32::name(a, b)`, of integers.
    IntMethod,
    /// `libm::name(a)`: only `libm` has it. For `f32` an `f` comes after the name.
    Libm,
    /// `name(a)`, a function of the facade's module `special`. For `f32` an `f` comes after the name.
    Special,
}

/// How people write an operation, where that is not as a call or by its [`Syntax`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Notation {
    /// `name(a, b)`, unless the syntax or the `linear` and `monomial` facts say more.
    Plain,
    /// `a + b`, though it is not quite that.
    Sum,
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
    /// What `f(-x)` is, bit for bit. (The standard library's `atanh` is odd only up to rounding, and
    /// `fract` but for the sign of 0.)
    pub parity: Parity,
    /// Whether the first two arguments may change places.
    pub commutative: bool,
    /// Whether it yields a truth value.
    pub boolean: bool,
    /// Whether it yields an integer.
    pub integer: bool,
    /// Whether finite arguments always give a finite result, but for overflow.
    pub total: bool,
    /// No value is less than this.
    pub least: f64,
    /// Where it is defined.
    pub domain: fn(&[f64]) -> bool,
    /// Whether it is there to avoid overflow: its square can overflow or vanish where it does not, so
    /// nothing is divided by the square.
    pub scaled: bool,
    /// How far from the true derivative the partial derivatives may be, in units in the last place,
    /// as long as they neither overflow nor underflow.
    pub ulps: fn(&[f64]) -> f64,
    /// What the derivative is where there is none, for the documentation.
    pub kink: &'static str,
}

impl Spec {
    /// Whether [`Op::evaluate`] needs the feature `special`, and gives NaN without it.
    pub fn needs_special(&self) -> bool {
        matches!(self.syntax, Syntax::Libm | Syntax::Special)
    }
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
    integer: false,
    total: false,
    least: f64::NEG_INFINITY,
    domain: |_| true,
    scaled: false,
    ulps: |_| 4.0,
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
                static SPECS: &[Spec] = &[$({
                    let mut row = ROW;
                    row.name = stringify!($name);
                    row.args = &[$first_range $(, $range)*];
                    $(row.$key = $value;)*
                    row
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
                let mut places = 0..;
                match self {$(
                    Op::$Variant => {
                        let [$first $(, $arg)*] = *args else { return graph.constant(f64::NAN) };
                        let $y = result;
                        $(if places.next() == Some(i) {
                            return $partial.lift(graph);
                        })*
                    }
                )*}
                graph.constant(f64::NAN)
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
        { syntax: Syntax::Infix("/", 11), monomial: Some(&[(1, 1), (-1, 1)]), cost: 4,
          domain: |a| a[1] != 0.0 };
    /// `x % y`: the remainder with the sign of `x`
    Rem rem(x in real(-4.0..4.0), y in real(0.1..4.0)) -> r = x % y => [1.0, -quotient(x, y, r)]
        { syntax: Syntax::Infix("%", 11), libm: Some("fmod"), cost: 34, domain: |a| a[1] != 0.0,
          kink: "everywhere (1, -trunc(x/y))" };
    /// `1 / x`
    Recip recip(x in real(0.1..4.0)) -> y = x.recip() => [-(y * y)]
        { monomial: Some(&[(-1, 1)]), cost: 4, parity: Parity::Odd, domain: |a| a[0] != 0.0 };
    /// `x * y + z`, rounded once
    MulAdd mul_add(x in real(-4.0..4.0), y in real(-4.0..4.0), z in real(-4.0..4.0)) -> _ = x.mul_add(y, z)
        => [y, x, 1.0] { libm: Some("fma"), cost: 20, commutative: true, total: true };
    /// `(x + y) / 2` without overflow
    Midpoint midpoint(x in real(-4.0..4.0), y in real(-4.0..4.0)) -> _ = x.midpoint(y) => [0.5, 0.5]
        { cost: 11, commutative: true, total: true };
    /// Radians in degrees
    ToDegrees to_degrees(x in real(-4.0..4.0)) -> _ = x.to_degrees() => [DEGREES]
        { parity: Parity::Odd, total: true };
    /// Degrees in radians
    ToRadians to_radians(x in real(-90.0..90.0)) -> _ = x.to_radians() => [RADIANS]
        { parity: Parity::Odd, total: true };

    // Integers: they carry no derivative.
    /// The integer `n` as a number
    IntAsReal int_as_real(n in int(-4.0..5.0)) -> _ = n => [0.0] { syntax: Syntax::As, total: true };
    /// `n + k` for integers, held within the range of `i32`
    SaturatingAdd saturating_add(n in int(-4.0..5.0), k in int(-4.0..5.0)) -> _
        = saturating_add(n, k) => [0.0, 0.0]
        { syntax: Syntax::IntMethod, notation: Notation::Sum, integer: true, commutative: true, total: true };

    // Conditions and choice.
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
        { syntax: Syntax::Infix("==", 5), boolean: true, commutative: true };
    /// `x != y`
    Ne ne(x in real(-4.0..4.0), y in real(-4.0..4.0)) -> _ = f64::from(x != y) => [0.0, 0.0]
        { syntax: Syntax::Infix("!=", 5), boolean: true, commutative: true };
    /// `a && b`
    And and(a in flag(), b in flag()) -> _ = f64::from(a != 0.0 && b != 0.0) => [0.0, 0.0]
        { syntax: Syntax::Infix("&&", 4), boolean: true };
    /// `a || b`
    Or or(a in flag(), b in flag()) -> _ = f64::from(a != 0.0 || b != 0.0) => [0.0, 0.0]
        { syntax: Syntax::Infix("||", 3), boolean: true };
    /// `!a`
    Not not(a in flag()) -> _ = f64::from(a == 0.0) => [0.0]
        { syntax: Syntax::Prefix("!"), boolean: true };
    /// Whether `x` is not a number
    IsNan is_nan(x in real(-4.0..4.0)) -> _ = f64::from(x.is_nan()) => [0.0] { boolean: true };
    /// Whether `x` is neither infinite nor NaN
    IsFinite is_finite(x in real(-4.0..4.0)) -> _ = f64::from(x.is_finite()) => [0.0]
        { boolean: true, cost: 2 };
    /// Whether `x` is an infinity
    IsInfinite is_infinite(x in real(-4.0..4.0)) -> _ = f64::from(x.is_infinite()) => [0.0]
        { boolean: true, cost: 2 };
    /// Whether `x` has a minus sign, `-0.0` included
    IsSignNegative is_sign_negative(x in real(-4.0..4.0)) -> _ = f64::from(x.is_sign_negative()) => [0.0]
        { boolean: true };
    /// Whether `x` has no minus sign
    IsSignPositive is_sign_positive(x in real(-4.0..4.0)) -> _ = f64::from(x.is_sign_positive()) => [0.0]
        { boolean: true };
    /// `if a { x } else { y }`, both computed
    Select select(a in flag(), x in real(-4.0..4.0), y in real(-4.0..4.0)) -> _
        = if a != 0.0 { x } else { y } => [0.0, a.select(1.0, 0.0), a.select(0.0, 1.0)]
        { syntax: Syntax::Choice, cost: 2, total: true };
    /// `t * p`, but zero wherever `t` is: for a `t` that is zero because something else was chosen
    Mask mask(t in real(-4.0..4.0), p in real(-4.0..4.0)) -> _ = if t != 0.0 { t * p } else { 0.0 }
        => [p, t.mask(1.0)]
        { syntax: Syntax::Mask, cost: 3, total: true };

    // Powers.
    /// `x` to a whole power
    Powi powi(x in real(0.2..4.0), n in int(-4.0..5.0)) -> _ = powi(x, n) => [powi_partial(x, n), 0.0]
        { notation: Notation::Power, cost: 4, domain: |a| a[0] != 0.0 || a[1] >= 0.0,
          ulps: |a| 4.0f64.max(a[1].abs() / 2.0) };
    /// `x` to the power `y`
    Powf powf(x in real(0.1..4.0), y in real(-4.0..4.0)) -> z = x.powf(y)
        => [powf_partial(x, y), x.eq(0.0).and(y.ge(0.0)).select(0.0, z * x.ln())]
        { notation: Notation::Power, libm: Some("pow"), cost: 127, domain: powf_domain, ulps: powf_ulps,
          kink: "at x = 0 in the base the limit, and 0 for y = 0; in the exponent 0 for y >= 0. \
                 In the exponent NaN for x < 0" };
    /// `√x`
    Sqrt sqrt(x in real(0.0..9.0)) -> y = x.sqrt() => [0.5 / y]
        { notation: Notation::Root(2), libm: Some("sqrt"), monomial: Some(&[(1, 2)]), cost: 5,
          domain: |a| a[0] >= 0.0, kink: "inf at 0" };
    /// `∛x`
    Cbrt cbrt(x in real(-9.0..9.0)) -> y = x.cbrt() => [1.0 / (3.0 * (y * y))]
        { notation: Notation::Root(3), libm: Some("cbrt"), monomial: Some(&[(1, 3)]), cost: 159,
          parity: Parity::Odd, total: true, kink: "inf at 0" };
    /// `√(x² + y²)` without overflow
    Hypot hypot(x in real(-4.0..4.0), y in real(-4.0..4.0)) -> h = x.hypot(y)
        => [h.ne(0.0).select(x / h, 0.0), h.ne(0.0).select(y / h, 0.0)]
        { libm: Some("hypot"), cost: 53, commutative: true, total: true, least: 0.0, scaled: true,
          kink: "(0, 0) at (0, 0)" };

    // Exponentials and logarithms.
    /// The exponential function
    Exp exp(x in real(-4.0..4.0)) -> y = x.exp() => [y]
        { notation: Notation::Exponential("e"), libm: Some("exp"), cost: 52, total: true, least: 0.0 };
    /// `2` to the power `x`
    Exp2 exp2(x in real(-4.0..4.0)) -> y = x.exp2() => [LN_2 * y]
        { notation: Notation::Exponential("2"), libm: Some("exp2"), cost: 42, total: true, least: 0.0 };
    /// `10` to the power `x`
    Exp10 exp10(x in real(-2.0..2.0)) -> y = exp10(x) => [LN_10 * y]
        { notation: Notation::Exponential("10"), syntax: Syntax::Libm, libm: Some("exp10"), cost: 127,
          total: true, least: 0.0 };
    /// `eˣ - 1`, accurate near 0
    ExpM1 exp_m1(x in real(-4.0..4.0)) -> _ = x.exp_m1() => [x.exp()]
        { libm: Some("expm1"), cost: 59, total: true };
    /// The natural logarithm
    Ln ln(x in real(0.1..9.0)) -> _ = x.ln() => [1.0 / x]
        { libm: Some("log"), cost: 52, domain: |a| a[0] > 0.0 };
    /// `ln(1 + x)`, accurate near 0
    Ln1p ln_1p(x in real(-0.8..4.0)) -> _ = x.ln_1p() => [1.0 / (1.0 + x)]
        { libm: Some("log1p"), cost: 78, domain: |a| a[0] > -1.0 };
    /// The logarithm of `x` to the base `b`
    Log log(x in real(0.1..9.0), b in real(1.5..12.0)) -> y = x.log(b)
        => [1.0 / (x * b.ln()), -y / (b * b.ln())]
        { cost: 114, domain: |a| a[0] > 0.0 && a[1] > 0.0 && a[1] != 1.0 };
    /// The logarithm to the base 2
    Log2 log2(x in real(0.1..9.0)) -> _ = x.log2() => [LOG2_E / x]
        { libm: Some("log2"), cost: 53, domain: |a| a[0] > 0.0 };
    /// The logarithm to the base 10
    Log10 log10(x in real(0.1..9.0)) -> _ = x.log10() => [LOG10_E / x]
        { libm: Some("log10"), cost: 87, domain: |a| a[0] > 0.0 };

    // Trigonometry.
    /// The sine of an angle in radians
    Sin sin(x in real(-6.0..6.0)) -> _ = x.sin() => [x.cos()]
        { libm: Some("sin"), cost: 72, parity: Parity::Odd, total: true };
    /// The cosine of an angle in radians
    Cos cos(x in real(-6.0..6.0)) -> _ = x.cos() => [-x.sin()]
        { libm: Some("cos"), cost: 72, parity: Parity::Even, total: true };
    /// The tangent of an angle in radians
    Tan tan(x in real(-1.4..1.4)) -> y = x.tan() => [1.0 + y * y]
        { libm: Some("tan"), cost: 71, parity: Parity::Odd, total: true };
    /// The angle whose sine is `x`
    Asin asin(x in real(-0.9..0.9)) -> _ = x.asin() => [1.0 / ((1.0 - x) * (1.0 + x)).sqrt()]
        { libm: Some("asin"), cost: 61, parity: Parity::Odd, domain: |a| a[0].abs() <= 1.0,
          kink: "inf at -1 and 1" };
    /// The angle whose cosine is `x`
    Acos acos(x in real(-0.9..0.9)) -> _ = x.acos() => [-1.0 / ((1.0 - x) * (1.0 + x)).sqrt()]
        { libm: Some("acos"), cost: 67, domain: |a| a[0].abs() <= 1.0, kink: "-inf at -1 and 1" };
    /// The angle whose tangent is `x`
    Atan atan(x in real(-4.0..4.0)) -> _ = x.atan() => [1.0 / (1.0 + x * x)]
        { libm: Some("atan"), cost: 60, parity: Parity::Odd, total: true };
    /// The angle of the point `(x, y)`
    Atan2 atan2(y in real(0.1..4.0), x in real(-4.0..4.0)) -> _ = y.atan2(x)
        => [over_square_norm(x, x, y), -over_square_norm(y, x, y)]
        { libm: Some("atan2"), cost: 142, total: true,
          kink: "NaN at (0, 0); across the jump at x < 0, y = 0 that of the angle" };

    // Hyperbolic functions.
    // It takes 100, but tanh, which stands for sinh/cosh, has values where both overflow, and so is to be preferred.
    /// The hyperbolic sine
    Sinh sinh(x in real(-4.0..4.0)) -> _ = x.sinh() => [x.cosh()]
        { libm: Some("sinh"), cost: 118, parity: Parity::Odd, total: true };
    /// The hyperbolic cosine
    Cosh cosh(x in real(-4.0..4.0)) -> _ = x.cosh() => [x.sinh()]
        { libm: Some("cosh"), cost: 68, parity: Parity::Even, total: true, least: 1.0 };
    /// The hyperbolic tangent
    Tanh tanh(x in real(-4.0..4.0)) -> _ = x.tanh() => [square(1.0 / x.cosh())]
        { libm: Some("tanh"), cost: 108, parity: Parity::Odd, total: true };
    /// The inverse of the hyperbolic sine
    Asinh asinh(x in real(-4.0..4.0)) -> _ = x.asinh() => [1.0 / x.hypot(1.0)]
        { libm: Some("asinh"), cost: 155, parity: Parity::Odd, total: true };
    /// The inverse of the hyperbolic cosine
    Acosh acosh(x in real(1.1..9.0)) -> _ = x.acosh() => [1.0 / ((x - 1.0).sqrt() * (x + 1.0).sqrt())]
        { libm: Some("acosh"), cost: 64, domain: |a| a[0] >= 1.0, kink: "inf at 1" };
    /// The inverse of the hyperbolic tangent
    Atanh atanh(x in real(-0.9..0.9)) -> _ = x.atanh() => [1.0 / ((1.0 - x) * (1.0 + x))]
        { libm: Some("atanh"), cost: 77, domain: |a| a[0].abs() < 1.0 };

    // Pieces.
    /// `|x|`
    Abs abs(x in real(-4.0..4.0)) -> _ = x.abs() => [x.ne(0.0).select(x.signum(), 0.0)]
        { notation: Notation::Fence("|", "|"), libm: Some("fabs"), parity: Parity::Even, total: true, least: 0.0,
          kink: "0 at 0" };
    /// `1` or `-1`, as the sign of `x` is
    Signum signum(x in real(-4.0..4.0)) -> _ = x.signum() => [0.0]
        { cost: 8, parity: Parity::Odd, total: true, kink: "0 everywhere" };
    /// `|x|` with the sign of `s`
    Copysign copysign(x in real(-4.0..4.0), s in real(-4.0..4.0)) -> _ = x.copysign(s)
        => [x.ne(0.0).select(x.signum() * x.graph.constant(1.0).copysign(s), 0.0), 0.0]
        { libm: Some("copysign"), cost: 3, total: true, kink: "0 at x = 0; in the sign 0 everywhere" };
    /// The larger of two numbers
    Max max(x in real(-4.0..4.0), y in real(-4.0..4.0)) -> m = x.max(y)
        => [picks_first(x, y, m, Expr::gt).select(1.0, 0.0), picks_first(x, y, m, Expr::gt).select(0.0, 1.0)]
        { libm: Some("fmax"), cost: 9, total: true,
          kink: "at a tie the second argument's; where one is NaN, the other's" };
    /// The smaller of two numbers
    Min min(x in real(-4.0..4.0), y in real(-4.0..4.0)) -> m = x.min(y)
        => [picks_first(x, y, m, Expr::lt).select(1.0, 0.0), picks_first(x, y, m, Expr::lt).select(0.0, 1.0)]
        { libm: Some("fmin"), cost: 9, total: true,
          kink: "at a tie the second argument's; where one is NaN, the other's" };
    /// `x - y`, but not below 0
    Fdim fdim(x in real(-4.0..4.0), y in real(-4.0..4.0)) -> _ = fdim(x, y)
        => [x.gt(y).select(1.0, 0.0), x.gt(y).select(-1.0, 0.0)]
        { syntax: Syntax::Libm, libm: Some("fdim"), cost: 4, total: true, kink: "(0, 0) at a tie" };
    /// `x` held between `low` and `high`
    Clamp clamp(x in real(-4.0..4.0), low in real(-3.0..-1.0), high in real(1.0..3.0)) -> _
        = clamp(x, low, high)
        => [x.ge(low).and(x.le(high)).select(1.0, 0.0), x.lt(low).select(1.0, 0.0),
            x.gt(high).select(1.0, 0.0)]
        { cost: 4, domain: |a| a[1] <= a[2], kink: "at an edge that of x" };
    /// The largest integer that is not above `x`
    Floor floor(x in real(-4.0..4.0)) -> _ = x.floor() => [0.0]
        { notation: Notation::Fence("⌊", "⌋"), libm: Some("floor"), cost: 13, total: true,
          kink: "0 everywhere" };
    /// The smallest integer that is not below `x`
    Ceil ceil(x in real(-4.0..4.0)) -> _ = x.ceil() => [0.0]
        { notation: Notation::Fence("⌈", "⌉"), libm: Some("ceil"), cost: 13, total: true,
          kink: "0 everywhere" };
    /// The nearest integer, halves away from 0
    Round round(x in real(-4.0..4.0)) -> _ = x.round() => [0.0]
        { libm: Some("round"), cost: 24, parity: Parity::Odd, total: true, kink: "0 everywhere" };
    /// The nearest integer, halves to the even one
    RoundTiesEven round_ties_even(x in real(-4.0..4.0)) -> _ = x.round_ties_even() => [0.0]
        { libm: Some("rint"), cost: 15, parity: Parity::Odd, total: true, kink: "0 everywhere" };
    /// `x` without its fraction
    Trunc trunc(x in real(-4.0..4.0)) -> _ = x.trunc() => [0.0]
        { libm: Some("trunc"), cost: 19, parity: Parity::Odd, total: true, kink: "0 everywhere" };
    /// The fraction of `x`, with its sign
    Fract fract(x in real(-4.0..4.0)) -> _ = x.fract() => [1.0]
        { cost: 26, total: true, kink: "1 everywhere" };
    /// The remainder that is never negative
    RemEuclid rem_euclid(x in real(-4.0..4.0), y in real(0.1..4.0)) -> r = x.rem_euclid(y)
        => [1.0, -quotient(x, y, r)]
        { cost: 50, domain: |a| a[1] != 0.0, kink: "everywhere (1, -x.div_euclid(y))" };
    /// The quotient that belongs to `rem_euclid`
    DivEuclid div_euclid(x in real(-4.0..4.0), y in real(0.1..4.0)) -> _ = x.div_euclid(y) => [0.0, 0.0]
        { cost: 67, domain: |a| a[1] != 0.0, kink: "0 everywhere" };
    /// The remainder of the division rounded to the nearest integer, halves to the even one
    Remainder remainder(x in real(-4.0..4.0), y in real(0.1..4.0)) -> r = remainder(x, y)
        => [1.0, -quotient(x, y, r)]
        { syntax: Syntax::Libm, libm: Some("remainder"), cost: 40, domain: |a| a[1] != 0.0,
          kink: "everywhere (1, -round_ties_even(x/y))" };

    // Special functions.
    /// The error function
    Erf erf(x in real(-2.0..2.0)) -> _ = erf(x) => [bell(x)]
        { syntax: Syntax::Libm, libm: Some("erf"), cost: 80, parity: Parity::Odd, total: true,
          ulps: bell_ulps };
    /// The complementary error function, `1 - erf(x)`
    Erfc erfc(x in real(-2.0..2.0)) -> _ = erfc(x) => [-bell(x)]
        { syntax: Syntax::Libm, libm: Some("erfc"), cost: 80, total: true, ulps: bell_ulps };
    /// The gamma function
    Tgamma tgamma(x in real(0.2..5.0)) -> y = tgamma(x) => [y * x.digamma()]
        { syntax: Syntax::Libm, libm: Some("tgamma"), cost: 150, domain: not_a_pole, ulps: |_| 8.0 };
    /// The logarithm of the gamma function's absolute value
    Lgamma lgamma(x in real(0.2..9.0)) -> _ = lgamma(x) => [x.digamma()]
        { syntax: Syntax::Libm, libm: Some("lgamma"), cost: 120, domain: not_a_pole };
    /// The derivative of `lgamma`
    Digamma digamma(x in real(0.2..9.0)) -> _ = digamma(x) => [x.trigamma()]
        { syntax: Syntax::Special, cost: 100, domain: not_a_pole };
    /// The second derivative of `lgamma`
    Trigamma trigamma(x in real(0.2..9.0)) -> _ = trigamma(x) => [integer(x, 2).polygamma(x)]
        { syntax: Syntax::Special, cost: 120, domain: not_a_pole };
    /// The `n`-th derivative of `digamma`, `n` from 0
    Polygamma polygamma(n in int(0.0..5.0), x in real(0.2..9.0)) -> _ = polygamma(n, x)
        => [0.0, shift(n, 1).polygamma(x)]
        { syntax: Syntax::Special, cost: 400, domain: |a| a[0] >= 0.0 && not_a_pole(&a[1..]),
          ulps: |a| 8.0 + a[0] };
    /// The Bessel function of the first kind of order 0
    J0 j0(x in real(-9.0..9.0)) -> _ = j0(x) => [-x.j1()]
        { syntax: Syntax::Libm, libm: Some("j0"), cost: 150, parity: Parity::Even, total: true };
    /// The Bessel function of the first kind of order 1
    J1 j1(x in real(-9.0..9.0)) -> _ = j1(x) => [0.5 * (x.j0() - integer(x, 2).jn(x))]
        { syntax: Syntax::Libm, libm: Some("j1"), cost: 150, parity: Parity::Odd, total: true };
    /// The Bessel function of the first kind of order `n`
    Jn jn(n in int(-4.0..5.0), x in real(-9.0..9.0)) -> _ = jn(n, x)
        => [0.0, 0.5 * (shift(n, -1).jn(x) - shift(n, 1).jn(x))]
        { syntax: Syntax::Libm, libm: Some("jn"), cost: 400, total: true, ulps: |_| 8.0 };
    /// The Bessel function of the second kind of order 0
    Y0 y0(x in real(0.2..9.0)) -> _ = y0(x) => [-x.y1()]
        { syntax: Syntax::Libm, libm: Some("y0"), cost: 200, domain: |a| a[0] > 0.0 };
    /// The Bessel function of the second kind of order 1
    Y1 y1(x in real(0.2..9.0)) -> y = y1(x) => [x.y0() - y / x]
        { syntax: Syntax::Libm, libm: Some("y1"), cost: 200, domain: |a| a[0] > 0.0 };
    /// The Bessel function of the second kind of order `n`
    Yn yn(n in int(-4.0..5.0), x in real(0.2..9.0)) -> _ = yn(n, x)
        => [0.0, 0.5 * (shift(n, -1).yn(x) - shift(n, 1).yn(x))]
        { syntax: Syntax::Libm, libm: Some("yn"), cost: 500, domain: |a| a[1] > 0.0, ulps: |_| 8.0 };
}

/// Names that stand for several operations at once, whose results make a tuple.
const PAIRS: &[(&[&str], &[Op])] = &[(&["sin_cos", "sincos"], &[Op::Sin, Op::Cos])];

/// Second names in `libm`.
const ALIASES: &[(&str, Op)] = &[("roundeven", Op::RoundTiesEven)];

/// Finding a row by what the source says.
impl Op {
    /// The method of `f64` and of `num_traits::Float` with this name.
    pub fn by_name(name: &str) -> Option<Op> {
        Op::find(|spec| spec.syntax == Syntax::Method && spec.name == name)
    }

    /// The function of `libm` with this name, for `f64` (`pow`) or for `f32` (`powf`). The arguments
    /// have the row's order.
    pub fn by_libm(name: &str) -> Option<Op> {
        let exact = |name: &str| {
            let alias = ALIASES.iter().find(|(alias, _)| *alias == name);
            alias.map(|(_, op)| *op).or_else(|| Op::find(|spec| spec.libm == Some(name)))
        };
        exact(name).or_else(|| exact(name.strip_suffix('f')?))
    }

    /// The function of the facade's module `special` with this name, for `f64` or `f32`.
    pub fn by_special(name: &str) -> Option<Op> {
        let exact = |name: &str| Op::find(|spec| spec.syntax == Syntax::Special && spec.name == name);
        exact(name).or_else(|| exact(name.strip_suffix('f')?))
    }

    /// The binary operator with this token.
    pub fn infix(token: &str) -> Option<Op> {
        Op::find(|spec| matches!(spec.syntax, Syntax::Infix(known, _) if known == token))
    }

    /// The unary operator with this token.
    pub fn prefix(token: &str) -> Option<Op> {
        Op::find(|spec| matches!(spec.syntax, Syntax::Prefix(known) if known == token))
    }

    /// The operations of one argument that a name computes together: `sin_cos`, in `libm` `sincos`.
    pub fn pair(name: &str) -> Option<&'static [Op]> {
        let base = name.strip_suffix('f').unwrap_or(name);
        PAIRS.iter().find(|(names, _)| names.contains(&base)).map(|(_, ops)| *ops)
    }

    /// The name, for std and `libm`, of what computes this operation and others of the same argument at
    /// once, and all of those.
    #[doc(hidden)]
    pub fn shared(self) -> Option<(&'static [&'static str], &'static [Op])> {
        PAIRS.iter().find(|(_, ops)| ops.contains(&self)).copied()
    }

    fn find(fits: impl Fn(&Spec) -> bool) -> Option<Op> {
        Op::ALL.iter().copied().find(|op| fits(op.spec()))
    }
}

/// Degrees in a radian, and radians in a degree.
const DEGREES: f64 = 180.0 / std::f64::consts::PI;
const RADIANS: f64 = std::f64::consts::PI / 180.0;

fn powi(x: f64, n: f64) -> f64 {
    x.powi(n as i32)
}

fn saturating_add(n: f64, k: f64) -> f64 {
    f64::from((n as i32).saturating_add(k as i32))
}

/// `f64::clamp` panics where the edges are in the wrong order.
fn clamp(x: f64, low: f64, high: f64) -> f64 {
    if low <= high { x.clamp(low, high) } else { f64::NAN }
}

/// The evaluators that the standard library has not: NaN without the feature `special`.
macro_rules! special {
    ($($krate:ident::$name:ident($($arg:ident: $Type:ty),*);)*) => {$(
        fn $name($($arg: f64),*) -> f64 {
            #[cfg(feature = "special")]
            return $krate::$name($($arg as $Type),*);
            #[cfg(not(feature = "special"))]
            return [f64::NAN, $($arg),*][0];
        }
    )*};
}

special! {
    libm::exp10(x: f64);
    libm::fdim(x: f64, y: f64);
    libm::remainder(x: f64, y: f64);
    libm::erf(x: f64);
    libm::erfc(x: f64);
    libm::tgamma(x: f64);
    libm::lgamma(x: f64);
    libm::j0(x: f64);
    libm::j1(x: f64);
    libm::jn(n: i32, x: f64);
    libm::y0(x: f64);
    libm::y1(x: f64);
    libm::yn(n: i32, x: f64);
    deriv_special::digamma(x: f64);
    deriv_special::trigamma(x: f64);
    deriv_special::polygamma(n: i32, x: f64);
}

/// Where the gamma function and its relatives are finite.
fn not_a_pole(a: &[f64]) -> bool {
    a[0] > 0.0 || a[0] != a[0].trunc()
}

fn powf_domain(a: &[f64]) -> bool {
    let whole = a[1] == a[1].trunc();
    a[0] > 0.0 || (a[0] == 0.0 && a[1] >= 0.0) || (a[0] < 0.0 && whole)
}

/// The exponent `y - 1` is rounded below 1/2, and that is multiplied by `ln x`.
fn powf_ulps(a: &[f64]) -> f64 {
    let rounded = if a[1] < 0.5 { (a[1] - 1.0) * a[0].abs().ln() } else { 0.0 };
    4.0 + if rounded.is_finite() { rounded.abs() } else { 0.0 }
}

/// `x²` is rounded before the exponential function sees it.
fn bell_ulps(a: &[f64]) -> f64 {
    4.0 + a[0] * a[0]
}

/// n·xⁿ⁻¹, with nothing special at n = 0 and at the smallest integer.
fn powi_partial<'g>(x: Expr<'g>, n: Expr<'g>) -> Expr<'g> {
    match n.as_constant() {
        Some(0.0) => x.graph.constant(0.0),
        Some(k) if k > f64::from(i32::MIN) => k * x.powi(k - 1.0),
        Some(k) => k * x.powf(k - 1.0),
        // `n - 1` could overflow, so the exponent is a number.
        None => {
            let n = x.graph.intern(Kind::Op(Op::IntAsReal), &[n.id], x.ty());
            n.ne(0.0).select(n * x.powf(n - 1.0), 0.0)
        }
    }
}

/// y·xʸ⁻¹, without `0·∞` at x = y = 0.
fn powf_partial<'g>(x: Expr<'g>, y: Expr<'g>) -> Expr<'g> {
    match y.as_constant() {
        Some(0.0) => x.graph.constant(0.0),
        // Small whole powers are multiplications, which are exact enough up to there.
        Some(c) if c == c.trunc() && c.abs() <= 8.0 => c * x.powi(c - 1.0),
        Some(c) => c * x.powf(c - 1.0),
        None => y.ne(0.0).select(y * x.powf(y - 1.0), 0.0),
    }
}

/// Whether the extreme `m` of two numbers is the first one. A NaN is never picked if the other one is a
/// number, and a comparison with it says nothing: only one with a constant, on the right side, is enough.
fn picks_first<'g>(
    x: Expr<'g>,
    y: Expr<'g>,
    m: Expr<'g>,
    beyond: fn(Expr<'g>, Expr<'g>) -> Expr<'g>,
) -> Expr<'g> {
    if y.as_constant().is_some_and(|y| !y.is_nan()) { beyond(x, y) } else { m.ne(y) }
}

/// How deep below a node is looked for what tells how small it can be.
const DEEP: u32 = 6;

/// The whole number `(x - r) / y` for a remainder `r`. It is a constant wherever there is a
/// derivative, and rounding says so to the next one.
fn quotient<'g>(x: Expr<'g>, y: Expr<'g>, r: Expr<'g>) -> Expr<'g> {
    ((x - r) / y).round()
}

/// `a / (x² + y²)`, where the squares may overflow or vanish: `scaled` keeps the two divisions apart.
fn over_square_norm<'g>(a: Expr<'g>, x: Expr<'g>, y: Expr<'g>) -> Expr<'g> {
    let norm = x.hypot(y);
    a / norm / norm
}

fn square(x: Expr<'_>) -> Expr<'_> {
    x * x
}

/// The derivative of the error function, 2/√π·exp(-x²): DLMF 7.2.1.
fn bell(x: Expr<'_>) -> Expr<'_> {
    std::f64::consts::FRAC_2_SQRT_PI * (-(x * x)).exp()
}

/// The integer `k` as an argument.
fn integer<'g>(x: Expr<'g>, k: i32) -> Expr<'g> {
    x.graph.constant(f64::from(k))
}

/// The integer `n + k`.
fn shift<'g>(n: Expr<'g>, k: i32) -> Expr<'g> {
    let (n, k) = match (n.kind(), &n.args()[..]) {
        (Kind::Op(Op::SaturatingAdd), &[m, step]) => (m, step.as_constant().unwrap_or(0.0) + f64::from(k)),
        _ => (n, f64::from(k)),
    };
    match n.as_constant() {
        Some(value) => n.graph.constant(saturating_add(value, k)),
        None if k == 0.0 => n,
        None => n.saturating_add(k),
    }
}

impl Graph {
    /// The node for an operation, but for what is trivial: constants are folded where the result is
    /// exact, neutral elements dropped, and nothing is multiplied by a structural zero.
    pub(crate) fn build<'g>(&'g self, op: Op, args: &[Expr<'g>]) -> Expr<'g> {
        let spec = op.spec();
        let constants: Option<Vec<f64>> = args.iter().map(|arg| arg.as_constant()).list_all();
        if let Some(values) = constants
            && (spec.linear.is_some() || spec.monomial.is_some())
        {
            let value = op.evaluate(&values);
            if value.is_finite() && (value == value.round() || spec.cost == 1) {
                return self.constant(value);
            }
        }
        if let Some(coefficients) = spec.linear {
            let kept: Vec<usize> = (0..args.len()).filter(|&i| !args[i].is_zero()).list();
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
            let kept: Vec<usize> = (0..args.len()).filter(|&i| args[i].as_constant() != Some(1.0)).list();
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
            // Nothing may be multiplied by a masked zero: it could be an infinity. So the mask moves
            // outwards, and the product is only looked at where it lets it through.
            for i in (0..args.len()).filter(|&i| exponents[i] == (1, 1)) {
                let with = |value: Expr<'g>| {
                    let mut args = args.to_vec();
                    args[i] = value;
                    self.build(op, &args)
                };
                match (args[i].kind(), &args[i].args()[..]) {
                    (Kind::Op(Op::Select), &[condition, yes, no]) if yes.is_zero() || no.is_zero() => {
                        return condition.select(with(yes), with(no));
                    }
                    (Kind::Op(Op::Mask), &[masked, factor]) => return masked.mask(with(factor)),
                    _ => {}
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
        if op == Op::Mask && args.iter().any(|arg| arg.is_zero()) {
            return self.constant(0.0);
        }
        self.raw(op, args)
    }

    fn negate<'g>(&'g self, arg: Expr<'g>) -> Expr<'g> {
        if let Some(value) = arg.as_constant() {
            return self.constant(-value);
        }
        match arg.kind() {
            Kind::Op(Op::Neg) => arg.args()[0],
            Kind::Op(Op::Mask) => arg.args()[0].mask(self.negate(arg.args()[1])),
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
    if let (Kind::Op(Op::Mask), Kind::Op(Op::Mask)) = (a.kind(), b.kind())
        && let ([masked, factor], [other, other_factor]) = (&a.args()[..], &b.args()[..])
        && masked == other
    {
        return Some(masked.mask(*factor + *other_factor));
    }
    let (condition, yes, no) = a.as_choice()?;
    let (other, other_yes, other_no) = b.as_choice()?;
    let disjoint = (yes.is_zero() || other_yes.is_zero()) && (no.is_zero() || other_no.is_zero());
    (condition == other && disjoint).then(|| condition.select(yes + other_yes, no + other_no))
}

impl<'g> Expr<'g> {
    /// The condition and the two arms, if it is a choice.
    pub(crate) fn as_choice(self) -> Option<(Expr<'g>, Expr<'g>, Expr<'g>)> {
        if self.op() != Some(Op::Select) {
            return None;
        }
        <[Expr<'g>; 3]>::try_from(self.args()).ok().map(|[condition, yes, no]| (condition, yes, no))
    }

    /// Itself, so that whatever it is multiplied by is not looked at where it is zero.
    pub(crate) fn masked(self) -> Expr<'g> {
        self.mask(1.0)
    }

    /// Itself, masked if it is a sum of what may vanish: every part of it is masked, but their sum is not.
    pub(crate) fn guarded(self) -> Expr<'g> {
        let sum = self.op().is_some_and(|op| op.spec().linear.is_some());
        if sum && self.may_vanish() { self.masked() } else { self }
    }

    /// The product in a mask that guards nothing, its factor being a constant.
    pub(crate) fn unmasked(self) -> Option<Expr<'g>> {
        if self.op() != Some(Op::Mask) {
            return None;
        }
        let [masked, factor] = self.args()[..] else { return None };
        factor.as_constant().map(|_| factor * masked)
    }

    /// Whether finite values of its leaves give a finite one, but for overflow; none of the leaves is one of
    /// these, of which nothing is known.
    pub(crate) fn is_total(self, except: &crate::hash::HashSet<u32>) -> bool {
        let mut stack = vec![self];
        let mut seen = crate::hash::HashSet::default();
        while let Some(node) = stack.pop() {
            if !seen.insert(node.id) {
                continue;
            }
            match node.kind() {
                Kind::Const(_) | Kind::Cast => {}
                Kind::Op(op) if op.spec().total || op.spec().boolean => {}
                Kind::Op(_) if node.divides_by_no_zero() => {}
                Kind::Symbol(_) if !except.contains(&node.id) => {}
                _ => return false,
            }
            stack.extend(node.args());
        }
        true
    }

    /// Whether it is a product of powers that are defined, and what it divides by are numbers other than zero, or is never near it.
    fn divides_by_no_zero(self) -> bool {
        let powers = self.op().and_then(|op| op.spec().monomial);
        powers.is_some_and(|powers| {
            powers.iter().zip(self.args()).all(|(&(power, root), arg)| {
                let divides = |number: f64| number.recip().is_finite();
                let away = || divides(arg.as_constant().unwrap_or(arg.least(DEEP).max(0.0)));
                (root == 1 || arg.least(DEEP) >= 0.0) && (power >= 0 || away())
            })
        })
    }

    /// No value of the node is less than this, as can be seen so deep below it.
    fn least(self, depth: u32) -> f64 {
        const UNKNOWN: f64 = f64::NEG_INFINITY;
        let args = self.args();
        let arg = |i: usize| args[i].least(depth - 1);
        let Some(spec) = self.op().map(|op| op.spec()).filter(|_| depth > 0) else {
            return self.as_constant().unwrap_or(UNKNOWN);
        };
        if let Some((_, yes, no)) = self.as_choice() {
            return yes.least(depth - 1).min(no.least(depth - 1));
        }
        if let Some(signs) = spec.linear {
            let term = |i: usize| match args[i].as_constant() {
                Some(value) => signs[i] * value,
                None if signs[i] > 0.0 => signs[i] * arg(i),
                None => UNKNOWN,
            };
            return (0..args.len()).map(term).sum();
        }
        match spec.monomial {
            Some([(1, 1), (1, 1)]) if args[0] == args[1] => 0.0,
            Some(powers) => powers.iter().enumerate().fold(1.0, |least, (i, &(p, q))| match arg(i) {
                below if below < 0.0 => UNKNOWN,
                below if p > 0 => least * below.powf(f64::from(p) / f64::from(q)),
                _ => least.min(0.0),
            }),
            _ if spec.name == "powi" && args[1].as_constant().is_some_and(|n| n % 2.0 == 0.0) => 0.0,
            _ => spec.least,
        }
    }

    /// Whether it overflows only if its leaves are about to: sums and products.
    pub(crate) fn is_moderate(self) -> bool {
        let mut stack = vec![self];
        let mut seen = crate::hash::HashSet::default();
        while let Some(node) = stack.pop() {
            let spec = node.op().map(|op| op.spec());
            if spec.is_some_and(|spec| spec.linear.is_none() && spec.monomial.is_none() && !spec.boolean) {
                return false;
            }
            if seen.insert(node.id) {
                stack.extend(node.args());
            }
        }
        true
    }

    /// Whether it is one of a few numbers, whatever its leaves are: made of constants and choices between such.
    pub(crate) fn is_bounded(self) -> bool {
        let mut stack = vec![self];
        let mut seen = crate::hash::HashSet::default();
        while let Some(node) = stack.pop() {
            if !seen.insert(node.id) {
                continue;
            }
            match (node.kind(), node.as_choice(), node.op().and_then(|op| op.spec().linear)) {
                (Kind::Const(_), ..) => {}
                (_, Some((_, yes, no)), _) => stack.extend([yes, no]),
                (_, None, Some(_)) => stack.extend(node.args()),
                _ => return false,
            }
        }
        true
    }

    /// Whether it is a zero, at run time, where something else was chosen: masked, a choice with a
    /// structural zero, or a sum of such.
    pub(crate) fn may_vanish(self) -> bool {
        let mut stack = vec![self];
        while let Some(node) = stack.pop() {
            match (node.kind(), node.as_choice(), node.op().and_then(|op| op.spec().linear)) {
                (Kind::Op(Op::Mask), ..) => {}
                (_, Some((_, yes, no)), _) if yes.is_zero() || no.is_zero() => {}
                (_, None, Some(_)) => stack.extend(node.args()),
                _ => return false,
            }
        }
        true
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
