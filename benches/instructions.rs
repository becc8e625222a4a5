//! Generated against hand-written derivatives, in instructions, which do not depend on what else the
//! machine does: `cargo bench --bench instructions`. Needs `valgrind`.
//!
//! The program runs itself under callgrind, once for each kernel and way.

#[path = "kernels/mod.rs"]
mod kernels;

use kernels::{INPUTS, KERNELS};
use std::error::Error;
use std::process::Command;

const ROUNDS: usize = 20;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().collect();
    if let [_, kernel, way, rounds] = &args[..] {
        let kernel = &KERNELS[kernel.parse::<usize>()?];
        let run = if way == "generated" { kernel.generated } else { kernel.by_hand };
        run(rounds.parse()?);
        return Ok(());
    }
    println!("{:40} {:>9} {:>9} {:>6}", "", "generated", "by hand", "ratio");
    for (i, kernel) in KERNELS.iter().enumerate() {
        let generated = instructions(i, "generated")?;
        let by_hand = instructions(i, "by hand")?;
        println!("{:40} {generated:>9.1} {by_hand:>9.1} {:>6.2}", kernel.name, generated / by_hand);
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
