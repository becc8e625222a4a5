use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(
    f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(
    f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(
    f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(
    f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(
    f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(
    f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(
    f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(
    f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(
    f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(f64::sin(
    x
    ))))))))))
    ))))))))))
    ))))))))))
    ))))))))))
    ))))))))))
    ))))))))))
    ))))))))))
    ))))))))))
    ))))))))))
    ))))))))))
}

fn main() {
    let _ = f_prime(1.0);
}
