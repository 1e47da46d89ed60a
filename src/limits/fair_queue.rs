//! An amount that clients share and wait for, each in a queue of its own.
//!
//! **Invariant:** a request that waits holds nothing. While it has no room, later requests of other clients that have room may pass it;
//! later requests of the same client never do.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::shares::{Holder, Shares};

#[derive(Debug)]
pub(super) struct FairQueue {
    size: usize,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    shares: Shares,
    /// No queue in it is empty.
    waiting: HashMap<Holder, VecDeque<Waiting>>,
    tickets: u64,
}

#[derive(Debug)]
struct Waiting {
    /// Grows with each one that waits.
    ticket: u64,
    amount: usize,
    /// Says that the amount is taken for it.
    taken: oneshot::Sender<()>,
}

/// What a client holds; free again when this is dropped.
#[derive(Debug)]
pub(super) struct Held {
    queue: Arc<FairQueue>,
    client: Holder,
    amount: usize,
}

/// A place in a queue. When it goes, so does the request or what was taken for it.
struct Place {
    queue: Arc<FairQueue>,
    client: Holder,
    amount: usize,
    ticket: u64,
    is_held: bool,
}

impl FairQueue {
    /// So much in all.
    pub(super) fn new(size: usize) -> Self {
        let size = size.max(1);
        Self {
            size,
            state: Mutex::new(State {
                shares: Shares::new(size),
                waiting: HashMap::new(),
                tickets: 0,
            }),
        }
    }

    /// So much of it for a client, as soon as that has room. More than all of it is all of it.
    pub(super) async fn take(self: &Arc<Self>, client: Holder, amount: usize) -> Held {
        let amount = amount.min(self.size);
        let (mut place, taken) = {
            let mut state = self.lock();
            if !state.waiting.contains_key(&client) && state.shares.take(client, amount) {
                return self.held(client, amount);
            }
            let (sender, taken) = oneshot::channel();
            let ticket = state.enqueue(client, amount, sender);
            let place = Place {
                queue: Arc::clone(self),
                client,
                amount,
                ticket,
                is_held: false,
            };
            (place, taken)
        };
        // The place leaves its queue with this future, so the sender is not dropped before.
        let _ = taken.await;
        place.is_held = true;
        self.held(client, amount)
    }

    fn held(self: &Arc<Self>, client: Holder, amount: usize) -> Held {
        Held {
            queue: Arc::clone(self),
            client,
            amount,
        }
    }

    fn give_back(&self, client: Holder, amount: usize) {
        let mut state = self.lock();
        state.shares.give_back(client, amount);
        state.serve();
    }

    // No code panics while it holds this lock, so a poisoned one is whole.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn enqueue(&mut self, client: Holder, amount: usize, taken: oneshot::Sender<()>) -> u64 {
        self.tickets += 1;
        let ticket = self.tickets;
        let waiting = Waiting {
            ticket,
            amount,
            taken,
        };
        self.waiting.entry(client).or_default().push_back(waiting);
        ticket
    }

    /// Takes for everybody that waits first of its client and has room, in the order in which they came.
    fn serve(&mut self) {
        loop {
            let firsts = self.waiting.iter().filter_map(|(client, queue)| {
                let first = queue.front()?;
                let has_room = self.shares.has_room(*client, first.amount);
                has_room.then_some((first.ticket, *client))
            });
            let Some((ticket, client)) = firsts.min_by_key(|(ticket, _)| *ticket) else {
                return;
            };
            if let Some(first) = self.leave(client, ticket) {
                self.shares.take(client, first.amount);
                let _ = first.taken.send(());
            }
        }
    }

    /// Takes one out of its queue; `None` when it is not there any more.
    fn leave(&mut self, client: Holder, ticket: u64) -> Option<Waiting> {
        let queue = self.waiting.get_mut(&client)?;
        let at = queue.binary_search_by_key(&ticket, |waiting| waiting.ticket);
        let left = queue.remove(at.ok()?);
        if queue.is_empty() {
            self.waiting.remove(&client);
        }
        left
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.is_held {
            return;
        }
        let mut state = self.queue.lock();
        if state.leave(self.client, self.ticket).is_none() {
            state.shares.give_back(self.client, self.amount);
        }
        state.serve();
    }
}

impl Held {
    /// Gives back what is more than `amount`.
    pub(super) fn shrink(&mut self, amount: usize) {
        let more = self.amount.saturating_sub(amount);
        self.amount -= more;
        self.queue.give_back(self.client, more);
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.queue.give_back(self.client, self.amount);
    }
}

#[cfg(test)]
mod tests;
