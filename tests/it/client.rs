//! The commands that use a running server: real processes against a real server, their output and their exit codes.

mod export;
mod listen;
mod new;

use std::process::{Command, Output};

use crate::app::{Creel, Minted};

/// A command of creel without settings of the environment.
fn creel(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_creel"));
    command.args(args);
    for name in ["CREEL_SERVER", "CREEL_KEY"] {
        command.env_remove(name);
    }
    command
}

fn output(args: &[&str]) -> Output {
    creel(args).output().expect("creel runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn server(creel: &Creel) -> String {
    format!("http://{}", creel.addr)
}

/// An address where nothing listens.
fn nobody() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let addr = listener.local_addr().expect("an address");
    format!("http://{addr}")
}

/// A command with an endpoint, and all ways to name it.
fn ways(creel: &Creel, endpoint: &Minted, command: &str) -> Vec<Vec<String>> {
    let page = endpoint.inspect_url.split('?').next().unwrap_or_default();
    let ways = [
        vec![&*endpoint.inspect_url],
        vec![page, "--key", &endpoint.read_key],
        vec![
            &*endpoint.id,
            "--server",
            &*server(creel),
            "--key",
            &endpoint.read_key,
        ],
    ]
    .map(|way| way.into_iter().map(str::to_owned).collect::<Vec<_>>());
    let with_command = |way: Vec<String>| [vec![command.to_owned()], way].concat();
    ways.into_iter().map(with_command).collect()
}

#[test]
fn every_way_to_name_an_endpoint_works() {
    let server = Creel::start(&[]);
    let endpoint = server.mint("{}");
    server.deliver(&endpoint, &[], b"x");
    assert!(endpoint.inspect_url.starts_with("http://creel.localhost:"));
    for way in ways(&server, &endpoint, "export") {
        let args: Vec<&str> = way.iter().map(String::as_str).collect();
        let out = output(&args);
        assert!(out.status.success(), "{way:?}: {}", text(&out.stderr));
        assert!(text(&out.stdout).contains("\"seq\":1"), "{way:?}");
    }
    let mut command = creel(&["export", &endpoint.id]);
    command.env("CREEL_SERVER", self::server(&server));
    command.env("CREEL_KEY", &endpoint.read_key);
    assert!(command.output().expect("creel runs").status.success());
}

#[test]
fn exit_codes_tell_wrong_usage_from_a_server_that_refuses() {
    let server = Creel::start(&[]);
    let endpoint = server.mint("{}");
    let page = endpoint.inspect_url.split('?').next().unwrap_or_default();
    let wrong_key = format!("{page}?key=WRONG-KEY");
    let (id, nobody) = (endpoint.id.as_str(), nobody());
    let here = self::server(&server);
    for command in ["export", "listen"] {
        for (args, code) in [
            (vec![page], 3),
            (vec![&*wrong_key], 3),
            (vec![id, "--server", &nobody], 3),
            (vec![id, "--server", &here], 3),
            (vec![&*endpoint.capture_url], 2),
            (vec!["x"], 2),
            (vec![], 2),
            (vec![id, "--server", "ftp://h"], 2),
            (vec![id, "--format", "xml", "--output", "yaml"], 2),
        ] {
            let out = output(&[&[command], &args[..]].concat());
            let stderr = text(&out.stderr);
            assert_eq!(out.status.code(), Some(code), "{args:?}: {stderr}");
            assert!(
                !stderr.is_empty() && !stderr.contains("WRONG-KEY"),
                "{stderr}"
            );
            assert!(out.stdout.is_empty());
        }
    }
}

#[test]
fn a_key_is_sent_only_to_the_server_of_its_link() {
    let (server, other) = (Creel::start(&[]), nobody());
    let endpoint = server.mint("{}");
    let out = output(&[
        "export",
        &endpoint.inspect_url,
        "--server",
        &other,
        "--key",
        "x",
    ]);
    assert!(out.status.success(), "{}", text(&out.stderr));
}

#[test]
fn help_does_not_show_a_key_of_the_environment() {
    for command in ["new", "export", "listen"] {
        let mut help = creel(&[command, "--help"]);
        let help = help
            .env("CREEL_KEY", "SECRET")
            .output()
            .expect("creel runs");
        assert!(help.status.success());
        assert!(
            !text(&help.stdout).contains("SECRET"),
            "{}",
            text(&help.stdout)
        );
    }
}

#[test]
fn completions_name_every_command_in_each_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let out = output(&["completions", shell]);
        assert!(out.status.success());
        let script = text(&out.stdout);
        for word in ["listen", "export", "doctor", "operator-token", "since"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    let mut bash = Command::new("bash");
    bash.args(["-n", "-c", &text(&output(&["completions", "bash"]).stdout)]);
    assert!(bash.status().expect("bash").success());
    assert_eq!(output(&["completions", "dos"]).status.code(), Some(2));
}
