//! XML, checked and indented for reading.
//!
//! **Invariant:** every piece of markup and text is in the result as received; only white space between elements changes. No entity is
//! expanded and nothing is fetched.

use quick_xml::events::Event;
use quick_xml::reader::Reader;

/// Longest reason of a break, in bytes.
const WHY_BYTES_MAX: usize = 200;
/// Deepest nesting that is read.
const DEPTH_MAX: usize = 256;
/// Most events that are read.
const EVENTS_MAX: usize = 2_000_000;

/// Where XML is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XmlBreak {
    /// Line from 1.
    pub line: usize,
    /// Column from 1, in characters.
    pub column: usize,
    /// Why it cannot be read further.
    pub why: String,
}

/// Indented XML.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndentedXml {
    /// The text, up to the break or the limit.
    pub text: String,
    /// Where it is broken, if it is.
    pub broken: Option<XmlBreak>,
    /// Whether the limit was reached.
    pub cut: bool,
    /// Whether it declares entities.
    pub has_entities: bool,
}

/// Indents XML up to `bytes_max` bytes of result. What is behind a break is left out.
#[must_use]
pub fn indented_xml(text: &str, bytes_max: usize) -> IndentedXml {
    walk(text, Some(bytes_max))
}

/// Checks XML without indenting it.
pub(super) fn check(text: &str) -> IndentedXml {
    walk(text, None)
}

/// What was written into an open element.
#[derive(Clone, Copy, Default)]
struct Open {
    /// Text, so that what follows must not move to a new line.
    has_text: bool,
    /// Other elements, so that the end gets its own line.
    has_lines: bool,
}

/// The result, and where in it the next piece goes.
struct Writer {
    result: IndentedXml,
    open: Vec<Open>,
    bytes_max: Option<usize>,
}

impl Writer {
    /// A piece on its own line, except inside text.
    fn line(&mut self, piece: &str) {
        let depth = self.open.len();
        let inside_text = self.open.last().is_some_and(|open| open.has_text);
        if let Some(open) = self.open.last_mut() {
            open.has_lines = true;
        }
        self.write(piece, (!inside_text).then_some(depth));
    }

    /// A piece, on a new line at this depth if one is given.
    fn write(&mut self, piece: &str, depth: Option<usize>) {
        let Some(max) = self.bytes_max else {
            return;
        };
        let indent = depth.map_or(0, |depth| 2 * depth + 1);
        if self.result.text.len() + indent + piece.len() > max {
            self.result.cut = true;
            return;
        }
        if let Some(depth) = depth.filter(|_| !self.result.text.is_empty()) {
            self.result.text.push('\n');
            self.result.text.extend(std::iter::repeat_n("  ", depth));
        }
        self.result.text.push_str(piece);
    }

    /// Text inside an element.
    fn text(&mut self, piece: &str) {
        let Some(open) = self.open.last_mut() else {
            return;
        };
        if piece.trim_ascii().is_empty() && !open.has_text {
            return;
        }
        open.has_text = true;
        self.write(piece, None);
    }

    /// The end of an element.
    fn end(&mut self, piece: &str) {
        let open = self.open.pop().unwrap_or_default();
        let own_line = open.has_lines && !open.has_text;
        self.write(piece, own_line.then_some(self.open.len()));
    }
}

fn walk(text: &str, bytes_max: Option<usize>) -> IndentedXml {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_comments = true;
    let mut writer = Writer {
        result: IndentedXml::default(),
        open: Vec::new(),
        bytes_max,
    };
    let mut has_root = false;
    let position = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(text.len());
    for _ in 0..EVENTS_MAX {
        let start = position(reader.buffer_position());
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => {
                let at = position(reader.error_position());
                return broken(writer, text, at, &error.to_string());
            }
        };
        let piece = text
            .get(start..position(reader.buffer_position()))
            .unwrap_or_default();
        let is_outside = writer.open.is_empty();
        let wrong = match event {
            Event::Start(_) | Event::Empty(_) if is_outside && has_root => {
                Some("a second root element")
            }
            Event::Start(_) if writer.open.len() == DEPTH_MAX => Some("nested too deeply"),
            Event::Text(_) | Event::CData(_) | Event::GeneralRef(_)
                if is_outside && !piece.trim_ascii().is_empty() =>
            {
                Some("text outside of the root element")
            }
            Event::Eof if !is_outside => Some("an element is not closed"),
            Event::Eof if !has_root => Some("no element"),
            _ => None,
        };
        if let Some(why) = wrong {
            return broken(writer, text, start, why);
        }
        match event {
            Event::Start(_) => {
                has_root = true;
                writer.line(piece);
                writer.open.push(Open::default());
            }
            Event::Empty(_) => {
                has_root = true;
                writer.line(piece);
            }
            Event::End(_) => writer.end(piece),
            Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) => writer.text(piece),
            Event::DocType(_) => {
                writer.result.has_entities |= piece.contains("<!ENTITY");
                writer.line(piece);
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => writer.line(piece),
            Event::Eof => return writer.result,
        }
        if writer.result.cut {
            return writer.result;
        }
    }
    writer.result.cut = true;
    writer.result
}

/// A reason can contain the name of an element, which can have megabytes.
fn shortened(why: &str) -> String {
    why[..why.floor_char_boundary(WHY_BYTES_MAX)].to_owned()
}

/// The result up to a break.
fn broken(mut writer: Writer, text: &str, at: usize, why: &str) -> IndentedXml {
    let before = &text[..text.floor_char_boundary(at)];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    writer.result.broken = Some(XmlBreak {
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
        why: shortened(why.trim_end_matches('.')),
    });
    writer.result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indented(text: &str) -> String {
        let found = indented_xml(text, 10_000);
        assert_eq!(found.broken, None, "{text}");
        found.text
    }

    #[test]
    fn elements_get_lines_and_text_stays() {
        let text = "<?xml version='1.0'?><o a=\"1\"><i>7</i>\n<l><x>1</x><y/></l><!-- c --></o>";
        let expected = "<?xml version='1.0'?>\n<o a=\"1\">\n  <i>7</i>\n  <l>\n    <x>1</x>\n    <y/>\n  </l>\n  <!-- c -->\n</o>";
        assert_eq!(indented(text), expected);
        assert_eq!(
            indented("<p>one <b>two</b> &amp; <![CDATA[ <x> ]]> three</p>"),
            "<p>one <b>two</b> &amp; <![CDATA[ <x> ]]> three</p>"
        );
        assert_eq!(indented("<a> <b/> </a>"), "<a>\n  <b/>\n</a>");
    }

    #[test]
    fn broken_xml_is_shown_up_to_the_break() {
        let cases = [
            ("<a>\n  <b></c></a>", 2, 6),
            ("<a><b/>", 1, 8),
            ("<a/><b/>", 1, 5),
            ("<a/>text", 1, 5),
            ("hello", 1, 1),
            ("<!-- only -->", 1, 14),
        ];
        for (text, line, column) in cases {
            let found = indented_xml(text, 10_000).broken.unwrap();
            assert_eq!(
                (found.line, found.column),
                (line, column),
                "{text}: {}",
                found.why
            );
        }
        assert_eq!(indented_xml("<a><b>1</b><c", 100).text, "<a>\n  <b>1</b>");
    }

    #[test]
    fn entities_are_not_expanded() {
        let bomb =
            "<!DOCTYPE a [<!ENTITY b \"xxxxxxxxxx\"><!ENTITY c \"&b;&b;&b;\">]><a>&c;&c;</a>";
        let found = indented_xml(bomb, 10_000);
        assert!(found.has_entities && found.text.ends_with("<a>&c;&c;</a>"));
        assert!(found.text.len() <= bomb.len() + 2);
    }

    #[test]
    fn depth_and_length_are_limited() {
        let deep = "<a>".repeat(100_000);
        let found = indented_xml(&deep, 1_000_000);
        assert_eq!(
            found.broken.map(|found| found.column),
            Some(3 * DEPTH_MAX + 1)
        );
        let found = indented_xml("<a><b/><b/><b/></a>", 10);
        assert!(found.cut && found.text.len() <= 10);
        assert!(check(&deep).broken.is_some());
    }
}
