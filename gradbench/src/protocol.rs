//! How the suite talks to a tool: a JSON object a line, each message answered by one. And how it calls
//! a compiled program: with a file and the name of a function.

use crate::tasks::{self, Workload};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::error::Error;
use std::io::{self, BufRead, Write};
use std::time::{Duration, Instant};

#[derive(Deserialize)]
struct Message {
    id: u64,
    #[serde(flatten)]
    kind: Kind,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Kind {
    Start,
    Define {
        module: String,
    },
    Evaluate {
        module: String,
        function: String,
        input: Value,
    },
    /// What the suite thinks of a result, and whatever may be added to the protocol.
    #[serde(other)]
    Other,
}

#[derive(Serialize)]
struct Timing {
    name: &'static str,
    nanoseconds: u128,
}

impl Timing {
    fn of(time: Duration) -> Timing {
        Timing { name: "evaluate", nanoseconds: time.as_nanos() }
    }
}

/// Answers messages until there are no more.
pub fn serve(input: impl BufRead, mut output: impl Write) -> io::Result<()> {
    for line in input.lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let message: Message = serde_json::from_str(&line)?;
        serde_json::to_writer(&mut output, &response(message))?;
        output.write_all(b"\n")?;
        // The suite waits for this answer before it says more.
        output.flush()?;
    }
    Ok(())
}

fn response(Message { id, kind }: Message) -> Value {
    match kind {
        Kind::Start => json!({ "id": id, "tool": "deriv" }),
        Kind::Define { module } => json!({ "id": id, "success": tasks::NAMES.contains(&&*module) }),
        Kind::Evaluate { module, function, input } => match evaluate(&module, &function, input) {
            Ok((output, times)) => {
                let timings: Vec<Timing> = times.into_iter().map(Timing::of).collect();
                json!({ "id": id, "success": true, "output": output, "timings": timings })
            }
            Err(error) => json!({ "id": id, "success": false, "error": error.to_string() }),
        },
        Kind::Other => json!({ "id": id }),
    }
}

/// Runs a function on the input in a file: a line with the result, then one for the time of each run.
pub fn run_file(
    task: &str,
    file: &str,
    function: &str,
    mut output: impl Write,
) -> Result<(), Box<dyn Error>> {
    let input = serde_json::from_slice(&std::fs::read(file)?)?;
    let (result, times) = evaluate(task, function, input)?;
    writeln!(output, "{result}")?;
    for time in times {
        writeln!(output, "{}", serde_json::to_string(&Timing::of(time))?)?;
    }
    Ok(output.flush()?)
}

/// A function's result, and how long each of its runs took: as many as the input asks for.
pub fn evaluate(task: &str, function: &str, input: Value) -> Result<(Value, Vec<Duration>), Box<dyn Error>> {
    let min_runs = input.get("min_runs").and_then(Value::as_u64).unwrap_or(1).max(1);
    let min_seconds = input.get("min_seconds").and_then(Value::as_f64).unwrap_or(0.0);
    let mut workload = tasks::workload(task, function, input)?;
    let times = measure(workload.as_mut(), min_runs, min_seconds);
    Ok((workload.output()?, times))
}

/// The times of at least so many runs, which together take at least so long.
pub fn measure(workload: &mut dyn Workload, min_runs: u64, min_seconds: f64) -> Vec<Duration> {
    let mut times = Vec::new();
    let mut total = Duration::ZERO;
    while (times.len() as u64) < min_runs || total.as_secs_f64() < min_seconds {
        let start = Instant::now();
        workload.evaluate();
        let time = start.elapsed();
        times.push(time);
        total += time;
    }
    times
}
