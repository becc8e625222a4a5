use deriv::derive_fn;

#[derive_fn(vjp)]
fn double(y: &[f64], out: &mut [f64]) {
    for i in 0..y.len() {
        out[i] = 2.0 * y[i];
    }
}

#[derive_fn(vjp)]
fn f(y: &mut [f64], out: &mut [f64]) {
    double(y, out);
}

fn main() {
    let _ = f_vjp(&mut [1.0], &mut [0.0], &mut [0.0], &mut [1.0]);
}
