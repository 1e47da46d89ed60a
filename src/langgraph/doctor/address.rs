//! Parses a webhook URL as the server does.
//!
//! **Invariant:** the rules are those of Python's `urllib.parse`, not of browsers: a scheme is not required, and a host may contain any
//! character. No host name is looked up.

use std::net::{IpAddr, Ipv4Addr};

/// The parts of a URL that the server checks.
#[derive(Debug)]
pub(super) struct Address {
    /// In lower case; empty if there is none.
    pub(super) scheme: String,
    /// In lower case, without brackets; empty if there is none.
    pub(super) host: String,
    pub(super) port: Port,
    pub(super) has_userinfo: bool,
    pub(super) has_fragment: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Port {
    None,
    Number(u16),
    /// The server's error text.
    Wrong(String),
}

impl Address {
    /// # Errors
    /// The server's text for a URL that it cannot parse.
    pub(super) fn read(url: &str) -> Result<Self, String> {
        let url: String = url
            .trim_start_matches(|letter| letter <= ' ')
            .chars()
            .filter(|letter| !matches!(letter, '\t' | '\r' | '\n'))
            .collect();
        let (scheme, rest) = split_scheme(&url);
        let behind = rest.strip_prefix("//");
        let authority = behind.map_or("", |behind| {
            behind.split(['/', '?', '#']).next().unwrap_or_default()
        });
        check_brackets(authority)?;
        let (userinfo, host_and_port) = match authority.rsplit_once('@') {
            Some((userinfo, rest)) => (Some(userinfo), rest),
            None => (None, authority),
        };
        let (host, port) = split_port(host_and_port);
        Ok(Self {
            scheme,
            host: host.to_lowercase(),
            port: Port::read(port),
            has_userinfo: userinfo.is_some_and(|userinfo| !userinfo.is_empty()),
            has_fragment: rest.contains('#'),
        })
    }

    /// The port that applies if the URL has none.
    pub(super) fn default_port(&self) -> u16 {
        if self.scheme == "https" { 443 } else { 80 }
    }

    /// The IP address, if the host is one and not a name; `127.1`, `2130706433` and `0x7f000001` are addresses too.
    pub(super) fn ip(&self) -> Option<IpAddr> {
        if self.host.contains(':') {
            self.host.parse().ok().map(IpAddr::V6)
        } else {
            numeric(&self.host).map(IpAddr::V4)
        }
    }

    /// Whether the host is a name such as `creel.localhost`. Browsers resolve it to loopback without DNS; Python asks the system, and glibc
    /// does not resolve such names (measured on Debian 12).
    pub(super) fn is_below_localhost(&self) -> bool {
        self.host.trim_end_matches('.').ends_with(".localhost")
    }

    /// Whether the host is not a valid DNS name: labels have 1 to 63 characters.
    pub(super) fn is_no_name(&self) -> bool {
        let mut labels: Vec<&str> = self.host.split('.').collect();
        let last = labels.pop().unwrap_or_default();
        last.len() > 63 || labels.iter().any(|label| !(1..64).contains(&label.len()))
    }
}

impl Port {
    fn read(text: &str) -> Self {
        if text.is_empty() {
            return Self::None;
        }
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            let wrong = format!("Port could not be cast to integer value as '{text}'");
            return Self::Wrong(wrong);
        }
        match text.parse() {
            Ok(number) => Self::Number(number),
            Err(_) => Self::Wrong("Port out of range 0-65535".to_owned()),
        }
    }
}

fn split_scheme(url: &str) -> (String, &str) {
    let is_scheme = |text: &str| {
        text.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    match url.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) => (scheme.to_ascii_lowercase(), rest),
        _ => (String::new(), url),
    }
}

fn check_brackets(authority: &str) -> Result<(), String> {
    let inside = match (authority.contains('['), authority.contains(']')) {
        (false, false) => return Ok(()),
        (true, true) => authority.split_once('[').map_or("", |(_, behind)| {
            behind.split(']').next().unwrap_or_default()
        }),
        _ => return Err("Invalid IPv6 URL".to_owned()),
    };
    let address = inside.split('%').next().unwrap_or_default();
    if inside.starts_with('v') {
        Ok(()) // a future address format; the server looks it up as a name
    } else if inside.parse::<Ipv4Addr>().is_ok() {
        Err("An IPv4 address cannot be in brackets".to_owned())
    } else if address.parse::<std::net::Ipv6Addr>().is_ok() {
        Ok(())
    } else {
        Err(format!(
            "'{inside}' does not appear to be an IPv4 or IPv6 address"
        ))
    }
}

fn split_port(text: &str) -> (&str, &str) {
    if let Some((_, bracketed)) = text.split_once('[') {
        let (host, behind) = bracketed.split_once(']').unwrap_or((bracketed, ""));
        return (host, behind.split_once(':').map_or("", |(_, port)| port));
    }
    text.split_once(':').unwrap_or((text, ""))
}

/// An IPv4 address in any form that `inet_aton` accepts: up to four numbers, decimal, octal (leading 0) or hexadecimal (leading 0x). The
/// last number fills the remaining bytes.
fn numeric(text: &str) -> Option<Ipv4Addr> {
    let number = |text: &str| -> Option<u32> {
        let (digits, radix) = match text.as_bytes() {
            [b'0', b'x' | b'X', ..] => (&text[2..], 16),
            [b'0', _, ..] => (&text[1..], 8),
            _ => (text, 10),
        };
        let is_digits = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
        is_digits.then(|| u32::from_str_radix(digits, radix).ok())?
    };
    let numbers: Vec<u32> = text.split('.').map(number).collect::<Option<_>>()?;
    let (last, first) = numbers.split_last()?;
    if first.len() > 3 || first.iter().any(|&number| number > 255) {
        return None;
    }
    let bytes_left = 4 - u32::try_from(first.len()).ok()?;
    if u64::from(*last) >= 1 << (8 * bytes_left) {
        return None;
    }
    let head = first.iter().fold(0, |head, &number| (head << 8) | number);
    // With no number before it, the last one fills all four bytes.
    let head = head.checked_shl(8 * bytes_left).unwrap_or(0);
    Some(Ipv4Addr::from_bits(head | last))
}

/// The URL with another host; the port and everything else stay. `None` if the URL has no `://`.
pub(super) fn with_host(url: &str, host: &str) -> Option<String> {
    let start = url.find("://")? + 3;
    let end = url[start..]
        .find(['/', '?', '#'])
        .map_or(url.len(), |at| start + at);
    let host_start = url[start..end]
        .rfind('@')
        .map_or(start, |at| start + at + 1);
    let old = &url[host_start..end];
    let host_length = match old.find(']') {
        Some(at) => at + 1,
        None => old.find(':').unwrap_or(old.len()),
    };
    let behind = &url[host_start + host_length..];
    Some(format!("{}{host}{behind}", &url[..host_start]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_spellings_of_an_ipv4_address_are_read() {
        for host in [
            "127.0.0.1",
            "127.1",
            "127.0.1",
            "2130706433",
            "0x7f000001",
            "0x7F.1",
            "0177.0.0.1",
            "017700000001",
            "127.000.000.001",
            "0x7f.0x0.0x0.0x1",
        ] {
            let address = Address::read(&format!("http://{host}:8/")).unwrap();
            assert_eq!(address.ip(), Some(Ipv4Addr::LOCALHOST.into()), "{host}");
        }
        for host in [
            "256.1.1.1",
            "1.2.3.4.5",
            "1..2",
            "0x",
            "08.1.1.1",
            "4294967296",
            "127.0.0.1.",
            "a",
        ] {
            let address = Address::read(&format!("http://{host}/")).unwrap();
            assert_eq!(address.ip(), None, "{host}");
        }
    }

    #[test]
    fn parts_are_those_that_python_finds() {
        let address = Address::read(" HTTPS://u:p@Host:81/a\n#f").unwrap();
        assert_eq!(
            (address.scheme.as_str(), address.host.as_str()),
            ("https", "host")
        );
        assert_eq!(address.port, Port::Number(81));
        assert!(address.has_userinfo && address.has_fragment);
        assert_eq!(Address::read("localhost:8080/x").unwrap().host, "");
        assert_eq!(Address::read("http://[::1]:8/").unwrap().host, "::1");
    }

    #[test]
    fn only_the_host_is_replaced() {
        for (url, expected) in [
            ("http://[::1]:80/x?a=b@c", "http://h:80/x?a=b@c"),
            ("http://u:p@0.0.0.0", "http://u:p@h"),
            ("http://x?y", "http://h?y"),
        ] {
            assert_eq!(with_host(url, "h").as_deref(), Some(expected));
        }
        assert_eq!(with_host("/path", "h"), None);
    }
}
