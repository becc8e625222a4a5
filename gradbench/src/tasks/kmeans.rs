//! Clusters of points: the step of Newton's method towards better centroids.

use super::{Error, Workload, no_function, run};
use crate::matrix::Matrix;
use deriv::derive_fn;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Input {
    points: Matrix,
    centroids: Matrix,
}

/// The number of the centroid next to each point, in a space of `d` dimensions.
fn nearest(centroids: &[f64], points: &[f64], d: usize) -> Vec<usize> {
    let nearest = |point: &[f64]| {
        let (mut nearest, mut closest) = (0, f64::INFINITY);
        for (i, centroid) in centroids.chunks_exact(d).enumerate() {
            let distance: f64 = point.iter().zip(centroid).map(|(p, c)| (p - c) * (p - c)).sum();
            if distance < closest {
                (nearest, closest) = (i, distance);
            }
        }
        nearest
    };
    points.chunks_exact(d).map(nearest).collect()
}

/// The sum of all points' squared distances from the centroids next to them. Which these are does not change with
/// a centroid that moves a little, so it is no variable.
#[derive_fn(hvp, wrt(centroids))]
fn cost(centroids: &[f64], points: &[f64], d: usize, nearest: &[usize]) -> f64 {
    let mut sum = 0.0;
    for (point, &nearest) in points.chunks_exact(d).zip(nearest) {
        let centroid = &centroids[nearest * d..][..d];
        sum += point.iter().zip(centroid).map(|(p, c)| (p - c) * (p - c)).sum::<f64>();
    }
    sum
}

fn primal(input: &Input, output: &mut f64) {
    let (centroids, points, d) = (&input.centroids.values, &input.points.values, input.points.columns);
    *output = cost(centroids, points, d, &nearest(centroids, points, d));
}

/// The gradient divided by the Hessian, of which only the diagonal is not zero: times a vector of ones, it
/// is that diagonal.
fn direction(input: &Input, output: &mut Matrix) {
    let (centroids, points, d) = (&input.centroids.values, &input.points.values, input.points.columns);
    output.resize(input.centroids.rows, input.centroids.columns);
    let nearest = nearest(centroids, points, d);
    let mut diagonal = vec![0.0; centroids.len()];
    let ones = vec![1.0; centroids.len()];
    cost_prime(centroids, points, d, &nearest, &mut output.values);
    cost_hvp(centroids, points, d, &nearest, &ones, &mut diagonal);
    for (slope, curvature) in output.values.iter_mut().zip(&diagonal) {
        *slope /= curvature;
    }
}

/// The function of this name.
pub fn workload(function: &str, input: Value) -> Result<Box<dyn Workload>, Error> {
    match function {
        "cost" => run(input, primal),
        "dir" => run(input, direction),
        _ => no_function(function),
    }
}
