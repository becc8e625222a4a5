use deriv::derive_fn;

#[derive_fn(wrt(x, z), hessian)]
async fn f(x: f64, p: (f64, f64), out: &mut f64) -> (f64, bool) {
    *out = p.0;
    (x, p.1 > 0.0)
}

fn main() {}
