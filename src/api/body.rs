//! The bytes of a delivery's body, streamed from the store.
//!
//! **Invariant:** only one piece is in memory, however large the body is and however slowly it is read. If the delivery is deleted
//! meanwhile, the response ends early, which its Content-Length reveals.

use actix_web::body::SizedStream;
use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::stream::{self, Stream};

use super::arguments::{endpoint_id, seq};
use crate::app::App;
use crate::domain::ids::EndpointId;
use crate::domain::ids::Seq;
use crate::error::{AppError, Problem};
use crate::store::StoreError;

/// Bytes read at a time.
const PIECE: usize = 256 * 1024;

/// The body of a delivery, byte for byte as received.
#[utoipa::path(get, path = "/api/v1/endpoints/{endpoint}/deliveries/{seq}/body", tag = "deliveries", security(("key" = []), ("owner" = [])),
    params(("endpoint" = String, Path, description = "Id of the endpoint"), ("seq" = u64, Path, description = "Seq of the delivery")),
    responses(
    (status = 200, description = "The bytes, as an attachment", content_type = "application/octet-stream"),
    (status = 404, description = "No such delivery, or no access", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn get_body(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let id = endpoint_id(&request)?;
    app.access.reader(&request, id).await?;
    let seq = seq(&request)?;
    let length = app.store.summary(id, seq).await?.body.bytes;
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_TYPE, "application/octet-stream"))
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"delivery-{seq}-body\""),
        ))
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "sandbox; default-src 'none'; frame-ancestors 'none'",
        ));
    // For HEAD, the framework would read the body and discard it.
    let end = if request.method() == Method::HEAD {
        0
    } else {
        length
    };
    let pieces = Box::pin(pieces(app, id, seq, end));
    Ok(response.body(SizedStream::new(length, pieces)))
}

/// The body up to `end`, piece by piece. Each piece is read after the previous one was sent.
fn pieces(
    app: web::Data<App>,
    id: EndpointId,
    seq: Seq,
    end: u64,
) -> impl Stream<Item = Result<bytes::Bytes, StoreError>> {
    stream::try_unfold(0, move |offset| {
        let store = app.store.clone();
        async move {
            if offset >= end {
                return Ok(None);
            }
            let piece = store.body_piece(id, seq, offset, PIECE).await?;
            if piece.is_empty() {
                return Err(StoreError::NotFound("delivery"));
            }
            let next = offset + piece.len() as u64;
            Ok(Some((piece, next)))
        }
    })
}
