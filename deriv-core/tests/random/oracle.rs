//! Dual numbers: an independent way to the derivatives of the same source text.
//!
//! `Dual<Dual<Dual<f64>>>` carries derivatives up to the third order. The rules are the textbook's,
//! with the conventions at kinks that the documentation states.

use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Rem, RemAssign, Sub, SubAssign};

/// `re + eps·ε` with `ε² = 0`.
#[derive(Clone, Copy, Debug)]
pub struct Dual<T> {
    pub re: T,
    pub eps: T,
}

/// The number type in which the generated functions are run a second time.
pub type D = Dual<Dual<Dual<f64>>>;

/// The operations of the scalar language.
pub trait Real:
    Copy
    + fmt::Display
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Rem<Output = Self>
    + Neg<Output = Self>
{
    fn lift(value: f64) -> Self;
    /// The plain number.
    fn num(self) -> f64;
    /// Whether it carries no derivative.
    fn is_constant(self) -> bool;

    fn powi(self, n: i32) -> Self;
    fn powf(self, y: Self) -> Self;
    fn sqrt(self) -> Self;
    fn cbrt(self) -> Self;
    fn recip(self) -> Self;
    fn exp(self) -> Self;
    fn exp2(self) -> Self;
    fn exp_m1(self) -> Self;
    fn ln(self) -> Self;
    fn ln_1p(self) -> Self;
    fn log(self, base: Self) -> Self;
    fn log2(self) -> Self;
    fn log10(self) -> Self;
    fn sin(self) -> Self;
    fn cos(self) -> Self;
    fn tan(self) -> Self;
    fn asin(self) -> Self;
    fn acos(self) -> Self;
    fn atan(self) -> Self;
    fn atan2(self, x: Self) -> Self;
    fn sinh(self) -> Self;
    fn cosh(self) -> Self;
    fn tanh(self) -> Self;
    fn asinh(self) -> Self;
    fn acosh(self) -> Self;
    fn atanh(self) -> Self;
    fn hypot(self, y: Self) -> Self;
    fn mul_add(self, y: Self, z: Self) -> Self;
    fn midpoint(self, y: Self) -> Self;
    fn abs(self) -> Self;
    fn signum(self) -> Self;
    fn copysign(self, sign: Self) -> Self;
    fn max(self, y: Self) -> Self;
    fn min(self, y: Self) -> Self;
    fn clamp(self, low: Self, high: Self) -> Self;
    fn floor(self) -> Self;
    fn ceil(self) -> Self;
    fn round(self) -> Self;
    fn round_ties_even(self) -> Self;
    fn trunc(self) -> Self;
    fn fract(self) -> Self;
    fn rem_euclid(self, y: Self) -> Self;
    fn div_euclid(self, y: Self) -> Self;
    fn to_degrees(self) -> Self;
    fn to_radians(self) -> Self;
    fn sin_cos(self) -> (Self, Self) {
        (self.sin(), self.cos())
    }
    fn is_nan(self) -> bool {
        self.num().is_nan()
    }
    fn is_finite(self) -> bool {
        self.num().is_finite()
    }
    fn is_sign_negative(self) -> bool {
        self.num().is_sign_negative()
    }
}

macro_rules! forward {
    ($($name:ident($($arg:ident),*))*) => {$(
        fn $name(self $(, $arg: f64)*) -> f64 {
            f64::$name(self $(, $arg)*)
        }
    )*};
}

impl Real for f64 {
    fn lift(value: f64) -> f64 {
        value
    }
    fn num(self) -> f64 {
        self
    }
    fn is_constant(self) -> bool {
        true
    }
    fn powi(self, n: i32) -> f64 {
        f64::powi(self, n)
    }
    forward! {
        powf(y) sqrt() cbrt() recip() exp() exp2() exp_m1() ln() ln_1p() log(base) log2() log10() sin() cos()
        tan() asin() acos() atan() atan2(x) sinh() cosh() tanh() asinh() acosh() atanh() hypot(y)
        mul_add(y, z) midpoint(y) abs() signum() copysign(sign) max(y) min(y) clamp(low, high) floor() ceil()
        round() round_ties_even() trunc() fract() rem_euclid(y) div_euclid(y) to_degrees() to_radians()
    }
}

/// The literal in the second run.
pub fn lit(value: f64) -> D {
    D::lift(value)
}

impl<T: Real> Dual<T> {
    /// A function's value and its derivative times the inner one.
    fn chain(self, value: T, derivative: T) -> Self {
        Dual { re: value, eps: derivative * self.eps }
    }

    /// Both inner derivatives; one that is structurally zero is not multiplied by anything.
    fn chain2(self, other: Self, value: T, left: T, right: T) -> Self {
        let zero = T::lift(0.0);
        let vanishes = |x: T| x.num() == 0.0 && x.is_constant();
        let a = if vanishes(self.eps) { zero } else { left * self.eps };
        let b = if vanishes(other.eps) { zero } else { right * other.eps };
        Dual { re: value, eps: a + b }
    }

    fn zero_if(self, condition: bool) -> Self {
        if condition { Dual { re: self.re, eps: T::lift(0.0) } } else { self }
    }
}

fn c<T: Real>(value: f64) -> T {
    T::lift(value)
}

impl<T: Real> Real for Dual<T> {
    fn lift(value: f64) -> Self {
        Dual { re: T::lift(value), eps: T::lift(0.0) }
    }
    fn num(self) -> f64 {
        self.re.num()
    }
    fn is_constant(self) -> bool {
        self.re.is_constant() && self.eps.is_constant() && self.eps.num() == 0.0
    }

    fn powi(self, n: i32) -> Self {
        if n == 0 {
            return self.chain(self.re.powi(0), c(0.0));
        }
        self.chain(self.re.powi(n), c::<T>(f64::from(n)) * self.re.powi(n - 1))
    }
    fn powf(self, y: Self) -> Self {
        let value = self.re.powf(y.re);
        let base =
            if y.is_constant() && y.num() == 0.0 { c(0.0) } else { y.re * self.re.powf(y.re - c(1.0)) };
        let exponent = if self.num() == 0.0 && y.num() >= 0.0 { c(0.0) } else { value * self.re.ln() };
        self.chain2(y, value, base, exponent)
    }
    fn sqrt(self) -> Self {
        let y = self.re.sqrt();
        self.chain(y, c::<T>(1.0) / (c::<T>(2.0) * y))
    }
    fn cbrt(self) -> Self {
        let y = self.re.cbrt();
        self.chain(y, c::<T>(1.0) / (c::<T>(3.0) * y * y))
    }
    fn recip(self) -> Self {
        self.chain(self.re.recip(), -(c::<T>(1.0) / (self.re * self.re)))
    }
    fn exp(self) -> Self {
        self.chain(self.re.exp(), self.re.exp())
    }
    fn exp2(self) -> Self {
        self.chain(self.re.exp2(), self.re.exp2() * c(std::f64::consts::LN_2))
    }
    fn exp_m1(self) -> Self {
        self.chain(self.re.exp_m1(), self.re.exp())
    }
    fn ln(self) -> Self {
        self.chain(self.re.ln(), c::<T>(1.0) / self.re)
    }
    fn ln_1p(self) -> Self {
        self.chain(self.re.ln_1p(), c::<T>(1.0) / (c::<T>(1.0) + self.re))
    }
    fn log(self, base: Self) -> Self {
        let y = self.re.log(base.re);
        let scale = base.re.ln();
        self.chain2(base, y, c::<T>(1.0) / (self.re * scale), -(y / (base.re * scale)))
    }
    fn log2(self) -> Self {
        self.chain(self.re.log2(), c::<T>(1.0) / (self.re * c(std::f64::consts::LN_2)))
    }
    fn log10(self) -> Self {
        self.chain(self.re.log10(), c::<T>(1.0) / (self.re * c(std::f64::consts::LN_10)))
    }
    fn sin(self) -> Self {
        self.chain(self.re.sin(), self.re.cos())
    }
    fn cos(self) -> Self {
        self.chain(self.re.cos(), -self.re.sin())
    }
    fn tan(self) -> Self {
        let cos = self.re.cos();
        self.chain(self.re.tan(), c::<T>(1.0) / (cos * cos))
    }
    fn asin(self) -> Self {
        self.chain(self.re.asin(), c::<T>(1.0) / (c::<T>(1.0) - self.re * self.re).sqrt())
    }
    fn acos(self) -> Self {
        self.chain(self.re.acos(), -(c::<T>(1.0) / (c::<T>(1.0) - self.re * self.re).sqrt()))
    }
    fn atan(self) -> Self {
        self.chain(self.re.atan(), c::<T>(1.0) / (c::<T>(1.0) + self.re * self.re))
    }
    fn atan2(self, x: Self) -> Self {
        let square = self.re * self.re + x.re * x.re;
        // Not even a zero makes a number of the angle's derivative at the origin.
        Dual { re: self.re.atan2(x.re), eps: x.re / square * self.eps - self.re / square * x.eps }
    }
    fn sinh(self) -> Self {
        self.chain(self.re.sinh(), self.re.cosh())
    }
    fn cosh(self) -> Self {
        self.chain(self.re.cosh(), self.re.sinh())
    }
    fn tanh(self) -> Self {
        let cosh = self.re.cosh();
        self.chain(self.re.tanh(), c::<T>(1.0) / (cosh * cosh))
    }
    fn asinh(self) -> Self {
        self.chain(self.re.asinh(), c::<T>(1.0) / (self.re * self.re + c(1.0)).sqrt())
    }
    fn acosh(self) -> Self {
        self.chain(self.re.acosh(), c::<T>(1.0) / ((self.re - c(1.0)) * (self.re + c(1.0))).sqrt())
    }
    fn atanh(self) -> Self {
        self.chain(self.re.atanh(), c::<T>(1.0) / (c::<T>(1.0) - self.re * self.re))
    }
    fn hypot(self, y: Self) -> Self {
        let h = self.re.hypot(y.re);
        if h.num() == 0.0 {
            return self.chain2(y, h, c(0.0), c(0.0));
        }
        self.chain2(y, h, self.re / h, y.re / h)
    }
    fn mul_add(self, y: Self, z: Self) -> Self {
        let product = self.chain2(y, self.re, y.re, self.re);
        Dual { re: self.re.mul_add(y.re, z.re), eps: product.eps + z.eps }
    }
    fn midpoint(self, y: Self) -> Self {
        self.chain2(y, self.re.midpoint(y.re), c(0.5), c(0.5))
    }
    fn abs(self) -> Self {
        let slope = if self.num() > 0.0 {
            1.0
        } else if self.num() < 0.0 {
            -1.0
        } else {
            0.0
        };
        self.chain(self.re.abs(), c(slope))
    }
    fn signum(self) -> Self {
        self.chain(self.re.signum(), c(0.0)).zero_if(true)
    }
    fn copysign(self, sign: Self) -> Self {
        let flipped = (self.num() < 0.0) != sign.num().is_sign_negative();
        let slope = if self.num() == 0.0 {
            0.0
        } else if flipped {
            -1.0
        } else {
            1.0
        };
        self.chain(self.re.copysign(sign.re), c(slope))
    }
    fn max(self, y: Self) -> Self {
        let taken = if self.num() > y.num() || y.num().is_nan() { self } else { y };
        Dual { re: self.re.max(y.re), eps: taken.eps }
    }
    fn min(self, y: Self) -> Self {
        let taken = if self.num() < y.num() || y.num().is_nan() { self } else { y };
        Dual { re: self.re.min(y.re), eps: taken.eps }
    }
    fn clamp(self, low: Self, high: Self) -> Self {
        assert!(low <= high);
        if self < low {
            low
        } else if self > high {
            high
        } else {
            self
        }
    }
    fn floor(self) -> Self {
        Self::lift(self.num().floor())
    }
    fn ceil(self) -> Self {
        Self::lift(self.num().ceil())
    }
    fn round(self) -> Self {
        Self::lift(self.num().round())
    }
    fn round_ties_even(self) -> Self {
        Self::lift(self.num().round_ties_even())
    }
    fn trunc(self) -> Self {
        Self::lift(self.num().trunc())
    }
    fn fract(self) -> Self {
        Dual { re: self.re.fract(), eps: self.eps }
    }
    fn rem_euclid(self, y: Self) -> Self {
        self.chain2(y, self.re.rem_euclid(y.re), c(1.0), -self.re.div_euclid(y.re))
    }
    fn div_euclid(self, y: Self) -> Self {
        Self::lift(self.num().div_euclid(y.num()))
    }
    fn to_degrees(self) -> Self {
        self.chain(self.re.to_degrees(), c(180.0 / std::f64::consts::PI))
    }
    fn to_radians(self) -> Self {
        self.chain(self.re.to_radians(), c(std::f64::consts::PI / 180.0))
    }
}

impl<T: Real> Add for Dual<T> {
    type Output = Self;
    fn add(self, y: Self) -> Self {
        Dual { re: self.re + y.re, eps: self.eps + y.eps }
    }
}
impl<T: Real> Sub for Dual<T> {
    type Output = Self;
    fn sub(self, y: Self) -> Self {
        Dual { re: self.re - y.re, eps: self.eps - y.eps }
    }
}
impl<T: Real> Mul for Dual<T> {
    type Output = Self;
    fn mul(self, y: Self) -> Self {
        self.chain2(y, self.re * y.re, y.re, self.re)
    }
}
impl<T: Real> Div for Dual<T> {
    type Output = Self;
    fn div(self, y: Self) -> Self {
        let q = self.re / y.re;
        // Divided last: a factor `1/y²` would vanish where `y` is huge.
        let change =
            |eps: T, factor: T| if eps.is_constant() && eps.num() == 0.0 { c(0.0) } else { eps * factor };
        Dual { re: q, eps: (self.eps - change(y.eps, q)) / y.re }
    }
}
impl<T: Real> Rem for Dual<T> {
    type Output = Self;
    fn rem(self, y: Self) -> Self {
        let whole = c::<T>((self.num() / y.num()).trunc());
        self.chain2(y, self.re % y.re, c(1.0), -whole)
    }
}
impl<T: Real> Neg for Dual<T> {
    type Output = Self;
    fn neg(self) -> Self {
        Dual { re: -self.re, eps: -self.eps }
    }
}

macro_rules! assign {
    ($($Trait:ident $method:ident $op:tt;)*) => {$(
        impl<T: Real> $Trait for Dual<T> {
            fn $method(&mut self, y: Self) {
                *self = *self $op y;
            }
        }
    )*};
}

assign! {
    AddAssign add_assign +;
    SubAssign sub_assign -;
    MulAssign mul_assign *;
    DivAssign div_assign /;
    RemAssign rem_assign %;
}

impl<T: Real> PartialEq for Dual<T> {
    fn eq(&self, y: &Self) -> bool {
        self.num() == y.num()
    }
}
impl<T: Real> PartialOrd for Dual<T> {
    fn partial_cmp(&self, y: &Self) -> Option<Ordering> {
        self.num().partial_cmp(&y.num())
    }
}
impl<T: Real> fmt::Display for Dual<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.num().fmt(f)
    }
}
impl<T: Real> std::iter::Sum for Dual<T> {
    fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
        items.fold(Self::lift(std::iter::empty::<f64>().sum()), |sum, item| sum + item)
    }
}
