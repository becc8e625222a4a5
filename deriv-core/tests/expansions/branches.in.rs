#[derive_fn(value_and_prime)]
fn huber(x: f64, delta: f64) -> f64 {
    if x.abs() <= delta { 0.5 * x * x } else { delta * (x.abs() - 0.5 * delta) }
}

#[derive_fn]
fn tax(income: f64) -> f64 {
    if income < 10_000.0 {
        return 0.0;
    }
    let mut due = 0.2 * (income - 10_000.0);
    if income > 50_000.0 {
        due += 0.1 * (income - 50_000.0);
    }
    due
}

#[derive_fn]
fn pick(x: f64, n: u8) -> f64 {
    match n {
        0 => 1.0,
        1 | 2 => x,
        n if x > 0.0 => x.powf(0.5) * n as f64,
        _ => x * x,
    }
}

#[derive_fn(mode = reverse)]
fn safe(x: f64, y: f64) -> f64 {
    let root = x.sqrt();
    if x > 0.0 { root * y } else { y }
}

#[derive_fn]
fn limited(x: f64, y: f64) -> f64 {
    x.max(y).min(1.0) + x.clamp(-1.0, 1.0)
}
