//! Captured text as HTML: escaped, with all characters made visible that could hide or reorder text.
//!
//! **Invariant:** the output consists only of character data, `<span>` and `<span class="ctl">`, whatever the input.

use std::fmt::{self, Display, Formatter, Write};

use askama::filters::HtmlSafe;

use crate::domain::beginning::Beginning;

/// Captured text to show, with its control characters visible.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown<'a> {
    text: &'a str,
    lines: bool,
}

impl<'a> Shown<'a> {
    /// Text for one line: line ends and tabs are made visible too.
    pub(crate) fn line(text: &'a str) -> Self {
        Self { text, lines: false }
    }

    /// Text of several lines: line feeds and tabs are kept.
    pub(crate) fn block(text: &'a str) -> Self {
        Self { text, lines: true }
    }
}

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write(f, self.text, self.lines)
    }
}

impl HtmlSafe for Shown<'_> {}

/// Owned captured text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line(pub(crate) String);

impl Display for Line {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write(f, &self.0, false)
    }
}

impl HtmlSafe for Line {}

impl Line {
    /// The text as received, for attributes, where askama escapes it.
    pub(crate) fn raw(&self) -> &str {
        &self.0
    }
}

/// Owned captured text of several lines.
#[derive(Clone, Debug)]
pub(crate) struct Block(pub(crate) String);

impl Display for Block {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write(f, &self.0, true)
    }
}

impl HtmlSafe for Block {}

/// The longest beginning of a text with at most this weight.
pub(crate) fn fitting(text: &str, weight_max: usize) -> Beginning<'_> {
    let mut weight = 0;
    let over = text.char_indices().find(|(_, found)| {
        weight += weigh(*found);
        weight > weight_max
    });
    Beginning::of_bytes(text, over.map_or(text.len(), |(at, _)| at))
}

/// Weight of a line without its text.
pub(crate) const LINE_WEIGHT: usize = 48;
/// Weight of a character that becomes an element.
const HIDDEN_WEIGHT: usize = 160;

/// Weight of a character on a page: at least its bytes of HTML, and more if browsers are slow to render it.
pub(crate) fn weigh(found: char) -> usize {
    match found {
        '<' | '>' | '&' | '"' | '\'' => "&quot;".len(),
        '\n' => LINE_WEIGHT,
        _ if is_hidden(found) => HIDDEN_WEIGHT,
        _ => found.len_utf8(),
    }
}

/// Longer texts are split into elements of about this many bytes. Chromium takes seconds to break 256 kB of text with several fonts into
/// lines if it is one element, and hundredths of a second if it is many.
const RUN_BYTES: usize = 4 * 1024;

/// Writes `text` as HTML; `lines` keeps line feeds and tabs.
pub(crate) fn write(out: &mut impl Write, text: &str, lines: bool) -> fmt::Result {
    if text.len() <= RUN_BYTES {
        return write_run(out, text, lines);
    }
    let mut rest = text;
    while !rest.is_empty() {
        let (run, behind) = rest.split_at(run_end(rest));
        out.write_str("<span>")?;
        write_run(out, run, lines)?;
        out.write_str("</span>")?;
        rest = behind;
    }
    Ok(())
}

/// End of the first element: between two characters that do not combine, if there are any nearby.
fn run_end(text: &str) -> usize {
    let start = text.ceil_char_boundary(RUN_BYTES);
    let near = text.get(start..).unwrap_or_default().as_bytes();
    let plain = near.windows(2).take(256).position(<[u8]>::is_ascii);
    start + plain.map_or(0, |at| at + 1)
}

fn write_run(out: &mut impl Write, text: &str, lines: bool) -> fmt::Result {
    let mut plain = 0;
    for (at, found) in text.char_indices() {
        let replaced = match found {
            '<' | '>' | '&' | '"' | '\'' => true,
            '\n' | '\t' => !lines,
            _ => is_hidden(found),
        };
        if !replaced {
            continue;
        }
        out.write_str(&text[plain..at])?;
        plain = at + found.len_utf8();
        match found {
            '<' => out.write_str("&lt;")?,
            '>' => out.write_str("&gt;")?,
            '&' => out.write_str("&amp;")?,
            '"' => out.write_str("&quot;")?,
            '\'' => out.write_str("&#39;")?,
            hidden => write_hidden(out, hidden)?,
        }
    }
    out.write_str(&text[plain..])
}

/// Controls, bidirectional overrides and isolates, invisible characters. The two joiners are kept: scripts and emoji need them.
fn is_hidden(found: char) -> bool {
    found.is_control()
        || matches!(
            found,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// Short names of the C0 controls (RFC 20). Their pictures, U+2400 and on, are missing from many fonts.
const CONTROLS: [&str; 32] = [
    "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "TAB", "LF", "VT", "FF", "CR",
    "SO", "SI", "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC",
    "FS", "GS", "RS", "US",
];

fn write_hidden(out: &mut impl Write, hidden: char) -> fmt::Result {
    let code = u32::from(hidden);
    write!(out, r#"<span class="ctl" title="U+{code:04X}">"#)?;
    match usize::try_from(code)
        .ok()
        .and_then(|code| CONTROLS.get(code))
    {
        Some(name) => out.write_str(name)?,
        None => write!(out, "U+{code:04X}")?,
    }
    out.write_str("</span>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_escaped_and_what_hides_is_shown() {
        assert_eq!(
            Shown::line("<a b='\"'>&").to_string(),
            "&lt;a b=&#39;&quot;&#39;&gt;&amp;"
        );
        assert_eq!(
            Shown::line("a\0b\r").to_string(),
            r#"a<span class="ctl" title="U+0000">NUL</span>b<span class="ctl" title="U+000D">CR</span>"#
        );
        assert_eq!(
            Shown::line("\u{202e}").to_string(),
            r#"<span class="ctl" title="U+202E">U+202E</span>"#
        );
    }

    #[test]
    fn a_long_text_is_split_without_loss() {
        for piece in ["a<b", "日本語", "👩\u{200d}👩", "x"] {
            let text = piece.repeat(10_000);
            let shown = Shown::block(&text).to_string();
            assert_eq!(
                shown
                    .replace("<span>", "")
                    .replace("</span>", "")
                    .replace("&lt;", "<"),
                text
            );
            let runs = shown.split("</span>").map(str::len);
            assert!(shown.contains("<span>") && runs.max() < Some(5 * RUN_BYTES));
        }
        assert!(
            !Shown::block(&"x".repeat(RUN_BYTES))
                .to_string()
                .contains('<')
        );
    }

    #[test]
    fn no_character_becomes_more_html_than_it_weighs() {
        for found in
            ('\0'..=char::MAX).filter(|found| u32::from(*found) < 0x3000 || is_hidden(*found))
        {
            let weight = weigh(found);
            assert!(
                Shown::line(&found.to_string()).to_string().len() <= weight,
                "{found:?}"
            );
        }
    }

    #[test]
    fn a_block_keeps_its_lines_and_a_line_shows_them() {
        assert_eq!(Shown::block("a\n\tb").to_string(), "a\n\tb");
        assert!(Shown::line("a\nb").to_string().contains(">LF<"));
    }
}
