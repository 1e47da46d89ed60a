//! The contract for refused requests: they are kept as given, the newest 50 of each endpoint.

use bytes::Bytes;
use creel::domain::ids::EndpointId;
use creel::domain::refusal::{REFUSED_MAX, RefusalReason, RefusedRequest, RefusedRequests};
use creel::domain::time::Time;
use creel::store::{Store, StoreError};

use super::{is_not_found, minted, promised};

fn refused(n: u64) -> RefusedRequest {
    let reasons = [RefusalReason::RepeatedHost, RefusalReason::HeadTooLong];
    let even = n.is_multiple_of(2);
    RefusedRequest {
        at: Time::from_micros(1_790_000_000_123_456 + n.cast_signed()),
        reason: reasons[usize::from(even)],
        peer: if even { None } else { "[::1]:9".parse().ok() },
        head: Bytes::from(format!("GET /{n} HTTP/1.1\r\n\0\u{ff}")),
        head_bytes: n + 100,
    }
}

async fn keep(store: &dyn Store, id: EndpointId, n: u64) -> Result<(), StoreError> {
    store.record_refused(id, refused(n)).await
}

#[test]
fn the_newest_are_listed_as_they_were_given() {
    promised(async |room| {
        let store = room.open();
        let (id, other) = (minted(&*store).await, minted(&*store).await);
        let max = REFUSED_MAX as u64;
        for n in 1..=max + 3 {
            keep(&*store, id, n).await.unwrap();
        }
        keep(&*store, other, 7).await.unwrap();
        drop(store);
        let store = room.open();
        let expected = RefusedRequests {
            total: max + 3,
            newest: (4..=max + 3).rev().map(refused).collect(),
        };
        assert_eq!(store.refused(id).await.unwrap(), expected);
        assert_eq!(store.refused_total(id).await.unwrap(), max + 3);
        let of_other = store.refused(other).await.unwrap();
        assert_eq!((of_other.total, of_other.newest), (1, vec![refused(7)]));
    });
}

#[test]
fn an_endpoint_without_any_has_an_empty_list() {
    promised(async |room| {
        let store = room.open();
        let id = minted(&*store).await;
        let none = RefusedRequests::default();
        assert_eq!(store.refused(id).await.unwrap(), none);
        assert_eq!(store.refused_total(id).await.unwrap(), 0);
    });
}

#[test]
fn a_deleted_endpoint_takes_none() {
    promised(async |room| {
        let store = room.open();
        let id = minted(&*store).await;
        keep(&*store, id, 1).await.unwrap();
        store.delete_endpoint(id).await.unwrap();
        assert!(is_not_found(&keep(&*store, id, 2).await));
        assert!(is_not_found(&store.refused(id).await));
        assert!(is_not_found(&store.refused_total(id).await));
        let unknown = EndpointId::random();
        assert!(is_not_found(&keep(&*store, unknown, 1).await));
    });
}
