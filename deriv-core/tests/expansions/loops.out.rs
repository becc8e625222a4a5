/// The derivative of `sum_of_squares` by x.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn sum_of_squares_prime(x: &[f64], x_prime: &mut [f64]) {
    ::core::assert!(
        x_prime.len() == x.len(), "`x_prime` has {} elements where {} are needed",
        x_prime.len(), x.len()
    );
    let end = x.len();
    let x_2 = &x[..end];
    let x_bar = &mut x_prime[..end];
    for i in 0..end {
        let x_3 = x_2[i];
        x_bar[i] = 2.0 * x_3;
    }
}

/// The derivative of `misfit` by slope, offset.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn misfit_prime(slope: f64, offset: f64, data: &[(f64, f64)]) -> [f64; 2] {
    let len = data.len() as f64;
    let mut dot = 0.0;
    let mut dot_2 = 0.0;
    for &(x, y) in data.iter() {
        let x_2 = <::core::primitive::f64 as ::core::clone::Clone>::clone(&x);
        let y_2 = <::core::primitive::f64 as ::core::clone::Clone>::clone(&y);
        let t = 2.0 * (slope * x_2 + offset - y_2);
        dot += t * x_2;
        dot_2 += t;
    }
    let t_2 = 1.0 / len;
    [t_2 * dot, t_2 * dot_2]
}
/// `misfit` and its derivative by slope, offset, in one pass.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn misfit_value_and_prime(
    slope: f64,
    offset: f64,
    data: &[(f64, f64)],
) -> (f64, [f64; 2]) {
    let len = data.len() as f64;
    let mut sum = -0.0;
    let mut dot = 0.0;
    let mut dot_2 = 0.0;
    for &(x, y) in data.iter() {
        let x_2 = <::core::primitive::f64 as ::core::clone::Clone>::clone(&x);
        let y_2 = <::core::primitive::f64 as ::core::clone::Clone>::clone(&y);
        let t = slope * x_2 + offset - y_2;
        let t_2 = 2.0 * t;
        sum += ::core::primitive::f64::powi(t, 2);
        dot += t_2 * x_2;
        dot_2 += t_2;
    }
    let t_3 = 1.0 / len;
    (sum / len, [t_3 * dot, t_3 * dot_2])
}

/// The derivative of `pendulum` by angle, length.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn pendulum_prime(mut angle: f64, length: f64, steps: usize) -> [f64; 2] {
    let t = 1.0 / length;
    let mut angle_2 = angle;
    let mut speed = 0.0;
    let mut dot = 1.0;
    let mut dot_2 = 0.0;
    let mut dot_3 = 0.0;
    let mut dot_4 = 0.0;
    for _ in 0..steps {
        let (sin, cos) = ::core::primitive::f64::sin_cos(angle_2);
        let t_2 = 0.01 * sin / length;
        let speed_2 = speed - t_2;
        let t_3 = dot_3 - 0.01 * dot * cos * t;
        let t_4 = dot_4 + (t_2 - 0.01 * dot_2 * cos) * t;
        angle_2 += 0.01 * speed_2;
        speed = speed_2;
        dot += 0.01 * t_3;
        dot_2 += 0.01 * t_4;
        dot_3 = t_3;
        dot_4 = t_4;
    }
    [dot, dot_2]
}
/// `pendulum` and the cotangents of angle, length for the given seed.
///
/// It keeps an intermediate value, `angle` of every iteration for the way back.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn pendulum_vjp(
    mut angle: f64,
    length: f64,
    steps: usize,
    seed: f64,
) -> (f64, [f64; 2]) {
    let size = (0..steps).size_hint().0;
    let mut tapes = ::deriv::__alloc::vec![0.0; size + size];
    let (tape, tapes_2) = <[_]>::split_at_mut(&mut tapes[..], size);
    let mut tape_len = 0usize;
    let angle_tape = tapes_2;
    let mut angle_tape_len = 0usize;
    let mut angle_2 = angle;
    let mut speed = 0.0;
    let turns = (0..steps).size_hint().0;
    tape_len += turns;
    angle_tape_len += turns;
    let row = &mut tape[tape_len - turns..tape_len];
    let row_2 = &mut angle_tape[angle_tape_len - turns..angle_tape_len];
    for ((_, p), angle_3) in (0..steps).zip(row.iter_mut()).zip(row_2.iter_mut()) {
        let sin = ::core::primitive::f64::sin(angle_2);
        *p = sin;
        *angle_3 = angle_2;
        let speed_2 = speed - 0.01 * sin / length;
        angle_2 += 0.01 * speed_2;
        speed = speed_2;
    }
    let t = 1.0 / length;
    let t_2 = t * t;
    let mut angle_bar = seed;
    let mut speed_bar = 0.0;
    let mut bar = 0.0;
    let turns_2 = (0..steps).size_hint().0;
    angle_tape_len -= turns_2;
    tape_len -= turns_2;
    let row_3 = &angle_tape[angle_tape_len..angle_tape_len + turns_2];
    let row_4 = &tape[tape_len..tape_len + turns_2];
    for (_, (&angle_4, &p_2)) in (0..steps)
        .rev()
        .zip(row_3.iter().zip(row_4.iter()).rev())
    {
        let t_3 = 0.01 * angle_bar + speed_bar;
        let t_4 = 0.01 * t_3;
        angle_bar = angle_bar - ::core::primitive::f64::cos(angle_4) * t_4 * t;
        speed_bar = t_3;
        bar += p_2 * t_4 * t_2;
    }
    (angle_2, [angle_bar, bar])
}

/// The derivative of `logistic_map` by rate.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn logistic_map_prime(rate: f64) -> f64 {
    let mut x = 0.5;
    let mut dot = 0.0;
    for _ in 0..20 {
        let t = rate * x;
        let t_2 = 1.0 - x;
        (x, dot) = (t * t_2, t_2 * (rate * dot + x) - dot * t);
    }
    dot
}

/// The derivative of `square_root` by x.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn square_root_prime(x: f64) -> f64 {
    let t = 0.000000000001 * x;
    let mut root = x;
    let mut dot = 1.0;
    while ::core::primitive::f64::abs(root * root - x) > t {
        let t_2 = x / root;
        (root, dot) = (0.5 * (root + t_2), 0.5 * (dot + (1.0 - dot * t_2) / root));
    }
    dot
}
/// `square_root` and the cotangents of x for the given seed.
///
/// It keeps `root` of every iteration for the way back.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn square_root_vjp(x: f64, seed: f64) -> (f64, f64) {
    let mut root_tape = ::deriv::__alloc::vec::Vec::new();
    let t = 0.000000000001 * x;
    let mut root = x;
    let mut count = 0usize;
    while ::core::primitive::f64::abs(root * root - x) > t {
        count += 1;
        root_tape.push(root);
        root = 0.5 * (root + x / root);
    }
    let mut root_bar = seed;
    let mut bar = 0.0;
    for _ in 0..count {
        let root_2 = root_tape.pop().unwrap();
        let t_2 = 1.0 / root_2;
        let t_3 = 0.5 * root_bar;
        root_bar = t_3 * (1.0 - x * (t_2 * t_2));
        bar += t_3 * t_2;
    }
    (root, root_bar + bar)
}

/// The derivative of `first_crossing` by x, limit.
///
/// It keeps `total` of every iteration for the way back.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn first_crossing_prime(x: &[f64], limit: f64, x_prime: &mut [f64]) -> f64 {
    ::core::assert!(
        x_prime.len() == x.len(), "`x_prime` has {} elements where {} are needed",
        x_prime.len(), x.len()
    );
    let len = x.len();
    <[_]>::fill(&mut x_prime[..], 0.0);
    let mut total_tape = ::deriv::__alloc::vec::Vec::with_capacity(
        (0..x.len()).size_hint().0,
    );
    let mut total = 0.0;
    let mut left = false;
    let mut count = 0usize;
    for i in 0..x.len() {
        count += 1;
        let x_2 = x[i];
        let (y, total_2) = if x_2 < 0.0 {
            (false, total)
        } else {
            let total_3 = total + ::core::primitive::f64::sqrt(x_2);
            (total_3 > limit, total_3)
        };
        total_tape.push(total);
        let done = y;
        total = total_2;
        left = y;
        if done {
            break;
        }
    }
    let partial = if left { 1.0 } else { 0.0 };
    let mut total_bar = 0.0;
    let mut y_bar = partial;
    let mut bar = 0.0;
    for i in (0..x.len()).rev().skip((0..x.len()).size_hint().0 - count) {
        let total_4 = total_tape.pop().unwrap();
        let x_3 = x[i];
        let (partial_2, partial_3, partial_4, partial_5) = if x_3 < 0.0 {
            (0.0, 0.0, 0.0, 0.0)
        } else {
            let sqrt = ::core::primitive::f64::sqrt(x_3);
            let t = 0.5 / sqrt;
            let (partial_6, partial_7, partial_8) = if total_4 + sqrt > limit {
                (-1.0, 1.0, t)
            } else {
                (0.0, 0.0, 0.0)
            };
            (partial_6, partial_7, partial_8, t)
        };
        let t_2 = y_bar != 0.0;
        let t_3 = if partial_5 != 0.0 { partial_5 * total_bar } else { 0.0 };
        let t_4 = if total_bar != 0.0 { t_3 } else { 0.0 };
        let t_5 = if partial_4 != 0.0 { partial_4 * y_bar } else { 0.0 };
        let t_6 = if t_2 { t_5 } else { 0.0 };
        x_prime[i] += t_4 + t_6;
        let t_7 = if partial_2 != 0.0 { partial_2 * y_bar } else { 0.0 };
        let t_8 = if t_2 { t_7 } else { 0.0 };
        let t_9 = if partial_3 != 0.0 { partial_3 * y_bar } else { 0.0 };
        let t_10 = if t_2 { t_9 } else { 0.0 };
        total_bar += t_10;
        y_bar = 0.0;
        bar += t_8;
    }
    bar
}

/// The derivative of `nearest` by x.
///
/// It keeps an intermediate value of every iteration for the way back.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn nearest_prime(x: &[f64], points: &[f64], x_prime: &mut [f64]) {
    ::core::assert!(
        x_prime.len() == x.len(), "`x_prime` has {} elements where {} are needed",
        x_prime.len(), x.len()
    );
    let len = x.len();
    <[_]>::fill(&mut x_prime[..], 0.0);
    let mut tape = ::deriv::__alloc::vec![
        ::core::default::Default::default(); (points.chunks_exact(x.len())).size_hint().0
    ];
    let mut tape_len = 0usize;
    let mut closest = f64::INFINITY;
    let turns = ::core::iter::IntoIterator::into_iter(points.chunks_exact(x.len()))
        .size_hint()
        .0;
    tape_len += turns;
    let row = &mut tape[tape_len - turns..tape_len];
    for (point, p_2) in ::core::iter::IntoIterator::into_iter(
            points.chunks_exact(x.len()),
        )
        .zip(row.iter_mut())
    {
        let mut sum = -0.0;
        let turns_2 = (point.iter().zip(0..len)).size_hint().0;
        let x_2 = &x[..turns_2];
        for (p, j) in point.iter().zip(0..len) {
            let x_3 = x_2[j];
            let p_3 = <::core::primitive::f64 as ::core::clone::Clone>::clone(&p);
            let t = p_3 - x_3;
            sum += t * t;
        }
        let closest_2 = ::core::primitive::f64::min(closest, sum);
        *p_2 = closest_2 != sum;
        closest = closest_2;
    }
    let mut closest_bar = 1.0;
    let turns_3 = ::core::iter::IntoIterator::into_iter(points.chunks_exact(x.len()))
        .size_hint()
        .0;
    tape_len -= turns_3;
    let row_2 = &tape[tape_len..tape_len + turns_3];
    for (point, &p_4) in ::core::iter::IntoIterator::into_iter(
            points.chunks_exact(x.len()),
        )
        .rev()
        .zip(row_2.iter().rev())
    {
        let t_2 = if p_4 { 0.0 } else { closest_bar };
        if t_2 != 0.0 {
            let t_3 = -2.0 * closest_bar;
            let turns_4 = (point.iter().zip(0..len)).size_hint().0;
            let x_4 = &x[..turns_4];
            let x_bar = &mut x_prime[..turns_4];
            for (p, j) in point.iter().zip(0..len) {
                let x_5 = x_4[j];
                let p_5 = <::core::primitive::f64 as ::core::clone::Clone>::clone(&p);
                let t_4 = if p_4 { 0.0 } else { t_3 * (p_5 - x_5) };
                x_bar[j] += t_4;
            }
        }
        let t_5 = if p_4 { closest_bar } else { 0.0 };
        closest_bar = t_5;
    }
}

/// The derivative of `skewness` by x, scale.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn skewness_prime(x: &[f64], scale: f64, x_prime: &mut [f64]) -> f64 {
    ::core::assert!(
        x_prime.len() == x.len(), "`x_prime` has {} elements where {} are needed",
        x_prime.len(), x.len()
    );
    let t = 1.0 / scale;
    let mut bar = 0.0;
    let end = x.len();
    let x_2 = &x[..end];
    let x_bar = &mut x_prime[..end];
    for i in 0..end {
        let x_3 = x_2[i];
        let t_2 = (x_3 - 1.0) * t;
        let t_3 = 3.0 * (t_2 * t_2) * t;
        x_bar[i] = t_3;
        bar = bar - t_2 * t_3;
    }
    bar
}
/// `skewness` and the cotangents of x, scale for the given seed.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn skewness_vjp(x: &[f64], scale: f64, seed: f64, x_bar: &mut [f64]) -> (f64, f64) {
    ::core::assert!(
        x_bar.len() == x.len(), "`x_bar` has {} elements where {} are needed", x_bar
        .len(), x.len()
    );
    let t = 1.0 / scale;
    let mut sum = 0.0;
    let mut bar = 0.0;
    let end = x.len();
    let x_2 = &x[..end];
    let x_bar_2 = &mut x_bar[..end];
    for i in 0..end {
        let x_3 = x_2[i];
        let r = (x_3 - 1.0) / scale;
        let t_2 = r * r;
        let t_3 = 3.0 * (seed * t_2) * t;
        x_bar_2[i] = t_3;
        sum += t_2 * r;
        bar = bar - r * t_3;
    }
    (sum, bar)
}

