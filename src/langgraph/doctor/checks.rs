//! The server's checks: those when a run is created, and those that later prevent delivery to an accepted URL.
//!
//! **Invariant:** the order is the server's, because the first check that fails determines its response.
//!
//! Read in langgraph-api 0.4.48, 0.5.42, 0.7.103, 0.8.0, 0.9.1, 0.10.0, 0.14.7 and 0.16.7; compared with what a running 0.16.7 answers.

use std::net::IpAddr;

use super::address::{Address, Port};
use super::policy::Rules;
use super::question::{Name, Question};
use super::ranges::{self, Kind};
use super::startup::StartFailure;
use super::version::Era;

/// Longest webhook that the API's schema accepts, in characters.
const SCHEMA_CHARS_MAX: usize = 65536;

/// Why the creation of a run with this webhook is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Empty,
    TooLongForSchema,
    TooLong,
    Relative,
    /// The server's text for a URL that it cannot parse.
    Unreadable(String),
    NotHttps,
    Port(u16),
    NoHost,
    Domain,
    Scheme(String),
    Localhost,
    Metadata,
    Kubernetes,
    NotResolved,
    LoopbackRange,
    PrivateRange,
    BlockedRange,
    /// Versions 0.5 to 0.7 only.
    NotGlobal,
    NotResolvedOld,
}

/// Why nothing is delivered although the run was created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    Disabled,
    OwnApp,
    Start,
    ControlCharacter,
    Unreadable,
    /// Accepted at creation because of a `*.domain`, blocked when it is sent.
    Wildcard(Refusal),
    NotResolved,
}

/// The result of all checks.
#[derive(Debug)]
pub(super) enum CheckResult {
    /// The server does not start, so there is nothing that could refuse or deliver.
    NotStarted(StartFailure),
    Refused(Refusal),
    Lost(Loss),
    /// The result depends on the address that the host name resolves to on LangGraph's machine.
    DependsOnDns,
    Delivered,
}

pub(super) fn check_url(question: &Question<'_>) -> CheckResult {
    if let Some(failure) = question.policy.start_failure(question.version) {
        return CheckResult::NotStarted(failure);
    }
    match check(question) {
        Err(refusal) => CheckResult::Refused(refusal),
        Ok(()) => match send(question) {
            Err(loss) => CheckResult::Lost(loss),
            Ok(()) if depends_on_name(question) => CheckResult::DependsOnDns,
            Ok(()) => CheckResult::Delivered,
        },
    }
}

/// What is checked when the run is created.
fn check(question: &Question<'_>) -> Result<(), Refusal> {
    let chars = question.url.chars().count();
    match chars {
        0 => return Err(Refusal::Empty),
        SCHEMA_CHARS_MAX.. if chars > SCHEMA_CHARS_MAX => return Err(Refusal::TooLongForSchema),
        _ => {}
    }
    let era = question.version.era();
    let Some(rules) = question.policy.rules(era) else {
        return Ok(());
    };
    if i64::try_from(chars).is_ok_and(|chars| chars > rules.chars_max) {
        return Err(Refusal::TooLong);
    }
    if question.url.starts_with('/') {
        return if rules.loopback_refused {
            Err(Refusal::Relative)
        } else {
            Ok(())
        };
    }
    let address = Address::read(question.url).map_err(Refusal::Unreadable)?;
    check_rules(&address, &rules)?;
    if era == Era::WithBlock {
        return check_global(&address, question.name);
    }
    if !matches!(address.scheme.as_str(), "http" | "https") {
        return Err(Refusal::Scheme(address.scheme));
    }
    if rules.names(&address.host) || rules.names_parent(&address.host) {
        return Ok(());
    }
    check_host(&address, &rules, question.name)
}

/// What a `webhooks` block requires.
fn check_rules(address: &Address, rules: &Rules) -> Result<(), Refusal> {
    if rules.https_only && address.scheme != "https" {
        return Err(Refusal::NotHttps);
    }
    if !rules.ports.is_empty() {
        let port = match &address.port {
            Port::Number(port) => *port,
            Port::None => address.default_port(),
            Port::Wrong(why) => return Err(Refusal::Unreadable(why.clone())),
        };
        if !rules.ports.contains(&port.into()) {
            return Err(Refusal::Port(port));
        }
    }
    if address.host.is_empty() {
        return Err(Refusal::NoHost);
    }
    let is_listed = rules.names(&address.host) || rules.names_parent(&address.host);
    if !rules.domains.is_empty() && !is_listed {
        return Err(Refusal::Domain);
    }
    Ok(())
}

/// What 0.5 to 0.7 check once there is a block.
fn check_global(address: &Address, name: Name<'_>) -> Result<(), Refusal> {
    let stands_for = match name {
        _ if address.is_no_name() => Name::Unresolved,
        // `localhost` is the same machine everywhere.
        _ if address.host == "localhost" => return Err(Refusal::NotGlobal),
        name => name,
    };
    match (address.ip(), stands_for) {
        (Some(ip), _) => refuse_if(ranges::is_not_global(ip), Refusal::NotGlobal),
        (None, Name::Resolved(found)) => {
            let any = found.iter().any(|ip| ranges::is_not_global(*ip));
            refuse_if(any, Refusal::NotGlobal)
        }
        (None, Name::Unresolved) => Err(Refusal::NotResolvedOld),
        (None, Name::Unknown) if address.is_below_localhost() => Err(Refusal::NotResolvedOld),
        (None, Name::Unknown) => Ok(()),
    }
}

/// What versions from 0.8 on check for every host that is not listed.
fn check_host(address: &Address, rules: &Rules, name: Name<'_>) -> Result<(), Refusal> {
    let host = address.host.as_str();
    let is_localhost = ranges::is_localhost_name(host);
    refuse_if(rules.loopback_refused && is_localhost, Refusal::Localhost)?;
    refuse_if(ranges::is_metadata_name(host), Refusal::Metadata)?;
    refuse_if(ranges::is_kubernetes_name(host), Refusal::Kubernetes)?;
    if is_localhost {
        return Ok(());
    }
    if let Port::Wrong(why) = &address.port {
        return Err(Refusal::Unreadable(why.clone()));
    }
    if let Some(ip) = address.ip() {
        return check_range(ip, rules);
    }
    if address.is_no_name() {
        let why = "encoding with 'idna' codec failed (UnicodeError: label empty or too long)";
        return Err(Refusal::Unreadable(why.to_owned()));
    }
    match name {
        Name::Unknown if address.is_below_localhost() => Err(Refusal::NotResolved),
        Name::Unknown => Ok(()),
        Name::Unresolved => Err(Refusal::NotResolved),
        Name::Resolved(found) => found.iter().try_for_each(|ip| check_range(*ip, rules)),
    }
}

fn check_range(ip: IpAddr, rules: &Rules) -> Result<(), Refusal> {
    match ranges::kind(ip) {
        Kind::Blocked => Err(Refusal::BlockedRange),
        Kind::Loopback if rules.loopback_refused => Err(Refusal::LoopbackRange),
        Kind::Private if rules.private_refused => Err(Refusal::PrivateRange),
        _ => refuse_if(ranges::is_metadata(ip), Refusal::Metadata),
    }
}

fn refuse_if(holds: bool, refusal: Refusal) -> Result<(), Refusal> {
    if holds { Err(refusal) } else { Ok(()) }
}

/// What happens to a URL that was accepted.
fn send(question: &Question<'_>) -> Result<(), Loss> {
    let url = question.url;
    if question.policy.disables_webhooks {
        return Err(Loss::Disabled);
    }
    if url.starts_with('/') {
        return Err(Loss::OwnApp);
    }
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(Loss::Start);
    }
    if url.contains(|letter: char| letter.is_ascii_control()) {
        return Err(Loss::ControlCharacter);
    }
    let address = Address::read(url).map_err(|_| Loss::Unreadable)?;
    if address.host.is_empty()
        || matches!(address.port, Port::Wrong(_))
        || is_badly_dotted(&address.host)
        || (address.ip().is_none() && address.is_no_name())
    {
        return Err(Loss::Unreadable);
    }
    let era = question.version.era();
    if let Some(rules) = question.policy.rules(era).filter(|_| era >= Era::Checked)
        && !rules.names(&address.host)
    {
        check_host(&address, &rules, question.name).map_err(Loss::Wildcard)?;
    }
    let is_unresolved = match question.name {
        Name::Unknown => address.is_below_localhost(),
        Name::Unresolved => true,
        Name::Resolved(_) => false,
    };
    if address.ip().is_none() && is_unresolved {
        return Err(Loss::NotResolved);
    }
    Ok(())
}

/// Four decimal numbers that the sender's HTTP client does not parse as an address, because of leading zeros.
fn is_badly_dotted(host: &str) -> bool {
    let parts: Vec<&str> = host.split('.').collect();
    let is_number =
        |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.len() == 4 && parts.iter().all(is_number) && host.parse::<std::net::Ipv4Addr>().is_err()
}

fn depends_on_name(question: &Question<'_>) -> bool {
    let Ok(address) = Address::read(question.url) else {
        return false;
    };
    let is_name = address.host != "localhost" && address.ip().is_none();
    matches!(question.name, Name::Unknown) && is_name && !address.is_below_localhost()
}
