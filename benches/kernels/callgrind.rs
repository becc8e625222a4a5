//! Counts instructions: the program runs itself under callgrind, once for each row and way.

use super::{INPUTS, Kernel};
use std::error::Error;
use std::process::Command;

const ROUNDS: usize = 20;

/// Ways to compute the same. The first is what was generated, and is compared with the others.
pub struct Row {
    pub name: &'static str,
    pub ways: Vec<Option<fn(rounds: usize)>>,
    /// How many calls a round has.
    pub calls: usize,
}

impl From<&Kernel> for Row {
    fn from(kernel: &Kernel) -> Row {
        let ways = vec![Some(kernel.generated), Some(kernel.by_hand)];
        Row { name: kernel.name, ways, calls: INPUTS }
    }
}

/// Prints a table, or, called by itself with arguments, runs one way of the row that these name.
pub fn run(ways: &[&str], rows: &[Row]) -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().collect();
    if let [_, name, way, rounds] = &args[..] {
        let way: usize = way.parse()?;
        if let Some(run) = rows.iter().find(|row| row.name == name).and_then(|row| row.ways[way]) {
            run(rounds.parse()?);
        }
        return Ok(());
    }
    let columns: String = ways.iter().map(|way| format!(" {way:>9}")).collect();
    let ratios: String = ways[1..].iter().map(|way| format!(" {:>10}", format!("/{way}"))).collect();
    println!("{:40}{columns}{ratios}", "");
    for row in rows {
        let mut counts = Vec::new();
        for (way, run) in row.ways.iter().enumerate() {
            counts.push(if run.is_some() { instructions(row, way)? } else { f64::NAN });
        }
        let columns: String = counts.iter().map(|count| format!(" {count:>9.0}")).collect();
        let ratios: String =
            counts[1..].iter().map(|other| format!(" {:>10.2}", counts[0] / other)).collect();
        println!("{:40}{columns}{ratios}", row.name);
    }
    Ok(())
}

/// Instructions a call.
fn instructions(row: &Row, way: usize) -> Result<f64, Box<dyn Error>> {
    let with = collected(row.name, way, 2 * ROUNDS)?;
    let without = collected(row.name, way, ROUNDS)?;
    Ok((with - without) / (ROUNDS * row.calls) as f64)
}

/// All instructions of one run.
fn collected(name: &str, way: usize, rounds: usize) -> Result<f64, Box<dyn Error>> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args([name, &way.to_string(), &rounds.to_string()])
        .output()
        .map_err(|error| format!("valgrind cannot be run: {error}"))?;
    let report = String::from_utf8_lossy(&output.stderr);
    let line = report.lines().find_map(|line| line.split("Collected :").nth(1));
    Ok(line.ok_or_else(|| report.clone().into_owned())?.trim().parse()?)
}
