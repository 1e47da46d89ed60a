//! The Conversation tab: the messages of a run's state, or the state itself where it holds none. A page shows the last messages, the
//! beginnings of long texts and the small parts of large values; whatever else there is has a link. With a script, such a link is
//! replaced by what it leads to, without one it is a page.
//!
//! **Invariant:** nothing that was received becomes an address, and what a page comes to does not depend on the size of the state.

mod cut;
mod last;
mod message;
mod spot;
mod tree;

use askama::Template;
use askama::filters::HtmlSafe;

use super::body;
use super::human;
use super::text::Line;
use super::view::{Tab, View};
use crate::domain::delivery::Delivery;
use crate::langgraph::State;
use crate::langgraph::conversation::{Conversation, Place, Window};
use crate::langgraph::tree::{Child, Path, Shape};
use cut::{Budget, Cut};
use message::MessageView;
use tree::Branch;

pub(super) use last::LastMessage;
pub(super) use spot::Spot;

/// How many messages a page holds.
const MESSAGES_MAX: usize = 50;
/// How much HTML the messages of a page may come to.
const MESSAGES_BYTES_MAX: usize = 384 * 1024;
/// Names of places are shortened to this.
const CRUMB_BYTES_MAX: usize = 120;

/// What the tab of a delivery is called; `None` where it has no state.
pub(super) fn label(delivery: &Delivery) -> Option<&'static str> {
    let run = delivery.summary.reading.run.as_deref()?;
    if run.messages.is_some() {
        return Some("Conversation");
    }
    State::of(&delivery.body).map(|_| "State")
}

/// The Conversation tab.
#[derive(Debug, Template)]
#[template(path = "_conversation.html")]
pub(super) struct ConversationTab {
    /// The way to the part that is shown, if it is not the whole.
    crumbs: Vec<Crumb>,
    /// How much there is.
    facts: String,
    /// Address of the last message.
    last_href: Option<String>,
    download_href: String,
    part: Part,
    /// Address of the messages behind those that are shown.
    later_href: Option<String>,
    /// What the state holds beside its messages.
    rest: Option<Branch>,
}

/// A place on the way to another.
#[derive(Debug)]
struct Crumb {
    label: Line,
    href: String,
}

/// A part of a state; alone, it is what takes the place of the link to it.
#[derive(Debug, Template)]
#[template(path = "_part.html")]
pub(super) enum Part {
    /// Messages.
    Messages {
        earlier: Option<Earlier>,
        messages: Vec<MessageView>,
    },
    /// A text from some byte on.
    Text(Cut),
    /// Children of a value, or a value that has none.
    Branch(Branch),
    /// An address that leads nowhere.
    Nothing,
}

impl HtmlSafe for Part {}

/// The messages before those that are shown.
#[derive(Debug)]
pub(super) struct Earlier {
    href: String,
    first: usize,
    last: usize,
}

impl Part {
    /// The part of a delivery's state that a view asks for.
    pub(super) fn of(delivery: &Delivery, view: View, spot: Spot) -> Self {
        let Some(state) = State::of(&delivery.body) else {
            return Self::Nothing;
        };
        let root = root(state);
        match (spot.at, state.conversation()) {
            (Some(path), _) => Self::at(root, path, view, spot.from.unwrap_or(0)),
            (None, Some(conversation)) => {
                let window = window(conversation, spot.from);
                let nowhere = window.messages.is_empty() && spot.from > Some(0);
                if nowhere {
                    Self::Nothing
                } else {
                    Self::messages(&window, view)
                }
            }
            (None, None) => Self::value(root, view, 0),
        }
    }

    fn messages(window: &Window<'_>, view: View) -> Self {
        let mut budget = Budget::new(MESSAGES_BYTES_MAX);
        let first = window
            .messages
            .first()
            .map_or(0, |message| message.position);
        Self::Messages {
            earlier: (first > 0).then(|| {
                let from = first.saturating_sub(MESSAGES_MAX);
                Earlier {
                    href: link(view, Spot::message(from)),
                    first: from + 1,
                    last: first,
                }
            }),
            messages: message::messages(window, view, &mut budget),
        }
    }

    fn at(root: Place<'_>, path: Path, view: View, from: usize) -> Self {
        let along = root.node.along(path);
        let node = along.map(|along| along.last().map_or(root.node, |child| child.node));
        node.map_or(Self::Nothing, |node| {
            Self::value(Place { path, node }, view, from)
        })
    }

    fn value(place: Place<'_>, view: View, from: usize) -> Self {
        let mut budget = Budget::new(tree::TREE_BYTES_MAX);
        match place.node.shape() {
            Shape::Text => Self::Text(Cut::part(place, view, from)),
            Shape::Object | Shape::List => {
                Self::Branch(Branch::new(place, view, (from, None), &mut budget))
            }
            Shape::Number | Shape::Word => Self::Branch(Branch::alone(place, view, &mut budget)),
        }
    }
}

impl ConversationTab {
    /// The tab, at the part that a view asks for.
    pub(super) fn new(delivery: &Delivery, view: View, spot: Spot) -> Self {
        let state = State::of(&delivery.body);
        let conversation = state.and_then(State::conversation);
        let count = conversation.map_or(0, |conversation| conversation.sums().0);
        let whole = spot == Spot::WHOLE;
        Self {
            crumbs: state
                .map(|state| crumbs(state, view, spot))
                .unwrap_or_default(),
            facts: state.map(|state| facts(state, spot)).unwrap_or_default(),
            last_href: (count > 1 && spot.at.is_none()).then(|| last_href(view, spot, count)),
            download_href: body::download_href(delivery),
            part: Part::of(delivery, view, spot),
            later_href: later(spot, count).map(|spot| link(view, spot)),
            rest: state
                .filter(|_| whole && conversation.is_some())
                .and_then(|state| rest(state, view)),
        }
    }
}

/// Address of a part of the state.
fn link(view: View, spot: Spot) -> String {
    view.tab(Tab::Conversation(spot)).href()
}

fn root(state: State<'_>) -> Place<'_> {
    Place {
        path: Path::default(),
        node: state.values,
    }
}

/// The page of messages that holds that one, else the last page, which is not short: a page and a half at most, half a one at least.
fn window(conversation: Conversation<'_>, from: Option<usize>) -> Window<'_> {
    if let Some(from) = from {
        return conversation.window(page_start(from), MESSAGES_MAX);
    }
    let start = page_start(conversation.count().saturating_sub(MESSAGES_MAX / 2));
    conversation.window(start, usize::MAX)
}

/// Where the page begins that holds a message. Pages never overlap, so that one can be put before another.
fn page_start(position: usize) -> usize {
    position / MESSAGES_MAX * MESSAGES_MAX
}

/// The messages behind those of a page that does not end with the last one.
fn later(spot: Spot, count: u64) -> Option<Spot> {
    let from = spot.from.filter(|_| spot.at.is_none())?;
    let next = page_start(from).checked_add(MESSAGES_MAX)?;
    ((next as u64) < count).then(|| Spot::message(next))
}

/// Address of the last message: a place on the page where it stands.
fn last_href(view: View, spot: Spot, count: u64) -> String {
    let page = match later(spot, count) {
        Some(_) => link(view, Spot::WHOLE),
        None => String::new(),
    };
    format!("{page}#m{count}")
}

/// How much there is of what is looked at.
fn facts(state: State<'_>, spot: Spot) -> String {
    let root = root(state);
    let path = spot.at.unwrap_or_default();
    if let (None, Some(conversation)) = (spot.at, state.conversation()) {
        let (count, usage) = conversation.sums();
        let messages = human::count(count, "message", "messages");
        return match message::usage(usage) {
            tokens if tokens.is_empty() => messages,
            tokens => format!("{messages}, {tokens}"),
        };
    }
    let along = root.node.along(path).unwrap_or_default();
    let node = along.last().map_or(root.node, |child| child.node);
    match node.shape() {
        Shape::Object | Shape::List => tree::size(Place { path, node }),
        _ => human::bytes(node.json().len() as u64),
    }
}

/// The way to the part that is looked at.
fn crumbs(state: State<'_>, view: View, spot: Spot) -> Vec<Crumb> {
    let Some(along) = spot.at.and_then(|path| state.values.along(path)) else {
        return Vec::new();
    };
    let mut crumbs = vec![Crumb {
        label: Line("values".to_owned()),
        href: link(view, Spot::WHOLE),
    }];
    let mut path = Path::default();
    for child in along {
        path = path.child(child.position);
        crumbs.push(crumb(&child, path, view));
    }
    crumbs
}

fn crumb(child: &Child<'_>, path: Path, view: View) -> Crumb {
    let label = match child.name() {
        Some(name) => Budget::new(CRUMB_BYTES_MAX).line(&name, CRUMB_BYTES_MAX),
        None => child.position.to_string(),
    };
    Crumb {
        label: Line(label),
        href: link(view, Spot::value(path)),
    }
}

/// What the state holds beside its messages.
fn rest(state: State<'_>, view: View) -> Option<Branch> {
    let mut budget = Budget::new(tree::TREE_BYTES_MAX);
    let messages = state.messages().map(|child| child.position);
    let rest = Branch::new(root(state), view, (0, messages), &mut budget);
    (!rest.is_empty()).then_some(rest)
}
