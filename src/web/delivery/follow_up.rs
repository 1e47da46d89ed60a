//! What can be asked of LangGraph after a delivery, on its Run tab: commands to paste.

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

/// What the commands are made with, besides the delivery.
pub(crate) struct Reader {
    deployment: Deployment,
    /// Where a run that goes on is delivered to.
    capture_url: String,
    /// The token in that.
    token_rule: TokenRule,
}

impl Reader {
    /// Of whoever sends this request.
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

    /// Whether the sender of a delivery knew the token, then and as it is now: another one may have been set since, just because
    /// somebody knew the old one.
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
    /// Whether it may all be gone, and the payload does not tell.
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
