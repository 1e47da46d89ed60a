//! The body of a delivery, decoded: for reading, without its Content-Encoding, and one part of it.
//!
//! **Invariant:** decoding happens on a separate thread, after the memory for its result was reserved; bytes are only given out as an
//! attachment.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use utoipa::IntoParams;

use super::arguments::{endpoint_id, query, seq};
use super::deliveries::load_reserved;
use crate::app::App;
use crate::content::{self, ContentOptions};
use crate::contract::body;
use crate::contract::content::ReadingContentJson;
use crate::domain::delivery::Delivery;
use crate::domain::ids::{EndpointId, Seq};
use crate::error::{AppError, Problem};
use crate::limits::response_memory::Reserved;
use crate::response_memory::{self, JSON};

/// Most bytes that Content-Encoding may give for reading. Only the first ones are shown.
const READ_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Bytes need the delivery, the decoded bytes in a buffer that doubles, and a copy of a part.
const BYTES: u64 = 3;
/// Characters that stay in the extended form of a file name (RFC 5987).
const NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_');

/// How to read a body.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ContentParams {
    /// Charset to read it in, instead of the declared or detected one.
    charset: Option<String>,
}

/// The body of a delivery decoded for reading.
#[utoipa::path(get, path = "/api/v1/endpoints/{endpoint}/deliveries/{seq}/content", tag = "deliveries", security(("key" = []), ("owner" = [])),
    params(("endpoint" = String, Path, description = "Id of the endpoint"), ("seq" = u64, Path, description = "Seq of the delivery"), ContentParams),
    responses(
    (status = 200, description = "The decoded body", body = ReadingContentJson),
    (status = 400, description = "Unknown charset or parameter", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "No such delivery, or no access", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "Too many large responses are being sent", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn get_content(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let id = endpoint_id(&request)?;
    app.access.reader(&request, id).await?;
    let ContentParams { charset } = query(&request)?;
    if charset
        .as_deref()
        .is_some_and(|label| content::charset_name(label).is_none())
    {
        return Err(AppError::unknown_charset());
    }
    let options = ContentOptions {
        decoded_bytes: READ_BYTES_MAX,
        charset,
        ..ContentOptions::default()
    };
    let (delivery, reserved) = load(&request, &app, (id, seq(&request)?), JSON, &options).await?;
    let read = move || {
        let content = content::read(&delivery.head, &delivery.body, &options);
        serde_json::to_vec(&ReadingContentJson::from(content))
    };
    let json = web::block(read)
        .await
        .map_err(|error| AppError::decoding_failed(&error))?;
    let json = json.map_err(|error| AppError::decoding_failed(&error))?;
    let response = HttpResponse::Ok()
        .content_type("application/json")
        .body(json);
    Ok(response_memory::keep(response, reserved))
}

/// The bytes of one part of a multipart body, without its Content-Transfer-Encoding.
#[utoipa::path(get, path = "/api/v1/endpoints/{endpoint}/deliveries/{seq}/body/parts/{n}", tag = "deliveries", security(("key" = []), ("owner" = [])),
    params(("endpoint" = String, Path, description = "Id of the endpoint"), ("seq" = u64, Path, description = "Seq of the delivery"),
        ("n" = String, Path, description = "Number of the part from 1; `2.1` is the first part of the second")),
    responses(
    (status = 200, description = "The bytes, as an attachment with the safe form of its file name", content_type = "application/octet-stream"),
    (status = 404, description = "No such part or delivery, or no access", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "Too many large responses are being sent", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn get_part(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let id = endpoint_id(&request)?;
    app.access.reader(&request, id).await?;
    let n = request.match_info().query("n").to_owned();
    let options = ContentOptions::default();
    let (delivery, reserved) = load(&request, &app, (id, seq(&request)?), BYTES, &options).await?;
    let part = move || content::part(&delivery.head, &delivery.body, &n, &options);
    let part = web::block(part)
        .await
        .map_err(|error| AppError::decoding_failed(&error))?;
    let part = part.ok_or(AppError::NotFound)?;
    let response = attachment(part.file_type.media_type, &part.download_name).body(part.bytes);
    Ok(response_memory::keep(response, reserved))
}

/// The body of a delivery without its Content-Encoding. Called by the handler of `.../body`.
pub(super) async fn decoded_body(
    request: &HttpRequest,
    app: &App,
    id: EndpointId,
    seq: Seq,
) -> Result<HttpResponse, AppError> {
    let options = ContentOptions::default();
    let (delivery, reserved) = load(request, app, (id, seq), BYTES, &options).await?;
    let decode = move || {
        let decoded = content::decode(&delivery.head, &delivery.body, &options);
        let found = content::file_type(delivery.summary.body.kind, &decoded.bytes);
        (decoded.bytes.into_owned(), found.extension)
    };
    let (bytes, extension) = web::block(decode)
        .await
        .map_err(|error| AppError::decoding_failed(&error))?;
    let name = format!("delivery-{seq}-body-decoded.{extension}");
    let response = attachment("application/octet-stream", &name).body(bytes);
    Ok(response_memory::keep(response, reserved))
}

/// Loads a delivery with memory for what decoding may make of it.
async fn load(
    request: &HttpRequest,
    app: &App,
    (id, seq): (EndpointId, Seq),
    times: u64,
    options: &ContentOptions,
) -> Result<(Delivery, Reserved), AppError> {
    let loaded = app.store.summary(id, seq).await?.loaded_bytes();
    let load = async || app.store.delivery(id, seq).await;
    let bytes = |delivery: &Delivery| {
        let decoded = content::decoded_bytes_max(&delivery.head, delivery.body.len(), options);
        // A text of characters that JSON escapes is longer there, in a buffer that doubles.
        let shown = delivery.body.len().min(options.text_bytes);
        let escapes = body::escapes(&delivery.body[..shown]);
        loaded + 2 * decoded as u64 + escapes / 2
    };
    load_reserved(request, app, times, loaded, load, bytes).await
}

/// A response with bytes from a sender, which a browser only saves.
pub(super) fn attachment(media_type: &'static str, name: &str) -> actix_web::HttpResponseBuilder {
    let plain: String = name
        .chars()
        .map(|letter| if letter.is_ascii() { letter } else { '_' })
        .collect();
    let mut disposition = format!("attachment; filename=\"{plain}\"");
    if plain != name {
        let extended = utf8_percent_encode(name, NAME);
        disposition = format!("{disposition}; filename*=UTF-8''{extended}");
    }
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_TYPE, media_type))
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "sandbox; default-src 'none'; frame-ancestors 'none'",
        ));
    response
}
