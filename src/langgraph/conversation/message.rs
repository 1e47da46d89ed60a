//! One message in either form: that of langgraph-api (`{type: "ai", content, ..}`) and the constructor record of
//! @langchain/langgraph-api (`{lc, type: "constructor", id: [.., "AIMessage"], kwargs: {..}}`). A message that a graph keeps as it was
//! given (`{role, content}`) is read, too; what is none of them is a message of which nothing is known.

use std::borrow::Cow;

use super::block::Blocks;
use super::fields::{Fields, text};
use crate::langgraph::tree::{Child, Node, Path};

/// How many calls of a message are read one by one; the others are in its JSON.
pub(super) const CALLS_MAX: usize = 20;

/// A value and the way to it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place<'a> {
    /// The way from the root of the state.
    pub path: Path,
    /// The value.
    pub node: Node<'a>,
}

impl<'a> Place<'a> {
    /// A child of its value.
    #[must_use]
    pub fn child(self, child: &Child<'a>) -> Self {
        Self {
            path: self.path.child(child.position),
            node: child.node,
        }
    }
}

/// Who speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// A person, or a program in the place of one.
    Human,
    /// A model.
    Ai,
    /// The result of a tool.
    Tool,
    /// Instructions.
    System,
    /// A word that is none of these.
    Other(Cow<'a, str>),
    /// Nothing tells.
    Unknown,
}

impl Kind<'_> {
    /// A word for it.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self {
            Self::Human => "Human",
            Self::Ai => "AI",
            Self::Tool => "Tool",
            Self::System => "System",
            Self::Other(_) | Self::Unknown => "Message",
        }
    }
}

/// A message.
#[derive(Clone, Debug)]
pub struct Message<'a> {
    /// Which one it is, from 0 up.
    pub position: usize,
    /// All of it.
    pub whole: Place<'a>,
    /// Who speaks.
    pub kind: Kind<'a>,
    /// Name of the speaker or of the tool.
    pub name: Option<Cow<'a, str>>,
    /// Its id.
    pub id: Option<Cow<'a, str>>,
    /// What is said.
    pub blocks: Blocks<'a>,
    /// The first of the tool calls, those that are invalid last.
    pub calls: Vec<Call<'a>>,
    /// How many there are.
    pub calls_count: usize,
    /// Which call this is the result of.
    pub answers: Option<Cow<'a, str>>,
    /// `success` or `error`, of a result.
    pub status: Option<Cow<'a, str>>,
    /// Tokens that a model counted.
    pub usage: Option<Usage>,
}

/// A call of a tool that a model asks for.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    /// All of it.
    pub whole: Place<'a>,
    /// Name of the tool.
    pub name: Option<Cow<'a, str>>,
    /// What it is called with.
    pub args: Option<Place<'a>>,
    /// By what a result is known to be its.
    pub id: Option<Cow<'a, str>>,
    /// Whether it came among `invalid_tool_calls`.
    pub invalid: bool,
    /// What is wrong with an invalid one.
    pub error: Option<Cow<'a, str>>,
}

/// `usage_metadata` of a message, or a sum of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens in.
    pub input: Option<u64>,
    /// Tokens out.
    pub output: Option<u64>,
    /// As the sender summed both up.
    pub total: Option<u64>,
}

impl<'a> Message<'a> {
    pub(super) fn read(whole: Place<'a>, position: usize) -> Self {
        let fields = Fields::of(whole);
        let mut calls = Vec::new();
        fields.each_call(|call| {
            if calls.len() < CALLS_MAX {
                calls.push(Call::read(call.place, call.invalid));
            }
        });
        Self {
            position,
            whole,
            kind: fields.kind(),
            name: text(fields.name),
            id: text(fields.id),
            blocks: fields.blocks(whole),
            calls,
            calls_count: fields.calls_count(),
            answers: fields.answers(),
            status: text(fields.status),
            usage: fields
                .usage_metadata
                .and_then(|usage| Usage::read(usage.node)),
        }
    }
}

impl<'a> Call<'a> {
    fn read(whole: Place<'a>, invalid: bool) -> Self {
        let mut call = Self {
            whole,
            name: None,
            args: None,
            id: None,
            invalid,
            error: None,
        };
        whole.node.each(|child| call.note(whole, &child));
        call
    }

    /// Takes what is known of a call, and of the function in it, the form in which models of `OpenAI` call.
    fn note(&mut self, place: Place<'a>, child: &Child<'a>) {
        match child.name().as_deref() {
            Some("name") => self.name = child.node.text(),
            Some("args" | "arguments") => self.args = Some(place.child(child)),
            Some("id") => self.id = child.node.text(),
            Some("error") => self.error = child.node.text(),
            Some("function") => {
                let function = place.child(child);
                child
                    .node
                    .each(|inner| self.note_function(function, &inner));
            }
            _ => {}
        }
    }

    fn note_function(&mut self, place: Place<'a>, child: &Child<'a>) {
        match child.name().as_deref() {
            Some("name") => self.name = child.node.text(),
            Some("arguments") => self.args = Some(place.child(child)),
            _ => {}
        }
    }
}

impl Usage {
    fn read(node: Node<'_>) -> Option<Self> {
        let mut usage = Self::default();
        node.each(|child| match child.name().as_deref() {
            Some("input_tokens") => usage.input = child.node.number(),
            Some("output_tokens") => usage.output = child.node.number(),
            Some("total_tokens") => usage.total = child.node.number(),
            _ => {}
        });
        (usage != Self::default()).then_some(usage)
    }
}
