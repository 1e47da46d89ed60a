//! `creel export`: writes all deliveries of an endpoint to a file or to stdout, as they arrive from the server.
//!
//! **Invariant:** an existing file is replaced only once the server has begun to answer, and an export that is cut off is a failure.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::client::{Api, ClientArgs, ClientFailure, EndpointArg, report};
use crate::contract::export::ExportFormat;

/// Export all deliveries of an endpoint
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Exit codes: 0 complete, 1 the export was cut off or cannot be written, 2 wrong usage, 3 not reachable or not allowed."
)]
pub struct ExportArgs {
    /// Id, inspect URL or share link of the endpoint
    #[arg(value_name = "ENDPOINT")]
    pub endpoint: EndpointArg,

    /// Form of the export; curl is a shell script that sends the deliveries again
    #[arg(long, value_name = "FORMAT", default_value_t = ExportFormat::Ndjson, value_parser = format_parser())]
    pub(crate) format: ExportFormat,

    /// File to write; default: stdout
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// The server.
    #[command(flatten)]
    pub client: ClientArgs,
}

fn format_parser() -> impl TypedValueParser<Value = ExportFormat> {
    PossibleValuesParser::new(ExportFormat::ALL.map(ExportFormat::name))
        .try_map(|name| name.parse::<ExportFormat>())
}

/// Exports all deliveries.
pub async fn run(args: &ExportArgs) -> ExitCode {
    report(export(args).await)
}

async fn export(args: &ExportArgs) -> Result<ExitCode, ClientFailure> {
    let api = Api::of(&args.client, &args.endpoint)?;
    let target = format!("{}/export?format={}", args.endpoint.id, args.format);
    let mut response = api.get(&target).await?;
    let mut out: Box<dyn Write> = match &args.output {
        Some(file) => Box::new(File::create(file).map_err(|error| {
            ClientFailure::Other(format!("cannot write {}: {error}", file.display()))
        })?),
        None => Box::new(std::io::stdout().lock()),
    };
    while let Some(chunk) = response.chunk().await? {
        out.write_all(&chunk)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
