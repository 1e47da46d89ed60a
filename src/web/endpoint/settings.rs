//! An endpoint's settings: name, token, response statuses, browsers, share links, deletion.
//!
//! **Invariant:** only owner and operator have access. Revoking and deleting take effect only with a confirmation, and a share link is
//! shown once.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::access::guard;
use crate::app::App;
use crate::domain::endpoint::Endpoint;
use crate::domain::ids::EndpointId;
use crate::domain::secret::{self, SecretHash};
use crate::domain::settings::{InvalidSetting, NAME_CHARS_MAX};
use crate::domain::token_check::{TOKEN_BYTES_MAX, TokenRule};
use crate::error::AppError;
use crate::store::{SettingsChange, Store};
use crate::urls::LOCAL_PAGES_HOST;
use crate::web::endpoint::sequence;
use crate::web::endpoint::settings_form::{self, SettingsForm};
use crate::web::layout::error::PageError;
use crate::web::layout::form::Form;
use crate::web::layout::page;
use crate::web::links;
use crate::web::render::format;

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    id: String,
    title: String,
    name: String,
    /// With its token.
    capture_url: String,
    token: Option<String>,
    /// The form's choice for the token.
    choice: String,
    own_token: String,
    reply: String,
    /// The status for the next request that is not a run, if there is more than one.
    next_status: Option<String>,
    /// Whether the sequence of statuses was started again just now.
    restarted: bool,
    /// The form's choice of the pages that may send from a browser.
    cors: String,
    /// The origins of these pages, if they are listed.
    origins: String,
    preflights: u64,
    /// The invalid field.
    wrong: Option<InvalidSetting>,
    name_chars_max: usize,
    token_bytes_max: usize,
    /// The share link that was just created; it is not shown again.
    share_url: Option<String>,
    /// Whether the link's host name works on this machine only.
    share_is_local: bool,
    /// Whether the share links were revoked just now.
    revoked: bool,
    /// The section that was saved just now.
    saved: Option<String>,
}

/// Asks for confirmation before something is deleted or revoked.
#[derive(Template)]
#[template(path = "settings_confirm.html")]
struct Confirm {
    id: String,
    question: String,
    consequence: String,
    /// The form's target, relative to the endpoint's page.
    action: &'static str,
    button: &'static str,
    /// Whether the operator's page asked, which is also the way back.
    from_operator: bool,
}

/// The data of the forms that delete or revoke. Only the second request, from the confirmation page, confirms.
#[derive(Deserialize)]
pub(crate) struct Confirmation {
    confirmed: Option<String>,
    /// `operator` if the operator's page asked.
    from: Option<String>,
}

impl Confirmation {
    fn is_given(&self) -> bool {
        self.confirmed.as_deref() == Some("yes")
    }

    fn is_from_operator(&self) -> bool {
        self.from.as_deref() == Some("operator")
    }
}

impl SettingsPage {
    /// Whether this section was saved just now.
    fn is_saved(&self, section: &str) -> bool {
        self.saved.as_deref() == Some(section)
    }

    /// What is wrong with a field.
    fn wrong(&self, field: &str) -> Option<&str> {
        let wrong = self.wrong.as_ref().filter(|wrong| wrong.field == field);
        wrong.map(|wrong| wrong.why.as_str())
    }

    async fn new(
        request: &HttpRequest,
        app: &App,
        endpoint: &Endpoint,
        share_url: Option<String>,
    ) -> Result<Self, AppError> {
        let (cors, origins) = settings_form::shown(&endpoint.settings.cors);
        Ok(Self {
            id: endpoint.id.to_string(),
            title: endpoint.title(),
            name: endpoint.settings.name.clone().unwrap_or_default(),
            capture_url: app.urls.capture_url(guard::authority(request), endpoint),
            token: match &endpoint.settings.token {
                TokenRule::NotAsked => None,
                TokenRule::Secret(token) => Some(token.clone()),
            },
            choice: "keep".to_owned(),
            own_token: String::new(),
            reply: endpoint.settings.reply.to_string(),
            next_status: sequence::next_status(app, endpoint).await?,
            restarted: false,
            cors: cors.to_owned(),
            origins,
            preflights: app.store.preflights(endpoint.id).await?,
            wrong: None,
            name_chars_max: NAME_CHARS_MAX,
            token_bytes_max: TOKEN_BYTES_MAX,
            share_is_local: share_url
                .as_ref()
                .is_some_and(|url| url.contains(LOCAL_PAGES_HOST)),
            share_url,
            revoked: false,
            saved: None,
        })
    }
}

/// `GET /inspect/{endpoint}/settings`
pub(crate) async fn show(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, PageError> {
    let endpoint = page::managed_endpoint(&request, &app).await?;
    page::html(&SettingsPage {
        revoked: page::param(&request, "revoked").is_some(),
        restarted: page::param(&request, "restarted").is_some(),
        saved: page::param(&request, "saved"),
        ..SettingsPage::new(&request, &app, &endpoint, None).await?
    })
}

/// `POST /inspect/{endpoint}/settings`
pub(crate) async fn change(
    request: HttpRequest,
    app: web::Data<App>,
    form: Form<SettingsForm>,
) -> Result<HttpResponse, PageError> {
    let endpoint = page::managed_endpoint(&request, &app).await?;
    let form = form.into_inner();
    let section = form.section();
    match save(&app, endpoint.id, form.clone()).await {
        Ok(()) => {
            let (id, section) = (endpoint.id, section);
            let saved = format!("/settings?saved={section}#{section}");
            let saved = links::below_endpoint(id, &saved);
            Ok(page::see_other(&saved))
        }
        Err(AppError::Invalid { field, why }) => {
            again(
                &request,
                &app,
                &endpoint,
                form,
                InvalidSetting { field, why },
            )
            .await
        }
        Err(error) => Err(error.into()),
    }
}

async fn save(app: &App, id: EndpointId, form: SettingsForm) -> Result<(), AppError> {
    let asked = form.input()?;
    let change: SettingsChange = Box::new(move |settings| settings.changed_by(asked));
    let change = async move |store: Arc<dyn Store>| store.change_settings(id, change).await;
    app.commit_and_notify(id, change).await?;
    Ok(())
}

/// The form again, with the input and what is wrong with it.
async fn again(
    request: &HttpRequest,
    app: &App,
    endpoint: &Endpoint,
    form: SettingsForm,
    wrong: InvalidSetting,
) -> Result<HttpResponse, PageError> {
    let shown = SettingsPage::new(request, app, endpoint, None).await?;
    let mut again = page::html(&SettingsPage {
        name: form.name.unwrap_or_else(|| shown.name.clone()),
        choice: form.token.unwrap_or_else(|| shown.choice.clone()),
        own_token: form.own_token,
        reply: form.reply.unwrap_or_else(|| shown.reply.clone()),
        origins: match form.cors {
            Some(_) => form.origins,
            None => shown.origins.clone(),
        },
        cors: form.cors.unwrap_or_else(|| shown.cors.clone()),
        wrong: Some(wrong),
        ..shown
    })?;
    *again.status_mut() = StatusCode::BAD_REQUEST;
    Ok(again)
}

/// `POST /inspect/{endpoint}/key`: a new read key, shown once as a share link.
pub(crate) async fn add_key(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, PageError> {
    let endpoint = page::managed_endpoint(&request, &app).await?;
    let key = secret::random();
    app.store
        .add_read_key(endpoint.id, SecretHash::of(&key))
        .await?;
    let page = app
        .urls
        .inspect_url(guard::authority(&request), endpoint.id);
    let share_url = format!("{page}?key={key}");
    page::html(&SettingsPage::new(&request, &app, &endpoint, Some(share_url)).await?)
}

/// `POST /inspect/{endpoint}/revoke`: asks for confirmation, then revokes every read key.
pub(crate) async fn revoke_keys(
    request: HttpRequest,
    app: web::Data<App>,
    form: Form<Confirmation>,
) -> Result<HttpResponse, PageError> {
    let endpoint = page::managed_endpoint(&request, &app).await?;
    if !form.is_given() {
        return page::html(&Confirm {
            id: endpoint.id.to_string(),
            question: format!("Revoke all share links of {}?", endpoint.title()),
            consequence: "All share links and read keys of this endpoint stop working, for people and for programs. Deliveries and your \
                          own access remain."
                .to_owned(),
            action: "revoke",
            button: "Revoke all",
            from_operator: false,
        });
    }
    let (id, access) = (endpoint.id, Arc::clone(&app.access));
    let revoke = async move |store: Arc<dyn Store>| {
        store.revoke_read_keys(id).await?;
        access.rights_changed();
        Ok(())
    };
    app.commit_and_notify(id, revoke).await?;
    let settings = links::below_endpoint(endpoint.id, "/settings?revoked#share");
    Ok(page::see_other(&settings))
}

/// `POST /inspect/{endpoint}/delete`: asks for confirmation, then deletes.
pub(crate) async fn delete(
    request: HttpRequest,
    app: web::Data<App>,
    form: Form<Confirmation>,
) -> Result<HttpResponse, PageError> {
    let endpoint = page::managed_endpoint(&request, &app).await?;
    if !form.is_given() {
        let caught = app.store.last_seq(endpoint.id).await?.0;
        let are = if caught == 1 { "is" } else { "are" };
        return page::html(&Confirm {
            id: endpoint.id.to_string(),
            question: format!("Delete {} permanently?", endpoint.title()),
            consequence: format!(
                "Its {} {are} deleted too. The capture URL will answer 404 and is never reused.",
                format::count(caught, "delivery", "deliveries")
            ),
            action: "delete",
            button: "Delete permanently",
            from_operator: form.is_from_operator(),
        });
    }
    let id = endpoint.id;
    let delete = async move |store: Arc<dyn Store>| store.delete_endpoint(id).await;
    app.commit_and_notify(id, delete).await?;
    let back = if form.is_from_operator() {
        "/operator?deleted"
    } else {
        "/?deleted"
    };
    Ok(page::see_other(&links::page(back)))
}
