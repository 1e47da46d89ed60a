//! Yardstick 1: an actix server that reads every body to its end, answers 200 and keeps nothing.
//!
//! **Invariant:** it does the least that a server of this framework can do with a body, so nothing built on it is faster.

use std::time::Duration;

use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::Result;
use futures_util::StreamExt as _;

/// As long as creel keeps an idle connection.
pub(crate) const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// Serves until the process is ended. The number of workers is the framework's default, the number of cores, as it is creel's.
pub(crate) fn serve() -> Result<()> {
    let server = HttpServer::new(|| App::new().default_service(web::to(drop_body)))
        .keep_alive(KEEP_ALIVE)
        .bind(("127.0.0.1", 0))?;
    println!("listening on http://{}", server.addrs()[0]);
    actix_web::rt::System::new().block_on(server.run())?;
    Ok(())
}

async fn drop_body(mut body: web::Payload) -> HttpResponse {
    while let Some(chunk) = body.next().await {
        if chunk.is_err() {
            return HttpResponse::BadRequest().finish();
        }
    }
    HttpResponse::Ok().finish()
}
