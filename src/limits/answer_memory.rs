//! Memory for answers that are made from whole bodies. An answer stays in memory until its reader has taken it, and a reader may take
//! nothing: without a bound, some dozens of readers of a large delivery would fill the memory of the machine.
//!
//! **Invariant:** the answers in memory hold no more than was configured, unless one alone needs more: that one is made alone.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::Limit;

/// How long an answer waits for memory.
const PATIENCE: Duration = Duration::from_secs(5);
/// An answer that needs no more than this is small.
const SMALL_BYTES_MAX: u64 = 1024 * 1024;
/// This part of the memory is for small answers alone, so that some large ones do not hold up all others.
const SMALL_PART: usize = 8;
/// Bytes of a permit.
const UNIT: u64 = 1024;

/// The memory, in two parts.
#[derive(Debug)]
pub struct AnswerMemory {
    small: Part,
    large: Part,
}

#[derive(Debug)]
struct Part {
    free: Arc<Semaphore>,
    /// All permits of it.
    size: u32,
}

/// Memory for one answer; free again when this is dropped.
#[derive(Debug)]
pub struct Reserved(OwnedSemaphorePermit);

impl AnswerMemory {
    /// So many bytes.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        let small = bytes / SMALL_PART;
        Self {
            small: Part::new(small),
            large: Part::new(bytes - small),
        }
    }

    /// Memory for an answer that needs `bytes`, as soon as it is free; `None` when that takes too long.
    pub async fn reserve(&self, bytes: u64) -> Option<Reserved> {
        let part = if bytes <= SMALL_BYTES_MAX {
            &self.small
        } else {
            &self.large
        };
        let free = Arc::clone(&part.free).acquire_many_owned(units(bytes).min(part.size));
        let reserved = timeout(PATIENCE, free).await.ok().and_then(Result::ok);
        if reserved.is_none() {
            Limit::AnswerMemory.took_effect();
        }
        reserved.map(Reserved)
    }
}

impl Reserved {
    /// Gives back what is more than `bytes`.
    pub fn shrink(&mut self, bytes: u64) {
        let more = self.0.num_permits().saturating_sub(units(bytes) as usize);
        drop(self.0.split(more));
    }
}

impl Part {
    fn new(bytes: usize) -> Self {
        let size = units(bytes as u64).max(1);
        Self {
            free: Arc::new(Semaphore::new(size as usize)),
            size,
        }
    }
}

fn units(bytes: u64) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1024 * 1024;

    #[tokio::test(start_paused = true)]
    async fn what_does_not_fit_waits_and_is_refused() {
        let memory = AnswerMemory::new(80 * 1024 * 1024);
        let mut first = memory.reserve(60 * MIB).await.unwrap();
        assert!(memory.reserve(20 * MIB).await.is_none());
        assert!(memory.reserve(MIB).await.is_some(), "small ones go on");
        first.shrink(50 * MIB);
        let second = memory.reserve(20 * MIB).await;
        assert!(second.is_some());
        drop(first);
        assert!(memory.reserve(50 * MIB).await.is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_larger_than_all_of_it_goes_alone() {
        let memory = AnswerMemory::new(8 * 1024 * 1024);
        let large = memory.reserve(900 * MIB).await;
        assert!(large.is_some());
        assert!(memory.reserve(2 * MIB).await.is_none());
        drop(large);
        assert!(memory.reserve(2 * MIB).await.is_some());
    }
}
