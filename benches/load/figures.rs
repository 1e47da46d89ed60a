//! Medians and spreads.
//!
//! **Invariant:** a figure is never shown more exact than the rounds that it came from: its spread stands beside it.

/// Median, lowest and highest.
#[derive(Clone, Copy, serde::Serialize)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    low: f64,
    high: f64,
}

impl Spread {
    /// `None` of nothing.
    pub(crate) fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        let (low, high) = (*values.first()?, *values.last()?);
        let median = quantile(&values, 0.5);
        Some(Self { median, low, high })
    }

    /// The median, with the spread behind it where there is one.
    pub(crate) fn text(self, digits: usize) -> String {
        let Self { median, low, high } = self;
        if low >= high {
            return format!("{median:.digits$}");
        }
        format!("{median:.digits$} ({low:.digits$}-{high:.digits$})")
    }
}

/// The value that so great a share of the sorted values does not exceed; 0 of none.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(rank.max(1) - 1).copied().unwrap_or_default()
}
