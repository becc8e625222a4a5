use deriv::derive_fn;

macro_rules! square {
    ($x:expr) => {
        $x * $x
    };
}

#[derive_fn]
fn f(x: f64) -> f64 {
    1.0 + square!(x)
}

fn main() {
    let _ = f_prime(1.0);
}
