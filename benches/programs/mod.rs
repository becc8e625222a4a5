//! Programs with loops, slices and calls, each as a user would write it, and beside it its value and
//! gradient as an expert would write them by hand: with the right mode, no allocation where it can be
//! avoided, and nothing computed twice.

#![allow(dead_code, reason = "each of the programs that include this uses its own part")]

mod determinant;
mod heat;
mod log_sum_exp;
mod logistic_regression;
mod lstm;
mod perceptron;
mod rosenbrock;
mod van_der_pol;

use std::hint::black_box;

/// A program at one input.
pub trait Program {
    const NAME: &'static str;
    /// Variables and data.
    type Input;
    /// The derivative by the variables.
    type Gradient: Numbers;

    fn input() -> Self::Input;
    /// The variables, in the gradient's order.
    fn variables(input: &mut Self::Input) -> Vec<&mut f64>;
    /// A place for the gradient; what is in it does not matter.
    fn gradient(input: &Self::Input) -> Self::Gradient;

    fn primal(input: &Self::Input) -> f64;
    /// Value and gradient, by what the macro makes of the primal. None as long as it cannot.
    fn generated(_: &Self::Input, _: &mut Self::Gradient) -> Option<f64> {
        None
    }
    fn by_hand(input: &Self::Input, gradient: &mut Self::Gradient) -> f64;
}

/// The numbers of a gradient, whatever its shape.
pub trait Numbers {
    fn numbers(&self, out: &mut Vec<f64>);
}

impl Numbers for f64 {
    fn numbers(&self, out: &mut Vec<f64>) {
        out.push(*self);
    }
}

impl<T: Numbers> Numbers for Vec<T> {
    fn numbers(&self, out: &mut Vec<f64>) {
        self.iter().for_each(|part| part.numbers(out));
    }
}

impl<T: Numbers, const N: usize> Numbers for [T; N] {
    fn numbers(&self, out: &mut Vec<f64>) {
        self.iter().for_each(|part| part.numbers(out));
    }
}

macro_rules! tuple {
    ($($T:ident $i:tt),*) => {
        impl<$($T: Numbers),*> Numbers for ($($T,)*) {
            fn numbers(&self, out: &mut Vec<f64>) {
                $(self.$i.numbers(out);)*
            }
        }
    };
}

tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2, D 3);

/// A program with its types forgotten.
pub struct Row {
    pub name: &'static str,
    pub primal: fn(rounds: usize),
    pub generated: Option<fn(rounds: usize)>,
    pub by_hand: fn(rounds: usize),
    /// Panics where the derivatives are wrong.
    pub check: fn(),
}

pub fn rows() -> Vec<Row> {
    vec![
        row::<rosenbrock::Rosenbrock>(),
        row::<logistic_regression::LogisticRegression>(),
        row::<log_sum_exp::LogSumExp>(),
        row::<perceptron::Perceptron>(),
        row::<van_der_pol::VanDerPol>(),
        row::<heat::Heat>(),
        row::<determinant::Determinant>(),
        row::<lstm::Lstm>(),
    ]
}

fn row<P: Program>() -> Row {
    let input = P::input();
    let supported = P::generated(&input, &mut P::gradient(&input)).is_some();
    Row {
        name: P::NAME,
        primal: run_primal::<P>,
        generated: supported.then_some(run_generated::<P>),
        by_hand: run_by_hand::<P>,
        check: check::<P>,
    }
}

#[inline(never)]
fn run_primal<P: Program>(rounds: usize) {
    let input = P::input();
    for _ in 0..rounds {
        black_box(P::primal(black_box(&input)));
    }
}

#[inline(never)]
fn run_generated<P: Program>(rounds: usize) {
    let input = P::input();
    let mut gradient = P::gradient(&input);
    for _ in 0..rounds {
        black_box(P::generated(black_box(&input), &mut gradient));
        black_box(&gradient);
    }
}

#[inline(never)]
fn run_by_hand<P: Program>(rounds: usize) {
    let input = P::input();
    let mut gradient = P::gradient(&input);
    for _ in 0..rounds {
        black_box(P::by_hand(black_box(&input), &mut gradient));
        black_box(&gradient);
    }
}

/// Both gradients, against each other and against central differences.
fn check<P: Program>() {
    let mut input = P::input();
    let value = P::primal(&input);
    let mut gradient = P::gradient(&input);
    let by_hand = P::by_hand(&input, &mut gradient);
    assert!((by_hand - value).abs() <= 1e-12 * value.abs(), "{}: {by_hand} for {value}", P::NAME);
    let mut exact = Vec::new();
    gradient.numbers(&mut exact);
    assert_eq!(P::variables(&mut input).len(), exact.len(), "{}", P::NAME);
    let scale = exact.iter().fold(0.0_f64, |most, slope| most.max(slope.abs()));
    // Of many entries, some: what differs, differs in more than one.
    for (i, slope) in exact.iter().enumerate().step_by(1 + exact.len() / 40) {
        let at = |to: f64, input: &mut P::Input| {
            *P::variables(input)[i] = to;
            P::primal(input)
        };
        let center = *P::variables(&mut input)[i];
        let difference = deriv::numeric::derivative(|x| at(x, &mut input), center).value;
        at(center, &mut input);
        assert!(
            (slope - difference).abs() <= 1e-8 * (scale + slope.abs()),
            "{}, entry {i}: {slope} by hand, {difference} by differences",
            P::NAME
        );
    }

    let mut gradient = P::gradient(&input);
    if let Some(generated) = P::generated(&input, &mut gradient) {
        assert_eq!(generated.to_bits(), value.to_bits(), "{}: {generated} for {value}", P::NAME);
        let mut found = Vec::new();
        gradient.numbers(&mut found);
        assert_eq!(found.len(), exact.len(), "{}", P::NAME);
        for (i, (found, exact)) in found.iter().zip(&exact).enumerate() {
            assert!(
                (found - exact).abs() <= 1e-12 * (scale + exact.abs()),
                "{}, entry {i}: {found} generated, {exact} by hand",
                P::NAME
            );
        }
    }
}

/// Numbers spread over `-1.0..1.0`, the same in every run.
fn spread(n: usize, seed: u64) -> Vec<f64> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    };
    std::iter::repeat_with(next).take(n).collect()
}
