//! What an endpoint has, shown while no delivery is selected.
//!
//! **Invariant:** every number is a link to the rows that it counts.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::counts::{Counts, Rows, RunStatus};
use crate::domain::ids::Seq;
use crate::domain::time::Time;
use crate::web::delivery::badge::status_class;
use crate::web::endpoint::preflight_note::PreflightNote;
use crate::web::links;
use crate::web::links::view::View;
use crate::web::render::format::{self, Moment};

/// The summary of an endpoint.
#[derive(Template)]
#[template(path = "_summary.html")]
pub(crate) struct EndpointSummary {
    deliveries: String,
    /// `117 requests`, if attempts make them more than the deliveries.
    requests: Option<String>,
    /// Whether the reader sees the complete capture URL.
    sends: bool,
    parts: Vec<Part>,
    /// Runs by status.
    statuses: Vec<Part>,
    newest: Option<(Seq, String, Moment)>,
    preflights: Option<PreflightNote>,
    capture_url: String,
    how_href: String,
}

impl HtmlSafe for EndpointSummary {}

/// A number of deliveries.
struct Part {
    label: &'static str,
    class: &'static str,
    count: u64,
    /// The rows, where the list can be filtered by it.
    href: Option<String>,
}

impl EndpointSummary {
    pub(crate) fn new(
        counts: &Counts,
        newest: Option<(Seq, Time)>,
        view: View,
        (capture_url, sends): (String, bool),
        preflights: Option<PreflightNote>,
    ) -> Self {
        let part = |([one, many], class, rows): ([_; 2], _, _)| Part {
            label: if counts.of(rows) == 1 { one } else { many },
            class,
            count: counts.of(rows),
            href: Some(view.rows(rows).list().href()),
        };
        let parts = [
            (["run", "runs"], "", Rows::Runs),
            (["failed"; 2], "status-error", Rows::Failed),
            (["other request", "other requests"], "", Rows::Other),
            (
                ["with a wrong or missing token"; 2],
                "status-paused",
                Rows::Token,
            ),
        ];
        let parts = parts.map(part).into_iter();
        let now = Time::now();
        Self {
            deliveries: format::count(counts.all, "delivery", "deliveries"),
            requests: newest
                .filter(|(seq, _)| seq.0 > counts.all)
                .map(|(seq, _)| format::count(seq.0, "request", "requests")),
            sends,
            parts: parts.filter(|part| part.count > 0).collect(),
            statuses: counts.runs.iter().map(of_status).collect(),
            newest: newest.map(|(seq, time)| {
                let href = view.rows(Rows::All).select(seq).href();
                (seq, href, Moment::new(time, now))
            }),
            preflights,
            capture_url,
            how_href: links::below_endpoint(view.endpoint, "?how"),
        }
    }
}

fn of_status((status, count): &(RunStatus, u64)) -> Part {
    Part {
        label: status.word(),
        class: status_class(Some(status.word())),
        count: *count,
        href: None,
    }
}
