use deriv::derive_fn;

#[derive_fn]
fn f(x: &[f64]) -> f64 {
    let mut numbers = x.iter();
    let mut sum = 0.0;
    while let Some(number) = numbers.next() {
        sum += number * number;
    }
    sum
}

fn main() {
    f_prime(&[1.0], &mut [0.0]);
}
