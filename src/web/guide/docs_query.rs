//! The page that explains the query language, from the table in `query`.
//!
//! **Invariant:** each field is on the page with its examples, because errors of queries refer to it.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::query::{ALIASES, FIELDS, FieldEntry, FieldGroup};
use crate::web::layout::compression::compressed;
use crate::web::layout::error::PageError;
use crate::web::layout::page;
use crate::web::render::rich_text::Prose;

/// What can be written, and what it means. The texts are code.
const SYNTAX: &[(&str, &str)] = &[
    (
        "status:error graph:agent",
        "Both hold: a blank means “and”.",
    ),
    (
        "status:error OR graph:agent",
        "One of both holds. A blank binds tighter than `OR`.",
    ),
    (
        "status:error,timeout",
        "One of the values: a comma means “or” within a field.",
    ),
    (
        "(status:error OR status:timeout) graph:agent",
        "Parentheses group.",
    ),
    ("-status:success", "It does not hold. `!` is the same."),
    (
        "recursion",
        "The text is somewhere in target, header lines or decoded body.",
    ),
    (
        "\"recursion limit\"",
        "A text with blanks. Inside, `\\\"` is a quote and `\\\\` a backslash.",
    ),
    ("recurs*", "A word of the text begins with it."),
    ("graph:supp*", "The value begins with it."),
    (
        "graph:=Agent",
        "The value is exactly it. Without `=`, case is ignored.",
    ),
    (
        "size:>100kb duration:<=30s",
        "Numbers with units are compared.",
    ),
    (
        "json.values.messages.*.type:tool",
        "Values in JSON: names and indexes, `*` for each.",
    ),
];

#[derive(Template)]
#[template(path = "docs_query.html")]
struct QueryPage {
    syntax: Vec<(&'static str, Prose)>,
    groups: Vec<QueryGroup>,
    aliases: &'static [(&'static str, &'static str)],
}

struct QueryGroup {
    title: &'static str,
    fields: Vec<QueryField>,
}

struct QueryField {
    name: String,
    about: Prose,
    takes: Prose,
    examples: &'static [&'static str],
}

impl From<&FieldEntry> for QueryField {
    fn from(entry: &FieldEntry) -> Self {
        let suffix = entry.suffix.map(|suffix| format!(".{suffix}"));
        Self {
            name: format!("{}{}:", entry.name, suffix.unwrap_or_default()),
            about: Prose::written(entry.about),
            takes: Prose::written(entry.takes.text()),
            examples: entry.examples,
        }
    }
}

/// `GET /docs/query`
pub(crate) async fn show(request: HttpRequest) -> Result<HttpResponse, PageError> {
    let group = |group: FieldGroup| QueryGroup {
        title: group.title(),
        fields: FIELDS
            .iter()
            .filter(|entry| entry.group == group)
            .map(QueryField::from)
            .collect(),
    };
    let syntax = SYNTAX.iter();
    let page = page::html(&QueryPage {
        syntax: syntax
            .map(|(text, means)| (*text, Prose::written(*means)))
            .collect(),
        groups: FieldGroup::ALL.map(group).into(),
        aliases: ALIASES,
    })?;
    Ok(compressed(&request, page))
}
