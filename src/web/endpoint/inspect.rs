//! The page of an endpoint: its URL, the list of its deliveries, and one delivery.

use std::fmt::{self, Display, Formatter};

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use askama::filters::HtmlSafe;

use crate::access::{Right, guard};
use crate::answers;
use crate::app::App;
use crate::domain::endpoint::Endpoint;
use crate::domain::ids::EndpointId;
use crate::domain::time::Time;
use crate::domain::token_check::TokenRule;
use crate::langgraph::RunBody;
use crate::web::conversation::state_page::StatePart;
use crate::web::delivery::DeliveryView;
use crate::web::delivery::follow_up::Reader;
use crate::web::delivery::related::Related;
use crate::web::endpoint::list::List;
use crate::web::endpoint::samples::SamplesMenu;
use crate::web::endpoint::waiting::{Sections, Waiting};
use crate::web::guide::start::Start;
use crate::web::layout::error::PageError;
use crate::web::layout::page;
use crate::web::links::view::{Tab, View};

/// A request with this header gets only the part of the page that the header names.
const FRAGMENT: &str = "x-fragment";

#[derive(Template)]
#[template(path = "inspect.html")]
struct Inspect {
    id: String,
    title: String,
    capture_url: String,
    manages: bool,
    /// Whether the URL is shown without its token.
    token_is_hidden: bool,
    /// Which of list and detail a narrow screen shows.
    screen: &'static str,
    list: List,
    detail: Detail,
}

/// The part next to the list.
enum Detail {
    Delivery(Box<DeliveryView>),
    Waiting(Box<Waiting>),
    Nothing(Nothing),
}

/// Shown while no delivery is selected.
#[derive(Template)]
#[template(path = "_inspect_nothing.html")]
struct Nothing {
    how_href: String,
}

impl Display for Detail {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delivery(shown) => shown.fmt(f),
            Self::Waiting(waiting) => waiting.fmt(f),
            Self::Nothing(nothing) => nothing.fmt(f),
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
    let list = List::read(app.store.as_ref(), view).await?;
    let how = page::param(&request, "how").is_some();
    let detail = if list.is_empty() || how {
        let samples = right.manages().then(|| SamplesMenu::new(id));
        let sections = Sections {
            start,
            samples,
            token_is_hidden: token_is_hidden(&endpoint, right),
        };
        let waiting = Waiting::new(
            id,
            url.clone(),
            view.list().href(),
            list.is_empty(),
            sections,
        );
        Detail::Waiting(Box::new(waiting))
    } else {
        Detail::Nothing(Nothing {
            how_href: format!("/inspect/{id}?how"),
        })
    };
    render(&endpoint, right, url, list, detail)
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
    let summary = app.store.summary(id, seq).await?;
    let reserved = answers::reserve(&request, &app, summary.loaded_bytes(), answers::PAGE).await?;
    let delivery = app.store.delivery(id, seq).await?;
    let view = View::of(&request, id).select(seq);
    if let (true, Tab::Conversation(state_ref)) = (wants(&request, "part"), view.tab) {
        let part =
            web::block(move || StatePart::of(&RunBody::parse(&delivery.body), view, state_ref))
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
    let list = List::read(app.store.as_ref(), view).await?;
    let detail = Detail::Delivery(Box::new(shown));
    let response = render(&endpoint, right, url, list, detail)?;
    Ok(answers::keep(response, reserved))
}

/// Whether a request asks for this part of the page only.
fn wants(request: &HttpRequest, part: &str) -> bool {
    let wanted = request.headers().get(FRAGMENT);
    wanted.is_some_and(|wanted| wanted == part)
}

fn render(
    endpoint: &Endpoint,
    right: Right,
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
        screen: if matches!(detail, Detail::Nothing(_)) {
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
    let clean = page::see_other(&format!("/inspect/{id}"));
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
