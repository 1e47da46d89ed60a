//! The argument ENDPOINT: an id, an inspect URL or a share link.
//!
//! **Invariant:** the key of a share link is neither printed nor part of a message.

use std::fmt;
use std::str::FromStr;

use url::Url;

use crate::domain::ids::EndpointId;

/// An endpoint as a user names it.
#[derive(Clone)]
pub struct EndpointArg {
    /// Its id.
    pub id: EndpointId,
    /// The server of a URL.
    pub server: Option<Url>,
    /// The key of a share link.
    pub key: Option<String>,
}

impl fmt::Debug for EndpointArg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.id, f)
    }
}

impl FromStr for EndpointArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(id) = text.parse() {
            let (server, key) = (None, None);
            return Ok(Self { id, server, key });
        }
        let url = Url::parse(text).ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
        let Some(mut url) = url else {
            return Err("must be an id, an inspect URL or a share link".to_owned());
        };
        let mut segments = url.path_segments().into_iter().flatten();
        let (page, id) = (segments.next(), segments.next());
        let id = match (page, id.map(str::parse)) {
            (Some("inspect"), Some(Ok(id))) => id,
            (Some("hook"), _) => {
                let why = "a capture URL cannot read; give the inspect URL, the share link or the id with --key";
                return Err(why.to_owned());
            }
            _ => return Err("must be an inspect URL: http://HOST/inspect/ID".to_owned()),
        };
        let key = url.query_pairs().find(|(name, _)| name == "key");
        let key = key.map(|(_, key)| key.into_owned());
        url.set_path("/");
        url.set_query(None);
        url.set_fragment(None);
        let server = Some(url);
        Ok(Self { id, server, key })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "2f0c2b5e-7a5c-4a39-9d0e-0c3f5d8a1b11";

    #[test]
    fn an_endpoint_is_an_id_an_inspect_url_or_a_share_link() {
        let read = |text: &str| {
            let read = text.parse::<EndpointArg>().unwrap();
            assert_eq!(read.id.to_string(), ID);
            (read.server.map(String::from), read.key)
        };
        assert_eq!(read(ID), (None, None));
        let page = format!("http://creel.localhost:8080/inspect/{ID}/7?tab=body#x");
        let server = Some("http://creel.localhost:8080/".to_owned());
        assert_eq!(read(&page), (server, None));
        let link = format!("https://c.example/inspect/{ID}?key=a%2Bb");
        let expected = (
            Some("https://c.example/".to_owned()),
            Some("a+b".to_owned()),
        );
        assert_eq!(read(&link), expected);
    }

    #[test]
    fn a_wrong_endpoint_is_refused_without_its_key() {
        let hook = format!("http://h/hook/{ID}?token=SECRET");
        for (text, why) in [
            ("x", "must be an id"),
            (hook.as_str(), "cannot read"),
            ("http://h/inspect/x?key=SECRET", "/inspect/ID"),
            ("http://h/?key=SECRET", "/inspect/ID"),
            ("file:///inspect/", "must be an id"),
        ] {
            let message = text.parse::<EndpointArg>().unwrap_err();
            assert!(
                message.contains(why) && !message.contains("SECRET"),
                "{message}"
            );
        }
    }
}
