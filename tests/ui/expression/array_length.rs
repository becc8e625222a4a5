use deriv::derive_fn;

const N: usize = 3;

#[derive_fn]
fn f(x: f64) -> f64 {
    let copies = [x; N];
    copies[0] * copies[1]
}

fn main() {
    let _ = f_prime(1.0);
}
