//! The calls of LangGraph's API that accept `webhook`: one table, used by the pages, snippets and documentation.
//!
//! **Invariant:** every snippet is complete: run unchanged, it creates the thread or cron that it needs and starts a run. Measured on
//! langgraph-api 0.16.7, with langgraph-sdk 0.4.14 (Python) and @langchain/langgraph-sdk 2.0.0 (JavaScript). What the JavaScript server refuses
//! is in the table.

mod curl;
mod javascript;
mod python;
mod table;

use super::deployment::Deployment;

pub(crate) use table::{CallGroup, Language, START_CALLS, Snippet, StartCall};

impl StartCall {
    /// Code that starts a run with this call, delivered to `webhook` when it ends.
    #[must_use]
    pub(crate) fn snippet(
        &self,
        language: Language,
        deployment: &Deployment,
        webhook: &str,
    ) -> Snippet {
        match language {
            Language::Curl => curl::snippet(self, deployment, webhook),
            Language::Python => python::snippet(self, deployment, webhook),
            Language::JavaScript => javascript::snippet(self, deployment, webhook),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::table::Act;
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
    fn every_call_is_in_the_table_once() {
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
    fn snippets_quote_the_webhook_and_make_their_ids() {
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
    fn input_is_quoted_and_the_key_stays_a_variable() {
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
                assert!(
                    !code.contains("KEY"),
                    "the SDKs read the key from the environment: {code}"
                );
            }
        }
    }

    #[test]
    fn only_batches_and_crons_announce_several_deliveries() {
        for call in START_CALLS {
            let many = call.arrives.starts_with("One delivery");
            let expected = call.act == Act::Batch || call.act == Act::Cron;
            assert_eq!(many, expected, "{}", call.name);
            assert_eq!(call.arrives.matches('`').count() % 2, 0, "{}", call.name);
            assert_eq!(call.does.matches('`').count() % 2, 0, "{}", call.name);
            let caveat = call.caveat.unwrap_or_default();
            assert_eq!(caveat.matches('`').count() % 2, 0, "{}", call.name);
        }
    }

    #[test]
    fn l08_every_call_that_makes_a_cron_has_a_caveat() {
        for call in START_CALLS {
            assert_eq!(call.caveat.is_some(), call.is_cron(), "{}", call.name);
        }
    }
}
