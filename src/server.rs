//! The listeners: sockets, protocol, routes. Everything a connection passes before it reaches capture, web or api.
//!
//! **Invariants:** every request takes exactly one head from its connection's tape, before anything else sees it; an idle connection
//! stays open longer than LangGraph keeps it in its pool (60 s), since a sender does not repeat what it sent into a closed one.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_http::error::DispatchError;
use actix_http::{HttpService, KeepAlive, Protocol};
use actix_server::{Server, ServerBuilder, ServerHandle};
use actix_service::{ServiceFactoryExt, fn_service, map_config};
use actix_web::dev::{AppConfig, Service, ServiceRequest};
use actix_web::{App as Application, HttpMessage, web};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::capture::tape::Tape;
use crate::capture::wire::Wire;
use crate::domain::head::Head;
use crate::state::App;
use crate::{api, capture, web as pages};

/// How long an idle connection stays open.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long the head of a request may take.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the rest of what a client sends is read after it was told to go.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// How long requests that are under way may take when the server is to end.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);
/// Connections that may wait to be accepted.
const BACKLOG: u32 = 2048;
/// The first bytes of a client that speaks HTTP/2 at once (RFC 9113 section 3.4).
const H2_PREFACE: &[u8; 12] = b"PRI * HTTP/2";

type Connected = (Wire, Protocol, Option<SocketAddr>);

/// Listens on `addr`; port 0 takes a free one.
///
/// # Errors
/// When the address is in use or not ours.
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

/// Ends in good order: no new connections, streams end, requests under way are answered, for at most 5 s.
pub async fn end(app: &App, server: &ServerHandle) {
    server.pause().await;
    app.stop.cancel();
    app.connections.close();
    let _ = timeout(SHUTDOWN_TIMEOUT, app.connections.wait()).await;
    server.stop(false).await;
}

/// Serves pages, API and captures on `main`; with a listener for captures, these only there.
///
/// # Errors
/// When a listener cannot be taken into service.
pub fn start(
    app: &web::Data<App>,
    main: TcpListener,
    captures: Option<TcpListener>,
) -> io::Result<Server> {
    let builder = Server::build().disable_signals();
    let Some(captures) = captures else {
        return Ok(serve(builder, app, main, everything)?.run());
    };
    let builder = serve(builder, app, main, pages_and_api)?;
    Ok(serve(builder, app, captures, capture::configure)?.run())
}

fn everything(service: &mut web::ServiceConfig) {
    capture::configure(service);
    pages_and_api(service);
}

/// The pages come last: they answer everything that nothing before them did.
fn pages_and_api(service: &mut web::ServiceConfig) {
    api::configure(service);
    pages::configure(service);
}

fn serve(
    builder: ServerBuilder,
    app: &web::Data<App>,
    listener: TcpListener,
    routes: fn(&mut web::ServiceConfig),
) -> io::Result<ServerBuilder> {
    let addr = listener.local_addr()?;
    let app = app.clone();
    builder.listen(format!("creel-{addr}"), listener, move || {
        let application = Application::new()
            .app_data(app.clone())
            .app_data(web::Data::from(std::sync::Arc::clone(&app.access)))
            .configure(routes)
            .wrap_fn(|request, next| {
                take_head(&request);
                next.call(request)
            });
        let stop = app.stop.clone();
        let http = HttpService::build()
            .keep_alive(KeepAlive::Timeout(KEEP_ALIVE))
            .client_request_timeout(HEAD_TIMEOUT)
            .client_disconnect_timeout(DISCONNECT_TIMEOUT)
            .graceful_shutdown_signal(move || stop.clone().cancelled_owned())
            .local_addr(addr)
            .on_connect_ext(|wire: &Wire, data| {
                if let Some(tape) = wire.tape() {
                    data.insert(tape);
                }
            })
            .finish(map_config(application, |()| AppConfig::default()));
        let app = app.clone();
        fn_service(move |stream| connect(stream, app.clone())).and_then(http)
    })
}

/// Moves the recorded head from the connection to the request.
fn take_head(request: &ServiceRequest) {
    if let Some(head) = request.conn_data::<Tape>().and_then(Tape::next_head) {
        request.extensions_mut().insert::<Head>(head);
    }
}

/// Finds out which protocol a new connection speaks.
async fn connect(stream: TcpStream, app: web::Data<App>) -> Result<Connected, DispatchError> {
    let open = app.connections.token();
    let peer = stream.peer_addr().ok();
    let _ = stream.set_nodelay(true);
    let mut first = [0; H2_PREFACE.len()];
    let silent = || io::Error::from(io::ErrorKind::TimedOut);
    tokio::select! {
        peeked = timeout(HEAD_TIMEOUT, stream.peek(&mut first)) => peeked.map_err(|_| silent())??,
        () = app.stop.cancelled() => return Err(silent().into()),
    };
    Ok(match &first {
        H2_PREFACE => (Wire::plain(stream, open), Protocol::Http2, peer),
        _ => (Wire::taped(stream, open), Protocol::Http1, peer),
    })
}
