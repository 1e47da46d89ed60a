//! JSON for programs. Handlers read the store, follow the bell, and have the names of their operations in the OpenAPI document.
//!
//! **Invariant:** `Authorization: Bearer <read key | operator token>` or the owner's cookie opens an endpoint; nothing else does.

mod deliveries;
mod endpoints;
mod events;
mod health;
mod json;
pub mod openapi;

use actix_web::middleware::from_fn;
use actix_web::web::{self, delete, get, patch, post};
use actix_web::{HttpRequest, HttpResponse};
use serde::de::DeserializeOwned;

use crate::domain::endpoint::EndpointId;
use crate::error::AppError;
use crate::guard;

/// Puts the API into an application. The health checks are outside of the guard: a probe may use any host name.
pub fn configure(service: &mut web::ServiceConfig) {
    let endpoints = web::resource("/endpoints")
        .route(get().to(endpoints::list_endpoints))
        .route(post().to(endpoints::create_endpoint));
    let endpoint = web::resource("/endpoints/{endpoint}")
        .route(get().to(endpoints::get_endpoint))
        .route(patch().to(endpoints::change_endpoint))
        .route(delete().to(endpoints::delete_endpoint));
    let v1 = web::scope("/v1")
        .service(endpoints)
        .service(endpoint)
        .route(
            "/endpoints/{endpoint}/deliveries",
            get().to(deliveries::list_deliveries),
        )
        .route(
            "/endpoints/{endpoint}/deliveries/{seq}",
            get().to(deliveries::get_delivery),
        )
        .route(
            "/endpoints/{endpoint}/deliveries/{seq}/body",
            get().to(deliveries::get_body),
        )
        .route(
            "/endpoints/{endpoint}/events",
            get().to(events::follow_deliveries),
        );
    let api = web::scope("/api")
        .wrap(from_fn(guard::check))
        .route("/openapi.json", get().to(openapi::openapi))
        .service(v1)
        .default_service(web::to(nothing_here));
    service
        .route("/livez", get().to(health::livez))
        .route("/readyz", get().to(health::readyz))
        .service(api);
}

async fn nothing_here() -> Result<HttpResponse, AppError> {
    Err(AppError::NotFound)
}

/// The endpoint that the path names.
fn endpoint_id(request: &HttpRequest) -> Result<EndpointId, AppError> {
    request
        .match_info()
        .query("endpoint")
        .parse()
        .map_err(|_| AppError::NotFound)
}

/// The query of a request; a parameter that is not known is an error, never passed over.
fn query<T: DeserializeOwned>(request: &HttpRequest) -> Result<T, AppError> {
    let query = web::Query::<T>::from_query(request.query_string());
    query.map(web::Query::into_inner).map_err(|error| {
        let why = match error {
            actix_web::error::QueryPayloadError::Deserialize(error) => error.to_string(),
            other => other.to_string(),
        };
        AppError::Invalid {
            field: "query",
            why,
        }
    })
}

/// The JSON that a request carries, whatever its Content-Type says; no body stands for `{}`.
fn body<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, AppError> {
    let bytes = if bytes.is_empty() { b"{}" } else { bytes };
    serde_json::from_slice(bytes).map_err(|error| AppError::Invalid {
        field: "body",
        why: error.to_string(),
    })
}
