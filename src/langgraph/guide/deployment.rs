//! The LangGraph server that the generated commands and code use.
//!
//! **Invariant:** the URL is http or https with a host, without credentials and without a query, so a path can be appended.

use url::Url;

/// Longest URL of a deployment, in bytes.
pub(crate) const URL_BYTES_MAX: usize = 500;
/// Longest name of an assistant, in characters.
pub(crate) const ASSISTANT_CHARS_MAX: usize = 100;

/// A LangGraph server and the assistant to run there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Deployment {
    /// Base URL of its API, without a trailing slash.
    pub(crate) url: String,
    /// Id of an assistant, or name of a graph.
    pub(crate) assistant: String,
    /// Whether it requires an API key, which is sent as `x-api-key`. creel never sees the key itself.
    pub(crate) asks_for_key: bool,
}

/// Which part of a deployment is invalid, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) part: &'static str,
    /// What is expected of it.
    pub(crate) why: String,
}

impl Default for Deployment {
    /// The defaults of `langgraph dev`.
    fn default() -> Self {
        Self {
            url: "http://localhost:2024".to_owned(),
            assistant: "agent".to_owned(),
            asks_for_key: false,
        }
    }
}

impl Deployment {
    /// A deployment from the input of a user.
    ///
    /// # Errors
    /// The invalid part, and why.
    pub(crate) fn new(url: &str, assistant: &str, asks_for_key: bool) -> Result<Self, Wrong> {
        let assistant = assistant.trim();
        let count = assistant.chars().count();
        if count == 0 || count > ASSISTANT_CHARS_MAX || assistant.chars().any(char::is_control) {
            return Err(Wrong {
                part: "assistant",
                why: format!(
                    "must be a name or an id of 1 to {ASSISTANT_CHARS_MAX} characters on one line"
                ),
            });
        }
        Ok(Self {
            url: api_url(url).map_err(|why| Wrong {
                part: "deployment URL",
                why,
            })?,
            assistant: assistant.to_owned(),
            asks_for_key,
        })
    }

    /// The curl option that sends the key, on its own line. The shell inserts the key.
    pub(super) fn key_option(&self) -> &'static str {
        if self.asks_for_key {
            " \\\n  -H \"x-api-key: $LANGSMITH_API_KEY\""
        } else {
            ""
        }
    }
}

/// The base URL of an API, without a trailing slash.
///
/// # Errors
/// What the URL must be.
pub(crate) fn api_url(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.len() > URL_BYTES_MAX {
        return Err(format!("must have at most {URL_BYTES_MAX} bytes"));
    }
    let url = Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"));
    let Some(url) = url else {
        return Err("must begin with http:// or https:// and contain a host".to_owned());
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not contain a user name or password".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must not contain ? or #".to_owned());
    }
    // curl interprets brackets in a URL as a range of URLs.
    if url.path().contains(['[', ']']) {
        return Err("must not contain brackets in its path".to_owned());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_normalised() {
        for (text, expected) in [
            ("http://localhost:2024", "http://localhost:2024"),
            (
                " https://agents.example.com/ ",
                "https://agents.example.com",
            ),
            ("HTTPS://H/api/v2//", "https://h/api/v2"),
            ("http://[::1]:8/", "http://[::1]:8"),
            ("http://h/a b\"c", "http://h/a%20b%22c"),
        ] {
            assert_eq!(api_url(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn errors_name_the_part() {
        let part = |url: &str, assistant: &str| {
            let wrong = Deployment::new(url, assistant, false).unwrap_err();
            assert!(!wrong.why.is_empty());
            wrong.part
        };
        let long = format!("http://h/{}", "x".repeat(URL_BYTES_MAX));
        for url in [
            "",
            "localhost:2024",
            "/threads",
            "ftp://h/",
            "javascript:alert(1)",
            "http://",
            "http://key@h/",
            "http://:secret@h/",
            "http://h/?x",
            "http://h/#x",
            &long,
        ] {
            assert_eq!(part(url, "agent"), "deployment URL", "{url}");
        }
        let long = "x".repeat(ASSISTANT_CHARS_MAX + 1);
        for assistant in ["", "  ", "a\nb", &long] {
            assert_eq!(part("http://h", assistant), "assistant", "{assistant}");
        }
    }

    #[test]
    fn the_default_is_valid() {
        let default = Deployment::default();
        let typed = Deployment::new(&default.url, &default.assistant, false);
        assert_eq!(typed, Ok(default));
    }
}
