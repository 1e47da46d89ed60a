//! The files of a data folder: private, and no links.

use std::fs::{File, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use tempfile::TempDir;

use crate::app::Creel;
use crate::refusals::{assert_says, refusal};

fn mode(path: &Path) -> u32 {
    let found = path.metadata().expect("it is there");
    found.permissions().mode() & 0o777
}

/// Serves a folder; the log goes to a file.
fn serve(data: &Path, log: &Path) -> Creel {
    let mut command = Creel::command(data, &[], "127.0.0.1:0");
    command.stderr(File::create(log).expect("a file"));
    Creel::run(command, &[])
}

#[test]
fn readable_files_are_made_private_and_logged() {
    let room = TempDir::new().expect("a temporary folder");
    let (data, log) = (room.path().join("data"), room.path().join("log"));
    drop(serve(&data, &log));
    let names = ["creel.db", "creel.db-wal", "creel.db-shm", "creel.lock"];
    let paths = names.map(|name| data.join(name));
    for path in &paths {
        File::options()
            .create(true)
            .append(true)
            .open(path)
            .expect("a file");
        std::fs::set_permissions(path, Permissions::from_mode(0o666)).expect("it is ours");
    }
    std::fs::set_permissions(&data, Permissions::from_mode(0o777)).expect("it is ours");
    let creel = serve(&data, &log);
    let said = std::fs::read_to_string(&log).expect("a log");
    for path in &paths {
        assert_eq!(mode(path), 0o600, "{}", path.display());
        let warning = format!("other users could read or write {}", path.display());
        assert!(said.contains(&warning), "{warning}: {said}");
    }
    let folder = format!(
        "other users may write to the data folder {}",
        data.display()
    );
    assert!(said.contains(&folder), "{said}");
    assert_eq!(creel.http("GET", "/readyz", &[], b"").status, 200);
    drop(creel);
    std::fs::set_permissions(&data, Permissions::from_mode(0o700)).expect("it is ours");
    drop(serve(&data, &log));
    let said = std::fs::read_to_string(&log).expect("a log");
    assert!(!said.contains("WARN"), "{said}");
}

#[test]
fn a_linked_file_is_refused_and_its_target_unchanged() {
    for name in ["creel.db", "creel.db-wal", "creel.db-shm", "creel.lock"] {
        let room = TempDir::new().expect("a temporary folder");
        let (data, other) = (room.path().join("data"), room.path().join("other"));
        std::fs::create_dir(&data).expect("a folder");
        std::fs::write(&other, "of somebody else").expect("a file");
        std::fs::set_permissions(&other, Permissions::from_mode(0o644)).expect("it is ours");
        symlink(&other, data.join(name)).expect("a link");
        let command = Creel::command(&data, &[], "127.0.0.1:0");
        let says = [
            name,
            "is a symbolic link, which creel does not follow; set --data-dir to the folder that it points to",
        ];
        assert_says(&refusal(command), &says);
        assert_eq!(std::fs::read(&other).unwrap(), b"of somebody else");
        assert_eq!(mode(&other), 0o644);
    }
}

#[test]
fn a_data_folder_may_be_reached_through_a_link() {
    let room = TempDir::new().expect("a temporary folder");
    let (data, link) = (room.path().join("data"), room.path().join("link"));
    std::fs::create_dir(&data).expect("a folder");
    symlink(&data, &link).expect("a link");
    let creel = serve(&link, &room.path().join("log"));
    assert_eq!(creel.http("GET", "/readyz", &[], b"").status, 200);
    assert!(data.join("creel.db").is_file());
}
