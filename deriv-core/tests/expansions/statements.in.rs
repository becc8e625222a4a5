#[derive_fn]
fn reassigned(x: f64) -> f64 {
    let mut a = x;
    a *= a;
    let x = a.sin();
    a += x;
    a
}

#[derive_fn]
fn closures(x: f64, k: i32) -> f64 {
    let scale = k as f64;
    let damp = |u: f64| scale * (-u).exp();
    fn square(u: f64) -> f64 {
        u * u
    }
    damp(x) + square(damp(2.0 * x))
}

#[derive_fn]
fn observed(x: f64) -> f64 {
    let y = x.ln();
    assert!(y.is_finite(), "ln({x}) is {y}");
    y * y
}
