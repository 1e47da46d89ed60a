//! `creel send`: sends samples to a webhook as a LangGraph server would. Bytes, timeouts, retries and failures are those of the server; only
//! ids and times are new.
//!
//! **Invariant:** the exit code is that of the worst sample, and 0 only if all of them were delivered. Once the receiver cannot be reached,
//! no further sample is sent.

mod options;
mod player;

use std::io::{IsTerminal as _, Write};
use std::process::ExitCode;

use terminal_size::{Width, terminal_size};

pub use self::options::{Retries, SendArgs, Webhook};
use self::player::Ended;
use crate::domain::run::SenderKind;
use crate::langgraph::samples::{Group, SAMPLES, Sample};

/// Narrowest column in which a text is wrapped.
const TEXT_COLUMNS_MIN: usize = 24;

/// Sends samples, or lists them.
///
/// # Errors
/// When TLS cannot be set up or stdout cannot be written.
pub async fn run(args: SendArgs) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout();
    let (Some(samples), Some(to)) = (args.samples, args.to) else {
        let columns = terminal_size().map(|(Width(columns), _)| usize::from(columns));
        let columns = columns.filter(|_| out.is_terminal());
        out.write_all(list(columns).as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    };
    let mut code = 0;
    for sample in samples {
        if !can_reach(sample, &to) {
            writeln!(
                std::io::stderr(),
                "error: {}: the JavaScript server cannot send to a URL with user:password@",
                sample.name
            )?;
            code = code.max(2);
            continue;
        }
        let ended = player::play(sample, &to, args.retries, &mut out).await?;
        code = code.max(exit_code(&ended));
        // The receiver is not reachable for the others either.
        if code == 3 {
            break;
        }
    }
    Ok(ExitCode::from(code))
}

/// Whether the sample's server could send to this URL at all.
fn can_reach(sample: &Sample, to: &Webhook) -> bool {
    let names_a_user = !to.url.username().is_empty() || to.url.password().is_some();
    sample.sender().kind != SenderKind::LanggraphJs || !names_a_user
}

/// All samples by group, wrapped to this width; without a width, one line each.
fn list(columns: Option<usize>) -> String {
    let names = SAMPLES.iter().map(|sample| sample.name.len());
    let width = names.max().unwrap_or_default() + 2;
    let room = columns.and_then(|columns| columns.checked_sub(2 + width));
    let room = room.filter(|room| *room >= TEXT_COLUMNS_MIN);
    let entry = |sample: &Sample| {
        let gap = format!("\n{:1$}", "", 2 + width);
        let about = lines(sample.about, room.unwrap_or(usize::MAX)).join(&gap);
        format!("  {:width$}{about}\n", sample.name)
    };
    let groups = Group::ALL.map(|group| {
        let samples = SAMPLES.iter().filter(|sample| sample.group == group);
        format!(
            "{}\n{}",
            group.title(),
            samples.map(entry).collect::<String>()
        )
    });
    groups.join("\n")
}

/// A text wrapped between words to lines of this width. A longer word gets its own line.
fn lines(text: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= columns => {
                line.extend([" ", word]);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// 0 the receiver accepted all of it, 1 it did not, 3 it could not be reached.
fn exit_code(ended: &Ended) -> u8 {
    match ended {
        _ if ended.is_delivered() => 0,
        _ if ended.is_unreachable() => 3,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_fits_its_columns_and_leaves_nothing_out() {
        let whole = list(None);
        for columns in [80, 70, 120] {
            let list = list(Some(columns));
            let widest = list.lines().map(|line| line.chars().count()).max();
            assert!(widest <= Some(columns), "{list}");
            let words = |text: &str| {
                text.split_whitespace()
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            };
            assert_eq!(words(&list), words(&whole));
        }
        assert_eq!(list(Some(20)), whole, "too narrow to wrap");
        for sample in SAMPLES {
            let line = whole.lines().find(|line| line.ends_with(sample.about));
            assert!(line.is_some_and(|line| line.starts_with(&format!("  {} ", sample.name))));
        }
    }
}
