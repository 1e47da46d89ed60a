//! What can be typed behind `creel doctor`.

use std::path::PathBuf;

use clap::Args;

use crate::langgraph::doctor::Version;

/// Tell whether LangGraph takes a webhook URL, and what to change if not
#[derive(Clone, Debug, Args)]
#[command(after_help = "Nothing is sent and no name is looked up.\n\
                        Exit codes: 0 it is accepted and delivered to, 1 it is not, 2 wrong usage.")]
pub struct DoctorArgs {
    /// What is given as `webhook`
    pub url: String,

    /// Version of langgraph-api, the Python server
    #[arg(long, value_name = "VERSION", default_value_t = Version::NEWEST)]
    pub langgraph: Version,

    /// The langgraph.json of that server, or a file with its `webhooks` block alone; without it there is no such block
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Print JSON: accepted, status, reason, delivered, `if_resolved`, advice
    #[arg(long)]
    pub json: bool,
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        args: DoctorArgs,
    }

    #[test]
    fn the_version_is_the_newest_unless_it_is_given() {
        let read = |line: &[&str]| Line::try_parse_from(line).map(|line| line.args.langgraph);
        assert_eq!(read(&["doctor", "x"]).unwrap(), Version::NEWEST);
        let older = read(&["doctor", "x", "--langgraph", "0.9"]).unwrap();
        assert_eq!(older.to_string(), "0.9");
        let unknown = read(&["doctor", "x", "--langgraph", "0.99"]).unwrap_err();
        assert!(
            unknown
                .to_string()
                .contains("versions 0.4 to 0.16.7 are known")
        );
        assert!(read(&["doctor"]).is_err());
    }
}
