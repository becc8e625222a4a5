use deriv::derive_fn;

#[derive_fn(value_and_prime, prime2)]
fn f(x: f64) -> f64 {
    let mut total = 0.0;
    for i in 0..10 {
        total += x.powi(i);
    }
    let mean = total / 10.0;
    mean.sqrt() + total
}

fn main() {
    let _ = (f_prime(1.0), f_prime2(1.0), f_value_and_prime(1.0));
}
