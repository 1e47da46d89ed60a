//! Views of the parts of a request target.
//!
//! **Invariant:** the target itself stays as received. Decoding never fails, but it can lose bytes.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::ids::EndpointId;

/// The beginning of a capture's path.
const HOOK: &str = "/hook";

/// Path and query of a target in origin form (`/a?b`) or absolute form (`http://host/a?b`), RFC 9112 section 3.2.
pub(crate) fn path_and_query(target: &str) -> (&str, Option<&str>) {
    let origin = origin_form(target);
    match origin.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (origin, None),
    }
}

/// A target without scheme and host, which absolute form has.
pub(crate) fn origin_form(target: &str) -> &str {
    if target.starts_with('/') {
        target
    } else {
        behind_authority(target)
    }
}

/// The part after scheme and authority, if they are present.
fn behind_authority(target: &str) -> &str {
    match target.split_once("://") {
        Some((scheme, rest)) if !scheme.contains(['/', '?']) => {
            rest.find(['/', '?']).map_or("", |at| &rest[at..])
        }
        _ => target,
    }
}

/// The part of a capture target's path after `/hook/{endpoint}`, as received; `/` if there is none. Where creel is below a path of its host,
/// a proxy may pass on that path before it.
#[must_use]
pub fn sub_path(target: &str) -> &str {
    let (path, _) = path_and_query(target);
    let starts_here = |at: &usize| {
        let mut parts = path[at + HOOK.len()..].split('/');
        parts.next() == Some("") && parts.next().is_some_and(is_id)
    };
    let mut hooks = path.match_indices(HOOK).map(|(at, _)| at);
    // An id may be percent-encoded.
    let start = hooks.find(starts_here).unwrap_or_default();
    let behind = path[start..].match_indices('/').nth(2);
    behind.map_or("/", |(at, _)| &path[start + at..])
}

fn is_id(text: &str) -> bool {
    text.parse::<EndpointId>().is_ok()
}

/// A path to read: escapes of visible characters are decoded, but not those that would make it another path (`/ \\ ? # %` and white space),
/// nor bytes that are not UTF-8.
#[must_use]
pub(crate) fn readable_path(path: &str) -> Cow<'_, str> {
    if !path.contains('%') {
        return Cow::Borrowed(path);
    }
    let mut shown = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(at) = rest.find('%') {
        let (before, escapes) = rest.split_at(at);
        shown.push_str(before);
        let length = escapes_length(escapes);
        if length == 0 {
            shown.push('%');
            rest = &escapes[1..];
            continue;
        }
        let (escapes, behind) = escapes.split_at(length);
        push_readable(&mut shown, escapes);
        rest = behind;
    }
    shown.push_str(rest);
    Cow::Owned(shown)
}

/// Length of the escapes at the beginning of a text.
fn escapes_length(text: &str) -> usize {
    let is_escape = |piece: &&[u8]| matches!(piece, [b'%', high, low] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit());
    3 * text.as_bytes().chunks(3).take_while(is_escape).count()
}

/// Adds escapes, decoded where that is the same path to read.
fn push_readable(shown: &mut String, escapes: &str) {
    let bytes: Vec<u8> = percent_decode_str(escapes).collect();
    let mut at = 0;
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            let end = at + letter.len_utf8();
            if letter.is_whitespace() || letter.is_control() || "/\\?#%".contains(letter) {
                shown.push_str(&escapes[3 * at..3 * end]);
            } else {
                shown.push(letter);
            }
            at = end;
        }
        let end = at + chunk.invalid().len();
        shown.push_str(&escapes[3 * at..3 * end]);
        at = end;
    }
}

/// Names and values of the query in their order, including repeats, decoded like forms (`+` is a space, invalid UTF-8 is replaced).
pub(crate) fn query_pairs(target: &str) -> Vec<(String, String)> {
    let (_, query) = path_and_query(target);
    let pieces = query
        .unwrap_or_default()
        .split('&')
        .filter(|piece| !piece.is_empty());
    pieces
        .map(|piece| {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            (decoded(name), decoded(value))
        })
        .collect()
}

/// A parameter of a query, with its bytes as they are decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct QueryParam {
    /// As in [`query_pairs`].
    pub(crate) name: String,
    /// `None` without an equals sign. A value that is not UTF-8 stays encoded.
    pub(crate) value: Option<String>,
    /// Both decoded, so that two values that are not UTF-8 are not taken for equal.
    pub(crate) bytes: (Vec<u8>, Option<Vec<u8>>),
}

/// The parameters of the query in their order, including repeats. A name without an equals sign is told from one with an empty value.
pub(crate) fn query_params(target: &str) -> Vec<QueryParam> {
    let query = path_and_query(target).1.unwrap_or_default();
    let bytes = |text: &str| -> Vec<u8> { percent_decode_str(&text.replace('+', " ")).collect() };
    let pieces = query.split('&').filter(|piece| !piece.is_empty());
    pieces
        .map(|piece| {
            let (name, value) = match piece.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (piece, None),
            };
            let shown =
                |text: &str| String::from_utf8(bytes(text)).unwrap_or_else(|_| text.to_owned());
            QueryParam {
                name: decoded(name),
                value: value.map(shown),
                bytes: (bytes(name), value.map(bytes)),
            }
        })
        .collect()
}

/// A text of a target with its percent escapes decoded, and `+` as a space. It cannot be split into its parts any more.
pub(crate) fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " "))
        .decode_utf8_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sub_path_is_what_follows_the_endpoint_byte_for_byte() {
        for (target, expected) in [
            ("/hook/id", "/"),
            ("/hook/id?x=/y", "/"),
            ("/hook/id/", "/"),
            ("/hook/id/a//b/../c%2F?q", "/a//b/../c%2F"),
            ("http://host:1/hook/id/a?token=x", "/a"),
            (
                "/creel/hook/6f1c2f6e-0000-4000-8000-000000000001/a/b?c",
                "/a/b",
            ),
            ("/creel/hook/6f1c2f6e-0000-4000-8000-000000000001", "/"),
            (
                "/hook/hook/6f1c2f6e-0000-4000-8000-000000000001/a/hook/6f1c2f6e-0000-4000-8000-000000000001/b",
                "/a/hook/6f1c2f6e-0000-4000-8000-000000000001/b",
            ),
            ("*", "/"),
        ] {
            assert_eq!(sub_path(target), expected, "{target}");
        }
    }

    #[test]
    fn a_path_is_decoded_where_it_stays_the_same_path() {
        for (path, expected) in [
            ("/a", "/a"),
            ("/caf%C3%A9/%E2%82%AC", "/café/€"),
            ("/%7Euser%2Fx%3Fy%23z", "/~user%2Fx%3Fy%23z"),
            ("/100%/%zz%4", "/100%/%zz%4"),
            ("/%25C3%A9", "/%25C3%A9"),
            ("/a%20b%0Ac%00%5C", "/a%20b%0Ac%00%5C"),
            ("/%ff%C3%A9%c3", "/%ffé%c3"),
            ("/%C3%A9%", "/é%"),
        ] {
            assert_eq!(readable_path(path), expected, "{path}");
        }
    }

    #[test]
    fn query_pairs_keep_order_repeats_bare_names_and_empty_values() {
        let pairs = query_pairs("/hook/id?token=s%2Bcr%20et&n=%C3%BC&empty=&flag&n=a+b&%zz=%ff");
        let expected = [
            ("token", "s+cr et"),
            ("n", "ü"),
            ("empty", ""),
            ("flag", ""),
            ("n", "a b"),
            ("%zz", "\u{fffd}"),
        ];
        assert_eq!(pairs, expected.map(|(n, v)| (n.to_owned(), v.to_owned())));
        assert_eq!(query_pairs("/hook/id"), []);
    }

    #[test]
    fn c23_a_bare_name_is_told_from_an_empty_value() {
        let params = query_params("/hook/id?flag&flag=&n=a+b%20&x=%ff&&");
        let values: Vec<_> = params.iter().map(|one| one.value.as_deref()).collect();
        assert_eq!(values, [None, Some(""), Some("a b "), Some("%ff")]);
        assert_eq!(params[3].bytes, (b"x".to_vec(), Some(b"\xff".to_vec())));
        assert_eq!(query_params("/hook/id?"), []);
    }
}
