//! The attempt of a delivery.
//!
//! **Invariant:** attempts are deliveries of the same run with identical bodies. Unreadable values of earlier deliveries are skipped, never
//! guessed.

use serde::{Deserialize, Serialize};

use super::ids::Seq;
use super::response::Response;
use super::time::Time;

/// How many of the newest deliveries of a run are checked, so that a run that is sent forever costs no more than others.
pub(crate) const EARLIER_MAX: u32 = 16;

/// The attempt of a delivery. A delivery without a run id is always the first attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// 1, 2, 3 ...; 0 if the stored number cannot be read.
    pub number: u32,
    /// Seq of the first attempt; its own seq if that is unknown.
    pub first_seq: Seq,
    /// Time since the previous attempt, in milliseconds; `None` for the first.
    pub gap_ms: Option<i64>,
    /// Whether the previous attempt was answered with a 2xx, after which a sender has no reason to retry.
    pub after_success: bool,
    /// An earlier delivery of the same run whose body differs.
    pub other_bytes: Option<Seq>,
}

/// The data of an earlier delivery of the same run; `None` if a stored value cannot be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EarlierDelivery {
    pub(crate) seq: Seq,
    pub(crate) received_at: Option<Time>,
    pub(crate) sha256: Option<[u8; 32]>,
    /// `None` also if its sender disconnected.
    pub(crate) response: Option<Response>,
    pub(crate) attempt: Option<Attempt>,
}

impl Attempt {
    /// The first attempt of a run.
    #[must_use]
    pub fn first(seq: Seq) -> Self {
        Self {
            number: 1,
            first_seq: seq,
            gap_ms: None,
            after_success: false,
            other_bytes: None,
        }
    }

    /// The attempt of a delivery whose stored attempt cannot be read.
    #[must_use]
    pub(crate) fn unknown(seq: Seq) -> Self {
        Self {
            number: 0,
            ..Self::first(seq)
        }
    }

    /// The attempt of a delivery that follows these of its run, newest first.
    #[must_use]
    pub(crate) fn after(
        earlier: &[EarlierDelivery],
        seq: Seq,
        received_at: Time,
        sha256: Option<[u8; 32]>,
    ) -> Self {
        let has_same_bytes = |one: &&EarlierDelivery| one.sha256.is_some() && one.sha256 == sha256;
        let (same, others): (Vec<&EarlierDelivery>, Vec<&EarlierDelivery>) =
            earlier.iter().partition(has_same_bytes);
        let other_bytes = others.iter().find(|other| other.sha256.is_some());
        let other_bytes = other_bytes.map(|other| other.seq);
        let (Some(before), Some((number, first_seq))) = (same.first(), newest(&same)) else {
            return Self {
                other_bytes,
                ..Self::first(seq)
            };
        };
        Self {
            number: number.saturating_add(1),
            first_seq,
            gap_ms: before
                .received_at
                .map(|before| received_at.millis_since(before)),
            after_success: before.response.is_some_and(Response::is_success),
            other_bytes,
        }
    }

    /// Whether the number is known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.number > 0
    }
}

/// The number of the newest of these attempts of one delivery, newest first, and the seq of the first attempt. An attempt whose number
/// cannot be read is counted from the previous one.
fn newest(same: &[&EarlierDelivery]) -> Option<(u32, Seq)> {
    same.iter().rev().fold(None, |before, one| {
        Some(match (one.attempt, before) {
            (Some(known), _) => (known.number, known.first_seq),
            (None, Some((number, first_seq))) => (number.saturating_add(1), first_seq),
            (None, None) => (1, one.seq),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An attempt that arrived at this second with this body, was answered so and knew its number.
    fn earlier(seq: u64, second: i64, body: u8, status: u16, number: u32) -> EarlierDelivery {
        EarlierDelivery {
            seq: Seq(seq),
            received_at: Some(at(second)),
            sha256: Some([body; 32]),
            response: Some(Response { status }),
            attempt: Some(Attempt {
                number,
                ..Attempt::first(Seq(1))
            }),
        }
    }

    fn at(second: i64) -> Time {
        Time::from_micros(second * 1_000_000)
    }

    /// Of a delivery with the body 7 that arrives at second 100 as number 50.
    fn after(earlier: &[EarlierDelivery]) -> Attempt {
        Attempt::after(earlier, Seq(50), at(100), Some([7; 32]))
    }

    #[test]
    fn without_an_earlier_one_it_is_the_first() {
        assert_eq!(after(&[]), Attempt::first(Seq(50)));
    }

    #[test]
    fn the_same_bytes_are_the_next_attempt() {
        let found = after(&[earlier(9, 98, 7, 500, 2), earlier(1, 90, 7, 200, 1)]);
        let expected = Attempt {
            number: 3,
            first_seq: Seq(1),
            gap_ms: Some(2000),
            after_success: false,
            other_bytes: None,
        };
        assert_eq!(found, expected);
        assert!(after(&[earlier(9, 98, 7, 204, 2)]).after_success);
    }

    #[test]
    fn other_bytes_are_another_delivery() {
        let found = after(&[earlier(9, 98, 8, 200, 1), earlier(5, 90, 9, 200, 1)]);
        let expected = Attempt {
            other_bytes: Some(Seq(9)),
            ..Attempt::first(Seq(50))
        };
        assert_eq!(found, expected);
        let between = after(&[earlier(9, 98, 8, 200, 1), earlier(5, 90, 7, 200, 1)]);
        assert_eq!((between.number, between.gap_ms), (2, Some(10_000)));
        assert_eq!(between.other_bytes, Some(Seq(9)));
    }

    #[test]
    fn numbers_continue_when_the_first_attempts_are_not_read() {
        let numbers = (25..=40).rev();
        let newest: Vec<_> = numbers
            .map(|number| earlier(number.into(), 98, 7, 500, number))
            .collect();
        assert_eq!(after(&newest).number, 41);
        assert_eq!(after(&newest).first_seq, Seq(1));
    }

    #[test]
    fn an_unreadable_number_is_counted_from_the_previous_one() {
        let unreadable = |seq| EarlierDelivery {
            attempt: None,
            ..earlier(seq, 98, 7, 500, 1)
        };
        let found = after(&[unreadable(9), unreadable(8), earlier(3, 90, 7, 500, 4)]);
        assert_eq!((found.number, found.first_seq), (7, Seq(1)));
        let found = after(&[unreadable(9), unreadable(8)]);
        assert_eq!((found.number, found.first_seq), (3, Seq(8)));
    }

    #[test]
    fn unreadable_values_are_skipped() {
        let damaged = EarlierDelivery {
            sha256: None,
            ..earlier(9, 98, 7, 500, 1)
        };
        assert_eq!(after(&[damaged]), Attempt::first(Seq(50)));
        let timeless = EarlierDelivery {
            received_at: None,
            response: None,
            ..earlier(9, 98, 7, 200, 1)
        };
        let found = after(&[timeless]);
        assert_eq!((found.number, found.gap_ms), (2, None));
        assert!(!found.after_success);
        let unknown = Attempt::after(&[damaged], Seq(50), at(100), None);
        assert_eq!(unknown, Attempt::first(Seq(50)));
    }
}
