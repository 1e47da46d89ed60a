//! The data of a form. The framework's own `web::Form` waits for the body without a time limit; this one has the limits of all bodies.
//!
//! **Invariant:** an incomplete or invalid form is answered with an error page and never reaches a handler.

use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::error::AppError;
use crate::request_body;
use crate::web::layout::error::PageError;

/// The fields of a form.
pub(crate) struct Form<T>(T);

impl<T> Form<T> {
    pub(crate) fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Form<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = PageError;
    type Future = LocalBoxFuture<'static, Result<Self, PageError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = web::Payload::from_request(&request, payload);
        Box::pin(async move {
            let internal = |error: &dyn std::error::Error| PageError::internal(error);
            let app = web::Data::<App>::extract(&request).await;
            let app = app.map_err(|error| internal(&error))?;
            let mut payload = payload.await.map_err(|error| internal(&error))?;
            Ok(Self(fields(&request, &mut payload, &app).await?))
        })
    }
}

async fn fields<T: DeserializeOwned>(
    request: &HttpRequest,
    payload: &mut web::Payload,
    app: &App,
) -> Result<T, AppError> {
    let invalid = |why: String| AppError::Invalid { field: "form", why };
    if !request
        .content_type()
        .eq_ignore_ascii_case("application/x-www-form-urlencoded")
    {
        return Err(invalid("Content type error".to_owned()));
    }
    let (bytes, _memory) = request_body::read_call(request, payload, app).await?;
    let text = std::str::from_utf8(&bytes).map_err(|error| invalid(error.to_string()))?;
    let fields = web::Query::<T>::from_query(text);
    fields
        .map(web::Query::into_inner)
        .map_err(|error| invalid(error.to_string()))
}
