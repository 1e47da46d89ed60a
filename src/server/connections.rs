//! All open connections, and the choice of one to close for a new one.
//!
//! **Invariant:** a new connection is always accepted; a connection that a sender may be using is closed last.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ipnet::IpNet;

use crate::limits::client::{ClientGroup, is_trusted};
use crate::limits::connection::{Connection, Overdue, Worth};
use crate::limits::{ConnectionLimits, Limit, now_ms, report_all};

/// How often connections are checked for timeouts.
const CHECK_EVERY: Duration = Duration::from_millis(500);
/// A client with more than this part of all connections loses one first.
const LARGE_PART: usize = 8;

/// The owner that connections are counted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Group {
    /// A client, directly or behind a trusted proxy.
    ClientGroup(ClientGroup),
    /// A trusted proxy whose connection has not named a client yet, or has several at a time (HTTP/2): not limited per client.
    Proxy(IpAddr),
    /// A peer without an address, because it disconnected before the address was read.
    Unknown,
}

/// The open connections.
pub(super) struct Connections {
    limits: ConnectionLimits,
    trusted: Vec<IpNet>,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    all: usize,
    groups: HashMap<Group, Vec<Arc<Connection>>>,
}

/// An open connection in the table; removed from the table when this is dropped.
pub(super) struct ConnectionEntry {
    connections: Arc<Connections>,
    connection: Arc<Connection>,
    group: Mutex<Group>,
}

impl Connections {
    pub(super) fn new(limits: ConnectionLimits, trusted: Vec<IpNet>) -> Arc<Self> {
        let table = Mutex::default();
        Arc::new(Self {
            limits,
            trusted,
            table,
        })
    }

    /// Adds a new connection; another one may be closed for it.
    pub(super) fn admit(self: &Arc<Self>, peer: Option<IpAddr>) -> Arc<ConnectionEntry> {
        let group = match peer {
            None => Group::Unknown,
            Some(ip) if is_trusted(ip, &self.trusted) => Group::Proxy(ip),
            Some(ip) => Group::ClientGroup(ip.into()),
        };
        let connection = Arc::new(Connection::default());
        let mut table = self.lock();
        let mut closed = vec![table.make_room_for_client(group, self.limits.per_client)];
        closed.push(table.make_room(self.limits.max));
        table.insert(group, Arc::clone(&connection));
        drop(table);
        closed.into_iter().flatten().for_each(Limit::took_effect);
        Arc::new(ConnectionEntry {
            connections: Arc::clone(self),
            connection,
            group: Mutex::new(group),
        })
    }

    /// Closes connections that take too long, every half second, forever.
    pub(super) async fn keep_times(self: Arc<Self>) {
        let mut ticks = tokio::time::interval(CHECK_EVERY);
        loop {
            ticks.tick().await;
            for limit in self.lock().close_overdue(&self.limits) {
                limit.took_effect();
            }
            report_all();
        }
    }

    // No code panics while it holds this lock, so the data of a poisoned lock is consistent.
    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ConnectionEntry {
    /// The connection, for handlers.
    pub(super) fn shared(&self) -> Arc<Connection> {
        Arc::clone(&self.connection)
    }

    pub(super) fn connection(&self) -> &Arc<Connection> {
        &self.connection
    }

    /// Whether its requests name their clients, one at a time.
    pub(super) fn is_of_proxy(&self, peer: IpAddr) -> bool {
        !self.connection.http2() && is_trusted(peer, &self.connections.trusted)
    }

    /// Counts it for the client that its proxy names.
    pub(super) fn belongs_to(&self, client: IpAddr) {
        let to = Group::ClientGroup(client.into());
        let mut group = self.group.lock().unwrap_or_else(PoisonError::into_inner);
        if *group == to {
            return;
        }
        let mut table = self.connections.lock();
        // A connection that was closed meanwhile is no longer in the table.
        if !table.remove(*group, &self.connection) {
            return;
        }
        let closed = table.make_room_for_client(to, self.connections.limits.per_client);
        table.insert(to, Arc::clone(&self.connection));
        *group = to;
        drop(table);
        closed.into_iter().for_each(Limit::took_effect);
    }
}

impl AsRef<Connection> for ConnectionEntry {
    fn as_ref(&self) -> &Connection {
        &self.connection
    }
}

impl Drop for ConnectionEntry {
    fn drop(&mut self) {
        self.leave();
    }
}

impl ConnectionEntry {
    /// Removes it from the table, if it is still there.
    pub(super) fn leave(&self) {
        let group = *self.group.lock().unwrap_or_else(PoisonError::into_inner);
        self.connections.lock().remove(group, &self.connection);
    }
}

impl Table {
    fn insert(&mut self, group: Group, connection: Arc<Connection>) {
        self.groups.entry(group).or_default().push(connection);
        self.all += 1;
    }

    /// Whether it was there.
    fn remove(&mut self, group: Group, connection: &Arc<Connection>) -> bool {
        let Some(members) = self.groups.get_mut(&group) else {
            return false;
        };
        let Some(at) = members.iter().position(|one| Arc::ptr_eq(one, connection)) else {
            return false;
        };
        members.swap_remove(at);
        if members.is_empty() {
            self.groups.remove(&group);
        }
        self.all -= 1;
        true
    }

    fn close(&mut self, group: Group, connection: &Arc<Connection>) {
        self.remove(group, connection);
        connection.close();
    }

    /// Closes one of a client that has reached its limit.
    fn make_room_for_client(&mut self, group: Group, per_client: usize) -> Option<Limit> {
        let members = self.groups.get(&group)?;
        if !matches!(group, Group::ClientGroup(_)) || members.len() < per_client {
            return None;
        }
        let (_, connection) = least(members, now_ms())?;
        self.close(group, &connection);
        Some(Limit::ConnectionsPerClient)
    }

    /// Closes one if the total limit is reached: one of a client with a large part of all connections, otherwise any.
    fn make_room(&mut self, max: usize) -> Option<Limit> {
        if self.all < max {
            return None;
        }
        let now = now_ms();
        let largest = self
            .groups
            .iter()
            .max_by_key(|(_, members)| members.len())?;
        let (group, connection) = if largest.1.len() > max / LARGE_PART {
            (*largest.0, least(largest.1, now)?.1)
        } else {
            let of_groups = self.groups.iter().filter_map(|(group, members)| {
                let ((worth, since), connection) = least(members, now)?;
                Some(((worth, Reverse(members.len()), since), *group, connection))
            });
            let (_, group, connection) = of_groups.min_by_key(|(order, ..)| *order)?;
            (group, connection)
        };
        self.close(group, &connection);
        Some(Limit::Connections)
    }

    /// Closes connections that take too long; returns the limits that took effect.
    fn close_overdue(&mut self, limits: &ConnectionLimits) -> Vec<Limit> {
        let now = now_ms();
        let overdue: Vec<_> = self
            .groups
            .iter()
            .flat_map(|(group, members)| members.iter().map(|one| (*group, one)))
            .filter_map(|(group, one)| Some((group, Arc::clone(one), one.overdue(now, limits)?)))
            .collect();
        let close = |(group, connection, why): (Group, Arc<Connection>, Overdue)| {
            self.close(group, &connection);
            match why {
                Overdue::Limit(limit) => Some(limit),
                Overdue::Answered408 | Overdue::Idle => None,
            }
        };
        overdue.into_iter().filter_map(close).collect()
    }
}

/// The connection to close first, and its rank.
fn least(members: &[Arc<Connection>], now: u64) -> Option<((Worth, u64), Arc<Connection>)> {
    let first = |worth: fn(Worth) -> Worth| {
        let ordered = members
            .iter()
            .map(|one| ((worth(one.worth(now)), one.changed_at()), one));
        ordered.min_by_key(|(order, _)| *order)
    };
    let (order, connection) = first(|worth| worth)?;
    if order.0 < Worth::IdleSenderOfMany {
        return Some((order, Arc::clone(connection)));
    }
    // Idle senders are more valuable than new connections. But if there are many of them, new connections would get no time to begin.
    let idle = members
        .iter()
        .filter(|one| one.worth(now) == Worth::IdleSender);
    if idle.count() * 2 <= members.len() {
        return Some((order, Arc::clone(connection)));
    }
    let (order, connection) = first(|worth| match worth {
        Worth::IdleSender => Worth::IdleSenderOfMany,
        other => other,
    })?;
    Some((order, Arc::clone(connection)))
}
