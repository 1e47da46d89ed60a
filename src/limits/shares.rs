//! An amount that all clients share, and the part that each client uses.
//!
//! **Invariant:** after a reservation, a client uses at most as much as is still free (a dynamic threshold, as in network switches). With
//! many small reservations, a single client gets at most half, and another one always finds some.

use std::collections::HashMap;

use super::client::ClientGroup;

/// The clients with reservations; `None` is a client with unknown address.
pub(super) type Holder = Option<ClientGroup>;

#[derive(Debug)]
pub(super) struct Shares {
    all: usize,
    free: usize,
    used: HashMap<Holder, usize>,
}

impl Shares {
    /// Shares of this total amount.
    pub(super) fn new(amount: usize) -> Self {
        Self {
            all: amount,
            free: amount,
            used: HashMap::new(),
        }
    }

    /// Whether a client may reserve this amount now.
    pub(super) fn has_room(&self, client: Holder, amount: usize) -> bool {
        self.used_by(client).saturating_add(amount) <= self.free
    }

    /// Whether a client could reserve this amount if all others had released theirs.
    pub(super) fn would_have_room_alone(&self, client: Holder, amount: usize) -> bool {
        let used = self.used_by(client);
        used.saturating_add(amount) <= self.all - used
    }

    /// Reserves this amount for a client; false if it may not.
    pub(super) fn take(&mut self, client: Holder, amount: usize) -> bool {
        let has_room = self.has_room(client, amount);
        if has_room && amount > 0 {
            self.free -= amount;
            *self.used.entry(client).or_default() += amount;
        }
        has_room
    }

    /// Releases a part of a client's reservation.
    pub(super) fn give_back(&mut self, client: Holder, amount: usize) {
        self.free += amount;
        let left = self.used_by(client).saturating_sub(amount);
        if left > 0 {
            self.used.insert(client, left);
        } else {
            self.used.remove(&client);
        }
    }

    /// How much a client holds.
    pub(super) fn used_by(&self, client: Holder) -> usize {
        self.used.get(&client).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(last: u8) -> ClientGroup {
        std::net::IpAddr::from([192, 0, 2, last]).into()
    }

    #[test]
    fn one_client_gets_half_in_small_amounts_and_another_finds_some() {
        let mut shares = Shares::new(1000);
        let taken = (0..100)
            .filter(|_| shares.take(Some(client(1)), 10))
            .count();
        assert_eq!(taken, 50);
        assert!(shares.take(Some(client(2)), 250));
        assert!(!shares.take(Some(client(2)), 1));
        shares.give_back(Some(client(1)), 500);
        assert!(shares.take(Some(client(2)), 250));
    }

    #[test]
    fn what_is_given_back_leaves_no_client_behind() {
        let mut shares = Shares::new(1000);
        for _ in 0..3 {
            assert!(shares.take(Some(client(1)), 300));
            assert!(shares.take(Some(client(1)), 100));
            assert!(!shares.take(Some(client(1)), 300));
            shares.give_back(Some(client(1)), 100);
            shares.give_back(Some(client(1)), 300);
        }
        assert_eq!((shares.free, shares.used.len()), (1000, 0));
    }
}
