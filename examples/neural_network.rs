//! Trains a small network to tell three species of iris by their petals: Fisher's data of 1936, the
//! gradient in reverse mode by `#[derive_fn(vjp)]`.
//!
//! ```sh
//! cargo run --release --example neural_network
//! ```

mod common;

use common::{BLUE, Frame, GREEN, INK, ORANGE, RED, Svg};
use deriv::derive_fn;
use std::error::Error;

const DATA: &str = include_str!("data/iris.csv");
const SPECIES: [&str; 3] = ["setosa", "versicolor", "virginica"];
const COLORS: [&str; 3] = [ORANGE, GREEN, BLUE];

const HIDDEN: usize = 6;
/// A row for each hidden unit (two inputs and a bias), then one for each species (all hidden units and
/// a bias).
const WEIGHTS: usize = 3 * HIDDEN + 3 * (HIDDEN + 1);

/// The mean cross entropy over all flowers, with a little weight decay.
#[derive_fn(vjp, wrt(weights))]
fn loss(weights: &[f64], flowers: &[[f64; 2]], species: &[usize]) -> f64 {
    let (first, second) = weights.split_at(3 * HIDDEN);
    let mut total = 0.0;
    for (flower, label) in flowers.iter().zip(species) {
        let mut hidden = [0.0; HIDDEN];
        for i in 0..HIDDEN {
            let sum = first[3 * i] * flower[0] + first[3 * i + 1] * flower[1] + first[3 * i + 2];
            hidden[i] = sum.tanh();
        }
        let mut scores = [0.0; 3];
        for k in 0..3 {
            let row = &second[k * (HIDDEN + 1)..];
            scores[k] = row[HIDDEN];
            for i in 0..HIDDEN {
                scores[k] += row[i] * hidden[i];
            }
        }
        let largest = scores[0].max(scores[1]).max(scores[2]);
        let sum: f64 = scores.iter().map(|score| (score - largest).exp()).sum();
        total += largest + sum.ln() - scores[*label];
    }
    let decay: f64 = weights.iter().map(|w| w * w).sum();
    total / flowers.len() as f64 + 1e-4 * decay
}

/// The species whose loss would be the least.
fn classify(weights: &[f64], flower: [f64; 2]) -> usize {
    let losses = [0, 1, 2].map(|label| loss(weights, &[flower], &[label]));
    (0..3).min_by(|&a, &b| losses[a].total_cmp(&losses[b])).unwrap_or(0)
}

#[derive(Default)]
struct Flowers {
    petals: Vec<[f64; 2]>,
    species: Vec<usize>,
}

impl Flowers {
    fn accuracy(&self, weights: &[f64]) -> f64 {
        let right = self.petals.iter().zip(&self.species).filter(|(p, s)| classify(weights, **p) == **s);
        right.count() as f64 / self.species.len() as f64
    }
}

/// Every third flower is kept for the test.
fn read() -> Result<[Flowers; 2], Box<dyn Error>> {
    let mut flowers = [Flowers::default(), Flowers::default()];
    for (i, line) in DATA.lines().skip(1).enumerate() {
        let fields: Vec<&str> = line.split(',').collect();
        let species = SPECIES.iter().position(|name| *name == fields[4]).ok_or("no such species")?;
        let part = &mut flowers[usize::from(i % 3 == 2)];
        part.petals.push(scaled([fields[2].parse()?, fields[3].parse()?]));
        part.species.push(species);
    }
    Ok(flowers)
}

/// From centimetres to numbers around zero.
fn scaled([length, width]: [f64; 2]) -> [f64; 2] {
    [(length - 3.8) / 1.8, (width - 1.2) / 0.8]
}

fn main() -> Result<(), Box<dyn Error>> {
    let [train, test] = read()?;
    // Some numbers between -1 and 1 to start with, the same in every run.
    let start = |i: usize| 2.0 * (i as f64 * std::f64::consts::SQRT_2).fract() - 1.0;
    let mut weights: Vec<f64> = (1..=WEIGHTS).map(start).collect();

    // Adam: momentum, and steps in units of the gradient's usual size.
    let mut gradient = vec![0.0; WEIGHTS];
    let (mut mean, mut square) = (vec![0.0; WEIGHTS], vec![0.0; WEIGHTS]);
    let mut losses = Vec::new();
    println!("{:>5} {:>10} {:>10} {:>10}", "epoch", "loss", "training", "test");
    for epoch in 1..=600 {
        let value = loss_vjp(&weights, &train.petals, &train.species, 1.0, &mut gradient);
        losses.push((f64::from(epoch), value));
        if epoch == 1 || epoch % 100 == 0 {
            let (right, tested) = (100.0 * train.accuracy(&weights), 100.0 * test.accuracy(&weights));
            println!("{epoch:>5} {value:>10.6} {right:>8.1} % {tested:>8.1} %");
        }
        let rate = 0.03 * (1.0 - 0.999_f64.powi(epoch)).sqrt() / (1.0 - 0.9_f64.powi(epoch));
        for i in 0..WEIGHTS {
            mean[i] += 0.1 * (gradient[i] - mean[i]);
            square[i] += 0.001 * (gradient[i] * gradient[i] - square[i]);
            weights[i] -= rate * mean[i] / (square[i].sqrt() + 1e-8);
        }
    }
    if test.accuracy(&weights) < 0.9 {
        return Err("the network has learned too little".into());
    }
    Ok(draw(&weights, &losses, &[train, test]).save("neural_network.svg")?)
}

fn draw(weights: &[f64], losses: &[(f64, f64)], flowers: &[Flowers; 2]) -> Svg {
    let mut svg = Svg::new(1180.0, 600.0);
    let end = losses.len() as f64;
    let curve = Frame { left: 64.0, right: 500.0, top: 84.0, bottom: 552.0, x: 0.0..end, y: 0.0..1.4 };
    svg.text((curve.left, 40.0), "20px", "start", INK, "Loss while training");
    curve.draw(&mut svg, "epoch", "");
    curve.curve(&mut svg, losses.iter().copied(), 3.0, RED);

    let plane = Frame { left: 600.0, right: 1156.0, top: 84.0, bottom: 552.0, x: 0.5..7.5, y: 0.0..2.75 };
    let title = format!("What it takes a petal for ({:.0} % right)", 100.0 * flowers[1].accuracy(weights));
    svg.text((plane.left, 40.0), "20px", "start", INK, &title);
    // Cells of a colour that lie in a row are one rectangle.
    let (columns, rows) = (140, 110);
    let corner = |i: usize, j: usize| (0.5 + 7.0 * i as f64 / columns as f64, 2.75 * j as f64 / rows as f64);
    for j in 0..rows {
        let species = |i: usize| {
            let ((x, y), (u, v)) = (corner(i, j), corner(i + 1, j + 1));
            classify(weights, scaled([0.5 * (x + u), 0.5 * (y + v)]))
        };
        let mut from = 0;
        for i in 1..=columns {
            if i == columns || species(i) != species(from) {
                svg.shade(plane.at(corner(from, j)), plane.at(corner(i, j + 1)), COLORS[species(from)]);
                from = i;
            }
        }
    }
    plane.draw(&mut svg, "petal length (cm)", "petal width (cm)");
    for (part, radius) in flowers.iter().zip([4.0, 6.0]) {
        for ([length, width], species) in part.petals.iter().zip(&part.species) {
            let centimetres = (1.8 * length + 3.8, 0.8 * width + 1.2);
            svg.dot(plane.at(centimetres), radius, COLORS[*species]);
        }
    }
    let entries: Vec<_> = SPECIES.into_iter().zip(COLORS).rev().collect();
    let lower = Frame { top: 460.0, ..plane };
    lower.legend(&mut svg, &entries);
    svg
}
