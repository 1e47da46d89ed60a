//! The calls of LangGraph's API that take `webhook`: one table, from which pages, snippets and documentation are made.
//!
//! **Invariant:** every snippet is complete: pasted as it stands it starts a run, on a thread or by a cron that it makes itself. Measured
//! on langgraph-api 0.16.7, with langgraph-sdk 0.4.14 (Python) and @langchain/langgraph-sdk 2.0.0 (JavaScript).

mod curl;
mod javascript;
mod python;

use super::deployment::Deployment;

/// A call that takes `webhook`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StartCall {
    /// What it is called in addresses.
    pub name: &'static str,
    /// What it is called among those of its group.
    pub label: &'static str,
    /// What it belongs to.
    pub group: CallGroup,
    /// Its method.
    pub method: &'static str,
    /// Its path, with names for ids.
    pub path: &'static str,
    /// What the call does, in a sentence; code between backticks.
    pub does: &'static str,
    /// What then arrives, in a sentence; code between backticks.
    pub arrives: &'static str,
    act: Act,
    on_thread: bool,
}

/// What a run that is started in this call belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallGroup {
    /// A thread that lasts.
    Thread,
    /// Nothing that lasts.
    Stateless,
    /// A cron.
    Cron,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Create,
    Stream,
    Wait,
    Batch,
    Cron,
    ChangeCron,
}

/// What a snippet is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
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
pub struct Snippet {
    /// Starts the run.
    pub start: String,
    /// What ends what it began, to be run after it: a cron goes on until it is deleted.
    pub end: Option<String>,
}

const STATE: &str = "`values` hold the state of the thread when the run ended.";
const NO_STATE: &str = "`values` are null: the thread goes with the run. With `\"on_completion\": \"keep\"` it stays, and `values` come.";

/// All ways.
pub const START_CALLS: &[StartCall] = &[
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
    pub fn find(name: &str) -> Option<&'static Self> {
        START_CALLS.iter().find(|call| call.name == name)
    }

    /// Code that starts a run in this call, whose end is told to `webhook`.
    #[must_use]
    pub fn snippet(&self, language: Language, deployment: &Deployment, webhook: &str) -> Snippet {
        match language {
            Language::Curl => curl::snippet(self, deployment, webhook),
            Language::Python => python::snippet(self, deployment, webhook),
            Language::JavaScript => javascript::snippet(self, deployment, webhook),
        }
    }

    fn is_cron(&self) -> bool {
        matches!(self.act, Act::Cron | Act::ChangeCron)
    }
}

impl CallGroup {
    /// All of them, in their order.
    pub const ALL: [Self; 3] = [Self::Thread, Self::Stateless, Self::Cron];

    /// Its name.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Thread => "On a thread",
            Self::Stateless => "Stateless",
            Self::Cron => "Cron",
        }
    }
}

impl Language {
    /// All of them, in their order.
    pub const ALL: [Self; 3] = [Self::Curl, Self::Python, Self::JavaScript];

    /// What it is called in addresses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Curl => "curl",
            Self::Python => "python",
            Self::JavaScript => "javascript",
        }
    }

    /// Its name.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Curl => "curl",
            Self::Python => "Python SDK",
            Self::JavaScript => "JavaScript SDK",
        }
    }

    /// The language of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|language| language.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const WEBHOOK: &str = "http://h/hook/x?token=a'b\"c$(d)";

    fn all() -> impl Iterator<Item = (&'static StartCall, Language, Snippet)> {
        START_CALLS.iter().flat_map(|call| {
            Language::ALL.map(|language| {
                let snippet = call.snippet(language, &Deployment::default(), WEBHOOK);
                (call, language, snippet)
            })
        })
    }

    #[test]
    fn every_call_that_takes_a_webhook_is_there_once_and_is_found_by_its_name() {
        let calls: BTreeSet<_> = START_CALLS
            .iter()
            .map(|call| (call.method, call.path))
            .collect();
        let expected = [
            ("POST", "/threads/{thread_id}/runs"),
            ("POST", "/threads/{thread_id}/runs/stream"),
            ("POST", "/threads/{thread_id}/runs/wait"),
            ("POST", "/threads/{thread_id}/runs/crons"),
            ("POST", "/runs"),
            ("POST", "/runs/stream"),
            ("POST", "/runs/wait"),
            ("POST", "/runs/batch"),
            ("POST", "/runs/crons"),
            ("PATCH", "/runs/crons/{cron_id}"),
        ];
        assert_eq!(calls, BTreeSet::from(expected));
        assert_eq!(calls.len(), START_CALLS.len());
        for call in START_CALLS {
            assert_eq!(StartCall::find(call.name), Some(call));
        }
        assert_eq!(StartCall::find("nothing"), None);
        for language in Language::ALL {
            assert_eq!(Language::find(language.name()), Some(language));
        }
    }

    #[test]
    fn a_snippet_holds_the_webhook_as_one_string_and_ids_that_it_got_itself() {
        for (call, language, snippet) in all() {
            let Snippet { start, end } = &snippet;
            let string = match language {
                Language::Curl => r#""webhook": "http://h/hook/x?token=a'\''b\"c$(d)""#,
                Language::Python | Language::JavaScript => r#""http://h/hook/x?token=a'b\"c$(d)""#,
            };
            assert!(
                start.contains(string),
                "{} {language:?}: {start}",
                call.name
            );
            assert_eq!(
                end.is_some(),
                call.group == CallGroup::Cron,
                "{}",
                call.name
            );
            assert!(!start.contains("_id}"), "{start}");
            let makes_thread = start.contains("threads.create") || start.contains("THREAD_ID=");
            assert_eq!(makes_thread, call.path.contains("thread_id"), "{start}");
        }
    }

    #[test]
    fn what_was_typed_is_one_string_of_its_language_and_the_key_stays_a_variable() {
        let deployment = Deployment {
            url: "http://h/it's".to_owned(),
            assistant: "o'agent\"$(x)".to_owned(),
            asks_for_key: true,
        };
        for call in START_CALLS {
            let of = |language| call.snippet(language, &deployment, WEBHOOK).start;
            let curl = of(Language::Curl);
            assert!(curl.starts_with("LANGGRAPH_URL='http://h/it'\\''s'\n"));
            assert!(
                curl.contains(r#""assistant_id": "o'\''agent\"$(x)""#),
                "{curl}"
            );
            let calls = curl.matches("curl -").count();
            let keys = curl.matches("-H \"x-api-key: $LANGSMITH_API_KEY\"");
            assert_eq!(keys.count(), calls, "{curl}");
            for language in [Language::Python, Language::JavaScript] {
                let code = of(language);
                assert!(code.contains(r#""http://h/it's""#), "{code}");
                assert!(code.contains(r#""o'agent\"$(x)""#), "{code}");
                assert!(!code.contains("KEY"), "the SDKs find it themselves: {code}");
            }
        }
    }

    #[test]
    fn only_batches_and_crons_say_that_more_than_one_delivery_comes() {
        for call in START_CALLS {
            let many = call.arrives.starts_with("One delivery");
            let expected = call.act == Act::Batch || call.act == Act::Cron;
            assert_eq!(many, expected, "{}", call.name);
            assert_eq!(call.arrives.matches('`').count() % 2, 0, "{}", call.name);
            assert_eq!(call.does.matches('`').count() % 2, 0, "{}", call.name);
        }
    }
}
