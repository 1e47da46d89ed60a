//! How many connections the limit of open files leaves room for.
//!
//! **Invariant:** what is accepted at a time, and what the rest of the program opens, is together below the limit: `accept` never fails
//! because no descriptor is free.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;

use rustix::process::{Resource, getrlimit, setrlimit};

/// Descriptors for everything that is no connection: the database with its log and its readers, listeners, event queues, samples.
const RESERVE: usize = 72;
/// Least number of connections that creel starts with, whatever the limit of open files.
const CONNECTIONS_MIN: usize = 16;

/// How connections are shared out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// Serving threads.
    pub(super) workers: usize,
    /// Connections at a time.
    pub(super) max: usize,
    /// Connections that one thread holds at most, those included that are accepted and not counted yet, or closed and not gone yet.
    pub(super) per_worker: usize,
}

impl Plan {
    /// Raises the limit of open files as far as it may be, and plans for what it is then.
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

/// Raises the limit of open files to the highest that this user may have; what it is then.
fn raise() -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    let soft = limit.current;
    limit.current = limit.maximum;
    if setrlimit(Resource::Nofile, limit).is_err() {
        limit.current = soft;
    }
    // None stands for "no limit".
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
