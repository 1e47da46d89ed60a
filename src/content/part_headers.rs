//! The header lines of a part: its name, its file name, its type.
//!
//! **Invariant:** lines keep their order and spelling; a value is decoded, but otherwise as sent.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::Encoding;

use super::detection::guessed;
use super::parameters::Parameters;
use super::transfer::quoted_printable;

/// Most header lines of a part.
const LINES_MAX: usize = 100;
/// Most bytes of the header lines of a part.
const BYTES_MAX: usize = 16 * 1024;

/// Longest encoded word, in bytes. RFC 2047 allows 75, and mail programs write more.
const WORD_BYTES_MAX: usize = 1024;

/// Header lines of a part.
#[derive(Debug, Default)]
pub(super) struct PartHeaders {
    /// Name and value of each line.
    pub(super) lines: Vec<(String, String)>,
}

impl PartHeaders {
    /// Reads them. A line that begins with a space continues the one before (RFC 5322 section 2.2.3).
    pub(super) fn parse(head: &[u8]) -> Self {
        let text = guessed(&head[..head.len().min(BYTES_MAX)]);
        let mut lines: Vec<(String, String)> = Vec::new();
        for line in text.split('\n') {
            let line = line.strip_suffix('\r').unwrap_or(line);
            if let (true, Some((_, value))) = (line.starts_with([' ', '\t']), lines.last_mut()) {
                value.push(' ');
                value.push_str(line.trim());
            } else if !line.trim().is_empty() && lines.len() < LINES_MAX {
                let (name, value) = line.split_once(':').unwrap_or((line, ""));
                lines.push((name.trim().to_owned(), value.trim().to_owned()));
            }
        }
        Self { lines }
    }

    /// Value of the first line with that name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut lines = self.lines.iter();
        let found = lines.find(|(found, _)| found.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Name and file name. A file name may also be the `name` of Content-Type, as mail has it.
    pub(super) fn names(&self) -> (Option<String>, Option<String>) {
        let disposition = Parameters::parse(self.get("content-disposition").unwrap_or_default());
        let name = disposition.get("name").map(|name| shown(&name));
        let filename = disposition.get("filename").or_else(|| {
            let is_form = disposition.value == "form-data";
            let declared = Parameters::parse(self.get("content-type").unwrap_or_default());
            declared.get("name").filter(|_| !is_form)
        });
        (name, filename.map(|name| shown(&name)))
    }
}

/// A name as its sender meant it: encoded words of mail (RFC 2047), and the escapes of browsers for characters that end a quoted text
/// (WHATWG HTML, "multipart/form-data encoding algorithm").
fn shown(name: &str) -> String {
    let name = words_decoded(name);
    name.replace("%22", "\"")
        .replace("%0D", "\r")
        .replace("%0A", "\n")
}

/// A text with its encoded words decoded: `=?UTF-8?B?w6Q=?=`. What cannot be decoded stays.
fn words_decoded(text: &str) -> String {
    let mut decoded = String::new();
    let mut rest = text;
    let mut after_word = false;
    while let Some(at) = rest.find("=?") {
        let (before, word) = rest.split_at(at);
        let Some((found, behind)) = one_word(word) else {
            decoded.push_str(before);
            decoded.push_str("=?");
            rest = &word[2..];
            after_word = false;
            continue;
        };
        // White space between two words is only there to separate them.
        if !(after_word && before.trim().is_empty()) {
            decoded.push_str(before);
        }
        decoded.push_str(&found);
        rest = behind;
        after_word = true;
    }
    decoded + rest
}

/// The encoded word at the beginning of a text, and what is behind it.
fn one_word(text: &str) -> Option<(String, &str)> {
    let mut pieces = text.strip_prefix("=?")?.splitn(3, '?');
    let charset = Encoding::for_label(pieces.next()?.split('*').next()?.as_bytes())?;
    let form = pieces.next()?;
    let rest = pieces.next()?;
    // Only so far, because each of many beginnings would search all of the rest.
    let end = rest[..rest.floor_char_boundary(WORD_BYTES_MAX)].find("?=")?;
    let (encoded, behind) = (&rest[..end], &rest[end + 2..]);
    let bytes = match form {
        "B" | "b" => STANDARD.decode(encoded).ok()?,
        "Q" | "q" => quoted_printable(encoded.replace('_', " ").as_bytes()),
        _ => return None,
    };
    Some((charset.decode(&bytes).0.into_owned(), behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(disposition: &[u8]) -> (Option<String>, Option<String>) {
        PartHeaders::parse(&[b"content-disposition: ", disposition].concat()).names()
    }

    fn filename(disposition: &[u8]) -> String {
        names(disposition).1.unwrap_or_default()
    }

    #[test]
    fn lines_are_unfolded() {
        let headers = PartHeaders::parse(
            b"Content-Type: text/plain;\r\n  charset=utf-8\r\nX-Empty:\r\nno colon\r\n",
        );
        let lines = headers
            .lines
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        assert_eq!(
            lines.collect::<Vec<_>>(),
            [
                "Content-Type=text/plain; charset=utf-8",
                "X-Empty=",
                "no colon="
            ]
        );
        let many = PartHeaders::parse("a: b\n".repeat(1_000).as_bytes());
        assert_eq!(many.lines.len(), LINES_MAX);
    }

    #[test]
    fn file_names_are_read_in_every_form() {
        let cases: [(&[u8], &str); 9] = [
            (b"form-data; name=\"f\"; filename=\"a b.txt\"", "a b.txt"),
            ("form-data; filename=\"naïve.txt\"".as_bytes(), "naïve.txt"),
            (b"form-data; filename=\"na\xefve.txt\"", "naïve.txt"),
            (b"attachment; filename*=UTF-8''na%C3%AFve.txt", "naïve.txt"),
            (
                b"attachment; filename*0=\"long \"; filename*1=\"name.txt\"",
                "long name.txt",
            ),
            (
                b"form-data; filename=\"=?UTF-8?B?bmHDr3ZlLnR4dA==?=\"",
                "naïve.txt",
            ),
            (
                b"form-data; filename=\"=?iso-8859-1?Q?na=EFve_?= =?utf-8?q?x.txt?=\"",
                "naïve x.txt",
            ),
            (
                b"form-data; filename=\"say %22hi%22.txt\"",
                "say \"hi\".txt",
            ),
            (
                b"form-data; filename=\"=?utf-8?X?abc?=\"",
                "=?utf-8?X?abc?=",
            ),
        ];
        for (disposition, expected) in cases {
            assert_eq!(filename(disposition), expected);
        }
        assert_eq!(names(b"form-data; name=a").0.as_deref(), Some("a"));
    }

    #[test]
    fn mail_names_files_in_the_content_type() {
        let mail = PartHeaders::parse(b"Content-Type: image/png; name=\"a.png\"");
        assert_eq!(mail.names().1.as_deref(), Some("a.png"));
        let form = PartHeaders::parse(
            b"Content-Disposition: form-data; name=x\nContent-Type: text/plain; name=\"y\"",
        );
        assert_eq!(form.names(), (Some("x".to_owned()), None));
    }
}
