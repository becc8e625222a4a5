use deriv::derive_fn;

#[derive_fn(prime, value_and_prime, hessian, vjp)]
fn f(x: f64, out: &mut [f64]) {
    out[0] = x;
}

#[derive_fn]
fn g(x: &[f64]) -> [f64; 2] {
    [x[0], x[1]]
}

fn main() {}
