//! Pages that explain LangGraph: how to start runs, how its server handles a URL, why nothing arrives, what findings mean.

pub(super) mod advice;
pub(super) mod causes;
mod choice;
pub(super) mod deployment;
pub(super) mod docs;
pub(super) mod doctor;
pub(super) mod findings;
pub(super) mod start;
mod token_header;
