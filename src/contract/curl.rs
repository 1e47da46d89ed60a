//! A delivery as a curl command that sends it again.
//!
//! **Invariant:** the command sends the same method, target, header lines and body; every received text in it is one quoted word.

use std::borrow::Cow;
use std::fmt::Write;

use base64::{Engine, engine::general_purpose::STANDARD};
use percent_encoding::{AsciiSet, CONTROLS, percent_encode};

use crate::domain::capture_base::CaptureBase;
use crate::domain::delivery::Delivery;
use crate::langgraph::guide::quote::{shell_word, shell_word_of_bytes};

/// Longest body as a word of a command, in bytes. Linux allows 128 KiB for one argument.
const BODY_BYTES_MAX: usize = 96 * 1024;
/// Bytes of a body per line of base64: 76 characters, as MIME has them.
const BASE64_LINE_BYTES: usize = 57;
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

/// Comment after a command whose target differs from the received one.
const IS_ENCODED: &str = "\n# the target is percent-encoded here: it was received with characters that curl does not send";

/// A command to paste. A body that is too long for a word, or is not text, is read from the downloaded file `body-SEQ.bin`.
pub(crate) fn command_to_paste(delivery: &Delivery, base: &CaptureBase) -> String {
    complete(delivery, base, |command| {
        let seq = delivery.summary.seq;
        // Writing to a `String` cannot fail.
        let _ = write!(
            command,
            " \\\n  --data-binary @body-{seq}.bin\n# body-{seq}.bin: the downloaded body"
        );
    })
}

/// A command for a script. It needs no other file: a body that is not text follows in base64.
pub(crate) fn command_for_script(delivery: &Delivery, base: &CaptureBase) -> String {
    complete(delivery, base, |command| {
        command.insert_str(0, "base64 -d <<'END' | ");
        command.push_str(" \\\n  --data-binary @-\n");
        for line in delivery.body.chunks(BASE64_LINE_BYTES) {
            STANDARD.encode_string(line, command);
            command.push('\n');
        }
        command.push_str("END");
    })
}

/// The command with its body; `push_bytes` adds one that cannot be a word.
fn complete(
    delivery: &Delivery,
    base: &CaptureBase,
    push_bytes: impl FnOnce(&mut String),
) -> String {
    let (target, is_encoded) = target_of(delivery);
    let mut command = command(delivery, &base.url_of(&target));
    match BodyWord::of(&delivery.body) {
        BodyWord::None => {}
        BodyWord::Text(text) => {
            let _ = write!(command, " \\\n  --data-raw {}", shell_word(text));
        }
        BodyWord::Bytes => push_bytes(&mut command),
    }
    if is_encoded {
        command.push_str(IS_ENCODED);
    }
    command
}

/// The target as received, or percent-encoded where curl would not send it or a terminal would act on it; and which of the two.
fn target_of(delivery: &Delivery) -> (Cow<'_, str>, bool) {
    const ENCODED: &AsciiSet = &CONTROLS.add(b' ').add(b'#');
    let bytes = delivery.head.target_bytes();
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains(|char: char| char.is_control() || matches!(char, ' ' | '#')) => {
            (text.into(), false)
        }
        _ => (percent_encode(bytes, ENCODED).to_string().into(), true),
    }
}

/// The command without the body.
fn command(delivery: &Delivery, url: &str) -> String {
    let method = match delivery.summary.method.as_str() {
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
        let _ = write!(command, " \\\n  -H {}", shell_word_of_bytes(&line));
    }
    if delivery.body.is_empty() {
        missing.retain(|name| *name != "content-type");
    }
    for name in missing {
        let _ = write!(command, " \\\n  -H '{name}:'");
    }
    command
}

/// How a command gets its body.
enum BodyWord<'a> {
    None,
    /// As a word.
    Text(&'a str),
    /// From a file: it is too long for a word, or is not text.
    Bytes,
}

impl<'a> BodyWord<'a> {
    fn of(body: &'a [u8]) -> Self {
        match std::str::from_utf8(body) {
            Ok("") => Self::None,
            Ok(text) if body.len() <= BODY_BYTES_MAX && !text.chars().any(acts_on_terminal) => {
                Self::Text(text)
            }
            _ => Self::Bytes,
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
    use crate::contract::tests::delivery;

    fn at(url: &str) -> CaptureBase {
        CaptureBase::new(url, Vec::new())
    }

    #[test]
    fn a_command_quotes_what_was_received() {
        let head =
            b"POST /hook/x?a=[1-3]' HTTP/1.1\r\nHost: h\r\ncontent-type: application/json\r\n\r\n";
        let sent = delivery(head, b"{\"a\": \"it's $(x)\"}");
        let expected = "curl --globoff --path-as-is -X 'POST' 'http://h:1/hook/x?a=[1-3]'\\''' \\\n  \
             -H 'content-type: application/json' \\\n  -H 'user-agent:' \\\n  -H 'accept:' \\\n  \
             --data-raw '{\"a\": \"it'\\''s $(x)\"}'";
        assert_eq!(command_to_paste(&sent, &at("http://h:1")), expected);
        assert_eq!(command_for_script(&sent, &at("http://h:1")), expected);
    }

    #[test]
    fn a_raw_target_is_encoded_where_curl_or_a_terminal_would_not_take_it() {
        for (target, expected) in [
            (&b"/hook/x?n=Zo\xc3\xab"[..], "'http://h/hook/x?n=Zo\u{eb}'"),
            (b"/hook/x?a=b c", "'http://h/hook/x?a=b%20c'"),
            (b"/hook/x?\x1b[201~\x03", "'http://h/hook/x?%1B[201~%03'"),
            (b"/hook/x?\xc2\x9b1m", "'http://h/hook/x?%C2%9B1m'"),
            (b"/hook/x?a=b#c", "'http://h/hook/x?a=b%23c'"),
            (b"/hook/x?n=Zo\xeb", "'http://h/hook/x?n=Zo%EB'"),
        ] {
            let head = [b"POST ", target, b" HTTP/1.1\r\n\r\n"].concat();
            let sent = delivery(&head, b"");
            for command in [
                command_to_paste(&sent, &at("http://h")),
                command_for_script(&sent, &at("http://h")),
            ] {
                assert!(command.contains(expected), "{command}");
                assert_eq!(command.contains("\n# the target"), expected.contains('%'));
            }
        }
    }

    #[test]
    fn a_body_that_is_no_argument_comes_from_a_file_or_from_base64() {
        let long = vec![b'x'; BODY_BYTES_MAX + 1];
        for body in [
            &b"\xff"[..],
            b"a\0b",
            b"x\x1b[201~\x03\nrm x\n",
            b"a\rb",
            &long,
        ] {
            let sent = delivery(b"POST /hook/x HTTP/1.1\r\n\r\n", body);
            let pasted = command_to_paste(&sent, &at("http://h"));
            assert!(pasted.contains("--data-binary @body-1.bin"), "{pasted}");
            let script = command_for_script(&sent, &at("http://h"));
            let lines = script
                .lines()
                .skip_while(|line| *line != "  --data-binary @-");
            let base64: String = lines.skip(1).take_while(|line| *line != "END").collect();
            assert_eq!(STANDARD.decode(base64).unwrap(), body);
        }
    }
}
