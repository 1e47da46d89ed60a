//! curl commands that query LangGraph's API about a run after its delivery.
//!
//! **Invariant:** a command contains an id only if it is a UUID, and the URL from a delivery only if it is http or https. So received text
//! can neither end a shell word nor point to anything but an HTTP server. The API key is sent only to the user's deployment, and the token
//! of the webhook only there or to a sender that already had it.

use uuid::Uuid;

use super::deployment::{self, Deployment};
use super::quote::{literal, shell_word};
use crate::domain::run::Run;
use crate::langgraph::RunBody;

/// A delivered run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Delivered<'a> {
    pub(crate) run: &'a Run,
    /// The body that it was read from.
    pub(crate) body: RunBody<'a>,
    /// Whether the sender knew the token of the capture URL. Otherwise its API URL is not used, because the commands would send the token
    /// there.
    pub(crate) is_trusted: bool,
}

/// Which URL the commands go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UrlSource {
    /// The URL in the delivery.
    Named,
    /// The URL that the user entered; the delivery has none.
    Typed,
    /// The URL that the user entered; the delivery has another one and is not trusted.
    Untrusted,
}

/// The commands about a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FollowUps {
    /// The URL that the commands go to.
    pub(crate) url: String,
    /// Where it comes from.
    pub(crate) source: UrlSource,
    /// Whether the API key is left out because the delivery names another server than the user's deployment.
    pub(crate) omits_key: bool,
    /// The commands, and those that are no longer possible.
    pub(crate) all: Vec<FollowUp>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FollowUp {
    pub(crate) label: &'static str,
    /// What the response contains; code between backticks.
    pub(crate) description: &'static str,
    /// The command, or why it is no longer possible.
    pub(crate) command: Result<String, &'static str>,
}

/// The thread of a stateless run is deleted with it.
const STATELESS: &str = "Not available: the run was stateless, and its thread was deleted with it.";
/// A run that is rolled back is deleted.
const ROLLED_BACK: &str = "Not available: the server deleted the run when it rolled it back.";

impl FollowUps {
    /// The commands about a run. `typed` is the deployment that the reader entered, `webhook` is where a resumed run is delivered.
    /// `None` if the delivery has no thread id or no run id.
    #[must_use]
    pub(crate) fn of(delivered: Delivered<'_>, typed: &Deployment, webhook: &str) -> Option<Self> {
        let run = delivered.run;
        let id = |text: &Option<String>| Uuid::parse_str(text.as_deref()?).ok();
        let named = delivered.body.api_url();
        let named = named.and_then(|url| deployment::api_url(&url).ok());
        let (url, source) = match named {
            Some(named) if delivered.is_trusted || named == typed.url => (named, UrlSource::Named),
            Some(_) => (typed.url.clone(), UrlSource::Untrusted),
            None => (typed.url.clone(), UrlSource::Typed),
        };
        let omits_key = typed.asks_for_key && url != typed.url;
        let deployment = Deployment {
            url,
            assistant: typed.assistant.clone(),
            asks_for_key: typed.asks_for_key && !omits_key,
        };
        let commands = Commands {
            thread: id(&run.thread_id)?,
            run: id(&run.run_id)?,
            assistant: id(&run.assistant_id).map_or(typed.assistant.clone(), |id| id.to_string()),
            stateless: run.stateless == Some(true),
            rolled_back: run.status.as_deref() == Some("rollback"),
            deployment: &deployment,
        };
        let mut all = commands.reads();
        if run.status.as_deref() == Some("success") && !commands.stateless {
            all.push(commands.resume(webhook));
        }
        Some(Self {
            all,
            source,
            omits_key,
            url: deployment.url,
        })
    }
}

struct Commands<'a> {
    thread: Uuid,
    run: Uuid,
    assistant: String,
    stateless: bool,
    rolled_back: bool,
    deployment: &'a Deployment,
}

impl Commands<'_> {
    fn reads(&self) -> Vec<FollowUp> {
        let thread = format!("/threads/{}", self.thread);
        let run = format!("{thread}/runs/{}", self.run);
        let of_thread = self.stateless.then_some(STATELESS);
        let of_run = of_thread.or(self.rolled_back.then_some(ROLLED_BACK));
        let read = |label, description, path: String, gone: Option<&'static str>| FollowUp {
            label,
            description,
            command: gone.map_or_else(|| Ok(self.get(&path)), Err),
        };
        vec![
            read(
                "Thread",
                "Its `status` is `interrupted` while it is paused.",
                thread.clone(),
                of_thread,
            ),
            read(
                "State",
                "The current values of the thread; `next` lists the nodes that run next.",
                format!("{thread}/state"),
                of_thread,
            ),
            read(
                "Run",
                "The run’s status and the parameters it was created with.",
                run.clone(),
                of_run,
            ),
            read(
                "Join",
                "Waits until the run ends, then returns its values.",
                format!("{run}/join"),
                of_run,
            ),
        ]
    }

    fn get(&self, path: &str) -> String {
        let url = shell_word(&format!("{}{path}", self.deployment.url));
        format!("curl -sS {url}{}", self.deployment.key_option())
    }

    fn resume(&self, webhook: &str) -> FollowUp {
        let url = format!("{}/threads/{}/runs", self.deployment.url, self.thread);
        let body = format!(
            "{{\n    \"assistant_id\": {},\n    \"command\": {{\"resume\": \"yes\"}},\n    \"webhook\": {}\n  }}",
            literal(&self.assistant),
            literal(webhook)
        );
        FollowUp {
            label: "Resume",
            description: "If the thread is paused, answers `interrupt()`. This starts a new run, which is delivered here when it ends.",
            command: Ok(format!(
                "curl -sS -X POST {}{} \\\n  -H 'Content-Type: application/json' \\\n  -d {}",
                shell_word(&url),
                self.deployment.key_option(),
                shell_word(&body)
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{head::Head, time::Time};
    use crate::langgraph::read;
    use crate::langgraph::samples::Sample;

    const WEBHOOK: &str = "http://127.0.0.1:8080/hook/x?token=it's";
    const ID: &str = "01a20015-a599-73cf-a7e4-82e5ac641e67";

    /// The commands for a body, with or without an API key.
    fn found(body: &str, is_trusted: bool, asks_for_key: bool) -> Option<FollowUps> {
        let head = Head {
            raw: "POST / HTTP/1.1\r\n\r\n".into(),
            exact: true,
        };
        let run = read(&head, body.as_bytes(), None, Time::now()).1.run;
        let typed = Deployment::new("https://typed.example/", "mine", asks_for_key).unwrap();
        let delivered = Delivered {
            run: &run.unwrap(),
            body: RunBody::parse(body.as_bytes()),
            is_trusted,
        };
        FollowUps::of(delivered, &typed, WEBHOOK)
    }

    fn of_body(body: &str) -> FollowUps {
        found(body, true, false).unwrap()
    }

    fn of_sample(name: &str) -> FollowUps {
        let url = WEBHOOK.parse().unwrap();
        let sample = Sample::find(name).unwrap();
        let sending = sample.sendings(WEBHOOK, &url, Time::now()).remove(0);
        of_body(&sending.body.unwrap())
    }

    fn commands(found: &FollowUps) -> Vec<&str> {
        let all = found.all.iter();
        all.filter_map(|one| one.command.as_deref().ok()).collect()
    }

    fn labels(found: &FollowUps) -> Vec<&str> {
        found.all.iter().map(|one| one.label).collect()
    }

    #[test]
    fn a_success_can_be_resumed_at_its_own_server() {
        let found = of_sample("paused");
        assert!(found.source == UrlSource::Named && found.url.starts_with("http://127.0.0.1:"));
        assert_eq!(labels(&found), ["Thread", "State", "Run", "Join", "Resume"]);
        let commands = commands(&found);
        assert_eq!(commands.len(), 5);
        for command in &commands[..4] {
            let begins = format!("curl -sS '{}/threads/", found.url);
            assert!(command.starts_with(&begins), "{command}");
        }
        let resume = commands[4];
        assert!(
            resume.contains(r#""command": {"resume": "yes"}"#),
            "{resume}"
        );
        assert!(resume.contains(r"/hook/x?token=it'\''s"), "{resume}");
    }

    #[test]
    fn without_an_api_url_the_entered_one_is_used() {
        let found = of_sample("js");
        assert_eq!(
            (found.url.as_str(), found.source),
            ("https://typed.example", UrlSource::Typed)
        );
        assert!(commands(&found)[0].starts_with("curl -sS 'https://typed.example/threads/"));
    }

    #[test]
    fn deleted_threads_and_runs_are_marked_gone() {
        let gone = |name| {
            let found = of_sample(name);
            let gone: Vec<_> = found
                .all
                .iter()
                .filter_map(|one| one.command.clone().err())
                .collect();
            (labels(&found).len(), gone)
        };
        assert_eq!(gone("stateless"), (4, vec![STATELESS; 4]));
        assert_eq!(gone("js-stateless"), (4, vec![STATELESS; 4]));
        assert_eq!(gone("rollback"), (4, vec![ROLLED_BACK; 2]));
        assert_eq!(gone("error"), (4, vec![]));
    }

    /// A run of which this is the API's URL.
    fn run_with(url: &str) -> String {
        format!(
            r#"{{"run_id":"{ID}","thread_id":"{ID}","assistant_id":"x'y","status":"success","webhook_sent_at":"2026-11-21T21:49:09+00:00","metadata":{{}},"kwargs":{{"config":{{"metadata":{{"langgraph_api_url":{url}}}}}}}}}"#
        )
    }

    #[test]
    fn hostile_urls_stay_one_word() {
        let found = of_body(&run_with(r#""http://h/'; touch x; '$(id)\\n""#));
        assert_eq!(found.source, UrlSource::Named);
        for command in commands(&found) {
            let words = std::process::Command::new("sh")
                .args(["-c", &command.replacen("curl", "printf '%s\\n'", 1)])
                .output()
                .unwrap();
            let words = String::from_utf8(words.stdout).unwrap();
            let url = words.lines().find(|word| word.starts_with("http")).unwrap();
            assert!(
                url.starts_with("http://h/';%20touch%20x;%20'$(id)"),
                "{url}"
            );
        }
        for passed_over in [
            r#""javascript:alert(1)""#,
            r#""file:///etc/passwd""#,
            r#""-o x""#,
            r#""http://user:secret@h/""#,
            r#""""#,
            "7",
            "null",
            r#"{"a":1}"#,
        ] {
            let found = of_body(&run_with(passed_over));
            assert_eq!(found.url, "https://typed.example", "{passed_over}");
            assert_eq!(found.source, UrlSource::Typed);
        }
    }

    #[test]
    fn the_api_key_goes_to_the_entered_deployment_only() {
        let with_key = |url: &str| {
            let found = found(&run_with(url), true, true).unwrap();
            let has_key = |command: &&str| command.contains("x-api-key: $LANGSMITH_API_KEY");
            (
                commands(&found).into_iter().filter(has_key).count(),
                found.omits_key,
            )
        };
        assert_eq!(with_key(r#""https://typed.example/""#), (5, false));
        assert_eq!(with_key("null"), (5, false));
        assert_eq!(with_key(r#""https://evil.example""#), (0, true));
    }

    #[test]
    fn untrusted_senders_choose_no_server() {
        let from_untrusted = |url: &str| found(&run_with(url), false, false).unwrap();
        for (named, source) in [
            (r#""https://evil.example""#, UrlSource::Untrusted),
            (r#""https://typed.example/""#, UrlSource::Named),
            ("null", UrlSource::Typed),
        ] {
            let found = from_untrusted(named);
            assert_eq!(found.source, source, "{named}");
            let commands = commands(&found);
            assert_eq!(commands.len(), 5);
            for command in commands {
                assert!(command.contains("'https://typed.example/"), "{command}");
                assert!(!command.contains("evil"), "{command}");
            }
        }
    }

    #[test]
    fn invalid_ids_are_in_no_command() {
        let harmless = of_body(&run_with("null"));
        assert!(commands(&harmless)[4].contains(r#""assistant_id": "mine""#));
        let hostile = run_with("null").replacen(ID, "../../x'", 2);
        assert_eq!(found(&hostile, true, false), None);
    }
}
