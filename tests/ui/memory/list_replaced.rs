use deriv::derive_fn;

#[derive_fn]
fn f(x: &[f64]) -> f64 {
    let mut values = x.to_vec();
    for n in 1..x.len() {
        let mut next = vec![0.0; x.len() - n];
        for i in 0..next.len() {
            next[i] = values[i] * values[i + 1];
        }
        values = next;
    }
    values[0]
}

fn main() {
    f_prime(&[1.0, 2.0], &mut [0.0; 2]);
}
