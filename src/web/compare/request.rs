//! The differences between two request heads: method, path and version, query parameters, header lines.
//!
//! **Invariant:** order and spelling of header lines are compared only if they were recorded for both. What has different bytes is never
//! called identical.

use crate::domain::delivery::Delivery;
use crate::domain::target;
use crate::web::compare::changes::ChangeKind;
use crate::web::compare::named::{Entries, Manner, NamedDiff};
use crate::web::render::excerpt::Excerpt;

/// The differences between two request heads.
pub(crate) struct HeadDiff {
    /// Method, path, version.
    pub(crate) line: Vec<Word>,
    /// Whether all three are the same.
    pub(crate) same_line: bool,
    pub(crate) query: NamedDiff,
    pub(crate) headers: NamedDiff,
    /// Whether order and spelling of the headers are compared: only if they were recorded for both.
    pub(crate) exact: bool,
}

/// A part of the request line.
pub(crate) struct Word {
    pub(crate) label: &'static str,
    pub(crate) kind: ChangeKind,
    pub(crate) a: Excerpt,
    pub(crate) b: Excerpt,
}

impl HeadDiff {
    pub(crate) fn new(a: &Delivery, b: &Delivery) -> Self {
        let exact = a.head.exact && b.head.exact;
        let [a_path, b_path] = paths(&a.summary.target, &b.summary.target);
        let words = |one: &Delivery, path: &str| {
            let summary = &one.summary;
            let (method, version) = (summary.method.clone(), summary.http_version.clone());
            [method, path.to_owned(), version]
        };
        let labels = ["Method", "Path", "Version"].into_iter();
        let words = labels.zip(words(a, a_path).into_iter().zip(words(b, b_path)));
        let line: Vec<_> = words
            .map(|(label, (a, b))| Word {
                label,
                kind: if a == b {
                    ChangeKind::Same
                } else {
                    ChangeKind::Changed
                },
                a: Excerpt::compared(&a, &b),
                b: Excerpt::compared(&b, &a),
            })
            .collect();
        Self {
            same_line: line.iter().all(|word| word.kind == ChangeKind::Same),
            line,
            query: NamedDiff::new(
                &[a, b].map(Entries::query),
                &Manner {
                    exact: true,
                    key: str::to_owned,
                    spelling: "percent-escapes or separators",
                },
            ),
            headers: NamedDiff::new(
                &[a, b].map(Entries::headers),
                &Manner {
                    exact,
                    key: str::to_ascii_lowercase,
                    spelling: "whitespace around values or in line ends",
                },
            ),
            exact,
        }
    }
}

/// The paths below the endpoint. If only the parts before those differ, such as `/hook/x` and `/hook/x/`, everything before the query.
fn paths<'t>(a: &'t str, b: &'t str) -> [&'t str; 2] {
    let below = [a, b].map(target::sub_path);
    let whole = [a, b].map(|target| target.split('?').next().unwrap_or_default());
    if below[0] == below[1] && whole[0] != whole[1] {
        whole
    } else {
        below
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::tests::delivery;

    /// The sentences about query, headers and request line, of two heads.
    fn sentences(a: &str, b: &str) -> [String; 3] {
        let [a, b] = [a, b].map(|raw| {
            let mut one = delivery("HTTP/1.1", true, b"");
            one.head.raw = raw.to_owned().into();
            one.summary.target = one.head.target().into_owned();
            one
        });
        let found = HeadDiff::new(&a, &b);
        let line = found.line.iter().filter(|word| word.kind.differs());
        let line: Vec<_> = line.map(|word| word.label).collect();
        [found.query.sentence, found.headers.sentence, line.join(" ")]
    }

    #[test]
    fn c23_heads_with_different_bytes_are_not_called_identical() {
        let head = |target: &str, lines: &str| format!("POST {target} HTTP/1.1\r\n{lines}\r\n");
        let query = |a: &str, b: &str| {
            let of = |query: &str| head(&format!("/hook/x{query}"), "A: 1\r\n");
            sentences(&of(a), &of(b))[0].clone()
        };
        let escapes = "Same meaning; differs in percent-escapes or separators.";
        for (a, b, expected) in [
            ("?flag", "?flag=", "1 changed."),
            ("?flag", "?flag", "Identical, in the same order."),
            ("?a=%20", "?a=+", escapes),
            ("?a=1", "?a=1&", escapes),
            ("", "?", escapes),
            ("?", "?", "None on both sides."),
            ("?a=%ff", "?a=%fe", "1 changed."),
            ("?a=%ff", "?a=%FF", escapes),
        ] {
            assert_eq!(query(a, b), expected, "{a} {b}");
        }
        let headers = |a: &str, b: &str| sentences(&head("/", a), &head("/", b))[1].clone();
        let blanks = "Same meaning; differs in whitespace around values or in line ends.";
        assert_eq!(headers("A: 1\r\n", "A:1\r\n"), blanks);
        assert_eq!(headers("A: 1\r\n", "A: 1\n"), blanks);
        assert_eq!(
            headers("A: 1\r\n", "A: 1\r\n"),
            "Identical, in the same order."
        );
        let line = |a: &str, b: &str| sentences(&head(a, ""), &head(b, ""))[2].clone();
        assert_eq!(line("/hook/x", "/hook/x/"), "Path");
        assert_eq!(line("/hook/x/a", "http://h/hook/x/a"), "Path");
        assert_eq!(line("/hook/x/a?b", "/hook/x/a?c"), "");
    }
}
