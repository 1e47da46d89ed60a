//! Endpoints: create, list, show, change, delete; and start the sequence of response statuses again.
//!
//! **Invariant:** after its creation, only owner and operator get an endpoint's capture URL with its token. The read key is returned only
//! by the creation.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::arguments::{self, endpoint_id, query};
use crate::access::guard::authority;
use crate::app::App;
use crate::contract::endpoint::{
    CreatedEndpoint, EndpointCounts, EndpointJson, EndpointPageJson, EndpointUrls,
};
use crate::domain::endpoint::Endpoint;
use crate::domain::ids::EndpointId;
use crate::domain::secret::{self, SecretHash};
use crate::domain::settings::{Settings, SettingsInput, TokenInput};
use crate::error::{AppError, Problem};
use crate::store::{SettingsChange, Store, split_page};

/// Endpoints per page.
const PAGE: usize = 100;

/// Creates an endpoint. If the request has an owner cookie, that browser owns the endpoint. Every caller gets a read key.
#[utoipa::path(post, path = "/api/v1/endpoints", tag = "endpoints", request_body = SettingsInput, responses(
    (status = 201, description = "The endpoint, with its read key", body = CreatedEndpoint),
    (status = 400, description = "Invalid setting", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "Only the operator can create endpoints here", body = Problem, content_type = "application/problem+json"),
    (status = 408, description = "The body took too long", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "The storage cannot be written", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn create_endpoint(
    request: HttpRequest,
    payload: web::Payload,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    if !app.access.may_create(&request).await? {
        return Err(AppError::NotFound);
    }
    let mut asked: SettingsInput = arguments::json(&request, payload, &app).await?;
    asked.token.get_or_insert(TokenInput::Random);
    let settings = Settings::default().changed_by(asked)?;
    let endpoint = Endpoint::new(settings, app.access.owner(&request)?);
    let read_key = secret::random();
    app.store
        .create_endpoint(endpoint.clone(), Some(SecretHash::of(&read_key)))
        .await?;
    let mut urls = urls(&app, authority(&request), &endpoint, true);
    urls.inspect = format!("{}?key={read_key}", urls.inspect);
    let json = EndpointJson::new(&endpoint, EndpointCounts::NEW, urls, true);
    let location = format!("{}/api/v1/endpoints/{}", app.urls.base_path(), endpoint.id);
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, location))
        .json(CreatedEndpoint {
            endpoint: json,
            read_key,
        }))
}

/// Paging.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListParams {
    /// Only endpoints created before this one.
    before: Option<String>,
}

/// Lists the caller's endpoints; for the operator, all endpoints.
#[utoipa::path(get, path = "/api/v1/endpoints", tag = "endpoints", security(("key" = []), ("owner" = [])), params(ListParams), responses(
    (status = 200, description = "A page of endpoints; empty for an unknown caller", body = inline(EndpointPageJson)),
    (status = 400, description = "Invalid parameter", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn list_endpoints(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let before = query::<ListParams>(&request)?.before;
    let invalid_id = |_| AppError::Invalid {
        field: "before",
        why: "must be the id of an endpoint".to_owned(),
    };
    let before: Option<EndpointId> = before
        .map(|id| id.parse().map_err(invalid_id))
        .transpose()?;
    let found = match app.access.lists(&request).await? {
        Some(owner) => app.store.endpoints(owner, before, PAGE + 1).await?,
        None => Vec::new(),
    };
    let (found, more) = split_page(found, PAGE);
    let authority = authority(&request);
    let next = found
        .last()
        .filter(|_| more)
        .map(|last| last.endpoint.id.to_string());
    let items = found
        .iter()
        .map(|found| {
            let counts = EndpointCounts {
                reply_position: found.reply_position,
                last_seq: found.last_seq,
                preflights: found.preflights,
            };
            json(&app, authority, &found.endpoint, counts, true)
        })
        .collect();
    Ok(HttpResponse::Ok().json(EndpointPageJson { items, next }))
}

/// One endpoint.
#[utoipa::path(get, path = "/api/v1/endpoints/{endpoint}", tag = "endpoints", security(("key" = []), ("owner" = [])),
    params(("endpoint" = String, Path, description = "Id of the endpoint")), responses(
    (status = 200, description = "The endpoint", body = EndpointJson),
    (status = 404, description = "No such endpoint, or no access", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn get_endpoint(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let (endpoint, right) = app.access.reader(&request, endpoint_id(&request)?).await?;
    endpoint_response(&request, &app, &endpoint, right.manages()).await
}

/// Changes settings of an endpoint; for its owner and the operator.
#[utoipa::path(patch, path = "/api/v1/endpoints/{endpoint}", tag = "endpoints", security(("key" = []), ("owner" = [])),
    params(("endpoint" = String, Path, description = "Id of the endpoint")), request_body = SettingsInput, responses(
    (status = 200, description = "The changed endpoint", body = EndpointJson),
    (status = 400, description = "Invalid setting", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "No such endpoint, or no permission to change it", body = Problem, content_type = "application/problem+json"),
    (status = 408, description = "The body took too long", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "The storage cannot be written", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn change_endpoint(
    request: HttpRequest,
    payload: web::Payload,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let id = endpoint_id(&request)?;
    app.access.manager(&request, id).await?;
    let asked: SettingsInput = arguments::json(&request, payload, &app).await?;
    let change: SettingsChange = Box::new(move |settings| settings.changed_by(asked));
    let change = async move |store: Arc<dyn Store>| store.change_settings(id, change).await;
    let endpoint = app.commit_and_notify(id, change).await?;
    endpoint_response(&request, &app, &endpoint, true).await
}

/// Starts the sequence of response statuses again: the next request that is not a run gets the first one. Attempts of runs are not affected. For the
/// endpoint's owner and the operator.
#[utoipa::path(post, path = "/api/v1/endpoints/{endpoint}/reply/reset", tag = "endpoints", security(("key" = []), ("owner" = [])),
    params(("endpoint" = String, Path, description = "Id of the endpoint")), responses(
    (status = 204, description = "`reply_position` is 1"),
    (status = 404, description = "No such endpoint, or no permission to change it", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "The storage cannot be written", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn reset_reply(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let id = endpoint_id(&request)?;
    app.access.manager(&request, id).await?;
    app.store.reset_reply_position(id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Deletes an endpoint and all its deliveries, for good; for its owner and the operator.
#[utoipa::path(delete, path = "/api/v1/endpoints/{endpoint}", tag = "endpoints", security(("key" = []), ("owner" = [])),
    params(("endpoint" = String, Path, description = "Id of the endpoint")), responses(
    (status = 204, description = "Deleted; its id is never reused"),
    (status = 404, description = "No such endpoint, or no permission to delete it", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "The storage cannot be written", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn delete_endpoint(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let id = endpoint_id(&request)?;
    app.access.may_delete(&request, id).await?;
    let delete = async move |store: Arc<dyn Store>| store.delete_endpoint(id).await;
    app.commit_and_notify(id, delete).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn endpoint_response(
    request: &HttpRequest,
    app: &App,
    endpoint: &Endpoint,
    manages: bool,
) -> Result<HttpResponse, AppError> {
    let counts = EndpointCounts {
        reply_position: app.store.reply_position(endpoint.id).await?,
        last_seq: app.store.last_seq(endpoint.id).await?,
        preflights: app.store.preflights(endpoint.id).await?,
    };
    let json = json(app, authority(request), endpoint, counts, manages);
    Ok(HttpResponse::Ok().json(json))
}

fn json(
    app: &App,
    authority: &str,
    endpoint: &Endpoint,
    counts: EndpointCounts,
    manages: bool,
) -> EndpointJson {
    let urls = urls(app, authority, endpoint, manages);
    EndpointJson::new(endpoint, counts, urls, manages)
}

fn urls(app: &App, authority: &str, endpoint: &Endpoint, manages: bool) -> EndpointUrls {
    EndpointUrls {
        capture: app.urls.shown_capture_url(authority, endpoint, manages),
        inspect: app.urls.inspect_url(authority, endpoint.id),
    }
}
