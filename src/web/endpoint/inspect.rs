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
use crate::web::conversation::state_page::Part;
use crate::web::delivery::Pane;
use crate::web::delivery::follow_up::{FollowUpView, Reader};
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
    right: RightHand,
}

/// The part next to the list.
enum RightHand {
    Delivery(Box<Pane>),
    Waiting(Box<Waiting>),
    Nothing(Nothing),
}

/// Shown while no delivery is selected.
#[derive(Template)]
#[template(path = "_nothing.html")]
struct Nothing {
    how_href: String,
}

impl Display for RightHand {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delivery(pane) => pane.fmt(f),
            Self::Waiting(waiting) => waiting.fmt(f),
            Self::Nothing(nothing) => nothing.fmt(f),
        }
    }
}

impl HtmlSafe for RightHand {}

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
    let right_hand = if list.is_empty() || how {
        let samples = right.manages().then(|| SamplesMenu::new(id));
        let sections = Sections {
            start,
            samples,
            token_is_hidden: token_is_hidden(&endpoint, right),
        };
        let waiting = Waiting::new(url, view.list().href(), list.is_empty(), sections);
        RightHand::Waiting(Box::new(waiting))
    } else {
        RightHand::Nothing(Nothing {
            how_href: format!("/inspect/{id}?how"),
        })
    };
    render(&request, &app, &endpoint, right, list, right_hand)
}

/// `GET /inspect/{endpoint}/{seq}`: the page with that delivery; with `X-Fragment: pane` only the delivery, with `X-Fragment: part` only
/// the part of its state that the query names.
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
    if let (true, Tab::Conversation(spot)) = (wants(&request, "part"), view.tab) {
        let part = web::block(move || Part::of(&delivery, view, spot))
            .await
            .map_err(|error| PageError::internal(&error))?;
        return page::kept_html(&part, reserved);
    }
    let related = Related::read(app.store.as_ref(), &delivery.summary).await?;
    let capture_url = capture_url(&request, &app, &endpoint, right);
    let reader = Reader::of(&request, &app, &endpoint, capture_url);
    // Indenting and escaping 100 kB would delay the captures on this thread.
    let pane = web::block(move || {
        let follow_up = || FollowUpView::of(&delivery, &reader);
        Pane::new(&delivery, &related, view, Time::now()).with_follow_up(follow_up)
    });
    let pane = pane.await.map_err(|error| PageError::internal(&error))?;
    if request.headers().contains_key(FRAGMENT) {
        return page::kept_html(&pane, reserved);
    }
    let list = List::read(app.store.as_ref(), view).await?;
    let right_hand = RightHand::Delivery(Box::new(pane));
    let response = render(&request, &app, &endpoint, right, list, right_hand)?;
    Ok(answers::keep(response, reserved))
}

/// Whether a request asks for this part of the page only.
fn wants(request: &HttpRequest, part: &str) -> bool {
    let wanted = request.headers().get(FRAGMENT);
    wanted.is_some_and(|wanted| wanted == part)
}

fn render(
    request: &HttpRequest,
    app: &App,
    endpoint: &Endpoint,
    right: Right,
    list: List,
    right_hand: RightHand,
) -> Result<HttpResponse, PageError> {
    page::html(&Inspect {
        id: endpoint.id.to_string(),
        title: endpoint.title(),
        capture_url: capture_url(request, app, endpoint, right),
        manages: right.manages(),
        token_is_hidden: token_is_hidden(endpoint, right),
        screen: if matches!(right_hand, RightHand::Nothing(_)) {
            "list"
        } else {
            "detail"
        },
        list,
        right: right_hand,
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
    !right.manages() && endpoint.token_rule != TokenRule::NotAsked
}

/// The capture URL. Only owner and operator see its token, because a delivery with the token counts as trusted.
fn capture_url(request: &HttpRequest, app: &App, endpoint: &Endpoint, right: Right) -> String {
    let authority = guard::authority(request);
    if right.manages() {
        app.urls.capture_url(authority, endpoint)
    } else {
        app.urls.bare_capture_url(authority, endpoint.id)
    }
}
