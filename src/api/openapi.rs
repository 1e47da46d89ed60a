//! The OpenAPI document.
//!
//! **Invariant:** the document is generated from the handlers, and `tests/it/openapi.rs` compares it with a snapshot, so every change of
//! the API is reviewed.

use actix_web::{HttpResponse, web};
use utoipa::openapi::Server;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::app::App;

use super::{body, content, deliveries, endpoints, events, export, health, refused};

/// The contract of the API.
#[derive(OpenApi)]
#[openapi(
    info(title = "creel", description = "A self-hosted webhook inspector that understands LangGraph."),
    paths(
        endpoints::create_endpoint,
        endpoints::list_endpoints,
        endpoints::get_endpoint,
        endpoints::change_endpoint,
        endpoints::delete_endpoint,
        endpoints::reset_reply,
        deliveries::list_deliveries,
        deliveries::get_delivery,
        body::get_body,
        content::get_content,
        content::get_part,
        refused::list_refused,
        events::follow_deliveries,
        export::export_deliveries,
        health::livez,
        health::readyz,
    ),
    modifiers(&Security)
)]
struct Document;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let key = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A read key, or the operator token."))
            .build();
        let owner = ApiKey::Cookie(ApiKeyValue::with_description(
            "creel_owner_INSTANCE",
            "Set by the page that creates an endpoint. INSTANCE is the id of the installation, eight hexadecimal digits; with HTTPS, the \
             name begins with `__Host-`, or with `__Secure-` if creel is below a path. The operator's session cookie is accepted too.",
        ));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("key", SecurityScheme::Http(key));
        components.add_security_scheme("owner", SecurityScheme::ApiKey(owner));
    }
}

/// The document as indented JSON, with the URL of the server if it is configured.
///
/// # Errors
/// When it cannot be serialised, which is a bug.
fn document(server: Option<String>) -> Result<String, serde_json::Error> {
    let mut document = Document::openapi();
    document.servers = server.map(|url| vec![Server::new(url)]);
    document.to_pretty_json()
}

/// Serves the document.
pub(super) async fn openapi(app: web::Data<App>) -> HttpResponse {
    match document(app.urls.public_url()) {
        Ok(document) => HttpResponse::Ok()
            .content_type("application/json")
            .body(document),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}
