//! A header value with parameters: `form-data; name="a"; filename*=UTF-8''b`.
//!
//! **Invariant:** any text can be read; a quoted text without its end goes to the end of the line.

use encoding_rs::Encoding;
use percent_encoding::percent_decode_str;

/// Most parameters that are read.
const PARAMETERS_MAX: usize = 100;

/// A value and its parameters.
#[derive(Debug, Default)]
pub(super) struct Parameters {
    /// What is before the first `;`, in lower case.
    pub(super) value: String,
    pairs: Vec<(String, String)>,
}

impl Parameters {
    /// Reads a header value.
    pub(super) fn parse(text: &str) -> Self {
        let (value, mut rest) = text.split_once(';').unwrap_or((text, ""));
        let mut pairs = Vec::new();
        while !rest.trim().is_empty() && pairs.len() < PARAMETERS_MAX {
            let end = rest.find(['=', ';']).unwrap_or(rest.len());
            let name = rest[..end].trim().to_ascii_lowercase();
            let behind = &rest[end..];
            let Some(written) = behind.strip_prefix('=') else {
                rest = behind.strip_prefix(';').unwrap_or_default();
                continue;
            };
            let (value, behind) = one_value(written);
            pairs.push((name, value));
            rest = behind;
        }
        Self {
            value: value.trim().to_ascii_lowercase(),
            pairs,
        }
    }

    /// A parameter: first in the extended form (RFC 5987), then in pieces (RFC 2231), then as it is. The first of several with the same
    /// name counts.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let extended = self.plain(&format!("{name}*")).and_then(extended);
        extended
            .or_else(|| self.pieces(name))
            .or_else(|| self.plain(name).map(str::to_owned))
    }

    /// A parameter in its plain form.
    pub(super) fn plain(&self, name: &str) -> Option<&str> {
        let mut pairs = self.pairs.iter();
        pairs
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.as_str())
    }

    /// `name*0*`, `name*1`, ... put together.
    fn pieces(&self, name: &str) -> Option<String> {
        let mut bytes = Vec::new();
        let mut charset = None;
        for index in 0..PARAMETERS_MAX {
            if let Some(piece) = self.plain(&format!("{name}*{index}*")) {
                let text = match piece.split('\'').collect::<Vec<_>>()[..] {
                    [label, _, text] if index == 0 => {
                        charset = Encoding::for_label(label.as_bytes());
                        text
                    }
                    _ => piece,
                };
                bytes.extend(percent_decode_str(text));
            } else if let Some(piece) = self.plain(&format!("{name}*{index}")) {
                bytes.extend_from_slice(piece.as_bytes());
            } else {
                break;
            }
        }
        let text = charset.unwrap_or(encoding_rs::UTF_8).decode(&bytes).0;
        (!bytes.is_empty()).then(|| text.into_owned())
    }
}

/// A value after `=`, and what is after the `;` behind it.
fn one_value(written: &str) -> (String, &str) {
    let written = written.trim_start();
    let Some(quoted) = written.strip_prefix('"') else {
        let (value, behind) = written.split_once(';').unwrap_or((written, ""));
        return (value.trim().to_owned(), behind);
    };
    let mut value = String::new();
    let mut letters = quoted.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => {
                let behind = &quoted[at + 1..];
                return (value, behind.split_once(';').map_or("", |(_, rest)| rest));
            }
            // A backslash before another character is one of a path on Windows.
            '\\' => {
                let escaped = letters.next_if(|(_, next)| matches!(next, '"' | '\\'));
                value.push(escaped.map_or('\\', |(_, next)| next));
            }
            other => value.push(other),
        }
    }
    (value, "")
}

/// `UTF-8''na%C3%AFve` decoded (RFC 5987 section 3.2).
fn extended(value: &str) -> Option<String> {
    let (charset, rest) = value.split_once('\'')?;
    let (_, text) = rest.split_once('\'')?;
    let charset = Encoding::for_label(charset.as_bytes())?;
    let bytes: Vec<u8> = percent_decode_str(text).collect();
    Some(charset.decode(&bytes).0.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn got(text: &str, name: &str) -> Option<String> {
        Parameters::parse(text).get(name)
    }

    #[test]
    fn values_are_read_with_and_without_quotes() {
        let text = "Multipart/Form-Data ;BOUNDARY=\"a;b=c\\\"d\" ; charset = utf-8;bare; x=\"open";
        assert_eq!(Parameters::parse(text).value, "multipart/form-data");
        assert_eq!(got(text, "boundary").as_deref(), Some("a;b=c\"d"));
        assert_eq!(got(text, "charset").as_deref(), Some("utf-8"));
        assert_eq!(got(text, "bare"), None);
        assert_eq!(got(text, "x").as_deref(), Some("open"));
        assert_eq!(
            got("a; f=\"C:\\temp\\x.txt\"", "f").as_deref(),
            Some("C:\\temp\\x.txt")
        );
    }

    #[test]
    fn the_extended_form_is_preferred() {
        let text = "form-data; filename=\"na_ve.txt\"; filename*=UTF-8''na%C3%AFve.txt";
        assert_eq!(got(text, "filename").as_deref(), Some("naïve.txt"));
        let latin = "a; f*=iso-8859-1'en'%A3%20rates";
        assert_eq!(got(latin, "f").as_deref(), Some("£ rates"));
        assert_eq!(got("a; f=x; f*=unknown''y", "f").as_deref(), Some("x"));
        let pieces = "a; f*1=\"b c.txt\"; f*0*=utf-8''%C3%A4";
        assert_eq!(got(pieces, "f").as_deref(), Some("äb c.txt"));
    }
}
