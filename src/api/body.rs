//! The bytes of a delivery's body, streamed from the store.
//!
//! **Invariant:** as received, only one piece is in memory, however large the body is and however slowly it is read. If the delivery is deleted
//! meanwhile, the response ends early, which its Content-Length reveals.

use actix_web::body::SizedStream;
use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use utoipa::IntoParams;

use super::arguments::{endpoint_id, query, seq};
use super::content;
use crate::app::App;
use crate::content::file_type;
use crate::domain::body::BodyKind;
use crate::domain::delivery::Summary;
use crate::domain::ids::EndpointId;
use crate::domain::ids::Seq;
use crate::error::{AppError, Problem};
use crate::store::StoreError;

/// Bytes read at a time.
const PIECE: usize = 256 * 1024;
/// Bytes by which a file is recognised.
const MAGIC_BYTES: usize = 512;

/// Which bytes.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct BodyParams {
    /// Without the Content-Encoding, up to 64 MiB: give `decoded` without a value, or `true`. `.../content` says what could not be decoded.
    decoded: Option<String>,
}

impl BodyParams {
    fn is_decoded(&self) -> Result<bool, AppError> {
        match self.decoded.as_deref() {
            None | Some("false") => Ok(false),
            Some("" | "true") => Ok(true),
            Some(_) => Err(AppError::Invalid {
                field: "decoded",
                why: "must be true or false".to_owned(),
            }),
        }
    }
}

/// The body of a delivery, byte for byte as received, or without its Content-Encoding.
#[utoipa::path(get, path = "/api/v1/endpoints/{endpoint}/deliveries/{seq}/body", tag = "deliveries", security(("key" = []), ("owner" = [])),
    params(("endpoint" = String, Path, description = "Id of the endpoint"), ("seq" = u64, Path, description = "Seq of the delivery"), BodyParams),
    responses(
    (status = 200, description = "The bytes, as an attachment", content_type = "application/octet-stream"),
    (status = 400, description = "Invalid parameter", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "No such delivery, or no access", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "Too many large responses are being sent", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn get_body(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let id = endpoint_id(&request)?;
    app.access.reader(&request, id).await?;
    let seq = seq(&request)?;
    if query::<BodyParams>(&request)?.is_decoded()? {
        return content::decoded_body(&request, &app, id, seq).await;
    }
    let summary = app.store.summary(id, seq).await?;
    let length = summary.body.bytes;
    let first = match summary.body.kind {
        BodyKind::Image | BodyKind::Binary => app.store.body_piece(id, seq, 0, MAGIC_BYTES).await?,
        _ => Bytes::new(),
    };
    let name = format!("delivery-{seq}-body.{}", extension(&summary, &first));
    let mut response = content::attachment("application/octet-stream", &name);
    // For HEAD, the framework would read the body and discard it.
    let end = if request.method() == Method::HEAD {
        0
    } else {
        length
    };
    let pieces = Box::pin(pieces(app, id, seq, end));
    Ok(response.body(SizedStream::new(length, pieces)))
}

/// The file extension of a body: by its kind, and by its encoding if it has one, such as `json.gz`.
fn extension(delivery: &Summary, first: &[u8]) -> String {
    let kind = delivery.body.kind;
    let coded = match delivery.encoding() {
        [] => return file_type(kind, first).extension.to_owned(),
        [one] => match one.as_str() {
            "gzip" => "gz",
            "br" => "br",
            "zstd" => "zst",
            _ => return "bin".to_owned(),
        },
        _ => return "bin".to_owned(),
    };
    // The first bytes are those of the encoding.
    let inner = file_type(kind, b"").extension;
    format!("{inner}.{coded}")
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
