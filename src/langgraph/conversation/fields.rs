//! The fields of a message in any form, found in one pass and not yet read.
//!
//! **Invariant:** of a repeated name, the last one counts, as in the summary of the state.

use std::borrow::Cow;

use super::role::{Role, RoleMembers, is_constructor};
use crate::json::{Child, JsonType, Located, RawJson};

/// The fields of a message; of a repeated name, the last one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct MessageFields<'a> {
    /// The object that contains them: the message, or the `kwargs` of a constructor record.
    holder: Located<'a>,
    role: RoleMembers<'a>,
    pub(super) name: RawJson<'a>,
    pub(super) id: RawJson<'a>,
    content: Option<Child<'a>>,
    tool_calls: Option<Child<'a>>,
    invalid_tool_calls: Option<Child<'a>>,
    pub(super) tool_call_id: RawJson<'a>,
    pub(super) status: RawJson<'a>,
    pub(super) usage_metadata: RawJson<'a>,
}

/// The place of a tool call in its message.
pub(super) struct CallPosition<'a> {
    pub(super) call: Located<'a>,
    pub(super) is_invalid: bool,
    /// Its position among all calls of the message.
    pub(super) position: usize,
}

impl<'a> MessageFields<'a> {
    pub(super) fn of(message: Located<'a>) -> Self {
        let mut outer = Self::in_holder(message);
        let (mut lc, mut kwargs) = (RawJson::default(), Located::default());
        message.value.each(|child| match child.name().as_deref() {
            Some("lc") => lc = child.value,
            Some("kwargs") => kwargs = message.child(&child),
            _ => outer.keep(child),
        });
        if !is_constructor(lc, outer.role.type_name) {
            return outer;
        }
        let mut inner = Self::in_holder(kwargs);
        kwargs.value.each(|child| inner.keep(child));
        if outer.id.json_type() == JsonType::Array {
            outer.id.each(|child| inner.role.class = child.value);
        }
        inner
    }

    fn in_holder(holder: Located<'a>) -> Self {
        Self {
            holder,
            ..Self::default()
        }
    }

    fn keep(&mut self, child: Child<'a>) {
        let field = match child.name().as_deref() {
            Some("type") => &mut self.role.type_name,
            Some("role") => &mut self.role.role,
            Some("name") => &mut self.name,
            Some("id") => &mut self.id,
            Some("tool_call_id") => &mut self.tool_call_id,
            Some("status") => &mut self.status,
            Some("usage_metadata") => &mut self.usage_metadata,
            Some("content") => return self.content = Some(child),
            Some("tool_calls") => return self.tool_calls = Some(child),
            Some("invalid_tool_calls") => return self.invalid_tool_calls = Some(child),
            _ => return,
        };
        *field = child.value;
    }

    pub(super) fn role(&self) -> Role<'a> {
        self.role.role()
    }

    pub(super) fn content(&self) -> Option<Located<'a>> {
        self.content.map(|content| self.holder.child(&content))
    }

    pub(super) fn has_tool_calls(&self) -> bool {
        self.tool_calls.is_some()
    }

    /// The id of the call that this message is the result of.
    pub(super) fn tool_call_id(&self) -> Option<Cow<'a, str>> {
        self.tool_call_id.text()
    }

    /// Calls `visit` with every tool call, the invalid ones last.
    pub(super) fn each_call(&self, mut visit: impl FnMut(CallPosition<'a>)) {
        let mut position = 0;
        for (list, is_invalid) in [(self.tool_calls, false), (self.invalid_tool_calls, true)] {
            let Some(list) = list.filter(|list| list.value.json_type() == JsonType::Array) else {
                continue;
            };
            let list = self.holder.child(&list);
            list.value.each(|child| {
                visit(CallPosition {
                    call: list.child(&child),
                    is_invalid,
                    position,
                });
                position += 1;
            });
        }
    }
}
