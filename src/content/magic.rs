//! Files by their first bytes: images that can be shown, and others.
//!
//! **Invariant:** a declared type is never trusted. No media type that is given out makes a browser run anything: HTML, XML, SVG and PDF are
//! `application/octet-stream`.

use infer::MatcherType;

use crate::domain::body::BodyKind;

/// What a download needs to know about its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileType {
    /// Extension without its dot.
    pub extension: &'static str,
    /// Media type that is safe for a download.
    pub media_type: &'static str,
}

/// Any bytes.
const BYTES: FileType = FileType {
    extension: "bin",
    media_type: OCTETS,
};
const OCTETS: &str = "application/octet-stream";

/// The image that the bytes are, if a browser can show it. SVG does not count: it is XML, and can contain scripts.
pub(super) fn image(bytes: &[u8]) -> Option<FileType> {
    let (extension, media_type) = match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => ("png", "image/png"),
        [0xff, 0xd8, 0xff, ..] => ("jpg", "image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => ("gif", "image/gif"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => ("webp", "image/webp"),
        [
            _,
            _,
            _,
            _,
            b'f',
            b't',
            b'y',
            b'p',
            b'a',
            b'v',
            b'i',
            b'f' | b's',
            ..,
        ] => ("avif", "image/avif"),
        _ => return None,
    };
    Some(FileType {
        extension,
        media_type,
    })
}

/// What a download of these bytes needs.
pub fn file_type(kind: BodyKind, bytes: &[u8]) -> FileType {
    let octets = |extension| FileType {
        extension,
        media_type: OCTETS,
    };
    match kind {
        BodyKind::Json => octets("json"),
        BodyKind::Ndjson => octets("ndjson"),
        BodyKind::Xml => octets("xml"),
        BodyKind::Form | BodyKind::Text => octets("txt"),
        BodyKind::Multipart | BodyKind::Empty => BYTES,
        BodyKind::Image => image(bytes).unwrap_or(BYTES),
        BodyKind::Binary | BodyKind::Unknown => other(bytes),
    }
}

/// Other files that are recognised.
fn other(bytes: &[u8]) -> FileType {
    let Some(found) = infer::get(bytes) else {
        return BYTES;
    };
    let (extension, media_type) = (found.extension(), found.mime_type());
    match found.matcher_type() {
        MatcherType::Archive if media_type == "application/pdf" => FileType {
            extension,
            media_type: OCTETS,
        },
        MatcherType::Archive
        | MatcherType::Audio
        | MatcherType::Video
        | MatcherType::Font
        | MatcherType::Image => FileType {
            extension,
            media_type,
        },
        MatcherType::Doc | MatcherType::Book => FileType {
            extension,
            media_type: OCTETS,
        },
        // Programs, and what is text to others.
        MatcherType::App | MatcherType::Text | MatcherType::Custom => BYTES,
    }
}

/// The name of a compression that the bytes begin with.
pub(super) fn compression(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x1f, 0x8b, 8, ..] => Some("gzip"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some("zstd"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_known_by_their_first_bytes() {
        let cases: [(&[u8], &str); 5] = [
            (b"\x89PNG\r\n\x1a\n\0\0", "png"),
            (b"\xff\xd8\xff\xe0", "jpg"),
            (b"GIF89a", "gif"),
            (b"RIFF\0\0\0\0WEBPVP8 ", "webp"),
            (b"\0\0\0\x20ftypavif\0\0\0\0", "avif"),
        ];
        for (bytes, extension) in cases {
            assert_eq!(image(bytes).map(|found| found.extension), Some(extension));
        }
        for bytes in [
            &b"\x89PNG"[..],
            b"GIF90a",
            b"RIFF\0\0\0\0WAVE",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"BM",
        ] {
            assert_eq!(image(bytes), None);
        }
    }

    #[test]
    fn no_type_makes_a_browser_run_anything() {
        let of = |bytes: &[u8]| file_type(BodyKind::Binary, bytes);
        assert_eq!(
            of(b"%PDF-1.7\n%\xe2\xe3"),
            FileType {
                extension: "pdf",
                media_type: OCTETS
            }
        );
        assert_eq!(of(b"PK\x03\x04\x14\0\0\0").extension, "zip");
        assert_eq!(of(b"MZ\x90\0"), BYTES);
        assert_eq!(of(b"<html><script>"), BYTES);
        assert_eq!(file_type(BodyKind::Xml, b"<svg/>").media_type, OCTETS);
    }
}
