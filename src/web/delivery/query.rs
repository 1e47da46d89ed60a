//! The Query tab: the target, and the parameters of its query in the order in which they were received.
//!
//! **Invariant:** the target is shown as received too, because decoding can lose bytes. Repeated parameters are all shown.

use askama::Template;

use crate::domain::delivery::Summary;
use crate::domain::target;
use crate::web::render::escape::Line;

#[derive(Template)]
#[template(path = "_query.html")]
pub(crate) struct QueryTab {
    target: Line,
    path: Line,
    pairs: Vec<Pair>,
}

struct Pair {
    name: Line,
    value: Line,
    repeated: bool,
}

impl QueryTab {
    pub(crate) fn new(delivery: &Summary) -> Self {
        let found = target::query_pairs(&delivery.target);
        let pair = |(index, (name, value)): (usize, &(String, String))| Pair {
            name: Line(name.clone()),
            value: Line(value.clone()),
            repeated: found[..index].iter().any(|(other, _)| other == name),
        };
        let (path, _) = target::path_and_query(&delivery.target);
        Self {
            target: Line(delivery.target.clone()),
            path: Line(path.to_owned()),
            pairs: found.iter().enumerate().map(pair).collect(),
        }
    }
}
