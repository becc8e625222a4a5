use deriv::derive_fn;

static mut LAST: f64 = 0.0;

#[derive_fn]
fn f(x: f64) -> f64 {
    unsafe {
        LAST = x;
    }
    x * x
}

fn main() {
    let _ = f_prime(1.0);
}
