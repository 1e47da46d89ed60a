//! Memory for bodies is shared by client.

use std::io::Write;

use super::{Logged, ask, capture, connect_from, is_answered, unfinished};
use crate::app::{Response, eventually};

#[test]
fn a_greedy_sender_gets_503_and_others_do_not() {
    const MIB: usize = 1024 * 1024;
    let logged = Logged::start(&[
        "--body-bytes-max",
        "1048576",
        "--body-memory-bytes",
        "4194304",
    ]);
    let creel = &logged.creel;
    let endpoint = creel.mint("{}");
    let most = vec![b'x'; MIB - 1];
    let begin = |_| {
        let mut stream = connect_from(creel, "127.0.0.2");
        let begun = unfinished(&endpoint.target, "Content-Length: 1048576");
        stream.write_all(&begun).expect("it is sent");
        // A refused connection may be closed before everything is sent.
        let _ = stream.write_all(&most);
        stream
    };
    let mut held: Vec<_> = (0..8).map(begin).collect();
    eventually("one client holds half at most", || {
        let refused = held.iter().filter(|stream| is_answered(stream)).count();
        (refused >= 6).then_some(())
    });
    let refused = held.iter().position(is_answered).expect("there are six");
    let refused = Response::read(&mut held[refused]);
    assert_eq!(refused.status, 503);
    assert!(refused.header("retry-after").is_some());
    for _ in 0..20 {
        let mut other = connect_from(creel, "127.0.0.1");
        let whole = capture(&endpoint.target, "", &most);
        assert_eq!(ask(&mut other, &whole), 200);
    }
    logged.assert_reported("--body-memory-bytes");
}
