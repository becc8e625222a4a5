//! Functions in the styles in which people write Rust, against numeric derivatives.
#![allow(missing_docs)]
#![allow(
    dead_code,
    clippy::collapsible_if,
    clippy::let_and_return,
    clippy::needless_return,
    reason = "the styles are the people's"
)]

use deriv::derive_fn;
use std::f64::consts::PI;

fn numeric(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    let h = 1e-3 * x.abs().max(1.0);
    let d = |h: f64| (f(x + h) - f(x - h)) / (2.0 * h);
    let (a, b, c) = (d(h), d(h / 2.0), d(h / 4.0));
    let (p, q) = ((4.0 * b - a) / 3.0, (4.0 * c - b) / 3.0);
    (16.0 * q - p) / 15.0
}

#[track_caller]
fn close(got: f64, expected: f64) {
    assert!((got - expected).abs() <= 1e-7 * (1.0 + expected.abs()), "got {got}, expected {expected}");
}

#[track_caller]
fn check(f: impl Fn(f64) -> f64, prime: impl Fn(f64) -> f64, points: &[f64]) {
    for &x in points {
        close(prime(x), numeric(&f, x));
    }
}

mod cfg {
    pub const PITCH: f64 = 0.37;
    pub static GAINS: [f64; 4] = [0.5, 1.5, -2.0, 3.25];
}

// 1. A method with state, an enum and an option.
#[derive(Clone, Copy)]
enum Kind {
    Linear,
    Power { exponent: i32 },
    Blend(f64, f64),
}

struct Spring {
    k: f64,
    kind: Kind,
    limit: Option<f64>,
    table: Vec<f64>,
}

impl Spring {
    const DAMP: f64 = 0.25;

    #[derive_fn(value_and_prime, jvp, vjp)]
    pub fn energy(&self, x: f64, v: f64) -> f64 {
        let n = self.table.len();
        let base = match self.kind {
            Kind::Linear => 0.5 * self.k * x * x,
            Kind::Power { exponent } if exponent > 2 => self.k * x.powi(exponent),
            Kind::Power { .. } => x.abs(),
            Kind::Blend(ref a, b) => a * x + b * x * x * v,
        };
        let mut total = base + Self::DAMP * v.powi(2);
        if let Some(limit) = self.limit {
            if x > limit {
                total += (x - limit).powi(3) * self.table[n - 1];
            }
        }
        total
    }

    #[derive_fn]
    fn twice(&self, x: f64, v: f64) -> f64 {
        2.0 * self.energy(x, v * v)
    }
}

#[test]
fn methods() {
    for kind in
        [Kind::Linear, Kind::Power { exponent: 3 }, Kind::Power { exponent: 1 }, Kind::Blend(0.3, -1.2)]
    {
        for limit in [None, Some(0.5), Some(2.0)] {
            let spring = Spring { k: 1.7, kind, limit, table: vec![1.0, 2.5] };
            for (x, v) in [(0.3, 1.1), (0.9, -0.4), (-1.3, 2.0)] {
                let [dx, dv] = spring.energy_prime(x, v);
                close(dx, numeric(|x| spring.energy(x, v), x));
                close(dv, numeric(|v| spring.energy(x, v), v));
                assert_eq!(spring.energy_value_and_prime(x, v), (spring.energy(x, v), [dx, dv]));
                let (value, [bx, bv]) = spring.energy_vjp(x, v, 2.0);
                assert_eq!(value, spring.energy(x, v));
                close(bx, 2.0 * dx);
                close(bv, 2.0 * dv);
                close(spring.energy_jvp(x, v, 0.3, -0.7).1, 0.3 * dx - 0.7 * dv);
                let [tx, tv] = spring.twice_prime(x, v);
                close(tx, numeric(|x| spring.twice(x, v), x));
                close(tv, numeric(|v| spring.twice(x, v), v));
            }
        }
    }
}

// 2. Early returns of all kinds, nested.
#[derive_fn(prime2)]
fn guarded(x: f64, n: u32) -> f64 {
    if n == 0 {
        return x;
    }
    let y = if x < -1.0 {
        if n > 3 {
            return x.exp();
        }
        -x
    } else {
        x * x
    };
    let z = match n {
        1 => return y * y,
        2 | 3 => y + 1.0,
        k if k % 2 == 0 => y.sin(),
        _ => {
            let w = y * 3.0;
            w - 1.0
        }
    };
    if z > 5.0 {
        return z.ln();
    } else if z > 2.0 {
        return z;
    }
    z * y
}

#[test]
fn early_returns() {
    for n in 0..7 {
        check(|x| guarded(x, n), |x| guarded_prime(x, n), &[-3.3, -1.7, -0.4, 0.6, 1.9, 3.1]);
        check(|x| guarded_prime(x, n), |x| guarded_prime2(x, n), &[-3.3, -1.7, -0.4, 0.6, 1.9, 3.1]);
    }
}

// 3. Recursion.
#[derive_fn]
fn legendre(n: u32, x: f64) -> f64 {
    match n {
        0 => 1.0,
        1 => x,
        _ => {
            let k = n as f64;
            ((2.0 * k - 1.0) * x * legendre(n - 1, x) - (k - 1.0) * legendre(n - 2, x)) / k
        }
    }
}

#[test]
fn recursion() {
    for n in 0..6 {
        check(|x| legendre(n, x), |x| legendre_prime(n, x), &[-0.7, 0.1, 0.9]);
    }
}

// 4. Tuples, shadowing, compound assignment, blocks, closures, nested functions.
#[derive_fn(mode = reverse)]
fn mixed(a: f64, b: f64) -> f64 {
    let (mut s, c) = a.sin_cos();
    let b = {
        let t = b * b;
        t + c
    };
    s *= b;
    s -= 0.5;
    let scale = 1.5;
    let lin = |t: f64| scale * t + c;
    let scale = 10.0;
    fn cube(t: f64) -> f64 {
        if t < 0.0 {
            return 0.0;
        }
        t * t * t
    }
    let (p, q) = (lin(s), cube(b));
    let (p, q) = (q, p);
    p / (1.0 + q * q) + scale * a
}

#[test]
fn mixtures() {
    for (a, b) in [(0.3, 0.7), (1.2, -0.4), (-2.0, 1.5)] {
        let [da, db] = mixed_prime(a, b);
        close(da, numeric(|a| mixed(a, b), a));
        close(db, numeric(|b| mixed(a, b), b));
    }
}

// 5. Table look-up with an index computed from the variable.
#[derive_fn(wrt(x))]
fn interpolate(x: f64, table: &[f64]) -> f64 {
    let position = x / cfg::PITCH;
    let i = (position.floor() as usize).min(table.len() - 2);
    let t = position - i as f64;
    table[i] * (1.0 - t) + table[i + 1] * t
}

#[test]
fn look_up() {
    check(|x| interpolate(x, &cfg::GAINS), |x| interpolate_prime(x, &cfg::GAINS), &[0.1, 0.5, 0.8]);
}

// 6. Passive loops and mutation beside active code.
#[derive_fn(wrt(x))]
fn weighted(x: f64, weights: &[f64], bias: f64) -> f64 {
    let mut total = 0.0;
    let mut count = 0;
    for (i, w) in weights.iter().enumerate() {
        if i % 2 == 0 {
            total += w;
            count += 1;
        }
    }
    let mean = total / count as f64;
    debug_assert!(x.is_finite(), "x is {x}");
    (mean * x + bias).tanh() * total
}

#[test]
fn passive_loops() {
    check(|x| weighted(x, &cfg::GAINS, 0.2), |x| weighted_prime(x, &cfg::GAINS, 0.2), &[-0.4, 0.0, 1.3]);
}

// 7. A variable that becomes active late.
#[derive_fn]
fn late(x: f64, flag: bool) -> f64 {
    let mut acc = 1.0;
    let mut spare = 0.0;
    if flag {
        acc = x * 2.0;
        spare += 1.0;
    }
    let mut k = 3.0;
    k *= 2.0;
    acc += spare * k;
    acc * x + k
}

#[test]
fn late_activity() {
    for flag in [false, true] {
        check(|x| late(x, flag), |x| late_prime(x, flag), &[-0.4, 0.0, 1.3]);
    }
}

// 8. f32, casts, consts.
#[derive_fn(value_and_prime)]
fn single(x: f32, gain: f64) -> f32 {
    const HALF: f32 = 0.5;
    let y = x as f64 * gain;
    (y.sqrt() as f32 + HALF * x).exp()
}

#[test]
fn single_precision() {
    let [dx, dgain] = single_prime(1.3, 0.7);
    let h = 1e-3_f64;
    let wide = |x: f64, gain: f64| ((x * gain).sqrt() + 0.5 * x).exp();
    assert!((dx as f64 - (wide(1.3 + h, 0.7) - wide(1.3 - h, 0.7)) / (2.0 * h)).abs() < 1e-4);
    assert!((dgain as f64 - (wide(1.3, 0.7 + h) - wide(1.3, 0.7 - h)) / (2.0 * h)).abs() < 1e-4);
    assert_eq!(single_value_and_prime(1.3, 0.7).0, single(1.3, 0.7));
}

// 9. const fn.
#[derive_fn(hessian)]
const fn quartic(x: f64, y: f64) -> f64 {
    let s = x * x + y;
    if s > 0.0 { s * s } else { -s / (1.0 + x * x * x * x) }
}
const QUARTIC: [f64; 2] = quartic_prime(1.0, 2.0);

#[test]
fn constant() {
    assert_eq!(QUARTIC, [12.0, 6.0]);
    let [dx, dy] = quartic_prime(0.4, -2.0);
    close(dx, numeric(|x| quartic(x, -2.0), 0.4));
    close(dy, numeric(|y| quartic(0.4, y), -2.0));
    let [[xx, xy], [yx, yy]] = quartic_hessian(0.4, -2.0);
    close(xx, numeric(|x| quartic_prime(x, -2.0)[0], 0.4));
    close(xy, numeric(|y| quartic_prime(0.4, y)[0], -2.0));
    close(yx, xy);
    close(yy, 0.0);
}

// 10. Macro-made functions.
macro_rules! wave {
    ($name:ident, $freq:expr, $ty:ty) => {
        #[derive_fn]
        fn $name(x: $ty, phase: $ty) -> $ty {
            let w = $freq * 2.0;
            (w * x + phase).sin() * $freq
        }
    };
}
wave!(slow, 0.5 + 0.25, f64);

#[test]
fn macros() {
    let [dx, dp] = slow_prime(0.3, 0.2);
    close(dx, numeric(|x| slow(x, 0.2), 0.3));
    close(dp, numeric(|p| slow(0.3, p), 0.2));
}

// 11. Arrays and tuples as results.
#[derive_fn(jvp, vjp, hvp)]
fn polar(r: f64, theta: f64) -> [f64; 2] {
    [r * theta.cos(), r * theta.sin()]
}

#[derive_fn(value_and_prime)]
fn nested(x: f64) -> (f64, [f64; 2]) {
    let y = if x > 0.0 { (x, [1.0, x * x]) } else { (-x, [x, 2.0]) };
    y
}

#[test]
fn shapes() {
    let [[xr, xt], [yr, yt]] = polar_prime(2.0, 0.3);
    close(xr, 0.3_f64.cos());
    close(xt, -2.0 * 0.3_f64.sin());
    close(yr, 0.3_f64.sin());
    close(yt, 2.0 * 0.3_f64.cos());
    let (_, [tx, ty]) = polar_jvp(2.0, 0.3, 0.5, -1.5);
    close(tx, 0.5 * xr - 1.5 * xt);
    close(ty, 0.5 * yr - 1.5 * yt);
    let (_, [br, bt]) = polar_vjp(2.0, 0.3, [0.7, -0.2]);
    close(br, 0.7 * xr - 0.2 * yr);
    close(bt, 0.7 * xt - 0.2 * yt);
    let [hr, _] = polar_hvp(2.0, 0.3, [1.0, 0.0], 0.0, 1.0);
    close(hr, -0.3_f64.sin());
    assert_eq!(nested_value_and_prime(3.0), ((3.0, [1.0, 9.0]), (1.0, [0.0, 6.0])));
    assert_eq!(nested_prime(-3.0), (-1.0, [1.0, 0.0]));
}

// 12. Active matching, ranges, guards.
#[derive_fn]
fn pieces(x: f64, y: f64) -> f64 {
    let side = match x {
        v if v < -1.0 => -v,
        0.0 => 0.0,
        -1.0..=0.5 => x * x,
        _ => 2.0 * x + y,
    };
    match (x > 0.0, y > 0.0) {
        (true, true) => side * y,
        (true, false) | (false, true) => side + y * y,
        _ if side > 2.0 => side / (2.0 + y.abs()),
        _ => side,
    }
}

#[test]
fn active_match() {
    for x in [-2.5, -0.6, 0.3, 1.7] {
        for y in [-1.2, 0.8] {
            let [dx, dy] = pieces_prime(x, y);
            close(dx, numeric(|x| pieces(x, y), x));
            close(dy, numeric(|y| pieces(x, y), y));
        }
    }
}

// 13. Unusual formatting, paths, function-style calls.
#[derive_fn]
#[rustfmt::skip]
fn r#odd(  r#type :f64 ,) ->f64{ { let   q=f64::powf( 2.0+r#type.abs( ) ,1.5);
  return(( q )*std::f64::consts::PI.sqrt())/ f64::max(1.0,r#type) ;} }

#[test]
fn formatting() {
    check(odd, odd_prime, &[-1.4, 0.3, 2.2]);
}

// 14. Numerics at the edges.
#[derive_fn(mode = reverse)]
fn guarded_root(x: f64, y: f64) -> f64 {
    let r = x.sqrt();
    let s = if x > 0.0 { r } else { 0.0 };
    let t = if y > 0.0 { s * y } else { 0.0 };
    t.sqrt() + y
}

#[test]
fn no_nan_from_what_is_not_taken() {
    assert_eq!(guarded_root_prime(-1.0, 1.0), [0.0, 1.0]);
    assert_eq!(guarded_root_prime(4.0, -1.0), [0.0, 1.0]);
}

// 15. Wide use of PI and generics by where-clause on a helper type.
#[derive_fn(prime3)]
fn chirp(t: f64) -> f64 {
    (2.0 * PI * t * t).cos() * (-t).exp()
}

#[test]
fn third_derivative() {
    let h = 1e-3;
    let x = 0.4;
    let d2 = |x: f64| (chirp_prime(x + h) - chirp_prime(x - h)) / (2.0 * h);
    let third = (d2(x + h) - d2(x - h)) / (2.0 * h);
    assert!((chirp_prime3(x) - third).abs() < 2e-2 * third.abs());
}

// 16. Many branches of which some return and several go on.
#[derive_fn(value_and_prime, prime2)]
fn many_exits(x: f64, n: i32) -> f64 {
    let mut y = x;
    let mut tag = 0;
    if n > 0 {
        if x > 2.0 {
            return x * y;
        }
        y += 1.0;
        tag += 1;
    }
    if n > 1 {
        if y > 2.5 {
            return y.exp();
        }
        y *= x;
    }
    let (a, b) = match n {
        0 => (y, 1.0),
        1 if x < -1.0 => return -y,
        1 => (x, y),
        2 => {
            if y < 0.0 {
                return y * y * y;
            }
            (y * y, x)
        }
        _ => (y + x, 2.0),
    };
    if n > 2 {
        if a > 4.0 {
            return a - b;
        } else if a > 3.0 {
            y = a;
        }
    }
    if n > 3 {
        if b * a < -1.0 {
            return a;
        }
        y -= b;
    }
    a * b + y * tag as f64
}

#[test]
fn exits() {
    let points = [-3.3, -1.7, -0.4, 0.6, 1.3, 1.9, 2.2, 3.1];
    for n in -1..6 {
        check(|x| many_exits(x, n), |x| many_exits_prime(x, n), &points);
        check(|x| many_exits_prime(x, n), |x| many_exits_prime2(x, n), &points);
        for x in points {
            assert_eq!(many_exits_value_and_prime(x, n), (many_exits(x, n), many_exits_prime(x, n)));
        }
    }
}

// 17. Closures keep what they captured.
#[derive_fn(wrt(x))]
fn captured(x: f64, table: &[f64]) -> f64 {
    let g = table.len() as f64;
    let h = |t: f64| {
        let u = g + 1.0;
        u * t * t
    };
    let u = 7.0;
    let g = 5.0 * u;
    h(x) * g + u * h(x + g / 100.0)
}

#[test]
fn captures() {
    check(|x| captured(x, &cfg::GAINS), |x| captured_prime(x, &cfg::GAINS), &[-0.4, 0.0, 1.3]);
}

// 18. Where only one point is excepted, the function has the derivative that its formula tends to.
#[derive_fn]
fn identity(x: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x }
}

#[derive_fn(prime2)]
fn sinc(x: f64) -> f64 {
    if x != 0.0 { x.sin() / x } else { 1.0 }
}

#[derive_fn(mode = reverse)]
fn log_mean(a: f64, b: f64) -> f64 {
    if a == b {
        return a;
    }
    (a - b) / (a.ln() - b.ln())
}

#[derive_fn(wrt(x))]
fn box_cox(x: f64, k: f64) -> f64 {
    if k == 0.0 { x.ln() } else { (x.powf(k) - 1.0) / k }
}

#[test]
fn excepted_points() {
    assert_eq!(identity_prime(0.0), 1.0);
    assert_eq!(sinc_prime(0.0), 0.0);
    close(sinc_prime(1.3), numeric(sinc, 1.3));
    assert_eq!(log_mean_prime(2.0, 2.0), [1.0, 0.0]);
    assert_eq!(box_cox_prime(2.0, 0.0), 0.5);
    close(box_cox_prime(2.0, 1.5), numeric(|x| box_cox(x, 1.5), 2.0));
}

// 19. A passive value whose type only the active code tells.
#[derive_fn]
fn parsed(x: f64, text: &str) -> f64 {
    let offset = text.replace("5", "0").parse().unwrap();
    let scale: f64 = text.parse().unwrap();
    (x * scale).max(offset)
}

#[test]
fn inferred() {
    assert_eq!(parsed_prime(1.0, "2.5"), 2.5);
}

// 20. Arguments whose type only the call tells.
#[derive_fn(prime2, wrt(x))]
fn converted(x: f64, n: u8, low: f32) -> f64 {
    x.powi(n.into()).max(f64::from(low)) + x.powi("2".parse().unwrap())
}

#[test]
fn conversions() {
    check(|x| converted(x, 3, 0.5), |x| converted_prime(x, 3, 0.5), &[0.3, 1.2]);
    assert_eq!(converted_prime2(2.0, 3, 0.5), 14.0);
}

// 21. A variable assigned in the arms that go on, beside one that returns.
#[derive_fn(value_and_prime)]
fn late_in_arms(x: f64) -> f64 {
    let z;
    let pair;
    if x < 1.0 {
        z = x * x;
        pair = (x, 1.0);
    } else if x < 2. {
        z = 2.0 * x - 1.0;
        pair = (z, x)
    } else {
        return 3.0 * x.cbrt();
    }
    let z = z.max(0.25);
    z.hypot(pair.0) % 0.7 + pair.1
}

#[test]
fn late_assignment() {
    check(late_in_arms, late_in_arms_prime, &[0.3, 0.8, 1.4, 2.5]);
}
