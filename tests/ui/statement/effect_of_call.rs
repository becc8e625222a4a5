use deriv::derive_fn;

fn record(value: f64) {
    println!("{value}");
}

#[derive_fn]
fn f(x: f64) -> f64 {
    record(x);
    x * x
}

fn main() {
    let _ = f_prime(1.0);
}
