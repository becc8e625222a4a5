use deriv::derive_fn;

mod physics {
    pub fn drag(v: f64, rho: f64) -> f64 {
        rho * v * v
    }
}

#[derive_fn]
fn f(v: f64) -> f64 {
    2.0 * physics::drag(v, 1.2)
}

fn main() {
    let _ = f_prime(1.0);
}
