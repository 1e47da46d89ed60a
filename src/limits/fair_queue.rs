//! An amount that clients share and wait for, with one queue per client.
//!
//! **Invariant:** a waiting request holds nothing. While it does not fit, later requests of other clients that fit may overtake it; later
//! requests of the same client never do. A client that holds as much overtakes it once, so that many small requests do not keep a large one
//! waiting for ever, and a request for the total amount does not stop everybody.

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
    /// Grows with each one that waits.
    tickets: u64,
    /// The last ticket that was given out when a client was served last: it has passed everybody that waits with that one or an earlier
    /// one. Empty while nobody waits.
    served_at: HashMap<Holder, u64>,
}

#[derive(Debug)]
struct Waiting {
    /// Incremented for each waiting request.
    ticket: u64,
    amount: usize,
    /// Signals that the amount was reserved for it.
    taken: oneshot::Sender<()>,
}

/// A client's reservation; released when this is dropped.
#[derive(Debug)]
pub(super) struct Held {
    queue: Arc<FairQueue>,
    client: Holder,
    amount: usize,
}

/// A place in a queue. When it is dropped, the request is removed, or its reservation is released.
struct Place {
    queue: Arc<FairQueue>,
    client: Holder,
    amount: usize,
    ticket: u64,
    is_held: bool,
}

impl FairQueue {
    /// A queue for this total amount.
    pub(super) fn new(size: usize) -> Self {
        let size = size.max(1);
        Self {
            size,
            state: Mutex::new(State {
                shares: Shares::new(size),
                waiting: HashMap::new(),
                tickets: 0,
                served_at: HashMap::new(),
            }),
        }
    }

    /// Waits until this amount can be reserved for a client. More than the total means the total.
    pub(super) async fn take(self: &Arc<Self>, client: Holder, amount: usize) -> Held {
        let amount = amount.min(self.size);
        let (mut place, taken) = {
            let mut state = self.lock();
            if !state.waiting.contains_key(&client)
                && state.may_be_served(client, amount, u64::MAX, state.oldest())
            {
                state.take(client, amount);
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
        // The place is removed from its queue only with this future, so the sender is not dropped earlier.
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

    // No code panics while it holds this lock, so the data of a poisoned lock is consistent.
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

    /// Reserves for the first waiting request of each client that fits and may go first, in order of arrival.
    fn serve(&mut self) {
        loop {
            let oldest = self.oldest();
            let firsts = self.waiting.iter().filter_map(|(client, queue)| {
                let first = queue.front()?;
                let may_be = self.may_be_served(*client, first.amount, first.ticket, oldest);
                may_be.then_some((first.ticket, *client))
            });
            let Some((ticket, client)) = firsts.min_by_key(|(ticket, _)| *ticket) else {
                break;
            };
            if let Some(first) = self.leave(client, ticket) {
                self.take(client, first.amount);
                let _ = first.taken.send(());
            }
        }
        let oldest = self.oldest().map_or(u64::MAX, |(ticket, _)| ticket);
        self.served_at.retain(|_, ticket| *ticket >= oldest);
    }

    fn take(&mut self, client: Holder, amount: usize) {
        self.shares.take(client, amount);
        if !self.waiting.is_empty() {
            self.served_at.insert(client, self.tickets);
        }
    }

    /// Ticket and client of the request that has waited longest for others. One that waits for its own client's reservations would wait
    /// without the others, too.
    fn oldest(&self) -> Option<(u64, Holder)> {
        let firsts = self.waiting.iter().filter_map(|(client, queue)| {
            let first = queue.front()?;
            let fits = self.shares.would_have_room_alone(*client, first.amount);
            fits.then_some((first.ticket, *client))
        });
        firsts.min_by_key(|(ticket, _)| *ticket)
    }

    /// Whether a request fits, and does not overtake `oldest` a second time.
    fn may_be_served(
        &self,
        client: Holder,
        amount: usize,
        ticket: u64,
        oldest: Option<(u64, Holder)>,
    ) -> bool {
        let has_passed = |(oldest, waits): (u64, Holder)| {
            let holds_less = self.shares.used_by(client) + amount <= self.shares.used_by(waits);
            let served_at = self.served_at.get(&client);
            waits != client
                && oldest < ticket
                && !holds_less
                && served_at.is_some_and(|served_at| *served_at >= oldest)
        };
        self.shares.has_room(client, amount) && !oldest.is_some_and(has_passed)
    }

    /// Removes a request from its queue; `None` if it is no longer there.
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
    /// Releases all but `amount`.
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
