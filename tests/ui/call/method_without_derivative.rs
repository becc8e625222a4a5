use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    f64::from_bits(x.to_bits()) + x.next_up()
}

fn main() {
    let _ = f_prime(1.0);
}
