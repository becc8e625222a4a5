#[derive_fn(wrt(x))]
fn interpolate(x: f64, table: &[f64]) -> f64 {
    let i = (x as usize).min(table.len() - 2);
    let t = x - i as f64;
    table[i] * (1.0 - t) + table[i + 1] * t
}

#[derive_fn(wrt(x))]
fn weighted(x: f64, weights: &[f64], gain: f64) -> f64 {
    let mut total = 0.0;
    for w in weights {
        total += w;
    }
    gain * total * x.powi(weights.len() as i32)
}

#[derive_fn]
fn shadowed(x: f64, n: i32) -> f64 {
    let a = x * n as f64;
    let n = n + 1;
    a * x * n as f64
}
