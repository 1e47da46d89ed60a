//! The response statuses of an endpoint, chosen to test senders. A request is stored before it is answered, whatever the status.
//!
//! **Invariant:** a plan has at least one status, and no redirects.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::delivery::{Delivery, Truncation};
use super::response::Response;

/// Most statuses of a plan.
const STATUSES_MAX: usize = 10;

/// The response statuses: the first for the first attempt of a delivery, the second for the second, and so on; the last one repeats. A
/// request that is not a LangGraph run always counts as the first attempt. Clones share their data, because each capture needs one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<u16>", into = "Vec<u16>")]
pub struct ReplyPlan {
    statuses: Arc<[u16]>,
    last: u16,
}

impl Default for ReplyPlan {
    /// 200, always.
    fn default() -> Self {
        Self {
            statuses: Arc::new([200]),
            last: 200,
        }
    }
}

impl TryFrom<Vec<u16>> for ReplyPlan {
    type Error = String;

    fn try_from(statuses: Vec<u16>) -> Result<Self, String> {
        Self::chosen(&statuses)
    }
}

impl From<ReplyPlan> for Vec<u16> {
    fn from(plan: ReplyPlan) -> Self {
        plan.statuses.to_vec()
    }
}

impl ReplyPlan {
    /// A plan with these statuses.
    ///
    /// # Errors
    /// What is wrong with the statuses.
    pub fn chosen(statuses: &[u16]) -> Result<Self, String> {
        let Some(&last) = statuses.last() else {
            return Err("enter at least one status".to_owned());
        };
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
            None => Ok(Self {
                statuses: statuses.into(),
                last,
            }),
        }
    }

    /// The response to a delivery whose seq and attempt are known; `None` if its sender disconnected. It depends on nothing else and is
    /// called once, and its result is stored: rules, templates, delays and faults are resolved here.
    pub(crate) fn resolve(&self, delivery: &Delivery) -> Option<Response> {
        let summary = &delivery.summary;
        match summary.body.cut {
            Some(Truncation::Disconnected) => None,
            Some(Truncation::TimedOut) => Some(Response::TIMEOUT),
            None | Some(Truncation::TooLong | Truncation::Unknown) => Some(Response {
                status: self.status(summary.attempt.number),
            }),
        }
    }

    /// The status for attempt 1, 2, 3 ...
    fn status(&self, attempt: u32) -> u16 {
        let index = attempt.saturating_sub(1) as usize;
        self.statuses.get(index).copied().unwrap_or(self.last)
    }

    /// The statuses in their order.
    #[must_use]
    pub fn statuses(&self) -> &[u16] {
        &self.statuses
    }
}

impl std::fmt::Display for ReplyPlan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let statuses: Vec<String> = self.statuses.iter().map(u16::to_string).collect();
        f.write_str(&statuses.join(", "))
    }
}

/// Parses `200`, or `500, 500, 200`.
///
/// # Errors
/// What is wrong with the text.
pub(crate) fn parse_statuses(text: &str) -> Result<Vec<u16>, String> {
    let words = text.split([',', ' ']).filter(|word| !word.is_empty());
    let status = |word: &str| {
        let shown: String = word.chars().take(20).collect();
        word.parse()
            .map_err(|_| format!("{shown:?} is not a status; use numbers such as 200"))
    };
    words.map(status).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::delivery::{BodyKind, Intake};
    use crate::domain::head::Head;
    use crate::domain::ids::EndpointId;
    use crate::domain::run::{Reading, ReadingKind};
    use crate::domain::time::Time;
    use crate::domain::token_check::TokenCheck;

    fn plan(text: &str) -> Result<ReplyPlan, String> {
        ReplyPlan::chosen(&parse_statuses(text)?)
    }

    #[test]
    fn each_attempt_gets_its_status_and_the_last_repeats() {
        let reply = plan("500, 503,200").unwrap();
        assert_eq!(
            [1, 2, 3, 4, 1000].map(|attempt| reply.status(attempt)),
            [500, 503, 200, 200, 200]
        );
        assert_eq!(reply.to_string(), "500, 503, 200");
        assert_eq!(ReplyPlan::default().status(7), 200);
    }

    /// Status that the plan `500, 200` resolves to for the second attempt of a delivery that is cut so.
    fn resolved(cut: Option<Truncation>) -> Option<u16> {
        let intake = Intake {
            received_at: Time::from_micros(0),
            peer: None,
            client: None,
            head: Head {
                raw: "POST / HTTP/1.1\r\n\r\n".into(),
                exact: true,
            },
            body: "x".into(),
            cut,
        };
        let read = (BodyKind::Text, Reading::plain(ReadingKind::Text));
        let id = EndpointId::random();
        let mut delivery = Delivery::new(id, intake, TokenCheck::NOT_ASKED, read);
        delivery.summary.attempt.number = 2;
        let response = plan("500, 200").unwrap().resolve(&delivery);
        response.map(|response| response.status)
    }

    #[test]
    fn a_delivery_is_answered_by_its_attempt_and_how_it_ended() {
        assert_eq!(resolved(None), Some(200));
        assert_eq!(resolved(Some(Truncation::TooLong)), Some(200));
        assert_eq!(resolved(Some(Truncation::TimedOut)), Some(408));
        assert_eq!(resolved(Some(Truncation::Disconnected)), None);
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
            let error = plan(text).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
