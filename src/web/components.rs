//! A page of all parts that pages are made of, in debug builds, to look at them side by side: `/docs/components`.
//!
//! **Invariant:** every part is rendered by the template that the pages use.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use bytes::Bytes;
use url::Url;

use crate::app::App;
use crate::domain::counts::{Counts, Rows, RunStatus};
use crate::domain::delivery::{Delivery, Intake, Summary};
use crate::domain::endpoint::{Endpoint, EndpointStats};
use crate::domain::head::Head;
use crate::domain::ids::{EndpointId, Seq};
use crate::domain::response::Response;
use crate::domain::settings::Settings;
use crate::domain::source::Source;
use crate::domain::time::Time;
use crate::domain::token_check::{TokenCheck, TokenResult};
use crate::langgraph;
use crate::langgraph::samples::Sample;
use crate::web::delivery::DeliveryView;
use crate::web::delivery::badge::{Badge, TokenChip};
use crate::web::delivery::follow_up::Reader;
use crate::web::delivery::related::Related;
use crate::web::endpoint::filters::Filters;
use crate::web::endpoint::row::Row;
use crate::web::endpoints::EndpointTable;
use crate::web::layout::error::PageError;
use crate::web::layout::menu::{Menu, MenuAction, MenuItem};
use crate::web::layout::page;
use crate::web::layout::tabs::{TabLink, Tabs};
use crate::web::links::view::View;

/// Samples whose deliveries are shown as rows.
const SAMPLES: [&str; 6] = [
    "success",
    "paused-tool-call",
    "error",
    "timeout",
    "superseded",
    "rollback",
];

#[derive(Template)]
#[template(path = "components.html")]
struct Components {
    tabs: Tabs,
    menu: Menu,
    filters: Filters,
    badges: Vec<Badge>,
    tokens: Vec<TokenChip>,
    rows: Vec<Row>,
    table: EndpointTable,
    delivery: Option<DeliveryView>,
}

/// `GET /docs/components`
pub(super) async fn show(request: HttpRequest, app: Data<App>) -> Result<HttpResponse, PageError> {
    let endpoint = endpoint();
    let view = View::newest(endpoint.id).select(Seq(2));
    let summaries: Vec<_> = (1..).map(Seq).zip(deliveries()).map(numbered).collect();
    let now = Time::now();
    page::html(&Components {
        tabs: tabs(),
        menu: menu(),
        filters: Filters::new(&counts(), view.rows(Rows::Failed)),
        badges: summaries.iter().map(Badge::of).collect(),
        tokens: [
            TokenResult::Match,
            TokenResult::Missing,
            TokenResult::Wrong,
            TokenResult::Repeated,
        ]
        .into_iter()
        .filter_map(|result| {
            TokenChip::of(TokenCheck {
                result,
                place: None,
            })
        })
        .collect(),
        rows: summaries
            .iter()
            .map(|one| Row::new(one, view, now))
            .collect(),
        table: table(&endpoint, now),
        delivery: sample("error").map(|sample| {
            let reader = Reader::of(&request, &app, &endpoint, String::new());
            let related = Related::none(&sample.summary);
            DeliveryView::new(&sample, &related, &reader, view, now)
        }),
    })
}

fn endpoint() -> Endpoint {
    let settings = Settings {
        name: Some("staging agents".to_owned()),
        ..Settings::default()
    };
    Endpoint::new(settings, None)
}

fn table(endpoint: &Endpoint, now: Time) -> EndpointTable {
    let mut table = EndpointTable::empty(true);
    let found = EndpointStats {
        endpoint: endpoint.clone(),
        reply_position: 1,
        preflights: 0,
        last_seq: Seq(97),
        last_received_at: Some(now),
    };
    table.push(&found, &counts(), now);
    table
}

fn numbered((seq, mut delivery): (Seq, Delivery)) -> Summary {
    let summary = &mut delivery.summary;
    summary.seq = seq;
    summary.attempt = crate::domain::attempt::Attempt::first(seq);
    summary.response = Some(Response { status: 200 });
    delivery.summary
}

/// One delivery of each kind.
fn deliveries() -> Vec<Delivery> {
    let runs = SAMPLES.iter().filter_map(|name| sample(name));
    let mut all: Vec<_> = runs.collect();
    all.push(delivery(b"{\"ref\": \"refs/heads/main\"}", Some("GitHub")));
    all.push(delivery(b"{\"hello\": 1}", None));
    all.push(delivery(b"{\"hello\": ", None));
    all.push(delivery(b"plain text", None));
    all.push(delivery(b"", None));
    all
}

/// The first delivery of a sample.
fn sample(name: &str) -> Option<Delivery> {
    let webhook = "http://localhost/hook";
    let url = Url::parse(webhook).ok()?;
    let mut sendings = Sample::find(name)?.sendings(webhook, &url, Time::now());
    let body = sendings.swap_remove(0).body?;
    Some(delivery(body.as_bytes(), None))
}

fn delivery(body: &[u8], service: Option<&str>) -> Delivery {
    let raw =
        Bytes::from_static(b"POST /hook/x/path HTTP/1.1\r\nContent-Type: application/json\r\n\r\n");
    let intake = Intake {
        received_at: Time::now(),
        peer: None,
        client: None,
        head: Head { raw, exact: true },
        body: Bytes::copy_from_slice(body),
        cut: None,
        trailers: Bytes::new(),
    };
    let mut read = langgraph::read(&intake.head, &intake.body, None, intake.received_at);
    read.1.source = service.map(|service| Source {
        service: Some(service.to_owned()),
        event: Some("push".to_owned()),
    });
    Delivery::new(EndpointId::random(), intake, TokenCheck::NOT_ASKED, read)
}

fn counts() -> Counts {
    let mut counts = Counts::default();
    counts.add(Some(RunStatus::Success), 40, 0);
    counts.add(Some(RunStatus::Error), 7, 1);
    counts.add(None, 50, 2);
    counts
}

fn tabs() -> Tabs {
    let tab = |(label, count, current)| TabLink {
        label,
        letter: None,
        href: "#".to_owned(),
        current,
        count,
    };
    let tabs = [
        ("Overview", None, true),
        ("Conversation", Some(4), false),
        ("Body", None, false),
    ];
    Tabs {
        label: "Parts of a delivery",
        tabs: tabs.map(tab).into(),
    }
}

fn menu() -> Menu {
    let here = || "/docs/components".to_owned();
    Menu {
        name: "sample",
        label: "Copy",
        items: vec![
            MenuItem::new("Opens a page", MenuAction::Open(here())),
            MenuItem::new("Copies a text", MenuAction::CopyFrom(here())),
            MenuItem::new("Downloads a file", MenuAction::Download(here())),
        ],
    }
}
