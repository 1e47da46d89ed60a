//! The README matches the program: its option tables are those of `--help`, and its commands are valid.

use std::ffi::{OsStr, OsString};
use std::fmt::Write;

use clap::CommandFactory;
use creel::commands::Cli;

/// The options of `serve` below a heading of `--help` as a Markdown table.
fn table(heading: Option<&str>, last_column: &str) -> String {
    let command = Cli::command();
    let serve = command.find_subcommand("serve").expect("there is serve");
    let mut table =
        format!("| option | environment | default | {last_column}|\n|---|---|---|---|\n");
    for option in serve
        .get_arguments()
        .filter(|option| option.get_long().is_some_and(|long| long != "help"))
        .filter(|option| option.get_help_heading() == heading)
    {
        let long = option.get_long().unwrap_or_default();
        let name = option.get_value_names().unwrap_or_default().concat();
        let environment = option.get_env().unwrap_or_default().display();
        let default = option
            .get_default_values()
            .iter()
            .map(clap::builder::OsStr::as_os_str)
            .collect::<Vec<&OsStr>>()
            .join(OsStr::new(" "));
        let default = if default.is_empty() {
            String::new()
        } else {
            format!("`{}`", default.display())
        };
        let help = option
            .get_help()
            .map(ToString::to_string)
            .unwrap_or_default();
        let _ = writeln!(
            table,
            "| `--{long} {name}` | `{environment}` | {default} | {help} |"
        );
    }
    table
}

fn readme() -> String {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    std::fs::read_to_string(file).unwrap()
}

#[test]
fn the_commands_of_the_readme_are_valid() {
    let readme = readme();
    let commands: Vec<_> = readme
        .lines()
        .filter(|line| line.starts_with("creel "))
        .collect();
    assert!(commands.len() >= 4, "{commands:?}");
    for command in commands {
        let typed = command.split('#').next().unwrap_or_default();
        let words = typed.split_whitespace().map(|word| word.trim_matches('\''));
        let read = Cli::try_parse_typed(words.map(OsString::from));
        assert!(read.is_ok(), "{command}: {:?}", read.err());
    }
}

#[test]
fn the_readme_names_the_required_rust_version() {
    let rust = concat!("Rust ", env!("CARGO_PKG_RUST_VERSION"));
    assert!(readme().contains(rust), "README.md is to name {rust}");
}

#[test]
fn the_option_tables_of_the_readme_match_the_program() {
    let readme = readme();
    for table in [table(None, ""), table(Some("Limits"), "what happens ")] {
        assert!(
            readme.contains(&table),
            "README.md is to hold this table:\n\n{table}"
        );
    }
}
