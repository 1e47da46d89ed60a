//! Documentation pages, which need no endpoint.
//!
//! **Invariant:** they show only the tables of `langgraph` and no captured data, so anyone may read them.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::langgraph::guide::start_calls::{CallGroup, START_CALLS, StartCall};
use crate::web::guide::causes::Causes;
use crate::web::guide::token_header;
use crate::web::layout::compression::compressed;
use crate::web::layout::error::PageError;
use crate::web::layout::page;
use crate::web::links;
use crate::web::render::rich_text::Prose;

#[derive(Template)]
#[template(path = "docs_index.html")]
struct Index;

#[derive(Template)]
#[template(path = "docs_nothing_arrives.html")]
struct NothingArrives {
    causes: Causes,
}

#[derive(Template)]
#[template(path = "docs_starting_runs.html")]
struct StartingRuns {
    groups: Vec<GroupView>,
    headers: String,
}

struct GroupView {
    label: &'static str,
    calls: Vec<CallView>,
}

struct CallView {
    method: &'static str,
    path: &'static str,
    does: Prose,
    arrives: Prose,
    caveat: Option<Prose>,
}

/// `GET /docs`
pub(crate) async fn index(request: HttpRequest) -> Result<HttpResponse, PageError> {
    Ok(compressed(&request, page::html(&Index)?))
}

/// `GET /docs/nothing-arrives`
pub(crate) async fn nothing_arrives(request: HttpRequest) -> Result<HttpResponse, PageError> {
    let page = page::html(&NothingArrives {
        causes: Causes::new(&links::page("/doctor"), true),
    })?;
    Ok(compressed(&request, page))
}

/// `GET /docs/starting-runs`
pub(crate) async fn starting_runs(request: HttpRequest) -> Result<HttpResponse, PageError> {
    let view = |call: &StartCall| CallView {
        method: call.method,
        path: call.path,
        does: Prose::written(call.does),
        arrives: Prose::written(call.arrives),
        caveat: call.caveat.map(Prose::written),
    };
    let group = |group: CallGroup| GroupView {
        label: group.label(),
        calls: START_CALLS
            .iter()
            .filter(|call| call.group == group)
            .map(view)
            .collect(),
    };
    let page = page::html(&StartingRuns {
        groups: CallGroup::ALL.map(group).into(),
        headers: token_header::block("https://creel.example/hook"),
    })?;
    Ok(compressed(&request, page))
}
