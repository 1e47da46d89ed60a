//! The addresses that proxies name in `X-Forwarded-For` and `Forwarded` (RFC 7239), in every usual spelling.
//!
//! **Invariant:** what is not an address is `None`, never left out: every proxy adds to the end, so what comes before an entry that cannot
//! be read may have been written by anyone.

use std::net::IpAddr;

/// The addresses in the lines of `X-Forwarded-For`, last first.
pub(super) fn x_forwarded_for(lines: &[impl AsRef<str>]) -> impl Iterator<Item = Option<IpAddr>> {
    let entries = lines
        .iter()
        .rev()
        .flat_map(|line| line.as_ref().rsplit(','));
    entries.map(|entry| address(unquoted(entry.trim())?.trim()))
}

/// The addresses in the lines of `Forwarded`, last first.
pub(super) fn forwarded(lines: &[impl AsRef<str>]) -> impl Iterator<Item = Option<IpAddr>> {
    let lines = lines.iter().rev();
    let elements = lines.flat_map(|line| split(line.as_ref(), ',').into_iter().rev());
    elements.map(|element| address(&named_client(element)?))
}

/// The value of `for` in an element of `Forwarded`, which has it once.
fn named_client(element: &str) -> Option<String> {
    let mut found = None;
    for pair in split(element, ';') {
        let (name, value) = pair.split_once('=')?;
        let value = unquoted(value.trim())?;
        if name.trim().eq_ignore_ascii_case("for") && found.replace(value).is_some() {
            return None;
        }
    }
    found
}

/// The parts of a text between separators that are not inside quotation marks.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut start) = (Vec::new(), 0);
    let (mut quoted, mut escaped) = (false, false);
    for (at, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if letter == separator && !quoted => {
                parts.push(&text[start..at]);
                start = at + letter.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// The text of a quoted string (RFC 9110 section 5.6.4), or a text without quotation marks as it is.
fn unquoted(text: &str) -> Option<String> {
    let Some(rest) = text.strip_prefix('"') else {
        return (!text.contains('"')).then(|| text.to_owned());
    };
    let mut plain = String::new();
    let mut letters = rest.chars();
    loop {
        match letters.next()? {
            '"' => return letters.next().is_none().then_some(plain),
            '\\' => plain.push(letters.next()?),
            letter => plain.push(letter),
        }
    }
}

/// The address in `192.0.2.1`, `192.0.2.1:port`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:port`.
fn address(node: &str) -> Option<IpAddr> {
    let (ip, port) = match node.strip_prefix('[') {
        Some(rest) => {
            let (ip, rest) = rest.split_once(']')?;
            let port = (!rest.is_empty()).then(|| rest.strip_prefix(':'));
            (
                IpAddr::V6(ip.parse().ok()?),
                port.map_or(Some(None), |port| port.map(Some))?,
            )
        }
        None => match node.split_once(':') {
            Some((ip, port)) if !port.contains(':') => (IpAddr::V4(ip.parse().ok()?), Some(port)),
            _ => (node.parse().ok()?, None),
        },
    };
    port.is_none_or(is_port).then(|| ip.to_canonical())
}

/// A number, or a name that hides it (RFC 7239 section 6.3).
fn is_port(text: &str) -> bool {
    let is_hidden = || {
        let in_a_name = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        text.len() > 1 && text.starts_with('_') && text.bytes().all(in_a_name)
    };
    text.parse::<u16>().is_ok() || is_hidden()
}

#[cfg(test)]
mod tests {
    use super::*;

    const V4: &str = "203.0.113.9";
    const V6: &str = "2001:db8::1";

    fn texts(found: impl Iterator<Item = Option<IpAddr>>) -> Vec<String> {
        let text = |ip: Option<IpAddr>| ip.map_or("-".to_owned(), |ip| ip.to_string());
        found.map(text).collect()
    }

    #[test]
    fn an_address_is_read_in_every_spelling() {
        for (entry, expected) in [
            ("203.0.113.9", V4),
            (" 203.0.113.9 ", V4),
            ("203.0.113.9:51234", V4),
            ("\"203.0.113.9:51234\"", V4),
            ("::ffff:203.0.113.9", V4),
            ("[::ffff:203.0.113.9]:51234", V4),
            ("2001:db8::1", V6),
            ("2001:DB8:0::1", V6),
            ("[2001:db8::1]", V6),
            ("[2001:db8::1]:4711", V6),
            ("\"[2001:db8::1]:4711\"", V6),
            ("[2001:db8::1]:_http", V6),
        ] {
            assert_eq!(texts(x_forwarded_for(&[entry])), [expected], "{entry}");
            let element = format!("proto=https; For={};by=_x", entry.trim());
            assert_eq!(texts(forwarded(&[element])), [expected], "{entry}");
        }
    }

    #[test]
    fn what_is_not_an_address_is_not_guessed() {
        for entry in [
            "",
            " ",
            "unknown",
            "_hidden",
            "nonsense",
            "203.0.113",
            "203.0.113.9.1",
            "203.0.113.9:",
            "203.0.113.9:x",
            "203.0.113.9:99999",
            "203.0.113.9 198.51.100.1",
            "[203.0.113.9]",
            "[2001:db8::1",
            "[2001:db8::1]4711",
            "[2001:db8::1]:",
            "2001:db8::1]:4711",
            "\"203.0.113.9",
            "203.0.113.9\"",
            "\"203.0.113.9\"x",
            "\u{fffd}",
        ] {
            assert_eq!(texts(x_forwarded_for(&[entry])), ["-"], "{entry}");
            let element = format!("for={entry}");
            assert_eq!(texts(forwarded(&[element])), ["-"], "{entry}");
        }
        for element in ["", "proto=https", "for", "for=192.0.2.1;for=192.0.2.2"] {
            assert_eq!(texts(forwarded(&[element])), ["-"], "{element}");
        }
    }

    #[test]
    fn the_last_entry_of_the_last_line_is_first() {
        let lines = ["192.0.2.1,192.0.2.2:1", "", "[2001:db8::1],192.0.2.3"];
        let expected = ["192.0.2.3", V6, "-", "192.0.2.2", "192.0.2.1"];
        assert_eq!(texts(x_forwarded_for(&lines)), expected);
        let lines = [
            "for=192.0.2.1;by=\"a,b;c\", FOR = \"192.0.2.2:1\"",
            "",
            "for=\"\\[2001:db8::1]\",proto=http;for=192.0.2.3",
        ];
        assert_eq!(texts(forwarded(&lines)), expected);
    }

    /// What a client writes comes before what the proxy adds, on the same line.
    #[test]
    fn no_beginning_changes_how_the_entry_of_the_proxy_is_read() {
        for added in [", for=203.0.113.9", ", for=\"203.0.113.9:1\""] {
            for written in [
                "for=198.51.100.1",
                "for=198.51.100.1, for=\"",
                "for=\"198.51.100.1",
                "for=\"198.51.100.1\\",
                "for=198.51.100.1;x=\"",
                "\"",
                ";;",
            ] {
                let read = texts(forwarded(&[format!("{written}{added}")]));
                assert!(read[0] == V4 || read[0] == "-", "{written}: {read:?}");
            }
        }
    }
}
