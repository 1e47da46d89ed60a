//! Where the response statuses of an endpoint stand for requests that are not runs, and the button that starts them again.
//!
//! **Invariant:** an endpoint with one status has no sequence, and its page says nothing about one.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::app::App;
use crate::domain::endpoint::Endpoint;
use crate::domain::reply::ReplyPlan;
use crate::error::AppError;
use crate::web::layout::error::PageError;
use crate::web::layout::page;
use crate::web::links;

/// The status for the next request that is not a run, in words; `None` if the endpoint has only one status.
///
/// # Errors
/// As the store.
pub(super) async fn next_status(
    app: &App,
    endpoint: &Endpoint,
) -> Result<Option<String>, AppError> {
    let plan = &endpoint.settings.reply;
    if !plan.is_sequence() {
        return Ok(None);
    }
    let position = app.store.reply_position(endpoint.id).await?;
    Ok(Some(in_words(plan, position)))
}

fn in_words(plan: &ReplyPlan, position: u32) -> String {
    let (status, count) = (plan.status(position), plan.statuses().len());
    let repeats = if plan.position_after(position) == position {
        ", which repeats"
    } else {
        ""
    };
    format!("status {position} of {count} ({status}){repeats}")
}

/// `POST /inspect/{endpoint}/reply/reset`
pub(crate) async fn reset(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, PageError> {
    let endpoint = page::managed_endpoint(&request, &app).await?;
    app.store.reset_reply_position(endpoint.id).await?;
    let settings = links::below_endpoint(endpoint.id, "/settings?restarted#response");
    Ok(page::see_other(&settings))
}
