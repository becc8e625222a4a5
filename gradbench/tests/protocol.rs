//! The protocol, as the suite speaks it.

use deriv_gradbench::protocol;
use serde_json::{Value, json};

/// The answers to messages.
fn answers(messages: &[Value]) -> Vec<Value> {
    let lines: Vec<String> = messages.iter().map(Value::to_string).collect();
    let mut output = Vec::new();
    protocol::serve(lines.join("\n").as_bytes(), &mut output).unwrap();
    String::from_utf8(output).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_session() {
    let input = json!({ "x": [0.0, 0.0], "min_runs": 3, "min_seconds": 0.001 });
    let answers = answers(&[
        json!({ "id": 0, "kind": "start", "eval": "lse" }),
        json!({ "id": 1, "kind": "define", "module": "lse" }),
        json!({ "id": 2, "kind": "evaluate", "module": "lse", "function": "gradient", "input": input }),
        json!({ "id": 3, "kind": "analysis", "of": 2, "valid": true }),
        json!({ "id": 4, "kind": "define", "module": "a task of the future" }),
    ]);
    assert_eq!(answers[0], json!({ "id": 0, "tool": "deriv" }));
    assert_eq!(answers[1], json!({ "id": 1, "success": true }));
    assert_eq!(answers[2]["success"], true);
    assert_eq!(answers[2]["output"], json!([0.5, 0.5]));
    let timings = answers[2]["timings"].as_array().unwrap();
    assert!(timings.len() >= 3);
    assert!(timings.iter().all(|timing| timing["name"] == "evaluate"));
    assert!(timings.iter().map(|timing| timing["nanoseconds"].as_u64().unwrap()).sum::<u64>() >= 1_000_000);
    assert_eq!(answers[3], json!({ "id": 3 }));
    assert_eq!(answers[4], json!({ "id": 4, "success": false }));
}

#[test]
fn what_cannot_be_evaluated_is_answered() {
    let error = |module: &str, function: &str, input: Value| {
        let message = json!({
            "id": 0, "kind": "evaluate", "module": module, "function": function, "input": input,
        });
        let answer = answers(&[message]).remove(0);
        assert_eq!(answer["success"], false);
        answer["error"].as_str().unwrap().to_owned()
    };
    assert_eq!(error("none", "square", json!(1.0)), "there is no task `none`");
    assert_eq!(error("hello", "cube", json!(1.0)), "the task has no function `cube`");
    assert!(error("lse", "primal", json!({})).starts_with("the input: "));
}

#[test]
fn a_file_and_a_function() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/inputs/hello-1.json");
    let mut output = Vec::new();
    protocol::run_file("hello", file, "double", &mut output).unwrap();
    let output = String::from_utf8(output).unwrap();
    let (result, timings) = output.split_once('\n').unwrap();
    assert_eq!(result, "2.0");
    let timing: Value = serde_json::from_str(timings).unwrap();
    assert_eq!(timing["name"], "evaluate");
}
