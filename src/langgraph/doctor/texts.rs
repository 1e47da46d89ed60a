//! The text of each result.
//!
//! **Invariant:** `detail` has the server's exact words; everything else is creel's explanation.

use super::checks::{Loss, Refusal};
use super::version::Era;

const RELATIVE: &str = "Loopback webhooks (relative URLs and localhost) are disabled by default. They bypass authentication via the \
                        in-process ASGI transport and can be abused to invoke internal routes as an unauthenticated caller. Set \
                        webhooks.url.disable_loopback to false (in langgraph.json or via LANGGRAPH_WEBHOOKS) to opt back in — only \
                        do so when you control the mounted routes.";

impl Refusal {
    /// Status of the response to the run's creation.
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

    /// creel's explanation.
    pub(super) fn why(&self, era: Era) -> &'static str {
        match self {
            Self::Empty => {
                "The API’s schema does not accept an empty webhook. For no webhook, leave the field out."
            }
            Self::TooLongForSchema => {
                "The API’s schema does not accept a longer webhook, whatever the policy."
            }
            Self::TooLong => {
                "The limit is 4096 characters, or 2048 if the `url` block has any setting; `max_url_length` changes it."
            }
            Self::Relative => {
                "A path would go to the LangGraph server’s own app, bypassing its authentication. Use the complete URL, with http:// or https://."
            }
            Self::Unreadable(_) => {
                "The server cannot parse this URL: check its port, its brackets and the dots in its host name."
            }
            Self::NotHttps => {
                "If the `url` block has any setting, only https is accepted, unless `require_https` is false."
            }
            Self::Port(_) => {
                "The policy lists the allowed ports. A URL without a port uses 443 with https, otherwise 80."
            }
            Self::NoHost => "The URL has no host. A webhook begins with http:// or https://.",
            Self::Domain => {
                "The policy lists the allowed hosts. `*.example.com` matches every subdomain of example.com, but not example.com itself."
            }
            Self::Scheme(_) => "LangGraph delivers to http and https only.",
            Self::Localhost | Self::LoopbackRange if era == Era::LoopbackRefused => {
                "From version 0.10 on, a loopback address is refused unless the `url` block sets `disable_loopback` to false."
            }
            Self::Localhost | Self::LoopbackRange => "The policy sets `disable_loopback`.",
            Self::PrivateRange => "The policy sets `disable_private_ips`.",
            Self::Metadata => {
                "This is a cloud metadata service, which exposes secrets. Use another address."
            }
            Self::Kubernetes => {
                "Host names inside a Kubernetes cluster are refused unless the policy lists the exact host."
            }
            Self::NotResolved | Self::NotResolvedOld => {
                "The name must resolve on LangGraph’s machine, already when the run is created."
            }
            Self::BlockedRange => {
                "This range is always refused, whatever the values of `disable_loopback` and `disable_private_ips`."
            }
            Self::NotGlobal => {
                "With a `webhooks` block, versions 0.5 to 0.7 refuse loopback and private addresses, and no setting allows them. Without a \
                 block they check nothing: remove the block, or use a public address."
            }
        }
    }
}

impl Loss {
    /// Why nothing arrives.
    pub(super) fn reason(&self, era: Era) -> String {
        match self {
            Self::Disabled => "http.disable_webhooks is true: runs work, but nothing is sent".to_owned(),
            Self::OwnApp => "a path goes to the LangGraph server's own app, never to another server".to_owned(),
            Self::Start => "it does not begin with http:// or https:// in lower case: the run works, but nothing is sent".to_owned(),
            Self::ControlCharacter => "it contains a tab, a line break or another control character: the run works, but nothing is sent".to_owned(),
            Self::Unreadable => "the sender cannot parse its host or port: the run works, but nothing is sent".to_owned(),
            Self::Wildcard(refusal) => {
                let why = refusal.detail(era);
                let why = why.strip_prefix("Webhook host blocked: ").unwrap_or(&why);
                format!("`*.domain` allows it when the run is created, but not when the delivery is sent: {why}")
            }
            Self::NotResolved => "its host name does not resolve: the run works, but the delivery is lost".to_owned(),
        }
    }

    /// What to do about it.
    pub(super) fn remedy(&self) -> &'static str {
        match self {
            Self::Disabled => "Remove `http.disable_webhooks` from langgraph.json.",
            Self::OwnApp => "Use the complete URL, with http:// or https://.",
            Self::Start => "Write http:// or https:// in lower case, with nothing before it.",
            Self::ControlCharacter => "Remove it; pasting a URL often adds a line break.",
            Self::Unreadable => {
                "Write an IPv4 address as four numbers without leading zeros, and a port as a number up to 65535."
            }
            Self::Wildcard(_) => {
                "Add the exact host to `allowed_domains`: only exact hosts skip the remaining checks."
            }
            Self::NotResolved => {
                "Use a name that resolves on LangGraph’s machine, or an IP address."
            }
        }
    }
}
