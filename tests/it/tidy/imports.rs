//! Which module may import which, and which words are allowed where.

use std::collections::BTreeSet;
use std::path::Path;

use super::{Source, assert_can_fail, assert_each_can_fail, assert_kept, is_word, words};

/// Who may import whom: a module sees itself and those of the lines above its own. `main` sees all.
const MODULES: &[&[&str]] = &[
    &["domain", "json"],
    &["http", "limits", "diff", "content"],
    &["langgraph", "sources"],
    &["query"],
    &["store"],
    &["contract", "sender_client"],
    &["live", "preflights"],
    &["config"],
    &["urls", "error"],
    &["access"],
    &["app"],
    &["request_body", "response_memory"],
    &["capture", "web", "api"],
    &["server"],
    &["commands"],
];

/// Words that are allowed only in these places of `src`.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("rusqlite", &["store/sqlite/"]),
    (
        "actix_web",
        &[
            "access/",
            "response_memory.rs",
            "api/",
            "request_body.rs",
            "limits/client.rs",
            "capture/",
            "commands/serve/",
            "error.rs",
            "main.rs",
            "server/",
            "web/",
        ],
    ),
    ("actix_web_lab", &["api/"]),
    ("askama", &["web/"]),
    ("clap", &["commands/"]),
    ("std::env", &["commands/", "main.rs"]),
    ("anyhow", &["commands/", "main.rs"]),
    ("println", &["commands/", "main.rs"]),
];

/// The modules named after `crate::`, single or in a group.
fn imports(code: &str) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for at in words(code, "crate").filter(|at| code[*at..].starts_with("crate::")) {
        let behind = &code[at + "crate::".len()..];
        let Some(group) = behind.strip_prefix('{') else {
            found.extend(behind.split(|letter| !is_word(letter)).next());
            continue;
        };
        let (mut depth, mut at_name) = (0, true);
        for (at, letter) in group.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => at_name = true,
                letter if is_word(letter) && at_name => {
                    found.extend(group[at..].split(|letter| !is_word(letter)).next());
                    at_name = false;
                }
                _ => {}
            }
        }
    }
    found
}

fn row_of(module: &str) -> Option<usize> {
    MODULES.iter().position(|line| line.contains(&module))
}

fn imports_from_below(source: &Source) -> Vec<String> {
    let module = source.module();
    if ["lib", "main"].contains(&module) {
        return Vec::new();
    }
    let Some(own) = row_of(module) else {
        return vec![format!(
            "{module} is missing in MODULES of tests/it/tidy/imports.rs"
        )];
    };
    let code = source.code();
    let allowed = |other: &str| other == module || row_of(other).is_some_and(|line| line < own);
    let wrong = imports(&code).into_iter().filter(|other| !allowed(other));
    wrong
        .map(|other| format!("{module} may not import {other}"))
        .collect()
}

/// Of each file: what it may import, and what it may not.
#[rustfmt::skip]
const IMPORTS: &[(&str, &str, &str)] = &[
    ("store/mod.rs",   "use crate::domain::x; use crate::store::y;", "use crate::live::Bell;"),
    ("live.rs",        "use crate::{domain::{a, config}, store};",   "use crate::{domain::{a, b}, capture};"),
    ("web/home.rs",    "// crate::api\nuse super::x;",               "let x = crate::api::y();"),
    ("domain/run.rs",  "pub(crate) fn x() {}",                       "use crate::domain::y; use crate::store;"),
    ("live/mod.rs",    "",                                           "use crate::config::Config;"),
    ("capture/mod.rs", "use crate::langgraph;",                      "use crate::web::page;"),
    ("server/mod.rs",  "use crate::{api, web};",                     "use crate::commands::serve;"),
];

#[test]
fn modules_import_only_modules_above_them() {
    assert_kept(&Source::rust("src"), imports_from_below);
    let rule = imports_from_below;
    assert_each_can_fail(rule, IMPORTS);
    assert_can_fail(
        |source| rule(&Source::new(&source.text, "")),
        "",
        "api/mod.rs",
        "utils.rs",
    );
}

#[test]
fn the_module_table_is_complete() {
    let there: BTreeSet<String> = Source::rust("src")
        .iter()
        .map(|source| source.module().to_owned())
        .collect();
    let named = MODULES
        .concat()
        .into_iter()
        .chain(["lib", "main"])
        .map(str::to_owned)
        .collect();
    assert_eq!(there, named);
    let crate_page =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    for module in MODULES.concat() {
        assert!(
            crate_page.contains(&format!("[`{module}`]")),
            "{module} is missing in the table of src/lib.rs"
        );
    }
}

fn uses_a_word_out_of_its_place(source: &Source) -> Vec<String> {
    let code = source.code();
    let is_in = |place: &str| {
        source.path == place || (place.ends_with('/') && source.path.starts_with(place))
    };
    let wrong = ONLY_IN.iter().filter(|(word, places)| {
        words(&code, word).next().is_some() && !places.iter().any(|place| is_in(place))
    });
    wrong
        .map(|(word, places)| format!("{word} is allowed only in {places:?}"))
        .collect()
}

/// Of each file: what it may contain, and what it may not.
#[rustfmt::skip]
const USES: &[(&str, &str, &str)] = &[
    ("store/mod.rs",     "/// rusqlite is elsewhere\n", "use rusqlite::Connection;"),
    ("live.rs",          "my_actix_web();",             "use actix_web::web;"),
    ("commands/send.rs", "anyhow::bail!()",             "use actix_web::web;"),
    ("config.rs",        "/// clap is elsewhere",       "use clap::Args;"),
    ("domain/time.rs",   "env!(\"X\")",                 "std::env::var(\"X\")"),
    ("api/mod.rs",       "",                            "use askama::Template;"),
    ("access/mod.rs",    "use actix_web::web;",         "fn x() -> anyhow::Result<()>"),
    ("http/client.rs",   "writeln!(x)",                 "println!(\"x\")"),
];

#[test]
fn sql_web_framework_options_and_environment_stay_in_their_places() {
    assert_kept(&Source::rust("src"), uses_a_word_out_of_its_place);
    assert_each_can_fail(uses_a_word_out_of_its_place, USES);
}
