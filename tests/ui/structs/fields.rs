use deriv::{Reals};

#[derive(Reals)]
struct Mixed {
    x: f64,
    y: f32,
}

#[derive(Reals)]
struct Named {
    x: f64,
    name: String,
}

#[derive(Reals)]
struct Empty;

#[derive(Reals)]
enum Either {
    Left(f64),
    Right(f64),
}


fn main() {}
