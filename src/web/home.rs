//! The home page: a form that creates an endpoint, and the endpoints that this browser created.
//!
//! **Invariant:** a browser sees only the endpoints that belong to its owner cookie.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::access::guard;
use crate::app::App;
use crate::domain::endpoint::Endpoint;
use crate::domain::secret::SecretHash;
use crate::domain::settings::{
    InvalidSetting, NAME_CHARS_MAX, Settings, SettingsInput, TokenInput,
};
use crate::error::AppError;
use crate::store::EndpointFilter;
use crate::web::endpoints::EndpointTable;
use crate::web::layout::error::PageError;
use crate::web::layout::form::Form;
use crate::web::layout::page;
use crate::web::links;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    may_create: bool,
    is_operator: bool,
    /// Whether a program needs the operator token to create endpoints.
    needs_token: bool,
    /// What was typed as the name.
    name: String,
    name_chars_max: usize,
    /// What is wrong with the name.
    wrong: Option<InvalidSetting>,
    api_url: String,
    /// What was done just now.
    done: Option<&'static str>,
    endpoints: EndpointTable,
}

/// The data of the form.
#[derive(Default, Deserialize)]
pub(crate) struct NewEndpoint {
    #[serde(default)]
    name: String,
}

/// `GET /`
pub(crate) async fn show(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, PageError> {
    home(&request, &app, NewEndpoint::default(), None).await
}

async fn home(
    request: &HttpRequest,
    app: &App,
    typed: NewEndpoint,
    wrong: Option<InvalidSetting>,
) -> Result<HttpResponse, PageError> {
    let endpoints = match app.access.owner(request)? {
        Some(owner) => EndpointTable::read(request, app, EndpointFilter::One(owner)).await?,
        None => EndpointTable::default(),
    };
    page::html(&Home {
        may_create: app.access.may_create(request).await?,
        is_operator: app.access.is_operator(request).await?,
        needs_token: app.config.operator_creates,
        name: typed.name,
        name_chars_max: NAME_CHARS_MAX,
        wrong,
        api_url: app.urls.api_url(guard::authority(request)),
        done: page::deletion(request),
        endpoints,
    })
}

/// `POST /endpoints`: creates an endpoint for this browser, and an owner cookie if it has none. Answers 404 if only the operator may create
/// endpoints; the home page then says so instead of showing the form.
pub(crate) async fn create(
    request: HttpRequest,
    app: web::Data<App>,
    form: Form<NewEndpoint>,
) -> Result<HttpResponse, PageError> {
    if !app.access.may_create(&request).await? {
        return Err(AppError::NotFound.into());
    }
    let (secret, cookie) = app.access.owner_or_new(&request)?;
    let asked = SettingsInput {
        name: Some(form.name.clone()),
        token: Some(TokenInput::Random),
        ..SettingsInput::default()
    };
    let settings = match Settings::default().changed_by(asked) {
        Ok(settings) => settings,
        Err(wrong) => {
            let mut again = home(&request, &app, form.into_inner(), Some(wrong)).await?;
            *again.status_mut() = StatusCode::BAD_REQUEST;
            return Ok(again);
        }
    };
    let endpoint = Endpoint::new(settings, Some(SecretHash::of(&secret)));
    let path = links::endpoint(endpoint.id);
    app.store.create_endpoint(endpoint, None).await?;
    Ok(page::with_cookies(page::see_other(&path), cookie))
}
