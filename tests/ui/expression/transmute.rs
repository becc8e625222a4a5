use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    let bits: u64 = unsafe { std::mem::transmute(x) };
    f64::from_bits(bits)
}

fn main() {
    let _ = f_prime(1.0);
}
