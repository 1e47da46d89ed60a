//! The LangGraph server that commands to paste are for.
//!
//! **Invariant:** the URL is http or https with a host, and holds neither a secret nor a query, so that a path can be put behind it.

use url::Url;

/// Longest URL of a deployment, in bytes.
pub(crate) const URL_BYTES_MAX: usize = 500;
/// Longest name of an assistant, in characters.
pub(crate) const ASSISTANT_CHARS_MAX: usize = 100;

/// A LangGraph server and the assistant to run there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Deployment {
    /// Where its API is, without a slash at its end.
    pub(crate) url: String,
    /// Id of an assistant, or name of a graph.
    pub(crate) assistant: String,
    /// Whether it asks for an API key, which goes along as `x-api-key`. The key itself is never known here.
    pub(crate) asks_for_key: bool,
}

/// Which part of a deployment cannot be used, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) part: &'static str,
    /// What is expected of it.
    pub(crate) why: String,
}

impl Default for Deployment {
    /// What `langgraph dev` serves.
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
    /// What cannot be used, and why.
    pub(crate) fn new(url: &str, assistant: &str, asks_for_key: bool) -> Result<Self, Wrong> {
        let assistant = assistant.trim();
        let count = assistant.chars().count();
        if count == 0 || count > ASSISTANT_CHARS_MAX || assistant.chars().any(char::is_control) {
            return Err(Wrong {
                part: "assistant",
                why: format!(
                    "a name or an id on one line, of 1 to {ASSISTANT_CHARS_MAX} characters"
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

    /// The option with which curl sends the key, on a line of its own; the shell puts it in.
    pub(super) fn key_option(&self) -> &'static str {
        if self.asks_for_key {
            " \\\n  -H \"x-api-key: $LANGSMITH_API_KEY\""
        } else {
            ""
        }
    }
}

/// A URL of an API, to put paths behind, without a slash at its end.
///
/// # Errors
/// What it is to be.
pub(crate) fn api_url(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.len() > URL_BYTES_MAX {
        return Err(format!("it has at most {URL_BYTES_MAX} bytes"));
    }
    let url = Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"));
    let Some(url) = url else {
        return Err("it begins with http:// or https:// and names a host".to_owned());
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it holds no user and no password".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("it ends before any ? or #".to_owned());
    }
    // curl reads brackets in a URL as a range of URLs.
    if url.path().contains(['[', ']']) {
        return Err("it holds no brackets behind its host".to_owned());
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
