//! Counts instructions: the program runs itself under callgrind, once for each row and way.

use super::{INPUTS, Kernel, print_means};
use std::error::Error;
use std::process::{Command, exit};

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
        let ways = kernel.ways.iter().map(|way| Some(way.run)).collect();
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
            exit(0);
        }
        return Ok(());
    }
    super::print_head("instructions", ways);
    let mut table = Vec::new();
    for row in rows {
        let mut counts = Vec::new();
        for (way, run) in row.ways.iter().enumerate() {
            counts.push(if run.is_some() { instructions(row, way)? } else { f64::NAN });
        }
        super::print_row(row.name, &counts, 0);
        table.push(counts);
    }
    print_means(&table);
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
