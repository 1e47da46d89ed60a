//! What the doctor is asked.

use std::net::IpAddr;

use super::policy::Policy;
use super::version::Version;

/// What is known of the host name of a URL, on the machine on which LangGraph runs.
#[derive(Clone, Copy, Debug)]
pub enum Name<'a> {
    /// It was not looked up.
    Unknown,
    /// It has no address.
    Unresolved,
    /// It has these addresses.
    Resolved(&'a [IpAddr]),
}

/// What the doctor is asked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The value of `webhook`.
    pub url: &'a str,
    /// The server's version.
    pub version: Version,
    /// What the server's `langgraph.json` says.
    pub policy: &'a Policy,
    /// What is known of the URL's name.
    pub name: Name<'a>,
}
