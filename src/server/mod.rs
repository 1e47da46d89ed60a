//! The listeners: sockets, protocol, routes. Everything between a connection and capture, web or api.
//!
//! **Invariant:** every request takes exactly one head from its connection's recorder before anything else handles it; an idle connection
//! stays open longer than LangGraph keeps it in its pool (60 s), because a sender does not retry what it sent on a closed one; whatever
//! clients do, a new connection is accepted.

mod base_path;
mod connections;
mod descriptors;
mod header_blocks;
mod http2;
mod protocol;
mod requests;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_http::error::DispatchError;
use actix_http::{HttpService, KeepAlive, Protocol};
use actix_server::{Server, ServerBuilder, ServerHandle};
use actix_service::{ServiceFactoryExt, apply_fn_factory, fn_service, map_config};
use actix_web::dev::{AppConfig, Service};
use actix_web::{App as Application, web};
use futures_util::future::Either;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::app::App;
use crate::capture::recorded_stream::RecordedStream;
use crate::limits::ConnectionLimits;
use crate::limits::connection::KEEP_ALIVE;
use crate::{api, capture, web as pages};
use connections::{ConnectionEntry, Connections};
use descriptors::Plan;
use http2::{Advertised, Advertising};

/// How long the rest of a client's data is read after a response that closes the connection.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// How long active requests may take during shutdown.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);
/// Size of the accept queue.
const BACKLOG: u32 = 2048;
type ServedStream = Advertising<RecordedStream<ConnectionEntry>>;

/// A connection whose protocol is known.
struct Connected {
    stream: ServedStream,
    protocol: Protocol,
    peer: Option<SocketAddr>,
    entry: Arc<ConnectionEntry>,
}

/// Listens on `addr`; port 0 chooses a free port.
///
/// # Errors
/// When the address is in use or not of this machine.
pub fn listen(addr: SocketAddr) -> io::Result<TcpListener> {
    let socket = if addr.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    socket.set_reuseaddr(true)?;
    socket.bind(addr)?;
    socket.listen(BACKLOG)?.into_std()
}

/// Shuts down gracefully: no new connections, streams end, active requests are answered, for at most 5 s.
pub async fn end(app: &App, server: &ServerHandle) {
    server.pause().await;
    app.stop.cancel();
    app.connections.close();
    let _ = timeout(SHUTDOWN_TIMEOUT, app.connections.wait()).await;
    server.stop(false).await;
}

/// Serves pages, API and captures on `main`. With `captures`, captures are served only there.
///
/// # Errors
/// When a listener cannot be used.
pub fn start(
    app: &web::Data<App>,
    main: TcpListener,
    captures: Option<TcpListener>,
) -> io::Result<Server> {
    let config = &app.config;
    let plan = Plan::new(config.connections.max);
    let limits = ConnectionLimits {
        max: plan.max,
        ..config.connections
    };
    let connections = Connections::new(limits, config.trusted_proxies.clone());
    actix_web::rt::spawn(Arc::clone(&connections).keep_times());
    let builder = Server::build()
        .disable_signals()
        .workers(plan.workers)
        .max_concurrent_connections(plan.per_worker);
    let Some(captures) = captures else {
        return Ok(serve(builder, app, &connections, main, Routes::All)?.run());
    };
    let builder = serve(builder, app, &connections, main, Routes::PagesAndApi)?;
    Ok(serve(builder, app, &connections, captures, Routes::Captures)?.run())
}

/// What a listener serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Routes {
    All,
    PagesAndApi,
    Captures,
}

impl Routes {
    fn has_captures(self) -> bool {
        self != Self::PagesAndApi
    }

    fn configure(self, service: &mut web::ServiceConfig) {
        if self.has_captures() {
            capture::configure(service);
        }
        // The pages are registered last, because they answer all unknown paths.
        if self != Self::Captures {
            api::configure(service);
            pages::configure(service);
        }
    }
}

fn serve(
    builder: ServerBuilder,
    app: &web::Data<App>,
    connections: &Arc<Connections>,
    listener: TcpListener,
    routes: Routes,
) -> io::Result<ServerBuilder> {
    let addr = listener.local_addr()?;
    let (app, connections) = (app.clone(), Arc::clone(connections));
    builder.listen(format!("creel-{addr}"), listener, move || {
        let shared = app.clone();
        let has_captures = routes.has_captures();
        let application = Application::new()
            .app_data(app.clone())
            .app_data(web::Data::from(Arc::clone(&app.access)))
            .configure(|service| routes.configure(service))
            .wrap_fn(move |mut request, next| {
                base_path::remove(&mut request, &shared.urls);
                let under_way = requests::begin(&request, &shared);
                let handled = match under_way {
                    Ok(under_way) => Either::Left((next.call(request), under_way)),
                    Err(refusal) => Either::Right((request, refusal, shared.clone())),
                };
                async move {
                    Ok(match handled {
                        Either::Left((response, under_way)) => {
                            requests::watch(response.await?, under_way)
                        }
                        Either::Right((request, refusal, app)) => {
                            let captures = has_captures.then_some(&**app);
                            requests::refuse(request, refusal, captures).await
                        }
                    })
                }
            });
        let stop = app.stop.clone();
        let http = HttpService::build()
            .keep_alive(KeepAlive::Timeout(KEEP_ALIVE))
            .client_request_timeout(app.config.connections.head)
            .client_disconnect_timeout(DISCONNECT_TIMEOUT)
            .graceful_shutdown_signal(move || stop.clone().cancelled_owned())
            .local_addr(addr)
            .on_connect_ext(|served: &ServedStream, data| {
                data.insert(served.stream.entry());
                data.insert(served.stream.entry().shared());
                if let Some(recorder) = served.stream.recorder() {
                    data.insert(recorder);
                }
            })
            .finish(map_config(application, |()| AppConfig::default()));
        let http = apply_fn_factory(http, |connected: Connected, http| {
            let Connected {
                stream,
                protocol,
                peer,
                entry,
            } = connected;
            UntilClosed {
                served: Box::pin(http.call((stream, protocol, peer))),
                entry,
            }
        });
        let (app, connections) = (app.clone(), Arc::clone(&connections));
        fn_service(move |stream: TcpStream| {
            let peer = stream.peer_addr().ok();
            // Counted before the first wait.
            let entry = connections.admit(peer.map(|peer| peer.ip()));
            connect(stream, peer, entry, app.clone())
        })
        .and_then(http)
    })
}

/// Serves a connection until it ends or a limit closes it; then everything it owns is dropped.
struct UntilClosed<F> {
    served: Pin<Box<F>>,
    entry: Arc<ConnectionEntry>,
}

impl<F: Future<Output = Result<(), DispatchError>>> Future for UntilClosed<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.entry.connection().poll_closed(context).is_ready() {
            return Poll::Ready(Err(closed()));
        }
        self.served.as_mut().poll(context)
    }
}

impl<F> Drop for UntilClosed<F> {
    /// HTTP/2 requests are separate tasks, which may keep the entry slightly longer than the connection exists.
    fn drop(&mut self) {
        self.entry.leave();
    }
}

fn closed() -> DispatchError {
    io::Error::from(io::ErrorKind::ConnectionAborted).into()
}

/// Finds out which protocol a new connection speaks.
async fn connect(
    stream: TcpStream,
    peer: Option<SocketAddr>,
    entry: Arc<ConnectionEntry>,
    app: web::Data<App>,
) -> Result<Connected, DispatchError> {
    let open = app.connections.token();
    let _ = stream.set_nodelay(true);
    let limits = &app.config.connections;
    let protocol = tokio::select! {
        found = timeout(limits.head, protocol::of(&stream)) => found.map_err(|_| closed())??,
        () = app.stop.cancelled() => return Err(closed()),
        () = entry.connection().closed() => return Err(closed()),
    };
    let is_http2 = protocol == Protocol::Http2;
    if is_http2 {
        entry.connection().set_http2();
    }
    let recorded = RecordedStream::new(stream, Arc::clone(&entry), limits.heads, open);
    let stream = if is_http2 {
        let advertised = Advertised {
            streams: limits.http2_streams,
            head_bytes: u32::try_from(limits.heads.bytes_max).unwrap_or(u32::MAX),
        };
        Advertising::http2(recorded, advertised, entry.shared())
    } else {
        Advertising::http1(recorded)
    };
    Ok(Connected {
        stream,
        protocol,
        peer,
        entry,
    })
}
