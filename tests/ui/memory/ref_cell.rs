use deriv::derive_fn;

#[derive_fn]
fn f(x: &[f64]) -> f64 {
    let cell = std::cell::RefCell::new(0.0);
    for k in 0..x.len() {
        *cell.borrow_mut() += x[k];
    }
    let sum = *cell.borrow();
    sum * sum
}

fn main() {
    f_prime(&[1.0], &mut [0.0]);
}
