//! Counts the instructions of kernels: the program runs itself under callgrind, once for each kernel and
//! way.

use super::{INPUTS, Kernel};
use std::error::Error;
use std::process::Command;

const ROUNDS: usize = 20;

/// Prints a table of all kernels, or, called by itself with arguments, runs one.
pub fn run(kernels: &[Kernel], other: &str) -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().collect();
    if let [_, kernel, way, rounds] = &args[..] {
        let kernel = &kernels[kernel.parse::<usize>()?];
        let run = if way == "generated" { kernel.generated } else { kernel.by_hand };
        run(rounds.parse()?);
        return Ok(());
    }
    println!("{:40} {:>9} {other:>9} {:>6}", "", "generated", "ratio");
    for (i, kernel) in kernels.iter().enumerate() {
        let generated = instructions(i, "generated")?;
        let other = instructions(i, "other")?;
        println!("{:40} {generated:>9.0} {other:>9.0} {:>6.2}", kernel.name, generated / other);
    }
    Ok(())
}

/// Instructions a call.
fn instructions(kernel: usize, way: &str) -> Result<f64, Box<dyn Error>> {
    let with = collected(kernel, way, 2 * ROUNDS)?;
    let without = collected(kernel, way, ROUNDS)?;
    Ok((with - without) / (ROUNDS * INPUTS) as f64)
}

/// All instructions of one run.
fn collected(kernel: usize, way: &str, rounds: usize) -> Result<f64, Box<dyn Error>> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args([&kernel.to_string(), way, &rounds.to_string()])
        .output()
        .map_err(|error| format!("valgrind cannot be run: {error}"))?;
    let report = String::from_utf8_lossy(&output.stderr);
    let line = report.lines().find_map(|line| line.split("Collected :").nth(1));
    Ok(line.ok_or_else(|| report.clone().into_owned())?.trim().parse()?)
}
