//! The deliveries to begin with, made by the store itself and kept from one benchmark to the next.
//!
//! **Invariant:** they are what the door would have made of the same requests: read, judged and recorded by the same functions.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result};
use bytes::Bytes;
use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use ::creel::domain::delivery::{Delivery, Intake};
use ::creel::domain::endpoint::Endpoint;
use ::creel::domain::head::Head;
use ::creel::domain::ids::EndpointId;
use ::creel::domain::reply::ReplyPlan;
use ::creel::domain::secret::{self, SecretHash};
use ::creel::domain::settings::Settings;
use ::creel::domain::time::Time;
use ::creel::domain::token_check::TokenCheck;
use ::creel::langgraph;
use ::creel::store::sqlite::{FILE_NAME, SqliteStore};
use ::creel::store::{Page, Store as _};

use crate::bodies::{Pool, RUN_MARK, WEBHOOK_MARK};
use crate::options::Plan;
use crate::{SCRATCH, creel};

/// Deliveries that one endpoint gets before the next has its turn: endpoints grow side by side, and each commit is for one of them.
const TURN: u64 = 256;

/// The full database.
pub(crate) struct Million {
    pub(crate) folder: PathBuf,
    /// Those that stay.
    pub(crate) endpoints: Vec<creel::Endpoint>,
    /// The one to be deleted, made for this benchmark.
    pub(crate) doomed: creel::Endpoint,
    /// Bytes of the database.
    pub(crate) bytes: u64,
}

#[derive(Serialize, Deserialize)]
struct Made {
    endpoints: Vec<creel::Endpoint>,
    doomed: Option<creel::Endpoint>,
}

impl Million {
    /// Makes what is missing.
    pub(crate) async fn make(plan: &Plan, pool: &Pool) -> Result<Self> {
        let name = format!("million-{}-{}", plan.deliveries, plan.endpoints);
        let folder = Path::new(SCRATCH).join(name);
        let list = folder.join("made.json");
        let known = std::fs::read(&list).ok();
        let known = known.and_then(|json| serde_json::from_slice::<Made>(&json).ok());
        if known.is_none() && folder.exists() {
            std::fs::remove_dir_all(&folder)?; // it was not made to its end
        }
        let store = SqliteStore::open(&folder)?;
        let made = if let Some(made) = known {
            made
        } else {
            let share = plan.deliveries.saturating_sub(plan.deleted) / (plan.endpoints - 1);
            Made {
                endpoints: fill(&store, pool, plan.endpoints - 1, share).await?,
                doomed: None,
            }
        };
        // What was deleted in the benchmark before this is made again, in the space that it left.
        let doomed = match &made.doomed {
            Some(doomed) if store.endpoint(doomed.id.parse()?).await.is_ok() => doomed.clone(),
            _ => {
                let filled = fill(&store, pool, 1, plan.deleted).await?;
                filled.into_iter().next().context("it was filled")?
            }
        };
        drop(store);
        let made = Made {
            doomed: Some(doomed.clone()),
            ..made
        };
        std::fs::write(&list, serde_json::to_vec(&made)?)?;
        Ok(Self {
            bytes: std::fs::metadata(folder.join(FILE_NAME))?.len(),
            endpoints: made.endpoints,
            doomed,
            folder,
        })
    }
}

/// Mints so many endpoints and fills each with so many deliveries.
async fn fill(
    store: &SqliteStore,
    pool: &Pool,
    endpoints: u64,
    share: u64,
) -> Result<Vec<creel::Endpoint>> {
    let start = Instant::now();
    println!("making {} deliveries", endpoints * share);
    let mut minted = Vec::new();
    for _ in 0..endpoints {
        let endpoint = Endpoint::new(Settings::default(), None);
        let (id, key) = (endpoint.id, secret::random());
        store
            .create_endpoint(endpoint, Some(SecretHash::of(&key)))
            .await?;
        minted.push((id, key));
    }
    let mut bodies = pool.bodies.iter().cycle();
    for turn in 0..share.div_ceil(TURN) {
        let count = TURN.min(share - turn * TURN);
        for (id, _) in &minted {
            let records = bodies.by_ref().take(count as usize);
            try_join_all(
                records.map(|body| store.record(arrived(*id, body), ReplyPlan::default())),
            )
            .await?;
        }
    }
    let id = minted.last().context("one at least")?.0;
    let newest = Page::newest(1);
    let newest = store.deliveries(id, newest).await?;
    anyhow::ensure!(newest[0].seq.0 == share, "not all were kept");
    println!("  {:.0} s", start.elapsed().as_secs_f64());
    let opened = |(id, read_key): (EndpointId, String)| creel::Endpoint {
        id: id.to_string(),
        capture: format!("/hook/{id}"),
        read_key,
    };
    Ok(minted.into_iter().map(opened).collect())
}

/// A request with this body, as a capture hands it to the store.
fn arrived(endpoint: EndpointId, body: &str) -> Delivery {
    let target = format!("/hook/{endpoint}");
    let body = body
        .replace(WEBHOOK_MARK, &format!("http://127.0.0.1:3000{target}"))
        .replace(RUN_MARK, &Uuid::now_v7().to_string());
    let length = body.len();
    let raw = format!(
        "POST {target} HTTP/1.1\r\nHost: 127.0.0.1:3000\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate, zstd\r\n\
         Connection: keep-alive\r\nUser-Agent: python-httpx/0.28.1\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n"
    );
    let head = Head {
        raw: raw.into(),
        exact: true,
    };
    let (body, received_at) = (Bytes::from(body), Time::now());
    let read = langgraph::read(&head, &body, None, received_at);
    let intake = Intake {
        received_at,
        peer: "127.0.0.1:50000".parse().ok(),
        client: "127.0.0.1".parse().ok(),
        head,
        body,
        cut: None,
        trailers: Bytes::new(),
    };
    Delivery::new(endpoint, intake, TokenCheck::NOT_ASKED, read)
}
