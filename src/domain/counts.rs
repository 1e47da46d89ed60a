//! How many deliveries an endpoint has, by what the list filters by.
//!
//! **Invariant:** all attempts of a delivery count as one, as the list shows them in one row; only `kept` counts each.

use super::run::Run;

/// The status of a run as far as lists tell statuses apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RunStatus {
    /// `success`.
    Success,
    /// `error`.
    Error,
    /// `timeout`.
    Timeout,
    /// `interrupted`.
    Interrupted,
    /// `rollback`.
    Rollback,
    /// Another status, or none.
    Other,
}

impl RunStatus {
    /// All of them, in the order in which they are shown.
    pub(crate) const ALL: [Self; 6] = [
        Self::Success,
        Self::Error,
        Self::Timeout,
        Self::Interrupted,
        Self::Rollback,
        Self::Other,
    ];

    /// Its name in the payload, and in the store.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Error => "error",
            Self::Timeout => "timeout",
            Self::Interrupted => "interrupted",
            Self::Rollback => "rollback",
            Self::Other => "other",
        }
    }

    /// The status with this name.
    pub(crate) fn named(word: &str) -> Self {
        let known = Self::ALL.into_iter().find(|one| one.word() == word);
        known.unwrap_or(Self::Other)
    }

    /// The status of a run.
    #[must_use]
    pub fn of(run: &Run) -> Self {
        run.status.as_deref().map_or(Self::Other, Self::named)
    }
}

/// Which rows of the list are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rows {
    /// All deliveries.
    #[default]
    All,
    /// Runs with the status `error` or `timeout`.
    Failed,
    /// Runs.
    Runs,
    /// Everything that is not a run.
    Other,
    /// Deliveries whose token is missing, wrong or repeated.
    Token,
}

/// Numbers of deliveries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Deliveries that are kept, each attempt by itself.
    pub kept: u64,
    /// All deliveries.
    pub all: u64,
    /// Runs, by status; statuses without runs are absent.
    pub runs: Vec<(RunStatus, u64)>,
    /// Deliveries whose token is missing, wrong or repeated.
    pub token: u64,
}

impl Counts {
    /// Adds deliveries with one status (`None`: no runs), of which some have a wrong token.
    pub(crate) fn add(&mut self, status: Option<RunStatus>, count: u64, token: u64) {
        self.all += count;
        self.token += token;
        let Some(status) = status else {
            return;
        };
        match self.runs.iter_mut().find(|(one, _)| *one == status) {
            Some((_, known)) => *known += count,
            None => self.runs.push((status, count)),
        }
        self.runs.sort_by_key(|(one, _)| *one);
    }

    /// The number of these rows.
    #[must_use]
    pub fn of(&self, rows: Rows) -> u64 {
        let runs = |wanted: &dyn Fn(RunStatus) -> bool| {
            let wanted = self.runs.iter().filter(|(status, _)| wanted(*status));
            wanted.map(|(_, count)| count).sum()
        };
        match rows {
            Rows::All => self.all,
            Rows::Failed => runs(&|status| matches!(status, RunStatus::Error | RunStatus::Timeout)),
            Rows::Runs => runs(&|_| true),
            Rows::Other => self.all.saturating_sub(runs(&|_| true)),
            Rows::Token => self.token,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_add_up() {
        let counts = Counts {
            kept: 12,
            all: 12,
            runs: vec![
                (RunStatus::Success, 5),
                (RunStatus::Error, 2),
                (RunStatus::Timeout, 1),
            ],
            token: 3,
        };
        let shown = [
            Rows::All,
            Rows::Failed,
            Rows::Runs,
            Rows::Other,
            Rows::Token,
        ];
        assert_eq!(shown.map(|rows| counts.of(rows)), [12, 3, 8, 4, 3]);
    }

    #[test]
    fn a_status_that_is_not_known_counts_as_another() {
        let of = |status: Option<&str>| {
            RunStatus::of(&Run {
                status: status.map(str::to_owned),
                ..Run::default()
            })
        };
        assert_eq!(of(Some("rollback")), RunStatus::Rollback);
        assert_eq!(of(Some("running")), RunStatus::Other);
        assert_eq!(of(None), RunStatus::Other);
    }
}
