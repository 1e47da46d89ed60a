//! No cycle between files: to understand a file takes only the files that it names, and never the file itself.

use std::collections::{BTreeMap, BTreeSet};

use super::{Source, is_word, words};

/// Modules that still have import cycles. This list may only get shorter.
const ALLOWED: &[&str] = &[];

/// Files of `src` by module path.
type Files<'a> = BTreeMap<Vec<&'a str>, &'a Source>;

/// The path of a file's module: `web/run.rs` and `web/run/mod.rs` are `web::run`.
fn module(path: &str) -> Vec<&str> {
    let name = path.strip_suffix(".rs").unwrap_or(path);
    let mut module: Vec<_> = name.split('/').collect();
    if matches!(module.last(), Some(&"mod" | &"lib")) {
        module.pop();
    }
    module
}

/// The code of a file without its tests, which may import anything.
fn code(source: &Source) -> String {
    let code = source.code();
    let tests = code.find("#[cfg(test)]\nmod tests {");
    code[..tests.unwrap_or(code.len())].to_owned()
}

/// The paths of a `use` tree: `a::{b, c::d}` has `a::b` and `a::c::d`. Stops at text that is not a path.
fn paths(tree: &str) -> Vec<Vec<String>> {
    let (mut found, mut stack, mut path) = (Vec::new(), Vec::new(), Vec::new());
    let mut rest = tree;
    loop {
        rest = rest.trim_start();
        let name: String = rest.chars().take_while(|letter| is_word(*letter)).collect();
        if !name.is_empty() {
            rest = rest[name.len()..].trim_start();
            path.push(name);
        }
        if let Some(behind) = rest.strip_prefix("::") {
            rest = behind;
            if let Some(inside) = rest.strip_prefix('{') {
                stack.push(path.clone());
                rest = inside;
            }
            continue;
        }
        found.push(path.clone());
        loop {
            rest = rest.trim_start();
            // A name after `as` is the same path.
            if let Some(alias) = rest.strip_prefix("as ") {
                rest = alias.trim_start().trim_start_matches(is_word);
            } else if let (Some(behind), Some(_)) = (rest.strip_prefix('}'), stack.last()) {
                rest = behind;
                stack.pop();
            } else if let (Some(behind), Some(outer)) = (rest.strip_prefix(','), stack.last()) {
                rest = behind;
                path.clone_from(outer);
                break;
            } else {
                return found;
            }
        }
    }
}

/// The texts from each path that begins with this word.
fn starts<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = &'a str> {
    let at = words(code, word).filter(|at| {
        let is_path = code[at + word.len()..].starts_with("::");
        is_path && !code[..*at].ends_with("::")
    });
    at.map(|at| &code[at..])
}

/// The absolute form of a path in the file of that module.
fn absolute(module: &[&str], path: &[String]) -> Vec<String> {
    let mut own: Vec<String> = module.iter().map(|&name| name.to_owned()).collect();
    let mut rest = path;
    while let [first, behind @ ..] = rest {
        match first.as_str() {
            "crate" => own.clear(),
            "self" => {}
            "super" => _ = own.pop(),
            _ => break,
        }
        rest = behind;
    }
    own.extend(rest.iter().cloned());
    own
}

/// Names that a file re-exports, and the path of each.
fn given_out(module: &[&str], code: &str) -> BTreeMap<String, Vec<String>> {
    let mut names = BTreeMap::new();
    for at in words(code, "use") {
        let line = code[..at].rsplit('\n').next().unwrap_or_default();
        if line.starts_with("pub") {
            for path in paths(&code[at + "use ".len()..]) {
                if let Some(name) = path.last() {
                    names.insert(name.clone(), absolute(module, &path));
                }
            }
        }
    }
    names
}

/// The file that defines a path; re-exports are resolved to their origin.
fn holder(files: &Files<'_>, path: &[String], depth: usize) -> Option<String> {
    let names: Vec<&str> = path.iter().map(String::as_str).collect();
    for length in (1..=names.len()).rev() {
        let Some(source) = files.get(&names[..length]) else {
            continue;
        };
        let given = given_out(&names[..length], &code(source));
        if let Some(other) = path.get(length).and_then(|name| given.get(name))
            && depth < 9
        {
            let behind = path[length + 1..].iter().cloned();
            let other: Vec<_> = other.iter().cloned().chain(behind).collect();
            return holder(files, &other, depth + 1);
        }
        return Some(source.path.clone());
    }
    None
}

/// The files that a file imports. Re-exports do not count.
fn needs(files: &Files<'_>, module: &[&str], source: &Source) -> BTreeSet<String> {
    let code = code(source);
    let mut private = String::new();
    for piece in code.split_inclusive(';') {
        let statement = piece.trim_start();
        let is_given_out = statement.starts_with("pub") && words(statement, "use").next().is_some();
        if !is_given_out {
            private.push_str(piece);
        }
    }
    let children = files
        .keys()
        .filter(|other| other.len() == module.len() + 1 && other.starts_with(module));
    let children: Vec<&str> = children.filter_map(|other| other.last().copied()).collect();
    let mut found = BTreeSet::new();
    for word in ["crate", "super", "self"].into_iter().chain(children) {
        for tree in starts(&private, word) {
            for path in paths(tree) {
                found.extend(holder(files, &absolute(module, &path), 0));
            }
        }
    }
    found.remove(&source.path);
    found
}

/// Groups of files that import each other, directly or indirectly.
fn cycles(sources: &[Source]) -> Vec<Vec<String>> {
    let is_code = |source: &&Source| {
        !["lib.rs", "main.rs"].contains(&&*source.path) && !source.path.ends_with("tests.rs")
    };
    let files: Files<'_> = sources
        .iter()
        .filter(is_code)
        .map(|source| (module(&source.path), source))
        .collect();
    let direct: BTreeMap<String, BTreeSet<String>> = files
        .iter()
        .map(|(module, source)| (source.path.clone(), needs(&files, module, source)))
        .collect();
    let reach = |from: &String| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
        while let Some(file) = open.pop() {
            for next in &direct[file] {
                if seen.insert(next.clone()) {
                    open.push(next);
                }
            }
        }
        seen
    };
    let all: BTreeMap<&String, BTreeSet<String>> =
        direct.keys().map(|file| (file, reach(file))).collect();
    let cycle = |file: &&String| {
        let others = all[*file].iter();
        others
            .filter(|other| all[*other].contains(*file))
            .cloned()
            .collect::<Vec<_>>()
    };
    let found: BTreeSet<_> = direct.keys().map(|file| cycle(&file)).collect();
    found
        .into_iter()
        .filter(|cycle| !cycle.is_empty())
        .collect()
}

#[test]
fn files_have_no_import_cycles() {
    let is_allowed = |file: &String| {
        let module = file.split(['/', '.']).next().unwrap_or_default();
        ALLOWED.contains(&module)
    };
    let mut found = cycles(&Source::rust("src"));
    found.retain(|cycle| !cycle.iter().all(is_allowed));
    assert_eq!(found, [[""; 0]; 0]);
}

#[test]
fn cycles_are_found() {
    let found = |files: &[(&str, &str)]| {
        let sources: Vec<_> = files
            .iter()
            .map(|(path, text)| Source::new(path, text))
            .collect();
        cycles(&sources)
    };
    let cycle = [["a/b.rs", "c.rs"]];
    assert_eq!(
        found(&[("a/b.rs", "use crate::c::X;"), ("c.rs", "crate::a::b::y()")]),
        cycle
    );
    assert_eq!(
        found(&[
            ("a/mod.rs", "mod b;\npub(crate) use b::Y;"),
            ("a/b.rs", "use crate::{d::Z, c::{X, W}};"),
            ("c.rs", "use crate::a::Y;"),
            ("d.rs", ""),
        ]),
        cycle
    );
    assert_eq!(
        found(&[
            ("a/mod.rs", "mod b;\nuse b::Y;"),
            ("a/b.rs", "use super::Z;"),
        ]),
        [["a/b.rs", "a/mod.rs"]]
    );
    assert_eq!(
        found(&[
            ("a/mod.rs", "mod b;\nmod c;\npub use b::Y;\npub use c::Z;"),
            (
                "a/b.rs",
                "use super::Z;\n#[cfg(test)]\nmod tests {\n    use crate::a::Y;"
            ),
            ("a/c.rs", "// use super::Y;"),
        ]),
        [[""; 0]; 0]
    );
}
