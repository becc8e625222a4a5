use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    x.max(match x > 1.0 {
        true => return x * x,
        false => 0.5,
    })
}

fn main() {
    let _ = f_prime(1.0);
}
