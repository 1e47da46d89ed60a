//! What an endpoint answers its senders. It is chosen for tests of the sender: what was received is kept before any of these is said.
//!
//! **Invariant:** a reply has at least one status, and none of them redirects.

use serde::{Deserialize, Serialize};

/// Most statuses of a reply.
pub const STATUSES_MAX: usize = 10;

/// The statuses that an endpoint answers: the first to the first attempt of a delivery, the second to the second; the last one to all
/// that follow. What is no run of LangGraph has one attempt only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<u16>", into = "Vec<u16>")]
pub struct Reply(Vec<u16>);

impl TryFrom<Vec<u16>> for Reply {
    type Error = String;

    fn try_from(statuses: Vec<u16>) -> Result<Self, String> {
        Self::chosen(&statuses)
    }
}

impl From<Reply> for Vec<u16> {
    fn from(reply: Reply) -> Self {
        reply.0
    }
}

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

    /// A reply that somebody chose.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn chosen(statuses: &[u16]) -> Result<Self, String> {
        if statuses.is_empty() {
            return Err("a reply has at least one status".to_owned());
        }
        if statuses.len() > STATUSES_MAX {
            let count = statuses.len();
            return Err(format!(
                "a reply has at most {STATUSES_MAX} statuses, these are {count}"
            ));
        }
        let possible = |status: &&u16| matches!(status, 200..=299 | 400..=599);
        match statuses.iter().find(|status| !possible(status)) {
            Some(300..=399) => Err("redirects (3xx) are not supported".to_owned()),
            Some(status) => Err(format!(
                "a status lies in 200..299 or 400..599, and {status} does not"
            )),
            None => Ok(Self(statuses.to_vec())),
        }
    }

    /// A reply as people write it: see [`statuses`].
    ///
    /// # Errors
    /// A sentence that says what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        Self::chosen(&statuses(text)?)
    }

    /// What attempt number `attempt` (1, 2, 3 ...) is answered.
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

/// Statuses as people write them: `200`, or `500, 500, 200`.
///
/// # Errors
/// A sentence that says what is wrong with the text.
pub fn statuses(text: &str) -> Result<Vec<u16>, String> {
    let words = text.split([',', ' ']).filter(|word| !word.is_empty());
    let status = |word: &str| {
        let shown: String = word.chars().take(20).collect();
        word.parse()
            .map_err(|_| format!("a status is a number such as 200, and {shown:?} is none"))
    };
    words.map(status).collect()
}

/// Whether a status is a 2xx: then a sender takes its delivery for delivered.
#[must_use]
pub fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_attempt_gets_its_status_and_the_last_one_is_repeated() {
        let reply = Reply::parse("500, 503,200").unwrap();
        assert_eq!(
            [1, 2, 3, 4, 1000].map(|attempt| reply.status(attempt)),
            [500, 503, 200, 200, 200]
        );
        assert_eq!(reply.to_string(), "500, 503, 200");
        assert_eq!(Reply::default().status(7), 200);
    }

    #[test]
    fn what_is_no_reply_says_why() {
        for (text, why) in [
            ("", "at least one status"),
            ("200, ok", "\"ok\" is none"),
            ("199", "199 does not"),
            ("600", "600 does not"),
            ("200 302", "not supported"),
            ("70000", "\"70000\" is none"),
            ("1 2 3 4 5 6 7 8 9 10 11", "at most 10 statuses"),
        ] {
            let error = Reply::parse(text).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
