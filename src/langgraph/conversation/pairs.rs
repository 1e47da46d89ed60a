//! Which result belongs to which call: the latest call before it that has its id. Ids are the sender's and may come twice.
//!
//! **Invariant:** it keeps only what concerns the messages that are looked at, however many there are.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::fields::Fields;
use super::message::{CALLS_MAX, Message, Place};
use crate::langgraph::tree::{Node, Path};

/// Where the results of a call are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// Those among the messages that are looked at, as their places there.
    pub here: Vec<usize>,
    /// The first elsewhere, as the position of its message.
    pub elsewhere: Option<usize>,
}

/// Where the call of a result is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Asked {
    /// It is no result.
    #[default]
    NoResult,
    /// Among the messages that are looked at: it is listed in the call's answers.
    Here,
    /// Elsewhere, in the message at that position.
    Elsewhere(usize),
    /// No call before it has its id.
    Nowhere,
}

/// What belongs together among the messages of a window.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    /// By message of the window and call of the message.
    pub(super) answers: HashMap<(usize, usize), Answers>,
    /// By message of the window.
    pub(super) asked: HashMap<usize, Asked>,
}

impl Pairs {
    /// Looks for them in the whole list.
    pub(super) fn find<'a>(list: Node<'a>, window: &[Message<'a>]) -> Self {
        let mut search = Search {
            wanted: window.iter().flat_map(ids).collect(),
            first: window.first().map_or(0, |message| message.position),
            length: window.len(),
            latest: HashMap::new(),
            pairs: Self::default(),
        };
        if !search.wanted.is_empty() {
            list.each(|child| {
                // Where it stands is of no use here.
                let place = Place {
                    path: Path::default(),
                    node: child.node,
                };
                search.look(child.position, &Fields::of(place));
            });
        }
        search.pairs
    }
}

fn ids<'m, 'a>(message: &'m Message<'a>) -> impl Iterator<Item = &'m str> + use<'m, 'a> {
    let calls = message.calls.iter().filter_map(|call| call.id.as_deref());
    calls.chain(message.answers.as_deref())
}

struct Search<'m, 'a> {
    wanted: HashSet<&'m str>,
    first: usize,
    length: usize,
    /// Message and call that an id stands for, up to here.
    latest: HashMap<Cow<'a, str>, (usize, usize)>,
    pairs: Pairs,
}

impl<'a> Search<'_, 'a> {
    fn look(&mut self, position: usize, fields: &Fields<'a>) {
        if let Some(id) = fields.answers() {
            self.answer(position, &id);
        }
        fields.each_call(|call| {
            let id = call.place.node.member("id").and_then(|id| id.node.text());
            if let Some(id) = id.filter(|id| self.wanted.contains(&**id)) {
                self.latest.insert(id, (position, call.position));
            }
        });
    }

    fn answer(&mut self, position: usize, id: &str) {
        let call = self.latest.get(id).copied();
        let result_here = self.place(position);
        let call_here = call.and_then(|(message, index)| Some((self.place(message)?, index)));
        // A call that is not shown cannot have its result below it.
        let call_here = call_here.filter(|(_, index)| *index < CALLS_MAX);
        if let Some(here) = result_here {
            let asked = match (call, call_here) {
                (None, _) => Asked::Nowhere,
                (Some(_), Some(_)) => Asked::Here,
                (Some((message, _)), None) => Asked::Elsewhere(message),
            };
            self.pairs.asked.insert(here, asked);
        }
        if let Some(call) = call_here {
            let answers = self.pairs.answers.entry(call).or_default();
            match result_here {
                Some(here) => answers.here.push(here),
                None => answers.elsewhere = answers.elsewhere.or(Some(position)),
            }
        }
    }

    /// The place of a message in the window.
    fn place(&self, position: usize) -> Option<usize> {
        let place = position.checked_sub(self.first)?;
        (place < self.length).then_some(place)
    }
}
