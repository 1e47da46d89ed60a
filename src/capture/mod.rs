//! Captures: turns a request into a Delivery and answers the sender.
//!
//! **Invariant:** a 2xx is sent only after the delivery is on disk; no request is rejected for its content; a capture is never redirected;
//! a capture URL does not show what it received.

mod cors;
mod equivalent;
mod framing;
mod head_check;
pub mod head_recorder;
mod head_stream;
mod intake;
mod quick_check;
mod reading;
pub mod recorded_stream;
pub mod refused;
mod response;

use std::sync::Arc;

use actix_web::http::header;
use actix_web::middleware::DefaultHeaders;
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};

use crate::access::guard::authority;
use crate::app::App;
use crate::domain::delivery::Delivery;
use crate::domain::endpoint::Endpoint;
use crate::domain::ids::EndpointId;
use crate::domain::token_check::check_token;
use crate::error::AppError;
use crate::store::Store;

/// Adds the capture URLs to an application: any method, any path below them, any query.
pub fn configure(service: &mut web::ServiceConfig) {
    let urls = ["/hook/{endpoint}", "/hook/{endpoint}/{rest:.*}"];
    // Anyone may open a capture URL in a browser, so the response must only be interpreted as text.
    let inert = DefaultHeaders::new()
        .add((header::CACHE_CONTROL, "no-store"))
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((header::CONTENT_SECURITY_POLICY, "sandbox"));
    service.service(web::resource(urls).to(handle).wrap(inert));
}

/// Captures a request to an endpoint, or answers the preflight of a browser.
async fn handle(
    request: HttpRequest,
    payload: web::Payload,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let host = authority(&request);
    if !app.urls.serves_captures(host) {
        return Err(AppError::Misdirected(app.urls.captures_url(host)));
    }
    let id: EndpointId = request
        .match_info()
        .query("endpoint")
        .parse()
        .map_err(|_| AppError::NotFound)?;
    let endpoint = app.store.endpoint(id).await?; // 1 look up the endpoint
    let cors = &endpoint.settings.cors;
    if cors::is_preflight(&request) {
        app.preflights.count(id);
        return Ok(cors::answer_preflight(&request, cors));
    }
    let captured = capture(&request, payload, &app, &endpoint).await;
    let mut response = captured.unwrap_or_else(|error| error.error_response());
    cors::allow_reading(&mut response, &request, cors);
    Ok(response)
}

/// The complete path of a capture.
async fn capture(
    request: &HttpRequest,
    payload: web::Payload,
    app: &App,
    endpoint: &Endpoint,
) -> Result<HttpResponse, AppError> {
    let id = endpoint.id;
    let (intake, _memory) = intake::read(request, payload, app).await?; // 2 read, bounded; a truncated body is a finding
    let token_check = check_token(&endpoint.settings.token, &intake.head); // 3 check the token
    let reply = endpoint.settings.reply.clone();
    let turns = app.decodings.clone();
    // From here on, it is stored even if the sender disconnects.
    let record = async move |store: Arc<dyn Store>| {
        let read = reading::read(&intake, &turns).await; // 4 interpret the body
        let delivery = Delivery::new(id, intake, token_check, read);
        store.record(delivery, reply).await
    };
    let receipt = app.commit_and_notify(id, record).await?; // 5 store; the status is chosen in the same transaction; 6 notify subscribers
    response::build(receipt.response) // 7 answer the sender
}
