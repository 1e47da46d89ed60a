//! A table: version, policy, URL and expected result.
//!
//! **Invariant:** every row is also a test of the advice: each block that is offered for it makes the URL deliverable.

use std::net::IpAddr;

use super::*;

const NONE: &str = "";
const LOCAL: &str = r#"{"url": {"disable_loopback": false, "require_https": false}}"#;
const LOOPBACK_ONLY: &str = r#"{"url": {"disable_loopback": false}}"#;
const STRICT: &str = r#"{"url": {"allowed_domains": ["hooks.example.com", "*.corp.example", "127.0.0.1", "::1"], "allowed_ports": [443, 8443]}}"#;
const NO_PRIVATE: &str = r#"{"url": {"disable_private_ips": true, "require_https": false}}"#;
const CLUSTER: &str = r#"{"url": {"allowed_domains": ["*.svc.cluster.local", "a.b.svc.cluster.local"], "require_https": false}}"#;
const HEADERS: &str = r#"{"headers": {"x": "y"}}"#;
const OFF: &str = r#"{"http": {"disable_webhooks": true}}"#;
const UNKNOWN_KEY: &str = r#"{"url": {"loopback": true}}"#;

const LOOPBACK: &str = "Webhook host blocked: loopback IP range";
const LOCALHOST: &str = "Webhook host blocked: localhost address";
const BLOCKED: &str = "Webhook host blocked: blocked IP range";
const METADATA: &str = "Webhook host blocked: cloud metadata endpoint";
const KUBERNETES: &str = "Webhook host blocked: Kubernetes internal DNS";
const PRIVATE: &str = "Webhook host blocked: private IP range";
const NO_HOST: &str = "Invalid webhook hostname ''";
const HTTPS: &str = "Webhook must use https";
const DOMAIN: &str = "Webhook domain not allowed";
const NOT_GLOBAL: &str = "Webhook host resolves to a disallowed IP";

/// Version, policy, URL, status, start of the reason (empty if there is none), whether it is delivered.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    u16,
    &'static str,
    bool,
);

#[rustfmt::skip]
const TABLE: &[Row] = &[
    // Without a block, from 0.10 on.
    ("0.16.7", NONE, "http://127.0.0.1:8080/hook", 422, LOOPBACK, false),
    ("0.16.7", NONE, "http://127.1/", 422, LOOPBACK, false),
    ("0.16.7", NONE, "http://127.255.255.254/", 422, LOOPBACK, false),
    ("0.16.7", NONE, "http://2130706433/", 422, LOOPBACK, false),
    ("0.16.7", NONE, "http://0x7f000001/", 422, LOOPBACK, false),
    ("0.16.7", NONE, "http://0x7f.1/", 422, LOOPBACK, false),
    ("0.16.7", NONE, "http://0177.0.0.1/", 422, LOOPBACK, false),
    ("0.16.7", NONE, "http://localhost:8080/", 422, LOCALHOST, false),
    ("0.16.7", NONE, "http://LOCALHOST:8080/", 422, LOCALHOST, false),
    ("0.16.7", NONE, "http://localhost.localdomain/", 422, LOCALHOST, false),
    ("0.16.7", NONE, "http://creel.localhost:8080/", 422, "Webhook host blocked: DNS resolution failed", false),
    ("0.16.7", LOCAL, "http://creel.localhost:8080/", 422, "Webhook host blocked: DNS resolution failed", false),
    ("0.16.7", NONE, "http://host.docker.internal:8080/", 422, LOCALHOST, false),
    ("0.16.7", NONE, "https://user:pass@localhost/", 422, LOCALHOST, false),
    ("0.16.7", NONE, "/path", 422, "Loopback webhooks (relative URLs and localhost) are disabled by default. They bypass", false),
    ("0.16.7", NONE, "//host/path", 422, "Loopback webhooks (relative", false),
    ("0.16.7", NONE, "http://[::1]:8080/", 422, BLOCKED, false),
    ("0.16.7", NONE, "http://[::ffff:127.0.0.1]/", 422, BLOCKED, false),
    ("0.16.7", NONE, "http://0.0.0.0:8080/", 422, BLOCKED, false),
    ("0.16.7", NONE, "http://169.254.169.254/latest", 422, BLOCKED, false),
    ("0.16.7", NONE, "http://192.0.2.1/", 422, BLOCKED, false),
    ("0.16.7", NONE, "http://198.19.0.1/", 422, BLOCKED, false),
    ("0.16.7", NONE, "http://198.51.100.7/", 422, BLOCKED, false),
    ("0.16.7", NONE, "http://203.0.113.9/", 422, BLOCKED, false),
    ("0.16.7", NONE, "http://224.0.0.1/", 422, BLOCKED, false),
    ("0.16.7", NONE, "http://255.255.255.255/", 422, BLOCKED, false),
    ("0.16.7", NONE, "http://[fe80::1]/", 422, BLOCKED, false),
    ("0.16.7", NONE, "http://api.default.svc.cluster.local/", 422, KUBERNETES, false),
    ("0.16.7", NONE, "http://metadata.google.internal/", 422, METADATA, false),
    ("0.16.7", NONE, "http://100.100.100.200/", 422, METADATA, false),
    ("0.16.7", NONE, "http://[fd00:ec2::254]/", 422, METADATA, false),
    ("0.16.7", NONE, "ftp://127.0.0.1/", 422, "Webhook host blocked: scheme 'ftp' not allowed", false),
    ("0.16.7", NONE, "localhost:8080/hook", 422, NO_HOST, false),
    ("0.16.7", NONE, "http:///hook", 422, NO_HOST, false),
    ("0.16.7", NONE, "nonsense", 422, NO_HOST, false),
    ("0.16.7", NONE, "", 422, "\"\" is shorter than 1 character", false),
    ("0.16.7", NONE, "http://127.0.0.1:99999/", 400, "Port out of range 0-65535", false),
    ("0.16.7", NONE, "http://127.0.0.1:http/", 400, "Port could not be cast to integer value as 'http'", false),
    ("0.16.7", NONE, "http://localhost:99999/", 422, LOCALHOST, false),
    ("0.16.7", NONE, "http://[::1/", 400, "Invalid IPv6 URL", false),
    ("0.16.7", NONE, "http://[127.0.0.1]/", 400, "An IPv4 address cannot be in brackets", false),
    ("0.16.7", NONE, "http://a..b/", 400, "encoding with 'idna' codec failed", false),
    ("0.16.7", NONE, "http://10.1.2.3/", 200, "", true),
    ("0.16.7", NONE, "http://172.31.0.1:8080/", 200, "", true),
    ("0.16.7", NONE, "https://192.168.1.5/", 200, "", true),
    ("0.16.7", NONE, "http://100.64.0.1/", 200, "", true),
    ("0.16.7", NONE, "https://hooks.example.com/x?token=1", 200, "", true),
    ("0.16.7", NONE, "HTTPS://hooks.example.com/", 200, "it does not begin with http://", false),
    ("0.16.7", NONE, " https://hooks.example.com/", 200, "it does not begin with http://", false),
    ("0.16.7", NONE, "https://hooks.example.com/\n", 200, "it contains a tab, a line break", false),
    ("0.10", NONE, "http://127.0.0.1/", 422, LOOPBACK, false),
    ("0.16.7", UNKNOWN_KEY, "http://10.1.2.3/", 200, "", true),
    ("0.16.7", HEADERS, "http://10.1.2.3/", 200, "", true),
    ("0.16.7", OFF, "https://10.1.2.3/", 200, "http.disable_webhooks is true", false),
    // With one.
    ("0.16.7", LOCAL, "http://127.0.0.1:8080/hook", 200, "", true),
    ("0.16.7", LOCAL, "http://2130706433:8080/", 200, "", true),
    ("0.16.7", LOCAL, "http://0177.0.0.1/", 200, "the sender cannot parse its host", false),
    ("0.16.7", LOCAL, "http://127.000.000.001/", 200, "the sender cannot parse its host", false),
    ("0.16.7", LOCAL, "http://localhost:8080/", 200, "", true),
    ("0.16.7", LOCAL, "HTTP://LocalHost:8080/", 200, "it does not begin with http://", false),
    ("0.16.7", LOCAL, "http://host.docker.internal:8080/", 200, "", true),
    ("0.16.7", LOCAL, "http://localhost:99999/", 200, "the sender cannot parse its host or port", false),
    ("0.16.7", LOCAL, "/path", 200, "a path goes to the LangGraph server's own app", false),
    ("0.16.7", LOCAL, "http://[::1]:8080/", 422, BLOCKED, false),
    ("0.16.7", LOCAL, "http://0.0.0.0/", 422, BLOCKED, false),
    ("0.16.7", LOOPBACK_ONLY, "http://127.0.0.1/", 422, HTTPS, false),
    ("0.16.7", LOOPBACK_ONLY, "https://127.0.0.1/", 200, "", true),
    ("0.16.7", NO_PRIVATE, "http://10.0.0.1/", 422, PRIVATE, false),
    ("0.16.7", NO_PRIVATE, "http://100.100.100.200/", 422, PRIVATE, false),
    ("0.16.7", NO_PRIVATE, "http://[fc00::1]/", 422, PRIVATE, false),
    ("0.16.7", STRICT, "http://hooks.example.com/", 422, HTTPS, false),
    ("0.16.7", STRICT, "https://hooks.example.com/", 200, "", true),
    ("0.16.7", STRICT, "https://HOOKS.example.com:8443/", 200, "", true),
    ("0.16.7", STRICT, "https://hooks.example.com:8080/", 422, "Webhook port 8080 not allowed", false),
    ("0.16.7", STRICT, "https://a.corp.example/", 200, "", true),
    ("0.16.7", STRICT, "https://corp.example/", 422, DOMAIN, false),
    ("0.16.7", STRICT, "https://evilcorp.example/", 422, DOMAIN, false),
    ("0.16.7", STRICT, "https://localhost/", 422, DOMAIN, false),
    ("0.16.7", STRICT, "https://127.0.0.1/", 200, "", true),
    ("0.16.7", STRICT, "https://[::1]:8443/", 200, "", true),
    ("0.16.7", CLUSTER, "http://a.b.svc.cluster.local/", 200, "", true),
    ("0.16.7", CLUSTER, "http://c.d.svc.cluster.local/", 200, "`*.domain` allows it", false),
    // Before 0.10.
    ("0.9.1", NONE, "http://127.0.0.1:8080/", 200, "", true),
    ("0.8.0", NONE, "http://localhost:8080/", 200, "", true),
    ("0.8.0", NONE, "http://[::1]:8080/", 422, BLOCKED, false),
    ("0.9.1", LOOPBACK_ONLY, "http://localhost/", 422, HTTPS, false),
    ("0.9.1", r#"{"url": {"disable_loopback": true}}"#, "/path", 422, "Loopback webhooks are disabled", false),
    ("0.7.103", NONE, "http://127.0.0.1:8080/", 200, "", true),
    ("0.7.103", NONE, "http://[::1]:8080/", 200, "", true),
    ("0.7.103", HEADERS, "http://127.0.0.1:8080/", 422, NOT_GLOBAL, false),
    ("0.7.103", LOCAL, "http://localhost:8080/", 422, NOT_GLOBAL, false),
    ("0.5.42", LOCAL, "http://192.168.1.5/", 422, NOT_GLOBAL, false),
    ("0.5.42", LOCAL, "http://[::1]/", 422, NOT_GLOBAL, false),
    ("0.6", STRICT, "https://127.0.0.1/", 422, NOT_GLOBAL, false),
    ("0.6", LOOPBACK_ONLY, "http://10.0.0.1/", 422, HTTPS, false),
    ("0.6", NONE, "ftp://10.0.0.1/", 200, "it does not begin with http://", false),
    ("0.4.48", NONE, "http://127.0.0.1:8080/", 200, "", true),
    ("0.4.48", STRICT, "http://127.0.0.1:8080/", 200, "", true),
    ("0.4.48", NONE, "", 422, "\"\" is shorter than 1 character", false),
    ("0.4.48", NONE, "http://127.0.0.1:x/", 200, "the sender cannot parse its host or port", false),
];

fn ask(version: &str, policy: &str, url: &str, name: Name<'_>) -> Diagnosis {
    let policy = Policy::read(policy).unwrap();
    examine(&Question {
        url,
        version: version.parse().unwrap(),
        policy: &policy,
        name,
    })
}

#[test]
fn every_row_has_the_expected_result() {
    for (version, policy, url, status, reason, delivered) in TABLE {
        let found = ask(version, policy, url, Name::Unknown);
        let row = format!("{version} {policy} {url}: {found:#?}");
        assert_eq!(
            (found.status, found.delivered),
            (*status, *delivered),
            "{row}"
        );
        assert_eq!(found.accepted, *status == 200, "{row}");
        let given = found.reason.as_deref().unwrap_or_default();
        assert!(
            given.starts_with(reason) && given.is_empty() == reason.is_empty(),
            "{row}"
        );
    }
}

#[test]
fn offered_blocks_make_urls_deliverable() {
    for (version, policy, url, ..) in TABLE {
        let found = ask(version, policy, url, Name::Unknown);
        for advice in &found.advice {
            let url = advice.url.as_deref().unwrap_or(url);
            for block in [&advice.langgraph_json, &advice.environment]
                .into_iter()
                .flatten()
            {
                let then = ask(version, block, url, Name::Unknown);
                assert!(then.delivered, "{version} {policy} {url}: {advice:#?}");
            }
        }
        // A setting resolves each refusal, except where another check refuses the URL next.
        let settled = [LOOPBACK, LOCALHOST, KUBERNETES, PRIVATE, DOMAIN];
        let remains = ["0177.0.0.1", "localhost:99999", "100.100.100.200"];
        let reason = found.reason.as_deref().unwrap_or_default();
        if settled.contains(&reason) && !remains.iter().any(|host| url.contains(host)) {
            let block = &found.advice[0].langgraph_json;
            assert!(block.is_some(), "{version} {policy} {url}: {found:#?}");
        }
    }
}

#[test]
fn local_development_gets_both_lines_of_the_block() {
    let found = ask("0.16.7", NONE, "http://127.0.0.1:8080/hook", Name::Unknown);
    let block = "\"webhooks\": {\n  \"url\": {\n    \"disable_loopback\": false,\n    \"require_https\": false\n  }\n}";
    assert_eq!(found.advice[0].langgraph_json.as_deref(), Some(block));
    let environment =
        r#"LANGGRAPH_WEBHOOKS='{"url":{"disable_loopback":false,"require_https":false}}'"#;
    assert_eq!(found.advice[0].environment.as_deref(), Some(environment));
    let container = found.advice[1].url.as_deref();
    assert_eq!(container, Some("http://host.docker.internal:8080/hook"));
}

#[test]
fn names_below_localhost_get_an_address() {
    let found = ask(
        "0.16.7",
        NONE,
        "http://creel.localhost:8080/hook",
        Name::Unknown,
    );
    let advice = found
        .advice
        .iter()
        .find(|advice| advice.url.is_some())
        .unwrap();
    assert_eq!(advice.url.as_deref(), Some("http://127.0.0.1:8080/hook"));
    assert!(advice.langgraph_json.is_some(), "{advice:?}");
    assert!(
        advice
            .text
            .starts_with("Names below localhost are for browsers")
    );
}

#[test]
fn a_name_counts_as_its_addresses() {
    let here: IpAddr = "127.0.0.1".parse().unwrap();
    let private: IpAddr = "10.0.0.1".parse().unwrap();
    let ask = |version: &str, policy: &str, name: Name<'_>| {
        let found = ask(version, policy, "http://creel.test/", name);
        (
            found.status,
            found.reason,
            found.delivered,
            found.if_resolved,
        )
    };
    let refused = |text: &str| (422, Some(text.to_owned()), false, false);
    assert_eq!(ask("0.16.7", NONE, Name::Unknown), (200, None, true, true));
    assert_eq!(
        ask("0.16.7", NONE, Name::Resolved(&[private])),
        (200, None, true, false)
    );
    assert_eq!(
        ask("0.16.7", NONE, Name::Resolved(&[private, here])),
        refused(LOOPBACK)
    );
    assert_eq!(
        ask("0.16.7", NO_PRIVATE, Name::Resolved(&[private])),
        refused(PRIVATE)
    );
    assert_eq!(
        ask("0.16.7", NONE, Name::Unresolved),
        refused("Webhook host blocked: DNS resolution failed")
    );
    assert_eq!(
        ask("0.6", LOCAL, Name::Unresolved),
        refused("Failed to resolve webhook host")
    );
    assert_eq!(
        ask("0.6", LOCAL, Name::Resolved(&[private])),
        refused(NOT_GLOBAL)
    );
    assert!(!ask("0.4", NONE, Name::Unresolved).2);
}

#[test]
fn length_is_counted_in_characters() {
    let long = |chars: usize| format!("http://10.0.0.1/{}", "é".repeat(chars - 16));
    for (policy, chars, reason) in [
        (NONE, 4096, None),
        (NONE, 4097, Some("Webhook URL too long")),
        (LOCAL, 2048, None),
        (LOCAL, 2049, Some("Webhook URL too long")),
        (NONE, 65536, Some("Webhook URL too long")),
        (NONE, 65537, Some("is longer than 65536 characters")),
    ] {
        let found = ask("0.16.7", policy, &long(chars), Name::Unknown);
        assert_eq!(found.reason.as_deref(), reason, "{chars}");
    }
    let found = ask("0.16.7", NONE, &long(5000), Name::Unknown);
    assert!(
        found.advice[0]
            .environment
            .as_deref()
            .unwrap()
            .contains("\"max_url_length\":5000")
    );
}

#[test]
fn redirect_advice_depends_on_the_version() {
    let advice_for = |version| {
        format!(
            "{:?}",
            ask(version, NONE, "http://10.0.0.1/", Name::Unknown).advice
        )
    };
    assert!(advice_for("0.16").contains("after 307 or 308 nothing"));
    assert!(advice_for("0.7").contains("this version does not follow redirects"));
    let https = format!(
        "{:?}",
        ask("0.16", NONE, "https://10.0.0.1/", Name::Unknown).advice
    );
    assert!(https.contains("self-signed"));
}
