//! `creel new`: makes an endpoint on a running server.
//!
//! **Invariant:** the token and the read key are printed once, on stdout; the server shows the read key to no one again.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use serde::Deserialize;

use super::client::{Api, ClientArgs, ClientFailure, report};
use super::terminal::escape_unprintable;

/// Make an endpoint, and print its URLs and keys
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Where only the operator may make endpoints, --key is the operator token.\n\
                  Exit codes: 0 made, 1 the server failed, 2 wrong usage, 3 not reachable or not allowed."
)]
pub struct NewArgs {
    /// Name of the endpoint
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,

    /// Response statuses, such as 500,500,200: the first for the first attempt; the last one repeats
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    pub reply: Vec<u16>,

    /// Print the JSON of the API
    #[arg(long)]
    pub json: bool,

    /// The server.
    #[command(flatten)]
    pub client: ClientArgs,
}

/// What is printed of a new endpoint.
#[derive(Deserialize)]
struct NewEndpoint {
    capture_url: String,
    inspect_url: String,
    read_key: String,
    token: Option<String>,
}

/// Makes an endpoint and prints it.
pub async fn run(args: &NewArgs) -> ExitCode {
    report(make(args).await)
}

async fn make(args: &NewArgs) -> Result<ExitCode, ClientFailure> {
    let mut settings = serde_json::Map::new();
    if let Some(name) = &args.name {
        settings.insert("name".to_owned(), name.as_str().into());
    }
    if !args.reply.is_empty() {
        settings.insert("reply".to_owned(), args.reply.clone().into());
    }
    let settings = serde_json::Value::from(settings).to_string();
    let made = Api::new(&args.client)?.create(settings).await?;
    let not_creel = |error| ClientFailure::not_creel(&error);
    let mut out = std::io::stdout().lock();
    if args.json {
        let made: serde_json::Value = serde_json::from_slice(&made).map_err(not_creel)?;
        writeln!(out, "{made:#}")?;
        return Ok(ExitCode::SUCCESS);
    }
    let made: NewEndpoint = serde_json::from_slice(&made).map_err(not_creel)?;
    let token = made.token.unwrap_or_default();
    for (name, value) in [
        ("capture URL", made.capture_url),
        ("inspect URL", made.inspect_url),
        ("token", token),
        ("read key", made.read_key),
    ] {
        writeln!(out, "{name}: {}", escape_unprintable(&value))?;
    }
    Ok(ExitCode::SUCCESS)
}
