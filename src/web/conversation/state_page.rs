//! The part of a state that a view selects: the messages of a page, or a value.
//!
//! **Invariant:** pages of messages start at multiples of `MESSAGES_MAX` and never overlap, so that one can be inserted before another.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::json::{JsonPath, JsonType, Located, Sought};
use crate::langgraph::RunBody;
use crate::langgraph::conversation::{Conversation, MessagePage};
use crate::web::conversation::long_text::{Budget, LongText};
use crate::web::conversation::message;
use crate::web::conversation::message::MessageView;
use crate::web::conversation::tree::{self, Branch};
use crate::web::links::state_ref::StateRef;
use crate::web::links::view::View;
use crate::web::render::escape::Line;
use crate::web::render::format;

/// Messages per page.
const MESSAGES_MAX: usize = 50;
/// Largest weight of the messages of a page.
const MESSAGES_WEIGHT_MAX: usize = 384 * 1024;
/// Longest name in a path shown.
const CRUMB_WEIGHT_MAX: usize = 120;

/// A step of a path.
#[derive(Debug)]
pub(crate) struct Crumb {
    pub(super) label: Line,
    pub(super) href: String,
}

/// A part of a state. As a fragment, it replaces the link to it.
#[derive(Debug, Template)]
#[template(path = "_state_page.html")]
pub(crate) enum StatePart {
    Messages {
        earlier: Option<Earlier>,
        messages: Vec<MessageView>,
    },
    /// A text, from some byte on.
    Text(LongText),
    /// Children of a value, or a value without children.
    Branch(Branch),
    /// The URL does not match the state.
    Nothing,
}

impl HtmlSafe for StatePart {}

/// The messages before the shown ones.
#[derive(Debug)]
pub(crate) struct Earlier {
    href: String,
    first: usize,
    last: usize,
}

/// The part that a view selects.
pub(crate) struct StatePage<'a> {
    view: View,
    state_ref: StateRef,
    /// All of the state.
    root: Located<'a>,
    /// The messages, if they are selected.
    pub(crate) messages: Option<Conversation<'a>>,
    /// The value, if one is selected, and the names on its path.
    value: Option<(Located<'a>, Sought<'a>)>,
}

impl StatePart {
    /// The part of a delivery's state that a view selects.
    pub(crate) fn of(body: &RunBody<'_>, view: View, state_ref: StateRef) -> Self {
        StatePage::of(body, view, state_ref).map_or(Self::Nothing, |page| page.part())
    }
}

impl<'a> StatePage<'a> {
    /// `None` if there is no state.
    pub(crate) fn of(body: &RunBody<'a>, view: View, state_ref: StateRef) -> Option<Self> {
        let state = body.state()?;
        let messages = match state_ref.at {
            Some(_) => None,
            None => body.conversation(),
        };
        let path = state_ref.at.unwrap_or_default();
        let sought = match messages {
            Some(_) => None,
            None => state.seek(path),
        };
        let place = |sought: Sought<'a>| {
            let value = sought.value;
            (Located { path, value }, sought)
        };
        Some(Self {
            view,
            state_ref,
            root: Located {
                path: JsonPath::default(),
                value: state,
            },
            messages,
            value: sought.map(place),
        })
    }

    pub(crate) fn part(&self) -> StatePart {
        let from = self.state_ref.from.unwrap_or(0);
        match (self.messages, &self.value) {
            (Some(conversation), _) => {
                let page = message_page(conversation, self.state_ref.from);
                let nowhere = page.messages.is_empty() && from > 0;
                if nowhere {
                    StatePart::Nothing
                } else {
                    messages(&page, self.view)
                }
            }
            (None, Some((place, _))) => value(*place, self.view, from),
            (None, None) => StatePart::Nothing,
        }
    }

    /// Index of the first message after the page, if there is one.
    pub(crate) fn later(&self, count: u64) -> Option<StateRef> {
        let from = self.state_ref.from.filter(|_| self.messages.is_some())?;
        let next = page_start(from).checked_add(MESSAGES_MAX)?;
        ((next as u64) < count).then(|| StateRef::message(next))
    }

    /// Size of a value, as text.
    pub(crate) fn size(&self) -> String {
        let Some((place, _)) = self.value else {
            return String::new();
        };
        match place.value.json_type() {
            JsonType::Object | JsonType::Array => tree::size(place),
            _ => format::bytes(place.value.json().len() as u64),
        }
    }

    /// The path of the selected value.
    pub(crate) fn crumbs(&self) -> Vec<Crumb> {
        let (Some(_), Some((place, sought))) = (self.state_ref.at, &self.value) else {
            return Vec::new();
        };
        let mut crumbs = vec![Crumb {
            label: Line("values".to_owned()),
            href: self.view.state_href(StateRef::WHOLE),
        }];
        let mut path = JsonPath::default();
        for (step, name) in place.path.positions().iter().zip(&sought.names) {
            path = path.child(*step as usize);
            let label = match name {
                Some(name) => Budget::new(CRUMB_WEIGHT_MAX).line(name, CRUMB_WEIGHT_MAX),
                None => step.to_string(),
            };
            crumbs.push(Crumb {
                label: Line(label),
                href: self.view.state_href(StateRef::value(path)),
            });
        }
        crumbs
    }

    /// The state's values besides the messages, on the page of the last messages.
    pub(crate) fn rest(&self) -> Option<Branch> {
        let messages = self
            .messages
            .filter(|_| self.state_ref == StateRef::WHOLE)?;
        let mut budget = Budget::new(tree::TREE_WEIGHT_MAX);
        let rest = Branch::new(
            self.root,
            self.view,
            (0, Some(messages.position)),
            &mut budget,
        );
        (!rest.is_empty()).then_some(rest)
    }
}

/// The page with this message, or the last page, which has between half and one and a half times the usual number.
fn message_page(conversation: Conversation<'_>, from: Option<usize>) -> MessagePage<'_> {
    if let Some(from) = from {
        return conversation.page(page_start(from), MESSAGES_MAX);
    }
    let start = page_start(conversation.count().saturating_sub(MESSAGES_MAX / 2));
    conversation.page(start, usize::MAX)
}

/// Start of the page with this message. Pages never overlap, so one can be inserted before another.
fn page_start(position: usize) -> usize {
    position / MESSAGES_MAX * MESSAGES_MAX
}

fn messages(page: &MessagePage<'_>, view: View) -> StatePart {
    let mut budget = Budget::new(MESSAGES_WEIGHT_MAX);
    let first = page.messages.first().map_or(0, |message| message.position);
    let before = first.checked_sub(MESSAGES_MAX);
    StatePart::Messages {
        earlier: before.map(|from| Earlier {
            href: view.state_href(StateRef::message(from)),
            first: from + 1,
            last: first,
        }),
        messages: message::messages(page, view, &mut budget),
    }
}

fn value(place: Located<'_>, view: View, from: usize) -> StatePart {
    let mut budget = Budget::new(tree::TREE_WEIGHT_MAX);
    match place.value.json_type() {
        JsonType::String => StatePart::Text(LongText::part(place, view, from)),
        JsonType::Object | JsonType::Array => {
            StatePart::Branch(Branch::new(place, view, (from, None), &mut budget))
        }
        JsonType::Number | JsonType::Literal => {
            StatePart::Branch(Branch::alone(place, view, &mut budget))
        }
    }
}
