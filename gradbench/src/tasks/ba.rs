//! Bundle adjustment: cameras and points in space, from where the points are seen.

use super::{Error, Workload, no_function, run};
use deriv::derive_fn;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value, json};

/// Rotation, centre, focal length, principal point and two radial distortions.
type Camera = [f64; 11];

/// What the suite sends: all cameras, points, weights and features are equal.
#[derive(Deserialize)]
struct Sent {
    n: usize,
    m: usize,
    p: usize,
    cam: Camera,
    x: [f64; 3],
    w: f64,
    feat: [f64; 2],
}

#[derive(Deserialize)]
#[serde(from = "Sent")]
struct Input {
    cameras: Vec<Camera>,
    points: Vec<[f64; 3]>,
    observations: Vec<Observation>,
}

struct Observation {
    camera: usize,
    point: usize,
    weight: f64,
    feature: [f64; 2],
}

impl From<Sent> for Input {
    fn from(sent: Sent) -> Input {
        let Sent { n, m, p, cam, x, w, feat } = sent;
        let observation = |i| Observation { camera: i % n, point: i % m, weight: w, feature: feat };
        Input { cameras: vec![cam; n], points: vec![x; m], observations: (0..p).map(observation).collect() }
    }
}

/// How far from where it is seen a point appears in a camera, times a weight.
#[derive_fn(wrt(camera, point, weight))]
fn reprojection_error(camera: &[f64; 11], point: &[f64; 3], weight: f64, feature: &[f64; 2]) -> [f64; 2] {
    fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
        a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
    }

    fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
        [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
    }

    /// By the angle that is the length of `r`, about its direction.
    fn rotate(r: [f64; 3], x: [f64; 3]) -> [f64; 3] {
        let square = dot(r, r);
        if square == 0.0 {
            let turned = cross(r, x);
            return [x[0] + turned[0], x[1] + turned[1], x[2] + turned[2]];
        }
        let angle = square.sqrt();
        let (sin, cos) = angle.sin_cos();
        let axis = [r[0] / angle, r[1] / angle, r[2] / angle];
        let turned = cross(axis, x);
        let along = dot(axis, x) * (1.0 - cos);
        [
            x[0] * cos + turned[0] * sin + axis[0] * along,
            x[1] * cos + turned[1] * sin + axis[1] * along,
            x[2] * cos + turned[2] * sin + axis[2] * along,
        ]
    }

    let [r1, r2, r3, c1, c2, c3, focal, u0, v0, k1, k2] = *camera;
    let [x, y, z] = rotate([r1, r2, r3], [point[0] - c1, point[1] - c2, point[2] - c3]);
    let (x, y) = (x / z, y / z);
    let square = x * x + y * y;
    let distortion = 1.0 + k1 * square + k2 * square * square;
    let (u, v) = (x * distortion * focal + u0, y * distortion * focal + v0);
    [weight * (u - feature[0]), weight * (v - feature[1])]
}

/// How far a weight is from one.
#[derive_fn]
fn weight_error(weight: f64) -> f64 {
    1.0 - weight * weight
}

#[derive(Default)]
struct Errors {
    reprojection: Vec<[f64; 2]>,
    weight: Vec<f64>,
}

fn objective(input: &Input, output: &mut Errors) {
    output.reprojection.clear();
    output.reprojection.extend(input.observations.iter().map(|seen| {
        let (camera, point) = (&input.cameras[seen.camera], &input.points[seen.point]);
        reprojection_error(camera, point, seen.weight, &seen.feature)
    }));
    output.weight.clear();
    output.weight.extend(input.observations.iter().map(|seen| weight_error(seen.weight)));
}

/// A sparse matrix by rows, of which each begins in the lists of columns and values where `rows` says.
#[derive(Default)]
struct Jacobian {
    rows: Vec<usize>,
    columns: Vec<usize>,
    values: Vec<f64>,
}

/// Two rows for each observation, by all that it depends on, then one for its weight.
fn jacobian(input: &Input, output: &mut Jacobian) {
    let Jacobian { rows, columns, values } = output;
    rows.clear();
    columns.clear();
    values.clear();
    rows.push(0);
    let points = 11 * input.cameras.len();
    let weights = points + 3 * input.points.len();
    for (i, seen) in input.observations.iter().enumerate() {
        let (camera, point) = (&input.cameras[seen.camera], &input.points[seen.point]);
        let (by_camera, by_point, by_weight) =
            reprojection_error_prime(camera, point, seen.weight, &seen.feature);
        for axis in 0..2 {
            columns.extend(11 * seen.camera..11 * (seen.camera + 1));
            columns.extend(points + 3 * seen.point..points + 3 * (seen.point + 1));
            columns.push(weights + i);
            values.extend_from_slice(&by_camera[axis]);
            values.extend_from_slice(&by_point[axis]);
            values.push(by_weight[axis]);
            rows.push(columns.len());
        }
    }
    for (i, seen) in input.observations.iter().enumerate() {
        columns.push(weights + i);
        values.push(weight_error_prime(seen.weight));
        rows.push(columns.len());
    }
}

/// As all observations are equal, the suite wants to see one.
impl Serialize for Errors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let shown = json!({
            "reproj_error": { "elements": self.reprojection[0], "repeated": self.reprojection.len() },
            "w_err": { "element": self.weight[0], "repeated": self.weight.len() },
        });
        shown.serialize(serializer)
    }
}

/// The rows of one observation, and the last number of each list.
impl Serialize for Jacobian {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        fn shown<T: Clone>(list: &[T]) -> Vec<T> {
            list[..30].iter().chain(list.last()).cloned().collect()
        }

        let Jacobian { rows, columns, values } = self;
        let shown = json!({ "rows": shown(rows), "cols": shown(columns), "vals": shown(values) });
        shown.serialize(serializer)
    }
}

/// The function of this name.
pub fn workload(function: &str, input: Value) -> Result<Box<dyn Workload>, Error> {
    match function {
        "objective" => run(input, objective),
        "jacobian" => run(input, jacobian),
        _ => no_function(function),
    }
}
