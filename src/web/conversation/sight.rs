//! What a view looks at, found once: the messages of a page, or a value somewhere in the state.

use super::super::human;
use super::super::text::Line;
use super::super::view::View;
use super::cut::{Budget, Cut};
use super::message;
use super::tree::{self, Branch};
use super::{Crumb, Earlier, Part, Spot, link};
use crate::domain::delivery::Delivery;
use crate::json::{JsonPath, JsonType, Located, Sought};
use crate::langgraph::RunBody;
use crate::langgraph::conversation::{Conversation, MessagePage};

/// How many messages a page holds.
const MESSAGES_MAX: usize = 50;
/// How much the messages of a page may weigh.
const MESSAGES_WEIGHT_MAX: usize = 384 * 1024;
/// Names of places are shortened to this.
const CRUMB_WEIGHT_MAX: usize = 120;

/// What a view looks at.
pub(super) struct Sight<'a> {
    view: View,
    spot: Spot,
    /// All of the state.
    root: Located<'a>,
    /// The messages, where it is they that are looked at.
    pub(super) messages: Option<Conversation<'a>>,
    /// The value, where one is looked at, and the names on the way to it.
    value: Option<(Located<'a>, Sought<'a>)>,
}

impl<'a> Sight<'a> {
    /// `None` where there is no state.
    pub(super) fn of(delivery: &'a Delivery, view: View, spot: Spot) -> Option<Self> {
        let body = RunBody::parse(&delivery.body);
        let state = body.state()?;
        let messages = match spot.at {
            Some(_) => None,
            None => body.conversation(),
        };
        let path = spot.at.unwrap_or_default();
        let along = match messages {
            Some(_) => None,
            None => state.seek(path),
        };
        let place = |along: Sought<'a>| {
            let value = along.value;
            (Located { path, value }, along)
        };
        Some(Self {
            view,
            spot,
            root: Located {
                path: JsonPath::default(),
                value: state,
            },
            messages,
            value: along.map(place),
        })
    }

    pub(super) fn part(&self) -> Part {
        let from = self.spot.from.unwrap_or(0);
        match (self.messages, &self.value) {
            (Some(conversation), _) => {
                let window = window(conversation, self.spot.from);
                let nowhere = window.messages.is_empty() && from > 0;
                if nowhere {
                    Part::Nothing
                } else {
                    messages(&window, self.view)
                }
            }
            (None, Some((place, _))) => value(*place, self.view, from),
            (None, None) => Part::Nothing,
        }
    }

    /// Where the messages behind those of the page begin, if it does not end with the last one.
    pub(super) fn later(&self, count: u64) -> Option<Spot> {
        let from = self.spot.from.filter(|_| self.messages.is_some())?;
        let next = page_start(from).checked_add(MESSAGES_MAX)?;
        ((next as u64) < count).then(|| Spot::message(next))
    }

    /// How much there is of a value.
    pub(super) fn size(&self) -> String {
        let Some((place, _)) = self.value else {
            return String::new();
        };
        match place.value.json_type() {
            JsonType::Object | JsonType::Array => tree::size(place),
            _ => human::bytes(place.value.json().len() as u64),
        }
    }

    /// The way to the value that is looked at.
    pub(super) fn crumbs(&self) -> Vec<Crumb> {
        let (Some(_), Some((place, along))) = (self.spot.at, &self.value) else {
            return Vec::new();
        };
        let mut crumbs = vec![Crumb {
            label: Line("values".to_owned()),
            href: link(self.view, Spot::WHOLE),
        }];
        let mut path = JsonPath::default();
        for (step, name) in place.path.positions().iter().zip(&along.names) {
            path = path.child(*step as usize);
            let label = match name {
                Some(name) => Budget::new(CRUMB_WEIGHT_MAX).line(name, CRUMB_WEIGHT_MAX),
                None => step.to_string(),
            };
            crumbs.push(Crumb {
                label: Line(label),
                href: link(self.view, Spot::value(path)),
            });
        }
        crumbs
    }

    /// What the state holds beside its messages, on the page of the last ones.
    pub(super) fn rest(&self) -> Option<Branch> {
        let messages = self.messages.filter(|_| self.spot == Spot::WHOLE)?;
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

/// The page of messages that holds that one, else the last page, which is not short: a page and a half at most, half a one at least.
fn window(conversation: Conversation<'_>, from: Option<usize>) -> MessagePage<'_> {
    if let Some(from) = from {
        return conversation.page(page_start(from), MESSAGES_MAX);
    }
    let start = page_start(conversation.count().saturating_sub(MESSAGES_MAX / 2));
    conversation.page(start, usize::MAX)
}

/// Where the page begins that holds a message. Pages never overlap, so that one can be put before another.
fn page_start(position: usize) -> usize {
    position / MESSAGES_MAX * MESSAGES_MAX
}

fn messages(window: &MessagePage<'_>, view: View) -> Part {
    let mut budget = Budget::new(MESSAGES_WEIGHT_MAX);
    let first = window
        .messages
        .first()
        .map_or(0, |message| message.position);
    let before = first.checked_sub(MESSAGES_MAX);
    Part::Messages {
        earlier: before.map(|from| Earlier {
            href: link(view, Spot::message(from)),
            first: from + 1,
            last: first,
        }),
        messages: message::messages(window, view, &mut budget),
    }
}

fn value(place: Located<'_>, view: View, from: usize) -> Part {
    let mut budget = Budget::new(tree::TREE_WEIGHT_MAX);
    match place.value.json_type() {
        JsonType::String => Part::Text(Cut::part(place, view, from)),
        JsonType::Object | JsonType::Array => {
            Part::Branch(Branch::new(place, view, (from, None), &mut budget))
        }
        JsonType::Number | JsonType::Literal => {
            Part::Branch(Branch::alone(place, view, &mut budget))
        }
    }
}
