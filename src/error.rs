//! Errors of requests: `application/problem+json` (RFC 9457), in the same format for every call of the API.
//!
//! **Invariant:** a wrong id and missing access give the same response. The cause of an internal failure is only logged (a failure of the
//! store once per group of writes, where it happens).

use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::settings::InvalidSetting;
use crate::query::QueryError;
use crate::store::StoreError;

/// Value of Retry-After when the store failed, in seconds.
pub const RETRY_AFTER_SECONDS: u64 = 2;

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The resource does not exist, or the caller has no access.
    #[error("this page or endpoint does not exist, or you have no access to it")]
    NotFound,
    /// A part of the request is invalid.
    #[error("{field}: {why}")]
    Invalid {
        /// Which field or parameter.
        field: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// A query cannot be read.
    #[error("q: {0}")]
    Query(#[from] QueryError),
    /// The request comes from a page of another site, or has a host name that is not creel's.
    #[error("{0}")]
    Forbidden(String),
    /// A capture on a host name that serves only pages. Holds the URL where captures are served.
    #[error("captures are not served under this host name; send to {0}/hook/... instead")]
    Misdirected(String),
    /// The request body exceeds the limit.
    #[error("the request body must have at most {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The body of the request took too long.
    #[error("the request body took too long to arrive")]
    Timeout,
    /// The path exists, but not with this method.
    #[error("method not allowed for this path")]
    Method,
    /// Responses that are being sent use all memory for responses.
    #[error("too many large responses are being sent; try again in {RETRY_AFTER_SECONDS} s")]
    Busy,
    /// The store is overloaded or failed, or there is no memory for the request's body.
    #[error("creel cannot store or read this now; try again in {RETRY_AFTER_SECONDS} s")]
    Unavailable,
}

/// The JSON of an error (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// A stable path that identifies the kind of problem.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// A short description of the kind.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong with this request.
    pub detail: String,
    /// The limit that was exceeded, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// The character at which a query cannot be read, counted from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<usize>,
    /// What to write there instead, if creel knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
}

impl AppError {
    /// A request for a charset that does not exist.
    #[must_use]
    pub fn unknown_charset() -> Self {
        Self::Invalid {
            field: "charset",
            why: "must be a label of the WHATWG Encoding Standard, such as utf-8 or iso-8859-1"
                .to_owned(),
        }
    }

    /// Decoding a body did not end as it should, which is a bug.
    #[must_use]
    pub fn decoding_failed(error: &dyn std::error::Error) -> Self {
        tracing::error!(%error, "a body could not be decoded");
        Self::Unavailable
    }

    /// The error as a problem document.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let (kind, title) = match self {
            Self::NotFound => ("/problems/not-found", "Not found"),
            Self::Invalid { .. } => ("/problems/invalid", "Invalid request"),
            Self::Query(_) => ("/problems/query", "Query cannot be read"),
            Self::Forbidden(_) => ("/problems/forbidden", "Forbidden"),
            Self::Misdirected(_) => ("/problems/misdirected", "Wrong host name"),
            Self::TooLarge { .. } => ("/problems/too-large", "Too large"),
            Self::Timeout => ("/problems/timeout", "Request timeout"),
            Self::Method => ("/problems/method", "Method not allowed"),
            Self::Busy => ("/problems/busy", "Busy"),
            Self::Unavailable => ("/problems/unavailable", "Storage unavailable"),
        };
        let query = match self {
            Self::Query(error) => Some(error),
            _ => None,
        };
        Problem {
            kind,
            title,
            status: self.status_code().as_u16(),
            detail: self.to_string(),
            limit: match self {
                Self::TooLarge { limit } => Some(*limit),
                _ => None,
            },
            position: query.map(|error| error.position),
            suggestion: query.and_then(|error| error.suggestion.clone()),
        }
    }
}

impl ResponseError for AppError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Invalid { .. } | Self::Query(_) => StatusCode::BAD_REQUEST,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::Misdirected(_) => StatusCode::MISDIRECTED_REQUEST,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Timeout => StatusCode::REQUEST_TIMEOUT,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Busy | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut response = HttpResponse::build(self.status_code());
        response.insert_header((header::CONTENT_TYPE, "application/problem+json"));
        if matches!(self, Self::Busy | Self::Unavailable) {
            response.insert_header((header::RETRY_AFTER, RETRY_AFTER_SECONDS));
        }
        response.body(serde_json::to_string(&self.problem()).unwrap_or_default())
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound(_) => Self::NotFound,
            StoreError::Invalid(invalid) => invalid.into(),
            // An id that is made at random is not taken a second time.
            StoreError::IdTaken
            | StoreError::UsedUp(_)
            | StoreError::QueueFull
            | StoreError::Unavailable(_) => Self::Unavailable,
        }
    }
}

impl From<InvalidSetting> for AppError {
    fn from(InvalidSetting { field, why }: InvalidSetting) -> Self {
        Self::Invalid { field, why }
    }
}
