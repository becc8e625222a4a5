use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    let Some(y) = Some(x * x) else {
        return 0.0;
    };
    y
}

fn main() {
    let _ = f_prime(1.0);
}
