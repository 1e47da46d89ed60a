//! `creel listen`: prints deliveries as they arrive, and resumes after the last one when the connection is cut.
//!
//! **Invariant:** a delivery is printed completely before its seq is stored in the state file, so a restart loses none, and repeats one only
//! if the program was killed between the two.

mod output;
mod position;
mod summary;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use serde::Deserialize;
use tokio::signal::unix::{SignalKind, signal};

use self::output::{Output, Printer};
use self::position::{Position, Since};
use super::client::{Api, ClientArgs, ClientFailure, EndpointArg, report};
use crate::domain::ids::Seq;
use crate::http::{EventParser, ServerEvent, StreamedResponse};

/// Waits before a new connection: from the first to the last one.
const WAIT_MIN: Duration = Duration::from_millis(250);
const WAIT_MAX: Duration = Duration::from_secs(5);

/// Print deliveries as they arrive
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "With --output json, each line is an object: {\"type\": \"ready\" | \"delivery\" | \"gap\" | \"reconnecting\" | \"error\", ...}.\n\
                  Exit codes: 0 ended by a signal or after --count, 1 ended before --count, 2 wrong usage, 3 not reachable or not allowed."
)]
pub struct ListenArgs {
    /// Id, inspect URL or share link of the endpoint
    #[arg(value_name = "ENDPOINT")]
    pub endpoint: EndpointArg,

    /// Print earlier deliveries first: those after a seq, those of the last 15m (s, m, h, d), or all from the start
    #[arg(long, value_name = "SEQ|AGE|start")]
    pub since: Option<Since>,

    /// File that keeps the last printed seq; the next run continues there, whatever --since says
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,

    /// End after this many deliveries
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub count: Option<u64>,

    /// Form of the output
    #[arg(long, value_enum, default_value_t = Output::Pretty)]
    pub output: Output,

    /// The server.
    #[command(flatten)]
    pub client: ClientArgs,
}

/// Prints deliveries until a signal, or until there are enough.
///
/// # Errors
/// When signals cannot be handled.
pub async fn run(args: &ListenArgs) -> anyhow::Result<ExitCode> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    // Nothing awaits between printing a delivery and storing its seq, so a signal does not come between the two.
    let result = tokio::select! {
        result = listen(args) => result,
        _ = interrupt.recv() => Ok(args.count),
        _ = terminate.recv() => Ok(args.count),
    };
    Ok(report(result.map(|missing| {
        ExitCode::from(u8::from(missing.is_some()))
    })))
}

/// Prints deliveries until there are enough; how many are missing then.
async fn listen(args: &ListenArgs) -> Result<Option<u64>, ClientFailure> {
    let api = Api::of(&args.client, &args.endpoint)?;
    let printer = Printer::new(args.output);
    let id = args.endpoint.id;
    let position = Position::find(&api, id, args.since, args.state.clone()).await;
    let position = position.inspect_err(|failure| printer.error(failure))?;
    let mut listener = Listener {
        api,
        args,
        position,
        printer,
        missing: args.count,
        wait: WAIT_MIN,
    };
    loop {
        let why = match listener.follow().await {
            Ok(true) => return Ok(None),
            Ok(false) => "the stream ended".to_owned(),
            Err(failure) if failure.may_pass() => failure.to_string(),
            Err(failure) => {
                listener.printer.error(&failure);
                return Err(failure);
            }
        };
        listener.printer.reconnecting(&why)?;
        tokio::time::sleep(listener.wait).await;
        listener.wait = WAIT_MAX.min(listener.wait * 2);
    }
}

/// Deliveries that were deleted before they were received.
#[derive(Deserialize)]
struct Gap {
    from: Seq,
    through: Seq,
}

/// The seq of a delivery.
#[derive(Deserialize)]
struct Numbered {
    seq: Seq,
}

struct Listener<'a> {
    api: Api,
    args: &'a ListenArgs,
    position: Position,
    printer: Printer,
    /// How many deliveries are still to be printed, if there is a limit.
    missing: Option<u64>,
    wait: Duration,
}

impl Listener<'_> {
    /// Follows one connection to its end; whether there are enough deliveries.
    async fn follow(&mut self) -> Result<bool, ClientFailure> {
        let (id, after) = (self.args.endpoint.id, self.position.after());
        let mut stream: StreamedResponse =
            self.api.get(&format!("{id}/events?after={after}")).await?;
        self.wait = WAIT_MIN;
        self.printer.ready(id, after)?;
        let mut parser = EventParser::default();
        while let Some(chunk) = stream.chunk().await? {
            for event in parser.push(&chunk) {
                if self.take(&event)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Prints one event; whether there are enough deliveries. Events of other types are for later versions.
    fn take(&mut self, event: &ServerEvent) -> Result<bool, ClientFailure> {
        let json = event.data.as_str();
        match event.name.as_str() {
            "delivery" => {
                let Numbered { seq } = read(json)?;
                self.printer.delivery(json)?;
                self.position.advance(seq)?;
                self.missing = self.missing.map(|missing| missing.saturating_sub(1));
                Ok(self.missing == Some(0))
            }
            "gap" => {
                let Gap { from, through } = read(json)?;
                self.printer.gap(from, through)?;
                self.position.advance(through)?;
                Ok(false)
            }
            _ => Ok(false),
        }
    }
}

fn read<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, ClientFailure> {
    serde_json::from_str(json).map_err(|error| ClientFailure::not_creel(&error))
}
