use deriv::Reals;

#[derive(Reals)]
#[reals(create = renamed)]
struct Point {
    x: f64,
}

fn main() {}
