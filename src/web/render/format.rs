//! Numbers and times for people. They are rounded; the exact value is always shown or available too.
//!
//! **Invariant:** numbers are rounded toward zero, and `static/js/time.js` formats times in the same way.

use std::fmt::{self, Display, Formatter};

use askama::Template;
use askama::filters::HtmlSafe;

pub(crate) use crate::domain::size::bytes;
use crate::domain::time::Time;
pub(crate) use crate::domain::time::duration;

/// `1 delivery`, `3 deliveries`.
#[must_use]
pub(crate) fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Two digits per byte.
#[must_use]
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits =
        |byte: &u8| [byte >> 4, byte & 15].map(|half| char::from(DIGITS[usize::from(half)]));
    bytes.iter().flat_map(digits).collect()
}

/// The end of an id. Version 7 ids begin with the time, so ids created together differ only at their ends.
#[must_use]
pub(crate) fn short_id(id: &str) -> String {
    const SHOWN: usize = 6;
    let chars = id.chars().count();
    if chars <= SHOWN + 1 {
        return id.to_owned();
    }
    let end: String = id.chars().skip(chars - SHOWN).collect();
    format!("\u{2026}{end}")
}

/// An instant as `<time>`: shown as "… ago", with the exact time in its title and for scripts.
#[derive(Clone, Debug, Template)]
#[template(
    source = r#"<time datetime="{{ iso }}" title="{{ exact }}"{% if short %} data-short{% endif %}>{{ ago }}</time>"#,
    ext = "html"
)]
pub(crate) struct Moment {
    iso: String,
    exact: String,
    ago: String,
    short: bool,
}

impl HtmlSafe for Moment {}

impl Moment {
    /// Relative to `now`.
    #[must_use]
    pub(crate) fn new(time: Time, now: Time) -> Self {
        Self {
            iso: time.to_string(),
            exact: exact(time),
            ago: ago(time, now),
            short: false,
        }
    }

    /// Without the word "ago", for lists.
    #[must_use]
    pub(crate) fn short(time: Time, now: Time) -> Self {
        let moment = Self::new(time, now);
        Self {
            ago: moment.ago.trim_end_matches(" ago").to_owned(),
            short: true,
            ..moment
        }
    }
}

/// An instant to the microsecond as `<time>`, in UTC. A script shows it in local time where the reader prefers that.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exact(pub(crate) Time);

impl Display for Exact {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (time, text) = (self.0, exact(self.0));
        write!(f, r#"<time class="exact" datetime="{time}">{text}</time>"#)
    }
}

impl HtmlSafe for Exact {}

/// `2026-11-21 21:49:08.385645 UTC`.
fn exact(time: Time) -> String {
    time.to_string().replace('T', " ").replace('Z', " UTC")
}

/// `now`, `12 s ago`, `3 min ago`, `2 h ago`, `4 d ago`, then the date. `static/js/time.js` updates it while the page is open.
fn ago(time: Time, now: Time) -> String {
    let seconds = now.millis_since(time) / 1000;
    match seconds {
        ..2 => "now".to_owned(),
        2..60 => format!("{seconds} s ago"),
        60..3_600 => format!("{} min ago", seconds / 60),
        3_600..86_400 => format!("{} h ago", seconds / 3_600),
        86_400..2_592_000 => format!("{} d ago", seconds / 86_400),
        _ => time.to_string().chars().take(10).collect(),
    }
}

/// `72 tokens in, 21 out`, as far as they are known.
pub(crate) fn tokens(input: Option<u64>, output: Option<u64>) -> Option<String> {
    match (input, output) {
        (Some(input), Some(output)) => Some(format!("{input} tokens in, {output} out")),
        (Some(input), None) => Some(format!("{input} tokens in")),
        (None, Some(output)) => Some(format!("{output} tokens out")),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_readable() {
        let spans = [
            0, 14, 999, 1_400, 59_990, 125_000, 3_720_000, 90_000_000, -120,
        ]
        .map(duration);
        assert_eq!(
            spans,
            [
                "0 ms",
                "14 ms",
                "999 ms",
                "1.40 s",
                "59.9 s",
                "2 min 5 s",
                "1 h 2 min",
                "1 d 1 h",
                "\u{2212}120 ms"
            ]
        );
    }

    #[test]
    fn an_instant_is_shown_relative_to_now() {
        let now = Time::from_micros(1_800_000_000_000_000);
        let before = |seconds: i64| ago(Time::from_micros(now.micros() - seconds * 1_000_000), now);
        let shown = [-5, 0, 59, 60, 3_600, 86_400, 2_592_000].map(before);
        assert_eq!(
            shown,
            [
                "now",
                "now",
                "59 s ago",
                "1 min ago",
                "1 h ago",
                "1 d ago",
                "2026-12-16"
            ]
        );
    }

    #[test]
    fn the_end_of_an_id_distinguishes_it() {
        assert_eq!(
            short_id("01a20015-cb58-731c-b81f-bbc9f0a069d4"),
            "\u{2026}a069d4"
        );
        assert_eq!(short_id("agent"), "agent");
    }

    #[test]
    fn tokens_are_named_as_far_as_they_are_known() {
        let tokens = |input, output| tokens(input, output).unwrap_or_default();
        assert_eq!(tokens(Some(7), Some(0)), "7 tokens in, 0 out");
        assert_eq!(tokens(Some(7), None), "7 tokens in");
        assert_eq!(tokens(None, Some(2)), "2 tokens out");
        assert_eq!(tokens(None, None), "");
    }
}
