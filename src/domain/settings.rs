//! The settings of an endpoint, and their input form for the API, the settings page and the endpoints file.
//!
//! **Invariant:** settings that cannot be read are an error, never a default, because replies and trust depend on them.
//!
//! A new setting is a field of [`Settings`], a field of [`SettingsInput`] and its check in [`Settings::changed_by`]. The store keeps the
//! settings as one JSON object, so no migration is needed: `#[serde(default)]` gives the value for older endpoints.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::cors::{Cors, CorsInput};
use super::observations::is_default;
use super::reply::ReplyPlan;
use super::token_check::TokenRule;

/// Longest name of an endpoint, in characters.
pub(crate) const NAME_CHARS_MAX: usize = 100;

/// The settings of an endpoint. Default: no name, no token, reply 200, pages of any origin may send.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Display name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether a token is expected, and which.
    pub token: TokenRule,
    /// The response statuses.
    pub reply: ReplyPlan,
    /// Which web pages may send.
    #[serde(default, skip_serializing_if = "is_default")]
    pub cors: Cors,
}

/// Settings as input, not validated yet. Absent settings stay unchanged.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Settings)]
pub struct SettingsInput {
    /// Display name, at most 100 characters; empty for no name.
    pub name: Option<String>,
    /// `auto` (a new random token; the default of a new endpoint), `none`, or the token itself.
    #[schema(value_type = Option<String>)]
    pub token: Option<TokenInput>,
    /// Response statuses: the first for the first attempt of a run, the second for the second, and so on; the last one repeats. Requests that are not runs are
    /// counted together for the endpoint; this count starts again if the statuses are not the same as before. 200 for a new endpoint when not given.
    pub reply: Option<Vec<u16>>,
    /// Which web pages may send from a browser and read the response: `any` (the default of a new endpoint), `off`, or a list of origins such as
    /// `https://app.example.com`. Never with cookies.
    pub cors: Option<CorsInput>,
}

/// The input form of a token. In the API and in files it is a string.
#[derive(Clone, Deserialize)]
#[serde(from = "String")]
pub enum TokenInput {
    /// `auto`: a new random one.
    Random,
    /// `none`: no token is expected.
    NotAsked,
    /// This token.
    Chosen(String),
}

impl From<String> for TokenInput {
    fn from(text: String) -> Self {
        match text.as_str() {
            "auto" => Self::Random,
            "none" => Self::NotAsked,
            _ => Self::Chosen(text),
        }
    }
}

/// An invalid setting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct InvalidSetting {
    /// The field of [`SettingsInput`].
    pub field: &'static str,
    /// What is wrong with the statuses.
    pub why: String,
}

impl InvalidSetting {
    /// For `map_err`.
    pub(crate) fn of(field: &'static str) -> impl Fn(String) -> Self {
        move |why| Self { field, why }
    }
}

impl Settings {
    /// These settings with the changes of the input.
    ///
    /// # Errors
    /// The first invalid setting.
    pub fn changed_by(&self, input: SettingsInput) -> Result<Self, InvalidSetting> {
        // By name, so that no field is forgotten.
        let SettingsInput {
            name,
            token,
            reply,
            cors,
        } = input;
        let mut changed = self.clone();
        if let Some(text) = name {
            changed.name = checked_name(&text).map_err(InvalidSetting::of("name"))?;
        }
        if let Some(asked) = token {
            changed.token = token_rule(&asked).map_err(InvalidSetting::of("token"))?;
        }
        if let Some(statuses) = reply {
            changed.reply = ReplyPlan::chosen(&statuses).map_err(InvalidSetting::of("reply"))?;
        }
        if let Some(asked) = cors {
            changed.cors = asked.try_into().map_err(InvalidSetting::of("cors"))?;
        }
        Ok(changed)
    }
}

/// A trimmed name; `None` if it is empty.
fn checked_name(text: &str) -> Result<Option<String>, String> {
    let name = text.trim();
    if name.chars().count() > NAME_CHARS_MAX {
        return Err(format!(
            "the name must have at most {NAME_CHARS_MAX} characters"
        ));
    }
    if name
        .chars()
        .any(|char| char.is_control() || is_direction(char))
    {
        return Err("the name must not contain control characters".to_owned());
    }
    Ok((!name.is_empty()).then(|| name.to_owned()))
}

/// Whether a character changes the direction of the text after it: a name could make the rest of a line look like something else.
fn is_direction(char: char) -> bool {
    matches!(char, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn token_rule(asked: &TokenInput) -> Result<TokenRule, String> {
    match asked {
        TokenInput::Random => Ok(TokenRule::random()),
        TokenInput::NotAsked => Ok(TokenRule::NotAsked),
        TokenInput::Chosen(token) => TokenRule::chosen(token),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As a program asks.
    fn asked(json: &str) -> SettingsInput {
        serde_json::from_str(json).unwrap()
    }

    fn changed(json: &str) -> Result<Settings, InvalidSetting> {
        Settings::default().changed_by(asked(json))
    }

    #[test]
    fn what_is_not_given_stays() {
        let first = changed(r#"{"name": " a \"b\" ", "token": "t", "reply": [500, 200]}"#).unwrap();
        assert_eq!(first.name.as_deref(), Some("a \"b\""));
        assert_eq!(first.token, TokenRule::Secret("t".to_owned()));
        assert_eq!(first.reply.statuses(), [500, 200]);
        assert_eq!(first.changed_by(asked("{}")).unwrap(), first);
        let null = r#"{"name": null, "token": null, "reply": null}"#;
        assert_eq!(first.changed_by(asked(null)).unwrap(), first);
        let unset = first.changed_by(asked(r#"{"name": " ", "token": "none", "reply": [200]}"#));
        assert_eq!(unset.unwrap(), Settings::default());
    }

    #[test]
    fn a_random_token_is_new_each_time() {
        let token = || changed(r#"{"token": "auto"}"#).unwrap().token;
        assert_ne!(token(), token());
        assert_ne!(token(), TokenRule::NotAsked);
    }

    #[test]
    fn the_first_setting_that_cannot_be_used_is_named() {
        let long = format!(r#"{{"name": "{}"}}"#, "x".repeat(NAME_CHARS_MAX + 1));
        for (json, field, why) in [
            (long.as_str(), "name", "at most 100"),
            (r#"{"name": "a\u0000b"}"#, "name", "control"),
            (r#"{"name": "a\u202eb"}"#, "name", "control"),
            (r#"{"token": ""}"#, "token", "at least one"),
            (r#"{"reply": []}"#, "reply", "at least one"),
            (r#"{"token": "", "reply": []}"#, "token", "at least one"),
            (r#"{"cors": "all"}"#, "cors", "a list of origins"),
        ] {
            let error = changed(json).unwrap_err();
            assert_eq!(error.field, field, "{json}");
            assert!(error.why.contains(why), "{json}: {error}");
        }
    }

    #[test]
    fn stored_settings_are_read_as_they_were_written() {
        let json = r#"{"name": "ü \"x\" \u2028", "token": "s3cret", "reply": [503, 204],
            "cors": ["https://a.example"]}"#;
        let off = r#"{"cors": "off"}"#;
        for settings in [
            Settings::default(),
            changed(json).unwrap(),
            changed(off).unwrap(),
        ] {
            let stored = serde_json::to_string(&settings).unwrap();
            let read: Settings = serde_json::from_str(&stored).unwrap();
            assert_eq!(read, settings);
        }
    }

    #[test]
    fn damaged_settings_cannot_be_read() {
        let whole = r#"{"token":"not_asked","reply":[200]}"#;
        assert!(serde_json::from_str::<Settings>(whole).is_ok());
        for damaged in [
            "{}",
            r#"{"token":"not_asked"}"#,
            r#"{"reply":[200]}"#,
            r#"{"token":null,"reply":[200]}"#,
            r#"{"token":"not_asked","reply":[]}"#,
            r#"{"token":"not_asked","reply":[302]}"#,
            r#"{"token":"not_asked","reply":[200],"later":1}"#,
            r#"{"name":1,"token":"not_asked","reply":[200]}"#,
            r#"{"token":"not_asked","reply":[200],"cors":[]}"#,
            r#"{"token":"not_asked","reply":[200],"cors":null}"#,
        ] {
            assert!(
                serde_json::from_str::<Settings>(damaged).is_err(),
                "{damaged}"
            );
        }
    }
}
