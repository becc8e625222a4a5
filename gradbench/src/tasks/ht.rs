//! Hand tracking: how far the surface of a hand, in a pose, is from points where it was seen.

use super::{Error, Workload, no_function, run};
use crate::matrix::Matrix;
use deriv::derive_fn;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Input {
    theta: [f64; 26],
    data: Data,
    us: Vec<[f64; 2]>,
}

#[derive(Deserialize)]
struct Data {
    model: Model,
    correspondences: Vec<usize>,
    points: Vec<[f64; 3]>,
}

/// The hand at rest: bones that hang on others, and vertices that follow some of the bones.
#[derive(Deserialize)]
struct Model {
    parents: Vec<isize>,
    base_relatives: Vec<[[f64; 4]; 4]>,
    inverse_base_absolutes: Vec<[[f64; 4]; 4]>,
    base_positions: Vec<[f64; 4]>,
    /// How much each vertex follows each bone.
    weights: Matrix,
    triangles: Vec<[usize; 3]>,
    is_mirrored: bool,
}

/// From points on the surface to those seen. `theta` has the hand's rotation and place, and four angles of each
/// finger. The points on the surface are vertices; where there are `us`, places in triangles.
#[derive_fn(jvp)]
fn errors(theta: &[f64; 26], us: &[[f64; 2]], data: &Data, errors: &mut [f64]) {
    /// One map after another; the last row of a map, which is always (0, 0, 0, 1), is not looked at.
    fn compose(a: &[[f64; 4]; 4], b: &[[f64; 4]; 4]) -> [[f64; 4]; 4] {
        let mut c = [[0.0; 4]; 4];
        for i in 0..3 {
            for j in 0..4 {
                c[i][j] = a[i][0] * b[0][j] + a[i][1] * b[1][j] + a[i][2] * b[2][j];
            }
            c[i][3] += a[i][3];
        }
        c
    }

    fn apply(a: &[[f64; 4]; 4], p: [f64; 3]) -> [f64; 3] {
        [
            a[0][0] * p[0] + a[0][1] * p[1] + a[0][2] * p[2] + a[0][3],
            a[1][0] * p[0] + a[1][1] * p[1] + a[1][2] * p[2] + a[1][3],
            a[2][0] * p[0] + a[2][1] * p[1] + a[2][2] * p[2] + a[2][3],
        ]
    }

    /// About the x axis, then about the z axis.
    fn bend(x: f64, z: f64) -> [[f64; 4]; 4] {
        let (sx, cx) = x.sin_cos();
        let (sz, cz) = z.sin_cos();
        [[cz, -sz * cx, sz * sx, 0.0], [sz, cz * cx, -cz * sx, 0.0], [0.0, sx, cx, 0.0], [0.0, 0.0, 0.0, 1.0]]
    }

    /// By the angle that is the length of `r`, about its direction, and then by `t`.
    fn place(r: [f64; 3], t: [f64; 3]) -> [[f64; 4]; 4] {
        let angle = (r[0] * r[0] + r[1] * r[1] + r[2] * r[2]).sqrt();
        if angle < 1e-4 {
            return [
                [1.0, 0.0, 0.0, t[0]],
                [0.0, 1.0, 0.0, t[1]],
                [0.0, 0.0, 1.0, t[2]],
                [0.0, 0.0, 0.0, 1.0],
            ];
        }
        let (x, y, z) = (r[0] / angle, r[1] / angle, r[2] / angle);
        let (s, c) = angle.sin_cos();
        let d = 1.0 - c;
        [
            [x * x + (1.0 - x * x) * c, x * y * d - z * s, x * z * d + y * s, t[0]],
            [x * y * d + z * s, y * y + (1.0 - y * y) * c, y * z * d - x * s, t[1]],
            [x * z * d - y * s, z * y * d + x * s, z * z + (1.0 - z * z) * c, t[2]],
            [0.0, 0.0, 0.0, 1.0],
        ]
    }

    let model = &data.model;
    let bones = model.parents.len();
    let mut x = vec![0.0; bones];
    let mut z = vec![0.0; bones];
    for finger in 0..5 {
        let (bone, angle) = (2 + 4 * finger, 6 + 4 * finger);
        x[bone] = theta[angle];
        z[bone] = theta[angle + 1];
        x[bone + 1] = theta[angle + 2];
        x[bone + 2] = theta[angle + 3];
    }

    let mut absolutes = vec![[[0.0; 4]; 4]; bones];
    let mut transforms = vec![[[0.0; 4]; 4]; bones];
    for bone in 0..bones {
        let bent: [[f64; 4]; 4] = bend(x[bone], z[bone]);
        let relative: [[f64; 4]; 4] = compose(&model.base_relatives[bone], &bent);
        if model.parents[bone] < 0 {
            absolutes[bone] = relative;
        } else {
            absolutes[bone] = compose(&absolutes[model.parents[bone] as usize], &relative);
        }
        transforms[bone] = compose(&absolutes[bone], &model.inverse_base_absolutes[bone]);
    }

    let place: [[f64; 4]; 4] = place([theta[0], theta[1], theta[2]], [theta[3], theta[4], theta[5]]);
    let mut positions = vec![[0.0; 3]; model.base_positions.len()];
    let vertices = model.base_positions.iter().zip(model.weights.values.chunks_exact(bones));
    for ((base, weights), position) in vertices.zip(positions.iter_mut()) {
        let mut blended = [0.0; 3];
        for (transform, &weight) in transforms.iter().zip(weights) {
            if weight != 0.0 {
                let moved = apply(transform, [base[0], base[1], base[2]]);
                for i in 0..3 {
                    blended[i] += weight * moved[i];
                }
            }
        }
        if model.is_mirrored {
            blended[0] = -blended[0];
        }
        *position = apply(&place, blended);
    }

    for i in 0..data.correspondences.len() {
        let seen = data.points[i];
        let place = data.correspondences[i];
        for j in 0..3 {
            let on_surface = if us.is_empty() {
                positions[place][j]
            } else {
                let [u, v] = us[i];
                let [a, b, c] = model.triangles[place];
                u * positions[a][j] + v * positions[b][j] + (1.0 - u - v) * positions[c][j]
            };
            errors[3 * i + j] = seen[j] - on_surface;
        }
    }
}

fn objective(input: &Input, output: &mut Vec<f64>) {
    output.resize(3 * input.data.correspondences.len(), 0.0);
    errors(&input.theta, &input.us, &input.data, output);
}

/// Column by column: by the `us`, where each row depends on its own two alone, and then by `theta`.
fn jacobian(input: &Input, output: &mut Matrix) {
    let Input { theta, us, data } = input;
    let first = if us.is_empty() { 0 } else { 2 };
    let mut values = vec![0.0; 3 * data.correspondences.len()];
    let mut column = values.clone();
    output.resize(values.len(), first + theta.len());
    for direction in 0..output.columns {
        let mut theta_dot = [0.0; 26];
        let mut us_dot = vec![[0.0; 2]; us.len()];
        if direction < first {
            us_dot.iter_mut().for_each(|u| u[direction] = 1.0);
        } else {
            theta_dot[direction - first] = 1.0;
        }
        errors_jvp(theta, us, data, &mut values, &theta_dot, &us_dot, &mut column);
        for (row, slope) in output.values.chunks_exact_mut(first + theta.len()).zip(&column) {
            row[direction] = *slope;
        }
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
