use deriv::derive_fn;

#[derive_fn(prime_2, Hessian, value_and_primes)]
fn f(x: f64) -> f64 {
    x * x
}

fn main() {
    let _ = f_prime(1.0);
}
