//! A delivery as an entry of an HTTP Archive, version 1.2 (<http://www.softwareishard.com/blog/har-12-spec/>).
//!
//! **Invariant:** members that the format does not define begin with an underscore, as it asks for. Times that creel does not measure are 0,
//! sizes that it does not know are -1.

use std::borrow::Cow;

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::StatusCode;
use serde::Serialize;

use super::error::ExportError;
use crate::contract::delivery::DeliveryJson;
use crate::domain::capture_base::CaptureBase;
use crate::domain::delivery::Delivery;
use crate::domain::target;
use crate::domain::time::Time;

/// What comes after the entries.
pub(super) const END: &str = "\n]}}\n";
/// The type of a body that names none (RFC 9110 section 8.3).
const ANY_TYPE: &str = "application/octet-stream";

/// What comes before the entries.
pub(super) fn start() -> Result<String, ExportError> {
    let creator = serde_json::to_string(&Creator {
        name: "creel",
        version: env!("CARGO_PKG_VERSION"),
    })?;
    Ok(format!(
        "{{\"log\":{{\"version\":\"1.2\",\"creator\":{creator},\"entries\":[\n"
    ))
}

/// Appends one delivery.
pub(super) fn push(
    text: &mut Vec<u8>,
    delivery: &Delivery,
    base: &CaptureBase,
) -> Result<(), ExportError> {
    let entry = Entry {
        started_date_time: delivery.summary.received_at,
        time: 0,
        request: HarRequest::new(delivery, base),
        response: HarResponse::new(delivery),
        cache: Empty {},
        timings: Timings {
            send: 0,
            wait: 0,
            receive: 0,
            comment: "creel does not measure these",
        },
        delivery: DeliveryJson::summary(&delivery.summary),
    };
    Ok(serde_json::to_writer(text, &entry)?)
}

#[derive(Serialize)]
struct Creator {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    started_date_time: Time,
    time: i64,
    request: HarRequest<'a>,
    response: HarResponse<'a>,
    cache: Empty,
    timings: Timings,
    /// What creel found.
    #[serde(rename = "_creel")]
    delivery: DeliveryJson<'a>,
}

#[derive(Serialize)]
struct Empty {}

#[derive(Serialize)]
struct Timings {
    send: i64,
    wait: i64,
    receive: i64,
    comment: &'static str,
}

#[derive(Serialize)]
struct Pair<'a> {
    name: Cow<'a, str>,
    value: Cow<'a, str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HarRequest<'a> {
    method: &'a str,
    url: String,
    http_version: &'a str,
    cookies: Vec<Pair<'a>>,
    headers: Vec<Pair<'a>>,
    query_string: Vec<Pair<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    post_data: Option<PostData<'a>>,
    headers_size: i64,
    body_size: u64,
}

/// A body. The format has no place for bytes that are not text, so their base64 is in `_base64` and `text` is absent.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PostData<'a> {
    mime_type: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(rename = "_base64", skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HarResponse<'a> {
    status: u16,
    status_text: &'static str,
    http_version: &'a str,
    cookies: [Pair<'a>; 0],
    headers: [Pair<'a>; 0],
    content: Content,
    #[serde(rename = "redirectURL")]
    redirect_url: &'static str,
    headers_size: i64,
    body_size: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    size: i64,
    mime_type: &'static str,
}

impl<'a> HarRequest<'a> {
    fn new(delivery: &'a Delivery, base: &CaptureBase) -> Self {
        let summary = &delivery.summary;
        let headers = delivery.head.headers();
        let query = target::query_pairs(&summary.target).into_iter();
        let head_bytes = i64::try_from(delivery.head.raw.len()).ok();
        Self {
            method: &summary.method,
            url: base.url_of(&summary.target),
            http_version: &summary.http_version,
            cookies: cookies(delivery),
            headers: headers.map(|(name, value)| Pair { name, value }).collect(),
            query_string: query.map(owned).collect(),
            post_data: (!delivery.body.is_empty()).then(|| PostData::new(delivery)),
            headers_size: head_bytes.filter(|_| delivery.head.exact).unwrap_or(-1),
            body_size: summary.body.bytes,
        }
    }
}

/// The cookies of the header lines `Cookie`, as sent.
fn cookies(delivery: &Delivery) -> Vec<Pair<'_>> {
    let lines = delivery.head.headers();
    let values = lines.filter(|(name, _)| name.eq_ignore_ascii_case("cookie"));
    let pairs = values.flat_map(|(_, value)| {
        let pairs = value.split(';').map(str::trim);
        let pairs = pairs.filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let owned = |(name, value): (&str, &str)| owned((name.to_owned(), value.to_owned()));
        pairs.map(owned).collect::<Vec<_>>()
    });
    pairs.collect()
}

fn owned<'a>((name, value): (String, String)) -> Pair<'a> {
    let (name, value) = (name.into(), value.into());
    Pair { name, value }
}

impl<'a> PostData<'a> {
    fn new(delivery: &'a Delivery) -> Self {
        let text = std::str::from_utf8(&delivery.body).ok();
        let base64 = || STANDARD.encode(&delivery.body);
        let declared = delivery.head.header("content-type");
        Self {
            mime_type: declared.unwrap_or(ANY_TYPE.into()),
            text,
            base64: text.is_none().then(base64),
        }
    }
}

impl<'a> HarResponse<'a> {
    /// What is known of the response: its status, or 0 if the sender disconnected before it.
    fn new(delivery: &'a Delivery) -> Self {
        let status = delivery
            .summary
            .response
            .map_or(0, |response| response.status);
        let reason = StatusCode::from_u16(status).ok();
        Self {
            status,
            status_text: reason
                .and_then(|status| status.canonical_reason())
                .unwrap_or_default(),
            http_version: &delivery.summary.http_version,
            cookies: [],
            headers: [],
            content: Content {
                size: 0,
                mime_type: "x-unknown",
            },
            redirect_url: "",
            headers_size: -1,
            body_size: -1,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::contract::tests::delivery;

    fn read(head: &[u8], body: &[u8]) -> Value {
        let mut entry = Vec::new();
        push(
            &mut entry,
            &delivery(head, body),
            &CaptureBase::new("http://h:1", Vec::new()),
        )
        .unwrap();
        serde_json::from_slice(&entry).unwrap()
    }

    #[test]
    fn cookies_and_query_are_taken_apart() {
        let head =
            b"GET /hook/x?a=1&a=%20 HTTP/1.1\r\nCookie: a=1; b; c=d=e\r\ncookie: f=2\r\n\r\n";
        let request = read(head, b"")["request"].clone();
        let pair = |name: &str, value: &str| json!({"name": name, "value": value});
        let cookies = [
            pair("a", "1"),
            pair("b", ""),
            pair("c", "d=e"),
            pair("f", "2"),
        ];
        assert_eq!(request["cookies"], json!(cookies));
        assert_eq!(
            request["queryString"],
            json!([pair("a", "1"), pair("a", " ")])
        );
        assert_eq!(request["url"], "http://h:1/hook/x?a=1&a=%20");
        assert_eq!(request["headersSize"], head.len());
        assert_eq!(request.get("postData"), None);
    }

    #[test]
    fn bytes_that_are_no_text_are_base64_in_a_member_of_their_own() {
        let head = b"POST /hook/x HTTP/1.1\r\n\r\n";
        let post = |body| read(head, body)["request"]["postData"].clone();
        assert_eq!(post(b"a\0"), json!({"mimeType": ANY_TYPE, "text": "a\0"}));
        assert_eq!(
            post(b"\xff"),
            json!({"mimeType": ANY_TYPE, "_base64": "/w=="})
        );
    }
}
