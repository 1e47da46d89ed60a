//! The README says what the program does: its option table is made from the program itself.

use clap::CommandFactory;
use creel::cli::Cli;

/// The options of `serve` as a Markdown table.
fn table() -> String {
    let command = Cli::command();
    let serve = command.find_subcommand("serve").expect("there is serve");
    let mut table = "| option | environment | default | |\n|---|---|---|---|\n".to_owned();
    for option in serve.get_arguments().filter(|option| option.get_long().is_some_and(|long| long != "help")) {
        let names = option.get_value_names().unwrap_or_default().iter().map(|name| format!(" {name}")).collect::<String>();
        let default = option.get_default_values().iter().map(|value| format!("`{}`", value.to_string_lossy())).collect::<String>();
        table += &format!(
            "| `--{}{names}` | `{}` | {default} | {} |\n",
            option.get_long().unwrap_or_default(),
            option.get_env().unwrap_or_default().to_string_lossy(),
            option.get_help().map(ToString::to_string).unwrap_or_default(),
        );
    }
    table
}

#[test]
fn the_option_table_of_the_readme_is_that_of_the_program() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(file).unwrap();
    let table = table();
    assert!(readme.contains(&table), "README.md is to hold this table:\n\n{table}");
}
