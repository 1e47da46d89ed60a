//! Sizes for people.
//!
//! **Invariant:** a size is rounded down, so it never claims bytes that are not there.

/// `812 B`, `2.7 kB`, `10.4 MB`: decimal units, rounded down.
#[must_use]
pub fn bytes(count: u64) -> String {
    let tenths = |unit: u64| format!("{}.{}", count / unit, count % unit * 10 / unit);
    match count {
        0..1_000 => format!("{count} B"),
        1_000..1_000_000 => format!("{} kB", tenths(1_000)),
        1_000_000..1_000_000_000 => format!("{} MB", tenths(1_000_000)),
        _ => format!("{} GB", tenths(1_000_000_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_readable() {
        let sizes = [0, 999, 2_691, 10_485_760, 7_000_000_000].map(bytes);
        assert_eq!(sizes, ["0 B", "999 B", "2.6 kB", "10.4 MB", "7.0 GB"]);
    }
}
