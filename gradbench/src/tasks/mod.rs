//! A module for each task: the types of its input and output as the suite sends and expects them, the
//! objective function, and the functions that the suite asks for.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::fmt;

pub mod ba;
pub mod det;
pub mod gmm;
pub mod hello;
pub mod ht;
pub mod kmeans;
pub mod llsq;
pub mod lse;
pub mod lstm;
pub mod ode;
pub mod particle;
pub mod saddle;

/// The tasks, as the suite names them.
pub const NAMES: [&str; 12] =
    ["ba", "det", "gmm", "hello", "ht", "kmeans", "llsq", "lse", "lstm", "ode", "particle", "saddle"];

/// A function with its input, which can be evaluated again and again.
pub trait Workload {
    /// Evaluates the function. This is what is timed.
    fn evaluate(&mut self);

    /// What the last evaluation computed.
    fn output(&self) -> serde_json::Result<Value>;
}

/// Prepares a function of a task for an input.
pub fn workload(task: &str, function: &str, input: Value) -> Result<Box<dyn Workload>, Error> {
    match task {
        "ba" => ba::workload(function, input),
        "gmm" => gmm::workload(function, input),
        "lstm" => lstm::workload(function, input),
        "det" => det::workload(function, input),
        "hello" => hello::workload(function, input),
        "ht" => ht::workload(function, input),
        "kmeans" => kmeans::workload(function, input),
        "llsq" => llsq::workload(function, input),
        "lse" => lse::workload(function, input),
        "ode" => ode::workload(function, input),
        "particle" => particle::workload(function, input),
        "saddle" => saddle::workload(function, input),
        _ => Err(Error::NoTask(task.to_owned())),
    }
}

/// Why a workload cannot be prepared.
#[derive(Debug)]
pub enum Error {
    /// There is no task of this name.
    NoTask(String),
    /// The task has no function of this name.
    NoFunction(String),
    /// The input is not what the task takes.
    Input(serde_json::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::NoTask(name) => write!(f, "there is no task `{name}`"),
            Error::NoFunction(name) => write!(f, "the task has no function `{name}`"),
            Error::Input(error) => write!(f, "the input: {error}"),
        }
    }
}

impl std::error::Error for Error {}

/// The output stays from run to run, as it does in the suite's own tools: what is timed is the
/// computation, and not the memory for its result.
struct Run<I, O> {
    input: I,
    output: O,
    compute: fn(&I, &mut O),
}

impl<I, O: Serialize> Workload for Run<I, O> {
    fn evaluate(&mut self) {
        (self.compute)(&self.input, &mut self.output);
    }

    fn output(&self) -> serde_json::Result<Value> {
        serde_json::to_value(&self.output)
    }
}

fn run<I, O>(input: Value, compute: fn(&I, &mut O)) -> Result<Box<dyn Workload>, Error>
where
    I: DeserializeOwned + 'static,
    O: Default + Serialize + 'static,
{
    let input = serde_json::from_value(input).map_err(Error::Input)?;
    Ok(Box::new(Run { input, output: O::default(), compute }))
}

fn no_function<T>(name: &str) -> Result<T, Error> {
    Err(Error::NoFunction(name.to_owned()))
}
