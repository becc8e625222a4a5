use deriv::derive_fn;

#[derive_fn(prime2)]
fn f(x: [f64; 2]) -> f64 {
    x[0] * x[1]
}

fn main() {
    let _ = f_prime([1.0, 2.0]);
}
