//! Who wrote a message, in every form that senders use.
//!
//! **Invariant:** only this module decides about roles, so the summary of a run's state and the conversation on a page agree.

use std::borrow::Cow;

use crate::json::RawJson;

/// Who wrote a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Role<'a> {
    /// A person, or a program acting as one.
    Human,
    /// A model.
    Ai,
    /// The result of a tool call.
    Tool,
    /// Instructions to the model.
    System,
    /// Another role.
    Other(Cow<'a, str>),
    /// The message names no role.
    Unknown,
}

/// The members of a message that may name its role; absent ones are empty.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RoleMembers<'a> {
    /// The class of a constructor record, such as `AIMessage`.
    pub(crate) class: RawJson<'a>,
    /// `type`, as langgraph-api writes it: `human`, `ai`, `tool`, `system`.
    pub(crate) type_name: RawJson<'a>,
    /// `role`, as callers write it in the manner of `OpenAI`: `user`, `assistant`, `tool`, `system`.
    pub(crate) role: RawJson<'a>,
}

impl<'a> RoleMembers<'a> {
    /// The role by the first of class, type and role that is a string.
    pub(crate) fn role(self) -> Role<'a> {
        let name = self
            .class
            .text()
            .or_else(|| self.type_name.text())
            .or_else(|| self.role.text());
        let Some(name) = name else {
            return Role::Unknown;
        };
        match &*name {
            "human" | "user" | "HumanMessage" | "HumanMessageChunk" => Role::Human,
            "ai" | "assistant" | "AIMessage" | "AIMessageChunk" => Role::Ai,
            "tool" | "ToolMessage" | "ToolMessageChunk" => Role::Tool,
            "system" | "SystemMessage" | "SystemMessageChunk" => Role::System,
            _ => Role::Other(name),
        }
    }
}

impl Role<'_> {
    /// The label on a page.
    #[must_use]
    pub(crate) fn label(&self) -> &'static str {
        match self {
            Self::Human => "Human",
            Self::Ai => "AI",
            Self::Tool => "Tool",
            Self::System => "System",
            Self::Other(_) | Self::Unknown => "Message",
        }
    }
}

/// Whether a message is a constructor record of @langchain/langgraph-api, `{lc, type: "constructor", id: [.., class], kwargs: {..}}`, whose
/// fields are those of `kwargs`.
pub(crate) fn is_constructor(lc: RawJson<'_>, type_name: RawJson<'_>) -> bool {
    lc.is_present() && type_name.text().as_deref() == Some("constructor")
}
