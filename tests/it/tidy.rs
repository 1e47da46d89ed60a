//! Rules for the source code. Each rule is a function from a source file to its violations, and a test shows that it finds a violation.

mod cycles;
mod imports;
mod names;
mod pages;
mod rooms;
mod templates;

use std::path::Path;

const LINES_MAX: usize = 500;

/// Allowed entries in the top folder of the repository.
const TOP: &[&str] = &[
    ".cargo",
    ".ci",
    ".gitignore",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "benches",
    "clippy.toml",
    "deny.toml",
    "fuzz",
    "src",
    "static",
    "templates",
    "tests",
];

/// A source file.
struct Source {
    /// Its path, relative to the folder that was read.
    path: String,
    text: String,
}

impl Source {
    fn new(path: &str, text: &str) -> Self {
        let (path, text) = (path.to_owned(), text.to_owned());
        Self { path, text }
    }

    /// All files in a folder of the repository.
    fn all(folder: &str) -> Vec<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let (mut folders, mut sources) = (vec![root.clone()], Vec::new());
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Ok(text) = std::fs::read_to_string(&path) {
                    let below = path.strip_prefix(&root).unwrap();
                    sources.push(Self::new(&below.to_string_lossy(), &text));
                }
            }
        }
        assert!(!sources.is_empty(), "{folder} has no files");
        sources
    }

    /// All Rust files in a folder of the repository.
    fn rust(folder: &str) -> Vec<Self> {
        let mut sources = Self::all(folder);
        sources.retain(|source| source.has_extension("rs"));
        sources
    }

    /// Whether it has this extension.
    fn has_extension(&self, ending: &str) -> bool {
        Path::new(&self.path)
            .extension()
            .is_some_and(|found| found == ending)
    }

    /// Its text without comment lines.
    fn code(&self) -> String {
        let is_code = |line: &&str| !line.trim_start().starts_with("//");
        self.text.split_inclusive('\n').filter(is_code).collect()
    }

    /// The module of the crate that it belongs to.
    fn module(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }
}

/// Fails with all violations of a rule in these files.
fn assert_kept(sources: &[Source], rule: impl Fn(&Source) -> Vec<String>) {
    let broken: Vec<String> = sources
        .iter()
        .flat_map(|source| {
            rule(source)
                .into_iter()
                .map(|what| format!("{}: {what}", source.path))
        })
        .collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

/// Shows that a rule accepts the first source and rejects the second.
fn assert_can_fail(rule: impl Fn(&Source) -> Vec<String>, path: &str, kept: &str, broken: &str) {
    assert_eq!(rule(&Source::new(path, kept)), [""; 0], "{path}: {kept}");
    assert_ne!(
        rule(&Source::new(path, broken)),
        [""; 0],
        "{path}: {broken}"
    );
}

/// Shows the same for each path with two texts.
fn assert_each_can_fail(rule: impl Fn(&Source) -> Vec<String>, cases: &[(&str, &str, &str)]) {
    for (path, kept, broken) in cases {
        assert_can_fail(&rule, path, kept, broken);
    }
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Positions of `word` in `text` as a separate word.
fn words<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.match_indices(word)
        .map(|(at, _)| at)
        .filter(move |at| {
            let (before, after) = (&text[..*at], &text[at + word.len()..]);
            !before.ends_with(is_word) && !after.starts_with(is_word)
        })
}

fn lacks_description(source: &Source) -> Vec<String> {
    let opens = source.text.starts_with("//! ") && source.text.len() > 20;
    (!opens)
        .then(|| "the first line must be a description: `//! ...`".to_owned())
        .into_iter()
        .collect()
}

#[test]
fn every_file_starts_with_a_description() {
    for folder in ["src", "tests", "benches"] {
        assert_kept(&Source::rust(folder), lacks_description);
    }
    assert_can_fail(
        lacks_description,
        "x.rs",
        "//! What it is, in words.\n",
        "use std::fs;\n//! Late.",
    );
}

/// The whole crate has several invariants, as a section of `lib.rs`.
fn lacks_invariant(source: &Source) -> Vec<String> {
    let (start, what) = match source.path.as_str() {
        "lib.rs" => ("//! # Invariants", "a section `# Invariants`"),
        _ => ("//! **Invariant:** ", "a paragraph `**Invariant:** ...`"),
    };
    let mut description = source
        .text
        .lines()
        .take_while(|line| line.starts_with("//!"));
    (!description.any(|line| line.starts_with(start)))
        .then(|| format!("the description must have {what}"))
        .into_iter()
        .collect()
}

#[test]
fn every_source_file_states_its_invariant() {
    assert_kept(&Source::rust("src"), lacks_invariant);
    assert_can_fail(
        lacks_invariant,
        "x.rs",
        "//! What it is.\n//!\n//! **Invariant:** it holds.\n",
        "//! What it is.\n\n//! **Invariant:** too late.\n",
    );
    assert_can_fail(
        lacks_invariant,
        "lib.rs",
        "//! What it is.\n//!\n//! # Invariants\n",
        "//! What it is.\n//!\n//! **Invariant:** it holds.\n",
    );
}

fn is_too_long(source: &Source) -> Vec<String> {
    let lines = source.text.lines().count();
    (lines > LINES_MAX)
        .then(|| format!("it has {lines} lines, at most {LINES_MAX} are allowed"))
        .into_iter()
        .collect()
}

#[test]
fn no_file_is_too_long() {
    for folder in ["src", "tests"] {
        assert_kept(&Source::rust(folder), is_too_long);
    }
    assert_can_fail(
        is_too_long,
        "x.rs",
        &"x\n".repeat(LINES_MAX),
        &"x\n".repeat(LINES_MAX + 1),
    );
}

/// Files next to `main.rs`, or in a module's folder, that are not declared as modules.
fn undeclared_files(sources: &[Source]) -> Vec<&str> {
    let declares = |path: &str, module: &str| {
        let source = sources.iter().find(|source| source.path == path);
        source.is_some_and(|source| {
            source
                .code()
                .lines()
                .any(|line| line.ends_with(&format!("mod {module};")))
        })
    };
    let paths = sources.iter().map(|source| source.path.as_str());
    paths
        .filter(|path| *path != "main.rs")
        .filter(|path| {
            let name = path.trim_end_matches(".rs");
            match name.rsplit_once('/') {
                None => !declares("main.rs", name),
                Some((parent, name)) => !declares(&format!("{parent}.rs"), name),
            }
        })
        .collect()
}

#[test]
fn every_test_file_is_included() {
    assert_eq!(undeclared_files(&Source::rust("tests/it")), [""; 0]);
    let sources = [
        Source::new("main.rs", "mod a;\n// mod b;\nmod c;"),
        Source::new("a.rs", "mod x;"),
        Source::new("a/x.rs", ""),
        Source::new("a/y.rs", ""),
        Source::new("b.rs", ""),
    ];
    assert_eq!(undeclared_files(&sources), ["a/y.rs", "b.rs"]);
}

/// Entries that are neither allowed in the top folder nor ignored by git.
fn unexpected_entries<'a>(entries: &'a [String], ignored: &str) -> Vec<&'a str> {
    let is_ignored = |entry: &str| ignored.lines().any(|line| line.trim_matches('/') == entry);
    let entries = entries.iter().map(String::as_str);
    entries
        .filter(|entry| *entry != ".git" && !TOP.contains(entry) && !is_ignored(entry))
        .collect()
}

#[test]
fn the_top_folder_has_no_other_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let entries: Vec<String> = std::fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    let ignored = std::fs::read_to_string(root.join(".gitignore")).unwrap();
    assert_eq!(unexpected_entries(&entries, &ignored), [""; 0]);
    let entries = [".git", "src", "target", "Makefile"].map(str::to_owned);
    assert_eq!(unexpected_entries(&entries, "/target\n"), ["Makefile"]);
}
