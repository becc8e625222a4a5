//! The functions of the kernels over any of these numbers. What is constant is in fields.

use crate::number::Number;
use std::array::from_fn;
use std::f64::consts::{PI, TAU};

/// A function of `N` variables with `M` results.
pub trait Function<const N: usize, const M: usize> {
    fn call<T: Number>(&self, x: [T; N]) -> [T; M];
}

/// A function of its constants, its variables and a number of results.
macro_rules! functions {
    ($($Name:ident($($constant:ident: $Type:ty),*) $x:tt -> $M:literal $body:block)*) => {$(
        pub struct $Name {
            $(pub $constant: $Type),*
        }

        functions!(@$Name [$($constant)*] $x $x -> $M $body);
    )*};
    (@$Name:ident [$($constant:ident)*] $x:tt [$($variable:ident),*] -> $M:literal $body:block) => {
        impl Function<{ [$(stringify!($variable)),*].len() }, $M> for $Name {
            fn call<T: Number>(&self, $x: [T; [$(stringify!($variable)),*].len()]) -> [T; $M] {
                let Self { $($constant),* } = *self;
                $body
            }
        }
    };
}

functions! {
    Gaussian(mean: f64, deviation: f64) [x] -> 1 {
        let z = x.plus(-mean).times(1.0 / deviation);
        [z.square().times(-0.5).exp().times(1.0 / (deviation * TAU.sqrt()))]
    }

    Logistic() [x] -> 1 {
        [(-x).exp().plus(1.0).recip()]
    }

    Softplus() [x] -> 1 {
        [x.exp().plus(1.0).ln()]
    }

    Gelu() [x] -> 1 {
        let inner = (x + x.powi(3).times(0.044715)).times((2.0 / PI).sqrt());
        [x.times(0.5) * inner.tanh().plus(1.0)]
    }

    Planck() [x] -> 1 {
        [x.powi(3) / x.exp().plus(-1.0)]
    }

    VanDerWaals(t: f64) [v] -> 1 {
        [v.plus(-0.0319).recip().times(8.314 * t) - v.square().recip().times(1.36)]
    }

    LennardJones(depth: f64, size: f64) [r] -> 1 {
        let s6 = r.recip().times(size).powi(6);
        [(s6.square() - s6).times(4.0 * depth)]
    }

    Butterworth(cutoff: f64) [w] -> 1 {
        [w.times(1.0 / cutoff).powi(8).plus(1.0).sqrt().recip()]
    }

    Kepler(eccentricity: f64, mean: f64) [anomaly] -> 1 {
        [(anomaly - anomaly.sin_cos().0.times(eccentricity)).plus(-mean)]
    }

    Rational() [x] -> 1 {
        let above = x.powi(5) - x.powi(4).times(3.0) + x.powi(3).times(2.0) - x.powi(2) + x.times(7.0);
        let below = x.powi(4) + x.powi(2).times(2.0) + x.powi(6);
        [above.plus(-5.0) / below.plus(3.0)]
    }

    Nested() [x] -> 1 {
        [x.square().cos().exp().sin_cos().0]
    }

    Rosenbrock() [x, y] -> 1 {
        [(-x).plus(1.0).powi(2) + (y - x.square()).powi(2).times(100.0)]
    }

    Himmelblau() [x, y] -> 1 {
        [(x.square() + y).plus(-11.0).powi(2) + (x + y.square()).plus(-7.0).powi(2)]
    }

    Ackley() [x, y] -> 1 {
        let radius = (x.square() + y.square()).times(0.5).sqrt();
        let waves = (x.times(TAU).cos() + y.times(TAU).cos()).times(0.5);
        [(radius.times(-0.2).exp().times(-20.0) - waves.exp()).plus(1.0_f64.exp() + 20.0)]
    }

    Wood() [a, b, c, d] -> 1 {
        let first = (b - a.square()).powi(2).times(100.0) + (-a).plus(1.0).powi(2);
        let second = (d - c.square()).powi(2).times(90.0) + (-c).plus(1.0).powi(2);
        [first + second + (b + d).plus(-2.0).powi(2).times(10.0) + (b - d).powi(2).times(0.1)]
    }

    DoublePendulum() [a, b, v, w] -> 2 {
        const G: f64 = 9.81;
        let (s, c) = (a - b).sin_cos();
        let d = (-(a - b).times(2.0).cos()).plus(3.0);
        let (sin, cos) = a.sin_cos();
        let other = (a - b.times(2.0)).sin_cos().0;
        let (vv, ww) = (v.square(), w.square());
        [
            (sin.times(-3.0 * G) - other.times(G) - s.times(2.0) * (ww + vv * c)) / d,
            s.times(2.0) * (vv.times(2.0) + cos.times(2.0 * G) + ww * c) / d,
        ]
    }

    ThreeBodies(masses: [f64; 3]) [x1, y1, x2, y2, x3, y3] -> 6 {
        fn pull<T: Number>(x: T, y: T) -> [T; 2] {
            let square = x.square() + y.square();
            let cube = square * square.sqrt();
            [x / cube, y / cube]
        }
        let [m1, m2, m3] = masses;
        let (a, b, c) = (pull(x2 - x1, y2 - y1), pull(x3 - x1, y3 - y1), pull(x3 - x2, y3 - y2));
        let both = |s: [T; 2], m: f64, t: [T; 2], n: f64| [0, 1].map(|i| s[i].times(m) + t[i].times(n));
        let [first, second, third] = [both(a, m2, b, m3), both(c, m3, a, -m1), both(b, -m1, c, -m2)];
        [first[0], first[1], second[0], second[1], third[0], third[1]]
    }

    Arm() [a, b, c, d, e, f] -> 3 {
        fn about_z<T: Number>([x, y, z]: [T; 3], angle: T) -> [T; 3] {
            let (sin, cos) = angle.sin_cos();
            [cos * x - sin * y, sin * x + cos * y, z]
        }
        fn about_y<T: Number>([x, y, z]: [T; 3], angle: T) -> [T; 3] {
            let (sin, cos) = angle.sin_cos();
            [cos * x + sin * z, y, cos * z - sin * x]
        }
        fn raised<T: Number>([x, y, z]: [T; 3], length: f64) -> [T; 3] {
            [x, y, z.plus(length)]
        }
        // The tool itself is constant, so the first turn is by numbers.
        let (sin, cos) = f.sin_cos();
        let zero = sin.times(0.0);
        let tool = [cos.times(0.2) + sin.times(0.3), zero.plus(0.1), cos.times(0.3) - sin.times(0.2)];
        let hand = about_z(raised(tool, 0.1), e);
        let wrist = about_y(raised(hand, 0.4), d);
        let forearm = about_z(raised(wrist, 0.3), c);
        let elbow = about_y(raised(forearm, 0.5), b);
        about_z(raised(elbow, 0.4), a)
    }

    Reprojection(feature: [f64; 2])
        [r1, r2, r3, c1, c2, c3, focal, u0, v0, k1, k2, x, y, z, weight] -> 2
    {
        let (x, y, z) = (x - c1, y - c2, z - c3);
        let angle = (r1 * r1 + r2 * r2 + r3 * r3).sqrt();
        let (sin, cos) = angle.sin_cos();
        let (a, b, c) = (r1 / angle, r2 / angle, r3 / angle);
        let along = (a * x + b * y + c * z) * (-cos).plus(1.0);
        let (x, y, z) = (
            x * cos + (b * z - c * y) * sin + a * along,
            y * cos + (c * x - a * z) * sin + b * along,
            z * cos + (a * y - b * x) * sin + c * along,
        );
        let (x, y) = (x / z, y / z);
        let square = x * x + y * y;
        let distortion = (k1 * square + k2 * square * square).plus(1.0);
        let seen = [x * distortion * focal + u0, y * distortion * focal + v0];
        from_fn(|i| weight * seen[i].plus(-feature[i]))
    }
}
