use deriv::derive_fn;

#[derive_fn(hessian)]
fn f(x: &[f64], mut n: usize) -> f64 {
    let mut sum = 0.0;
    n -= 1;
    for i in 0..n {
        sum += x[i] * x[n];
    }
    sum
}

fn main() {
    f_hessian(&[1.0], 1, &mut [0.0]);
}
