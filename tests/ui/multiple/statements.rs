use deriv::derive_fn;

#[derive_fn(prime2, gradient)]
fn f(x: f64, y: f64) -> f64 {
    let a = vec![x];
    let b = x.to_bits() as f64;
    for _ in 0..3 {
        println!("{}", x * y);
    }
    let c = Some(y);
    a[0] + b + c.unwrap()
}

fn main() {
    let _ = (f_prime(1.0, 2.0), f_prime2(1.0, 2.0));
}
