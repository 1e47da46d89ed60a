//! Where requests to capture URLs are sent again.
//!
//! **Invariant:** the path below which creel is served is in the URL once, whether or not a proxy had removed it from the target.

use super::target::origin_form;

/// The beginning of all capture URLs.
#[derive(Clone, Debug)]
pub struct CaptureBase {
    url: String,
    /// The paths that a proxy may have passed on, without a trailing slash.
    paths: Vec<String>,
}

impl CaptureBase {
    /// Capture URLs begin with `url`; targets may begin with one of `paths`.
    #[must_use]
    pub fn new(url: impl Into<String>, paths: Vec<String>) -> Self {
        Self {
            url: url.into(),
            paths,
        }
    }

    /// The URL for the target of a request.
    #[must_use]
    pub fn url_of(&self, target: &str) -> String {
        let target = origin_form(target);
        let below = self.paths.iter().find_map(|path| below(target, path));
        format!("{}{}", self.url, below.unwrap_or(target))
    }
}

/// What follows `path` in a target; `None` if the target does not begin with that path, or if it is empty.
pub(crate) fn below<'a>(target: &'a str, path: &str) -> Option<&'a str> {
    let below = target.strip_prefix(path).filter(|_| !path.is_empty())?;
    (below.is_empty() || below.starts_with(['/', '?'])).then_some(below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_in_the_url_once() {
        let base = CaptureBase::new("https://h/creel", vec!["/creel".to_owned()]);
        for target in [
            "/creel/hook/x?a",
            "/hook/x?a",
            "http://other/creel/hook/x?a",
        ] {
            assert_eq!(base.url_of(target), "https://h/creel/hook/x?a", "{target}");
        }
        assert_eq!(base.url_of("/creels"), "https://h/creel/creels");
    }
}
