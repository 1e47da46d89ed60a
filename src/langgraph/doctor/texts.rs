//! What each outcome is called: by the server, whose text is given word for word, and by creel.

use super::checks::{Loss, Refusal};
use super::version::Era;

const RELATIVE: &str = "Loopback webhooks (relative URLs and localhost) are disabled by default. They bypass authentication via the \
                        in-process ASGI transport and can be abused to invoke internal routes as an unauthenticated caller. Set \
                        webhooks.url.disable_loopback to false (in langgraph.json or via LANGGRAPH_WEBHOOKS) to opt back in — only \
                        do so when you control the mounted routes.";

impl Refusal {
    /// What the creation of the run is answered with.
    pub(super) fn status(&self) -> u16 {
        match self {
            Self::Unreadable(_) => 400,
            _ => 422,
        }
    }

    /// The server's text.
    pub(super) fn detail(&self, era: Era) -> String {
        let blocked = |why: &str| format!("Webhook host blocked: {why}");
        match self {
            Self::Empty => "\"\" is shorter than 1 character".to_owned(),
            Self::TooLongForSchema => "is longer than 65536 characters".to_owned(),
            Self::TooLong => "Webhook URL too long".to_owned(),
            Self::Relative if era == Era::LoopbackRefused => RELATIVE.to_owned(),
            Self::Relative => "Loopback webhooks are disabled".to_owned(),
            Self::Unreadable(why) => why.clone(),
            Self::NotHttps => "Webhook must use https".to_owned(),
            Self::Port(port) => format!("Webhook port {port} not allowed"),
            Self::NoHost => "Invalid webhook hostname ''".to_owned(),
            Self::Domain => "Webhook domain not allowed".to_owned(),
            Self::Scheme(scheme) => blocked(&format!("scheme '{scheme}' not allowed")),
            Self::Localhost => blocked("localhost address"),
            Self::Metadata => blocked("cloud metadata endpoint"),
            Self::Kubernetes => blocked("Kubernetes internal DNS"),
            Self::NotResolved => blocked("DNS resolution failed"),
            Self::LoopbackRange => blocked("loopback IP range"),
            Self::PrivateRange => blocked("private IP range"),
            Self::BlockedRange => blocked("blocked IP range"),
            Self::NotGlobal => "Webhook host resolves to a disallowed IP".to_owned(),
            Self::NotResolvedOld => "Failed to resolve webhook host".to_owned(),
        }
    }

    /// What is behind it.
    pub(super) fn why(&self, era: Era) -> &'static str {
        match self {
            Self::Empty => {
                "The schema of the API takes no empty webhook. To have none, leave it out."
            }
            Self::TooLongForSchema => {
                "The schema of the API takes no longer webhook, whatever the policy says."
            }
            Self::TooLong => {
                "The limit is 4096 characters, and 2048 as soon as the `url` block says anything; `max_url_length` sets another."
            }
            Self::Relative => {
                "A path would go to the LangGraph server’s own app, past its authentication. Give the whole URL, with http:// or https://."
            }
            Self::Unreadable(_) => {
                "The server cannot take this URL apart: look at its port, its brackets and the dots of its name."
            }
            Self::NotHttps => {
                "As soon as the `url` block says anything, only https is taken, unless `require_https` is false."
            }
            Self::Port(_) => {
                "The policy lists the ports that are taken. A URL without one counts as 443 with https, else as 80."
            }
            Self::NoHost => "There is no host in it. A webhook begins with http:// or https://.",
            Self::Domain => {
                "The policy lists the hosts that are taken. `*.example.com` takes every name below example.com, but not example.com itself."
            }
            Self::Scheme(_) => "Only http and https are delivered to.",
            Self::Localhost | Self::LoopbackRange if era == Era::LoopbackRefused => {
                "From version 0.10 on, a loopback address is refused unless the `url` block sets `disable_loopback` to false."
            }
            Self::Localhost | Self::LoopbackRange => "The policy sets `disable_loopback`.",
            Self::PrivateRange => "The policy sets `disable_private_ips`.",
            Self::Metadata => {
                "This is the metadata service of a cloud, which hands out secrets. Use another address."
            }
            Self::Kubernetes => {
                "Names inside of a Kubernetes cluster are refused unless the policy lists the host by its own name."
            }
            Self::NotResolved | Self::NotResolvedOld => {
                "The name has to resolve on the machine on which LangGraph runs, already when the run is created."
            }
            Self::BlockedRange => {
                "This range is always refused, whatever `disable_loopback` and `disable_private_ips` say."
            }
            Self::NotGlobal => {
                "As soon as there is a `webhooks` block, versions 0.5 to 0.7 refuse loopback and private addresses, and no setting allows \
                 them. Without a block they check nothing: take it away, or use a public address."
            }
        }
    }
}

impl Loss {
    /// Why nothing arrives.
    pub(super) fn reason(&self, era: Era) -> String {
        match self {
            Self::Disabled => "http.disable_webhooks is true: runs work, and nothing is sent".to_owned(),
            Self::OwnApp => "a path goes to the LangGraph server's own app and never leaves it".to_owned(),
            Self::Start => "it does not begin with http:// or https:// in small letters: the run works, nothing is sent".to_owned(),
            Self::ControlCharacter => "there is a tab, a line break or another control character in it: the run works, nothing is sent".to_owned(),
            Self::Unreadable => "the sender cannot read its host or port: the run works, nothing is sent".to_owned(),
            Self::Wildcard(refusal) => {
                let why = refusal.detail(era);
                let why = why.strip_prefix("Webhook host blocked: ").unwrap_or(&why);
                format!("`*.domain` lets it pass when the run is created, but not when it is sent: {why}")
            }
            Self::NotResolved => "its name does not resolve: the run works, the delivery is lost".to_owned(),
        }
    }

    /// What to do about it.
    pub(super) fn remedy(&self) -> &'static str {
        match self {
            Self::Disabled => "Take `http.disable_webhooks` out of langgraph.json.",
            Self::OwnApp => {
                "Give the whole URL, with http:// or https://, for it to leave the server."
            }
            Self::Start => "Write http:// or https:// in small letters, with nothing before it.",
            Self::ControlCharacter => {
                "Take it out; a line break often comes along when a URL is pasted."
            }
            Self::Unreadable => {
                "Write an IPv4 address as four numbers without leading zeros, and a port as a number up to 65535."
            }
            Self::Wildcard(_) => {
                "List this host by its own name in `allowed_domains`: only such hosts are not checked any further."
            }
            Self::NotResolved => {
                "Use a name that resolves on the machine on which LangGraph runs, or an address."
            }
        }
    }
}
