//! The arguments of an API call: path, query and body.
//!
//! **Invariant:** an unknown or invalid parameter of the query is an error; an invalid id or seq in the path is `NotFound`.

use actix_web::{HttpRequest, web};
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::domain::ids::{EndpointId, Seq};
use crate::error::AppError;
use crate::request_body;

/// The endpoint id in the path.
pub(super) fn endpoint_id(request: &HttpRequest) -> Result<EndpointId, AppError> {
    request
        .match_info()
        .query("endpoint")
        .parse()
        .map_err(|_| AppError::NotFound)
}

/// The seq in the path.
pub(super) fn seq(request: &HttpRequest) -> Result<Seq, AppError> {
    let seq = request.match_info().query("seq").parse();
    seq.map(Seq).map_err(|_| AppError::NotFound)
}

/// The query parameters of a request.
pub(super) fn query<T: DeserializeOwned>(request: &HttpRequest) -> Result<T, AppError> {
    let query = web::Query::<T>::from_query(request.query_string());
    query.map(web::Query::into_inner).map_err(|error| {
        let why = match error {
            actix_web::error::QueryPayloadError::Deserialize(error) => error.to_string(),
            other => other.to_string(),
        };
        AppError::Invalid {
            field: "query",
            why,
        }
    })
}

/// The JSON body of a request, whatever its Content-Type. An empty body means `{}`.
pub(super) async fn json<T: DeserializeOwned>(
    request: &HttpRequest,
    mut payload: web::Payload,
    app: &App,
) -> Result<T, AppError> {
    let (bytes, _memory) = request_body::read_call(request, &mut payload, app).await?;
    let invalid = |why| AppError::Invalid { field: "body", why };
    let bytes: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
    // A list would be read as the fields in their order.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(invalid("must be a JSON object".to_owned()));
    }
    serde_json::from_slice(bytes).map_err(|error| invalid(error.to_string()))
}
