use deriv::derive_fn;

macro_rules! square {
    ($name:ident) => {
        fn $name(x: f64) -> f64 {
            x * x
        }
    };
}

#[derive_fn]
square!(f);

fn main() {
    let _ = f(1.0);
}
