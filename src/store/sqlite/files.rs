//! Checks the files of an existing data folder: that they are not links, and that they are private. Files that creel creates are private
//! from the start.
//!
//! **Invariant:** the target of a link is never opened or changed.

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::store::DiskUse;

use super::errors::OpenError;

/// Name of the database file in the data folder.
pub const FILE_NAME: &str = "creel.db";

/// Name of the file whose lock reserves the folder for one process.
pub(super) const LOCK: &str = "creel.lock";
/// Permission bits of group and others.
const OTHERS: u32 = 0o077;
/// Permission bits that let group or others create files in a folder.
const OTHERS_WRITE: u32 = 0o022;

/// The database, its log, the index of the log, and the lock.
fn paths(folder: &Path) -> [PathBuf; 4] {
    let with_ending = |ending: &str| folder.join(format!("{FILE_NAME}{ending}"));
    [
        with_ending(""),
        with_ending("-wal"),
        with_ending("-shm"),
        folder.join(LOCK),
    ]
}

/// How much of the disk the files use, and how much is free.
pub(super) fn disk_use(folder: &Path) -> DiskUse {
    let size = |path: &PathBuf| path.symlink_metadata().map_or(0, |found| found.len());
    let free = rustix::fs::statvfs(folder).ok();
    DiskUse {
        bytes: paths(folder).iter().map(size).sum(),
        free: free.map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize)),
    }
}

/// Rejects a folder in which one of the files is a link.
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

/// Removes the permissions of group and others, because deliveries contain secrets. If that fails, creel starts anyway and logs it.
pub(super) fn make_private(folder: &Path) {
    for path in paths(folder) {
        let shown = path.display();
        match take_from_others(&path) {
            Ok(false) => {}
            Ok(true) => {
                tracing::warn!(
                    "other users could read or write {shown}; its permissions are now private"
                );
            }
            Err(error) => {
                tracing::warn!(%error, "other users may read or write {shown}, and creel cannot change its permissions; make it private");
            }
        }
    }
    let is_open = mode(folder).is_ok_and(|mode| mode & OTHERS_WRITE != 0);
    if is_open {
        let shown = folder.display();
        tracing::warn!(
            "other users may write to the data folder {shown} and replace its files; make it private"
        );
    }
}

/// Returns whether there were permissions to remove.
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
