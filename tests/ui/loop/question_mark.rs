use deriv::derive_fn;

#[derive_fn]
fn f(x: &[f64], text: &[&str]) -> f64 {
    let sum = || -> Option<f64> {
        let mut sum = 0.0;
        for k in 0..x.len() {
            sum += x[k] * text[k].parse::<f64>().ok()?;
        }
        Some(sum)
    };
    sum().unwrap_or(0.0)
}

fn main() {
    f_prime(&[1.0], &["1"], &mut [0.0]);
}
