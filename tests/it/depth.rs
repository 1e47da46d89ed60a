//! JSON that is nested deeper than many parsers support.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::app::Creel;

const LEVELS: usize = 100_000;

#[test]
fn a_deeply_nested_run_is_json_that_python_parses() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let deep = format!("{}{}", "[".repeat(LEVELS), "]".repeat(LEVELS));
    let body = format!(
        r#"{{"run_id": "01a20015-a599-73cf-a7e4-82e5ac641e67", "thread_id": "t", "assistant_id": "a", "status": "success",
            "metadata": {{}}, "kwargs": {{"config": {{}}}}, "values": {deep}}}"#
    );
    creel.deliver(&endpoint, &[], body);
    let response = creel.api(&endpoint, "/deliveries/1");
    let script = "import json, sys
run = json.load(sys.stdin)['reading']['run']
assert run['given_as_text'] == ['values'], run['given_as_text']
assert run['values'] == sys.argv[1] * int(sys.argv[3]) + sys.argv[2] * int(sys.argv[3])
assert run['kwargs'] == {'config': {}}";
    let mut python = Command::new("python3")
        .args(["-c", script, "[", "]", &LEVELS.to_string()])
        .stdin(Stdio::piped())
        .spawn()
        .expect("python3 runs");
    let mut stdin = python.stdin.take().expect("it is piped");
    stdin.write_all(&response.body).expect("it is read");
    drop(stdin);
    assert!(python.wait().expect("it ends").success());
}
