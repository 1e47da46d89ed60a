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

/// Why a page may not be found, in the order of likelihood. The same for every address, so that it reveals nothing.
const NOT_FOUND_CAUSES: &[&str] = &[
    "The address is mistyped or incomplete.",
    "The endpoint or delivery was deleted.",
    "This browser is not the one that created the endpoint, or its cookies were removed.",
    "The share link was revoked.",
];

/// An error that is rendered as a page.
#[derive(Debug, thiserror::Error)]
#[error("{title}: {next}")]
pub(crate) struct PageError {
    status: StatusCode,
    title: &'static str,
    /// What is wrong with this request, if the title does not say all.
    detail: Option<String>,
    causes: &'static [&'static str],
    /// What the reader can do.
    next: &'static str,
    /// Whether signing in as the operator may help.
    operator_helps: bool,
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    status: u16,
    title: &'a str,
    detail: Option<&'a str>,
    causes: &'a [&'a str],
    next: &'a str,
    operator_helps: bool,
}

impl PageError {
    fn new(
        status: StatusCode,
        title: &'static str,
        detail: impl Into<Option<String>>,
        next: &'static str,
    ) -> Self {
        Self {
            status,
            title,
            detail: detail.into(),
            causes: &[],
            next,
            operator_helps: false,
        }
    }

    /// A sample that creel could not send to itself.
    pub(crate) fn not_sent(why: &dyn std::error::Error) -> Self {
        tracing::error!(error = %why, "cannot send a sample");
        Self::new(
            StatusCode::BAD_GATEWAY,
            "The sample did not arrive",
            format!("creel could not send it to its own capture URL: {why}"),
            "Go back and send it again. If it fails again, look into the log of creel.",
        )
    }

    /// A page that could not be rendered.
    pub(crate) fn internal(error: &dyn std::error::Error) -> Self {
        tracing::error!(error = %error, "cannot render a page");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Internal error",
            "creel could not render this page; stored deliveries are not affected".to_owned(),
            "Reload the page. If it fails again, the log of creel has the reason.",
        )
    }
}

impl From<&AppError> for PageError {
    fn from(error: &AppError) -> Self {
        let (title, next) = match error {
            AppError::NotFound => (
                "Not found, or you have no access",
                "Open the endpoint in the browser that created it, ask its owner for a share link, or sign in as operator.",
            ),
            AppError::Invalid { .. } => {
                ("Invalid request", "Go back, correct this, and try again.")
            }
            AppError::Query(_) => (
                "The query cannot be read",
                "Go back, correct it, and try again. The language is at /docs/query.",
            ),
            AppError::Forbidden(_) => (
                "Forbidden",
                "Open creel at the address that it printed at start, and try again from there.",
            ),
            AppError::Misdirected(_) => ("Wrong host name", "Send the request to that URL."),
            AppError::TooLarge { .. } => {
                ("Too large", "Go back, shorten the input, and try again.")
            }
            AppError::Timeout => ("Request timeout", "Go back and try again."),
            AppError::Method => (
                "Method not allowed",
                "This address belongs to a form or a program. Start from your endpoints.",
            ),
            AppError::Busy => (
                "Temporarily unavailable",
                "Reload the page in a few seconds.",
            ),
            AppError::Unavailable => (
                "Temporarily unavailable",
                "Reload the page in a few seconds. If it fails again, the operator’s page shows whether the storage is healthy, and the log of \
                 creel has the reason.",
            ),
        };
        let is_not_found = matches!(error, AppError::NotFound);
        let detail = (!is_not_found).then(|| error.to_string());
        Self {
            causes: if is_not_found { NOT_FOUND_CAUSES } else { &[] },
            operator_helps: matches!(error, AppError::NotFound | AppError::Unavailable),
            ..Self::new(error.status_code(), title, detail, next)
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
            detail: self.detail.as_deref(),
            causes: self.causes,
            next: self.next,
            operator_helps: self.operator_helps,
        };
        // A page that cannot be rendered is replaced by its plain text: the reader is to learn what failed all the same.
        let (content_type, body) = match page.render() {
            Ok(html) => (header::ContentType::html(), html),
            Err(error) => {
                tracing::error!(error = %error, "the error page could not be rendered");
                let text = format!("{}. {}\n", self.title, self.next);
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
