//! `/docs/proxies`: how to serve creel behind nginx, Caddy or Traefik.
//!
//! **Invariant:** the page shows the configurations as the files next to this one have them; `tests/it/nginx.rs` runs the one for nginx.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::web::layout::compression::compressed;
use crate::web::layout::error::PageError;
use crate::web::layout::page;

#[derive(Template)]
#[template(path = "proxies.html")]
struct ProxiesPage {
    proxies: [ProxyView; 3],
}

struct ProxyView {
    id: &'static str,
    name: &'static str,
    configuration: &'static str,
    remark: &'static str,
}

const PROXIES: [ProxyView; 3] = [
    ProxyView {
        id: "nginx",
        name: "nginx",
        configuration: include_str!("proxies/nginx.conf"),
        remark: "Deliveries keep their target, and their header lines with order and spelling.",
    },
    ProxyView {
        id: "caddy",
        name: "Caddy",
        configuration: include_str!("proxies/Caddyfile"),
        remark: "Caddy sets X-Forwarded-For and passes on live streams at once. It sorts header lines, and changes their spelling.",
    },
    ProxyView {
        id: "traefik",
        name: "Traefik",
        configuration: include_str!("proxies/traefik.yaml"),
        remark: "Traefik sets X-Forwarded-For and passes on live streams at once. It sorts header lines, changes their spelling, and replaces \
                 “;” in a query by “&”.",
    },
];

/// `GET /docs/proxies`
pub(crate) async fn show(request: HttpRequest) -> Result<HttpResponse, PageError> {
    let page = page::html(&ProxiesPage { proxies: PROXIES })?;
    Ok(compressed(&request, page))
}
