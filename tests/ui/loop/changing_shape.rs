use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    let mut state = (x, 1.0);
    for k in 0..3 {
        state = [x, state.0];
    }
    state.0
}

fn main() {
    f_prime(1.0);
}
