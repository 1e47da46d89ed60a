//! The server and version that a payload is compared with: the one that it names, or the nearest known one.
//!
//! **Invariant:** if this is not the version that the payload names, `nearness` says so.

use crate::domain::run::{Run, SenderKind};
use crate::langgraph::version::{ApiVersion, NEWEST, OLDEST};

/// The server and version that a payload is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    /// `langgraph-api` or `@langchain/langgraph-api`.
    pub server: &'static str,
    /// The version.
    pub version: String,
    /// Whether this is the version that the payload names.
    pub nearness: Nearness,
    /// The version as numbers.
    numbers: ApiVersion,
    javascript: bool,
}

/// How near a basis is to what the payload names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Nearness {
    /// The same version.
    Same,
    /// The only version of this server whose fields are known; the server does not send its version.
    Only,
    /// The newest known version: the payload names none, or another server sent it.
    Untold,
    /// The oldest or the newest known version: the payload names this one.
    Beyond(String),
}

impl Basis {
    /// The basis for a run.
    pub(super) fn of(run: &Run) -> Self {
        if run.sender.kind == SenderKind::LanggraphJs {
            return Self {
                server: "@langchain/langgraph-api",
                version: "2.0.0".to_owned(),
                nearness: Nearness::Only,
                numbers: NEWEST,
                javascript: true,
            };
        }
        let named_version = run.sender.version.as_deref();
        let beyond = |named_version: &str| Nearness::Beyond(named_version.to_owned());
        let (numbers, version, nearness) = match named_version
            .map(|named_version| (named_version, ApiVersion::read(named_version)))
        {
            None => (NEWEST, NEWEST.to_string(), Nearness::Untold),
            Some((named_version, Some(numbers))) if (OLDEST..=NEWEST).contains(&numbers) => {
                (numbers, named_version.to_owned(), Nearness::Same)
            }
            Some((named_version, Some(numbers))) if numbers < OLDEST => {
                (OLDEST, "0.4".to_owned(), beyond(named_version))
            }
            Some((named_version, _)) => (NEWEST, NEWEST.to_string(), beyond(named_version)),
        };
        Self {
            server: "langgraph-api",
            version,
            nearness,
            numbers,
            javascript: false,
        }
    }

    /// Whether it is the JavaScript server.
    pub(super) fn is_javascript(&self) -> bool {
        self.javascript
    }

    /// Whether it is the Python server, in that version or a newer one.
    pub(super) fn is_python_from(&self, numbers: ApiVersion) -> bool {
        !self.javascript && self.numbers >= numbers
    }

    /// Whether the payload gives the version.
    pub(super) fn is_known(&self) -> bool {
        self.nearness != Nearness::Untold
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::run::Sender;

    fn basis(kind: SenderKind, version: Option<&str>) -> (String, Nearness) {
        let version = version.map(str::to_owned);
        let sender = Sender { kind, version };
        let basis = Basis::of(&Run {
            sender,
            ..Run::default()
        });
        (
            format!("{} {}", basis.server, basis.version),
            basis.nearness,
        )
    }

    #[test]
    fn unknown_versions_use_the_nearest() {
        use SenderKind::{Compatible, LanggraphJs, LanggraphPython};
        let beyond = |named_version: &str| Nearness::Beyond(named_version.to_owned());
        let newest = "langgraph-api 0.16.7".to_owned();
        for (named_version, named, nearness) in [
            (Some("0.16.7"), "0.16.7", Nearness::Same),
            (Some("0.4.48"), "0.4.48", Nearness::Same),
            (Some("0.16"), "0.16", Nearness::Same),
            (Some("0.5.0rc2"), "0.5.0rc2", Nearness::Same),
            (Some("0.16.8"), "0.16.7", beyond("0.16.8")),
            (Some("0.17.0rc1"), "0.16.7", beyond("0.17.0rc1")),
            (Some("1.0"), "0.16.7", beyond("1.0")),
            (Some("0.3.9"), "0.4", beyond("0.3.9")),
            (Some("later"), "0.16.7", beyond("later")),
            (None, "0.16.7", Nearness::Untold),
        ] {
            let expected = (format!("langgraph-api {named}"), nearness);
            assert_eq!(
                basis(LanggraphPython, named_version),
                expected,
                "{named_version:?}"
            );
        }
        assert_eq!(basis(Compatible, None), (newest, Nearness::Untold));
        let javascript = "@langchain/langgraph-api 2.0.0".to_owned();
        assert_eq!(basis(LanggraphJs, None), (javascript, Nearness::Only));
    }
}
