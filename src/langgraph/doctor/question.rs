//! The input of the doctor.
//!
//! **Invariant:** the result of the doctor depends on nothing else.

use std::net::IpAddr;

use super::policy::Policy;
use super::version::Version;

/// What is known about the URL's host name on LangGraph's machine.
#[derive(Clone, Copy, Debug)]
pub enum Name<'a> {
    /// It was not looked up.
    Unknown,
    /// It has no address.
    Unresolved,
    /// It has these addresses.
    Resolved(&'a [IpAddr]),
}

/// The input of the doctor.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The value of `webhook`.
    pub url: &'a str,
    /// The server's version.
    pub version: Version,
    /// The settings of the server's `langgraph.json`.
    pub policy: &'a Policy,
    /// What is known about the URL's host name.
    pub name: Name<'a>,
}
