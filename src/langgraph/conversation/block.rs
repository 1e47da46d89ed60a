//! What is said in a message: text, or a list of blocks of which some are text, some name a picture, a sound or a file, and the others
//! stay JSON. Nothing that a block points to is ever looked at.

use std::borrow::Cow;

use super::message::Place;
use crate::langgraph::tree::{Child, Shape};

/// How many blocks of a message are read one by one; the others are in its JSON.
const BLOCKS_MAX: usize = 20;

/// Types of blocks that hold something to see, to hear or to open.
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

/// The first blocks of a message.
#[derive(Clone, Debug, Default)]
pub struct Blocks<'a> {
    /// Those that were read.
    pub first: Vec<Block<'a>>,
    /// How many there are.
    pub count: usize,
}

/// A part of what is said.
#[derive(Clone, Debug)]
pub enum Block<'a> {
    /// A text.
    Text(Place<'a>),
    /// Something to see, to hear or to open.
    Media(Media<'a>),
    /// Anything else, with its type where it has one.
    Other(Option<Cow<'a, str>>, Place<'a>),
}

/// What a block tells of a picture, a sound or a file.
#[derive(Clone, Debug)]
pub struct Media<'a> {
    /// All of it.
    pub whole: Place<'a>,
    /// The block's type.
    pub kind: Cow<'a, str>,
    /// `image/png`, or whatever says of what type the data are.
    pub media_type: Option<Cow<'a, str>>,
    /// A file's name.
    pub name: Option<Cow<'a, str>>,
    /// Where the data are.
    pub source: Source<'a>,
}

/// Where the data of a block are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Source<'a> {
    /// In the block, as a text of so many bytes.
    Here(usize),
    /// Elsewhere: this address came.
    Address(Cow<'a, str>),
    /// The block does not tell.
    #[default]
    Untold,
}

impl<'a> Blocks<'a> {
    /// The blocks of what a message holds as its content.
    pub(super) fn read(content: Place<'a>) -> Self {
        match content.node.shape() {
            Shape::List => {
                let (first, count) = content.node.children(0, BLOCKS_MAX);
                let block = |child: &Child<'a>| Block::read(content.child(child));
                Self {
                    first: first.iter().map(block).collect(),
                    count,
                }
            }
            _ if content.node.is_null() || content.node.json() == "\"\"" => Self::default(),
            _ => Self {
                first: vec![Block::read(content)],
                count: 1,
            },
        }
    }
}

impl<'a> Block<'a> {
    fn read(place: Place<'a>) -> Self {
        if place.node.shape() == Shape::Text {
            return Self::Text(place);
        }
        let (mut kind, mut text) = (None, None);
        place.node.each(|child| match child.name().as_deref() {
            Some("type") => kind = child.node.text(),
            Some("text") => text = Some(place.child(&child)),
            _ => {}
        });
        let text = text.filter(|text| text.node.shape() == Shape::Text);
        match (kind, text) {
            (Some(kind), Some(text)) if kind == "text" => Self::Text(text),
            (Some(kind), _) if MEDIA.contains(&&*kind) => Self::Media(Media::read(place, kind)),
            (kind, _) => Self::Other(kind, place),
        }
    }
}

impl<'a> Media<'a> {
    fn read(whole: Place<'a>, kind: Cow<'a, str>) -> Self {
        let mut media = Self {
            whole,
            kind,
            media_type: None,
            name: None,
            source: Source::Untold,
        };
        // Some put it into the block, others into an object in it: `image_url: {url}`, `source: {data}`, `file: {file_data}`.
        whole.node.each(|child| {
            media.note(&child);
            child.node.each(|inner| media.note(&inner));
        });
        media
    }

    fn note(&mut self, child: &Child<'a>) {
        let (Some(name), Some(text)) = (child.name(), child.node.text()) else {
            return;
        };
        match &*name {
            "mime_type" | "mimeType" | "media_type" | "format" => self.media_type = Some(text),
            "filename" | "file_name" => self.name = Some(text),
            "data" | "base64" | "file_data" => self.source = Source::Here(text.len()),
            "url" | "uri" | "image_url" | "audio_url" | "video_url" => self.note_address(text),
            _ => {}
        }
    }

    /// `data:image/png;base64,..` is an address that holds the data itself.
    fn note_address(&mut self, address: Cow<'a, str>) {
        let data = address
            .strip_prefix("data:")
            .and_then(|rest| rest.split_once(','));
        let Some((head, data)) = data else {
            self.source = Source::Address(address);
            return;
        };
        let media_type = head.split(';').next().unwrap_or_default();
        if self.media_type.is_none() && !media_type.is_empty() {
            self.media_type = Some(media_type.to_owned().into());
        }
        self.source = Source::Here(data.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::langgraph::tree::{Node, Path};

    fn read(content: &str) -> Vec<String> {
        let place = Place {
            path: Path::default(),
            node: Node::new(content),
        };
        let blocks = Blocks::read(place);
        let told = |block: &Block<'_>| match block {
            Block::Text(place) => format!("text {} {}", place.path, place.node.json()),
            Block::Media(media) => format!(
                "{} {} {} {:?}",
                media.kind,
                media.media_type.as_deref().unwrap_or("-"),
                media.name.as_deref().unwrap_or("-"),
                media.source
            ),
            Block::Other(kind, place) => {
                format!("other {} {}", kind.as_deref().unwrap_or("-"), place.path)
            }
        };
        blocks.first.iter().map(told).collect()
    }

    #[test]
    fn content_is_a_text_or_a_list_of_blocks_or_nothing() {
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
    fn media_is_named_in_all_its_forms() {
        for (block, told) in [
            (
                r#"{"type":"image_url","image_url":{"url":"https://a.example/x.png"}}"#,
                r#"image_url - - Address("https://a.example/x.png")"#,
            ),
            (
                r#"{"type":"image_url","image_url":"data:image/png;base64,AAAA"}"#,
                "image_url image/png - Here(4)",
            ),
            (
                r#"{"type":"image","source_type":"base64","mime_type":"image/jpeg","data":"AAAAAA"}"#,
                "image image/jpeg - Here(6)",
            ),
            (
                r#"{"type":"image","source":{"type":"base64","media_type":"image/webp","data":"AA"}}"#,
                "image image/webp - Here(2)",
            ),
            (
                r#"{"type":"input_audio","input_audio":{"data":"AAA","format":"wav"}}"#,
                "input_audio wav - Here(3)",
            ),
            (
                r#"{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,AA"}}"#,
                "file - a.pdf Here(30)",
            ),
            (r#"{"type":"file","file_id":"f1"}"#, "file - - Untold"),
            (
                r#"{"type":"image_url","image_url":{"url":"javascript:alert(1)"}}"#,
                r#"image_url - - Address("javascript:alert(1)")"#,
            ),
            (r#"{"type":"tool_use","id":"x"}"#, "other tool_use "),
        ] {
            assert_eq!(read(block), [told], "{block}");
        }
    }

    #[test]
    fn of_many_blocks_the_first_are_read_and_all_are_counted() {
        let many = format!("[{}]", vec!["\"a\""; 50].join(","));
        let place = Place {
            path: Path::default(),
            node: Node::new(&many),
        };
        let blocks = Blocks::read(place);
        assert_eq!((blocks.first.len(), blocks.count), (BLOCKS_MAX, 50));
    }
}
