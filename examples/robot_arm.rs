//! Moves the hand of a robot's arm along a line: inverse kinematics by the Jacobian, which is the
//! `_prime` of the function that tells where the hand is.
//!
//! The arm has six joints in a plane, four more than a point needs. Of all ways to follow the line,
//! damped least squares takes the one that moves the joints least.
//!
//! ```sh
//! cargo run --example robot_arm
//! ```

mod common;

use common::{AXIS, BLUE, Frame, INK, RED, Svg};
use deriv::derive_fn;
use std::error::Error;
use std::f64::consts::TAU;

const LENGTHS: [f64; 6] = [1.0, 0.9, 0.8, 0.6, 0.4, 0.2];

/// Where the hand is, by the angles between the links.
#[derive_fn(value_and_prime)]
fn hand(angles: [f64; 6]) -> [f64; 2] {
    let mut direction = 0.0;
    let mut at = [0.0, 0.0];
    for (angle, length) in angles.iter().zip(LENGTHS) {
        direction += angle;
        at[0] += length * direction.cos();
        at[1] += length * direction.sin();
    }
    at
}

/// The line to follow: a heart.
fn target(t: f64) -> [f64; 2] {
    let x = 16.0 * t.sin().powi(3);
    let y = 13.0 * t.cos() - 5.0 * (2.0 * t).cos() - 2.0 * (3.0 * t).cos() - (4.0 * t).cos();
    [1.6 + 0.06 * x, 1.5 + 0.06 * y]
}

/// Moves the joints until the hand is at the target. What is left, and after how many steps.
fn reach(angles: &mut [f64; 6], target: [f64; 2]) -> (f64, u32) {
    const DAMPING: f64 = 1e-4;
    for step in 0.. {
        let (at, [by_x, by_y]) = hand_value_and_prime(*angles);
        let error = [target[0] - at[0], target[1] - at[1]];
        let distance = error[0].hypot(error[1]);
        if distance < 1e-10 || step == 100 {
            return (distance, step);
        }
        // J Jᵀ + damping, two by two whatever the number of joints.
        let dot = |a: &[f64; 6], b: &[f64; 6]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let (a, b, d) = (dot(&by_x, &by_x) + DAMPING, dot(&by_x, &by_y), dot(&by_y, &by_y) + DAMPING);
        let determinant = a * d - b * b;
        let u = (d * error[0] - b * error[1]) / determinant;
        let v = (a * error[1] - b * error[0]) / determinant;
        for (angle, (by_x, by_y)) in angles.iter_mut().zip(by_x.iter().zip(&by_y)) {
            *angle += by_x * u + by_y * v;
        }
    }
    unreachable!("the loop returns")
}

/// All joints, from the shoulder to the hand.
fn joints(angles: &[f64; 6]) -> Vec<(f64, f64)> {
    let mut path = vec![(0.0, 0.0)];
    let (mut direction, mut x, mut y) = (0.0_f64, 0.0, 0.0);
    for (angle, length) in angles.iter().zip(LENGTHS) {
        direction += angle;
        x += length * direction.cos();
        y += length * direction.sin();
        path.push((x, y));
    }
    path
}

fn main() -> Result<(), Box<dyn Error>> {
    const POINTS: u32 = 240;
    let mut svg = Svg::new(760.0, 616.0);
    let frame = Frame { left: 64.0, right: 736.0, top: 64.0, bottom: 568.0, x: -1.2..2.8, y: -0.3..2.7 };
    frame.draw(&mut svg, "x", "y");
    svg.text((frame.left + 24.0, 40.0), "20px", "start", INK, "An arm of six joints follows a line");

    let mut angles = [1.9, -0.9, -0.6, -0.4, 0.5, 0.3];
    let (mut worst, mut steps) = (0.0_f64, 0);
    let mut line = Vec::new();
    let mut poses = Vec::new();
    println!("{:>6} {:>8} {:>8} {:>6} {:>9}   angles in degrees", "point", "x", "y", "steps", "error");
    for point in 0..=POINTS {
        let t = TAU * f64::from(point) / f64::from(POINTS);
        let (distance, taken) = reach(&mut angles, target(t));
        worst = worst.max(distance);
        steps += taken;
        let [x, y] = hand(angles);
        line.push((x, y));
        if point % 20 == 0 {
            let degrees: Vec<String> = angles.iter().map(|a| format!("{:6.1}", a.to_degrees())).collect();
            println!("{point:>6} {x:>8.4} {y:>8.4} {taken:>6} {distance:>9.1e}   {}", degrees.join(" "));
            poses.push(joints(&angles));
        }
    }
    println!("\n{} points in {steps} steps; the largest error is {worst:.1e}.", POINTS + 1);
    if worst > 1e-9 {
        return Err("the hand did not reach the line".into());
    }

    for pose in &poses {
        frame.curve(&mut svg, pose.iter().copied(), 1.5, "#b8c4cf");
    }
    frame.curve(&mut svg, line, 3.5, RED);
    if let Some(pose) = poses.first() {
        frame.curve(&mut svg, pose.iter().copied(), 6.0, BLUE);
        for joint in pose {
            svg.dot(frame.at(*joint), 7.0, AXIS);
        }
    }
    Ok(svg.save("robot_arm.svg")?)
}
