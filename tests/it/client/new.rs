//! `creel new`.

use serde_json::Value;

use super::{nobody, output, server, text};
use crate::access::OPERATOR;
use crate::app::Creel;

#[test]
fn a_new_endpoint_is_printed_with_what_is_needed_to_use_it() {
    let creel = Creel::start(&[]);
    let out = output(&["new", "--server", &server(&creel), "--name", "a name"]);
    assert!(out.status.success(), "{}", text(&out.stderr));
    let printed = text(&out.stdout);
    let lines: Vec<_> = printed
        .lines()
        .filter_map(|line| line.split_once(": "))
        .collect();
    let names: Vec<_> = lines.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["capture URL", "inspect URL", "token", "read key"]);
    let (capture, inspect) = (lines[0].1, lines[1].1);
    assert!(capture.contains("/hook/") && capture.ends_with(lines[2].1));
    assert!(inspect.ends_with(&format!("?key={}", lines[3].1)));
    let sent = output(&["send", "plain", "--to", capture]);
    assert!(sent.status.success());
    let exported = output(&["export", inspect]);
    assert!(text(&exported.stdout).contains("\"match\""));
}

#[test]
fn a_new_endpoint_can_be_printed_as_json_of_the_api() {
    let creel = Creel::start(&[]);
    let at = server(&creel);
    let args = ["new", "--server", &at, "--reply", "500,500,200", "--json"];
    let out = output(&[&args[..], &["--name", "\u{9b}x"]].concat());
    assert_eq!(
        out.status.code(),
        Some(2),
        "a name with a control character"
    );
    assert!(text(&out.stderr).contains("control characters"));
    let out = output(&args);
    let json: Value = serde_json::from_slice(&out.stdout).expect("JSON");
    assert_eq!(json["reply"], serde_json::json!([500, 500, 200]));
    assert!(json["read_key"].is_string() && json["capture_url"].is_string());
}

#[test]
fn wrong_settings_and_missing_rights_have_their_exit_codes() {
    let creel = Creel::start(&["--operator-token", OPERATOR, "--mint", "operator"]);
    let at = server(&creel);
    let code = |args: &[&str]| {
        let out = output(&[&["new", "--server", &at], args].concat());
        (out.status.code(), text(&out.stderr))
    };
    assert_eq!(code(&[]).0, Some(3));
    assert_eq!(code(&["--key", OPERATOR]).0, Some(0));
    let (wrong, message) = code(&["--key", OPERATOR, "--reply", "302"]);
    assert!(wrong == Some(2) && message.contains("reply"), "{message}");
    assert_eq!(code(&["--reply", "ok"]).0, Some(2));
    let out = output(&["new", "--server", &nobody()]);
    assert_eq!(out.status.code(), Some(3));
}
