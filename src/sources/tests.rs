//! Requests from the documentation of each service.
//!
//! **Invariant:** every request is read by `read`, as a capture is.

use super::read;
use crate::domain::head::Head;

/// Service and event of a request with these header lines and this body.
fn source(lines: &str, body: &str) -> (Option<String>, Option<String>) {
    let head = Head {
        raw: format!("POST /hook/id HTTP/1.1\r\n{lines}\r\n\r\n").into(),
        exact: true,
    };
    let source = read(&head, body.as_bytes(), None).unwrap_or_default();
    (source.service, source.event)
}

#[test]
fn well_known_services_are_recognised_with_their_events() {
    const FORM: &str = "Content-Type: application/x-www-form-urlencoded";
    for (lines, body, service, event) in [
        ("X-GitHub-Event: push", "{}", "GitHub", "push"),
        ("x-gitlab-event: Push Hook", "{}", "GitLab", "Push Hook"),
        (
            "X-GitHub-Event: push\r\nX-Gitea-Event: create",
            "{}",
            "Gitea",
            "create",
        ),
        ("X-Event-Key: repo:push", "{}", "Bitbucket", "repo:push"),
        (
            "X-Shopify-Topic: orders/create",
            "{}",
            "Shopify",
            "orders/create",
        ),
        (
            "Stripe-Signature: t=1,v1=x",
            r#"{"id":"evt_1","type":"invoice.paid"}"#,
            "Stripe",
            "invoice.paid",
        ),
        (
            "X-Slack-Signature: v0=x",
            r#"{"type":"event_callback","event":{"type":"app_mention"}}"#,
            "Slack",
            "app_mention",
        ),
        (
            "X-Slack-Signature: v0=x",
            r#"{"type":"url_verification"}"#,
            "Slack",
            "url_verification",
        ),
        (
            &format!("{FORM}\r\nX-Slack-Signature: v0=x"),
            "token=t&command=%2Fdeploy",
            "Slack",
            "/deploy",
        ),
        (
            &format!("{FORM}\r\nX-Twilio-Signature: x"),
            "MessageSid=1&MessageStatus=sent",
            "Twilio",
            "sent",
        ),
        (
            "X-Twilio-Email-Event-Webhook-Signature: x",
            r#"[{"event":"open"}]"#,
            "SendGrid",
            "open",
        ),
        (
            "",
            r#"[{"sg_event_id":"1","event":"bounce"},{"event":"open"}]"#,
            "SendGrid",
            "bounce",
        ),
        (
            "ce-specversion: 1.0\r\nce-type: com.example.made",
            "",
            "CloudEvents",
            "com.example.made",
        ),
        (
            "",
            r#"{"specversion":"1.0","type":"com.example.made"}"#,
            "CloudEvents",
            "com.example.made",
        ),
    ] {
        let expected = (Some(service.to_owned()), Some(event.to_owned()));
        assert_eq!(source(lines, body), expected, "{lines} {body}");
    }
}

#[test]
fn an_unknown_service_has_the_event_that_its_body_names() {
    for (body, event) in [
        (
            r#"{"event":"user.created","type":"x"}"#,
            Some("user.created"),
        ),
        (r#"{"type":"order"}"#, Some("order")),
        (r#"{"event_type":"PAYMENT.SALE"}"#, Some("PAYMENT.SALE")),
        (r#"{"event":{"type":"x"}}"#, None),
        (r#"{"type":7}"#, None),
        (r#"{"type":""}"#, None),
        (r#"{"type":"a\nb"}"#, None),
        (r#"{"type":"x""#, None),
        (r#"["type"]"#, None),
        ("type=x", None),
        ("", None),
    ] {
        assert_eq!(source("", body), (None, event.map(str::to_owned)), "{body}");
    }
}

#[test]
fn a_long_event_is_shortened() {
    let body = format!(r#"{{"type":"{}"}}"#, "x".repeat(1000));
    assert_eq!(source("", &body).1.map(|event| event.len()), Some(100));
}
