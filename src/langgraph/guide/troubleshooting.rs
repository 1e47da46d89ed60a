//! Why no delivery arrives: one table, the most likely cause first, for the waiting page and the documentation.
//!
//! **Invariant:** everything here was measured on langgraph-api 0.16.7 or @langchain/langgraph-api 2.0.0, or read in the code
//! of the former.

/// A cause. In its texts, code stands between backticks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cause {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) symptom: &'static str,
    pub(crate) fix: &'static str,
    /// Whether the URL doctor can help.
    pub(crate) doctor: bool,
}

/// All causes that are known, the most likely first.
#[rustfmt::skip]
pub(crate) const CAUSES: &[Cause] = &[
    Cause {
        name: "refused",
        title: "LangGraph refused the URL",
        symptom: "The call that starts the run answers 422, and there is no run. `Webhook host blocked: loopback IP range` and `localhost address` are \
               what versions from 0.10 on say of this machine\u{2019}s own addresses.",
        fix: "Allow the URL in `langgraph.json`. The URL doctor has the block to paste.",
        doctor: true,
    },
    Cause {
        name: "singular",
        title: "The path is that of the documentation",
        symptom: "The call answers 404. The API\u{2019}s paths begin with `/threads/`, in the plural; `/thread/\u{2026}` is not there.",
        fix: "Start the run with one of the snippets of your endpoint\u{2019}s page.",
        doctor: false,
    },
    Cause {
        name: "unfinished",
        title: "The run has not ended",
        symptom: "A webhook is sent when its run ends, not before. `GET /threads/{thread_id}/runs/{run_id}` says `pending` or `running`.",
        fix: "Wait for its end. A run that stays `pending` waits for a worker: `langgraph dev` has one, unless `--n-jobs-per-worker` gives it more. A cron \
                 starts its first run when its schedule says.",
        doctor: false,
    },
    Cause {
        name: "container",
        title: "LangGraph runs in a container, and the URL leads back into it",
        symptom: "The URL says `localhost` or `127.0.0.1`: in a container that is the container itself. The run succeeds, and the server\u{2019}s log has a connection \
               that failed.",
        fix: "Give a URL with `host.docker.internal`, or with this machine\u{2019}s address in your network. creel has to listen there too: `creel serve --bind \
                 0.0.0.0:8080`.",
        doctor: true,
    },
    Cause {
        name: "unreachable",
        title: "creel could not be reached when the run ended",
        symptom: "The Python server tries three times. Where nothing listens it gives up after about 7 seconds, where nothing answers after about 93, and the \
               delivery is lost. Run and thread do not show it, only the server\u{2019}s log does.",
        fix: "From where LangGraph runs, send something to the capture URL with `curl -X POST`: `caught` is creel\u{2019}s answer. Then start another run.",
        doctor: false,
    },
    Cause {
        name: "elsewhere",
        title: "The URL is not that of this endpoint",
        symptom: "A capture URL that does not exist, or not any more, answers 404. LangGraph does not try again after 404, and creel keeps no record of it. \
               `GET` of the run shows the URL as `kwargs.webhook`.",
        fix: "Copy the URL from the endpoint\u{2019}s page. A wrong token is no reason: such a delivery is kept, and says so.",
        doctor: false,
    },
    Cause {
        name: "no-webhook",
        title: "The run was started without a webhook",
        symptom: "Look at the call that starts it: `webhook` belongs next to `assistant_id`, not within `input` or `config`.",
        fix: "Start the run with one of the snippets of your endpoint\u{2019}s page; both SDKs have a `webhook` argument.",
        doctor: false,
    },
    Cause {
        name: "dns",
        title: "The name in the URL does not resolve where LangGraph runs",
        symptom: "The call answers 422 `Webhook host blocked: DNS resolution failed`, and there is no run.",
        fix: "Use a name that resolves there, or an address.",
        doctor: true,
    },
    Cause {
        name: "https",
        title: "There is a `webhooks.url` block, and the URL is not https",
        symptom: "The call answers 422. As soon as the block says anything, only https is taken.",
        fix: "Set `require_https` to false in it, or use https.",
        doctor: true,
    },
    Cause {
        name: "redirect",
        title: "Something in front of creel redirects",
        symptom: "After 301, 302 or 303 a `GET` without a body arrives in place of the run. After 307 or 308 nothing arrives, and LangGraph does not try again. \
               Versions before 0.8 follow no redirect. `curl -i -X POST` of the URL shows it.",
        fix: "Give LangGraph the URL that the redirect leads to: often https for http, or a path with or without a slash at its end.",
        doctor: false,
    },
    Cause {
        name: "certificate",
        title: "The certificate in front of creel is not trusted",
        symptom: "LangGraph checks it against the certificates of its system. It tries again for about 6 seconds, then drops the delivery; only its log tells.",
        fix: "Use a certificate that the system trusts on which LangGraph runs, or http within a network of your own.",
        doctor: false,
    },
    Cause {
        name: "disabled",
        title: "Webhooks are switched off",
        symptom: "`langgraph.json` has `http.disable_webhooks` set to true. Runs work, and nothing is sent.",
        fix: "Take it out.",
        doctor: false,
    },
    Cause {
        name: "cancelled",
        title: "The run was cancelled before it started, or its thread was deleted",
        symptom: "Neither sends anything. A run that is cancelled while it runs does, with the status `interrupted` or `rollback`.",
        fix: "Nothing is to be done: there is no delivery of such a run.",
        doctor: false,
    },
    Cause {
        name: "busy",
        title: "The thread was busy",
        symptom: "With `\"multitask_strategy\": \"reject\"` the call answers 409 while another run is under way on the thread, and there is no run.",
        fix: "Wait for the other run, or choose another strategy.",
        doctor: false,
    },
    Cause {
        name: "scheme",
        title: "The URL begins with http in capital letters",
        symptom: "`HTTP://\u{2026}` is accepted and never delivered to: a line in the server\u{2019}s log is all there is.",
        fix: "Write it in small letters.",
        doctor: true,
    },
    Cause {
        name: "relative",
        title: "The webhook is a path alone",
        symptom: "`/hook/\u{2026}` goes to the LangGraph server\u{2019}s own app and never leaves it.",
        fix: "Give the whole URL.",
        doctor: true,
    },
    Cause {
        name: "stopped",
        title: "LangGraph was stopped between two attempts",
        symptom: "A delivery that failed is tried again from memory; what waits there is lost when the server stops. A run that was cut off by a stop is run \
               again after the start, and then delivered.",
        fix: "Start another run.",
        doctor: false,
    },
    Cause {
        name: "javascript",
        title: "A worker of the JavaScript server is gone",
        symptom: "That server sends once, whatever is answered. A delivery that could not be sent at all ends the worker that sent it: with one worker, the next \
               run never starts.",
        fix: "Restart it. It takes any URL, and knows no `webhooks` block.",
        doctor: false,
    },
    Cause {
        name: "proxy",
        title: "creel can only be reached through a proxy",
        symptom: "LangGraph\u{2019}s Python server does not heed `HTTP_PROXY` and its like when it sends a webhook.",
        fix: "Let it reach creel directly.",
        doctor: false,
    },
    Cause {
        name: "other-api",
        title: "The run was started through an API without webhooks",
        symptom: "Event streaming of version 2, A2A and MCP carry no `webhook`.",
        fix: "Use one of the calls that take it: your endpoint\u{2019}s page lists them.",
        doctor: false,
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn texts_are_whole_sentences() {
        let names: BTreeSet<_> = CAUSES.iter().map(|cause| cause.name).collect();
        assert_eq!(names.len(), CAUSES.len());
        for cause in CAUSES {
            for text in [cause.symptom, cause.fix] {
                assert!(text.ends_with('.'), "{text}");
                assert_eq!(text.matches('`').count() % 2, 0, "{text}");
                assert!(!text.contains("  "), "{text}");
            }
            assert!(!cause.title.ends_with('.'), "{}", cause.title);
            let plain = |letter: char| letter.is_ascii_lowercase() || letter == '-';
            assert!(cause.name.chars().all(plain), "{}", cause.name);
        }
    }

    #[test]
    fn likely_causes_come_first() {
        let place = |name: &str| CAUSES.iter().position(|cause| cause.name == name);
        assert_eq!(place("refused"), Some(0));
        assert!(place("container") < place("certificate"));
        assert!(place("unfinished") < place("cancelled"));
    }
}
