//! An amount that all clients share, and how much of it each of them holds.
//!
//! **Invariant:** a client takes no more than what is left free of all that it would then hold (a dynamic threshold, as in switches): with
//! many small amounts one alone gets at most half, and another one always finds some.

use std::collections::HashMap;

use super::client::ClientGroup;

/// Who holds something; `None` where the address of a client is not known.
pub(super) type Holder = Option<ClientGroup>;

#[derive(Debug)]
pub(super) struct Shares {
    free: usize,
    used: HashMap<Holder, usize>,
}

impl Shares {
    /// So much in all.
    pub(super) fn new(amount: usize) -> Self {
        Self {
            free: amount,
            used: HashMap::new(),
        }
    }

    /// Whether a client may take so much now.
    pub(super) fn has_room(&self, client: Holder, amount: usize) -> bool {
        self.used_by(client).saturating_add(amount) <= self.free
    }

    /// Takes so much for a client; false when it may not.
    pub(super) fn take(&mut self, client: Holder, amount: usize) -> bool {
        let has_room = self.has_room(client, amount);
        if has_room && amount > 0 {
            self.free -= amount;
            *self.used.entry(client).or_default() += amount;
        }
        has_room
    }

    /// Gives back some of what a client took.
    pub(super) fn give_back(&mut self, client: Holder, amount: usize) {
        self.free += amount;
        let left = self.used_by(client).saturating_sub(amount);
        if left > 0 {
            self.used.insert(client, left);
        } else {
            self.used.remove(&client);
        }
    }

    fn used_by(&self, client: Holder) -> usize {
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
