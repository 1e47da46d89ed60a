//! Search: for generated deliveries and queries, the store finds what the query says of each delivery, in order, whatever the steps.

mod generator;

use std::sync::Arc;
use std::time::Duration;

use creel::domain::delivery::Delivery;
use creel::domain::ids::{EndpointId, Seq};
use creel::domain::reply::ReplyPlan;
use creel::domain::time::Time;
use creel::query::Query;
use creel::store::{Order, Page, Store};
use futures_util::future::join_all;
use rand::SeedableRng;
use rand::rngs::StdRng;

use generator::{Generator, TERMS};

use super::{fill, is_not_found, keep, minted, promised, record, seqs};

/// Stores, and queries for each: 10,000 cases.
const STORES: u64 = 20;
const QUERIES: usize = 500;
const THREADS: usize = 4;
const DELIVERIES: usize = 60;
const NOW: i64 = 1_790_000_000_000_000;
const LONG: Duration = Duration::from_mins(1);

/// All pages of a search, one after the other. Each step says what it looked at.
async fn searched(
    store: &dyn Store,
    id: EndpointId,
    query: &Arc<Query>,
    mut page: Page,
    budget: Duration,
) -> Vec<u64> {
    let mut found = Vec::new();
    for _ in 0..=2 * DELIVERIES {
        let step = store
            .search(id, Arc::clone(query), page, budget)
            .await
            .expect("the endpoint exists");
        assert!(step.items.len() <= page.limit);
        let within = |seq: &u64| match page.order {
            Order::NewestFirst => *seq >= step.scanned_through.0,
            Order::OldestFirst => *seq <= step.scanned_through.0,
        };
        assert!(seqs(&step.items).iter().all(within), "{step:?}");
        found.extend(seqs(&step.items));
        if !step.more {
            return found;
        }
        page = page.beyond(step.scanned_through);
    }
    panic!("a search of {DELIVERIES} deliveries does not end");
}

/// What the query says of each delivery of a page.
async fn expected(
    store: &dyn Store,
    id: EndpointId,
    all: &[Delivery],
    query: &Query,
    page: Page,
) -> Vec<u64> {
    let whole = Page {
        limit: usize::MAX,
        ..page
    };
    let listed = store
        .deliveries(id, whole)
        .await
        .expect("the endpoint exists");
    let matches = |seq: &u64| {
        all.iter()
            .any(|one| one.summary.seq.0 == *seq && query.matches(one))
    };
    seqs(&listed).into_iter().filter(matches).collect()
}

/// Compares for one generated store. Returns the number of queries that match some deliveries.
async fn compare(store: &dyn Store, seed: u64) -> usize {
    let mut generator = Generator(StdRng::seed_from_u64(seed));
    let id = minted(store).await;
    let replies = [
        ReplyPlan::default(),
        ReplyPlan::chosen(&[500, 200]).expect("a plan"),
    ];
    let kept = (0..DELIVERIES).map(|n| {
        let delivery = generator.delivery(id, i64::try_from(n).expect("a few"));
        store.record(delivery, replies[n % 2].clone())
    });
    for recorded in join_all(kept.collect::<Vec<_>>()).await {
        recorded.expect("it is recorded");
    }
    let mut all = Vec::new();
    for seq in 1..=DELIVERIES as u64 {
        all.push(store.delivery(id, Seq(seq)).await.expect("it is there"));
    }
    let mut matching = 0;
    for _ in 0..QUERIES {
        let text = generator.query(3);
        let query = Query::parse(&text, Time::from_micros(NOW));
        let query = Arc::new(query.unwrap_or_else(|error| panic!("{text}: {error}")));
        let (page, budget) = generator.page();
        let expected = expected(store, id, &all, &query, page).await;
        let found = searched(store, id, &query, page, budget).await;
        assert_eq!(found, expected, "seed {seed}: {text} {page:?}");
        matching += usize::from(!expected.is_empty());
    }
    matching
}

#[test]
fn a_search_finds_what_the_query_says_of_each_delivery() {
    let seeds = |first: u64| (first..STORES).step_by(THREADS);
    std::thread::scope(|scope| {
        for first in 0..THREADS as u64 {
            scope.spawn(move || {
                promised(async |room| {
                    let store = room.open();
                    let (mut matching, mut cases) = (0, 0);
                    for seed in seeds(first) {
                        matching += compare(&*store, seed).await;
                        cases += QUERIES;
                    }
                    assert!(
                        matching > cases / 3,
                        "most queries found nothing: {matching}"
                    );
                });
            });
        }
    });
}

#[test]
fn each_term_of_the_generator_matches_some_and_not_all() {
    let mut generator = Generator(StdRng::seed_from_u64(1));
    let id = EndpointId::random();
    let all: Vec<_> = (0..2_000).map(|n| generator.delivery(id, n % 60)).collect();
    // These depend on what the store adds.
    let stored = [
        "seq:",
        "attempt:",
        "answered:",
        "has:answered",
        "delivered_again",
        "nothing",
        "body_cut",
        "http:",
    ];
    for term in TERMS
        .iter()
        .filter(|term| !stored.iter().any(|part| term.contains(part)))
    {
        let query = Query::parse(term, Time::from_micros(NOW)).expect("a query");
        let count = all.iter().filter(|one| query.matches(one)).count();
        assert!(count > 0 && count < all.len(), "{term}: {count}");
    }
}

#[test]
fn a_search_ends_where_its_page_does() {
    promised(async |room| {
        let store = room.open();
        let id = minted(&*store).await;
        let all = Arc::new(Query::parse("", Time::now()).unwrap());
        let none = Arc::new(Query::parse("seq:99", Time::now()).unwrap());
        let search = async |query: &Arc<Query>, page| {
            store
                .search(id, Arc::clone(query), page, LONG)
                .await
                .unwrap()
        };
        let empty = search(&all, Page::newest(5)).await;
        assert_eq!(
            (empty.items.len(), empty.scanned_through, empty.more),
            (0, Seq(1), false)
        );
        fill(&*store, id, 10).await;
        for (page, found, through, more) in [
            (Page::newest(3), vec![10, 9, 8], 8, true),
            (
                Page::newest(10),
                vec![10, 9, 8, 7, 6, 5, 4, 3, 2, 1],
                1,
                false,
            ),
            (Page::following(Seq(8), 5), vec![9, 10], 10, false),
            (Page::following(Seq(10), 5), vec![], 10, false),
            (Page::following(Seq(2), 1), vec![3], 3, true),
        ] {
            let step = search(&all, page).await;
            assert_eq!(
                (seqs(&step.items), step.scanned_through.0, step.more),
                (found, through, more),
                "{page:?}"
            );
        }
        let step = search(&none, Page::following(Seq(0), 5)).await;
        assert_eq!(
            (step.items.len(), step.scanned_through, step.more),
            (0, Seq(10), false)
        );
        keep(&*store, record(id, b"one more")).await.unwrap();
        let unknown = store
            .search(EndpointId::random(), all, Page::newest(1), LONG)
            .await;
        assert!(is_not_found(&unknown));
    });
}
