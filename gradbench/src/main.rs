//! Speaks GradBench's protocol, runs one function on a file, or measures all tasks.

use deriv_gradbench::{protocol, table, tasks};
use std::error::Error;
use std::io::{self, BufWriter};
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "\
usage: deriv-gradbench                      speak the protocol, on standard input and output
       deriv-gradbench TASK FILE FUNCTION   run a function on the input in a file
       TASK FILE FUNCTION                   the same, through a link that is named after the task
       deriv-gradbench table [TASK]         measure derivatives against primal functions";

fn main() -> ExitCode {
    let mut arguments = std::env::args();
    let program = arguments.next().unwrap_or_default();
    let arguments: Vec<String> = arguments.collect();
    match run(&program, &arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(program: &str, arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let named = Path::new(program).file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    let output = BufWriter::new(io::stdout().lock());
    match arguments[..] {
        [] => Ok(protocol::serve(io::stdin().lock(), output)?),
        ["table"] => table::print("", output),
        ["table", task] => table::print(task, output),
        [file, function] if tasks::NAMES.contains(&named) => {
            protocol::run_file(named, file, function, output)
        }
        [task, file, function] => protocol::run_file(task, file, function, output),
        _ => Err(USAGE.into()),
    }
}
