#[derive_fn(vjp)]
fn norm(x: &[f64; 3]) -> f64 {
    (x[0] * x[0] + x[1] * x[1] + x[2] * x[2]).sqrt()
}

#[derive_fn(jvp)]
fn mixed(k: f64, m: [[f64; 2]; 2]) -> [f64; 2] {
    assert!(m[0][0] > 0.0, "{m:?}");
    [k * m[0][0], m[0][1] * m[1][0]]
}
