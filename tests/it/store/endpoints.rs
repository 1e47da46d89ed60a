//! The contract for endpoints: settings, deletion, lists, read keys.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use creel::domain::endpoint::Endpoint;
use creel::domain::ids::EndpointId;
use creel::domain::ids::Seq;
use creel::domain::settings::Settings;
use creel::domain::token_check::{TokenResult, TokenRule};
use creel::store::{EndpointFilter, Page, Store, StoreError};
use futures_util::future::join;

use super::{
    Done, change, endpoint, fill, is_not_found, keep, key, minted, named, promised, record, run,
};

#[test]
fn a_changed_endpoint_keeps_old_token_results() {
    promised(async |room| {
        let store = room.open();
        let rule = |token: &str| TokenRule::Secret(token.to_owned());
        let named = named("first", Some("old"), Some(key("owner")));
        let id = named.id;
        store
            .create_endpoint(named.clone(), Some(key("key")))
            .await
            .unwrap();
        let mut caught = record(id, b"x");
        caught.summary.token_check.result = TokenResult::Match;
        keep(&*store, caught).await.unwrap();
        let third = r#"{"name": "third", "token": "newest"}"#;
        let cases = [
            (r#"{"token": "new"}"#, Some("first"), "new"),
            (r#"{"name": "second"}"#, Some("second"), "new"),
            (r#"{"name": ""}"#, None, "new"),
            ("{}", None, "new"),
            (third, Some("third"), "newest"),
        ];
        for (json, name, token) in cases {
            let answered = store.change_settings(id, change(json)).await.unwrap();
            let found = store.endpoint(id).await.unwrap();
            for endpoint in [answered, found] {
                assert_eq!(endpoint.settings.name.as_deref(), name);
                assert_eq!(endpoint.settings.token, rule(token));
                assert_eq!(endpoint.created_at, named.created_at);
                assert_eq!(endpoint.owner, Some(key("owner")));
            }
        }
        let found = store.delivery(id, Seq(1)).await.unwrap();
        assert_eq!(found.summary.token_check.result, TokenResult::Match);
        assert_eq!(store.last_seq(id).await.unwrap(), Seq(1));
    });
}

fn is_taken(result: &Result<(), StoreError>) -> bool {
    matches!(result, Err(StoreError::IdTaken))
}

#[test]
fn changes_of_two_settings_at_once_are_both_kept() {
    promised(async |room| {
        let store = room.open();
        let id = minted(&*store).await;
        for n in 0..20 {
            let (name, token) = (format!("name {n}"), format!("token {n}"));
            let rename = change(&format!(r#"{{"name": "{name}"}}"#));
            let protect = change(&format!(r#"{{"token": "{token}"}}"#));
            let both = join(
                store.change_settings(id, rename),
                store.change_settings(id, protect),
            );
            let (first, second) = both.await;
            first.unwrap();
            second.unwrap();
            let settings = store.endpoint(id).await.unwrap().settings.clone();
            assert_eq!(settings.name, Some(name));
            assert_eq!(settings.token, TokenRule::Secret(token));
        }
    });
}

#[test]
fn settings_that_cannot_be_used_change_nothing() {
    promised(async |room| {
        let store = room.open();
        let id = minted(&*store).await;
        let wrong = change(r#"{"name": "new", "reply": [302]}"#);
        let refused = store.change_settings(id, wrong).await;
        let Err(StoreError::Invalid(invalid)) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(invalid.field, "reply");
        let found = store.endpoint(id).await.unwrap();
        assert_eq!(found.settings, Settings::default());
    });
}

#[test]
fn a_change_is_visible_after_it_was_answered() {
    promised(async |room| {
        let store = room.open();
        let id = minted(&*store).await;
        let done = AtomicBool::new(false);
        let newest = AtomicU64::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while !done.load(Ordering::SeqCst) {
                        let before = newest.load(Ordering::SeqCst);
                        let found = run(store.endpoint(id)).unwrap();
                        let name = found.settings.name.as_deref().unwrap_or("0");
                        assert!(
                            name.parse::<u64>().unwrap() >= before,
                            "{name} after {before}"
                        );
                    }
                });
            }
            scope.spawn(|| {
                let _asking = Done(&done);
                for n in 1..=200_u64 {
                    let change = change(&format!(r#"{{"name": "{n}"}}"#));
                    run(store.change_settings(id, change)).unwrap();
                    newest.store(n, Ordering::SeqCst);
                }
            });
        });
    });
}

#[test]
fn a_deleted_endpoint_is_not_found_and_its_id_not_reused() {
    async fn is_gone(store: &dyn Store, endpoint: &Endpoint) {
        let id = endpoint.id;
        let page = Page::newest(10);
        assert!(is_not_found(&store.endpoint(id).await));
        assert!(is_not_found(&store.change_settings(id, change("{}")).await));
        assert!(is_not_found(&store.delete_endpoint(id).await));
        assert!(is_not_found(&store.add_read_key(id, key("new")).await));
        assert!(is_not_found(&store.has_read_key(id, key("key")).await));
        assert!(is_not_found(&keep(store, record(id, b"x")).await));
        assert!(is_not_found(&store.deliveries(id, page).await));
        assert!(is_not_found(&store.delivery(id, Seq(1)).await));
        assert!(is_not_found(&store.last_seq(id).await));
    }
    promised(async |room| {
        let store = room.open();
        is_gone(&*store, &endpoint()).await;
        let deleted = named("x", None, Some(key("owner")));
        store
            .create_endpoint(deleted.clone(), Some(key("key")))
            .await
            .unwrap();
        let again = store
            .create_endpoint(deleted.clone(), Some(key("thief")))
            .await;
        assert!(is_taken(&again), "an id that exists is not given out");
        assert!(!store.has_read_key(deleted.id, key("thief")).await.unwrap());
        fill(&*store, deleted.id, 3).await;
        store.delete_endpoint(deleted.id).await.unwrap();
        is_gone(&*store, &deleted).await;
        assert!(is_taken(
            &store
                .create_endpoint(deleted.clone(), Some(key("key")))
                .await
        ));
        for whose in [EndpointFilter::Any, EndpointFilter::One(key("owner"))] {
            assert_eq!(store.endpoints(whose, None, 10).await.unwrap().len(), 0);
        }
        drop(store);
        let store = room.open();
        is_gone(&*store, &deleted).await;
        assert!(is_taken(
            &store
                .create_endpoint(deleted.clone(), Some(key("key")))
                .await
        ));
        is_gone(&*store, &deleted).await;
    });
}

#[test]
fn endpoints_are_found_by_a_part_of_name_or_id() {
    promised(async |room| {
        let store = room.open();
        let mut ids = Vec::new();
        for name in ["Größe \"1\"", "\u{1F600} größe %", "other"] {
            let endpoint = named(name, None, Some(key("owner")));
            ids.push(endpoint.id);
            store.create_endpoint(endpoint, None).await.unwrap();
        }
        let found = async |text: &str, before, limit| {
            let filter = EndpointFilter::Matching(text.to_owned());
            let found = store.endpoints(filter, before, limit).await.unwrap();
            found
                .iter()
                .map(|found| found.endpoint.id)
                .collect::<Vec<_>>()
        };
        assert_eq!(found("GRÖSSE", None, 9).await, []);
        assert_eq!(found("GRÖßE", None, 9).await, [ids[1], ids[0]]);
        assert_eq!(found("größe", None, 1).await, [ids[1]]);
        assert_eq!(found("größe", Some(ids[1]), 9).await, [ids[0]]);
        assert_eq!(found("\"1\"", None, 9).await, [ids[0]]);
        assert_eq!(found("%", None, 9).await, [ids[1]]);
        let id = ids[2].to_string().to_uppercase();
        assert_eq!(found(&id[9..], None, 9).await, [ids[2]]);
        assert_eq!(found("", None, 9).await.len(), 3);
    });
}

#[test]
fn the_use_of_the_disk_grows_with_what_is_stored() {
    promised(async |room| {
        let store = room.open();
        let id = minted(&*store).await;
        let before = store.disk_use().await.unwrap();
        // More than is asserted: SQLite may use free space in its log again.
        keep(&*store, record(id, &vec![b'x'; 3_000_000]))
            .await
            .unwrap();
        let after = store.disk_use().await.unwrap();
        // Less than what was stored: meanwhile the store may clear away what it wrote to create itself.
        assert!(after.bytes >= before.bytes + 2_000_000, "{after:?}");
        assert!(after.free.is_some_and(|free| free > 0), "{after:?}");
    });
}

#[test]
fn a_delivery_right_after_the_deletion_is_not_found() {
    promised(async |room| {
        let store = room.open();
        for _ in 0..20 {
            let id = minted(&*store).await;
            fill(&*store, id, 1).await;
            let deletion = store.delete_endpoint(id);
            let (deleted, (recorded, added)) = join(
                deletion,
                join(
                    keep(&*store, record(id, b"x")),
                    store.add_read_key(id, key("late")),
                ),
            )
            .await;
            deleted.unwrap();
            assert!(is_not_found(&recorded), "{recorded:?}");
            assert!(is_not_found(&added), "{added:?}");
        }
    });
}

#[test]
fn endpoints_are_listed_newest_first_by_page() {
    promised(async |room| {
        let store = room.open();
        let mut made = Vec::new();
        for n in 0..7 {
            let owner = [Some(key("a")), Some(key("b")), None][n % 3];
            let endpoint = named(&n.to_string(), None, owner);
            made.push(endpoint.id);
            store
                .create_endpoint(endpoint, Some(key("key")))
                .await
                .unwrap();
        }
        fill(&*store, made[3], 5).await;
        let names = async |whose, before: Option<EndpointId>, limit| {
            let found = store.endpoints(whose, before, limit).await.unwrap();
            let names = found
                .into_iter()
                .map(|found| found.endpoint.settings.name.unwrap_or_default());
            names.collect::<String>()
        };
        let everyone = || EndpointFilter::Any;
        let [a, b] = ["a", "b"].map(|owner| move || EndpointFilter::One(key(owner)));
        assert_eq!(names(everyone(), None, 100).await, "6543210");
        assert_eq!(names(everyone(), None, 3).await, "654");
        assert_eq!(names(everyone(), Some(made[4]), 3).await, "321");
        assert_eq!(names(everyone(), Some(made[1]), 3).await, "0");
        assert_eq!(names(everyone(), Some(made[0]), 3).await, "");
        assert_eq!(names(everyone(), None, 0).await, "");
        assert_eq!(names(a(), None, 100).await, "630");
        assert_eq!(names(a(), None, 2).await, "63");
        assert_eq!(names(a(), Some(made[3]), 2).await, "0");
        assert_eq!(names(b(), None, 100).await, "41");
        assert_eq!(names(EndpointFilter::One(key("c")), None, 100).await, "");
        store.delete_endpoint(made[3]).await.unwrap();
        assert_eq!(names(a(), None, 100).await, "60");
        assert_eq!(
            names(everyone(), Some(made[3]), 2).await,
            "21",
            "a page goes on behind one that was deleted"
        );
        fill(&*store, made[6], 2).await;
        let catch = store.endpoints(a(), None, 1).await.unwrap().remove(0);
        let newest = store.delivery(made[6], Seq(2)).await.unwrap();
        assert_eq!(catch.last_seq, Seq(2));
        assert_eq!(catch.last_received_at, Some(newest.summary.received_at));
        let untouched = store.endpoints(b(), None, 1).await.unwrap().remove(0);
        assert_eq!(
            (untouched.last_seq, untouched.last_received_at),
            (Seq(0), None)
        );
    });
}

#[test]
fn a_read_key_is_valid_only_for_its_endpoint() {
    promised(async |room| {
        let store = room.open();
        let (one, two) = (endpoint(), endpoint());
        store
            .create_endpoint(one.clone(), Some(key("one")))
            .await
            .unwrap();
        store
            .create_endpoint(two.clone(), Some(key("two")))
            .await
            .unwrap();
        let opens = async |id, text| store.has_read_key(id, key(text)).await.unwrap();
        assert!(opens(one.id, "one").await && opens(two.id, "two").await);
        assert!(!opens(one.id, "two").await && !opens(two.id, "one").await);
        assert!(!opens(one.id, "").await);
        for _ in 0..2 {
            store.add_read_key(one.id, key("more")).await.unwrap();
            assert!(opens(one.id, "more").await && opens(one.id, "one").await);
            assert!(!opens(two.id, "more").await);
        }
    });
}

#[test]
fn revoked_read_keys_are_invalid_and_later_ones_valid() {
    promised(async |room| {
        let store = room.open();
        let (mine, other) = (minted(&*store).await, minted(&*store).await);
        store.add_read_key(mine, key("shared")).await.unwrap();
        store.add_read_key(other, key("shared")).await.unwrap();
        store.revoke_read_keys(mine).await.unwrap();
        assert!(!store.has_read_key(mine, key("shared")).await.unwrap());
        assert!(!store.has_read_key(mine, key("key")).await.unwrap());
        assert!(store.has_read_key(other, key("shared")).await.unwrap());
        store.add_read_key(mine, key("later")).await.unwrap();
        assert!(store.has_read_key(mine, key("later")).await.unwrap());
    });
}
