use deriv::derive_fn;

struct Particle {
    x: f64,
    v: f64,
}

#[derive_fn]
fn f(x: f64, y: f64) -> f64 {
    let mut all = [Particle { x, v: 0.0 }, Particle { x: y, v: 0.5 }];
    for k in 0..2 {
        all[k].x += 0.2 * all[k].v;
    }
    all[0].x * all[1].x
}

fn main() {
    f_prime(1.0, 2.0);
}
