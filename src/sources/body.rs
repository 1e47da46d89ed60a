//! The parts of a body that can name a service or an event: top-level members of JSON, and fields of a form.
//!
//! **Invariant:** JSON of any size and depth is read in one pass without building values; a form is read up to a limit.

use std::borrow::Cow;

use serde::de::{IgnoredAny, SeqAccess};
use url::form_urlencoded;

use crate::domain::head::Head;
use crate::json::{Container, Lenient, RawJson, lenient_object, read_element, without_bom};

/// Most bytes of a form that are read. The forms of the services in the table are shorter.
const FORM_BYTES_MAX: usize = 64 * 1024;

lenient_object! {
    /// Members in which services name their events, and members that only one service sends.
    #[derive(Debug, Default)]
    pub(super) struct EventMembers<'a> {
        type_name: RawJson<'a> = "type",
        event: RawJson<'a> = "event",
        event_type: RawJson<'a> = "event_type",
        specversion: RawJson<'a> = "specversion",
        sendgrid_event_id: RawJson<'a> = "sg_event_id",
    }
}

lenient_object! {
    /// `event`, if it is an object (Slack).
    #[derive(Debug, Default)]
    struct InnerEvent<'a> {
        type_name: RawJson<'a> = "type",
    }
}

/// The first element of an array, if it is an object: SendGrid sends arrays of events.
#[derive(Debug, Default)]
struct FirstElement<'a> {
    members: Lenient<EventMembers<'a>>,
    is_read: bool,
}

impl<'de> Container<'de> for FirstElement<'de> {
    const IS_LIST: bool = true;

    fn element<A: SeqAccess<'de>>(&mut self, list: &mut A) -> Result<bool, A::Error> {
        if self.is_read {
            return Ok(list.next_element::<IgnoredAny>()?.is_some());
        }
        self.is_read = true;
        read_element(&mut self.members, list)
    }
}

/// The parts of a body that can name a service or an event.
#[derive(Debug, Default)]
pub(super) struct Body<'a> {
    members: EventMembers<'a>,
    fields: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl<'a> Body<'a> {
    /// Reads them from a body.
    pub(super) fn read(head: &Head, body: &'a [u8]) -> Self {
        let content_type = head.header("content-type").unwrap_or_default();
        if content_type.starts_with("application/x-www-form-urlencoded") {
            let fields = body.get(..FORM_BYTES_MAX).unwrap_or(body);
            return Self {
                fields: form_urlencoded::parse(fields).collect(),
                ..Self::default()
            };
        }
        let text = std::str::from_utf8(body)
            .map_or("", without_bom)
            .trim_start();
        let members = match text.as_bytes().first() {
            Some(b'{') => {
                serde_json::from_str::<Lenient<EventMembers<'_>>>(text).map(|read| read.0)
            }
            Some(b'[') => serde_json::from_str::<Lenient<FirstElement<'_>>>(text)
                .map(|read| read.0.and_then(|first| first.members.0)),
            _ => Ok(None),
        };
        Self {
            // A body that is not JSON has no members.
            members: members.ok().flatten().unwrap_or_default(),
            fields: Vec::new(),
        }
    }

    /// `type`, if it is a string.
    pub(super) fn type_name(&self) -> Option<Cow<'a, str>> {
        self.members.type_name.text()
    }

    /// `event`, if it is a string.
    pub(super) fn event_name(&self) -> Option<Cow<'a, str>> {
        self.members.event.text()
    }

    /// `event.type`, if it is a string.
    pub(super) fn inner_type(&self) -> Option<Cow<'a, str>> {
        let event: Lenient<InnerEvent<'_>> =
            serde_json::from_str(self.members.event.json()).ok()?;
        event.0?.type_name.text()
    }

    /// The first of `event`, `event_type` and `type` that is a string.
    pub(super) fn event(&self) -> Option<Cow<'a, str>> {
        let members = &self.members;
        [members.event, members.event_type, members.type_name]
            .into_iter()
            .find_map(RawJson::text)
    }

    /// `specversion`, if it is a string.
    pub(super) fn specversion(&self) -> Option<Cow<'a, str>> {
        self.members.specversion.text()
    }

    /// `sg_event_id`, if it is a string.
    pub(super) fn sendgrid_event_id(&self) -> Option<Cow<'a, str>> {
        self.members.sendgrid_event_id.text()
    }

    /// The first field of a form with this name.
    pub(super) fn field(&self, name: &str) -> Option<Cow<'a, str>> {
        let found = self.fields.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value.clone())
    }
}
