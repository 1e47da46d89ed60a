//! The address of the client: the other end of the connection, or whom a trusted proxy names.
//!
//! **Invariant:** a header line counts only as far as trusted proxies have written it.

use std::net::IpAddr;

use ipnet::IpNet;

/// The peer, or the last address of `X-Forwarded-For` that is not a trusted proxy itself. `lines` are the values of that header in order.
#[must_use]
pub fn address(peer: IpAddr, lines: &[impl AsRef<str>], trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |ip: &IpAddr| trusted.iter().any(|network| network.contains(ip));
    let mut client = peer;
    if !is_trusted(&peer) {
        return client;
    }
    let hops = lines
        .iter()
        .rev()
        .flat_map(|line| line.as_ref().rsplit(','));
    for hop in hops {
        let Ok(ip) = hop.trim().parse() else { break };
        client = ip;
        if !is_trusted(&client) {
            break;
        }
    }
    client
}
