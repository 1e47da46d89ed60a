//! What was understood of a body, as programs see it.
//!
//! **Invariant:** what the sender wrote into `kwargs` and `values` is given as received, in full answers only.

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
    /// Which service sent it and what event it reports; absent where neither is known, and of a run.
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
    received: Option<Contents>,
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

    /// With what the body has of the run besides.
    pub(super) fn full(reading: &'a Reading, body: &[u8]) -> Self {
        let mut json = Self::summary(reading);
        if let Some(run) = &mut json.run {
            run.received = Some(langgraph::RunBody::parse(body).contents());
        }
        json
    }
}
