//! The client that a connection or a request is counted for.
//!
//! **Invariant:** a header is used only behind a trusted proxy, so no one can choose the client that they are counted for.

use std::net::{IpAddr, Ipv6Addr};

use actix_web::HttpRequest;
use ipnet::IpNet;

use super::forwarded;

/// Read before `Forwarded`, which most proxies do not write, but pass on as the client sent it.
const X_FORWARDED_FOR: &str = "x-forwarded-for";

/// A client: an IPv4 address, or an IPv6 /64 network, which is the least that a provider assigns to a customer.
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

/// Whether a peer is a proxy whose `X-Forwarded-For` and `Forwarded` are trusted.
#[must_use]
pub fn is_trusted(ip: IpAddr, trusted: &[IpNet]) -> bool {
    let ip = ip.to_canonical();
    trusted.iter().any(|network| network.contains(&ip))
}

/// The client of a request: its peer, or the client that a trusted proxy names, which is the last address in `X-Forwarded-For` (if there is
/// none, in `Forwarded`) that is not itself a trusted proxy. Entries before one that is not an address are not trusted: then it is the proxy that
/// wrote this entry. `None` if the connection has no peer address.
#[must_use]
pub fn of_request(request: &HttpRequest, trusted: &[IpNet]) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip().to_canonical();
    if !is_trusted(peer, trusted) {
        return Some(peer);
    }
    let lines = |name| -> Vec<_> {
        let lines = request.headers().get_all(name);
        lines
            .map(|line| String::from_utf8_lossy(line.as_bytes()))
            .collect()
    };
    Some(if request.headers().contains_key(X_FORWARDED_FOR) {
        first_untrusted(
            peer,
            forwarded::x_forwarded_for(&lines(X_FORWARDED_FOR)),
            trusted,
        )
    } else {
        first_untrusted(peer, forwarded::forwarded(&lines("forwarded")), trusted)
    })
}

/// The first address that is not a trusted proxy, beginning with a proxy that names the others; the last known one if it names nothing more.
fn first_untrusted(
    proxy: IpAddr,
    named: impl Iterator<Item = Option<IpAddr>>,
    trusted: &[IpNet],
) -> IpAddr {
    let mut client = proxy;
    for ip in named.map_while(|ip| ip) {
        client = ip;
        if !is_trusted(client, trusted) {
            break;
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use actix_web::http::header::HeaderValue;
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn ipv6_counts_by_network_and_mapped_ipv4_as_ipv4() {
        let client = |text: &str| ClientGroup::from(text.parse::<IpAddr>().unwrap());
        assert_eq!(client("2001:db8::1"), client("2001:db8::ffff:2"));
        assert_ne!(client("2001:db8:0:1::1"), client("2001:db8::1"));
        assert_eq!(client("::ffff:192.0.2.1"), client("192.0.2.1"));
        assert_ne!(client("192.0.2.1"), client("192.0.2.2"));
    }

    #[test]
    fn the_last_address_that_is_no_trusted_proxy_is_the_client() {
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let client = |peer: &str, lines: &[&[u8]]| {
            let mut request =
                TestRequest::default().peer_addr(SocketAddr::new(peer.parse().unwrap(), 1));
            for line in lines {
                let line = HeaderValue::from_bytes(line).unwrap();
                request = request.append_header(("X-Forwarded-For", line));
            }
            of_request(&request.to_http_request(), &trusted).map(|ip| ip.to_string())
        };
        let is = |ip: &str| Some(ip.to_owned());
        assert_eq!(client("192.0.2.1", &[b"192.0.2.9"]), is("192.0.2.1"));
        for peer in ["10.0.0.1", "::ffff:10.0.0.1"] {
            let client = |lines: &[&[u8]]| client(peer, lines);
            assert_eq!(client(&[]), is("10.0.0.1"));
            assert_eq!(client(&[b"192.0.2.9"]), is("192.0.2.9"));
            let chain: &[&[u8]] = &[b"192.0.2.8", b"\xff, 192.0.2.9, 10.0.0.2"];
            assert_eq!(client(chain), is("192.0.2.9"));
            assert_eq!(client(&[b"192.0.2.9, unknown"]), is("10.0.0.1"));
        }
    }
}
