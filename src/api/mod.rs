//! JSON for programs. Handlers read the store, follow endpoints, and have the names of their operations in the OpenAPI document.
//!
//! **Invariant:** what `access` takes for proof opens an endpoint, nothing else does; and every error is a problem document.

mod arguments;
mod body;
mod deliveries;
mod endpoints;
mod events;
mod headers;
mod health;
pub mod openapi;

use actix_web::guard::{Any, Get, Head};
use actix_web::http::header;
use actix_web::middleware::{DefaultHeaders, from_fn};
use actix_web::web::{self, ServiceConfig, delete, get, patch, post};
use actix_web::{HttpResponse, Resource, Route};

use crate::access::guard;
use crate::error::AppError;

/// Puts the API into an application. The health checks are outside of the guard: a probe may use any host name.
pub fn configure(service: &mut ServiceConfig) {
    let v1 = web::scope("/v1")
        .service(
            at("/endpoints")
                .route(read().to(endpoints::list_endpoints))
                .route(post().to(endpoints::create_endpoint)),
        )
        .service(
            at("/endpoints/{endpoint}")
                .route(read().to(endpoints::get_endpoint))
                .route(patch().to(endpoints::change_endpoint))
                .route(delete().to(endpoints::delete_endpoint)),
        )
        .service(
            at("/endpoints/{endpoint}/deliveries").route(read().to(deliveries::list_deliveries)),
        )
        .service(
            at("/endpoints/{endpoint}/deliveries/{seq}").route(read().to(deliveries::get_delivery)),
        )
        .service(at("/endpoints/{endpoint}/deliveries/{seq}/body").route(read().to(body::get_body)))
        .service(at("/endpoints/{endpoint}/events").route(get().to(events::follow_deliveries)))
        .default_service(web::to(nothing_here));
    let api = web::scope("/api")
        .wrap(from_fn(guard::check))
        .wrap(from_fn(headers::protect))
        .service(at("/openapi.json").route(read().to(openapi::openapi)))
        .service(v1)
        .default_service(web::to(nothing_here));
    service
        .service(
            at("/livez")
                .route(read().to(health::livez))
                .wrap(plain_answers()),
        )
        .service(
            at("/readyz")
                .route(read().to(health::readyz))
                .wrap(plain_answers()),
        )
        .service(api);
}

/// A health check is asked again and again: a cache must not answer it.
fn plain_answers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((header::CACHE_CONTROL, "no-store"))
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
}

/// A path of the API, which answers 405 to other methods.
fn at(path: &str) -> Resource {
    web::resource(path).default_service(web::to(other_method))
}

/// GET, and HEAD for callers that want the head alone.
fn read() -> Route {
    web::route().guard(Any(Get()).or(Head()))
}

async fn nothing_here() -> Result<HttpResponse, AppError> {
    Err(AppError::NotFound)
}

async fn other_method() -> Result<HttpResponse, AppError> {
    Err(AppError::Method)
}
