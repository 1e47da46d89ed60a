//! The cookies that creel sets: their names, their attributes, and which received values are trusted.
//!
//! **Invariant:** a cookie that identifies a browser is only trusted if this installation created its value. Other servers on the same
//! host, and sibling subdomains, can set cookies that a browser then sends here.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::http::header;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::domain::ids::EndpointId;
use crate::domain::secret;
use crate::store::Instance;

/// Lifetime of a cookie, in days.
const DAYS: i64 = 365;
/// Lifetime of an operator's session, in days.
pub const SESSION_DAYS: i64 = 30;

/// Most owner cookies that are checked per request.
const OWNERS_MAX: usize = 8;

/// A kind of cookie.
#[derive(Clone, Copy)]
enum Kind {
    Owner,
    Session,
    Key,
    Deployment,
}

impl Kind {
    /// Part of its name and of the proof in its values, so that a value of one kind is not accepted as another.
    fn purpose(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Session => "session",
            Self::Key => "key",
            Self::Deployment => "deployment",
        }
    }

    /// The name prefix that makes a browser refuse the cookie from a subdomain or over plain HTTP (RFC 6265bis section 4.1.3). `__Host-`
    /// requires the path `/`, which a cookie of one endpoint does not have, and no cookie where creel is below a path: there, the other
    /// servers of the host must not receive it.
    fn prefix(self, at_root: bool) -> &'static str {
        match self {
            Self::Owner | Self::Session if at_root => "__Host-",
            _ => "__Secure-",
        }
    }
}

/// Creates and reads the cookies of one installation.
pub struct Cookies {
    instance: Instance,
    https: bool,
    /// The path below which creel is served, without a trailing slash; empty at the root of the host.
    base: String,
}

impl Cookies {
    /// With `https`, browsers send them over HTTPS only. They send them only below the path `base`.
    #[must_use]
    pub fn new(instance: Instance, https: bool, base: String) -> Self {
        Self {
            instance,
            https,
            base,
        }
    }

    /// The path of all pages.
    fn everywhere(&self) -> String {
        match self.base.as_str() {
            "" => "/".to_owned(),
            base => base.to_owned(),
        }
    }

    /// The cookie that makes a browser the owner of what it creates.
    #[must_use]
    pub fn owner(&self, secret: &str) -> Cookie<'static> {
        let value = self.sealed(Kind::Owner, secret);
        self.cookie(Kind::Owner, value, self.everywhere(), SameSite::Lax)
    }

    /// The owner secrets that a browser sent and that this installation created, without duplicates. A browser gets only one; if there are
    /// more, another server on this host has added some, and it is unknown which one is the browser's own.
    pub fn owners_of(&self, request: &HttpRequest) -> Vec<String> {
        let mut owners = self.secrets(request, Kind::Owner);
        owners.truncate(OWNERS_MAX);
        owners
    }

    /// The session cookie of the operator. It is not sent with links from other sites.
    #[must_use]
    pub fn session(&self, secret: &str) -> Cookie<'static> {
        let value = self.sealed(Kind::Session, secret);
        let mut cookie = self.cookie(Kind::Session, value, self.everywhere(), SameSite::Strict);
        cookie.set_max_age(Duration::days(SESSION_DAYS));
        cookie
    }

    /// The cookie that removes the session cookie.
    #[must_use]
    pub fn no_session(&self) -> Cookie<'static> {
        let mut cookie = self.session("");
        cookie.make_removal();
        cookie
    }

    /// Session secrets that a browser sent. The store decides whether one of them is valid.
    pub fn sessions_of(&self, request: &HttpRequest) -> Vec<String> {
        self.secrets(request, Kind::Session)
    }

    /// The cookies that let a browser read one endpoint: one for its pages, one for its part of the API, which has the live stream.
    #[must_use]
    pub fn key(&self, id: EndpointId, key: &str) -> [Cookie<'static>; 2] {
        let value = self.sealed(Kind::Key, key);
        [format!("/inspect/{id}"), format!("/api/v1/endpoints/{id}")].map(|path| {
            let path = format!("{}{path}", self.base);
            self.cookie(Kind::Key, value.clone(), path, SameSite::Lax)
        })
    }

    /// Read keys that a browser sent for the requested endpoint.
    pub fn keys_of(&self, request: &HttpRequest) -> Vec<String> {
        self.secrets(request, Kind::Key)
    }

    /// Cookies that remove those of old versions without sessions, one of which contains the operator token itself.
    #[must_use]
    pub fn removals_of_old(request: &HttpRequest) -> Vec<Cookie<'static>> {
        let names = ["creel_operator", "creel_owner"].into_iter();
        let sent = names.filter(|name| request.cookie(name).is_some());
        let removal = |name: &'static str| {
            let mut cookie = Cookie::build(name, "").path("/").finish();
            cookie.make_removal();
            cookie
        };
        sent.map(removal).collect()
    }

    /// The cookie that stores a deployment, bound to this owner.
    #[must_use]
    pub fn deployment(&self, owner: &str, value: &str) -> Cookie<'static> {
        let value = format!(
            "{}.{value}",
            self.mac(&[Kind::Deployment.purpose(), owner, value])
        );
        self.cookie(
            Kind::Deployment,
            value,
            format!("{}/inspect", self.base),
            SameSite::Lax,
        )
    }

    /// The deployment stored in this browser, if this installation stored it for the browser's only owner.
    pub fn deployment_of(&self, request: &HttpRequest) -> Option<String> {
        let owners = self.owners_of(request);
        let [owner] = owners.as_slice() else {
            return None;
        };
        self.values(request, Kind::Deployment)
            .into_iter()
            .find_map(|value| {
                let (mac, value) = value.split_once('.')?;
                self.is_mac(mac, &[Kind::Deployment.purpose(), owner, value])
                    .then(|| value.to_owned())
            })
    }

    /// Secrets of a kind that this installation gave out. Values that others have set cost no look-up in the store.
    fn secrets(&self, request: &HttpRequest, kind: Kind) -> Vec<String> {
        let values = self.values(request, kind);
        let secrets = values.iter().filter_map(|value| {
            let (secret, mac) = value.rsplit_once('.')?;
            let is_ours = self.is_mac(mac, &[kind.purpose(), secret]);
            is_ours.then(|| secret.to_owned())
        });
        let mut secrets: Vec<_> = secrets.collect();
        secrets.sort_unstable();
        secrets.dedup();
        secrets
    }

    /// A secret with the proof that this installation gave it out.
    fn sealed(&self, kind: Kind, secret: &str) -> String {
        format!("{secret}.{}", self.mac(&[kind.purpose(), secret]))
    }

    /// All values of a kind, as sent. A browser can have several cookies with one name, for different paths, and other servers on this host
    /// can set any value.
    fn values(&self, request: &HttpRequest, kind: Kind) -> Vec<String> {
        let name = self.name(kind);
        let lines = request.headers().get_all(header::COOKIE);
        let texts = lines.filter_map(|line| std::str::from_utf8(line.as_bytes()).ok());
        let pairs = texts.flat_map(|text| text.split(';'));
        let pairs = pairs.filter_map(|pair| pair.trim().split_once('='));
        let found = pairs.filter(|(found, _)| *found == name);
        found.map(|(_, value)| value.to_owned()).collect()
    }

    /// The name contains the id of the installation, so that a second creel on the same host does not overwrite the cookie.
    fn name(&self, kind: Kind) -> String {
        let at_root = self.base.is_empty();
        let prefix = if self.https { kind.prefix(at_root) } else { "" };
        format!("{prefix}creel_{}_{}", kind.purpose(), self.instance.id)
    }

    /// A persistent cookie that scripts cannot read.
    fn cookie(
        &self,
        kind: Kind,
        value: String,
        path: String,
        same_site: SameSite,
    ) -> Cookie<'static> {
        Cookie::build(self.name(kind), value)
            .path(path)
            .http_only(true)
            .same_site(same_site)
            .secure(self.https)
            .max_age(Duration::days(DAYS))
            .finish()
    }

    fn mac(&self, parts: &[&str]) -> String {
        let key = Hmac::<Sha256>::new_from_slice(&self.instance.mac_key);
        let Ok(mut mac) = key else {
            unreachable!("HMAC takes a key of any length (RFC 2104)");
        };
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }

    fn is_mac(&self, mac: &str, parts: &[&str]) -> bool {
        secret::same(mac.as_bytes(), self.mac(parts).as_bytes())
    }
}
