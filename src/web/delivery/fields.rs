//! The Fields tab: the fields of a run, compared with those that its server is known to send.
//!
//! **Invariant:** differences come first; within each kind, the order of the fields stays.

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
    /// What the fields were compared with, if the payload does not name it.
    basis: Option<Prose>,
    objects: Vec<ObjectView>,
}

struct ObjectView {
    /// Empty for the payload itself.
    path: &'static str,
    count: String,
    fields: Vec<FieldView>,
    /// Number of fields not listed, as text.
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
    pub(crate) fn new(run: &Run, body: &RunBody<'_>) -> Self {
        let list = fields::checklist(body, run);
        Self {
            summary: summary(list.count(), &list.basis).into(),
            basis: basis(&list.basis).map(Prose::from),
            objects: list.objects.iter().map(ObjectView::new).collect(),
        }
    }
}

/// `54 of 54 fields of langgraph-api 0.16.7 are present; 1 unexpected.`
fn summary(count: Count, basis: &Basis) -> RichText {
    let Count { there, due, .. } = count;
    let counted = RichText::default().and(format!("{there} of {due} fields of {} ", basis.server));
    let named = match basis.nearness {
        Nearness::Same => counted.code(&basis.version),
        _ => counted.and(basis.version.clone()),
    };
    let mut sentence = named.and(if there == 1 {
        " is present"
    } else {
        " are present"
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
            "LangGraph\u{2019}s JavaScript server does not send its version; this is the version that creel knows.",
        )),
        Nearness::Untold => Some(RichText::plain(
            "The payload does not name a version of LangGraph\u{2019}s Python server; it is compared with the newest version that creel knows.",
        )),
        Nearness::Beyond(named) => Some(
            RichText::plain("The payload names version ")
                .code(named)
                .and("; it is compared with the nearest version that creel knows."),
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
                .then(|| format::count(object.more as u64, "more field", "more fields")),
        }
    }
}

/// Differences first, expected absences last.
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
            Standing::Own => ("field-own", "set by the caller"),
            Standing::Absent(_) => ("field-absent", "absent"),
            Standing::Missing(_) => ("field-missing", "missing"),
            Standing::OtherType(_) => ("field-other", "other type"),
            Standing::Unexpected => ("field-unexpected", "unexpected"),
        };
        let note = match field.standing {
            Standing::Absent(why) | Standing::Missing(Some(why)) => Some(why.to_owned()),
            Standing::OtherType(known) => Some(format!("expected {}", names(known))),
            Standing::Unexpected => Some("not known to be sent by this server".to_owned()),
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
