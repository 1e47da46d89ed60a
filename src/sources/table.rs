//! Well-known services: the data that only each of them sends, and where each names its event.
//!
//! Header names and members are from the services' own documentation of their webhooks.
//!
//! **Invariant:** the first matching row is the service, so a service that also sends the header line of another one is above it.

use std::borrow::Cow;

use super::body::Body;
use crate::domain::head::Head;

/// A service.
pub(super) struct Service {
    /// The name as the service spells it.
    pub(super) name: &'static str,
    mark: Mark,
    event: Event,
}

/// Data that only this service sends.
enum Mark {
    /// A header line of this name.
    Header(&'static str),
    /// A condition on the body.
    Body(fn(&Body<'_>) -> bool),
}

/// Where a service names its event.
enum Event {
    /// In this header line.
    Header(&'static str),
    /// In the body.
    Body(for<'a> fn(&Body<'a>) -> Option<Cow<'a, str>>),
}

impl Service {
    /// Whether it sent this request.
    pub(super) fn sent(&self, head: &Head, body: &Body<'_>) -> bool {
        match self.mark {
            Mark::Header(name) => head.header(name).is_some(),
            Mark::Body(has_mark) => has_mark(body),
        }
    }

    /// The event of this request.
    pub(super) fn event<'a>(&self, head: &'a Head, body: &Body<'a>) -> Option<Cow<'a, str>> {
        match self.event {
            Event::Header(name) => head.header(name),
            Event::Body(event) => event(body),
        }
    }
}

/// A service that names itself and its event in one header line.
const fn by_header(name: &'static str, header: &'static str) -> Service {
    Service {
        name,
        mark: Mark::Header(header),
        event: Event::Header(header),
    }
}

/// A service that signs with its own header line and names its event in the body.
const fn by_signature(
    name: &'static str,
    header: &'static str,
    event: for<'a> fn(&Body<'a>) -> Option<Cow<'a, str>>,
) -> Service {
    Service {
        name,
        mark: Mark::Header(header),
        event: Event::Body(event),
    }
}

/// The first matching row is the service. Forgejo, Gitea and Gogs are before GitHub, because they also send GitHub's header line.
pub(super) const SERVICES: &[Service] = &[
    by_header("Forgejo", "x-forgejo-event"),
    by_header("Gitea", "x-gitea-event"),
    by_header("Gogs", "x-gogs-event"),
    by_header("GitHub", "x-github-event"),
    by_header("GitLab", "x-gitlab-event"),
    by_header("Bitbucket", "x-event-key"),
    by_header("Shopify", "x-shopify-topic"),
    by_signature("Stripe", "stripe-signature", |body| body.type_name()),
    by_signature("Slack", "x-slack-signature", slack_event),
    // Before Twilio: it is a part of it, and its header line begins with the same words.
    by_signature(
        "SendGrid",
        "x-twilio-email-event-webhook-signature",
        |body| body.event_name(),
    ),
    by_signature("Twilio", "x-twilio-signature", twilio_event),
    by_header("CloudEvents", "ce-type"),
    Service {
        name: "CloudEvents",
        mark: Mark::Body(is_cloud_event),
        event: Event::Body(|body| body.type_name()),
    },
    Service {
        name: "SendGrid",
        mark: Mark::Body(has_sendgrid_id),
        event: Event::Body(|body| body.event_name()),
    },
];

/// Slack's Events API wraps the event (`event_callback`); a slash command is a form with `command`.
fn slack_event<'a>(body: &Body<'a>) -> Option<Cow<'a, str>> {
    body.inner_type()
        .or_else(|| body.type_name())
        .or_else(|| body.field("command"))
}

/// Twilio reports the state of a message or of a call in a form.
fn twilio_event<'a>(body: &Body<'a>) -> Option<Cow<'a, str>> {
    ["EventType", "MessageStatus", "SmsStatus", "CallStatus"]
        .into_iter()
        .find_map(|name| body.field(name))
}

/// A CloudEvents event in structured form: `specversion` and `type` are required (version 1.0, section 3.1).
fn is_cloud_event(body: &Body<'_>) -> bool {
    body.specversion().is_some() && body.type_name().is_some()
}

/// The id that SendGrid gives each event.
fn has_sendgrid_id(body: &Body<'_>) -> bool {
    body.sendgrid_event_id().is_some()
}
