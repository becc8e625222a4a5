use deriv::derive_fn;

#[derive_fn]
fn f(x: f64, y: &mut f64) -> f64 {
    *y = x;
    x * x
}

fn main() {
    let _ = f_prime(1.0, &mut 2.0);
}
