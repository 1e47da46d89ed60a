//! Instants in creel's format: RFC 3339, UTC, always with six digits of a second. Also formats durations for people.
//!
//! **Invariant:** there is one format everywhere, so text sorts like time (from the year 0 on).

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant with microsecond precision (further digits are dropped).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(Timestamp);

impl Time {
    /// The present instant.
    #[must_use]
    pub fn now() -> Self {
        Self::from_micros(Timestamp::now().as_microsecond())
    }

    /// From microseconds since 1970; instants outside of the years -9999 to 9999 become the first or the last of these. For values that
    /// were stored there is [`Self::checked`].
    #[must_use]
    pub fn from_micros(micros: i64) -> Self {
        let nearest = if micros < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        };
        Self(Timestamp::from_microsecond(micros).unwrap_or(nearest))
    }

    /// From microseconds since 1970; `None` outside the years -9999 to 9999.
    pub(crate) fn checked(micros: i64) -> Option<Self> {
        Timestamp::from_microsecond(micros).ok().map(Self)
    }

    /// Microseconds since 1970.
    #[must_use]
    pub fn micros(self) -> i64 {
        self.0.as_microsecond()
    }

    /// Reads RFC 3339 with any offset; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let timestamp: Timestamp = text.parse().ok()?;
        Some(Self::from_micros(timestamp.as_microsecond()))
    }

    /// Whether a text is a date and a time without a time zone, such as `2026-11-21T21:49:08`.
    pub(crate) fn lacks_zone(text: &str) -> bool {
        let is_civil = || text.parse::<jiff::civil::DateTime>().is_ok();
        text.contains(':') && !text.ends_with(']') && Self::parse(text).is_none() && is_civil()
    }

    /// Milliseconds from `earlier` to this instant, rounded down; negative if `earlier` is later.
    #[must_use]
    pub fn millis_since(self, earlier: Self) -> i64 {
        (self.micros() - earlier.micros()).div_euclid(1000)
    }
}

/// `14 ms`, `1.4 s`, `2 min 5 s`, `3 h 2 min`; negative spans keep their sign.
#[must_use]
pub fn duration(ms: i64) -> String {
    let sign = if ms < 0 { "\u{2212}" } else { "" };
    let ms = ms.unsigned_abs();
    let seconds = ms / 1000;
    let text = match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..10_000 => format!("{seconds}.{:02} s", ms % 1000 / 10),
        10_000..60_000 => format!("{seconds}.{} s", ms % 1000 / 100),
        60_000..3_600_000 => format!("{} min {} s", seconds / 60, seconds % 60),
        3_600_000..86_400_000 => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds / 3600 % 24),
    };
    format!("{sign}{text}")
}

impl std::fmt::Display for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.6}", self.0)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("a time must be RFC 3339"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_in_utc_with_six_digits() {
        let shown = |text| Time::parse(text).map(|t| t.to_string());
        assert_eq!(
            shown("2026-11-21T21:49:08.385645+00:00").as_deref(),
            Some("2026-11-21T21:49:08.385645Z")
        );
        assert_eq!(
            shown("2026-11-21T21:55:04.595Z").as_deref(),
            Some("2026-11-21T21:55:04.595000Z")
        );
        assert_eq!(
            shown("2026-11-21T23:00:00+02:00").as_deref(),
            Some("2026-11-21T21:00:00.000000Z")
        );
        assert_eq!(shown("yesterday"), None);
    }

    #[test]
    fn l10_only_a_time_without_an_offset_lacks_a_zone() {
        for text in [
            "2026-11-21T21:49:08",
            "2026-11-21 21:49:08.385645",
            "2026-11-21T21:49",
        ] {
            assert!(Time::lacks_zone(text), "{text}");
            assert_eq!(Time::parse(text), None, "{text}");
        }
        for text in [
            "2026-11-21T21:49:08Z",
            "2026-11-21T21:49:08+02:00",
            "2026-11-21T21:49:08[Europe/Berlin]",
            "2026-11-21",
            "yesterday",
            "21:49",
            "",
        ] {
            assert!(!Time::lacks_zone(text), "{text}");
        }
    }

    #[test]
    fn an_instant_beyond_the_calendar_is_its_end_and_no_stored_one() {
        for (micros, year) in [(i64::MIN, "-009999-"), (i64::MAX, "9999-")] {
            let nearest = Time::from_micros(micros).to_string();
            assert!(nearest.starts_with(year), "{nearest}");
            assert_eq!(Time::checked(micros), None);
        }
    }
}
