//! What to change so that LangGraph delivers to a URL, and what else to know about it.
//!
//! **Invariant:** with a suggested block, the server starts and the checks let the URL pass. Only where no block helps the URL is one
//! suggested with which the server just starts, and the text says so.

use serde::Serialize;
use serde_json::Value;

use super::address::{self, Address};
use super::checks::{self, CheckResult, Loss, Refusal};
use super::keys::IgnoredKey;
use super::policy::Policy;
use super::question::{Name, Question};
use super::ranges::{self, Kind};
use super::startup::StartFailure;
use super::version::Era;

/// More changes than there are settings are never needed.
const CHANGES_MAX: usize = 8;

/// A piece of advice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Advice {
    pub(crate) text: String,
    /// The block of langgraph.json to set.
    pub langgraph_json: Option<String>,
    /// The same as an environment variable of an image.
    pub environment: Option<String>,
    /// The URL to use instead.
    pub url: Option<String>,
}

impl Advice {
    fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    fn with_policy(mut self, policy: Option<&Policy>) -> Self {
        self.langgraph_json = policy.map(Policy::to_langgraph_json);
        self.environment = policy.map(Policy::to_environment);
        self
    }
}

pub(super) fn advise(question: &Question<'_>, result: &CheckResult) -> Vec<Advice> {
    let address = Address::read(question.url).ok();
    let mut advice = Vec::new();
    let mut allowed = None;
    match result {
        CheckResult::Refused(refusal) => {
            allowed = allow(question);
            let why = refusal.why(question.version.era());
            advice.push(Advice::text(why).with_policy(allowed.as_ref()));
        }
        CheckResult::NotStarted(failure) => advice.push(how_to_start(question, failure)),
        CheckResult::Lost(loss) => advice.extend(remedy(question, loss)),
        CheckResult::DependsOnDns => advice.push(Advice::text(name_has_to_resolve(question))),
        CheckResult::Delivered => {}
    }
    advice.extend(ignored_keys(question, result));
    if let Some(address) = address.filter(|_| !matches!(result, CheckResult::NotStarted(_))) {
        advice.extend(other_addresses(question, &address, allowed.as_ref()));
        if !matches!(result, CheckResult::Refused(_) | CheckResult::Lost(_)) {
            advice.extend(traps(question, &address));
        }
    }
    advice.extend(of_policy(question));
    advice
}

/// The corrected block, with which the server starts.
fn how_to_start(question: &Question<'_>, failure: &StartFailure) -> Advice {
    let why = failure.why();
    match allow(question) {
        Some(policy) => Advice::text(why).with_policy(Some(&policy)),
        None => Advice::text(format!(
            "{why} With this block the server starts, but still does not deliver to this URL."
        ))
        .with_policy(Some(&question.policy.corrected())),
    }
}

/// Keys that the server ignores, with the block that has the right ones.
fn ignored_keys(question: &Question<'_>, result: &CheckResult) -> Option<Advice> {
    let keys = question.policy.ignored_keys();
    let sentences: Vec<_> = keys.iter().map(ignored_key).collect();
    let is_shown = matches!(result, CheckResult::Refused(_) | CheckResult::NotStarted(_));
    let corrected = allow(question).filter(|_| !is_shown);
    (!keys.is_empty() && question.version.reads_block())
        .then(|| Advice::text(sentences.join(" ")).with_policy(corrected.as_ref()))
}

fn ignored_key(key: &IgnoredKey) -> String {
    let IgnoredKey { path, meant } = key;
    match meant {
        Some(meant) if meant.is_sure => {
            format!(
                "LangGraph ignores `{path}`; the right key is `{}`.",
                meant.path()
            )
        }
        Some(meant) => {
            format!(
                "LangGraph ignores `{path}`; maybe `{}` is meant.",
                meant.path()
            )
        }
        None => format!("LangGraph ignores `{path}`, a key that it does not know."),
    }
}

/// The corrected policy, with as few changes as make the checks let the URL pass; `None` where nothing is to change, or no change helps.
pub(super) fn allow(question: &Question<'_>) -> Option<Policy> {
    let mut policy = question.policy.corrected();
    for _ in 0..CHANGES_MAX {
        let asked = Question {
            policy: &policy,
            ..*question
        };
        match checks::check_url(&asked) {
            CheckResult::Delivered | CheckResult::DependsOnDns => {
                return Some(policy).filter(|policy| policy != question.policy);
            }
            CheckResult::Lost(_) | CheckResult::NotStarted(_) => return None,
            CheckResult::Refused(refusal) => policy = change(policy, &refusal, question.url)?,
        }
    }
    None
}

/// The change that resolves a refusal. `None` if no setting allows the URL, or if it should not be allowed.
fn change(policy: Policy, refusal: &Refusal, url: &str) -> Option<Policy> {
    let address = Address::read(url).ok();
    let host = || {
        address
            .as_ref()
            .map(|address| Value::from(address.host.as_str()))
    };
    Some(match refusal {
        Refusal::Localhost | Refusal::LoopbackRange => policy.set("disable_loopback", false.into()),
        Refusal::PrivateRange => policy.set("disable_private_ips", false.into()),
        Refusal::TooLong => policy.set("max_url_length", url.chars().count().into()),
        Refusal::NotHttps if address.as_ref()?.scheme == "http" => {
            policy.set("require_https", false.into())
        }
        Refusal::Port(port) => policy.add("allowed_ports", (*port).into()),
        Refusal::Domain | Refusal::Kubernetes => policy.add("allowed_domains", host()?),
        _ => return None,
    })
}

fn remedy(question: &Question<'_>, loss: &Loss) -> Option<Advice> {
    let mut advice = Advice::text(loss.remedy());
    match loss {
        Loss::Wildcard(_) => {
            let host = Address::read(question.url).ok()?.host;
            let policy = question
                .policy
                .corrected()
                .add("allowed_domains", host.into());
            advice = advice.with_policy(Some(&policy));
        }
        Loss::Start => {
            let url = question.url.trim_start();
            let (scheme, rest) = url.split_once(':')?;
            advice.url = deliverable(question, format!("{}:{rest}", scheme.to_lowercase()));
        }
        Loss::ControlCharacter => {
            let is_control = |letter: char| letter.is_ascii_control();
            advice.url = deliverable(question, question.url.replace(is_control, ""));
        }
        Loss::Unreadable => {
            let ip = Address::read(question.url)
                .ok()
                .and_then(|address| address.ip());
            let url = ip.and_then(|ip| address::with_host(question.url, &ip.to_string()));
            advice.url = url.and_then(|url| deliverable(question, url));
        }
        _ => {}
    }
    Some(advice)
}

/// The URL, if it passes the checks and is delivered to.
fn deliverable(question: &Question<'_>, url: String) -> Option<String> {
    let asked = Question {
        url: &url,
        name: Name::Unknown,
        ..*question
    };
    let result = checks::check_url(&asked);
    matches!(result, CheckResult::Delivered | CheckResult::DependsOnDns).then_some(url)
}

fn name_has_to_resolve(question: &Question<'_>) -> String {
    let checks = question.policy.rules(question.version.era()).is_some();
    let else_what = match question.version.era() {
        Era::Unchecked => "otherwise the delivery is lost",
        Era::WithBlock if !checks => "otherwise the delivery is lost",
        Era::WithBlock => "otherwise LangGraph answers 422 `Failed to resolve webhook host`",
        Era::Checked | Era::LoopbackRefused => {
            "otherwise LangGraph answers 422 `Webhook host blocked: DNS resolution failed`"
        }
    };
    let stands_for = if checks {
        " The address that it resolves to is checked as if it were in the URL."
    } else {
        ""
    };
    format!(
        "The doctor does not look up host names. The name must resolve on LangGraph’s machine, {else_what}.{stands_for}"
    )
}

/// Addresses that may reach this creel from a container or another machine.
fn other_addresses(
    question: &Question<'_>,
    address: &Address,
    allowed: Option<&Policy>,
) -> Vec<Advice> {
    let ip = address.ip();
    let is_loopback_v4 =
        ip.is_some_and(|ip| ranges::kind(ip) == Kind::Loopback) || address.host == "localhost";
    let is_here = ip.is_some_and(|ip| ip.is_loopback() || ip.is_unspecified())
        || address.is_below_localhost();
    if !is_here && !is_loopback_v4 {
        return Vec::new();
    }
    let mut advice = Vec::new();
    if !is_loopback_v4 {
        advice.extend(plain_loopback(question));
    }
    let policy = allowed.unwrap_or(question.policy);
    let in_container = address::with_host(question.url, "host.docker.internal").and_then(|url| {
        let asked = Question {
            policy,
            ..*question
        };
        deliverable(&asked, url)
    });
    if is_loopback_v4 && let Some(url) = in_container {
        let under = if allowed.is_some() {
            "with the same block "
        } else {
            ""
        };
        advice.push(Advice {
            url: Some(url),
            ..Advice::text(format!(
                "{} is the machine or container in which LangGraph itself runs. From a container, use host.docker.internal, which LangGraph \
                 accepts {under}by name.",
                address.host
            ))
        });
    }
    let rules = question.policy.rules(question.version.era());
    let takes_private = question.version.era() != Era::WithBlock
        && rules.as_ref().is_none_or(|rules| !rules.private_refused);
    if takes_private || rules.is_none() {
        advice.push(Advice::text(
            "From another machine, use this machine’s address in your network: private addresses (10/8, 172.16/12, 192.168/16, 100.64/10) \
             are accepted by default. creel has to listen there too (`--bind` or `--capture-bind`).",
        ));
    }
    advice
}

/// A loopback URL that the policy allows or can allow.
fn plain_loopback(question: &Question<'_>) -> Option<Advice> {
    let url = address::with_host(question.url, "127.0.0.1")?;
    let asked = Question {
        url: &url,
        ..*question
    };
    let needed = allow(&asked);
    let is_fine = deliverable(question, url.clone()).is_some();
    (is_fine || needed.is_some()).then(|| {
        let is_browsers_name =
            Address::read(question.url).is_ok_and(|address| address.is_below_localhost());
        let text = if is_browsers_name && needed.is_some() {
            "Names below localhost are for browsers: other programs often do not resolve them. For creel on the same machine use \
             127.0.0.1, which this block allows."
        } else if is_browsers_name {
            "Names below localhost are for browsers: other programs often do not resolve them. For creel on the same machine use 127.0.0.1."
        } else if needed.is_some() {
            "For creel on the same machine use 127.0.0.1, which this block allows."
        } else {
            "For creel on the same machine use 127.0.0.1."
        };
        let mut advice = Advice::text(text).with_policy(needed.as_ref());
        advice.url = Some(url);
        advice
    })
}

/// What can still go wrong, or looks unusual in the request.
fn traps(question: &Question<'_>, address: &Address) -> Vec<Advice> {
    let mut traps = Vec::new();
    if address.scheme == "https" {
        traps.push(
            "LangGraph’s machine must trust the certificate. With a self-signed one, LangGraph retries a few times and then drops the \
             delivery; only the server’s log shows this.",
        );
    }
    traps.push(if question.version.follows_redirects() {
        "The URL must not redirect: after 301, 302 or 303 a GET without a body arrives, after 307 or 308 nothing."
    } else {
        "The URL must not redirect: this version does not follow redirects, and the delivery is lost."
    });
    if address.has_userinfo {
        traps.push(
            "The user name and password before the @ are sent as a header, `Authorization: Basic …`.",
        );
    }
    if address.has_fragment {
        traps.push("The part from # on is not sent.");
    }
    traps.into_iter().map(Advice::text).collect()
}

/// Settings of the policy that have no effect.
fn of_policy(question: &Question<'_>) -> Vec<Advice> {
    let policy = question.policy;
    let mut odd = Vec::new();
    let corrected = policy.corrected();
    if question.version.reads_block() {
        let variables: Vec<_> = corrected.variables().map(code).collect();
        if !variables.is_empty() {
            odd.push(format!(
                "The server’s environment must have {}; without it, the server does not start.",
                variables.join(" and ")
            ));
        }
        odd.extend(corrected.literal_headers().map(|name| {
            format!(
                "The value of {} is sent as it is: a template is `${{{{ env.NAME }}}}`.",
                code(name)
            )
        }));
    }
    match question.version.era() {
        Era::Unchecked if policy.has_block() => {
            odd.push(
                "This version does not support the `webhooks` block: it has no effect.".to_owned(),
            );
        }
        Era::WithBlock if policy.sets("disable_private_ips") => {
            odd.push("This version does not support `disable_private_ips`.".to_owned());
        }
        _ => {}
    }
    odd.into_iter().map(Advice::text).collect()
}

fn code(text: &str) -> String {
    format!("`{text}`")
}
