//! Every task on the suite's small inputs, compared with what the suite's hand-written tool answers.

use deriv_gradbench::{protocol, tasks};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn data(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(folder)
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// The largest error in the suite's measure, which accepts 1e-4; of results of one shape.
fn error(path: &str, result: &Value, expected: &Value) -> f64 {
    match (result, expected) {
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            let error = (a - b).abs() / (a.abs() + b.abs()).max(1.0);
            assert!(error <= 1e-10, "{path}: {a} instead of {b}");
            error
        }
        (Value::Array(a), Value::Array(b)) => {
            assert_eq!(a.len(), b.len(), "{path}");
            let items = a.iter().zip(b).enumerate();
            items.map(|(i, (a, b))| error(&format!("{path}[{i}]"), a, b)).fold(0.0, f64::max)
        }
        (Value::Object(a), Value::Object(b)) => {
            assert!(a.keys().eq(b.keys()), "{path}");
            a.iter().map(|(key, a)| error(&format!("{path}.{key}"), a, &b[key])).fold(0.0, f64::max)
        }
        _ => panic!("{path}: {result} instead of {expected}"),
    }
}

/// The functions of a task that has one result for all of them.
const MODES: [&str; 4] = ["rr", "rf", "fr", "ff"];

#[test]
fn results_are_those_of_the_suite() {
    let mut compared: BTreeMap<String, usize> = BTreeMap::new();
    for file in std::fs::read_dir(data("expected")).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().strip_suffix(".json").unwrap();
        let (size, functions) = match name.split_once('.') {
            Some((size, function)) => (size, vec![function]),
            None => (name, MODES.to_vec()),
        };
        let task = size.split('-').next().unwrap();
        if !tasks::NAMES.contains(&task) {
            continue;
        }
        let input = read(&data("inputs").join(format!("{size}.json")));
        let expected = read(&path);
        for function in functions {
            let (result, times) = protocol::evaluate(task, function, input.clone()).unwrap();
            assert_eq!(times.len(), 1);
            let error = error(&format!("{size} {function}"), &result, &expected);
            println!("{size} {function}: {error:.1e}");
            *compared.entry(task.to_owned()).or_default() += 1;
        }
    }
    assert!(compared.keys().eq(tasks::NAMES.iter()), "compared: {compared:?}");
}

/// The stored gradient of `ode` is zero, as the last of its components has not moved yet: here it has.
#[test]
fn the_gradient_of_a_short_ode() {
    let mut x = [0.3, 0.5, 0.7, 1.1];
    let last = |x: &[f64]| {
        let (y, _) = protocol::evaluate("ode", "primal", json!({ "x": x, "s": 3 })).unwrap();
        y[x.len() - 1].as_f64().unwrap()
    };
    let (gradient, _) = protocol::evaluate("ode", "gradient", json!({ "x": x, "s": 3 })).unwrap();
    for i in 0..x.len() {
        let expected = deriv::numeric::partial(last, &mut x, i).value;
        error("the short ode's gradient", &gradient[i], &json!(expected));
    }
}
