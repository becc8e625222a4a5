//! Structs in which parts are moved as a whole: nothing at that place says whether that is a number or a struct.

use deriv::{Reals, derive_fn};

mod common;
use common::{near, slope};

#[derive(Reals, Clone, Copy, Debug, PartialEq)]
struct V {
    x: f64,
    y: f64,
}

impl V {
    #[derive_fn(wrt(self, o), jvp, vjp, hvp)]
    fn plus(self, o: V) -> V {
        V { x: self.x + o.x, y: self.y + o.y * self.x.cos() }
    }

    #[derive_fn(wrt(self, k), jvp, vjp, hvp)]
    fn scale(self, k: f64) -> V {
        V { x: k * self.x, y: k * self.y }
    }
}

#[derive(Reals, Clone, Copy, Debug, PartialEq)]
struct Camera {
    at: V,
    lens: [f64; 2],
}

#[derive(Reals, Clone, Copy, Debug, PartialEq)]
struct State {
    pos: V,
    vel: V,
    camera: Camera,
    mass: f64,
}

fn state(t: f64) -> State {
    State {
        pos: V { x: 0.3 + t, y: -0.7 * t },
        vel: V { x: t * t, y: 1.2 - t },
        camera: Camera { at: V { x: t.sin(), y: 0.5 }, lens: [1.0 + 0.5 * t, t] },
        mass: 1.5 + 0.25 * t,
    }
}

/// The velocity of [`state`].
fn velocity(t: f64) -> State {
    State {
        pos: V { x: 1.0, y: -0.7 },
        vel: V { x: 2.0 * t, y: -1.0 },
        camera: Camera { at: V { x: t.cos(), y: 0.0 }, lens: [0.5, 1.0] },
        mass: 0.25,
    }
}

/// The product of the gradient with the velocity is the slope along `t`.
fn checked(f: fn(&State) -> f64, prime: fn(&State) -> State) {
    let t = 0.4;
    let (g, v) = (prime(&state(t)), velocity(t));
    let product = g.pos.x * v.pos.x
        + g.pos.y * v.pos.y
        + g.vel.x * v.vel.x
        + g.vel.y * v.vel.y
        + g.camera.at.x * v.camera.at.x
        + g.camera.at.y * v.camera.at.y
        + g.camera.lens[0] * v.camera.lens[0]
        + g.camera.lens[1] * v.camera.lens[1]
        + g.mass * v.mass;
    near(product, slope(|t| f(&state(t)), t));
}

#[derive_fn(wrt(s), jvp, vjp, hvp)]
fn looking(s: &State) -> f64 {
    s.camera.at.x * s.camera.lens[0] + s.pos.y * s.vel.x * s.camera.lens[1] + s.mass.powi(2)
}

/// The camera goes from one state to the next as it is.
#[derive_fn(wrt(start), vjp)]
fn carried(start: &State, n: usize) -> f64 {
    let mut s = *start;
    for _ in 0..n {
        s = State {
            pos: V { x: s.pos.x + 0.1 * s.vel.x, y: s.pos.y + 0.1 * s.vel.y },
            vel: V { x: s.vel.x - 0.1 * s.pos.x.sin(), y: s.vel.y },
            camera: s.camera,
            mass: s.mass,
        };
    }
    looking(&s)
}

#[test]
fn parts_go_from_one_iteration_to_the_next() {
    checked(|s| carried(s, 4), |s| carried_prime(s, 4));
}

/// Parts get other structs, by calls and by assignment.
#[derive_fn(wrt(start), vjp, hvp)]
fn assigned(start: &State, n: usize) -> f64 {
    let mut s = *start;
    for i in 0..n {
        s.pos = s.pos.plus(s.vel.scale(0.1));
        s.vel = s.pos.scale(-0.2);
        if i == 1 {
            s.camera = start.camera;
            s.camera.at = s.vel;
        }
    }
    looking(&s)
}

#[test]
fn parts_get_structs() {
    checked(|s| assigned(s, 3), |s| assigned_prime(s, 3));
    let (t, h) = (0.4, 1e-5);
    let along = assigned_hvp(&state(t), 3, &velocity(t));
    let moved = |step: f64| {
        let (mut s, v) = (state(t), velocity(t));
        s.pos = V { x: s.pos.x + step * v.pos.x, y: s.pos.y + step * v.pos.y };
        s.vel = V { x: s.vel.x + step * v.vel.x, y: s.vel.y + step * v.vel.y };
        s.camera.at = V { x: s.camera.at.x + step * v.camera.at.x, y: s.camera.at.y };
        s.camera.lens =
            [s.camera.lens[0] + step * v.camera.lens[0], s.camera.lens[1] + step * v.camera.lens[1]];
        s.mass += step * v.mass;
        assigned_prime(&s, 3)
    };
    let (up, down) = (moved(h), moved(-h));
    near(along.pos.x, (up.pos.x - down.pos.x) / (2.0 * h));
    near(along.vel.y, (up.vel.y - down.vel.y) / (2.0 * h));
    near(along.camera.lens[0], (up.camera.lens[0] - down.camera.lens[0]) / (2.0 * h));
}

/// The same part goes to several places, in one of two ways.
#[derive_fn(wrt(s), vjp)]
fn doubled(s: &State, sign: f64) -> f64 {
    let other = if sign < 0.0 {
        State { pos: s.vel, vel: s.vel, camera: s.camera, mass: s.mass }
    } else {
        State { pos: s.pos, vel: s.pos, camera: Camera { at: s.vel, lens: s.camera.lens }, mass: 1.0 }
    };
    looking(&other)
}

#[test]
fn parts_go_to_several_places() {
    checked(|s| doubled(s, -1.0), |s| doubled_prime(s, -1.0));
    checked(|s| doubled(s, 1.0), |s| doubled_prime(s, 1.0));
}

/// What is kept under a name goes to several places, one after the other.
#[derive_fn(wrt(start), vjp)]
fn kept(start: &State, n: usize) -> f64 {
    let mut s = *start;
    let mut t = *start;
    for i in 0..n {
        let camera = s.camera;
        let both = State { pos: s.vel, vel: s.vel, camera: s.camera, mass: 0.5 };
        s.camera.at.x *= t.mass;
        t.camera = camera;
        if i > 0 {
            s.camera = both.camera;
            s.vel = both.pos;
            t.vel = both.vel;
            t.pos = both.pos;
        }
    }
    looking(&s) * looking(&t)
}

#[test]
fn parts_are_kept() {
    for n in 0..3 {
        checked(
            match n {
                0 => |s| kept(s, 0),
                1 => |s| kept(s, 1),
                _ => |s| kept(s, 2),
            },
            match n {
                0 => |s| kept_prime(s, 0),
                1 => |s| kept_prime(s, 1),
                _ => |s| kept_prime(s, 2),
            },
        );
    }
}

/// Data of any shape is part of what is built.
#[derive_fn(wrt(x), jvp, vjp)]
fn with_data(x: f64, data: &State) -> Camera {
    Camera { at: V { x, y: data.mass }, lens: data.camera.lens }
}

#[derive_fn(wrt(x))]
fn of_data(x: f64, data: &State) -> f64 {
    let state = State {
        pos: V { x, y: 2.0 },
        vel: data.vel,
        camera: Camera { at: V { x: x * x, y: 1.0 }, ..data.camera },
        mass: x,
    };
    looking(&state)
}

#[test]
fn data_in_structs() {
    let data = state(0.4);
    assert_eq!(with_data(0.3, &data), Camera { at: V { x: 0.3, y: data.mass }, lens: data.camera.lens });
    let prime = with_data_prime(0.3, &data);
    assert_eq!(prime, Camera { at: V { x: 1.0, y: 0.0 }, lens: [0.0, 0.0] });
    let seed = Camera { at: V { x: 2.0, y: 3.0 }, lens: [4.0, 5.0] };
    assert_eq!(with_data_vjp(0.3, &data, seed).1, 2.0);
    near(of_data_prime(0.3, &data), slope(|x| of_data(x, &data), 0.3));
}

/// A struct leaves a loop.
#[derive_fn(wrt(start), vjp, jvp)]
fn until(start: &V, least: f64) -> (V, f64) {
    let mut v: V = start.scale(0.9);
    for _ in 0..20 {
        let next: V = v.plus(v.scale(0.3));
        if next.x > least {
            return (next, v.y);
        }
        v = next;
    }
    (v, 1.0)
}

#[derive_fn(wrt(start), vjp)]
fn broken(start: &V, least: f64) -> V {
    if start.x < 0.0 {
        let back: V = start.scale(-1.0);
        return back;
    }
    let mut k = 1.0 + start.x;
    let found: V = loop {
        let v: V = start.scale(k);
        k *= 1.5;
        if v.x > least {
            break v;
        }
    };
    V { x: found.x * 2.0, y: found.y }
}

#[test]
fn structs_leave_loops() {
    let start = V { x: 0.3, y: 0.7 };
    for least in [0.1, 1.0, 1e6] {
        let (_, prime) = until_vjp(&start, least, (V { x: 1.0, y: 2.0 }, 3.0));
        let total = |x, y| {
            let (v, last) = until(&V { x, y }, least);
            v.x + 2.0 * v.y + 3.0 * last
        };
        near(prime.x, slope(|x| total(x, start.y), start.x));
        near(prime.y, slope(|y| total(start.x, y), start.y));
        let (_, (dot, last)) = until_jvp(&start, least, &V { x: 1.0, y: 0.0 });
        near(dot.x + 2.0 * dot.y + 3.0 * last, prime.x);
    }
    for x in [0.3, -0.4] {
        let (_, prime) = broken_vjp(&V { x, y: 0.7 }, 2.0, V { x: 1.0, y: 2.0 });
        let total = |x| {
            let v = broken(&V { x, y: 0.7 }, 2.0);
            v.x + 2.0 * v.y
        };
        near(prime.x, slope(total, x));
    }
}
