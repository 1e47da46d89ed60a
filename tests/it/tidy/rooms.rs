//! Which folder of a large module may import which, as [`super::imports`] has it for modules.

use std::collections::BTreeSet;

use super::{Source, assert_can_fail, assert_kept, is_word, words};

/// Who may import whom inside a module: a folder sees itself and those of the lines above its own. Files beside the folders see all.
const ROOMS: &[(&str, &[&[&str]])] = &[
    (
        "langgraph",
        &[
            &["conversation"],
            &["payload"],
            &["fields", "findings", "doctor", "samples"],
            &["guide"],
        ],
    ),
    (
        "web",
        &[
            &["render"],
            &["layout"],
            &["links"],
            &["conversation", "guide"],
            &["delivery"],
            &["compare"],
            &["thread"],
            &["endpoint"],
        ],
    ),
];

fn imports_rooms_from_below(source: &Source) -> Vec<String> {
    let mut parts = source.path.split('/');
    let (Some(module), Some(room)) = (parts.next(), parts.next()) else {
        return Vec::new();
    };
    let Some((_, rows)) = ROOMS.iter().find(|(name, _)| *name == module) else {
        return Vec::new();
    };
    let row_of = |room: &str| rows.iter().position(|row| row.contains(&room));
    let Some(own) = row_of(room) else {
        return if room.contains('.') {
            Vec::new()
        } else {
            vec![format!(
                "{module}/{room} is missing in ROOMS of tests/it/tidy/rooms.rs"
            )]
        };
    };
    let code = source.code();
    let start = format!("crate::{module}::");
    let imported: BTreeSet<&str> = words(&code, "crate")
        .filter_map(|at| code[at..].strip_prefix(&start))
        .filter_map(|behind| behind.split(|letter| !is_word(letter)).next())
        .collect();
    let wrong = imported
        .into_iter()
        .filter(|other| *other != room && row_of(other).is_some_and(|row| row >= own));
    wrong
        .map(|other| format!("{module}/{room} may not import {module}/{other}"))
        .collect()
}

#[test]
fn folders_import_only_folders_above_them() {
    let rule = imports_rooms_from_below;
    assert_kept(&Source::rust("src"), rule);
    assert_can_fail(
        rule,
        "web/links/view.rs",
        "use crate::web::layout::page; use crate::web::home;",
        "use crate::web::delivery::badge;",
    );
    assert_can_fail(
        rule,
        "langgraph/payload/run.rs",
        "use crate::langgraph::conversation;",
        "use crate::langgraph::samples::Sample;",
    );
}
