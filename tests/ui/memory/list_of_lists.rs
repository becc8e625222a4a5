use deriv::derive_fn;

#[derive_fn]
fn f(x: &[f64]) -> f64 {
    let mut rows: Vec<Vec<f64>> = Vec::new();
    for i in 0..x.len() {
        rows.push(vec![x[i]; i]);
    }
    rows[1][0]
}

fn main() {
    f_prime(&[1.0], &mut [0.0]);
}
