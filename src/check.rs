//! Gradient checks: a product against numeric derivatives, at points spread over a box.
//!
//! `#[derive_fn(test(x in -2.0..2.0))]` emits a test that does this for every product of a function.
//! The functions here do it for any pair of closures, such as a derivative written by hand:
//!
//! ```
//! fn relu(x: f64) -> f64 { x.max(0.0) }
//! fn relu_prime(x: f64) -> f64 { if x > 0.0 { 1.0 } else { 0.0 } }
//!
//! deriv::check::derivative(relu, relu_prime, -2.0..2.0);
//! ```
//!
//! The points are the same in every run. They lie inside the box, and the function is never called
//! outside of it, so it may panic there. Points at which differences tell nothing, because the
//! function is not smooth or not finite there, are passed over; that all of them are is a failure too.

use crate::numeric::{Estimate, first};
use core::fmt;
use core::ops::{Bound, Range, RangeBounds};

/// How many points are compared.
const POINTS: usize = 32;

/// How many of the entries that disagree are listed.
const LISTED: usize = 8;

/// Compares `prime` with the numeric derivative of `f` at points of `range`.
///
/// # Panics
///
/// If they differ beyond the error of the numeric derivative, with a table of where, and if there is
/// no point at which they could be compared.
#[track_caller]
pub fn derivative(f: impl Fn(f64) -> f64, prime: impl Fn(f64) -> f64, range: Range<f64>) {
    gradient(|[x]| f(x), |[x]| [prime(x)], [range]);
}

/// Compares `gradient` with the numeric gradient of `f` at points of a box.
///
/// # Panics
///
/// If they differ beyond the error of the numeric derivatives, with a table of where, and if there is
/// no point at which they could be compared.
///
/// ```
/// let f = |[x, y]: [f64; 2]| x.sin() * y;
/// deriv::check::gradient(f, |[x, y]| [x.cos() * y, x.sin()], [-3.0..3.0, 0.0..10.0]);
/// ```
#[track_caller]
pub fn gradient<const N: usize>(
    f: impl Fn([f64; N]) -> f64,
    gradient: impl Fn([f64; N]) -> [f64; N],
    ranges: [Range<f64>; N],
) {
    jacobian(|x| [f(x)], |x| [gradient(x)], ranges);
}

/// Compares `jacobian`, one row a component, with the numeric Jacobian of `f` at points of a box.
///
/// # Panics
///
/// If they differ beyond the error of the numeric derivatives, with a table of where, and if there is
/// no point at which they could be compared.
///
/// ```should_panic
/// // A wrong sign in the first row:
/// let polar = |[r, t]: [f64; 2]| [r * t.cos(), r * t.sin()];
/// let jacobian = |[r, t]: [f64; 2]| [[t.cos(), r * t.sin()], [t.sin(), r * t.cos()]];
/// deriv::check::jacobian(polar, jacobian, [0.0..2.0, -3.0..3.0]);
/// ```
#[track_caller]
pub fn jacobian<const N: usize, const M: usize>(
    f: impl Fn([f64; N]) -> [f64; M],
    jacobian: impl Fn([f64; N]) -> [[f64; N]; M],
    ranges: [Range<f64>; N],
) {
    let parameters = core::array::from_fn(|i| real("", ranges[i].clone()));
    let unit = |i: usize| core::array::from_fn(|j| if i == j { 1.0 } else { 0.0 });
    let task = Task { product: "the product", parameters, epsilon: f64::EPSILON };
    task.along(core::array::from_fn(unit), f, jacobian);
}

/// One parameter of a function and its side of the box, for generated code.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Parameter {
    name: &'static str,
    low: f64,
    high: f64,
    /// Only whole numbers, the highest included.
    integer: bool,
}

/// The numbers of which a range can be, for generated code.
#[doc(hidden)]
pub trait Number: Copy {
    fn to_f64(self) -> f64;
}

macro_rules! numbers {
    ($($T:ty)*) => {$(
        impl Number for $T {
            fn to_f64(self) -> f64 {
                self as f64
            }
        }
    )*};
}

numbers!(f32 f64 i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize);

/// A real parameter, for generated code.
#[doc(hidden)]
#[track_caller]
pub fn real<T: Number>(name: &'static str, range: impl RangeBounds<T>) -> Parameter {
    let (low, high) = (edge(range.start_bound()), edge(range.end_bound()));
    let (Some((low, _)), Some((high, _))) = (low, high) else {
        panic!("the range of `{name}` must have both ends");
    };
    Parameter { name, low, high, integer: false }
}

/// An integer parameter, for generated code.
#[doc(hidden)]
#[track_caller]
pub fn integer<T: Number>(name: &'static str, range: impl RangeBounds<T>) -> Parameter {
    let (low, high) = (edge(range.start_bound()), edge(range.end_bound()));
    let (Some((low, _)), Some((high, open))) = (low, high) else {
        panic!("the range of `{name}` must have both ends");
    };
    let high = if open { high - 1.0 } else { high };
    assert!(low <= high, "the range of `{name}` is empty");
    Parameter { name, low, high, integer: true }
}

/// An end of a range, and whether it is left out.
fn edge<T: Number>(bound: Bound<&T>) -> Option<(f64, bool)> {
    match bound {
        Bound::Included(at) => Some((at.to_f64(), false)),
        Bound::Excluded(at) => Some((at.to_f64(), true)),
        Bound::Unbounded => None,
    }
}

/// What is compared and where, for generated code.
#[doc(hidden)]
pub struct Task<const P: usize> {
    /// The name of the product.
    pub product: &'static str,
    /// The box.
    pub parameters: [Parameter; P],
    /// To what `f` and the product round.
    pub epsilon: f64,
}

impl<const P: usize> Task<P> {
    /// Compares `product`, one row a component of `f`, with the derivatives of `f` along `directions`.
    #[track_caller]
    pub fn along<const D: usize, const M: usize>(
        &self,
        directions: [[f64; P]; D],
        f: impl Fn([f64; P]) -> [f64; M],
        product: impl Fn([f64; P]) -> [[f64; D]; M],
    ) {
        for (i, parameter) in self.parameters.iter().enumerate() {
            let moves = directions.iter().any(|direction| direction[i] != 0.0);
            assert!(!moves || parameter.low < parameter.high, "the range of `{}` is empty", parameter.name);
        }
        let mut failures = Failures { task: self, listed: [None; LISTED], count: 0, entries: M * D };
        // Entries that could be compared, for each component and direction.
        let mut compared = [[0_usize; D]; M];
        for point in self.points() {
            let got = product(point);
            for (d, direction) in directions.iter().enumerate() {
                for m in 0..M {
                    let component = |at: [f64; P]| f(at)[m];
                    match self.compare(&point, direction, component, got[m][d]) {
                        Verdict::Unknown => {}
                        Verdict::Agrees => compared[m][d] += 1,
                        Verdict::Differs(expected) => {
                            compared[m][d] += 1;
                            failures.push(Failure { point, entry: (m, d), got: got[m][d], expected });
                        }
                    }
                }
            }
        }
        assert!(failures.count == 0, "{failures}");
        assert!(
            compared.iter().flatten().all(|&count| count > 0),
            "{} could not be compared: at no point of the box has the function a finite, smooth value",
            self.product
        );
    }

    /// Compares, bit for bit, the values that a product returns beside the derivatives.
    #[track_caller]
    pub fn values<const M: usize>(
        &self,
        f: impl Fn([f64; P]) -> [f64; M],
        product: impl Fn([f64; P]) -> [f64; M],
    ) {
        let mut failures = Failures { task: self, listed: [None; LISTED], count: 0, entries: M };
        for point in self.points() {
            let (expected, got) = (f(point), product(point));
            for m in 0..M {
                let same =
                    expected[m].to_bits() == got[m].to_bits() || (expected[m].is_nan() && got[m].is_nan());
                if !same {
                    let expected = Estimate { value: expected[m], error: 0.0 };
                    failures.push(Failure { point, entry: (m, 0), got: got[m], expected });
                }
            }
        }
        assert!(failures.count == 0, "{failures}");
    }

    fn compare(
        &self,
        point: &[f64; P],
        direction: &[f64; P],
        component: impl Fn([f64; P]) -> f64,
        got: f64,
    ) -> Verdict {
        let (step, reach) = self.step(point, direction);
        let slope = |step: f64| {
            let along = |t: f64| component(core::array::from_fn(|i| point[i] + t * direction[i]));
            first(along, step, reach, self.epsilon)
        };
        let expected = slope(step);
        // Half of the digits, which no wrong formula has by chance.
        let part = if self.epsilon > f64::EPSILON { 2e-3 } else { 1e-6 };
        let size = if got.is_finite() { got.abs().max(expected.value.abs()) } else { expected.value.abs() };
        // A zero has no digits, so there it is what the error is beside the product, or beside 1.
        let tells = |expected: Estimate| {
            expected.error <= (1e-2 * expected.value.abs()).max(part * size).max(1e-2 * part)
        };
        let tolerance = |expected: Estimate| 8.0 * expected.error + part * size;
        let agrees = |expected: Estimate| (got - expected.value).abs() <= tolerance(expected);
        if !tells(expected) {
            return Verdict::Unknown;
        }
        if agrees(expected) {
            return Verdict::Agrees;
        }
        // Differences may be wrong where the function is not smooth or changes fast, but then with
        // other steps they are wrong in another way.
        let again = slope(0.0738 * step);
        let apart = (again.value - expected.value).abs();
        if !tells(again) || apart > tolerance(again) + tolerance(expected) {
            return Verdict::Unknown;
        }
        if agrees(again) { Verdict::Agrees } else { Verdict::Differs(expected) }
    }

    /// How far one can go along a direction and back, and the size of the numbers on the way.
    fn step(&self, point: &[f64; P], direction: &[f64; P]) -> (f64, f64) {
        let (mut step, mut reach) = (f64::INFINITY, 0.0_f64);
        for ((x, parameter), speed) in point.iter().zip(&self.parameters).zip(direction) {
            if *speed != 0.0 {
                let room = (x - parameter.low).min(parameter.high - x);
                step = step.min(room.min(0.25 * x.abs().max(1.0)) / speed.abs());
                reach = reach.max(x.abs() / speed.abs());
            }
        }
        (step, reach)
    }

    /// Points that fill the box evenly: an additive recurrence whose steps are powers of the root of
    /// `g^(P+1) = g + 1`, which generalises the golden ratio.
    fn points(&self) -> impl Iterator<Item = [f64; P]> {
        let power = |base: f64, exponent: usize| (0..exponent).fold(1.0, |product, _| product * base);
        let (mut low, mut high) = (1.0, 2.0);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if power(middle, P + 1) < middle + 1.0 { low = middle } else { high = middle }
        }
        let parameters = self.parameters;
        (1..=POINTS).map(move |number| {
            core::array::from_fn(|i| {
                let at = 0.5 + number as f64 / power(low, i + 1);
                let at = at - at as u64 as f64;
                let Parameter { low, high, integer, .. } = parameters[i];
                match integer {
                    true => low + (at * (high - low + 1.0)) as u64 as f64,
                    // A little inside, so that there is room for differences.
                    false => low + (0.02 + 0.96 * at) * (high - low),
                }
            })
        })
    }
}

enum Verdict {
    Agrees,
    Differs(Estimate),
    /// Differences tell nothing here.
    Unknown,
}

/// An entry of a product that is not what it should be.
#[derive(Clone, Copy)]
struct Failure<const P: usize> {
    point: [f64; P],
    /// Component and direction.
    entry: (usize, usize),
    got: f64,
    expected: Estimate,
}

/// The table that a failed check panics with.
struct Failures<'a, const P: usize> {
    task: &'a Task<P>,
    listed: [Option<Failure<P>>; LISTED],
    count: usize,
    /// How many a product has.
    entries: usize,
}

impl<const P: usize> Failures<'_, P> {
    fn push(&mut self, failure: Failure<P>) {
        if let Some(place) = self.listed.get_mut(self.count) {
            *place = Some(failure);
        }
        self.count += 1;
    }
}

impl<const P: usize> fmt::Display for Failures<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} is wrong in {} places:", self.task.product, self.count)?;
        for failure in self.listed.iter().flatten() {
            write!(f, "  at ")?;
            for (i, (x, parameter)) in failure.point.iter().zip(&self.task.parameters).enumerate() {
                let comma = if i == 0 { "" } else { ", " };
                match parameter.name {
                    "" => write!(f, "{comma}{x}")?,
                    name => write!(f, "{comma}{name} = {x}")?,
                }
            }
            if self.entries > 1 {
                write!(f, ", entry [{}][{}]", failure.entry.0, failure.entry.1)?;
            }
            write!(f, ": got {}, expected {}", failure.got, failure.expected.value)?;
            match failure.expected.error {
                0.0 => writeln!(f)?,
                error => writeln!(f, " ± {error:.1e}")?,
            }
        }
        if self.count > LISTED {
            writeln!(f, "  and {} more", self.count - LISTED)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::panic::catch_unwind;
    use std::string::String;

    fn message(check: impl FnOnce() + std::panic::UnwindSafe) -> String {
        *catch_unwind(check).expect_err("the check fails").downcast::<String>().expect("a message")
    }

    #[test]
    fn right_ones_pass() {
        derivative(f64::sin, f64::cos, -10.0..10.0);
        derivative(f64::ln, f64::recip, 0.0..0.001);
        derivative(f64::ln, f64::recip, 1.0..1e9);
        derivative(|_| 3.0, |_| 0.0, 1.0..2.0);
        derivative(|x| x * 1e-30, |_| 1e-30, -1.0..1.0);
        derivative(|x| x * 1e30, |_| 1e30, -1.0..1.0);
        derivative(|x| (1e4 * x).sin(), |x| 1e4 * (1e4 * x).cos(), 0.0..100.0);
        gradient(|[x, y]| x.hypot(y), |[x, y]| [x / x.hypot(y), y / x.hypot(y)], [-2.0..2.0, -2.0..2.0]);
    }

    #[test]
    fn kinks_and_jumps_are_no_failures() {
        derivative(f64::abs, f64::signum, -2.0..2.0);
        derivative(f64::floor, |_| 0.0, -20.0..20.0);
        derivative(|x| x % 0.3, |_| 1.0, -20.0..20.0);
        let step = |x: f64| if x < 0.7 { x } else { x * x };
        derivative(step, |x| if x < 0.7 { 1.0 } else { 2.0 * x }, 0.0..1.0);
    }

    #[test]
    fn it_stays_in_the_box() {
        let f = |x: f64| {
            assert!((0.0..=1.0).contains(&x));
            x * x
        };
        derivative(f, |x| 2.0 * x, 0.0..1.0);
    }

    #[test]
    fn wrong_ones_fail() {
        let text = message(|| derivative(f64::cos, f64::sin, 0.1..3.0));
        assert!(text.starts_with("the product is wrong in 32 places:\n  at "), "{text}");
        assert!(text.ends_with("  and 24 more\n"), "{text}");
        message(|| derivative(|x| x * x, |x| 2.000_01 * x, 1.0..3.0));
        message(|| derivative(|x| x * 1e-30, |_| 1.1e-30, -1.0..1.0));
        message(|| derivative(f64::ln, |_| f64::NAN, 1.0..3.0));
        message(|| derivative(f64::ln, |_| f64::INFINITY, 1.0..3.0));
        // Only on a tenth of the box.
        message(|| derivative(f64::abs, |x| if x < -1.8 { 1.0 } else { x.signum() }, -2.0..2.0));
        let text = message(|| gradient(|[x, y]| x * y, |[x, y]| [y, -x], [1.0..2.0, 1.0..2.0]));
        assert!(text.contains(", entry [0][1]: got -1."), "{text}");
    }

    #[test]
    fn nothing_to_compare_is_a_failure() {
        let caught = catch_unwind(|| derivative(f64::ln, f64::recip, -2.0..-1.0));
        assert!(caught.is_err());
    }

    #[test]
    fn integers_are_whole_and_within() {
        let task = Task { product: "", parameters: [integer("n", 2..5)], epsilon: f64::EPSILON };
        let mut seen = [0; 8];
        for [n] in task.points() {
            assert_eq!(n, n.trunc());
            seen[n as usize] += 1;
        }
        assert!(seen[..2] == [0, 0] && seen[2..5].iter().all(|&count| count > 5) && seen[5..] == [0; 3]);
    }

    #[test]
    fn values_are_compared_by_bits() {
        let task = Task { product: "", parameters: [real("x", -1.0..1.0)], epsilon: f64::EPSILON };
        task.values(|[x]| [x, f64::NAN], |[x]| [x, f64::NAN]);
        message(|| {
            let task = Task { product: "", parameters: [real("x", -1.0..1.0)], epsilon: f64::EPSILON };
            task.values(|_| [0.0], |_| [-0.0]);
        });
    }
}
