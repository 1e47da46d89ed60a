//! Compressed responses.
//!
//! **Invariant:** a page with a secret and with text that somebody else chose is never compressed, because its compressed length would
//! reveal whether they are alike (BREACH). So each caller decides it for its own page.

use std::io::{self, Write};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::http::header::{self, AcceptEncoding, ContentEncoding, Encoding, Header};
use actix_web::{HttpRequest, HttpResponse};
use flate2::Compression;
use flate2::write::GzEncoder;

/// Bytes as gzip.
pub(super) fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// Whether the client prefers gzip. Without the header it may not know it.
pub(super) fn accepts_gzip(request: &HttpRequest) -> bool {
    let known = [Encoding::gzip(), Encoding::identity()];
    AcceptEncoding::parse(request)
        .is_ok_and(|accepted| accepted.negotiate(known.iter()) == Some(Encoding::gzip()))
}

/// The same page, compressed for a client that accepts it.
pub(crate) fn compressed(request: &HttpRequest, mut page: HttpResponse) -> HttpResponse {
    let vary = header::HeaderValue::from_static("Accept-Encoding");
    page.headers_mut().insert(header::VARY, vary);
    if !accepts_gzip(request) {
        return page;
    }
    let (mut page, body) = page.into_parts();
    let bytes = match body.try_into_bytes() {
        Ok(bytes) => bytes,
        Err(body) => return page.set_body(body),
    };
    match gzip(&bytes) {
        Ok(gzipped) => {
            let encoding = ContentEncoding::Gzip.to_header_value();
            page.headers_mut()
                .insert(header::CONTENT_ENCODING, encoding);
            page.set_body(BoxBody::new(gzipped))
        }
        // Writing to memory does not fail; if it did, the page would still be complete.
        Err(error) => {
            tracing::error!(error = %error, "cannot compress a page");
            page.set_body(BoxBody::new(bytes))
        }
    }
}
