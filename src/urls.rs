//! Every URL that creel gives out, and which host names serve what.
//!
//! **Invariant:** pages and captures get different host names if possible. Cookies belong to a host name and are sent to every port of it;
//! with different names, a capture URL or another server on this machine does not receive creel's cookies.

use std::net::{IpAddr, SocketAddr};
use std::sync::OnceLock;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::config::{BaseUrl, Config};
use crate::domain::capture_base::{CaptureBase, below};
use crate::domain::endpoint::Endpoint;
use crate::domain::ids::EndpointId;
use crate::domain::token_check::TokenRule;

/// Host name of the pages on this machine. Browsers resolve every name below `localhost` to loopback (RFC 6761); many programs do not,
/// so URLs for programs have an address.
pub const LOCAL_PAGES_HOST: &str = "creel.localhost";

/// The characters to escape in a query value: all except the unreserved ones of RFC 3986.
const QUERY_VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// The path that begins every link of the pages. Links are made in a hundred places, most of which know only the ids in the link, so the path
/// is process-wide: a process serves one creel.
static LINK_BASE: OnceLock<String> = OnceLock::new();

/// The path below which the pages are, without a trailing slash; empty at the root of the host.
#[must_use]
pub fn link_base() -> &'static str {
    LINK_BASE.get().map_or("", String::as_str)
}

/// The URLs of one server.
#[derive(Clone, Debug)]
pub struct Urls {
    public: Option<BaseUrl>,
    capture: Option<BaseUrl>,
    main: SocketAddr,
    captures: Option<SocketAddr>,
    pages_only: Option<String>,
    captures_only: Option<String>,
}

impl Urls {
    /// URLs for a server that listens on `main`, and, with `captures`, on a listener for captures only.
    #[must_use]
    pub fn new(config: &Config, main: SocketAddr, captures: Option<SocketAddr>) -> Self {
        let (public, capture) = (config.public_url.clone(), config.capture_url.clone());
        let pages_host = public.as_ref().map_or(LOCAL_PAGES_HOST, BaseUrl::host);
        let differs = |capture: &BaseUrl| capture.host() != pages_host;
        let (pages_only, captures_only) = match (&public, &capture) {
            (Some(_), Some(capture)) if differs(capture) => {
                (Some(pages_host.to_owned()), Some(capture.host().to_owned()))
            }
            (Some(public), None) if is_below_localhost(public.host()) => {
                (Some(pages_host.to_owned()), None)
            }
            (None, capture) if capture.as_ref().is_none_or(differs) => {
                (Some(pages_host.to_owned()), None)
            }
            _ => (None, None),
        };
        Self {
            public,
            capture,
            main,
            captures,
            pages_only,
            captures_only,
        }
    }

    /// The URL for senders, with the token. `authority` is host and port of the current request.
    #[must_use]
    pub fn capture_url(&self, authority: &str, endpoint: &Endpoint) -> String {
        let bare = self.bare_capture_url(authority, endpoint.id);
        match &endpoint.settings.token {
            TokenRule::NotAsked => bare,
            TokenRule::Secret(token) => {
                format!("{bare}?token={}", utf8_percent_encode(token, QUERY_VALUE))
            }
        }
    }

    /// The same without the token, for readers who do not manage the endpoint.
    #[must_use]
    pub fn bare_capture_url(&self, authority: &str, id: EndpointId) -> String {
        format!("{}/hook/{id}", self.captures_url(authority))
    }

    /// The capture URL as a reader sees it: only owner and operator see the token, because creel trusts the API URL in a delivery that has it.
    #[must_use]
    pub fn shown_capture_url(&self, authority: &str, endpoint: &Endpoint, manages: bool) -> String {
        if manages {
            self.capture_url(authority, endpoint)
        } else {
            self.bare_capture_url(authority, endpoint.id)
        }
    }

    /// The URL of the API for programs on any machine that the current request could come from.
    #[must_use]
    pub fn api_url(&self, authority: &str) -> String {
        let public = self.public.as_ref();
        let base = match public.filter(|url| !is_below_localhost(url.host())) {
            Some(url) => url.url(),
            None => self.reached_url(authority),
        };
        format!("{base}/api/v1")
    }

    /// The URL of an endpoint's page.
    #[must_use]
    pub fn inspect_url(&self, authority: &str, id: EndpointId) -> String {
        format!("{}/inspect/{id}", self.pages_url(authority))
    }

    /// URL of the pages for a browser on this machine, without a trailing slash.
    #[must_use]
    pub fn local_pages_url(&self) -> String {
        match &self.public {
            Some(url) => url.url(),
            None if serves_loopback(self.main.ip()) => local_pages(self.main.port()),
            None => BaseUrl::of_listener(self.main),
        }
    }

    /// Where creel sends requests to its own captures: `http://ADDR`.
    #[must_use]
    pub fn own_captures_origin(&self) -> String {
        BaseUrl::of_listener(self.captures.unwrap_or(self.main))
    }

    /// Whether pages and API are served to requests for this host.
    #[must_use]
    pub fn serves_pages(&self, authority: &str) -> bool {
        !is_host(self.captures_only.as_deref(), authority)
    }

    /// Whether captures are served to requests for this host.
    #[must_use]
    pub fn serves_captures(&self, authority: &str) -> bool {
        !is_host(self.pages_only.as_deref(), authority)
    }

    /// Whether this host name was configured for pages.
    #[must_use]
    pub fn is_public_host(&self, authority: &str) -> bool {
        is_host(self.public.as_ref().map(BaseUrl::host), authority)
    }

    /// Scheme, host and port of the pages, if configured, as browsers send it in `Origin`.
    #[must_use]
    pub fn public_origin(&self) -> Option<String> {
        self.public.as_ref().map(BaseUrl::origin)
    }

    /// A warning with the fix, if pages and captures share a host that others may reach.
    #[must_use]
    pub fn shared_host_warning(&self) -> Option<String> {
        let fix = "so that a browser that opens a capture URL does not send creel's cookies";
        match (&self.public, &self.capture) {
            (Some(public), Some(capture)) if public.host() == capture.host() => Some(format!(
                "pages and captures share the host {}: use a different host name in --capture-url, {fix}",
                public.host()
            )),
            (Some(public), None) if is_below_localhost(public.host()) => None,
            (Some(public), None) if self.captures.is_none() => Some(format!(
                "pages and captures share the host {}: set --capture-url to a different host name, {fix}",
                public.host()
            )),
            (None, _) if self.main.ip().is_loopback() => None,
            (None, Some(capture)) => Some(format!(
                "others can also reach the pages at {}, the host of the captures: set --public-url to another host name, {fix}",
                capture.host()
            )),
            (None, None) if self.captures.is_none() => Some(format!(
                "others reach pages and captures at the same host: set --public-url and --capture-url to different host names, {fix}"
            )),
            _ => None,
        }
    }

    /// Lets every link of the pages begin with the path of the public URL. Called once, before the first page.
    pub fn set_link_base(&self) {
        let _ = LINK_BASE.set(self.base_path().to_owned());
    }

    /// The path below which the pages are, without a trailing slash; empty at the root of the host.
    #[must_use]
    pub fn base_path(&self) -> &str {
        self.public.as_ref().map_or("", BaseUrl::path)
    }

    /// The path of a request without the path of `--public-url` or `--capture-url`, which a proxy passes on or removes; `None` if it does not
    /// begin with one.
    #[must_use]
    pub fn below_base<'a>(&self, path: &'a str) -> Option<&'a str> {
        self.bases().find_map(|base| below(path, base.path()))
    }

    fn bases(&self) -> impl Iterator<Item = &BaseUrl> {
        [&self.public, &self.capture].into_iter().flatten()
    }

    /// Where requests to capture URLs are sent again.
    #[must_use]
    pub fn capture_base(&self, authority: &str) -> CaptureBase {
        let paths = self.bases().map(|base| base.path().to_owned()).collect();
        CaptureBase::new(self.captures_url(authority), paths)
    }

    /// The public URL of pages and API, if configured.
    #[must_use]
    pub fn public_url(&self) -> Option<String> {
        self.public.as_ref().map(BaseUrl::url)
    }

    fn pages_url(&self, authority: &str) -> String {
        match &self.public {
            Some(url) => url.url(),
            None if is_this_machine(authority) => local_pages(port_of(authority).unwrap_or(80)),
            None => format!("http://{authority}"),
        }
    }

    /// URL of captures, to which `/hook/...` is appended. An address that reaches the pages reaches the captures too, unless an option sets another URL.
    #[must_use]
    pub fn captures_url(&self, authority: &str) -> String {
        if let Some(url) = &self.capture {
            return url.url();
        }
        if let Some(listener) = self.captures {
            return BaseUrl::of_listener(listener);
        }
        if let Some(url) = &self.public
            && !is_below_localhost(url.host())
        {
            return url.url();
        }
        self.reached_url(authority)
    }

    /// URL of the main listener as the current request reached it, with an address instead of a local name.
    fn reached_url(&self, authority: &str) -> String {
        if is_local_name(name_of(authority)) {
            let mut reached = BaseUrl::reachable(self.main);
            reached.set_port(port_of(authority).unwrap_or(80));
            return format!("http://{reached}");
        }
        format!("http://{authority}")
    }
}

/// Whether `authority` has this host, with any port.
fn is_host(host: Option<&str>, authority: &str) -> bool {
    host.is_some_and(|host| {
        let name = name_of(authority).trim_end_matches('.');
        name.eq_ignore_ascii_case(host.trim_matches(['[', ']']))
    })
}

fn local_pages(port: u16) -> String {
    format!("http://{LOCAL_PAGES_HOST}:{port}")
}

/// Whether a listener on this address can be reached at [`LOCAL_PAGES_HOST`], which resolves to `127.0.0.1` and `::1`.
fn serves_loopback(ip: IpAddr) -> bool {
    ip.is_unspecified() || is_first_loopback(ip)
}

fn is_first_loopback(ip: IpAddr) -> bool {
    ip.is_loopback() && (ip.is_ipv6() || ip == IpAddr::from([127, 0, 0, 1]))
}

fn is_this_machine(authority: &str) -> bool {
    let name = name_of(authority);
    is_local_name(name) || name.parse().is_ok_and(is_first_loopback)
}

/// `localhost`, or a name below it.
#[must_use]
pub fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

/// A name of this machine that the pages can have for themselves: captures have an address.
fn is_below_localhost(name: &str) -> bool {
    is_local_name(name) && !name.trim_end_matches('.').eq_ignore_ascii_case("localhost")
}

/// The name or address in `name[:port]`, without brackets.
fn name_of(authority: &str) -> &str {
    match authority.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map_or(rest, |(name, _)| name),
        None => authority
            .split_once(':')
            .map_or(authority, |(name, _)| name),
    }
}

fn port_of(authority: &str) -> Option<u16> {
    let behind = authority
        .rsplit_once(']')
        .map_or(authority, |(_, rest)| rest);
    behind.rsplit_once(':')?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::settings::Settings;

    fn urls(public: Option<&str>, capture: Option<&str>, main: &str) -> Urls {
        let config = Config::for_urls(public, capture);
        Urls::new(&config, main.parse().unwrap(), None)
    }

    #[test]
    fn on_this_machine_pages_have_a_name_and_captures_an_address() {
        let endpoint = Endpoint::new(Settings::default(), None);
        for (main, authority, pages, captures) in [
            (
                "127.0.0.1:8080",
                "127.0.0.1:8080",
                "creel.localhost:8080",
                "127.0.0.1:8080",
            ),
            (
                "127.0.0.1:8080",
                "localhost:8080",
                "creel.localhost:8080",
                "127.0.0.1:8080",
            ),
            (
                "127.0.0.1:8080",
                "creel.localhost:9000",
                "creel.localhost:9000",
                "127.0.0.1:9000",
            ),
            (
                "[::1]:8080",
                "[::1]:8080",
                "creel.localhost:8080",
                "[::1]:8080",
            ),
            (
                "[::1]:8080",
                "creel.localhost:8080",
                "creel.localhost:8080",
                "[::1]:8080",
            ),
            (
                "0.0.0.0:8080",
                "creel.localhost:8080",
                "creel.localhost:8080",
                "127.0.0.1:8080",
            ),
            (
                "0.0.0.0:8080",
                "192.0.2.7:8080",
                "192.0.2.7:8080",
                "192.0.2.7:8080",
            ),
            (
                "127.0.0.2:8080",
                "127.0.0.2:8080",
                "127.0.0.2:8080",
                "127.0.0.2:8080",
            ),
        ] {
            let urls = urls(None, None, main);
            let id = endpoint.id;
            assert_eq!(
                urls.inspect_url(authority, id),
                format!("http://{pages}/inspect/{id}")
            );
            assert_eq!(
                urls.capture_url(authority, &endpoint),
                format!("http://{captures}/hook/{id}")
            );
        }
    }

    #[test]
    fn a_host_serves_both_parts_only_where_it_has_to() {
        let local = "127.0.0.1:8080";
        let serves =
            |urls: &Urls, host: &str| (urls.serves_pages(host), urls.serves_captures(host));
        let by_default = urls(None, None, local);
        assert_eq!(serves(&by_default, "creel.localhost:8080"), (true, false));
        assert_eq!(serves(&by_default, "CREEL.localhost."), (true, false));
        assert_eq!(serves(&by_default, "127.0.0.1:8080"), (true, true));
        let apart = urls(
            Some("https://creel.example"),
            Some("https://in.example"),
            local,
        );
        assert_eq!(serves(&apart, "creel.example"), (true, false));
        assert_eq!(serves(&apart, "in.example:443"), (false, true));
        assert_eq!(serves(&apart, "127.0.0.1:8080"), (true, true));
        let shared = urls(Some("https://creel.example"), None, local);
        assert_eq!(serves(&shared, "creel.example"), (true, true));
        let container = urls(
            None,
            Some("http://host.docker.internal:8080"),
            "0.0.0.0:8080",
        );
        assert_eq!(serves(&container, "creel.localhost:8080"), (true, false));
        assert_eq!(
            serves(&container, "host.docker.internal:8080"),
            (true, true)
        );
    }

    #[test]
    fn a_shared_host_is_warned_of_with_the_fix() {
        let warning = |public, capture, main| urls(public, capture, main).shared_host_warning();
        let (page, other) = (Some("https://c.example"), Some("https://in.example"));
        assert_eq!(warning(None, None, "127.0.0.1:8080"), None);
        assert_eq!(warning(page, other, "127.0.0.1:8080"), None);
        for (public, capture, main) in [
            (page, None, "127.0.0.1:8080"),
            (page, Some("https://c.example:8443"), "127.0.0.1:8080"),
            (None, None, "0.0.0.0:8080"),
        ] {
            let text = warning(public, capture, main).unwrap();
            assert!(
                text.contains("--capture-url") && !text.contains('\n'),
                "{text}"
            );
        }
    }
}
