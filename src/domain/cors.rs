//! Which web pages may send to an endpoint from a browser, and read the response (CORS, part of the WHATWG Fetch standard).
//!
//! **Invariant:** an origin is kept in the form in which browsers send it in `Origin`. No setting allows requests with cookies.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::ToSchema;

/// Most origins of a list.
const ORIGINS_MAX: usize = 20;
/// Longest origin: a host name has at most 253 characters.
const ORIGIN_BYTES_MAX: usize = 300;
/// The origin of pages without one of their own, such as local files and sandboxed frames.
const NO_ORIGIN: &str = "null";

/// The origins whose pages may send and read the response. Clones share their data, because each capture needs one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "CorsInput", into = "CorsInput")]
pub enum Cors {
    /// Every page.
    #[default]
    Any,
    /// No page.
    Off,
    /// Pages of these origins.
    Origins(Arc<[String]>),
}

/// The JSON form of the pages that may send: `any`, `off`, or a list of origins.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(
    untagged,
    expecting = "cors must be \"any\", \"off\" or a list of origins"
)]
#[schema(as = Cors)]
pub enum CorsInput {
    /// `any`: every page; `off`: no page.
    Word(String),
    /// Origins such as `https://app.example.com`; `null` means local files and sandboxed pages.
    Origins(Vec<String>),
}

impl TryFrom<CorsInput> for Cors {
    type Error = String;

    fn try_from(input: CorsInput) -> Result<Self, String> {
        match input {
            CorsInput::Word(word) if word == "any" => Ok(Self::Any),
            CorsInput::Word(word) if word == "off" => Ok(Self::Off),
            CorsInput::Word(word) => Err(format!(
                "{} is not known; use \"any\", \"off\" or a list of origins",
                shown(&word)
            )),
            CorsInput::Origins(origins) => Self::of_origins(&origins),
        }
    }
}

impl From<Cors> for CorsInput {
    fn from(cors: Cors) -> Self {
        match cors {
            Cors::Any => Self::Word("any".to_owned()),
            Cors::Off => Self::Word("off".to_owned()),
            Cors::Origins(origins) => Self::Origins(origins.to_vec()),
        }
    }
}

impl Cors {
    fn of_origins(texts: &[String]) -> Result<Self, String> {
        if texts.is_empty() {
            return Err("enter at least one origin, or use \"off\"".to_owned());
        }
        if texts.len() > ORIGINS_MAX {
            let count = texts.len();
            return Err(format!(
                "at most {ORIGINS_MAX} origins are allowed, not {count}"
            ));
        }
        let mut origins = Vec::with_capacity(texts.len());
        for text in texts {
            let origin = origin(text)?;
            if !origins.contains(&origin) {
                origins.push(origin);
            }
        }
        Ok(Self::Origins(origins.into()))
    }

    /// The value of `Access-Control-Allow-Origin` for pages of this origin; `None` if they are not allowed.
    #[must_use]
    pub fn allowed<'a>(&self, origin: &'a str) -> Option<&'a str> {
        match self {
            // With `*`, browsers refuse requests with cookies.
            Self::Any => Some("*"),
            Self::Off => None,
            Self::Origins(origins) => {
                let is_listed = |listed: &String| listed.eq_ignore_ascii_case(origin);
                origins.iter().any(is_listed).then_some(origin)
            }
        }
    }
}

/// An origin in the form in which browsers send it: lower case, punycode, without the scheme's default port.
fn origin(text: &str) -> Result<String, String> {
    let text = text.trim();
    let wrong = |why: &str| Err(format!("{} {why}", shown(text)));
    if text == NO_ORIGIN {
        return Ok(text.to_owned());
    }
    if text == "*" {
        return wrong("is not an origin; use \"any\" instead of a list");
    }
    if text.contains('*') {
        return wrong("has a wildcard; list each origin, or use \"any\"");
    }
    let Ok(url) = Url::parse(text) else {
        return wrong("is not an origin; write it like https://app.example.com");
    };
    if url.scheme() == "file" {
        return wrong("is not an origin; browsers send \"null\" for local files");
    }
    if !url.has_host() {
        return wrong("is not an origin; write it like https://app.example.com");
    }
    let has_user = !url.username().is_empty() || url.password().is_some();
    let has_path = !matches!(url.path(), "" | "/");
    if has_path || has_user || url.query().is_some() || url.fragment().is_some() {
        return wrong("must have only scheme, host and port");
    }
    let origin = match url.origin() {
        known @ url::Origin::Tuple(..) => known.ascii_serialization(),
        // Of an extension or an app: the scheme is one that the standard for URLs does not know.
        url::Origin::Opaque(_) => url.as_str().trim_end_matches('/').to_ascii_lowercase(),
    };
    if origin.len() > ORIGIN_BYTES_MAX {
        return wrong("is too long");
    }
    Ok(origin)
}

/// The beginning of a text that was entered, in quotation marks.
fn shown(text: &str) -> String {
    format!("{:?}", text.chars().take(60).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(json: &str) -> Result<Cors, String> {
        let input: CorsInput = serde_json::from_str(json).map_err(|error| error.to_string())?;
        input.try_into()
    }

    #[test]
    fn origins_are_kept_as_browsers_send_them() {
        for (typed, sent) in [
            ("https://app.example.com", "https://app.example.com"),
            (" https://APP.Example.COM/ ", "https://app.example.com"),
            ("HTTPS://app.example.com:443", "https://app.example.com"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://[::1]:5173/", "http://[::1]:5173"),
            ("https://münchen.example", "https://xn--mnchen-3ya.example"),
            ("null", "null"),
            (
                "chrome-extension://AbCdEfGhIj/",
                "chrome-extension://abcdefghij",
            ),
            (
                "moz-extension://0f0c2b5e-7a5c-4a39-9d0e-0c3f5d8a1b11",
                "moz-extension://0f0c2b5e-7a5c-4a39-9d0e-0c3f5d8a1b11",
            ),
            ("capacitor://localhost", "capacitor://localhost"),
        ] {
            let json = serde_json::to_string(&[typed]).unwrap();
            let cors = chosen(&json).unwrap();
            assert_eq!(cors, Cors::Origins([sent.to_owned()].into()), "{typed}");
            assert_eq!(cors.allowed(sent), Some(sent));
            let stored = serde_json::to_string(&cors).unwrap();
            assert_eq!(serde_json::from_str::<Cors>(&stored).unwrap(), cors);
        }
    }

    #[test]
    fn only_listed_origins_are_allowed() {
        let cors = chosen(r#"["https://a.example", "http://b.example:8080", "https://A.example"]"#);
        let cors = cors.unwrap();
        for origin in ["https://a.example", "http://b.example:8080"] {
            assert_eq!(cors.allowed(origin), Some(origin));
        }
        for origin in [
            "http://a.example",
            "https://a.example:8443",
            "https://a.example.evil.example",
            "https://sub.a.example",
            "http://b.example",
            "null",
            "",
        ] {
            assert_eq!(cors.allowed(origin), None, "{origin}");
            assert_eq!(Cors::Off.allowed(origin), None);
            assert_eq!(Cors::Any.allowed(origin), Some("*"));
        }
        assert_eq!(
            serde_json::to_string(&cors).unwrap(),
            r#"["https://a.example","http://b.example:8080"]"#
        );
    }

    #[test]
    fn a_wrong_value_says_what_to_write_instead() {
        let many = serde_json::to_string(&vec!["https://a.example"; ORIGINS_MAX + 1]).unwrap();
        let long = format!("[\"https://{}\"]", "a.".repeat(ORIGIN_BYTES_MAX));
        for (json, why) in [
            (r#""all""#, r#""all" is not known; use "any""#),
            (r#""https://a.example""#, "a list of origins"),
            ("true", "a list of origins"),
            ("[1]", "a list of origins"),
            ("[]", "use \"off\""),
            (r#"["*"]"#, "use \"any\""),
            (r#"["any"]"#, "write it like https://"),
            (r#"["https://*.a.example"]"#, "wildcard"),
            (r#"["a.example"]"#, "write it like https://"),
            (r#"["localhost:3000"]"#, "write it like https://"),
            (r#"["https://a.example/x"]"#, "only scheme, host and port"),
            (r#"["https://a.example?x"]"#, "only scheme, host and port"),
            (r#"["https://u:p@a.example"]"#, "only scheme, host and port"),
            (r#"["file:///home"]"#, "browsers send \"null\""),
            (many.as_str(), "at most 20"),
            (long.as_str(), "too long"),
        ] {
            let error = chosen(json).unwrap_err();
            assert!(error.contains(why), "{json}: {error}");
        }
    }
}
