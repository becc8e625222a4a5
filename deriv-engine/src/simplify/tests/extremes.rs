//! Derivatives of functions of exponentials, from one end of the range to the other, against values
//! computed with 1500 digits (by mpmath, from the symbolic derivatives).

use super::helpers::{gradient, show};
use crate::graph::{Expr, Graph};
use crate::simplify::{for_machines, simplify};

const POINTS: [f64; 9] = [-1000.0, -800.0, -40.0, -1.0, 0.0, 1.0, 40.0, 800.0, 1000.0];

struct Case {
    name: &'static str,
    f: for<'g> fn(Expr<'g>) -> Expr<'g>,
    /// NaN where there is none in the range of the numbers.
    slopes: [f64; 9],
}

#[rustfmt::skip]
const CASES: &[Case] = &[
    Case {
        name: "logistic",
        f: |x| 1.0 / (1.0 + (-x).exp()),
        slopes: [0.0, 0.0, 4.248354255291589e-18, 0.19661193324148185, 0.25, 0.19661193324148185, 4.248354255291589e-18, 0.0, 0.0],
    },
    Case {
        name: "logistic the other way",
        f: |x| x.exp() / (1.0 + x.exp()),
        slopes: [0.0, 0.0, 4.248354255291589e-18, 0.19661193324148185, 0.25, 0.19661193324148185, 4.248354255291589e-18, 0.0, 0.0],
    },
    Case {
        name: "scaled logistic",
        f: |x| 3.0 / (1.0 + 2.0 * (-0.5 * (x - 1.0)).exp()),
        slopes: [3.240955521115391e-218, 8.712068092173929e-175, 9.376146486178954e-10, 0.19683739061491543, 0.2678232884986127, 0.3333333333333333, 1.0194803319906525e-08, 9.472742553301702e-174, 3.5239321999567938e-217],
    },
    Case {
        name: "softplus",
        f: |x| (1.0 + x.exp()).ln(),
        slopes: [0.0, 0.0, 4.248354255291589e-18, 0.2689414213699951, 0.5, 0.7310585786300049, 1.0, 1.0, 1.0],
    },
    Case {
        name: "stable softplus",
        f: |x| (-x.abs()).exp().ln_1p() + x.max(0.0),
        slopes: [0.0, 0.0, 4.248354255291589e-18, 0.2689414213699951, f64::NAN, 0.7310585786300049, 1.0, 1.0, 1.0],
    },
    Case {
        name: "cross-entropy of a label",
        f: |x| (1.0 + (-x).exp()).ln() + 0.25 * x,
        slopes: [-0.75, -0.75, -0.75, -0.4810585786300049, -0.25, -0.01894142136999512, 0.25, 0.25, 0.25],
    },
    Case {
        name: "swish",
        f: |x| x / (1.0 + (-x).exp()),
        slopes: [0.0, 0.0, -1.6568581595637197e-16, 0.07232948812851327, 0.5, 0.9276705118714867, 1.0000000000000002, 1.0, 1.0],
    },
    Case {
        name: "swish of a product",
        f: |x| x * (1.0 / (1.0 + (-x).exp())),
        slopes: [0.0, 0.0, -1.6568581595637197e-16, 0.07232948812851327, 0.5, 0.9276705118714867, 1.0000000000000002, 1.0, 1.0],
    },
    Case {
        name: "tanh by exponentials",
        f: |x| (x.exp() - (-x).exp()) / (x.exp() + (-x).exp()),
        slopes: [0.0, 0.0, 7.219405551381661e-35, 0.4199743416140261, 1.0, 0.4199743416140261, 7.219405551381661e-35, 0.0, 0.0],
    },
    Case {
        name: "tanh by one exponential",
        f: |x| 1.0 - 2.0 / ((2.0 * x).exp() + 1.0),
        slopes: [0.0, 0.0, 7.219405551381661e-35, 0.4199743416140261, 1.0, 0.4199743416140261, 7.219405551381661e-35, 0.0, 0.0],
    },
    Case {
        name: "sech",
        f: |x| 2.0 / (x.exp() + (-x).exp()),
        slopes: [0.0, 0.0, 8.496708510583178e-18, 0.49355434756457306, 0.0, -0.49355434756457306, -8.496708510583178e-18, 0.0, 0.0],
    },
    Case {
        name: "GELU",
        f: |x| 0.5 * x * (1.0 + (0.7978845608028654 * (x + 0.044715 * x.powi(3))).tanh()),
        slopes: [0.0, 0.0, 0.0, -0.08296408384578256, 0.5, 1.0829640838457826, 1.0, 1.0, 1.0],
    },
    Case {
        name: "Planck",
        f: |x| x.powi(3) / (x.exp() - 1.0),
        slopes: [-3000000.0, -1920000.0, -4800.0, -3.825256526400187, f64::NAN, 0.825256526400187, -2.5150257191326206e-13, 0.0, 0.0],
    },
    Case {
        name: "Planck by exp_m1",
        f: |x| x.powi(3) / x.exp_m1(),
        slopes: [-3000000.0, -1920000.0, -4800.0, -3.825256526400187, f64::NAN, 0.825256526400187, -2.5150257191326206e-13, 0.0, 0.0],
    },
    Case {
        name: "Fermi-Dirac",
        f: |x| 1.0 / (((x - 1.0) / 2.0).exp() + 1.0),
        slopes: [-2.1606370140769277e-218, -5.80804539478262e-175, -6.250764316304891e-10, -0.09830596662074093, -0.11750185610079725, -0.125, -1.6991338981993115e-09, -1.5787904255502836e-174, -5.873220333261323e-218],
    },
    Case {
        name: "log-sum-exp",
        f: |x| (x.exp() + 2.0f64.exp()).ln(),
        slopes: [0.0, 0.0, 5.74952226429356e-19, 0.04742587317756678, 0.11920292202211756, 0.2689414213699951, 1.0, 1.0, 1.0],
    },
    Case {
        name: "Gompertz",
        f: |x| 3.0 * (-2.0 * (-x).exp()).exp(),
        slopes: [0.0, 0.0, 0.0, 0.07101925882332144, 0.8120116994196761, 1.0575983044251902, 2.5490125531749533e-17, 0.0, 0.0],
    },
    Case {
        name: "Gumbel",
        f: |x| (-x - (-x).exp()).exp(),
        slopes: [0.0, 0.0, 0.0, 0.30821521998524376, 0.0, -0.16096721205681863, -4.248354255291589e-18, 0.0, 0.0],
    },
    Case {
        name: "mish",
        f: |x| x * (1.0 + x.exp()).ln().tanh(),
        slopes: [0.0, 0.0, f64::NAN, 0.05921675587739495, 0.6, 1.0490362200997922, 1.0, 1.0, 1.0],
    },
    Case {
        name: "Morse",
        f: |x| (1.0 - (-x).exp()).powi(2),
        slopes: [f64::NAN, f64::NAN, -1.108124476878702e+35, -9.34154854094321, 0.0, 0.46508831586965926, 8.496708510583178e-18, 0.0, 0.0],
    },
    Case {
        name: "bell",
        f: |x| (-x * x).exp(),
        slopes: [0.0, 0.0, 0.0, 0.7357588823428847, 0.0, -0.7357588823428847, 0.0, 0.0, 0.0],
    },
    Case {
        name: "logit normal",
        f: |x| (-x * x / 50.0).exp() / (1.0 + (-x).exp()),
        slopes: [0.0, 0.0, 1.398848401605496e-31, 0.20326339709654095, 0.25, 0.16405545016427073, -2.026266487855068e-14, 0.0, 0.0],
    },
    Case {
        name: "logistic squared",
        f: |x| (1.0 + (-x).exp()).powi(-2),
        slopes: [0.0, 0.0, 3.60970277569083e-35, 0.10575418556853344, 0.25, 0.28746968091443026, 8.496708510583178e-18, 0.0, 0.0],
    },
    Case {
        name: "ratio",
        f: |x| (x.exp() + 2.0) / (x.exp() + 1.0),
        slopes: [0.0, 0.0, -4.248354255291589e-18, -0.19661193324148185, -0.25, -0.19661193324148185, -4.248354255291589e-18, 0.0, 0.0],
    },
    Case {
        name: "Einstein heat capacity",
        f: |x| x * x * x.exp() / (x.exp() - 1.0).powi(2),
        slopes: [0.0, 0.0, 6.4574984680432155e-15, 0.15094757870940276, f64::NAN, -0.15094757870940276, -6.4574984680432155e-15, 0.0, 0.0],
    },
    Case {
        name: "logistic of base two",
        f: |x| 1.0 / (1.0 + (-x).exp2()),
        slopes: [0.0, 1.0395106182464896e-241, 6.304136882669668e-13, 0.15403270679109896, 0.17328679513998632, 0.15403270679109896, 6.304136882669668e-13, 1.0395106182464896e-241, 0.0],
    },
    Case {
        name: "hyperbolic",
        f: |x| x / x.cosh(),
        slopes: [0.0, 0.0, -3.3137163191274394e-16, 0.15449992609931232, 1.0, 0.15449992609931232, -3.3137163191274394e-16, 0.0, 0.0],
    },
];

#[test]
fn slopes_are_right_where_exponentials_overflow() {
    let mut wrong = Vec::new();
    for case in CASES {
        for with_value in [false, true] {
            let g = Graph::new();
            let x = g.var("x");
            let f = (case.f)(x);
            let kept = if with_value { vec![f] } else { vec![] };
            let slope = simplify(&gradient(f, &[x]), &kept);
            let slopes = [slope[0], for_machines(slope, &kept)[0]];
            for (slope, (i, at)) in
                slopes.iter().flat_map(|slope| POINTS.into_iter().enumerate().map(move |at| (slope, at)))
            {
                let (Ok(found), expected) = (slope.evaluate(&[(x, at)]), case.slopes[i]) else { continue };
                let close = (found - expected).abs() <= 3e-14 * expected.abs() + 1e-300;
                if !(close || expected.is_nan()) {
                    wrong.push(format!("{}: {found:e} is {expected:e} at {at}: {}", case.name, show(*slope)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn second_derivatives_are_right_there_too() {
    let g = Graph::new();
    let x = g.var("x");
    let slope = simplify(&gradient(1.0 / (1.0 + (-x).exp()), &[x]), &[])[0];
    let second = simplify(&gradient(slope, &[x]), &[])[0];
    // s(x)·s(-x)·(s(-x) - s(x)).
    let expected =
        [(-1000.0, 0.0), (-800.0, 0.0), (-1.0, 0.09085774767294841), (0.0, 0.0), (1.0, -0.09085774767294841)];
    for (at, value) in
        expected.into_iter().chain([(40.0, -4.248354255291589e-18), (800.0, 0.0), (1000.0, 0.0)])
    {
        let found = second.evaluate(&[(x, at)]).unwrap();
        assert!(
            (found - value).abs() <= 1e-15 * value.abs() + 1e-17 * f64::from(u8::from(at == 0.0)),
            "{found:e} at {at}: {}",
            show(second)
        );
    }
}

#[test]
fn machines_divide_once_and_nothing_overflows_nearby() {
    let g = Graph::new();
    let x = g.var("x");
    let f = 1.0 / (1.0 + (-x).exp());
    let slope = for_machines(simplify(&gradient(f, &[x]), &[f]), &[f])[0];
    let divisions = |roots: &[Expr<'_>]| show(roots[0]).matches('/').count();
    assert_eq!((divisions(&[f]), divisions(&[slope])), (1, 2), "{}", show(slope));
    // Where the exponential is as large as it can be, and beyond.
    for k in 0..2000 {
        let at = -700.0 - f64::from(k) / 100.0;
        let (found, expected) = (slope.evaluate(&[(x, at)]).unwrap(), at.exp());
        assert!((found - expected).abs() <= 1e-13 * expected + 1e-307, "{found:e} is {expected:e} at {at}");
    }
}

#[test]
fn differences_that_are_exact_stay() {
    let g = Graph::new();
    let (x, m) = (g.var("x"), g.var("m"));
    let mut f = (-3.0 * (x - m).powi(2)).exp();
    for _ in 0..3 {
        f = simplify(&gradient(f, &[x]), &[])[0];
    }
    // With k = -3, at a distance that is lost in the squares of what it is the difference of.
    let (at, mean) = (1e7 + 1.0 / 1024.0, 1e7);
    let d: f64 = at - mean;
    let expected = (-216.0 * d.powi(3) + 108.0 * d) * (-3.0 * d * d).exp();
    let found = f.evaluate(&[(x, at), (m, mean)]).unwrap();
    assert!((found - expected).abs() <= 1e-14 * expected.abs(), "{found:e} is {expected:e}: {}", show(f));
}
