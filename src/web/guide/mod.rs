//! Pages that explain: how to start runs of LangGraph, how its server handles a URL, why nothing arrives, what findings mean; and proxies.
//!
//! **Invariant:** no captured data is shown here. Of the folders of `web`, this one imports only `layout`, `links` and `render`.

pub(super) mod advice;
pub(super) mod causes;
mod choice;
pub(super) mod deployment;
pub(super) mod docs;
pub(super) mod docs_query;
pub(super) mod doctor;
pub(super) mod findings;
pub(super) mod proxies;
pub(super) mod start;
mod token_header;
