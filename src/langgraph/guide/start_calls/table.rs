//! The calls of LangGraph's API that accept `webhook`, as a table.
//!
//! **Invariant:** a call is in the table once, and its name does not change, because the URLs of pages contain it.

/// A call that accepts `webhook`.
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
    /// Which server refuses the call, in a sentence; code between backticks.
    pub(crate) caveat: Option<&'static str>,
    pub(super) act: Act,
    pub(super) on_thread: bool,
}

/// What a run started by this call belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallGroup {
    /// A persistent thread.
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

/// The language of a snippet.
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
    /// Undoes it. Only crons need this: a cron runs until it is deleted.
    pub(crate) end: Option<String>,
}

const STATE: &str = "`values` is the state of the thread when the run ended.";
const NO_STATE: &str = "`values` is null, because the thread is deleted with the run. With `\"on_completion\": \"keep\"`, the thread remains and `values` is sent.";

const NO_STATELESS_CRON: &str = "LangGraph’s JavaScript server answers 400: its `POST /runs/crons` requires a `thread_id` (1.5.1 and 2.0.0).";
const NO_GRAPH_NAME: &str = "LangGraph’s JavaScript server answers 400 if the assistant is the name of a graph: it requires the UUID of an assistant (1.5.1).";

pub(crate) const START_CALLS: &[StartCall] = &[
    StartCall {
        name: "thread",
        label: "create",
        group: CallGroup::Thread,
        method: "POST",
        path: "/threads/{thread_id}/runs",
        does: "Returns immediately; the run continues in the background.",
        arrives: STATE,
        caveat: None,
        act: Act::Create,
        on_thread: true,
    },
    StartCall {
        name: "thread-stream",
        label: "stream",
        group: CallGroup::Thread,
        method: "POST",
        path: "/threads/{thread_id}/runs/stream",
        does: "Streams the run’s events until it ends.",
        arrives: STATE,
        caveat: None,
        act: Act::Stream,
        on_thread: true,
    },
    StartCall {
        name: "thread-wait",
        label: "wait",
        group: CallGroup::Thread,
        method: "POST",
        path: "/threads/{thread_id}/runs/wait",
        does: "Returns the values when the run has ended.",
        arrives: STATE,
        caveat: None,
        act: Act::Wait,
        on_thread: true,
    },
    StartCall {
        name: "stateless",
        label: "create",
        group: CallGroup::Stateless,
        method: "POST",
        path: "/runs",
        does: "Returns immediately; the run continues in the background, on its own thread.",
        arrives: NO_STATE,
        caveat: None,
        act: Act::Create,
        on_thread: false,
    },
    StartCall {
        name: "stateless-stream",
        label: "stream",
        group: CallGroup::Stateless,
        method: "POST",
        path: "/runs/stream",
        does: "Streams the run’s events until it ends.",
        arrives: NO_STATE,
        caveat: None,
        act: Act::Stream,
        on_thread: false,
    },
    StartCall {
        name: "stateless-wait",
        label: "wait",
        group: CallGroup::Stateless,
        method: "POST",
        path: "/runs/wait",
        does: "Returns the values when the run has ended.",
        arrives: NO_STATE,
        caveat: None,
        act: Act::Wait,
        on_thread: false,
    },
    StartCall {
        name: "batch",
        label: "batch",
        group: CallGroup::Stateless,
        method: "POST",
        path: "/runs/batch",
        does: "Starts several runs; each has its own `webhook`.",
        arrives: "One delivery per run. `values` is null, because the threads are deleted with the runs.",
        caveat: None,
        act: Act::Batch,
        on_thread: false,
    },
    StartCall {
        name: "thread-cron",
        label: "on a thread",
        group: CallGroup::Cron,
        method: "POST",
        path: "/threads/{thread_id}/runs/crons",
        does: "Starts runs on the thread on a schedule, here every minute.",
        arrives: "One delivery per run. `kwargs.config.configurable.cron_id` is the cron’s id, and `values` is the state of the thread.",
        caveat: Some(NO_GRAPH_NAME),
        act: Act::Cron,
        on_thread: true,
    },
    StartCall {
        name: "cron",
        label: "stateless",
        group: CallGroup::Cron,
        method: "POST",
        path: "/runs/crons",
        does: "Starts runs on a schedule, here every minute.",
        arrives: "One delivery per run. `kwargs.config.configurable.cron_id` is the cron’s id. `values` is null, unless \
                  `\"on_run_completed\": \"keep\"` is set.",
        caveat: Some(NO_STATELESS_CRON),
        act: Act::Cron,
        on_thread: false,
    },
    StartCall {
        name: "cron-change",
        label: "update",
        group: CallGroup::Cron,
        method: "PATCH",
        path: "/runs/crons/{cron_id}",
        does: "Sets or changes the `webhook` of an existing cron. The snippet creates a cron first.",
        arrives: "The deliveries of the cron\u{2019}s runs, from the next run on.",
        caveat: Some(NO_STATELESS_CRON),
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
