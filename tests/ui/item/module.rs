use deriv::derive_fn;

#[derive_fn]
mod functions {
    pub fn f(x: f64) -> f64 {
        x * x
    }
}

fn main() {
    let _ = functions::f(1.0);
}
