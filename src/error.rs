//! Errors of requests: `application/problem+json` (RFC 9457), one form for every call of the API.
//!
//! **Invariant:** a wrong id and a missing right are the same answer, and an internal failure tells its cause to the log alone (the store's, once a group, where it happens).

use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::settings::InvalidSetting;
use crate::store::StoreError;

/// Seconds after which a sender may try again when the store failed.
pub const RETRY_AFTER_SECONDS: u64 = 2;

/// What went wrong with a request.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// No such thing, or no right to see it.
    #[error("there is nothing here, or it is not yours to see")]
    NotFound,
    /// Something in the request cannot be used.
    #[error("{field}: {why}")]
    Invalid {
        /// Which field or parameter.
        field: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The request comes from a page of another site, or under a host name that is not ours.
    #[error("{0}")]
    Forbidden(String),
    /// A capture under a host name that serves pages alone; where captures are served.
    #[error("captures are not served under this host name; send to {0}/hook/... instead")]
    Misdirected(String),
    /// The request is larger than it may be.
    #[error("the body of this call has at most {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The body of the request took too long.
    #[error("the body of this request took too long to arrive")]
    Timeout,
    /// The path is known, the method is not.
    #[error("method not allowed for this path")]
    Method,
    /// Answers that others read fill the memory that there is for answers.
    #[error(
        "too many large answers are being read at the moment; try again in {RETRY_AFTER_SECONDS} s"
    )]
    Busy,
    /// The store takes no more at the moment, or failed.
    #[error("the database cannot be written at the moment; try again in {RETRY_AFTER_SECONDS} s")]
    Unavailable,
}

/// The JSON of an error (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// A stable path that names the kind of problem.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The kind in words.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong with this request.
    pub detail: String,
    /// The limit that was passed, if one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

impl AppError {
    /// The error as a problem document.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let (kind, title) = match self {
            Self::NotFound => ("/problems/not-found", "Not found"),
            Self::Invalid { .. } => ("/problems/invalid", "Invalid request"),
            Self::Forbidden(_) => ("/problems/forbidden", "Not allowed from here"),
            Self::Misdirected(_) => ("/problems/misdirected", "Not under this host name"),
            Self::TooLarge { .. } => ("/problems/too-large", "Too large"),
            Self::Timeout => ("/problems/timeout", "Request timeout"),
            Self::Method => ("/problems/method", "Method not allowed"),
            Self::Busy => ("/problems/busy", "Busy"),
            Self::Unavailable => ("/problems/unavailable", "Store unavailable"),
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
        }
    }
}

impl ResponseError for AppError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Invalid { .. } => StatusCode::BAD_REQUEST,
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
