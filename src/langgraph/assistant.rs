//! The default assistant that LangGraph creates for each graph. Its id is derived from the graph's name.
//!
//! **Invariant:** an assistant is the default only if its id is exactly the one derived from the graph's name; if the run lacks either, it
//! is not.

use uuid::{Uuid, uuid};

use crate::domain::run::Run;

/// The namespace of their ids in both servers (RFC 9562, UUID version 5).
const NAMESPACE: Uuid = uuid!("6ba7b821-9dad-11d1-80b4-00c04fd430c8");

/// Whether a run uses its graph's default assistant.
///
/// ```
/// use creel::domain::run::Run;
///
/// let run = Run {
///     assistant_id: Some("fe096781-5601-53d2-b2f6-0d3403f7e9ca".into()),
///     graph_id: Some("agent".into()),
///     ..Run::default()
/// };
/// assert!(creel::langgraph::is_default_assistant(&run));
/// ```
#[must_use]
pub fn is_default_assistant(run: &Run) -> bool {
    let (Some(assistant), Some(graph)) = (&run.assistant_id, &run.graph_id) else {
        return false;
    };
    let expected = Uuid::new_v5(&NAMESPACE, graph.as_bytes());
    assistant.parse() == Ok(expected)
}
