use deriv::derive_fn;

#[derive_fn]
fn f(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for k in 0..x.len() {
        sum += f64::from_bits(x[k].to_bits() & !(1 << 63));
    }
    sum
}

fn main() {
    f_prime(&[1.0], &mut [0.0]);
}
