//! Removes creel's own cookies from the head of a captured request. If captures and pages share a host, a browser that opens a capture URL
//! sends these cookies.
//!
//! **Invariant:** the returned head contains no value of such a cookie; all other bytes are unchanged.

use std::borrow::Cow;

use bytes::Bytes;
use memchr::memmem;

use super::head::Head;

/// What replaces the value of a cookie.
pub const REMOVED: &str = "removed-by-creel";

const COOKIE: &[u8] = b"cookie";
/// Part of the name of every cookie that any version of creel sets: `creel_owner`, `__Host-creel_session_1a2b3c4d`.
const NAME_PART: &[u8] = b"creel_";

/// The head without the values of creel's cookies; `None` if it has none, as usual.
#[must_use]
pub fn without_own_cookies(head: &Head) -> Option<Head> {
    let raw = without_values(&head.raw)?;
    Some(Head {
        raw: Bytes::from(raw),
        exact: head.exact,
    })
}

/// Whether values were removed from this head.
#[must_use]
pub fn are_removed_from(head: &Head) -> bool {
    let has_removed = |value: &[u8]| memmem::find(value, REMOVED.as_bytes()).is_some();
    has_removed(&head.raw)
        && head
            .header_bytes()
            .any(|(name, value)| name.eq_ignore_ascii_case(COOKIE) && has_removed(value))
}

/// As [`without_own_cookies`], for the bytes of a head.
#[must_use]
pub fn without_values(head: &[u8]) -> Option<Vec<u8>> {
    memmem::find(head, NAME_PART)?;
    let lines: Vec<Cow<'_, [u8]>> = head
        .split_inclusive(|byte| *byte == b'\n')
        .map(line)
        .collect();
    let changed = lines.iter().any(|line| matches!(line, Cow::Owned(_)));
    changed.then(|| lines.concat())
}

/// A line of a head; owned if a value was removed.
fn line(line: &[u8]) -> Cow<'_, [u8]> {
    let name_end = line.iter().position(|byte| *byte == b':');
    let Some((name, rest)) = name_end.map(|end| line.split_at(end + 1)) else {
        return line.into();
    };
    if !name[..name.len() - 1]
        .trim_ascii()
        .eq_ignore_ascii_case(COOKIE)
    {
        return line.into();
    }
    let pairs: Vec<Cow<'_, [u8]>> = rest
        .split_inclusive(|byte| *byte == b';')
        .map(pair)
        .collect();
    if pairs.iter().all(|pair| matches!(pair, Cow::Borrowed(_))) {
        return line.into();
    }
    [name, &pairs.concat()].concat().into()
}

/// A name with its value, and the `;` or line end after it. Names are matched broadly: servers parse cookies differently, and removing too
/// many values does no harm.
fn pair(pair: &[u8]) -> Cow<'_, [u8]> {
    let Some(equals) = pair.iter().position(|byte| *byte == b'=') else {
        return pair.into();
    };
    let (name, value) = pair.split_at(equals + 1);
    if memmem::find(pair, NAME_PART).is_none() {
        return pair.into();
    }
    let is_end = |byte: &u8| b";\r\n".contains(byte);
    let end = value
        .iter()
        .rposition(|byte| !is_end(byte))
        .map_or(0, |last| last + 1);
    if &value[..end] == REMOVED.as_bytes() {
        return pair.into();
    }
    [name, REMOVED.as_bytes(), &value[end..]].concat().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn removed(head: &str) -> Option<String> {
        without_values(head.as_bytes()).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn values_of_own_cookies_are_removed_and_nothing_else_changes() {
        let head = "GET /hook/x?creel_owner=kept HTTP/1.1\r\nHost: h\r\nX-creel_owner: kept\r\n\
                    cookie:  theme=dark; creel_owner_1a2b3c4d=SECRET; __Host-creel_session_1=SECRET;creel_key=SECRET\r\n\
                    Cookie: a=b\r\nCOOKIE : creel_deployment_1=url=SECRET&x=SECRET;  z=1;\r\n\r\n";
        let expected = "GET /hook/x?creel_owner=kept HTTP/1.1\r\nHost: h\r\nX-creel_owner: kept\r\n\
                        cookie:  theme=dark; creel_owner_1a2b3c4d=removed-by-creel; __Host-creel_session_1=removed-by-creel;creel_key=removed-by-creel\r\n\
                        Cookie: a=b\r\nCOOKIE : creel_deployment_1=removed-by-creel;  z=1;\r\n\r\n";
        assert_eq!(removed(head).as_deref(), Some(expected));
        assert_eq!(removed(expected), None);
    }

    #[test]
    fn odd_spellings_leave_no_value_either() {
        for line in [
            "Cookie: x=\"creel_owner=SECRET\"",
            "Cookie: a=b,creel_owner=SECRET",
            "Cookie: creel_owner = SECRET ",
            "Cookie:creel_operator=SECRET",
            "Cookie: creel_owner==SECRET",
        ] {
            for end in ["\r\n\r\n", "\n\n", ""] {
                let head = format!("GET / HTTP/1.1\r\n{line}{end}");
                let left = removed(&head).unwrap_or(head);
                assert!(!left.contains("SECRET"), "{left}");
                assert!(left.ends_with(end), "{left}");
            }
        }
    }

    #[test]
    fn other_heads_are_unchanged() {
        for head in [
            "GET / HTTP/1.1\r\nCookie: a=b\r\n\r\n",
            "GET /?creel_owner=x HTTP/1.1\r\nX: creel_owner=x\r\n\r\n",
            "GET / HTTP/1.1\r\nCookie: creel_owner\r\n\r\n",
            "",
        ] {
            assert_eq!(removed(head), None, "{head}");
        }
    }
}
