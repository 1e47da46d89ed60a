//! Error pages: one template for every error that a person can see.
//!
//! **Invariant:** the statuses are those of the API, and a wrong id and missing access give the same page.

use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use askama::Template;

use crate::error::{AppError, RETRY_AFTER_SECONDS};
use crate::store::StoreError;
use crate::web::layout::headers;

/// An error that is rendered as a page.
#[derive(Debug, thiserror::Error)]
#[error("{detail}")]
pub(crate) struct PageError {
    status: StatusCode,
    title: &'static str,
    detail: String,
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    status: u16,
    title: &'a str,
    detail: &'a str,
}

impl PageError {
    /// A sample that creel could not send to itself.
    pub(crate) fn not_sent(why: &dyn std::error::Error) -> Self {
        tracing::error!(error = %why, "cannot send a sample");
        Self {
            status: StatusCode::BAD_GATEWAY,
            title: "The sample did not arrive",
            detail: format!("creel could not send it to its own capture URL: {why}"),
        }
    }

    /// A page that could not be rendered.
    pub(crate) fn internal(error: &dyn std::error::Error) -> Self {
        tracing::error!(error = %error, "cannot render a page");
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            title: "Internal error",
            detail: "creel could not render this page; stored deliveries are not affected"
                .to_owned(),
        }
    }
}

impl From<&AppError> for PageError {
    fn from(error: &AppError) -> Self {
        Self {
            status: error.status_code(),
            title: match error {
                AppError::NotFound => "Not found",
                AppError::Invalid { .. } => "Invalid request",
                AppError::Forbidden(_) => "Forbidden",
                AppError::Misdirected(_) => "Wrong host name",
                AppError::TooLarge { .. } => "Too large",
                AppError::Timeout => "Request timeout",
                AppError::Method => "Method not allowed",
                AppError::Busy | AppError::Unavailable => "Temporarily unavailable",
            },
            detail: error.to_string(),
        }
    }
}

impl From<AppError> for PageError {
    fn from(error: AppError) -> Self {
        Self::from(&error)
    }
}

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> Self {
        AppError::from(error).into()
    }
}

impl ResponseError for PageError {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let page = ErrorPage {
            status: self.status.as_u16(),
            title: self.title,
            detail: &self.detail,
        };
        // A page that cannot be rendered is replaced by its plain text: the reader is to learn what failed all the same.
        let (content_type, body) = match page.render() {
            Ok(html) => (header::ContentType::html(), html),
            Err(error) => {
                tracing::error!(error = %error, "the error page could not be rendered");
                let text = format!("{}: {}\n", self.title, self.detail);
                (header::ContentType::plaintext(), text)
            }
        };
        let mut response = HttpResponse::build(self.status);
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.insert_header((header::RETRY_AFTER, RETRY_AFTER_SECONDS));
        }
        let mut response = response.content_type(content_type).body(body);
        headers::protect(response.headers_mut());
        response
    }
}

/// The response for unknown paths.
pub(crate) async fn not_found() -> Result<HttpResponse, PageError> {
    Err(AppError::NotFound.into())
}
