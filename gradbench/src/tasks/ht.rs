//! Hand tracking: how far the surface of a hand, in a pose, is from points where it was seen.

use super::{Error, Workload, no_function, run};
use crate::matrix::Matrix;
use deriv::derive_fn;
use serde::Deserialize;
use serde_json::Value;
use std::array::from_fn;

#[derive(Deserialize)]
struct Input {
    #[serde(rename = "theta")]
    pose: Pose,
    data: Data,
    us: Vec<[f64; 2]>,
}

/// The hand's rotation and place, and four angles of each finger.
#[derive(Deserialize)]
#[serde(from = "[f64; 26]")]
struct Pose {
    hand: [f64; 6],
    fingers: [[f64; 4]; 5],
}

impl From<[f64; 26]> for Pose {
    fn from(theta: [f64; 26]) -> Pose {
        let finger = |finger| from_fn(|i| theta[6 + 4 * finger + i]);
        Pose { hand: from_fn(|i| theta[i]), fingers: from_fn(finger) }
    }
}

#[derive(Deserialize)]
struct Data {
    model: Model,
    correspondences: Vec<usize>,
    points: Vec<[f64; 3]>,
}

/// The hand at rest: bones that hang on others, and vertices that follow some of the bones. After the wrist come four
/// bones for each finger, of which the last three bend.
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

/// A map of space; the last row, which is always (0, 0, 0, 1), is left out.
type Map = [[f64; 4]; 3];

/// A map's derivative by four angles.
type MapByAngles = [[[f64; 4]; 4]; 3];

/// One map after another.
fn compose(a: &Map, b: &[[f64; 4]]) -> Map {
    a.map(|a| {
        let mut row = [0, 1, 2, 3].map(|j| a[0] * b[0][j] + a[1] * b[1][j] + a[2] * b[2][j]);
        row[3] += a[3];
        row
    })
}

fn apply(a: &[[f64; 4]], p: [f64; 3]) -> [f64; 3] {
    [0, 1, 2].map(|i| a[i][0] * p[0] + a[i][1] * p[1] + a[i][2] * p[2] + a[i][3])
}

/// The bones of a finger that bend, each of which hangs on the one before, and the first on `root`: that one about its
/// x axis and then its z axis, the others about their x axes.
#[derive_fn(value_and_prime, wrt(angles))]
fn finger(angles: &[f64; 4], root: &Map, relatives: &[[[f64; 4]; 4]]) -> [[[f64; 4]; 3]; 3] {
    fn bend(parent: [[f64; 4]; 3], relative: &[[f64; 4]; 4], x: f64, z: f64) -> [[f64; 4]; 3] {
        let (sx, cx) = x.sin_cos();
        let (sz, cz) = z.sin_cos();
        let row = |row: [f64; 4]| {
            let [x, y, z, moved] = follow(row, relative);
            let turned = cz * y - sz * x;
            [cz * x + sz * y, cx * turned + sx * z, cx * z - sx * turned, moved]
        };
        [row(parent[0]), row(parent[1]), row(parent[2])]
    }

    fn follow(a: [f64; 4], b: &[[f64; 4]; 4]) -> [f64; 4] {
        [
            a[0] * b[0][0] + a[1] * b[1][0] + a[2] * b[2][0],
            a[0] * b[0][1] + a[1] * b[1][1] + a[2] * b[2][1],
            a[0] * b[0][2] + a[1] * b[1][2] + a[2] * b[2][2],
            a[0] * b[0][3] + a[1] * b[1][3] + a[2] * b[2][3] + a[3],
        ]
    }

    let first = bend(*root, &relatives[0], angles[0], angles[1]);
    let second = bend(first, &relatives[1], angles[2], 0.0);
    let third = bend(second, &relatives[2], angles[3], 0.0);
    [first, second, third]
}

/// From the skin to where the hand is seen: mirrored perhaps, turned by the angle that is the length of the first
/// three numbers, about their direction, and moved by the others.
#[derive_fn(value_and_prime, wrt(hand))]
fn place(hand: &[f64; 6], side: f64) -> [[f64; 4]; 3] {
    let [r, s, t, u, v, w] = *hand;
    let angle = (r * r + s * s + t * t).sqrt();
    if angle < 1e-4 {
        return [[side, 0.0, 0.0, u], [0.0, 1.0, 0.0, v], [0.0, 0.0, 1.0, w]];
    }
    let (x, y, z) = (r / angle, s / angle, t / angle);
    let (s, c) = angle.sin_cos();
    let d = 1.0 - c;
    [
        [side * (x * x + (1.0 - x * x) * c), x * y * d - z * s, x * z * d + y * s, u],
        [side * (x * y * d + z * s), y * y + (1.0 - y * y) * c, y * z * d - x * s, v],
        [side * (x * z * d - y * s), z * y * d + x * s, z * z + (1.0 - z * z) * c, w],
    ]
}

impl Model {
    fn side(&self) -> f64 {
        if self.is_mirrored { -1.0 } else { 1.0 }
    }

    /// Where the bones are at rest.
    fn rest(&self) -> Vec<Map> {
        let mut bones: Vec<Map> = Vec::with_capacity(self.parents.len());
        for (&parent, relative) in self.parents.iter().zip(&self.base_relatives) {
            let [x, y, z, _] = *relative;
            bones.push(if parent < 0 { [x, y, z] } else { compose(&bones[parent as usize], relative) });
        }
        bones
    }

    /// Where the vertices are, with these bones at rest and bent, before the hand is placed.
    fn skin(&self, mut bones: Vec<Map>, fingers: &[[Map; 3]; 5]) -> Vec<[f64; 3]> {
        for (four, bent) in bones[1..].chunks_exact_mut(4).zip(fingers) {
            four[1..].copy_from_slice(bent);
        }
        for (bone, inverse) in bones.iter_mut().zip(&self.inverse_base_absolutes) {
            *bone = compose(bone, inverse);
        }
        let vertex = |(base, weights): (&[f64; 4], &[f64])| {
            let mut blended = [0.0; 3];
            for (bone, &weight) in bones.iter().zip(weights) {
                if weight != 0.0 {
                    let moved = apply(bone, [base[0], base[1], base[2]]);
                    (0..3).for_each(|i| blended[i] += weight * moved[i]);
                }
            }
            blended
        };
        self.base_positions
            .iter()
            .zip(self.weights.values.chunks_exact(self.weights.columns))
            .map(vertex)
            .collect()
    }

    /// How a vertex moves on with each bone that it follows, by the angles of the bone's finger, whose number stands
    /// before.
    fn slopes(
        &self,
        vertex: usize,
        fingers: &[([Map; 3], [MapByAngles; 3]); 5],
    ) -> impl Iterator<Item = (usize, [[f64; 4]; 3])> {
        let [x, y, z, _] = self.base_positions[vertex];
        let weights = &self.weights.values[vertex * self.weights.columns..];
        let bones = fingers.iter().enumerate().flat_map(|(finger, (_, by_angles))| {
            by_angles.iter().enumerate().map(move |(i, by_angles)| (finger, 4 * finger + 2 + i, by_angles))
        });
        bones.filter(|&(_, bone, _)| weights[bone] != 0.0).map(move |(finger, bone, by_angles)| {
            let at = apply(&self.inverse_base_absolutes[bone], [x, y, z]);
            let slope = |[x, y, z, moved]: [[f64; 4]; 4]| {
                from_fn(|i| weights[bone] * (at[0] * x[i] + at[1] * y[i] + at[2] * z[i] + moved[i]))
            };
            (finger, by_angles.map(slope))
        })
    }
}

impl Data {
    /// The vertices that a point on the surface is between, and how close it is to each. The point is a vertex; where
    /// there are `us`, a place in a triangle.
    fn corners(&self, us: &[[f64; 2]], point: usize) -> ([usize; 3], [f64; 3]) {
        let place = self.correspondences[point];
        match us.get(point) {
            None => ([place; 3], [1.0, 0.0, 0.0]),
            Some(&[u, v]) => (self.model.triangles[place], [u, v, 1.0 - u - v]),
        }
    }
}

/// The point on the skin between three vertices.
fn between(skin: &[[f64; 3]], (corners, shares): ([usize; 3], [f64; 3])) -> [f64; 3] {
    let [a, b, c] = corners.map(|corner| skin[corner]);
    [0, 1, 2].map(|i| shares[0] * a[i] + shares[1] * b[i] + shares[2] * c[i])
}

/// From points on the surface to those seen.
fn objective(input: &Input, output: &mut Vec<f64>) {
    let Input { pose, us, data } = input;
    let model = &data.model;
    let rest = model.rest();
    let fingers = from_fn(|i| finger(&pose.fingers[i], &rest[4 * i + 1], &model.base_relatives[4 * i + 2..]));
    let skin = model.skin(rest, &fingers);
    let place = place(&pose.hand, model.side());
    output.clear();
    for (i, seen) in data.points.iter().enumerate() {
        let on_surface = apply(&place, between(&skin, data.corners(us, i)));
        output.extend([0, 1, 2].map(|j| seen[j] - on_surface[j]));
    }
}

/// By the `us`, of which each point depends on its own two alone, and then by `theta`. All from the bones to the errors is
/// linear in where the hand is, and in where the bones are: there the same is done to derivatives, of those bones
/// that a vertex follows.
fn jacobian(input: &Input, output: &mut Matrix) {
    let Input { pose, us, data } = input;
    let model = &data.model;
    let rest = model.rest();
    let fingers: [_; 5] = from_fn(|i| {
        finger_value_and_prime(&pose.fingers[i], &rest[4 * i + 1], &model.base_relatives[4 * i + 2..])
    });
    let skin = model.skin(rest, &fingers.map(|(bones, _)| bones));
    let (place, by_hand) = place_value_and_prime(&pose.hand, model.side());
    let first = if us.is_empty() { 0 } else { 2 };
    output.resize(3 * data.points.len(), first + 26);
    let columns = output.columns;
    output.values.fill(0.0);
    for (point, rows) in output.values.chunks_exact_mut(3 * columns).enumerate() {
        let (corners, shares) = data.corners(us, point);
        let at = between(&skin, (corners, shares));
        for (row, (place, by_hand)) in rows.chunks_exact_mut(columns).zip(place.iter().zip(&by_hand)) {
            let [a, b, c] = corners.map(|corner| skin[corner]);
            let (by_us, by_theta) = row.split_at_mut(first);
            for (slope, corner) in by_us.iter_mut().zip([a, b]) {
                *slope = (0..3).map(|i| place[i] * (c[i] - corner[i])).sum();
            }
            let [x, y, z, moved] = by_hand;
            for (i, slope) in by_theta[..6].iter_mut().enumerate() {
                *slope = -(at[0] * x[i] + at[1] * y[i] + at[2] * z[i] + moved[i]);
            }
        }
        for (corner, share) in corners.into_iter().zip(shares).filter(|(_, share)| *share != 0.0) {
            for (finger, slopes) in model.slopes(corner, &fingers) {
                for (row, place) in rows.chunks_exact_mut(columns).zip(&place) {
                    for (i, slope) in row[first + 6 + 4 * finger..][..4].iter_mut().enumerate() {
                        *slope -= share * (0..3).map(|j| place[j] * slopes[j][i]).sum::<f64>();
                    }
                }
            }
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
