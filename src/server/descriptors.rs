//! How many connections the limit of open files allows.
//!
//! **Invariant:** accepted connections and all other open files of the program stay below the limit together, so `accept` never fails
//! because no file descriptor is free.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;

use rustix::process::{Resource, getrlimit, setrlimit};

/// Descriptors for everything except connections: the database with its log and readers, listeners, event queues, samples.
const RESERVE: usize = 72;
/// Minimum number of connections, whatever the limit of open files.
const CONNECTIONS_MIN: usize = 16;

/// The numbers of threads and connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// Serving threads.
    pub(super) workers: usize,
    /// Connections at a time.
    pub(super) max: usize,
    /// Maximum connections of one thread, including those that are accepted but not counted yet, or closed but not released yet.
    pub(super) per_worker: usize,
}

impl Plan {
    /// Raises the limit of open files as far as allowed, and plans for the result.
    pub(super) fn new(wanted: usize) -> Self {
        let workers = available_parallelism().map_or(2, NonZeroUsize::get);
        let plan = Self::of(wanted, workers, raise());
        if plan.max < wanted {
            tracing::warn!(
                connections = plan.max,
                "the limit of open files (ulimit -n) allows fewer connections than --connections-max"
            );
        }
        plan
    }

    fn of(wanted: usize, workers: usize, descriptors: usize) -> Self {
        let room = descriptors.saturating_sub(RESERVE);
        let max = wanted.min((room - room / 4).max(CONNECTIONS_MIN));
        Self {
            workers,
            max,
            per_worker: (max + max / 4).div_ceil(workers).max(2),
        }
    }
}

/// Raises the limit of open files to the maximum for this user; returns the result.
fn raise() -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    let soft = limit.current;
    limit.current = limit.maximum;
    if setrlimit(Resource::Nofile, limit).is_err() {
        limit.current = soft;
    }
    // None means no limit.
    limit.current.map_or(usize::MAX, |descriptors| {
        usize::try_from(descriptors).unwrap_or(usize::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_accepted_fits_below_the_limit() {
        for workers in [1, 2, 7, 64] {
            for descriptors in [256, 1024, 4096, 1 << 20, usize::MAX] {
                let plan = Plan::of(4096, workers, descriptors);
                assert!(plan.max <= 4096);
                assert!(
                    plan.per_worker * workers > plan.max,
                    "{plan:?}: a new one is accepted before another is closed"
                );
                assert!(
                    plan.per_worker * workers <= descriptors - RESERVE + workers,
                    "{plan:?}"
                );
            }
        }
        assert_eq!(Plan::of(4096, 2, 256).max, 138);
        assert_eq!(Plan::of(4096, 2, 20_000).max, 4096);
    }
}
