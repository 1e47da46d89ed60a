//! The body decoded for reading: Content-Encoding undone, charset read, and forms, parts, records and images recognised. The bytes are kept
//! as received; what is here is computed from them whenever it is asked for.
//!
//! **Invariant:** pure functions without I/O. No input makes them fail or use more than the limits in [`ContentOptions`]: what cannot be
//! decoded is kept as it is, with a [`Note`] that says what and where.
//!
//! | file | what it does | sources |
//! |---|---|---|
//! | `reading`, `content_reader` | everything together: [`read`], [`decode`], [`part`] | |
//! | `model`, `note` | the types of the result; what a reader should know | |
//! | `limits` | the limits of one reading, and what is left of them | |
//! | `encoding`, `layers` | Content-Encoding, layer by layer | RFC 9110 section 8.4 |
//! | `sink`, `deflate`, `brotli`, `zstd` | one decoder each | RFC 1950, 1951, 1952; 7932; 8878, 9659 |
//! | `transfer` | Content-Transfer-Encoding of parts | RFC 2045 section 6 |
//! | `media_type`, `parameters` | Content-Type and Content-Disposition | RFC 9110 section 8.3, RFC 2231, 5987 |
//! | `charset`, `charset_names`, `detection`, `utf32` | which charset, and why | WHATWG Encoding, RFC 7303 |
//! | `plain` | what a body is, and its text for readers of JSON | |
//! | `kind`, `line_ends` | what the body is, and how its lines end | |
//! | `form` | `application/x-www-form-urlencoded` | WHATWG URL section 5 |
//! | `multipart`, `part_headers`, `file_name` | parts, their names, and names that are safe for a download | RFC 2046, 2047, 7578 |
//! | `texts` | all texts of a body, for searching | |
//! | `records` | one JSON text per line | RFC 7464 |
//! | `xml` | XML, indented | XML 1.0 |
//! | `magic` | images and other files, by their first bytes | |

mod brotli;
mod charset;
mod charset_names;
mod content_reader;
mod deflate;
mod detection;
mod encoding;
mod file_name;
mod form;
mod kind;
mod layers;
mod limits;
mod line_ends;
mod magic;
mod media_type;
mod model;
mod multipart;
mod note;
mod parameters;
mod part_headers;
mod plain;
mod reading;
mod records;
mod sink;
mod texts;
mod transfer;
mod utf32;
mod xml;
mod zstd;

pub use charset_names::{CHARSETS, charset_name};
pub use encoding::Encoding;
pub use limits::ContentOptions;
pub use magic::{FileType, file_type};
pub use model::{
    BodyContent, BodyPart, Charset, CharsetFrom, FormField, PartContent, Records, WrongRecord,
};
pub use note::{LineEnds, Note, StopReason};
pub use plain::{Examined, examine, is_coded, json_kind, plain};
pub use reading::{DecodedBody, decode, decoded_bytes_max, part, read, read_with_bytes};
pub use texts::{BodyTexts, json_unescaped, texts};
pub use xml::{IndentedXml, XmlBreak, indented_xml};
