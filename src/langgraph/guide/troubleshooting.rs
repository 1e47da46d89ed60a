//! Why no delivery arrives: a table of causes, the most likely first, for the waiting page and the documentation.
//!
//! **Invariant:** everything here was measured on langgraph-api 0.16.7 or @langchain/langgraph-api 2.0.0, or read in the code
//! of the former. What users of other servers reported says so.

/// A cause. In its texts, code is between backticks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cause {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) symptom: &'static str,
    pub(crate) fix: &'static str,
    /// Whether the URL doctor can help.
    pub(crate) doctor: bool,
}

/// All known causes, the most likely first.
#[rustfmt::skip]
pub(crate) const CAUSES: &[Cause] = &[
    Cause {
        name: "refused",
        title: "LangGraph rejected the URL",
        symptom: "The call that starts the run answers 422, and no run is created. For loopback addresses, versions from 0.10 on answer \
               `Webhook host blocked: loopback IP range` or `localhost address`.",
        fix: "Allow the URL in `langgraph.json`. The URL doctor shows the block to paste.",
        doctor: true,
    },
    Cause {
        name: "singular",
        title: "The path was copied from LangGraph\u{2019}s documentation",
        symptom: "The call answers 404. The API\u{2019}s paths begin with `/threads/` (plural); the documentation\u{2019}s `/thread/\u{2026}` does not exist.",
        fix: "Start the run with one of the snippets on your endpoint\u{2019}s page.",
        doctor: false,
    },
    Cause {
        name: "unfinished",
        title: "The run has not ended",
        symptom: "A webhook is sent only when the run ends. `GET /threads/{thread_id}/runs/{run_id}` shows `pending` or `running`.",
        fix: "Wait until the run ends. A run that stays `pending` waits for a worker: `langgraph dev` has one, unless you set `--n-jobs-per-worker`. A cron \
                 starts its first run at the next time of its schedule.",
        doctor: false,
    },
    Cause {
        name: "container",
        title: "LangGraph runs in a container, and the URL points to that container",
        symptom: "The URL has `localhost` or `127.0.0.1`: inside a container, that is the container itself. The run succeeds, and the server\u{2019}s log shows a \
               failed connection.",
        fix: "Use a URL with `host.docker.internal`, or with this machine\u{2019}s address in your network. creel has to listen there too: `creel serve --bind \
                 0.0.0.0:8080`.",
        doctor: true,
    },
    Cause {
        name: "unreachable",
        title: "creel could not be reached when the run ended",
        symptom: "The Python server tries three times. It gives up after about 7 seconds if nothing listens, and after about 93 if nothing answers. The \
               delivery is then lost. Neither the run nor the thread shows it, only the server\u{2019}s log.",
        fix: "On the machine where LangGraph runs, send a request to the capture URL with `curl -X POST`: creel answers `caught`. Then start another run.",
        doctor: false,
    },
    Cause {
        name: "elsewhere",
        title: "The URL belongs to another endpoint",
        symptom: "A capture URL that does not exist, or no longer exists, answers 404. LangGraph does not retry after 404, and creel does not record the \
               request. `GET` of the run shows the URL as `kwargs.webhook`.",
        fix: "Copy the URL from the endpoint\u{2019}s page. A wrong token is not the cause: such deliveries are recorded and marked.",
        doctor: false,
    },
    Cause {
        name: "no-webhook",
        title: "The run was started without a webhook",
        symptom: "Check the call that starts the run: `webhook` belongs next to `assistant_id`, not inside `input` or `config`.",
        fix: "Start the run with one of the snippets on your endpoint\u{2019}s page. Both SDKs have a `webhook` argument.",
        doctor: false,
    },
    Cause {
        name: "dns",
        title: "The host name in the URL does not resolve where LangGraph runs",
        symptom: "The call answers 422 `Webhook host blocked: DNS resolution failed`, and no run is created.",
        fix: "Use a name that resolves there, or an IP address.",
        doctor: true,
    },
    Cause {
        name: "https",
        title: "There is a `webhooks.url` block, and the URL is not https",
        symptom: "The call answers 422. As soon as the block has any setting, only https is accepted.",
        fix: "Set `require_https` to false in the block, or use https.",
        doctor: true,
    },
    Cause {
        name: "redirect",
        title: "Something in front of creel redirects",
        symptom: "After 301, 302 or 303, a `GET` without a body arrives instead of the run. After 307 or 308, nothing arrives, and LangGraph does not retry. \
               Versions before 0.8 do not follow redirects. `curl -i -X POST` to the URL shows the redirect.",
        fix: "Use the URL that the redirect points to: often https instead of http, or a path with or without a trailing slash.",
        doctor: false,
    },
    Cause {
        name: "certificate",
        title: "The certificate in front of creel is not trusted",
        symptom: "LangGraph checks it against its system\u{2019}s certificates. It retries for about 6 seconds, then drops the delivery; only its log shows this.",
        fix: "Use a certificate that LangGraph\u{2019}s machine trusts, or http within your own network.",
        doctor: false,
    },
    Cause {
        name: "disabled",
        title: "Webhooks are disabled",
        symptom: "`langgraph.json` has `http.disable_webhooks` set to true. Runs work, but nothing is sent.",
        fix: "Remove the setting.",
        doctor: false,
    },
    Cause {
        name: "cancelled",
        title: "The run was cancelled before it started, or its thread was deleted",
        symptom: "In both cases nothing is sent. A run that is cancelled while running is delivered, with the status `interrupted` or `rollback`.",
        fix: "None: LangGraph does not deliver such runs.",
        doctor: false,
    },
    Cause {
        name: "busy",
        title: "The thread was busy",
        symptom: "With `\"multitask_strategy\": \"reject\"`, the call answers 409 while another run is active on the thread, and no run is created.",
        fix: "Wait for the other run, or choose another strategy.",
        doctor: false,
    },
    Cause {
        name: "scheme",
        title: "The URL\u{2019}s scheme has capital letters",
        symptom: "`HTTP://\u{2026}` is accepted, but nothing is delivered. Only the server\u{2019}s log shows it.",
        fix: "Write the scheme in lower case.",
        doctor: true,
    },
    Cause {
        name: "relative",
        title: "The webhook is only a path",
        symptom: "The LangGraph server sends `/hook/\u{2026}` to its own app, never to another server.",
        fix: "Use the complete URL.",
        doctor: true,
    },
    Cause {
        name: "stopped",
        title: "LangGraph was stopped between two attempts",
        symptom: "Retries are kept in memory and lost when the server stops. A run that was still running is run again after the restart, and then \
               delivered.",
        fix: "Start another run.",
        doctor: false,
    },
    Cause {
        name: "javascript",
        title: "A worker of the JavaScript server has stopped",
        symptom: "This server sends once, whatever the response. If the request fails, the worker that sent it stops: with one worker, the next run never \
               starts.",
        fix: "Restart the server. It accepts any URL and has no `webhooks` block.",
        doctor: false,
    },
    Cause {
        name: "compatible",
        title: "The server is compatible with LangGraph\u{2019}s, but sends no webhooks",
        symptom: "Some compatible servers accept `webhook` and drop it, as users of Aegra reported: the call answers 200, the run works, and nothing is \
               sent.",
        fix: "Ask the makers of the server whether it sends webhooks, or start the run on LangGraph\u{2019}s own server.",
        doctor: false,
    },
    Cause {
        name: "proxy",
        title: "creel can only be reached through a proxy",
        symptom: "LangGraph\u{2019}s Python server ignores `HTTP_PROXY` and similar variables when it sends a webhook.",
        fix: "Make creel directly reachable.",
        doctor: false,
    },
    Cause {
        name: "other-api",
        title: "The run was started through an API without webhooks",
        symptom: "Event streaming v2, A2A and MCP have no `webhook`.",
        fix: "Use one of the calls that accept `webhook`: your endpoint\u{2019}s page lists them.",
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
    fn l09_a_compatible_server_that_drops_webhooks_is_a_cause() {
        let cause = CAUSES.iter().find(|cause| cause.name == "compatible");
        let symptom = cause.map(|cause| cause.symptom).unwrap_or_default();
        assert!(symptom.contains("accept `webhook` and drop it"));
    }

    #[test]
    fn likely_causes_come_first() {
        let place = |name: &str| CAUSES.iter().position(|cause| cause.name == name);
        assert_eq!(place("refused"), Some(0));
        assert!(place("container") < place("certificate"));
        assert!(place("unfinished") < place("cancelled"));
    }
}
