//! JSON as received. It is read without building a tree of values.
//!
//! **Invariant:** key order, number spelling, repeats and escapes stay as received, and the stack does not grow with the depth of a text.
//!
//! | file | what it does |
//! |---|---|
//! | `raw` | one value as a slice of the text |
//! | `lenient` | reads the known members of an object, whatever their types |
//! | `length` | the length of a value as JSON |
//! | `node` | type and children of a value |
//! | `nonfinite` | `NaN` and infinities, which are not JSON but occur |
//! | `path`, `located`, `seek` | a path of positions, a value with its path, the value at the end of a path |
//! | `token` | cuts a text into tokens |
//! | `hashed` | a tree whose nodes can be compared |

mod hashed;
mod length;
mod lenient;
mod located;
mod node;
mod nonfinite;
mod path;
mod raw;
mod seek;
mod token;

pub(crate) use hashed::{Decoded, HashedNode, HashedTree};
pub(crate) use length::json_bytes;
pub(crate) use lenient::{
    Container, Lenient, MemberName, lenient_object, pass_over_scalars, read_element, read_member,
    skip_member,
};
pub(crate) use located::Located;
pub(crate) use node::{Child, JsonType};
pub(crate) use nonfinite::{find_nonfinite, without_nonfinite};
pub(crate) use path::JsonPath;
pub(crate) use raw::{RawJson, parse_or_repair, parse_repaired, without_bom};
pub(crate) use seek::Sought;
pub(crate) use token::{TokenKind, Tokens};
