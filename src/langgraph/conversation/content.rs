//! The content of a message: text, or a list of blocks. A block is text, names a picture, a sound or a file, or stays JSON.
//!
//! **Invariant:** the URL in a block is never requested. At most `BLOCKS_MAX` blocks are read, and all are counted.

use std::borrow::Cow;

use crate::json::{Child, JsonType, Located};

/// Most blocks of a message that are read; a page links to the JSON for the rest.
const BLOCKS_MAX: usize = 20;

/// Types of blocks with a picture, a sound, a video or a file.
const MEDIA: [&str; 14] = [
    "audio",
    "audio_url",
    "document",
    "file",
    "image",
    "image_url",
    "input_audio",
    "input_file",
    "input_image",
    "media",
    "pdf",
    "video",
    "video_url",
    "input_video",
];

/// The content of a message.
#[derive(Clone, Debug, Default)]
pub(crate) struct Content<'a> {
    /// The first blocks.
    pub(crate) first: Vec<ContentBlock<'a>>,
    /// The number of all blocks.
    pub(crate) count: usize,
}

/// A block of a message's content.
#[derive(Clone, Debug)]
pub(crate) enum ContentBlock<'a> {
    Text(Located<'a>),
    /// A picture, a sound, a video or a file.
    Media(MediaBlock<'a>),
    /// Any other block, with its type if it has one.
    Other(Option<Cow<'a, str>>, Located<'a>),
}

/// A picture, a sound, a video or a file, as far as its block describes it.
#[derive(Clone, Debug)]
pub(crate) struct MediaBlock<'a> {
    pub(crate) kind: Cow<'a, str>,
    /// `image/png`, or a format such as `wav`.
    pub(crate) media_type: Option<Cow<'a, str>>,
    /// The name of the file.
    pub(crate) name: Option<Cow<'a, str>>,
    pub(crate) source: MediaSource<'a>,
}

/// The location of a block's data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum MediaSource<'a> {
    /// In the block, as a string of this many bytes.
    Inline(usize),
    /// At this URL, as received.
    Address(Cow<'a, str>),
    /// The block does not say.
    #[default]
    NotGiven,
}

impl<'a> Content<'a> {
    pub(super) fn read(content: Located<'a>) -> Self {
        match content.value.json_type() {
            JsonType::Array => {
                let (first, count) = content.value.children(0, BLOCKS_MAX);
                let block = |child: &Child<'a>| ContentBlock::read(content.child(child));
                Self {
                    first: first.iter().map(block).collect(),
                    count,
                }
            }
            _ if content.value.is_null() || content.value.json() == "\"\"" => Self::default(),
            _ => Self {
                first: vec![ContentBlock::read(content)],
                count: 1,
            },
        }
    }
}

impl<'a> ContentBlock<'a> {
    fn read(located: Located<'a>) -> Self {
        if located.value.json_type() == JsonType::String {
            return Self::Text(located);
        }
        let (mut kind, mut text) = (None, None);
        located.value.each(|child| match child.name().as_deref() {
            Some("type") => kind = child.value.text(),
            Some("text") => text = Some(located.child(&child)),
            _ => {}
        });
        let text = text.filter(|text| text.value.json_type() == JsonType::String);
        match (kind, text) {
            (Some(kind), Some(text)) if kind == "text" => Self::Text(text),
            (Some(kind), _) if MEDIA.contains(&&*kind) => {
                Self::Media(MediaBlock::read(located, kind))
            }
            (kind, _) => Self::Other(kind, located),
        }
    }
}

impl<'a> MediaBlock<'a> {
    fn read(whole: Located<'a>, kind: Cow<'a, str>) -> Self {
        let mut media = Self {
            kind,
            media_type: None,
            name: None,
            source: MediaSource::NotGiven,
        };
        // Providers put these members into the block or into an object within it: `image_url: {url}`, `source: {data}`, `file: {file_data}`.
        whole.value.each(|child| {
            media.keep(&child);
            child.value.each(|inner| media.keep(&inner));
        });
        media
    }

    fn keep(&mut self, child: &Child<'a>) {
        let (Some(name), Some(text)) = (child.name(), child.value.text()) else {
            return;
        };
        match &*name {
            "mime_type" | "mimeType" | "media_type" | "format" => self.media_type = Some(text),
            "filename" | "file_name" => self.name = Some(text),
            "data" | "base64" | "file_data" => self.source = MediaSource::Inline(text.len()),
            "url" | "uri" | "image_url" | "audio_url" | "video_url" => self.keep_address(text),
            _ => {}
        }
    }

    /// Keeps a URL. A `data:` URL is the data itself.
    fn keep_address(&mut self, address: Cow<'a, str>) {
        let data = address
            .strip_prefix("data:")
            .and_then(|rest| rest.split_once(','));
        let Some((head, data)) = data else {
            self.source = MediaSource::Address(address);
            return;
        };
        let media_type = head.split(';').next().unwrap_or_default();
        if self.media_type.is_none() && !media_type.is_empty() {
            self.media_type = Some(media_type.to_owned().into());
        }
        self.source = MediaSource::Inline(data.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{JsonPath, RawJson};

    fn read(content: &str) -> Vec<String> {
        let located = Located {
            path: JsonPath::default(),
            value: RawJson::new(content),
        };
        let blocks = Content::read(located);
        let summary = |block: &ContentBlock<'_>| match block {
            ContentBlock::Text(located) => {
                format!("text {} {}", located.path, located.value.json())
            }
            ContentBlock::Media(media) => format!(
                "{} {} {} {:?}",
                media.kind,
                media.media_type.as_deref().unwrap_or("-"),
                media.name.as_deref().unwrap_or("-"),
                media.source
            ),
            ContentBlock::Other(kind, located) => {
                format!("other {} {}", kind.as_deref().unwrap_or("-"), located.path)
            }
        };
        blocks.first.iter().map(summary).collect()
    }

    #[test]
    fn content_is_text_blocks_or_nothing() {
        assert_eq!(read("\"hello\""), ["text  \"hello\""]);
        assert_eq!(
            read(r#"["a", {"type": "text", "text": "b"}, {"text": "c"}, 7]"#),
            ["text 0 \"a\"", "text 1.1 \"b\"", "other - 2", "other - 3"]
        );
        for nothing in ["null", "\"\"", "[]"] {
            assert_eq!(read(nothing), [""; 0], "{nothing}");
        }
        assert_eq!(read("{}"), ["other - "]);
        assert_eq!(read(r#"{"type": "text", "text": {}}"#), ["other text "]);
    }

    #[test]
    fn media_blocks_are_read_in_every_form() {
        for (block, expected) in [
            (
                r#"{"type":"image_url","image_url":{"url":"https://a.example/x.png"}}"#,
                r#"image_url - - Address("https://a.example/x.png")"#,
            ),
            (
                r#"{"type":"image_url","image_url":"data:image/png;base64,AAAA"}"#,
                "image_url image/png - Inline(4)",
            ),
            (
                r#"{"type":"image","source_type":"base64","mime_type":"image/jpeg","data":"AAAAAA"}"#,
                "image image/jpeg - Inline(6)",
            ),
            (
                r#"{"type":"image","source":{"type":"base64","media_type":"image/webp","data":"AA"}}"#,
                "image image/webp - Inline(2)",
            ),
            (
                r#"{"type":"input_audio","input_audio":{"data":"AAA","format":"wav"}}"#,
                "input_audio wav - Inline(3)",
            ),
            (
                r#"{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,AA"}}"#,
                "file - a.pdf Inline(30)",
            ),
            (r#"{"type":"file","file_id":"f1"}"#, "file - - NotGiven"),
            (
                r#"{"type":"image_url","image_url":{"url":"javascript:alert(1)"}}"#,
                r#"image_url - - Address("javascript:alert(1)")"#,
            ),
            (r#"{"type":"tool_use","id":"x"}"#, "other tool_use "),
        ] {
            assert_eq!(read(block), [expected], "{block}");
        }
    }

    #[test]
    fn first_blocks_are_read_and_all_counted() {
        let many = format!("[{}]", vec!["\"a\""; 50].join(","));
        let located = Located {
            path: JsonPath::default(),
            value: RawJson::new(&many),
        };
        let blocks = Content::read(located);
        assert_eq!((blocks.first.len(), blocks.count), (BLOCKS_MAX, 50));
    }
}
