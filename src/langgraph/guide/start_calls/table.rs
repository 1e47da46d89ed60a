//! The calls of LangGraph's API that take `webhook`, as a table.

/// A call that takes `webhook`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StartCall {
    pub(crate) name: &'static str,
    /// Its label within its group.
    pub(crate) label: &'static str,
    /// What its runs belong to.
    pub(crate) group: CallGroup,
    pub(crate) method: &'static str,
    /// Its path, with placeholders for ids.
    pub(crate) path: &'static str,
    /// What the call does, in a sentence; code between backticks.
    pub(crate) does: &'static str,
    /// What is delivered, in a sentence; code between backticks.
    pub(crate) arrives: &'static str,
    pub(super) act: Act,
    pub(super) on_thread: bool,
}

/// What a run that is started in this call belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallGroup {
    /// A lasting thread.
    Thread,
    /// A thread that is deleted with the run.
    Stateless,
    Cron,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Create,
    Stream,
    Wait,
    Batch,
    Cron,
    ChangeCron,
}

/// What a snippet is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Language {
    /// A shell with curl.
    #[default]
    Curl,
    /// Python with its SDK.
    Python,
    /// JavaScript with its SDK.
    JavaScript,
}

/// Code to paste.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Snippet {
    pub(crate) start: String,
    /// Code that undoes it: a cron runs until it is deleted.
    pub(crate) end: Option<String>,
}

const STATE: &str = "`values` hold the state of the thread when the run ended.";
const NO_STATE: &str = "`values` are null: the thread goes with the run. With `\"on_completion\": \"keep\"` it stays, and `values` come.";

pub(crate) const START_CALLS: &[StartCall] = &[
    StartCall {
        name: "thread",
        label: "create",
        group: CallGroup::Thread,
        method: "POST",
        path: "/threads/{thread_id}/runs",
        does: "Answers at once; the run goes on by itself.",
        arrives: STATE,
        act: Act::Create,
        on_thread: true,
    },
    StartCall {
        name: "thread-stream",
        label: "stream",
        group: CallGroup::Thread,
        method: "POST",
        path: "/threads/{thread_id}/runs/stream",
        does: "Streams what the run does until it ends.",
        arrives: STATE,
        act: Act::Stream,
        on_thread: true,
    },
    StartCall {
        name: "thread-wait",
        label: "wait",
        group: CallGroup::Thread,
        method: "POST",
        path: "/threads/{thread_id}/runs/wait",
        does: "Answers with the values when the run has ended.",
        arrives: STATE,
        act: Act::Wait,
        on_thread: true,
    },
    StartCall {
        name: "stateless",
        label: "create",
        group: CallGroup::Stateless,
        method: "POST",
        path: "/runs",
        does: "Answers at once; the run goes on by itself, on a thread of its own.",
        arrives: NO_STATE,
        act: Act::Create,
        on_thread: false,
    },
    StartCall {
        name: "stateless-stream",
        label: "stream",
        group: CallGroup::Stateless,
        method: "POST",
        path: "/runs/stream",
        does: "Streams what the run does until it ends.",
        arrives: NO_STATE,
        act: Act::Stream,
        on_thread: false,
    },
    StartCall {
        name: "stateless-wait",
        label: "wait",
        group: CallGroup::Stateless,
        method: "POST",
        path: "/runs/wait",
        does: "Answers with the values when the run has ended.",
        arrives: NO_STATE,
        act: Act::Wait,
        on_thread: false,
    },
    StartCall {
        name: "batch",
        label: "batch",
        group: CallGroup::Stateless,
        method: "POST",
        path: "/runs/batch",
        does: "Starts several runs at once; each has a `webhook` of its own.",
        arrives: "One delivery a run. `values` are null: the threads go with the runs.",
        act: Act::Batch,
        on_thread: false,
    },
    StartCall {
        name: "thread-cron",
        label: "on a thread",
        group: CallGroup::Cron,
        method: "POST",
        path: "/threads/{thread_id}/runs/crons",
        does: "Starts a run on the thread whenever its schedule says, here every minute.",
        arrives: "One delivery each time. `kwargs.config.configurable.cron_id` names the cron, and `values` hold the state of the thread.",
        act: Act::Cron,
        on_thread: true,
    },
    StartCall {
        name: "cron",
        label: "stateless",
        group: CallGroup::Cron,
        method: "POST",
        path: "/runs/crons",
        does: "Starts a run whenever its schedule says, here every minute.",
        arrives: "One delivery each time. `kwargs.config.configurable.cron_id` names the cron. `values` are null; with \
                  `\"on_run_completed\": \"keep\"` they come.",
        act: Act::Cron,
        on_thread: false,
    },
    StartCall {
        name: "cron-change",
        label: "change one",
        group: CallGroup::Cron,
        method: "PATCH",
        path: "/runs/crons/{cron_id}",
        does: "Gives a cron that is there a `webhook`, or another one; here one is made for it first.",
        arrives: "What that cron\u{2019}s runs send, from the next one on.",
        act: Act::ChangeCron,
        on_thread: false,
    },
];

impl StartCall {
    /// The call of that name.
    #[must_use]
    pub(crate) fn find(name: &str) -> Option<&'static Self> {
        START_CALLS.iter().find(|call| call.name == name)
    }

    pub(super) fn is_cron(&self) -> bool {
        matches!(self.act, Act::Cron | Act::ChangeCron)
    }
}

impl CallGroup {
    /// All of them, in their order.
    pub(crate) const ALL: [Self; 3] = [Self::Thread, Self::Stateless, Self::Cron];

    #[must_use]
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Thread => "On a thread",
            Self::Stateless => "Stateless",
            Self::Cron => "Cron",
        }
    }
}

impl Language {
    /// All of them, in their order.
    pub(crate) const ALL: [Self; 3] = [Self::Curl, Self::Python, Self::JavaScript];

    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Curl => "curl",
            Self::Python => "python",
            Self::JavaScript => "javascript",
        }
    }

    #[must_use]
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Curl => "curl",
            Self::Python => "Python SDK",
            Self::JavaScript => "JavaScript SDK",
        }
    }

    /// The language of that name.
    #[must_use]
    pub(crate) fn find(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|language| language.name() == name)
    }
}
