//! Host names and address ranges in the server's checks.
//!
//! **Invariant:** names are compared as text and never looked up. Every entry of the tables is a valid range; an invalid one panics.

use std::net::IpAddr;

use ipnet::IpNet;

/// How versions from 0.8 on classify an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Refused, whatever the policy.
    Blocked,
    Loopback,
    Private,
    Public,
}

/// `::/96` contains `::1`, so IPv6's loopback address is blocked, and no loopback setting allows it.
const BLOCKED: &[&str] = &[
    "0.0.0.0/8",
    "169.254.0.0/16",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/96",
    "::ffff:0:0/96",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "fe80::/10",
    "ff00::/8",
];
const LOOPBACK: &[&str] = &["127.0.0.0/8"];
const PRIVATE: &[&str] = &[
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "fc00::/7",
];
/// Cloud metadata services, which expose secrets. Those in blocked ranges are not listed again.
const METADATA: &[&str] = &["100.100.100.200/32", "fd00:ec2::254/128"];

/// What 0.5 to 0.7 refuse if there is a `webhooks` block. Of IPv6, only `2000::/3` except these is allowed.
const NOT_GLOBAL: &[&str] = &[
    "0.0.0.0/8",
    "10.0.0.0/8",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/29",
    "192.0.0.170/31",
    "192.0.2.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "2001::/23",
    "2001:db8::/32",
];
const GLOBAL_V6: &[&str] = &["2000::/3"];

/// Names that count as loopback without a DNS lookup.
const LOCALHOST_NAMES: &[&str] = &["localhost", "localhost.localdomain", "host.docker.internal"];
const METADATA_NAMES: &[&str] = &[
    "metadata.google.internal",
    "metadata.amazonaws.com",
    "metadata",
    "instance-data",
];
const KUBERNETES_ENDING: &str = ".svc.cluster.local";

fn lies_in(address: IpAddr, ranges: &[&str]) -> bool {
    ranges.iter().any(|range| {
        let range: IpNet = range.parse().expect("the tables above hold ranges");
        range.contains(&address)
    })
}

/// How versions from 0.8 on classify an address.
pub(super) fn kind(address: IpAddr) -> Kind {
    if lies_in(address, BLOCKED) {
        Kind::Blocked
    } else if lies_in(address, LOOPBACK) {
        Kind::Loopback
    } else if lies_in(address, PRIVATE) {
        Kind::Private
    } else {
        Kind::Public
    }
}

pub(super) fn is_metadata(address: IpAddr) -> bool {
    lies_in(address, METADATA)
}

/// Whether 0.5 to 0.7 refuse it if there is a `webhooks` block.
pub(super) fn is_not_global(address: IpAddr) -> bool {
    lies_in(address, NOT_GLOBAL) || (address.is_ipv6() && !lies_in(address, GLOBAL_V6))
}

pub(super) fn is_localhost_name(host: &str) -> bool {
    LOCALHOST_NAMES.contains(&host)
}

pub(super) fn is_metadata_name(host: &str) -> bool {
    METADATA_NAMES.contains(&host)
}

pub(super) fn is_kubernetes_name(host: &str) -> bool {
    host.ends_with(KUBERNETES_ENDING)
}
