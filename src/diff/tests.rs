//! Tests of the difference of two JSON values: a table, and arbitrary values.
//!
//! **Invariant:** for any two values, the difference applied to the first one yields the second; no text makes a comparison panic.

use std::hash::RandomState;

use proptest::prelude::*;
use serde_json::{Map, Value};

use super::{JsonChange, PathStep, SpellingDiff, by_id, json, spelling};
use crate::json::{HashedNode, HashedTree};

const ALL: usize = usize::MAX;

/// Two texts as trees that can be compared.
fn with_trees<T>(a: &str, b: &str, look: impl FnOnce(HashedNode<'_>, HashedNode<'_>) -> T) -> T {
    let keys = RandomState::new();
    let (a, b) = (
        HashedTree::read(a, &keys).unwrap(),
        HashedTree::read(b, &keys).unwrap(),
    );
    look(a.root(), b.root())
}

/// Changes as text: `-a[1] 2`, `+b 3`, `c 1 > 2`.
fn changes(a: &str, b: &str) -> Vec<String> {
    with_trees(a, b, |a, b| {
        let found = json(a, b, by_id, ALL);
        assert_eq!(found.total(), found.list.len());
        found.list.iter().map(line).collect()
    })
}

fn line(change: &JsonChange<'_>) -> String {
    let step = |step: &PathStep<'_>| match step {
        PathStep::Member(name) => format!(".{}", name.as_str()),
        PathStep::Element { a, b } if a == b || b.is_none() => format!("[{}]", a.unwrap()),
        PathStep::Element { a: None, b } => format!("[{}]", b.unwrap()),
        PathStep::Element { a, b } => format!("[{}:{}]", a.unwrap(), b.unwrap()),
    };
    let path: String = change.path.iter().map(step).collect();
    match (change.a, change.b) {
        (Some(a), Some(b)) => format!("{path} {} > {}", a.text(), b.text()),
        (Some(a), None) => format!("-{path} {}", a.text()),
        (None, b) => format!("+{path} {}", b.unwrap().text()),
    }
}

#[rustfmt::skip]
const TABLE: &[(&str, &str, &[&str])] = &[
    // Values of the same meaning.
    (r#"{"a":1,"b":[]}"#,           "{\"b\": [ ],\n\"a\": 1}",      &[]),
    (r#""\u00fc""#,                 r#""ü""#,                       &[]),
    // Scalars.
    ("1",                           "1.0",                          &[" 1 > 1.0"]),
    ("1e2",                         "100",                          &[" 1e2 > 100"]),
    ("null",                        "\"null\"",                     &[" null > \"null\""]),
    ("12345678901234567890123",     "12345678901234567890124",      &[" 12345678901234567890123 > 12345678901234567890124"]),
    // Objects: by name, repeats in their order.
    (r#"{"a":1,"b":2}"#,            r#"{"b":3,"c":4}"#,             &["-.a 1", ".b 2 > 3", "+.c 4"]),
    (r#"{"a":{"b":{"c":1}}}"#,      r#"{"a":{"b":{"c":2}}}"#,       &[".a.b.c 1 > 2"]),
    (r#"{"a":1,"a":2}"#,            r#"{"a":1,"a":3}"#,             &[".a 2 > 3"]),
    (r#"{"id":1,"id":2}"#,          r#"{"id":2,"id":1}"#,           &[".id 1 > 2", ".id 2 > 1"]),
    (r#"[{"a":1,"a":2}]"#,          r#"[{"a":2,"a":1}]"#,           &["[0].a 1 > 2", "[0].a 2 > 1"]),
    (r#"{"a":1,"b":0,"a":2}"#,      r#"{"b":0,"a":1,"a":2}"#,       &[]),
    (r#"{"a":1,"a":2}"#,            r#"{"a":1}"#,                   &["-.a 2"]),
    (r#"{"a":{}}"#,                 r#"{"a":[]}"#,                  &[".a {} > []"]),
    // Lists of elements without ids: equal ones are matched, the others by position.
    ("[1,2,3]",                     "[1,3]",                        &["-[1] 2"]),
    ("[1,3]",                       "[1,2,3]",                      &["+[1] 2"]),
    ("[1,2,3]",                     "[1,9,3]",                      &["[1] 2 > 9"]),
    ("[1,2,3]",                     "[0,1,2,9]",                    &["+[0] 0", "[2:3] 3 > 9"]),
    ("[[1,2]]",                     "[[1,3]]",                      &["[0][1] 2 > 3"]),
    (r#"[{"a":1},{"a":2}]"#,        r#"[{"a":2}]"#,                 &["-[0] {\"a\":1}"]),
    // Lists of elements with ids: by id, wherever it is.
    (r#"[{"id":"x","v":1},{"id":"y"}]"#, r#"[{"id":"z"},{"id":"x","v":2}]"#, &["+[0] {\"id\":\"z\"}", "[0:1].v 1 > 2", "-[1] {\"id\":\"y\"}"]),
    (r#"[{"id":"x"}]"#,             r#"[{"id":"y"}]"#,              &["-[0] {\"id\":\"x\"}", "+[0] {\"id\":\"y\"}"]),
    (r#"[{"id":1,"v":1}]"#,         r#"[{"id":1,"v":2}]"#,          &["[0].v 1 > 2"]),
    (r#"[{"id":"","v":1}]"#,        r#"[{"id":"","v":2}]"#,         &["[0].v 1 > 2"]),
    (r#"[{"id":"x"},{"id":"y"}]"#,  r#"[{"id":"y"},{"id":"x"}]"#,   &["+[0] {\"id\":\"y\"}", "-[1] {\"id\":\"y\"}"]),
    (r#"[1,{"id":"x"},2]"#,         r#"[3,{"id":"x"},4]"#,          &["[0] 1 > 3", "[2] 2 > 4"]),
];

#[test]
fn the_table_holds() {
    for (a, b, expected) in TABLE {
        assert_eq!(changes(a, b), *expected, "{a} {b}");
    }
}

#[test]
fn all_changes_are_counted_and_the_first_ones_listed() {
    let many = |by: usize| format!("[{}0]", format!("{by},").repeat(1000));
    with_trees(&many(1), &many(2), |a, b| {
        let found = json(a, b, by_id, 3);
        assert_eq!((found.total(), found.list.len()), (1000, 3));
    });
}

#[test]
fn very_deep_values_are_compared_as_a_whole() {
    let deep = |by: u8| format!("{}{by}{}", "[".repeat(100_000), "]".repeat(100_000));
    with_trees(&deep(1), &deep(2), |a, b| {
        let found = json(a, b, by_id, ALL);
        assert_eq!(found.total(), 1);
        assert!(found.list[0].path.len() < 1000);
    });
}

/// Comparing each element with each would take hours.
#[test]
fn long_unordered_lists_are_compared_in_time() {
    let list = |step: usize| {
        let numbers = (0..200_000).map(|at| (at * step % 200_003).to_string());
        format!("[{}]", numbers.collect::<Vec<_>>().join(","))
    };
    with_trees(&list(1), &list(77_777), |a, b| {
        assert!(json(a, b, by_id, 10).total() > 100_000);
    });
    let repeats = |step: usize| format!("[{}9]", format!("{step},1,2,").repeat(60_000));
    with_trees(&repeats(3), &repeats(4), |a, b| {
        assert!(json(a, b, by_id, 10).total() >= 60_000);
    });
}

#[test]
fn spelling_names_all_that_differs() {
    use SpellingDiff::{ByteOrderMark, Escapes, KeyOrder, Whitespace};
    for (a, b, expected) in [
        (r#"{"a":1}"#, r#"{ "a": 1 }"#, &[Whitespace][..]),
        (r#"{"a":1}"#, "{\"a\":1}\n", &[Whitespace]),
        (r#"{"a":"/"}"#, r#"{"a":"\/"}"#, &[Escapes]),
        (r#"{"a":"/"}"#, r#"{ "a":"\/" }"#, &[Escapes, Whitespace]),
        (r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1}"#, &[KeyOrder]),
        ("{}", "\u{feff}{}", &[ByteOrderMark]),
        ("\u{feff}{} ", "{}", &[ByteOrderMark, Whitespace]),
        ("{}", "{}", &[]),
    ] {
        assert_eq!(spelling(a, b), expected, "{a} {b}");
    }
}

/// `a` with the changes applied.
fn applied(a: &Value, changes: &[JsonChange<'_>], depth: usize) -> Value {
    let parsed = |node: HashedNode<'_>| serde_json::from_str(node.text()).unwrap();
    if let [
        JsonChange {
            path, b: Some(b), ..
        },
    ] = changes
        && path.len() == depth
    {
        return parsed(*b);
    }
    match a {
        Value::Object(members) => {
            let mut made = Map::new();
            for (name, member) in members {
                let inside = below(changes, depth, |step| is_member(step, name));
                if !inside
                    .iter()
                    .any(|change| change.path.len() == depth + 1 && change.b.is_none())
                {
                    made.insert(name.clone(), applied(member, &inside, depth + 1));
                }
            }
            for change in changes
                .iter()
                .filter(|change| change.a.is_none() && change.path.len() == depth + 1)
            {
                let Some(PathStep::Member(name)) = change.path.last() else {
                    panic!("a member")
                };
                made.insert(name.as_str().to_owned(), parsed(change.b.unwrap()));
            }
            Value::Object(made)
        }
        Value::Array(elements) => {
            let mut made = Vec::new();
            for (at, element) in elements.iter().enumerate() {
                let inside = below(
                    changes,
                    depth,
                    |step| matches!(step, PathStep::Element { a, .. } if *a == Some(at)),
                );
                if !inside
                    .iter()
                    .any(|change| change.path.len() == depth + 1 && change.b.is_none())
                {
                    made.push(applied(element, &inside, depth + 1));
                }
            }
            for change in changes
                .iter()
                .filter(|change| change.a.is_none() && change.path.len() == depth + 1)
            {
                let Some(PathStep::Element { b: Some(at), .. }) = change.path.last() else {
                    panic!("an element")
                };
                made.insert(*at, parsed(change.b.unwrap()));
            }
            Value::Array(made)
        }
        other => other.clone(),
    }
}

fn is_member(step: &PathStep<'_>, name: &str) -> bool {
    matches!(step, PathStep::Member(found) if found.as_str() == name)
}

/// The changes at and below a step, without what was added there.
fn below<'t>(
    changes: &[JsonChange<'t>],
    depth: usize,
    is_here: impl Fn(&PathStep<'_>) -> bool,
) -> Vec<JsonChange<'t>> {
    let here = changes
        .iter()
        .filter(|change| change.path.get(depth).is_some_and(&is_here));
    here.filter(|change| change.path.len() > depth + 1 || change.a.is_some())
        .cloned()
        .collect()
}

/// JSON with few names, ids and numbers, so that much of it is equal.
fn some_json() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0..4).prop_map(Value::from),
        (0..4).prop_map(|number| Value::from(f64::from(number) / 2.0)),
        "[aü\"\\\\]{0,2}".prop_map(Value::from),
    ];
    scalar.prop_recursive(4, 60, 6, |inner| {
        let name = prop_oneof![Just("id".to_owned()), "[ab\"]{1,2}"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(name, inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn applying_the_changes_yields_the_second_value(a in some_json(), b in some_json()) {
        let made = with_trees(&a.to_string(), &b.to_string(), |from, to| applied(&a, &json(from, to, by_id, ALL).list, 0));
        prop_assert_eq!(made, b);
    }

    #[test]
    fn a_value_does_not_differ_from_itself(a in some_json()) {
        let pretty = serde_json::to_string_pretty(&a).unwrap();
        let found = with_trees(&a.to_string(), &pretty, |a, b| json(a, b, by_id, ALL).total());
        prop_assert_eq!(found, 0);
    }

    #[test]
    fn any_text_can_be_compared(a in "[{}\\[\\],:\"\\\\ ax1ü\n\u{feff}-]{0,60}", b in "\\PC{0,60}") {
        let keys = RandomState::new();
        for (a, b) in [(&a, &b), (&a, &a), (&b, &a)] {
            if let (Some(a), Some(b)) = (HashedTree::read(a, &keys), HashedTree::read(b, &keys)) {
                let found = json(a.root(), b.root(), by_id, ALL);
                prop_assert_eq!(found.list.len(), found.total());
            }
            let _ = (super::lines(a, b, 9), super::common_ends(a, b), spelling(a, b));
        }
    }
}
