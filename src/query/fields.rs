//! The table of fields: the documentation page, the suggestions of errors and completion are made from it.
//!
//! **Invariant:** a field that is not here is an error, so a query never asks for what creel does not know.

use super::choices;

/// What a value of a field is.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    /// One of these names.
    Choice(fn() -> Vec<&'static str>),
    /// A text that the value is.
    Is,
    /// A text that the value is or contains.
    Contains,
    /// An IP address.
    Address,
    /// A number.
    Count,
    /// A number of bytes.
    Size,
    /// A span of time.
    Duration,
    /// A moment.
    Time,
    /// The name of a field, header line, parameter or JSON value.
    Name,
}

impl Takes {
    /// What to write, in a few words.
    #[must_use]
    pub fn text(self) -> String {
        match self {
            Self::Choice(names) => {
                let names = names();
                if names.len() > CHOICES_SHOWN_MAX {
                    "a code, or `note`, `warning`, `problem`".to_owned()
                } else {
                    names
                        .iter()
                        .map(|name| format!("`{name}`"))
                        .collect::<Vec<_>>()
                        .join(", ")
                }
            }
            Self::Is => "the whole value, or its beginning with `*`".to_owned(),
            Self::Contains => "a part of the value".to_owned(),
            Self::Address => "an address, or its beginning with `*`".to_owned(),
            Self::Count => "a number; `>`, `>=`, `<`, `<=`".to_owned(),
            Self::Size => "bytes, `kb`, `mb`, `gb`, `kib`, `mib`, `gib`; compared".to_owned(),
            Self::Duration => "`ms`, `s`, `m`, `h`, `d`; compared".to_owned(),
            Self::Time => {
                "a time or date (UTC), `15m`, `2h`, `7d`, `today`, `yesterday`".to_owned()
            }
            Self::Name => "a name".to_owned(),
        }
    }
}

/// Most names that are listed in a table.
const CHOICES_SHOWN_MAX: usize = 20;

/// What a field belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldGroup {
    /// The LangGraph run.
    Run,
    /// The request.
    Request,
    /// Values by name.
    Named,
    /// Findings, sizes, times.
    Delivery,
}

impl FieldGroup {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Run, Self::Request, Self::Named, Self::Delivery];

    /// Its title.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Run => "The run",
            Self::Request => "The request",
            Self::Named => "Values by name",
            Self::Delivery => "The delivery",
        }
    }
}

/// A row of the table.
#[derive(Debug)]
pub struct FieldEntry {
    /// The field.
    pub field: Field,
    /// Its name in a query, without the colon.
    pub name: &'static str,
    /// What follows the dot in its name, such as `NAME`.
    pub suffix: Option<&'static str>,
    /// What it belongs to.
    pub group: FieldGroup,
    /// What its value is.
    pub takes: Takes,
    /// Whether a delivery may be without it, so that `has:` can ask for it.
    pub is_optional: bool,
    /// Examples; each is a complete query.
    pub examples: &'static [&'static str],
    /// One sentence.
    pub about: &'static str,
}

macro_rules! fields {
    ($($field:ident $name:literal $($dot:literal)?, $group:ident, $takes:expr, $optional:literal, [$($example:literal),*], $about:literal;)*) => {
        /// A field of a query.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Field {
            $(#[doc = $about] $field,)*
        }

        /// All fields, in the order in which they are shown.
        pub const FIELDS: &[FieldEntry] = &[$(FieldEntry {
            field: Field::$field,
            name: $name,
            suffix: fields!(@suffix $($dot)?),
            group: FieldGroup::$group,
            takes: $takes,
            is_optional: $optional,
            examples: &[$($example),*],
            about: $about,
        }),*];
    };
    (@suffix $dot:literal) => { Some($dot) };
    (@suffix) => { None };
}

#[rustfmt::skip]
fields! {
    Status "status", Run, Takes::Choice(choices::statuses), true, ["status:error,timeout", "status:=paused"],
        "Status of the run. `other` is any other status, or none; after `=`, any text as received.";
    Graph "graph", Run, Takes::Is, true, ["graph:agent", "graph:support*"], "Name of the graph.";
    Assistant "assistant", Run, Takes::Is, true, ["assistant:eb6db400*"], "Id of the assistant.";
    Thread "thread", Run, Takes::Is, true, ["thread:7c7f4d38-94d1-4e4b-9d8f-0fa4d5b1c7a6"], "Id of the thread.";
    Run "run", Run, Takes::Is, true, ["run:019a5b2c*"], "Id of the run.";
    Cron "cron", Run, Takes::Is, true, ["has:cron"], "Id of the cron that started the run.";
    Sender "sender", Run, Takes::Choice(choices::senders), true, ["sender:langgraph_js"], "The server that sent the run.";
    Version "version", Run, Takes::Is, true, ["version:0.16*"], "Version of that server.";
    Error "error", Run, Takes::Contains, true, ["error:ValueError", "error:\"recursion limit\"", "has:error"],
        "Class or message of the exception.";
    Duration "duration", Run, Takes::Duration, true, ["duration:>30s"], "How long the run took, from its start to its end.";
    Lag "lag", Run, Takes::Duration, true, ["lag:>5s"], "From when the sender created the delivery to its arrival.";
    Messages "messages", Run, Takes::Count, true, ["messages:>10"], "Number of messages in `values.messages`.";
    Method "method", Request, Takes::Is, false, ["method:post"], "Method of the request.";
    Path "path", Request, Takes::Contains, false, ["path:/orders", "path:=/"], "Path below the capture URL, as received.";
    Target "target", Request, Takes::Contains, false, ["target:token="], "Path and query, as received.";
    Client "client", Request, Takes::Address, true, ["client:127.0.0.1", "client:10.1.*"],
        "Address of the sender: the peer, or the client that a trusted proxy names.";
    Token "token", Request, Takes::Choice(choices::tokens), false, ["token:missing,wrong"], "Result of the token check.";
    Kind "kind", Request, Takes::Choice(choices::kinds), false, ["kind:run", "kind:json -kind:run"],
        "Kind of the body, or of its reading: `body.kind` or `reading.kind` in the API.";
    Encoding "encoding", Request, Takes::Is, true, ["encoding:gzip"], "A Content-Encoding of the body.";
    Http "http", Request, Takes::Choice(choices::http_versions), false, ["http:2"], "Version of HTTP.";
    Header "header" "NAME", Named, Takes::Contains, true, ["header.content-type:json", "header.x-retry:>=2"],
        "Value of a header line, whatever the case of its name.";
    Query "query" "NAME", Named, Takes::Contains, true, ["query.source:=cron"], "Value of a parameter of the query.";
    Form "form" "NAME", Named, Takes::Contains, true, ["form.city:zürich"], "Value of a form field, also of `multipart/form-data`.";
    Json "json" "PATH", Named, Takes::Contains, true,
        ["json.error.error:ValueError", "json.values.score:>0.5", "json.values.messages.*.type:ai", "json.\"a.b\".0:x"],
        "Value in a JSON body: names and indexes with dots between, `*` for each. A text contains it; a number, `true`, `false` or `null` is it; \
         a list or object contains it in its JSON.";
    Body "body", Named, Takes::Contains, false, ["body:\"order 17\""], "The decoded body.";
    Has "has", Named, Takes::Name, false, ["has:header.x-request-id", "has:json.values.score", "-has:graph"],
        "It is there: a header line, parameter, form field, JSON value (null counts) or field of this table.";
    Finding "finding", Delivery, Takes::Choice(choices::findings), false, ["finding:secrets_in_body", "finding:warning"],
        "A finding with this code or level.";
    Size "size", Delivery, Takes::Size, false, ["size:>100kb", "size:0"], "Size of the body as received.";
    Attempt "attempt", Delivery, Takes::Count, false, ["attempt:>1"], "Number of the attempt.";
    Seq "seq", Delivery, Takes::Count, false, ["seq:5", "seq:>100"], "Number of the delivery.";
    Answered "answered", Delivery, Takes::Count, true, ["answered:500", "answered:>=400", "-has:answered"],
        "Status of creel’s response; none if the sender disconnected before it.";
    After "after", Delivery, Takes::Time, false, ["after:2026-11-21T10:00Z", "after:15m", "after:yesterday"], "Arrived then or later.";
    Before "before", Delivery, Takes::Time, false, ["before:2026-11-22", "before:2h"], "Arrived earlier.";
}

/// Names from other query languages, and what each means here.
pub const ALIASES: &[(&str, &str)] = &[
    ("content", "body:"),
    ("ip", "client:"),
    ("headers", "header"),
    ("larger", "size:>"),
    ("smaller", "size:<"),
    ("since", "after:"),
    ("until", "before:"),
];

impl Field {
    /// Its row.
    #[must_use]
    pub fn entry(self) -> &'static FieldEntry {
        // The table is in the order of the fields.
        &FIELDS[self as usize]
    }
}

/// The row of a field, and the operator that an alias means.
pub(super) fn find(name: &str) -> Option<(&'static FieldEntry, &'static str)> {
    let name = name.to_lowercase();
    let alias = ALIASES.iter().find(|(alias, _)| *alias == name);
    let (name, operator) = match alias {
        Some((_, stands_for)) => stands_for.split_once(':').unwrap_or((stands_for, "")),
        None => (name.as_str(), ""),
    };
    let entry = FIELDS.iter().find(|entry| entry.name == name)?;
    Some((entry, operator))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_has_its_row_and_a_sentence() {
        for (index, entry) in FIELDS.iter().enumerate() {
            assert_eq!(entry.field as usize, index);
            assert_eq!(entry.field.entry().name, entry.name);
            assert!(entry.about.ends_with('.'), "{}", entry.name);
            assert_eq!(entry.about.matches('`').count() % 2, 0);
            assert_eq!(entry.takes.text().matches('`').count() % 2, 0);
            assert!(!entry.examples.is_empty());
        }
        for (alias, _) in ALIASES {
            assert!(find(alias).is_some(), "{alias}");
            assert!(FIELDS.iter().all(|entry| entry.name != *alias));
        }
    }
}
