//! Ordinary Rust in which a careless macro would lose track of a value: each function's derivative is
//! compared with a central difference, and the value with the function's, bit for bit.
#![allow(unused, clippy::all)]
use deriv::derive_fn;
use std::cell::Cell;

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-5 * (1.0 + a.abs().max(b.abs()))
}
macro_rules! check {
    ($f:ident, $p:ident, $vp:ident, $($x:expr),*; $($arg:expr),*) => {{
        for x in [$($x),*] {
            let h = 1e-6;
            let numeric = ($f(x + h, $($arg),*) - $f(x - h, $($arg),*)) / (2.0 * h);
            let exact = $p(x, $($arg),*);
            let (v, d) = $vp(x, $($arg),*);
            assert!(close(numeric, exact), "{} at {x}: {exact} but numerically {numeric}", stringify!($f));
            assert_eq!(v.to_bits(), $f(x, $($arg),*).to_bits(), "{} value at {x}", stringify!($f));
            assert!(close(d, exact));
        }
    }};
}
type Real = f64;
#[derive_fn(value_and_prime, wrt(x))]
fn alias(x: Real, y: f64) -> Real {
    let z = if x > 1.0 { x } else { y };
    z * z * x
}
#[derive_fn(value_and_prime)]
fn shadowed_capture(x: f64, n: i32) -> f64 {
    let k = n as f64;
    let g = |y: f64| y * k;
    let k = 3.0 * n as f64;
    g(x) * k
}
#[derive_fn(value_and_prime)]
fn shadowed_capture2(x: f64, n: i32) -> f64 {
    let k = n as f64 + 0.5;
    let g = |y: f64| {
        let w = y * k;
        w
    };
    {
        let k = 7.0 * n as f64;
        g(x) * k
    }
}
#[derive_fn(value_and_prime)]
fn counter(x: f64, n: i32) -> f64 {
    let mut c = n;
    let mut g = |y: f64| {
        c += 1;
        y * c as f64
    };
    g(x) + g(x * x)
}
#[derive_fn(value_and_prime)]
fn fallback(x: f64, k: i32) -> f64 {
    if x * (k as f64) > 1.0 && x.to_bits() > 3 { x * (k as f64) } else { x }
}
#[derive_fn(value_and_prime)]
fn nested(x: f64, k: i32) -> f64 {
    const K: f64 = 2.5;
    fn a(x: f64) -> f64 {
        b(x) * K
    }
    fn b(y: f64) -> f64 {
        y * y + K
    }
    a(x) + b(x * k as f64)
}
#[derive_fn(value_and_prime)]
fn chain(x: f64, k: Option<f64>) -> f64 {
    if let Some(k) = k
        && x > 0.5
        && k > 1.0
    {
        k * x * x
    } else {
        x
    }
}
#[derive_fn(value_and_prime)]
fn late(x: f64, n: i32) -> f64 {
    let y;
    if x > 1.0 {
        y = x * x;
    } else {
        y = 2.0;
    }
    let z: f64;
    z = y * n as f64;
    z * x
}
#[derive_fn(value_and_prime)]
fn mutable_passive(x: f64, n: i32) -> f64 {
    let mut k = 2.0 * n as f64;
    let y = x * k;
    k = 3.0 + n as f64;
    let w = y * k;
    k *= k;
    w + x * k
}
#[derive_fn(value_and_prime)]
fn copies(x: f64, n: i32) -> f64 {
    let mut a = [x, 1.0, n as f64];
    let b = a;
    a[1] = x * x;
    a[0] += 2.0 * x;
    a[0] * a[1] + b[1] * b[0] * a[2]
}
#[derive_fn(value_and_prime)]
fn random(x: f64, seed: &Cell<u32>) -> f64 {
    let next = || {
        seed.set(seed.get() * 5 % 7);
        seed.get() as f64
    };
    let k = next();
    let y = x * k;
    y + x * x * next()
}
#[derive_fn(value_and_prime)]
fn swap(x: f64, n: i32) -> f64 {
    let (mut a, mut b) = (x, x * x + n as f64);
    (a, b) = (b, a);
    let t = a;
    a = b;
    b = t * a;
    a / b + t
}
#[derive_fn(value_and_prime)]
fn bind_match(x: f64, n: i32) -> f64 {
    match x {
        v if v > 1.5 => v * v,
        v if n > 100 => 0.0,
        v => v * 3.0,
    }
}
#[derive_fn(value_and_prime)]
fn early(x: f64, n: i32) -> f64 {
    let y = {
        if x < 0.0 {
            return 0.5 * x;
        }
        x.sqrt()
    };
    let z = match n {
        0 => return x * y,
        1 => y * 2.0,
        _ if x > 1.0 => y * y * y,
        _ => {
            if x > 0.3 {
                return y;
            }
            y + 1.0
        }
    };
    if z > 10.0 {
        return z * x;
    }
    if z > 1.2 {
        if x > 1.4 {
            return z - x;
        }
    }
    z * z
}
#[derive_fn(value_and_prime)]
fn hygiene(x: f64, n: i32) -> f64 {
    let x_dot = x * 2.0;
    let t = x_dot.sin();
    let sin = t * x;
    let t_2 = n as f64;
    let cos = t_2 * sin;
    let x = 2.0 * cos;
    let p = x * t;
    let y = p + sin;
    let y = y * y;
    y * t_2
}
#[derive_fn(value_and_prime, wrt(x))]
fn observed(x: f64, table: &[f64]) -> f64 {
    let n = (x * 2.0).floor() as usize;
    let m = x as i32;
    x * table[n] * m as f64 + x.powi(m) + x.powi(n as i32 + 1)
}
#[derive_fn(value_and_prime)]
fn passive_loop(x: f64, n: i32) -> f64 {
    let mut k = 1.0;
    for i in 0..n {
        k *= 1.0 + i as f64;
        if k > 50.0 {
            break;
        }
    }
    let mut s = x;
    s *= k;
    let mut v = Vec::new();
    v.push(k);
    v.push(2.0);
    s * v[1] + v.iter().sum::<f64>() * x * x
}
#[derive_fn(value_and_prime)]
fn closures(x: f64, n: i32) -> f64 {
    let f = |a: f64, b: f64| a * b;
    let g = |a: f64| f(a, a) + x;
    let h = |a| {
        if a > 1.0 {
            return g(a);
        }
        f(a, 2.0)
    };
    h(f(x, f(x, 2.0))) + g(n as f64)
}
#[derive_fn(value_and_prime)]
fn refs(x: f64, n: i32) -> f64 {
    let r = &x;
    let (a, b) = (&(x * x), *r);
    let c = *a + b.clone() + (&x).sin();
    c * -x.powi(2) - -c % 3.0
}
#[derive_fn(value_and_prime)]
fn tuple_branch(x: f64, n: i32) -> f64 {
    let (a, b) = if x > 1.0 { (x, 2.0) } else { (n as f64, x * x) };
    let arr = match n {
        3 => [a, b],
        _ => [b, a * a],
    };
    arr[0] * arr[1]
}
#[derive_fn(value_and_prime)]
fn flags(x: f64, n: i32) -> f64 {
    let inside = x > 1.0 && n > 2;
    let outside = !inside || x == 3.0;
    let mut y = if inside { x * x } else { x };
    if outside | (n > 5) {
        y += 1.0;
        y *= x;
    }
    y
}
#[derive_fn(value_and_prime)]
fn f32_casts(x: f64, n: i32) -> f64 {
    let y = x as f32;
    (y * y) as f64 * 0.0 + x * f64::from(n) + f64::from(n as f32 * 0.5) * x
}
#[derive_fn(value_and_prime)]
fn opt(x: f64, k: &Option<(f64, f64)>) -> f64 {
    match k {
        Some((a, b)) if *a > 1.0 => a * x * x + b,
        Some((a, _)) => x / a,
        None => x,
    }
}
#[derive_fn(value_and_prime)]
fn printing(x: f64, n: i32) -> f64 {
    let mut y = x * x;
    debug_assert!(y >= 0.0, "{y}");
    y = y * x;
    assert_eq!(y, x * x * x, "{y} {}", x);
    let text = "nothing";
    let _ = text.len();
    y
}
#[derive_fn(value_and_prime)]
fn block_shadow(x: f64, n: i32) -> f64 {
    let k = n as f64;
    let y = {
        let k = k * 2.0;
        let x = x * k;
        x * x
    };
    let z = {
        let k = 5;
        k as f64
    };
    y * k * z
}
#[derive_fn(value_and_prime)]
fn nan_safe(x: f64, n: i32) -> f64 {
    if x > 0.0 { x.sqrt() * x.ln() } else { x * x }
}
#[derive_fn(value_and_prime)]
fn int_literals(x: f64, n: i32) -> f64 {
    let half = (1 / 2) as f64;
    let k = 7 / 2;
    half + x * k as f64 + x * (n / 2) as f64 * (1_000 % 7) as f64
}
#[derive_fn(value_and_prime)]
fn passive_if(x: f64, n: i32) -> f64 {
    let k = if n > 2 { 2.0 } else { 3.0 };
    let m = match n {
        0 => 1,
        _ => 2,
    };
    let mut y = x;
    if n > 1 {
        y = y * k;
    } else {
        return y;
    }
    y.powi(m) + k
}
struct S {
    k: f64,
    n: Cell<i32>,
}
impl S {
    const K: f64 = 3.0;
    fn bump(&self) -> f64 {
        self.n.set(self.n.get() + 1);
        self.n.get() as f64
    }
    #[derive_fn(value_and_prime)]
    fn at(&self, x: f64) -> f64 {
        let a = self.bump();
        let y = x * a * Self::K;
        y + x * self.bump() * self.k
    }
}
#[derive_fn(value_and_prime)]
fn hidden(x: f64, n: i32) -> f64 {
    let v: Vec<f64> = (0..n).map(|x| x as f64 * 2.0).collect();
    let y = v.iter().map(|x| x * x).sum::<f64>() * x;
    let k = v.iter().fold(1.0, |x: f64, y: &f64| -> f64 { (x + y).min(5.0) });
    y * x + v.iter().filter(|&x| *x > 1.0).count() as f64 * (if n | 1 > 2 { x } else { 1.0 }) * k
}
#[test]
fn values_are_followed() {
    check!(alias, alias_prime, alias_value_and_prime, 0.5, 1.5; 2.0);
    check!(shadowed_capture, shadowed_capture_prime, shadowed_capture_value_and_prime, 0.5, 1.5; 2);
    check!(shadowed_capture2, shadowed_capture2_prime, shadowed_capture2_value_and_prime, 0.5, 1.5; 2);
    check!(counter, counter_prime, counter_value_and_prime, 0.5, 1.5; 2);
    check!(fallback, fallback_prime, fallback_value_and_prime, 0.4, 1.5; 2);
    check!(nested, nested_prime, nested_value_and_prime, 0.4, 1.5; 2);
    check!(chain, chain_prime, chain_value_and_prime, 0.4, 1.5; Some(2.0));
    check!(chain, chain_prime, chain_value_and_prime, 0.4, 1.5; Some(0.5));
    check!(chain, chain_prime, chain_value_and_prime, 0.4, 1.5; None);
    check!(late, late_prime, late_value_and_prime, 0.4, 1.5; 2);
    check!(mutable_passive, mutable_passive_prime, mutable_passive_value_and_prime, 0.4, 1.5; 2);
    check!(copies, copies_prime, copies_value_and_prime, 0.4, 1.5; 2);
    check!(swap, swap_prime, swap_value_and_prime, 0.4, 1.5; 2);
    for n in [0, 1, 2, 3, 200] {
        check!(bind_match, bind_match_prime, bind_match_value_and_prime, 0.4, 1.6; n);
        check!(early, early_prime, early_value_and_prime, -0.7, 0.1, 0.4, 1.2, 1.6, 5.0, 101.0; n);
        check!(hidden, hidden_prime, hidden_value_and_prime, 0.4, 1.6; n);
        check!(tuple_branch, tuple_branch_prime, tuple_branch_value_and_prime, 0.4, 1.6; n);
        check!(flags, flags_prime, flags_value_and_prime, 0.4, 1.6; n);
        check!(passive_if, passive_if_prime, passive_if_value_and_prime, 0.4, 1.6; n);
        check!(passive_loop, passive_loop_prime, passive_loop_value_and_prime, 0.4, 1.6; n.min(5));
    }
    check!(hygiene, hygiene_prime, hygiene_value_and_prime, 0.4, 1.5; 2);
    check!(observed, observed_prime, observed_value_and_prime, 0.7, 1.7; &[1.0, 2.0, 3.0, 4.0]);
    check!(closures, closures_prime, closures_value_and_prime, 0.3, 1.7; 3);
    check!(refs, refs_prime, refs_value_and_prime, 0.3, 1.7; 3);
    check!(f32_casts, f32_casts_prime, f32_casts_value_and_prime, 0.3, 1.7; 3);
    check!(opt, opt_prime, opt_value_and_prime, 0.3, 1.7; &Some((2.0, 3.0)));
    check!(opt, opt_prime, opt_value_and_prime, 0.3, 1.7; &Some((0.5, 3.0)));
    check!(printing, printing_prime, printing_value_and_prime, 0.3, 1.7; 3);
    check!(block_shadow, block_shadow_prime, block_shadow_value_and_prime, 0.3, 1.7; 3);
    check!(nan_safe, nan_safe_prime, nan_safe_value_and_prime, -0.3, 1.7; 3);
    check!(int_literals, int_literals_prime, int_literals_value_and_prime, -0.3, 1.7; 3);
    let s = || S { k: 2.0, n: Cell::new(0) };
    assert_eq!(s().at_prime(1.5), 1.0 * 3.0 + 2.0 * 2.0);
    assert_eq!(s().at_value_and_prime(1.5), (s().at(1.5), 7.0));
    let seed = || Cell::new(3);
    assert_eq!(random_prime(1.5, &seed()), 1.0 + 2.0 * 1.5 * 5.0);
}
