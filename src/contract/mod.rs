//! The JSON of the API where it differs from the domain types: nested instead of flat, and with readable values; and the forms of an
//! export. Shared by the API's responses, the live stream, the pages and the commands.
//!
//! **Invariant:** fields are added, never renamed or removed; `tests/it/openapi.rs` compares the schema with its snapshot.

pub(crate) mod body;
pub(crate) mod content;
pub(crate) mod curl;
pub(crate) mod delivery;
pub(crate) mod endpoint;
pub(crate) mod export;
mod finding;
mod reading;
pub(crate) mod refused;

#[cfg(test)]
mod tests {
    use crate::domain::delivery::{Delivery, Intake};
    use crate::domain::head::Head;
    use crate::domain::ids::{EndpointId, Seq};
    use crate::domain::time::Time;
    use crate::domain::token_check::TokenCheck;
    use crate::langgraph;

    /// Delivery 1 of an endpoint, with this head and body.
    pub(super) fn delivery(head: &[u8], body: &[u8]) -> Delivery {
        let head = Head {
            raw: bytes::Bytes::copy_from_slice(head),
            exact: true,
        };
        let received_at = Time::from_micros(0);
        let read = langgraph::read(&head, body, None, received_at);
        let intake = Intake {
            received_at,
            peer: None,
            client: None,
            head,
            body: bytes::Bytes::copy_from_slice(body),
            cut: None,
            trailers: bytes::Bytes::new(),
        };
        let mut delivery = Delivery::new(EndpointId::random(), intake, TokenCheck::NOT_ASKED, read);
        delivery.summary.seq = Seq(1);
        delivery
    }
}
