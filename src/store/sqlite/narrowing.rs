//! The part of a query that SQL can decide, as SQL.
//!
//! **Invariant:** no text of a query is in the SQL as it is: only numbers, hexadecimal digits and names that creel defines. A condition is never null, so that its
//! opposite is never null either.

use std::ops::RangeInclusive;

use uuid::Uuid;

use super::keys::{SEQ_MAX, key, key_range};
use super::words::word;
use crate::domain::counts::RunStatus;
use crate::domain::ids::Seq;
use crate::query::{Comparison, Fact, FactNumber, Narrowing};
use crate::store::Filter;

/// The condition.
pub(super) fn sql(narrowing: &Narrowing) -> String {
    let parts = |parts: &[Narrowing], between: &str| {
        let parts: Vec<String> = parts.iter().map(sql).collect();
        format!("({})", parts.join(between))
    };
    match narrowing {
        Narrowing::Everything => "true".to_owned(),
        Narrowing::Fact(fact) => format!("({}) is true", fact_sql(fact)),
        Narrowing::Not(fact) => format!("({}) is not true", fact_sql(fact)),
        Narrowing::All(all) => parts(all, " and "),
        Narrowing::Any(any) => parts(any, " or "),
    }
}

fn fact_sql(fact: &Fact) -> String {
    let names = |names: Vec<String>| format!("'{}'", names.join("', '"));
    let id = |id: &Uuid| format!("x'{}'", id.simple());
    match fact {
        Fact::IsRun => "run_status is not null".to_owned(),
        Fact::Status(statuses) => {
            let words = statuses
                .iter()
                .map(|status| RunStatus::word(*status).to_owned());
            format!("run_status in ({})", names(words.collect()))
        }
        Fact::Token(results) => {
            let words = results.iter().filter_map(|result| word(result).ok());
            format!("token in ({})", names(words.collect()))
        }
        Fact::Graph { text, begins } => graph_sql(text, *begins),
        Fact::OtherGraph => "graph_key is null and run_status is not null".to_owned(),
        Fact::RunId(run) => format!("run_id = {}", id(run)),
        Fact::ThreadId(thread) => format!("thread_id = {}", id(thread)),
        Fact::Number(number, comparison, value) => {
            let column = match number {
                FactNumber::Seq => "key & 4294967295",
                FactNumber::Attempt => "attempt_number",
                FactNumber::ReceivedAt => "received_at_us",
                FactNumber::Answered => "reply_status",
                FactNumber::Size => "body_bytes",
            };
            format!("{column} {} {value}", comparison.operator())
        }
    }
}

/// The name is written in hexadecimal digits, so that it cannot be read as SQL.
fn graph_sql(name: &str, begins: bool) -> String {
    let digits = name.bytes().map(|byte| format!("{byte:02x}"));
    let digits: String = digits.collect();
    let text = format!("cast(x'{digits}' as text)");
    if begins {
        format!("substr(graph_key, 1, {}) = {text}", name.len())
    } else {
        format!("graph_key = {text}")
    }
}

/// The filter with an index that finds the rows of a run or a thread.
pub(super) fn filter(narrowing: &Narrowing) -> Filter {
    let required = narrowing.required().iter();
    let found = required.filter_map(|part| match part {
        Narrowing::Fact(Fact::RunId(id)) => Some(Filter::Run(*id)),
        Narrowing::Fact(Fact::ThreadId(id)) => Some(Filter::Thread(*id)),
        _ => None,
    });
    found
        .min_by_key(|filter| matches!(filter, Filter::Thread(_)))
        .unwrap_or(Filter::All)
}

/// Whether the index of facts alone can leave out rows.
pub(super) fn is_indexed(narrowing: &Narrowing) -> bool {
    let is_in_index = |fact: &&Fact| match fact {
        Fact::IsRun
        | Fact::Status(_)
        | Fact::Token(_)
        | Fact::Graph { .. }
        | Fact::OtherGraph
        | Fact::Number(..) => true,
        Fact::RunId(_) | Fact::ThreadId(_) => false,
    };
    narrowing.required().iter().any(|part| {
        let facts = part.facts();
        !facts.is_empty() && facts.iter().all(is_in_index)
    })
}

/// The keys that are left by conditions on the seq.
pub(super) fn keys(narrowing: &Narrowing, number: i64) -> RangeInclusive<i64> {
    let all = key_range(number);
    let (mut first, mut last) = (*all.start(), *all.end());
    for part in narrowing.required() {
        let Narrowing::Fact(Fact::Number(FactNumber::Seq, comparison, seq)) = part else {
            continue;
        };
        let seq = Seq(u64::try_from(*seq).unwrap_or(0).min(SEQ_MAX));
        // One too many does no harm: the condition is checked too.
        let key = key(number, seq);
        if *comparison != Comparison::Less && *comparison != Comparison::LessOrEqual {
            first = first.max(key);
        }
        if *comparison != Comparison::Greater && *comparison != Comparison::GreaterOrEqual {
            last = last.min(key);
        }
    }
    first..=last
}
