//! HTML pages, complete without JavaScript; scripts add live updates. Pages read the store and subscribe to the event stream; they have no
//! state of their own.
//!
//! **Invariant:** captured text reaches a page only through `render::escape` or askama's escaping; no template uses `safe`.

mod compare;
#[cfg(debug_assertions)]
mod components;
mod conversation;
mod delivery;
mod endpoint;
mod endpoints;
mod guide;
mod home;
mod layout;
mod links;
mod operator;
mod render;
mod thread;

use actix_web::Route;
use actix_web::guard::{Any, Get, Head};
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig, post};

use crate::access::guard;
use delivery::{copy, picture};
use endpoint::{inspect, list, refused, samples, sequence, settings};
use guide::{deployment, docs, docs_query, doctor, findings, proxies};
use layout::{assets, error, page};
use links::base;

/// The pages' routes. They also answer all unknown paths, so they must be registered last.
pub fn configure(cfg: &mut ServiceConfig) {
    #[cfg(debug_assertions)]
    cfg.service(
        web::resource("/docs/components")
            .wrap(from_fn(guard::check))
            .wrap(from_fn(page::middleware))
            .route(get().to(components::show)),
    );
    cfg.service(
        web::scope("")
            .wrap(from_fn(guard::check))
            .wrap(from_fn(page::middleware))
            .route("/", get().to(home::show))
            .route("/endpoints", post().to(home::create))
            .route("/doctor", get().to(doctor::show))
            .route("/doctor", post().to(doctor::check))
            .route("/docs", get().to(docs::index))
            .route("/docs/nothing-arrives", get().to(docs::nothing_arrives))
            .route("/docs/starting-runs", get().to(docs::starting_runs))
            .route("/docs/proxies", get().to(proxies::show))
            .route("/docs/query", get().to(docs_query::show))
            .route("/findings", get().to(findings::show))
            .route("/operator", get().to(operator::show))
            .route("/operator", post().to(operator::sign_in))
            .route("/operator/sign-out", post().to(operator::sign_out))
            .route("/static/{path:.*}", get().to(assets::serve))
            .route("/inspect/{endpoint}", get().to(inspect::show))
            .route("/inspect/{endpoint}/rows", get().to(list::rows_fragment))
            .route("/inspect/{endpoint}/compare", get().to(compare::show))
            .route(
                "/inspect/{endpoint}/thread/{thread}",
                get().to(thread::show),
            )
            .route("/inspect/{endpoint}/refused", get().to(refused::show))
            .route("/inspect/{endpoint}/settings", get().to(settings::show))
            .route("/inspect/{endpoint}/settings", post().to(settings::change))
            .route("/inspect/{endpoint}/key", post().to(settings::add_key))
            .route(
                "/inspect/{endpoint}/revoke",
                post().to(settings::revoke_keys),
            )
            .route(
                "/inspect/{endpoint}/reply/reset",
                post().to(sequence::reset),
            )
            .route(
                "/inspect/{endpoint}/deployment",
                post().to(deployment::remember),
            )
            .route("/inspect/{endpoint}/samples", post().to(samples::send))
            .route("/inspect/{endpoint}/delete", post().to(settings::delete))
            .route(
                "/inspect/{endpoint}/{seq:\\d+}/copy/{form}",
                get().to(copy::show),
            )
            .route(
                "/inspect/{endpoint}/{seq:\\d+}/picture",
                get().to(picture::show),
            )
            .route(
                "/inspect/{endpoint}/{seq:\\d+}/picture/{part}",
                get().to(picture::show),
            )
            .route(
                "/inspect/{endpoint}/{seq:\\d+}",
                get().to(inspect::show_delivery),
            )
            .default_service(web::to(error::not_found)),
    );
}

/// A route for GET and HEAD; the server omits the body for HEAD.
fn get() -> Route {
    web::route().guard(Any(Get()).or(Head()))
}

#[cfg(test)]
mod tests {
    use crate::domain::attempt::Attempt;
    use crate::domain::delivery::{BodyFacts, Delivery, Summary};
    use crate::domain::head::Head;
    use crate::domain::ids::EndpointId;
    use crate::domain::ids::Seq;
    use crate::domain::response::Response;
    use crate::domain::time::Time;
    use crate::domain::token_check::TokenCheck;
    use crate::langgraph;

    /// A delivery with this body and a Content-Type of JSON.
    pub(super) fn delivery(version: &str, exact: bool, body: &[u8]) -> Delivery {
        let raw = format!("POST /hook/x {version}\r\ncontent-type: application/json\r\n\r\n");
        let raw = raw.into();
        let head = Head { raw, exact };
        let received_at = Time::from_micros(0);
        let (kind, reading) = langgraph::read(&head, body, None, received_at);
        let summary = Summary {
            endpoint_id: EndpointId::random(),
            seq: Seq(1),
            id: Some(uuid::Uuid::now_v7()),
            received_at,
            peer: None,
            client: None,
            http_version: version.to_owned(),
            method: "POST".to_owned(),
            target: "/hook/x".to_owned(),
            headers_exact: exact,
            head_bytes: head.raw.len() as u64,
            body: BodyFacts {
                bytes: body.len() as u64,
                sha256: Some([0; 32]),
                cut: None,
                kind,
            },
            token_check: TokenCheck::NOT_ASKED,
            reading,
            attempt: Attempt::first(Seq(1)),
            response: Some(Response { status: 200 }),
            damaged: Vec::new(),
        };
        let body = bytes::Bytes::copy_from_slice(body);
        Delivery {
            summary,
            head,
            body,
            trailers: bytes::Bytes::new(),
        }
    }
}
