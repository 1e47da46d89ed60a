//! One name for one thing: types that other files can use have unique names.

use std::collections::BTreeMap;

use super::{Source, is_word, words};

/// The types of a file that other files can use.
fn types(source: &Source) -> Vec<String> {
    let code = source.code();
    let code = &code[..code.find("#[cfg(test)]\nmod tests {").unwrap_or(code.len())];
    let mut found = Vec::new();
    for keyword in ["struct", "enum", "trait", "type"] {
        for at in words(code, keyword) {
            let line = code[..at].rsplit('\n').next().unwrap_or_default();
            let is_top = line.starts_with("pub") || line.starts_with("    pub(super) ");
            if is_top {
                let name = code[at + keyword.len()..].trim_start();
                found.push(name.chars().take_while(|letter| is_word(*letter)).collect());
            }
        }
    }
    found
}

/// Names of several types, with their files.
fn repeated(sources: &[Source]) -> BTreeMap<String, Vec<&str>> {
    let mut names: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for source in sources {
        for name in types(source) {
            names.entry(name).or_default().push(&source.path);
        }
    }
    names.retain(|_, files| files.len() > 1);
    names
}

#[test]
fn type_names_are_unique() {
    let sources = Source::rust("src");
    assert_eq!(repeated(&sources), BTreeMap::new());
}

#[test]
fn a_duplicate_type_name_is_found() {
    let sources = [
        Source::new("a.rs", "pub struct X;\nstruct Own;\npub(crate) enum Y {"),
        Source::new(
            "b.rs",
            "pub(super) type X = u8;\nstruct Own;\n// pub struct Y;",
        ),
    ];
    assert_eq!(repeated(&sources).into_keys().collect::<Vec<_>>(), ["X"]);
}
