//! What creel can be told to do, a file each. Only here and in `main` may anything be printed.

pub mod doctor;
pub mod send;
pub mod serve;
