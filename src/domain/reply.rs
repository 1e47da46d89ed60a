//! The response statuses of an endpoint, chosen to test senders. A request is stored before it is answered, whatever the status.
//!
//! **Invariant:** a plan has at least one status, and no redirects. Each position of a sequence before the last is given to one request.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::delivery::{Delivery, Truncation};
use super::response::Response;
use super::run::ReadingKind;

/// Most statuses of a plan.
const STATUSES_MAX: usize = 10;

/// The first position of a sequence.
pub(crate) const FIRST_POSITION: u32 = 1;

/// The response statuses: a sequence whose last status repeats. Attempts of a LangGraph run are counted for each run: the first attempt gets
/// the first status, the second the second. All other requests are counted together for the endpoint, which keeps the position of the next
/// one. Clones share their data, because each capture needs one.
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

    /// The response to a delivery whose seq and attempt are known; `None` if its sender disconnected. `position` is that of the endpoint, for
    /// a delivery that [takes one](Self::takes_position). It depends on nothing else and is called once, and its result is stored: rules,
    /// templates, delays and faults are resolved here.
    pub(crate) fn resolve(&self, delivery: &Delivery, position: u32) -> Option<Response> {
        let summary = &delivery.summary;
        let position = match summary.reading.kind {
            ReadingKind::Run => summary.attempt.number,
            _ => position,
        };
        match summary.body.cut {
            Some(Truncation::Disconnected) => None,
            Some(Truncation::TimedOut) => Some(Response::TIMEOUT),
            None | Some(Truncation::TooLong | Truncation::Unknown) => Some(Response {
                status: self.status(position),
            }),
        }
    }

    /// Whether the response to a delivery is chosen by the endpoint's position, so that the next delivery has the position after it. A run
    /// takes none. A delivery whose sender disconnected or timed out takes none either, because it is not answered with a status of the plan.
    pub(crate) fn takes_position(&self, delivery: &Delivery) -> bool {
        let summary = &delivery.summary;
        let unanswered = matches!(
            summary.body.cut,
            Some(Truncation::Disconnected | Truncation::TimedOut)
        );
        self.is_sequence() && summary.reading.kind != ReadingKind::Run && !unanswered
    }

    /// The position after this one; the last one repeats.
    pub(crate) fn position_after(&self, position: u32) -> u32 {
        let is_last = position as usize >= self.statuses.len();
        if is_last { position } else { position + 1 }
    }

    /// The status at position 1, 2, 3 ...
    pub(crate) fn status(&self, position: u32) -> u16 {
        let index = position.saturating_sub(1) as usize;
        self.statuses.get(index).copied().unwrap_or(self.last)
    }

    /// Whether it has more than one status.
    pub(crate) fn is_sequence(&self) -> bool {
        self.statuses.len() > 1
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
    use crate::domain::body::BodyKind;
    use crate::domain::delivery::Intake;
    use crate::domain::head::Head;
    use crate::domain::ids::EndpointId;
    use crate::domain::run::Reading;
    use crate::domain::time::Time;
    use crate::domain::token_check::TokenCheck;

    fn plan(text: &str) -> Result<ReplyPlan, String> {
        ReplyPlan::chosen(&parse_statuses(text)?)
    }

    #[test]
    fn each_position_has_its_status_and_the_last_repeats() {
        let reply = plan("500, 503,200").unwrap();
        assert_eq!(
            [1, 2, 3, 4, 1000].map(|position| reply.status(position)),
            [500, 503, 200, 200, 200]
        );
        assert_eq!([1, 2, 3].map(|now| reply.position_after(now)), [2, 3, 3]);
        assert_eq!(reply.to_string(), "500, 503, 200");
        assert_eq!(ReplyPlan::default().status(7), 200);
    }

    /// A second attempt with a body of this kind that is cut so.
    fn delivery(kind: ReadingKind, cut: Option<Truncation>) -> Delivery {
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
            trailers: bytes::Bytes::new(),
        };
        let read = (BodyKind::Text, Reading::plain(kind));
        let id = EndpointId::random();
        let mut delivery = Delivery::new(id, intake, TokenCheck::NOT_ASKED, read);
        delivery.summary.attempt.number = 2;
        delivery
    }

    #[test]
    fn a_run_is_answered_by_its_attempt_and_another_request_by_the_position() {
        let plan = plan("500, 503, 200").unwrap();
        let resolved = |kind| {
            let response = plan.resolve(&delivery(kind, None), 3);
            response.map(|response| response.status)
        };
        assert_eq!(resolved(ReadingKind::Run), Some(503));
        assert_eq!(resolved(ReadingKind::Text), Some(200));
        assert_eq!(resolved(ReadingKind::Json), Some(200));
    }

    #[test]
    fn a_delivery_without_an_answer_of_the_plan_takes_no_position() {
        let plan = plan("500, 200").unwrap();
        for (cut, status, takes) in [
            (None, Some(500), true),
            (Some(Truncation::TooLong), Some(500), true),
            (Some(Truncation::TimedOut), Some(408), false),
            (Some(Truncation::Disconnected), None, false),
        ] {
            let text = delivery(ReadingKind::Text, cut);
            let response = plan.resolve(&text, FIRST_POSITION);
            assert_eq!(response.map(|response| response.status), status, "{cut:?}");
            assert_eq!(plan.takes_position(&text), takes, "{cut:?}");
        }
        let run = delivery(ReadingKind::Run, None);
        assert!(!plan.takes_position(&run));
        let text = delivery(ReadingKind::Text, None);
        assert!(!ReplyPlan::default().takes_position(&text));
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
