//! Who a connection or a request is counted for.
//!
//! **Invariant:** a header decides only behind a trusted proxy, so nobody can choose whom they are counted for.

use std::net::{IpAddr, Ipv6Addr};

use ipnet::IpNet;

use crate::domain::head::Head;

/// A client: an IPv4 address, or an IPv6 network of 64 bits, which is what one customer of a provider has at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientGroup(IpAddr);

impl From<IpAddr> for ClientGroup {
    fn from(ip: IpAddr) -> Self {
        Self(match ip.to_canonical() {
            IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64)),
            v4 @ IpAddr::V4(_) => v4,
        })
    }
}

/// Whether a peer's `X-Forwarded-For` is believed.
#[must_use]
pub fn is_trusted(ip: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&ip))
}

/// The client of a request with this head, see [`address`].
#[must_use]
pub fn of_request(peer: IpAddr, head: &Head, trusted: &[IpNet]) -> IpAddr {
    if trusted.is_empty() {
        return peer;
    }
    let lines = head
        .headers()
        .filter(|(name, _)| name.eq_ignore_ascii_case("x-forwarded-for"));
    let lines: Vec<_> = lines.map(|(_, line)| line).collect();
    address(peer, &lines, trusted)
}

/// The peer, or the client that a trusted proxy names: the last address of `X-Forwarded-For` that is not a trusted proxy itself. `lines`
/// are the values of that header in order.
#[must_use]
pub fn address(peer: IpAddr, lines: &[impl AsRef<str>], trusted: &[IpNet]) -> IpAddr {
    let mut client = peer;
    if !is_trusted(peer, trusted) {
        return client;
    }
    let hops = lines
        .iter()
        .rev()
        .flat_map(|line| line.as_ref().rsplit(','));
    for hop in hops {
        let Ok(ip) = hop.trim().parse() else { break };
        client = ip;
        if !is_trusted(client, trusted) {
            break;
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ipv6_counts_by_network_and_mapped_ipv4_as_ipv4() {
        let client = |text: &str| ClientGroup::from(text.parse::<IpAddr>().unwrap());
        assert_eq!(client("2001:db8::1"), client("2001:db8::ffff:2"));
        assert_ne!(client("2001:db8:0:1::1"), client("2001:db8::1"));
        assert_eq!(client("::ffff:192.0.2.1"), client("192.0.2.1"));
        assert_ne!(client("192.0.2.1"), client("192.0.2.2"));
    }
}
