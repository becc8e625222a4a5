use deriv::derive_fn;

struct Table;

impl Table {
    fn at(&self, x: f64) -> f64 {
        x
    }
}

fn load() -> Table {
    Table
}

#[derive_fn]
fn f(x: f64) -> f64 {
    load().at(x)
}

fn main() {
    let _ = f_prime(1.0);
}
