/// interpolate'(x) = table[i + 1] - table[i]
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn interpolate_prime(x: f64, table: &[f64]) -> f64 {
    let i_2 = (x as usize).min(table.len() - 2);
    let table_2 = table[i_2];
    let table_3 = table[i_2 + 1];
    table_3 - table_2
}

/// weighted'(x) = (gain·total·weights.len()·x^(weights.len() - 1) if weights.len() ≠ 0 else 0)
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn weighted_prime(x: f64, weights: &[f64], gain: f64) -> f64 {
    let mut total = 0.0;
    for w in weights {
        total += w;
    }
    let len = weights.len() as i32;
    let total_2 = total;
    let t = len as ::core::primitive::f64;
    let t_2 = if t != 0.0 {
        gain * total_2 * (t * ::core::primitive::f64::powf(x, t - 1.0))
    } else {
        0.0
    };
    t_2
}

/// shadowed'(x) = 2·x·n·n
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn shadowed_prime(x: f64, n: i32) -> f64 {
    let n_2 = n as f64;
    let n = n + 1;
    let n_3 = n as f64;
    2.0 * x * n_2 * n_3
}

