//! Tables, bins, digits and counts: whole numbers that active values decide, as people use them.
#![allow(clippy::all, dead_code)]

use deriv::derive_fn;

const XS: [f64; 5] = [0.0, 0.5, 1.0, 2.0, 4.0];
const YS: [f64; 5] = [1.0, 0.3, -0.2, 0.9, 2.0];

// table look-up by linear interpolation, uniform bins
#[derive_fn(value_and_prime)]
fn lerp_uniform(x: f64) -> f64 {
    let h = 0.75;
    let i = ((x / h).floor() as usize).min(YS.len() - 2);
    let t = x / h - i as f64;
    YS[i] * (1.0 - t) + YS[i + 1] * t
}
// non uniform, partition_point
#[derive_fn(value_and_prime)]
fn lerp_table(x: f64) -> f64 {
    let i = XS.partition_point(|&k| k <= x).clamp(1, XS.len() - 1);
    let (x0, x1) = (XS[i - 1], XS[i]);
    let (y0, y1) = (YS[i - 1], YS[i]);
    y0 + (y1 - y0) * (x - x0) / (x1 - x0)
}
// position with unwrap_or
#[derive_fn(value_and_prime)]
fn lerp_pos(x: f64) -> f64 {
    let i = XS.iter().position(|&k| k > x).unwrap_or(XS.len() - 1).max(1);
    let w = (x - XS[i - 1]) / (XS[i] - XS[i - 1]);
    (1.0 - w) * YS[i - 1] + w * YS[i]
}
// Simpson with n depending on x
#[derive_fn(value_and_prime)]
fn simpson(x: f64) -> f64 {
    let n = 2 * ((x.abs() * 4.0).ceil() as usize).max(2);
    let h = x / n as f64;
    let f = |t: f64| (-t * t).exp();
    let inner: f64 = (1..n)
        .map(|i| {
            let w = if i % 2 == 0 { 2.0 } else { 4.0 };
            w * f(i as f64 * h)
        })
        .sum();
    h / 3.0 * (f(0.0) + inner + f(x))
}
// enum with data-free variants and a method
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Call,
    Put,
}
impl Kind {
    fn sign(self) -> f64 {
        match self {
            Kind::Call => 1.0,
            Kind::Put => -1.0,
        }
    }
}
#[derive_fn(value_and_prime, wrt(s))]
fn payoff(s: f64, k: f64, kind: Kind) -> f64 {
    (kind.sign() * (s - k)).max(0.0) + 0.1 * s * s
}
// bisection-like counting
#[derive_fn(value_and_prime)]
fn bits(x: f64) -> f64 {
    let mut code: u32 = 0;
    let mut r = x / 4.0;
    for b in (0..4).rev() {
        r *= 2.0;
        if r >= 1.0 {
            code |= 1 << b;
            r -= 1.0;
        }
    }
    r * (1.0 + code.count_ones() as f64) + (code >> 1) as f64
}
// hash with wrapping arithmetic on ints decided by x
#[derive_fn(value_and_prime)]
fn noise(x: f64) -> f64 {
    fn hash(n: u32) -> u32 {
        let n = n.wrapping_mul(0x9E37_79B9) ^ (n >> 15);
        n.wrapping_mul(0x85EB_CA6B)
    }
    let i = x.floor();
    let t = x - i;
    let n: u32 = i as u32;
    let g0 = hash(n) as f64 / u32::MAX as f64;
    let g1 = hash(n + 1) as f64 / u32::MAX as f64;
    let s = t * t * (3.0 - 2.0 * t);
    g0 * (1.0 - s) + g1 * s
}
#[derive_fn(value_and_prime)]
fn seeded(x: f64) -> f64 {
    let mut seed: u64 = if x > 1.0 { 12345 } else { 54321 };
    let mut s = 0.0;
    for _ in 0..4 {
        seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        s += x * ((seed >> 33) as f64 / 2147483648.0);
    }
    s
}
// const generics and arrays
#[derive_fn(value_and_prime, wrt(x))]
fn cheb<const N: usize>(c: [f64; N], x: f64) -> f64 {
    let (mut b1, mut b2) = (0.0, 0.0);
    for k in (1..N).rev() {
        let b = 2.0 * x * b1 - b2 + c[k];
        b2 = b1;
        b1 = b;
    }
    x * b1 - b2 + c[0]
}
#[derive_fn(value_and_prime, wrt(x))]
fn named(x: f64, name: &str) -> f64 {
    match name {
        "sin" => x.sin(),
        "cos" => x.cos(),
        n if n.starts_with("lin") => 2.0 * x,
        _ => x * x,
    }
}
// digits, i64 powers
#[derive_fn(value_and_prime)]
fn scaled(x: f64) -> f64 {
    let e = x.log10().floor() as i32;
    let m = x / 10f64.powi(e);
    m * m + e as f64
}
// early return with int state in tuple
#[derive_fn(value_and_prime)]
fn escape(x: f64) -> f64 {
    let (mut z, mut n) = (0.0, 0u32);
    loop {
        if n >= 50 || z > 100.0 {
            break;
        }
        z = z * z + x;
        n += 1;
    }
    z / n as f64
}
#[derive_fn(value_and_prime)]
fn orbit(x: f64) -> f64 {
    let n: usize = loop_count(x);
    let mut y = x;
    for _ in 0..n {
        y = 0.9 * y + 0.1 * y.sin();
    }
    y
}
fn loop_count(x: f64) -> usize {
    (x * 3.0) as usize + 1
}
#[derive_fn(value_and_prime)]
fn month(x: f64) -> f64 {
    let days = [31, 28, 31, 30, 31, 30];
    let mut left = x * 30.0;
    let mut m = 0;
    while m < days.len() && left > days[m] as f64 {
        left -= days[m] as f64;
        m += 1;
    }
    left / days[m.min(5)] as f64 + m as f64
}
#[derive_fn(value_and_prime)]
fn opt(x: f64) -> f64 {
    let hit = XS.iter().position(|&k| k > x);
    match hit {
        Some(i) if i > 0 => x * YS[i],
        Some(_) => x,
        None => x * x,
    }
}
#[derive_fn(value_and_prime)]
fn best(x: f64) -> f64 {
    let c = [x.sin(), x.cos(), 0.3 * x];
    let (i, v) =
        c.iter().enumerate().fold((0, f64::MIN), |(bi, bv), (i, &v)| if v > bv { (i, v) } else { (bi, bv) });
    v * (i + 1) as f64
}
#[derive_fn(value_and_prime)]
fn flags(x: f64) -> f64 {
    let inside = x > 0.5 && x < 2.0;
    let w = inside as i32 as f64 + if inside { 0.5 } else { 0.25 };
    w * x + f64::from(u8::from(x > 1.0)) * x * x
}
#[derive_fn(value_and_prime)]
fn chunks(x: f64) -> f64 {
    let v: Vec<f64> = (0..7).map(|i| x * i as f64).collect();
    let k = (x as usize).clamp(1, 3);
    v.chunks(k).map(|c| c.iter().sum::<f64>() / c.len() as f64).map(|m| m.sin()).sum()
}

fn bin_of(n: usize) -> usize {
    (n + 1).min(3)
}

fn weight(n: usize) -> f64 {
    1.0 / (n + 1) as f64
}

fn is_big(x: f64) -> bool {
    x > 2.0
}

#[derive_fn(value_and_prime)]
fn whole_1(x: f64) -> f64 {
    f64::from(u8::from(x > 1.0)) * x * x
}
#[derive_fn(value_and_prime)]
fn whole_2(x: f64) -> f64 {
    let n = (x.floor() as i64).clamp(0, 3);
    let m = usize::try_from(n).unwrap();
    YS[m] * x
}
#[derive_fn(value_and_prime)]
fn whole_3(x: f64) -> f64 {
    let n = x.floor() as usize;
    let m = std::cmp::min(n, 3);
    YS[m] * x
}
#[derive_fn(value_and_prime)]
fn whole_4(x: f64) -> f64 {
    let n = x.floor() as i32;
    let m = i64::from(n) as f64;
    m * x
}
#[derive_fn(value_and_prime)]
fn whole_5(x: f64) -> f64 {
    let n = x.floor() as usize;
    let m = bin_of(n);
    YS[m] * x
}
#[derive_fn(value_and_prime)]
fn whole_6(x: f64) -> f64 {
    let m = usize::from(x > 1.0) + u32::max(1, 2) as usize;
    YS[m] * x
}
#[derive_fn(value_and_prime)]
fn whole_7(x: f64) -> f64 {
    let n: usize = loop_count(x);
    let mut y = x;
    for _ in 0..n {
        y = 0.9 * y + 0.1 * y.sin();
    }
    y
}
#[derive_fn(value_and_prime)]
fn whole_8(x: f64) -> f64 {
    let n = x.floor() as usize;
    let m = bin_of(n) / 2 * 2;
    let k = bin_of(n) + n;
    YS[m] * x + YS[k % 5]
}
#[derive_fn(value_and_prime)]
fn whole_9(x: f64) -> f64 {
    let n = x.floor() as usize;
    let w = weight(n) * 0.5;
    w * x + weight(n)
}
#[derive_fn(value_and_prime)]
fn whole_10(x: f64) -> f64 {
    let n = x.floor() as usize;
    let m = bin_of(n);
    let w = weight(m);
    (0..m).map(|i| w * x * i as f64).sum::<f64>()
}
#[derive_fn(value_and_prime)]
fn whole_11(x: f64) -> f64 {
    let b: bool = is_big(x);
    if b { x * x } else { x }
}
#[derive_fn(value_and_prime)]
fn whole_12(x: f64) -> f64 {
    if is_big(x) { x * x } else { x }
}
#[derive_fn(value_and_prime)]
fn whole_13(x: f64) -> f64 {
    let n = x.floor() as usize;
    (0..bin_of(n)).map(|i| x * i as f64).sum::<f64>() + bin_of(n) as f64 * x + f64::from(bin_of(n) as u8) * x
}

/// Names that closures bind again, in code that looks at whole numbers.
#[derive_fn(value_and_prime)]
fn bound_again(x: f64) -> f64 {
    let k = x.floor() as usize;
    let n = k;
    let k = x.ceil() as usize;
    let p = (3usize, x * x);
    let m: usize = XS.iter().enumerate().map(|p| p.0).sum();
    let q = (n, k);
    let m = m + q.1 * XS.iter().enumerate().map(|q| q.0 + n).sum::<usize>();
    let b: bool = x > 1.0;
    let total = XS.iter().map(|k| n + *k as usize).sum::<usize>() as f64;
    let y = if b && x < 3.0 { x } else { p.0 as f64 * x };
    x * (n | k) as f64 + x * total + k as f64 * x + p.1 * m as f64 + y
}

#[derive_fn(value_and_prime)]
fn maybe(x: f64) -> f64 {
    let n: Option<usize> = if x > 1.0 { Some((x as usize).min(4)) } else { None };
    if let Some(n) = n { (1..=n).map(|k| x.powi(k as i32) / k as f64).sum::<f64>() } else { -x }
}

/// The value bit for bit, and the slope beside differences, away from steps.
fn check(name: &str, f: &dyn Fn(f64) -> f64, value_and_prime: &dyn Fn(f64) -> (f64, f64)) {
    for x in [0.62, 1.37, 2.71, 3.3] {
        let (value, prime) = value_and_prime(x);
        let difference = (f(x + 1e-6) - f(x - 1e-6)) / 2e-6;
        assert_eq!(value, f(x), "{name} at {x}");
        let error = (prime - difference).abs();
        assert!(error < 1e-4 * (1.0 + difference.abs()), "{name} at {x}: {prime} {difference}");
    }
}

#[test]
fn of_one_variable() {
    macro_rules! check_each {
        ($($f:ident $value_and_prime:ident),*) => { $(check(stringify!($f), &$f, &$value_and_prime);)* };
    }
    check_each!(lerp_uniform lerp_uniform_value_and_prime, lerp_table lerp_table_value_and_prime, lerp_pos lerp_pos_value_and_prime, simpson simpson_value_and_prime, bits bits_value_and_prime, noise noise_value_and_prime, seeded seeded_value_and_prime, scaled scaled_value_and_prime, escape escape_value_and_prime, orbit orbit_value_and_prime, month month_value_and_prime, opt opt_value_and_prime, best best_value_and_prime, flags flags_value_and_prime, chunks chunks_value_and_prime, bound_again bound_again_value_and_prime, maybe maybe_value_and_prime, whole_1 whole_1_value_and_prime, whole_2 whole_2_value_and_prime, whole_3 whole_3_value_and_prime, whole_4 whole_4_value_and_prime, whole_5 whole_5_value_and_prime, whole_6 whole_6_value_and_prime, whole_7 whole_7_value_and_prime, whole_8 whole_8_value_and_prime, whole_9 whole_9_value_and_prime, whole_10 whole_10_value_and_prime, whole_11 whole_11_value_and_prime, whole_12 whole_12_value_and_prime, whole_13 whole_13_value_and_prime);
}

#[test]
fn beside_constants() {
    let put = |s| payoff(s, 1.0, Kind::Put);
    check("payoff", &put, &|s| payoff_value_and_prime(s, 1.0, Kind::Put));
    let c = [1.0, 0.5, -0.25, 2.0];
    check("cheb", &|x| cheb(c, x), &|x| cheb_value_and_prime(c, x));
    for name in ["sin", "lin2", "q"] {
        check("named", &|x| named(x, name), &|x| named_value_and_prime(x, name));
    }
}
