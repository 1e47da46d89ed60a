//! The LangGraph deployment of this browser's user: entered once, stored in a cookie for all endpoints, without JavaScript.
//!
//! **Invariant:** only creel's own form changes it, so no other site or server can insert a URL into commands that are pasted later: the
//! cookie is authenticated and bound to one owner. Its value is validated again whenever it is read.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use url::form_urlencoded::{Serializer, parse};

use crate::app::App;
use crate::error::AppError;
use crate::langgraph::guide::deployment::Deployment;
use crate::web::guide::choice::Choice;
use crate::web::layout::error::PageError;
use crate::web::layout::form::Form;
use crate::web::layout::page;

/// The data of the form.
#[derive(Deserialize)]
pub(crate) struct Typed {
    url: String,
    assistant: String,
    /// Present if the server requires an API key.
    key: Option<String>,
    /// The snippet that was shown with the form.
    #[serde(default)]
    way: String,
    #[serde(default, rename = "in")]
    language: String,
}

/// The deployment stored in this browser.
pub(crate) fn remembered(request: &HttpRequest, app: &App) -> Option<Deployment> {
    let value = app.access.cookies.deployment_of(request)?;
    let part = |name: &str| {
        let mut parts = parse(value.as_bytes());
        parts
            .find(|(found, _)| found == name)
            .map(|(_, value)| value)
    };
    Deployment::new(&part("url")?, &part("assistant")?, part("key").is_some()).ok()
}

/// `POST /inspect/{endpoint}/deployment`: for every reader of the endpoint, because it only changes their own browser's cookie.
pub(crate) async fn remember(
    request: HttpRequest,
    app: web::Data<App>,
    form: Form<Typed>,
) -> Result<HttpResponse, PageError> {
    let id = page::endpoint_id(&request)?;
    app.access.reader(&request, id).await?;
    let asks_for_key = form.key.is_some();
    let deployment =
        Deployment::new(&form.url, &form.assistant, asks_for_key).map_err(|wrong| {
            AppError::Invalid {
                field: wrong.part,
                why: wrong.why,
            }
        })?;
    let back = Choice::named(&form.way, &form.language).href(id);
    let (owner, new_owner) = app.access.owner_or_new(&request)?;
    let deployment = app
        .access
        .cookies
        .deployment(&owner, &cookie_value(&deployment));
    let cookies = new_owner.into_iter().chain([deployment]);
    Ok(page::with_cookies(page::see_other(&back), cookies))
}

/// Encoded with characters that every cookie may contain.
fn cookie_value(deployment: &Deployment) -> String {
    let mut value = Serializer::new(String::new());
    value
        .append_pair("url", &deployment.url)
        .append_pair("assistant", &deployment.assistant);
    if deployment.asks_for_key {
        value.append_key_only("key");
    }
    value.finish()
}
