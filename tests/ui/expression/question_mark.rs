use deriv::derive_fn;

#[derive_fn]
fn f(x: f64, text: &str) -> f64 {
    let scaled = |y: f64| Some(text.parse::<f64>().ok()? * y);
    scaled(x).unwrap_or(x)
}

fn main() {
    let _ = f_prime(1.0, "2");
}
