//! Views of the parts of a request target.
//!
//! **Invariant:** the target itself stays as received. Decoding never fails, but it can lose bytes.

use percent_encoding::percent_decode_str;

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

/// The part of a capture target's path after `/hook/{endpoint}`, as received; `/` if there is none.
#[must_use]
pub fn sub_path(target: &str) -> &str {
    let (path, _) = path_and_query(target);
    let behind = path
        .match_indices('/')
        .nth(2)
        .map_or("", |(at, _)| &path[at..]);
    if behind.is_empty() { "/" } else { behind }
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
            (decode(name), decode(value))
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
                name: decode(name),
                value: value.map(shown),
                bytes: (bytes(name), value.map(bytes)),
            }
        })
        .collect()
}

/// A target with its percent escapes decoded, and `+` as a space. For searching only: it cannot be split into its parts any more.
pub(crate) fn decoded(target: &str) -> String {
    decode(target)
}

fn decode(text: &str) -> String {
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
            ("*", "/"),
        ] {
            assert_eq!(sub_path(target), expected, "{target}");
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
