//! The program: parse, run one command, print what went wrong, exit.

fn main() {}
