//! The fields of a run's payload, compared with those that its server is known to send. The comparison cannot fail: every field is listed,
//! and an unknown server or version is compared with the nearest known one, which is named.
//!
//! | file | what it holds |
//! |---|---|
//! | `table` | every field: its object, its types, when each server sends it |
//! | `basis` | the server and version that a payload is compared with |
//! | `members` | the members of an object, as received |
//!
//! **Invariant:** the list is bounded, whatever the payload. Fields of the table are always included.

mod basis;
mod members;
mod table;

pub use basis::{Basis, Nearness};
pub use table::{Object, Types};

use self::members::Members;
use self::table::{Due, KnownField, TABLE};
use crate::domain::beginning::Beginning;
use crate::domain::run::Run;
use crate::json::RawJson;
use crate::langgraph::RunBody;

/// Longest name that a list shows, in characters.
const NAME_CHARS_MAX: usize = 120;

/// The fields of a payload, object by object.
#[derive(Clone, Debug)]
pub struct Checklist {
    /// The server and version that they were compared with.
    pub basis: Basis,
    /// The objects of the payload, outermost first.
    pub objects: Vec<Fields>,
}

/// The fields of an object.
#[derive(Clone, Debug)]
pub struct Fields {
    /// Which object.
    pub object: Object,
    /// Those of the table in its order, then the others in theirs.
    pub fields: Vec<Field>,
    /// The number of fields that are not listed.
    pub more: usize,
}

/// A field of the payload or of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name, shortened if it is very long.
    pub name: String,
    /// Its type, if it is present.
    pub received: Option<Types>,
    /// How it compares with the table.
    pub standing: Standing,
}

/// How a field compares with what its server is known to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Present as expected.
    Present,
    /// Present, with a name that the caller may choose.
    Own,
    /// Absent, which is expected for this reason.
    Absent(&'static str),
    /// Absent although the server sends it; with the reason, if one is known.
    Missing(Option<&'static str>),
    /// Present with a type that the server is not known to send; the expected types.
    OtherType(Types),
    /// Present although the server is not known to send it.
    Unexpected,
}

/// Number of fields by standing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Fields that the server sends and that are present.
    pub there: usize,
    /// Fields that the server sends for such a run.
    pub due: usize,
    /// See [`Standing::Missing`].
    pub missing: usize,
    /// See [`Standing::OtherType`].
    pub other_type: usize,
    /// See [`Standing::Unexpected`].
    pub unexpected: usize,
}

impl Checklist {
    /// Number of fields by standing, in all objects.
    #[must_use]
    pub fn count(&self) -> Count {
        Count::of(self.objects.iter().flat_map(|object| &object.fields))
    }
}

impl Fields {
    /// Number of fields by standing.
    #[must_use]
    pub fn count(&self) -> Count {
        Count::of(&self.fields)
    }
}

impl Count {
    fn of<'a>(fields: impl IntoIterator<Item = &'a Field>) -> Self {
        let mut count = Self::default();
        for field in fields {
            match field.standing {
                Standing::Present => count.there += 1,
                Standing::OtherType(_) => {
                    count.there += 1;
                    count.other_type += 1;
                }
                Standing::Missing(_) => count.missing += 1,
                Standing::Unexpected => count.unexpected += 1,
                Standing::Own | Standing::Absent(_) => {}
            }
        }
        count.due = count.there + count.missing;
        count
    }
}

/// Compares the fields of a body with those of its server. `run` is the run in it.
#[must_use]
pub fn checklist(body: &RunBody<'_>, run: &Run) -> Checklist {
    let basis = Basis::of(run);
    let mut objects = Vec::new();
    if let Some(payload) = Members::of(body.json) {
        let compared = |object, members: &Members<'_>| Fields::new(object, members, run, &basis);
        objects.push(compared(Object::Run, &payload));
        let kwargs = payload.inside("kwargs");
        let config = kwargs.as_ref().and_then(|kwargs| kwargs.inside("config"));
        let inside = |name| config.as_ref().and_then(|config| config.inside(name));
        let (configurable, config_metadata) = (inside("configurable"), inside("metadata"));
        let error = payload.inside("error").filter(|_| !basis.is_javascript());
        let others = [
            (Object::Kwargs, &kwargs),
            (Object::Config, &config),
            (Object::Configurable, &configurable),
            (Object::ConfigMetadata, &config_metadata),
            (Object::Metadata, &payload.inside("metadata")),
            (Object::Error, &error),
        ];
        let checked =
            |(object, members): (_, &Option<_>)| Some(compared(object, members.as_ref()?));
        objects.extend(others.into_iter().filter_map(checked));
    }
    Checklist { basis, objects }
}

impl Fields {
    fn new(object: Object, members: &Members<'_>, run: &Run, basis: &Basis) -> Self {
        let known = || TABLE.iter().filter(|entry| entry.object == object);
        let mut fields: Vec<Field> = known()
            .map(|entry| Field::of(entry, members.get(entry.name), run, basis))
            .collect();
        let is_other = |name: &str| !known().any(|entry| entry.name == name);
        let others = members.all().filter(|(name, _)| is_other(name));
        fields.extend(others.map(|(name, json)| Field {
            name: Beginning::of_chars(name, NAME_CHARS_MAX).to_string(),
            received: Types::of(json),
            standing: outside_the_table(object),
        }));
        Self {
            object,
            fields,
            more: members.left_out(),
        }
    }
}

impl Field {
    /// Compares a field of the table.
    fn of(entry: &KnownField, json: RawJson<'_>, run: &Run, basis: &Basis) -> Self {
        let due = entry.due(run, basis);
        let types = entry.types(basis);
        let received = Types::of(json);
        let standing = match (received, due) {
            (Some(_), Due::Never(_)) => outside_the_table(entry.object),
            (Some(received), _) if !types.include(received) => Standing::OtherType(types),
            (Some(_), _) => Standing::Present,
            (None, Due::Now) => Standing::Missing(entry.left_out_by(run, basis)),
            (None, Due::NotNow(why) | Due::Never(why)) => Standing::Absent(why),
        };
        Self {
            name: entry.name.to_owned(),
            received,
            standing,
        }
    }
}

/// The standing of a field that is not in the table.
fn outside_the_table(object: Object) -> Standing {
    if object.is_open() {
        Standing::Own
    } else {
        Standing::Unexpected
    }
}
