//! The page of an endpoint: its URL, the list of its deliveries, and one delivery.
//!
//! **Invariant:** only owner and operator see the token of the capture URL, because a delivery with the token counts as trusted.

use std::fmt::{self, Display, Formatter};

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use askama::filters::HtmlSafe;

use crate::access::{Right, guard};
use crate::app::App;
use crate::content;
use crate::contract::export::ExportFormat;
use crate::domain::endpoint::{Endpoint, EndpointStats};
use crate::domain::ids::EndpointId;
use crate::domain::time::Time;
use crate::domain::token_check::TokenRule;
use crate::langgraph::RunBody;
use crate::response_memory::{self, PAGE};
use crate::store::{EndpointFilter, Page};
use crate::web::conversation::state_page::StatePart;
use crate::web::delivery::DeliveryView;
use crate::web::delivery::body::DECODED_BYTES_MAX;
use crate::web::delivery::follow_up::Reader;
use crate::web::delivery::related::Related;
use crate::web::endpoint::list::List;
use crate::web::endpoint::preflight_note::PreflightNote;
use crate::web::endpoint::samples::SamplesMenu;
use crate::web::endpoint::summary::EndpointSummary;
use crate::web::endpoint::waiting::{SenderTab, Waiting};
use crate::web::guide::start::Start;
use crate::web::layout::compression::compressed;
use crate::web::layout::error::PageError;
use crate::web::layout::menu::{Menu, MenuAction, MenuItem};
use crate::web::layout::page;
use crate::web::links;
use crate::web::links::view::{Tab, View};

/// A request with this header gets only the part of the page that the header names.
const FRAGMENT: &str = "x-fragment";
/// Most endpoints in the menu of the bar.
const ENDPOINTS_MAX: usize = 12;

#[derive(Template)]
#[template(path = "inspect.html")]
struct Inspect {
    id: String,
    title: String,
    capture_url: String,
    manages: bool,
    /// Whether the URL is shown without its token.
    token_is_hidden: bool,
    /// Whether nothing has arrived yet.
    waits: bool,
    /// The other endpoints of this browser.
    others: Option<Menu>,
    /// Which of list and detail a narrow screen shows.
    screen: &'static str,
    list: List,
    detail: Detail,
}

/// The part next to the list.
enum Detail {
    Delivery(Box<DeliveryView>),
    Waiting(Box<Waiting>),
    Summary(Box<EndpointSummary>),
}

impl Display for Detail {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delivery(shown) => shown.fmt(f),
            Self::Waiting(waiting) => waiting.fmt(f),
            Self::Summary(summary) => summary.fmt(f),
        }
    }
}

impl HtmlSafe for Detail {}

/// `GET /inspect/{endpoint}`; `?key=` is exchanged for cookies, `?how` shows how to send requests here. With `X-Fragment: start`, only the
/// panel that starts runs.
pub(crate) async fn show(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, PageError> {
    let id = page::endpoint_id(&request)?;
    if let Some(key) = page::param(&request, "key") {
        return trade_key(&request, &app, id, &key).await;
    }
    let (endpoint, right) = app.access.reader(&request, id).await?;
    let url = capture_url(&request, &app, &endpoint, right);
    let start = Start::new(&request, &app, &endpoint, &url, right.manages());
    if wants(&request, "start") {
        return page::html(&start);
    }
    let view = View::of(&request, id);
    let counts = app.store.counts(id).await?;
    let list = List::read(app.store.as_ref(), view, &counts).await?;
    let how = page::param(&request, "how").is_some();
    let preflights = app.store.preflights(id).await?;
    let preflights = PreflightNote::new(&endpoint, preflights, right.manages());
    let detail = if list.is_empty() || how {
        let samples = right.manages().then(|| SamplesMenu::new(id));
        Detail::Waiting(Box::new(Waiting::new(
            view,
            url.clone(),
            list.is_empty(),
            token_is_hidden(&endpoint, right),
            (SenderTab::of(&request, &app), start, samples),
            preflights,
        )))
    } else {
        let sends = !token_is_hidden(&endpoint, right);
        let newest = app.store.deliveries(id, Page::newest(1)).await?;
        let newest = newest
            .first()
            .map(|newest| (newest.seq, newest.received_at));
        let summary = EndpointSummary::new(&counts, newest, view, (url.clone(), sends), preflights);
        Detail::Summary(Box::new(summary))
    };
    let others = other_endpoints(&request, &app, id).await?;
    let is_empty = list.is_empty();
    let page = render(&endpoint, (right, others), url, list, detail)?;
    // It shows a secret, the token; but nobody else has chosen any text on it before the first delivery.
    Ok(if is_empty {
        compressed(&request, page)
    } else {
        page
    })
}

/// `GET /inspect/{endpoint}/{seq}`: the page with that delivery, or with `X-Fragment: detail` the delivery alone, or with `part` the part
/// of its state that the query names.
pub(crate) async fn show_delivery(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, PageError> {
    let id = page::endpoint_id(&request)?;
    let seq = page::seq(&request)?;
    let (endpoint, right) = app.access.reader(&request, id).await?;
    page::charset(&request)?;
    let view = View::of(&request, id).select(seq);
    let more = decoded_bytes(view);
    let (delivery, reserved) = response_memory::load(&request, &app, (id, seq), more, PAGE).await?;
    if let (true, Some(Tab::Conversation(state_ref))) = (wants(&request, "part"), view.tab) {
        let part = move || {
            let plain = content::plain(&delivery.head, &delivery.body);
            StatePart::of(&RunBody::parse(&plain), view, state_ref)
        };
        let part = web::block(part)
            .await
            .map_err(|error| PageError::internal(&error))?;
        return page::kept_html(&part, reserved);
    }
    let related = Related::read(app.store.as_ref(), &delivery.summary).await?;
    let url = capture_url(&request, &app, &endpoint, right);
    let reader = Reader::of(&request, &app, &endpoint, url.clone());
    // Indenting and escaping 100 kB would delay the captures on this thread.
    let shown =
        web::block(move || DeliveryView::new(&delivery, &related, &reader, view, Time::now()));
    let shown = shown.await.map_err(|error| PageError::internal(&error))?;
    if request.headers().contains_key(FRAGMENT) {
        return page::kept_html(&shown, reserved);
    }
    let counts = app.store.counts(id).await?;
    let list = List::read(app.store.as_ref(), view, &counts).await?;
    let detail = Detail::Delivery(Box::new(shown));
    let others = other_endpoints(&request, &app, id).await?;
    let response = render(&endpoint, (right, others), url, list, detail)?;
    Ok(response_memory::keep(response, reserved))
}

/// Most bytes that the tab of a view decodes. Without a tab, it may be the body.
fn decoded_bytes(view: View) -> u64 {
    match view.tab {
        None | Some(Tab::Body { .. }) => DECODED_BYTES_MAX as u64,
        Some(_) => 0,
    }
}

/// Whether a request asks for this part of the page only.
fn wants(request: &HttpRequest, part: &str) -> bool {
    let wanted = request.headers().get(FRAGMENT);
    wanted.is_some_and(|wanted| wanted == part)
}

/// The other endpoints of this browser, newest first, as a menu.
async fn other_endpoints(
    request: &HttpRequest,
    app: &App,
    id: EndpointId,
) -> Result<Option<Menu>, PageError> {
    // Two owner cookies are an error where something is changed; here they only mean that it is not clear whose endpoints to show.
    let Ok(Some(owner)) = app.access.owner(request) else {
        return Ok(None);
    };
    let filter = EndpointFilter::One(owner);
    let mut found = app.store.endpoints(filter, None, ENDPOINTS_MAX).await?;
    found.retain(|one| one.endpoint.id != id);
    let item = |one: &EndpointStats| {
        let href = links::endpoint(one.endpoint.id);
        MenuItem::new(one.endpoint.title(), MenuAction::Open(href))
    };
    Ok((!found.is_empty()).then(|| Menu {
        name: "endpoints",
        label: "Other endpoints",
        items: found.iter().map(item).collect(),
    }))
}

fn render(
    endpoint: &Endpoint,
    (right, others): (Right, Option<Menu>),
    capture_url: String,
    list: List,
    detail: Detail,
) -> Result<HttpResponse, PageError> {
    page::html(&Inspect {
        id: endpoint.id.to_string(),
        title: endpoint.title(),
        capture_url,
        manages: right.manages(),
        token_is_hidden: token_is_hidden(endpoint, right),
        waits: list.is_empty(),
        others,
        screen: if matches!(detail, Detail::Summary(_)) {
            "list"
        } else {
            "detail"
        },
        list,
        detail,
    })
}

/// Exchanges the key of a share link for cookies, and redirects so that it disappears from the address bar.
async fn trade_key(
    request: &HttpRequest,
    app: &App,
    id: EndpointId,
    key: &str,
) -> Result<HttpResponse, PageError> {
    app.access.check_key(request, id, key).await?;
    let clean = page::see_other(&links::endpoint(id));
    Ok(page::with_cookies(clean, app.access.cookies.key(id, key)))
}

fn token_is_hidden(endpoint: &Endpoint, right: Right) -> bool {
    !right.manages() && endpoint.settings.token != TokenRule::NotAsked
}

fn capture_url(request: &HttpRequest, app: &App, endpoint: &Endpoint, right: Right) -> String {
    let authority = guard::authority(request);
    app.urls
        .shown_capture_url(authority, endpoint, right.manages())
}
