//! Measures each task's derivative against its primal function, on inputs of the suite's sizes.

use serde_json::{Value, json};
use std::error::Error;
use std::f64::consts::PI;
use std::io::Write;
use std::process::Command;

/// A task at one of the suite's sizes.
struct Case {
    task: &'static str,
    size: String,
    /// The primal function and its derivative.
    functions: [&'static str; 2],
    /// The smallest ratio of their times among the suite's tools.
    best: f64,
    input: Value,
}

/// Prints a table of the tasks whose names contain `filter`.
pub fn print(filter: &str, mut output: impl Write) -> Result<(), Box<dyn Error>> {
    writeln!(output, "| task | size | primal, µs | derivative, µs | ratio | best of the suite |")?;
    writeln!(output, "|---|---|--:|--:|--:|--:|")?;
    for case in cases().into_iter().filter(|case| case.task.contains(filter)) {
        let (task, size, best) = (case.task, case.size.clone(), case.best);
        let [primal, derivative] = fastest(case)?.map(|nanoseconds| nanoseconds / 1000.0);
        let ratio = derivative / primal;
        writeln!(output, "| {task} | {size} | {primal:.2} | {derivative:.2} | {ratio:.2} | {best:.2} |")?;
        output.flush()?;
    }
    Ok(())
}

/// The shortest times. Each function is run by a process of its own, as the suite does it: in one that has freed
/// much memory before, new memory costs less. The functions take turns, so that what else the machine does falls
/// on both alike.
fn fastest(case: Case) -> Result<[f64; 2], Box<dyn Error>> {
    let file = std::env::temp_dir().join(format!("gradbench-{}.json", std::process::id()));
    let mut input = case.input;
    input["min_runs"] = json!(3);
    input["min_seconds"] = json!(0.1);
    std::fs::write(&file, input.to_string())?;
    let mut shortest = [f64::INFINITY; 2];
    for _ in 0..3 {
        for (function, shortest) in case.functions.iter().zip(&mut shortest) {
            let mut program = Command::new(std::env::current_exe()?);
            let printed = program.arg(case.task).arg(&file).arg(function).output()?.stdout;
            for timing in String::from_utf8(printed)?.lines().skip(1) {
                let timing: Value = serde_json::from_str(timing)?;
                *shortest = timing["nanoseconds"].as_f64().unwrap_or(f64::NAN).min(*shortest);
            }
        }
    }
    std::fs::remove_file(file)?;
    Ok(shortest)
}

fn cases() -> Vec<Case> {
    let mut random = Random(31337);
    let mut cases = Vec::new();
    for (ell, best) in [(5, 3.3), (7, 3.0), (9, 3.4)] {
        cases.push(Case {
            task: "det",
            size: format!("{ell}"),
            functions: ["primal", "gradient"],
            best,
            input: json!({ "A": random.uniform(ell * ell), "ell": ell }),
        });
    }
    for (n, best) in [(16, 1.5), (1024, 1.5), (16392, 1.6)] {
        cases.push(Case {
            task: "llsq",
            size: format!("n={n}"),
            functions: ["primal", "gradient"],
            best,
            input: json!({ "x": random.uniform(128), "n": n }),
        });
    }
    for n in [2500, 40_000, 1_280_000] {
        cases.push(Case {
            task: "lse",
            size: format!("n={n}"),
            functions: ["primal", "gradient"],
            best: 0.95,
            input: json!({ "x": random.uniform(n) }),
        });
    }
    for (n, s, best) in [(1000, 1, 4.2), (1000, 100, 2.4), (10_000, 10, 2.5)] {
        cases.push(Case {
            task: "ode",
            size: format!("n={n}, s={s}"),
            functions: ["primal", "gradient"],
            best,
            input: json!({ "x": random.uniform(n), "s": s }),
        });
    }
    for (k, n, d, best) in [(10, 1000, 8, 1.1), (100, 1000, 8, 1.0), (1000, 10_000, 16, 1.0)] {
        let points = random.uniform_rows(n, d);
        cases.push(Case {
            task: "kmeans",
            size: format!("k={k}, n={n}, d={d}"),
            functions: ["cost", "dir"],
            best,
            // Each centroid then has a point next to it.
            input: json!({ "points": points, "centroids": points[n - k..] }),
        });
    }
    for (d, k, best) in [(2, 5, 2.05), (10, 25, 2.5), (20, 25, 2.7), (64, 25, 4.4)] {
        cases.push(Case {
            task: "gmm",
            size: format!("d={d}, k={k}"),
            functions: ["objective", "jacobian"],
            best,
            input: json!({
                "x": random.normal_rows(1000, d),
                "alpha": random.normal_rows(1, k)[0],
                "mu": random.uniform_rows(k, d),
                "q": random.normal_rows(k, d),
                "l": random.normal_rows(k, d * (d - 1) / 2),
                "gamma": 1.0,
                "m": 0,
            }),
        });
    }
    cases.push(Case {
        task: "ba",
        size: "ba1".to_owned(),
        functions: ["objective", "jacobian"],
        best: 6.3,
        input: stored(include_str!("../tests/data/inputs/ba-ba1.json")),
    });
    for (l, c, best) in [(2, 1024, 2.5), (4, 4096, 2.8)] {
        // Characters have so many bits.
        let b = 14;
        let mut sequence = random.uniform_rows(c, b);
        sequence.iter_mut().flatten().for_each(|bit| *bit = bit.round());
        cases.push(Case {
            task: "lstm",
            size: format!("l={l}, c={c}"),
            functions: ["objective", "jacobian"],
            best,
            input: json!({
                "main_params": random.uniform_rows(2 * l, 4 * b),
                "extra_params": random.uniform_rows(3, b),
                "state": random.uniform_rows(2 * l, b),
                "sequence": sequence,
            }),
        });
    }
    for (size, input) in [
        ("simple small, hand1", include_str!("../tests/data/inputs/ht-simple-small-hand1.json")),
        ("complicated small, hand1", include_str!("../tests/data/inputs/ht-complicated-small-hand1.json")),
    ] {
        cases.push(Case {
            task: "ht",
            size: size.to_owned(),
            functions: ["objective", "jacobian"],
            best: 4.0,
            input: stored(input),
        });
    }
    cases
}

fn stored(input: &str) -> Value {
    serde_json::from_str(input).expect("the tests read it too")
}

/// Random enough for inputs, and the same on every machine.
struct Random(u64);

impl Random {
    /// From 0 to 1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn uniform(&mut self, n: usize) -> Vec<f64> {
        (0..n).map(|_| self.next()).collect()
    }

    /// With mean 0 and variance 1, by the method of Box and Muller.
    fn normal(&mut self) -> f64 {
        (-2.0 * (1.0 - self.next()).ln()).sqrt() * (2.0 * PI * self.next()).cos()
    }

    fn normal_rows(&mut self, rows: usize, columns: usize) -> Vec<Vec<f64>> {
        (0..rows).map(|_| (0..columns).map(|_| self.normal()).collect()).collect()
    }

    fn uniform_rows(&mut self, rows: usize, columns: usize) -> Vec<Vec<f64>> {
        (0..rows).map(|_| self.uniform(columns)).collect()
    }
}
