use deriv::derive_fn;

#[derive_fn(test(x in 0.0..1.0))]
fn powers(x: f64) -> [f64; 100] {
    let mut powers = [1.0; 100];
    for i in 1..100 {
        powers[i] = powers[i - 1] * x;
    }
    powers
}

fn main() {}
