//! What the forms of the settings page send. Each section sends only its own fields.
//!
//! **Invariant:** a field that was not sent changes nothing.

use serde::Deserialize;

use crate::domain::cors::{Cors, CorsInput};
use crate::domain::reply;
use crate::domain::settings::{InvalidSetting, SettingsInput, TokenInput};

/// The data of a form.
#[derive(Clone, Deserialize)]
pub(crate) struct SettingsForm {
    pub(super) name: Option<String>,
    /// `keep`, `new`, `none` or `own`.
    pub(super) token: Option<String>,
    #[serde(default)]
    pub(super) own_token: String,
    pub(super) reply: Option<String>,
    /// `any`, `off` or `origins`.
    pub(super) cors: Option<String>,
    /// Origins, separated by spaces or commas.
    #[serde(default)]
    pub(super) origins: String,
}

impl SettingsForm {
    /// The section of the page that was sent.
    pub(super) fn section(&self) -> &'static str {
        match (&self.token, &self.reply, &self.cors) {
            (Some(_), _, _) => "capture-url",
            (None, Some(_), _) => "response",
            (None, None, Some(_)) => "browsers",
            (None, None, None) => "general",
        }
    }

    /// What is asked for.
    pub(super) fn input(self) -> Result<SettingsInput, InvalidSetting> {
        let reply = self.reply.as_deref().map(reply::parse_statuses).transpose();
        Ok(SettingsInput {
            token: self.token_input()?,
            reply: reply.map_err(InvalidSetting::of("reply"))?,
            cors: self.cors_input()?,
            name: self.name,
        })
    }

    fn token_input(&self) -> Result<Option<TokenInput>, InvalidSetting> {
        let wrong = |why: &str| Err(InvalidSetting::of("token")(why.to_owned()));
        match self.token.as_deref() {
            Some("new") => Ok(Some(TokenInput::Random)),
            Some("none") => Ok(Some(TokenInput::NotAsked)),
            Some("own") => Ok(Some(TokenInput::Chosen(self.own_token.clone()))),
            Some("keep") if !self.own_token.is_empty() => {
                wrong("choose “Use my own” for the token that you entered, or empty its field")
            }
            Some("keep") | None => Ok(None),
            Some(_) => wrong("choose what to do with the token"),
        }
    }

    fn cors_input(&self) -> Result<Option<CorsInput>, InvalidSetting> {
        match self.cors.as_deref() {
            Some(word @ ("any" | "off")) => Ok(Some(CorsInput::Word(word.to_owned()))),
            Some("origins") => {
                let origins = self.origins.split([',', ' ', '\n', '\r', '\t']);
                let origins = origins.filter(|origin| !origin.is_empty());
                let origins = origins.map(str::to_owned).collect();
                Ok(Some(CorsInput::Origins(origins)))
            }
            None => Ok(None),
            Some(_) => Err(InvalidSetting::of("cors")(
                "choose which pages may send".to_owned(),
            )),
        }
    }
}

/// The choice of the form for a setting, and its origins.
pub(super) fn shown(cors: &Cors) -> (&'static str, String) {
    match cors {
        Cors::Any => ("any", String::new()),
        Cors::Off => ("off", String::new()),
        Cors::Origins(origins) => ("origins", origins.join(" ")),
    }
}
