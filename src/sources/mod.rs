//! The service that sent a request which is not a LangGraph run, and the event that it reports.
//!
//! **Invariant:** a service is recognised only by the table, which follows the services' documentation. A request that matches no row has no
//! service. Reading never fails.

mod body;
mod table;
#[cfg(test)]
mod tests;

use crate::domain::head::Head;
use crate::domain::observations::Langsmith;
use crate::domain::source::Source;
use body::Body;
use table::SERVICES;

/// Longest stored event name, in characters.
const EVENT_CHARS_MAX: usize = 100;

/// The source of a request, by its head, its body and, if recognised, its kind of LangSmith webhook.
#[must_use]
pub(crate) fn read(head: &Head, body: &[u8], langsmith: Option<Langsmith>) -> Option<Source> {
    let body = Body::read(head, body);
    if let Some(webhook) = langsmith {
        return Some(of_langsmith(webhook, &body));
    }
    let service = SERVICES.iter().find(|service| service.sent(head, &body));
    let event = match service {
        Some(service) => service.event(head, &body),
        None => body.event(),
    };
    let source = Source {
        service: service.map(|service| service.name.to_owned()),
        event: event.and_then(|event| shown(&event)),
    };
    (source != Source::default()).then_some(source)
}

fn of_langsmith(webhook: Langsmith, body: &Body<'_>) -> Source {
    let event = match webhook {
        Langsmith::Rule => Some("rule".to_owned()),
        Langsmith::Alert => Some("alert".to_owned()),
        Langsmith::Prompt => Some("prompt".to_owned()),
        Langsmith::Engine => body.type_name().and_then(|event| shown(&event)),
    };
    Source {
        service: Some("LangSmith".to_owned()),
        event,
    }
}

/// The event name to store; `None` if it has control characters.
fn shown(event: &str) -> Option<String> {
    let event: String = event.trim().chars().take(EVENT_CHARS_MAX).collect();
    (!event.is_empty() && !event.contains(char::is_control)).then_some(event)
}
