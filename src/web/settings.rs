//! An endpoint's settings: its name, its token, a share link, its end. For the owner and the operator.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::error::PageError;
use super::human;
use super::page;
use crate::access;
use crate::domain::endpoint::{Endpoint, NAME_CHARS_MAX, name};
use crate::domain::secret::{self, SecretHash};
use crate::domain::verdict::{TOKEN_BYTES_MAX, TokenRule};
use crate::error::AppError;
use crate::guard;
use crate::state::App;
use crate::store::EndpointChange;

#[derive(Template)]
#[template(path = "settings.html")]
struct Settings {
    id: String,
    title: String,
    name: String,
    token: Option<String>,
    name_chars_max: usize,
    token_bytes_max: usize,
    /// A share link that was made just now; it is not shown again.
    share_url: Option<String>,
}

#[derive(Template)]
#[template(path = "delete.html")]
struct Delete {
    id: String,
    title: String,
    caught: String,
}

/// What the settings form sends.
#[derive(Deserialize)]
pub(super) struct Change {
    name: String,
    /// `keep`, `new`, `none` or `own`.
    token: String,
    #[serde(default)]
    own_token: String,
}

/// What the delete form sends; only its second one confirms.
#[derive(Deserialize)]
pub(super) struct Confirmation {
    confirmed: Option<String>,
}

impl Settings {
    fn new(endpoint: &Endpoint, share_url: Option<String>) -> Self {
        Self {
            id: endpoint.id.to_string(),
            title: endpoint.title(),
            name: endpoint.name.clone().unwrap_or_default(),
            token: match &endpoint.token_rule {
                TokenRule::NotAsked => None,
                TokenRule::Secret(token) => Some(token.clone()),
            },
            name_chars_max: NAME_CHARS_MAX,
            token_bytes_max: TOKEN_BYTES_MAX,
            share_url,
        }
    }
}

/// `GET /inspect/{endpoint}/settings`
pub(super) async fn show(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, PageError> {
    let endpoint = access::manager(&request, &app, page::endpoint_id(&request)?).await?;
    page::html(&Settings::new(&endpoint, None))
}

/// `POST /inspect/{endpoint}/settings`
pub(super) async fn change(
    request: HttpRequest,
    app: web::Data<App>,
    form: web::Form<Change>,
) -> Result<HttpResponse, PageError> {
    let endpoint = access::manager(&request, &app, page::endpoint_id(&request)?).await?;
    let invalid = |field| move |why| AppError::Invalid { field, why };
    let token_rule = match form.token.as_str() {
        "new" => Some(TokenRule::minted()),
        "none" => Some(TokenRule::NotAsked),
        "own" => Some(TokenRule::chosen(&form.own_token).map_err(invalid("token"))?),
        _ => None,
    };
    let change = EndpointChange {
        name: Some(name(Some(&form.name)).map_err(invalid("name"))?),
        token_rule,
    };
    app.store.change_endpoint(endpoint.id, change).await?;
    Ok(page::see_other(&format!("/inspect/{}", endpoint.id)))
}

/// `POST /inspect/{endpoint}/key`: a new read key, shown once as a share link.
pub(super) async fn add_key(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, PageError> {
    let endpoint = access::manager(&request, &app, page::endpoint_id(&request)?).await?;
    let key = secret::mint();
    app.store
        .add_read_key(endpoint.id, SecretHash::of(&key))
        .await?;
    let page = app.inspect_url(guard::authority(&request), endpoint.id);
    let share_url = format!("{page}?key={key}");
    page::html(&Settings::new(&endpoint, Some(share_url)))
}

/// `POST /inspect/{endpoint}/delete`: asks once more, then deletes.
pub(super) async fn delete(
    request: HttpRequest,
    app: web::Data<App>,
    form: web::Form<Confirmation>,
) -> Result<HttpResponse, PageError> {
    let endpoint = access::manager(&request, &app, page::endpoint_id(&request)?).await?;
    if form.confirmed.as_deref() != Some("yes") {
        let caught = app.store.last_seq(endpoint.id).await?.0;
        return page::html(&Delete {
            id: endpoint.id.to_string(),
            title: endpoint.title(),
            caught: human::count(caught, "delivery", "deliveries"),
        });
    }
    app.store.delete_endpoint(endpoint.id).await?;
    Ok(page::see_other("/"))
}
