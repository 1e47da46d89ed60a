//! The files of a data folder that is there already: that they are files, and that they are private. What creel makes itself is private
//! from the start.
//!
//! **Invariant:** nothing behind a link is opened or changed.

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::FILE_NAME;
use super::schema::OpenError;

/// Name of the file whose lock keeps the folder for one process.
pub(super) const LOCK: &str = "creel.lock";
/// What group and others may do.
const OTHERS: u32 = 0o077;
/// What lets group or others put files of their own into a folder.
const OTHERS_WRITE: u32 = 0o022;

/// The database with its log and the index of that, and the lock.
fn paths(folder: &Path) -> [PathBuf; 4] {
    let with_ending = |ending: &str| folder.join(format!("{FILE_NAME}{ending}"));
    [
        with_ending(""),
        with_ending("-wal"),
        with_ending("-shm"),
        folder.join(LOCK),
    ]
}

/// Refuses a folder in which one of the files is a link.
pub(super) fn refuse_links(folder: &Path) -> Result<(), OpenError> {
    let is_link = |path: &PathBuf| {
        path.symlink_metadata()
            .is_ok_and(|found| found.is_symlink())
    };
    match paths(folder).into_iter().find(is_link) {
        Some(path) => Err(OpenError::Link { path }),
        None => Ok(()),
    }
}

/// Takes the files from group and others: deliveries hold secrets. What cannot be changed is no reason not to start, and the log says so.
pub(super) fn make_private(folder: &Path) {
    for path in paths(folder) {
        let shown = path.display();
        match take_from_others(&path) {
            Ok(false) => {}
            Ok(true) => {
                tracing::warn!("others could read or write {shown}; now only its owner can");
            }
            Err(error) => {
                tracing::warn!(%error, "others may read or write {shown}, and that cannot be changed; make it private");
            }
        }
    }
    let is_open = mode(folder).is_ok_and(|mode| mode & OTHERS_WRITE != 0);
    if is_open {
        let shown = folder.display();
        tracing::warn!(
            "others may write to the data folder {shown}, and replace the files in it; make it private"
        );
    }
}

/// Whether there was something to take.
fn take_from_others(path: &Path) -> io::Result<bool> {
    match mode(path) {
        Ok(mode) if mode & OTHERS == 0 => Ok(false),
        Ok(_) => std::fs::set_permissions(path, Permissions::from_mode(0o600)).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn mode(path: &Path) -> io::Result<u32> {
    let found = path.symlink_metadata()?;
    Ok(found.permissions().mode())
}
