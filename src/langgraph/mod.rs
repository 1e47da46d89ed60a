//! What creel knows about the sender: reading a Run, the sender's retry rules, samples.
use crate::domain::delivery::{BodyKind, CutWhy};
use crate::domain::head::Head;
use crate::domain::run::{Reading, ReadingKind};
use crate::domain::time::Time;
/// stand-in
pub fn read(_: &Head, _: &[u8], _: Option<CutWhy>, _: Time) -> (BodyKind, Reading) {
    (BodyKind::Text, Reading::plain(ReadingKind::Text))
}
