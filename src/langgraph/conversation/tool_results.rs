//! Matches tool results to tool calls: a result belongs to the latest call before it with its id. Ids are the sender's and may repeat.
//!
//! **Invariant:** only data about the messages of one page is kept, however many messages there are.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::fields::MessageFields;
use super::message::Message;
use super::tool_calls::CALLS_MAX;
use crate::json::{Located, RawJson};

/// The places of a call's results.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ToolResults {
    /// Those on the page, as indices into its messages.
    pub(crate) on_page: Vec<usize>,
    /// The first elsewhere, as the position of its message.
    pub(crate) elsewhere: Option<usize>,
}

/// The place of a message's call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum CallOf {
    /// The message is not a result.
    #[default]
    NotAResult,
    /// On the page: the result is among the call's [`ToolResults`].
    OnPage,
    /// Elsewhere, in the message at this position.
    Elsewhere(usize),
    /// No call before it has its id.
    NoCall,
}

/// The calls and results of a page that belong together.
#[derive(Debug, Default)]
pub(super) struct Matches {
    /// By index of the message on the page, and of the call in the message.
    pub(super) results: HashMap<(usize, usize), ToolResults>,
    /// By index of the message on the page.
    pub(super) calls: HashMap<usize, CallOf>,
}

impl Matches {
    /// Searches the complete list, because the other half of a pair may be on another page.
    pub(super) fn find<'a>(list: RawJson<'a>, page: &[Message<'a>]) -> Self {
        let mut search = Search {
            wanted: page.iter().flat_map(ids).collect(),
            first: page.first().map_or(0, |message| message.position),
            length: page.len(),
            latest: HashMap::new(),
            matches: Self::default(),
        };
        if !search.wanted.is_empty() {
            list.each(|child| {
                // Paths do not matter here.
                let message = Located {
                    value: child.value,
                    ..Located::default()
                };
                search.visit(child.position, &MessageFields::of(message));
            });
        }
        search.matches
    }
}

fn ids<'m, 'a>(message: &'m Message<'a>) -> impl Iterator<Item = &'m str> + use<'m, 'a> {
    let calls = message.calls.iter().filter_map(|call| call.id.as_deref());
    calls.chain(message.tool_call_id.as_deref())
}

struct Search<'m, 'a> {
    /// The ids on the page.
    wanted: HashSet<&'m str>,
    /// The position of the page's first message.
    first: usize,
    length: usize,
    /// Position of the message and of its call, for the latest call with that id so far.
    latest: HashMap<Cow<'a, str>, (usize, usize)>,
    matches: Matches,
}

impl<'a> Search<'_, 'a> {
    fn visit(&mut self, position: usize, fields: &MessageFields<'a>) {
        if let Some(id) = fields.tool_call_id() {
            self.match_result(position, &id);
        }
        fields.each_call(|found| {
            let id = found.call.value.member("id");
            let id = id.and_then(|id| id.value.text());
            if let Some(id) = id.filter(|id| self.wanted.contains(&**id)) {
                self.latest.insert(id, (position, found.position));
            }
        });
    }

    fn match_result(&mut self, position: usize, id: &str) {
        let call = self.latest.get(id).copied();
        let result_on_page = self.index(position);
        let call_on_page = call.and_then(|(message, call)| Some((self.index(message)?, call)));
        // A call beyond `CALLS_MAX` is not shown, and its result cannot be shown below it.
        let call_on_page = call_on_page.filter(|(_, call)| *call < CALLS_MAX);
        if let Some(result) = result_on_page {
            let call_of = match (call, call_on_page) {
                (None, _) => CallOf::NoCall,
                (Some(_), Some(_)) => CallOf::OnPage,
                (Some((message, _)), None) => CallOf::Elsewhere(message),
            };
            self.matches.calls.insert(result, call_of);
        }
        if let Some(call) = call_on_page {
            let results = self.matches.results.entry(call).or_default();
            match result_on_page {
                Some(result) => results.on_page.push(result),
                None => results.elsewhere = results.elsewhere.or(Some(position)),
            }
        }
    }

    /// The index on the page of the message at this position.
    fn index(&self, position: usize) -> Option<usize> {
        let index = position.checked_sub(self.first)?;
        (index < self.length).then_some(index)
    }
}
