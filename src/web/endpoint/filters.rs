//! The filters of the list, with the number of deliveries that each shows.
//!
//! **Invariant:** the numbers are of rows: all attempts of a delivery count as one. A filter without rows is not shown, unless it is selected.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::counts::{Counts, Rows};
use crate::web::links::view::{FILTERS, View};

/// The filters.
#[derive(Template)]
#[template(path = "_filters.html")]
pub(crate) struct Filters {
    filters: Vec<FilterLink>,
}

impl HtmlSafe for Filters {}

struct FilterLink {
    label: &'static str,
    /// Which rows it shows.
    title: &'static str,
    href: String,
    count: u64,
    current: bool,
    failed: bool,
}

impl Filters {
    /// The filters of a list, of which the view selects one.
    pub(crate) fn new(counts: &Counts, view: View) -> Self {
        let link = |rows: Rows| FilterLink {
            label: label(rows).0,
            title: label(rows).1,
            // The delivery that is open stays open.
            href: view.rows(rows).href(),
            count: counts.of(rows),
            current: view.rows == rows,
            failed: rows == Rows::Failed,
        };
        let shown = |rows: &Rows| *rows == view.rows || tells(*rows, counts);
        Self {
            filters: FILTERS.into_iter().filter(shown).map(link).collect(),
        }
    }
}

/// The label, and which rows it means.
fn label(rows: Rows) -> (&'static str, &'static str) {
    match rows {
        Rows::All => ("All", "All deliveries; attempts of one count once"),
        Rows::Failed => ("Failed", "Runs that ended with error or timeout"),
        Rows::Runs => ("Runs", "LangGraph runs"),
        Rows::Other => ("Other", "Everything that is not a LangGraph run"),
        Rows::Token => (
            "Token",
            "Deliveries whose token is missing, wrong or repeated",
        ),
    }
}

/// Whether a filter shows less than all, or something that is wrong.
fn tells(rows: Rows, counts: &Counts) -> bool {
    let count = counts.of(rows);
    match rows {
        Rows::All => true,
        Rows::Failed | Rows::Token => count > 0,
        Rows::Runs | Rows::Other => count > 0 && count < counts.all,
    }
}
