//! The response statuses of an endpoint, chosen to test senders. A request is stored before it is answered, whatever the status.
//!
//! **Invariant:** a reply has at least one status, and no redirects.

use serde::{Deserialize, Serialize};

/// Most statuses of a reply.
pub const STATUSES_MAX: usize = 10;

/// The response statuses: the first for the first attempt of a delivery, the second for the second, and so on; the last one repeats. A
/// request that is not a LangGraph run always counts as the first attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reply(Vec<u16>);

impl Default for Reply {
    fn default() -> Self {
        Self::always(200)
    }
}

impl Reply {
    /// The same status every time.
    #[must_use]
    pub fn always(status: u16) -> Self {
        Self(vec![status])
    }

    /// A reply with these statuses.
    ///
    /// # Errors
    /// What is wrong with the statuses.
    pub fn chosen(statuses: &[u16]) -> Result<Self, String> {
        if statuses.is_empty() {
            return Err("enter at least one status".to_owned());
        }
        if statuses.len() > STATUSES_MAX {
            let count = statuses.len();
            return Err(format!(
                "at most {STATUSES_MAX} statuses are allowed, not {count}"
            ));
        }
        let possible = |status: &&u16| matches!(status, 200..=299 | 400..=599);
        match statuses.iter().find(|status| !possible(status)) {
            Some(300..=399) => Err("redirects (3xx) are not supported".to_owned()),
            Some(status) => Err(format!(
                "{status} is not allowed: a status must be 200 to 299 or 400 to 599"
            )),
            None => Ok(Self(statuses.to_vec())),
        }
    }

    /// Parses `200`, or `500, 500, 200`.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let words = text.split([',', ' ']).filter(|word| !word.is_empty());
        let status = |word: &str| {
            let shown: String = word.chars().take(20).collect();
            word.parse()
                .map_err(|_| format!("{shown:?} is not a status; use numbers such as 200"))
        };
        Self::chosen(&words.map(status).collect::<Result<Vec<_>, _>>()?)
    }

    /// The status for attempt number `attempt` (1, 2, 3 ...).
    #[must_use]
    pub fn status(&self, attempt: u32) -> u16 {
        let index = (attempt.max(1) - 1) as usize;
        self.0.get(index).or(self.0.last()).copied().unwrap_or(200)
    }

    /// The statuses in their order.
    #[must_use]
    pub fn statuses(&self) -> &[u16] {
        &self.0
    }
}

impl std::fmt::Display for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let statuses: Vec<String> = self.0.iter().map(u16::to_string).collect();
        f.write_str(&statuses.join(", "))
    }
}

/// Whether a status is a 2xx, which senders accept as delivered.
#[must_use]
pub fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_attempt_gets_its_status_and_the_last_repeats() {
        let reply = Reply::parse("500, 503,200").unwrap();
        assert_eq!(
            [1, 2, 3, 4, 1000].map(|attempt| reply.status(attempt)),
            [500, 503, 200, 200, 200]
        );
        assert_eq!(reply.to_string(), "500, 503, 200");
        assert_eq!(Reply::default().status(7), 200);
    }

    #[test]
    fn an_invalid_reply_is_refused_with_its_reason() {
        for (text, why) in [
            ("", "at least one status"),
            ("200, ok", "\"ok\" is not a status"),
            ("199", "199 is not allowed"),
            ("600", "600 is not allowed"),
            ("200 302", "not supported"),
            ("70000", "\"70000\" is not a status"),
            ("1 2 3 4 5 6 7 8 9 10 11", "at most 10 statuses"),
        ] {
            let error = Reply::parse(text).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
