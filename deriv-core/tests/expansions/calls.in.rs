#[derive_fn(value_and_prime)]
fn outer(x: f64, y: f64) -> f64 {
    inner(x * y) * other(x, y, 3)
}

#[derive_fn(prime2)]
fn nested(x: f64) -> f64 {
    inner(inner(x))
}

#[derive_fn(derivative(erfc = minus_bell))]
fn given(x: f64) -> f64 {
    x * erfc(x)
}

/// By itself, on parts of a slice: what it calls adds to the derivative in place.
#[derive_fn(vjp)]
fn halves(x: &[f64]) -> f64 {
    if let [x] = x {
        return x.sin();
    }
    let (left, right) = x.split_at(x.len() / 2);
    halves(left) + halves(right)
}
