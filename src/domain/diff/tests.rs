//! What is told of two JSON values, as a table; and for arbitrary ones, that it makes the one into the other.

use std::hash::RandomState;

use proptest::prelude::*;
use serde_json::{Map, Value};

use super::{Change, Node, Spelling, Step, Tree, by_id, json, spelling};

const ALL: usize = usize::MAX;

/// Two texts as trees that can be compared.
fn with_trees<T>(a: &str, b: &str, look: impl FnOnce(Node<'_>, Node<'_>) -> T) -> T {
    let keys = RandomState::new();
    let (a, b) = (Tree::read(a, &keys).unwrap(), Tree::read(b, &keys).unwrap());
    look(a.root(), b.root())
}

/// Changes as text: `-a[1] 2`, `+b 3`, `c 1 > 2`.
fn told(a: &str, b: &str) -> Vec<String> {
    with_trees(a, b, |a, b| {
        let found = json(a, b, by_id, ALL);
        assert_eq!(found.total(), found.list.len());
        found.list.iter().map(tell).collect()
    })
}

fn tell(change: &Change<'_>) -> String {
    let step = |step: &Step<'_>| match step {
        Step::Member(name) => format!(".{}", name.shown()),
        Step::Element { a, b } if a == b || b.is_none() => format!("[{}]", a.unwrap()),
        Step::Element { a: None, b } => format!("[{}]", b.unwrap()),
        Step::Element { a, b } => format!("[{}:{}]", a.unwrap(), b.unwrap()),
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
    // What means the same differs in nothing.
    (r#"{"a":1,"b":[]}"#,           "{\"b\": [ ],\n\"a\": 1}",      &[]),
    (r#""\u00fc""#,                 r#""ü""#,                       &[]),
    // Scalars.
    ("1",                           "1.0",                          &[" 1 > 1.0"]),
    ("1e2",                         "100",                          &[" 1e2 > 100"]),
    ("null",                        "\"null\"",                     &[" null > \"null\""]),
    ("12345678901234567890123",     "12345678901234567890124",      &[" 12345678901234567890123 > 12345678901234567890124"]),
    // Objects: by name, a repeat with its like.
    (r#"{"a":1,"b":2}"#,            r#"{"b":3,"c":4}"#,             &["-.a 1", ".b 2 > 3", "+.c 4"]),
    (r#"{"a":{"b":{"c":1}}}"#,      r#"{"a":{"b":{"c":2}}}"#,       &[".a.b.c 1 > 2"]),
    (r#"{"a":1,"a":2}"#,            r#"{"a":1,"a":3}"#,             &[".a 2 > 3"]),
    (r#"{"a":1,"a":2}"#,            r#"{"a":1}"#,                   &["-.a 2"]),
    (r#"{"a":{}}"#,                 r#"{"a":[]}"#,                  &[".a {} > []"]),
    // Lists of what nothing identifies: what is the same belongs together, the rest by its place.
    ("[1,2,3]",                     "[1,3]",                        &["-[1] 2"]),
    ("[1,3]",                       "[1,2,3]",                      &["+[1] 2"]),
    ("[1,2,3]",                     "[1,9,3]",                      &["[1] 2 > 9"]),
    ("[1,2,3]",                     "[0,1,2,9]",                    &["+[0] 0", "[2:3] 3 > 9"]),
    ("[[1,2]]",                     "[[1,3]]",                      &["[0][1] 2 > 3"]),
    (r#"[{"a":1},{"a":2}]"#,        r#"[{"a":2}]"#,                 &["-[0] {\"a\":1}"]),
    // Lists of what has an id: by that, wherever it stands.
    (r#"[{"id":"x","v":1},{"id":"y"}]"#, r#"[{"id":"z"},{"id":"x","v":2}]"#, &["+[0] {\"id\":\"z\"}", "[0:1].v 1 > 2", "-[1] {\"id\":\"y\"}"]),
    (r#"[{"id":"x"}]"#,             r#"[{"id":"y"}]"#,              &["-[0] {\"id\":\"x\"}", "+[0] {\"id\":\"y\"}"]),
    (r#"[{"id":1,"v":1}]"#,         r#"[{"id":1,"v":2}]"#,          &["[0].v 1 > 2"]),
    (r#"[{"id":"","v":1}]"#,        r#"[{"id":"","v":2}]"#,         &["[0].v 1 > 2"]),
    (r#"[{"id":"x"},{"id":"y"}]"#,  r#"[{"id":"y"},{"id":"x"}]"#,   &["+[0] {\"id\":\"y\"}", "-[1] {\"id\":\"y\"}"]),
    (r#"[1,{"id":"x"},2]"#,         r#"[3,{"id":"x"},4]"#,          &["[0] 1 > 3", "[2] 2 > 4"]),
];

#[test]
fn what_differs_is_told_part_by_part() {
    for (a, b, expected) in TABLE {
        assert_eq!(told(a, b), *expected, "{a} {b}");
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
fn what_lies_very_deep_is_compared_as_one() {
    let deep = |by: u8| format!("{}{by}{}", "[".repeat(100_000), "]".repeat(100_000));
    with_trees(&deep(1), &deep(2), |a, b| {
        let found = json(a, b, by_id, ALL);
        assert_eq!(found.total(), 1);
        assert!(found.list[0].path.len() < 1000);
    });
}

/// What would take for ever if each element were held against each.
#[test]
fn long_lists_without_order_come_to_an_end() {
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
fn texts_that_mean_the_same_differ_in_blanks_escapes_or_key_order() {
    for (a, b, expected) in [
        (r#"{"a":1}"#, r#"{ "a": 1 }"#, Spelling::Blanks),
        (r#"{"a":"/"}"#, r#"{ "a":"\/" }"#, Spelling::Escapes),
        (r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1}"#, Spelling::KeyOrder),
    ] {
        assert_eq!(spelling(a, b), expected, "{a} {b}");
    }
}

/// The changes taken over: removed parts taken away, added ones put in, others replaced.
fn applied(a: &Value, changes: &[Change<'_>], depth: usize) -> Value {
    let parsed = |node: Node<'_>| serde_json::from_str(node.text()).unwrap();
    if let [
        Change {
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
                let Some(Step::Member(name)) = change.path.last() else {
                    panic!("a member")
                };
                made.insert(name.shown().to_owned(), parsed(change.b.unwrap()));
            }
            Value::Object(made)
        }
        Value::Array(elements) => {
            let mut made = Vec::new();
            for (at, element) in elements.iter().enumerate() {
                let inside = below(
                    changes,
                    depth,
                    |step| matches!(step, Step::Element { a, .. } if *a == Some(at)),
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
                let Some(Step::Element { b: Some(at), .. }) = change.path.last() else {
                    panic!("an element")
                };
                made.insert(*at, parsed(change.b.unwrap()));
            }
            Value::Array(made)
        }
        other => other.clone(),
    }
}

fn is_member(step: &Step<'_>, name: &str) -> bool {
    matches!(step, Step::Member(found) if found.shown() == name)
}

/// The changes at and below a step, but those that were added there.
fn below<'t>(
    changes: &[Change<'t>],
    depth: usize,
    is_here: impl Fn(&Step<'_>) -> bool,
) -> Vec<Change<'t>> {
    let here = changes
        .iter()
        .filter(|change| change.path.get(depth).is_some_and(&is_here));
    here.filter(|change| change.path.len() > depth + 1 || change.a.is_some())
        .cloned()
        .collect()
}

/// JSON with few names, ids and numbers, so that much of it is the same.
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
    fn what_is_told_makes_the_one_into_the_other(a in some_json(), b in some_json()) {
        let made = with_trees(&a.to_string(), &b.to_string(), |from, to| applied(&a, &json(from, to, by_id, ALL).list, 0));
        prop_assert_eq!(made, b);
    }

    #[test]
    fn nothing_differs_from_itself(a in some_json()) {
        let pretty = serde_json::to_string_pretty(&a).unwrap();
        let found = with_trees(&a.to_string(), &pretty, |a, b| json(a, b, by_id, ALL).total());
        prop_assert_eq!(found, 0);
    }

    #[test]
    fn no_bytes_do_harm(a in "[{}\\[\\],:\"\\\\ ax1ü\n\u{feff}-]{0,60}", b in "\\PC{0,60}") {
        let keys = RandomState::new();
        for (a, b) in [(&a, &b), (&a, &a), (&b, &a)] {
            if let (Some(a), Some(b)) = (Tree::read(a, &keys), Tree::read(b, &keys)) {
                let found = json(a.root(), b.root(), by_id, ALL);
                prop_assert_eq!(found.list.len(), found.total());
            }
            let _ = (super::lines(a, b, 9), super::middle(a, b), spelling(a, b));
        }
    }
}
