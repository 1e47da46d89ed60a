//! A delivery as text to paste: a curl command that sends it again, its head, the complete request, or its decoded body.
//!
//! **Invariant:** `http` and `head` are the stored bytes, and no browser interprets what is copied.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::access::guard;
use crate::app::App;
use crate::content::{self, ContentOptions};
use crate::contract::curl;
use crate::domain::delivery::Delivery;
use crate::error::AppError;
use crate::response_memory::{self, PAGE};
use crate::web::layout::error::PageError;
use crate::web::layout::page;
use crate::web::links::copy_form::CopyForm;

/// `GET /inspect/{endpoint}/{seq}/copy/{form}`, as bytes that no browser interprets.
pub(crate) async fn show(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, PageError> {
    let id = page::endpoint_id(&request)?;
    let seq = page::seq(&request)?;
    let form: CopyForm = page::path_part(&request, "form")?;
    app.access.reader(&request, id).await?;
    let charset = page::charset(&request)?;
    let (delivery, reserved) = response_memory::load(&request, &app, (id, seq), 0, PAGE).await?;
    let bytes = match form {
        CopyForm::Curl => {
            let base = app.urls.capture_base(guard::authority(&request));
            curl::command_to_paste(&delivery, &base).into_bytes()
        }
        CopyForm::Head => delivery.head.raw.to_vec(),
        CopyForm::Http => [&delivery.head.raw[..], &delivery.body[..]].concat(),
        CopyForm::Text => web::block(move || text(&delivery, charset))
            .await
            .map_err(|error| PageError::internal(&error))?
            .ok_or(AppError::NotFound)?,
    };
    let name = format!("delivery-{seq}.{}", form.word());
    let response = HttpResponse::Ok()
        .content_type("application/octet-stream")
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ))
        .body(bytes);
    Ok(response_memory::keep(response, reserved))
}

/// The body as text in UTF-8, exactly as it was before it was coded; `None` if it is not text.
fn text(delivery: &Delivery, charset: Option<&'static str>) -> Option<Vec<u8>> {
    let options = ContentOptions {
        charset: charset.map(str::to_owned),
        text_bytes: usize::MAX,
        ..ContentOptions::default()
    };
    let content = content::read(&delivery.head, &delivery.body, &options);
    content.text.map(String::into_bytes)
}
