//! What moves in space, and what is seen of it.

use deriv::derive_fn;

/// The angular accelerations of two equal masses on two equal rods.
#[derive_fn]
pub fn double_pendulum(a: f64, b: f64, v: f64, w: f64) -> [f64; 2] {
    const G: f64 = 9.81;
    let (s, c) = (a - b).sin_cos();
    let d = 3.0 - (2.0 * (a - b)).cos();
    [
        (-3.0 * G * a.sin() - G * (a - 2.0 * b).sin() - 2.0 * s * (w * w + v * v * c)) / d,
        2.0 * s * (2.0 * v * v + 2.0 * G * a.cos() + w * w * c) / d,
    ]
}

pub fn double_pendulum_by_hand(a: f64, b: f64, v: f64, w: f64) -> [[f64; 4]; 2] {
    const G: f64 = 9.81;
    let (s, c) = (a - b).sin_cos();
    let (sa, ca) = a.sin_cos();
    let (sab, cab) = (a - 2.0 * b).sin_cos();
    let (vv, ww) = (v * v, w * w);
    // cos(2δ) = 1 - 2 sin²δ
    let inverse = 1.0 / (2.0 + 2.0 * s * s);
    let d_prime = 4.0 * s * c;
    let first = (-3.0 * G * sa - G * sab - 2.0 * s * (ww + vv * c)) * inverse;
    let second = 2.0 * s * (2.0 * vv + 2.0 * G * ca + ww * c) * inverse;
    // Both numerators by the difference of the angles, and what else depends on each of them.
    let first_delta = -2.0 * (c * ww + vv * (c * c - s * s)) - first * d_prime;
    let second_delta = 2.0 * (c * (2.0 * vv + 2.0 * G * ca) + ww * (c * c - s * s)) - second * d_prime;
    [
        [
            (first_delta - 3.0 * G * ca - G * cab) * inverse,
            (2.0 * G * cab - first_delta) * inverse,
            -4.0 * s * c * v * inverse,
            -4.0 * s * w * inverse,
        ],
        [
            (second_delta - 4.0 * G * s * sa) * inverse,
            -second_delta * inverse,
            8.0 * s * v * inverse,
            4.0 * s * c * w * inverse,
        ],
    ]
}

/// The accelerations of three bodies in a plane by gravity.
#[derive_fn(wrt(x))]
pub fn three_bodies(x: &[f64; 6], masses: &[f64; 3]) -> [f64; 6] {
    /// The difference of two places over the cube of its length.
    fn pull(from: [f64; 2], to: [f64; 2]) -> [f64; 2] {
        let (x, y) = (to[0] - from[0], to[1] - from[1]);
        let square = x * x + y * y;
        let cube = square * square.sqrt();
        [x / cube, y / cube]
    }

    let [m1, m2, m3] = *masses;
    let (first, second, third) = ([x[0], x[1]], [x[2], x[3]], [x[4], x[5]]);
    let (a, b, c) = (pull(first, second), pull(first, third), pull(second, third));
    [
        m2 * a[0] + m3 * b[0],
        m2 * a[1] + m3 * b[1],
        m3 * c[0] - m1 * a[0],
        m3 * c[1] - m1 * a[1],
        -m1 * b[0] - m2 * c[0],
        -m1 * b[1] - m2 * c[1],
    ]
}

pub fn three_bodies_by_hand(x: &[f64; 6], masses: &[f64; 3]) -> [[f64; 6]; 6] {
    /// The symmetric matrix `3dd'/r^5 - 1/r^3`.
    fn tide(x: f64, y: f64) -> [f64; 3] {
        let inverse = 1.0 / (x * x + y * y);
        let cube = inverse * inverse.sqrt();
        let fifth = 3.0 * cube * inverse;
        [fifth * x * x - cube, fifth * x * y, fifth * y * y - cube]
    }

    let [m1, m2, m3] = *masses;
    let a = tide(x[2] - x[0], x[3] - x[1]);
    let b = tide(x[4] - x[0], x[5] - x[1]);
    let c = tide(x[4] - x[2], x[5] - x[3]);
    let by = |mass: f64, t: [f64; 3]| t.map(|t| mass * t);
    let (a1, a2, b1, b3, c2, c3) = (by(m1, a), by(m2, a), by(m1, b), by(m3, b), by(m2, c), by(m3, c));
    let plus = |s: [f64; 3], t: [f64; 3]| [s[0] + t[0], s[1] + t[1], s[2] + t[2]];
    let (first, second, third) = (plus(a2, b3), plus(a1, c3), plus(b1, c2));
    [
        [first[0], first[1], -a2[0], -a2[1], -b3[0], -b3[1]],
        [first[1], first[2], -a2[1], -a2[2], -b3[1], -b3[2]],
        [-a1[0], -a1[1], second[0], second[1], -c3[0], -c3[1]],
        [-a1[1], -a1[2], second[1], second[2], -c3[1], -c3[2]],
        [-b1[0], -b1[1], -c2[0], -c2[1], third[0], third[1]],
        [-b1[1], -b1[2], -c2[1], -c2[2], third[1], third[2]],
    ]
}

/// Where the tool of a robot's arm is, by the angles of six joints that turn about z and y by turns.
#[derive_fn]
pub fn arm(angles: &[f64; 6]) -> [f64; 3] {
    fn about_z([x, y, z]: [f64; 3], angle: f64) -> [f64; 3] {
        let (sin, cos) = angle.sin_cos();
        [cos * x - sin * y, sin * x + cos * y, z]
    }

    fn about_y([x, y, z]: [f64; 3], angle: f64) -> [f64; 3] {
        let (sin, cos) = angle.sin_cos();
        [cos * x + sin * z, y, cos * z - sin * x]
    }

    fn raised([x, y, z]: [f64; 3], length: f64) -> [f64; 3] {
        [x, y, z + length]
    }

    let tool = about_y([0.2, 0.1, 0.3], angles[5]);
    let hand = about_z(raised(tool, 0.1), angles[4]);
    let wrist = about_y(raised(hand, 0.4), angles[3]);
    let forearm = about_z(raised(wrist, 0.3), angles[2]);
    let elbow = about_y(raised(forearm, 0.5), angles[1]);
    about_z(raised(elbow, 0.4), angles[0])
}

/// From the tip to the base: each joint moves what is beyond it, and the joints before it turn that.
pub fn arm_by_hand(angles: &[f64; 6]) -> [[f64; 6]; 3] {
    let [(s0, c0), (s1, c1), (s2, c2), (s3, c3), (s4, c4), (s5, c5)] = angles.map(f64::sin_cos);
    let (x5, y5, z5) = (0.2 * c5 + 0.3 * s5, 0.1, 0.3 * c5 - 0.2 * s5);
    let (x4, y4, z4) = (c4 * x5 - s4 * y5, s4 * x5 + c4 * y5, z5 + 0.5);
    let (x3, y3, z3) = (c3 * x4 + s3 * z4, y4, c3 * z4 - s3 * x4);
    let (x2, y2, z2) = (c2 * x3 - s2 * y3, s2 * x3 + c2 * y3, z3 + 0.8);
    let (x1, y1, z1) = (c1 * x2 + s1 * z2, y2, c1 * z2 - s1 * x2);
    let (x0, y0) = (c0 * x1 - s0 * y1, s0 * x1 + c0 * y1);
    let through_0 = |x: f64, y: f64, z: f64| [c0 * x - s0 * y, s0 * x + c0 * y, z];
    let through_1 = |x: f64, y: f64, z: f64| through_0(c1 * x + s1 * z, y, c1 * z - s1 * x);
    let through_2 = |x: f64, y: f64, z: f64| through_1(c2 * x - s2 * y, s2 * x + c2 * y, z);
    let through_3 = |x: f64, y: f64, z: f64| through_2(c3 * x + s3 * z, y, c3 * z - s3 * x);
    let by_1 = [c0 * z1, s0 * z1, -x1];
    let by_2 = {
        // Nothing along z yet.
        let (x, y, z) = (-c1 * y2, x2, s1 * y2);
        [c0 * x - s0 * y, s0 * x + c0 * y, z]
    };
    let by_3 = through_1(c2 * z3, s2 * z3, -x3);
    let by_4 = {
        let (x, y, z) = (-c3 * y4, x4, s3 * y4);
        through_2(x, y, z)
    };
    let by_5 = through_3(c4 * z5, s4 * z5, -x5);
    std::array::from_fn(|i| [[-y0, x0, 0.0][i], by_1[i], by_2[i], by_3[i], by_4[i], by_5[i]])
}

/// How far from where it is seen a point appears in a camera (rotation, centre, focal length, principal
/// point, two radial distortions), times a weight: the residual of bundle adjustment.
#[derive_fn(wrt(camera, point, weight))]
pub fn reprojection(camera: &[f64; 11], point: &[f64; 3], weight: f64, feature: &[f64; 2]) -> [f64; 2] {
    let [r1, r2, r3, c1, c2, c3, focal, u0, v0, k1, k2] = *camera;
    let (x, y, z) = (point[0] - c1, point[1] - c2, point[2] - c3);
    let angle = (r1 * r1 + r2 * r2 + r3 * r3).sqrt();
    let (sin, cos) = angle.sin_cos();
    let (a, b, c) = (r1 / angle, r2 / angle, r3 / angle);
    let along = (a * x + b * y + c * z) * (1.0 - cos);
    let (x, y, z) = (
        x * cos + (b * z - c * y) * sin + a * along,
        y * cos + (c * x - a * z) * sin + b * along,
        z * cos + (a * y - b * x) * sin + c * along,
    );
    let (x, y) = (x / z, y / z);
    let square = x * x + y * y;
    let distortion = 1.0 + k1 * square + k2 * square * square;
    [weight * (x * distortion * focal + u0 - feature[0]), weight * (y * distortion * focal + v0 - feature[1])]
}

/// The derivatives of a residual by camera, point and weight.
pub type Reprojection = ([[f64; 11]; 2], [[f64; 3]; 2], [f64; 2]);

/// With the closed form for a rotation's derivative, its left Jacobian.
pub fn reprojection_by_hand(
    camera: &[f64; 11],
    point: &[f64; 3],
    weight: f64,
    feature: &[f64; 2],
) -> Reprojection {
    let [r1, r2, r3, c1, c2, c3, focal, u0, v0, k1, k2] = *camera;
    let (x, y, z) = (point[0] - c1, point[1] - c2, point[2] - c3);
    let angle = (r1 * r1 + r2 * r2 + r3 * r3).sqrt();
    let inverse = 1.0 / angle;
    let (sin, cos) = angle.sin_cos();
    let (a, b, c) = (r1 * inverse, r2 * inverse, r3 * inverse);
    let versine = 1.0 - cos;
    let (va, vb, vc) = (versine * a, versine * b, versine * c);
    let (sa, sb, sc) = (sin * a, sin * b, sin * c);
    let (ab, ac, bc) = (va * b, va * c, vb * c);
    let rotation = [
        [va * a + cos, ab - sc, ac + sb],
        [ab + sc, vb * b + cos, bc - sa],
        [ac - sb, bc + sa, vc * c + cos],
    ];
    let [p, q, r] = rotation.map(|row| row[0] * x + row[1] * y + row[2] * z);
    let depth = 1.0 / r;
    let (x, y) = (p * depth, q * depth);
    let square = x * x + y * y;
    let distortion = 1.0 + square * (k1 + k2 * square);
    let slope = 2.0 * k1 + 4.0 * k2 * square;
    let scale = weight * focal;
    let near = scale * depth;
    let (sx, sy) = (slope * x, slope * y);
    let (xy, along) = (near * sx * y, -near * (distortion + slope * square));
    let by_first = [near * (distortion + sx * x), xy, x * along];
    let by_second = [xy, near * (distortion + sy * y), y * along];
    let (even, odd) = (sin * inverse, versine * inverse);
    let row = |g: [f64; 3], seen: f64, center: f64, feature: f64| {
        let by_point: [f64; 3] =
            std::array::from_fn(|i| g[0] * rotation[0][i] + g[1] * rotation[1][i] + g[2] * rotation[2][i]);
        let h = [q * g[2] - r * g[1], r * g[0] - p * g[2], p * g[1] - q * g[0]];
        let parallel = (1.0 - even) * (h[0] * a + h[1] * b + h[2] * c);
        let by_rotation = [
            even * h[0] + parallel * a + odd * (h[1] * c - h[2] * b),
            even * h[1] + parallel * b + odd * (h[2] * a - h[0] * c),
            even * h[2] + parallel * c + odd * (h[0] * b - h[1] * a),
        ];
        let distorted = seen * distortion;
        let by_k1 = scale * seen * square;
        let by_camera = move |by_u: f64, by_v: f64| {
            let [r1, r2, r3] = by_rotation;
            let [x, y, z] = by_point;
            [r1, r2, r3, -x, -y, -z, weight * distorted, by_u, by_v, by_k1, by_k1 * square]
        };
        (by_camera, by_point, distorted * focal + center - feature)
    };
    let (first, by_point_1, by_weight_1) = row(by_first, x, u0, feature[0]);
    let (second, by_point_2, by_weight_2) = row(by_second, y, v0, feature[1]);
    ([first(weight, 0.0), second(0.0, weight)], [by_point_1, by_point_2], [by_weight_1, by_weight_2])
}
