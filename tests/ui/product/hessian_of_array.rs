use deriv::derive_fn;

#[derive_fn(hessian, hvp)]
fn f(x: f64) -> [f64; 2] {
    [x * x, x]
}

fn main() {
    let _ = (f_prime(1.0), f_hessian(1.0), f_hvp(1.0, [1.0, 0.0], 1.0));
}
