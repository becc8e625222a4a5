use deriv::derive_fn;

struct Start(f64, u32);

#[derive_fn]
fn f(x: f64, start: Start) -> f64 {
    let Start(mut y, n) = start;
    y += x;
    y * n as f64
}

fn main() {
    let _ = f_prime(1.0, Start(2.0, 3));
}
