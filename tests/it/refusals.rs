//! Configurations with which `creel serve` does not start, and its error messages.

use std::io::Read;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::{Command, Stdio};

use creel::store::sqlite::FILE_NAME;
use tempfile::TempDir;

use crate::app::{Creel, eventually};
use crate::serve::Ends;

/// The stderr of a creel that does not start; checks exit code 2 and an empty stdout.
pub(crate) fn refusal(mut command: Command) -> String {
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut creel = Ends(child.expect("creel starts"));
    let status = eventually("creel ends", || {
        creel.0.try_wait().expect("a child of ours")
    });
    let read = |pipe: Option<&mut dyn Read>| {
        let mut text = String::new();
        let pipe = pipe.expect("it is piped");
        pipe.read_to_string(&mut text)
            .expect("creel says it in UTF-8");
        text
    };
    let said = read(creel.0.stderr.as_mut().map(|pipe| pipe as _));
    assert_eq!(status.code(), Some(2), "{said}");
    assert_eq!(
        read(creel.0.stdout.as_mut().map(|pipe| pipe as _)),
        "",
        "{said}"
    );
    said
}

/// The error message with which creel refuses to start.
pub(crate) fn refused(data: &Path, args: &[&str]) -> String {
    let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
    let said = refusal(Creel::command(data, &args, "127.0.0.1:0"));
    let sentence = said
        .strip_prefix("creel: ")
        .unwrap_or_else(|| panic!("{said}"));
    assert_eq!(sentence.lines().count(), 1, "{said}");
    sentence.trim_end().to_owned()
}

pub(crate) fn assert_says(said: &str, words: &[&str]) {
    for word in words {
        assert!(said.contains(word), "{word:?} is missing: {said}");
    }
}

#[test]
fn a_data_folder_that_cannot_be_written_is_refused_with_advice() {
    let room = TempDir::new().expect("a temporary folder");
    let file = room.path().join("a-file");
    std::fs::write(&file, "not a folder").expect("a file");
    let below = file.join("below");
    // The last is a file system in which not even root can create folders.
    for folder in [&*file, &*below, Path::new("/proc/creel")] {
        let said = refused(folder, &[]);
        assert_says(
            &said,
            &[
                "the data folder",
                &folder.display().to_string(),
                "--data-dir",
            ],
        );
    }
    assert_eq!(std::fs::read(&file).expect("it is there"), b"not a folder");
}

/// A command that is restricted to its file permissions, even if root runs it.
fn unprivileged(command: &Command) -> Command {
    let mut plain = Command::new("setpriv");
    let probe = TempDir::new().expect("a temporary folder");
    let is_root = std::fs::metadata(probe.path()).expect("it is there").uid() == 0;
    plain.args(is_root.then_some("--bounding-set=-dac_override,-dac_read_search"));
    plain.arg(command.get_program()).args(command.get_args());
    plain
}

#[test]
fn a_read_only_folder_or_database_is_refused() {
    let room = TempDir::new().expect("a temporary folder");
    let folder = room.path().join("data");
    std::fs::create_dir(&folder).expect("a folder");
    let serve = || unprivileged(&Creel::command(&folder, &[], "127.0.0.1:0"));
    let allow = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("it is ours");
    };
    allow(&folder, 0o500);
    let said = refusal(serve());
    assert_says(&said, &["creel: the data folder", "--data-dir"]);
    allow(&folder, 0o700);
    Creel::run(serve(), &[]).end("TERM");
    allow(&folder.join(FILE_NAME), 0o400);
    let said = refusal(serve());
    assert_says(
        &said,
        &["creel: the database", FILE_NAME, "read", "--data-dir"],
    );
}

#[test]
fn a_newer_database_is_refused_and_unchanged() {
    let room = TempDir::new().expect("a temporary folder");
    let path = room.path().join(FILE_NAME);
    let version = || -> u32 {
        let file = rusqlite::Connection::open(&path).expect("the file opens");
        file.pragma_query_value(None, "user_version", |row| row.get(0))
            .expect("it has a version")
    };
    Creel::run(Creel::command(room.path(), &[], "127.0.0.1:0"), &[]).end("TERM");
    let known = version();
    let file = rusqlite::Connection::open(&path).expect("the file opens");
    file.pragma_update(None, "user_version", 4000)
        .expect("it can be written");
    drop(file);
    let said = refused(room.path(), &[]);
    assert_says(&said, &["4000", &known.to_string(), "newer", "--data-dir"]);
    assert_eq!(version(), 4000);
}

#[test]
fn a_file_that_is_not_a_database_is_refused_and_unchanged() {
    let room = TempDir::new().expect("a temporary folder");
    let path = room.path().join(FILE_NAME);
    let text = "this is not a database, ".repeat(100);
    std::fs::write(&path, &text).expect("a file");
    assert_says(
        &refused(room.path(), &[]),
        &["the database", FILE_NAME, "--data-dir"],
    );
    assert_eq!(std::fs::read_to_string(&path).expect("it is there"), text);
}

#[test]
fn a_data_folder_in_use_is_refused_and_its_user_continues() {
    let mut creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let said = refused(creel.data_dir(), &[]);
    assert_says(
        &said,
        &[
            "in use",
            "--data-dir",
            &creel.data_dir().display().to_string(),
        ],
    );
    creel.deliver(&endpoint, &[], b"");
    // Neither a killed nor a normally ended process leaves a lock.
    creel.restart();
    assert_eq!(creel.end("TERM").code(), Some(0));
    creel.restart();
    assert_eq!(creel.deliveries(&endpoint).len(), 1);
}

#[test]
fn an_address_in_use_is_refused_with_advice() {
    let creel = Creel::start(&[]);
    let room = TempDir::new().expect("a temporary folder");
    for (option, args) in [
        ("--bind", ["--bind", &creel.addr]),
        ("--capture-bind", ["--capture-bind", &creel.addr]),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_creel"));
        command.arg("--data-dir").arg(room.path()).args(args);
        if option == "--capture-bind" {
            command.args(["--bind", "127.0.0.1:0"]);
        }
        let said = refusal(command);
        assert_says(&said, &["creel: cannot listen on", &creel.addr, option]);
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

#[test]
fn invalid_options_are_refused_by_name_before_opening_anything() {
    let room = TempDir::new().expect("a temporary folder");
    let data = room.path().join("data");
    for (args, words) in [
        (["--public-url", "creel.example"], &["--public-url"][..]),
        (
            ["--public-url", "ftp://creel.example"],
            &["--public-url", "http"],
        ),
        (
            ["--public-url", "http://creel.example/a//b"],
            &["--public-url", "path", "https://tools.example.com/creel"],
        ),
        (
            ["--public-url", "http://creel.example/%22a"],
            &["--public-url", "letters"],
        ),
        (
            ["--capture-url", "http://creel.example/hook/x"],
            &["--capture-url", "/hook"],
        ),
        (
            ["--public-url", "http://user@creel.example"],
            &["--public-url", "user"],
        ),
        (
            ["--capture-url", "https://in.example/?q"],
            &["--capture-url", "query"],
        ),
        (["--capture-url", ""], &["--capture-url"]),
        (
            ["--operator-token", "short"],
            &["--operator-token", "16", "5"],
        ),
        (
            ["--operator-token", "with spaces and / slash"],
            &["--operator-token", "letters"],
        ),
        (["--body-bytes-max", "0"], &["--body-bytes-max"]),
        (
            ["--body-bytes-max", "9999999999"],
            &["--body-bytes-max", "900000000"],
        ),
        (["--body-idle-seconds", "0"], &["--body-idle-seconds"]),
        (
            ["--body-total-seconds", "1"],
            &["--body-idle-seconds", "--body-total-seconds"],
        ),
        (
            ["--endpoints-file", "/nowhere/e.toml"],
            &["--endpoints-file", "/nowhere/e.toml"],
        ),
    ] {
        assert_says(&refused(&data, &args), words);
    }
    assert!(!data.exists(), "nothing was opened");
}

#[test]
fn unknown_arguments_are_usage_errors() {
    let room = TempDir::new().expect("a temporary folder");
    for words in [
        &["--nonsense"][..],
        &["serve", "--nonsense"],
        &["nonsense"],
        &["--bind", "8080"],
        &["--capture-bind", "localhost:8081"],
        &["--mint", "nobody"],
        &["--trusted-proxy", "example.org"],
        &["--log-format", "xml"],
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_creel"));
        command.args(words).current_dir(room.path());
        let said = refusal(command);
        assert_says(&said, &["error:", words.last().expect("a word")]);
    }
    let left = std::fs::read_dir(room.path()).expect("it is there").count();
    assert_eq!(left, 0, "nothing was opened");
}
