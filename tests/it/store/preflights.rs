//! The contract for the number of CORS preflights of an endpoint.

use creel::domain::ids::EndpointId;

use super::{all_endpoints, is_not_found, minted, promised};

#[test]
fn preflights_add_up_and_survive() {
    promised(async |room| {
        let store = room.open();
        let (one, other) = (minted(&*store).await, minted(&*store).await);
        assert_eq!(store.preflights(one).await.unwrap(), 0);
        for counted in [vec![(one, 3)], vec![(other, 1), (one, 2)], vec![]] {
            store.add_preflights(counted).await.unwrap();
        }
        drop(store);
        let store = room.open();
        assert_eq!(store.preflights(one).await.unwrap(), 5);
        let listed = all_endpoints(&*store).await;
        let listed = listed.iter().map(|one| (one.endpoint.id, one.preflights));
        assert_eq!(listed.collect::<Vec<_>>(), [(other, 1), (one, 5)]);
    });
}

#[test]
fn preflights_of_a_deleted_endpoint_are_passed_over() {
    promised(async |room| {
        let store = room.open();
        let (kept, deleted) = (minted(&*store).await, minted(&*store).await);
        store.delete_endpoint(deleted).await.unwrap();
        let counted = vec![(deleted, 1), (EndpointId::random(), 1), (kept, 1)];
        store.add_preflights(counted).await.unwrap();
        assert_eq!(store.preflights(kept).await.unwrap(), 1);
        assert!(is_not_found(&store.preflights(deleted).await));
    });
}
