//! The live stream over real sockets: no gap, no duplicate, and captured text cannot forge an event.

mod sharing;
pub(crate) mod watched;

use std::io::{Read, Write};

use crate::access::{OPERATOR, bearer};
use crate::app::{Creel, Minted};
use crate::http::{Event, Follower, News};

/// Captures `bodies`, one request each.
fn catch<'a>(creel: &Creel, endpoint: &Minted, bodies: impl IntoIterator<Item = &'a str>) {
    for body in bodies {
        creel.deliver(endpoint, &[], body);
    }
}

fn ids(events: &[Event]) -> Vec<u64> {
    events
        .iter()
        .map(|event| event.id.parse().expect("an id is a seq"))
        .collect()
}

#[test]
fn events_are_in_order_with_seq_and_summary() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let mut follower = Follower::new(&creel, &endpoint, "?after=0", &[]);
    let head = follower.head.to_ascii_lowercase();
    for line in [
        "content-type: text/event-stream",
        "cache-control: private, no-store",
        "x-accel-buffering: no",
    ] {
        assert!(head.contains(line), "{line}: {head}");
    }
    catch(&creel, &endpoint, ["one", "two", "three"]);
    let events = follower.events(3);
    assert_eq!(ids(&events), [1, 2, 3]);
    let found = creel.deliveries(&endpoint);
    for (event, delivery) in events.iter().zip(&found) {
        assert_eq!(event.name, "delivery");
        assert!(!event.data.contains('\n'), "one line: {}", event.data);
        assert_eq!(&event.json(), delivery, "the same summary as in a list");
    }
    assert!(follower.strange.is_empty(), "{:?}", follower.strange);
}

#[test]
fn a_stream_starts_after_last_event_id_or_after_or_now() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    catch(&creel, &endpoint, ["1", "2", "3", "4"]);
    let follow = |query, last: Option<&str>| {
        let header = last.map(|id| ("Last-Event-ID", id));
        Follower::new(&creel, &endpoint, query, header.as_slice())
    };
    let mut followers = [
        (follow("?after=0", None), vec![1, 2, 3, 4, 5]),
        (follow("?after=2", None), vec![3, 4, 5]),
        (follow("?after=1", Some("3")), vec![4, 5]),
        (follow("", Some("0")), vec![1, 2, 3, 4, 5]),
        (follow("?after=4", None), vec![5]),
        (follow("", None), vec![5]),
        // The client has seen more than there is: the data was restored from a backup.
        (follow("", Some("99")), vec![5]),
    ];
    catch(&creel, &endpoint, ["5"]);
    for (follower, expected) in &mut followers {
        assert_eq!(ids(&follower.events(expected.len())), *expected);
    }
}

#[test]
fn an_invalid_start_is_answered_400() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let bearer = format!("Bearer {}", endpoint.read_key);
    let target = format!("/api/v1/endpoints/{}/events", endpoint.id);
    for wrong in ["x", "-1", "1.5", "18446744073709551616", "1 2", "\u{e9}"] {
        let headers = [("Authorization", bearer.as_str()), ("Last-Event-ID", wrong)];
        let response = creel.http("GET", &target, &headers, b"");
        assert_eq!(response.status, 400, "{wrong:?}: {}", response.text());
        assert_eq!(
            response.header("content-type"),
            Some("application/problem+json")
        );
    }
    for query in ["?after=x", "?after=-1", "?since=1"] {
        let headers = [("Authorization", bearer.as_str())];
        let response = creel.http("GET", &format!("{target}{query}"), &headers, b"");
        assert_eq!(response.status, 400, "{query}: {}", response.text());
    }
}

#[test]
fn subscribers_get_all_of_their_endpoint_and_no_other() {
    let creel = Creel::start(&[]);
    let (mine, other) = (creel.mint("{}"), creel.mint("{}"));
    let mut followers: Vec<Follower> = (0..3)
        .map(|_| Follower::new(&creel, &mine, "", &[]))
        .collect();
    let mut elsewhere = Follower::new(&creel, &other, "", &[]);
    for _ in 0..20 {
        catch(&creel, &other, ["for the other"]);
        catch(&creel, &mine, ["for me"]);
    }
    let expected: Vec<u64> = (1..=20).collect();
    for follower in followers.iter_mut().chain([&mut elsewhere]) {
        assert_eq!(ids(&follower.events(20)), expected);
    }
    assert_eq!(elsewhere.events(0).len(), 0);
    for event in Follower::new(&creel, &mine, "?after=0", &[]).events(20) {
        assert_eq!(event.json()["endpoint_id"], mine.id.as_str());
    }
}

#[test]
fn many_subscribers_get_fast_captures_once_and_in_order() {
    const FOLLOWERS: usize = 30;
    const THREADS: usize = 4;
    const EACH: usize = 100;
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let followers: Vec<Follower> = (0..FOLLOWERS)
        .map(|_| Follower::new(&creel, &endpoint, "", &[]))
        .collect();
    let expected: Vec<u64> = (1..=(THREADS * EACH) as u64).collect();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| catch(&creel, &endpoint, ["x"; EACH]));
        }
        for mut follower in followers {
            let expected = &expected;
            scope.spawn(move || assert_eq!(ids(&follower.events(expected.len())), *expected));
        }
    });
}

#[test]
fn a_stalled_subscriber_delays_no_one_and_misses_nothing() {
    const COUNT: usize = 600;
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let mut deaf = Follower::new(&creel, &endpoint, "", &[]);
    let mut prompt = Follower::new(&creel, &endpoint, "", &[]);
    // Long enough that the buffers between creel and the stalled subscriber are full before the last event: a line has the path twice.
    let target = format!("{}/{}", endpoint.target, "x".repeat(16 * 1024));
    for seq in 1..=COUNT {
        let response = creel.http("POST", &target, &[], b"");
        assert_eq!(response.status, 200, "{}", response.head);
        assert_eq!(prompt.event().id, seq.to_string());
    }
    let expected: Vec<u64> = (1..=COUNT as u64).collect();
    assert_eq!(ids(&deaf.events(COUNT)), expected);
}

#[test]
fn a_reconnecting_subscriber_gets_everything_once() {
    const THREADS: usize = 4;
    const EACH: usize = 60;
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let mut seen = Vec::new();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..EACH {
                    catch(&creel, &endpoint, ["x"]);
                }
            });
        }
        let mut last = "0".to_owned();
        while seen.len() < THREADS * EACH {
            let mut follower = Follower::new(&creel, &endpoint, "", &[("Last-Event-ID", &last)]);
            // One event or several: it disconnects while more events are in transit.
            for _ in 0..=seen.len() % 7 {
                if seen.len() < THREADS * EACH {
                    let event = follower.event();
                    last.clone_from(&event.id);
                    seen.push(event);
                }
            }
        }
    });
    let expected: Vec<u64> = (1..=(THREADS * EACH) as u64).collect();
    assert_eq!(ids(&seen), expected);
}

#[test]
fn a_subscriber_resumes_after_a_server_crash() {
    let mut creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let mut follower = Follower::new(&creel, &endpoint, "", &[]);
    catch(&creel, &endpoint, ["1", "2", "3"]);
    let seen = follower.events(2);
    creel.restart();
    assert!(
        !follower.end(),
        "a stream that was cut does not look as if it were over"
    );
    catch(&creel, &endpoint, ["4"]);
    let last = seen[1].id.as_str();
    let mut follower = Follower::new(&creel, &endpoint, "", &[("Last-Event-ID", last)]);
    catch(&creel, &endpoint, ["5"]);
    assert_eq!(ids(&follower.events(3)), [3, 4, 5]);
}

#[test]
fn an_idle_stream_has_keep_alive_comments() {
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let mut follower = Follower::new(&creel, &endpoint, "", &[]);
    // The first arrives immediately, the second after the 15 s of the contract.
    for _ in 0..2 {
        let news = follower.news();
        assert!(matches!(news, News::Comment), "{news:?}");
    }
    catch(&creel, &endpoint, ["x"]);
    assert_eq!(follower.event().id, "1");
}

#[test]
fn the_stream_of_a_deleted_endpoint_ends_immediately() {
    const TOKEN: &str = "an-operator-token-of-a-test";
    let creel = Creel::start(&["--operator-token", TOKEN]);
    let endpoint = creel.mint("{}");
    let mut follower = Follower::new(&creel, &endpoint, "", &[]);
    catch(&creel, &endpoint, ["x"]);
    assert_eq!(follower.event().id, "1");
    let target = format!("/api/v1/endpoints/{}", endpoint.id);
    let bearer = format!("Bearer {TOKEN}");
    let response = creel.http("DELETE", &target, &[("Authorization", &bearer)], b"");
    assert_eq!(response.status, 204);
    // The deletion itself wakes the subscriber: otherwise the comment after 15 s would arrive first.
    loop {
        match follower.news() {
            News::Comment if follower.comments == 1 => {}
            News::End { whole } => break assert!(whole, "it is told that the stream is over"),
            other => panic!("after the deletion: {other:?}"),
        }
    }
    assert_eq!(creel.api(&endpoint, "/events").status, 404);
}

#[test]
fn captured_text_cannot_forge_an_event() {
    const FORGED: &str = "\n\nevent: delivery\nid: 99\ndata: {}\n\n";
    let creel = Creel::start(&[]);
    let endpoint = creel.mint("{}");
    let id = &endpoint.id;
    let mut follower = Follower::new(&creel, &endpoint, "?after=0", &[]);
    let strange = [
        FORGED.to_owned(),
        FORGED.replace('\n', "\r"),
        FORGED.replace('\n', "\r\n"),
        "\u{2028}\u{2029}\u{85}\u{b}\u{c}event: delivery\u{2028}\u{2028}".to_owned(),
        "\0\u{feff}id: 99\0".to_owned(),
        ":comment\n:\n\n".to_owned(),
        "data: x".to_owned(),
    ];
    let mut kept = 0_usize;
    // In a body: text, JSON values, JSON keys, and the fields of a run.
    for text in &strange {
        let json = serde_json::json!({text: text, "a": [text, {text: text}]}).to_string();
        let run = serde_json::json!({"run_id": text, "thread_id": text, "status": text, "error": text, "assistant_id": text,
            "graph_id": text, "kwargs": {text: text}, "values": {"messages": [{"type": text, "content": text}]}, "metadata": {}});
        for body in [text, &json, &run.to_string()] {
            catch(&creel, &endpoint, [body.as_str()]);
            kept += 1;
        }
    }
    // In the target and in header lines, as far as the protocol allows it.
    let request = |line: String, header: &[u8]| {
        let head = format!("{line} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n").into_bytes();
        [&head, header, b"\r\n\r\n"].concat()
    };
    let hook = format!("POST /hook/{id}");
    let encoded =
        "/%0A%0Aevent:%20delivery%0Aid:%2099?%0A%0Aid:99=%0D%0Aevent:x&u=%E2%80%A8%C2%85%00";
    let requests = [
        (request(format!("{hook}{encoded}"), b"X: y"), 200),
        (
            request(
                hook.clone(),
                "X: \u{2028}event: delivery\u{2028}id: 99\u{85}".as_bytes(),
            ),
            200,
        ),
        (
            request(hook.clone(), b"X: \xff\xfe\x85\xc3\r\nUser-Agent: id: 99"),
            200,
        ),
        (
            request(
                hook.clone(),
                b"Content-Length: 27\r\n\r\n\xff\xfe\n\nevent: delivery\nid: 99\n\n\xc3",
            ),
            200,
        ),
        (request(hook.clone(), b"X: a\rid: 99\rdata: x\r\r"), 400),
        (request(hook.clone(), b"X: a\0id: 99"), 400),
        (request(format!("{hook}/a\rid:99"), b"X: y"), 400),
        (
            request(format!("{hook}/\u{2028}event:delivery"), b"X: y"),
            200,
        ),
        (
            request(format!("{hook}/\u{85}id: 99?\u{b}event: \x0c"), b"X: y"),
            200,
        ),
        (request(format!("P\u{fc}T /hook/{id}"), b"X: y"), 400),
    ];
    for (bytes, status) in requests {
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        assert_eq!(creel.raw(&bytes).status, status, "{shown:?}");
        kept += usize::from(status == 200);
    }
    catch(&creel, &endpoint, ["the last"]);
    kept += 1;
    let events = follower.events(kept);
    let expected: Vec<u64> = (1..=kept as u64).collect();
    assert_eq!(ids(&events), expected);
    assert_eq!(
        events
            .last()
            .map(|event| event.json()["body"]["bytes"].clone()),
        Some(8.into())
    );
    assert!(follower.strange.is_empty(), "{:?}", follower.strange);
    for event in &events {
        assert_eq!(event.name, "delivery");
        assert_eq!(event.json()["seq"].to_string(), event.id);
    }
}

#[test]
fn a_stream_to_an_http_1_0_client_has_no_chunks_and_ends_with_its_connection() {
    let creel = Creel::start(&["--operator-token", OPERATOR]);
    let operator = bearer(OPERATOR);
    for line in ["", "Connection: keep-alive\r\n"] {
        let endpoint = creel.mint("{}");
        catch(&creel, &endpoint, ["one"]);
        let mut stream = creel.connect();
        write!(
            stream,
            "GET /api/v1/endpoints/{}/events?after=0 HTTP/1.0\r\nHost: {}\r\nAuthorization: Bearer {}\r\n{line}\r\n",
            endpoint.id, creel.addr, endpoint.read_key
        )
        .unwrap();
        let mut received = String::new();
        while !received.contains("\"seq\":1,") {
            let mut piece = [0; 1024];
            let read = stream.read(&mut piece).unwrap();
            assert_ne!(read, 0, "{received}");
            received.push_str(&String::from_utf8_lossy(&piece[..read]));
        }
        let (head, body) = received.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.0 200"), "{head}");
        let head = head.to_ascii_lowercase();
        assert!(!head.contains("transfer-encoding"), "{head}");
        assert!(!head.contains("keep-alive"), "{head}");
        assert!(body.starts_with("retry: "), "{body}");
        let target = format!("/api/v1/endpoints/{}", endpoint.id);
        let deleted = creel.http("DELETE", &target, &[("Authorization", &operator)], b"");
        assert_eq!(deleted.status, 204);
        let rest = stream.read_to_end(&mut Vec::new());
        assert!(rest.is_ok(), "the connection ends with the stream");
    }
}
