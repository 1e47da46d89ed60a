//! The URLs of pages and of what they load, built in one place.
//!
//! **Invariant:** a URL begins with the path below which creel is served, and contains ids and numbers only, never received text.

pub(super) mod copy_form;
pub(super) mod state_ref;
pub(super) mod view;

use uuid::Uuid;

use crate::domain::delivery::Summary;
use crate::domain::ids::{EndpointId, Seq};
pub(super) use crate::urls::link_base as base;
use crate::web::links::copy_form::CopyForm;

/// URL of a page that is not of an endpoint.
pub(super) fn page(path: &str) -> String {
    format!("{}{path}", base())
}

/// URL of an endpoint's page.
pub(super) fn endpoint(id: EndpointId) -> String {
    format!("{}/inspect/{id}", base())
}

/// URL of a page of an endpoint, with this path and query below that of the endpoint.
pub(super) fn below_endpoint(id: EndpointId, below: &str) -> String {
    format!("{}{below}", endpoint(id))
}

/// URL of a delivery's page.
pub(super) fn delivery(id: EndpointId, seq: Seq) -> String {
    format!("{}/{seq}", endpoint(id))
}

/// URL of the page of an endpoint's refused requests.
pub(super) fn refused(id: EndpointId) -> String {
    below_endpoint(id, "/refused")
}

/// URL of a delivery's body, as a download.
pub(super) fn download(delivery: &Summary) -> String {
    format!("{}/body", api(delivery))
}

/// URL of a part of a multipart body, as a download.
pub(super) fn part(delivery: &Summary, n: &str) -> String {
    format!("{}/parts/{n}", download(delivery))
}

/// URL of a picture in a body, or in one of its parts.
pub(super) fn picture(delivery: &Summary, part: Option<&str>) -> String {
    let part = part.map_or(String::new(), |n| format!("/{n}"));
    let page = self::delivery(delivery.endpoint_id, delivery.seq);
    format!("{page}/picture{part}")
}

/// URL of a delivery in the API.
pub(super) fn api(delivery: &Summary) -> String {
    let (endpoint, seq) = (delivery.endpoint_id, delivery.seq);
    let base = base();
    format!("{base}/api/v1/endpoints/{endpoint}/deliveries/{seq}")
}

/// URL of a delivery as text to paste.
pub(super) fn copy(id: EndpointId, seq: Seq, form: CopyForm) -> String {
    format!("{}/copy/{}", delivery(id, seq), form.word())
}

/// URL that compares a delivery with the one that a word means: `before` or `thread`.
pub(super) fn compare_with(id: EndpointId, word: &str, b: Seq) -> String {
    below_endpoint(id, &format!("/compare?a={word}&b={b}"))
}

/// URL of the page that lets one choose what to compare a delivery with, from those before a seq.
pub(super) fn compare_choice(id: EndpointId, b: Option<Seq>, before: Option<Seq>) -> String {
    let parameter = |name: &str, seq: Option<Seq>| seq.map(|seq| format!("{name}={seq}"));
    let parameters: Vec<_> = [parameter("b", b), parameter("before", before)]
        .into_iter()
        .flatten()
        .collect();
    below_endpoint(id, &format!("/compare?{}", parameters.join("&")))
}

/// URL of the page that compares two deliveries.
pub(super) fn compare(id: EndpointId, a: Seq, b: Seq) -> String {
    below_endpoint(id, &format!("/compare?a={a}&b={b}"))
}

/// URL of a thread's page.
pub(super) fn thread(id: EndpointId, thread: Uuid) -> String {
    below_endpoint(id, &format!("/thread/{thread}"))
}

/// The id of a run's thread, if it is a UUID. Only these have a page.
pub(super) fn thread_id(delivery: &Summary) -> Option<Uuid> {
    let run = delivery.reading.run.as_deref()?;
    Uuid::try_parse(run.thread_id.as_deref()?).ok()
}
