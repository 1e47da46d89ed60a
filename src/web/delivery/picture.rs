//! A picture in a body, for the page that shows it.
//!
//! **Invariant:** only what is a picture by its first bytes is served as one, as the type that the bytes are, and never as a document.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;

use crate::app::App;
use crate::content::{self, ContentOptions};
use crate::domain::body::BodyKind;
use crate::domain::delivery::Delivery;
use crate::error::AppError;
use crate::response_memory;
use crate::web::layout::error::PageError;
use crate::web::layout::page;

/// Largest encoded picture that is drawn, decoded, in bytes. A larger one can be downloaded.
const DECODED_BYTES_MAX: usize = 8 * 1024 * 1024;

/// `GET /inspect/{endpoint}/{seq}/picture`, and `…/picture/{part}`.
pub(crate) async fn show(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, PageError> {
    let id = page::endpoint_id(&request)?;
    let seq = page::seq(&request)?;
    app.access.reader(&request, id).await?;
    // The decoded bytes are there twice while they are looked at.
    let more = DECODED_BYTES_MAX as u64;
    let (delivery, reserved) = response_memory::load(&request, &app, (id, seq), more, 2).await?;
    let part = request.match_info().get("part").map(str::to_owned);
    let picture = web::block(move || picture(&delivery, part.as_deref()));
    let picture = picture.await.map_err(|error| PageError::internal(&error))?;
    let (media_type, bytes) = picture.ok_or(AppError::NotFound)?;
    let response = HttpResponse::Ok()
        .content_type(media_type)
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "sandbox; default-src 'none'; frame-ancestors 'none'",
        ))
        .insert_header((header::CONTENT_DISPOSITION, "attachment"))
        .body(bytes);
    Ok(response_memory::keep(response, reserved))
}

/// The media type and bytes of a picture: the body, or one of its parts.
fn picture(delivery: &Delivery, part: Option<&str>) -> Option<(&'static str, Bytes)> {
    let options = ContentOptions {
        decoded_bytes: DECODED_BYTES_MAX,
        ..ContentOptions::default()
    };
    let (head, body) = (&delivery.head, &delivery.body);
    if let Some(n) = part {
        let found = content::part(head, body, n, &options)?;
        let media_type = found.file_type.media_type;
        return media_type
            .starts_with("image/")
            .then_some((media_type, found.bytes));
    }
    let (content, bytes) = content::read_with_bytes(head, body, &options);
    let is_image = content.kind == BodyKind::Image;
    is_image.then(|| {
        (
            content.file_type.media_type,
            Bytes::from(bytes.into_owned()),
        )
    })
}
