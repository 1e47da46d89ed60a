//! What a reader should know about a decoded body: typed values with a sentence each.
//!
//! **Invariant:** every way in which the result differs from the bytes, or is less than all of them, has a note.

use std::fmt;

use super::encoding::Encoding;
use crate::domain::body::BodyKind;

/// Which limit stopped a decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// More bytes than allowed.
    Bytes,
    /// More bytes than the received ones justify.
    Ratio,
    /// Too many pieces.
    Steps,
}

/// How the lines of a text end, if not all with LF.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnds {
    /// CR and LF.
    Crlf,
    /// CR alone.
    Cr,
    /// Several ways.
    Mixed,
}

/// What a reader should know. Positions count bytes from 0, lines and columns from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// A content coding that creel does not know: decoding stopped there.
    UnknownEncoding(String),
    /// More layers of Content-Encoding than the limit.
    TooManyLayers(usize),
    /// Declared as encoded, but the bytes are not: they are read as they are.
    NotEncoded(Encoding),
    /// `deflate` without the zlib header that RFC 9110 asks for.
    RawDeflate,
    /// The compressed data ends too early: what was decoded, in bytes.
    EncodingEndsEarly(Encoding, usize),
    /// The compressed data is damaged: position in it, and what was decoded before, in bytes.
    EncodingDamaged(Encoding, usize, usize),
    /// The checksum differs from the decoded data.
    WrongChecksum(Encoding),
    /// Bytes after the compressed data, which are not decoded.
    BytesAfter(Encoding, usize),
    /// Several compressed streams one after the other.
    Members(Encoding, usize),
    /// Decoding stopped at this many bytes.
    DecodingStopped(Encoding, StopReason, usize),
    /// Zstandard with a window over 8 MiB (RFC 9659) or a dictionary.
    UnsupportedZstd(&'static str),
    /// The bytes are compressed although nothing says so.
    LooksCompressed(&'static str),
    /// A declared charset that does not exist.
    UnknownCharset(String),
    /// The declared charset, and the one that the byte order mark says.
    BomDiffers(String, String),
    /// The declared charset, and the one that the bytes look like.
    CharsetDoubtful(String, String),
    /// Bytes that are not valid in this charset: how many places, shown as U+FFFD.
    InvalidBytes(String, usize),
    /// The declared media type, and what the bytes are.
    OtherType(String, BodyKind),
    /// Broken JSON: line, column, and why.
    InvalidJson(usize, usize, String),
    /// Broken XML: line, column, and why.
    InvalidXml(usize, usize, String),
    /// The XML declares entities. None is expanded.
    XmlEntities,
    /// Lines that are not JSON: the first one, and how many.
    WrongRecords(usize, usize),
    /// Records shown, of all.
    RecordsCut(usize, usize),
    /// Form fields shown, of all.
    FieldsCut(usize, usize),
    /// Percent signs without two hexadecimal digits, kept as they are.
    InvalidEscapes(usize),
    /// Content-Type has no boundary; it was taken from the first line.
    BoundaryGuessed(String),
    /// Multipart without any boundary line.
    NoParts,
    /// The last part has no boundary line after it.
    NoFinalBoundary,
    /// Bytes before the first boundary line.
    Preamble(usize),
    /// Bytes after the last boundary line.
    Epilogue(usize),
    /// A part without a blank line after its headers.
    NoBlankLine(String),
    /// Parts shown, of all.
    PartsCut(usize, usize),
    /// Parts inside parts below this level are not read.
    TooDeep(usize),
    /// Content-Transfer-Encoding that cannot be read: its name.
    UndecodedTransfer(String),
    /// Bytes of text shown, of all.
    TextCut(usize, usize),
    /// How the lines end.
    Lines(LineEnds),
}

impl Note {
    /// Whether it says that Content-Encoding was not undone, or not completely.
    #[must_use]
    pub fn is_undecoded(&self) -> bool {
        matches!(
            self,
            Self::UnknownEncoding(_)
                | Self::TooManyLayers(_)
                | Self::NotEncoded(_)
                | Self::EncodingEndsEarly(..)
                | Self::EncodingDamaged(..)
                | Self::WrongChecksum(_)
                | Self::BytesAfter(..)
                | Self::DecodingStopped(..)
                | Self::UnsupportedZstd(_)
        )
    }

    /// Whether it says that only a part could be decoded.
    pub(super) fn is_partial(&self) -> bool {
        matches!(
            self,
            Self::EncodingEndsEarly(..) | Self::EncodingDamaged(..) | Self::DecodingStopped(..)
        )
    }

    /// A name that programs can rely on.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownEncoding(_) => "unknown_encoding",
            Self::TooManyLayers(_) => "too_many_layers",
            Self::NotEncoded(_) => "not_encoded",
            Self::RawDeflate => "raw_deflate",
            Self::EncodingEndsEarly(..) => "encoding_ends_early",
            Self::EncodingDamaged(..) => "encoding_damaged",
            Self::WrongChecksum(_) => "wrong_checksum",
            Self::BytesAfter(..) => "bytes_after",
            Self::Members(..) => "members",
            Self::DecodingStopped(..) => "decoding_stopped",
            Self::UnsupportedZstd(_) => "unsupported_zstd",
            Self::LooksCompressed(_) => "looks_compressed",
            Self::UnknownCharset(_) => "unknown_charset",
            Self::BomDiffers(..) => "bom_differs",
            Self::CharsetDoubtful(..) => "charset_doubtful",
            Self::InvalidBytes(..) => "invalid_bytes",
            Self::OtherType(..) => "other_type",
            Self::InvalidJson(..) => "invalid_json",
            Self::InvalidXml(..) => "invalid_xml",
            Self::XmlEntities => "xml_entities",
            Self::WrongRecords(..) => "wrong_records",
            Self::RecordsCut(..) => "records_cut",
            Self::FieldsCut(..) => "fields_cut",
            Self::InvalidEscapes(_) => "invalid_escapes",
            Self::BoundaryGuessed(_) => "boundary_guessed",
            Self::NoParts => "no_parts",
            Self::NoFinalBoundary => "no_final_boundary",
            Self::Preamble(_) => "preamble",
            Self::Epilogue(_) => "epilogue",
            Self::NoBlankLine(_) => "no_blank_line",
            Self::PartsCut(..) => "parts_cut",
            Self::TooDeep(_) => "too_deep",
            Self::UndecodedTransfer(_) => "undecoded_transfer",
            Self::TextCut(..) => "text_cut",
            Self::Lines(_) => "line_ends",
        }
    }
}

/// The sentence.
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownEncoding(name) => write!(f, "Content-Encoding {name} is not known to creel, so the bytes are shown as they are."),
            Self::TooManyLayers(max) => write!(f, "Content-Encoding has more than {max} layers; the inner ones are not decoded."),
            Self::NotEncoded(encoding) => write!(f, "Content-Encoding says {encoding}, but the bytes are not {encoding}; they are shown as they are."),
            Self::RawDeflate => f.write_str("Decoded as raw deflate: the zlib header that Content-Encoding: deflate asks for is missing."),
            Self::EncodingEndsEarly(encoding, decoded) => write!(f, "The {encoding} data ends too early; {decoded} bytes could be decoded."),
            Self::EncodingDamaged(encoding, at, decoded) => write!(f, "The {encoding} data is damaged at byte {at}; {decoded} bytes before that could be decoded."),
            Self::WrongChecksum(encoding) => write!(f, "The checksum of the {encoding} data does not fit the decoded bytes."),
            Self::BytesAfter(encoding, bytes) => write!(f, "{} after the {encoding} data, not decoded.", number(*bytes, "byte")),
            Self::Members(encoding, count) => write!(f, "{count} {encoding} streams, one after the other."),
            Self::DecodingStopped(encoding, reason, at) => {
                let why = match reason {
                    StopReason::Bytes => "the limit",
                    StopReason::Ratio => "far more than the bytes received",
                    StopReason::Steps => "too many pieces",
                };
                write!(f, "Decoding {encoding} stopped after {at} bytes: {why}.")
            }
            Self::UnsupportedZstd(why) => write!(f, "The zstd data needs {why}, so it is not decoded."),
            Self::LooksCompressed(name) => write!(f, "The bytes look like {name}, but no Content-Encoding says so."),
            Self::UnknownCharset(label) => write!(f, "The declared charset {label} is not known, so it is not used."),
            Self::BomDiffers(declared, bom) => write!(f, "Declared as {declared}, but the byte order mark says {bom}."),
            Self::CharsetDoubtful(declared, found) => write!(f, "Declared as {declared}, but the bytes look like {found}."),
            Self::InvalidBytes(charset, count) => write!(f, "Not valid in {charset} at {}, shown as \u{fffd}.", number(*count, "place")),
            Self::OtherType(declared, kind) => write!(f, "Declared as {declared}, but read as {}.", kind.name()),
            Self::InvalidJson(line, column, why) => write!(f, "Not valid JSON at line {line}, column {column}: {why}."),
            Self::InvalidXml(line, column, why) => write!(f, "Not well-formed XML at line {line}, column {column}: {why}."),
            Self::XmlEntities => f.write_str("The XML declares entities. None is expanded, and nothing is fetched."),
            Self::WrongRecords(first, 1) => write!(f, "Line {first} is not JSON."),
            Self::WrongRecords(first, count) => write!(f, "{count} lines are not JSON; the first is line {first}."),
            Self::RecordsCut(shown, all) => write!(f, "The first {shown} of {all} records."),
            Self::FieldsCut(shown, all) => write!(f, "The first {shown} of {all} fields."),
            Self::InvalidEscapes(count) => write!(f, "{} without two hexadecimal digits, kept as received.", number(*count, "percent sign")),
            Self::BoundaryGuessed(boundary) => write!(f, "Content-Type has no boundary; the first line of the body says {boundary}."),
            Self::NoParts => f.write_str("No boundary line was found, so there are no parts."),
            Self::NoFinalBoundary => f.write_str("The last boundary line is missing, so the last part may be cut."),
            Self::Preamble(bytes) => write!(f, "{} before the first part.", number(*bytes, "byte")),
            Self::Epilogue(bytes) => write!(f, "{} after the last part.", number(*bytes, "byte")),
            Self::NoBlankLine(n) => write!(f, "Part {n} has no blank line after its header lines, so it has no content."),
            Self::PartsCut(shown, all) => write!(f, "The first {shown} of {all} parts."),
            Self::TooDeep(depth) => write!(f, "Parts inside parts are read down to level {depth}."),
            Self::UndecodedTransfer(name) => write!(f, "Content-Transfer-Encoding {name} cannot be decoded; the bytes are shown as they are."),
            Self::TextCut(shown, all) => write!(f, "Cut at {shown} of {all} bytes of text."),
            Self::Lines(LineEnds::Crlf) => f.write_str("Lines end with CRLF."),
            Self::Lines(LineEnds::Cr) => f.write_str("Lines end with CR."),
            Self::Lines(LineEnds::Mixed) => f.write_str("Lines end in different ways."),
        }
    }
}

/// `1 byte`, `2 bytes`.
fn number(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
