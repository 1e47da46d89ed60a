//! The home page: a button that creates an endpoint, and the endpoints that this browser created.
//!
//! **Invariant:** the home page lists only endpoints of this browser; all endpoints are listed only for the operator.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::app::App;
use crate::domain::endpoint::{Endpoint, EndpointStats};
use crate::domain::secret::SecretHash;
use crate::domain::settings::Settings;
use crate::domain::time::Time;
use crate::domain::token_check::TokenRule;
use crate::error::AppError;
use crate::store::{EndpointFilter, split_page};
use crate::web::layout::error::PageError;
use crate::web::layout::page;
use crate::web::render::format::{self, Moment};

/// Endpoints per page.
pub(crate) const ENDPOINTS_PAGE: usize = 50;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    may_mint: bool,
    is_operator: bool,
    endpoints: Vec<EndpointRow>,
    older: Option<String>,
}

/// An endpoint in a list.
pub(crate) struct EndpointRow {
    pub(crate) title: String,
    pub(crate) id: String,
    /// `None` if the title is already the id.
    pub(crate) short_id: Option<String>,
    pub(crate) caught: String,
    pub(crate) last: Option<Moment>,
    pub(crate) made: Moment,
}

impl EndpointRow {
    pub(crate) fn new(found: &EndpointStats, now: Time) -> Self {
        let id = found.endpoint.id.to_string();
        Self {
            title: found.endpoint.title(),
            short_id: found
                .endpoint
                .settings
                .name
                .is_some()
                .then(|| id.chars().take(8).collect()),
            caught: format::count(found.last_seq.0, "delivery", "deliveries"),
            last: found.last_received_at.map(|time| Moment::new(time, now)),
            made: Moment::new(found.endpoint.created_at, now),
            id,
        }
    }
}

/// A page of endpoints, and the `before` of the next page, if there is one.
pub(crate) async fn endpoints(
    request: &HttpRequest,
    app: &App,
    whose: EndpointFilter,
) -> Result<(Vec<EndpointRow>, Option<String>), PageError> {
    let before = page::parsed_param(request, "before");
    let found = app
        .store
        .endpoints(whose, before, ENDPOINTS_PAGE + 1)
        .await?;
    let (found, more) = split_page(found, ENDPOINTS_PAGE);
    let last = found.last().map(|last| last.endpoint.id.to_string());
    let now = Time::now();
    let rows = found.iter().map(|found| EndpointRow::new(found, now));
    Ok((rows.collect(), last.filter(|_| more)))
}

/// `GET /`
pub(crate) async fn show(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, PageError> {
    let (endpoints, older) = match app.access.owner(&request)? {
        Some(owner) => endpoints(&request, &app, EndpointFilter::One(owner)).await?,
        None => (Vec::new(), None),
    };
    page::html(&Home {
        may_mint: app.access.may_create(&request).await?,
        is_operator: app.access.is_operator(&request).await?,
        endpoints,
        older,
    })
}

/// `POST /endpoints`: creates an endpoint for this browser, and an owner cookie if it has none. Answers 404 if only the operator may create
/// endpoints; the home page then says so instead of showing the button.
pub(crate) async fn mint(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, PageError> {
    if !app.access.may_create(&request).await? {
        return Err(AppError::NotFound.into());
    }
    let (secret, cookie) = app.access.owner_or_new(&request)?;
    let owner = Some(SecretHash::of(&secret));
    let settings = Settings {
        token: TokenRule::random(),
        ..Settings::default()
    };
    let endpoint = Endpoint::new(settings, owner);
    let path = format!("/inspect/{}", endpoint.id);
    app.store.create_endpoint(endpoint, None).await?;
    Ok(page::with_cookies(page::see_other(&path), cookie))
}
