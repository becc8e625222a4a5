//! Buffers that are declared outside of a loop and written anew in each iteration, or nearly so: what is left in
//! them by an iteration may or may not be read in the next.
#![allow(clippy::needless_range_loop, clippy::manual_memcpy, reason = "as people write it")]

use deriv::derive_fn;

#[track_caller]
fn check(f: impl Fn(&[f64]) -> f64, g: impl Fn(&[f64], &mut [f64]), x: &[f64]) {
    let mut gradient = vec![f64::NAN; x.len()];
    g(x, &mut gradient);
    let mut x = x.to_vec();
    for i in 0..x.len() {
        let expected = deriv::numeric::partial(&f, &mut x, i).value;
        assert!(
            (gradient[i] - expected).abs() < 1e-6 * expected.abs().max(1.0),
            "{i}: {gradient:?}, {expected}"
        );
    }
}

const X: [f64; 6] = [0.3, -1.1, 0.9, 1.7, -0.4, 0.9];

// All of it is written, in several ways.

#[derive_fn(vjp)]
fn counted(x: &[f64]) -> f64 {
    let n = x.len();
    let mut row = vec![0.0; n];
    let mut sum = 0.0;
    for k in 0..n {
        for i in 0..n {
            row[i] = x[i] * x[k];
        }
        sum += row.iter().map(|r| r.sin()).product::<f64>();
    }
    sum
}

#[derive_fn(vjp)]
fn by_iterator(x: &[f64]) -> f64 {
    let mut row = x.to_vec();
    let mut sum = 0.0;
    for k in 0..3 {
        for r in row.iter_mut() {
            *r = x[k] + 1.5;
        }
        for (r, v) in row.iter_mut().zip(x) {
            *r *= v;
        }
        sum += row[k] * row[k + 1];
    }
    sum
}

#[derive_fn(vjp)]
fn copied(x: &[f64]) -> f64 {
    let mut row = vec![0.0; x.len()];
    let mut sum = 0.0;
    for k in 0..x.len() {
        row.copy_from_slice(x);
        for i in 0..k {
            row[i] = row[i + 1] * x[k];
        }
        sum += row[0] * row[k];
    }
    sum
}

#[derive_fn(vjp)]
fn nested(x: &[f64]) -> f64 {
    let (rows, columns) = (3, x.len() - 2);
    let mut table = vec![0.0; columns * rows];
    let mut sum = 0.0;
    for k in 0..x.len() {
        for j in 0..columns {
            for i in 1..=rows {
                table[(i - 1) * columns + j] = x[k] * x[j] + x[i];
            }
        }
        sum += table.iter().map(|t| t * t * t).sum::<f64>();
    }
    sum
}

#[derive_fn(vjp)]
fn in_an_array(x: &[f64]) -> f64 {
    const N: usize = 5;
    let mut table = [[0.0; N]; 6];
    let mut sum = 0.0;
    for k in 0..x.len() {
        for i in (0..6).rev() {
            for j in 0..N {
                table[i][j] = x[i] * x[k] - x[j];
            }
        }
        sum += table[k][k % N] * table[(k + 1) % 6][0];
    }
    sum
}

// Not all of it is.

#[derive_fn(vjp)]
fn but_one(x: &[f64]) -> f64 {
    let n = x.len();
    let mut row = vec![1.0; n];
    let mut sum = 0.0;
    for k in 0..n {
        for i in 1..n {
            row[i] = x[i] * x[k] + row[0];
        }
        sum += row.iter().product::<f64>();
        row[0] = row[2] * x[k];
    }
    sum
}

#[derive_fn(vjp)]
fn every_second(x: &[f64]) -> f64 {
    let n = x.len() / 2;
    let mut row = vec![1.0; 2 * n];
    let mut sum = 0.0;
    for k in 0..n {
        for i in 0..n {
            row[2 * i] = x[i] * x[k];
        }
        for i in 0..n {
            sum += row[2 * i + 1] * row[2 * i];
        }
        row[2 * k + 1] = x[k] * row[0];
    }
    sum
}

#[derive_fn(vjp)]
fn the_same_twice(x: &[f64]) -> f64 {
    let n = 3;
    let mut row = vec![0.5; n * 2];
    let mut sum = 0.0;
    for k in 0..n {
        for i in 0..n {
            for j in 0..2 {
                row[i + j] = x[i + k] * x[j];
            }
        }
        sum += row[5] * row[4] * row[3];
        row[5] = sum;
        row[4] = x[k];
    }
    sum
}

#[derive_fn(vjp)]
fn where_it_holds(x: &[f64]) -> f64 {
    let n = x.len();
    let mut row = vec![1.0; n];
    let mut sum = 0.0;
    for k in 0..n {
        for i in 0..n {
            if (i + k) % 3 != 0 {
                row[i] = x[i] * x[k];
            }
        }
        sum += row.iter().product::<f64>();
    }
    sum
}

#[derive_fn(vjp)]
fn until_a_break(x: &[f64]) -> f64 {
    let n = x.len();
    let mut row = vec![1.0; n];
    let mut sum = 0.0;
    for k in 0..n {
        for i in 0..n {
            if i > n - k {
                break;
            }
            row[i] = x[i] * x[k];
        }
        sum += row.iter().product::<f64>();
    }
    sum
}

#[derive_fn(vjp)]
fn perhaps_never(x: &[f64], turns: usize) -> f64 {
    let n = x.len();
    let mut row = x.to_vec();
    let mut sum = 0.0;
    for k in 0..n {
        for _ in 0..turns {
            for i in 0..n {
                row[i] = x[i] * x[k];
            }
        }
        sum += row[k] * row[0];
        row[0] *= x[k];
    }
    sum
}

#[derive_fn(vjp)]
fn in_one_arm(x: &[f64]) -> f64 {
    let n = x.len();
    let mut row = x.to_vec();
    let mut sum = 0.0;
    for k in 0..n {
        if k % 2 == 0 {
            for i in 0..n {
                row[i] = x[i] * x[k];
            }
        }
        sum += row[k] * row[0];
    }
    sum
}

#[derive_fn(vjp)]
fn other_names(x: &[f64]) -> f64 {
    let n = x.len();
    let mut row = vec![1.0; n];
    let mut sum = 0.0;
    for k in 0..n {
        let n = k;
        for i in 0..n {
            row[i] = x[i] * x[k];
        }
        sum += row.iter().product::<f64>();
    }
    sum
}

#[derive_fn(vjp)]
fn that_changes(x: &[f64]) -> f64 {
    let mut m = x.len();
    let mut row = vec![1.0; m];
    let mut sum = 0.0;
    for k in 0..x.len() {
        for i in 0..m {
            row[i] = x[i] * x[k];
        }
        m -= 1;
        sum += row.iter().product::<f64>();
    }
    sum
}

// It is read elsewhere.

#[derive_fn(vjp)]
fn afterwards(x: &[f64]) -> f64 {
    let n = x.len();
    let mut row = vec![0.0; n];
    let mut sum = 0.0;
    for k in 0..n {
        for i in 0..n {
            row[i] = x[i] * x[k];
        }
        sum += row[k].sin();
    }
    sum + row.iter().map(|r| r * r).sum::<f64>()
}

#[derive_fn(vjp)]
fn before(x: &[f64]) -> f64 {
    let n = x.len();
    let mut row = vec![0.5; n];
    let mut sum = 0.0;
    for k in 0..n {
        sum += row[k] * x[0];
        for i in 0..n {
            row[i] = x[i] * x[k];
        }
    }
    sum
}

#[derive_fn(vjp)]
fn by_a_swap(x: &[f64]) -> f64 {
    let n = x.len();
    let (mut row, mut last) = (vec![0.5; n], vec![0.25; n]);
    let mut sum = 0.0;
    for k in 0..n {
        for i in 0..n {
            row[i] = x[i] * x[k];
        }
        sum += row[k] * last[(k + 1) % n];
        std::mem::swap(&mut row, &mut last);
    }
    sum
}

#[derive_fn(vjp)]
fn in_two_loops(x: &[f64]) -> f64 {
    let n = x.len();
    let mut row = vec![0.5; n];
    let mut sum = 0.0;
    for k in 0..n {
        for i in 0..n {
            row[i] = x[i] * x[k];
        }
        sum += row[k];
    }
    for k in 0..n {
        sum += row[k] * x[0];
        for i in 0..n {
            row[i] = x[i] + x[k];
        }
    }
    sum
}

// With calls.

#[derive_fn(vjp)]
fn total(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v * v).sum::<f64>()
}

#[derive_fn(vjp)]
fn of_a_call(x: &[f64]) -> f64 {
    let n = x.len();
    let mut row = vec![0.0; n];
    let mut sum = 0.0;
    for k in 0..n {
        for i in 0..n {
            row[i] = x[i] * x[k];
        }
        sum += total(&row) * x[k];
    }
    sum
}

#[derive_fn(vjp)]
fn and_of_its_elements(x: &[f64]) -> f64 {
    let n = x.len();
    let mut row = vec![0.0; n];
    let mut sum = 0.0;
    for k in 0..n {
        for i in 0..n {
            row[i] = x[i] * x[k];
        }
        sum += row[0];
        sum += total(&row) * row[k];
        sum += row[1] * total(&row);
        row[2] *= 2.0;
        sum += total(&row);
    }
    sum
}

#[derive_fn(vjp)]
fn of_calls_alone(x: &[f64]) -> f64 {
    let mut row = vec![0.0; x.len()];
    for i in 0..x.len() {
        row[i] = x[i].sin();
    }
    let mut sum = 0.0;
    for k in 0..3 {
        sum += total(&row) * x[k];
    }
    if sum > 0.0 { sum + total(&row) } else { sum * total(&row) }
}

macro_rules! tests {
    ($($name:ident $prime:ident)*) => {
        $(
            mod $name {
                #[test]
                fn agrees_with_differences() {
                    super::check(super::$name, |x, g| super::$prime(x, g), &super::X);
                }
            }
        )*
    };
}
tests! {
    counted counted_prime
    by_iterator by_iterator_prime
    copied copied_prime
    nested nested_prime
    in_an_array in_an_array_prime
    but_one but_one_prime
    every_second every_second_prime
    the_same_twice the_same_twice_prime
    where_it_holds where_it_holds_prime
    until_a_break until_a_break_prime
    in_one_arm in_one_arm_prime
    other_names other_names_prime
    that_changes that_changes_prime
    afterwards afterwards_prime
    before before_prime
    by_a_swap by_a_swap_prime
    in_two_loops in_two_loops_prime
    of_a_call of_a_call_prime
    and_of_its_elements and_of_its_elements_prime
    of_calls_alone of_calls_alone_prime
}

#[test]
fn a_loop_around_that_turns_never() {
    for turns in 0..3 {
        check(|x| perhaps_never(x, turns), |x, g| perhaps_never_prime(x, turns, g), &X);
    }
}

// What is forgotten, in other products and with checkpoints.

#[derive_fn(vjp, jvp, hvp)]
fn determinant(a: &[f64], n: usize) -> f64 {
    if n == 1 {
        return a[0];
    }
    let m = n - 1;
    let mut minor = vec![0.0; m * m];
    let (mut sum, mut sign) = (0.0, 1.0);
    for column in 0..n {
        for i in 0..m {
            for j in 0..m {
                minor[i * m + j] = a[(i + 1) * n + if j < column { j } else { j + 1 }];
            }
        }
        sum += sign * determinant(&minor, m) * a[column];
        sign = -sign;
    }
    sum
}

#[derive_fn(vjp, checkpoint = 2)]
fn over_time(x: &[f64], steps: usize) -> f64 {
    let n = x.len();
    let mut u = x.to_vec();
    let mut rate = vec![0.0; n];
    for _ in 0..steps {
        for i in 0..n {
            rate[i] = u[i] * u[(i + 1) % n] - 0.3 * u[i];
        }
        for i in 0..n {
            u[i] += 0.1 * rate[i].sin() * rate[(i + 2) % n];
        }
    }
    u.iter().map(|u| u * u).sum::<f64>()
}

#[test]
fn determinants() {
    let a: Vec<f64> = (0..16).map(|i| (1.3 * i as f64 + 0.2).sin()).collect();
    let direction: Vec<f64> = (0..16).map(|i| (0.7 * i as f64).cos()).collect();
    check(|a| determinant(a, 4), |a, g| determinant_prime(a, 4, g), &a);
    let (mut gradient, mut curvature) = (vec![0.0; 16], vec![0.0; 16]);
    determinant_prime(&a, 4, &mut gradient);
    let along: f64 = gradient.iter().zip(&direction).map(|(g, d)| g * d).sum();
    let (value, slope) = determinant_jvp(&a, 4, &direction);
    assert_eq!(value, determinant(&a, 4));
    assert!((slope - along).abs() < 1e-12 * along.abs().max(1.0), "{slope} {along}");
    determinant_hvp(&a, 4, &direction, &mut curvature);
    let slopes = |t: f64| {
        let a: Vec<f64> = a.iter().zip(&direction).map(|(a, d)| a + t * d).collect();
        let mut gradient = vec![0.0; 16];
        determinant_prime(&a, 4, &mut gradient);
        gradient
    };
    let (up, down) = (slopes(1e-5), slopes(-1e-5));
    for i in 0..16 {
        let expected = (up[i] - down[i]) / 2e-5;
        assert!(
            (curvature[i] - expected).abs() < 1e-7 * expected.abs().max(1.0),
            "{i}: {curvature:?} {expected}"
        );
    }
}

#[test]
fn with_checkpoints() {
    for steps in [0, 1, 2, 5, 7] {
        check(|x| over_time(x, steps), |x, g| over_time_prime(x, steps, g), &X);
    }
}

#[derive_fn(vjp)]
fn summed_before_and_after(x: &[f64]) -> f64 {
    let n = x.len();
    let mut row = vec![0.0; n];
    let mut sum = 0.0;
    for k in 0..n {
        for i in 0..n {
            row[i] = x[i] * x[k];
        }
        for i in 0..n {
            sum += row[i].sin();
        }
        sum += total(&row);
        for r in &row {
            sum += r.cos();
        }
    }
    sum
}

#[derive_fn(vjp)]
fn in_an_arm(x: &[f64]) -> f64 {
    let n = x.len();
    let mut row = vec![0.0; n];
    let mut sum = 0.0;
    for k in 0..n {
        for i in 0..n {
            row[i] = x[i] * x[k];
        }
        if x[k] > 0.0 {
            sum += total(&row);
        } else {
            sum += row[k] * total(&row);
        }
        sum += total(&row) * x[0];
    }
    sum
}

#[test]
fn several_readers() {
    check(summed_before_and_after, summed_before_and_after_prime, &X);
    check(in_an_arm, in_an_arm_prime, &X);
}

// Several statements write it together, and the adjoint of the last loop that reads it overwrites what the iteration
// before has left.

/// The state after some steps from `y`, each of which fills `k` by `$fill` and then adds to `y`.
macro_rules! steps {
    ($name:ident: $k:ident, $i:ident, $y:ident, $x:ident, $n:ident, $m:ident => { $($fill:tt)* } { $($after:tt)* }) => {
        #[derive_fn(vjp)]
        fn $name($x: &[f64], $m: usize) -> f64 {
            let $n = $x.len();
            let mut $y = vec![0.5; $n];
            let mut $k = vec![0.0; $n];
            for _ in 0..3 {
                $($fill)*
                for $i in 0..$n {
                    $y[$i] += 0.1 * $k[$i] * $k[$i];
                }
                $($after)*
            }
            $y.iter().map(|v| v.sin()).sum()
        }
    };
}

steps!(first: k, i, y, x, n, m => {
    k[0] = x[0];
    for i in 1..n {
        k[i] = x[i] * y[i - 1] + m as f64;
    }
} {});

steps!(last: k, i, y, x, n, m => {
    for i in 0..n - 1 {
        k[i] = x[i] * y[i + 1] + m as f64;
    }
    k[n - 1] = x[0] * y[0];
} {});

// Of one element, both ends are the same.
steps!(both: k, i, y, x, n, m => {
    k[0] = x[0] * y[0];
    k[n - 1] = x[n - 1] * y[0] * y[0] + m as f64;
    for i in 1..n - 1 {
        k[i] = x[i] * y[i - 1];
    }
} {});

steps!(parts: k, i, y, x, n, m => {
    for i in m..n {
        k[i] = x[i] * y[i - m];
    }
    for i in 0..m {
        k[i] = y[i] * y[i];
    }
} {});

steps!(twice: k, i, y, x, n, m => {
    k[m] = x[0] * y[0];
    for i in 0..n {
        k[i] = x[i] * y[i];
    }
} {});

steps!(changed: k, i, y, x, n, m => {
    k[0] = x[0];
    for i in 1..n {
        k[i] = x[i] * y[i - 1];
    }
    k[m] *= y[m];
} {});

steps!(read_later: k, i, y, x, n, m => {
    k[0] = x[0] * y[0];
    for i in 1..n {
        k[i] = x[i] * y[i - 1];
    }
} {
    y[m] += k[m] * k[0];
});

steps!(written_later: k, i, y, x, n, m => {
    k[0] = x[0] * y[0];
    for i in 1..n {
        k[i] = x[i] * y[i - 1];
    }
} {
    k[m] = y[m] * x[m];
});

steps!(read_between: k, i, y, x, n, m => {
    k[0] = x[0] * y[0];
    y[0] += k[m];
    for i in 1..n {
        k[i] = x[i] * y[i - 1];
    }
} {});

steps!(left_out: k, i, y, x, n, m => {
    if y[m] > 0.8 {
        continue;
    }
    k[0] = x[0] * y[0];
    for i in 1..n {
        k[i] = x[i] * y[i - 1];
    }
} {});

/// What is written before the loop counts where the loop does not turn, and nowhere else.
#[derive_fn(vjp)]
fn written_before(x: &[f64], steps: usize) -> f64 {
    let n = x.len();
    let mut k = vec![0.0; n];
    let mut y = vec![0.5; n];
    k[0] = x[1];
    for _ in 0..steps {
        k[0] = x[0] * y[0];
        for i in 1..n {
            k[i] = x[i] * y[i - 1];
        }
        for i in 0..n {
            y[i] += k[i].sin();
        }
    }
    y.iter().product()
}

/// In each iteration of a loop in a loop.
#[derive_fn(vjp)]
fn in_each_turn(x: &[f64], m: usize) -> f64 {
    let n = x.len();
    let mut k = vec![0.0; n];
    let mut y = vec![0.5; n];
    for _ in 0..2 {
        for j in 0..m {
            k[0] = x[j] * y[0];
            for i in 1..n {
                k[i] = x[i] * y[i - 1] * y[j];
            }
            for i in 0..n {
                y[i] += 0.1 * k[i];
            }
        }
        y[0] *= y[n - 1];
    }
    y.iter().map(|v| v * v).sum()
}

/// Sums have one loop for both sweeps.
#[derive_fn(vjp)]
fn summed(x: &[f64], m: usize) -> f64 {
    let n = x.len();
    let mut k = vec![0.0; n];
    let mut sum = 0.0;
    for j in 0..=m {
        k[0] = x[j];
        for i in 1..n {
            k[i] = x[i] * x[j] + 1.0;
        }
        let mut product = 1.0;
        for i in 0..n {
            product *= k[i];
        }
        sum += product;
    }
    sum
}

/// A row and a column, and what is between.
#[derive_fn(vjp)]
fn framed(x: &[f64], m: usize) -> f64 {
    let mut k = [[0.0; 6]; 6];
    let mut y = 1.0;
    for _ in 0..m {
        for j in 0..6 {
            k[0][j] = x[j] * y;
        }
        for i in 1..6 {
            k[i][0] = x[i];
        }
        for i in 1..6 {
            for j in 1..6 {
                k[i][j] = x[i] * x[j] * y;
            }
        }
        for i in 0..6 {
            for j in 0..6 {
                y += 0.01 * k[i][j] * k[i][j];
            }
        }
    }
    y
}

#[derive_fn(vjp, checkpoint = 2)]
fn checkpointed(x: &[f64], steps: usize) -> f64 {
    let n = x.len();
    let mut k = vec![0.0; n];
    let mut y = vec![0.5; n];
    for _ in 0..steps {
        k[0] = x[0];
        for i in 1..n {
            k[i] = x[i] * y[i - 1];
        }
        for i in 0..n {
            y[i] += 0.3 * k[i];
        }
    }
    y.iter().map(|v| v * v).sum()
}

type Stepped = fn(&[f64], usize) -> f64;
type SteppedVjp = fn(&[f64], usize, f64, &mut [f64]) -> f64;

#[test]
fn written_by_several_statements() {
    let all: &[(Stepped, SteppedVjp)] = &[
        (first, first_vjp),
        (last, last_vjp),
        (both, both_vjp),
        (parts, parts_vjp),
        (twice, twice_vjp),
        (changed, changed_vjp),
        (read_later, read_later_vjp),
        (written_later, written_later_vjp),
        (read_between, read_between_vjp),
        (left_out, left_out_vjp),
        (in_each_turn, in_each_turn_vjp),
        (summed, summed_vjp),
    ];
    for (f, vjp) in all {
        for n in 1..=X.len() {
            for m in [0, n / 2, n - 1] {
                check(|x| f(x, m), |x, bar| _ = vjp(x, m, 1.0, bar), &X[..n]);
            }
        }
    }
    for steps in 0..4 {
        check(|x| written_before(x, steps), |x, bar| _ = written_before_vjp(x, steps, 1.0, bar), &X);
        check(|x| framed(x, steps), |x, bar| _ = framed_vjp(x, steps, 1.0, bar), &X);
        check(|x| checkpointed(x, steps), |x, bar| _ = checkpointed_vjp(x, steps, 1.0, bar), &X);
    }
    assert!(std::panic::catch_unwind(|| first_vjp(&[], 0, 1.0, &mut [])).is_err());
}
