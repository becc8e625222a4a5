/// The derivative of `quadratic_form` by matrix, vector.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn quadratic_form_prime(
    matrix: &[f64],
    vector: &[f64],
    matrix_prime: &mut [f64],
    vector_prime: &mut [f64],
) {
    ::core::assert!(
        matrix_prime.len() == matrix.len(),
        "`matrix_prime` has {} elements where {} are needed", matrix_prime.len(), matrix
        .len()
    );
    ::core::assert!(
        vector_prime.len() == vector.len(),
        "`vector_prime` has {} elements where {} are needed", vector_prime.len(), vector
        .len()
    );
    let len = matrix.len();
    let len_2 = vector.len();
    <[_]>::fill(&mut matrix_prime[..], 0.0);
    <[_]>::fill(&mut vector_prime[..], 0.0);
    let n = vector.len();
    for i in 0..n {
        let mut row = 0.0;
        if 0 < n {
            let matrix_2 = &matrix[i * n..][..n];
            let vector_2 = &vector[..n];
            for j in 0..n {
                let matrix_3 = matrix_2[j];
                let vector_3 = vector_2[j];
                row += matrix_3 * vector_3;
            }
        }
        let vector_4 = vector[i];
        vector_prime[i] += row;
        if 0 < n {
            let matrix_4 = &matrix[i * n..][..n];
            let vector_5 = &vector[..n];
            let vector_bar = &mut vector_prime[..n];
            let matrix_bar = &mut matrix_prime[i * n..][..n];
            for j in 0..n {
                let matrix_5 = matrix_4[j];
                let vector_6 = vector_5[j];
                vector_bar[j] += vector_4 * matrix_5;
                matrix_bar[j] += vector_4 * vector_6;
            }
        }
    }
}
/// `quadratic_form` and the cotangents of matrix, vector for the given seed.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn quadratic_form_vjp(
    matrix: &[f64],
    vector: &[f64],
    seed: f64,
    matrix_bar: &mut [f64],
    vector_bar: &mut [f64],
) -> f64 {
    ::core::assert!(
        matrix_bar.len() == matrix.len(),
        "`matrix_bar` has {} elements where {} are needed", matrix_bar.len(), matrix
        .len()
    );
    ::core::assert!(
        vector_bar.len() == vector.len(),
        "`vector_bar` has {} elements where {} are needed", vector_bar.len(), vector
        .len()
    );
    let len = matrix.len();
    let len_2 = vector.len();
    <[_]>::fill(&mut matrix_bar[..], 0.0);
    <[_]>::fill(&mut vector_bar[..], 0.0);
    let n = vector.len();
    let mut total = 0.0;
    for i in 0..n {
        let mut row = 0.0;
        if 0 < n {
            let matrix_2 = &matrix[i * n..][..n];
            let vector_2 = &vector[..n];
            for j in 0..n {
                let matrix_3 = matrix_2[j];
                let vector_3 = vector_2[j];
                row += matrix_3 * vector_3;
            }
        }
        let vector_4 = vector[i];
        vector_bar[i] += row * seed;
        let t = vector_4 * seed;
        if 0 < n {
            let matrix_4 = &matrix[i * n..][..n];
            let vector_5 = &vector[..n];
            let vector_bar_2 = &mut vector_bar[..n];
            let matrix_bar_2 = &mut matrix_bar[i * n..][..n];
            for j in 0..n {
                let matrix_5 = matrix_4[j];
                let vector_6 = vector_5[j];
                vector_bar_2[j] += t * matrix_5;
                matrix_bar_2[j] += t * vector_6;
            }
        }
        total += vector_4 * row;
    }
    total
}

/// `scaled` and its derivative along the given tangents of x, factor.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn scaled_jvp(
    x: &[f64],
    factor: f64,
    out: &mut [f64],
    x_dot: &[f64],
    factor_dot: f64,
    out_dot: &mut [f64],
) {
    ::core::assert!(
        x_dot.len() == x.len(), "`x_dot` has {} elements where {} are needed", x_dot
        .len(), x.len()
    );
    ::core::assert!(
        out_dot.len() == out.len(), "`out_dot` has {} elements where {} are needed",
        out_dot.len(), out.len()
    );
    let end = x.len();
    let x_2 = &x[..end];
    let x_dot_2 = &x_dot[..end];
    let out_2 = &mut out[..end];
    let out_dot_2 = &mut out_dot[..end];
    for i in 0..end {
        let x_3 = x_2[i];
        let dot = x_dot_2[i];
        let (sin, cos) = ::core::primitive::f64::sin_cos(x_3);
        out_2[i] = factor * sin;
        out_dot_2[i] = factor * dot * cos + factor_dot * sin;
    }
}
/// `scaled` and the cotangents of x, factor for the given seed.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn scaled_vjp(
    x: &[f64],
    factor: f64,
    out: &mut [f64],
    out_bar: &mut [f64],
    x_bar: &mut [f64],
) -> f64 {
    ::core::assert!(
        out_bar.len() == out.len(), "`out_bar` has {} elements where {} are needed",
        out_bar.len(), out.len()
    );
    ::core::assert!(
        x_bar.len() == x.len(), "`x_bar` has {} elements where {} are needed", x_bar
        .len(), x.len()
    );
    let end = x.len();
    let x_2 = &x[..end];
    let out_2 = &mut out[..end];
    let x_bar_2 = &mut x_bar[..end];
    for i in 0..end {
        let x_3 = x_2[i];
        let sin = ::core::primitive::f64::sin(x_3);
        out_2[i] = factor * sin;
        x_bar_2[i] = sin;
    }
    let mut bar = 0.0;
    let end_2 = x.len();
    let x_bar_3 = &mut x_bar[..end_2];
    let x_4 = &x[..end_2];
    let out_bar_2 = &mut out_bar[..end_2];
    for i in 0..end_2 {
        let p = x_bar_3[i];
        let x_5 = x_4[i];
        let bar_2 = out_bar_2[i];
        out_bar_2[i] = 0.0;
        x_bar_3[i] = factor * bar_2 * ::core::primitive::f64::cos(x_5);
        bar = bar_2 * p + bar;
    }
    bar
}

/// The derivative of `diffused` by start, rate.
///
/// It keeps `start[i - 1]`, `start[i + 1]` of every iteration for the way back.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn diffused_prime(start: &[f64], rate: f64, start_prime: &mut [f64]) -> f64 {
    ::core::assert!(
        start_prime.len() == start.len(),
        "`start_prime` has {} elements where {} are needed", start_prime.len(), start
        .len()
    );
    let len = start.len();
    let mut heat = ::deriv::__alloc::vec![0.0; len];
    let mut start_bar = ::deriv::__alloc::vec![0.0; len];
    let heat_2 = &mut heat[..len];
    for i_1 in 0..len {
        let start_2 = start[i_1];
        heat_2[i_1] = start_2;
    }
    let size = 10
        * (1..::core::convert::identity::<::core::primitive::usize>(len) - 1)
            .size_hint()
            .0;
    let mut tapes = ::deriv::__alloc::vec![0.0; size + size];
    let (start_3, tapes_2) = <[_]>::split_at_mut(&mut tapes[..], size);
    let mut start_3_len = 0usize;
    let start_4 = tapes_2;
    let mut start_4_len = 0usize;
    for _ in 0..10 {
        let end = ::core::convert::identity::<::core::primitive::usize>(len) - 1;
        let turns = (1..end).size_hint().0;
        start_3_len += turns;
        start_4_len += turns;
        let heat_3 = &mut heat[..len];
        let row = &mut start_3[start_3_len - turns..start_3_len];
        let row_2 = &mut start_4[start_4_len - turns..start_4_len];
        for ((i, start_5), start_6) in (1..end).zip(row.iter_mut()).zip(row_2.iter_mut())
        {
            let i_2 = i - 1;
            let start_7 = heat_3[i_2];
            let i_3 = i + 1;
            let start_8 = heat_3[i_3];
            heat_3[i] += rate * start_7 * start_8;
            *start_5 = start_7;
            *start_6 = start_8;
        }
    }
    let len_2 = ::core::convert::identity::<::core::primitive::usize>(len) / 2;
    start_bar[len_2] += 1.0;
    let mut bar = 0.0;
    for _ in (0..10).rev() {
        let mut bar_2 = 0.0;
        let end_2 = ::core::convert::identity::<::core::primitive::usize>(len) - 1;
        let turns_2 = (1..end_2).size_hint().0;
        start_4_len -= turns_2;
        start_3_len -= turns_2;
        let start_bar_2 = &mut start_bar[..len];
        let row_3 = &start_4[start_4_len..start_4_len + turns_2];
        let row_4 = &start_3[start_3_len..start_3_len + turns_2];
        for (i, (&start_9, &start_10)) in (1..end_2)
            .rev()
            .zip(row_3.iter().zip(row_4.iter()).rev())
        {
            let i_4 = i - 1;
            let i_5 = i + 1;
            let bar_3 = start_bar_2[i];
            let t = rate * bar_3;
            start_bar_2[i_5] += t * start_10;
            start_bar_2[i_4] += t * start_9;
            bar_2 = bar_3 * start_10 * start_9 + bar_2;
        }
        bar = bar_2 + bar;
    }
    let start_bar_3 = &mut start_bar[..len];
    for i_1 in 0..len {
        let bar_4 = start_bar_3[i_1];
        start_bar_3[i_1] = 0.0;
        start_prime[i_1] = bar_4;
    }
    bar
}

/// The derivative of `rosenbrock` by x.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn rosenbrock_prime(x: &[f64], x_prime: &mut [f64]) {
    ::core::assert!(
        x_prime.len() == x.len(), "`x_prime` has {} elements where {} are needed",
        x_prime.len(), x.len()
    );
    let len = x.len();
    <[_]>::fill(&mut x_prime[..], 0.0);
    let end = x.len() - 1;
    if 0 < end {
        let x_2 = &x[..end];
        let x_3 = &x[1..][..end];
        for i in 0..end {
            let x_4 = x_2[i];
            let i_2 = i + 1;
            let x_5 = x_3[i];
            let t = x_5 - x_4 * x_4;
            x_prime[i_2] += 200.0 * t;
            x_prime[i] += x_4 * (2.0 - 400.0 * t) - 2.0;
        }
    }
}
/// The Hessian of `rosenbrock` by x, times the given tangents.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn rosenbrock_hvp(x: &[f64], x_dot: &[f64], x_hvp: &mut [f64]) {
    ::core::assert!(
        x_dot.len() == x.len(), "`x_dot` has {} elements where {} are needed", x_dot
        .len(), x.len()
    );
    ::core::assert!(
        x_hvp.len() == x.len(), "`x_hvp` has {} elements where {} are needed", x_hvp
        .len(), x.len()
    );
    let len = x.len();
    <[_]>::fill(&mut x_hvp[..], 0.0);
    let end = x.len() - 1;
    if 0 < end {
        let x_2 = &x[..end];
        let x_dot_2 = &x_dot[..end];
        let x_3 = &x[1..][..end];
        let x_dot_3 = &x_dot[1..][..end];
        for i in 0..end {
            let x_4 = x_2[i];
            let dot = x_dot_2[i];
            let i_2 = i + 1;
            let x_5 = x_3[i];
            let dot_2 = x_dot_3[i];
            let t = 400.0 * x_4;
            x_hvp[i_2] += 200.0 * dot_2 - t * dot;
            let t_2 = dot * (1200.0 * (x_4 * x_4) - 400.0 * x_5 + 2.0) - t * dot_2;
            x_hvp[i] += t_2;
        }
    }
}

/// The derivative of `product` by x.
///
/// It keeps `all` of every iteration for the way back.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn product_prime(x: [f64; 3]) -> [f64; 3] {
    let mut x_bar = [0.0; 3];
    let mut all_tape = [0.0; 3];
    let mut all_tape_len = 0usize;
    let mut all = 1.0;
    all_tape_len += 3;
    let row = &mut all_tape[all_tape_len - 3..all_tape_len];
    for (k, all_2) in (0..3).zip(row.iter_mut()) {
        let x_2 = x[k];
        *all_2 = all;
        all = all * x_2;
    }
    let mut all_bar = 1.0;
    all_tape_len -= 3;
    let row_2 = &all_tape[all_tape_len..all_tape_len + 3];
    for (k, &all_3) in (0..3).rev().zip(row_2.iter().rev()) {
        let x_3 = x[k];
        x_bar[k] += all_bar * all_3;
        all_bar = all_bar * x_3;
    }
    x_bar
}
/// The second derivatives of `product` by x.
///
/// It keeps `all` of every iteration for the way back.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn product_hessian(x: [f64; 3]) -> [[f64; 3]; 3] {
    let mut hessian = [[0.0; 3]; 3];
    let mut x_dot = [0.0; 3];
    let mut x_dot_2 = [0.0; 3];
    let mut x_dot_3 = [0.0; 3];
    x_dot[0] = 1.0;
    x_dot_2[1] = 1.0;
    x_dot_3[2] = 1.0;
    let mut x_bar_dot = [0.0; 3];
    let mut x_bar_dot_2 = [0.0; 3];
    let mut x_bar_dot_3 = [0.0; 3];
    let mut all_tape = [0.0; 3];
    let mut all_tape_len = 0usize;
    let mut all_tape_dot = [0.0; 3];
    let mut all_tape_dot_len = 0usize;
    let mut all_tape_dot_2 = [0.0; 3];
    let mut all_tape_dot_2_len = 0usize;
    let mut all_tape_dot_3 = [0.0; 3];
    let mut all_tape_dot_3_len = 0usize;
    let mut all = 1.0;
    let mut dot = 0.0;
    let mut dot_2 = 0.0;
    let mut dot_3 = 0.0;
    all_tape_len += 3;
    all_tape_dot_len += 3;
    all_tape_dot_2_len += 3;
    all_tape_dot_3_len += 3;
    let row = &mut all_tape[all_tape_len - 3..all_tape_len];
    let row_2 = &mut all_tape_dot[all_tape_dot_len - 3..all_tape_dot_len];
    let row_3 = &mut all_tape_dot_2[all_tape_dot_2_len - 3..all_tape_dot_2_len];
    let row_4 = &mut all_tape_dot_3[all_tape_dot_3_len - 3..all_tape_dot_3_len];
    for ((((k, all_2), dot_4), dot_5), dot_6) in (0..3)
        .zip(row.iter_mut())
        .zip(row_2.iter_mut())
        .zip(row_3.iter_mut())
        .zip(row_4.iter_mut())
    {
        let x_2 = x[k];
        let dot_7 = x_dot[k];
        let dot_8 = x_dot_2[k];
        let dot_9 = x_dot_3[k];
        *all_2 = all;
        *dot_4 = dot;
        *dot_5 = dot_2;
        *dot_6 = dot_3;
        (all, dot, dot_2, dot_3) = (
            all * x_2,
            all * dot_7 + x_2 * dot,
            all * dot_8 + x_2 * dot_2,
            all * dot_9 + x_2 * dot_3,
        );
    }
    let mut all_bar = 1.0;
    let mut dot_10 = 0.0;
    let mut dot_11 = 0.0;
    let mut dot_12 = 0.0;
    all_tape_len -= 3;
    all_tape_dot_len -= 3;
    all_tape_dot_2_len -= 3;
    all_tape_dot_3_len -= 3;
    let row_5 = &all_tape[all_tape_len..all_tape_len + 3];
    let row_6 = &all_tape_dot[all_tape_dot_len..all_tape_dot_len + 3];
    let row_7 = &all_tape_dot_2[all_tape_dot_2_len..all_tape_dot_2_len + 3];
    let row_8 = &all_tape_dot_3[all_tape_dot_3_len..all_tape_dot_3_len + 3];
    for (k, (((&all_3, &dot_13), &dot_14), &dot_15)) in (0..3)
        .rev()
        .zip(row_5.iter().zip(row_6.iter()).zip(row_7.iter()).zip(row_8.iter()).rev())
    {
        let x_3 = x[k];
        let dot_16 = x_dot[k];
        let dot_17 = x_dot_2[k];
        let dot_18 = x_dot_3[k];
        x_bar_dot[k] += all_bar * dot_13 + all_3 * dot_10;
        x_bar_dot_2[k] += all_bar * dot_14 + all_3 * dot_11;
        x_bar_dot_3[k] += all_bar * dot_15 + all_3 * dot_12;
        (all_bar, dot_10, dot_11, dot_12) = (
            all_bar * x_3,
            all_bar * dot_16 + x_3 * dot_10,
            all_bar * dot_17 + x_3 * dot_11,
            all_bar * dot_18 + x_3 * dot_12,
        );
    }
    let mut k_2 = 0;
    for _ in 0..3 {
        let t = x_bar_dot[k_2];
        hessian[0][k_2] = t;
        k_2 += 1;
    }
    let mut k_3 = 0;
    for _ in 0..3 {
        let t_2 = x_bar_dot_2[k_3];
        hessian[1][k_3] = t_2;
        k_3 += 1;
    }
    let mut k_4 = 0;
    for _ in 0..3 {
        let t_3 = x_bar_dot_3[k_4];
        hessian[2][k_4] = t_3;
        k_4 += 1;
    }
    hessian
}

/// The derivative of `determinant` by a.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn determinant_prime(a: &[f64], n: usize, a_prime: &mut [f64]) {
    ::core::assert!(
        a_prime.len() == a.len(), "`a_prime` has {} elements where {} are needed",
        a_prime.len(), a.len()
    );
    let len = a.len();
    <[_]>::fill(&mut a_prime[..], 0.0);
    if n == 1 {
        a_prime[0] += 1.0;
    } else {
        let n_2 = (n - 1) * (n - 1);
        let mut minor = ::deriv::__alloc::vec![0.0; n_2];
        let mut minor_bar = ::deriv::__alloc::vec![0.0; n_2];
        let mut sign = 1.0;
        for column in 0..n {
            for i in 1..n {
                let minor_2 = &mut minor[..n_2];
                for j in 0..n - 1 {
                    let from = if j < column { j } else { j + 1 };
                    let i_2 = i * n + from;
                    let a_2 = a[i_2];
                    let i_3 = (i - 1) * (n - 1) + j;
                    minor_2[i_3] = a_2;
                }
            }
            let sign_2 = sign;
            let n_3 = n - 1;
            let a_3 = a[column];
            let y_determinant = __determinant_vjp_onto(
                &minor,
                n_3,
                (a_3 * sign_2),
                &mut minor_bar,
            );
            sign = -sign;
            a_prime[column] += sign_2 * y_determinant;
            for i in (1..n).rev() {
                let minor_bar_2 = &mut minor_bar[..n_2];
                for j in 0..n - 1 {
                    let from = if j < column { j } else { j + 1 };
                    let i_4 = i * n + from;
                    let i_5 = (i - 1) * (n - 1) + j;
                    let bar = minor_bar_2[i_5];
                    minor_bar_2[i_5] = 0.0;
                    a_prime[i_4] += bar;
                }
            }
        }
    }
}
/// `determinant` and the cotangents of a for the given seed.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn determinant_vjp(a: &[f64], n: usize, seed: f64, a_bar: &mut [f64]) -> f64 {
    ::core::assert!(
        a_bar.len() == a.len(), "`a_bar` has {} elements where {} are needed", a_bar
        .len(), a.len()
    );
    let len = a.len();
    <[_]>::fill(&mut a_bar[..], 0.0);
    if n == 1 {
        let a_2 = a[0];
        a_bar[0] += seed;
        a_2
    } else {
        let n_2 = (n - 1) * (n - 1);
        let mut minor = ::deriv::__alloc::vec![0.0; n_2];
        let mut minor_bar = ::deriv::__alloc::vec![0.0; n_2];
        let mut sign = 1.0;
        let mut sum = 0.0;
        for column in 0..n {
            for i in 1..n {
                let minor_2 = &mut minor[..n_2];
                for j in 0..n - 1 {
                    let from = if j < column { j } else { j + 1 };
                    let i_2 = i * n + from;
                    let a_3 = a[i_2];
                    let i_3 = (i - 1) * (n - 1) + j;
                    minor_2[i_3] = a_3;
                }
            }
            let sign_2 = sign;
            let n_3 = n - 1;
            let a_4 = a[column];
            let y_determinant = __determinant_vjp_onto(
                &minor,
                n_3,
                (seed * a_4 * sign_2),
                &mut minor_bar,
            );
            sign = -sign;
            let t = sign_2 * y_determinant;
            a_bar[column] += seed * t;
            for i in (1..n).rev() {
                let minor_bar_2 = &mut minor_bar[..n_2];
                for j in 0..n - 1 {
                    let from = if j < column { j } else { j + 1 };
                    let i_4 = i * n + from;
                    let i_5 = (i - 1) * (n - 1) + j;
                    let bar = minor_bar_2[i_5];
                    minor_bar_2[i_5] = 0.0;
                    a_bar[i_4] += bar;
                }
            }
            sum += t * a_4;
        }
        sum
    }
}
#[doc(hidden)]
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn __determinant_vjp_onto(a: &[f64], n: usize, seed: f64, a_bar: &mut [f64]) -> f64 {
    ::core::assert!(
        a_bar.len() == a.len(), "`a_bar` has {} elements where {} are needed", a_bar
        .len(), a.len()
    );
    if n == 1 {
        let a_2 = a[0];
        a_bar[0] += seed;
        a_2
    } else {
        let n_2 = (n - 1) * (n - 1);
        let mut minor = ::deriv::__alloc::vec![0.0; n_2];
        let mut minor_bar = ::deriv::__alloc::vec![0.0; n_2];
        let mut sign = 1.0;
        let mut sum = 0.0;
        for column in 0..n {
            for i in 1..n {
                let minor_2 = &mut minor[..n_2];
                for j in 0..n - 1 {
                    let from = if j < column { j } else { j + 1 };
                    let i_2 = i * n + from;
                    let a_3 = a[i_2];
                    let i_3 = (i - 1) * (n - 1) + j;
                    minor_2[i_3] = a_3;
                }
            }
            let sign_2 = sign;
            let n_3 = n - 1;
            let a_4 = a[column];
            let y_determinant = __determinant_vjp_onto(
                &minor,
                n_3,
                (seed * a_4 * sign_2),
                &mut minor_bar,
            );
            sign = -sign;
            let t = sign_2 * y_determinant;
            a_bar[column] += seed * t;
            for i in (1..n).rev() {
                let minor_bar_2 = &mut minor_bar[..n_2];
                for j in 0..n - 1 {
                    let from = if j < column { j } else { j + 1 };
                    let i_4 = i * n + from;
                    let i_5 = (i - 1) * (n - 1) + j;
                    let bar = minor_bar_2[i_5];
                    minor_bar_2[i_5] = 0.0;
                    a_bar[i_4] += bar;
                }
            }
            sum += t * a_4;
        }
        sum
    }
}

/// The derivative of `heat` by rod, rate.
///
/// It keeps an intermediate value of every iteration for the way back.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn heat_prime(rod: &[f64], rate: f64, steps: usize, rod_prime: &mut [f64]) -> f64 {
    ::core::assert!(
        rod_prime.len() == rod.len(), "`rod_prime` has {} elements where {} are needed",
        rod_prime.len(), rod.len()
    );
    let len = rod.len();
    let n = rod.len();
    let mut u = ::deriv::__alloc::vec![0.0; len];
    let mut rod_bar = ::deriv::__alloc::vec![0.0; len];
    let u_2 = &mut u[..len];
    for i_2 in 0..len {
        let rod_2 = rod[i_2];
        u_2[i_2] = rod_2;
    }
    let mut next = ::deriv::__alloc::vec![0.0; len];
    let mut rod_bar_2 = ::deriv::__alloc::vec![0.0; len];
    let next_2 = &mut next[..len];
    for i_6 in 0..len {
        let rod_3 = rod[i_6];
        next_2[i_6] = rod_3;
    }
    let mut tape = ::deriv::__alloc::vec![
        0.0; (0..steps).size_hint().0 * (1..n - 1).size_hint().0
    ];
    let mut tape_len = 0usize;
    for _ in 0..steps {
        let end = n - 1;
        let turns = (1..end).size_hint().0;
        tape_len += turns;
        if 1 < end {
            let u_3 = &u[1..end];
            let u_4 = &u[..end - 1];
            let u_5 = &u[2..][..end - 1];
            let next_3 = &mut next[1..end];
            let row = &mut tape[tape_len - turns..tape_len];
            for (i, p) in (1..end).zip(row.iter_mut()) {
                let rod_4 = u_3[i - 1];
                let rod_5 = u_4[i - 1];
                let rod_6 = u_3[i - 1];
                let rod_7 = u_5[i - 1];
                let t = rod_5 - 2.0 * rod_6 + rod_7;
                next_3[i - 1] = rod_4 + rate * t;
                *p = t;
            }
        }
        ::core::mem::swap(&mut u, &mut next);
    }
    let n_3 = n / 2;
    rod_bar[n_3] += 1.0;
    let t_2 = 2.0 * rate;
    let mut bar = 0.0;
    for _ in (0..steps).rev() {
        ::core::mem::swap(&mut rod_bar, &mut rod_bar_2);
        let turns_2 = (1..n - 1).size_hint().0;
        tape_len -= turns_2;
        let row_2 = &tape[tape_len..tape_len + turns_2];
        if (1..n - 1).size_hint().0 >= 2 {
            let rod_bar_3 = &mut rod_bar[..len];
            let rod_bar_2_2 = &rod_bar_2[..len];
            for i in 1..2 {
                let bar_2 = rod_bar_2_2[i];
                rod_bar_3[i] = bar_2 - bar_2 * t_2;
            }
            let rod_bar_4 = &mut rod_bar[..len];
            let rod_bar_2_3 = &rod_bar_2[..len];
            for i in (n - 1) - 1..n - 1 {
                let bar_3 = rod_bar_2_3[i];
                rod_bar_4[i] = bar_3 - bar_3 * t_2;
            }
            let rod_bar_5 = &mut rod_bar[..len];
            let rod_bar_2_4 = &rod_bar_2[..len];
            for i in (n - 1) - 2..n - 1 {
                let i_3 = i + 1;
                let bar_4 = rod_bar_2_4[i];
                rod_bar_5[i_3] += rate * bar_4;
            }
            let rod_bar_6 = &mut rod_bar[..len];
            let rod_bar_2_5 = &rod_bar_2[..len];
            for i in 1..3 {
                let i_4 = i - 1;
                let bar_5 = rod_bar_2_5[i];
                rod_bar_6[i_4] += rate * bar_5;
            }
            let end_2 = n - 1;
            let rod_bar_2_6 = &rod_bar_2[..len];
            if 3 < end_2 {
                let rod_bar_7 = &rod_bar_2[3..end_2];
                let rod_bar_8 = &mut rod_bar[2..][..end_2 - 3];
                for i in 3..end_2 {
                    let bar_6 = {
                        let i = i - 2;
                        let bar_7 = rod_bar_2_6[i];
                        rate * bar_7
                    };
                    let bar_8 = {
                        let i = i - 1;
                        let bar_9 = rod_bar_2_6[i];
                        bar_9 - bar_9 * t_2
                    };
                    let bar_10 = rod_bar_7[i - 3];
                    rod_bar_8[i - 3] = rate * bar_10 + bar_6 + bar_8;
                }
            }
        } else {
            let end_3 = n - 1;
            if 1 < end_3 {
                let rod_bar_9 = &mut rod_bar[1..end_3];
                for i in 1..end_3 {
                    rod_bar_9[i - 1] = 0.0;
                }
            }
            let end_4 = n - 1;
            let rod_bar_11 = &mut rod_bar[..len];
            if 1 < end_4 {
                let rod_bar_10 = &rod_bar_2[1..end_4];
                for i in 1..end_4 {
                    let i_5 = i - 1;
                    let i_7 = i + 1;
                    let bar_11 = rod_bar_10[i - 1];
                    let t_3 = rate * bar_11;
                    rod_bar_11[i_7] += t_3;
                    rod_bar_11[i] += bar_11 - 2.0 * t_3;
                    rod_bar_11[i_5] += t_3;
                }
            }
        }
        let mut bar_12 = 0.0;
        let mut bar_13 = 0.0;
        let mut bar_14 = 0.0;
        let mut bar_15 = 0.0;
        let end_5 = n - 1;
        if 1 < end_5 {
            let rod_bar_12 = &rod_bar_2[1..end_5];
            for (i, block) in ((4..end_5).step_by(4)).zip(row_2.chunks_exact(4)) {
                let run = &rod_bar_12[i - 4..][..4];
                let bar_16 = {
                    let i = i - 3;
                    run[0] * block[0]
                };
                let bar_17 = {
                    let i = i - 2;
                    run[1] * block[1]
                };
                let bar_18 = {
                    let i = i - 1;
                    run[2] * block[2]
                };
                bar_12 += bar_16;
                bar_13 += bar_17;
                bar_14 += bar_18;
                bar_15 = run[3] * block[3] + bar_15;
            }
        }
        let mut bar_19 = bar_12 + bar_13 + bar_14 + bar_15;
        let turns_3 = (1..n - 1).size_hint().0;
        let begin = turns_3 / 4 * 4;
        let rod_bar_2_7 = &rod_bar_2[..len];
        for (i, &p_2) in (1 + begin..n - 1).zip(row_2[begin..].iter()) {
            let bar_20 = rod_bar_2_7[i];
            bar_19 = p_2 * bar_20 + bar_19;
        }
        bar = bar_19 + bar;
    }
    let end_6 = n - 1;
    if 1 < end_6 {
        let rod_bar_13 = &mut rod_bar_2[1..end_6];
        for i in 1..end_6 {
            rod_bar_13[i - 1] = 0.0;
        }
    }
    let rod_bar_2_8 = &mut rod_bar_2[..len];
    for i_6 in 0..len {
        let bar_21 = rod_bar_2_8[i_6];
        rod_bar_2_8[i_6] = 0.0;
        rod_prime[i_6] = bar_21;
    }
    let rod_bar_14 = &mut rod_bar[..len];
    for i_2 in 0..len {
        let bar_22 = rod_bar_14[i_2];
        rod_bar_14[i_2] = 0.0;
        rod_prime[i_2] += bar_22;
    }
    bar
}

/// `steps` and the cotangents of x for the given seed.
///
/// It keeps `y[i - 1]` of every iteration for the way back.
#[inline]
#[allow(dead_code, unused_variables, unused_mut, unused_assignments, clippy::all)]
fn steps_vjp(
    x: &[f64],
    y: &mut [f64],
    steps: usize,
    y_bar: &mut [f64],
    x_bar: &mut [f64],
) {
    ::core::assert!(
        y_bar.len() == y.len(), "`y_bar` has {} elements where {} are needed", y_bar
        .len(), y.len()
    );
    ::core::assert!(
        x_bar.len() == x.len(), "`x_bar` has {} elements where {} are needed", x_bar
        .len(), x.len()
    );
    let len = x.len();
    <[_]>::fill(&mut x_bar[..], 0.0);
    let n = x.len();
    let mut slope = ::deriv::__alloc::vec![0.0; len];
    let mut slope_bar = ::deriv::__alloc::vec![0.0; len];
    let mut y_2 = ::deriv::__alloc::vec![
        0.0; (0..steps).size_hint().0 * (1..n).size_hint().0
    ];
    let mut y_2_len = 0usize;
    for _ in 0..steps {
        let x_2 = x[0];
        slope[0] = x_2;
        let turns = (1..n).size_hint().0;
        y_2_len += turns;
        if 1 < n {
            let x_3 = &x[1..n];
            let y_4 = &y[..n - 1];
            let slope_2 = &mut slope[1..n];
            let row = &mut y_2[y_2_len - turns..y_2_len];
            for (i, y_3) in (1..n).zip(row.iter_mut()) {
                let x_4 = x_3[i - 1];
                let y_5 = y_4[i - 1];
                slope_2[i - 1] = x_4 * y_5 / 2.0;
                *y_3 = y_5;
            }
        }
        let slope_3 = &slope[..n];
        let y_6 = &mut y[..n];
        for i in 0..n {
            let slope_4 = slope_3[i];
            y_6[i] += slope_4 / 6.0;
        }
    }
    let t = 1.0 / 6.0;
    let t_2 = 1.0 / 2.0;
    for _ in (0..steps).rev() {
        let y_bar_2 = &y_bar[..n];
        let slope_bar_2 = &mut slope_bar[..n];
        for i in 0..n {
            let bar = y_bar_2[i];
            slope_bar_2[i] = bar * t;
        }
        let turns_2 = (1..n).size_hint().0;
        y_2_len -= turns_2;
        if 1 < n {
            let x_5 = &x[1..n];
            let slope_bar_3 = &slope_bar[1..n];
            let y_bar_3 = &mut y_bar[..n - 1];
            let x_bar_2 = &mut x_bar[1..n];
            let row_2 = &y_2[y_2_len..y_2_len + turns_2];
            for (i, &y_7) in (1..n).zip(row_2.iter()) {
                let x_6 = x_5[i - 1];
                let bar_2 = slope_bar_3[i - 1];
                let t_3 = bar_2 * t_2;
                y_bar_3[i - 1] += t_3 * x_6;
                x_bar_2[i - 1] += t_3 * y_7;
            }
        }
        let bar_3 = slope_bar[0];
        x_bar[0] += bar_3;
    }
}

