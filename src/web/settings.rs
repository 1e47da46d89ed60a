//! An endpoint's settings: its name, its token, a share link, its end. For the owner and the operator.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::error::PageError;
use super::human;
use super::page;
use crate::access;
use crate::domain::endpoint::{Endpoint, NAME_CHARS_MAX, name};
use crate::domain::reply::Reply;
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
    reply: String,
    name_chars_max: usize,
    token_bytes_max: usize,
    /// A share link that was made just now; it is not shown again.
    share_url: Option<String>,
    /// Whether the share links were revoked just now.
    revoked: bool,
}

/// Asks once more before something is gone.
#[derive(Template)]
#[template(path = "confirm.html")]
struct Confirm {
    id: String,
    question: String,
    consequence: String,
    /// Where the form goes, below the endpoint's page.
    action: &'static str,
    button: &'static str,
}

/// What the settings form sends.
#[derive(Deserialize)]
pub(super) struct Change {
    name: String,
    /// `keep`, `new`, `none` or `own`.
    token: String,
    #[serde(default)]
    own_token: String,
    reply: Option<String>,
}

/// What the forms send after which something is gone; only the second one confirms.
#[derive(Deserialize)]
pub(super) struct Confirmation {
    confirmed: Option<String>,
}

impl Confirmation {
    fn is_given(&self) -> bool {
        self.confirmed.as_deref() == Some("yes")
    }
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
            reply: endpoint.reply.to_string(),
            name_chars_max: NAME_CHARS_MAX,
            token_bytes_max: TOKEN_BYTES_MAX,
            share_url,
            revoked: false,
        }
    }
}

/// `GET /inspect/{endpoint}/settings`
pub(super) async fn show(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, PageError> {
    let endpoint = access::manager(&request, &app, page::endpoint_id(&request)?).await?;
    let revoked = page::param(&request, "revoked").is_some();
    page::html(&Settings {
        revoked,
        ..Settings::new(&endpoint, None)
    })
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
    let reply = form.reply.as_deref().map(Reply::parse).transpose();
    let change = EndpointChange {
        name: Some(name(Some(&form.name)).map_err(invalid("name"))?),
        token_rule,
        reply: reply.map_err(invalid("reply"))?,
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

/// `POST /inspect/{endpoint}/revoke`: asks once more, then takes back every read key.
pub(super) async fn revoke_keys(
    request: HttpRequest,
    app: web::Data<App>,
    form: web::Form<Confirmation>,
) -> Result<HttpResponse, PageError> {
    let endpoint = access::manager(&request, &app, page::endpoint_id(&request)?).await?;
    if !form.is_given() {
        return page::html(&Confirm {
            id: endpoint.id.to_string(),
            question: format!("Revoke all share links of {}?", endpoint.title()),
            consequence: "Whoever reads this endpoint by a share link or a read key, program or person, finds nothing here from \
                          then on. What was caught stays, and so does your own right to it."
                .to_owned(),
            action: "revoke",
            button: "Revoke all",
        });
    }
    app.store.revoke_read_keys(endpoint.id).await?;
    let settings = format!("/inspect/{}/settings?revoked", endpoint.id);
    Ok(page::see_other(&settings))
}

/// `POST /inspect/{endpoint}/delete`: asks once more, then deletes.
pub(super) async fn delete(
    request: HttpRequest,
    app: web::Data<App>,
    form: web::Form<Confirmation>,
) -> Result<HttpResponse, PageError> {
    let endpoint = access::manager(&request, &app, page::endpoint_id(&request)?).await?;
    if !form.is_given() {
        let caught = app.store.last_seq(endpoint.id).await?.0;
        let goes = if caught == 1 { "goes" } else { "go" };
        return page::html(&Confirm {
            id: endpoint.id.to_string(),
            question: format!("Delete {} for good?", endpoint.title()),
            consequence: format!(
                "Its {} {goes} with it. The capture URL answers 404 from then on and is never given out again.",
                human::count(caught, "delivery", "deliveries")
            ),
            action: "delete",
            button: "Delete for good",
        });
    }
    app.store.delete_endpoint(endpoint.id).await?;
    Ok(page::see_other("/"))
}
