//! Forms in the format of a query (`application/x-www-form-urlencoded`, WHATWG URL section 5.1).
//!
//! **Invariant:** no field is lost or changed in order; `flag` and `flag=` stay different; a percent sign that begins no escape stays.

use std::borrow::Cow;

use encoding_rs::Encoding;
use memchr::memchr;

use super::charset;
use super::limits::Allowance;
use super::model::FormField;
use super::note::Note;

/// Bytes of a form that are looked at for its charset.
const CHARSET_BYTES_MAX: usize = 1024 * 1024;

/// The field that names the charset of a form.
pub(super) const CHARSET_FIELD: &str = "_charset_";

/// The fields of a form.
pub(super) fn fields(
    body: &[u8],
    encoding: &'static Encoding,
    left: &mut Allowance,
    notes: &mut Vec<Note>,
) -> Vec<FormField> {
    let (mut found, mut count, mut invalid, mut full) = (Vec::new(), 0, 0, false);
    for field in body
        .split(|byte| *byte == b'&')
        .filter(|field| !field.is_empty())
    {
        count += 1;
        if full || left.fields == 0 {
            continue;
        }
        let (name, value) = match memchr(b'=', field) {
            Some(at) => (&field[..at], Some(&field[at + 1..])),
            None => (field, None),
        };
        let mut text = |part| {
            let bytes = unescaped(part, &mut invalid);
            encoding.decode_without_bom_handling(&bytes).0.into_owned()
        };
        let field = FormField {
            name: text(name),
            value: value.map(text),
        };
        let fits = left.take_whole(&field.name)
            && field
                .value
                .as_deref()
                .is_none_or(|value| left.take_whole(value));
        if fits {
            left.fields -= 1;
            found.push(field);
        } else {
            full = true;
        }
    }
    if found.len() < count {
        notes.push(Note::FieldsCut(found.len(), count));
    }
    if invalid > 0 {
        notes.push(Note::InvalidEscapes(invalid));
    }
    found
}

/// The value of the field `_charset_`, in which a browser names the charset of a form (HTML section 4.10.21.4).
pub(super) fn charset_field(body: &[u8]) -> Option<String> {
    let body = &body[..body.len().min(CHARSET_BYTES_MAX)];
    let value = body.split(|byte| *byte == b'&').find_map(|field| {
        field
            .strip_prefix(CHARSET_FIELD.as_bytes())?
            .strip_prefix(b"=")
    })?;
    let value = unescaped(value, &mut 0);
    String::from_utf8(value.into_owned()).ok()
}

/// The charset in which the escapes of a form are written, if none is declared.
pub(super) fn charset_of_escapes(body: &[u8]) -> Option<charset::CharsetChoice<'static>> {
    let body = &body[..body.len().min(CHARSET_BYTES_MAX)];
    memchr(b'%', body)?;
    let bytes = unescaped(body, &mut 0);
    let known = charset::Known {
        is_text: true,
        ..charset::Known::default()
    };
    let choice = charset::choose(&bytes, known, &mut Vec::new())?;
    Some(choice.without_bytes())
}

/// Bytes with `+` and percent escapes decoded.
fn unescaped<'a>(part: &'a [u8], invalid: &mut usize) -> Cow<'a, [u8]> {
    if memchr::memchr2(b'+', b'%', part).is_none() {
        return Cow::Borrowed(part);
    }
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part;
    while let [first, behind @ ..] = rest {
        rest = behind;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => {
                let byte = escaped(behind);
                bytes.push(byte.unwrap_or(b'%'));
                if byte.is_some() {
                    rest = &behind[2..];
                } else {
                    *invalid += 1;
                }
            }
            other => bytes.push(*other),
        }
    }
    Cow::Owned(bytes)
}

/// The byte of two hexadecimal digits.
fn escaped(behind: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(*behind.get(at)?).to_digit(16);
    u8::try_from(digit(0)? * 16 + digit(1)?).ok()
}

#[cfg(test)]
mod tests {
    use super::super::limits::ContentOptions;
    use super::*;

    fn read(
        body: &[u8],
        encoding: &'static Encoding,
    ) -> (Vec<(String, Option<String>)>, Vec<Note>) {
        let mut notes = Vec::new();
        let mut left = Allowance::new(&ContentOptions {
            fields: 5,
            ..ContentOptions::default()
        });
        let fields = fields(body, encoding, &mut left, &mut notes);
        (
            fields
                .into_iter()
                .map(|field| (field.name, field.value))
                .collect(),
            notes,
        )
    }

    fn pair(name: &str, value: &str) -> (String, Option<String>) {
        (name.to_owned(), Some(value.to_owned()))
    }

    #[test]
    fn fields_keep_order_repeats_and_bare_names() {
        let (found, notes) = read(
            b"note=a%26b%3Dc+d&tag=x&tag=y&empty=&&flag",
            encoding_rs::UTF_8,
        );
        let expected = [
            pair("note", "a&b=c d"),
            pair("tag", "x"),
            pair("tag", "y"),
            pair("empty", ""),
            ("flag".to_owned(), None),
        ];
        assert_eq!((found.as_slice(), notes.len()), (&expected[..], 0));
    }

    #[test]
    fn wrong_escapes_stay_and_are_counted() {
        let (found, notes) = read(b"a=100%&b=%zz%4&c=%E4%f6", encoding_rs::WINDOWS_1252);
        assert_eq!(
            found,
            [pair("a", "100%"), pair("b", "%zz%4"), pair("c", "äö")]
        );
        assert_eq!(notes, [Note::InvalidEscapes(3)]);
    }

    #[test]
    fn the_rest_is_counted() {
        let (found, notes) = read(b"a&b&c&d&e&f&g", encoding_rs::UTF_8);
        assert_eq!((found.len(), notes), (5, vec![Note::FieldsCut(5, 7)]));
    }

    #[test]
    fn escapes_tell_their_charset() {
        let label = |body: &[u8]| charset_of_escapes(body).map(|choice| choice.charset().label);
        assert_eq!(label(b"city=Z%FCrich").as_deref(), Some("windows-1252"));
        assert_eq!(label(b"city=Z%C3%BCrich").as_deref(), Some("utf-8"));
        assert_eq!(label(b"city=Zug"), None);
    }
}
