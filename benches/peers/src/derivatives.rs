//! Derivatives by each of these crates, as its documentation says how.

use crate::functions::Function;
use crate::kernels::Numbers;
use ad_trait::forward_ad::adfn::adfn;
use autodiff::F1;
use nalgebra::{Const, SMatrix, SVector};
use num_dual::{Dual2Vec, DualVec};
use std::array::from_fn;

impl<const M: usize, const N: usize> Numbers for SMatrix<f64, M, N> {
    fn numbers(&self, out: &mut Vec<f64>) {
        self.row_iter().for_each(|row| out.extend(row.iter()));
    }
}

/// Value and Jacobian by dual numbers with as many infinitesimals as there are variables.
pub fn num_dual<const N: usize, const M: usize>(
    f: impl Function<N, M>,
    x: [f64; N],
) -> (SVector<f64, M>, SMatrix<f64, M, N>) {
    let f = |x: SVector<DualVec<f64, Const<N>>, N>| SVector::from(f.call(x.into()));
    num_dual::jacobian(f, &SVector::from(x))
}

/// Value and derivative of a function of one variable, by a type made for these.
pub fn num_dual_1(f: impl Function<1, 1>, x: f64) -> (f64, f64) {
    num_dual::first_derivative(|x| f.call([x])[0], x)
}

pub fn num_dual_2(f: impl Function<1, 1>, x: f64) -> f64 {
    num_dual::second_derivative(|x| f.call([x])[0], x).2
}

pub fn num_dual_3(f: impl Function<1, 1>, x: f64) -> f64 {
    num_dual::third_derivative(|x| f.call([x])[0], x).3
}

pub fn num_dual_hessian<const N: usize>(f: impl Function<N, 1>, x: [f64; N]) -> SMatrix<f64, N, N> {
    let f = |x: SVector<Dual2Vec<f64, Const<N>>, N>| f.call(x.into())[0];
    num_dual::hessian(f, &SVector::from(x)).2
}

/// One variable after the other, as these have one infinitesimal.
pub fn autodiff<const N: usize, const M: usize>(
    f: impl Function<N, M>,
    x: [f64; N],
) -> ([f64; M], SMatrix<f64, M, N>) {
    let column = |i: usize| f.call(from_fn(|k| if k == i { F1::var(x[k]) } else { F1::cst(x[k]) }));
    let columns: [_; N] = from_fn(column);
    let jacobian = SMatrix::from(columns.map(|column| column.map(|result| result.deriv())));
    (columns[0].map(|result| result.value()), jacobian)
}

pub fn ad_trait<const N: usize, const M: usize>(
    f: impl Function<N, M>,
    x: [f64; N],
) -> ([f64; M], [[f64; N]; M]) {
    let seed = |i: usize| from_fn(|k| if k == i { 1.0 } else { 0.0 });
    let results = f.call(from_fn(|i| adfn::<N>::new(x[i], seed(i))));
    (results.map(|result| result.value()), results.map(|result| result.tangent()))
}
