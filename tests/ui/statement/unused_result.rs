use deriv::derive_fn;

#[derive_fn]
fn f(x: f64, memory: &std::cell::Cell<f64>) -> f64 {
    let _old = memory.replace(x);
    memory.get()
}

fn main() {
    let _ = f_prime(1.0, &std::cell::Cell::new(0.0));
}
