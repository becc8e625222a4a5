//! Whole numbers beside active values: they keep the types that are written for them, whatever decides them.
//! `!k` tells the types apart: 253 for a `u8` of 2, -3 for an `i32`.

#![allow(clippy::needless_late_init, clippy::mut_range_bound)]

use deriv::derive_fn;

#[derive_fn(value_and_prime)]
fn a1(x: f64) -> f64 {
    let k: u8 = if x > 1.0 { 3 } else { 2 };
    x * !k as f64
}
#[derive_fn(value_and_prime)]
fn a2(x: f64) -> f64 {
    let mut k: u8 = 3;
    if x > 1.0 {
        k = 2;
    }
    x * !k as f64
}
#[derive_fn(value_and_prime)]
fn a3(x: f64) -> f64 {
    let k: u8;
    if x > 1.0 {
        k = 2;
    } else {
        k = 3;
    }
    x * !k as f64
}
#[derive_fn(value_and_prime)]
fn a4(x: f64) -> f64 {
    let (k, y): (u8, f64) = if x > 1.0 { (2, x * x) } else { (3, x) };
    y * !k as f64
}
#[derive_fn(value_and_prime)]
fn a5(x: f64) -> f64 {
    fn pick(x: f64) -> u8 {
        if x > 1.0 { 2 } else { 3 }
    }
    let p = pick(x);
    x * !p as f64
}
#[derive_fn(value_and_prime)]
fn a6(x: f64) -> f64 {
    let sc = |k: u8, y: f64| y * !k as f64;
    sc(if x > 1.0 { 2 } else { 3 }, x)
}
#[derive_fn(value_and_prime)]
fn a7(x: f64) -> f64 {
    let sc = |k: u8, y: f64| y * !k as f64;
    sc(2, x)
}
#[derive_fn(value_and_prime)]
fn a8(x: f64) -> f64 {
    let mut k: u8 = 0;
    let mut y = x;
    while y < 10.0 {
        y *= 2.0;
        k += 1;
    }
    y * !k as f64
}
#[derive_fn(value_and_prime, mode = reverse)]
fn a9(x: f64) -> f64 {
    let mut k: u8 = 0;
    let mut y = x;
    while y < 10.0 {
        y *= 2.0;
        k += 1;
    }
    y * !k as f64
}
#[derive_fn(value_and_prime)]
fn a10(x: f64) -> f64 {
    let mut k: u8 = 0;
    for i in 0..4 {
        if x * i as f64 > 2.0 {
            k += 1;
        }
    }
    x * !k as f64
}
#[derive_fn(value_and_prime)]
fn a11(x: f64) -> f64 {
    fn sc(k: u8, y: f64) -> f64 {
        y * !k as f64
    }
    sc(if x > 1.0 { 2 } else { 3 }, x)
}
#[derive_fn(value_and_prime)]
fn a12(x: f64) -> f64 {
    fn sc(k: u8, y: f64) -> f64 {
        y * !k as f64
    }
    sc(2, x)
}
#[derive_fn(value_and_prime)]
fn a13(x: f64) -> f64 {
    let k: u8 = match x.floor() as i32 {
        0 => 7,
        1 | 2 => 2,
        _ => 3,
    };
    x * !k as f64
}
#[derive_fn(value_and_prime)]
fn a14(x: f64) -> f64 {
    let (mut k, mut y): (u8, f64) = (0, x);
    while y < 10.0 {
        y *= 2.0;
        k += 1;
    }
    y * !k as f64
}
#[derive_fn(value_and_prime)]
fn a15(x: f64) -> f64 {
    let ks: [u8; 2] = if x > 1.0 { [1, 2] } else { [3, 4] };
    x * !ks[0] as f64 + !ks[1] as f64
}
#[derive_fn(value_and_prime)]
fn a16(x: f64) -> f64 {
    let (_, k) = (0..3).fold((x, 0u8), |(y, k), i| if y > i as f64 { (y * 2.0, k + 1) } else { (y, k) });
    x * !k as f64
}
#[derive_fn(value_and_prime)]
fn a17(x: f64) -> f64 {
    let k: u8 = {
        let y = x * 2.0;
        if y > 3.0 { 2 } else { 3 }
    };
    x * !k as f64
}
#[derive_fn(value_and_prime)]
fn a18(x: f64) -> f64 {
    let k = {
        let k: u8 = 2;
        k
    };
    let j = 1u8;
    x * (!k as f64 + !j as f64)
}
fn u8f(k: u8) -> f64 {
    !k as f64
}
#[derive_fn(value_and_prime)]
fn a19(x: f64) -> f64 {
    let k = if x > 1.0 { 2 } else { 3 };
    x * u8f(k) + (k as f64)
}
#[derive_fn(value_and_prime)]
fn a20(x: f64) -> f64 {
    let k = if x > 1.0 { 2 } else { 3 };
    let b: u8 = k;
    x * !b as f64 + !k as f64
}
#[derive_fn(value_and_prime)]
fn a21(x: f64) -> f64 {
    let (k, y): (u8, f64) = (3, x * x);
    y * !k as f64
}
#[derive_fn(value_and_prime)]
fn a22(x: f64) -> f64 {
    let (k, j, y): (u8, u16, f64) = (3, 4, x * x);
    y * !k as f64 + !j as f64
}
#[derive_fn(value_and_prime, mode = reverse)]
fn a23(x: f64) -> f64 {
    let (mut k, mut y): (u8, f64) = (0, x);
    while y < 10.0 {
        y *= 2.0;
        k += 1;
    }
    y * !k as f64
}
#[derive_fn(value_and_prime)]
fn a24(x: f64) -> f64 {
    let [k, j]: [u8; 2] = if x > 1.0 { [1, 2] } else { [2, 1] };
    x * !k as f64 + !j as f64
}
#[derive_fn(value_and_prime)]
fn a25(x: f64) -> f64 {
    struct P {
        k: i8,
        y: f64,
    }
    let p = P { k: 3, y: x * x };
    p.y * -p.k as f64
}
#[derive_fn(value_and_prime)]
fn a26(x: f64) -> f64 {
    fn half() -> f64 {
        0.5
    }
    fn m(a: f64, b: f64) -> f64 {
        a.sqrt() * b.max(a)
    }
    m(half(), x) + m(2.0, x)
}
#[derive_fn(value_and_prime)]
fn a27(x: f64) -> f64 {
    fn pick(x: f64) -> (u8, f64) {
        if x > 1.0 {
            return (2, x * x);
        }
        (3, x)
    }
    let (k, y) = pick(x);
    y * !k as f64
}
#[derive_fn(value_and_prime)]
fn a28(x: f64) -> f64 {
    let pick = |x: f64| -> u8 { if x > 1.0 { 2 } else { 3 } };
    let k = pick(x);
    x * !k as f64
}
#[derive_fn(value_and_prime)]
fn a29(x: f64) -> f64 {
    let k: Option<u8> = if x > 1.0 { Some(2) } else { None };
    x * k.map_or(0.0, |k| !k as f64)
}
#[derive_fn(value_and_prime)]
fn a30(x: f64) -> f64 {
    let v = [x, 1.0];
    let mut best: (u8, f64) = (0, v[0]);
    for i in 1..2u8 {
        if v[i as usize] > best.1 {
            best = (i, v[i as usize]);
        }
    }
    best.1 * (255 - best.0) as f64 + x
}
#[derive_fn(value_and_prime, mode = reverse)]
fn a31(x: f64) -> f64 {
    let k: u8 = if x > 1.0 { 3 } else { 2 };
    let mut s = 0.0;
    for i in 0..3 {
        s += x.sin() * (!k as f64) * i as f64;
    }
    s
}
#[derive_fn(value_and_prime, mode = reverse)]
fn a32(x: f64) -> f64 {
    let ks: Vec<usize> = if x > 1.0 { (0..3).collect() } else { Vec::new() };
    let mut s = x.sin();
    for k in &ks {
        s += s * x * (*k as f64);
    }
    s + ks.len() as f64 * x
}
#[derive_fn(value_and_prime)]
fn a33(x: f64) -> f64 {
    let p: (u8, u8) = {
        let n = x.floor() as u8;
        (n.pow(2), 3)
    };
    x * !p.0 as f64 + !p.1 as f64 * x
}
#[derive_fn(value_and_prime)]
fn a34(x: f64) -> f64 {
    let p: (u8, f64) = {
        let n = x.floor() as u8;
        (n.pow(2), x)
    };
    x * (p.0 + 1) as f64 + p.1
}
#[derive_fn(value_and_prime)]
fn a35(x: f64) -> f64 {
    let p: (u8, f64) = (3, x);
    let q = p.0;
    x * !q as f64 + p.1
}
#[derive_fn(value_and_prime)]
fn a36(x: f64) -> f64 {
    let n = x.floor() as usize;
    let k = n.max(3);
    (0..n).rev().zip(0..k).map(|(i, j)| x * i as f64 + j as f64).sum::<f64>() + x
}
#[derive_fn(value_and_prime, mode = reverse)]
fn a37(x: f64) -> f64 {
    let n = x.ceil() as usize;
    (0..n).map(|i| x.sin() * (i + 1) as f64).fold(1.0, |a, v| a * v)
}
#[derive_fn(value_and_prime)]
fn a38(x: f64) -> f64 {
    let n = x.floor() as u8;
    let mut s = 0.0;
    for i in (0..n).step_by(2) {
        s += x * !i as f64;
    }
    s + (0..=n).filter(|i| i % 2 == 0).map(|i| x / (!i) as f64).sum::<f64>()
}
struct P {
    k: usize,
    y: f64,
}
#[derive_fn(value_and_prime)]
fn a39(x: f64) -> f64 {
    let p = P { k: 3, y: x * x };
    p.y * p.k as f64 + p.y.powi(p.k as i32 + 1) + (0..p.k).map(|i| p.y * i as f64).sum::<f64>()
}
#[derive_fn(value_and_prime)]
fn a40(x: f64) -> f64 {
    let p = (3u8, x * x);
    if p.0 > 2 && p.0 % 2 == 1 { p.1 * f64::from(p.0) } else { x }
}
#[derive_fn(value_and_prime)]
fn a41(x: f64) -> f64 {
    let p = P { k: 2 + x as usize, y: x * x };
    let mut s = 0.0;
    for i in 1..p.k {
        s += p.y / i as f64;
    }
    s
}
#[derive_fn(value_and_prime)]
fn a42(x: f64) -> f64 {
    let v = [x, 2.0 * x, x * x];
    v.iter().take(x.ceil() as usize).map(|v| v * v).sum::<f64>()
        + v.iter().skip(x as usize).step_by(2).fold(0.0, |a, v| a * 0.5 + v)
}
#[derive_fn(value_and_prime, mode = reverse)]
fn a43(x: f64) -> f64 {
    let mut n = x.ceil() as usize;
    let mut s = x;
    for i in 0..n {
        s = s.sin() + (0..n).map(|j| x * (i * j) as f64).sum::<f64>();
        if s > 1.0 && n > 1 {
            n -= 1;
        }
    }
    s
}

/// The value bit for bit, and the slope beside differences.
fn check(name: &str, f: impl Fn(f64) -> f64, value_and_prime: impl Fn(f64) -> (f64, f64)) {
    for x in [0.7, 1.7, 2.6] {
        let (value, prime) = value_and_prime(x);
        let difference = (f(x + 1e-6) - f(x - 1e-6)) / 2e-6;
        assert_eq!(value, f(x), "{name} at {x}");
        assert!((prime - difference).abs() < 1e-4, "{name} at {x}: {prime} {difference}");
    }
}

#[test]
fn keep_their_types() {
    macro_rules! check_each {
        ($($f:ident $value_and_prime:ident),*) => { $(check(stringify!($f), $f, $value_and_prime);)* };
    }
    check_each!(a1 a1_value_and_prime, a2 a2_value_and_prime, a3 a3_value_and_prime, a4 a4_value_and_prime, a5 a5_value_and_prime, a6 a6_value_and_prime, a7 a7_value_and_prime, a8 a8_value_and_prime, a9 a9_value_and_prime, a10 a10_value_and_prime, a11 a11_value_and_prime, a12 a12_value_and_prime, a13 a13_value_and_prime, a14 a14_value_and_prime, a15 a15_value_and_prime, a16 a16_value_and_prime, a17 a17_value_and_prime, a18 a18_value_and_prime, a19 a19_value_and_prime, a20 a20_value_and_prime, a21 a21_value_and_prime, a22 a22_value_and_prime, a23 a23_value_and_prime, a24 a24_value_and_prime, a25 a25_value_and_prime, a26 a26_value_and_prime, a27 a27_value_and_prime, a28 a28_value_and_prime, a29 a29_value_and_prime, a30 a30_value_and_prime, a31 a31_value_and_prime, a32 a32_value_and_prime, a33 a33_value_and_prime, a34 a34_value_and_prime, a35 a35_value_and_prime, a36 a36_value_and_prime, a37 a37_value_and_prime, a38 a38_value_and_prime, a39 a39_value_and_prime, a40 a40_value_and_prime, a41 a41_value_and_prime, a42 a42_value_and_prime, a43 a43_value_and_prime);
}
