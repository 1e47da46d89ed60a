//! A tool call of a model.
//!
//! **Invariant:** any JSON value can be read as a tool call: a member that is missing or of an unexpected type is `None`.

use std::borrow::Cow;

use crate::json::{Child, Located};

/// Most calls of a message that are read; a page links to the JSON for the rest.
pub(super) const CALLS_MAX: usize = 20;

#[derive(Clone, Debug)]
pub(crate) struct ToolCall<'a> {
    pub(crate) whole: Located<'a>,
    /// The name of the tool.
    pub(crate) name: Option<Cow<'a, str>>,
    pub(crate) args: Option<Located<'a>>,
    /// The id that its result repeats as `tool_call_id`.
    pub(crate) id: Option<Cow<'a, str>>,
    /// Whether it is one of `invalid_tool_calls`.
    pub(crate) is_invalid: bool,
    /// What is wrong with an invalid call.
    pub(crate) error: Option<Cow<'a, str>>,
}

impl<'a> ToolCall<'a> {
    pub(super) fn read(whole: Located<'a>, is_invalid: bool) -> Self {
        let mut call = Self {
            whole,
            name: None,
            args: None,
            id: None,
            is_invalid,
            error: None,
        };
        whole.value.each(|child| call.keep(&child));
        call
    }

    fn keep(&mut self, child: &Child<'a>) {
        match child.name().as_deref() {
            Some("name") => self.name = child.value.text(),
            Some("args" | "arguments") => self.args = Some(self.whole.child(child)),
            Some("id") => self.id = child.value.text(),
            Some("error") => self.error = child.value.text(),
            Some("function") => {
                let function = self.whole.child(child);
                let keep = |inner: Child<'a>| self.keep_function(function, &inner);
                child.value.each(keep);
            }
            _ => {}
        }
    }

    /// `OpenAI` puts name and arguments into an object `function`.
    fn keep_function(&mut self, function: Located<'a>, child: &Child<'a>) {
        match child.name().as_deref() {
            Some("name") => self.name = child.value.text(),
            Some("arguments") => self.args = Some(function.child(child)),
            _ => {}
        }
    }
}
