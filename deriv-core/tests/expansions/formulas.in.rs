#[derive_fn]
fn polynomial(x: f64) -> f64 {
    3.0 * x.powi(2) + 2.0 * x + 1.0
}

#[derive_fn]
fn gaussian(x: f64, mu: f64, sigma: f64) -> f64 {
    let z = (x - mu) / sigma;
    (-0.5 * z * z).exp() / (sigma * (2.0 * std::f64::consts::PI).sqrt())
}

#[derive_fn(value_and_prime)]
fn lennard_jones(r: f64) -> f64 {
    let s6 = (1.0 / r).powi(6);
    4.0 * (s6 * s6 - s6)
}

#[derive_fn(prime2)]
fn chain(x: f64) -> f64 {
    x.powi(2).cos().exp().sin()
}

#[derive_fn]
fn single(x: f32) -> f32 {
    (0.5 * x).tanh() + 1.0
}
