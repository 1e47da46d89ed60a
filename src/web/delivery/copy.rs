//! A delivery as text to paste: a curl command that sends it again, its head, the complete request, or its decoded body.
//!
//! **Invariant:** `http` and `head` are the stored bytes. The curl command sends the same method, target, header lines and body; every
//! received text in it is one quoted word.

use std::borrow::Cow;
use std::fmt::Write;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use percent_encoding::{AsciiSet, CONTROLS, percent_encode};

use crate::access::guard;
use crate::app::App;
use crate::content::{self, ContentOptions};
use crate::domain::delivery::Delivery;
use crate::domain::target;
use crate::error::AppError;
use crate::langgraph::guide::quote::{shell_word, shell_word_of_bytes};
use crate::response_memory::{self, PAGE};
use crate::web::layout::error::PageError;
use crate::web::layout::page;
use crate::web::links::copy_form::CopyForm;

/// Longest body as a word of a command, in bytes. Linux allows 128 KiB for one argument.
const BODY_BYTES_MAX: usize = 96 * 1024;
/// Header lines that curl makes itself, from the URL and the body, or that belong to the connection.
const OF_CONNECTION: [&str; 5] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "expect",
];
/// Header lines that curl adds if they are not given.
const OF_CURL: [&str; 3] = ["user-agent", "accept", "content-type"];

/// `GET /inspect/{endpoint}/{seq}/copy/{form}`, as bytes that no browser interprets.
pub(crate) async fn show(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, PageError> {
    let id = page::endpoint_id(&request)?;
    let seq = page::seq(&request)?;
    let form: CopyForm = page::path_part(&request, "form")?;
    app.access.reader(&request, id).await?;
    let charset = page::charset(&request)?;
    let (delivery, reserved) = response_memory::load(&request, &app, (id, seq), 0, PAGE).await?;
    let bytes = match form {
        CopyForm::Curl => {
            let base = app.urls.captures_url(guard::authority(&request));
            let (target, is_encoded) = target_of(&delivery);
            let target = target::origin_form(&target);
            let target = app.urls.below_base(target).unwrap_or(target);
            curl(&delivery, &format!("{base}{target}"), is_encoded).into_bytes()
        }
        CopyForm::Head => delivery.head.raw.to_vec(),
        CopyForm::Http => [&delivery.head.raw[..], &delivery.body[..]].concat(),
        CopyForm::Text => web::block(move || text(&delivery, charset))
            .await
            .map_err(|error| PageError::internal(&error))?
            .ok_or(AppError::NotFound)?,
    };
    let name = format!("delivery-{seq}.{}", form.word());
    let response = HttpResponse::Ok()
        .content_type("application/octet-stream")
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ))
        .body(bytes);
    Ok(response_memory::keep(response, reserved))
}

/// The body as text in UTF-8, exactly as it was before it was coded; `None` if it is no text.
fn text(delivery: &Delivery, charset: Option<&'static str>) -> Option<Vec<u8>> {
    let options = ContentOptions {
        charset: charset.map(str::to_owned),
        text_bytes: usize::MAX,
        ..ContentOptions::default()
    };
    let content = content::read(&delivery.head, &delivery.body, &options);
    content.text.map(String::into_bytes)
}

/// A command that sends a delivery again, to this URL, which differs from the received one if it `is_encoded`.
fn curl(delivery: &Delivery, url: &str, is_encoded: bool) -> String {
    let summary = &delivery.summary;
    let method = match summary.method.as_str() {
        "HEAD" if delivery.body.is_empty() => "--head".to_owned(),
        // With a body, curl refuses `--head`, and would wait for a body of the response.
        "HEAD" => "-X 'HEAD' --ignore-content-length -H 'Connection: close'".to_owned(),
        method => format!("-X {}", shell_word(method)),
    };
    // Without these two, curl rewrites `[1-3]` and `/../` in a URL.
    let mut command = format!("curl --globoff --path-as-is {method} {}", shell_word(url));
    let mut missing = OF_CURL.to_vec();
    for (name, value) in delivery.head.header_bytes() {
        let is = |other: &&str| other.as_bytes().eq_ignore_ascii_case(name);
        missing.retain(|other| !is(other));
        if OF_CONNECTION.iter().any(is) {
            continue;
        }
        // curl sends an empty value only for a name that ends with a semicolon.
        let line = if value.is_empty() {
            [name, b";"].concat()
        } else {
            [name, b": ", value].concat()
        };
        // Writing to a `String` cannot fail.
        let _ = write!(command, " \\\n  -H {}", shell_word_of_bytes(&line));
    }
    if delivery.body.is_empty() {
        missing.retain(|name| *name != "content-type");
    }
    for name in missing {
        let _ = write!(command, " \\\n  -H '{name}:'");
    }
    command.push_str(&body_option(delivery));
    if is_encoded {
        command.push_str("\n# the target is percent-encoded here: it was received with characters that curl does not send");
    }
    command
}

/// The target as received, or percent-encoded where curl would not send it or a terminal would act on it; and which of the two.
fn target_of(delivery: &Delivery) -> (Cow<'_, str>, bool) {
    const ENCODED: &AsciiSet = &CONTROLS.add(b' ');
    let bytes = delivery.head.target_bytes();
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains(|char: char| char.is_control() || char == ' ') => {
            (text.into(), false)
        }
        _ => (percent_encode(bytes, ENCODED).to_string().into(), true),
    }
}

/// The option that sends the body: the text itself, or a file where it is too long or no text.
fn body_option(delivery: &Delivery) -> String {
    let body = &delivery.body;
    if body.is_empty() {
        return String::new();
    }
    match std::str::from_utf8(body) {
        Ok(text) if body.len() <= BODY_BYTES_MAX && !text.chars().any(acts_on_terminal) => {
            format!(" \\\n  --data-raw {}", shell_word(text))
        }
        _ => {
            let seq = delivery.summary.seq;
            format!(" \\\n  --data-binary @body-{seq}.bin\n# body-{seq}.bin: the downloaded body")
        }
    }
}

/// Whether a terminal acts on a character when it is pasted, whatever the shell's quotes: it could end the paste, or type a command.
fn acts_on_terminal(char: char) -> bool {
    char.is_control() && !matches!(char, '\n' | '\t')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::tests::delivery;

    #[test]
    fn a_command_quotes_what_was_received() {
        let mut sent = delivery("HTTP/1.1", true, b"{\"a\": \"it's $(x)\"}");
        let head = "POST /hook/x?a=[1-3]' HTTP/1.1\r\ncontent-type: application/json\r\n\r\n";
        sent.head.raw = head.into();
        let command = curl(&sent, "http://h:1/hook/x?a=[1-3]'", false);
        assert_eq!(
            command,
            "curl --globoff --path-as-is -X 'POST' 'http://h:1/hook/x?a=[1-3]'\\''' \\\n  \
             -H 'content-type: application/json' \\\n  -H 'user-agent:' \\\n  -H 'accept:' \\\n  \
             --data-raw '{\"a\": \"it'\\''s $(x)\"}'"
        );
    }

    #[test]
    fn a_raw_target_is_encoded_where_curl_or_a_terminal_would_not_take_it() {
        for (target, expected) in [
            (&b"/hook/x?n=Zo\xc3\xab"[..], "'http://h/hook/x?n=Zo\u{eb}'"),
            (b"/hook/x?a=b c", "'http://h/hook/x?a=b%20c'"),
            (b"/hook/x?\x1b[201~\x03", "'http://h/hook/x?%1B[201~%03'"),
            (b"/hook/x?\xc2\x9b1m", "'http://h/hook/x?%C2%9B1m'"),
            (b"/hook/x?n=Zo\xeb", "'http://h/hook/x?n=Zo%EB'"),
        ] {
            let mut sent = delivery("HTTP/1.1", true, b"");
            sent.head.raw = [b"POST ", target, b" HTTP/1.1\r\n\r\n"].concat().into();
            let (target, is_encoded) = target_of(&sent);
            let command = curl(&sent, &format!("http://h{target}"), is_encoded);
            assert!(command.contains(expected), "{command}");
            assert_eq!(command.contains("\n# the target"), expected.contains('%'));
        }
    }

    #[test]
    fn a_body_that_is_no_argument_comes_from_a_file() {
        let long = vec![b'x'; BODY_BYTES_MAX + 1];
        for body in [
            &b"\xff"[..],
            b"a\0b",
            b"x\x1b[201~\x03\nrm x\n",
            b"a\rb",
            &long,
        ] {
            let command = curl(&delivery("HTTP/1.1", true, body), "http://h/hook/x", false);
            assert!(command.contains("--data-binary @body-1.bin"), "{command}");
        }
    }
}
