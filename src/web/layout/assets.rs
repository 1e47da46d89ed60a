//! Style sheets, scripts and the logo, embedded in the binary.
//!
//! **Invariant:** their path has a hash of all contents, so browsers can cache them forever, relative imports between scripts work, and a
//! new version of creel is never combined with an old script.

use std::sync::LazyLock;

use actix_web::http::header::{self, ContentEncoding};
use actix_web::{HttpRequest, HttpResponse};
use sha2::{Digest, Sha256};

use crate::error::AppError;
use crate::urls::link_base;
use crate::web::layout::compression::{accepts_gzip, gzip};
use crate::web::layout::error::PageError;
use crate::web::render::format;

struct Asset {
    path: &'static str,
    bytes: &'static [u8],
}

macro_rules! assets {
    ($($path:literal),* $(,)?) => {
        &[$(Asset { path: $path, bytes: include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/static/", $path)) }),*]
    };
}

const ASSETS: &[Asset] = assets![
    "creel.svg",
    "css/reset.css",
    "css/tokens.css",
    "css/base.css",
    "css/layout.css",
    "css/components.css",
    "css/list.css",
    "css/delivery.css",
    "css/body.css",
    "css/fields.css",
    "css/start.css",
    "css/findings.css",
    "css/conversation.css",
    "css/compare.css",
    "css/pages.css",
    "js/base.js",
    "js/page.js",
    "js/inspect.js",
    "js/live.js",
    "js/fragment.js",
    "js/rows.js",
    "js/unread.js",
    "js/detail.js",
    "js/stalled.js",
    "js/settings.js",
    "js/start.js",
    "js/stream.js",
    "js/parts.js",
    "js/compare.js",
    "js/copy.js",
    "js/time.js",
    "js/json.js",
    "js/keys.js",
    "js/menu.js",
    "js/preferences.js",
];

static HASH: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for asset in ASSETS {
        hash.update(asset.path);
        hash.update(asset.bytes.len().to_le_bytes());
        hash.update(asset.bytes);
    }
    format::hex(&hash.finalize()[..8])
});

static ROOT: LazyLock<String> =
    LazyLock::new(|| format!("{}/static/{}", link_base(), HASH.as_str()));

/// The assets as gzip, in the order of [`ASSETS`]; `None` where that is not shorter. Made at the first request for one, in milliseconds.
static GZIPPED: LazyLock<Vec<Option<Vec<u8>>>> = LazyLock::new(|| {
    let shorter = |asset: &Asset| {
        gzip(asset.bytes)
            .ok()
            .filter(|gzipped| gzipped.len() < asset.bytes.len())
    };
    ASSETS.iter().map(shorter).collect()
});

/// Path of the assets of this build, without a trailing slash.
#[must_use]
pub(crate) fn root() -> &'static str {
    &ROOT
}

/// `GET /static/{hash}/{path}`; the hash of another build is not found.
pub(crate) async fn serve(request: HttpRequest) -> Result<HttpResponse, PageError> {
    let path = request.match_info().query("path");
    let number = path
        .strip_prefix(HASH.as_str())
        .and_then(|path| path.strip_prefix('/'))
        .and_then(|path| ASSETS.iter().position(|asset| asset.path == path))
        .ok_or(AppError::NotFound)?;
    let asset = &ASSETS[number];
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::VARY, "Accept-Encoding"))
        .content_type(content_type(asset.path));
    match &GZIPPED[number] {
        Some(gzipped) if accepts_gzip(&request) => Ok(response
            .insert_header(ContentEncoding::Gzip)
            .body(gzipped.as_slice())),
        _ => Ok(response.body(asset.bytes)),
    }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_import_of_a_script_names_an_asset() {
        for asset in ASSETS.iter().filter(|asset| asset.path.starts_with("js/")) {
            let text = std::str::from_utf8(asset.bytes).unwrap();
            let imports = text.lines().filter(|line| line.starts_with("import "));
            for import in imports {
                let name = import
                    .split("./")
                    .nth(1)
                    .and_then(|rest| rest.split('"').next());
                let path = format!("js/{}", name.unwrap());
                assert!(
                    ASSETS.iter().any(|other| other.path == path),
                    "{}: {import}",
                    asset.path
                );
            }
        }
    }

    /// The classes in the templates, without those set at run time.
    fn classes() -> Vec<String> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
        let mut found = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let mut text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            for (open, close) in [("{{", "}}"), ("{%", "%}")] {
                while let Some(start) = text.find(open) {
                    let end = start + text[start..].find(close).unwrap() + close.len();
                    text.replace_range(start..end, " ");
                }
            }
            let values = text.split(" class=\"").skip(1);
            let values = values.filter_map(|rest| rest.split('"').next());
            found.extend(values.flat_map(str::split_whitespace).map(str::to_owned));
        }
        found
    }

    #[test]
    fn every_class_is_used_by_a_style_sheet_or_script() {
        let rules: String = ASSETS
            .iter()
            .filter_map(|asset| std::str::from_utf8(asset.bytes).ok())
            .collect();
        let has_rule = |class: &str| {
            rules.match_indices(&format!(".{class}")).any(|(at, name)| {
                let next = rules[at + name.len()..].chars().next();
                !next.is_some_and(|next| next.is_alphanumeric() || "-_".contains(next))
            })
        };
        let mut classes = classes();
        assert!(classes.iter().any(|class| class == "delivery-head"));
        classes.retain(|class| !has_rule(class));
        assert_eq!(classes, [""; 0]);
    }

    /// Paths of all files in a folder of the repository.
    fn files(folder: &str) -> Vec<String> {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let (mut folders, mut found) = (vec![root.clone()], Vec::new());
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let below = path.strip_prefix(&root).unwrap();
                    found.push(below.to_string_lossy().into_owned());
                }
            }
        }
        found.sort();
        found
    }

    #[test]
    fn every_static_file_is_an_asset() {
        let mut listed: Vec<_> = ASSETS.iter().map(|asset| asset.path).collect();
        listed.sort_unstable();
        assert_eq!(listed, files("static"));
    }

    #[test]
    fn every_file_that_a_template_names_is_an_asset() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/");
        let mut count = 0;
        for template in files("templates") {
            let text = std::fs::read_to_string(format!("{folder}{template}")).unwrap();
            let named = text.split("assets::root() }}/").skip(1);
            for path in named.filter_map(|rest| rest.split('"').next()) {
                let is_asset = ASSETS.iter().any(|asset| asset.path == path);
                assert!(is_asset, "{template}: {path}");
                count += 1;
            }
        }
        assert!(count >= 10, "style sheets, scripts and logo: {count}");
    }
}
