//! The JSON of a reading.
//!
//! **Invariant:** `kwargs` and `values` are included as received, and only in the full form.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::run::{Reading, ReadingKind, Run};
use crate::domain::source::Source;
use crate::langgraph::{self, Contents};

/// How creel interprets a body.
#[derive(Serialize, ToSchema)]
#[schema(as = Reading)]
pub(super) struct ReadingJson<'a> {
    /// Kind of the body.
    kind: ReadingKind,
    /// The parse error, if `kind` is `unreadable`.
    why: Option<&'a str>,
    /// The run, if `kind` is `run`.
    run: Option<RunJson<'a>>,
    /// The service that sent it and the event that it reports; absent if both are unknown, and for runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a Source>,
}

/// A run, with its `kwargs` and `values` as received.
#[derive(Serialize, ToSchema)]
#[schema(as = RunInFull)]
struct RunJson<'a> {
    #[serde(flatten)]
    run: &'a Run,
    #[serde(flatten)]
    received: Option<Contents<'a>>,
}

impl<'a> ReadingJson<'a> {
    /// The form for lists and streams.
    pub(super) fn summary(reading: &'a Reading) -> Self {
        Self {
            kind: reading.kind,
            why: reading.why.as_deref(),
            source: reading.source.as_ref(),
            run: reading.run.as_deref().map(|run| RunJson {
                run,
                received: None,
            }),
        }
    }

    /// With the run's large parts from the body.
    pub(super) fn full(reading: &'a Reading, body: &'a [u8]) -> Self {
        let mut json = Self::summary(reading);
        if let Some(run) = &mut json.run {
            run.received = Some(langgraph::RunBody::parse(body).contents());
        }
        json
    }
}
