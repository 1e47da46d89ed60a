//! Numbers with units: sizes, spans of time, and moments.
//!
//! **Invariant:** a number is exact: `1.5kb` is 1500 bytes, and one that is not a whole number of the smallest unit is an error.

use jiff::civil::{Date, DateTime};

use crate::domain::time::Time;

/// Units of sizes, in bytes.
const SIZES: &[(&str, i64)] = &[
    ("", 1),
    ("b", 1),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
];
/// Units of time, in milliseconds.
const SPANS: &[(&str, i64)] = &[
    ("ms", 1),
    ("s", 1_000),
    ("m", 60_000),
    ("min", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
    ("w", 604_800_000),
];
const DAY_MICROS: i64 = 86_400_000_000;

/// Why a number cannot be read, and what to write instead.
pub(super) type WrongNumber = (String, Option<String>);

/// A number of bytes.
pub(super) fn size(text: &str) -> Result<i64, WrongNumber> {
    with_unit(text, SIZES).map_err(|problem| match problem {
        Problem::Unit(number) => (
            "a size is in bytes, kb, mb, gb, kib, mib or gib".to_owned(),
            Some(format!("{number}kb")),
        ),
        other => other.wrong("a size", "100kb", "bytes"),
    })
}

/// Milliseconds.
pub(super) fn duration(text: &str) -> Result<i64, WrongNumber> {
    with_unit(text, SPANS).map_err(|problem| match problem {
        Problem::Unit(number) => (
            "a duration needs a unit: ms, s, m, h or d".to_owned(),
            Some(format!("{number}s")),
        ),
        other => other.wrong("a duration", "30s", "milliseconds"),
    })
}

/// A whole number.
pub(super) fn count(text: &str) -> Result<i64, WrongNumber> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| is_number);
    number.ok_or_else(|| (format!("\"{text}\" is not a whole number"), None))
}

/// A number of any kind.
pub(super) fn decimal(text: &str) -> Result<f64, WrongNumber> {
    let number = number_in(text.as_bytes());
    number.ok_or_else(|| (format!("\"{text}\" is not a number"), None))
}

/// The number that a text is, spelled as in JSON.
pub(super) fn number_in(text: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(text).ok()?;
    let starts = text.strip_prefix('-').unwrap_or(text);
    let begins = starts.starts_with(|letter: char| letter.is_ascii_digit());
    let number: f64 = text.parse().ok().filter(|_| begins)?;
    number.is_finite().then_some(number)
}

/// Microseconds since 1970 of a moment: RFC 3339, a date, or one relative to `now`. Without a zone it is in UTC.
pub(super) fn moment(text: &str, now: Time) -> Result<i64, WrongNumber> {
    let lower = text.to_lowercase();
    let today = now.micros() - now.micros().rem_euclid(DAY_MICROS);
    let before_now = lower.strip_prefix("now-").unwrap_or(&lower);
    let found = match lower.as_str() {
        "now" => Some(now.micros()),
        "today" => Some(today),
        "yesterday" => Some(today - DAY_MICROS),
        _ => match with_unit(before_now, SPANS) {
            Ok(millis) if millis >= 0 => {
                let micros = millis.checked_mul(1_000);
                micros.and_then(|micros| now.micros().checked_sub(micros))
            }
            _ => absolute(text),
        },
    };
    let wrong = || {
        let example = "2026-11-21T10:00Z, 2026-11-21, 15m, 2h, 7d, today or yesterday";
        (format!("\"{text}\" is not a time; write {example}"), None)
    };
    found
        .and_then(Time::checked)
        .map(Time::micros)
        .ok_or_else(wrong)
}

fn absolute(text: &str) -> Option<i64> {
    if let Some(time) = Time::parse(text) {
        return Some(time.micros());
    }
    // jiff also reads a time zone in brackets here, and would ignore it.
    if text.contains('[') {
        return None;
    }
    let civil = match text.parse::<Date>() {
        Ok(date) if !text.contains(':') => DateTime::from(date),
        _ => text.parse::<DateTime>().ok()?,
    };
    let offset = jiff::tz::Offset::UTC;
    Some(offset.to_timestamp(civil).ok()?.as_microsecond())
}

enum Problem<'a> {
    NotANumber,
    /// The number without its unit.
    Unit(&'a str),
    NotWhole,
    TooLarge,
}

impl Problem<'_> {
    fn wrong(&self, what: &str, example: &str, unit: &str) -> WrongNumber {
        match self {
            Self::NotANumber | Self::Unit(_) => (
                format!("{what} is a number with a unit, such as {example}"),
                None,
            ),
            Self::NotWhole => (format!("{what} must be a whole number of {unit}"), None),
            Self::TooLarge => (format!("{what} is too large"), None),
        }
    }
}

/// A decimal number with one of these units, in the smallest one.
fn with_unit<'a>(text: &'a str, units: &[(&str, i64)]) -> Result<i64, Problem<'a>> {
    let end = text
        .find(|letter: char| !(letter.is_ascii_digit() || letter == '.' || letter == '-'))
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let (sign, digits) = match number.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, number),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) {
        return Err(Problem::NotANumber);
    }
    let unit = unit.to_lowercase();
    let found = units.iter().find(|(name, _)| *name == unit);
    let factor = i128::from(found.ok_or(Problem::Unit(number))?.1);
    let (whole, parts): (i128, i128) = match (whole.parse(), fraction.parse()) {
        (Ok(whole), Ok(parts)) if whole < 1 << 64 && fraction.len() < 20 => (whole, parts),
        _ => return Err(Problem::TooLarge),
    };
    let scale = 10_i128.pow(u32::try_from(fraction.len()).unwrap_or(20));
    if (parts * factor) % scale != 0 {
        return Err(Problem::NotWhole);
    }
    let value = sign * (whole * factor + parts * factor / scale);
    i64::try_from(value).map_err(|_| Problem::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_durations_are_exact() {
        for (text, bytes) in [
            ("0", 0),
            ("100kb", 100_000),
            ("1.5KB", 1_500),
            ("2MiB", 2 << 20),
        ] {
            assert_eq!(size(text).unwrap(), bytes, "{text}");
        }
        for (text, millis) in [
            ("30s", 30_000),
            ("250ms", 250),
            ("1.5h", 5_400_000),
            ("-5s", -5_000),
        ] {
            assert_eq!(duration(text).unwrap(), millis, "{text}");
        }
        for (text, suggestion) in [
            ("10x", Some("10kb")),
            ("10m", Some("10kb")),
            ("1.0001kb", None),
            ("kb", None),
            ("1..2kb", None),
            ("99999999999gb", None),
            ("999999999999999999999999999999999999999999", None),
            ("1.000000000000000000000000001kb", None),
        ] {
            assert_eq!(size(text).unwrap_err().1.as_deref(), suggestion, "{text}");
        }
        assert_eq!(duration("30").unwrap_err().1.as_deref(), Some("30s"));
    }

    #[test]
    fn moments_are_absolute_or_before_now() {
        let now = Time::parse("2026-11-28T12:30:00Z").unwrap();
        let at = |text: &str| {
            let micros = moment(text, now).ok()?;
            Some(Time::from_micros(micros).to_string().replace(".000000", ""))
        };
        for (text, expected) in [
            ("2026-11-21T10:00Z", "2026-11-21T10:00:00Z"),
            ("2026-11-21T10:00:30+02:00", "2026-11-21T08:00:30Z"),
            ("2026-11-21T10:00", "2026-11-21T10:00:00Z"),
            ("2026-11-21", "2026-11-21T00:00:00Z"),
            ("15m", "2026-11-28T12:15:00Z"),
            ("now-14d", "2026-11-14T12:30:00Z"),
            ("Today", "2026-11-28T00:00:00Z"),
            ("yesterday", "2026-11-27T00:00:00Z"),
            ("now", "2026-11-28T12:30:00Z"),
        ] {
            assert_eq!(at(text).as_deref(), Some(expected), "{text}");
        }
        for wrong in [
            "",
            "soon",
            "-15m",
            "15",
            "2026-13-01",
            "2026-11-21T25:00Z",
            "10:00",
            "999999999d",
            "2026-11-21T10:00[Europe/Berlin]",
            "99999-01-01",
        ] {
            assert_eq!(at(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn numbers_are_spelled_as_in_json() {
        assert_eq!(number_in(b"-1.5e3"), Some(-1500.0));
        for wrong in ["", "inf", "NaN", "+1", ".5", "1x", "0x10", "1e999"] {
            assert_eq!(number_in(wrong.as_bytes()), None, "{wrong}");
        }
        assert_eq!(count("-3").unwrap(), -3);
        for wrong in ["", "-", "+3", "1.5", "99999999999999999999"] {
            assert!(count(wrong).is_err(), "{wrong}");
        }
    }
}
