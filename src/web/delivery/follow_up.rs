//! Commands that query LangGraph about a delivered run, on the Overview tab.
//!
//! **Invariant:** a delivery is trusted only if its token was right when it arrived and is right now (or none was expected).

use actix_web::HttpRequest;
use askama::Template;
use askama::filters::HtmlSafe;

use crate::app::App;
use crate::domain::delivery::Delivery;
use crate::domain::endpoint::Endpoint;
use crate::domain::run::Run;
use crate::domain::token_check::{TokenResult, TokenRule, check_token};
use crate::langgraph::RunBody;
use crate::langgraph::guide::deployment::Deployment;
use crate::langgraph::guide::follow_up::{Delivered, FollowUps, UrlSource};
use crate::web::guide::deployment;
use crate::web::render::escape::Line;
use crate::web::render::rich_text::Prose;

/// What the commands need besides the delivery.
pub(crate) struct Reader {
    deployment: Deployment,
    /// Where a resumed run is delivered.
    capture_url: String,
    /// The token of that URL.
    token_rule: TokenRule,
}

impl Reader {
    /// From a request.
    pub(crate) fn of(
        request: &HttpRequest,
        app: &App,
        endpoint: &Endpoint,
        capture_url: String,
    ) -> Self {
        Self {
            deployment: deployment::remembered(request, app).unwrap_or_default(),
            capture_url,
            token_rule: endpoint.settings.token.clone(),
        }
    }

    /// Whether the sender of a delivery had the token, both the one at that time and the current one: the token may have been changed
    /// because the old one had leaked.
    fn trusts(&self, delivery: &Delivery) -> bool {
        let now = check_token(&self.token_rule, &delivery.head);
        [delivery.summary.token_check, now]
            .iter()
            .all(|check| matches!(check.result, TokenResult::Match | TokenResult::NotAsked))
    }
}

/// The section with the commands.
#[derive(Template)]
#[template(path = "_follow_up.html")]
pub(crate) struct FollowUpView {
    url: Line,
    origin: UrlSource,
    leaves_key_out: bool,
    /// Whether the thread may be deleted, which the payload does not show.
    is_unsure: bool,
    all: Vec<Item>,
}

impl HtmlSafe for FollowUpView {}

struct Item {
    label: &'static str,
    description: Prose,
    command: Option<String>,
    gone: Option<&'static str>,
}

impl FollowUpView {
    /// What can be asked about the delivery of a run.
    pub(super) fn of(
        delivery: &Delivery,
        run: &Run,
        body: &RunBody<'_>,
        reader: &Reader,
    ) -> Option<Self> {
        let delivered = Delivered {
            run,
            body: *body,
            is_trusted: reader.trusts(delivery),
        };
        let found = FollowUps::of(delivered, &reader.deployment, &reader.capture_url)?;
        let all = found.all.into_iter().map(|one| Item {
            label: one.label,
            description: Prose::written(one.description),
            gone: one.command.as_ref().err().copied(),
            command: one.command.ok(),
        });
        Some(Self {
            url: Line(found.url),
            origin: found.source,
            leaves_key_out: found.omits_key,
            is_unsure: run.stateless.is_none(),
            all: all.collect(),
        })
    }
}
