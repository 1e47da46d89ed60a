//! Memory for the bodies that are being read or written, shared fairly by client.
//!
//! **Invariant:** a client uses at most as much as is still free (a dynamic threshold, as in network switches). A single client gets at most
//! half, and another one always finds some.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::client::ClientGroup;
use super::shares::Shares;

/// The memory that all bodies share. Clones share it.
#[derive(Clone, Debug)]
pub struct BodyMemory(Arc<Mutex<Shares>>);

impl BodyMemory {
    /// Memory of this many bytes.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        Self(Arc::new(Mutex::new(Shares::new(bytes))))
    }

    /// A client's share, initially empty.
    #[must_use]
    pub fn share(&self, client: Option<ClientGroup>) -> Share {
        Share {
            memory: self.clone(),
            client,
            bytes: 0,
        }
    }

    // No code panics while it holds this lock, so the data of a poisoned lock is consistent.
    fn lock(&self) -> MutexGuard<'_, Shares> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A client's memory for one body; released when this is dropped.
#[derive(Debug)]
pub struct Share {
    memory: BodyMemory,
    client: Option<ClientGroup>,
    bytes: usize,
}

/// No memory for this client at the moment.
#[derive(Debug, PartialEq, Eq)]
pub struct NoMemory;

impl Share {
    /// Reserves this many more bytes, without waiting: a waiting request would keep memory that others wait for.
    ///
    /// # Errors
    /// When the client would use more than is free.
    pub fn grow(&mut self, bytes: usize) -> Result<(), NoMemory> {
        if bytes > 0 && !self.memory.lock().take(self.client, bytes) {
            return Err(NoMemory);
        }
        self.bytes += bytes;
        Ok(())
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.memory.lock().give_back(self.client, self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(last: u8) -> ClientGroup {
        ClientGroup::from(std::net::IpAddr::from([192, 0, 2, last]))
    }

    #[test]
    fn one_client_gets_half_and_another_finds_room() {
        let memory = BodyMemory::new(1000);
        let mut greedy: Vec<Share> = (0..100).map(|_| memory.share(Some(client(1)))).collect();
        let held = greedy
            .iter_mut()
            .map_while(|share| share.grow(10).ok())
            .count();
        assert_eq!(held, 50);
        let mut other = memory.share(Some(client(2)));
        assert_eq!(other.grow(250), Ok(()));
        assert_eq!(other.grow(1), Err(NoMemory));
        drop(greedy);
        assert_eq!(other.grow(250), Ok(()));
    }

    #[test]
    fn a_share_that_goes_gives_back_all_that_it_took() {
        let memory = BodyMemory::new(1000);
        for _ in 0..3 {
            let mut share = memory.share(Some(client(1)));
            share.grow(300).unwrap();
            share.grow(100).unwrap();
            assert_eq!(share.grow(300), Err(NoMemory));
        }
        assert_eq!(memory.share(None).grow(1000), Ok(()));
    }
}
