use deriv::derive_fn;

fn norm(v: [f64; 2]) -> f64 {
    v[0].hypot(v[1])
}

#[derive_fn]
fn f(x: f64) -> f64 {
    norm([x, x * x])
}

fn main() {
    let _ = f_prime(1.0);
}
