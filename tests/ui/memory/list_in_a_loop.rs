use deriv::derive_fn;

#[derive_fn]
fn f(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        let mut list = Vec::new();
        for j in 0..i {
            list.push(x[i] * x[j]);
        }
        for k in 0..list.len() {
            sum += list[k];
        }
    }
    sum
}

fn main() {
    f_prime(&[1.0], &mut [0.0]);
}
