use deriv::derive_fn;

#[derive_fn(value_and_prime, prime2, prime3, jvp, vjp, hvp, hessian)]
fn f(x: f64) -> f64 {
    3.0 * x.powi(2) + 2.0 * x + 1.0
}

#[derive_fn(value_and_prime, jvp, vjp, hvp, hessian)]
fn rosen(x: f64, y: f64) -> f64 {
    let a = 1.0 - x;
    let b = y - x * x;
    a * a + 100.0 * b * b
}

#[derive_fn(value_and_prime, prime2)]
fn branches(x: f64) -> f64 {
    let mut s = 0.0;
    if x < 0.0 {
        return -x;
    }
    if x > 2.0 {
        s += x.sin();
    } else if x > 1.0 {
        s = x * x;
    }
    let k = match s > 3.0 {
        true => 2.0,
        false => 3.0 * x,
    };
    s * k
}

#[derive_fn]
fn polar(r: f64, theta: f64) -> (f64, f64) {
    let (s, c) = theta.sin_cos();
    (r * c, r * s)
}

#[derive_fn]
fn outer(x: f64, n: i32) -> f64 {
    let y = f(x) * x.powi(n);
    y.max(0.0)
}

#[test]
fn first() {
    assert_eq!(f_prime(2.0), 14.0);
    assert_eq!(f_value_and_prime(2.0), (17.0, 14.0));
    assert_eq!(f_prime2(2.0), 6.0);
    assert_eq!(rosen_prime(0.5, 0.5), [-1.0 - 400.0 * 0.25 * 0.5, 50.0]);
    println!("{:?}", branches_value_and_prime(1.5));
    println!("{:?}", branches_prime(2.5));
    println!("{:?}", polar_prime(2.5, 0.1));
    println!("{:?}", outer_prime(2.5, 3));
}
