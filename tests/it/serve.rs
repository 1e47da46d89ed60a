//! `creel serve` for operators: start, configuration, shutdown.

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use creel::store::sqlite::FILE_NAME;
use serde_json::json;
use tempfile::TempDir;

use crate::access::{OPERATOR, bearer};
use crate::app::{Creel, Minted, Response, eventually};
use crate::http::Follower;
use crate::refusals::{assert_says, refusal};

/// Ends with the test, even if it did not end itself.
pub(crate) struct Ends(pub(crate) Child);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn creel_serves_by_default_with_options_from_the_environment() {
    let room = TempDir::new().expect("a temporary folder");
    let data = room.path().join("made/as/needed");
    let mut command = Command::new(env!("CARGO_BIN_EXE_creel"));
    command
        .current_dir(room.path())
        .env("CREEL_BIND", "127.0.0.1:0")
        .env("CREEL_DATA_DIR", &data)
        .env("CREEL_OPERATOR_TOKEN", OPERATOR)
        .env("CREEL_MINT", "operator")
        .env("CREEL_PUBLIC_URL", "https://creel.example")
        .env("CREEL_TRUSTED_PROXY", "127.0.0.0/8,10.0.0.0/8");
    let creel = Creel::run(command, &[]);
    assert_eq!(
        creel.greeting[1],
        "operator: https://creel.example/operator (sign in with your operator token)"
    );
    assert_eq!(
        creel.http("POST", "/api/v1/endpoints", &[], b"").status,
        404
    );
    let operator = bearer(OPERATOR);
    let minted = creel.http(
        "POST",
        "/api/v1/endpoints",
        &[("Authorization", &operator)],
        b"",
    );
    assert_eq!(minted.status, 201);
    assert!(data.join(FILE_NAME).is_file());
    let mode = |path: &Path| {
        std::fs::metadata(path)
            .expect("it is there")
            .permissions()
            .mode()
            & 0o77
    };
    assert_eq!(mode(&data), 0, "nobody else looks into it");
}

#[test]
fn arguments_override_the_environment() {
    let creel = Creel::start_as(&["--operator-token", OPERATOR], |command| {
        command.env("CREEL_OPERATOR_TOKEN", "another-token-of-the-environment");
    });
    let lists = |token: &str| {
        let bearer = format!("Bearer {token}");
        creel.mint("{}");
        let response = creel.http(
            "GET",
            "/api/v1/endpoints",
            &[("Authorization", &bearer)],
            b"",
        );
        response.json()["items"]
            .as_array()
            .is_some_and(|items| !items.is_empty())
    };
    assert!(lists(OPERATOR));
    assert!(!lists("another-token-of-the-environment"));
}

#[test]
fn the_greeting_has_the_urls_and_the_port_is_open() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let origin = format!("http://{}", creel.addr);
    assert!(
        !creel.addr.ends_with(":0"),
        "a free port was taken: {}",
        creel.addr
    );
    let expected = [
        format!("listening on {origin}"),
        format!(
            "operator: http://creel.localhost:{}/operator (sign in with your operator token)",
            creel.port()
        ),
    ];
    assert_eq!(creel.greeting, expected);
    let two = Creel::start(&["--capture-bind", "127.0.0.1:0"]);
    assert_eq!(two.greeting.len(), 3);
    assert!(
        two.greeting[1].starts_with("capturing on http://127.0.0.1:"),
        "{:?}",
        two.greeting
    );
    let code = |creel: &Creel| {
        let line = creel.greeting.last().expect("a line").clone();
        let code = line.split('=').nth(1).expect("a code").to_owned();
        code.trim_end_matches(" (works once)").to_owned()
    };
    let third = Creel::start(&[]);
    assert_ne!(code(&two), code(&third), "a new code at each start");
    assert_eq!(code(&two).len(), 22, "128 random bits");
}

/// Declarations that cannot be used, of an endpoint that was deleted if they have its id, and words of the error.
fn wrong_declarations(id: &str) -> Vec<(String, Vec<&str>)> {
    let of_id = |line: &str| format!("[[endpoint]]\nid = \"{id}\"\n{line}");
    let read_key = "read_key = \"the-first-read-key\"";
    vec![
        (of_id(""), vec![id, "deleted"]),
        (
            "[[endpoint]]\nid = \"ci\"".to_owned(),
            vec!["\"ci\"", "UUID"],
        ),
        ("[[endpoint]]\nname = \"x\"".to_owned(), vec!["id"]),
        (of_id("read_key = \"short\""), vec!["read_key"]),
        (of_id(&format!("{read_key}\ntoken = \"\"")), vec!["token"]),
        (of_id("quota = 1"), vec!["quota"]),
        (
            of_id("cors = \"all\""),
            vec!["\"all\"", "a list of origins"],
        ),
        (of_id("cors = true"), vec!["line 3", "a list of origins"]),
        ("[[endpoints]]\n".to_owned(), vec!["endpoints"]),
        ("not toml".to_owned(), vec!["--endpoints-file"]),
    ]
}

#[test]
fn an_endpoints_file_creates_changes_and_keeps_endpoints() {
    const ID: &str = "11111111-2222-4333-8444-555555555555";
    let room = TempDir::new().expect("a temporary folder");
    let (data, file) = (room.path().join("data"), room.path().join("endpoints.toml"));
    let args = [
        "--endpoints-file".to_owned(),
        file.display().to_string(),
        "--operator-token".to_owned(),
        OPERATOR.to_owned(),
    ];
    let declare = |text: &str| std::fs::write(&file, text).expect("a file");
    let serve = || Creel::run(Creel::command(&data, &args, "127.0.0.1:0"), &args);
    let with_key = |read_key: &str| Minted {
        id: ID.to_owned(),
        read_key: read_key.to_owned(),
        token: String::new(),
        capture_url: String::new(),
        inspect_url: String::new(),
        target: format!("/hook/{ID}"),
    };
    let (first, second) = (
        with_key("the-first-read-key"),
        with_key("the-second-read-key"),
    );

    declare(&format!(
        "[[endpoint]]\nid = \"{ID}\"\nname = \"ci\"\ntoken = \"s3cret\"\nread_key = \"the-first-read-key\"\ncors = [\"https://a.example\"]\n"
    ));
    let mut creel = serve();
    let shown = |creel: &Creel| {
        let (target, operator) = (format!("/api/v1/endpoints/{ID}"), bearer(OPERATOR));
        let response = creel.http("GET", &target, &[("Authorization", &operator)], b"");
        let json = response.json();
        [&json["name"], &json["token"], &json["cors"]].map(serde_json::Value::clone)
    };
    let declared = json!(["ci", "s3cret", ["https://a.example"]]);
    assert_eq!(json!(shown(&creel)), declared);
    assert_eq!(creel.api(&first, "").status, 200);
    assert_eq!(
        creel
            .http("POST", &format!("/hook/{ID}?token=s3cret"), &[], b"")
            .status,
        200
    );
    assert_eq!(creel.end("TERM").code(), Some(0));

    declare(&format!(
        "[[endpoint]]\nid = \"{ID}\"\nname = \"other\"\nread_key = \"the-second-read-key\"\n"
    ));
    let mut creel = serve();
    assert_eq!(json!(shown(&creel)), json!(["other", null, "any"]));
    for key in [&first, &second] {
        assert_eq!(creel.deliveries(key).len(), 1, "what was caught is kept");
    }
    assert_eq!(creel.deliveries(&first)[0]["verdict"]["token"], "match");
    creel.end("TERM");

    declare("");
    let creel = serve();
    assert_eq!(
        creel.deliveries(&first).len(),
        1,
        "what is not declared any more is kept"
    );
    let operator = bearer(OPERATOR);
    let target = format!("/api/v1/endpoints/{ID}");
    assert_eq!(
        creel
            .http("DELETE", &target, &[("Authorization", &operator)], b"")
            .status,
        204
    );
    drop(creel);

    for (text, words) in wrong_declarations(ID) {
        declare(&text);
        let said = refusal(Creel::command(&data, &args, "127.0.0.1:0"));
        assert_says(&said, &words);
        assert!(
            said.starts_with("creel: ") && !said.contains("the-first-read-key"),
            "{said}"
        );
    }
}

#[test]
fn it_shuts_down_within_a_second_despite_open_connections() {
    for signal in ["TERM", "INT"] {
        let mut creel = Creel::start(&[]);
        let endpoint = creel.mint("{}");
        let mut followers: Vec<Follower> = (0..3)
            .map(|_| Follower::new(&creel, &endpoint, "?after=0", &[]))
            .collect();
        // A used connection that stays open, one without any data yet, one in the middle of a head.
        let mut idle = creel.connect();
        write!(
            idle,
            "POST {} HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n",
            endpoint.target
        )
        .expect("it is read");
        assert_ne!(idle.read(&mut [0; 4096]).expect("a response"), 0);
        let silent = creel.connect();
        let mut slow = creel.connect();
        write!(slow, "POST {} HTTP/1.1\r\nHost", endpoint.target).expect("it is read");
        for follower in &mut followers {
            assert_eq!(follower.event().id, "1");
        }
        creel.signal(signal);
        assert_eq!(creel.ended().code(), Some(0), "{signal}");
        for follower in &mut followers {
            assert!(follower.end(), "a stream is told that it is over");
        }
        drop((silent, slow));
    }
}

#[test]
fn an_active_capture_is_stored_during_shutdown() {
    for signal in ["TERM", "INT"] {
        let mut creel = Creel::start(&[]);
        let endpoint = creel.mint("{}");
        let mut follower = Follower::new(&creel, &endpoint, "", &[]);
        let mut sender = creel.connect();
        write!(
            sender,
            "POST {} HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n",
            endpoint.target
        )
        .expect("it is read");
        let mut invited = [0; 25];
        sender
            .read_exact(&mut invited)
            .expect("creel asks for the body");
        assert_eq!(&invited, b"HTTP/1.1 100 Continue\r\n\r\n");
        sender.write_all(b"first").expect("it is read");
        creel.signal(signal);
        assert!(follower.end(), "it is ending now");
        sender.write_all(b" last").expect("it is read");
        let response = Response::read(&mut sender);
        assert_eq!(response.status, 200, "{signal}: {}", response.head);
        assert_eq!(creel.ended().code(), Some(0));
        creel.restart();
        assert_eq!(
            creel.api(&endpoint, "/deliveries/1/body").body,
            b"first last"
        );
    }
}

#[test]
fn a_signal_right_after_startup_shuts_down_cleanly() {
    for _ in 0..10 {
        let room = TempDir::new().expect("a temporary folder");
        let mut command = Creel::command(room.path(), &[], "127.0.0.1:0");
        let mut creel = Ends(
            command
                .stdout(Stdio::piped())
                .spawn()
                .expect("creel starts"),
        );
        let mut first = [0];
        let stdout = creel.0.stdout.as_mut().expect("it is piped");
        stdout
            .read_exact(&mut first)
            .expect("the first byte of the greeting");
        let kill = Command::new("kill").arg(creel.0.id().to_string()).status();
        assert!(kill.expect("kill runs").success());
        let ended = eventually("creel ends", || {
            creel.0.try_wait().expect("a child of ours")
        });
        assert_eq!(ended.code(), Some(0));
    }
}

#[test]
fn files_are_private_in_a_shared_folder() {
    use std::os::unix::fs::PermissionsExt;
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    creel.deliver(&endpoint, &[], b"x");
    for name in ["creel.db", "creel.db-wal", "creel.lock"] {
        let file = creel.data_dir().join(name);
        let mode = std::fs::metadata(&file)
            .expect("it is there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o77, 0, "{name}: {mode:o}");
    }
}
