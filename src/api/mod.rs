//! The JSON API. Handlers read the store or subscribe to endpoints; their function names are the operation ids of the OpenAPI document.
//!
//! **Invariant:** only credentials that `access` accepts grant access to an endpoint, and every error is a problem document.

mod arguments;
mod body;
mod content;
mod deliveries;
mod delivery_page;
mod endpoints;
mod events;
mod export;
mod headers;
mod health;
pub mod openapi;
mod refused;

use actix_web::guard::{Any, Get, Head};
use actix_web::http::header;
use actix_web::middleware::{DefaultHeaders, from_fn};
use actix_web::web::{self, ServiceConfig, delete, get, patch, post};
use actix_web::{HttpResponse, Resource, Route};

use crate::access::guard;
use crate::error::AppError;

/// Adds the API to an application. The health checks are outside the guard, because a probe may use any host name.
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
        .service(at("/endpoints/{endpoint}/reply/reset").route(post().to(endpoints::reset_reply)))
        .service(
            at("/endpoints/{endpoint}/deliveries").route(read().to(deliveries::list_deliveries)),
        )
        .service(
            at("/endpoints/{endpoint}/deliveries/{seq}").route(read().to(deliveries::get_delivery)),
        )
        .service(at("/endpoints/{endpoint}/deliveries/{seq}/body").route(read().to(body::get_body)))
        .service(
            at("/endpoints/{endpoint}/deliveries/{seq}/body/parts/{n}")
                .route(read().to(content::get_part)),
        )
        .service(
            at("/endpoints/{endpoint}/deliveries/{seq}/content")
                .route(read().to(content::get_content)),
        )
        .service(at("/endpoints/{endpoint}/refused").route(read().to(refused::list_refused)))
        .service(at("/endpoints/{endpoint}/export").route(read().to(export::export_deliveries)))
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
                .wrap(health_headers()),
        )
        .service(
            at("/readyz")
                .route(read().to(health::readyz))
                .wrap(health_headers()),
        )
        .service(api);
}

/// A health check must not be answered by a cache.
fn health_headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((header::CACHE_CONTROL, "no-store"))
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
}

/// A path of the API, which answers 405 to other methods.
fn at(path: &str) -> Resource {
    web::resource(path).default_service(web::to(other_method))
}

/// GET and HEAD.
fn read() -> Route {
    web::route().guard(Any(Get()).or(Head()))
}

async fn nothing_here() -> Result<HttpResponse, AppError> {
    Err(AppError::NotFound)
}

async fn other_method() -> Result<HttpResponse, AppError> {
    Err(AppError::Method)
}
