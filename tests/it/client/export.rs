//! `creel export`.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Stdio;

use tempfile::TempDir;

use super::{creel, nobody, output, text};
use crate::app::Creel;

#[test]
fn each_format_is_that_of_the_api() {
    let server = Creel::start(&[]);
    let endpoint = server.mint("{}");
    for body in [&b"one"[..], b"\xff\0", b"{}"] {
        server.deliver(&endpoint, &[], body);
    }
    let folder = TempDir::new().unwrap();
    for format in ["ndjson", "json", "har", "csv", "curl"] {
        let file = folder.path().join(format);
        let path = file.to_str().unwrap();
        let args = ["export", &endpoint.inspect_url, "--format", format];
        let to_stdout = output(&args);
        assert!(to_stdout.status.success());
        assert!(
            output(&[&args[..], &["-o", path]].concat())
                .status
                .success()
        );
        let api = server.api(&endpoint, &format!("/export?format={format}"));
        assert_eq!(std::fs::read(&file).unwrap(), api.body, "{format}");
        assert_eq!(to_stdout.stdout, api.body, "{format}");
    }
}

#[test]
fn a_file_stays_if_the_server_does_not_answer() {
    let server = Creel::start(&[]);
    let endpoint = server.mint("{}");
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("kept");
    std::fs::write(&file, "kept").unwrap();
    let args = ["export", &endpoint.id, "--server", &nobody(), "-o"];
    let out = output(&[&args[..], &[file.to_str().unwrap()]].concat());
    assert_eq!(out.status.code(), Some(3));
    assert_eq!(std::fs::read(&file).unwrap(), b"kept");
    let out = output(&["export", &endpoint.inspect_url, "-o", "/nowhere/file"]);
    assert_eq!(out.status.code(), Some(1));
    assert!(text(&out.stderr).contains("/nowhere/file"));
}

#[test]
fn an_export_that_is_cut_off_fails() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]).unwrap();
        let begun = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{}\n\r\n";
        stream.write_all(begun).unwrap();
    });
    let id = crate::access::NOBODY;
    let out = output(&["export", id, "--server", &at]);
    assert_eq!(out.status.code(), Some(1), "{}", text(&out.stderr));
    assert!(text(&out.stderr).contains("cut off"));
}

#[test]
fn a_reader_that_has_enough_ends_it_quietly() {
    let server = Creel::start(&[]);
    let endpoint = server.mint("{}");
    server.deliver(&endpoint, &[], "x".repeat(5_000_000));
    let mut command = creel(&["export", &endpoint.inspect_url]);
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(
        out.status.success() && out.stderr.is_empty(),
        "{}",
        text(&out.stderr)
    );
}
