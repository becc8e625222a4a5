use deriv::derive_fn;

#[derive_fn]
fn f<T: Copy + std::ops::Mul<Output = T>>(x: T) -> T {
    x * x
}

fn main() {
    let _ = f_prime(1.0);
}
