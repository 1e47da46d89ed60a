//! Which known members of an object occur more than once.
//!
//! **Invariant:** nothing is allocated while a body is read, so an ordinary body costs one bit for each member.

/// The known members of a run, at their positions.
pub(super) const RUN: [&str; 15] = [
    "run_id",
    "thread_id",
    "assistant_id",
    "status",
    "error",
    "multitask_strategy",
    "created_at",
    "updated_at",
    "run_started_at",
    "run_ended_at",
    "webhook_sent_at",
    "metadata",
    "kwargs",
    "values",
    "langsmith_session_name",
];

/// The known members of `kwargs`, at their positions.
pub(super) const KWARGS: [&str; 14] = [
    "temporary",
    "command",
    "webhook",
    "interrupt_before",
    "interrupt_after",
    "context",
    "config",
    "input",
    "stream_mode",
    "feedback_keys",
    "subgraphs",
    "resumable",
    "checkpoint_during",
    "durability",
];

/// The members of an object that were read, one bit for each position.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Repeats {
    once: u32,
    again: u32,
}

impl Repeats {
    /// Counts the member at that position.
    pub(super) fn add(&mut self, position: u32) {
        let bit = 1 << position;
        self.again |= self.once & bit;
        self.once |= bit;
    }

    /// The names that occur more than once.
    pub(super) fn names(self, known: &[&'static str]) -> impl Iterator<Item = &'static str> {
        let is_repeated = move |position: &usize| self.again & (1 << position) != 0;
        (0..known.len())
            .filter(is_repeated)
            .filter_map(|position| known.get(position).copied())
    }
}
