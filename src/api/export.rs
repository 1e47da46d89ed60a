//! All deliveries of an endpoint in one file.
//!
//! **Invariant:** one delivery at a time is in memory, with memory reserved for it until its last piece was passed on; nothing is held while
//! memory is waited for. An export that cannot be completed is cut off, so that it does not look complete.

use std::sync::Arc;

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt};
use serde::Deserialize;
use utoipa::IntoParams;

use super::arguments::{endpoint_id, query};
use super::content;
use super::deliveries::load_reserved;
use super::delivery_page::DeliveryPage;
use crate::access::guard::authority;
use crate::app::App;
use crate::contract::body::escapes;
use crate::contract::export::{ExportError, ExportFormat};
use crate::domain::capture_base::CaptureBase;
use crate::domain::delivery::Delivery;
use crate::domain::ids::{EndpointId, Seq};
use crate::error::{AppError, Problem};
use crate::limits::response_memory::Reserved;
use crate::store::Page;

/// Memory for a delivery and its text, in a buffer that doubles and may hold the parts of a run twice (once as body, once as `values`).
const TIMES: u64 = 7;
/// Deliveries whose sizes are read at a time.
const PAGE: usize = 50;
/// Bytes passed to the connection at a time, which copies them.
const PIECE: usize = 64 * 1024;
/// A longer delivery is written on a separate thread.
const SHORT_BYTES_MAX: u64 = 256 * 1024;

/// What to export.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ExportParams {
    /// The form of the file.
    #[param(inline, value_type = ExportFormat, required = true)]
    format: Option<String>,
}

impl ExportParams {
    fn format(self) -> Result<ExportFormat, AppError> {
        let format = self.format.unwrap_or_default();
        format.parse().map_err(|error| AppError::Invalid {
            field: "format",
            why: format!("{error}"),
        })
    }
}

/// Exports all deliveries that there are when it begins, oldest first, with complete bodies. `ndjson` and `json` have them in full; `har` is an
/// HTTP Archive 1.2 for browsers and proxies; `csv` is a table in which a cell that could be a formula begins with an apostrophe; `curl` is a
/// shell script that sends them again to the capture URL. An export that cannot be completed is cut off.
#[utoipa::path(get, path = "/api/v1/endpoints/{endpoint}/export", tag = "deliveries", security(("key" = []), ("owner" = [])),
    params(("endpoint" = String, Path, description = "Id of the endpoint"), ExportParams), responses(
    (status = 200, description = "The deliveries, as an attachment", content_type = "application/octet-stream"),
    (status = 400, description = "Unknown format or parameter", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "No such endpoint, or no access", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn export_deliveries(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, AppError> {
    let id = endpoint_id(&request)?;
    let (_, right) = app.access.reader(&request, id).await?;
    let format = query::<ExportParams>(&request)?.format()?;
    let name = format!("deliveries-{id}.{}", format.extension());
    let mut response = content::attachment(format.media_type(), &name);
    // For HEAD, the framework would read the export and discard it.
    if request.method() == Method::HEAD {
        let nothing = stream::empty::<Result<Bytes, AppError>>();
        return Ok(response.streaming(nothing));
    }
    let export = Export {
        base: app.urls.capture_base(authority(&request)),
        newest: app.store.last_seq(id).await?,
        request,
        app: app.clone(),
        id,
        format,
        after: Seq(0),
        page: Vec::new(),
        stage: Stage::Start,
        rest: Bytes::new(),
        reserved: None,
    };
    let items = Box::pin(export.items());
    let items = Arc::clone(&app.access).while_allowed(right, id, items);
    Ok(response.streaming(Box::pin(complete(Box::pin(items)))))
}

/// A part of an export, or its end.
enum ExportItem {
    Piece(Bytes),
    End,
}

/// The bytes of an export. One that stops without its end, because the right to read it has ended, is cut off.
fn complete(
    items: impl Stream<Item = Result<ExportItem, AppError>> + Unpin,
) -> impl Stream<Item = Result<Bytes, AppError>> {
    stream::unfold(Some(items), |items| async {
        let mut items = items?;
        match items.next().await {
            Some(Ok(ExportItem::Piece(piece))) => Some((Ok(piece), Some(items))),
            Some(Ok(ExportItem::End)) => None,
            Some(Err(error)) => Some((Err(error), None)),
            None => Some((Err(AppError::NotFound), None)),
        }
    })
}

/// An export that is being sent.
struct Export {
    request: HttpRequest,
    app: web::Data<App>,
    id: EndpointId,
    format: ExportFormat,
    base: CaptureBase,
    /// The last delivery to export: those that arrive meanwhile are left out, so that it ends.
    newest: Seq,
    after: Seq,
    /// Seqs and sizes of the next deliveries, the next one last.
    page: Vec<(Seq, u64)>,
    stage: Stage,
    /// What of the current delivery is not passed on yet, and its memory.
    rest: Bytes,
    reserved: Option<Reserved>,
}

#[derive(Clone, Copy)]
enum Stage {
    Start,
    First,
    Following,
    End,
}

impl Export {
    fn items(self) -> impl Stream<Item = Result<ExportItem, AppError>> {
        stream::try_unfold(Some(self), |export| async {
            let Some(mut export) = export else {
                return Ok(None);
            };
            Ok(Some(match export.piece().await? {
                Some(piece) => (ExportItem::Piece(piece), Some(export)),
                None => (ExportItem::End, None),
            }))
        })
    }

    /// The next bytes; `None` after the last ones.
    async fn piece(&mut self) -> Result<Option<Bytes>, AppError> {
        while self.rest.is_empty() {
            self.reserved = None;
            match self.stage {
                Stage::Start => {
                    self.rest = self.format.start().map_err(failed)?.into();
                    self.stage = Stage::First;
                }
                Stage::First | Stage::Following => {
                    if let Some((text, reserved)) = self.next_delivery().await? {
                        self.rest = text;
                        self.reserved = Some(reserved);
                        self.stage = Stage::Following;
                    } else {
                        self.rest = self.format.end().into();
                        self.stage = Stage::End;
                    }
                }
                Stage::End => return Ok(None),
            }
        }
        let len = self.rest.len().min(PIECE);
        Ok(Some(self.rest.split_to(len)))
    }

    /// The next delivery in this format, with memory for it. One that was deleted meanwhile is left out.
    async fn next_delivery(&mut self) -> Result<Option<(Bytes, Reserved)>, AppError> {
        while let Some((seq, bytes)) = self.next_size().await? {
            match self.load(seq, bytes).await {
                Ok((delivery, mut reserved)) => {
                    let text = self.text(delivery, bytes).await?;
                    // The buffer may be twice as long as the text.
                    reserved.shrink(2 * text.len() as u64);
                    return Ok(Some((text.into(), reserved)));
                }
                Err(AppError::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Seq and size of the next delivery.
    async fn next_size(&mut self) -> Result<Option<(Seq, u64)>, AppError> {
        if self.page.is_empty() {
            // An endpoint that was deleted meanwhile has no deliveries, but this is not the end of the export.
            self.app.store.endpoint(self.id).await?;
            let page = Page {
                before: Some(Seq(self.newest.0.saturating_add(1))),
                ..Page::following(self.after, PAGE)
            };
            let found = DeliveryPage::read(&*self.app.store, self.id, page, None).await?;
            let sizes = found.items.iter().rev();
            self.page = sizes
                .map(|summary| (summary.seq, summary.loaded_bytes()))
                .collect();
        }
        let next = self.page.pop();
        if let Some((seq, _)) = next {
            self.after = seq;
        }
        Ok(next)
    }

    /// Loads a delivery with memory for its text, as soon as there is some: what was sent cannot be taken back.
    async fn load(&self, seq: Seq, bytes: u64) -> Result<(Delivery, Reserved), AppError> {
        let store = &self.app.store;
        let load = async || store.delivery(self.id, seq).await;
        // Characters that JSON escapes are longer there.
        let needed = |delivery: &Delivery| bytes + escapes(&delivery.body) / 2;
        loop {
            match load_reserved(&self.request, &self.app, TIMES, bytes, load, needed).await {
                Err(AppError::Busy) => {}
                result => return result,
            }
        }
    }

    async fn text(&self, delivery: Delivery, bytes: u64) -> Result<Vec<u8>, AppError> {
        let (format, base) = (self.format, self.base.clone());
        let separator = match self.stage {
            Stage::Following => format.separator(),
            _ => "",
        };
        let write = move || -> Result<Vec<u8>, ExportError> {
            let mut text = separator.as_bytes().to_vec();
            format.push(&mut text, &delivery, &base)?;
            Ok(text)
        };
        let written = if bytes > SHORT_BYTES_MAX {
            web::block(write).await.map_err(failed)?
        } else {
            write()
        };
        written.map_err(failed)
    }
}

/// A delivery could not be written in this format, which is a bug.
fn failed(error: impl std::error::Error) -> AppError {
    tracing::error!(%error, "an export failed");
    AppError::Unavailable
}
