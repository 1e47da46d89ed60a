//! The Fields tab: which fields of a run received, held against those that its server is known to send. What differs stands first.

use askama::Template;

use crate::domain::rich_text::RichText;
use crate::domain::run::Run;
use crate::langgraph::RunBody;
use crate::langgraph::fields::{self, Basis, Count, Nearness, Standing, Types};
use crate::web::render::escape::Line;
use crate::web::render::format;
use crate::web::render::rich_text::Prose;

#[derive(Template)]
#[template(path = "_fields.html")]
pub(crate) struct FieldsTab {
    summary: Prose,
    /// Against what the fields were held, where that is not what the payload names.
    basis: Option<Prose>,
    objects: Vec<ObjectView>,
}

struct ObjectView {
    /// Nothing for the payload itself.
    path: &'static str,
    count: String,
    fields: Vec<FieldView>,
    /// How many fields are not listed.
    more: Option<String>,
}

struct FieldView {
    class: &'static str,
    word: &'static str,
    name: Line,
    received: Option<&'static str>,
    note: Option<String>,
}

impl FieldsTab {
    /// The fields of a run and its body.
    pub(crate) fn new(run: Option<(&Run, &RunBody<'_>)>) -> Self {
        let Some((run, body)) = run else {
            return Self {
                summary: Prose::written(
                    "Only the fields of a run can be held against those that LangGraph sends.",
                ),
                basis: None,
                objects: Vec::new(),
            };
        };
        let list = fields::checklist(body, run);
        Self {
            summary: summary(list.count(), &list.basis).into(),
            basis: basis(&list.basis).map(Prose::from),
            objects: list.objects.iter().map(ObjectView::new).collect(),
        }
    }
}

/// `54 of 54 fields of langgraph-api 0.16.7 are there; 1 unexpected.`
fn summary(count: Count, basis: &Basis) -> RichText {
    let Count { there, due, .. } = count;
    let counted = RichText::default().and(format!("{there} of {due} fields of {} ", basis.server));
    let named = match basis.nearness {
        Nearness::Same => counted.code(&basis.version),
        _ => counted.and(basis.version.clone()),
    };
    let mut sentence = named.and(if there == 1 {
        " is there"
    } else {
        " are there"
    });
    for (number, what) in [
        (count.unexpected, "unexpected"),
        (count.other_type, "of another type"),
    ] {
        if number > 0 {
            sentence = sentence.and(format!("; {number} {what}"));
        }
    }
    sentence.and(".")
}

fn basis(basis: &Basis) -> Option<RichText> {
    match &basis.nearness {
        Nearness::Same => None,
        Nearness::Only => Some(RichText::plain(
            "LangGraph\u{2019}s JavaScript server names no version in what it sends; this is the one that creel knows.",
        )),
        Nearness::Untold => Some(RichText::plain(
            "The payload names no version of LangGraph\u{2019}s Python server; it is held against the newest one that creel knows.",
        )),
        Nearness::Beyond(named) => Some(
            RichText::plain("The payload names version ")
                .code(named)
                .and("; it is held against the nearest one that creel knows."),
        ),
    }
}

impl ObjectView {
    fn new(object: &fields::Fields) -> Self {
        let Count { there, due, .. } = object.count();
        let mut listed: Vec<_> = object.fields.iter().collect();
        // A stable sort: within each kind, the order stays.
        listed.sort_by_key(|field| rank(field.standing));
        Self {
            path: object.object.path(),
            count: format!("{there} of {due}"),
            fields: listed.into_iter().map(FieldView::new).collect(),
            more: (object.more > 0)
                .then(|| format::count(object.more as u64, "field more", "fields more")),
        }
    }
}

/// What differs comes first, what is in order and not there last.
fn rank(standing: Standing) -> u8 {
    match standing {
        Standing::Unexpected | Standing::OtherType(_) | Standing::Missing(_) => 0,
        Standing::Present => 1,
        Standing::Own => 2,
        Standing::Absent(_) => 3,
    }
}

impl FieldView {
    fn new(field: &fields::Field) -> Self {
        let (class, word) = match field.standing {
            Standing::Present => ("field-present", "present"),
            Standing::Own => ("field-own", "the caller\u{2019}s own"),
            Standing::Absent(_) => ("field-absent", "absent"),
            Standing::Missing(_) => ("field-missing", "missing"),
            Standing::OtherType(_) => ("field-other", "other type"),
            Standing::Unexpected => ("field-unexpected", "unexpected"),
        };
        let note = match field.standing {
            Standing::Absent(why) | Standing::Missing(Some(why)) => Some(why.to_owned()),
            Standing::OtherType(known) => Some(format!("known as {}", names(known))),
            Standing::Unexpected => {
                Some("not among the fields that creel knows of this server".to_owned())
            }
            Standing::Present | Standing::Own | Standing::Missing(None) => None,
        };
        Self {
            class,
            word,
            name: Line(field.name.clone()),
            received: field.received.and_then(|received| received.names().next()),
            note,
        }
    }
}

/// `string or null`
fn names(types: Types) -> String {
    types.names().collect::<Vec<_>>().join(" or ")
}
