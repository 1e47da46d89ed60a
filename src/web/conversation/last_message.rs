//! The last message of a conversation in brief, for the Overview tab, after the last human message before it.
//!
//! **Invariant:** at most two messages are shown, and only the beginning of each; a link leads to the conversation.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::domain::run::Run;
use crate::langgraph::RunBody;
use crate::web::conversation::message_excerpt::MessageExcerpt;
use crate::web::links::state_ref::StateRef;
use crate::web::links::view::View;

/// The end of a conversation.
#[derive(Debug, Template)]
#[template(path = "_last_message.html")]
pub(crate) struct LastMessage {
    /// The last human message, if it is not the last message; then the last message.
    excerpts: Vec<MessageExcerpt>,
    href: String,
    count: u64,
}

impl HtmlSafe for LastMessage {}

impl LastMessage {
    /// `None` if there is no message.
    pub(crate) fn of(run: &Run, body: &RunBody<'_>, view: View) -> Option<Self> {
        let count = run.messages.filter(|count| *count > 0)?;
        let (last, human) = body.conversation()?.last();
        let last = last?;
        let human = human.filter(|human| human.position != last.position);
        let excerpts = human
            .iter()
            .chain([&last])
            .map(MessageExcerpt::of)
            .collect();
        Some(Self {
            excerpts,
            href: format!("{}#m{count}", view.state_href(StateRef::WHOLE)),
            count,
        })
    }
}
