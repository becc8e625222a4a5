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

/// The sum of all points' squared distances from the centroids next to them, in a space of `d` dimensions.
#[derive_fn(hvp, wrt(centroids))]
fn cost(centroids: &[f64], points: &[f64], d: usize) -> f64 {
    let mut sum = 0.0;
    for point in points.chunks_exact(d) {
        // Of all distances, one counts: that of the nearest centroid is computed again, and it alone differentiated.
        let mut nearest = 0;
        let mut closest = f64::INFINITY;
        for (i, centroid) in centroids.chunks_exact(d).enumerate() {
            let distance: f64 = point.iter().zip(centroid).map(|(p, c)| (p - c) * (p - c)).sum();
            if distance < closest {
                closest = distance;
                nearest = i;
            }
        }
        let centroid = &centroids[nearest * d..][..d];
        sum += point.iter().zip(centroid).map(|(p, c)| (p - c) * (p - c)).sum::<f64>();
    }
    sum
}

fn primal(input: &Input, output: &mut f64) {
    *output = cost(&input.centroids.values, &input.points.values, input.points.columns);
}

/// The gradient divided by the Hessian, of which only the diagonal is not zero: times a vector of ones, it
/// is that diagonal.
fn direction(input: &Input, output: &mut Matrix) {
    let Input { points, centroids } = input;
    output.resize(centroids.rows, centroids.columns);
    let mut diagonal = vec![0.0; centroids.values.len()];
    let ones = vec![1.0; centroids.values.len()];
    cost_prime(&centroids.values, &points.values, points.columns, &mut output.values);
    cost_hvp(&centroids.values, &points.values, points.columns, &ones, &mut diagonal);
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
