use deriv::derive_fn;

macro_rules! double {
    ($x:ident) => {
        $x *= 2.0;
    };
}

#[derive_fn]
fn f(x: f64) -> f64 {
    let mut y = x;
    double!(y);
    y
}

fn main() {
    let _ = f_prime(1.0);
}
